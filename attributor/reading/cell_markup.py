"""HTML in a cell of a table or a field of an object: a piece of a page, or a whole one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from attributor.reading.articles import article_from_text, without_credentials
from attributor.reading.html_text import article_from_html, blocks, flowed, looks_like_html
from attributor.reading.quoted_elements import set_marks
from attributor.records import Article

_TAGS = (
    "p|div|span|a|b|i|u|em|strong|small|sup|sub|q|cite|h[1-6]|ul|ol|li|dl|dt|dd|blockquote|pre|"
    "figure|figcaption|table|tbody|tr|td|th|section|article|header|footer|main|body|html|font|center"
)
"""Tags by which HTML in a cell is told from a text with a "<" in it."""
_BLOCKS = (
    "p|div|h[1-6]|ul|ol|li|dl|dt|dd|blockquote|pre|figure|figcaption|table|tr|td|th|section|"
    "article|header|footer|main|body|html|center|hr|aside|nav|form|address"
)
"""Tags of elements that begin a new paragraph."""
_OPENING = re.compile(rf"<(?:{_TAGS})(?:\s[^<>]{{0,2000}})?>", re.I)
"""An opening tag."""
_CLOSING = re.compile(rf"</(?:{_TAGS})\s*>", re.I)
"""A closing tag."""
_BREAK = re.compile(r"<br\s*/?>", re.I)
"""A line break."""
_BLOCK = re.compile(rf"(?:{_BLOCKS})", re.I)
"""The name of an element that begins a new paragraph."""
_BLOCK_MARKUP = re.compile(rf"</(?:{_BLOCKS})\s*>|<br\s*/?>", re.I)
"""What ends a paragraph, or a line of it."""
_UNSEEN_TAGS = (
    "script",
    "style",
    "noscript",
    "template",
    "iframe",
    "object",
    "svg",
    "button",
    "head",
)
"""Elements whose text a reader of the page does not see."""


def holds_markup(text: str) -> bool:
    """Whether a text is HTML rather than plain: elements open and close in it, or a line breaks."""
    if "<" not in text:
        return False
    return bool(_BREAK.search(text) or (_OPENING.search(text) and _CLOSING.search(text)))


def article_from_markup(html: str, *, id: str, **known: str | None) -> Article:
    """The article in a cell or a field that holds HTML, a whole page or a piece of one.

    Of a page it is what `article_from_html` finds in it. A piece has no menus to leave out: all of
    its text is the article's.

    Args:
        html: the cell's content.
        id: the article's.
        known: title, byline, published, url and language, which go before what a page says.

    Raises:
        ReadingError: there is no text in it.
    """
    if not looks_like_html(html[:4096].encode("utf-8", "replace")):
        paragraphs = _paragraphs_of_piece(html, known.get("language"))
        return article_from_text("\n\n".join(paragraphs), id=id, **known)
    page = article_from_html(html, id=id, url=known.get("url"))
    if url := known.get("url"):
        known["url"] = without_credentials(url)
    return page.model_copy(update={key: value for key, value in known.items() if value})


def _paragraphs_of_piece(html: str, language: str | None) -> list[str]:
    from lxml import etree

    if not _BLOCK_MARKUP.search(html):  # blank lines alone part its paragraphs, as in old blogs
        html = re.sub(r"\n[ \t\r]*\n", "<p>", html)
    parser = etree.HTMLParser(
        encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True
    )
    page = f"<html><body>{html}</body></html>".replace("\0", "").encode("utf-8", "replace")
    tree = etree.fromstring(page, parser)
    etree.strip_elements(tree, *_UNSEEN_TAGS, with_tail=False)
    set_marks(tree, language)
    return blocks("".join(_pieces_of_piece(tree)))


def _pieces_of_piece(tree: Any) -> Iterator[str]:
    """As `_pieces`, of HTML's own elements; not recursive, as a cell may nest them as it likes."""
    from lxml import etree

    for event, element in etree.iterwalk(tree, events=("start", "end")):
        if element.tag == "br" and event == "start":
            yield "\n"
        elif _BLOCK.fullmatch(element.tag):
            yield "\n\n"
        yield flowed(element.text if event == "start" else element.tail)
