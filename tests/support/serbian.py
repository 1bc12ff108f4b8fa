"""Serbian sentences in the other script."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources


@cache
def _letters() -> dict[str, str]:
    """Each Latin letter to its Cyrillic one, small and capital, the longest first."""
    file = resources.files("attributor.marking") / "languages" / "sr-Latn.toml"
    small = tomllib.loads(file.read_text(encoding="utf-8"))["scripts"]["sr-Cyrl"]
    capital = {latin.capitalize(): letter.upper() for latin, letter in small.items()}
    return dict(sorted((small | capital).items(), key=lambda pair: -len(pair[0])))


def cyrillic(text: str) -> str:
    """The same text in Cyrillic letters."""
    for latin, letter in _letters().items():
        text = text.replace(latin, letter)
    return text
