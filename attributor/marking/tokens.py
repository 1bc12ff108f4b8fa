"""Words and other characters with their offsets."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple


class Token(NamedTuple):
    """A word or a single other character; `low` is its lower case with straight apostrophes."""

    start: int
    end: int
    low: str
    capital: bool


_TOKEN = re.compile(
    r"[A-Za-zÀ-ÖØ-öø-žЀ-џ]+(?=[ ,\n])"  # most words: what stands here is found at once
    r"|(?:[^\W\d_]\.){2,}"  # U.S.
    r"|\d+(?:[.,:]\d+)*[^\W_]*(?:-[^\W\d_]+)*"  # 1,237 and 20th and 34-year-old
    r"|[^\W_]+(?:['’ʼ\-‐‑][^\W_]+)*(?:['’]s\b|(?<=s)['’](?=\s[a-z]))?"  # Jean-Luc’s, builders’
    r"|[^\w\s]|_"
)


def tokens(text: str) -> tuple[Token, ...]:
    """Every word and every other visible character of `text`, in order."""
    lowered = _lowered(text)
    spans = (match.span() for match in _TOKEN.finditer(text))
    known: dict[str, str] = {}  # each word once, however often it stands there
    once = known.setdefault
    if len(lowered) != len(text):  # "İ" is two characters then
        lows = ((a, b, _lowered(text[a:b])) for a, b in spans)
    else:
        lows = ((a, b, lowered[a:b]) for a, b in spans)
    return tuple(_made((a, b, once(low, low), text[a].isupper())) for a, b, low in lows)


def count(text: str) -> int:
    """How many tokens `text` has."""
    return sum(1 for _ in _TOKEN.finditer(text))


_made = partial(tuple.__new__, Token)
"""A Token of four values that are known to be four."""


def _lowered(text: str) -> str:
    return text.lower().replace("’", "'")


def index_at(tokens: Sequence[Token], offset: int) -> int:
    """Index of the first token that starts at or after `offset` (a code point offset)."""
    return bisect_left(tokens, (offset,))


def without_possessive(low: str) -> str:
    """The word without a possessive ending: "clinton's" -> "clinton"."""
    return low[:-2] if low.endswith("'s") else low.removesuffix("'")
