"""What takes the place of the module with which pydantic looks for plugins: it finds none.

That module imports `importlib.metadata`, and with it `email`, `zipfile` and `socket`, which takes
longer than all of a short call's reading of an article, even where plugins are switched off.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

REPLACED = "pydantic.plugin._loader"
"""The module's name; under another one pydantic looks as ever, which is only slower."""


def get_plugins() -> tuple[()]:
    """No plugins."""
    return ()


def __getattr__(name: str) -> Any:
    """Whatever else a later pydantic asks of its module, from that module itself."""
    if name.startswith("__"):
        raise AttributeError(name)
    if sys.modules.get(REPLACED) is sys.modules[__name__]:
        del sys.modules[REPLACED]
    return getattr(import_module(REPLACED), name)
