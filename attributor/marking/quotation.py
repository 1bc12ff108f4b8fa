"""Quotation marks: which characters mark speech, and the outer passages between them.

A mark is read by its shape and by its neighbours: one with white space, an opening bracket or the
paragraph's edge before it and a word after it can open; one with the reverse can close. That
decides the shapes that serve as both (" ' ” » ’). An apostrophe (between letters, or with no
partner in its paragraph) is not a mark. Pairs are those of the CLDR delimiter tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from attributor.marking.evidence import Passage, Turn
from attributor.marking.spans import Span

# opening shape -> shapes that may close it
PAIRS: dict[str, tuple[str, ...]] = {
    "“": ("”", '"', "″"),
    "„": ("“", "”", '"', "″", "„"),
    "‟": ("”",),
    "”": ("”",),
    "«": ("»", "«"),
    "»": ("«", "»"),
    "‹": ("›", "‹"),
    "›": ("‹", "›"),
    "‘": ("’", "'"),
    "‚": ("‘", "’"),
    "‛": ("’",),
    "’": ("’",),
    "'": ("'", "’"),
    '"': ('"', "”", "″"),
    "″": ("″", '"'),
    "``": ("''", '"', "”"),
    "''": ("''",),
    "「": ("」",),
    "『": ("』",),
}
SINGLE = frozenset("‘‚‛’'‹›")
"""Shapes that are apostrophes, or marks inside marks, more often than outer marks."""

MARK = re.compile(r"``|''|[“„‟”«»‹›‘‚‛’'\"″「」『』]")
CHARACTERS = frozenset("“„‟”«»‹›‘‚‛’'\"″`「」『』")
_REACH = 200
"""A mark is closed within so many marks, or it is not closed."""
_OPENS_AFTER = frozenset("([{—–-/…:,¿¡|*_") | CHARACTERS
_CLOSES_BEFORE = frozenset(".,;:!?)]}—–-/…|*_") | CHARACTERS
_ENDS_SPEECH = frozenset(".,!?…")


class _Mark(NamedTuple):
    """A mark at `left:right`, and whether its neighbours let it open or close a passage."""

    left: int
    right: int
    shape: str
    opens: bool
    closes: bool


def passages(text: str, paragraphs: Sequence[Span]) -> tuple[Passage, ...]:
    """The outer marked passages of `text`, in order.

    A mark left open at a paragraph's end closes there if the next paragraph opens anew with the
    same mark (the passages are then linked by `continues`) or if nothing else was open; a closing
    mark without an opening one counts from the paragraph's start if it ends speech.
    """
    found: list[Passage] = []
    for number, (start, end) in enumerate(paragraphs):
        for passage in _in_paragraph(text, start, end, number):
            if passage.start < passage.end and not text[passage.start : passage.end].isspace():
                found.append(passage)
    return _linked(text, found)


def merged(marked: Sequence[Passage], spoken: Sequence[Passage]) -> tuple[Passage, ...]:
    """Passages between marks, and those of dialogue in paragraphs that have no marks."""
    if not spoken:
        return tuple(marked)
    with_marks = {p.paragraph for p in marked}
    free = [p._replace(continues=None) for p in marked]
    free += [p for p in spoken if p.paragraph not in with_marks]
    return tuple(sorted(free, key=lambda p: p.start))


def with_turns(
    text: str, passages: Sequence[Passage], turns: Iterable[Turn]
) -> tuple[Passage, ...]:
    """The passages, where the paragraphs of a turn have no others than the turn's."""
    said = [passage for turn in turns for passage in turn.passages]
    if not said:
        return tuple(passages)
    replaced = {passage.paragraph for passage in said}
    kept = [p._replace(continues=None) for p in passages if p.paragraph not in replaced]
    return _linked(text, sorted(kept + said, key=lambda p: p.start))


