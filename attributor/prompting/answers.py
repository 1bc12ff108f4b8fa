"""From an answer's text to proposals: what is unusable, what is merely odd, and what it points to.

An unusable answer is an AnswerError. One odd item in a usable answer is a Remark: it goes into the
repair request, and into the annotation's warnings if that does not help.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import ValidationError

from attributor.errors import AnswerError
from attributor.marking.evidence import Marking, Segment
from attributor.prompting.exchange import Answer, Request
from attributor.prompting.windows import Window, harmless
from attributor.prompting.wire import Wire, WireQuote, WireSpeaker, complaint
from attributor.records import Piece, ProposedQuote, ProposedSpeaker

MAX_NAME, MAX_ROLE, MAX_WORDS = 120, 80, 80
"""Characters of the free text that is taken from an answer."""
EDGE_WORDS = 6
"""An edge is asked for in up to four words; of more, the outermost are taken."""
CUE_SEGMENTS = 2
"""How many segments a cue that interrupts a quote may take up."""

_FENCED = re.compile(r"^```\w*\s*\n(.*?)\n?```$", re.DOTALL)
_THOUGHT = re.compile(r"^\s*<think>.*?</think>", re.DOTALL)
_EDGE = re.compile(r"\s*\[?(\d{1,9})\s*[\]|:.]?\s*(.*?)\s*", re.DOTALL)

Item = TypeVar("Item", bound=Wire)


@dataclass(frozen=True, slots=True)
class Remark:
    """Something odd in an answer, and the shown numbers of the segments it is about."""

    reason: str
    numbers: tuple[int, ...] = ()


@dataclass(slots=True)
class Reading:
    """What one answer says about one window. Quotes' `speaker` is the id that the answer gave."""

    speakers: dict[int, ProposedSpeaker] = field(default_factory=dict)
    quotes: list[ProposedQuote] = field(default_factory=list)
    not_speech: list[int] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)


# --- is the answer usable? -------------------------------------------------------------------


def parsed(request: Request, answer: Answer, key: str) -> dict[str, Any]:
    """The answer's JSON object, which has a list under `key`.

    Raises:
        AnswerError: refused, filtered, cut off, empty, broken, or of another shape.
    """
    found = _json(answer.text)
    if isinstance(found, dict) and isinstance(found.get(key), list) and not answer.refusal:
        return found
    raise AnswerError(_whats_wrong(request, answer, found, key), article=request.article)


def _json(text: str) -> Any:
    bare = _THOUGHT.sub("", text).strip()
    fenced = _FENCED.match(bare)
    try:
        return json.loads(fenced[1] if fenced else bare)
    except (json.JSONDecodeError, RecursionError):
        return None


def _whats_wrong(request: Request, answer: Answer, found: Any, key: str) -> str:
    about = f"about '{harmless(request.article)}'"
    other_model = "try another model, or --engine embedded"
    if answer.refusal:
        said = harmless(answer.refusal)[:200]
        return f"The model refused the request {about}, saying '{said}'; {other_model}."
    if answer.finish_reason == "content_filter":
        return f"The server's content filter stopped the answer {about}; {other_model}."
    if answer.text and not answer.text.strip():
        count = f"{len(answer.text):,}"
        return f"The model answered {about} with {count} blank characters only; {other_model}."
    if answer.finish_reason == "length":
        return (
            f"The answer {about} was cut off after {answer.usage.output_tokens:,} output tokens; "
            "raise the server's limit, or try a model that does not think aloud."
        )
    if not answer.text:
        return f"The model gave an empty answer {about}; try again, or another model."
    if found is None:
        return f"The answer {about} is not JSON; try a model or server that enforces a JSON schema."
    return (
        f"The answer {about} is JSON of another shape: it has no list '{key}'; try a model or "
        "server that enforces a JSON schema."
    )


# --- what does it say? -----------------------------------------------------------------------


