"""What hostile texts and a hostile archive cost.

    python benchmarks/hostile.py --texts [--only WORD] [--size CODE_POINTS]
    python benchmarks/hostile.py [--line BYTES] [--bomb BYTES]

With --texts: each kind of text of tests/support/dense.py is annotated by the embedded engine,
beside news of the same length that is made of the fixtures. Prints the time of each as a multiple
of the news's, the most memory that it took a code point, and how many warnings it got; exits with 1
unless the time is at most 4 times that of the news and the memory at most 200 bytes a code point
beside 5 MB.

Without: a line of 1 GB and bombs of 5 GB, among all else that is bad in an archive. The folder of
tests/support/hostile_archive.py goes through `attributor batch`, beside the same folder with the
smallest line and bomb that are refused. Prints the time and the largest process of each,
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
import tracemalloc
from pathlib import Path

from measuring import ROOT, machine, show

sys.path.insert(0, str(ROOT / "tests"))

from support.dense import KINDS, news
from support.hostile_archive import Hostile, made

from attributor.pipeline import Annotator
from attributor.records import Annotation, Article
from attributor.settings import Settings

SMALL_LINE, SMALL_BOMB = 21_000_000, 101_000_000
ALLOWED = 100
"""MB."""
MAX_TIMES_NEWS = 4
"""A dense text takes no more times the time of news."""
MAX_BYTES_PER_CODE_POINT = 200
"""A text takes no more memory for each of its code points,"""
MAX_BYTES_BESIDE = 5_000_000
"""and no more than this beside that."""
_RUNS = 3
"""The shortest time of so many runs counts."""


def main() -> None:
    arguments = _arguments()
    sys.exit(_texts(arguments) if arguments.texts else _archive(arguments))


def _texts(arguments: argparse.Namespace) -> int:
    annotator = Annotator(Settings(engine="embedded"))
    size = arguments.size
    _seconds(annotator, news(size))  # what is loaded once is not counted
    ordinary = _seconds(annotator, news(size))
    print(f"{machine()}; {size:,} code points each\n")
    rows, missed = [], 0
    for name, text in {"news": news, **KINDS}.items():
        if arguments.only not in name:
            continue
        article = text(size)
        times = _seconds(annotator, article) / ordinary
        annotation, peak = _peak(annotator, article)
        bad = times > MAX_TIMES_NEWS or peak > MAX_BYTES_PER_CODE_POINT * size + MAX_BYTES_BESIDE
        missed += bad
        cells = f"{times:.2f}", f"{peak / size:,.0f}", f"{len(annotation.warnings)}"
        rows.append((name, *cells, "MISSED" if bad else ""))
    show(("text", "time", "bytes a code point", "warnings", ""), rows)
    return int(missed > 0)


def _seconds(annotator: Annotator, text: str) -> float:
    """Seconds of the processor's time."""
    times = []
    for _ in range(_RUNS):
        begun = time.process_time()
        annotator.annotate_now(Article(id="text", text=text))
        times.append(time.process_time() - begun)
    return min(times)


def _peak(annotator: Annotator, text: str) -> tuple[Annotation, int]:
    """The annotation, and the most bytes that were taken for it at one time."""
    article = Article(id="text", text=text)
    tracemalloc.start()
    annotation = annotator.annotate_now(article)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return annotation, peak


def _archive(arguments: argparse.Namespace) -> int:
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
    return 0 if good and more <= ALLOWED else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--texts", action="store_true", help="kinds of text, not the archive")
    parser.add_argument("--only", default="", help="texts whose name holds this")
    parser.add_argument("--size", type=int, default=50_000, help="code points of each text")
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
