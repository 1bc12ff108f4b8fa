"""How often a speaker's name is right, by the confidence that goes with it.

    python benchmarks/speaker_reliability.py [GOLD ...]

Over found quotes of which the gold knows who spoke; without arguments PolNeAR's dev part and the
modern articles.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from measuring import show
from scoring import DEV, GOLD, embedded

from attributor.evaluation.gold import GoldArticle, read_gold
from attributor.evaluation.matching import compare
from attributor.evaluation.predictions import Prediction

EDGES = (0.0, 0.7, 0.8, 0.9, 0.95, 0.98, 1.0)
"""Confidences between one line of the table and the next."""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("gold", type=Path, nargs="*", default=[DEV, GOLD / "modern-dev.jsonl"])
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for path in parser.parse_args().gold:
        for article in read_gold(str(path)):
            for confidence, right in _named(article):
                bins[sum(confidence > edge for edge in EDGES[1:])].append((confidence, right))
    rows = [
        [
            f"{EDGES[k]:.2f} to {EDGES[k + 1]:.2f}",
            str(len(found)),
            f"{sum(c for c, _ in found) / len(found):.2f}",
            f"{sum(right for _, right in found) / len(found):.2f}",
        ]
        for k, found in sorted(bins.items())
    ]
    show(("speaker_confidence", "names", "mean", "right"), rows)


def _named(gold: GoldArticle) -> Iterator[tuple[float, bool]]:
    """(confidence, whether it is right) of each name that is given to a quote that counts."""
    annotation = embedded(gold.article)
    prediction = Prediction.of(annotation)
    confidences = {
        id(predicted): quote.speaker_confidence
        for predicted, quote in zip(prediction.quotes, annotation.quotes, strict=True)
    }
    for match in compare(gold, prediction).matches:
        if match.asked and match.found and match.gold.name:
            predicted = match.predicted[0]
            confidence = confidences[id(predicted)]
            if predicted.name and confidence is not None:
                yield confidence, not match.has_wrong_name


if __name__ == "__main__":
    main()
