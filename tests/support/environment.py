"""The environment of a user who has set nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def nothing_set(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """No setting in the environment, and a home without settings files."""
    for variable in list(os.environ):
        if variable.startswith(("ATTRIBUTOR_", "OPENAI_")):
            monkeypatch.delenv(variable)
    for variable in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"):
        monkeypatch.setenv(variable, str(home))
    monkeypatch.setenv("WIN_PD_OVERRIDE_LOCAL_APPDATA", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
