"""How good quotes are, by who decided them: the draft, or the model that was asked about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import get_args

from attributor.evaluation.matching import Comparison, Match
from attributor.evaluation.predictions import PredictedQuote
from attributor.evaluation.stances import share
from attributor.records import DecidedBy

DECIDERS: tuple[DecidedBy, ...] = get_args(DecidedBy)
"""Who can have decided a quote, in the order of the table."""
_QUOTES, _FOUND = "decided quotes", "decided found"
_NAMED, _RIGHT, _HITS = "decided named", "decided rightly named", "decided hits"


@dataclass(frozen=True)
class Decided:
    """The predictions that one of `DECIDERS` decided.

    `found` of the `quotes` are there in gold; of those whose speaker gold knows, `named` give a
    name, and `right` the right one. `precision` is the per cent that are exact and have the right
    speaker.
    """

    by: DecidedBy
    quotes: int
    found: int
    named: int
    right: int
    precision: float


def counts(comparison: Comparison) -> Counter[tuple[str, str]]:
    """What an article adds to the counts that `table` reads; nothing where nobody is said.

    Predictions that belong to one gold quote count once, as the longest of them.
    """
    found: Counter[tuple[str, str]] = Counter()
    for stray in comparison.strays:
        found.update(_counted(stray.predicted))
    for match in comparison.matches:
        if match.predicted:
            found.update(_counted(match.predicted[0], match))
    return found


def _counted(predicted: PredictedQuote, match: Match | None = None) -> Iterator[tuple[str, str]]:
    by = predicted.decided_by
    if by is None:
        return
    yield _QUOTES, by
    if match is None or not match.found:
        return
    yield _FOUND, by
    if match.exact and match.speaker_is_right:
        yield _HITS, by
    if match.way and match.given_name:
        yield _NAMED, by
        if match.is_rightly_named:
            yield _RIGHT, by


def table(total: Mapping[tuple[str, str], int]) -> list[Decided]:
    """A row for each who decided some quote."""
    return [
        Decided(
            by,
            quotes,
            total.get((_FOUND, by), 0),
            total.get((_NAMED, by), 0),
            total.get((_RIGHT, by), 0),
            share(total.get((_HITS, by), 0), quotes) or 0.0,
        )
        for by in DECIDERS
        if (quotes := total.get((_QUOTES, by), 0))
    ]
