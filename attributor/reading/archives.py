"""An archive's articles, one after the other: folders, globs and files."""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from attributor.errors import ReadingError
from attributor.reading.sources import read
from attributor.records import Article

SUFFIXES = frozenset(
    {".txt", ".text", ".md", ".markdown", ".html", ".htm", ".xhtml", ".jsonl", ".ndjson"}
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One article of an archive, or why there is none; `source` is where it stands."""

    source: str
    article: Article | ReadingError


@dataclass(frozen=True, slots=True)
class Columns:
    """The names of a table's columns, where they are not to be guessed."""

    text: str | None = None
    title: str | None = None
    date: str | None = None
    id: str | None = None


def _quiet(_sentence: str) -> None:
    """Say nothing."""


def entries(
    sources: Sequence[str],
    columns: Columns = Columns(),
    *,
    on_guess: Callable[[str], None] = _quiet,
) -> Iterator[Entry]:
    """The articles of all sources, read as they are asked for.

    Args:
        sources: files, folders (with all that is in them), or patterns such as "2019/*.txt".
        columns: which columns of a table are what; guessed where not given.
        on_guess: told what was guessed.
    """
    for source in sources:
        for file in _files(source):
            for article in read(file):
                yield Entry(file, article)


def _files(source: str) -> Iterator[str]:
    if Path(source).is_dir():
        for folder, folders, names in os.walk(source):
            folders.sort()
            for name in sorted(names):
                if Path(name).suffix.lower() in SUFFIXES:
                    yield str(Path(folder, name))
    elif glob.has_magic(source) and not Path(source).exists():
        found_files = glob.iglob(source, recursive=True)  # noqa: PTH207  # an absolute one too
        for found in sorted(found_files):
            yield from _files(found)
    else:
        yield source
