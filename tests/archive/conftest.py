"""A shop that sells answers, archives to annotate, and real processes that do it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from attributor.archive.batch_api.desk import BatchDesk
from attributor.archive.stopping import Stop
from attributor.prompting import prices
from attributor.records import Usage

from . import bureau as bureaus
from . import shop as shops
from .bureau import Bureau
from .shop import Shop

HERE = Path(__file__).parent


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with nothing in it, and no setting in the environment."""
    for variable in list(os.environ):
        if variable.startswith(("ATTRIBUTOR_", "OPENAI_")):
            monkeypatch.delenv(variable)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def shop() -> Iterator[Shop]:
    with shops.opened() as shop:
        yield shop


@pytest.fixture
def bureau() -> Iterator[Bureau]:
    with bureaus.opened() as bureau:
        yield bureau


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two attempts nobody waits long."""
    monkeypatch.setattr("attributor.prompting.retrying.FIRST_WAIT_SECONDS", 0.001)
    monkeypatch.setattr("attributor.prompting.retrying.MAX_WAIT_SECONDS", 0.001)


@pytest.fixture
def stops(monkeypatch: pytest.MonkeyPatch) -> list[Stop]:
    """What ends each run that was begun."""
    stops: list[Stop] = []
    begun = BatchDesk.__init__

    def noting(self: BatchDesk, *args: Any, **given: Any) -> None:
        begun(self, *args, **given)
        stops.append(self._stop)

    monkeypatch.setattr(BatchDesk, "__init__", noting)
    return stops


@pytest.fixture
def priced(monkeypatch: pytest.MonkeyPatch) -> None:
    """A price list for the shop: a dollar for a thousand tokens."""

    def cost(model: str, usage: Usage, base_url: str) -> float:
        return (usage.input_tokens + usage.output_tokens) / 1000

    monkeypatch.setattr(prices, "cost", cost)


def text_of(number: int, *, speaker: str = "Ana Petric") -> str:
    """An article with one quote that nobody else has."""
    return f"Bridge {number} will stay.\n\n“We keep bridge {number} open,” said {speaker}.\n"


def archive(path: Path, numbers: range, **fields: str) -> Path:
    """A JSONL file of articles."""
    lines = [json.dumps({"id": f"a{n}", "text": text_of(n)} | fields) for n in numbers]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


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


@pytest.fixture
def forker(tmp_path: Path) -> Iterator[Forker]:
    if not hasattr(os, "fork"):
        pytest.skip("there is no fork here")
    with subprocess.Popen(
        [sys.executable, str(HERE / "forking.py")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env=os.environ | {"PYTHONUNBUFFERED": ""},  # as for a user
    ) as process:
        one = Forker(process, tmp_path)
        yield one
        one.close()
