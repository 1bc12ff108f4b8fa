"""The file itself: whose it is, who may read it, who writes it, which version it has."""

from __future__ import annotations

import os
import re
import sqlite3
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from support.stores import rows

from attributor.archive.recipe import Recipe
from attributor.archive.storing.admission import forget_moved, refuse
from attributor.archive.storing.annotation_rows import annotation_of, rows_of
from attributor.archive.storing.store import Store
from attributor.archive.storing.store_schema import migrate, migrations
from attributor.errors import StoreError
from attributor.messages import canonical_json, sha256
from attributor.pipeline import annotate


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


# --- whose file it is ---------------------------------------------------------------------------


@pytest.fixture
def spellings(tmp_path: Path) -> list[Path]:
    """Other names of `home/a.db`, as links and paths have them."""
    (tmp_path / "home" / "deep").mkdir(parents=True)
    (tmp_path / "alias.db").symlink_to("home/a.db")
    (tmp_path / "again.db").symlink_to("alias.db")
    (tmp_path / "folder").symlink_to("home")
    names = ("alias.db", "again.db", "folder/a.db", "home/deep/../a.db", "home/../folder/a.db")
    return [tmp_path / name for name in names]


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_every_name_of_a_store_leads_to_the_same_lock(
    tmp_path: Path, spellings: list[Path]
) -> None:
    path = tmp_path / "home" / "a.db"
    for first, *others in ([path, *spellings], [*reversed(spellings), path]):
        with Store.open(first):
            for other in others:
                with pytest.raises(StoreError, match="is being written by"):
                    Store.open(other)
                Store.read(other).close()
        Store.open(others[0]).close()
    beside = {file.name for file in tmp_path.rglob("*.db*")}
    assert beside - {"a.db", "a.db.lock"} == {"alias.db", "again.db"}


def test_a_store_with_two_hard_links_is_refused_under_both(tmp_path: Path) -> None:
    path, other = tmp_path / "a.db", tmp_path / "b.db"
    Store.open(path).close()
    other.hardlink_to(path)
    for name in (path, other):
        for opened in (Store.open, Store.read):
            with pytest.raises(StoreError, match=r"has 2 names \(hard links\).* delete all names"):
                opened(name)
    other.unlink()
    Store.open(path).close()


def test_a_hard_link_made_while_a_store_is_written_gives_no_second_writer(tmp_path: Path) -> None:
    with Store.open(tmp_path / "a.db") as store:
        (tmp_path / "b.db").hardlink_to(tmp_path / "a.db")
        with pytest.raises(StoreError, match="hard links"):
            Store.open(tmp_path / "b.db")
        store.insert("recipes", {"name": "n", "digest": "d", "engine": "embedded"})


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
@pytest.mark.parametrize("suffix", ["-wal", "-shm", "-journal", ".lock"])
@pytest.mark.parametrize("link", ["symbolic", "hard"])
def test_what_lies_beside_a_store_leads_to_no_other_file(
    tmp_path: Path, suffix: str, link: str
) -> None:
    path, notes = tmp_path / "a.db", tmp_path / "notes.txt"
    Store.open(path).close()
    notes.write_text("My notes.")
    beside = Path(f"{path}{suffix}")
    beside.unlink(missing_ok=True)
    if link == "hard":
        beside.hardlink_to(notes)
    else:
        beside.symlink_to(notes)
    for opened in (Store.open, Store.read):
        with pytest.raises(StoreError, match=f"because '{re.escape(str(beside))}'"):
            opened(path)
    assert notes.read_text() == "My notes."


@pytest.mark.skipif(os.name == "nt", reason="Windows moves no file that is open")
@pytest.mark.parametrize("what", ["replaced", "moved", "deleted"])
def test_a_store_that_is_another_file_by_now_is_not_written(tmp_path: Path, what: str) -> None:
    path, other = tmp_path / "a.db", tmp_path / "b.db"
    Store.open(other).close()
    with Store.open(path) as store:
        if what == "replaced":
            other.replace(path)
        elif what == "moved":
            path.rename(tmp_path / "c.db")
        else:
            path.unlink()
        with pytest.raises(StoreError, match="was moved, deleted or replaced while"):
            store.insert("recipes", {"name": "n", "digest": "d", "engine": "embedded"})
        with pytest.raises(StoreError, match="was moved"), store.transaction():
            pass


