"""Files that are written whole or not at all."""

from __future__ import annotations

import io
import os
import stat
import sys
from collections.abc import Container, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from attributor.errors import AttributorError, UsageError, quoted

_SUFFIXES = {
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
}


def format_for(output: str | None, formats: Container[str], default: str) -> str:
    """Which of these formats the suffix of a file's name says; the default if none."""
    said = _SUFFIXES.get(Path(output or "").suffix.lower(), default)
    return said if said in formats else default


class Shown(io.TextIOBase):
    """A terminal on which a format for programs shows, but does not do, what an article says."""

    def __init__(self, terminal: TextIO) -> None:
        super().__init__()
        self._terminal = terminal

    def write(self, text: str) -> int:
        """Write `text` with every character visible that would act on the terminal."""
        from attributor.views.escaping import visible

        return self._terminal.write(visible(text))

    def flush(self) -> None:
        """Show what has been written."""
        self._terminal.flush()


@contextmanager
def destination(output: str | None) -> Iterator[TextIO]:
    """Where results go: the file `output`, replaced once all is written, or standard output.

    Raises:
        UsageError: no file can be written there.
        AttributorError: writing failed, for example because the disk is full.
    """
    if output is None or output == "-":
        if sys.stdout is None:
            raise UsageError("There is no standard output: name a file with --output.")
        with _failures_told("Standard output"):
            yield sys.stdout
            sys.stdout.flush()
        return
    path = Path(output)
    if path.is_dir():
        raise UsageError(f"{quoted(output)} is a folder: name a file in it.")
    if _is_database(path):
        raise UsageError(f"{quoted(output)} is a database, as stores are: name another file.")
    with _failures_told(quoted(output)):
        if path.exists() and not path.is_file():
            with path.open("w", encoding="utf-8", newline="") as out:  # a device or a pipe
                yield out
            return
        path = Path(os.path.realpath(path))  # what a link leads to, so that it stays a link
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path, mode=_mode_of(path)) as out:
            yield out


@contextmanager
def replacing(path: Path, *, mode: int) -> Iterator[TextIO]:
    """A new file that takes the place of `path` if the block ends well, and else is removed."""
    unfinished = path.with_name(f".{path.name[:200]}.{os.urandom(4).hex()}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    try:
        with open(  # pathlib takes no opener
            unfinished,
            "w",
            encoding="utf-8",
            errors="backslashreplace",
            newline="",
            opener=lambda name, _flags: os.open(name, flags, mode),
        ) as out:
            yield out
        unfinished.replace(path)
    finally:
        with suppress(FileNotFoundError):
            unfinished.unlink()


def _is_database(path: Path) -> bool:
    """Whether it is one of SQLite's; what cannot be read is told where it is written."""
    with suppress(OSError):
        if path.is_file():
            with path.open("rb") as file:
                return file.read(16) == b"SQLite format 3\0"
    return False


def _mode_of(path: Path) -> int:
    """The permissions that `path` has, or those that the user gives to new files."""
    return stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o666


@contextmanager
def _failures_told(name: str) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise AttributorError(f"{name} cannot be written: {error.strerror}.") from error
