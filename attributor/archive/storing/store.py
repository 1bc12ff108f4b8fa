"""The store: one SQLite file that one process writes and any number read.

Rows are committed in WAL mode with `synchronous = NORMAL`: what is committed survives the end of
the process, kill -9 included. A power cut or a crash of the operating system may take the last
commits (those since the last checkpoint, of a few MB), and leaves a file that is whole.
"""

from __future__ import annotations

import logging
import math
import os
import re
import socket
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attributor.archive.storing.place import identity, is_sealed, locked, place_of
from attributor.archive.storing.store_schema import (
    is_old,
    migrate,
    refuse_others,
    refuse_strange,
    version_of,
)
from attributor.errors import StoreError, quoted

if TYPE_CHECKING:
    from filelock import BaseFileLock

logger = logging.getLogger(__name__)

BUSY_SECONDS = 30.0
"""Seconds to wait for another program that writes the store, such as Datasette."""
LONGEST_QUERY_SECONDS = 600.0
"""Seconds to wait for a query's next row; a million articles take a few seconds."""
INSTRUCTIONS_BETWEEN_LOOKS = 20_000
"""Instructions of SQLite after which a reader looks at the clock: a few milliseconds."""
CACHE_KIB = 65_536
"""KiB of SQLite's cache: the indexes of keys, which are hashes, have to fit to save disk reads."""
CHECKPOINT_PAGES = 4_000
"""Pages of the write-ahead log after which SQLite writes them into the store's file."""

FAULTS = (sqlite3.Error, UnicodeDecodeError)
"""Errors of SQLite; the second where its own words are no UTF-8, as of a damaged schema."""

Row = sqlite3.Row
Fault = sqlite3.Error | UnicodeDecodeError
Got = TypeVar("Got")
_SURROGATE = re.compile("[\ud800-\udfff]")


class Store:
    """An open store.

    Args:
        path: as the user names it.
        connection: to it.
        lock: held while the store is open for writing.
    """

    def __init__(
        self, path: Path, connection: sqlite3.Connection, lock: BaseFileLock | None = None
    ) -> None:
        self.path = path
        self._connection, self._lock = connection, lock
        self._file = place_of(path)
        self._identity = identity(self._file)
        self._longest, self._until = math.inf, math.inf
        connection.row_factory = sqlite3.Row

    @classmethod
    def open(cls, path: str | Path, *, must_exist: bool = False) -> Store:
        """The store at `path` for writing: made if there is none, brought up to date if it is old.

        Raises:
            StoreError: another process writes it, it is no store, a newer version or a stranger
                made it, it has several hard links, or it has to exist and does not.
        """
        path = Path(path)
        if must_exist:
            _refuse_missing(path)
        with _told(path):
            file = place_of(path)
            lock = _locked(path, file)
            try:
                return cls(path, _prepared(path, file), lock)
            except BaseException:
                lock.release()
                raise

    @classmethod
    def read(cls, path: str | Path, *, seconds: float = LONGEST_QUERY_SECONDS) -> Store:
        """The store at `path` for reading; another process may be writing it.

        Nothing is written, so that a store in a folder that may not be written can be read. Text
        that is no UTF-8 any more comes with U+FFFD for what is not.

        Args:
            path: where it is.
            seconds: how long a query may take to its next row.

        Raises:
            StoreError: there is none, it is no store, or another version or a stranger made it.
        """
        path = Path(path)
        _refuse_missing(path)
        with _told(path):
            file = place_of(path)
            connection = _connected(file, "immutable=1" if is_sealed(file) else "mode=ro")
            try:
                connection.text_factory = partial(str, encoding="utf-8", errors="replace")
                store = cls(path, connection)
                store._limit(seconds)
                _refuse_unreadable(connection, path)
            except BaseException:
                connection.close()
                raise
        return store

    def execute(self, sql: str, parameters: Any = ()) -> sqlite3.Cursor:
        """Run one statement; an error at a later row is raised as a `StoreError`, too."""
        cursor = self._connection.cursor(partial(_Cursor, begin=self._begin, told=self._fault))
        return cursor.execute(sql, parameters)

    def executemany(self, sql: str, rows: Any) -> None:
        """Run one statement for each row."""
        with _told(self.path):
            self._connection.executemany(sql, rows)

    def insert(self, table: str, row: Mapping[str, object], on_conflict: str = "") -> int:
        """Add a row, given by its columns; gives its id. Names are the program's own."""
        self._refuse_replaced()
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
        """Write all that is written inside, or nothing. Not to be nested or held over `await`."""
        self._refuse_replaced()
        self.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):  # a full disk has rolled it back already
                self._connection.execute("ROLLBACK")
            raise

    def close(self) -> None:
        """Close the file; if it was open for writing, another process may write it now."""
        with suppress(sqlite3.Error):
            if self._lock is not None:
                self._connection.execute("PRAGMA optimize")
        self._connection.close()
        if self._lock is not None:
            self._lock.release()

    def _limit(self, seconds: float) -> None:
        """End each query that takes longer than this to its next row."""
        self._longest = seconds
        self._begin()
        self._connection.set_progress_handler(self._is_late, INSTRUCTIONS_BETWEEN_LOOKS)

    def _begin(self) -> None:
        self._until = time.monotonic() + self._longest

    def _is_late(self) -> bool:
        return time.monotonic() > self._until

    def _fault(self, error: Fault) -> StoreError:
        """An error of SQLite as a sentence."""
        if _code(error) == sqlite3.SQLITE_INTERRUPT and not self._is_late():
            raise KeyboardInterrupt from None  # Ctrl-C while SQLite was at work
        return StoreError(_sentence(error, quoted(str(self.path))))

    def _refuse_replaced(self) -> None:
        """Raise a `StoreError` if the file of this name is not the one that was opened any more."""
        if identity(self._file) != self._identity:
            raise StoreError(
                f"The store {quoted(str(self.path))} was moved, deleted or replaced while it was "
                "being written: put it back, and run the same command again."
            )

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Cursor(sqlite3.Cursor):
    """A cursor whose errors are raised as the store's, at whichever row they come."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        *,
        begin: Callable[[], None],
        told: Callable[[Fault], StoreError],
    ) -> None:
        super().__init__(connection)
        self._begin, self._told = begin, told

    def execute(self, sql: str, parameters: Any = (), /) -> Self:
        return self._telling(super().execute, sql, parameters)

    def __next__(self) -> Any:
        return self._telling(super().__next__)

    def fetchone(self) -> Any:
        return self._telling(super().fetchone)

    def fetchall(self) -> list[Any]:
        return self._telling(super().fetchall)

    def _telling(self, do: Callable[..., Got], *args: Any) -> Got:
        self._begin()
        try:
            return do(*args)
        except FAULTS as error:
            raise self._told(error) from error


def now() -> str:
    """The time now, as a store writes it: UTC, ISO 8601, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def whole(text: str) -> str:
    """The text with U+FFFD in place of each lone surrogate."""
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


