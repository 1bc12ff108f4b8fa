"""How often a speaker's name is right, by the confidence that goes with it.

    python benchmarks/speaker_reliability.py [GOLD ...]

Over found quotes of which the gold knows who spoke, of all files together; without arguments
PolNeAR's dev part and the modern articles. `attributor eval` says the same of one engine's run.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from measuring import show
from scoring import DEV, GOLD, embedded

from attributor.evaluation.gold import read_gold
from attributor.evaluation.matching import compare
from attributor.evaluation.predictions import Prediction
from attributor.evaluation.reliability import bins
from attributor.evaluation.scores import Evaluation


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("gold", type=Path, nargs="*", default=[DEV, GOLD / "modern-dev.jsonl"])
    articles = read_gold(*map(str, parser.parse_args().gold))
    evaluation = Evaluation([compare(a, Prediction.of(embedded(a.article))) for a in articles])
    rows = [
        [
            f"{each.least:.2f} to {each.most:.2f}",
            str(each.named),
            str(each.right),
            f"{each.share:.2f}",
            f"{each.mean:.2f}",
        ]
        for each in bins(evaluation.total)
    ]
    show(("speaker_confidence", "names", "right", "share right", "mean confidence"), rows)


if __name__ == "__main__":
    main()
