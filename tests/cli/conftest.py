"""A command line without this user's settings, in a folder of its own."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import click.testing
import pytest

from attributor.cli import cli

Run = Callable[..., click.testing.Result]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home and a working folder with nothing in them, and no setting in the environment."""
    for variable in list(os.environ):
        if variable.startswith(("ATTRIBUTOR_", "OPENAI_")):
            monkeypatch.delenv(variable)
    for variable in ("NO_COLOR", "FORCE_COLOR", "TERM"):
        monkeypatch.delenv(variable, raising=False)
    home = tmp_path / "home"
    work = tmp_path / "work"
    home.mkdir()
    work.mkdir()
    for variable in ("HOME", "USERPROFILE", "WIN_PD_OVERRIDE_LOCAL_APPDATA"):
        monkeypatch.setenv(variable, str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    monkeypatch.chdir(work)
    return home


@pytest.fixture
def run() -> Run:
    """Call the command line in this process."""

    def call(*args: str, input: str | bytes | None = None) -> click.testing.Result:
        arguments: Sequence[str] = args
        return click.testing.CliRunner().invoke(
            cli, list(arguments), input=input, prog_name="attributor"
        )

    return call
