"""The quotation marks that a page's markup stands for: those of `<q>` and `<blockquote>`.

A browser sets marks around a `<q>`, so its text has them too. A `<blockquote>` is speech by its
layout alone, which a text has not: each of its paragraphs gets an opening mark and the last one a
closing mark, as in print; a `<cite>` or `<footer>` in it is a signature behind a dash. Where the
author set marks, or dashes, none are added.
"""

from __future__ import annotations

from typing import Any

_MARKS = {"de": "„“‚‘", "sr": "„”‚’", "hr": "„”‚’", "bs": "„”‚’", "fr": "«»“”"}
"""Marks of a quote, and of a quote inside it, by language."""
_USUAL = "“”‘’"
_WRITTEN = frozenset("“„‟”«»‹›‘‚‛’'\"″「」『』`")
_DASHES = tuple("—–―-~")
_SIGNS = ("cite", "footer")


def set_marks(tree: Any, language: str | None) -> None:
    """Write the marks into the text of an lxml tree, whose elements otherwise stay as they are.

    Args:
        tree: the page, or a piece of it.
        language: of the page, as it declares it; it decides which marks are set.
    """
    marks = _MARKS.get((language or "").lower()[:2], _USUAL)
    quotes = [(quote, _is_inner(quote)) for quote in tree.iter("q")]
    for quote, is_inner in quotes:
        if not _is_marked(quote):
            _enclose(quote, *(marks[2:] if is_inner else marks[:2]))
        quote.tag = "span"
    for block in list(tree.iter("blockquote")):
        if not any(above.tag == "blockquote" for above in block.iterancestors()):
            _mark_block(block, marks)


def _is_inner(quote: Any) -> bool:
    return any(above.tag in ("q", "blockquote") for above in quote.iterancestors())


def _mark_block(block: Any, marks: str) -> None:
    for sign in list(block.iter(*_SIGNS)):
        text = _text(sign)
        if text and not text.startswith(_DASHES) and not _follows_dash(sign):
            sign.text = f"— {(sign.text or '').lstrip()}"
    paragraphs = [p for p in block.iter("p") if _is_speech(p)] or [block]
    if _text(block) and not _is_marked(paragraphs[0]) and block.find(".//blockquote") is None:
        for paragraph in paragraphs:
            closing = marks[1] if paragraph is paragraphs[-1] else ""
            _enclose(paragraph, marks[0], closing)
    for footer in list(block.iter("footer")):
        footer.tag = "p"  # or it would be taken for the page's furniture


def _is_speech(paragraph: Any) -> bool:
    """Whether a paragraph of a blockquote has text, and is not its signature."""
    text = _text(paragraph)
    signs = any(above.tag in _SIGNS for above in paragraph.iterancestors())
    is_sign = len(paragraph) == 1 and _text(paragraph[0]) == text and paragraph[0].tag in _SIGNS
    return bool(text) and not (signs or is_sign or text.startswith(_DASHES[:3]))


def _is_marked(element: Any) -> bool:
    return _text(element)[:1] in _WRITTEN


def _text(element: Any) -> str:
    return "".join(element.itertext()).strip()


def _follows_dash(sign: Any) -> bool:
    before = sign.getprevious()
    text = sign.getparent().text if before is None else before.tail
    return (text or "").rstrip().endswith(_DASHES)


def _enclose(element: Any, opening: str, closing: str) -> None:
    """Put marks at the edges of an element's text; the closing one before its signature."""
    element.text = opening + (element.text or "").lstrip()
    if not closing:
        return
    sign = next((child for child in element if child.tag in _SIGNS), None)
    before = sign.getprevious() if sign is not None else next(reversed(element), None)
    if before is None:
        element.text = _closed(element.text, closing)
    else:
        before.tail = _closed(before.tail or "", closing)


def _closed(text: str, closing: str) -> str:
    """The text with a closing mark behind its last word, before the dash of a signature."""
    body = text.rstrip()
    space = text[len(body) :]
    if body.endswith(_DASHES[:3]):
        words = body[:-1].rstrip()
        return f"{words}{closing} {body[-1]}{space or ' '}"
    return f"{body}{closing}{space}"
