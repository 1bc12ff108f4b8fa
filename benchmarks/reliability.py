"""Whether the embedded engine's confidence can be believed.

    python benchmarks/reliability.py [--encoder] [GOLD]

Predictions by their confidence, in ten bins: how many, the mean confidence, and the share that is
right, that is, exact and with the right speaker, or only found with the right speaker. Predictions
of one gold quote count once, with the confidence of the longest.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

from measuring import show
from scoring import DEV, embedded

from attributor.evaluation.gold import GoldArticle, read_gold
from attributor.evaluation.matching import compare
from attributor.evaluation.predictions import Prediction

BINS = 10


class Judged(NamedTuple):
    """A prediction's confidence, and whether it is right."""

    confidence: float
    exact: bool
    found: bool


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("gold", type=Path, nargs="?", default=DEV)
    parser.add_argument("--encoder", action="store_true", help="read with the installed encoder")
    arguments = parser.parse_args()
    articles = read_gold(str(arguments.gold))
    judged = [each for gold in articles for each in _judged(gold, light=not arguments.encoder)]
    bins: list[list[Judged]] = [[] for _ in range(BINS)]
    for each in judged:
        bins[min(int(each.confidence * BINS), BINS - 1)].append(each)
    rows = [_row(number, held) for number, held in enumerate(bins) if held]
    show(("confidence", "predictions", "mean confidence", "exact", "found", ""), rows)
    gap = sum(len(held) * _gap(held) for held in bins if held) / len(judged)
    print(f"\nMean gap between confidence and share exact: {100 * gap:.1f} points.")


def _judged(gold: GoldArticle, *, light: bool) -> Iterator[Judged]:
    annotation = embedded(gold.article, light=light)
    prediction = Prediction.of(annotation)
    confidence = {
        id(predicted): quote.confidence or 0.0
        for predicted, quote in zip(prediction.quotes, annotation.quotes, strict=True)
    }
    comparison = compare(gold, prediction)
    for stray in comparison.strays:
        yield Judged(confidence[id(stray.predicted)], False, False)
    for match in comparison.matches:
        if match.predicted:
            exact, found = (hit and match.speaker_is_right for hit in (match.exact, match.found))
            yield Judged(confidence[id(match.predicted[0])], exact, found)


def _row(number: int, held: list[Judged]) -> list[str]:
    exact = fmean(each.exact for each in held)
    return [
        f"{number / BINS:.1f} to {(number + 1) / BINS:.1f}",
        f"{len(held):,}",
        f"{fmean(each.confidence for each in held):.2f}",
        f"{exact:.2f}",
        f"{fmean(each.found for each in held):.2f}",
        ("█" * round(20 * exact)).ljust(20, "·"),
    ]


def _gap(held: list[Judged]) -> float:
    return abs(fmean(each.confidence for each in held) - fmean(each.exact for each in held))


if __name__ == "__main__":
    main()
