"""Text that is no prose: refused in a sentence that says what it is, wherever it comes from."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.archives import LEAD, PAGE, told, written

from attributor.errors import ReadingError
from attributor.reading import read, read_stream
from attributor.reading.foreign import refuse_foreign
from attributor.records import Article

MAIL = (
    "Return-Path: <desk@x.eu>\r\nReceived: from mx.x.eu\r\n by mail.y.eu; Tue, 5 Mar 2024\r\n"
    "From: Desk <desk@x.eu>\r\nSubject: =?utf-8?q?Harbour_=E2=80=93?=\r\n"
    "Message-ID: <1@x.eu>\r\nMIME-Version: 1.0\r\n"
    f"Content-Type: text/plain; charset=utf-8\r\n\r\n{LEAD}\r\n"
)
SAVED = (
    "From: <Saved by Blink>\nSnapshot-Content-Location: https://x.eu/1\nSubject: Harbour\n"
    'MIME-Version: 1.0\nContent-Type: multipart/related;\n\ttype="text/html";\n\n--b\n'
)
RECORD = (
    "WARC/1.0\r\nWARC-Type: {}\r\nWARC-Date: 2024-05-01T08:00:00Z\r\nContent-Length: 3\r\n\r\nabc"
)
FEED = f"<rss version='2.0'><channel><item><description>{LEAD}</description></item></channel></rss>"

FOREIGN = {
    "mail": (MAIL, "a mail with its headers"),
    "mail of two headers": (
        f"Subject: x\nContent-Type: text/html\n\n{LEAD}",
        "a mail with its headers",
    ),
    "mailbox": (f"From desk@x.eu Tue Mar  5 08:00:00 2024\n{MAIL}", "a mailbox (mbox)"),
    "mailbox of Thunderbird": (f"From - Tue Mar 05 08:00:00 2024\n{MAIL}", "a mailbox (mbox)"),
    "MHTML": (SAVED, "a page saved as MHTML"),
    "answer": (f"HTTP/1.1 200 OK\r\nServer: x\r\n\r\n{PAGE}", "a server's answer"),
    "RSS": (f'<?xml version="1.0"?>\n<!-- x -->\n{FEED}', "XML (a feed, RSS or Atom)"),
    "RSS without a declaration": (FEED, "XML (a feed, RSS or Atom)"),
    "Atom": (f"<feed xmlns='http://www.w3.org/2005/Atom'><title>{LEAD}</title>", "XML (a feed"),
    "RDF": (f"<rdf:RDF xmlns:rdf='x'>{LEAD}", "XML (a feed"),
    "NITF": (
        f'<!DOCTYPE nitf SYSTEM "nitf.dtd" [<!ENTITY a "b">]>\n<nitf>{LEAD}</nitf>',
        "XML (NewsML",
    ),
    "NewsML": (f"<?xml version='1.0'?><newsItem xmlns='x'>{LEAD}", "XML (NewsML, NITF)"),
    "SGML": (f"<DOC id='1'>\n<P>{LEAD}</P>\n</DOC>\n", "XML, whose text"),
    "XML of an unknown kind": (f"<?xml version='1.0'?><story>{LEAD}", "XML, whose text"),
    "WET": (RECORD.format("warcinfo") + "\r\n\r\n" + RECORD.format("conversion"), "(WET)"),
    "WARC": (RECORD.format("response"), "a crawl (WARC)"),
    "ARC": ("filedesc://x.arc 0.0.0.0 20240305 text/plain 76\n1 0 x\n", "a crawl (ARC)"),
    "CDX": (" CDX N b a m s k r M S V g\neu,x)/ 20240305\n", "the index of a crawl"),
    "RIS": (f"TY  - NEWS\nTI  - Harbour\nN2  - {LEAD}\nER  - \n", "a bibliography (RIS)"),
    "RIS of a provider": (f"Provider: X\nContent: text/x\n\n\nTY  - NEWS\nN2  - {LEAD}\n", "(RIS)"),
    "BibTeX": (f"% x\n\n@article{{a1,\n abstract = {{{LEAD}}}}}\n", "a bibliography (BibTeX)"),
    "EndNote": (f"%0 Newspaper Article\n%T Harbour\n%X {LEAD}\n", "a bibliography"),
    "iCalendar": (f"BEGIN:VCALENDAR\r\nDESCRIPTION:{LEAD}\r\n", "a calendar"),
    "vCard": ("BEGIN:VCARD\nFN:Nora Brandt\n", "an address book"),
    "WebVTT": (f"WEBVTT\n\n00:01.000 --> 00:04.000\n{LEAD}\n", "subtitles"),
    "SubRip": (f"1\r\n00:00:01,000 --> 00:00:04,000\r\n{LEAD}\r\n", "subtitles"),
    "JSON": ('{\n "body": "' + LEAD, "JSON"),
    "a list in JSON": (f'[\n [{{"body": "{LEAD}"}}]]', "JSON"),
    "strings in JSON": (f'["{LEAD}", "{LEAD}"]', "JSON"),
    "table": (f"id;title;text\n1;T;{LEAD}\n", "a table"),
    "table of Excel": (f'"Date"\t"Headline"\t"Full Text"\n2024\tT\t{LEAD}\n', "a table"),
    "JavaScript": ("/*! x v3.6.1 | (c) x */\n!function(e,t){}();", "a program"),
    "JavaScript of a module": ('"use strict";\nconst a = 1;\n', "a program"),
    "style sheet": ("body, .a > b { margin: 0; }\n", "a style sheet"),
    "style sheet with a charset": ('@charset "utf-8";\n.a{color:red}', "a style sheet"),
    "shell": ("#!/bin/sh\necho x\n", "a program"),
    "PHP": ("<?php\necho 'x';\n", "a program"),
    "SQL": ("-- MySQL dump 10.13\n", "an export of a database"),
    "TeX": (f"% x\n\\documentclass{{article}}\n{LEAD}", "a typesetter's source"),
    "robots": ("# x\nUser-agent: *\nDisallow: /a\n", "a file for robots"),
    "wget's log": ("--2024-05-01 08:00:00--  https://x.eu/\nResolving x.eu\n", "a log"),
    "a server's log": ('1.1.1.1 - - [05/Mar/2024:08:00:00 +0000] "GET / HTTP/1.1"\n', "a log"),
}


@pytest.mark.parametrize("kind", FOREIGN)
@pytest.mark.parametrize("name", ["a", "a.txt", "a.md", "index.html", "a.eml", "a.weird"])
def test_what_is_no_prose_is_refused_whatever_its_name(
    tmp_path: Path, kind: str, name: str
) -> None:
    text, said = FOREIGN[kind]
    (found,) = read(str(written(tmp_path, {name: text}) / name))
    assert isinstance(found, ReadingError)
    assert found.message.startswith(f"'{tmp_path / name}' is ")
    assert said in found.message
    assert found.exit_code == 3


@pytest.mark.parametrize("kind", FOREIGN)
@pytest.mark.parametrize("before", ["", "\n\n", "\ufeff"])
def test_what_is_no_prose_is_refused_on_standard_input_too(kind: str, before: str) -> None:
    text, said = FOREIGN[kind]
    (found,) = read_stream(io.BytesIO((before + text).encode()), "stdin")
    assert isinstance(found, ReadingError)
    assert said in found.message


def test_what_is_no_prose_is_told_in_folders_and_archives_and_the_rest_goes_on(
    tmp_path: Path,
) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.eml", MAIL)
        archive.writestr("b.txt", LEAD)
    mirror: dict[str, bytes | str] = {
        "x.eu/1/index.html": PAGE,
        "x.eu/feed/index.html": FEED,
        "y/c.warc.wet.gz": gzip.compress(FOREIGN["WET"][0].encode()),
        "z.zip": packed.getvalue(),
    }
    page, feed, wet, mail, text = told(written(tmp_path, mirror))
    assert (page, text) == ("x.eu/1/index.html", "z.zip!b.txt")
    assert "'x.eu/feed/index.html' is XML (a feed" in feed
    assert "'y/c.warc.wet.gz' is the text of a crawl (WET)" in wet
    assert "'z.zip!a.eml' is a mail" in mail


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_what_is_no_prose_is_refused_in_any_encoding_with_a_mark(encoding: str) -> None:
    (found,) = read_stream(io.BytesIO(FEED.encode(encoding)), "stdin")
    assert isinstance(found, ReadingError)
    assert "is XML" in found.message


def test_more_than_an_article_of_it_is_named_for_what_it_is(tmp_path: Path) -> None:
    (said,) = told(written(tmp_path, {"all.mbox": FOREIGN["mailbox"][0] + "a" * 20_000_000}))
    assert "is a mailbox (mbox)" in said


@pytest.mark.parametrize("member", ["archive/data.warc.gz", "datapackage.json"])
def test_a_wacz_is_named_for_what_it_is(tmp_path: Path, member: str) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(member, b"x")
    (said,) = told(written(tmp_path, {"c.wacz": packed.getvalue()}))
    assert "looks like a crawl packed as WACZ: unpack it and give its WARC files" in said


PROSE = [
    f"From Berlin Tue Mar 5: {LEAD}",
    f"From: Nora Brandt\nTo: Ivana Peric\nSent: Tuesday\nSubject: Harbour\n\n{LEAD}",
    f"Subject: the harbour\n\n{LEAD}",
    f"Received: 5 March 2024\nAccepted: 6 March 2024\n\n{LEAD}",
    f"Content-Type: a short history\nAuthor: Nora Brandt\n\n{LEAD}",
    f"MIME-Version: 1.0 is how each mail begins. {LEAD}",
    f"{LEAD}\nMIME-Version: 1.0\nContent-Type: text/plain\n",
    f"TY - so signs the mayor. {LEAD}",
    f"WARC is a format. {LEAD}",
    f"HTTP/2 is new. {LEAD}",
    f"[Reuters] – {LEAD}",
    f'["We close," she said] {LEAD}',
    f'{{"We close," she said}} {LEAD}',
    f"1\n{LEAD}",
    f"@mayor, who knows? {LEAD}",
    f"@media reports: {{none}}. {LEAD}",
    f"News, text, pictures\n{LEAD}",
    f"Title | Date\n{LEAD}",
    f"<Nora Brandt> {LEAD}",
    f"<b>Harbour</b> {LEAD} <i>Nora Brandt</i>",
    f"<p>{LEAD}</p>",
    f"# User-agent: a history\n\n{LEAD}",
    f"function over form. {LEAD}",
    f"-- {LEAD}",
    f"HARBOUR: {{a}} {LEAD}",
    f"---\ntitle: Harbour\ndate: 2024-03-05\n---\n\n{LEAD}",
    f"BEGIN: VCR. {LEAD}",
    f"Record 1 of 3 is {LEAD}",
]


@pytest.mark.parametrize("text", PROSE)
@pytest.mark.parametrize("name", ["a", "a.txt"])
def test_an_article_that_looks_a_little_like_it_is_read(
    tmp_path: Path, text: str, name: str
) -> None:
    (found,) = read(str(written(tmp_path, {name: text}) / name))
    assert isinstance(found, Article), found
    assert found.text == text


def refusal(data: bytes) -> str | None:
    try:
        refuse_foreign(data, "x")
    except ReadingError as error:
        return error.message
    return None


@given(st.binary(max_size=60), st.sampled_from([text for text, _ in FOREIGN.values()]))
def test_any_beginning_is_told_in_a_sentence_or_read(odd: bytes, text: str) -> None:
    for data in (odd, odd + text.encode(), text.encode()[: len(odd)] + odd):
        said = refusal(data)
        assert said is None or (said.startswith("'x' is ") and said.endswith("."))
    assert refusal(text.encode())
