"""The file of a store, by whichever name it is opened, and its lock."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from attributor.errors import StoreError, quoted

if TYPE_CHECKING:
    from filelock import BaseFileLock

Identity = tuple[int, int]
"""Device and inode: the same for every name of a file."""

BESIDE = ("", "-wal", "-shm", "-journal", ".lock")
"""Endings of the files of a store, its own first, those of SQLite and the lock after it."""


def place_of(path: Path) -> Path:
    """The file itself, whichever links lead to it and however its path is spelled.

    The lock and SQLite's own files lie beside it, so that they are the same under every name.

    Raises:
        StoreError: one of these files has another name that is a hard link, or leads elsewhere.
    """
    place = Path(os.path.realpath(path))
    for suffix in BESIDE:
        file = Path(f"{place}{suffix}")
        if not os.path.lexists(file):
            continue
        found = file.lstat()
        if stat.S_ISREG(found.st_mode) and found.st_nlink > 1:
            raise StoreError(
                f"The store {quoted(str(path))} cannot be used, because {quoted(str(file))} has "
                f"{found.st_nlink} names (hard links), and what is written under one of them may "
                "be missed under the others: delete all names but one, or use a copy."
            )
        if not stat.S_ISREG(found.st_mode):
            raise StoreError(
                f"The store {quoted(str(path))} cannot be used, because {quoted(str(file))} is no "
                "file: move it out of the way, or name another store."
            )
    return place


def locked(place: Path) -> BaseFileLock | None:
    """The lock on the file beside the store; None if another process has it.

    The operating system releases it when this process ends, however it ends.
    """
    from filelock import FileLock, Timeout

    place.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(f"{place}.lock", timeout=0, mode=0o600)
    try:
        lock.acquire()
    except Timeout:
        return None
    return lock


def identity(place: Path) -> Identity | None:
    """Which file lies there; None if there is none."""
    try:
        found = place.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def is_sealed(place: Path) -> bool:
    """Whether the file can be read, and SQLite can write neither it nor a file beside it.

    A store with a -wal file is never sealed, because what is in there is part of the store.
    """
    wal = Path(f"{place}-wal")
    if wal.exists() and wal.stat().st_size:
        return False
    return not (os.access(place, os.W_OK) and os.access(place.parent, os.W_OK))
