"""Many articles, one JSON object a line."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from pydantic import AliasChoices, BaseModel, Field, ValidationError

from attributor.errors import ReadingError, quoted
from attributor.reading.articles import MAX_BYTES, article_from_text, refuse_long
from attributor.records import Article


class Line(BaseModel):
    """What a line may say about its article; other keys are ignored."""

    id: str | None = Field(None, coerce_numbers_to_str=True)
    text: str
    title: str | None = None
    byline: str | None = None
    published: str | None = None
    url: str | None = None
    language: str | None = Field(None, validation_alias=AliasChoices("language", "lang"))


def lines_of(stream: BinaryIO) -> Iterator[bytes]:
    """The stream's lines, read one by one; of one that is too long only its beginning."""
    while line := stream.readline(MAX_BYTES + 1):
        yield line
        while len(line) > MAX_BYTES and not line.endswith(b"\n"):
            line = stream.readline(MAX_BYTES + 1)


def articles(lines: Iterable[bytes], name: str) -> Iterator[Article | ReadingError]:
    """The articles of `lines`; a bad line is an error that names it, and the rest goes on.

    An article without an `id` is called "{name}:{number of its line}".
    """
    empty = True
    for number, line in enumerate(lines, 1):
        if is_blank(line):
            continue
        if empty and line.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            yield ReadingError(
                f"{quoted(name)} is UTF-16, and JSONL is UTF-8: save it as UTF-8.", article=name
            )
            return
        empty = False
        try:
            yield _article(line, f"{name}:{number}")
        except ReadingError as error:
            yield error
    if empty:
        yield ReadingError(f"{quoted(name)} is empty: give it one article a line.", article=name)


def is_blank(line: bytes) -> bool:
    """Whether there is nothing in a line but white space or a byte order mark."""
    return not line.strip(b" \t\r\n\xef\xbb\xbf")


def is_article(line: bytes) -> bool:
    """Whether a line is a JSON object with a `text`."""
    return line.lstrip(b"\xef\xbb\xbf").startswith(b"{") and not isinstance(
        _parsed(line), ValidationError
    )


def _article(line: bytes, place: str) -> Article:
    refuse_long(len(line), place)
    parsed = _parsed(line)
    if isinstance(parsed, ValidationError):
        raise ReadingError(f"{quoted(place)} is no article: {_mistake(parsed)}.", article=place)
    known = parsed.model_dump(exclude={"id", "text"})
    try:
        return article_from_text(parsed.text, id=parsed.id or place, **known)
    except ReadingError as error:
        if parsed.id is None:
            raise
        raise ReadingError(f"Line {quoted(place)}: {error.message}", article=place) from error


def _parsed(line: bytes) -> Line | ValidationError:
    try:
        return Line.model_validate_json(line.removeprefix(b"\xef\xbb\xbf"))
    except ValidationError as error:
        return error


def _mistake(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    key = str(first["loc"][0]) if first["loc"] else ""
    match first["type"]:
        case "json_invalid" if "unicode code point" in first["msg"]:
            return "it is not UTF-8; convert the file first, for example with iconv"
        case "json_invalid" if "hex escape" in first["msg"]:
            return r"it holds half a character (a lone surrogate, \ud800 or the like); save it anew"
        case "json_invalid":
            problem = str(first["ctx"]["error"]).replace(" at line 1 column ", " at byte ")
            return f"it is not valid JSON ({problem}); write one object a line"
        case "missing":
            return f"it has no '{key}'; write one object a line, with id and text"
        case "model_type":
            return "it is not an object; write one object a line, with id and text"
        case _:
            return f"its '{key}' is not a string; correct it"
