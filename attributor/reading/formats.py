"""A file or a member of an archive, by its name, to the reader of its form."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import PurePosixPath
from typing import BinaryIO

from attributor.errors import ReadingError
from attributor.reading.articles import MAX_BYTES, Found
from attributor.reading.html_text import looks_like_html
from attributor.reading.pages import article_from_page
from attributor.reading.streams import MAX_BLANK
from attributor.reading.table_options import How

TEXT = {".txt", ".text"}
MARKDOWN = {".md", ".markdown"}
HTML = {".html", ".htm", ".xhtml"}
JSONL = {".jsonl", ".ndjson"}
TABLES = {".csv", ".tsv", ".tab"}
PACKINGS = {".gz", ".bz2", ".xz"}
ARCHIVES = {".zip", ".tar"}
_PIECE = 1 << 16  # bytes
_SHORT = {".tgz": ".tar.gz", ".tbz2": ".tar.bz2", ".tbz": ".tar.bz2", ".txz": ".tar.xz"}

MAX_LEVELS = 2
"""An archive may hold archives, but those none."""


def found(stream: BinaryIO, name: str, how: How, level: int = 0) -> Iterator[Found]:
    """What a file called `name` holds; where it breaks off, an error comes last.

    Args:
        stream: its bytes.
        name: what its articles' ids and the messages begin with; its end tells the form.
        how: how tables are to be read.
        level: how many archives it is in.
    """
    try:
        yield from _found(stream, name, how, level)
    except ReadingError as error:
        yield Found(name, name, error.about(name))  # type: ignore[arg-type]


def _found(stream: BinaryIO, name: str, how: How, level: int) -> Iterator[Found]:
    suffix, packing = kind(name)
    if suffix == ".warc":
        from attributor.reading import decompress as packed
        from attributor.reading import warc

        whole = [packed.unpacked(stream, name, packing) if packing else stream]
        streams = packed.members(stream, name) if packing == ".gz" else whole
        yield from warc.articles(streams, name, how.encoding)
        return
    if packing:
        from attributor.reading.decompress import unpacked

        stream = unpacked(stream, name, packing)
    if suffix in JSONL:
        from attributor.reading import jsonl

        yield from jsonl.articles(jsonl.lines_of(stream), name, how)
    elif suffix in ARCHIVES:
        from attributor.reading import containers

        yield from containers.members(stream, name, suffix, how, level)
    elif reader := _tabular(suffix):
        yield from reader(stream, name, how)
    else:
        yield from by_beginning(stream, name, suffix, how)


def kind(name: str) -> tuple[str, str]:
    """The suffix that tells the form of a file, and the one of its compression, or ""."""
    lower = name.lower()
    suffix = PurePosixPath(lower).suffix
    if suffix in _SHORT:
        lower = lower.removesuffix(suffix) + _SHORT[suffix]
    path = PurePosixPath(lower)
    if path.suffix not in PACKINGS:
        return path.suffix, ""
    return PurePosixPath(path.stem).suffix, path.suffix


def _tabular(suffix: str) -> Callable[[BinaryIO, str, How], Iterator[Found]] | None:
    if suffix in TABLES:
        from attributor.reading import tables

        return tables.articles
    if suffix == ".parquet":
        from attributor.reading import parquet_tables as parquet

        return parquet.articles
    if suffix == ".json":
        from attributor.reading import jsonlists

        return jsonlists.articles
    return None


def by_beginning(stream: BinaryIO, name: str, suffix: str, how: How) -> Iterator[Found]:
    """What a text or a page holds; one without a known suffix may also be JSONL.

    Raises:
        ReadingError: there is no article in it.
    """
    head: list[bytes] = []
    if suffix not in TEXT | MARKDOWN | HTML:
        from attributor.reading import jsonl

        head = _first_lines(stream)
        if head and jsonl.is_article(head[-1]):
            yield from jsonl.articles(chain(head, jsonl.lines_of(stream)), name, how)
            return
    data = _whole(b"".join(head), stream)
    is_html = suffix in HTML or (suffix not in TEXT | MARKDOWN and looks_like_html(data))
    article = article_from_page(
        data,
        name,
        is_html=is_html,
        is_markdown=suffix in MARKDOWN,
        otherwise=how.encoding,
    )
    yield Found(name, name, article)


def _whole(begun: bytes, stream: BinaryIO) -> bytes:
    """The rest of a text, read to a little behind the limit; what breaks off is no text at all."""
    data = bytearray(begun)
    while len(data) <= MAX_BYTES and (piece := stream.read(_PIECE)):
        data += piece
    return bytes(data)


def _first_lines(stream: BinaryIO) -> list[bytes]:
    """The stream's lines up to the first that is not blank, or to more than any article has."""
    lines = []
    size = 0
    while size <= MAX_BYTES and (line := stream.readline(MAX_BYTES + 1 - size)):
        lines.append(line)
        size += len(line)
        if line.strip(b" \t\r\n\xef\xbb\xbf") or len(lines) > MAX_BLANK:
            break
    return lines
