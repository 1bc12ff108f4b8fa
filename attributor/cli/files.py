"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable, Iterator, Sequence
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
    ".parquet": "parquet",
    ".txt": "terminal",
}
"""The format that each suffix stands for."""
_NEVER_WRITTEN = (
    *(".xlsx", ".xlsm", ".xls", ".ods", ".docx", ".doc", ".odt", ".rtf", ".pdf", ".pptx", ".epub"),
    *(".zip", ".gz", ".bz2", ".xz", ".zst"),
)
"""Suffixes that no format is written with: a file named so would be taken for something else."""


def format_for(output: str | None, formats: Sequence[str], default: str, option: str | None) -> str:
    """In which format to write.

    Args:
        output: the file's name, or None.
        formats: those there are.
        default: where neither an option nor a suffix says one.
        option: what an option says; None if it was not used.

    Raises:
        UsageError: the suffix stands for none of the formats, or contradicts the option.
    """
    suffix = Path(output or "").suffix.lower()
    if option is not None and suffix not in _NEVER_WRITTEN:
        return option
    said = _SUFFIXES.get(suffix, "") if suffix else option or default
    if said in formats:
        return said
    known = [each for each, format_ in _SUFFIXES.items() if format_ in formats]
    raise UsageError(
        f"{quoted(output or '')} would not be what its name says, as nothing here is written as "
        f"{suffix}: choose a name that ends in {', '.join(known[:-1])} or {known[-1]}"
        + ("." if suffix in _NEVER_WRITTEN else ", or say the format.")
    )


def refuse_overwriting(sources: Iterable[str], output: str | None) -> None:
    """See that what is read is not what is written.

    Raises:
        UsageError: `output` is one of the sources.
    """
    if output is None or not Path(output).is_file():
        return
    for source in sources:
        if Path(source).exists() and Path(source).samefile(output):
            raise UsageError(f"{quoted(output)} is what is read: write to another file.")


@contextmanager
def destination(output: str | None, *, marked: bool = False) -> Iterator[TextIO]:
    """Where results go: the file `output`, replaced once all is written, or standard output.

    Args:
        output: the file's name; None or "-" for standard output.
        marked: whether a file begins with a byte order mark, by which Excel knows UTF-8.

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
    if is_database(path):
        raise UsageError(f"{quoted(output)} is a database, as stores are: name another file.")
    with _failures_told(quoted(output)):
        if path.exists() and not path.is_file():
            with path.open("w", encoding="utf-8", newline="") as out:  # a device or a pipe
                yield out
            return
        path = Path(os.path.realpath(path))  # what a link leads to, so that it stays a link
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path, mode=_mode_of(path)) as out:
            out.write("\ufeff" * marked)
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


def is_database(path: Path) -> bool:
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
