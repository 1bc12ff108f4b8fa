"""What thirty corrected articles of an outlet are worth, gone on from weights that never saw it.

    python benchmarks/continuing.py [--outlets NAME...] [--articles N]

Weights are learned from PolNeAR's train part without the outlets (some minutes each time); then
`attributor train --from` goes on with the first N articles of each outlet. Both are scored on the
outlet's other articles of the train part, with the light engine. Needs '.[train]' and the corpus.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence

from measuring import SHARED, show

from attributor.assembling import assemble
from attributor.cli.train import _example
from attributor.embedded import by_weights
from attributor.embedded.readers import Reader
from attributor.embedded.training.continuing import continued
from attributor.embedded.training.trainer import train
from attributor.embedded.weights import Weights
from attributor.engines import Proposed
from attributor.evaluation.gold import GoldArticle, read_gold
from attributor.evaluation.matching import compare
from attributor.evaluation.predictions import Prediction
from attributor.evaluation.scores import Evaluation
from attributor.marking import mark
from attributor.records import Provenance

FIGURES = ("P", "R", "F1", "F1_found", "found", "exact", "speaker")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--outlets", nargs="+", default=["breitbart", "nyt"])
    parser.add_argument("--articles", type=int, default=30)
    arguments = parser.parse_args()
    articles = list(read_gold(str(SHARED / "gold" / "polnear-train.jsonl")))
    others = [a for a in articles if _outlet(a) not in arguments.outlets]
    before = train([_example(a) for a in others], "en")
    rows = []
    for outlet in arguments.outlets:
        own = [a for a in articles if _outlet(a) == outlet]
        first, rest = own[: arguments.articles], own[arguments.articles :]
        after = continued(Reader(before), [_example(a) for a in first])
        rows += [
            (outlet, f"{len(rest)}", "0", *_scores(before, rest)),
            (outlet, f"{len(rest)}", f"{len(first)}", *_scores(after, rest)),
        ]
    show(("outlet", "scored on", "corrected", *FIGURES), rows)


def _outlet(article: GoldArticle) -> str:
    """The publisher, as the corpus's ids name it."""
    return article.id.rpartition(":")[2].partition("_")[0]


def _scores(weights: Weights, articles: Iterable[GoldArticle]) -> Sequence[str]:
    found = []
    for gold in articles:
        marking = mark(gold.article, "en")
        proposal = by_weights.propose(Reader(weights).sheet(marking), weights)
        proposed = Proposed(proposal, Provenance(name="embedded"))
        found.append(compare(gold, Prediction.of(assemble(marking, proposed))))
    figures = Evaluation(found).figures
    return [f"{figures[name, 'all']:.1f}" for name in FIGURES]


if __name__ == "__main__":
    main()
