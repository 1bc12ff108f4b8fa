"""What a hostile archive costs: a line of 1 GB and bombs of 5 GB, among all else that is bad.

    python benchmarks/hostile.py [--line BYTES] [--bomb BYTES]

The folder of tests/support/hostile_archive.py through `attributor batch`, beside the same folder
with the smallest line and bomb that are refused. Prints the time and the largest process of each,
and exits with 1 unless each bad thing is in quarantine, each good article is annotated, and the
long line and the bombs took no more than 100 MB more.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measuring import ROOT, machine, show

sys.path.insert(0, str(ROOT / "tests"))

from support.hostile_archive import Hostile, made

SMALL_LINE, SMALL_BOMB = 21_000_000, 101_000_000
ALLOWED = 100
"""MB."""


def main() -> None:
    arguments = _arguments()
    sizes = {"small": (SMALL_LINE, SMALL_BOMB), "large": (arguments.line, arguments.bomb)}
    peaks, table, good = [], [], True
    for name, (line, bomb) in sizes.items():
        with tempfile.TemporaryDirectory() as folder:
            archive, store = Path(folder, "archive"), Path(folder, "a.db")
            archive.mkdir()
            hostile = made(archive, line=line, bomb=bomb)
            seconds, peak = _run(store, archive)
            failed, annotated = _counts(store)
        good &= (failed, annotated) == _expected(hostile)
        peaks.append(peak)
        counts = (f"{failed} of {len(hostile.failures)}", f"{annotated} of {len(hostile.good)}")
        table.append((name, f"{line / 1e6:,.0f} MB", *counts, f"{seconds:.1f}", f"{peak:,.0f} MB"))
    print(f"{machine()}\n")
    show(("", "line", "in quarantine", "annotated", "seconds", "largest process"), table)
    more = peaks[1] - peaks[0]
    print(f"{'holds ' if more <= ALLOWED else 'MISSED'}  {more:+,.0f} MB for the large ones")
    sys.exit(0 if good and more <= ALLOWED else 1)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--line", type=int, default=1_000_000_000)
    parser.add_argument("--bomb", type=int, default=5_000_000_000)
    return parser.parse_args()


def _run(store: Path, archive: Path) -> tuple[float, float]:
    """Seconds, and MB of the largest process."""
    call = [sys.executable, "-m", "attributor", "batch", "--store", str(store)]
    call += ["--engine", "embedded", "--concurrency", "1", str(archive)]
    begun = time.perf_counter()
    process = subprocess.Popen(call, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) != 6:
        sys.exit(f"the batch ended with exit code {os.waitstatus_to_exitcode(status)}")
    return time.perf_counter() - begun, usage.ru_maxrss / 1024


def _counts(store: Path) -> tuple[int, int]:
    with sqlite3.connect(store) as connection:
        failed = connection.execute("SELECT COUNT(*) FROM failures").fetchone()[0]
        annotated = connection.execute("SELECT COUNT(*) FROM annotations").fetchone()[0]
    return failed, annotated


def _expected(hostile: Hostile) -> tuple[int, int]:
    return len(hostile.failures), len(hostile.good)


if __name__ == "__main__":
    main()
