"""Makes attributor/speakers/data/given_names.txt.gz from the data of the package nomquamgender.

    pip download --no-deps nomquamgender && unzip nomquamgender-*.whl nomquamgender/name_data.json
    python benchmarks/given_names.py nomquamgender/name_data.json OUT

The package (MIT licence, Copyright (c) 2022 Ian Van Buskirk) counts in 36 public sources how often
a given name is a woman's. Kept are names that enough sources know, in five bands of that share;
each line of OUT holds the names of one band: the well-known ones first, then as many lines more.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from pathlib import Path

BANDS = (0.03, 0.2, 0.8, 0.97)
"""Shares of women between one band of names and the next."""
SOURCES = 5
"""A name is kept if so many sources know it."""
WELL_KNOWN = 10
"""A name that so many sources know is hardly ever another word."""
FEW_SOURCES, COUNTS = 3, 50
"""Or fewer sources, if they counted so many people."""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    bands: list[list[str]] = [[] for _ in range(2 * len(BANDS) + 2)]
    for name, (sources, counts, women, _) in json.loads(arguments.data.read_text()).items():
        known = sources >= SOURCES or (sources >= FEW_SOURCES and counts >= COUNTS)
        if known and re.fullmatch(r"[a-z]+(-[a-z]+)?", name) and len(name) > 1:
            first = 0 if sources >= WELL_KNOWN else len(BANDS) + 1
            bands[first + sum(women > edge for edge in BANDS)].append(name)
    lines = "\n".join(" ".join(sorted(band)) for band in bands)
    arguments.out.write_bytes(gzip.compress(lines.encode(), 9, mtime=0))


if __name__ == "__main__":
    main()
