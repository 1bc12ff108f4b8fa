"""A JSON file of any size that is an article, a list of articles, or holds such a list.

The file is cut into the objects of its lists, and each is parsed by itself: memory holds one
article at a time, and a broken one does not cost the others. (ijson, which streams JSON too, keeps
no bound on a value or on nesting, and writes "?" for half a character.)
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from attributor.errors import ReadingError, quoted
from attributor.reading.articles import MAX_BYTES, FoundArticle
from attributor.reading.decompress import broken_off
from attributor.reading.jsonl import Objects, is_object, lines_of
from attributor.reading.jsonl import articles as articles_of_lines
from attributor.reading.options import ReadingOptions
from attributor.reading.streams import READ_BYTES, read_up_to, rewound

_MAX_LEVELS = 1000
"""How deep objects and lists may be nested."""
_TOP_LIST = 0
"""The number of a list that is the whole file."""
_MAX_HELD_ARTICLES = 100
"""How many objects of a list are kept until one of them shows that it is that of the articles."""
_STRUCTURE = re.compile(rb'["{}\[\]]')
"""A bracket, or the beginning of a string."""
_IN_STRING = re.compile(rb'[^"\\]*(?:\\.[^"\\]*)*', re.DOTALL)
"""The rest of a string up to its end, or to the end of what was read."""


def articles(stream: BinaryIO, name: str, options: ReadingOptions) -> Iterator[FoundArticle]:
    """The articles of a JSON file: of its list, of the list in its object, or that it is itself.

    The list in an object is the first with an object that has a text, wherever it stands. Articles
    without an id are called "{name}:{number in the list, from 1}". A file with an object on each
    line is read as JSONL, whatever its name.

    Raises:
        ReadingError: there is no article in it, or it breaks off.
    """
    head = read_up_to(stream, MAX_BYTES + 1)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise ReadingError(
            f"{quoted(name)} is UTF-16, and JSON is UTF-8: save it as UTF-8.", article=name
        )
    first, _, rest = head.lstrip(b"\xef\xbb\xbf \t\r\n").partition(b"\n")
    if rest.strip() and is_object(first):
        yield from articles_of_lines(lines_of(rewound(head, stream)), name, options)
        return
    if first.startswith(b"{") and len(head) <= MAX_BYTES:
        reader = Objects(name, options, exact=False)
        found = reader.found(name, head)
        if reader.settled:
            yield found
            return
    yield from _listed(rewound(head, stream), name, options)


def _listed(stream: BinaryIO, name: str, options: ReadingOptions) -> Iterator[FoundArticle]:
    """The articles of the list that holds them."""
    reader = Objects(name, options, exact=False)
    within = -1
    held: list[FoundArticle] = []
    chosen = False
    for list_, number, data in _objects(stream, name):
        if list_ != within:
            if chosen:
                continue
            within, held = list_, []
        held.append(reader.found(f"{name}:{number}", data))
        chosen = chosen or reader.settled or list_ == _TOP_LIST
        if chosen:
            yield from held
            held = []
        del held[_MAX_HELD_ARTICLES:]
    if not chosen:
        raise ReadingError(
            f"{quoted(name)} holds no list of articles, objects with a text under a key that is "
            f"known for it: if there is one, {options.advice('text')}.",
            article=name,
        )


def _objects(stream: BinaryIO, name: str) -> Iterator[tuple[int, int, bytes]]:
    """The objects that stand in lists, but for those within such objects.

    Yields the list's number (`_TOP_LIST` if it is the whole text), the object's number in it, from
    1, and the object; of one that is longer than any article, only its beginning.

    Raises:
        ReadingError: the text ends within a bracket, or closes another than it has opened.
    """
    within: list[_Bracket] = []
    lists = 0
    kept: bytearray | None = None
    outside = 0  # how many brackets are open around the object that is kept
    for stretch, mark in _stretches(stream):
        if kept is not None and len(kept) <= MAX_BYTES:
            kept += stretch
        if mark in (b"{", b"["):
            if kept is None and mark == b"{" and within and within[-1].closed_by == b"]":
                kept, outside = bytearray(mark), len(within)
            lists += mark == b"["
            within.append(_Bracket(b"}" if mark == b"{" else b"]", lists if within else _TOP_LIST))
            _refuse(len(within) > _MAX_LEVELS, name, "is nested too deeply")
        elif mark:
            _refuse(not within or within.pop().closed_by != mark, name, "is not valid JSON")
            if kept is not None and len(within) == outside:
                within[-1].objects += 1
                yield within[-1].list, within[-1].objects, bytes(kept)
                kept = None
    if within:
        raise broken_off(name, EOFError())


@dataclass(slots=True)
class _Bracket:
    """An open bracket: what closes it, the number of the list, and how many objects it had."""

    closed_by: bytes
    list: int
    objects: int = 0


def _stretches(stream: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """The text, cut behind each bracket outside strings; with the bracket, or b"" for none."""
    in_string = False
    piece = b""
    while fresh := read_up_to(stream, READ_BYTES):
        piece += fresh
        at = start = 0
        while at < len(piece):
            if in_string:
                at = _IN_STRING.match(piece, at).end()  # type: ignore[union-attr]
                if piece[at : at + 1] != b'"':
                    break  # here, or behind a backslash, the piece ends
                in_string = False
                at += 1
            elif found := _STRUCTURE.search(piece, at):
                at = found.end()
                in_string = found[0] == b'"'
                if not in_string:
                    yield piece[start:at], found[0]
                    start = at
            else:
                at = len(piece)
        yield piece[start:at], b""
        piece = piece[at:]


def _refuse(wrong: bool, name: str, problem: str) -> None:
    if wrong:
        raise ReadingError(
            f"{quoted(name)} {problem}: what came before was read; write a list of objects.",
            article=name,
        )
