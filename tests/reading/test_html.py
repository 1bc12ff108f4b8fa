"""A page's article, without what surrounds it."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from support.web_site import PAGE

from attributor.errors import ReadingError
from attributor.reading import read
from attributor.reading.html_text import article_from_html, declared_charset, looks_like_html
from attributor.records import Article

LONG = "The mayor said on Tuesday that the harbour would close in May."


def test_a_page_becomes_title_and_paragraphs() -> None:
    article = article_from_html(PAGE, id="x")
    assert article.text == (
        "Harbour to close in May\n\n"
        "“The harbour closes in May, and nothing will be built there,” said mayor Ivana Peric "
        "after the council had met on Tuesday evening.\n\n"
        "Asked for a reason, she said: “Money.”"
    )
    assert (article.title, article.byline) == ("Harbour to close in May", "Nora Brandt")
    assert (article.published, article.language) == ("2024-03-05", "en-GB")


@pytest.mark.parametrize(
    ("head", "body", "published"),
    [
        ("", "<time datetime='2020-05-01T10:00'>1 May</time>", "2020-05-01"),
        ("", "<span class='date'>1 May 2020</span>", "2020-05-01"),
        ("<meta name='DC.date' content='2020-05-01'>", "<p>“In 2017,” she said.</p>", "2020-05-01"),
        ("", "<p>“We will build before the year 2017 ends,” said Ana Petric.</p>", None),
        ("", "<p>The bombing of the town on 24 March 1999 was remembered.</p>", None),
        ("", "<p>“The contract of 2011-05-04 was never signed,” said Bo Kern.</p>", None),
        ("", "<h1>What happened on 4 May 2011</h1>", None),
        (
            "",
            "<div>The log says 2011-05-04 10:00:00, and nobody has read it for a year.</div>",
            None,
        ),
        ("", "<footer>© 2015 Daily News</footer>", None),
        ("", "<time itemprop='datePublished' content='2021-03-03'>today</time>", "2021-03-03"),
        ("", "<p class='posted-on'>3 March 2021</p>", "2021-03-03"),
        ("", "<p>By Ana, <time datetime='2021-03-03'>Wednesday</time>, in 2011</p>", "2021-03-03"),
        ("", "<li><span class='date'><b>3 March 2021</b></span> © 2011</li>", "2021-03-03"),
        ("", f"<div class='publication'><p>On 2011-05-04 {LONG}</p></div>", None),
        ("", f"<!-- 2011-05-04 {LONG} --><div>{LONG}<br>2011-05-04 {LONG}</div>", None),
        (
            "<script type='application/ld+json'>"
            '{"@type": "NewsArticle", "datePublished": "2020-05-01T09:00:00Z"}</script>',
            "<p>“In 2017,” she said.</p>",
            "2020-05-01",
        ),
    ],
)
def test_a_page_is_dated_where_it_says_so_and_not_by_what_it_tells(
    head: str, body: str, published: str | None
) -> None:
    page = f"<html><head>{head}</head><body><h1>Harbour</h1>{body}<p>{LONG}</p></body></html>"
    assert article_from_html(page, id="x").published == published


@pytest.mark.parametrize("name", ["a.html", "a.htm", "a.HTML", "a.page", "a"])
def test_a_page_is_known_by_its_name_or_its_beginning(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(PAGE, encoding="utf-8")
    (article,) = read(str(path))
    assert isinstance(article, Article)
    assert article.id == str(path)
    assert article.text.startswith("Harbour to close in May\n\n“The harbour")


def test_a_page_in_an_old_charset_is_read_as_it_declares(tmp_path: Path) -> None:
    body = f"<p>{LONG}</p><p>„Ide“, reče Šćepan.</p>"
    path = tmp_path / "a.html"
    path.write_bytes(
        f'<html><head><meta charset="windows-1250"></head><body><article>{body}'.encode("cp1250")
    )
    (article,) = read(str(path))
    assert isinstance(article, Article)
    assert "„Ide“, reče Šćepan." in article.text


def test_lists_tables_and_breaks_add_no_characters() -> None:
    body = (
        f"<p>{LONG}</p><ul><li>First &amp; <b>bold</b></li><li>Second</li></ul>"
        "<table><tr><td>1</td><td>2</td></tr></table>"
        f"<div>{LONG}<br>After one break.<br><br>After two.</div>"
    )
    article = article_from_html(f"<html><body><article>{body}</article></body></html>", id="x")
    assert article.text.split("\n\n") == [
        *(LONG, "First & bold", "Second", "1", "2"),
        *(f"{LONG}\nAfter one break.", "After two."),
    ]


@pytest.mark.parametrize(
    "html",
    [
        "<html><body></body></html>",
        "<html><head><title>Sign in</title></head><body><form><input></form></body></html>",
        "<html><body><nav><a href=/>Home</a> <a href=/b>Sport</a></nav></body></html>",
        "<html><body><script>var article = 'The mayor said many things, all of them here.'",
        "",
        "<ul><li><a href=/>Home</a><li>Sport</ul>",
        "<p>Yes.</p>",
        "<html><body>" + "<div>" * 20_000 + "x",
        "<html><body><!-- " + LONG,
    ],
)
def test_a_page_without_an_article_is_refused(html: str) -> None:
    with pytest.raises(ReadingError, match="'x' has no article in it"):
        article_from_html(html, id="x")


def test_a_short_piece_of_a_page_is_an_article() -> None:
    html = f"<p>{LONG}</p>\n<p>On <b>Monday</b>.</p><script>alert(1)</script>"
    assert article_from_html(html, id="x").text == f"{LONG}\n\nOn Monday."
    for piece in (f"<div>{LONG}</div>", f"<body><p>{LONG}</p></body>"):
        assert article_from_html(piece, id="x").text == LONG


def test_scripts_and_styles_leave_nothing() -> None:
    html = f"<html><body><article><p>{LONG}</p><script>alert(1)</script><style>p{{}}</style>"
    assert article_from_html(html, id="x").text == LONG


def test_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    logger = logging.getLogger("trafilatura")
    with pytest.raises(ReadingError):
        article_from_html("<html></html>", id="x")
    logger.error("as it would for a broken page")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("data", "is_html"),
    [
        (b"<!DOCTYPE html><p>", True),
        (b"\xef\xbb\xbf \n<HTML lang=en>", True),
        (b"<?xml version='1.0'?><!-- c --> <html xmlns='x'>", True),
        (b"<!-- a --><!-- b -->\n<body>", True),
        (b"<headline>", False),
        (b"He wrote <html> and left", False),
        (b"<p>x</p>", False),
        (b"<!---->" * 600 + b"x", False),
        (b"", False),
    ],
)
def test_html_is_known_by_its_first_tag(data: bytes, is_html: bool) -> None:
    assert looks_like_html(data) is is_html


@pytest.mark.parametrize(
    ("data", "charset"),
    [
        (b"<meta charset=utf-8>", "utf-8"),
        (
            b'<META http-equiv="Content-Type" content="text/html; charset=windows-1251">',
            "windows-1251",
        ),
        (b"<?xml version='1.0' encoding='iso-8859-2'?>", "iso-8859-2"),
        (b"<p>charset=utf-8</p>", None),
    ],
)
def test_the_declared_charset_is_found(data: bytes, charset: str | None) -> None:
    assert declared_charset(data) == charset
