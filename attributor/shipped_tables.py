"""Tables that come with attributor as TOML, parsed once and not at every start.

What was parsed is kept where Python keeps its bytecode (`__pycache__`, or below
`PYTHONPYCACHEPREFIX`), and no longer than the file's content is the same. Where nothing may be
written there, or `PYTHONDONTWRITEBYTECODE` is set, the table is parsed at every start.
"""

from __future__ import annotations

import marshal
import os
import sys
from contextlib import suppress
from importlib.util import cache_from_source, source_hash
from pathlib import Path
from typing import Any


def shipped_table(file: Path, before: str = "") -> dict[str, Any]:
    """The table in a TOML file of the package.

    Args:
        file: where it is.
        before: what the file is read up to, if not to its end.
    """
    source = file.read_bytes()
    if before:
        source = source.partition(before.encode())[0]
    place = file.with_stem(f"{file.stem}-head") if before else file
    try:
        cache = Path(cache_from_source(place))
    except NotImplementedError:  # this Python keeps no bytecode
        return _parsed(source)
    return _kept(cache, source) or _parsed_and_kept(cache, source)


def _parsed(source: bytes) -> dict[str, Any]:
    import tomllib

    return tomllib.loads(source.decode())


def _kept(cache: Path, source: bytes) -> dict[str, Any] | None:
    """The table that was kept, if it was made of this source."""
    digest = source_hash(source)
    try:
        kept = cache.read_bytes()
        table = marshal.loads(kept[len(digest) :]) if kept.startswith(digest) else None  # noqa: S302  # as bytecode is
    except (OSError, EOFError, TypeError, ValueError):
        return None
    return table if isinstance(table, dict) else None


def _parsed_and_kept(cache: Path, source: bytes) -> dict[str, Any]:
    table = _parsed(source)
    if not sys.dont_write_bytecode:
        unfinished = cache.with_name(f"{cache.name}.{os.getpid()}")
        with suppress(OSError):
            cache.parent.mkdir(parents=True, exist_ok=True)
            unfinished.write_bytes(source_hash(source) + marshal.dumps(table))
            unfinished.replace(cache)
    return table
