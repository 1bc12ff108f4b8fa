"""What the benchmarks share: rounds that take turns, their medians, and a table.

Times are only compared within one run. Every round runs each task once, one after the other, so
that whatever else the machine is doing slows all of them alike; a ratio is the median of the
ratios within the rounds. A first round is not counted: it fills caches.
"""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple, TypeVar

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
FIXTURES = ROOT / "fixtures" / "articles"

T = TypeVar("T")


class Timing(NamedTuple):
    """Seconds that one pass took: by the clock, and of the processor's time."""

    wall: float
    cpu: float


def timed(work: Callable[[], object]) -> Timing:
    """How long `work` takes in this process."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Timing(time.perf_counter() - wall, time.process_time() - cpu)


def taking_turns(tasks: Mapping[str, Callable[[], T]], rounds: int) -> dict[str, list[T]]:
    """What each task said of its time, one a round; every task runs once in every round."""
    timings: dict[str, list[T]] = {name: [] for name in tasks}
    for counted in [False] + [True] * rounds:
        for name, task in tasks.items():
            timing = task()
            if counted:
                timings[name].append(timing)
    return timings


def ratio(times: Iterable[float], to: Iterable[float]) -> float:
    """The median of the ratios within the rounds."""
    return median(a / b for a, b in zip(times, to, strict=True))


def machine() -> str:
    """What this run says about where it ran."""
    cores = os.cpu_count() or 1
    return f"{cores} cores, {platform.machine()}, Python {platform.python_version()}"


def show(header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a Markdown table: the first column to the left, the others to the right."""
    table = [header, *rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    for row in (header, rule, *table[1:]):
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        print(f"| {' | '.join(cells)} |")
