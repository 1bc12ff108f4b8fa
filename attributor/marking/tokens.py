"""Words and other characters with their offsets."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from attributor.marking.evidence import Token

_TOKEN = re.compile(
    r"(?:[^\W\d_]\.){2,}"  # U.S.
    r"|\d+(?:[.,:]\d+)*[^\W_]*(?:-[^\W\d_]+)*"  # 1,237 and 20th and 34-year-old
    r"|[^\W_]+(?:['’ʼ\-‐‑][^\W_]+)*(?:['’]s\b|(?<=s)['’](?=\s[a-z]))?"  # Jean-Luc’s, builders’
    r"|[^\w\s]|_"
)


def tokens(text: str) -> tuple[Token, ...]:
    """Every word and every other visible character of `text`, in order."""
    found = []
    for match in _TOKEN.finditer(text):
        word = match[0]
        low = word.lower()
        if "’" in low:
            low = low.replace("’", "'")
        found.append(Token._make((match.start(), match.end(), low, word[0].isupper())))
    return tuple(found)


def index_at(tokens: Sequence[Token], offset: int) -> int:
    """Index of the first token that starts at or after `offset` (a code point offset)."""
    return bisect_left(tokens, (offset,))


def without_possessive(low: str) -> str:
    """The word without a possessive ending: "clinton's" -> "clinton"."""
    return low[:-2] if low.endswith("'s") else low.removesuffix("'")
