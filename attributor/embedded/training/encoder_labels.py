"""What the encoder is to say of the articles that it is tuned on."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from attributor.embedded.encoder import channels
from attributor.embedded.encoder.windows import Pieces, Tokenizer, Window, cut, windows
from attributor.embedded.training.examples import Known, Spans, TrainingArticle

THOUGHT_COUNT = 0.3
"""What a piece of a thought counts as an example of no speech."""


@dataclass(frozen=True, slots=True)
class Linked:
    """A cue of speech or thought, its content and its source: indices into a window's pieces."""

    cue: list[int]
    content: list[int]
    source: list[int]


@dataclass(frozen=True, slots=True)
class LabelledWindow:
    """A window, and of each piece which channels hold (as bits) and how much it counts."""

    ids: list[int]
    labels: list[int]
    counts: list[float]
    links: list[Linked] = field(default_factory=list)


def labelled(tokenizer: Tokenizer, examples: Iterable[TrainingArticle]) -> Iterator[LabelledWindow]:
    """Every window of the articles with its labels; what is no piece of the text counts nothing."""
    for example in examples:
        pieces = cut(tokenizer, example.article.text)
        own_labels = _Labels(pieces)
        labels, counts = own_labels.of(example.quotes)
        for window in windows(tokenizer, pieces):
            own = range(window.first, window.last)
            yield LabelledWindow(
                window.ids,
                [labels[place] if place in own else 0 for place in window.pieces],
                [counts[place] if place in own else 0.0 for place in window.pieces],
                list(own_labels.links(example.quotes, window)),
            )


class _Labels:
    """The labels of one article's pieces."""

    def __init__(self, pieces: Pieces) -> None:
        self.pieces = pieces
        self.labels = [0] * len(pieces.ids)
        self.counts = [1.0] * len(pieces.ids)

    def of(self, quotes: Iterable[Known]) -> tuple[list[int], list[float]]:
        """The bits of each piece, and how much each counts."""
        quotes = sorted(quotes, key=lambda quote: quote.speech)  # what is speech counts in full
        for quote in quotes:
            if quote.speech:
                self._put_speech(quote)
            else:
                self._put(quote.cue, channels.THOUGHT_CUE)
                self._count(quote.content, THOUGHT_COUNT)
        return self.labels, self.counts

    def links(self, quotes: Iterable[Known], window: Window) -> Iterator[Linked]:
        """What belongs to each cue that stands in a window."""
        own = range(window.first, window.last)
        index = {place: k for k, place in enumerate(window.pieces) if place in own}

        def within(spans: Spans) -> list[int]:
            places = (place for span in spans for place in self._within(*span))
            return [index[place] for place in places if place in index]

        for quote in quotes:
            cue = within(quote.cue)
            if cue:
                yield Linked(cue, within(quote.content), within(quote.mention))

    def _put_speech(self, quote: Known) -> None:
        self._put(quote.cue, channels.CUE)
        self._put(quote.mention, channels.SOURCE, begins=channels.SOURCE_BEGINS)
        begins, ends = channels.CONTENT_BEGINS, channels.CONTENT_ENDS
        self._put(quote.content, channels.CONTENT, begins=begins, ends=ends)
        self._count(quote.content, 1.0)
        behind = max((end for _, end in quote.cue), default=0)
        ahead = [(start, end) for start, end in quote.content if start < behind]
        self._put(ahead, channels.CUE_FOLLOWS)

    def _put(
        self, spans: Spans, channel: int, begins: int | None = None, ends: int | None = None
    ) -> None:
        for held in filter(None, (self._within(*span) for span in spans)):
            for place in held:
                self.labels[place] |= 1 << channel
            if begins is not None:
                self.labels[held[0]] |= 1 << begins
            if ends is not None:
                self.labels[held[-1]] |= 1 << ends

    def _count(self, spans: Spans, count: float) -> None:
        for place in (place for span in spans for place in self._within(*span)):
            self.counts[place] = count

    def _within(self, start: int, end: int) -> range:
        """The pieces that lie inside the stretch of text."""
        first = bisect_left(self.pieces.starts, start)
        return range(first, bisect_right(self.pieces.ends, end))
