"""The store: one SQLite file that one process writes and any number read.

Rows are committed in WAL mode with `synchronous = NORMAL`: what is committed survives the end of
the process, kill -9 included. A power cut or a crash of the operating system may take the last
commits (those since the last checkpoint, of a few MB), and leaves a file that is whole.
"""

from __future__ import annotations

import os
import re
import socket
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attributor.archive.storing.dates import iso_day
from attributor.errors import StoreError, quoted

if TYPE_CHECKING:
    from filelock import BaseFileLock

APPLICATION_ID = int.from_bytes(b"attr", "big")
"""Which program's file it is; stands in the file's header."""
BUSY = 30.0
"""Seconds to wait for a reader that writes (Datasette, a checkpoint) before giving up."""
CACHE_KIB, CHECKPOINT_PAGES = 65_536, 4_000
"""Keys are hashes: without room for their indexes every article would read the disk."""

Row = sqlite3.Row
_SURROGATE = re.compile("[\ud800-\udfff]")


class Store:
    """An open store.

    Args:
        path: the file.
        connection: to it.
        lock: held while the store is open for writing.
    """

    def __init__(
        self, path: Path, connection: sqlite3.Connection, lock: BaseFileLock | None = None
    ) -> None:
        self.path = path
        self._connection, self._lock = connection, lock
        connection.row_factory = sqlite3.Row

    @classmethod
    def open(cls, path: str | Path, *, must_exist: bool = False) -> Store:
        """The store at `path` for writing: made if there is none, brought up to date if it is old.

        Raises:
            StoreError: another process writes it, it is no store, a newer version made it, or it
                has to exist and does not.
        """
        path = Path(path)
        if must_exist:
            _refuse_missing(path)
        with _told(path):
            lock = _locked(path)
            try:
                return cls(path, _prepared(path), lock)
            except BaseException:
                lock.release()
                raise

    @classmethod
    def read(cls, path: str | Path) -> Store:
        """The store at `path` for reading; another process may be writing it.

        Raises:
            StoreError: there is none, it is no store, or another version made it.
        """
        path = Path(path)
        _refuse_missing(path)
        with _told(path):
            connection = _connected(path, "ro")
            _refuse_others(connection, path)
            if _version(connection) < len(_migrations()):
                raise StoreError(
                    f"The store {quoted(str(path))} was made by an older attributor: run "
                    "'attributor batch' on it once to bring it up to date."
                )
        return cls(path, connection)

    def execute(self, sql: str, parameters: Any = ()) -> sqlite3.Cursor:
        """Run one statement."""
        with _told(self.path):
            return self._connection.execute(sql, parameters)

    def executemany(self, sql: str, rows: Any) -> None:
        """Run one statement for each row."""
        with _told(self.path):
            self._connection.executemany(sql, rows)

    def insert(self, table: str, row: Mapping[str, object], on_conflict: str = "") -> int:
        """Add a row, given by its columns; gives its id. Names are the program's own."""
        columns, marks = ", ".join(row), ", ".join("?" for _ in row)
        cursor = self.execute(
            f"INSERT INTO {table} ({columns}) VALUES ({marks}) {on_conflict}",  # noqa: S608
            tuple(row.values()),
        )
        return cursor.lastrowid or 0

    def one(self, sql: str, parameters: Any = ()) -> Row | None:
        """The first row, or None."""
        row: Row | None = self.execute(sql, parameters).fetchone()
        return row

    def value(self, sql: str, parameters: Any = ()) -> Any:
        """The first row's first column, or None."""
        row = self.one(sql, parameters)
        return None if row is None else row[0]

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is written inside, or nothing of it. Not to be nested, or kept over an await."""
        self.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):  # a full disk has rolled it back already
                self._connection.execute("ROLLBACK")
            raise

    def close(self) -> None:
        """Close the file; whoever wrote it lets others write."""
        with suppress(sqlite3.Error):
            if self._lock is not None:
                self._connection.execute("PRAGMA optimize")
        self._connection.close()
        if self._lock is not None:
            self._lock.release()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def now() -> str:
    """This moment as a store has it: UTC, ISO 8601, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def whole(text: str) -> str:
    """The text with U+FFFD for each half of a character (a lone surrogate)."""
    return _SURROGATE.sub("\ufffd", text)


