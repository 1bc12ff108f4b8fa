"""Stance, asked of quotes that are already located: by whichever engine.

A new codebook never buys attribution again. A codebook without targets leaves them to the model.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from pydantic import ValidationError

from attributor.errors import ModelError, counted
from attributor.messages import Answer, Message, Request, sha256
from attributor.prompting.answer_schema import (
    OpenStances,
    Stances,
    WireOpenStance,
    WireStance,
    complaint,
    schema_json,
)
from attributor.prompting.answers import parsed
from attributor.prompting.cutting import check_length, doubts
from attributor.prompting.prompts import Prompts
from attributor.prompting.windows import harmless
from attributor.records import Annotation, Codebook, Example, Quote, Span, Stance, Target, Usage

MAX_QUOTES_PER_REQUEST = 20
"""How many quotes one request asks about."""
MAX_QUOTE_CHARACTERS = 1_500
"""How much of a quote is shown."""
BASE_OUTPUT_TOKENS = 200
"""How many output tokens any answer may have."""
OUTPUT_TOKENS_PER_STANCE = 25
"""How many output tokens more an answer may have for each stance that is asked for."""
MAX_TARGET_CHARACTERS = 80
"""How much is taken of the name that a model gives a target."""
MAX_EXAMPLES_PER_LABEL = 5
"""How many examples of each label a model is shown; the embedded engine learns from hundreds."""
MAX_OPEN_TARGETS = 3
"""How many targets of one quote a model may name: of more, the first are taken."""

SCHEMA = schema_json(Stances)
"""The schema of an answer about the codebook's targets."""
OPEN_SCHEMA = schema_json(OpenStances)
"""The schema of an answer whose targets the model names."""


