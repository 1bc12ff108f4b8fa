"""Pins what the embedded engine must not become worse than: fixtures/floors.json.

    python benchmarks/floors.py            says today's figures beside the pinned ones
    python benchmarks/floors.py --pin      tightens them to today's, and refuses if one is broken
    python benchmarks/floors.py --pin --lower    pins today's, also where that loosens a bound

A floor lies somewhat below the figure of the day, a ceiling (of names that are wrong) above it;
both go with the digest of their gold.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import field
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
    "modern-dev": [ROOT.parent / "shared" / "gold" / "modern-dev.jsonl"],
    "german-dev": [ROOT.parent / "shared" / "gold" / "german-dev.jsonl"],
    "polnear-dev-nomarks": [ROOT.parent / "shared" / "gold" / "polnear-dev-nomarks.jsonl"],
    "field": [field.CASES, field.CHECKER],
}
FLOORS = ("F1", "F1_found", "P", "R", "name")
"""The figures that must not fall."""
CEILINGS = ("misnamed",)
"""The figures that must not rise."""
SLACK_POINTS = 0.5
"""How far a figure in per cent may become worse than on the day that it was pinned."""
SLACK_CASES = 3
"""How many cases from the field fewer than on the day that it was pinned may pass."""


def digest(paths: list[Path]) -> str:
    """SHA-256 of the gold files, one after the other."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


def measured(name: str) -> dict[str, float]:
    """The embedded engine's figures on one of `SETS`, as far as its gold knows them."""
    if name == "field":
        return {"passed": field.passed()}
    articles = [article for path in SETS[name] for article in read_gold(str(path))]
    comparisons = [compare(a, Prediction.of(embedded(a.article))) for a in articles]
    found = Evaluation(comparisons).figures
    known = ((figure, found[figure, "all"]) for figure in (*FLOORS, *CEILINGS))
    return {figure: value for figure, value in known if value is not None}


def worse(bounds: dict[str, dict[str, float]], figures: dict[str, float]) -> Iterator[str]:
    """What of `figures` lies below its floor or above its ceiling, if it has one in `bounds`."""
    for figure, value in figures.items():
        if value < bounds.get("floors", {}).get(figure, value):
            yield f"{figure} is {value}, below {bounds['floors'][figure]}"
        if value > bounds.get("ceilings", {}).get(figure, value):
            yield f"{figure} is {value}, above {bounds['ceilings'][figure]}"


def bounds_of(figures: dict[str, float]) -> dict[str, dict[str, float]]:
    """The floors and ceilings that `figures` are pinned with."""
    bounds: dict[str, dict[str, float]] = {"floors": {}, "ceilings": {}}
    for figure, value in figures.items():
        if figure == "passed":
            bounds["floors"][figure] = value - SLACK_CASES
        elif figure in CEILINGS:
            bounds["ceilings"][figure] = round(value + SLACK_POINTS, 1)
        else:
            bounds["floors"][figure] = round(value - SLACK_POINTS, 1)
    return bounds


def stricter(
    old: dict[str, dict[str, float]], new: dict[str, dict[str, float]]
) -> dict[str, dict[str, float]]:
    """The bounds of `new`, with those of `old` where they allow less."""
    floors, ceilings = old.get("floors", {}), old.get("ceilings", {})
    return {
        "floors": {k: max(value, floors.get(k, value)) for k, value in new["floors"].items()},
        "ceilings": {k: min(value, ceilings.get(k, value)) for k, value in new["ceilings"].items()},
    }


def main() -> int:
    """Show or pin; 1 if a bound would be loosened without leave."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pin", action="store_true")
    parser.add_argument("--lower", action="store_true", help="also where that loosens a bound")
    options = parser.parse_args()
    pinned = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    for name, paths in SETS.items():
        if not all(path.exists() for path in paths):
            continue
        today, old = measured(name), pinned.get(name, {})
        print(name, today, "pinned:", {key: old.get(key) for key in ("floors", "ceilings")})
        broken = list(worse(old, today))
        if options.pin and not options.lower and broken:
            print(f"{name}: {'; '.join(broken)}: if meant, say --lower.", file=sys.stderr)
            return 1
        bounds = bounds_of(today)
        if not options.lower:
            bounds = stricter(old, bounds)
        pinned[name] = {"gold_sha256": digest(paths)} | bounds
    if options.pin:
        FILE.write_text(json.dumps(pinned, indent=1) + "\n", encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
