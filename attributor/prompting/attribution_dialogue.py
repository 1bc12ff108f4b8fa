"""The dialogue with a model about the draft of one article, without input or output of its own.

    attribute (a request per window) -> repair (once per window, if needed)

What the model does not mention stands. Windows in which nothing is in doubt need not be asked.
`requests()` offers what is outstanding, `take()` takes an answer, `failed()` the word that there is
none, until nothing is outstanding and `outcome()` is what the model proposes. Where speakers stand
is asked afterwards, by `stance_dialogue`.
"""

from __future__ import annotations

from attributor.engines import Proposed
from attributor.errors import ModelError
from attributor.grounding import Grounder
from attributor.marking.evidence import Marking
from attributor.messages import Answer, Message, Purpose, Request
from attributor.prompting.answer_schema import Attribution, schema_json
from attributor.prompting.answers import AnswerReading, parsed, read_attribution
from attributor.prompting.cutting import check_length, doubts
from attributor.prompting.draft import Draft, Line, reaching_into
from attributor.prompting.draft import show as show_draft
from attributor.prompting.prompts import Prompts
from attributor.prompting.window_state import WindowState, merged
from attributor.prompting.windows import cut, show
from attributor.records import Annotation, Provenance, Usage

BASE_OUTPUT_TOKENS = 150
"""How many output tokens any answer may have."""
OUTPUT_TOKENS_PER_SEGMENT = 40
"""How many output tokens more an answer may have for each segment, against endless answers.

A quote takes about 35, and a segment seldom holds more than one.
"""
DRAFTED_OUTPUT_TOKENS_PER_SEGMENT = 20
"""How many more where there is a draft: most of its lines stand."""
SCHEMA = schema_json(Attribution)
"""The schema of an answer about a draft that leaves choices."""
SCHEMA_WITHOUT_CHOICES = schema_json(Attribution, without=("who",))
"""The schema of an answer about a draft that leaves none."""
SCHEMA_WITHOUT_DRAFT = schema_json(Attribution, without=("who", "names", "drop"))
"""The schema of an answer where nothing is drafted."""
SCHEMAS = (SCHEMA, SCHEMA_WITHOUT_CHOICES, SCHEMA_WITHOUT_DRAFT)
"""All schemas."""


class AttributionDialogue:
    """Asks what has to change in the draft of one article.

    Args:
        marking: the article with its evidence.
        prompts: the words of the requests.
        made_by: what the annotation depends on; its `ask` says which windows are asked about.
        draft: what the embedded engine found; None if everything is asked for.
    """

    def __init__(
        self,
        marking: Marking,
        prompts: Prompts,
        made_by: Provenance,
        draft: Annotation | None = None,
    ) -> None:
        self._marking, self._prompts, self._made_by = marking, prompts, made_by
        self._grounder = Grounder(marking)
        windows = cut(marking)
        parts = Draft(draft).by_window(windows)
        self._states = [
            WindowState(marking, window, self._grounder, lines, reaching_into(window, before))
            for window, lines, before in zip(windows, parts, [(), *parts], strict=False)
        ]
        every = draft is None or made_by.ask != "doubts"
        asked = [state for state in self._states if every or state.is_in_doubt]
        self._outstanding = [self._attribute(state) for state in asked]
        self._usage = Usage() if asked else Usage(cost_usd=0.0)
        self._answer = Answer("", model=made_by.model)
        self._failure: ModelError | None = None

    @property
    def lines(self) -> list[Line]:
        """The draft's lines in the windows that are asked about."""
        parts = {request.part for request in self._outstanding}
        return [line for part in sorted(parts) for line in self._states[part].lines]

    @property
    def drafted(self) -> int:
        """How many lines the whole draft has, also where nobody is asked."""
        return len({line.number for state in self._states for line in state.lines})

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
            if request.purpose == "attribute" and not (state.lines and _is_endless(answer)):
                raise
            state.note_unusable(error.message, repairing=request.purpose == "repair")
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
        lines = state.lines if request.purpose == "attribute" else ()
        found = parsed(request, answer, "quotes")
        reading = read_attribution(found, state.window, self._marking, lines)
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
        text, window = self._marking.text, state.window
        drafted = show_draft(state.lines, window, text, state.left_open)
        shown = "\n".join(filter(None, (show(window, text), drafted)))
        each = DRAFTED_OUTPUT_TOKENS_PER_SEGMENT if state.lines else OUTPUT_TOKENS_PER_SEGMENT
        tokens = each * len(window.segments)
        return self._request("attribute", state, self._prompts.attribute.body, shown, tokens)

    def _repair(self, state: WindowState) -> Request:
        system = f"{self._prompts.attribute.body}\n\n{self._prompts.repair.body}"
        shown = show(state.window, self._marking.text, only=state.shown_again())
        user = f"{state.what_is_open()}\n\n{shown}"
        tokens = OUTPUT_TOKENS_PER_SEGMENT * len(state.open)
        return self._request("repair", state, system, user, tokens)

    def _request(
        self, purpose: Purpose, state: WindowState, system: str, user: str, tokens: int
    ) -> Request:
        schema = SCHEMA_WITHOUT_DRAFT
        if purpose == "attribute" and state.lines:
            has_choices = any(line.choices for line in state.lines)
            schema = SCHEMA if has_choices else SCHEMA_WITHOUT_CHOICES
        return Request(
            article=self._marking.article.id,
            purpose=purpose,
            part=state.window.number,
            messages=(Message("system", system), Message("user", user)),
            schema_name="attribution",
            schema_json=schema,
            max_output_tokens=BASE_OUTPUT_TOKENS + tokens,
        )

    def outcome(self) -> Proposed:
        """What the model says, once nothing is outstanding.

        Raises:
            ModelError: a request got no answer, and without it there is no quote.
        """
        proposal = merged(self._states)
        if self._failure and not self._grounder.ground(proposal).quotes:
            raise self._failure
        made_by = self._made_by.model_copy(
            update={"model": self._answer.model, "model_reported": self._answer.model_reported}
        )
        warnings = [warning for state in self._states for warning in state.warnings()]
        return Proposed(proposal, made_by, self._usage, tuple(warnings), self._grounder)


def _is_endless(answer: Answer) -> bool:
    """Whether the model went on until it was cut off, and did not refuse."""
    return answer.was_cut_off and not answer.refusal
