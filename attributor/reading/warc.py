"""WARC: the pages that a crawler has kept, record by record."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import urlsplit

from attributor.errors import ReadingError, quoted
from attributor.reading.articles import MAX_BYTES, Found, refuse_long
from attributor.reading.folders import FOR_MACHINES
from attributor.reading.packed import Guarded, broken_off
from attributor.reading.pages import article_from_page
from attributor.records import Article

if TYPE_CHECKING:
    from warcio.recordloader import ArcWarcRecord

_HTML = ("text/html", "application/xhtml+xml")
_TEXT = (*_HTML, "text/plain")
_HEADERS = 1_000_000  # bytes; the headers of a record, and of the answer in it
_PIECE = 1 << 16


def articles(stream: BinaryIO, name: str, encoding: str | None = None) -> Iterator[Found]:
    """The articles of a crawl: what was answered with status 200 and HTML or plain text.

    Each is called "{name}:{number of its record}", from 1 and all records counted; its `url` is
    the record's, and it is `published` when the page says, else on the record's date.
    `encoding` is what a page is in that does not say.

    Raises:
        ReadingError: this is no WARC, or it breaks off; or warcio is not installed.
    """
    empty = True
    for number, record in enumerate(_records(stream, name), 1):
        if record is not None:
            place = f"{name}:{number}"
            try:
                article: Article | ReadingError | None = _article(*record, place, encoding)
            except ReadingError as error:
                article = ReadingError(error.message, article=place)
            if article is not None:
                empty = False
                yield Found(name, place, article)
    if empty:
        raise ReadingError(
            f"{quoted(name)} holds no page that was answered with status 200 and HTML or text: "
            "give another crawl.",
            article=name,
        )


def _records(stream: BinaryIO, name: str) -> Iterator[tuple[Any, bytes] | None]:
    """The headers and the block of each record that is an answer, None for each other."""
    guarded = Guarded(stream, name)
    records = _iterator(guarded, name)
    while True:
        guarded.left = _HEADERS
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
        block = _read(record.raw_stream, MAX_BYTES + _HEADERS if is_answer else 0)
        while record.raw_stream.read(_PIECE):
            pass
        if getattr(record.raw_stream, "limit", 0):
            raise broken_off(name, EOFError())
        yield (record.rec_headers, block) if is_answer else None


def _iterator(stream: Guarded, name: str) -> Iterator[ArcWarcRecord]:
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

    return iter(Quiet(stream, no_record_parse=True))


def _article(about: Any, block: bytes, place: str, encoding: str | None) -> Article | None:
    """The article in an answer; None if it is none by its status, type or address."""
    from warcio.statusandheaders import StatusAndHeadersParser

    url = about.get_header("WARC-Target-URI") or ""
    if not url.startswith(("http:", "https:")):
        return None
    stream = io.BytesIO(block)
    try:
        headers = StatusAndHeadersParser(["HTTP/"], verify=False).parse(stream)
    except EOFError:
        return None
    media, _, parameters = (headers.get_header("Content-Type") or "").partition(";")
    media = media.strip().lower()
    if headers.get_statuscode() != "200" or media not in _TEXT or _is_for_machines(url):
        return None
    body = _body(stream.read(), headers, place)
    article = article_from_page(
        body,
        place,
        is_html=media in _HTML,
        charset=_charset(parameters),
        otherwise=encoding,
        url=url,
    )
    crawled = about.get_header("WARC-Date")
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
    from warcio.bufferedreaders import ChunkedDataReader

    refuse_long(len(data), place)
    if (headers.get_header("Transfer-Encoding") or "").strip().lower() == "chunked":
        data = _read(ChunkedDataReader(io.BytesIO(data)), MAX_BYTES + 1)
    encoding = (headers.get_header("Content-Encoding") or "identity").strip().lower()
    if encoding in ("gzip", "x-gzip", "deflate"):
        data = _inflated(data, place)
    elif encoding not in ("identity", "none", "utf-8", ""):
        raise ReadingError(
            f"{quoted(place)} is compressed as {quoted(encoding)}, which is not read: "
            "crawl with gzip or none."
        )
    refuse_long(len(data), place)
    return data


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
