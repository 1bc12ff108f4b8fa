"""How long whole processes take, as multiples of a Python that does nothing.

    python benchmarks/startup.py [--rounds N] [--article FILE]

`python -c pass` is the floor: no command can be quicker. Processes start with compiled bytecode,
as an installed program does after its first run, and without this shell's settings. Beside the
clock's time stands the processor's, which other work on the machine changes less.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles

from measuring import FIXTURES, SHARED, Timing, machine, ratio, show, taking_turns

FLOOR = "python -c pass"


def main() -> None:
    arguments = _arguments()
    commands = _commands(arguments.article.resolve())
    with tempfile.TemporaryDirectory() as folder:
        tasks = {name: _task(command, folder) for name, (command, _) in commands.items()}
        timings = taking_turns(tasks, arguments.rounds)
    print(f"{machine()}; {arguments.rounds} rounds; FILE is {arguments.article.name}\n")
    rows = [
        _row(name, timings[name], timings[FLOOR], bound) for name, (_, bound) in commands.items()
    ]
    header = ("command", "clock", "middle half", "x floor", "bound", "", "processor", "x floor")
    show(header, rows)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=25, help="at least 20 for a steady median")
    seeds = sorted((SHARED / "seeds").glob("*.txt"))
    default = seeds[0] if seeds else FIXTURES / "milivojevic.txt"
    parser.add_argument("--article", type=Path, default=default, help="what FILE is")
    return parser.parse_args()


def _commands(article: Path) -> dict[str, tuple[list[str], int | None]]:
    """Name -> command and its bound, as a multiple of the floor."""
    script = Path(sysconfig.get_path("scripts")) / "attributor"
    annotate = [str(script), "annotate", "--engine", "embedded"]
    return {
        FLOOR: ([sys.executable, "-c", "pass"], None),
        "attributor --help": ([str(script), "--help"], 8),
        "attributor annotate FILE": ([*annotate, str(article)], 18),
        "… --format jsonl": ([*annotate, "--format", "jsonl", str(article)], 18),
        "… --format html": ([*annotate, "--format", "html", str(article)], None),
    }


def _task(command: list[str], folder: str) -> Callable[[], Timing]:
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("ATTRIBUTOR_", "OPENAI_", "PYTHON"))
    } | {"PYTHONPYCACHEPREFIX": str(Path(folder, "bytecode"))}

    def run() -> Timing:
        start, before = time.perf_counter(), _processor_seconds()
        done = subprocess.run(command, env=environment, cwd=folder, capture_output=True)
        timing = Timing(time.perf_counter() - start, _processor_seconds() - before)
        if done.returncode:
            sys.exit(f"{' '.join(command)}: {done.stderr.decode(errors='replace')}")
        return timing

    return run


def _processor_seconds() -> float:
    """What the processes that have ended took of the processors."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _row(name: str, times: list[Timing], floor: list[Timing], bound: int | None) -> list[str]:
    low, _, high = quantiles((1000 * t.wall for t in times), n=4)
    multiple = ratio((t.wall for t in times), (t.wall for t in floor))
    verdict = "" if bound is None else "holds" if multiple <= bound else "missed"
    return [
        name,
        f"{1000 * median(t.wall for t in times):.0f} ms",
        f"{low:.0f}–{high:.0f} ms",
        f"{multiple:.1f}",
        "" if bound is None else str(bound),
        verdict,
        f"{1000 * median(t.cpu for t in times):.0f} ms",
        f"{ratio((t.cpu for t in times), (t.cpu for t in floor)):.1f}",
    ]


if __name__ == "__main__":
    main()
