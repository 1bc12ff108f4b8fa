"""What is parsed as TOML while a test runs."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest


def parsed_toml(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that are parsed from now on, as they come."""
    texts: list[str] = []
    loads = tomllib.loads

    def noted(text: str) -> dict[str, Any]:
        texts.append(text)
        return loads(text)

    monkeypatch.setattr(tomllib, "loads", noted)
    return texts
