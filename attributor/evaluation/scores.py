"""Figures, all in per cent with one decimal, and how far chance could have moved them.

found          gold quotes of which at least half is there (intersection over union)
exact          gold quotes that are there but for a few words (at least 0.8)
speaker        of the found quotes with a speaker, those with the right one
name           of the found quotes whose speaker's name the gold knows, those with that name
misnamed       of the names that are given in found quotes of which the gold knows who speaks, those
               that are another's or stand where the article names nobody
R              gold quotes that are exact and have the right speaker
P              predictions that are exact and have the right speaker
F1             harmonic mean of P and R
F1_found       the same for quotes that are found

Stances are compared in quotes that are found, by target; see `stances` for their figures.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from attributor.evaluation import deciders, reliability, stances
from attributor.evaluation.matching import Comparison, Match
from attributor.evaluation.names import WAYS
from attributor.evaluation.stances import LABELS, share

KINDS = ("all", "direct", "mixed", "indirect")
"""The kinds of quotes that figures are given for."""
SHARES = {
    "found": "gold",
    "exact": "gold",
    "speaker": "has speaker",
    "name": "has name",
    "R": "gold",
}
"""What each figure is a share of that there is for every kind."""
OVERALL_FIGURES = ("P", "F1", "F1_found", "misnamed")
"""The figures that there are for all kinds together alone."""
NAMING_COUNTS = ("quotes", "to name", "rightly named", "wrongly named")
"""What is counted for each way of naming a speaker on the spot."""

RESAMPLES = 1000
"""How many samples of the articles the intervals are made of."""
RESAMPLING_SEED = 20250101
"""Makes the intervals the same in every run."""

Key = tuple[str, str]
"""What is counted or measured, and of which kind of quotes or with which label."""
Counts = Mapping[Key, int]
"""How many there are of each."""
Figures = dict[Key, float | None]
"""Each figure in per cent; None where there is nothing to measure."""
Interval = tuple[float, float]
"""The lower and the upper end of a 95 % interval, in per cent."""


@dataclass(frozen=True)
class Evaluation:
    """The figures of many articles.

    `stances` says whether the engine was asked for stances, so that having none is a fault.
    """

    comparisons: Sequence[Comparison]
    stances: bool = False

    @cached_property
    def counts(self) -> list[Counter[Key]]:
        """What there is to count in each article."""
        return [count(comparison) for comparison in self.comparisons]

    @cached_property
    def total(self) -> Counter[Key]:
        """What there is to count in all articles together."""
        return sum(self.counts, Counter[Key]())

    @cached_property
    def figures(self) -> Figures:
        """Every figure: (name, kind) -> per cent, or None where there is nothing to measure."""
        return figures(self.total)

    @cached_property
    def intervals(self) -> dict[Key, Interval]:
        """The figures' 95 % intervals, as far as there is more than one article."""
        return intervals(self.counts)

    @property
    def worst(self) -> list[int]:
        """The indices of the articles, that with most faults first."""
        faults = [comparison.faults for comparison in self.comparisons]
        scores = [figures(counts)["F1", "all"] or 0.0 for counts in self.counts]
        return sorted(range(len(faults)), key=lambda n: (-faults[n], scores[n]))


# --- counting ----------------------------------------------------------------------------------


def count(comparison: Comparison) -> Counter[Key]:
    """Everything in one article that the figures are made of."""
    counts: Counter[Key] = deciders.counts(comparison)
    counts["predictions", "all"] = len(comparison.strays)
    for match in comparison.matches:
        if match.predicted:
            counts["predictions", "all"] += 1
            counts["P", "all"] += match.exact and match.speaker_is_right
            counts["P_found", "all"] += match.found and match.speaker_is_right
        if match.asked:
            added = Counter(dict(_counts_of(match)))
            for kind in ("all", match.gold.kind):
                counts.update({(what, kind): number for what, number in added.items()})
            counts.update(_who(match))
            counts.update(_confidence(match))
            counts.update(_stances(match))
    return counts


def _counts_of(match: Match) -> Iterator[tuple[str, int]]:
    """What a gold quote that is asked for adds to its kind."""
    found, right = match.found, match.speaker_is_right
    yield "gold", 1
    yield "found", found
    yield "exact", match.exact
    yield "R", match.exact and right
    yield "R_found", found and right
    if found and match.has_speaker:
        yield "has speaker", 1
        yield "speaker", right
    if found and match.gold.name:
        yield "has name", 1
        yield "name", not match.has_wrong_name


