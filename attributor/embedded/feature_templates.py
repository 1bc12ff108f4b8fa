"""Every feature template of the learned engine: its name, its numbers, what it sees.

A feature is one integer, mixed from the number of its template and one or two values (hashes of
words and classes, small counts). Two templates with one number would be one template to the
weights, so groups of templates are registered here, and numbers that overlap are an error when
this module is imported.

A number that is changed makes every file of weights useless: give a new template a free number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, TypeVar

_FIRST_MULTIPLIER = 0x1E3779B1
"""An odd number below 2^30, by which template numbers are laid far apart."""
_SECOND_MULTIPLIER = 0x25EBCA77
"""Another one, by which values are laid far apart."""
_DIGIT_MASK = 2**30 - 1
"""Keeps what fits in one digit of Python's integers, which is multiplied quickly."""


@dataclass(frozen=True, slots=True)
class TemplateGroup:
    """Templates that are filled together, with numbers that follow each other.

    Attributes:
        name: what the group is called, such as "source: place".
        numbers: of its templates, one each.
        sees: one sentence about what its features tell.
        hashes: of the numbers, in the same order.
    """

    name: str
    numbers: range
    sees: str
    hashes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ValueTemplates(TemplateGroup):
    """Templates that take one value each."""

    def features(self, *values: int) -> list[int]:
        """One feature for each value; the values must be as many as the templates."""
        return [
            template ^ value * _SECOND_MULTIPLIER
            for template, value in zip(self.hashes, values, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class PairTemplates(TemplateGroup):
    """Templates that take a pair of values each."""

    def features(self, *pairs: tuple[int, int]) -> list[int]:
        """One feature for each pair; the pairs must be as many as the templates."""
        return [
            ((template ^ one * _SECOND_MULTIPLIER) & _DIGIT_MASK) * _FIRST_MULTIPLIER
            ^ two * _SECOND_MULTIPLIER
            for template, (one, two) in zip(self.hashes, pairs, strict=True)
        ]


_Group = TypeVar("_Group", ValueTemplates, PairTemplates)


class Registry:
    """Groups of templates by name, no two of which share a number."""

    def __init__(self) -> None:
        self.groups: dict[str, TemplateGroup] = {}
        self._group_of: dict[int, str] = {}

    def values(self, name: str, first: int, count: int, sees: str) -> ValueTemplates:
        """Registers `count` templates of one value each, numbered from `first`.

        Raises:
            ValueError: the name or one of the numbers is taken, or there is no template in it.
        """
        return self._registered(ValueTemplates(name, *_numbered(first, count, sees)))

    def pairs(self, name: str, first: int, count: int, sees: str) -> PairTemplates:
        """Registers `count` templates of a pair of values each, numbered from `first`.

        Raises:
            ValueError: the name or one of the numbers is taken, or there is no template in it.
        """
        return self._registered(PairTemplates(name, *_numbered(first, count, sees)))

    def _registered(self, group: _Group) -> _Group:
        if group.name in self.groups:
            raise ValueError(f"There are feature templates called {group.name!r} already.")
        if not group.numbers or group.numbers.start < 0:
            raise ValueError(f"The feature templates {group.name!r} have no numbers from 0 on.")
        for number in group.numbers:
            if number in self._group_of:
                raise ValueError(
                    f"Feature template {number} of {group.name!r} is taken by "
                    f"{self._group_of[number]!r}; give the new ones free numbers."
                )
        self.groups[group.name] = group
        self._group_of |= dict.fromkeys(group.numbers, group.name)
        return group


def _numbered(first: int, count: int, sees: str) -> tuple[range, str, tuple[int, ...]]:
    numbers = range(first, first + count)
    hashes = tuple((number + 1) * _FIRST_MULTIPLIER & _DIGIT_MASK for number in numbers)
    return numbers, sees, hashes


REGISTRY = Registry()
"""All templates that the shipped weights were learned with."""
_values, _pairs = REGISTRY.values, REGISTRY.pairs

# --- a word as a cue ----------------------------------------------------------------------------

CUE_WORD = _values("cue: word", 10, 4, "The word itself, its ending, what marking takes it for.")
CUE_NEIGHBOURS = _values("cue: neighbours", 20, 12, "Three words to each side, and their classes.")
CUE_PAIRS = _pairs("cue: pairs", 40, 8, "The word with a neighbour, and neighbours' classes.")
CUE_PLACE = _values("cue: place", 70, 9, "Where it stands in its sentence, and beside which marks.")
CUE_WORD_IN_PLACE = _pairs(
    "cue: word in place", 80, 2, "The word where marks or a conjunction like “that” are near."
)
CUE_SUBJECT = _values("cue: subject", 60, 4, "Which subject the rules find for it.")
CUE_WORD_READ = _pairs("cue: word as read", 65, 1, "The word with what the rules find for it.")
CUE_CONTENT = _values("cue: content", 67, 3, "Where the content begins that the rules find.")

# --- a mention as the source of a cue -----------------------------------------------------------

SOURCE_PLACE = _values(
    "source: place", 100, 11, "How far it is from the cue, what lies between, what the rules say."
)
SOURCE_WORDS = _pairs("source: words", 120, 10, "The words and classes at its edges and the cue's.")

# --- a piece of a paragraph as content of a cue -------------------------------------------------

PIECE_PLACE = _values(
    "piece: place", 200, 20, "Where it lies from the cue, its edges, what the rules take of it."
)
PIECE_WORDS = _pairs("piece: words", 230, 12, "The cue's word, and the words at the piece's edges.")
PIECE_GAP = _values("piece: gap", 250, 3, "Commas, marks and other cues between it and the cue.")
PIECE_PASSAGE = _values("piece: passage", 260, 4, "The marked passage it lies in, and whose it is.")
PIECE_PASSAGE_END = _pairs("piece: passage's end", 265, 1, "The last word of that passage.")
_BEFORE_PIECE = ("a piece outside content", "a piece inside content", "nothing")
"""What can stand before a piece, in the order of the labels 0, 1 and 2."""
STEP_VALUES = tuple(
    _values(
        f"step from {before}", 300 + 20 * label, 4, f"Where a piece lies that {before} precedes."
    )
    for label, before in enumerate(_BEFORE_PIECE)
)
STEP_PAIRS = tuple(
    _pairs(f"step from {before}: words", 310 + 20 * label, 3, f"How it begins, behind {before}.")
    for label, before in enumerate(_BEFORE_PIECE)
)

# --- a draft as the quote of a candidate --------------------------------------------------------


class Run(NamedTuple):
    """The templates of the run of content that is nearest to the cue on one side."""

    values: ValueTemplates
    pairs: PairTemplates


CANDIDATE = _values(
    "candidate", 400, 15, "How sure the cue and its source are, and which cues rival it."
)
CANDIDATE_WORDS = _pairs("candidate: words", 420, 9, "The cue's word and those beside it.")
DRAFT_RANK = _values("draft: rank", 430, 4, "How likely its labelling was by itself.")
DRAFT_EXTENT = _values(
    "draft: extent", 440, 13, "How much text it takes, and how much of what the rules take."
)
DRAFT_EXTENT_WORDS = _pairs("draft: words", 460, 6, "The cue's word with how much is taken.")
DRAFT_MARKS = _values("draft: marks", 470, 5, "Marked passages that it holds, cuts or leaves out.")
RUN_AHEAD = Run(
    _values("run ahead", 480, 4, "How far content ends before the cue, and how long it is."),
    _pairs("run ahead: words", 485, 19, "The words at the edges of the content before the cue."),
)
RUN_BEHIND = Run(
    _values("run behind", 520, 4, "How far content begins behind the cue, and how long it is."),
    _pairs("run behind: words", 525, 19, "The words at the edges of the content behind the cue."),
)
DRAFT_EDGES = _pairs("draft: edges", 560, 5, "How it begins and ends, wherever that is.")
DRAFT_NEIGHBOURS = _values(
    "draft: neighbours", 570, 5, "What it takes of other candidates' drafts, and of their cues."
)

# --- what an encoder says, where one reads under the engine --------------------------------------

ENCODER_CUE = _values("encoder: cue", 600, 10, "How sure the encoder is of a word as a cue.")
ENCODER_CUE_WORDS = _pairs("encoder: cue's word", 612, 3, "The same with the word.")
ENCODER_SOURCE = _values("encoder: source", 620, 12, "How sure it is of a mention as a source.")
ENCODER_SOURCE_WORDS = _pairs("encoder: source's words", 634, 2, "The same with the words.")
ENCODER_PIECE = _values("encoder: piece", 640, 8, "How sure it is of a piece as content.")
ENCODER_PIECE_WORDS = _pairs("encoder: piece's words", 656, 2, "The same with the cue's word.")
ENCODER_STEPS = tuple(
    _values(
        f"encoder: step from {before}", 660 + 8 * label, 4, f"Its edges where {before} precedes."
    )
    for label, before in enumerate(_BEFORE_PIECE)
)
ENCODER_CANDIDATE = _values(
    "encoder: candidate", 700, 9, "How sure it is of the cue, its source, and content nearby."
)

# --- what an encoder links to a cue ---------------------------------------------------------------

LINKED_CUE = _values("linked: cue", 760, 7, "How much the encoder links to a word as a cue.")
LINKED_SOURCE = _values("linked: source", 770, 6, "How surely it links a mention to the cue.")
LINKED_PIECE = _values("linked: piece", 780, 12, "How surely it links a piece to the cue.")
LINKED_STEPS = tuple(
    _values(f"linked: step from {before}", 795 + 4 * label, 4, f"The same where {before} precedes.")
    for label, before in enumerate(_BEFORE_PIECE)
)
LINKED_CANDIDATE = _values(
    "linked: candidate", 810, 9, "How surely it links the source to the cue, and how much else."
)
LINKED_DRAFT = _values(
    "linked: draft", 820, 18, "How much of the draft it links to the cue, and how much beside it."
)
LINKED_DRAFT_WORDS = _pairs("linked: draft's words", 840, 2, "The same with the cue's word.")
