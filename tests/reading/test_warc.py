"""WARC: what a crawl holds of articles, and crawls that are broken."""

from __future__ import annotations

import gzip
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.archives import HTML, LEAD, PAGE, articles, crawl, listed, told

from attributor.errors import ReadingError
from attributor.reading import MAX_BYTES
from attributor.reading.warc import joined
from attributor.records import Article


@pytest.fixture
def one(tmp_path: Path) -> Path:
    return tmp_path / "c.warc.gz"


def test_pages_and_texts_are_articles_with_address_and_date(one: Path) -> None:
    dated = PAGE.replace("<title>", '<meta name="date" content="2020-02-03"><title>')
    one.write_bytes(
        crawl(
            ("https://x.eu/1", HTML, PAGE.encode()),
            ("https://x.eu/2", HTML, dated.encode()),
            ("https://x.eu/3", "text/plain", f"{LEAD}“x”\r\n".encode()),
        )
    )
    page, with_date, text = articles(one)
    assert [page.id, with_date.id, text.id] == ["c.warc.gz:3", "c.warc.gz:5", "c.warc.gz:7"]
    assert (page.url, page.published) == ("https://x.eu/1", "2024-05-01T08:00:00Z")
    assert page.text.startswith("Harbour to close\n\nThe mayor")
    assert with_date.published == "2020-02-03"
    assert text.text == f"{LEAD}“x”\r\n"


def test_what_is_no_page_is_left_out(one: Path) -> None:
    good = ("https://x.eu/good", HTML, PAGE.encode())
    one.write_bytes(
        crawl(
            ("https://x.eu/a.png", "image/png", b"\x89PNG"),
            ("https://x.eu/robots.txt", "text/plain", b"User-agent: *"),
            ("https://x.eu/none", "", PAGE.encode()),
            ("dns:x.eu", "text/dns", b"x.eu. 300 IN A 192.0.2.1"),
            good,
        )
    )
    assert told(one) == ["c.warc.gz:11"]
    one.write_bytes(crawl(good, status="404 Not Found"))
    (said,) = told(one)
    assert "holds no page that was answered with status 200" in said


def test_a_page_without_an_article_is_told(one: Path) -> None:
    one.write_bytes(
        crawl(("https://x.eu/", HTML, b"<html><body><a href='/'>Home</a></body></html>"))
    )
    assert "'c.warc.gz:3' has no article in it" in told(one)[0]


@pytest.mark.parametrize("media", ["text/html; charset=windows-1250", 'text/html;CHARSET="cp1250"'])
def test_the_charset_of_the_header_is_believed(one: Path, media: str) -> None:
    body = PAGE.replace("said later", "rekla je u Čačku").encode("cp1250", "replace")
    one.write_bytes(crawl(("https://x.eu/", media, body)))
    assert "rekla je u Čačku" in articles(one)[0].text


def _raw_deflate(data: bytes) -> bytes:
    stage = zlib.compressobj(wbits=-15)
    return stage.compress(data) + stage.flush()


PACK: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "raw": _raw_deflate,
    "unpacked": bytes,
}


@pytest.mark.parametrize("encoding", PACK)
def test_bodies_are_unpacked(one: Path, encoding: str) -> None:
    named = {"raw": "deflate", "unpacked": "gzip"}.get(encoding, encoding)
    body = PACK[encoding](PAGE.encode())
    one.write_bytes(crawl(("https://x.eu/", HTML, body), Content_Encoding=named))
    assert len(articles(one)) == 1


def test_bodies_in_chunks_are_joined(one: Path) -> None:
    data = PAGE.encode()
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (data[:90], data[90:]))
    body = chunks + b"0\r\n\r\n"
    one.write_bytes(crawl(("https://x.eu/", HTML, body), Transfer_Encoding="chunked"))
    assert articles(one)[0].text.startswith("Harbour to close")


