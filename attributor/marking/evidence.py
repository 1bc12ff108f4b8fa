"""What marking finds in an article, before anyone says who said what.

All offsets are code points into the article's text, end exclusive.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

from attributor.records import Article

Gender = Literal["f", "m", ""]


class Token(NamedTuple):
    """A word or a single other character; `low` is its lower case with straight apostrophes."""

    start: int
    end: int
    low: str
    capital: bool


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
    """One article with its evidence, each list in the order of the text."""

    article: Article
    language: str
    paragraphs: tuple[tuple[int, int], ...]
    sentences: tuple[tuple[int, int], ...]
    tokens: tuple[Token, ...]
    segments: tuple[Segment, ...]
    passages: tuple[Passage, ...]
    cues: tuple[Cue, ...]
    mentions: tuple[Mention, ...]

    @property
    def text(self) -> str:
        """The article's text."""
        return self.article.text

    @cached_property
    def segment_by_number(self) -> dict[int, Segment]:
        """Segments by the number that a prompt shows."""
        return {s.number: s for s in self.segments}
