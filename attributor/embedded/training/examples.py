"""What the engine learns from: articles with their quotes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from attributor.records import Article

Spans = Sequence[tuple[int, int]]


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
