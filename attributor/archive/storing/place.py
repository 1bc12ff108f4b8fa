"""Where a store lies: its file, whatever it is called by, and who writes it."""

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
"""What is added to the file's name to name what belongs to a store."""


def place_of(path: Path) -> Path:
    """The file itself: whatever links lead to it, and however its path is spelled.

    Its lock and SQLite's own files lie beside it, so that every name leads to the same ones.

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
    """The lock of the operating system on the file beside the store, unless another process has it.

    It dies with its process.
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
    """Whether the file can only be read as it is: SQLite may lay nothing beside it, and need not.

    What waits in a -wal is part of the store, so that one with such a file is never sealed.
    """
    wal = Path(f"{place}-wal")
    if wal.exists() and wal.stat().st_size:
        return False
    return not (os.access(place, os.W_OK) and os.access(place.parent, os.W_OK))
