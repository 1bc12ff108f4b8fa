"""Stance, asked of quotes that are already located: by whichever engine.

A new codebook never buys attribution again.
"""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import ValidationError

from attributor.errors import AnswerError
from attributor.prompting.answers import parsed
from attributor.prompting.exchange import Answer, Message, Request, sha256
from attributor.prompting.prompts import Prompts
from attributor.prompting.windows import harmless
from attributor.prompting.wire import Stances, WireStance, complaint, schema_json
from attributor.records import Annotation, Codebook, Quote, Span, Stance, Target, Usage

QUOTES_PER_REQUEST = 20
QUOTE_CHARACTERS = 1_500
ROOM, ROOM_PER_PAIR = 200, 25
"""Output tokens that an answer may have."""

SCHEMA = schema_json(Stances)


class StanceDialogue:
    """Asks for the stances of an annotation's quotes towards a codebook's targets.

    The annotation keeps its engine's name; model, prompt and schema become those of this dialogue
    where the engine had none.
    """

    def __init__(self, annotation: Annotation, prompts: Prompts, codebook: Codebook) -> None:
        self._given, self._prompts, self._codebook = annotation, prompts, codebook
        quotes = annotation.quotes
        self._chunks = [
            quotes[i : i + QUOTES_PER_REQUEST] for i in range(0, len(quotes), QUOTES_PER_REQUEST)
        ]
        self._outstanding = [self._request(n) for n in range(len(self._chunks))]
        self._stances: dict[int, dict[str, Stance]] = {}
        self._usage = annotation.usage or Usage()
        self._warnings: list[str] = []
        self._answer = Answer("")

    def requests(self) -> list[Request]:
        """The requests that are outstanding."""
        return list(self._outstanding)

    @property
    def annotation(self) -> Annotation | None:
        """The annotation with stances, once nothing is outstanding."""
        if self._outstanding:
            return None
        return self._with_stances() if self._chunks else self._given

    def take(self, request: Request, answer: Answer) -> None:
        """Take the answer to an outstanding request; one that cannot be used becomes a warning."""
        self._outstanding.remove(request)
        self._usage, self._answer = self._usage + answer.usage, answer
        try:
            found = parsed(request, answer, "stances")
        except AnswerError as error:
            self._warnings.append(error.message)
            return
        for item in found["stances"]:
            self._take_one(item, self._chunks[request.part])

    def _take_one(self, item: object, chunk: Sequence[Quote]) -> None:
        try:
            wire = WireStance.model_validate(item)
        except ValidationError as error:
            self._warnings.append(f"A stance was malformed: {complaint(error)}.")
            return
        quote = next((q for q in chunk if q.id == wire.quote), None)
        targets = self._codebook.targets
        if quote is None or not 1 <= wire.target <= len(targets):
            self._warnings.append(
                f"A stance was given for quote {wire.quote} and target {wire.target}, "
                "which were not asked about."
            )
            return
        target = targets[wire.target - 1].name
        evidence = quote.spans[0] if len(quote.spans) == 1 else None
        stance = Stance(target=target, label=wire.label, evidence=evidence)
        self._stances.setdefault(quote.id, {}).setdefault(target, stance)

    def _request(self, part: int) -> Request:
        chunk, targets = self._chunks[part], self._codebook.targets
        listed = [line for n, t in enumerate(targets, start=1) for line in _target(n, t)]
        system = "\n".join([self._prompts.stance.body, "", "The targets:", *listed])
        user = "\n".join(["<quotes>", *(self._shown(quote) for quote in chunk), "</quotes>"])
        return Request(
            article=self._given.article.id,
            purpose="stance",
            part=part,
            messages=(Message("system", system), Message("user", user)),
            schema_name="stances",
            schema_json=SCHEMA,
            max_output_tokens=ROOM + ROOM_PER_PAIR * len(chunk) * len(targets),
        )

    def _shown(self, quote: Quote) -> str:
        speaker = self._given.speaker_of(quote)
        who = harmless((speaker.name or speaker.role) if speaker else "") or "unnamed"
        return f"{quote.id}| {who}: {_words(quote.spans)}"

    def _with_stances(self) -> Annotation:
        quotes = tuple(
            quote.model_copy(update={"stances": tuple(self._stances.get(quote.id, {}).values())})
            for quote in self._given.quotes
        )
        engine, used = self._given.engine, self._prompts.stance
        return self._given.model_copy(
            update={
                "quotes": quotes,
                "usage": self._usage,
                "warnings": (*self._given.warnings, *self._warnings),
                "engine": engine.model_copy(
                    update={
                        "model": engine.model or self._answer.model,
                        "model_reported": engine.model_reported or self._answer.model_reported,
                        "prompt": "+".join(filter(None, (engine.prompt, used.name))),
                        "prompt_sha256": sha256(f"{engine.prompt_sha256 or ''}\n{used.body}"),
                        "schema_sha256": sha256(f"{engine.schema_sha256 or ''}\n{SCHEMA}"),
                    }
                ),
            }
        )


def _target(number: int, target: Target) -> list[str]:
    definition = f": {harmless(target.definition)}" if target.definition else ""
    examples = [f"   {e.label}, for example: {harmless(e.text)}" for e in target.examples]
    return [f"{number}| {harmless(target.name)}{definition}", *examples]


def _words(spans: Sequence[Span]) -> str:
    return harmless(" … ".join(span.text for span in spans))[:QUOTE_CHARACTERS]
