"""How often a speaker is given the right name, by what the article calls them there.

    python benchmarks/names_by_mention.py [GOLD]

Over quotes of speech that are found and whose speaker's name the gold knows.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from measuring import show
from scoring import DEV, embedded

from attributor.evaluation.gold import GoldArticle, read_gold
from attributor.evaluation.matching import compare
from attributor.evaluation.predictions import Prediction

MENTIONS = {"name": "a name", "nominal": "a description", "pronoun": "a pronoun", "none": "nothing"}
OUTCOMES = ("right", "another name", "no name")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("gold", type=Path, nargs="?", default=DEV)
    articles = read_gold(str(parser.parse_args().gold))
    counts = Counter(chain.from_iterable(map(_named, articles)))
    rows = []
    for kind, title in MENTIONS.items():
        found = [counts[kind, outcome] for outcome in OUTCOMES]
        if sum(found):
            share = f"{100 * found[0] / sum(found):.1f}"
            rows.append([title, str(sum(found)), *map(str, found), share])
    show(("mention", "quotes", *OUTCOMES, "name"), rows)


def _named(gold: GoldArticle) -> Iterator[tuple[str, str]]:
    """(kind of mention, outcome) of each quote that counts."""
    annotation = embedded(gold.article)
    prediction = Prediction.of(annotation)
    kinds = {
        id(predicted): quote.mention_type
        for predicted, quote in zip(prediction.quotes, annotation.quotes, strict=True)
    }
    for match in compare(gold, prediction).matches:
        if match.asked and match.found and match.gold.name:
            predicted = match.predicted[0]
            wrong = "another name" if predicted.name else "no name"
            yield kinds[id(predicted)], wrong if match.has_wrong_name else "right"


if __name__ == "__main__":
    main()