def _locked(path: Path, file: Path) -> BaseFileLock:
    lock = locked(file)
    if lock is None:
        raise StoreError(
            f"The store {quoted(str(path))} is being written by {_holder(path)}: wait for it to "
            "end, or use another store."
        )
    return lock


def _holder(path: Path) -> str:
    """Which process writes the store, from the run that it has noted, for a message."""
    try:
        with Store.read(path) as store:
            run = store.one(
                "SELECT pid, host, started FROM runs WHERE state = 'running' "
                "ORDER BY id DESC LIMIT 1"
            )
    except StoreError:  # that process has only just begun
        run = None
    if run is None:
        return "another process"
    return f"process {run['pid']} on {quoted(run['host'])} since {run['started']}"


def _prepared(path: Path, file: Path) -> sqlite3.Connection:
    # SQLite would give it the usual permissions; those of -wal and -shm follow it.
    os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    connection = _connected(file, "mode=rw")
    try:
        if connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()[0] == 0:
            connection.execute("PRAGMA journal_mode = WAL")
        else:
            refuse_others(connection, str(path))
            refuse_strange(connection, str(path), writing=True)
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        # All triggers are ours now; older versions of SQLite do not let them write an index of
        # words otherwise.
        connection.execute("PRAGMA trusted_schema = ON")
        before = version_of(connection)
        migrate(connection)
        _log_opened(path, before, version_of(connection))
    except BaseException:
        connection.close()
        raise
    return connection


def _log_opened(path: Path, before: int, version: int) -> None:
    name = quoted(str(path))
    if 0 < before < version:
        logger.info("store %s is migrated from schema %d to %d", name, before, version)
    how = "opened" if before else "made"
    logger.info("store %s is %s for writing, schema %d", name, how, version)


def _connected(file: Path, how: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{file.as_uri()}?{how}", uri=True, timeout=BUSY_SECONDS, isolation_level=None
    )
    connection.execute("PRAGMA trusted_schema = OFF")  # a stranger may have made it
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _refuse_unreadable(connection: sqlite3.Connection, path: Path) -> None:
    refuse_others(connection, str(path))
    if is_old(connection):
        raise StoreError(
            f"The store {quoted(str(path))} was made by an older attributor: run "
            "'attributor batch' on it once to bring it up to date."
        )
    refuse_strange(connection, str(path), writing=False)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Raise errors of SQLite and of the disk as a `StoreError`, with a sentence."""
    try:
        yield
    except FAULTS as error:
        raise StoreError(_sentence(error, quoted(str(path)))) from error
    except OSError as error:
        raise StoreError(
            f"The store {quoted(str(path))} cannot be opened: {error.strerror or error}."
        ) from error


def _code(error: Fault) -> int:
    """SQLite's code for the kind of an error; 0 if Python raised it."""
    return (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF


def _sentence(error: Fault, name: str) -> str:
    primary = _code(error)
    # Python's own error, whose message would show the text.
    if isinstance(error, UnicodeDecodeError) or str(error).startswith("Could not decode"):
        return f"The store {name} is damaged (a text in it is no UTF-8): restore it from a copy."
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
    if primary == sqlite3.SQLITE_INTERRUPT:
        return (
            f"A query of the store {name} took too long and was ended: ask for less, and for a "
            "store that somebody else made, ask them what is in it."
        )
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return f"The store {name} is being changed by another program: close that, and try again."
    return f"The store {name} cannot be used: {error}."
