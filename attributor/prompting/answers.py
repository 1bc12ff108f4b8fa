"""From an answer's text to proposals: what is unusable, what is merely odd, and what it points to.

An unusable answer is an AnswerError. One odd item in a usable answer is a Remark: it goes into the
repair request, and into the annotation's warnings if that does not help.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from attributor.errors import AnswerError
from attributor.marking.evidence import Marking, Segment
from attributor.messages import TOOL_CALL, Answer, Request
from attributor.prompting.answer_json import FoundJson, Shape, find
from attributor.prompting.answer_schema import WireQuote, complaint
from attributor.prompting.complaints import is_filter
from attributor.prompting.copied import Words
from attributor.prompting.quote_sources import QuoteSources
from attributor.prompting.windows import Window, harmless
from attributor.records import Piece, ProposedQuote

MAX_NAME_CHARACTERS = 120
"""How much of a speaker's name is taken from an answer."""
MAX_WORDS_CHARACTERS = 80
"""How much of the words of a cue or a mention is taken from an answer."""
MAX_EDGE_WORDS = 6
"""How many words of an edge are taken, the outermost; up to four are asked for."""
MAX_CUE_SEGMENTS = 2
"""How many segments a cue that interrupts a quote may take up."""

_NUMBER = r"\[?(\d{1,9})\]?"
"""The number of a segment, in brackets or without."""
_DASH = r"\s*[-–—]\s*"
"""A dash between two numbers."""
_PLACE = re.compile(
    rf"\s*{_NUMBER}[|:.]?(?:{_DASH}{_NUMBER}(?:\s+(.*))?|\s+(.+?)(?:\s{_DASH}{_NUMBER}(?:\s+(.*))?)?)?\s*",
    re.DOTALL,
)
"""A place: one segment's number, or two with a dash between them, and words behind either."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something odd in an answer, and the shown numbers of the segments it is about."""

    reason: str
    numbers: tuple[int, ...] = ()


CUT_OFF_KEY = "cut off"
"""The key under which a part of an answer says after how many output tokens it ends."""


@dataclass(slots=True)
class AnswerReading:
    """What one answer says about one window. Quotes' `speaker` is an index into `names`."""

    names: list[str] = field(default_factory=list)
    quotes: list[ProposedQuote] = field(default_factory=list)
    not_speech: list[int] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)


# --- is the answer usable? -------------------------------------------------------------------


def parsed(request: Request, answer: Answer, key: str) -> dict[str, Any]:
    """The answer's JSON object, which has a list under `key`.

    Of an answer that was cut off, the items that came whole are kept: they were paid for.

    Raises:
        AnswerError: refused, filtered, cut off before the first whole item, empty, broken, or of
            another shape.
    """
    fields = frozenset(request.schema.get("properties", ()))
    found = find(answer.text, Shape(key, fields), was_cut_off=answer.was_cut_off)
    if found.value is not None and not answer.refusal:
        items = found.value.get(key) or []
        if found.what == "answer":
            return {name: v for name, v in found.value.items() if name != CUT_OFF_KEY} | {
                key: items
            }
        if len(items) > 1:  # the last one may be broken off
            return {key: items[:-1], CUT_OFF_KEY: answer.usage.output_tokens}
    raise AnswerError(_problem(request, answer, found, key), article=request.article)


def _problem(request: Request, answer: Answer, found: FoundJson, key: str) -> str:
    about = f"about '{harmless(request.article)}'"
    other_model = "try another model, or --engine embedded"
    if answer.refusal:
        said = harmless(answer.refusal)[:200]
        return f"The model refused the request {about}, saying '{said}'; {other_model}."
    if is_filter(answer.finish_reason):
        return f"The server's content filter stopped the answer {about}; {other_model}."
    if answer.text and not answer.text.strip():
        count = f"{len(answer.text):,}"
        return f"The model answered {about} with {count} blank characters only; {other_model}."
    if answer.was_cut_off:
        return (
            f"The answer {about} was cut off after {answer.usage.output_tokens:,} output tokens; "
            "raise the server's limit, or try a model that does not think aloud."
        )
    if not answer.text:
        return f"The model gave an empty answer {about}; try again, or another model."
    if TOOL_CALL in answer.text:
        return f"The model called a tool instead of answering {about}; {other_model}."
    return f"{_WHAT_CAME[found.what].format(about=about, key=key)}; {_WHAT_HELPS[found.what]}."


_WHAT_CAME = {
    "thoughts": "The model gave only its thoughts {about}, and no answer",
    "several": "The answer {about} holds several JSON objects that differ",
    "other JSON": "The answer {about} is JSON of another shape: it has no list '{key}'",
    "nothing": "The answer {about} is not JSON",
}
"""What is wrong with an answer, by what was found in it."""
_ENFORCE_SCHEMA = "try a model or server that enforces a JSON schema"
"""What helps where an answer has not the right shape."""
_WHAT_HELPS = dict.fromkeys(_WHAT_CAME, _ENFORCE_SCHEMA) | {
    "thoughts": "turn thinking off at the server, or try another model"
}
"""What helps, by what was found in an answer."""


# --- what does it say? -----------------------------------------------------------------------


