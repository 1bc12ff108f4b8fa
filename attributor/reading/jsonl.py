"""Many articles, one JSON object a line."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator, Mapping
from html import unescape
from typing import Any, BinaryIO

from pydantic import AliasChoices, BaseModel, Field, TypeAdapter, ValidationError

from attributor.errors import ReadingError, quoted
from attributor.reading.articles import MAX_BYTES, FoundArticle, refuse_long
from attributor.reading.options import ReadingOptions
from attributor.reading.streams import filled
from attributor.reading.table_rows import TableRows, Values, by_name, tell


class Line(BaseModel):
    """What a line may say about its article; other keys are ignored."""

    id: str | None = Field(None, coerce_numbers_to_str=True)
    text: str
    title: str | None = None
    byline: str | None = None
    published: str | None = None
    url: str | None = None
    language: str | None = Field(None, validation_alias=AliasChoices("language", "lang"))


_OBJECT = TypeAdapter(dict[str, Any])
"""Reads a JSON object, whatever is in it."""
_WRAPPING_KEYS = ("$date", "$oid", "$numberLong", "rendered", "main", "original")
"""Keys of objects that are written in place of a value; the first that is there holds it."""
_PARAGRAPH = re.compile(r"<(?:p|div|br)\b", re.I)
"""Where a paragraph of HTML begins."""
_TAG = re.compile(r"</?[a-z][^<>]*>", re.I)
"""A tag of HTML."""


def lines_of(stream: BinaryIO) -> Iterator[bytes]:
    """The stream's lines, read one by one; of one that is too long only its beginning."""
    while line := stream.readline(MAX_BYTES + 1):
        yield line
        while len(line) > MAX_BYTES and not line.endswith(b"\n"):
            line = stream.readline(MAX_BYTES + 1)


def articles(lines: Iterable[bytes], name: str, options: ReadingOptions) -> Iterator[FoundArticle]:
    """The articles of `lines`; a bad line is an error that names it, and the rest goes on.

    An article without an `id` is called "{name}:{number of its line}". A `text` is taken exactly
    as it stands; a key of another name may hold HTML, as other programs' exports do.
    """
    reader = Objects(name, options, exact=True)
    empty = True
    for number, line in filled(lines, is_blank, name):
        if empty and line.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise ReadingError(
                f"{quoted(name)} is UTF-16, and JSONL is UTF-8: save it as UTF-8.", article=name
            )
        empty = False
        yield reader.found(f"{name}:{number}", line)
    if empty:
        raise ReadingError(f"{quoted(name)} is empty: give it one article a line.", article=name)


def is_blank(line: bytes) -> bool:
    """Whether there is nothing in a line but white space or a byte order mark."""
    return not line.strip(b" \t\r\n\xef\xbb\xbf")


def is_article(line: bytes) -> bool:
    """Whether a line is a JSON object with a `text`."""
    try:
        return line.lstrip(b"\xef\xbb\xbf").startswith(b"{") and bool(
            Line.model_validate_json(line.removeprefix(b"\xef\xbb\xbf"))
        )
    except ValidationError:
        return False


def is_object(line: bytes) -> bool:
    """Whether a line is a whole JSON object."""
    try:
        return line.startswith(b"{") and _OBJECT.validate_json(line) is not None
    except ValidationError:
        return False


class Objects:
    """From the JSON objects of one file to its articles.

    The first object that has a text settles which keys hold what in all of them.
    """

    def __init__(self, name: str, options: ReadingOptions, *, exact: bool) -> None:
        self._name = name
        self._options = options
        self._exact = exact
        self._keys: dict[str, str] = {}
        self._rows = TableRows(name, "text", options, exact=exact)

    @property
    def settled(self) -> bool:
        """Whether an object with a text has been seen."""
        return bool(self._keys)

    def found(self, place: str, line: bytes) -> FoundArticle:
        """The article of the object that `line` holds, or why there is none."""
        try:
            refuse_long(len(line), place)
            values = self._values(line)
        except ReadingError as error:
            return self._rows.found(place, error)
        except ValidationError as error:
            problem = _mistake(error, self._keys)
            refusal = ReadingError(f"{quoted(place)} is no article: {problem}.", article=place)
            return self._rows.found(place, refusal)
        return self._rows.found(place, values)

    def _values(self, line: bytes) -> Values:
        parsed = _OBJECT.validate_json(line.removeprefix(b"\xef\xbb\xbf"))
        fields = {key: _unwrapped(value) for key, value in parsed.items()}
        if not self._keys:
            self._settle(fields)
        renamed = {field: key for field, key in self._keys.items() if key != field}
        kept = {key: fields[key] for key in fields if key != "text" or key not in renamed}
        for field, key in renamed.items():
            if key in fields:
                kept[field] = fields[key] if field == "text" else _plain(fields[key])
        if "published" in kept:  # many databases write seconds since 1970
            kept["published"] = _plain(kept["published"]) or kept["published"]
        return Line.model_validate(kept).model_dump()

    def _settle(self, fields: dict[str, Any]) -> None:
        said = self._options.columns.said()
        own = {field: field for field in Line.model_fields if field in fields}
        if "lang" in fields:
            own["language"] = "lang"
        names = [name for name in fields if not fields[name] or _plain(fields[name]) is not None]
        names += [field for field in own.values() if field not in names]
        plain = [_plain(fields[name]) for name in names]
        places = by_name(names, [plain], {key: names.index(name) for key, name in own.items()})
        guessed = {field: names[at] for field, at in places.items() if field not in said}
        keys = {"text": own["text"]} if "text" in own else {}
        keys |= guessed | said
        if "text" not in said and "text" not in keys:
            return
        self._keys = keys
        tell(self._name, guessed, self._options.on_guess)
        exact = self._exact and keys["text"] == "text" and "text" not in said
        self._rows = TableRows(self._name, keys["text"], self._options, exact=exact)


def _unwrapped(value: object) -> object:
    """What an export wraps in an object, as MongoDB, WordPress and the NYT's API do."""
    if not isinstance(value, dict):
        return value
    key = next((key for key in _WRAPPING_KEYS if key in value), None)
    if key is None:
        return value
    inner = _unwrapped(value[key])
    if key == "rendered" and isinstance(inner, str) and not _PARAGRAPH.search(inner):
        return unescape(_TAG.sub("", inner))  # a title, which is HTML there, too
    return inner


def _plain(value: object) -> str | None:
    """A value under a key that was guessed or named, if there is a plain way to write it."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else None


def _mistake(error: ValidationError, keys: Mapping[str, str]) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    field = str(first["loc"][0]) if first["loc"] else ""
    key = keys.get(field, field)
    match first["type"]:
        case "json_invalid" if "unicode code point" in first["msg"]:
            return "it is not UTF-8; convert the file first, for example with iconv"
        case "json_invalid" if "hex escape" in first["msg"]:
            return r"it holds half a character (a lone surrogate, \ud800 or the like); save it anew"
        case "json_invalid":
            problem = str(first["ctx"]["error"]).replace(" at line 1 column ", " at byte ")
            return f"it is not valid JSON ({problem}); correct it, or leave it out"
        case "missing":
            return f"it has no '{key}'; write objects with id and text"
        case "dict_type":
            return "it is not an object; write objects with id and text"
        case _:
            return f"its '{key}' is not a string; correct it"
