"""Texts that are one quote each: how an engine is asked about them, and what it says of each.

Nobody looks for quotes in them. Texts with one target are asked about together, as the quotes of
one article are, so that a model reads the target once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

from attributor.engine_names import EngineName
from attributor.evaluation.gold import GoldArticle, LabelledStance
from attributor.evaluation.predictions import PredictedQuote, Prediction
from attributor.records import (
    Annotation,
    Article,
    Codebook,
    Provenance,
    Quote,
    Span,
    Speaker,
    Target,
)

MAX_TEXTS_PER_BATCH = 20
"""How many texts are asked about together: as many as one request holds."""


@dataclass(frozen=True)
class StatementBatch:
    """Texts with the same targets, in the same language."""

    texts: tuple[GoldArticle, ...]

    @property
    def id(self) -> str:
        """The id of the first text, under which all are asked about."""
        return self.texts[0].id

    @property
    def codebook(self) -> Codebook | None:
        """The targets that all of them are about."""
        return self.texts[0].codebook

    def annotation(self, engine: EngineName) -> Annotation:
        """The texts as quotes of one article, one a line, without stances."""
        text = "\n".join(each.text for each in self.texts)
        starts = accumulate((len(each.text) + 1 for each in self.texts), initial=0)
        names = list(dict.fromkeys(each.quotes[0].name or "" for each in self.texts))
        quotes = tuple(
            Quote(
                id=number,
                kind="indirect",
                marked=False,
                spans=(Span.of(text, start, start + len(each.text)),),
                speaker=names.index(each.quotes[0].name or "") + 1,
            )
            for number, (start, each) in enumerate(zip(starts, self.texts, strict=False), 1)
        )
        return Annotation(
            article=Article(id=self.id, language=self.texts[0].lang, text=text),
            speakers=tuple(Speaker(id=n, name=name) for n, name in enumerate(names, 1)),
            quotes=quotes,
            engine=Provenance(name=engine),
        )

    def predictions(self, answer: Annotation) -> list[Prediction]:
        """What the engine says of each text; what all took together stands at the first."""
        return [
            Prediction(
                each.id,
                (
                    PredictedQuote(
                        content=each.quotes[0].content,
                        speaker=each.quotes[0].speaker,
                        stance=tuple(
                            LabelledStance(target=s.target, label=s.label) for s in said.stances
                        ),
                    ),
                ),
                each.text,
                answer.engine,
                answer.usage if number == 0 else None,
            )
            for number, (each, said) in enumerate(zip(self.texts, answer.quotes, strict=True))
        ]


def with_known(codebook: Codebook | None, known: Iterable[Target]) -> Codebook | None:
    """The codebook, its targets with what is known of those with the same names."""
    by_name = {target.name.casefold(): target for target in known}
    if codebook is None or not by_name:
        return codebook
    return Codebook(
        targets=tuple(
            by_name.get(each.name.casefold(), each).model_copy(update={"name": each.name})
            for each in codebook.targets
        )
    )


def batches(texts: Iterable[GoldArticle]) -> list[StatementBatch]:
    """The texts in batches, those of a batch in their order."""
    groups: dict[tuple[Codebook | None, str | None], list[GoldArticle]] = {}
    for each in texts:
        groups.setdefault((each.codebook, each.lang), []).append(each)
    return [
        StatementBatch(tuple(group[at : at + MAX_TEXTS_PER_BATCH]))
        for group in groups.values()
        for at in range(0, len(group), MAX_TEXTS_PER_BATCH)
    ]
