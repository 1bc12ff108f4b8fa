"""The tables of a store: how they are made, brought up to date, and told from a stranger's."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import cache
from importlib import resources

from attributor.archive.storing.dates import iso_day
from attributor.errors import StoreError, quoted

APPLICATION_ID = int.from_bytes(b"attr", "big")
"""Which program's file it is; stands in the file's header."""


def migrations() -> list[str]:
    """The steps from an empty file to today's schema, in order; step n leads to version n."""
    folder = resources.files("attributor.archive.storing") / "migrations"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".sql")), key=lambda f: f.name)
    return [file.read_text(encoding="utf-8") for file in files]


def migrate(connection: sqlite3.Connection, up_to: int | None = None) -> None:
    """Bring the schema up to a version, else to today's, each step whole or not at all."""
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
    """Refuse what is no store, or one that a newer version made.

    Args:
        connection: to the file.
        name: the file's, for the message.

    Raises:
        StoreError: it is one of these.
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
    """Refuse a store in which a view or a trigger stands that acts when it is used.

    Views of somebody's own, under names of their own, are never asked and may stay; triggers act
    when the store is written.

    Args:
        connection: to the file.
        name: the file's, for the message.
        writing: whether it is going to be written.

    Raises:
        StoreError: there is one.
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
    """What a store of a version has: the name of each part -> its type and the SQL of it."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate(connection, version)
        rows = connection.execute("SELECT name, type, sql FROM sqlite_master").fetchall()
    return {name.lower(): (kind, sql) for name, kind, sql in rows}
