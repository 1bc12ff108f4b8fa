"""What marking finds in an article, before anyone says who said what.

All offsets are code points into the article's text, end exclusive.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from typing import Literal, NamedTuple

from attributor.marking.language import Language, load
from attributor.marking.openings import end_of_opening
from attributor.marking.spans import Span
from attributor.marking.tokens import Token
from attributor.records import Article

__all__ = ["Cue", "Gender", "Marking", "Mention", "Passage", "Segment", "Token", "Turn"]

Gender = Literal["f", "m", ""]

NEAR_CODE_POINTS = 2_000
"""Of an endless sentence, what is farther than this from a place in it is not looked at."""


class Segment(NamedTuple):
    """A sentence, or a part of one cut at an outer quotation mark. `number` counts from 1.

    Edges carry no white space. A segment that is `marked` lies inside quotation marks, which
    belong to it; the space between two segments belongs to neither.
    """

    number: int
    start: int
    end: int
    paragraph: int
    sentence: int
    marked: bool


class Passage(NamedTuple):
    """An outer marked passage: `start:end` without its quotation marks, `outer_*` with them.

    A passage that a paragraph's end closes (`closed` is False) and that the next paragraph opens
    anew `continues` there: the index of that next passage in `Marking.passages`.
    """

    start: int
    end: int
    outer_start: int
    outer_end: int
    paragraph: int
    closed: bool = True
    continues: int | None = None


class Turn(NamedTuple):
    """Speech whose speaker the layout tells: behind a label, over a signature, under a post's head.

    `label` is where the layout says who speaks: only a name with its titles if `is_named`, else
    "Q", "THE WITNESS". `name` is the fuller name that another label gives, "" if none does.
    """

    passages: tuple[Passage, ...]
    label: Span
    name: str = ""
    is_named: bool = True


class Cue(NamedTuple):
    """Words that may attribute.

    A reporting verb (`verb`), a form of one that is more often a noun (`noun`: "claims"),
    "according to" (`preposition`), the colon behind a speaker's `label`. `lemma` is the verb's
    base form.
    """

    start: int
    end: int
    lemma: str
    kind: Literal["verb", "noun", "preposition", "label"]


class Mention(NamedTuple):
    """Words that may name a speaker.

    `head` is the last word of the name, or the noun of a description ("diplomat"). `gender` is
    "f", "m" or "" (unknown); `plural` where more than one is meant.
    """

    start: int
    end: int
    type: Literal["name", "nominal", "pronoun"]
    head: str
    gender: Gender = ""
    plural: bool = False


@dataclass(frozen=True)
class Marking:
    """One article with its evidence, each list in the order of the text.

    It answers questions about places: an offset counts code points, an index counts tokens, and
    the number of a paragraph or a passage is its index in the list of them. `unread` are the
    stretches in which nothing was looked for.
    """

    article: Article
    language: str
    paragraphs: tuple[Span, ...]
    sentences: tuple[Span, ...]
    tokens: tuple[Token, ...]
    segments: tuple[Segment, ...]
    passages: tuple[Passage, ...]
    cues: tuple[Cue, ...]
    mentions: tuple[Mention, ...]
    unread: tuple[Span, ...] = ()
    turns: tuple[Turn, ...] = ()

    @cached_property
    def text(self) -> str:
        """The article's text."""
        return self.article.text

    @cached_property
    def pack(self) -> Language:
        """The words of the article's language."""
        return load(self.language)

    # --- paragraphs, sentences, segments --------------------------------------------------------

    def paragraph_at(self, offset: int) -> int:
        """The number of the paragraph that `offset` lies in or behind."""
        return max(bisect_right(self._paragraph_starts, offset) - 1, 0)

    def sentence_at(self, offset: int) -> Span:
        """The sentence that `offset` lies in or behind; the whole text where there is none."""
        if not self.sentences:
            return 0, len(self.text)
        return self.sentences[max(bisect_right(self._sentence_starts, offset) - 1, 0)]

    def near_in_sentence(self, offset: int) -> Span:
        """What of that sentence is at most `NEAR_CODE_POINTS` away."""
        start, end = self.sentences[max(bisect_right(self._sentence_starts, offset) - 1, 0)]
        return max(start, offset - NEAR_CODE_POINTS), min(end, offset + NEAR_CODE_POINTS)

    def segment_at(self, offset: int) -> Segment:
        """The segment that `offset` lies in or behind."""
        return self.segments[max(bisect_right(self._segment_starts, offset) - 1, 0)]

    # --- tokens ---------------------------------------------------------------------------------

    def index_at(self, offset: int) -> int:
        """Index of the first token at or after `offset`."""
        return bisect_left(self.token_starts, offset)

    @cached_property
    def token_starts(self) -> list[int]:
        """Where each token begins."""
        return [token.start for token in self.tokens]

    def low(self, index: int) -> str:
        """The token in lower case, "" before and beyond the text."""
        return self.tokens[index].low if 0 <= index < len(self.tokens) else ""

    def low_at(self, offset: int) -> str:
        """The first token at or after `offset`, in lower case; "" beyond the text."""
        return self.low(self.index_at(offset))

    def lows_in(self, start: int, end: int) -> list[str]:
        """The tokens that begin in `start:end`, in lower case."""
        return [t.low for t in self.tokens[self.index_at(start) : self.index_at(end)]]

    def words_in(self, start: int, end: int) -> list[str]:
        """The same without punctuation."""
        return [low for low in self.lows_in(start, end) if low[0].isalnum()]

    def word_count(self, start: int, end: int) -> int:
        """How many of the tokens that begin in `start:end` are words."""
        first, last = self.index_at(start), self.index_at(end)
        return max(self.words_to[last] - self.words_to[first], 0)

    @cached_property
    def words_to(self) -> array[int]:
        """How many words stand before each token, and at last in all."""
        return totals(self.is_word)

    @cached_property
    def is_word(self) -> list[bool]:
        """Of each token, whether it is a word rather than punctuation."""
        return [token.low[0].isalnum() for token in self.tokens]

    def end_of_opening(self, paragraph: int) -> int:
        """Where a paragraph's first sentence begins, behind a bullet, clock time or dateline."""
        start, _ = self.paragraphs[paragraph]
        return start if self.turn_in(paragraph) else end_of_opening(self.text, start)

    # --- cues and mentions ----------------------------------------------------------------------

    def cues_in(self, start: int, end: int) -> tuple[Cue, ...]:
        """The cues that begin in `start:end`."""
        return self.cues[bisect_left(self._cue_starts, start) : bisect_left(self._cue_starts, end)]

    def mention_at(self, index: int) -> Mention | None:
        """The mention that begins with token `index`."""
        if index >= len(self.tokens):
            return None
        start = self.tokens[index].start
        number = bisect_left(self._mention_starts, start)
        begins = number < len(self.mentions) and self._mention_starts[number] == start
        return self.mentions[number] if begins else None

    def mentions_in(self, start: int, end: int) -> list[Mention]:
        """The mentions that lie wholly in `start:end`."""
        first, last = (bisect_left(self._mention_starts, edge) for edge in (start, end))
        return [mention for mention in self.mentions[first:last] if mention.end <= end]

    def last_mention_in(self, start: int, end: int) -> Mention | None:
        """The last of those."""
        number = bisect_left(self._mention_starts, end)
        near = reversed(self.mentions[max(number - 2, 0) : number])  # they do not overlap
        last = next((mention for mention in near if mention.end <= end), None)
        return last if last and last.start >= start else None

    def mentions_touching(self, start: int, end: int) -> tuple[Mention, ...]:
        """The mentions that have a character in common with `start:end`."""
        first = bisect_right(self._mention_ends, start)
        return self.mentions[first : bisect_left(self._mention_starts, end)]

    # --- marked passages ------------------------------------------------------------------------

    def passage_at(self, offset: int) -> Passage | None:
        """The passage that `offset` lies in, its marks included."""
        number = bisect_right(self._passage_starts, offset) - 1
        passage = self.passages[number] if number >= 0 else None
        return passage if passage and offset < passage.outer_end else None

    def passages_touching(self, start: int, end: int) -> range:
        """The numbers of the passages that have a character in common with `start:end`."""
        first = bisect_right(self._passage_ends, start)
        return range(first, bisect_left(self._passage_starts, end))

    def passage_after(self, offset: int, end: int) -> Passage | None:
        """The first passage that begins in `offset:end`."""
        number = bisect_left(self._passage_starts, offset)
        begins = number < len(self.passages) and self._passage_starts[number] < end
        return self.passages[number] if begins else None

    def passage_before(self, offset: int) -> Passage | None:
        """The last passage of the paragraph at `offset` that ends there or before."""
        number = bisect_right(self._passage_ends, offset) - 1
        passage = self.passages[number] if number >= 0 else None
        return passage if passage and passage.paragraph == self.paragraph_at(offset) else None

    def turn_in(self, paragraph: int) -> Turn | None:
        """The turn that begins in a paragraph."""
        return self._turns_by_paragraph.get(paragraph)

    def is_marked(self, span: Span) -> bool:
        """Whether all of `span` lies between the marks of one passage."""
        passage = self.passage_at(span[0])
        return passage is not None and passage.start <= span[0] and span[1] <= passage.end

    def marked_parts(self, span: Span) -> list[Span]:
        """What of `span` lies in passages, their marks included."""
        touched = (self.passages[number] for number in self.passages_touching(*span))
        return [(max(p.outer_start, span[0]), min(p.outer_end, span[1])) for p in touched]

    # --- where each begins or ends, for the look-ups --------------------------------------------

    @cached_property
    def _turns_by_paragraph(self) -> dict[int, Turn]:
        return {turn.passages[0].paragraph: turn for turn in self.turns}

    @cached_property
    def _paragraph_starts(self) -> list[int]:
        return [start for start, _ in self.paragraphs]

    @cached_property
    def _sentence_starts(self) -> list[int]:
        return [start for start, _ in self.sentences]

    @cached_property
    def _segment_starts(self) -> list[int]:
        return [segment.start for segment in self.segments]

    @cached_property
    def _cue_starts(self) -> list[int]:
        return [cue.start for cue in self.cues]

    @cached_property
    def _mention_starts(self) -> list[int]:
        return [mention.start for mention in self.mentions]

    @cached_property
    def _mention_ends(self) -> list[int]:
        return [mention.end for mention in self.mentions]

    @cached_property
    def _passage_starts(self) -> list[int]:
        return [passage.outer_start for passage in self.passages]

    @cached_property
    def _passage_ends(self) -> list[int]:
        return [passage.outer_end for passage in self.passages]


def totals(values: Iterable[bool]) -> array[int]:
    """How many values are true before each index, and at last in all."""
    return array("i", accumulate(values, initial=0))


def totals_of(places: Sequence[int], count: int) -> array[int]:
    """How many of the places (indices below `count`, in order) lie before each index, and in all.

    What `totals` makes of "is it one of the places?", for places that are few.
    """
    found = array("i")
    for number, (before, place) in enumerate(pairwise((-1, *places, count))):
        found.extend([number] * (place - before))
    return found
