"""The file itself: whose it is, who may read it, who writes it, which version it has."""

from __future__ import annotations

import os
import re
import sqlite3
import stat
from pathlib import Path

import pytest

from attributor.archive.storing.admission import forget_moved, refuse
from attributor.archive.storing.rows import annotation_of, rows_of
from attributor.archive.storing.store import Store
from attributor.errors import StoreError
from attributor.pipeline import annotate

from .working import rows


@pytest.mark.skipif(os.name == "nt", reason="Windows guards files by profile")
def test_only_its_owner_may_read_a_store_and_what_lies_beside_it(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with Store.open(tmp_path / "a.db") as store:
            store.execute("DELETE FROM quotes")
            modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in tmp_path.glob("a.db*")}
    finally:
        os.umask(before)
    assert modes == dict.fromkeys(("a.db", "a.db-wal", "a.db-shm", "a.db.lock"), 0o600)


def test_a_second_writer_is_told_who_holds_the_store(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with Store.open(path) as store, store.transaction():
        store.insert("recipes", {"name": "n", "digest": "d", "engine": "embedded"})
        run = {"name": "n", "recipe_id": 1, "sources": "[]", "state": "running"}
        run |= {"started": "2026-01-01T00:00:00Z", "version": "0", "host": "desk", "pid": 4711}
        store.insert("runs", run)
        store.execute("COMMIT")
        with pytest.raises(StoreError, match="by process 4711 on 'desk' since 2026-01-01"):
            Store.open(path)
        store.execute("BEGIN")
    Store.open(path).close()


def test_a_store_can_be_read_while_it_is_written(tmp_path: Path) -> None:
    with Store.open(tmp_path / "a.db") as store, store.transaction():
        store.insert("recipes", {"name": "n", "digest": "d", "engine": "embedded"})
        assert rows(tmp_path / "a.db", "SELECT COUNT(*) FROM recipes") == [(0,)]
    assert rows(tmp_path / "a.db", "SELECT COUNT(*) FROM recipes") == [(1,)]


def test_a_transaction_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with Store.open(tmp_path / "a.db") as store:
        with pytest.raises(StoreError, match="NOT NULL"):
            add_a_good_and_a_bad_recipe(store)
        assert store.value("SELECT COUNT(*) FROM recipes") == 0


def add_a_good_and_a_bad_recipe(store: Store) -> None:
    with store.transaction():
        store.insert("recipes", {"name": "n", "digest": "d", "engine": "embedded"})
        store.insert("recipes", {"name": "n"})


def test_a_file_that_is_no_store_is_left_alone(tmp_path: Path) -> None:
    text = tmp_path / "notes.db"
    text.write_text("These are my notes, and no database at all.\n" * 40)
    with pytest.raises(StoreError, match="is no store of attributor"):
        Store.open(text)
    other = tmp_path / "other.db"
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE t (x)")
    connection.close()
    for opened in (Store.open, Store.read):
        with pytest.raises(StoreError, match="no store of attributor"):
            opened(other)
    assert text.read_text().startswith("These are my notes")
    connection = sqlite3.connect(other)
    assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("t",)]
    connection.close()


def test_a_newer_store_is_refused_and_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    Store.open(path).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    for opened in (Store.open, Store.read):
        with pytest.raises(StoreError, match=r"newer attributor .*schema is 99.* update"):
            opened(path)


def test_a_store_that_is_not_there_is_not_made_by_reading(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="There is no store"):
        Store.read(tmp_path / "a.db")
    assert list(tmp_path.iterdir()) == []


def test_every_foreign_key_and_view_holds(tmp_path: Path) -> None:
    with Store.open(tmp_path / "a.db") as store:
        assert store.value("PRAGMA foreign_keys") == 1
        names = [
            row["name"]
            for row in store.execute("SELECT name FROM sqlite_master WHERE type = 'view'")
        ]
        assert len(names) >= 7
        for name in names:
            assert store.execute(f"SELECT * FROM {name}").fetchall() == []
        tables = [
            row["name"]
            for row in store.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%_fts%'"
            )
        ]
        for table in tables:
            columns = {row["name"] for row in store.execute(f"PRAGMA table_info({table})")}
            keys = {row["from"] for row in store.execute(f"PRAGMA foreign_key_list({table})")}
            assert {column for column in columns if column.endswith("_id")} == keys
            indexed = set()
            for index in store.execute(f"PRAGMA index_list({table})").fetchall():
                indexed.add(store.execute(f"PRAGMA index_info({index['name']})").fetchone()["name"])
            assert keys <= indexed | {"article_id", "run_id", "recipe_id"}, table


def test_an_annotation_comes_back_from_the_store_as_it_was() -> None:
    text = "“We will win,” Ana Petric said. She added that “nobody” had asked her."
    annotation = annotate(text, engine="embedded", targets=["the vote"])
    found = rows_of(annotation)
    assert annotation_of(found.json, text=text) == annotation
    assert text not in found.json
    assert found.quotes[0][0] == "We will win"


def test_what_was_renamed_is_found_without_looking_at_all_that_a_store_has(tmp_path: Path) -> None:
    known, new = 5_000, 100
    with Store.open(tmp_path / "a.db") as store, store.transaction():
        store.execute("INSERT INTO recipes (name, digest, engine) VALUES ('r', 'd', 'embedded')")
        run = {"recipe_id": 1, "sources": '["in"]', "state": "running", "started": ""}
        for name in ("first", "second"):
            store.insert("runs", {"name": name, **run, "version": "1", "host": "", "pid": 1})
        for n in range(known):
            store.insert("articles", {"name": f"old{n}", "text": "", "content": str(n)})
            place = {"name": f"old{n}", "article_id": n + 1, "source": "in/a", "run_id": 1}
            store.insert("places", place)
        for n in range(new):
            place = {"name": f"new{n}", "article_id": n + 1, "source": "in/b", "run_id": 2}
            store.insert("places", place)
        for n in range(known):  # one text, seen before and now
            place = {"name": "same", "article_id": known, "source": f"in/{n}", "run_id": 2}
            store.insert("places", place)
        for n in range(new):
            refuse(store, f"bad{n}", "elsewhere", "broken", 1)
        thousands: list[None] = []
        store._connection.set_progress_handler(lambda: thousands.append(None), 1_000)
        forget_moved(store, 2)
        store._connection.set_progress_handler(None, 0)
        assert store.value("SELECT COUNT(*) FROM places") == 2 * known - 1
        assert store.value("SELECT name FROM articles WHERE id = 1") == "new0"
        assert store.value("SELECT COUNT(*) FROM failures") == new
    assert len(thousands) < known * new / 1_000  # instructions of SQLite's


def test_every_table_and_view_is_explained_in_the_docs(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "archive.md").read_text(encoding="utf-8")
    with Store.open(tmp_path / "a.db") as store:
        found = store.execute(
            "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') "
            "AND name NOT LIKE '%_fts%'"
        ).fetchall()
    assert [row["name"] for row in found if not re.search(rf"`{row['name']}`", page)] == []
