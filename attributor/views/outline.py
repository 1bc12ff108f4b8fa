"""What every view for readers shows: who has which number, and the article cut into pieces."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from attributor.records import Annotation, Article, Candidate, Quote, Span, Speaker

GAP = " […] "
"""What stands between the spans of a split quote."""


@dataclass(frozen=True, slots=True)
class SpeakerQuotes:
    """What one speaker said. `number` counts from 1; quotes that nobody is credited with have 0."""

    number: int
    speaker: Speaker | None
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class MarkLayer:
    """A stretch of the article that means something: `quote` is None where nobody is credited."""

    start: int
    end: int
    role: Literal["content", "cue", "mention", "unattributed"]
    quote: Quote | None = None


@dataclass(frozen=True, slots=True)
class TextPiece:
    """A stretch of the article that no layer begins or ends in; its layers, longest first."""

    start: int
    end: int
    layers: tuple[MarkLayer, ...]

    @property
    def contents(self) -> tuple[MarkLayer, ...]:
        """The quotes that these words are content of, outermost first."""
        return tuple(layer for layer in self.layers if layer.role == "content")

    def opening(self) -> tuple[MarkLayer, ...]:
        """The contents whose first character is this piece's."""
        return tuple(layer for layer in self.contents if layer.start == self.start)

    def closing(self) -> tuple[MarkLayer, ...]:
        """The contents whose last character is this piece's, innermost first."""
        return tuple(layer for layer in reversed(self.contents) if layer.end == self.end)


def by_speaker(annotation: Annotation) -> tuple[SpeakerQuotes, ...]:
    """Quotes grouped by speaker, in the order of first quotes; uncredited ones come last."""
    known = {speaker.id: speaker for speaker in annotation.speakers}
    groups: dict[int | None, list[Quote]] = defaultdict(list)
    for quote in in_order(annotation):
        groups[quote.speaker if quote.speaker in known else None].append(quote)
    nobody = groups.pop(None, [])
    credited = [
        SpeakerQuotes(number, known[key], tuple(quotes))
        for number, (key, quotes) in enumerate(groups.items(), start=1)
        if key is not None
    ]
    return (*credited, SpeakerQuotes(0, None, tuple(nobody))) if nobody else tuple(credited)


def numbering(groups: Iterable[SpeakerQuotes]) -> dict[int, int]:
    """Quote id -> its speaker's number."""
    return {quote.id: group.number for group in groups for quote in group.quotes}


def in_order(annotation: Annotation) -> list[Quote]:
    """The quotes in the order in which the article has them."""
    return sorted(annotation.quotes, key=lambda quote: (quote.spans[0].start, -quote.spans[-1].end))


def joined(quote: Quote) -> str:
    """The words of a quote, with a sign between the spans of a split one."""
    return GAP.join(span.text for span in quote.spans)


def likely(candidates: Iterable[Candidate], separator: str = "; ") -> str:
    """Who may have said a quote whose speaker is in doubt, each with the probability."""
    return separator.join(f"{each.name} {each.probability:.2f}" for each in candidates)


def to_check(annotation: Annotation) -> list[Quote]:
    """The quotes whose speaker is in doubt, in the order of the article."""
    return [quote for quote in in_order(annotation) if quote.in_doubt]


def title(article: Article) -> str | None:
    """The article's title; if none is known, its first line where that looks like a headline."""
    if article.title:
        return article.title
    first, _, rest = article.text.strip().partition("\n")
    blank = rest.lstrip(" \t\r").startswith("\n")
    headline = len(first) <= 160 and first.strip()[-1:] not in _SENTENCE_ENDS
    return first.strip() if blank and headline else None


def layers(annotation: Annotation) -> Iterator[MarkLayer]:
    """Every stretch of the article that the annotation says something about."""
    for quote in annotation.quotes:
        for span in quote.spans:
            yield MarkLayer(span.start, span.end, "content", quote)
        if quote.cue:
            yield MarkLayer(quote.cue.start, quote.cue.end, "cue", quote)
        if quote.mention:
            yield MarkLayer(quote.mention.start, quote.mention.end, "mention", quote)
    for span in annotation.unattributed:
        yield MarkLayer(span.start, span.end, "unattributed")


def cut(annotation: Annotation, breaks: Iterable[int] = ()) -> Iterator[TextPiece]:
    """The whole article in order, cut wherever a layer begins or ends and at `breaks`."""
    return cut_at(len(annotation.article.text), layers(annotation), breaks)


def cut_at(
    length: int, layers: Iterable[MarkLayer], breaks: Iterable[int] = ()
) -> Iterator[TextPiece]:
    """A text of `length` in order, cut wherever one of `layers` begins or ends and at `breaks`.

    Layers overlap and cross (a cue inside a split quote, a quote within a quote); pieces do not,
    so that markup made of them is well-formed.
    """
    opening = defaultdict(list)
    edges = {0, length, *breaks}
    for layer in layers:
        if layer.start < layer.end:
            opening[layer.start].append(layer)
            edges |= {layer.start, layer.end}
    active: list[MarkLayer] = []
    for start, end in pairwise(sorted(edges)):
        active = [layer for layer in active if layer.end > start] + opening[start]
        yield TextPiece(
            start, end, tuple(sorted(active, key=lambda layer: layer.start - layer.end))
        )


def coverage(annotation: Annotation) -> Iterator[tuple[str, list[Span]]]:
    """What nobody was credited with: a sentence that counts, and the passages."""
    marked: list[Span] = []
    reported: list[Span] = []
    for span in annotation.unattributed:
        (marked if span.text[:1] in _MARKS else reported).append(span)
    if marked:
        yield f"{_count(marked, 'quoted passage')} no speaker", marked
    if reported:
        plural = "sentences with reporting words have" if len(reported) > 1 else ""
        yield (
            f"{len(reported)} {plural or 'sentence with a reporting word has'} no speaker",
            reported,
        )


_SENTENCE_ENDS = ("", *".!?:;,…”“»\"'’")
_MARKS = frozenset("\"'“”„‟‘’‚‛«»‹›`「」『』〝〞＂")
"""Quotation marks of all languages."""


def _count(things: list[Span], noun: str) -> str:
    return f"{len(things)} {noun}s have" if len(things) > 1 else f"1 {noun} has"
