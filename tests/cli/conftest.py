"""A command line without this user's settings, in a folder of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.command_line import Run, call
from support.environment import nothing_set


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home and a working folder with nothing in them, and no setting in the environment."""
    for variable in ("NO_COLOR", "FORCE_COLOR", "TERM"):
        monkeypatch.delenv(variable, raising=False)
    home = tmp_path / "home"
    work = tmp_path / "work"
    home.mkdir()
    work.mkdir()
    nothing_set(monkeypatch, home)
    monkeypatch.chdir(work)
    return home


@pytest.fixture
def run() -> Run:
    """Call the command line in this process."""
    return call