def _in_paragraph(text: str, start: int, end: int, number: int) -> Iterator[Passage]:
    marks = [_mark(text, m, start, end) for m in MARK.finditer(text, start, end)]
    last_close = start
    i = 0
    while i < len(marks):
        left, right, shape, opens, _ = marks[i]
        if opens:
            j = _closing(text, marks, i)
            if j is not None and not _is_clipping(text, right, marks[j].left, shape):
                close = marks[j]
                yield Passage(right, close.left, left, close.right, number)
                last_close, i = close.right, j + 1
                continue
            reopens = shape == "‘" and left == start
            if (shape not in SINGLE or reopens) and not _opens_again(marks, i):
                yield Passage(right, end, left, end, number, closed=False)
                return
        elif (
            last_close == start
            and shape not in SINGLE
            and _ends_speech(text, left, right, start, end)
        ):
            yield Passage(start, left, start, right, number, closed=False)
            last_close = right
        i += 1


def _mark(text: str, match: re.Match[str], start: int, end: int) -> _Mark:
    place = *match.span(), start, end, match[0]
    return _Mark(*match.span(), match[0], _can_open(text, *place), _can_close(text, *place))


def _is_clipping(text: str, start: int, end: int, shape: str) -> bool:
    """Whether two apostrophes stand for letters left out (rock 'n' roll)."""
    return shape in "'’" and end - start < 3


def _closing(text: str, marks: Sequence[_Mark], i: int) -> int | None:
    """Index of the mark that closes `marks[i]`, passing over pairs nested inside."""
    shape = marks[i].shape
    closers = PAIRS[shape]
    depth, doubtful = 0, None
    for j in range(i + 1, min(i + 1 + _REACH, len(marks))):
        left, _, other, can_open, can_close = marks[j]
        closes = can_close and other in closers
        if closes and not depth and _may_be_apostrophe(text, left, shape):
            doubtful = j if doubtful is None else doubtful
        elif closes and not depth:
            return j
        elif closes:
            depth -= 1
        elif can_open and other == shape:
            if shape in SINGLE or shape in closers:
                break  # opened anew before it was closed
            depth += 1
    return doubtful


def _may_be_apostrophe(text: str, left: int, shape: str) -> bool:
    """Whether the closing mark at `left` may be a plural's apostrophe ("the rails’ fault")."""
    return shape in "‘‛'’‚" and text[left - 1] in "sSzZxX"


def _opens_again(marks: Sequence[_Mark], i: int) -> bool:
    near = range(i + 1, min(i + 1 + _REACH, len(marks)))
    return any(marks[j].opens and marks[j].shape == marks[i].shape for j in near)


def _can_open(text: str, left: int, right: int, start: int, end: int, shape: str) -> bool:
    if shape not in PAIRS or right >= end:
        return False
    if text[right].isspace():
        return shape in "«‹" and text[left - 1 : left] in ("", " ", "\n", "\u00a0")
    before = text[left - 1] if left > start else " "
    if not (_is_blank(before) or before in _OPENS_AFTER):
        return False
    if before in CHARACTERS and left - 1 > start and not text[left - 2].isspace():
        return False  # “…” ” : the second mark closes too
    after = text[right]
    return after not in ",;:!?)]}" and not after.isspace()


def _is_blank(ch: str) -> bool:
    """White space, or a control or format character that nobody sees."""
    return ch.isspace() or not ch.isprintable()


def _can_close(text: str, left: int, right: int, start: int, end: int, shape: str) -> bool:
    if left <= start:
        return False
    before = text[left - 1]
    if before.isspace() and shape not in "»›":
        return False
    after = text[right] if right < end else " "
    if _is_blank(after) or after in _CLOSES_BEFORE:
        return True
    return shape not in SINGLE and not (shape in '"″' and after.isalnum() and before.isspace())


def _ends_speech(text: str, left: int, right: int, start: int, end: int) -> bool:
    if left - start < 2 or text[left - 1] not in _ENDS_SPEECH:
        return False
    return right >= end or text[right].isspace()


def _linked(text: str, found: list[Passage]) -> tuple[Passage, ...]:
    for i, (one, other) in enumerate(pairwise(found)):
        left_open = not one.closed and one.outer_start < one.start
        if left_open and other.paragraph == one.paragraph + 1 and _same_opening(text, one, other):
            found[i] = one._replace(continues=i + 1)
    return tuple(found)


def _same_opening(text: str, one: Passage, other: Passage) -> bool:
    opening = text[one.outer_start : one.start]
    return bool(opening) and opening == text[other.outer_start : other.start]
