"""What the comparisons of models share: answers kept on disk, what a run came to, and a table.

Asking is slow, so every answer is kept in a folder under the key of its request, and a run that is
started again asks only what is not there. The figures are those of `attributor eval`.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from scoring import DEV, GOLD

from attributor.engines import Conversation, asked
from attributor.errors import AttributorError
from attributor.evaluation.gold import GoldArticle, read_gold
from attributor.evaluation.matching import Comparison, compare
from attributor.evaluation.predictions import Prediction
from attributor.evaluation.scores import RESAMPLES, RESAMPLING_SEED, count, figures
from attributor.messages import Answer, Request
from attributor.prompting.client import Asker
from attributor.prompting.prompts import Prompts
from attributor.prompting.stance_dialogue import StanceDialogue
from attributor.records import Annotation, Codebook, Usage
from attributor.settings_layers import load

WORDS = 350
"""Dev articles with at most so many words are asked about: a small model on two cores is slow."""


def articles() -> list[GoldArticle]:
    """The seeds, and the dev articles that are short enough."""
    short = [gold for gold in read_gold(str(DEV)) if len(gold.text.split()) <= WORDS]
    return [*read_gold(str(GOLD / "seeds.jsonl")), *short]


class Asks(Protocol):
    """Whoever answers requests."""

    async def ask(self, request: Request) -> Answer:
        """The answer to the request."""
        ...


class Kept:
    """An Asker whose answers stay in a folder.

    Args:
        folder: where the answers are.
        model: the model's name, which is part of a request's key.
        base_url: the server; None asks nobody, and an answer that is missing is an error.
    """

    def __init__(self, folder: Path, model: str, base_url: str | None) -> None:
        self.folder, self.model = folder, model
        folder.mkdir(parents=True, exist_ok=True)
        flags = {"base_url": base_url, "api_key": "none", "model": model, "timeout": 900}
        self._settings = load({"engine": "openai", **flags}) if base_url else None
        self.seconds, self.usage = 0.0, Usage()

    async def ask(self, request: Request) -> Answer:
        """The answer that is kept, else a new one; `seconds` and `usage` grow by what it took."""
        place = self.folder / f"{request.key(self.model)}.json"
        if not place.exists():
            place.write_text(json.dumps(await self._ask(request)))
        kept = json.loads(place.read_text())
        usage = Usage(**kept["usage"])
        self.seconds, self.usage = self.seconds + kept["seconds"], self.usage + usage
        return Answer(kept["text"], kept["finish_reason"], model=self.model, usage=usage)

    async def _ask(self, request: Request) -> dict[str, object]:
        if self._settings is None:
            raise LookupError(f"no answer is kept to the request about {request.article}")
        asker, begun = Asker(self._settings), time.perf_counter()
        try:
            answer = await asker.ask(request)
        finally:
            await asker.aclose()
        return {
            "text": answer.text,
            "finish_reason": answer.finish_reason,
            "seconds": time.perf_counter() - begun,
            "usage": answer.usage.model_dump(),
        }


class Model:
    """A model that is asked for stances of quotes that are there.

    Args:
        kept: who answers.
    """

    def __init__(self, kept: Kept) -> None:
        self._kept, self._prompts = kept, Prompts.load()

    def ask(self, annotation: Annotation, codebook: Codebook) -> Annotation:
        """The annotation with the model's stances; as it is where its answer could not be used."""
        conversation = Conversation(asked(StanceDialogue(annotation, self._prompts, codebook)))
        return asyncio.run(answered(conversation, self._kept)) or annotation

    def cost(self) -> str:
        """What the answers took."""
        used, seconds = self._kept.usage, self._kept.seconds
        tokens = f"{used.input_tokens:,} tokens in, {used.output_tokens:,} out"
        return f"{used.requests} requests, {tokens}, {seconds:,.0f} s."


@dataclass
class Run:
    """What one way of asking came to.

    `altered` are quotes that were given out with other words than the article's, `lost` articles
    without an answer, `asked` those that were asked about.
    """

    name: str
    comparisons: list[Comparison] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)
    altered: int = 0
    lost: int = 0
    asked: int = 0

    def add(self, gold: GoldArticle, annotation: Annotation | None) -> None:
        """Count one article; None where it was lost."""
        self.lost += annotation is None
        prediction = Prediction.of(annotation) if annotation else None
        self.comparisons.append(compare(gold, prediction))
        if annotation:
            spans = [span for quote in annotation.quotes for span in quote.spans]
            self.altered += sum(gold.text[s.start : s.end] != s.text for s in spans)
            self.usage += annotation.usage or Usage()

    def counts(self) -> list[Counter[tuple[str, str]]]:
        """What there is to count in each article."""
        return [count(c) for c in self.comparisons]

    def only(self, ids: Collection[str]) -> Run:
        """The same on the articles with these ids; what they took is not known."""
        return Run(self.name, [c for c in self.comparisons if c.gold.id in ids])


async def answered(conversation: Conversation[Annotation], asker: Asks) -> Annotation | None:
    """The annotation at the end of a conversation, or None where an answer could not be used."""
    try:
        while requests := conversation.requests():
            conversation.take(requests[0], await asker.ask(requests[0]))
    except AttributorError as error:
        print(f"lost: {error.message}")
        return None
    return conversation.result


def lead(one: Run, other: Run) -> str:
    """By how much `one` has a higher F1, with the middle 95 % over samples of the articles."""
    pairs = list(zip(one.counts(), other.counts(), strict=True))
    draw = random.Random(RESAMPLING_SEED)
    leads = sorted(_lead(draw.choices(pairs, k=len(pairs))) for _ in range(RESAMPLES))
    low, high = leads[int(RESAMPLES * 0.025)], leads[int(RESAMPLES * 0.975) - 1]
    return f"{_lead(pairs):+.1f} ({low:+.1f} to {high:+.1f})"


def _lead(pairs: Sequence[tuple[Counter[tuple[str, str]], ...]]) -> float:
    sums = (sum(counts, Counter[tuple[str, str]]()) for counts in zip(*pairs, strict=True))
    one, other = (figures(total)["F1", "all"] or 0.0 for total in sums)
    return one - other
