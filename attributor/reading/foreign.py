"""What is text but no prose, told by how it begins, whatever its name ends in.

Headers, tags and encodings would be read as words, and quotes found in them. Only what no article
begins with is a sign: a line that merely looks like a header is not enough.
"""

from __future__ import annotations

import codecs
import re

from attributor.errors import ReadingError, quoted
from attributor.reading.headers import is_header
from attributor.reading.html_text import looks_like_html

_HEAD_BYTES = 1 << 16
"""How much of a file is looked at."""
_MAX_HEADER_LINES = 300
"""How many lines of a mail's headers are looked at."""
_WIDE_MARKS = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
"""The byte order marks of UTF-16, with what they stand for."""

_GIVE_TEXT = "save the article's text and give that"
"""The advice where only the text can be read."""
_DAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
"""The beginning of a date in a mailbox."""
_JSON_KEY = r'\{\s*"[^"\n]{0,200}"\s*:'
"""The beginning of a JSON object."""
_SELECTOR = r"[A-Za-z*.#:@\[](?:(?!\. )[^\n{}“”]){0,200}"
"""What a rule of a style sheet begins with."""

_BEGINNINGS = [
    (re.compile(pattern), kind, advice)
    for pattern, kind, advice in (
        (
            rf"From \S+ +{_DAY} +\d\d?,? \d\d:\d\d[^\n]*\n>?[A-Za-z][A-Za-z-]*[: ]",
            "a mailbox (mbox)",
            "save the text of each mail and give that",
        ),
        (
            r"(?s)WARC/\d(?=.*\nWARC-Type: *conversion\b)",
            "the text of a crawl (WET)",
            "give the crawl itself (WARC), or the text of each page",
        ),
        (r"WARC/\d", "a crawl (WARC)", "give it as a file whose name ends in .warc or .warc.gz"),
        (r"filedesc://", "a crawl (ARC)", "convert it to WARC and give that"),
        (r"CDX(?: [A-Za-z]){3}", "the index of a crawl (CDX)", "give the crawl itself (WARC)"),
        (r"HTTP/\d(?:\.\d)? \d{3}\b", "a server's answer with its headers", "save the page alone"),
        (
            rf'(?:\[\s*)*{_JSON_KEY}|\[\s*"(?:[^"\\\n]|\\.)*"\s*,\s*"',
            "JSON",
            "give it as a file whose name ends in .json or .jsonl",
        ),
        (r"BEGIN:V[A-Z]+\s", "a calendar or an address book (iCalendar, vCard)", _GIVE_TEXT),
        (
            r"(?:%[^\n]*\n\s*)*@[A-Za-z]+\s*[{(]\s*[^\s,{}()]*\s*,",
            "a bibliography (BibTeX)",
            _GIVE_TEXT,
        ),
        (r"(?:[^\n]*\n){0,9}?TY  - [A-Z]{2,}\s", "a bibliography (RIS)", _GIVE_TEXT),
        (
            r"%0 [A-Z][A-Za-z ]+\r?\n%[A-Z] |PMID- ?\d|FN (?:Clarivate|Thomson|ISI) ",
            "a bibliography",
            _GIVE_TEXT,
        ),
        (
            r"WEBVTT\s|\d+\r?\n\d+:\d\d:\d\d[,.]\d+ -->|\[Script Info\]|\{\d+\}\{\d+\}",
            "subtitles",
            "give what is said without the times",
        ),
        (r"(?:%[^\n]*\n\s*)*\\documentclass\b|%!PS", "a typesetter's source", _GIVE_TEXT),
        (
            r"--\d{4}-\d\d-\d\d \d\d:\d\d:\d\d--  |\S+ \S+ \S+ \[\d\d/[A-Z][a-z]{2}/\d{4}:",
            "a log",
            _GIVE_TEXT,
        ),
        (
            r"(?i)(?:#[^\n]*\n\s*)*User-agent:[^\n]*\n\s*"
            r"(?:(?:dis)?allow|crawl-delay|sitemap|user-agent|noindex)\s*:",
            "a file for robots",
            _GIVE_TEXT,
        ),
        (
            r"-- (?:MySQL|MariaDB|PostgreSQL|phpMyAdmin|--).*|CREATE TABLE [^\n]+\(|"
            r"INSERT INTO [^\n]+ VALUES\b",
            "an export of a database (SQL)",
            "export it as CSV or JSON",
        ),
        (
            r"#!\s*/|<\?php\b|/\*|(?:var|let|const) [\w$]+\s*=|function\s*[\w$]*\([^()\n]*\)\s*\{|"
            r'[!;(]+\s*function\b|["\']use strict["\'];|window[.\[]|#include [<"]|diff --git ',
            "a program or a style sheet",
            _GIVE_TEXT,
        ),
        (
            rf"@charset [\"']|@import (?:url\(|[\"'])|{_SELECTOR}\{{\s*[a-z-]+\s*:[^{{}};]+[;}}]",
            "a style sheet",
            _GIVE_TEXT,
        ),
    )
]
"""What no article begins with: a pattern, what such a file is, and what to do."""

