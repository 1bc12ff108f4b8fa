"""Makes attributor/speakers/data/given_names.txt from the data of the package nomquamgender.

    pip download --no-deps nomquamgender && unzip nomquamgender-*.whl nomquamgender/name_data.json
    python benchmarks/given_names.py nomquamgender/name_data.json OUT

The package (MIT licence, Copyright (c) 2022 Ian Van Buskirk) counts in 36 public sources how often
a given name is a woman's. Kept are names that enough sources know, in five bands of that share.
Each line of OUT is a name and the digit of its band, 0 to 4 for the well-known ones, 5 to 9 for the
others; the names are in their order.
"""

from __future__ import annotations

import argparse
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
    bands: dict[str, int] = {}
    for name, (sources, counts, women, _) in json.loads(arguments.data.read_text()).items():
        known = sources >= SOURCES or (sources >= FEW_SOURCES and counts >= COUNTS)
        if known and re.fullmatch(r"[a-z]+(-[a-z]+)?", name) and len(name) > 1:
            first = 0 if sources >= WELL_KNOWN else len(BANDS) + 1
            bands[name] = first + sum(women > edge for edge in BANDS)
    lines = "".join(f"{name}{band}\n" for name, band in sorted(bands.items()))
    arguments.out.write_text(lines, encoding="ascii")


if __name__ == "__main__":
    main()
