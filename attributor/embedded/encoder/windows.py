"""An article cut into what the encoder reads at once.

A window holds whole lines of the text, as many as fit. A line that is longer than a window is cut
into windows that overlap; of each piece of a word the window counts in which it stands farther from
the edge. Cuts depend on the text alone, so that the same article is always read the same way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

MAX_PIECES = 254
"""A window holds no more pieces of words than this, separators between lines among them."""
OVERLAP_PIECES = 80
"""Two windows of one line have so many pieces in common."""
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")
_LINE = re.compile(r"[^\n]*\S[^\n]*")


class Encoding(Protocol):
    """A line as the tokenizer cuts it: numbers of its pieces, and where each stands in the line."""

    @property
    def ids(self) -> list[int]:
        """Each piece's number in the vocabulary."""

    @property
    def offsets(self) -> list[tuple[int, int]]:
        """Where each piece begins and ends in the line (code points)."""


class Tokenizer(Protocol):
    """What is needed of `tokenizers.Tokenizer`."""

    def encode(self, sequence: str, /, *, add_special_tokens: bool) -> Encoding:
        """Cut a line into pieces of words."""

    def token_to_id(self, token: str, /) -> int | None:
        """The number of a piece in the vocabulary."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """An article's pieces of words in order: numbers in the vocabulary, begins, ends, lines.

    `starts` and `ends` are code points of the article, `lines` half-open ranges of pieces.
    """

    ids: list[int]
    starts: list[int]
    ends: list[int]
    lines: list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Window:
    """What is read at once.

    Attributes:
        ids: numbers in the vocabulary, the special ones at both ends and between lines included.
        pieces: which of the article's pieces each of them is; -1 where it is none.
        first: the first of the article's pieces that this window counts for.
        last: the one after the last that it counts for.
    """

    ids: list[int]
    pieces: list[int]
    first: int
    last: int


def cut(tokenizer: Tokenizer, text: str) -> Pieces:
    """The text's pieces of words, line by line."""
    found = Pieces([], [], [], [])
    whole = _LONE_SURROGATE.sub("\ufffd", text)  # half a character is none to the tokenizer
    for line in _LINE.finditer(whole):
        encoding = tokenizer.encode(line.group(), add_special_tokens=False)
        begun, offset = len(found.ids), line.start()
        found.ids.extend(encoding.ids)
        found.starts.extend(start + offset for start, _ in encoding.offsets)
        found.ends.extend(end + offset for _, end in encoding.offsets)
        if len(found.ids) > begun:
            found.lines.append((begun, len(found.ids)))
    return found


def windows(tokenizer: Tokenizer, pieces: Pieces) -> Iterator[Window]:
    """The windows of an article, in order; each piece counts in exactly one."""
    for lines in _packed(pieces.lines):
        first, last = lines[0][0], lines[-1][1]
        if len(lines) > 1 or last - first <= MAX_PIECES:
            yield _window(tokenizer, pieces, lines, first, last)
            continue
        step = MAX_PIECES - OVERLAP_PIECES
        for begin in range(first, last - OVERLAP_PIECES, step):
            end = min(begin + MAX_PIECES, last)
            counts_from = begin + (OVERLAP_PIECES // 2 if begin > first else 0)
            counts_to = end - (OVERLAP_PIECES // 2 if end < last else 0)
            yield _window(tokenizer, pieces, [(begin, end)], counts_from, counts_to)


def _packed(lines: Sequence[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    """Lines that fit into a window together; a line that is too long is by itself."""
    held: list[tuple[int, int]] = []
    for first, last in lines:
        if held and (last - held[0][0]) + len(held) > MAX_PIECES:
            yield held
            held = []
        held.append((first, last))
    if held:
        yield held


def _window(
    tokenizer: Tokenizer, pieces: Pieces, lines: Sequence[tuple[int, int]], first: int, last: int
) -> Window:
    begins, separates = (tokenizer.token_to_id(token) or 0 for token in ("[CLS]", "[SEP]"))
    ids, places = [begins], [-1]
    for begin, end in lines:
        ids += [*pieces.ids[begin:end], separates]
        places += [*range(begin, end), -1]
    return Window(ids, places, first, last)
