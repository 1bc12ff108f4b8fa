"""A text and what is known about it as an Article; the text is never altered."""

from __future__ import annotations

import re
from typing import NamedTuple

from attributor.errors import ReadingError, quoted
from attributor.records import Article

MAX_BYTES = 20_000_000
"""The longest article that is read: bytes of a file or download, code points of a text."""

_HEADING = re.compile(r"^# +([^\r\n]+?)[ #]*\r?$", re.MULTILINE)
"""A top-level heading in Markdown."""
LONE_SURROGATE = re.compile("[\ud800-\udfff]")
"""Half a character, which UTF-8 cannot write."""
_CREDENTIALS = re.compile(r"(?<=://)(?:[^/?#]*@|(?!\[)[^/?#@]*:(?!\d*(?:[/?#]|$)).*@)", re.DOTALL)
"""A user's name and password in a URL."""


class FoundArticle(NamedTuple):
    """What stands at one place of a file: an article, or why there is none."""

    file: str
    """The file's name, with the member's if it is an archive: "dump.zip!a/b.csv"."""
    place: str
    """The file's name with the row: what an article is called that has no id of its own."""
    article: Article | ReadingError


def article_from_text(
    text: str,
    *,
    id: str,
    title: str | None = None,
    byline: str | None = None,
    published: str | None = None,
    url: str | None = None,
    language: str | None = None,
) -> Article:
    """The Article whose text is `text`, exactly.

    Raises:
        ReadingError: there are no words in it, it is longer than `MAX_BYTES`, or it holds half a
            character that no file could keep.
    """
    refuse_long(len(text), id)
    if not text.strip():
        state = "holds nothing but white space" if text else "is empty"
        raise ReadingError(f"{quoted(id)} {state}: give it the article's text.", article=id)
    if half := LONE_SURROGATE.search(text):
        raise ReadingError(
            f"{quoted(id)} holds half a character (a lone surrogate) at offset {half.start()}: "
            "save it anew as UTF-8.",
            article=id,
        )
    return Article(
        id=id,
        title=title,
        byline=byline,
        published=published,
        url=url and without_credentials(url),
        language=language,
        text=text,
    )


def without_credentials(url: str) -> str:
    """`url` without a user's name and password, however malformed it is."""
    return _CREDENTIALS.sub("", url)


def markdown_title(text: str) -> str | None:
    """The first top-level heading of a Markdown text, if it has one."""
    heading = _HEADING.search(text)
    return heading[1] if heading else None


def refuse_long(size: int, name: str) -> None:
    """Raise ReadingError if `size` (bytes or code points) is more than `MAX_BYTES`."""
    if size > MAX_BYTES:
        raise ReadingError(
            f"{quoted(name)} is longer than {MAX_BYTES // 1_000_000} MB, more than any article: "
            "split it, or give many articles as JSONL (one a line).",
            article=name,
        )
