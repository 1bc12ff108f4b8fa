"""From an answer's text to proposals: what is unusable, what is merely odd, and what it points to.

An unusable answer is an AnswerError. One odd item in a usable answer is a Remark: it goes into the
repair request, and into the annotation's warnings if that does not help.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import ValidationError

from attributor.errors import AnswerError
from attributor.marking.evidence import Marking
from attributor.messages import TOOL_CALL, Answer, Request
from attributor.prompting.answer_json import FoundJson, Shape, find
from attributor.prompting.answer_schema import Wire, WireChoice, WireName, WireQuote, complaint
from attributor.prompting.complaints import is_filter
from attributor.prompting.copied import Words
from attributor.prompting.draft import Line
from attributor.prompting.places import BadPlace, Place, pieces_between, read_places
from attributor.prompting.quote_sources import QuoteSources
from attributor.prompting.windows import Window, harmless
from attributor.records import ProposedQuote

MAX_NAME_CHARACTERS = 120
"""How much of a speaker's name is taken from an answer."""
MAX_WORDS_CHARACTERS = 160
"""How much of the words of a cue or a mention is taken from an answer."""
NOT_NAMES = frozenset({"nobody", "none", "null", "unnamed", "unknown", "-"})
"""What an answer may call a speaker whom the article does not name."""
MAX_CUE_SEGMENTS = 2
"""How many segments a cue that interrupts a quote may take up."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something odd in an answer, and the shown numbers of the segments it is about."""

    reason: str
    numbers: tuple[int, ...] = ()


CUT_OFF_KEY = "cut off"
"""The key under which a part of an answer says after how many output tokens it ends."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A quote that an answer gives, and the line whose place it takes; 0 for a new one.

    The quote's `speaker` is an index into the reading's `names`.
    """

    line: int
    quote: ProposedQuote


@dataclass(slots=True)
class AnswerReading:
    """What one answer says about one window.

    `names` are those that entries give, "" for nobody; `choices` are letters, "another" or "nobody"
    by the number of a line, `renamed` the names that lines get, `dropped` the numbers of lines,
    `unknown` those of lines that there are not.
    """

    names: list[str] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    choices: dict[int, str] = field(default_factory=dict)
    renamed: dict[int, str] = field(default_factory=dict)
    dropped: list[int] = field(default_factory=list)
    not_speech: list[int] = field(default_factory=list)
    unknown: set[int] = field(default_factory=set)
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


def read_attribution(
    answer: dict[str, Any], window: Window, marking: Marking, lines: Sequence[Line] = ()
) -> AnswerReading:
    """What an answer to attribute or repair says about its window, and the draft's lines there."""
    reading = AnswerReading()
    if CUT_OFF_KEY in answer:
        tokens = f"{answer[CUT_OFF_KEY]:,}"
        reading.remarks.append(Remark(f"the answer was cut off after {tokens} output tokens"))
    known = {line.number: line for line in lines}
    quotes = _QuoteReader(QuoteSources(marking, window), window, marking, known, reading)
    for wire in _valid(answer["quotes"], WireQuote, "quote", reading):
        quotes.read(wire)
    for choice in _valid(answer.get("who"), WireChoice, "choice", reading):
        if _is_line(choice.draft, known, reading):
            reading.choices.setdefault(choice.draft, choice.choice)
    for renamed in _valid(answer.get("names"), WireName, "name", reading):
        if _is_line(renamed.draft, known, reading):
            reading.renamed.setdefault(renamed.draft, _name(renamed.name))
    dropped = _numbers(answer.get("drop"))
    reading.dropped = [n for n in dropped if _is_line(n, known, reading)]
    reading.not_speech = _numbers(answer.get("not_speech"))
    return reading


W = TypeVar("W", bound=Wire)


def _valid(items: object, model: type[W], what: str, reading: AnswerReading) -> Iterator[W]:
    """The items that have their form; of each other one the reading says what is wrong with it."""
    for place, item in enumerate(items if isinstance(items, list) else [], start=1):
        try:
            yield model.model_validate(item)
        except ValidationError as error:
            reason = f"{what} no. {place} is malformed: {complaint(error)}"
            reading.remarks.append(Remark(reason))


def _is_line(number: int, known: Mapping[int, Line], reading: AnswerReading) -> bool:
    if number not in known:
        reading.unknown.add(number)
        reading.remarks.append(Remark(f"there is no line D{number} in the draft"))
    return number in known


def _numbers(value: object) -> list[int]:
    return [n for n in value if type(n) is int] if isinstance(value, list) else []


def _name(given: str) -> str:
    """A speaker's name as an answer gives it, "" for nobody."""
    name = harmless(given)[:MAX_NAME_CHARACTERS]
    return "" if name.casefold() in NOT_NAMES else name


