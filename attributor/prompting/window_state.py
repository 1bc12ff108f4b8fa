"""What is known about one window so far: who spoke, what was accepted, and what is still open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from attributor.errors import quoted
from attributor.grounding import Grounder, Grounding, uncovered
from attributor.marking.evidence import Marking
from attributor.marking.spans import Span, Stretches, any_overlap, covers, overlap
from attributor.prompting.answers import AnswerReading, Entry, Remark
from attributor.prompting.belief import NOT_BELIEVED, Verdict, crossed_out, is_known, verdict
from attributor.prompting.draft import LETTERS, Line
from attributor.prompting.windows import Window, harmless
from attributor.records import DecidedBy, Piece, Proposal, ProposedQuote, ProposedSpeaker

NEIGHBOR_SEGMENTS = 2
"""How many segments a repair request shows on either side of an open one."""
LEAST_FAULTS = 5.0
"""With --ask doubts a window is asked about that is likely to have so many faults: wrong words,
wrong speakers and what was missed. docs/accuracy.md has what other numbers cost."""
MAX_REMARKS = 20
"""How many remarks a repair request, or the warnings of a window, hold."""
MAX_SHOWN_CHARACTERS = 60
"""How much of an open segment a warning shows."""


@dataclass
class WindowState:
    """The state of one window.

    `lines` are the draft's, `others` spans of lines of the window before that stand in this one.
    `quotes` are those whose pieces the article bears out, `broken` those with a piece that it does
    not; a quote's `speaker` is an index into `speakers`. `uncredited` are the numbers of segments
    that an answer calls speech and credits nobody with, `open` those that a repair is about,
    `problems` say what is wrong with the answer so far.
    """

    marking: Marking
    window: Window
    grounder: Grounder
    lines: tuple[Line, ...] = ()
    others: tuple[Span, ...] = ()
    speakers: list[ProposedSpeaker] = field(default_factory=list)
    quotes: list[ProposedQuote] = field(default_factory=list)
    broken: list[ProposedQuote] = field(default_factory=list)
    not_speech: list[int] = field(default_factory=list)
    uncredited: list[int] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    problems: list[Remark] = field(default_factory=list)
    unusable: list[str] = field(default_factory=list)
    open: tuple[int, ...] = ()
    _grounded: tuple[tuple[ProposedQuote, ...], Grounding] = ((), Grounding(()))
    _places: dict[ProposedSpeaker, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.quotes = [self._line(line, "draft") for line in self.lines]

    @cached_property
    def _numbered(self) -> dict[int, Line]:
        return {line.number: line for line in self.lines}

    @cached_property
    def _by_words(self) -> dict[tuple[object, ...], Line]:
        """The lines by their spans, cue and mention, as grounded."""
        grounded = ((self._ground([line.proposed]).quotes, line) for line in self.lines)
        return {(q.spans, q.cue, q.mention): line for quotes, line in grounded for q in quotes}

    @property
    def names(self) -> list[str]:
        """The names of all speakers so far."""
        return list(dict.fromkeys(speaker.name for speaker in self.speakers if speaker.name))

    @property
    def left_open(self) -> list[int]:
        """The numbers of marked segments that no quote has, and nobody called no speech."""
        edges = self._uncovered()
        return [n for n in self._numbers(edges) if self.window.segments[n - 1].marked]

    def _uncovered(self) -> list[Span]:
        """What nobody is credited with in the window, and nobody called no speech."""
        silent = Proposal(not_speech=tuple(pieces_of(self.not_speech, self.window)))
        not_speech = self.grounder.ground(silent).not_speech
        bounds = self.window.segments[0].start, self.window.segments[-1].end
        edges = uncovered(self.marking, self._ground(self.quotes).quotes, not_speech)
        within = (edge for edge in edges if overlap(edge, bounds))
        return [edge for edge in within if not any_overlap([edge], self.others)]

    @property
    def is_in_doubt(self) -> bool:
        """Whether the draft is likely to have enough faults to be worth a request."""
        faults = sum(line.likely_faults for line in self.lines)
        return faults + len(self._uncovered()) >= LEAST_FAULTS

    def accept(self, reading: AnswerReading) -> None:
        """Take the first answer: change what it says of the draft, note what is open."""
        said = verdict(self.lines, reading, self.marking.text)
        if said.broken:
            self._disbelieve(said.broken)
            return
        self.not_speech = [n for n in reading.not_speech if self.window.segment(n)]
        self.remarks = list(reading.remarks)
        if not self._change(reading, said):
            return
        settled = {*self._numbers(self._spans(self.quotes)), *self.not_speech, *self.uncredited}
        concerned = {n for problem in self.problems for n in problem.numbers}
        self.open = tuple(sorted({*concerned, *self.left_open} - settled))

    def _disbelieve(self, reason: str) -> None:
        """Let the draft stand, and say why."""
        self.unusable.append(f"{NOT_BELIEVED}{reason}.")
        self.quotes = [self._line(line, "draft") for line in self.lines]
        self.not_speech, self.remarks, self.problems, self.broken = [], [], [], []

    def _change(self, reading: AnswerReading, said: Verdict) -> bool:
        """Put the answer's entries, names and drops into the draft; False if too much is lost."""
        self.quotes = []
        aimed = [self._aimed(entry) for entry in reading.entries]
        replaced = {entry.line for entry in aimed if entry.line}
        gone = replaced | said.dropped
        firm = [line for line in self.lines if line.words_are_sure and line.number not in gone]
        sure = [*self.others, *(span for line in firm for span in _spans_of(line))]
        entries = [
            (entry.line, self._entry(entry, reading.names, said))
            for entry in aimed
            if entry.line or not any_overlap(self._spans([entry.quote]), sure)
        ]
        entries = [(line, quote) for line, quote in entries if line or self._is_credited(quote)]
        self._sort_out([quote for _, quote in entries])
        taken = {line for line, quote in entries if quote in self.quotes}
        self.quotes = [self._unchanged(quote) or quote for quote in self.quotes]
        done = self._spans(self.quotes)
        swallowed = {line.number for line in self.lines if any_overlap(_spans_of(line), done)}
        if problem := crossed_out(self.lines, (swallowed - replaced) | said.dropped):
            self._disbelieve(problem)
            return False
        for line in self.lines:
            if line.number not in said.dropped | swallowed | taken:
                failed = line.number in replaced
                self.quotes.append(self._standing(line, said, failed=failed))
        stands = self._spans(self.quotes)
        self.broken = [q for q in self.broken if not any_overlap(map(_window, q.pieces), stands)]
        return True

    def _aimed(self, entry: Entry) -> Entry:
        """The entry; as a new one if it has no word of the sure line whose place it is to take."""
        line = self._numbered.get(entry.line)
        spans = self._spans([entry.quote])
        is_sure = line is not None and line.words_are_sure
        if line is not None and is_sure and spans and not any_overlap(_spans_of(line), spans):
            return Entry(0, entry.quote)
        return entry

    def _is_credited(self, quote: ProposedQuote) -> bool:
        """Whether a new quote says who said it, or how, in words that are not said themselves."""
        grounded = self._ground([quote]).quotes
        if not grounded:
            return True
        (given,) = grounded
        inside = given.cue is not None and any(covers(span, given.cue) for span in given.spans)
        named = quote.speaker is not None and bool(self.speakers[quote.speaker].name)
        if (named or given.cue or given.mention) and (given.marked or not inside):
            return True
        self.uncredited += self._numbers(given.spans)
        return False

    def _unchanged(self, quote: ProposedQuote) -> ProposedQuote | None:
        """The line that an entry only says again; None if it says anything else."""
        (given,) = self._ground([quote]).quotes
        name = self.speakers[quote.speaker].name if quote.speaker is not None else ""
        line = self._by_words.get((given.spans, given.cue, given.mention))
        if line is None or name != line.name or line.choices:
            return None
        return self._line(line, "confirmed")

    def _standing(self, line: Line, said: Verdict, *, failed: bool) -> ProposedQuote:
        """A line whose words stand, with the name that the answer gives it."""
        if line.number in said.kept or failed:
            return self._line(line, "draft")
        name = said.names.get(line.number)
        if name is None and line.number in said.unheard:
            return self._line(line, "draft")
        if name is None or (name == line.name and not line.choices):
            return self._line(line, "confirmed")
        decided: DecidedBy = "changed" if name != line.name else "confirmed"
        return self._of(line.proposed, ProposedSpeaker(name=name), decided)

    def _line(self, line: Line, decided_by: DecidedBy) -> ProposedQuote:
        return self._of(line.proposed, line.proposed_speaker, decided_by)

    def _entry(
        self, entry: Entry, names: Sequence[str], said: Verdict | None = None
    ) -> ProposedQuote:
        """What an entry says; where it names nobody, with the choice that was made for its line."""
        name = names[entry.quote.speaker] if entry.quote.speaker is not None else ""
        if not name and said is not None:
            name = said.names.get(entry.line, "")
        decided: DecidedBy = "changed" if entry.line else "added"
        line = self._numbered.get(entry.line)
        if line is not None and (name in LETTERS or not is_known(name, self.marking.text)):
            mention = entry.quote.mention or line.proposed.mention
            quote = entry.quote.model_copy(update={"mention": mention})
            return self._of(quote, line.proposed_speaker, decided)
        return self._of(entry.quote, ProposedSpeaker(name=name), decided)

    def _of(
        self, quote: ProposedQuote, speaker: ProposedSpeaker, decided_by: DecidedBy
    ) -> ProposedQuote:
        index = self._places.setdefault(speaker, len(self.speakers))
        if index == len(self.speakers):
            self.speakers.append(speaker)
        return quote.model_copy(update={"speaker": index, "decided_by": decided_by})

    def mend(self, reading: AnswerReading) -> None:
        """Take the repair: only what is about open segments and repeats nothing that stands."""
        self.not_speech += [n for n in reading.not_speech if n in self.open]
        asked_for = [(s.start, s.end) for n in self.open if (s := self.window.segment(n))]
        stands = [*self.others, *self._spans(self.quotes)]
        broken, self.broken = self.broken, []
        for entry in reading.entries:
            proposed = self._entry(Entry(0, entry.quote), reading.names)
            new = [piece for piece in proposed.pieces if not any_overlap([_window(piece)], stands)]
            if not new:
                continue
            quote = proposed.model_copy(update={"pieces": tuple(new)})
            spans = self._spans([quote])
            if any_overlap(spans, asked_for) and not any_overlap(spans, stands):
                self._sort_out([self._whole(quote)])
                stands += spans
        self.broken += [q for q in broken if not any_overlap(map(_window, q.pieces), stands)]
        settled = set(self._numbers(stands))
        self.remarks = [r for r in self.remarks if not r.numbers or set(r.numbers) - settled]
        self.remarks += reading.remarks

    def _whole(self, quote: ProposedQuote) -> ProposedQuote:
        """The quote, with the one that stands already and that the same cue interrupts."""
        for place, known in enumerate(self.quotes):
            if known.cue and (known.cue, known.mention) == (quote.cue, quote.mention):
                del self.quotes[place]
                pieces = (*known.pieces, *quote.pieces)
                by: DecidedBy = "added" if known.decided_by == "added" else "changed"
                return known.model_copy(update={"pieces": pieces, "decided_by": by})
        return quote

    def note_unusable(self, reason: str, *, repairing: bool) -> None:
        """Take note that an answer cannot be used, and that what was there before stands."""
        self.unusable.append(reason if repairing else f"{NOT_BELIEVED}{reason}")

    def note_failed(self, reason: str) -> None:
        """Take note that the repair got no answer, and why."""
        first = self.window.segments[self.open[0] - 1]
        words = quoted(self.marking.text[first.start : first.end], MAX_SHOWN_CHARACTERS)
        more = f" and {len(self.open) - 1:,} more" if len(self.open) > 1 else ""
        self.unusable.append(f"{words}{more} stayed open, as asking again failed: {reason}")

    def warnings(self) -> list[str]:
        """What an annotation says of this window's answers, beyond what grounding says."""
        odd = dict.fromkeys(f"An answer was odd: {harmless(r.reason)}." for r in self.remarks)
        return [*list(odd)[:MAX_REMARKS], *self.unusable]

    def shown_again(self) -> frozenset[int]:
        """The numbers that a repair request shows: what is open, with its neighbours."""
        near = range(-NEIGHBOR_SEGMENTS, NEIGHBOR_SEGMENTS + 1)
        return frozenset(n + step for n in self.open for step in near)

    def what_is_open(self) -> str:
        """The first part of a repair request: known speakers, open segments, what was unusable."""
        lines = [f"Known speakers: {'; '.join(self.names) or 'none'}"]
        lines.append(f"Open segments: {', '.join(map(str, self.open))}")
        lines += [f"Not usable: {harmless(p.reason)}" for p in self.problems[:MAX_REMARKS]]
        return "\n".join(lines)

    def _sort_out(self, quotes: Sequence[ProposedQuote]) -> None:
        grounding = self._ground(quotes)
        rejections = [r for r in grounding.rejections if r.part == "piece"]
        bad = {r.quote for r in rejections}
        taken: list[Span] = []
        for number, quote in enumerate(quotes):
            spans = self._spans([quote])
            if number in bad:
                self.broken.append(quote)
            elif any_overlap(spans, taken):
                numbers = tuple(self._numbers(spans))
                self.remarks.append(Remark("a quote overlaps one before it", numbers))
            else:
                self.quotes.append(quote)
                taken += spans
        said = [Remark(r.message, tuple(self._numbers([r.where]))) for r in rejections]
        self.problems = [*self.remarks, *said]

    def _ground(self, quotes: Sequence[ProposedQuote]) -> Grounding:
        """What the article bears out of the quotes; asked for the same ones in a row, known."""
        wanted = tuple(quotes)
        if wanted != self._grounded[0]:
            nameless = tuple(quote.model_copy(update={"speaker": None}) for quote in quotes)
            self._grounded = wanted, self.grounder.ground(Proposal(quotes=nameless))
        return self._grounded[1]

    def _spans(self, quotes: Sequence[ProposedQuote]) -> list[Span]:
        return [span for quote in self._ground(quotes).quotes for span in quote.spans]

    def _numbers(self, edges: Iterable[Span]) -> list[int]:
        wanted = Stretches(edges)
        return [
            number
            for number, segment in enumerate(self.window.segments, start=1)
            if wanted.touches((segment.start, segment.end))
        ]


def _spans_of(line: Line) -> list[Span]:
    return [(span.start, span.end) for span in line.quote.spans]


def _window(piece: Piece) -> Span:
    return piece.start, piece.end


def pieces_of(numbers: Iterable[int], window: Window) -> list[Piece]:
    """The segments with these numbers as pieces; numbers that are not shown are left out."""
    segments = [segment for n in numbers if (segment := window.segment(n))]
    return [Piece(start=segment.start, end=segment.end) for segment in segments]


def merged(states: Iterable[WindowState]) -> Proposal:
    """One proposal from all windows."""
    index: dict[ProposedSpeaker, int] = {}
    quotes: list[ProposedQuote] = []
    not_speech: list[Piece] = []
    for state in states:
        places = [index.setdefault(speaker, len(index)) for speaker in state.speakers]
        for quote in (*state.quotes, *state.broken):
            speaker = None if quote.speaker is None else places[quote.speaker]
            quotes.append(quote.model_copy(update={"speaker": speaker}))
        not_speech += pieces_of(state.not_speech, state.window)
    return Proposal(speakers=tuple(index), quotes=tuple(quotes), not_speech=tuple(not_speech))
