"""Encodings: told, guessed when the guess is clear, refused when it is not."""

from __future__ import annotations

import contextlib
import gzip
import random
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.archives import CYRILLIC, ENGLISH, GERMAN, SERBIAN

from attributor.errors import ReadingError
from attributor.reading.decoding import decode


@pytest.mark.parametrize("text", [SERBIAN, CYRILLIC, ENGLISH, "日本 😀 e\u0301\r\n\x00x"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-be", "utf-16-le"]
)
def test_unicode_is_read_with_or_without_its_mark(text: str, encoding: str) -> None:
    mark = "\ufeff" if encoding in ("utf-16-be", "utf-16-le") else ""
    assert decode((mark + text).encode(encoding), "a") == text


def test_only_the_first_mark_is_dropped() -> None:
    assert decode("\ufeff\ufeffa".encode(), "a") == "\ufeffa"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (SERBIAN, "cp1250"),
        (CYRILLIC, "cp1251"),
        (ENGLISH, "cp1252"),
        (ENGLISH, "mac_roman"),
        (GERMAN, "cp1252"),
        ("The café was closed on Monday.", "latin-1"),
        ("大臣は火曜日に交渉を続けると述べた。「平和を望む」と語った。", "shift_jis"),
    ],
)
def test_an_old_encoding_is_recognised_where_it_is_clear(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding), "a") == text


@pytest.mark.parametrize(
    "data",
    [
        pytest.param("Rekao je da će doći.".encode("cp1250"), id="too short"),
        pytest.param("Şu anda görüşmeler sürüyor, dedi.".encode("cp1254"), id="Turkish"),
        pytest.param("Министр иностранных дел заявил.".encode("cp866"), id="DOS"),
    ],
)
def test_an_unclear_encoding_is_refused_with_what_to_do(data: bytes) -> None:
    with pytest.raises(ReadingError, match=r"'a.txt' is not UTF-8.*--encoding windows-1250"):
        decode(data, "a.txt")


@pytest.mark.parametrize(
    ("declared", "encoding", "text"),
    [
        ("windows-1250", "cp1250", "Rekao je da će doći."),
        ("ISO-8859-1", "cp1252", "“Curly,” she said."),
        ("us-ascii", "cp1252", "“Curly,” she said."),
        ("iso-8859-5", "iso8859_5", CYRILLIC.replace("„", "").replace("“", "")),
        ("gb2312", "gb18030", "部长说：“我们希望和平”。"),
        ("utf-16", "utf-8", ENGLISH),
    ],
)
def test_a_declared_charset_is_believed_as_browsers_believe_it(
    declared: str, encoding: str, text: str
) -> None:
    assert decode(text.encode(encoding), "a", declared) == text


@pytest.mark.parametrize("declared", ["x-nonsense", "zlib", "idna", "unicode_escape", "a\0", "🙂"])
def test_a_declared_charset_that_is_none_is_passed_over(declared: str) -> None:
    assert decode(ENGLISH.encode("cp1252"), "a", declared) == ENGLISH


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(SERBIAN.encode() + b"\n" + b"caf\xe9 ", id="mixed"),
        pytest.param(CYRILLIC.encode()[:-3] + b"\xd0", id="cut off"),
    ],
)
def test_mixed_encodings_are_refused_where_they_break(data: bytes) -> None:
    with pytest.raises(ReadingError, match=r"'a' is UTF-8 but for the byte 0x\w\w in line \d"):
        decode(data, "a", "cp1252")


def test_a_mark_that_lies_is_refused() -> None:
    with pytest.raises(ReadingError, match="begins as UTF-16-LE"):
        decode(b"\xff\xfea\x00b", "a")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7 ...", "a PDF document"),
        (b"PK\x03\x04...", "a ZIP archive or an Office document"),
        (b"\x89PNG\r\n\x1a\n", "a PNG image"),
        (b"\xff\xd8\xff\xe0", "a JPEG image"),
        (b"{\\rtf1 x}", "an RTF document"),
        (gzip.compress(b"x"), "gzip-compressed data"),
        (b"\x00\x01\x02 abc" * 50, "binary"),
        (random.Random(1).randbytes(5000), "binary"),
        (ENGLISH.encode("utf-16-le").replace(b"\x20", b" "), "UTF-16 without a byte order mark"),
        (b"words " * 20 + b"\x00" * 5000, "binary"),
    ],
)
def test_binary_is_refused_with_what_it_looks_like(data: bytes, kind: str) -> None:
    with pytest.raises(ReadingError, match="'a' is not text but looks like .*" + kind):
        decode(data, "a")


def test_a_single_nul_does_not_make_a_text_binary() -> None:
    assert decode(b"a\x00 word", "a") == "a\x00 word"


@given(st.binary(max_size=300), st.sampled_from([None, "cp1250", "utf-16", "hz", "utf-7"]))
def test_any_bytes_are_a_text_or_a_refusal(data: bytes, declared: str | None) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with contextlib.suppress(ReadingError):
            decode(data, "a", declared).encode()
