"""Learns whom mentions mean: makes attributor/speakers/data/weights.json.

    python benchmarks/speaker_weights.py [-o OUT]

From PolNeAR's train part, whose names were read in 90 articles, and from GUM's train part. The
same gold and code give the same weights on one machine. Needs the extra `train`.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from scoring import GOLD

from attributor.speakers.training import train

OUT = Path(__file__).parent.parent / "attributor" / "speakers" / "data" / "weights.json"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("-o", "--out", type=Path, default=OUT)
    out = parser.parse_args().out
    quotes, chains = (
        _lines(GOLD / name) for name in ("polnear-train.jsonl", "coref-gum-train.jsonl")
    )
    learned = train(quotes, chains)
    text = json.dumps(learned, indent=1, sort_keys=True, ensure_ascii=False)
    out.write_text(text + "\n", encoding="utf-8")


def _lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


if __name__ == "__main__":
    main()
