"""Where a piece of a proposal stands in its article, told by the words at its edges."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from attributor.grounding.folding import Miss, Reason, cuts_word, find_all
from attributor.marking.spans import Span
from attributor.records import Piece

_MAX_WORD_CODE_POINTS = 1000
"""The longest stretch without a word's end that an edge is moved over."""


def locate(text: str, piece: Piece) -> Span | Miss:
    """Where a piece stands in `text`: its window, narrowed by the words at its edges.

    An edge of the window inside a word moves out to that word's end.
    """
    fitting = places(text, piece)
    if isinstance(fitting, Miss):
        return fitting
    return fitting[0] if len(fitting) == 1 else Miss("ambiguous", "they fit more than one place")


def places(text: str, piece: Piece) -> Sequence[Span] | Miss:
    """Every stretch of the window that begins with `starts` and ends with `ends`."""
    if not 0 <= piece.start <= len(text) or not 0 <= piece.end <= len(text):
        return Miss("outside", f"{piece.start} to {piece.end} is outside the article")
    if piece.start >= piece.end:
        reason: Reason = "reversed" if piece.start > piece.end else "empty"
        return Miss(reason, f"{piece.start} to {piece.end} holds no text")
    window = _moved_out(text, piece.start, -1), _moved_out(text, piece.end, 1)
    starts = _anchors(text, piece, piece.starts, (window[0], window[0]))
    if piece.starts and piece.starts == piece.ends:
        return starts
    if isinstance(starts, Miss):
        return starts
    ends = _anchors(text, piece, piece.ends, (window[1], window[1]))
    return ends if isinstance(ends, Miss) else _paired(starts, ends)


def _anchors(text: str, piece: Piece, words: str, edge: Span) -> list[Span] | Miss:
    return find_all(text, words, piece.start, piece.end) if words else [edge]


def _paired(starts: list[Span], ends: list[Span]) -> list[Span] | Miss:
    apart = [(s[0], e[1]) for s in starts for e in ends if e[0] >= s[1]]
    # The words at the two edges of a short piece may share some: "we will not", "will not go".
    shared = [(s[0], e[1]) for s in starts for e in ends if e[0] >= s[0] and e[1] >= s[1]]
    return apart or shared or Miss("not_found", "the last of them do not follow the first")


def _moved_out(text: str, index: int, step: Literal[-1, 1]) -> int:
    """`index`, moved by `step` until it cuts no word (or one longer than any word is)."""
    for _ in range(_MAX_WORD_CODE_POINTS):
        if not cuts_word(text, index):
            break
        index += step
    return index
