"""Where an answer points to: places, as an answer writes them, and as a draft shows them.

A place is a segment's number, or the first and the last one ("613-615"). Words that are copied
behind a number tell where a place begins or ends inside a segment, "…" stands for those between:

    617 the money … a bus       from the first words to the last, in one segment
    617 the money …             from these words to the segment's end
    617 … a bus                 from the segment's beginning to these words
    617 the money … 618 of it   into a later segment
    617 a bus                   just these words
    619 + 621                   pieces of one quote, which something interrupts
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from attributor.marking.evidence import Marking
from attributor.marking.spans import Span
from attributor.prompting.windows import Window, harmless
from attributor.records import Piece

MAX_EDGE_WORDS = 6
"""How many words of an edge are taken, the outermost."""
MAX_PLACE_CHARACTERS = 10_000
"""How much of a place is read."""
MAX_EXACT_WORDS = 30
"""Of words that are copied whole without "…" more than this are taken for two edges."""
SHOWN_EDGE_WORDS = 4
"""How many words a draft shows at either edge of a place."""
GAP = "…"
"""What stands for the words between two edges."""

_NUMBER = r"\[?(\d{1,9})\]?[|:.]?"
"""The number of a segment, in brackets or without."""
_PIECES = re.compile(r"\+\s*(?=\[?\d)")
"""What stands between two pieces of a place."""
_PIECE = re.compile(rf"\s*{_NUMBER}(?:\s*[-–—]\s*{_NUMBER})?(?:\s+(.*))?\s*", re.DOTALL)
"""A piece: one segment's number, or two with a dash between them, and the words behind."""
_BETWEEN = re.compile(rf"(?:^|(?<=\s))(?:{GAP}|\.\.\.)(?=\s|$)|\s[-–—]\s(?=\[?\d)")
"""What stands between the words of two edges."""
_LATER = re.compile(rf"{_NUMBER}(?:\s+(.*))?", re.DOTALL)
"""The number of a later segment, and the words at the end in it."""


@dataclass(frozen=True, slots=True)
class Place:
    """The shown numbers of a piece's first and last segment, and the words at its edges there.

    `starts` and `ends` are "" for the segments' own edges; where both are the same words, the place
    is just these.
    """

    first: int
    last: int
    starts: str = ""
    ends: str = ""


@dataclass(frozen=True, slots=True)
class BadPlace:
    """What is wrong with a place, and the numbers of it that there are."""

    reason: str
    numbers: tuple[int, ...] = ()


def read_places(written: str, window: Window, marking: Marking) -> list[Place] | BadPlace:
    """The pieces of a place as an answer writes it, or what is wrong with it."""
    places: list[Place] = []
    for piece in _PIECES.split(" ".join(written[:MAX_PLACE_CHARACTERS].split())):
        match = _PIECE.fullmatch(piece)
        if match is None:
            return BadPlace("a place does not begin with a segment's number")
        first, last, words = int(match[1]), int(match[2] or match[1]), match[3] or ""
        place = _place(first, last, words, window, marking)
        both = dict.fromkeys((place.first, place.last))
        there = tuple(n for n in both if window.segment(n))
        before = tuple(n for known in places for n in (known.first, known.last))
        if gone := [n for n in both if n not in there]:
            return BadPlace(f"there is no segment {gone[0]}", tuple(dict.fromkeys(before + there)))
        if place.first > place.last:
            reason = f"a piece runs backwards, from {place.first} to {place.last}"
            return BadPlace(reason, (place.last, place.first))
        places.append(place)
    return places


def _place(first: int, last: int, words: str, window: Window, marking: Marking) -> Place:
    gaps = list(_BETWEEN.finditer(words))
    if not gaps:
        if first != last:
            return Place(first, last, "", _last(words))
        exact = words.split()
        if len(exact) <= MAX_EXACT_WORDS:
            return Place(first, last, " ".join(exact), " ".join(exact))
        return Place(first, last, _first(words), _last(words))
    before, after = words[: gaps[0].start()], words[gaps[-1].end() :].strip()
    if first == last and (later := _LATER.fullmatch(after)):
        number = int(later[1])
        if number > first and window.segment(number) and not _holds(after, first, window, marking):
            return Place(first, number, _first(before), _last(later[2] or ""))
    return Place(first, last, _first(before), _last(after))


def _holds(words: str, number: int, window: Window, marking: Marking) -> bool:
    """Whether a segment has these words, a number as its first one and all."""
    segment = window.segment(number)
    shown = harmless(marking.text[segment.start : segment.end]) if segment else ""
    return words.lower() in shown.lower() and " " in words


def _first(words: str) -> str:
    return " ".join(words.split()[:MAX_EDGE_WORDS])


def _last(words: str) -> str:
    return " ".join(words.split()[-MAX_EDGE_WORDS:])


# --- as a draft shows them -------------------------------------------------------------------


def shown_places(spans: tuple[Span, ...], window: Window, text: str) -> str:
    """Spans of a quote as places, with the words at their edges."""
    return " + ".join(_shown(span, window, text) for span in spans)


def _shown(span: Span, window: Window, text: str) -> str:
    touched = [
        number
        for number, segment in enumerate(window.segments, start=1)
        if segment.start < span[1] and span[0] < segment.end
    ]
    if not touched:
        return harmless(text[slice(*span)])
    first, last = (window.segments[n - 1] for n in (touched[0], touched[-1]))
    head = harmless(text[span[0] : min(span[1], first.end)]).split()
    tail = harmless(text[max(span[0], last.start) : min(span[1], last.end)]).split()
    if first is last and len(head) <= 2 * SHOWN_EDGE_WORDS:
        return f"{touched[0]} {' '.join(head)}"
    end = "" if first is last else f"{touched[-1]} "
    starts, ends = head[:SHOWN_EDGE_WORDS], tail[-SHOWN_EDGE_WORDS:]
    return f"{touched[0]} {' '.join(starts)} {GAP} {end}{' '.join(ends)}"


def pieces_between(place: Place, window: Window) -> Iterator[Piece]:
    """The place in the article: a piece for each edge with words, and one for the rest.

    Words at an edge must be unique within their segment.
    """
    segments = window.segments[place.first - 1 : place.last]
    if len(segments) == 1:
        start, end = segments[0].start, segments[0].end
        yield Piece(start=start, end=end, starts=place.starts, ends=place.ends)
        return
    head = segments[:1] if place.starts else ()
    tail = segments[-1:] if place.ends else ()
    rest = segments[len(head) : len(segments) - len(tail)]
    yield from (Piece(start=s.start, end=s.end, starts=place.starts) for s in head)
    yield from (Piece(start=s[0].start, end=s[-1].end) for s in [rest] if s)
    yield from (Piece(start=s.start, end=s.end, ends=place.ends) for s in tail)
