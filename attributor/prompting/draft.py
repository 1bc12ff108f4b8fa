"""The draft that a model is asked about: what the embedded engine found, line by line."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from attributor.prompting.places import shown_places
from attributor.prompting.windows import Window, harmless
from attributor.records import (
    IN_DOUBT,
    Annotation,
    Candidate,
    Piece,
    ProposedQuote,
    ProposedSpeaker,
    Quote,
    Span,
    Speaker,
)

SURE_WORDS = 0.8
"""From this confidence on the words of a line are sure."""
SURE_NAME = 0.8
"""From this confidence on the speaker of a line is sure."""
UNTOLD_WORDS, UNTOLD_NAME = 0.5, 0.8
"""What is assumed of words, and of a speaker, that have no confidence."""
LETTERS = ("A", "B", "C")
"""What the candidates of a line are called, in their order."""
NOBODY = "nobody"
"""How a draft shows that a quote has no name."""

OPENING = "<draft>"
"""The line before the draft."""
CLOSING = "</draft>"
"""The line behind the draft."""
MAX_SHOWN_WORDS_CHARACTERS = 80
"""How much of a cue, a mention or a name is shown."""


@dataclass(frozen=True)
class Line:
    """One quote of the draft; its number counts from 1 through the whole article."""

    number: int
    quote: Quote
    speaker: Speaker | None

    @property
    def name(self) -> str:
        """The speaker's name, "" for none."""
        return self.speaker.name if self.speaker else ""

    @property
    def words_are_sure(self) -> bool:
        """Whether the words are sure; those that rules alone found have no confidence."""
        confidence = self.quote.confidence
        return confidence is not None and confidence >= SURE_WORDS

    @property
    def name_is_sure(self) -> bool:
        """Whether it is sure who speaks, somebody with a name or nobody."""
        confidence = self.quote.speaker_confidence
        return not self.choices and (confidence is None or confidence >= SURE_NAME)

    @property
    def likely_faults(self) -> float:
        """How many of its words and its speaker are wrong, on the average of such lines."""
        words, name = self.quote.confidence, self.quote.speaker_confidence
        sure = UNTOLD_WORDS if words is None else words
        return 2 - sure - (UNTOLD_NAME if name is None else name)

    @property
    def choices(self) -> tuple[Candidate, ...]:
        """Who may have said it where that is in doubt."""
        return self.quote.candidates[: len(LETTERS)] if self.quote.in_doubt else ()

    @cached_property
    def proposed(self) -> ProposedQuote:
        """The quote as it stands, to be grounded again; who speaks is still to be put in."""
        quote = self.quote
        return ProposedQuote(
            pieces=tuple(map(_piece, quote.spans)),
            cue=_piece(quote.cue) if quote.cue else None,
            mention=_piece(quote.mention) if quote.mention else None,
            own_words=True if quote.kind == "direct" else None,
            confidence=quote.confidence,
            flags=tuple(flag for flag in quote.flags if flag != IN_DOUBT),
        )

    @cached_property
    def proposed_speaker(self) -> ProposedSpeaker:
        """Its speaker as it stands, with what is in doubt."""
        speaker, quote = self.speaker, self.quote
        return ProposedSpeaker(
            name=self.name,
            role=speaker.role if speaker else "",
            kind=speaker.kind if speaker else "anonymous",
            confidence=quote.speaker_confidence,
            candidates=quote.candidates,
        )

    def shown(self, window: Window, text: str) -> str:
        """The line as it stands in a request."""
        quote = self.quote
        sure = "" if self.words_are_sure else "?"
        at = shown_places(tuple((s.start, s.end) for s in quote.spans), window, text)
        parts = (at, _words(quote.cue), _words(quote.mention), self._who())
        return f"D{self.number}{sure}| {' | '.join(parts)}"

    def _who(self) -> str:
        if self.choices:
            named = zip(LETTERS, self.choices, strict=False)
            return f"? {', '.join(f'{letter}: {_short(c.name)}' for letter, c in named)}"
        return f"{_short(self.name) or NOBODY}{'' if self.name_is_sure else '?'}"


class Draft:
    """The lines of an article's draft; without an annotation there are none."""

    def __init__(self, annotation: Annotation | None) -> None:
        self.lines: tuple[Line, ...] = ()
        if annotation is not None:
            self.lines = tuple(
                Line(number, quote, annotation.speaker_of(quote))
                for number, quote in enumerate(annotation.quotes, start=1)
            )

    def by_window(self, windows: Sequence[Window]) -> list[tuple[Line, ...]]:
        """For each window the lines whose first words stand in it, or right before it."""
        first_words = [line.quote.spans[0].start for line in self.lines]
        cuts = [bisect_left(first_words, w.segments[0].start) for w in windows[1:]]
        return [self.lines[a:b] for a, b in pairwise([0, *cuts, len(self.lines)])]


def reaching_into(window: Window, lines: Sequence[Line]) -> tuple[tuple[int, int], ...]:
    """The spans of lines of the window before that stand in this one."""
    start, end = window.segments[0].start, window.segments[-1].end
    spans = (span for line in lines for span in line.quote.spans)
    return tuple((s.start, s.end) for s in spans if s.start < end and start < s.end)


def show(lines: Sequence[Line], window: Window, text: str, open_segments: Sequence[int]) -> str:
    """The draft of a window as it stands in a request; "" where there is none."""
    if not lines:
        return ""
    shown = [OPENING, *(line.shown(window, text) for line in lines)]
    if open_segments:
        shown.append(f"Open: {', '.join(map(str, open_segments))}")
    return "\n".join([*shown, CLOSING])


def _piece(span: Span) -> Piece:
    return Piece(start=span.start, end=span.end)


def _words(span: Span | None) -> str:
    return _short(span.text) if span else "none"


def _short(words: str) -> str:
    shown = harmless(words)
    if len(shown) <= MAX_SHOWN_WORDS_CHARACTERS:
        return shown
    return f"{shown[:MAX_SHOWN_WORDS_CHARACTERS]}…"