@pytest.mark.parametrize("address", ["javascript:alert(1)", "ftp://x.eu/1", "data:,x", "", "%"])
def test_a_page_is_read_whatever_its_address_which_is_kept_if_it_is_of_the_web(
    one: Path, address: str
) -> None:
    one.write_bytes(crawl((address, HTML, PAGE.encode()), ("HTTPS://x.eu/", HTML, PAGE.encode())))
    odd, good = articles(one)
    assert (odd.id, odd.url) == ("c.warc.gz:3", None)
    assert good.url == "HTTPS://x.eu/"


def test_a_password_in_an_address_is_not_kept(one: Path) -> None:
    one.write_bytes(crawl(("https://me:s3cret@x.eu/1", HTML, PAGE.encode())))
    assert articles(one)[0].url == "https://x.eu/1"


def chunked(data: bytes, *sizes: int) -> bytes:
    """The data in chunks, which claim to have these sizes in place of their own."""
    parts = [data[:90], data[90:300], data[300:]]
    claimed = [size or len(part) for size, part in zip(sizes, parts, strict=True)]
    both = zip(claimed, parts, strict=True)
    return b"".join(b"%x\r\n%s\r\n" % one for one in both) + b"0\r\n\r\n"


@pytest.mark.parametrize("sizes", [(80, 0, 0), (0, 215, 0), (0, 90, 0), (0, 0, 9), (0, 0, 9999)])
def test_chunks_whose_lengths_are_false_are_no_text(one: Path, sizes: tuple[int, ...]) -> None:
    body = chunked(LEAD.encode() * 20, *sizes)
    good = ("https://x.eu/2", "text/plain", chunked(LEAD.encode() * 20, 0, 0, 0))
    pages = (("https://x.eu/1", "text/plain", body), good)
    one.write_bytes(crawl(*pages, Transfer_Encoding="chunked"))
    said, id = told(one)
    assert said.startswith("'c.warc.gz:3' ")
    assert "the lengths of its chunks are false" in said or "breaks off" in said
    assert id == "c.warc.gz:5"
    assert articles_text(one) == LEAD * 20


def articles_text(one: Path) -> str:
    return next(e.article.text for e in listed(one) if isinstance(e.article, Article))


@given(st.binary(max_size=40), st.lists(st.integers(1, 9), max_size=9), st.binary(max_size=9))
def test_chunks_are_joined_as_they_were_cut_or_refused(
    data: bytes, sizes: list[int], odd: bytes
) -> None:
    parts, at = [], 0
    for size in [*sizes, len(data) + 1]:
        parts += [data[at : at + size]] if data[at : at + size] else []
        at += size
    whole = b"".join(b"%X;a=b\r\n%s\r\n" % (len(part), part) for part in parts)
    assert joined(whole + b"0\r\n\r\n" + odd, "x") == data
    if parts:
        with pytest.raises(ReadingError, match="breaks off"):
            joined(whole, "x")


def test_a_plain_body_that_claims_to_come_in_chunks_is_read(one: Path) -> None:
    one.write_bytes(crawl(("https://x.eu/", HTML, PAGE.encode()), Transfer_Encoding="chunked"))
    assert len(articles(one)) == 1


@pytest.mark.parametrize("encoding", ["br", "zstd"])
@pytest.mark.parametrize(
    ("media", "body"),
    [(HTML, PAGE.encode()), (HTML, PAGE.encode("utf-16")[2:]), ("text/plain", LEAD.encode())],
)
def test_a_plain_body_that_claims_to_be_compressed_is_read(
    one: Path, encoding: str, media: str, body: bytes
) -> None:
    one.write_bytes(crawl(("https://x.eu/", media, body), Content_Encoding=encoding))
    assert ("is compressed as" in told(one)[0]) == (b"\0" in body)


