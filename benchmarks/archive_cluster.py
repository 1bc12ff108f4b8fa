"""A batch on a cluster of this machine's processes, beside the same batch without one.

    python benchmarks/archive_cluster.py [--articles N] [--answers N] [--processes N]

The embedded engine annotates the articles of `archive_batch.py` in processes of its own, then in as
many workers of a local cluster, then in processes again. Then a model is asked, by this process and
by the workers: a server that answers at once, without thinking. Each pass is a process of its own,
and what is counted begins when the first articles are done, so that no starting is in it. The
driver is the process that writes the store; in a local cluster the scheduler is in it. Its seconds
of the processor's time for each article say how many articles a second one driver can feed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive_batch import _write as write
from measuring import ROOT, machine, show

from attributor.archive.batch_run import BatchRun, Selection
from attributor.archive.progress import Progress
from attributor.archive.recipe import Recipe
from attributor.archive.run_options import RunOptions
from attributor.archive.storing.store import Store
from attributor.archive.wiring import maker_factory
from attributor.pipeline import Annotator
from attributor.reading.archives import entries
from attributor.settings import Settings

CALLS = 32
"""At once, where a model is asked."""


@dataclass
class Look:
    """When, how many articles were done, seconds of the processor's time of this process."""

    at: float
    done: int
    cpu: float


def main() -> None:
    given = _arguments()
    if given.one:
        print(json.dumps(_pass(json.loads(given.one))))
        return
    if given.serve:
        _serve()
        return
    with tempfile.TemporaryDirectory() as folder, _Server() as url:
        embedded, asked = Path(folder, "a.jsonl"), Path(folder, "b.jsonl")
        write(embedded, given.articles)
        write(asked, given.answers)
        alone = {"source": str(embedded), "concurrency": given.processes}
        model = {"source": str(asked), "concurrency": CALLS, "url": url}
        passes = {
            "embedded, processes, before": alone,
            "embedded, cluster": alone | {"cluster": "local"},
            "embedded, processes, after": alone,
            "model, this process": model,
            "model, cluster": model | {"cluster": "local"},
        }
        found = {name: _run(told) for name, told in passes.items()}
    print(f"{machine()}; {given.processes} processes; {given.articles:,} articles for the embedded")
    print(f"engine, {given.answers:,} for a model with {CALLS} calls at once\n")
    show(
        ("pass", "articles/s", "driver ms/article", "driver peak MB", "all CPU ms/article"),
        [[name, *_cells(one)] for name, one in found.items()],
    )
    _judge(*found.values())


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--articles", type=int, default=3_000)
    parser.add_argument("--answers", type=int, default=1_500)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def _run(told: dict[str, Any]) -> dict[str, float]:
    command = [sys.executable, __file__, "--one", json.dumps(told)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _pass(told: dict[str, Any]) -> dict[str, float]:
    """One batch in this process; gives its figures."""
    looks: list[Look] = []

    def watch(tally: Progress) -> None:
        looks.append(Look(time.perf_counter(), tally.annotated, time.process_time()))

    url = told.get("url")
    chosen = {"engine": "openai", "base_url": url} if url else {"engine": "embedded"}
    who = Annotator(Settings.model_validate(chosen))
    made = maker_factory(
        who, RunOptions(concurrency=told["concurrency"], cluster=told.get("cluster"))
    )
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder, "a.db")) as store:
        work = BatchRun(store, Recipe.of(who), Selection((told["source"],)), made, watch)
        asyncio.run(work.run(entries([told["source"]])))
        if work.exit_code or not work.progress.annotated:
            sys.exit(f"the pass ended with exit code {work.exit_code}")
    for process in multiprocessing.active_children():  # their time counts once they have ended
        process.join()
    everything = os.times()
    cpu = everything.user + everything.system + everything.children_user
    cpu += everything.children_system
    return _figures(looks) | {"peak": _peak(), "all": cpu / work.progress.annotated}


def _figures(looks: list[Look]) -> dict[str, float]:
    counted = [look for look in looks if look.done][1:]
    last = next(look for look in counted if look.done == counted[-1].done)
    first, articles = counted[0], last.done - counted[0].done
    if not articles:
        sys.exit("there were too few articles to see anything: give more of them")
    seconds = last.at - first.at
    return {"rate": articles / seconds, "driver": (last.cpu - first.cpu) / articles}


def _peak() -> float:
    """The most MB that this process had; Linux says so."""
    status = Path("/proc/self/status")
    if not status.exists():
        return float("nan")
    return int(status.read_text().split("VmHWM:")[1].split()[0]) / 1000


def _cells(found: dict[str, float]) -> tuple[str, ...]:
    driver, everything = found["driver"] * 1000, found["all"] * 1000
    return f"{found['rate']:,.0f}", f"{driver:.1f}", f"{found['peak']:.0f}", f"{everything:.1f}"


def _judge(*found: dict[str, float]) -> None:
    before, cluster, after, here, there = found
    alone = (before["rate"] + after["rate"]) / 2
    cost = (before["all"] + after["all"]) / 2
    print(f"\nOn the cluster the embedded engine is {cluster['rate'] / alone:.0%} as fast as in")
    print(f"processes, {cost / cluster['all']:.0%} by the processors' time, starting included.")
    print(
        f"A driver that does nothing else feeds {1 / cluster['driver']:,.0f} articles a second to"
    )
    print(f"an embedded engine, and {1 / there['driver']:,.0f} to a model; a model asked by this")
    print(f"process alone, {1 / here['driver']:,.0f}.")


class _Server:
    """The server of the tests, in a process of its own."""

    def __enter__(self) -> str:
        command = [sys.executable, __file__, "--serve"]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def _serve() -> None:
    sys.path.insert(0, str(ROOT / "tests"))
    from support.chat_server import opened

    with opened() as shop:
        print(shop.url, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
