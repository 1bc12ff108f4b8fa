"""The way from any file's bytes to its articles: by its name to the reader of its format.

    found_in(stream, name)
        .warc (.gz)                warc
        .gz, .bz2, .xz             decompress, then by the name that is left
        .jsonl, .ndjson            jsonl
        .zip, .tar                 containers, then each member as a file of its own
        .csv, .tsv, .parquet       tables, parquet_tables
        .json                      jsonlists
        anything else              a text, a page, or JSONL by its beginning

The readers know nothing of each other and nothing of this module, which alone goes into archives.
It imports each where a file is of its format, since most calls read one text.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import PurePosixPath
from typing import BinaryIO

from attributor.errors import ReadingError, quoted
from attributor.reading.articles import MAX_BYTES, FoundArticle
from attributor.reading.html_text import looks_like_html
from attributor.reading.options import ReadingOptions
from attributor.reading.pages import article_from_page
from attributor.reading.streams import MAX_BLANK_LINES, READ_BYTES

TEXT = {".txt", ".text"}
"""Suffixes of plain texts."""
MARKDOWN = {".md", ".markdown"}
"""Suffixes of Markdown."""
HTML = {".html", ".htm", ".xhtml"}
"""Suffixes of web pages."""
JSONL = {".jsonl", ".ndjson"}
"""Suffixes of files with one JSON object a line."""
COMPRESSIONS = {".gz", ".bz2", ".xz"}
"""Suffixes of compressed files."""
ARCHIVES = {".zip", ".tar"}
"""Suffixes of files that hold files."""
MAX_LEVELS = 2
"""How many archives a file may lie in: an archive may hold archives, but those none."""


def _in_table(stream: BinaryIO, name: str, options: ReadingOptions) -> Iterator[FoundArticle]:
    from attributor.reading import tables

    return tables.articles(stream, name, options)


def _in_parquet(stream: BinaryIO, name: str, options: ReadingOptions) -> Iterator[FoundArticle]:
    from attributor.reading import parquet_tables

    return parquet_tables.articles(stream, name, options)


def _in_json(stream: BinaryIO, name: str, options: ReadingOptions) -> Iterator[FoundArticle]:
    from attributor.reading import jsonlists

    return jsonlists.articles(stream, name, options)


Reader = Callable[[BinaryIO, str, ReadingOptions], Iterator[FoundArticle]]
"""Reads the articles of a stream with a file's name."""
TABULAR: dict[str, Reader] = {
    ".csv": _in_table,
    ".tsv": _in_table,
    ".tab": _in_table,
    ".parquet": _in_parquet,
    ".json": _in_json,
}
"""The reader of each format that holds many articles with their fields, by the file's suffix."""
_LONG_SUFFIXES = {".tgz": ".tar.gz", ".tbz2": ".tar.bz2", ".tbz": ".tar.bz2", ".txz": ".tar.xz"}
"""What the short suffixes of compressed tar files stand for."""


def found_in(
    stream: BinaryIO, name: str, options: ReadingOptions, level: int = 0
) -> Iterator[FoundArticle]:
    """The articles of a file called `name`; where it breaks off, an error comes last.

    Args:
        stream: its bytes.
        name: what its articles' ids and the messages begin with; its end tells the format.
        options: how tables are to be read.
        level: how many archives the file is in.
    """
    try:
        yield from _by_name(stream, name, options, level)
    except ReadingError as error:
        yield FoundArticle(name, name, error.about(name))  # type: ignore[arg-type]


def _by_name(
    stream: BinaryIO, name: str, options: ReadingOptions, level: int
) -> Iterator[FoundArticle]:
    suffix, compression = kind(name)
    if suffix == ".warc":
        from attributor.reading import warc

        yield from warc.articles(_warc_streams(stream, name, compression), name, options.encoding)
        return
    if compression:
        from attributor.reading import decompress

        stream = decompress.unpacked(stream, name, compression)
    if suffix in JSONL:
        from attributor.reading import jsonl

        yield from jsonl.articles(jsonl.lines_of(stream), name, options)
    elif suffix in ARCHIVES:
        yield from _in_archive(stream, name, options, level)
    elif reader := TABULAR.get(suffix):
        yield from reader(stream, name, options)
    else:
        yield from by_beginning(stream, name, suffix, options)