_HEADER = re.compile(r"([A-Za-z][A-Za-z0-9-]*):(.*)")
"""A header line of a mail."""
_MAIL_HEADERS = frozenset(
    ("mime-version", "message-id", "content-transfer-encoding", "return-path", "delivered-to")
)
"""Headers that every mail has some of, and no article."""

_ROOT_ELEMENT = re.compile(
    r"((?>\s+|<\?.*?\?>|<!--.*?-->|<![A-Za-z][^>\[]*(?:\[.*?\]\s*)?>)*+)"
    r"<([A-Za-z_][\w:.-]*)(?=[\s/>])([^>]*)",
    re.DOTALL,
)
"""The prolog, the name and the attributes of the first element."""
_KINDS_OF_ROOT = {
    **dict.fromkeys(("rss", "feed", "rdf"), " (a feed, RSS or Atom)"),
    **dict.fromkeys(
        ("nitf", "newsml", "newsitem", "newsmessage", "packageitem"), " (NewsML, NITF)"
    ),
    **dict.fromkeys(("urlset", "sitemapindex", "opml", "svg", "plist"), ""),
}
"""What XML with a root of this name is called, in addition to XML."""


def refuse_foreign(data: bytes, name: str) -> None:
    """Raise ReadingError, which says what it is and what to do, if `data` are no prose and no page.

    Args:
        data: a file from its beginning.
        name: what it is called in the message.
    """
    head = _text(data[:_HEAD_BYTES])
    if looks_like_html(data):
        return
    if xml := _xml(head, data):
        raise _refusal(name, f"{xml}, whose text is not told from its markup", "give the text")
    if mail := _mail(head):
        raise _refusal(name, *mail)
    for pattern, kind, advice in _BEGINNINGS:
        if pattern.match(head):
            raise _refusal(name, kind, advice)
    if is_header(*head.split("\n", 2)[:2]):
        raise _refusal(name, "a table", "give it as a file whose name ends in .csv or .tsv")


def _refusal(name: str, kind: str, advice: str) -> ReadingError:
    return ReadingError(f"{quoted(name)} is {kind}: {advice}.", article=name)


def _text(data: bytes) -> str:
    """The beginning of a text as far as signs go, which are ASCII, without space before it."""
    for mark, encoding in _WIDE_MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace").lstrip()
    return data.removeprefix(codecs.BOM_UTF8).decode("utf-8", "replace").lstrip()


def _xml(head: str, data: bytes) -> str | None:
    """Which XML (or SGML) it is: by its declaration or root, or as it closes what it opens."""
    found = _ROOT_ELEMENT.match(head)
    if found is None:
        return "XML" if head.startswith("<?xml") else None
    from lxml.html.defs import tags as html_tags

    prolog, root, attributes = found.groups()
    kind = root.lower().rpartition(":")[2]
    is_declared = "<?xml" in prolog and kind not in ("html", "head", "body")
    if is_declared or kind in _KINDS_OF_ROOT or "xmlns" in attributes:
        return f"XML{_KINDS_OF_ROOT.get(kind, '')}"
    closes = _text(data[-200:]).rstrip().endswith(f"</{root}>")
    return "XML" if kind not in html_tags and closes else None


def _mail(head: str) -> tuple[str, str] | None:
    """What a text is that begins with a mail's headers, and what to do; None if it does not."""
    headers: dict[str, str] = {}
    for line in head.split("\n", _MAX_HEADER_LINES)[:_MAX_HEADER_LINES]:
        if not line.strip():
            break
        if line[0] in " \t":
            continue
        found = _HEADER.match(line)
        if found is None:
            return None
        headers.setdefault(found[1].lower(), found[2].strip().lower())
    is_typed = re.match(r"[a-z]+/[a-z]", headers.get("content-type", "")) is not None
    if len(headers) < 2 or not (is_typed or _MAIL_HEADERS & headers.keys()):
        return None
    if "snapshot-content-location" in headers or "multipart/related" in headers.get(
        "content-type", ""
    ):
        return "a page saved as MHTML", "save it as HTML, or its text"
    return "a mail with its headers", "save the text of the mail and give that"
