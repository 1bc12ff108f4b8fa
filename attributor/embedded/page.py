"""One article as the rules see it: tokens by index, and what lies where."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property

from attributor.marking import Cue, Marking, Mention, Passage
from attributor.marking.language import Language, load
from attributor.marking.tokens import index_at

Bounds = tuple[int, int]


class Page:
    """Look-ups over a Marking. Offsets are code points; indices count tokens."""

    def __init__(self, marking: Marking) -> None:
        self.marking = marking
        self.text = marking.text
        self.tokens = marking.tokens
        self.language: Language = load(marking.language)
        self._sentence_starts = [start for start, _ in marking.sentences]
        self._paragraph_starts = [start for start, _ in marking.paragraphs]

    def sentence(self, offset: int) -> Bounds:
        """The sentence that holds `offset`."""
        return self.marking.sentences[max(bisect_right(self._sentence_starts, offset) - 1, 0)]

    def paragraph(self, offset: int) -> int:
        """Number of the paragraph that holds `offset`."""
        return max(bisect_right(self._paragraph_starts, offset) - 1, 0)

    def index(self, offset: int) -> int:
        """Index of the first token at or after `offset`."""
        return index_at(self.tokens, offset)

    def lows(self, start: int, end: int) -> list[str]:
        """The tokens that begin in `start:end`, in lower case."""
        return [t.low for t in self.tokens[self.index(start) : self.index(end)]]

    def words(self, start: int, end: int) -> list[str]:
        """The same without punctuation."""
        return [low for low in self.lows(start, end) if low[0].isalnum()]

    @cached_property
    def mention_starts(self) -> list[int]:
        """Where each mention begins, for bisection."""
        return [m.start for m in self.marking.mentions]

    def mention_at(self, index: int) -> Mention | None:
        """The mention that begins with token `index`."""
        if index >= len(self.tokens):
            return None
        start = self.tokens[index].start
        i = bisect_right(self.mention_starts, start) - 1
        mention = self.marking.mentions[i] if i >= 0 else None
        return mention if mention and mention.start == start else None

    def mentions_between(self, start: int, end: int) -> list[Mention]:
        """Mentions that lie wholly in `start:end`."""
        i = bisect_right(self.mention_starts, start - 1)
        found = []
        for mention in self.marking.mentions[i:]:
            if mention.start >= end:
                break
            if mention.end <= end:
                found.append(mention)
        return found

    @cached_property
    def passages_by_paragraph(self) -> dict[int, list[Passage]]:
        """The marked passages of each paragraph that has any."""
        grouped: dict[int, list[Passage]] = {}
        for passage in self.marking.passages:
            grouped.setdefault(passage.paragraph, []).append(passage)
        return grouped

    def passage_after(self, offset: int, end: int) -> Passage | None:
        """The first marked passage that begins in `offset:end`."""
        for passage in self.passages_by_paragraph.get(self.paragraph(offset), ()):
            if offset <= passage.outer_start < end:
                return passage
        return None

    def passage_before(self, offset: int) -> Passage | None:
        """The last marked passage of the paragraph that ends at or before `offset`."""
        earlier = [
            p
            for p in self.passages_by_paragraph.get(self.paragraph(offset), ())
            if p.outer_end <= offset
        ]
        return earlier[-1] if earlier else None

    def cues_between(self, start: int, end: int) -> Iterator[Cue]:
        """Cues that begin in `start:end`."""
        return (c for c in self.marking.cues if start <= c.start < end)
