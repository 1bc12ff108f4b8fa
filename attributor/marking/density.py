"""What of a text is too dense to be read: almost nothing but signs, single letters or short lines.

No article looks like that, and it would take far more memory than an article of its size.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from attributor.marking.spans import Span
from attributor.marking.tokens import count

MAX_CODE_POINTS_ALWAYS_READ = 20_000
"""A text no longer than this is read whatever it is like."""
_STRETCH_CODE_POINTS = 10_000
"""So much of a text is judged together."""
_MAX_TOKENS_PER_CODE_POINT = 0.4
"""A stretch with more is not read; prose has 0.2, a table of results 0.25."""
_TOKENS_PER_LINE = 3
"""A line's end counts as so many tokens."""
_LINE_END = re.compile(r"\S[^\S\r\n\u2028\u2029]*[\r\n\u2028\u2029]")
_SPACE = re.compile(r"\s")


def unread(text: str) -> tuple[Span, ...]:
    """The stretches (start and end in code points) that are too dense, in order."""
    if len(text) <= MAX_CODE_POINTS_ALWAYS_READ:
        return ()
    found: list[Span] = []
    for start, end in _stretches(text):
        if not _is_dense(text[start:end]):
            continue
        if found and found[-1][1] == start:
            start = found.pop()[0]
        found.append((start, end))
    return tuple(found)


def without(text: str, stretches: tuple[Span, ...]) -> str:
    """The text with line ends, but no blank lines, in the place of all that is in the stretches."""
    parts, at = list[str](), 0
    for start, end in stretches:
        parts += (text[at:start], ("\r\r\n" * (end - start))[: end - start - 2], "\r\r")
        at = end
    return "".join((*parts, text[at:])) if parts else text


def _stretches(text: str) -> Iterator[Span]:
    """The text in parts that end with white space where there is any."""
    start = 0
    while start < len(text):
        end = min(start + _STRETCH_CODE_POINTS, len(text))
        space = _SPACE.search(text, end, end + _STRETCH_CODE_POINTS // 10)
        end = space.end() if space else end
        yield start, end
        start = end


def _is_dense(text: str) -> bool:
    lines = sum(1 for _ in _LINE_END.finditer(text))
    return count(text) + _TOKENS_PER_LINE * lines > _MAX_TOKENS_PER_CODE_POINT * len(text)