@pytest.mark.parametrize(
    "junk",
    [
        b"no record",
        b"WARC/1.0\r\nContent-Length: 99\r\n\r\nx",
        b"WARC/1.0\r\nX: " + b"a" * 2_000_000,
    ],
    ids=["text", "short", "long header"],
)
def test_a_junk_record_costs_itself_alone_where_records_are_compressed_one_by_one(
    one: Path, junk: bytes
) -> None:
    good = crawl(PAGES[0])
    one.write_bytes(gzip.compress(junk) + good + gzip.compress(junk) + good)
    first, page, second, last = told(one)
    assert (page, last) == ("c.warc.gz:4", "c.warc.gz:8")
    assert first.startswith("'c.warc.gz:1' is no whole record, and is passed over")
    assert second.startswith("'c.warc.gz:5' is no whole record, and is passed over")
    one.write_bytes(good + gzip.compress(junk))
    page, said = told(one)
    assert page == "c.warc.gz:3"
    assert said.startswith("'c.warc.gz' ")


def test_a_compression_that_is_not_read_is_told(one: Path) -> None:
    one.write_bytes(crawl(("https://x.eu/", HTML, b"x"), Content_Encoding="br"))
    assert "is compressed as 'br', which is not read" in told(one)[0]


def test_a_body_that_unpacks_without_end_is_refused(one: Path) -> None:
    bomb = gzip.compress(bytes(MAX_BYTES * 2))
    page = ("https://x.eu/", HTML, bomb)
    one.write_bytes(crawl(page, page, Content_Encoding="gzip"))
    assert ["is longer than 20 MB" in said for said in told(one)] == [True, True]


PAGES = [(f"https://x.eu/{n}", HTML, PAGE.encode()) for n in range(4)]


@pytest.mark.parametrize("name", ["c.warc.gz", "c.warc"])
def test_what_came_before_a_break_is_kept_and_the_break_is_one_error(
    tmp_path: Path, name: str
) -> None:
    data = crawl(*PAGES, packed=name.endswith("gz"))
    (tmp_path / name).write_bytes(data[:-100])
    *ids, broken = told(tmp_path / name)
    assert ids == [f"{name}:{number}" for number in (3, 5, 7)]
    assert f"'{name}' breaks off before its end" in broken


def test_one_gzip_stream_around_all_records_is_read_too(one: Path) -> None:
    one.write_bytes(gzip.compress(crawl(*PAGES, packed=False)))
    assert len(articles(one)) == 4


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"no WARC at all", id="other"),
        pytest.param(b"WARC/1.0\r\nContent-Length: 99\r\n\r\nx", id="short"),
        pytest.param(b"WARC/1.0\r\n" + b"X: " + b"a" * 3_000_000, id="one header without end"),
        pytest.param(b"WARC/1.0\r\n" + b"X: y\r\n" * 500_000, id="headers without end"),
    ],
)
def test_what_is_no_warc_is_told_on_nobodys_terminal(
    tmp_path: Path, data: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "c.warc").write_bytes(data)
    (said,) = told(tmp_path / "c.warc")
    assert said.startswith("'c.warc' ")
    assert capfd.readouterr() == ("", "")


def test_a_length_that_is_wrong_costs_its_record_on_nobodys_terminal(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    data = crawl(*PAGES, packed=False)
    length = data.split(b"Content-Length: ")[3].split(b"\r\n")[0]
    (tmp_path / "c.warc").write_bytes(data.replace(length, b"5".rjust(len(length), b"0"), 1))
    assert told(tmp_path / "c.warc")
    assert capfd.readouterr() == ("", "")


def test_records_longer_than_an_article_are_passed_over(one: Path) -> None:
    long = ("https://x.eu/", "text/plain", b"a" * (MAX_BYTES + 2_000_000))
    image = ("https://x.eu/", "image/png", b"a" * (MAX_BYTES + 2_000_000))
    one.write_bytes(crawl(image, long, PAGES[0]))
    refused, page = told(one)
    assert "is longer than 20 MB" in refused
    assert page == "c.warc.gz:7"


def test_without_warcio_it_is_said_what_to_install(
    one: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one.write_bytes(crawl(*PAGES))
    monkeypatch.setitem(sys.modules, "warcio.archiveiterator", None)
    (said,) = told(one)
    assert said.endswith("warcio is needed: install attributor with its extra 'archive'.")
