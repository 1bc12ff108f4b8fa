"""What the engine learns from: articles with their quotes, and copies without their marks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from attributor.records import Article

Spans = Sequence[tuple[int, int]]

_MARKS = re.compile(r"[\"“”„«»]|''|``")
"""The double quotation marks that a copy of an article loses."""


@dataclass(frozen=True)
class Known:
    """A quote that is known: spans in code points, and whether it is speech at all."""

    content: Spans
    cue: Spans
    mention: Spans
    speech: bool = True


@dataclass(frozen=True)
class TrainingArticle:
    """An article with its quotes."""

    article: Article
    quotes: tuple[Known, ...]


def without_marks(example: TrainingArticle) -> TrainingArticle:
    """The same article with all double quotation marks taken out, its quotes' offsets moved."""
    text = example.article.text
    dropped = {i for m in _MARKS.finditer(text) for i in range(*m.span())}
    place, moved = 0, []
    for i in range(len(text) + 1):
        moved.append(place)
        place += i not in dropped
    kept = "".join(ch for i, ch in enumerate(text) if i not in dropped)

    def move(spans: Spans) -> Spans:
        return [(moved[a], moved[b]) for a, b in spans if moved[a] < moved[b]]

    quotes = tuple(
        Known(move(q.content), move(q.cue), move(q.mention), q.speech) for q in example.quotes
    )
    return TrainingArticle(example.article.model_copy(update={"text": kept}), quotes)
