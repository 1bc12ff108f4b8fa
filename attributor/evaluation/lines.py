"""Files with one JSON object a line, each about an article with an id of its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Protocol, TypeVar

from pydantic import ValidationError

from attributor.errors import ReadingError, quoted
from attributor.reading.jsonl import is_blank, lines_of
from attributor.reading.streams import filled


class Identified(Protocol):
    """A record of one article."""

    @property
    def id(self) -> str:
        """The article's id."""


Read = TypeVar("Read", bound=Identified)
Made = TypeVar("Made")


def read_lines(paths: Iterable[str], make: Callable[[dict[str, Any]], Read]) -> Iterator[Read]:
    """What `make` makes of each line of the JSONL files.

    Raises:
        ReadingError: a file cannot be read or is empty, a line is not what `make` takes, or an
            id comes twice; the message names file and line.
    """
    seen: dict[str, str] = {}
    for path in paths:
        for number, line in _lines(path):
            place = f"{path}:{number}"
            try:
                article = make(_object(line))
                if article.id in seen:
                    first = quoted(seen[article.id])
                    raise ValueError(f"{quoted(article.id)} stands in {first} already")
            except ValueError as error:
                raise ReadingError(f"{quoted(place)} cannot be used: {error}.") from None
            seen[article.id] = place
            yield article


def record(data: Any, make: Callable[[Any], Made]) -> Made:
    """What `make` makes of `data`; what is wrong with it is told in a sentence.

    Raises:
        ValueError: `make` does not take it.
    """
    try:
        return make(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        if first["type"] == "missing":
            problem = f"it has no {quoted(where)}"
        else:
            message = first["msg"].removeprefix("Value error, ")
            problem = f"in {quoted(where)}, {message[:1].lower()}{message[1:]}"
            problem = problem if where else message
        raise ValueError(problem) from None


def _lines(path: str) -> Iterator[tuple[int, bytes]]:
    empty = True
    try:
        with Path(path).open("rb") as stream:
            for number, line in filled(lines_of(stream), is_blank, path):
                empty = False
                yield number, line
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no file's name"
        raise ReadingError(f"{quoted(path)} cannot be read: {reason}.") from error
    if empty:
        raise ReadingError(f"{quoted(path)} is empty: give it one article a line.")


def _object(line: bytes) -> dict[str, Any]:
    try:
        data = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ValueError(f"it is not UTF-8 at byte {error.start}") from None
    except (ValueError, RecursionError):
        raise ValueError("it is not one JSON object a line, as --format jsonl writes") from None
    if not isinstance(data, dict):
        raise ValueError("it is not a JSON object")
    return data
