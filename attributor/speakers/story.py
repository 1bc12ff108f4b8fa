"""An article as its names are read: words, and in which sentence and paragraph they stand."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from attributor.marking import Marking, Mention
from attributor.speakers.lexicon import Lexicon, fold, lexicon

_TITLED = 0.8
"""In a headline with capitals so large a share of the longer words has them."""
_SHORT = 2
"""Words of so many letters at most may be small in a headline."""
_FEW = 4
"""A line with a full stop is a headline only if it has more words."""
_ENDS = '!?:”"’“»'
"""Signs that a headline seldom ends in, but for one with capitals."""
_LEADS_ON = ":,"
"""Signs that no headline ends in: what the line leads up to follows."""
_LONGEST_HEADLINE = 25
"""A headline has at most so many words."""


class Story:
    """A marked article. All numbers `i`, `j` are indices of tokens, all offsets code points."""

    def __init__(self, marking: Marking) -> None:
        self.marking, self.text = marking, marking.text
        self.tokens = marking.tokens
        self.lexicon: Lexicon = lexicon(marking.language)
        self.language = self.lexicon.language
        self._lows = [t.low for t in self.tokens]
        self._count = len(self._lows)
        self.folded = [t.low if t.low.isascii() else fold(t.low) for t in self.tokens]
        self._sentences = [start for start, _ in marking.sentences]
        self._paragraphs = [start for start, _ in marking.paragraphs]
        self._passages = [p.outer_start for p in marking.passages]
        self._mentions = [m.start for m in marking.mentions]
        self._starts = marking.token_starts
        self.sentence_firsts = {self.index(start) for start in self._sentences}
        self.headline_end = self._headline_end()

    def index(self, offset: int) -> int:
        """Index of the first token that starts at or after `offset`."""
        return bisect_left(self._starts, offset)

    def low(self, i: int) -> str:
        """The token in lower case, "" beyond the text."""
        return self._lows[i] if 0 <= i < self._count else ""

    def word(self, i: int) -> str:
        """The token folded, "" beyond the text."""
        return self.folded[i] if 0 <= i < self._count else ""

    def written(self, i: int) -> str:
        """The token as it is written."""
        token = self.tokens[i]
        return self.text[token.start : token.end]

    def sentence(self, offset: int) -> int:
        """Number of the sentence that `offset` lies in."""
        return max(bisect_right(self._sentences, offset) - 1, 0)

    def paragraph(self, offset: int) -> int:
        """Number of the paragraph that `offset` lies in."""
        return max(bisect_right(self._paragraphs, offset) - 1, 0)

    def paragraph_start(self, number: int) -> int:
        """Where a paragraph begins; 0 before the first, the text's end behind the last."""
        if number < 0 or not self._paragraphs:
            return 0
        return self._paragraphs[number] if number < len(self._paragraphs) else len(self.text)

    def is_marked(self, offset: int) -> bool:
        """Whether `offset` lies between quotation marks."""
        k = bisect_right(self._passages, offset) - 1
        return k >= 0 and offset < self.marking.passages[k].outer_end

    def mentions(self, start: int, end: int) -> tuple[Mention, ...]:
        """The mention candidates of marking that begin in `start:end`."""
        found = self.marking.mentions
        return found[bisect_left(self._mentions, start) : bisect_left(self._mentions, end)]

    def _headline_end(self) -> int:
        """Where a headline ends: a first paragraph without a full stop; 0 without one."""
        if len(self.marking.paragraphs) < 2:
            return 0
        start, end = self.marking.paragraphs[0]
        line = self.text[start:end].rstrip()
        words = line.split()
        if len(words) > _LONGEST_HEADLINE or not words:
            return 0
        titled = self._share_of_capitals(words)
        if line[-1] in _LEADS_ON:
            return 0
        if line[-1] in ".…":
            return end if titled == 1 and len(words) > _FEW else 0
        return end if (titled >= _TITLED and len(words) > 2) or line[-1] not in _ENDS else 0

    def _share_of_capitals(self, words: list[str]) -> float:
        """The share of a line's telling words that have a capital."""
        lang = self.language
        small = lang.adjuncts | lang.determiners | lang.conjunctions | lang.relatives | lang.joints
        bare = [w.strip("“‘\"'(„«»”’,.:;!?") for w in words]
        telling = [w for w in bare if len(w) > _SHORT and w.lower() not in small]
        capitals = sum(not w[0].islower() for w in telling)
        return capitals / len(telling) if telling else 0.0

    @property
    def has_title_case(self) -> bool:
        """Whether the headline gives every longer word a capital."""
        words = self.text[: self.headline_end].split()
        nouns = self.language.nouns_have_capitals
        return bool(words) and not nouns and self._share_of_capitals(words) >= _TITLED
