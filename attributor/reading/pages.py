"""The bytes of one text or page to its article."""

from __future__ import annotations

from attributor.reading.articles import article_from_text, markdown_title, refuse_long
from attributor.reading.decoding import decode, refuse_binary
from attributor.reading.exports import refuse_many
from attributor.reading.foreign import refuse_foreign
from attributor.reading.html_text import article_from_html, declared_charset
from attributor.records import Article


def article_from_page(
    data: bytes,
    name: str,
    *,
    is_html: bool,
    is_markdown: bool = False,
    charset: str | None = None,
    otherwise: str | None = None,
    url: str | None = None,
) -> Article:
    """The article in `data`, called `name`.

    Args:
        data: a text, or a page as it was sent.
        name: the article's id, and what it is called in messages.
        is_html: whether only its main text is to be taken.
        is_markdown: whether its first heading is its title.
        charset: what it is said to be encoded in.
        otherwise: what it is in if neither that nor its bytes tell.
        url: where it comes from.

    Raises:
        ReadingError: there is no article in it.
    """
    refuse_binary(data, name)
    refuse_foreign(data, name)
    refuse_long(len(data), name)
    if is_html:
        html = decode(data, name, charset or declared_charset(data), otherwise)
        article = article_from_html(html, id=name, url=url)
        refuse_many(article.text, name)
        return article
    text = decode(data, name, charset, otherwise)
    refuse_many(text, name)
    title = markdown_title(text) if is_markdown else None
    return article_from_text(text, id=name, title=title, url=url)
