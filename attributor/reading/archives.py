"""An archive's files to articles, as a stream: folders, globs, tables, WARC, ZIP and tar."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from attributor.errors import ReadingError, panics_as_errors, quoted
from attributor.reading import folders, formats
from attributor.reading.articles import FoundArticle
from attributor.reading.folders import check
from attributor.reading.options import Columns, Guessed, ReadingOptions, ignore
from attributor.records import Article

__all__ = ["Columns", "Entry", "check", "entries"]

_GUESSED = Columns()
"""All columns are guessed."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One article of an archive, or why there is none."""

    source: str
    """Where it stands, for people: "exports/2019.csv", "dump.zip!a/b.html"."""
    article: Article | ReadingError


def entries(
    sources: Sequence[str],
    columns: Columns = _GUESSED,
    *,
    on_guess: Guessed = ignore,
    encoding: str | None = None,
) -> Iterator[Entry]:
    """The articles of folders, globs and files, one after the other, in a stable order.

    What cannot be read comes as an error in its place, and the rest goes on. Memory holds one
    article at a time (and the names in the folder that is being read), whatever the archive's size.

    An article is called by the id that its row or line has; else by its path from the source on,
    with the row behind a colon. An id that comes twice in one file is an error, in another file the
    later article is called by its path and row. A file that several sources cover is read once.

    Args:
        sources: as the user names them.
        columns: where the text, title, date and id are in tables and in JSON.
        on_guess: is told what was guessed about a file, one sentence at a time.
        encoding: what texts are in that are not UTF-8 and do not say; guessed if None.

    Raises:
        ReadingError: there is no room for temporary files.
    """
    options = ReadingOptions(columns, on_guess, encoding, has_options=True)
    taken = _Taken()
    for source in sources:
        for file in folders.files(source):
            if isinstance(file, ReadingError):
                yield Entry(file.article or source, file)
                continue
            if len(sources) > 1 and not taken.is_new(file.path):
                continue
            base = file.source.removesuffix(file.name)
            for found in _found(file, options):
                yield Entry(base + found.file, taken.named(found))


def _found(file: folders.File, options: ReadingOptions) -> Iterator[FoundArticle]:
    name = file.name
    try:
        if file.named and folders.is_no_article(name):
            raise ReadingError(
                f"{quoted(file.source)} is no article by its name: give its text as .txt.",
                article=name,
            )
        with panics_as_errors(), file.open() as stream:
            yield from formats.found_in(stream, name, options)
    except ReadingError as error:
        yield FoundArticle(name, name, error)
    except Exception as error:  # a fault in one file must not cost the others
        reason = getattr(error, "strerror", None) or f"{type(error).__name__}: {error}"
        problem = f"cannot be read on ({quoted(reason, 120).strip(chr(39))}): check it"
        yield FoundArticle(
            name, name, ReadingError(f"{quoted(file.source)} {problem}.", article=name)
        )


class _Taken:
    """The ids that were given away, on disk where they are too many for the memory."""

    def __init__(self) -> None:
        # A database without a name is a temporary file of SQLite's own, which it deletes.
        self._ids = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._ids.execute("PRAGMA journal_mode = OFF")
        self._ids.execute("PRAGMA synchronous = OFF")
        self._ids.execute("PRAGMA cache_size = -512")  # KiB; more is no faster, ids come anywhere
        self._ids.execute("CREATE TABLE taken (id BLOB PRIMARY KEY, place TEXT) WITHOUT ROWID")

    def named(self, found: FoundArticle) -> Article | ReadingError:
        """The article with an id of its own, or an error if its file has used that before."""
        article = found.article
        if isinstance(article, ReadingError):
            return article
        if article.id != found.place:
            earlier = self._take(f"{found.file}\0{article.id}", found.place)
            if earlier:
                problem = f"has the id {quoted(article.id)}, which {quoted(earlier)} has already"
                return ReadingError(
                    f"{quoted(found.place)} {problem}: give each its own.", article=found.place
                )
        if not self._take(article.id, found.place):
            return article
        new, number = found.place, 1
        while self._take(new, found.place):
            number += 1
            new = f"{found.place}~{number}"
        return article.model_copy(update={"id": new})

    def is_new(self, path: str) -> bool:
        """Whether the file was not read before, by another source."""
        return self._take_key(os.fsencode(os.path.realpath(path)), "", b"file") is None

    def _take(self, id: str, place: str) -> str | None:
        """Take an id; if it is taken, say at which place."""
        return self._take_key(id.encode("utf-8", "replace"), place)

    def _take_key(self, name: bytes, place: str, what: bytes = b"") -> str | None:
        key = blake2b(name, digest_size=16, person=what).digest()
        try:
            row = (key, place)
            if self._ids.execute("INSERT OR IGNORE INTO taken VALUES (?, ?)", row).rowcount:
                return None
            taken = self._ids.execute("SELECT place FROM taken WHERE id = ?", (key,)).fetchone()
        except sqlite3.Error as error:
            raise ReadingError(
                f"The archive's ids find no place in the folder for temporary files ({error}): "
                "make room there, or name another one in SQLITE_TMPDIR, and start again.",
                article=place,
            ) from error
        return str(taken[0])
