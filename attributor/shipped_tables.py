"""Tables that come with attributor as TOML, parsed once and not at every start."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from attributor.bytecode_cache import keep, kept


def shipped_table(file: Path, before: str = "") -> dict[str, Any]:
    """The table in a TOML file of the package.

    Args:
        file: where it is.
        before: what the file is read up to, if not to its end.
    """
    source, place = file.read_bytes(), file
    if before:
        source = source.partition(before.encode())[0]
        place = file.with_stem(f"{file.stem}-head")
    table: dict[str, Any] | None = kept(place, source)
    if table is None:
        import tomllib

        table = tomllib.loads(source.decode())
        keep(place, source, table)
    return table
