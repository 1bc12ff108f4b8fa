"""How the embedded engine's F1 grows with the articles that it has learned from.

    python benchmarks/learning_curve.py [--train GOLD] [--dev GOLD] [--sizes N …] [--seed N]

Each size holds the smaller ones: the articles are shuffled once. The largest takes minutes.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

from measuring import show
from scoring import DEV, TRAIN, evaluated, shown

from attributor.assembling import assemble
from attributor.embedded import by_weights as learned
from attributor.embedded.token_arrays import Sheet
from attributor.embedded.training import trainer as training
from attributor.embedded.training.examples import Known, TrainingArticle
from attributor.embedded.weights import Weights
from attributor.engines import Proposed
from attributor.evaluation.gold import GoldArticle, read_gold
from attributor.marking import Marking
from attributor.records import Annotation, Provenance

SIZES = (50, 100, 200, 400, 840)
FIGURES = ("P", "R", "F1", "F1_found")
BASE, WIDTH = 60, 20
"""Where the plot of F1 begins, and how many points it shows."""


def main() -> None:
    arguments = _arguments()
    articles = read_gold(str(arguments.train))
    random.Random(arguments.seed).shuffle(articles)
    dev = read_gold(str(arguments.dev))
    show(
        ("articles", "quotes", *FIGURES, f"F1 from {BASE} to {BASE + WIDTH}"),
        [_row(articles[:size], dev, arguments.seed) for size in arguments.sizes],
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--train", type=Path, default=TRAIN)
    parser.add_argument("--dev", type=Path, default=DEV)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def _row(articles: list[GoldArticle], dev: list[GoldArticle], seed: int) -> list[str]:
    weights = training.train([_example(article) for article in articles], "en", seed)
    evaluation = evaluated(dev, lambda marking: _annotate(marking, weights))
    quotes = sum(quote.speech_cue for article in articles for quote in article.quotes)
    bar = "█" * max(0, round((evaluation.figures["F1", "all"] or 0) - BASE))
    figures = [shown(evaluation, name) for name in FIGURES]
    return [str(len(articles)), f"{quotes:,}", *figures, bar.ljust(WIDTH, "·")]


def _annotate(marking: Marking, weights: Weights) -> Annotation:
    return assemble(
        marking, Proposed(learned.propose(Sheet(marking), weights), Provenance(name="embedded"))
    )


def _example(gold: GoldArticle) -> TrainingArticle:
    quotes = (Known(q.content, q.cue, q.mention, q.speech_cue) for q in gold.quotes)
    return TrainingArticle(gold.article, tuple(quotes))


if __name__ == "__main__":
    main()
