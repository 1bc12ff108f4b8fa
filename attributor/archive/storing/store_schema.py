"""The tables of a store: how they are made, brought up to date, and checked to be ours."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import cache
from importlib import resources

from attributor.archive.storing.dates import iso_day
from attributor.errors import StoreError, quoted

APPLICATION_ID = int.from_bytes(b"attr", "big")
"""Says in the header of the file that it is a store of attributor."""


def migrations() -> list[str]:
    """The steps from an empty file to today's schema, in order; step n leads to version n."""
    folder = resources.files("attributor.archive.storing") / "migrations"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".sql")), key=lambda f: f.name)
    return [file.read_text(encoding="utf-8") for file in files]


def migrate(connection: sqlite3.Connection, up_to: int | None = None) -> None:
    """Bring the schema up to a version, or to today's; each step is done whole or not at all."""
    connection.create_function("iso_day", 1, iso_day, deterministic=True)
    for number, script in enumerate(migrations()[:up_to], start=1):
        if number > version_of(connection):
            connection.executescript(
                f"BEGIN EXCLUSIVE;\n{script}\nPRAGMA application_id = {APPLICATION_ID};\n"
                f"PRAGMA user_version = {number};\nCOMMIT;"
            )


def version_of(connection: sqlite3.Connection) -> int:
    """Which version a store's schema has."""
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version


def is_old(connection: sqlite3.Connection) -> bool:
    """Whether a store's schema is older than today's."""
    return version_of(connection) < len(migrations())


def refuse_others(connection: sqlite3.Connection, name: str) -> None:
    """Raise an error for a file that is no store, or that a newer version made.

    Args:
        connection: to the file.
        name: the file's, for the message.

    Raises:
        StoreError: it is no store, or a newer version made it.
    """
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise StoreError(
            f"{quoted(name)} is a database, but no store of attributor: name another file."
        )
    version = version_of(connection)
    if version > len(migrations()):
        raise StoreError(
            f"The store {quoted(name)} was made by a newer attributor (its schema is "
            f"{version}, this version knows {len(migrations())}): update attributor."
        )


def refuse_strange(connection: sqlite3.Connection, name: str, *, writing: bool) -> None:
    """Raise an error for a store with a view or trigger that may act when the store is used.

    A user's own views with names of their own are never queried and may stay. A user's own triggers
    act only when the store is written.

    Args:
        connection: to the file.
        name: the file's, for the message.
        writing: whether the store is going to be written.

    Raises:
        StoreError: there is such a view or trigger.
    """
    ours = _ours(version_of(connection))
    for kind, own, sql in connection.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE type IN ('view', 'trigger')"
    ):
        known = ours.get(str(own).lower())
        if known != (kind, sql) and (known or (writing and kind == "trigger")):
            raise StoreError(
                f"The store {quoted(name)} has a {kind} {quoted(str(own))} that attributor did not "
                f"make: take it out (DROP {kind.upper()}), or restore the store from a copy."
            )


@cache
def _ours(version: int) -> dict[str, tuple[str, str | None]]:
    """All that a store of this version has: the name of each part -> its type and its SQL."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate(connection, version)
        rows = connection.execute("SELECT name, type, sql FROM sqlite_master").fetchall()
    return {name.lower(): (kind, sql) for name, kind, sql in rows}
