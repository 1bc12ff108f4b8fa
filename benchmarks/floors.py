"""Pins the figures below which the embedded engine must not fall: fixtures/floors.json.

    python benchmarks/floors.py            says today's figures beside the pinned ones
    python benchmarks/floors.py --pin      pins today's, and refuses to lower any
    python benchmarks/floors.py --pin --lower

Each floor lies `SLACK` below the figure on the day, and goes with the digest of its gold.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from pathlib import Path

from scoring import embedded

from attributor.evaluation.gold import read_gold
from attributor.evaluation.matching import compare
from attributor.evaluation.predictions import Prediction
from attributor.evaluation.scores import Evaluation

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "fixtures" / "floors.json"
SETS = {
    "fixtures": sorted((ROOT / "fixtures" / "gold").glob("*.jsonl")),
    "seeds": [ROOT.parent / "shared" / "gold" / "seeds.jsonl"],
    "polnear-dev": [ROOT.parent / "shared" / "gold" / "polnear-dev.jsonl"],
    "german-dev": [ROOT.parent / "shared" / "gold" / "german-dev.jsonl"],
    "polnear-dev-nomarks": [ROOT.parent / "shared" / "gold" / "polnear-dev-nomarks.jsonl"],
}
FIGURES = (("F1", "all"), ("F1_found", "all"), ("P", "all"), ("R", "all"), ("name", "all"))
SLACK = 0.5


def digest(paths: list[Path]) -> str:
    """SHA-256 of the gold files, one after the other."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


def measured(paths: list[Path]) -> dict[str, float]:
    """The embedded engine's figures on gold files, as far as the gold knows them."""
    articles = [article for path in paths for article in read_gold(str(path))]
    comparisons = [compare(a, Prediction.of(embedded(a.article))) for a in articles]
    found = Evaluation(comparisons).figures
    known = ((name, found[name, kind]) for name, kind in FIGURES)
    return {name: value for name, value in known if value is not None}


def main() -> int:
    """Show or pin; 1 if a floor would be lowered without leave."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pin", action="store_true")
    parser.add_argument("--lower", action="store_true")
    options = parser.parse_args()
    pinned = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    for name, paths in SETS.items():
        if not all(path.exists() for path in paths):
            continue
        today = measured(paths)
        print(name, today, "pinned:", pinned.get(name, {}).get("floors"))
        floors = {figure: round(value - SLACK, 1) for figure, value in today.items()}
        old = pinned.get(name, {}).get("floors", {})
        if (
            options.pin
            and not options.lower
            and any(floors[figure] < old.get(figure, 0) for figure in floors)
        ):
            print("A floor would be lowered: if that is meant, say --lower.", file=sys.stderr)
            return 1
        pinned[name] = {"gold_sha256": digest(paths), "floors": floors}
    if options.pin:
        FILE.write_text(json.dumps(pinned, indent=1) + "\n", encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