def read_attribution(
    found: dict[str, Any], window: Window, marking: Marking, known: dict[int, ProposedSpeaker]
) -> Reading:
    """What an answer to attribute or repair says; `known` are speakers of an earlier answer."""
    reading = Reading()
    for speaker in _items(found.get("speakers"), "speaker", WireSpeaker, reading):
        reading.speakers.setdefault(speaker.id, _speaker(speaker))
    for quote in _items(found["quotes"], "quote", WireQuote, reading):
        proposed = _proposed(quote, window, marking)
        if isinstance(proposed, Remark):
            reading.remarks.append(proposed)
            continue
        if quote.speaker not in reading.speakers and quote.speaker not in known:
            reading.remarks.append(Remark(f"there is no speaker {quote.speaker}", (quote.at,)))
        _add(proposed, reading.quotes, window)
    numbers = found.get("not_speech")
    reading.not_speech = [n for n in numbers if type(n) is int] if isinstance(numbers, list) else []
    return reading


def _add(quote: ProposedQuote, quotes: list[ProposedQuote], window: Window) -> None:
    """Add a quote, or join it to the one before that has the same cue: the cue interrupts it."""
    before = quotes[-1] if quotes else None
    if before is not None and before.cue and _source(before) == _source(quote):
        a, b = before.pieces[-1].end, quote.pieces[0].start
        between = [s for s in window.segments if a <= s.start and s.end <= b]
        shared = before.pieces[-1].start == b and before.pieces[-1].end == quote.pieces[0].end
        if (a <= b or shared) and len(between) <= CUE_SEGMENTS:
            pieces = (*before.pieces, *quote.pieces)
            quotes[-1] = before.model_copy(update={"pieces": pieces})
            return
    quotes.append(quote)


def _source(quote: ProposedQuote) -> tuple[object, ...]:
    return quote.cue, quote.mention, quote.speaker


def _items(values: Any, word: str, model: type[Item], reading: Reading) -> Iterator[Item]:
    for place, value in enumerate(values if isinstance(values, list) else [], start=1):
        try:
            yield model.model_validate(value)
        except ValidationError as error:
            reading.remarks.append(Remark(f"{word} no. {place} is malformed: {complaint(error)}"))


def _speaker(speaker: WireSpeaker) -> ProposedSpeaker:
    return ProposedSpeaker(
        name=harmless(speaker.name)[:MAX_NAME],
        role=harmless(speaker.role)[:MAX_ROLE],
        kind=speaker.kind,
    )


def _proposed(quote: WireQuote, window: Window, marking: Marking) -> ProposedQuote | Remark:
    pieces = _pieces(quote, window)
    if isinstance(pieces, str):
        return Remark(pieces, (quote.at,) if window.segment(quote.at) else ())
    at = window.segment(quote.at)
    if at is None and (quote.cue or quote.mention):
        return Remark(f"there is no segment {quote.at}")
    return ProposedQuote(
        pieces=tuple(pieces),
        cue=_words(quote.cue, at, window, marking),
        mention=_words(quote.mention, at, window, marking),
        speaker=quote.speaker,
        own_words=quote.own,
    )


def _pieces(wire: WireQuote, window: Window) -> list[Piece] | str:
    left, right = _EDGE.fullmatch(wire.from_), _EDGE.fullmatch(wire.to)
    if left is None or right is None:
        return "an edge does not begin with a segment's number"
    first, last = int(left[1]), int(right[1])
    start, end = window.segment(first), window.segment(last)
    if start is None or end is None:
        return f"there is no segment {first if start is None else last}"
    if first > last:
        return f"a piece runs backwards, from {first} to {last}"
    starts = " ".join(left[2].split()[:EDGE_WORDS])
    ends = " ".join(right[2].split()[-EDGE_WORDS:])
    return _split(window.segments[first - 1 : last], starts, ends)


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


def _words(words: str, at: Segment | None, window: Window, marking: Marking) -> Piece | None:
    """`words` as a piece of the segment `at`, or of the one nearby that has them."""
    words = words.strip()[:MAX_WORDS]
    if not words or at is None:
        return None
    place = next((s for s in _nearby(at, window) if _has(words, s, marking)), at)
    return Piece(start=place.start, end=place.end, starts=words, ends=words)


def _nearby(at: Segment, window: Window) -> list[Segment]:
    near = [
        s for s in window.segments if s.sentence == at.sentence or abs(s.number - at.number) == 1
    ]
    return sorted(near, key=lambda s: (abs(s.number - at.number), s.sentence != at.sentence))


def _has(words: str, segment: Segment, marking: Marking) -> bool:
    whole_words = re.compile(rf"(?<!\w){re.escape(words)}(?!\w)", re.IGNORECASE)
    return whole_words.search(marking.text, segment.start, segment.end) is not None