def read_attribution(answer: dict[str, Any], window: Window, marking: Marking) -> AnswerReading:
    """What an answer to attribute or repair says about its window."""
    reading = AnswerReading()
    if CUT_OFF_KEY in answer:
        tokens = f"{answer[CUT_OFF_KEY]:,}"
        reading.remarks.append(Remark(f"the answer was cut off after {tokens} output tokens"))
    places = QuoteSources(marking, window)
    for place, item in enumerate(answer["quotes"], start=1):
        try:
            quote = WireQuote.model_validate(item)
        except ValidationError as error:
            reading.remarks.append(Remark(f"quote no. {place} is malformed: {complaint(error)}"))
            continue
        edges = _edges(quote, window)
        if isinstance(edges, Remark):
            reading.remarks.append(edges)
            continue
        speaker = _index(quote.name, reading.names)
        for part in _parts(edges, places):
            proposed = _proposed(quote, part, places, speaker)
            if isinstance(proposed, Remark):
                reading.remarks.append(proposed)
            else:
                _add(proposed, reading.quotes, window)
    numbers = answer.get("not_speech")
    reading.not_speech = [n for n in numbers if type(n) is int] if isinstance(numbers, list) else []
    return reading


def _index(name: str, names: list[str]) -> int | None:
    """The place of `name` among `names`, to which it is added; None if it is empty."""
    short = harmless(name)[:MAX_NAME_CHARACTERS]
    if not short:
        return None
    if short not in names:
        names.append(short)
    return names.index(short)


def _add(quote: ProposedQuote, quotes: list[ProposedQuote], window: Window) -> None:
    """Add a quote, or join it to the one before that has the same cue: the cue interrupts it."""
    before = quotes[-1] if quotes else None
    if before is not None and before.cue and _source(before) == _source(quote):
        a, b = before.pieces[-1].end, quote.pieces[0].start
        between = [s for s in window.segments if a <= s.start and s.end <= b]
        shared = before.pieces[-1].start == b and before.pieces[-1].end == quote.pieces[0].end
        if (a <= b or shared) and len(between) <= MAX_CUE_SEGMENTS:
            pieces = (*before.pieces, *quote.pieces)
            quotes[-1] = before.model_copy(update={"pieces": pieces})
            return
    quotes.append(quote)


def _source(quote: ProposedQuote) -> tuple[object, ...]:
    return quote.cue, quote.mention, quote.speaker


@dataclass(frozen=True, slots=True)
class _Edges:
    """The indices of a quote's first and last segment, and the words at its edges inside them."""

    first: int
    last: int
    starts: str = ""
    ends: str = ""


def _edges(quote: WireQuote, window: Window) -> _Edges | Remark:
    match = _PLACE.fullmatch(quote.at)
    if match is None:
        return Remark("a place does not begin with a segment's number")
    number, straight, straight_ends, starts, after, ends = match.groups()
    first = int(number)
    last = int(straight or after or first)
    shown = [n for n in (first, last) if window.segment(n)]
    if len(shown) < 2:
        gone = last if window.segment(first) else first
        return Remark(f"there is no segment {gone}", tuple(dict.fromkeys(shown)))
    if first > last:
        return Remark(f"a piece runs backwards, from {first} to {last}", (last, first))
    return _Edges(
        first - 1,
        last - 1,
        " ".join((starts or "").split()[:MAX_EDGE_WORDS]),
        " ".join((straight_ends or ends or "").split()[-MAX_EDGE_WORDS:]),
    )


def _parts(edges: _Edges, places: QuoteSources) -> list[_Edges]:
    """The quotes that these edges hold; the words at their edges belong to the outer ones.

    An edge without words is that of a whole passage.
    """
    found = []
    for first, last in places.parts(edges.first, edges.last):
        starts = edges.starts if first == edges.first else ""
        ends = edges.ends if last == edges.last else ""
        begin, end = places.whole(first, last)
        found.append(_Edges(first if starts else begin, last if ends else end, starts, ends))
    return found


def _proposed(
    quote: WireQuote, edges: _Edges, places: QuoteSources, speaker: int | None
) -> ProposedQuote | Remark:
    cue, mention = (words.strip()[:MAX_WORDS_CHARACTERS] for words in (quote.cue, quote.mention))
    if cue.casefold() == mention.casefold():
        cue = ""
    source = places.source(edges.first, edges.last, Words(cue, mention, quote.name, quote.own))
    if not source.is_known:
        return Remark(f"nothing says that anybody said segment {edges.first + 1}")
    pieces = _split(places.segments[edges.first : edges.last + 1], edges.starts, edges.ends)
    kept = places.without_source(pieces, source)
    if not kept:
        return Remark(f"segment {edges.first + 1} holds a cue and nothing that was said")
    return ProposedQuote(
        pieces=tuple(kept),
        cue=source.cue,
        mention=source.mention,
        speaker=speaker if source.is_named else None,
        own_words=quote.own,
    )


def _split(segments: tuple[Segment, ...], starts: str, ends: str) -> list[Piece]:
    """A piece for each edge with words, within whose segment they must be unique, and the rest."""
    if len(segments) == 1:
        return [Piece(start=segments[0].start, end=segments[0].end, starts=starts, ends=ends)]
    head, tail = segments[:1] if starts else (), segments[-1:] if ends else ()
    rest = segments[len(head) : len(segments) - len(tail)]
    return [
        *(Piece(start=s.start, end=s.end, starts=starts) for s in head),
        *(Piece(start=s[0].start, end=s[-1].end) for s in [rest] if s),
        *(Piece(start=s.start, end=s.end, ends=ends) for s in tail),
    ]
