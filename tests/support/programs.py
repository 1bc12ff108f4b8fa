"""Real processes of the program: begun, waited for and looked at."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support.chat_server import Shop
from support.replies import Reply

CAN_FORK = hasattr(os, "fork")


def batch(store: Path, *more: str) -> tuple[str, ...]:
    return ("batch", "--store", str(store), "--engine", "openai", *more)


@dataclass
class Running:
    """A process that was begun."""

    pid: int
    output: Path
    _forker: subprocess.Popen[str]
    has_ended: bool = False

    def wait(self) -> int:
        """Its exit code, negative for a signal."""
        assert self._forker.stdout is not None
        code = int(self._forker.stdout.readline())
        self.has_ended = True
        return code

    @property
    def said(self) -> str:
        return self.output.read_text(encoding="utf-8")


@dataclass
class Forker:
    """Begins real processes of the program, without the time that importing takes."""

    process: subprocess.Popen[str]
    folder: Path
    begun: list[Running] = field(default_factory=list)

    def begin(self, *args: str, **environ: str) -> Running:
        return self.begin_into(self.folder / f"output-{len(self.begun)}", *args, **environ)

    def begin_into(self, output: Path, *args: str, **environ: str) -> Running:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        told = {"args": args, "environ": environ, "output": str(output)}
        self.process.stdin.write(json.dumps(told) + "\n")
        self.process.stdin.flush()
        self.begun.append(Running(int(self.process.stdout.readline()), output, self.process))
        return self.begun[-1]

    def close(self) -> None:
        """End what a test that failed has left behind."""
        for running in self.begun:
            if not running.has_ended:
                with suppress(ProcessLookupError):
                    os.killpg(running.pid, signal.SIGKILL)
        assert self.process.stdin is not None
        self.process.stdin.close()


@contextmanager
def forking(folder: Path) -> Iterator[Forker]:
    """A forker that is there as long as the block lasts, and works in this folder."""
    with subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("program_forker.py"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=folder,
        env=os.environ | {"PYTHONUNBUFFERED": ""},  # as for a user
    ) as process:
        forker = Forker(process, folder)
        try:
            yield forker
        finally:
            forker.close()


class Closed:
    """A shop that lets its n-th customer in, says so, and keeps everybody waiting."""

    def __init__(self, shop: Shop, number: int) -> None:
        self.reached = threading.Event()
        self._number = number
        shop.choose = self._choose

    def _choose(self, shop: Shop, number: int, body: dict[str, Any]) -> Reply | None:
        if number >= self._number:
            self.reached.set()
            shop.gate.wait(60)
        return None


def say_is(running: Running, word: str) -> None:
    """Wait until the program has said `word`: it writes a file, which nobody can wait for."""
    end = time.monotonic() + 60
    while word not in running.said:
        assert time.monotonic() < end, running.said
        os.sched_yield()


def children_of(running: Running) -> list[int]:
    """The processes that its threads began; none where the system does not say."""
    threads = Path(f"/proc/{running.pid}/task").glob("*/children")
    found = []
    for thread in threads:
        with suppress(FileNotFoundError, ProcessLookupError):  # it has just ended
            found += [int(pid) for pid in thread.read_text().split()]
    return found


def wait_for_the_end_of(pid: int) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return
        if state == "Z":
            return
        os.sched_yield()
    raise AssertionError(f"process {pid} goes on without its parent")
