"""The dialogue with a model about one article, without input or output of its own.

    attribute (a request per window) -> repair (once per window, if needed)

`requests()` offers what is outstanding, `take()` takes an answer, `failed()` the word that there is
none, until nothing is outstanding and `outcome()` is what the model proposes. Where speakers stand
is asked afterwards, by `stance_dialogue`.
"""

from __future__ import annotations

from attributor.engines import Proposed
from attributor.errors import ModelError
from attributor.grounding import Grounder
from attributor.marking.evidence import Marking
from attributor.messages import Answer, Message, Purpose, Request, sha256
from attributor.prompting import prompts as prompt_files
from attributor.prompting.answer_schema import Attribution, schema_json
from attributor.prompting.answers import AnswerReading, parsed, read_attribution
from attributor.prompting.cutting import check_length, doubts
from attributor.prompting.prompts import Prompts
from attributor.prompting.window_state import WindowState, merged
from attributor.prompting.windows import cut, show
from attributor.records import Provenance, Usage

BASE_OUTPUT_TOKENS = 150
"""How many output tokens any answer may have."""
OUTPUT_TOKENS_PER_SEGMENT = 35
"""How many output tokens more an answer may have for each segment, against endless answers.

A quote takes about 30, and a segment seldom holds more than one.
"""
SCHEMA = schema_json(Attribution)
"""The schema of an answer."""


class AttributionDialogue:
    """Asks who said what in one article.

    Args:
        marking: the article with its evidence.
        prompts: the words of the requests.
    """

    def __init__(self, marking: Marking, prompts: Prompts) -> None:
        self._marking, self._prompts = marking, prompts
        self._grounder = Grounder(marking)
        self._states = [WindowState(marking, window, self._grounder) for window in cut(marking)]
        self._outstanding = [self._attribute(state) for state in self._states]
        self._usage = Usage()
        self._answer = Answer("")
        self._failure: ModelError | None = None

    def requests(self) -> list[Request]:
        """The requests that are outstanding; in any order, each to be answered once."""
        return list(self._outstanding)

    def take(self, request: Request, answer: Answer) -> None:
        """Take the answer to an outstanding request.

        Raises:
            ModelError: the answer to an attribute request cannot be used. That of a later one
                becomes a warning: what was found before stands.
        """
        self._outstanding.remove(request)
        self._usage, self._answer = self._usage + answer.usage, answer
        state = self._states[request.part]
        try:
            reading = self._read(state, request, answer)
        except ModelError as error:
            if request.purpose == "attribute":
                raise
            state.unusable.append(error.message)
        else:
            self._taken(state, request, reading)

    def failed(self, request: Request, error: ModelError) -> None:
        """Take note that an outstanding request gets no answer: what was found before stands.

        Raises:
            ModelError: that error, where nothing was found.
        """
        if request.purpose == "attribute":
            raise error
        self._outstanding.remove(request)
        self._failure = error
        self._states[request.part].note_failed(error.message)

    def _read(self, state: WindowState, request: Request, answer: Answer) -> AnswerReading:
        check_length(request, answer)
        reading = read_attribution(parsed(request, answer, "quotes"), state.window, self._marking)
        state.unusable += doubts(request, answer)
        return reading

    def _taken(self, state: WindowState, request: Request, reading: AnswerReading) -> None:
        if request.purpose != "attribute":
            return state.mend(reading)
        state.accept(reading)
        if state.open:
            self._outstanding.append(self._repair(state))
        return None

    def _attribute(self, state: WindowState) -> Request:
        shown = show(state.window, self._marking.text)
        segments = len(state.window.segments)
        return self._request("attribute", state, self._prompts.attribute.body, shown, segments)

    def _repair(self, state: WindowState) -> Request:
        system = f"{self._prompts.attribute.body}\n\n{self._prompts.repair.body}"
        shown = show(state.window, self._marking.text, only=state.shown_again())
        user = f"{state.what_is_open()}\n\n{shown}"
        return self._request("repair", state, system, user, len(state.open))

    def _request(
        self, purpose: Purpose, state: WindowState, system: str, user: str, segments: int
    ) -> Request:
        return Request(
            article=self._marking.article.id,
            purpose=purpose,
            part=state.window.number,
            messages=(Message("system", system), Message("user", user)),
            schema_name="attribution",
            schema_json=SCHEMA,
            max_output_tokens=BASE_OUTPUT_TOKENS + OUTPUT_TOKENS_PER_SEGMENT * segments,
        )

    def outcome(self) -> Proposed:
        """What the model says, once nothing is outstanding.

        Raises:
            ModelError: a request got no answer, and without it there is no quote.
        """
        proposal = merged(self._states)
        if self._failure and not self._grounder.ground(proposal).quotes:
            raise self._failure
        used = self._prompts.used()
        made_by = Provenance(
            name="openai",
            model=self._answer.model,
            model_reported=self._answer.model_reported,
            prompt=prompt_files.names_of(used),
            prompt_sha256=prompt_files.sha256_of(used),
            schema_sha256=sha256(SCHEMA),
        )
        warnings = [warning for state in self._states for warning in state.warnings()]
        return Proposed(proposal, made_by, self._usage, tuple(warnings), self._grounder)
