"""An archive into a store by the embedded engine, beside the engine alone on as many cores.

    python benchmarks/archive_batch.py [--articles N] [--processes N]

The same articles (`../shared/gold/polnear-dev.jsonl` where that exists, else the English fixtures,
repeated with a number at the end of each, so that no two are copies) are annotated by the engine in
a pool of processes and thrown away, then by `attributor batch` into a store, and the batch is run
again when there is nothing left to do. Seconds by the clock, starting the processes included;
memory is the peak of the largest process of each pass.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measuring import FIXTURES, machine, show
from scoring import DEV

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
ALONE, BATCH, AGAIN = "the engine alone", "attributor batch", "the batch again"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--articles", type=int, default=3_000)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        source, program = Path(folder, "a.jsonl"), Path(folder, "engine.py")
        program.write_text(ENGINE, encoding="utf-8")
        _write(source, given.articles)
        processes = str(given.processes)
        batch = [sys.executable, "-m", "attributor", "batch", str(source), "--engine", "embedded"]
        batch += ["--store", str(Path(folder, "a.db")), "--concurrency", processes]
        passes = {
            ALONE: [sys.executable, str(program), str(source), processes],
            BATCH: batch,
            AGAIN: batch,
        }
        taken = {name: _timed(command) for name, command in passes.items()}
        size = Path(folder, "a.db").stat().st_size
    print(f"{machine()}; {given.articles:,} articles, {given.processes} processes\n")
    floor = taken[ALONE][0]
    rows = [
        [name, f"{seconds:.1f}", f"{given.articles / seconds:,.0f}", f"{peak:.0f} MB"]
        for name, (seconds, peak) in taken.items()
    ]
    show(("pass", "seconds", "articles/s", "largest process"), rows)
    share, again = floor / taken[BATCH][0], taken[AGAIN][0] / taken[BATCH][0]
    print(f"\nThe batch reaches {share:.0%} of the engine's own speed (aim: 80 %),")
    print(f"and takes {again:.1%} of its time when there is nothing to do (aim: under 5 %).")
    print(f"The store has {size / given.articles / 1000:.1f} KB an article.")


def _write(path: Path, count: int) -> None:
    if DEV.exists():
        texts = [gold.text for gold in read_gold(str(DEV))]
    else:
        names = ("milivojevic", "dacic", "council")
        texts = [(FIXTURES / f"{name}.txt").read_text(encoding="utf-8") for name in names]
    with path.open("w", encoding="utf-8") as out:
        for n in range(count):
            text = f"{texts[n % len(texts)]}\n\nNo. {n}."
            print(json.dumps({"id": f"a{n}", "text": text}), file=out)


def _timed(command: list[str]) -> tuple[float, float]:
    """Seconds by the clock, and the peak in MB of the largest of its processes."""
    watch = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, "
    watch += "stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL); "
    watch += "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)"
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", watch, *command], check=True, capture_output=True, text=True
    )
    return time.perf_counter() - begun, float(done.stdout)


if __name__ == "__main__":
    main()