def this_host() -> str:
    """The name of this machine, as a run notes it."""
    return socket.gethostname()


def _refuse_missing(path: Path) -> None:
    if not path.is_file():
        raise StoreError(
            f"There is no store {quoted(str(path))}: check the name, or make one with "
            "'attributor batch'."
        )


def _locked(path: Path) -> BaseFileLock:
    """The lock of the operating system on the file beside the store: it dies with its process."""
    from filelock import FileLock, Timeout

    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(f"{path}.lock", timeout=0, mode=0o600)
    try:
        lock.acquire()
    except Timeout:
        raise StoreError(
            f"The store {quoted(str(path))} is being written by {_holder(path)}: wait for it to "
            "end, or use another store."
        ) from None
    return lock


def _holder(path: Path) -> str:
    """Who writes the store, from the run that it noted."""
    try:
        with Store.read(path) as store:
            run = store.one(
                "SELECT pid, host, started FROM runs WHERE state = 'running' "
                "ORDER BY id DESC LIMIT 1"
            )
    except StoreError:  # it has only just begun
        run = None
    if run is None:
        return "another process"
    return f"process {run['pid']} on {quoted(run['host'])} since {run['started']}"


def _prepared(path: Path) -> sqlite3.Connection:
    # Before SQLite makes it with the rights of other files; -wal and -shm take after it.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    connection = _connected(path, "rw")
    try:
        if connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()[0] == 0:
            connection.execute("PRAGMA journal_mode = WAL")
        else:
            _refuse_others(connection, path)
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        _migrate(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _connected(path: Path, mode: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=BUSY, isolation_level=None
    )
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _refuse_others(connection: sqlite3.Connection, path: Path) -> None:
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise StoreError(
            f"{quoted(str(path))} is a database, but no store of attributor: name another file."
        )
    if _version(connection) > len(_migrations()):
        raise StoreError(
            f"The store {quoted(str(path))} was made by a newer attributor (its schema is "
            f"{_version(connection)}, this version knows {len(_migrations())}): update attributor."
        )


def _migrate(connection: sqlite3.Connection) -> None:
    """Bring the schema up to date, each step whole or not at all."""
    connection.create_function("iso_day", 1, iso_day, deterministic=True)
    for number, script in enumerate(_migrations(), start=1):
        if number > _version(connection):
            connection.executescript(
                f"BEGIN EXCLUSIVE;\n{script}\nPRAGMA application_id = {APPLICATION_ID};\n"
                f"PRAGMA user_version = {number};\nCOMMIT;"
            )


def _version(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version


def _migrations() -> list[str]:
    """The steps from an empty file to today's schema, in order; step n leads to version n."""
    folder = resources.files("attributor.archive.storing") / "migrations"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".sql")), key=lambda f: f.name)
    return [file.read_text(encoding="utf-8") for file in files]


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """What SQLite or the disk complains about, as a sentence."""
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(_sentence(error, quoted(str(path)))) from error
    except OSError as error:
        raise StoreError(
            f"The store {quoted(str(path))} cannot be opened: {error.strerror or error}."
        ) from error


def _sentence(error: sqlite3.Error, name: str) -> str:
    code = getattr(error, "sqlite_errorcode", None) or 0
    primary = code & 0xFF
    if primary == sqlite3.SQLITE_FULL:
        return (
            f"The disk is full, so that the store {name} cannot grow: free some room and run the "
            "same command again; every answer in its ledger is kept."
        )
    if primary == sqlite3.SQLITE_IOERR:
        return (
            f"The disk failed to read or write the store {name} ({error}): see that it is there "
            "and has room, and run the same command again; what is in its ledger is kept."
        )
    if primary == sqlite3.SQLITE_NOTADB:
        return f"{name} is no store of attributor: name another file."
    if primary == sqlite3.SQLITE_CORRUPT:
        return f"The store {name} is damaged ({error}): restore it from a copy."
    if primary in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN):
        return f"The store {name} cannot be opened or written ({error}): see to its permissions."
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return f"The store {name} is being changed by another program: close that, and try again."
    return f"The store {name} cannot be used: {error}."
