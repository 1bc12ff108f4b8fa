"""What reading an archive takes: memory, and time beside the same articles as JSONL.

    python benchmarks/archives.py [--articles N]

Each form is made of the same articles of made-up words (3 KB each) and read by a process of its
own, whose peak memory is what Linux says of it. Articles per second are of CPU time.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import random
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from measuring import machine, show

READER = """
import sys, time
from pathlib import Path
from attributor.reading.archives import entries

def peak():  # in kB, of this program alone; ru_maxrss remembers the one that started it
    return Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]

count = early = 0
for entry in entries(sys.argv[1:2]):
    count += 1
    if count == int(sys.argv[2]):
        early = peak()
print(count, early, peak(), time.process_time())
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=int, default=20_000)
    count = parser.parse_args().articles
    rows: list[list[str]] = []
    floor = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for make in (_jsonl, _csv, _json, _tar, _zip, _parquet):
            path = Path(folder, f"archive.{make.__name__[1:]}")
            make(path, count)
            read = [sys.executable, "-c", READER, str(path), str(count // 10)]
            told = subprocess.run(read, check=True, capture_output=True, text=True).stdout.split()
            assert int(told[0]) == count, f"{path.name}: {told[0]} of {count} were read"
            early, late, seconds = (float(figure) for figure in told[1:])
            floor = floor or seconds
            memory = [f"{early / 1000:.0f} MB", f"{late / 1000:.0f} MB"]
            rows.append([path.suffix, *memory, f"{count / seconds:,.0f}", f"{seconds / floor:.1f}"])
            path.unlink()
    print(f"{machine()}; {count:,} articles\n")
    show(["form", "peak after a tenth", "at the end", "articles/s", "x JSONL"], rows)


def _texts(count: int) -> Iterator[str]:
    chance = random.Random(1)
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = ["".join(chance.choices(letters, k=chance.randint(2, 9))) for _ in range(5000)]
    for number in range(count):
        yield f"{number} {' '.join(chance.choices(words, k=450))}"


def _jsonl(path: Path, count: int) -> None:
    with path.open("w") as file:
        for text in _texts(count):
            file.write(json.dumps({"text": text}) + "\n")


def _json(path: Path, count: int) -> None:
    with path.open("w") as file:
        file.write('{"items": [')
        for number, text in enumerate(_texts(count)):
            file.write(("," if number else "") + json.dumps({"text": text}))
        file.write("]}")


def _csv(path: Path, count: int) -> None:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([["text"], *([text] for text in _texts(count))])


def _tar(path: Path, count: int) -> None:
    with tarfile.open(path, "w") as archive:
        for number, text in enumerate(_texts(count)):
            info = tarfile.TarInfo(f"{number}.txt")
            info.size = len(text)
            archive.addfile(info, io.BytesIO(text.encode()))


def _zip(path: Path, count: int) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for number, text in enumerate(_texts(count)):
            archive.writestr(f"{number}.txt", text)


def _parquet(path: Path, count: int) -> None:
    import pyarrow
    import pyarrow.parquet

    pyarrow.parquet.write_table(pyarrow.table({"text": list(_texts(count))}), path)


if __name__ == "__main__":
    main()