@dataclass(frozen=True, slots=True)
class _QuoteReader:
    """Reads the entries of an answer."""

    sources: QuoteSources
    window: Window
    marking: Marking
    lines: Mapping[int, Line]
    reading: AnswerReading

    def read(self, wire: WireQuote) -> None:
        """Add what an entry says to the reading, or what is wrong with it."""
        line = self.lines.get(wire.draft)
        number = line.number if line else 0
        if line and not wire.at.strip():
            self._add(number, self._with_lines_words(wire, line))
            return
        places = read_places(wire.at, self.window, self.marking)
        if isinstance(places, BadPlace):
            self.reading.remarks.append(Remark(places.reason, places.numbers))
            return
        whole = len(places) > 1 or _copied(wire).is_uncued
        groups = [places] if whole else self._parts(places[0])
        for group in groups:
            self._add(number, self._proposed(wire, group, line))

    def _parts(self, place: Place) -> list[list[Place]]:
        """The quotes that one place holds; the words at its edges belong to the outer ones.

        An edge without words is that of a whole passage.
        """
        if place.starts and place.starts == place.ends:
            return [[place]]
        found = []
        for first, last in self.sources.parts(place.first - 1, place.last - 1):
            starts = place.starts if first == place.first - 1 else ""
            ends = place.ends if last == place.last - 1 else ""
            begin, end = self.sources.whole(first, last)
            part = Place(
                (first if starts else begin) + 1, (last if ends else end) + 1, starts, ends
            )
            found.append([part])
        return found

    def _with_lines_words(self, wire: WireQuote, line: Line) -> ProposedQuote:
        """The line with another cue, mention or name where its words stay."""
        numbers = [
            n
            for n, segment in enumerate(self.window.segments)
            if any(s.start < segment.end and segment.start < s.end for s in line.quote.spans)
        ]
        if not numbers:
            return line.proposed.model_copy(update={"speaker": self._index(wire.name)})
        found = self.sources.copied(min(numbers), max(numbers), _copied(wire))
        cue = found.cue if found.cue_is_found else line.proposed.cue
        mention = found.mention if found.mention_is_found else line.proposed.mention
        speaker = self._index(wire.name)
        return line.proposed.model_copy(update={"cue": cue, "mention": mention, "speaker": speaker})

    def _proposed(
        self, wire: WireQuote, places: list[Place], line: Line | None
    ) -> ProposedQuote | Remark:
        first, last = places[0].first, places[-1].last
        source = self.sources.source(min(first, last) - 1, max(first, last) - 1, _copied(wire))
        told = source.cue_is_found or (wire.own and source.mention_is_found)
        precise = told and any(place.starts or place.ends for place in places)
        if not source.is_known and not precise:
            return Remark(f"nothing says that anybody said segment {first}", (first,))
        pieces = [piece for place in places for piece in pieces_between(place, self.window)]
        kept = self.sources.without_source(pieces, source)
        if not kept:
            return Remark(f"segment {first} holds a cue and nothing that was said")
        return ProposedQuote(
            pieces=tuple(kept),
            cue=source.cue,
            mention=source.mention,
            speaker=self._index(wire.name),
            own_words=wire.own,
            confidence=line.quote.confidence if line else None,
        )

    def _index(self, name: str) -> int:
        """The place of a name among the reading's, to which it is added."""
        names, short = self.reading.names, _name(name)
        if short not in names:
            names.append(short)
        return names.index(short)

    def _add(self, line: int, quote: ProposedQuote | Remark) -> None:
        """Add a quote, or join it to the one before that the same cue interrupts."""
        if isinstance(quote, Remark):
            self.reading.remarks.append(quote)
            return
        entries = self.reading.entries
        before = entries[-1] if entries else None
        if before is not None and before.line == line and self._is_one(before.quote, quote):
            pieces = (*before.quote.pieces, *quote.pieces)
            entries[-1] = Entry(line, before.quote.model_copy(update={"pieces": pieces}))
        else:
            entries.append(Entry(line, quote))

    def _is_one(self, one: ProposedQuote, other: ProposedQuote) -> bool:
        if not one.cue or _source(one) != _source(other):
            return False
        a, b = one.pieces[-1].end, other.pieces[0].start
        between = [s for s in self.window.segments if a <= s.start and s.end <= b]
        shared = one.pieces[-1].start == b and one.pieces[-1].end == other.pieces[0].end
        return (a <= b or shared) and len(between) <= MAX_CUE_SEGMENTS


def _source(quote: ProposedQuote) -> tuple[object, ...]:
    return quote.cue, quote.mention, quote.speaker


def _copied(wire: WireQuote) -> Words:
    """What an entry says of its source."""
    cue, mention = (words.strip()[:MAX_WORDS_CHARACTERS] for words in (wire.cue, wire.mention))
    cue = "" if cue.casefold() == mention.casefold() else cue
    return Words(cue, mention, wire.name, wire.own)
