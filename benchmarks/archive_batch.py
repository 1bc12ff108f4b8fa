"""An archive into a store by the embedded engine, beside the engine alone on as many cores.

    python benchmarks/archive_batch.py [--articles N] [--floor N] [--processes N]

Articles are made from those of `../shared/gold/polnear-train.jsonl` where that exists, else from
the English fixtures: the even paragraphs of one and the odd ones of another, so that no two are
copies or nearly so. `--floor` of them are annotated by the engine in a pool of processes and thrown
away, before and after `attributor batch` annotates all of them into a store; then the batch is run
again, with nothing left to do. Seconds by the clock and of the processors' time, starting the
processes included: where other work goes on, the second says more. Memory is the sum over all
processes of a pass (proportional set size: a shared page counts once), looked at every second; it
is flat if the last tenth of the articles needs no more than the first.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from measuring import FIXTURES, machine, show
from scoring import TRAIN

from attributor.evaluation.gold import read_gold

ENGINE = """
import json, sys
from multiprocessing import get_context
from attributor.pipeline import Annotator
from attributor.records import Article
from attributor.settings import Settings

def one(line):
    global engine
    engine = globals().get("engine") or Annotator(Settings(engine="embedded"))
    told = json.loads(line)
    return len(engine.annotate_now(Article(id=told["id"], text=told["text"])).quotes)

if __name__ == "__main__":
    with get_context("spawn").Pool(int(sys.argv[2])) as pool, open(sys.argv[1]) as lines:
        print(sum(pool.imap_unordered(one, lines, chunksize=8)))
"""


@dataclass
class Pass:
    """What a pass took: seconds, and for each look at it the articles done and MB."""

    articles: int
    seconds: float = 0.0
    cpu: float = 0.0
    looks: list[tuple[int, float]] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Articles a second."""
        return self.articles / self.seconds

    def cells(self) -> tuple[str, ...]:
        """Its figures in a table."""
        times = f"{self.seconds:.1f}", f"{self.cpu:.1f}", f"{self.rate:,.0f}"
        return (*times, f"{self.peak():.0f} MB")

    def peak(self, begin: float = 0.0, end: float = 1.0) -> float:
        """The most MB while that share of the articles was done."""
        within = (begin * self.articles, end * self.articles)
        return max((mb for done, mb in self.looks if within[0] <= done <= within[1]), default=0.0)


def main() -> None:
    given = _arguments()
    with tempfile.TemporaryDirectory() as folder:
        every, some = Path(folder, "a.jsonl"), Path(folder, "some.jsonl")
        program, store = Path(folder, "engine.py"), Path(folder, "a.db")
        program.write_text(ENGINE, encoding="utf-8")
        _write(every, given.articles)
        _write(some, given.floor)
        processes = str(given.processes)
        alone = [sys.executable, str(program), str(some), processes]
        batch = [sys.executable, "-m", "attributor", "batch", str(every), "--engine", "embedded"]
        batch += ["--store", str(store), "--concurrency", processes]
        passes = {
            "the engine alone, before": _timed(alone, given.floor),
            "attributor batch": _timed(batch, given.articles, store),
            "the batch again": _timed(batch, given.articles),
            "the engine alone, after": _timed(alone, given.floor),
        }
        size = store.stat().st_size
    print(f"{machine()}; {given.articles:,} articles, {given.processes} processes\n")
    show(
        ("pass", "articles", "seconds", "CPU seconds", "articles/s", "all processes"),
        [[name, f"{p.articles:,}", *p.cells()] for name, p in passes.items()],
    )
    _judge(*passes.values())
    print(f"The store has {size / given.articles / 1000:.1f} KB an article.")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--articles", type=int, default=3_000)
    parser.add_argument("--floor", type=int, default=2_000)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    return parser.parse_args()


def _judge(before: Pass, batch: Pass, again: Pass, after: Pass) -> None:
    alone = before.articles + after.articles
    share = batch.rate * (before.seconds + after.seconds) / alone
    of_cpu = (before.cpu + after.cpu) / alone * batch.articles / batch.cpu
    print(f"\nThe batch reaches {share:.0%} of the engine's own speed (aim: 80 %), {of_cpu:.0%} by")
    print("the processors' time;")
    print(f"again, it takes {again.seconds / batch.seconds:.1%} of its time (aim: under 5 %).")
    first, last = batch.peak(0, 0.1), batch.peak(0.9, 1)
    print(f"Its processes took {first:.0f} MB at most in the first tenth of the articles and")
    print(f"{last:.0f} MB in the last; {batch.peak():.0f} MB at the most (aim: under 500).")


def _write(path: Path, count: int) -> None:
    with path.open("w", encoding="utf-8") as out:
        for n, text in zip(range(count), _texts(), strict=False):
            print(json.dumps({"id": f"a{n}", "text": text}), file=out)


def _texts() -> Iterator[str]:
    """Texts without end, no two of them from the same pair of articles."""
    if TRAIN.exists():
        whole = [gold.text.split("\n\n") for gold in read_gold(str(TRAIN))]
    else:
        names = ("milivojevic", "dacic", "council")
        texts = ((FIXTURES / f"{name}.txt").read_text(encoding="utf-8") for name in names)
        whole = [text.split("\n\n") for text in texts]
    seeded = random.Random(1)
    pairs = [(i, j) for i in range(len(whole)) for j in range(len(whole)) if i != j]
    seeded.shuffle(pairs)
    for n in range(10**9):
        i, j = pairs[n % len(pairs)]
        again = [f"No. {n}."] if n >= len(pairs) else []
        yield "\n\n".join([*whole[i][::2], *whole[j][1::2], *again])


def _timed(command: list[str], articles: int, store: Path | None = None) -> Pass:
    """Run a pass, and look at it every second; `store` says how far it is."""
    found, begun, before = Pass(articles), time.perf_counter(), _cpu()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None:
            with suppress(psutil.Error):
                found.looks.append((_done(store), _memory(psutil.Process(process.pid))))
            with suppress(subprocess.TimeoutExpired):
                process.wait(1)
        found.seconds, found.cpu = time.perf_counter() - begun, _cpu() - before
    if process.returncode:
        sys.exit(f"{' '.join(command)} ended with exit code {process.returncode}")
    return found


def _cpu() -> float:
    """Seconds of the processors' time that ended passes took."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _memory(process: psutil.Process) -> float:
    """MB of a process and all that it began."""
    total = 0
    for each in (process, *process.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            total += each.memory_full_info().pss
    return total / 1_000_000


def _done(store: Path | None) -> int:
    if store is None or not store.exists():
        return 0
    with suppress(sqlite3.OperationalError), closing(sqlite3.connect(store)) as connection:
        return int(connection.execute("SELECT COALESCE(MAX(id), 0) FROM annotations").fetchone()[0])
    return 0


if __name__ == "__main__":
    main()
