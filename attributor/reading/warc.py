"""WARC: the pages that a crawler has kept, record by record."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import urlsplit

from attributor.errors import ReadingError, quoted
from attributor.reading.articles import MAX_BYTES, FoundArticle, refuse_long, without_credentials
from attributor.reading.decompress import Guarded, broken_off
from attributor.reading.folders import FOR_MACHINES
from attributor.reading.html_text import looks_like_html
from attributor.reading.pages import article_from_page
from attributor.reading.streams import READ_BYTES
from attributor.records import Article

if TYPE_CHECKING:
    from warcio.recordloader import ArcWarcRecord

_HTML_TYPES = ("text/html", "application/xhtml+xml")
"""Media types of web pages."""
_TEXT_TYPES = (*_HTML_TYPES, "text/plain")
"""Media types of what is read as an article."""
_MAX_HEADER_BYTES = 1_000_000
"""How long the headers of a record, with those of the answer in it, may be."""
_CHUNK = re.compile(rb"([0-9a-fA-F]{1,16})[ \t]*(?:;[^\r\n]*)?\r?\n")
"""The line before each chunk of a body, with its length."""
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
"""Control characters, which compressed bytes hold and texts do not."""
_MIN_PLAIN_BYTES = 20
"""Compressed bytes of this length are not plain text by chance."""


def articles(
    streams: Iterable[BinaryIO], name: str, encoding: str | None = None
) -> Iterator[FoundArticle]:
    """The articles of a crawl: what was answered with status 200 and HTML or plain text.

    Each is called "{name}:{number of its record}", from 1 and all records counted; its `url` is
    the record's if that is an address of the web, and it is `published` when the page says, else
    on the record's date.

    Args:
        streams: the crawl's bytes in one piece, or one record in each, as crawlers compress them;
            what is wrong with one of them does not cost the others then.
        name: what the crawl is called.
        encoding: what a page is in that does not say.

    Raises:
        ReadingError: this is no WARC, or it breaks off; or warcio is not installed.
    """
    iterate = _iterator(name)
    number, empty = 0, True
    broken: ReadingError | None = None
    for stream in streams:
        if broken is not None:
            empty = False
            yield _passed_over(name, number)
        broken = None
        try:
            for record in _records(iterate, stream, name):
                number += 1
                if record and (found := _found(*record, name, number, encoding)):
                    empty = False
                    yield found
        except ReadingError as error:
            if getattr(getattr(stream, "raw", None), "failed", False):  # there is no next record
                raise
            broken = error
            number += 1
    if broken is not None:
        raise broken
    if empty:
        raise ReadingError(
            f"{quoted(name)} holds no page that was answered with status 200 and HTML or text: "
            "give another crawl.",
            article=name,
        )


def _found(
    about: Any, block: bytes, name: str, number: int, encoding: str | None
) -> FoundArticle | None:
    place = f"{name}:{number}"
    try:
        article = _article(about, block, place, encoding)
    except ReadingError as error:
        return FoundArticle(name, place, ReadingError(error.message, article=place))
    return None if article is None else FoundArticle(name, place, article)


def _passed_over(name: str, number: int) -> FoundArticle:
    place = f"{name}:{number}"
    problem = "is no whole record, and is passed over: get a whole copy of the crawl for it"
    return FoundArticle(name, place, ReadingError(f"{quoted(place)} {problem}.", article=place))


def _records(
    iterate: Callable[[Guarded], Iterator[ArcWarcRecord]], stream: BinaryIO, name: str
) -> Iterator[tuple[Any, bytes] | None]:
    """The headers and the block of each record that is an answer, None for each other."""
    guarded = Guarded(stream, name)
    records = iterate(guarded)
    while True:
        guarded.left = _MAX_HEADER_BYTES
        try:
            record = next(records)
        except StopIteration:
            return
        except ReadingError:
            raise
        except Exception as error:  # warcio trusts what it reads in many ways
            raise broken_off(name, error) from error
        guarded.left = None
        is_answer = record.rec_type == "response"
        block = _read(record.raw_stream, MAX_BYTES + _MAX_HEADER_BYTES if is_answer else 0)
        while record.raw_stream.read(READ_BYTES):
            pass
        if getattr(record.raw_stream, "limit", 0):
            raise broken_off(name, EOFError())
        yield (record.rec_headers, block) if is_answer else None


def _iterator(name: str) -> Callable[[Guarded], Iterator[ArcWarcRecord]]:
    try:
        from warcio.archiveiterator import WARCIterator
    except ImportError as error:
        raise ReadingError(
            f"{quoted(name)} is WARC, for which warcio is needed: "
            "install attributor with its extra 'archive'.",
            article=name,
        ) from error

    class Quiet(WARCIterator):  # type: ignore[misc]
        INC_RECORD = ""  # it would be printed to the user's terminal

    return lambda stream: iter(Quiet(stream, no_record_parse=True))


def _article(about: Any, block: bytes, place: str, encoding: str | None) -> Article | None:
    """The article in an answer; None if it is none by its status, type or address."""
    from warcio.statusandheaders import StatusAndHeadersParser

    stream = io.BytesIO(block)
    try:
        headers = StatusAndHeadersParser(["HTTP/"], verify=False).parse(stream)
    except EOFError:
        return None
    media, _, parameters = (headers.get_header("Content-Type") or "").partition(";")
    media = media.strip().lower()
    address = about.get_header("WARC-Target-URI") or ""
    url = address if address.lower().startswith(("http:", "https:")) else None
    if headers.get_statuscode() != "200" or media not in _TEXT_TYPES or _is_for_machines(address):
        return None
    body = _body(stream.read(), headers, place)
    article = article_from_page(
        body,
        place,
        is_html=media in _HTML_TYPES,
        charset=_charset(parameters),
        otherwise=encoding,
        url=url,
    )
    crawled = about.get_header("WARC-Date")
    url = url and without_credentials(url)
    return article.model_copy(update={"published": article.published or crawled, "url": url})


def _is_for_machines(url: str) -> bool:
    try:
        return urlsplit(url).path.lower().rpartition("/")[2] in FOR_MACHINES
    except ValueError:
        return False


def _charset(parameters: str) -> str | None:
    for parameter in parameters.split(";"):
        key, _, value = parameter.partition("=")
        if key.strip().lower() == "charset":
            return value.strip(" \t\"'") or None
    return None


def _body(data: bytes, headers: Any, place: str) -> bytes:
    """The answer's body without the encodings of its transfer."""
    refuse_long(len(data), place)
    if (headers.get_header("Transfer-Encoding") or "").strip().lower() == "chunked":
        data = joined(data, place)
    encoding = (headers.get_header("Content-Encoding") or "identity").strip().lower()
    if encoding in ("gzip", "x-gzip", "deflate"):
        data = _inflated(data, place)
    elif encoding not in ("identity", "none", "utf-8", "") and not _is_plain(data):
        raise ReadingError(
            f"{quoted(place)} is compressed as {quoted(encoding)}, which is not read: "
            "crawl with gzip or none."
        )
    refuse_long(len(data), place)
    return data


