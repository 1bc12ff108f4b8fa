"""A source as the user names it (a file or a URL, or a stream) to its articles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from attributor.errors import ReadingError, quoted
from attributor.reading import jsonl
from attributor.reading.articles import MAX_BYTES, article_from_text, markdown_title, refuse_long
from attributor.reading.decoding import decode
from attributor.reading.html import article_from_html, declared_charset, looks_like_html
from attributor.records import Article

_URL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://")
_TEXT = {".txt", ".text"}
_MARKDOWN = {".md", ".markdown"}
_HTML = {".html", ".htm", ".xhtml"}
_JSONL = {".jsonl", ".ndjson"}


def read(source: str, *, allow_private: bool = False) -> Iterator[Article | ReadingError]:
    """The articles of a file or URL: one, or as many as a JSONL file has lines.

    What cannot be read comes as an error in its place, so that the rest goes on.

    Args:
        source: a path, or an http or https URL.
        allow_private: fetch from addresses of private networks, and through proxies, too.
    """
    if _URL.match(source):
        yield from _read_url(source, allow_private)
        return
    name = source.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    try:
        with _opened(source, name) as stream:
            yield from _read_stream(stream, name, Path(source).suffix.lower())
    except ReadingError as error:
        yield error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        yield ReadingError(f"{quoted(name)} cannot be read: {reason}.", article=name)


def read_stream(stream: BinaryIO, id: str) -> Iterator[Article | ReadingError]:
    """The articles of a binary stream such as standard input, as `read` would give them.

    It is JSONL if its first line is an object with a `text`, a page if it begins as HTML does,
    else plain text.
    """
    try:
        yield from _read_stream(stream, id, "")
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


def _read_stream(stream: BinaryIO, name: str, suffix: str) -> Iterator[Article | ReadingError]:
    if suffix in _JSONL:
        yield from jsonl.articles(jsonl.lines_of(stream), name)
        return
    known = suffix in _TEXT | _MARKDOWN | _HTML
    head = [] if known else _first_lines(stream)
    if head and jsonl.is_article(head[-1]):
        yield from jsonl.articles(chain(head, jsonl.lines_of(stream)), name)
        return
    begun = b"".join(head)
    data = begun + stream.read(max(MAX_BYTES + 1 - len(begun), 0))
    is_html = suffix in _HTML or (suffix not in _TEXT | _MARKDOWN and looks_like_html(data))
    yield _article(data, name, is_html=is_html, is_markdown=suffix in _MARKDOWN)


def _first_lines(stream: BinaryIO) -> list[bytes]:
    """The stream's lines up to the first that is not blank."""
    lines = []
    size = 0
    while size <= MAX_BYTES and (line := stream.readline(MAX_BYTES + 1 - size)):
        lines.append(line)
        size += len(line)
        if not jsonl.is_blank(line):
            break
    return lines


def _read_url(source: str, allow_private: bool) -> Iterator[Article | ReadingError]:
    from attributor.reading.urls import fetch, without_credentials

    name = without_credentials(source)
    try:
        page = fetch(source, allow_private=allow_private)
        is_html = page.is_html or (page.content_type == "" and looks_like_html(page.body))
        yield _article(page.body, name, is_html=is_html, charset=page.charset, url=page.url)
    except ReadingError as error:
        yield error


def _article(
    data: bytes,
    name: str,
    *,
    is_html: bool,
    is_markdown: bool = False,
    charset: str | None = None,
    url: str | None = None,
) -> Article:
    refuse_long(len(data), name)
    if is_html:
        html = decode(data, name, charset or declared_charset(data))
        return article_from_html(html, id=name, url=url)
    text = decode(data, name, charset)
    title = markdown_title(text) if is_markdown else None
    return article_from_text(text, id=name, title=title, url=url)