def _who(match: Match) -> Iterator[Key]:
    """What a quote adds to the table of who is named how, if the gold knows who speaks."""
    if match.found and match.way:
        holding = {
            "quotes": True,
            "to name": bool(match.gold.name),
            "rightly named": match.is_rightly_named,
            "wrongly named": match.is_misnamed,
            "named": bool(match.given_name),
        }
        for kind in (match.way, "all"):
            yield from ((f"who {what}", kind) for what, holds in holding.items() if holds)


def _confidence(match: Match) -> dict[Key, int]:
    """What a quote adds to the reliability of `speaker_confidence`, if it counts for "misnamed"."""
    if match.found and match.way and match.given_name:
        confidence = match.predicted[0].speaker_confidence
        if confidence is not None:
            return dict(reliability.counts(confidence, match.is_rightly_named))
    return {}


def _stances(match: Match) -> Iterator[Key]:
    """(gold label, answer) for each stance of a quote, if it is found."""
    answers: dict[str, str] = {}
    for predicted in match.predicted:
        for stance in predicted.stance:
            answers.setdefault(stance.target.strip().casefold(), stance.label)
    for stance in match.gold.stance:
        if stance.label in LABELS:
            yield "stances", "gold"
            if match.found:
                answer = answers.get(stance.target.strip().casefold(), "unclear")
                yield f"stance {stance.label}", answer


# --- figures -----------------------------------------------------------------------------------


def figures(counts: Counts) -> Figures:
    """The figures that `counts` come to."""
    shares = {
        (what, kind): share(counts.get((what, kind), 0), counts.get((whole, kind), 0))
        for kind in KINDS
        for what, whole in SHARES.items()
    }
    predictions, gold = counts.get(("predictions", "all"), 0), counts.get(("gold", "all"), 0)
    precision = share(counts.get(("P", "all"), 0), predictions)
    found = (
        share(counts.get(("P_found", "all"), 0), predictions),
        share(counts.get(("R_found", "all"), 0), gold),
    )
    overall = {
        ("P", "all"): precision,
        ("F1", "all"): _harmonic(precision, shares["R", "all"]),
        ("F1_found", "all"): _harmonic(*found),
    }
    overall |= {("misnamed", way): _misnamed(counts, way) for way in ("all", *WAYS)}
    return shares | overall | stances.figures(stances.table(counts))


def _misnamed(counts: Counts, way: str) -> float | None:
    return share(counts.get(("who wrongly named", way), 0), counts.get(("who named", way), 0))


def _harmonic(precision: float | None, recall: float | None) -> float:
    if not precision or not recall:
        return 0.0
    return round(2 * precision * recall / (precision + recall), 1)


# --- chance ------------------------------------------------------------------------------------

_COUNT_BYTES = 8
"""How many bytes a count takes in a packed row."""


def intervals(counts: Sequence[Counts], resamples: int = RESAMPLES) -> dict[Key, Interval]:
    """The middle 95 % of each figure over `resamples` samples of the articles.

    Articles are drawn with replacement, as many as there are: quotes of one article are no
    independent trials. The same counts give the same intervals.
    """
    if len(counts) < 2:
        return {}
    keys = sorted({key for each in counts for key in each})
    # One number holds all counts of an article, so that a sample is added up in one sum.
    rows = [_packed(each.get(key, 0) for key in keys) for each in counts]
    chance = random.Random(RESAMPLING_SEED)  # noqa: S311
    samples: dict[Key, list[float]] = {}
    for _ in range(resamples):
        total = _unpacked(sum(chance.choices(rows, k=len(rows))), len(keys))
        for key, figure in figures(dict(zip(keys, total, strict=True))).items():
            if figure is not None:
                samples.setdefault(key, []).append(figure)
    return {key: _middle(sorted(values)) for key, values in samples.items()}


def _packed(numbers: Iterable[int]) -> int:
    data = b"".join(number.to_bytes(_COUNT_BYTES, "little") for number in numbers)
    return int.from_bytes(data, "little")


def _unpacked(row: int, length: int) -> list[int]:
    data = row.to_bytes(_COUNT_BYTES * length, "little")
    return [
        int.from_bytes(data[start : start + _COUNT_BYTES], "little")
        for start in range(0, len(data), _COUNT_BYTES)
    ]


def _middle(values: Sequence[float]) -> Interval:
    edge = len(values) * 25 // 1000
    return values[edge], values[-1 - edge]
