"""A source as the user names it (a file or a URL, or a stream) to its articles."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from attributor.errors import ReadingError, quoted
from attributor.reading import formats
from attributor.reading.articles import without_credentials
from attributor.reading.html_text import looks_like_html
from attributor.reading.options import Guessed, ReadingOptions, ignore
from attributor.reading.pages import article_from_page
from attributor.records import Article

_URL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://")
"""How a URL begins."""


def read(
    source: str | os.PathLike[str],
    *,
    allow_private: bool = False,
    on_guess: Guessed = ignore,
    encoding: str | None = None,
) -> Iterator[Article | ReadingError]:
    """The articles of a file or URL: one, or as many as a table or an archive holds.

    What cannot be read comes as an error in its place, so that the rest goes on.

    Args:
        source: a path, or an http or https URL.
        allow_private: fetch from addresses of private networks, and through proxies, too.
        on_guess: is told what was guessed about a table's columns.
        encoding: what texts are in that are not UTF-8 and do not say; guessed if None.
    """
    source = os.fspath(source)
    if _URL.match(source):
        yield from _read_url(source, allow_private, encoding)
        return
    name = source.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    try:
        with _opened(source, name) as stream:
            for found in formats.found_in(
                stream, name, ReadingOptions(on_guess=on_guess, encoding=encoding)
            ):
                yield found.article
    except ReadingError as error:
        yield error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        yield ReadingError(f"{quoted(name)} cannot be read: {reason}.", article=name)


def read_stream(
    stream: BinaryIO, id: str, encoding: str | None = None
) -> Iterator[Article | ReadingError]:
    """The articles of a binary stream such as standard input, as `read` would give them.

    It is JSONL if its first line is an object with a `text`, a page if it begins as HTML does,
    else plain text.
    """
    try:
        for found in formats.by_beginning(stream, id, "", ReadingOptions(encoding=encoding)):
            yield found.article
    except ReadingError as error:
        yield error


def _opened(source: str, name: str) -> BinaryIO:
    try:
        if Path(source).is_dir():
            problem = "is a folder: name the files in it"
        else:
            return Path(source).open("rb")
    except FileNotFoundError:
        problem = "does not exist: check the name and the folder you are in"
    except PermissionError:
        problem = "may not be read by you: change its permissions"
    except ValueError:  # a NUL in the name
        problem = "is no file's name"
    raise ReadingError(f"{quoted(name)} {problem}.", article=name)


def _read_url(
    source: str, allow_private: bool, encoding: str | None
) -> Iterator[Article | ReadingError]:
    from attributor.reading.urls import fetch

    name = without_credentials(source)
    try:
        page = fetch(source, allow_private=allow_private)
        is_html = page.is_html or (page.content_type == "" and looks_like_html(page.body))
        yield article_from_page(
            page.body,
            name,
            is_html=is_html,
            charset=page.charset,
            otherwise=encoding,
            url=page.url,
        )
    except ReadingError as error:
        yield error
