"""A web page's article: main text, title, byline, date and language, without the furniture."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from attributor.errors import ReadingError, quoted
from attributor.reading.articles import article_from_text
from attributor.reading.quoted_elements import set_marks
from attributor.records import Article

_HTML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html|head|body)\b", re.I
)
"""The beginning of a web page."""
_COMMENT = re.compile(rb"<!--.*?-->\s*", re.DOTALL)
"""A comment, which may stand before the beginning."""
_CHARSET = re.compile(rb"""<(?:meta|\?xml)[^>]*?(?:charset|encoding)=["']?([\w:.-]+)""", re.I)
_LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(?:[-_][a-zA-Z0-9]+)*")
"""The code of a language in a page."""
_INLINE_TAGS = {"hi", "ref", "del", "code", "graphic"}
"""Elements of trafilatura's result that stand within a line."""
_MIN_PARAGRAPH_CHARACTERS = 40
"""The length that one paragraph of every article has, and none of a menu or a form."""
_DATE_NAMES = re.compile(r"dat|time|publi|post(?:ed|-?on)|stamp|pubdate", re.I)
"""What an element is called that holds a date."""
_MAX_DATE_CHARACTERS = 60
"""The longest text of an element that holds a date, with a word or two beside it."""
_TEXT_TAGS = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "blockquote", "footer"))
"""Elements of running text, in which a date is not that of the page."""


def looks_like_html(data: bytes) -> bool:
    """Whether `data` begins as a web page does."""
    return _HTML.match(_COMMENT.sub(b"", data[:4096])) is not None


def declared_charset(data: bytes) -> str | None:
    """The charset that a page declares for itself near its beginning."""
    declared = _CHARSET.search(data[:4096])
    return declared[1].decode("ascii", "replace") if declared else None


def article_from_html(html: str, *, id: str, url: str | None = None) -> Article:
    """The article in a page: its title, then its paragraphs, with blank lines between them.

    Raises:
        ReadingError: there is no article in the page.
    """
    import logging

    import trafilatura
    from trafilatura.settings import set_date_params

    # Without a handler of its own, its warnings would be printed to the user's terminal.
    logging.getLogger("trafilatura").addHandler(logging.NullHandler())
    tree = trafilatura.load_html(html)
    language, published = _language(tree), _published(tree, url)
    if tree is not None:
        set_marks(tree, language)
    page: Any = trafilatura.bare_extraction(
        tree,
        url=url,
        with_metadata=True,
        include_comments=False,
        date_extraction_params=set_date_params(extensive=False),  # it is not taken, see _published
    )
    if page is None and "<html" not in html[:4096].lower():  # a piece of a page
        piece = trafilatura.load_html(f"<html><body>{html}</body></html>")
        if piece is not None:
            set_marks(piece, language)
        page = trafilatura.bare_extraction(piece, url=url)
    paragraphs = [] if page is None or page.body is None else _paragraphs(page.body)
    if page is None or not any(len(p) >= _MIN_PARAGRAPH_CHARACTERS for p in paragraphs):
        raise ReadingError(
            f"{quoted(id)} has no article in it: save the article's text and give that.",
            article=id,
        )
    return article_from_text(
        "\n\n".join(_titled(page.title, paragraphs)),
        id=id,
        title=page.title or None,
        byline=page.author or None,
        published=published,
        url=url or page.url or None,
        language=language,
    )


def _language(tree: Any) -> str | None:
    declared = "" if tree is None else tree.get("lang") or ""
    return declared if _LANGUAGE.fullmatch(declared) else None


def _published(tree: Any, url: str | None) -> str | None:
    """The day in ISO 8601 that a page states, which no sentence of its article is taken for.

    htmldate looks into head, JSON-LD, address and what elements are called, and then for anything
    like a date; so it is not shown what is too long for one, headings, paragraphs and the foot.
    """
    from htmldate import find_date

    if tree is None:
        return None
    for given in tree.xpath("//*[@itemprop='datePublished']/@*[name()!='itemprop']"):
        if re.match(r"\d{4}-\d\d-\d\d", given):
            return str(given[:10])
    page = deepcopy(tree)
    for body in page.iter("body"):
        _leave_dates(body)
    found: str | None = find_date(page, url=url, extensive_search=False, original_date=True)
    return found


def _leave_dates(body: Any) -> None:
    """Leave no text but what may be a date: in an element that is called so, or short and alone."""
    stack = [(child, False) for child in body]
    while stack:
        element, is_told = stack.pop()
        if element.tag == "script" or _holds_date(element):
            continue
        is_told = is_told or element.tag in _TEXT_TAGS
        if is_told or len(element.text or "") > _MAX_DATE_CHARACTERS:
            element.text = None
        for child in element:
            if is_told or len(child.tail or "") > _MAX_DATE_CHARACTERS:
                child.tail = None
            stack.append((child, is_told))


def _holds_date(element: Any) -> bool:
    called = " ".join(element.get(name) or "" for name in ("class", "id", "itemprop"))
    if element.tag not in ("time", "abbr") and not _DATE_NAMES.search(called):
        return False
    length = 0
    for text in element.itertext():
        length += len(text.strip())
        if length > _MAX_DATE_CHARACTERS:
            return False
    return True


def _titled(title: str | None, paragraphs: list[str]) -> list[str]:
    """The paragraphs with the title first, and only there."""
    if not title:
        return paragraphs
    rest = list(paragraphs)
    if title in rest:
        rest.remove(title)
    return [title, *rest]


def _paragraphs(body: Any) -> list[str]:
    return blocks("".join(_pieces(body)))


def blocks(text: str) -> list[str]:
    """The paragraphs of `text`, which blank lines part, without white space around their lines."""
    blocks = re.split(r"\n{2,}", text)
    lines = ("\n".join(line.strip(" ") for line in block.split("\n")) for block in blocks)
    return [block for block in (lines_.strip() for lines_ in lines) if block]


def _pieces(element: Any) -> Iterator[str]:
    """The text under `element`: a line break where the page has one, two around each block."""
    yield flowed(element.text)
    for child in element:
        if child.tag == "lb":
            yield "\n"
        elif child.tag in _INLINE_TAGS:
            yield from _pieces(child)
        else:
            yield "\n\n"
            yield from _pieces(child)
            yield "\n\n"
        yield flowed(child.tail)


def flowed(text: str | None) -> str:
    """A text as a browser flows it: white space and line ends are one space."""
    return re.sub(r"[ \t\r\n\f]+", " ", text or "")