class StanceDialogue:
    """Asks for the stances of an annotation's quotes towards a codebook's targets.

    The annotation keeps its engine's name; model, prompt and schema become those of this dialogue
    where the engine had none.

    Args:
        annotation: the located quotes.
        prompts: the words of the requests.
        codebook: the targets; without any the model names them.
        stances_are_all: whether the quotes were there before, so that without any stance nothing
            is gained.
    """

    def __init__(
        self,
        annotation: Annotation,
        prompts: Prompts,
        codebook: Codebook,
        *,
        stances_are_all: bool = False,
    ) -> None:
        self._stances_are_all = stances_are_all
        self._annotation, self._targets = annotation, codebook.targets
        self._prompt = prompts.stance if self._targets else prompts.open_stance
        self._schema = SCHEMA if self._targets else OPEN_SCHEMA
        quotes = annotation.quotes
        self._chunks = [
            quotes[i : i + MAX_QUOTES_PER_REQUEST]
            for i in range(0, len(quotes), MAX_QUOTES_PER_REQUEST)
        ]
        self._outstanding = [self._request(n) for n in range(len(self._chunks))]
        self._stances: dict[int, dict[str, Stance]] = {}
        self._spellings: dict[str, str] = {}
        self._usage = annotation.usage or Usage()
        self._warnings: list[str] = []
        self._answer = Answer("")

    def requests(self) -> list[Request]:
        """The requests that are outstanding."""
        return list(self._outstanding)

    def outcome(self) -> Annotation:
        """The annotation with stances, once nothing is outstanding."""
        return self._with_stances() if self._chunks else self._annotation

    def take(self, request: Request, answer: Answer) -> None:
        """Take the answer to an outstanding request; one that cannot be used becomes a warning."""
        self._outstanding.remove(request)
        self._usage, self._answer = self._usage + answer.usage, answer
        try:
            check_length(request, answer)
            fields = parsed(request, answer, "stances")
        except ModelError as error:
            self._warnings.append(error.message)
            return
        self._warnings += doubts(request, answer)
        for item in fields["stances"]:
            self._take_one(item, self._chunks[request.part])

    def failed(self, request: Request, error: ModelError) -> None:
        """Take note that an outstanding request gets no answer: what others gave stands.

        Raises:
            ModelError: that error, where stances are all that is asked and no other was answered.
        """
        if self._stances_are_all and len(self._outstanding) == len(self._chunks):
            raise error
        self._outstanding.remove(request)
        which = counted(len(self._chunks[request.part]), "quote")
        self._warnings.append(f"{which} stayed without stances, as asking failed: {error.message}")

    def _take_one(self, item: object, chunk: Sequence[Quote]) -> None:
        try:
            wire = (WireStance if self._targets else WireOpenStance).model_validate(item)
        except ValidationError as error:
            self._warnings.append(f"A stance was malformed: {complaint(error)}.")
            return
        quote = next((q for q in chunk if q.id == wire.quote), None)
        target = self._named(wire.target)
        if quote is None or not target:
            self._warnings.append(
                f"A stance was given for quote {wire.quote} and target "
                f"{harmless(str(wire.target))[:MAX_TARGET_CHARACTERS]}, which were not asked about."
            )
            return
        stances = self._stances.setdefault(quote.id, {})
        if self._targets or len(stances) < MAX_OPEN_TARGETS:
            evidence = quote.spans[0] if len(quote.spans) == 1 else None
            stance = Stance(target=target, label=wire.label, evidence=evidence)
            stances.setdefault(target.casefold(), stance)

    def _named(self, target: int | str) -> str:
        """The name of a target: the codebook's by its number, or the model's own; "" if none."""
        if isinstance(target, str):
            name = harmless(target)[:MAX_TARGET_CHARACTERS].strip()
            return self._spellings.setdefault(name.casefold(), name)
        return self._targets[target - 1].name if 1 <= target <= len(self._targets) else ""

    def _request(self, part: int) -> Request:
        chunk, targets = self._chunks[part], self._targets
        stances = len(chunk) * (len(targets) or MAX_OPEN_TARGETS)
        system = "\n".join([self._prompt.body, *listed(targets)])
        user = "\n".join(["<quotes>", *(self._shown(quote) for quote in chunk), "</quotes>"])
        return Request(
            article=self._annotation.article.id,
            purpose="stance",
            part=part,
            messages=(Message("system", system), Message("user", user)),
            schema_name="stances",
            schema_json=self._schema,
            max_output_tokens=BASE_OUTPUT_TOKENS + OUTPUT_TOKENS_PER_STANCE * stances,
        )

    def _shown(self, quote: Quote) -> str:
        speaker = self._annotation.speaker_of(quote)
        who = harmless((speaker.name or speaker.role) if speaker else "") or "unnamed"
        return f"{quote.id}| {who}: {_words(quote.spans)}"

    def _with_stances(self) -> Annotation:
        quotes = tuple(
            quote.model_copy(update={"stances": tuple(self._stances.get(quote.id, {}).values())})
            for quote in self._annotation.quotes
        )
        engine, used = self._annotation.engine, self._prompt
        return self._annotation.model_copy(
            update={
                "quotes": quotes,
                "usage": self._usage,
                "warnings": (*self._annotation.warnings, *self._warnings),
                "engine": engine.model_copy(
                    update={
                        "model": engine.model or self._answer.model,
                        "model_reported": engine.model_reported or self._answer.model_reported,
                        "prompt": "+".join(filter(None, (engine.prompt, used.name))),
                        "prompt_sha256": sha256(f"{engine.prompt_sha256 or ''}\n{used.body}"),
                        "schema_sha256": sha256(f"{engine.schema_sha256 or ''}\n{self._schema}"),
                    }
                ),
            }
        )


def listed(targets: Sequence[Target]) -> list[str]:
    """The lines by which a request tells of the targets; none where it leaves them to the model."""
    lines = [line for n, target in enumerate(targets, start=1) for line in _target(n, target)]
    return ["", "The targets:", *lines] if lines else []


def _target(number: int, target: Target) -> list[str]:
    definition = f": {harmless(target.definition)}" if target.definition else ""
    examples = [f"   {e.label}, for example: {harmless(e.text)}" for e in _shown(target.examples)]
    return [f"{number}| {harmless(target.name)}{definition}", *examples]


def _shown(examples: Iterable[Example]) -> Iterator[Example]:
    """The first few of each label, in their order."""
    seen: Counter[str] = Counter()
    for example in examples:
        seen[example.label] += 1
        if seen[example.label] <= MAX_EXAMPLES_PER_LABEL:
            yield example


def _words(spans: Sequence[Span]) -> str:
    return harmless(" … ".join(span.text for span in spans))[:MAX_QUOTE_CHARACTERS]