def _warc_streams(stream: BinaryIO, name: str, compression: str) -> Iterable[BinaryIO]:
    """The parts of a WARC that can be read on from where one before them is damaged."""
    from attributor.reading import decompress

    if compression == ".gz":
        return decompress.members(stream, name)
    return [decompress.unpacked(stream, name, compression) if compression else stream]


def _in_archive(
    stream: BinaryIO, name: str, options: ReadingOptions, level: int
) -> Iterator[FoundArticle]:
    """The articles of an archive's members, in its order; a bad one does not cost the others.

    Raises:
        ReadingError: the archive cannot be read, or lies too deep in others.
    """
    if level >= MAX_LEVELS:
        raise ReadingError(
            f"{quoted(name)} lies two archives deep, and archives are read one level deep in "
            "others: unpack the outer one and give the files.",
            article=name,
        )
    from attributor.reading import containers

    suffix, _ = kind(name)
    for member, content in containers.members(stream, name, suffix):
        if isinstance(content, ReadingError):
            yield FoundArticle(member, member, content)
        else:
            buffered = io.BufferedReader(content, READ_BYTES)
            yield from found_in(buffered, member, options, level + 1)


def kind(name: str) -> tuple[str, str]:
    """The suffix that tells the format of a file, and the one of its compression, or ""."""
    lower = name.lower()
    suffix = PurePosixPath(lower).suffix
    if suffix in _LONG_SUFFIXES:
        lower = lower.removesuffix(suffix) + _LONG_SUFFIXES[suffix]
    path = PurePosixPath(lower)
    if path.suffix not in COMPRESSIONS:
        return path.suffix, ""
    return PurePosixPath(path.stem).suffix, path.suffix


def by_beginning(
    stream: BinaryIO, name: str, suffix: str, options: ReadingOptions
) -> Iterator[FoundArticle]:
    """What a text or a page holds; one without a known suffix may also be JSONL.

    Raises:
        ReadingError: there is no article in it.
    """
    head: list[bytes] = []
    if suffix not in TEXT | MARKDOWN | HTML:
        head = _first_lines(stream)
        if head and head[-1].lstrip(b"\xef\xbb\xbf").startswith(b"{"):
            from attributor.reading import jsonl

            if jsonl.is_article(head[-1]):
                yield from jsonl.articles(chain(head, jsonl.lines_of(stream)), name, options)
                return
    data = _whole(b"".join(head), stream)
    is_html = suffix in HTML or (suffix not in TEXT | MARKDOWN and looks_like_html(data))
    article = article_from_page(
        data,
        name,
        is_html=is_html,
        is_markdown=suffix in MARKDOWN,
        otherwise=options.encoding,
    )
    yield FoundArticle(name, name, article)


def _whole(begun: bytes, stream: BinaryIO) -> bytes:
    """A text of which `begun` was read, up to a little more than an article may have.

    Raises:
        ReadingError: the stream breaks off.
    """
    data = bytearray(begun)
    while len(data) <= MAX_BYTES and (piece := stream.read(READ_BYTES)):
        data += piece
    return bytes(data)


def _first_lines(stream: BinaryIO) -> list[bytes]:
    """The stream's lines up to the first that is not blank, or to more than any article has."""
    lines = []
    size = 0
    while size <= MAX_BYTES and (line := stream.readline(MAX_BYTES + 1 - size)):
        lines.append(line)
        size += len(line)
        if line.strip(b" \t\r\n\xef\xbb\xbf") or len(lines) > MAX_BLANK_LINES:
            break
    return lines
