"""What is in a store."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from attributor.archive.storing.store import Store


def rows(path: Path, sql: str, *values: object) -> list[tuple[Any, ...]]:
    """What a store answers."""
    with Store.read(path) as store:
        return [tuple(row) for row in store.execute(sql, values)]


def counts(path: Path) -> dict[str, int]:
    with Store.read(path) as store:
        return {
            name: store.value(f"SELECT COUNT({what}) FROM {table}")
            for name, what, table in (
                ("articles", "*", "articles"),
                ("annotated", "*", "annotations WHERE is_current"),
                ("failed", "*", "failures"),
                ("answers", "*", "ledger"),
                ("keys", "DISTINCT key", "ledger"),
            )
        }


def check_integrity(path: Path) -> None:
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    connection.execute("INSERT INTO quotes_fts (quotes_fts) VALUES ('integrity-check')")
    connection.close()