def joined(data: bytes, place: str) -> bytes:
    """A body that came in chunks, unless the crawler has joined it and kept the header."""
    if not _CHUNK.match(data):
        return data
    parts: list[bytes] = []
    at = 0
    while found := _CHUNK.match(data, at):
        at = found.end()
        size = int(found[1], 16)
        if not size:
            return b"".join(parts)
        parts.append(data[at : at + size])
        at += size
        end = data[at : at + 2]
        if end[:1] != b"\n" and end != b"\r\n":
            break
        at += 1 if end[:1] == b"\n" else 2
    if at >= len(data):
        raise broken_off(place, EOFError())
    raise broken_off(place, ValueError("the lengths of its chunks are false"))


def _is_plain(data: bytes) -> bool:
    """Whether a body that is said to be compressed is a page or a text, as some crawlers keep it.

    No compressed body of more than a few bytes is UTF-8 without controls.
    """
    if looks_like_html(data):
        return True
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return len(data) > _MIN_PLAIN_BYTES and not _CONTROL.search(text)


def _read(stream: Any, size: int) -> bytes:
    data = bytearray()
    while len(data) < size and (piece := stream.read(size - len(data))):
        data += piece
    return bytes(data)


def _inflated(data: bytes, place: str) -> bytes:
    """A body that was compressed, unless the crawler has unpacked it and kept the header."""
    for window in (zlib.MAX_WBITS | 32, -zlib.MAX_WBITS):
        stage = zlib.decompressobj(window)
        try:
            unpacked = stage.decompress(data, MAX_BYTES + 1)
        except zlib.error:
            continue
        if not stage.eof and len(unpacked) <= MAX_BYTES:
            raise broken_off(place, EOFError())
        return unpacked
    return data
