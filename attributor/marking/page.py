"""One article as the rules see it: tokens by index, and what lies where."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from attributor.marking import Cue, Marking, Mention, Passage
from attributor.marking.language import Language, load
from attributor.marking.tokens import index_at

Bounds = tuple[int, int]

_NEAR = 2_000
"""Rules look no farther than so many code points within a sentence."""


class Page:
    """Look-ups over a Marking. Offsets are code points; indices count tokens."""

    def __init__(self, marking: Marking) -> None:
        self.marking = marking
        self.text = marking.text
        self.tokens = marking.tokens
        self.language: Language = load(marking.language)
        self.joins = self.language.joins | self.language.contrasts | {";"}
        """What joins one reporting clause to another."""
        self._sentence_starts = [start for start, _ in marking.sentences]
        self._paragraph_starts = [start for start, _ in marking.paragraphs]
        self._mention_starts = [mention.start for mention in marking.mentions]
        self._cue_starts = [cue.start for cue in marking.cues]
        self._passage_starts = [passage.outer_start for passage in marking.passages]
        self._passage_ends = [passage.outer_end for passage in marking.passages]

    def sentence(self, offset: int) -> Bounds:
        """The sentence that holds `offset`; of an endless one, only what is near."""
        start, end = self.marking.sentences[max(bisect_right(self._sentence_starts, offset) - 1, 0)]
        return max(start, offset - _NEAR), min(end, offset + _NEAR)

    def paragraph(self, offset: int) -> int:
        """Number of the paragraph that holds `offset`."""
        return max(bisect_right(self._paragraph_starts, offset) - 1, 0)

    def index(self, offset: int) -> int:
        """Index of the first token at or after `offset`."""
        return index_at(self.tokens, offset)

    def low_at(self, offset: int) -> str:
        """The first token at or after `offset`, in lower case; "" beyond the text."""
        index = self.index(offset)
        return self.tokens[index].low if index < len(self.tokens) else ""

    def lows(self, start: int, end: int) -> list[str]:
        """The tokens that begin in `start:end`, in lower case."""
        return [t.low for t in self.tokens[self.index(start) : self.index(end)]]

    def words(self, start: int, end: int) -> list[str]:
        """The same without punctuation."""
        return [low for low in self.lows(start, end) if low[0].isalnum()]

    def mention_at(self, index: int) -> Mention | None:
        """The mention that begins with token `index`."""
        if index >= len(self.tokens):
            return None
        start = self.tokens[index].start
        i = bisect_right(self._mention_starts, start) - 1
        mention = self.marking.mentions[i] if i >= 0 else None
        return mention if mention and mention.start == start else None

    def mentions_between(self, start: int, end: int) -> list[Mention]:
        """Mentions that lie wholly in `start:end`."""
        i = bisect_left(self._mention_starts, start)
        j = bisect_left(self._mention_starts, end)
        return [m for m in self.marking.mentions[i:j] if m.end <= end]

    def cues_between(self, start: int, end: int) -> Iterator[Cue]:
        """Cues that begin in `start:end`."""
        i = bisect_left(self._cue_starts, start)
        return iter(self.marking.cues[i : bisect_left(self._cue_starts, end)])

    def passages_between(self, start: int, end: int) -> range:
        """Indices of the marked passages that overlap `start:end`."""
        return range(
            bisect_right(self._passage_ends, start), bisect_left(self._passage_starts, end)
        )

    def passage_after(self, offset: int, end: int) -> Passage | None:
        """The first marked passage that begins in `offset:end`."""
        i = bisect_left(self._passage_starts, offset)
        found = i < len(self._passage_starts) and self._passage_starts[i] < end
        return self.marking.passages[i] if found else None

    def passage_before(self, offset: int) -> Passage | None:
        """The last marked passage of the paragraph that ends at or before `offset`."""
        i = bisect_right(self._passage_ends, offset) - 1
        passage = self.marking.passages[i] if i >= 0 else None
        return passage if passage and passage.paragraph == self.paragraph(offset) else None