# --- reading ------------------------------------------------------------------------------------


@pytest.fixture
def theirs() -> Iterator[Path]:
    """A folder that others may look into."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)
        Path(folder).chmod(0o755)


@contextmanager
def as_a_guest() -> Iterator[None]:
    """As somebody who may not write what root owns, where the tests are run by root."""
    if os.geteuid():
        yield
        return
    os.setresuid(65_534, 65_534, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)


def of(store: Store, sql: str) -> object:
    with store:
        return store.value(sql)


@pytest.mark.skipif(not hasattr(os, "setresuid"), reason="POSIX permissions")
@pytest.mark.parametrize(
    ("folder_mode", "file_mode"), [(0o555, 0o644), (0o555, 0o444), (0o777, 0o444)]
)
def test_a_store_that_may_not_be_written_can_be_read(
    theirs: Path, folder_mode: int, file_mode: int
) -> None:
    path = theirs / "a.db"
    with Store.open(path) as store:
        store.insert("recipes", {"name": "n", "digest": "d", "engine": "embedded"})
    (theirs / "a.db.lock").unlink(missing_ok=True)
    path.chmod(file_mode)
    theirs.chmod(folder_mode)
    with as_a_guest():
        assert of(Store.read(path), "SELECT COUNT(*) FROM recipes") == 1
        with pytest.raises(StoreError):
            Store.open(path)
    assert {file.name for file in theirs.iterdir()} <= {"a.db", "a.db.lock"}


def test_a_reader_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    Store.open(path).close()
    before = path.read_bytes()
    with Store.read(path) as store:
        for sql in ("DELETE FROM runs", "CREATE TABLE t (x)", "PRAGMA user_version = 9"):
            with pytest.raises(StoreError, match="readonly"):
                store.execute(sql)
    assert path.read_bytes() == before


ENDLESS = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"


@pytest.mark.parametrize("ask", [Store.value, lambda store, sql: store.execute(sql).fetchall()])
def test_a_query_that_never_ends_is_ended(tmp_path: Path, ask: Callable[[Store, str], Any]) -> None:
    Store.open(tmp_path / "a.db").close()
    with (
        Store.read(tmp_path / "a.db", seconds=0.0) as store,
        pytest.raises(StoreError, match="took too long and was ended"),
    ):
        ask(store, f"SELECT MAX(i) FROM ({ENDLESS})")


def test_rows_that_are_taken_slowly_do_not_count_as_a_long_query(tmp_path: Path) -> None:
    Store.open(tmp_path / "a.db").close()
    with Store.read(tmp_path / "a.db") as store:
        rows = store.execute(ENDLESS)
        assert next(rows)[0] == 1
        store._until = 0.0  # as if somebody had done something else for very long
        assert [row[0] for row in islice(rows, 20_000)][-1] == 20_001


def test_ctrl_c_ends_a_query(tmp_path: Path) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    Store.open(tmp_path / "a.db").close()
    with Store.read(tmp_path / "a.db") as store:
        store._connection.set_progress_handler(interrupted, 1_000)
        with pytest.raises(KeyboardInterrupt):
            store.value(f"SELECT MAX(i) FROM ({ENDLESS})")


# --- a stranger's -------------------------------------------------------------------------------


def changed(path: Path, script: str) -> Path:
    """A store that somebody has laid hands on."""
    Store.open(path).close()
    connection = sqlite3.connect(path)
    connection.executescript(script)
    connection.close()
    return path


@pytest.mark.parametrize(
    ("script", "what"),
    [
        (f"DROP VIEW quarantine; CREATE VIEW quarantine AS {ENDLESS}", "view 'quarantine'"),
        (f"DROP VIEW costs_of_runs; CREATE VIEW COSTS_OF_RUNS AS {ENDLESS}", "view 'COSTS_OF_RUNS"),
        (f"DROP TABLE quotes; CREATE VIEW quotes AS {ENDLESS}", "view 'quotes'"),
        (
            "DROP TRIGGER quotes_removed; CREATE TRIGGER quotes_removed AFTER INSERT ON runs "
            "BEGIN DELETE FROM ledger; END",
            "trigger 'quotes_removed'",
        ),
    ],
)
def test_a_store_whose_parts_were_exchanged_is_refused(
    tmp_path: Path, script: str, what: str
) -> None:
    path = changed(tmp_path / "a.db", script)
    for opened in (Store.open, Store.read):
        with pytest.raises(StoreError, match=f"has a {what}.* that attributor did not make"):
            opened(path)


def test_a_trigger_of_a_strangers_never_acts(tmp_path: Path) -> None:
    trigger = "CREATE TRIGGER theirs AFTER INSERT ON runs BEGIN DELETE FROM ledger; END"
    path = changed(tmp_path / "a.db", trigger)
    with pytest.raises(StoreError, match=r"has a trigger 'theirs'.*DROP TRIGGER"):
        Store.open(path)
    Store.read(path).close()


def test_a_view_of_ones_own_may_stay(tmp_path: Path) -> None:
    path = changed(tmp_path / "a.db", "CREATE VIEW mine AS SELECT text FROM quotes")
    Store.open(path).close()
    Store.read(path).close()


def test_a_readers_connection_trusts_no_schema(tmp_path: Path) -> None:
    Store.open(tmp_path / "a.db").close()
    assert of(Store.read(tmp_path / "a.db"), "PRAGMA trusted_schema") == 0


@pytest.mark.parametrize("version", range(1, len(migrations())))
def test_an_older_store_is_brought_up_to_date_by_a_writer(tmp_path: Path, version: int) -> None:
    path = tmp_path / "a.db"
    connection = sqlite3.connect(path)
    migrate(connection, version)
    connection.close()
    with pytest.raises(StoreError, match="made by an older attributor: run 'attributor batch'"):
        Store.read(path)
    Store.open(path).close()
    assert of(Store.read(path), "PRAGMA user_version") == len(migrations())


def test_quotes_of_an_older_store_stay_when_it_learns_of_doubt(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    connection = sqlite3.connect(path)
    migrate(connection, 5)
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("INSERT INTO articles (id, name, text, content) VALUES (1, 'a', 'We.', 'c')")
    connection.execute(
        "INSERT INTO quotes (article_id, text, kind, spans, number, annotation_id) "
        "VALUES (1, 'We.', 'direct', '0-3', 1, 1)"
    )
    connection.commit()
    connection.close()
    Store.open(path).close()
    with Store.read(path) as store:
        (row,) = store.execute("SELECT quote, speaker_confidence, candidates FROM who_said_what")
        assert tuple(row) == ("We.", None, None)


def test_recipes_and_quotes_of_an_older_store_stay_when_it_learns_who_decided(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.db"
    connection = sqlite3.connect(path)
    migrate(connection, 6)
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("INSERT INTO articles (id, name, text, content) VALUES (1, 'a', 'We.', 'c')")
    connection.execute("INSERT INTO recipes (name, digest, engine) VALUES ('r', 'd', 'embedded')")
    connection.execute(
        "INSERT INTO quotes (article_id, text, kind, spans, number, annotation_id) "
        "VALUES (1, 'We.', 'direct', '0-3', 1, 1)"
    )
    connection.commit()
    connection.close()
    Store.open(path).close()
    assert rows(path, "SELECT quote, decided_by FROM who_said_what") == [("We.", None)]
    assert rows(path, "SELECT name, ask FROM recipes") == [("r", None)]


def test_a_recipe_covers_what_of_a_draft_is_asked_about() -> None:
    asked = {ask: Recipe("openai", model="m", ask=ask) for ask in ("all", "doubts")}
    assert asked["all"].digest != asked["doubts"].digest
    assert asked["doubts"].name == "openai m, doubts only"
    assert asked["all"].name == "openai m"


def test_a_recipe_without_a_draft_has_the_digest_that_older_stores_know() -> None:
    known = asdict(Recipe("embedded", rules="0.1"))
    del known["ask"]
    assert Recipe("embedded", rules="0.1").digest == sha256(canonical_json(known))
