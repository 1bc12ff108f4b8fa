"""Spans of a text, and how two of them lie to each other.

A span is its start and its end in code points, the end exclusive.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

Span = tuple[int, int]


def overlap(one: Span, other: Span) -> bool:
    """Whether the two have a character in common."""
    return one[0] < other[1] and other[0] < one[1]


def any_overlap(some: Iterable[Span], others: Sequence[Span]) -> bool:
    """Whether one of `some` has a character in common with one of `others`."""
    return any(overlap(one, other) for one in some for other in others)


def covers(outer: Span, inner: Span) -> bool:
    """Whether all of `inner` lies in `outer`."""
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def distance(one: Span, other: Span) -> int:
    """How many code points lie between the two; 0 where they touch or overlap."""
    return max(other[0] - one[1], one[0] - other[1], 0)


class Stretches:
    """Spans joined where they touch or overlap, to be asked about many others."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted(spans):
            if self._ends and start <= self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], end)
            else:
                self._starts.append(start)
                self._ends.append(end)

    def touches(self, span: Span) -> bool:
        """Whether one of them has a character in common with `span`."""
        place = bisect_right(self._ends, span[0])
        return place < len(self._starts) and self._starts[place] < span[1]
