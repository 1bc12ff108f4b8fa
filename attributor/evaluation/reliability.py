"""How often speakers' names are right, by the confidence that goes with them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

EDGES = (0.0, 0.7, 0.8, 0.9, 0.95, 0.98)
"""The least confidence of each bin, up to the next bin's; most names lie close to 1."""
_NAMED, _RIGHT, _SUM = "confidence named", "confidence right", "confidence sum"
_PARTS = 1_000
"""A confidence is added up in whole parts of this many, as everything else that is counted."""


@dataclass(frozen=True)
class Bin:
    """The names that were given with a confidence from `least` to `most` (0 to 1).

    `named` and `right` are numbers of names, `mean` is their mean confidence (0 to 1).
    """

    least: float
    most: float
    named: int
    right: int
    mean: float

    @property
    def share(self) -> float:
        """The share of the names that is right, from 0 to 1."""
        return self.right / self.named


def counts(confidence: float, is_right: bool) -> Iterator[tuple[tuple[str, str], int]]:
    """What a name that is given adds to the counts that `bins` reads."""
    least = str(EDGES[max(bisect_right(EDGES, confidence) - 1, 0)])
    yield (_NAMED, least), 1
    yield (_RIGHT, least), int(is_right)
    yield (_SUM, least), round(confidence * _PARTS)


def bins(total: Mapping[tuple[str, str], int]) -> list[Bin]:
    """The bins that hold names, those of least confidence first."""
    found = []
    for least, most in zip(EDGES, (*EDGES[1:], 1.0), strict=True):
        key = str(least)
        if named := total.get((_NAMED, key), 0):
            right, parts = total.get((_RIGHT, key), 0), total.get((_SUM, key), 0)
            found.append(Bin(least, most, named, right, parts / named / _PARTS))
    return found
