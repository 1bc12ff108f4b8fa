"""Verifies proposals: what the article bears out of them, and what is rejected for which reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from attributor.grounding.content import clause, content, kind, trim, without_cue
from attributor.grounding.folding import Miss, Reason
from attributor.grounding.locating import locate, places
from attributor.marking import Marking
from attributor.marking.spans import Span, distance, overlap
from attributor.records import DecidedBy, Piece, Proposal, ProposedQuote, QuoteKind

Part = Literal["piece", "cue", "mention", "speaker", "not_speech"]
"""The part of a proposal that a rejection is about."""
_NAME_OF_PART: dict[Part, str] = {
    "piece": "content",
    "cue": "its cue",
    "mention": "its mention",
    "speaker": "its speaker",
    "not_speech": "no speech",
}
"""What each part is called in a message."""
_NOTHING_LEFT = Miss("empty", "no word is left of it")
"""Why a part is rejected of which only spaces and signs were found."""
_MAX_GAP_CODE_POINTS = 20
"""A mention that is farther from its cue than this does not stand beside it."""


@dataclass(frozen=True, slots=True)
class GroundedQuote:
    """A quote whose every word stands in the article.

    `spans`, `cue` and `mention` are (start, end) in code points, end exclusive. `speaker` is an
    index into `Proposal.speakers`. `flags` are the proposal's own and `incomplete` (a piece was
    rejected), `cue_rejected`, `mention_rejected`.
    """

    kind: QuoteKind
    marked: bool
    spans: tuple[Span, ...]
    cue: Span | None = None
    mention: Span | None = None
    speaker: int | None = None
    confidence: float | None = None
    decided_by: DecidedBy | None = None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rejection:
    """A part of a proposal that the article does not bear out.

    `quote` is an index into `Proposal.quotes` (None for `not_speech`); `where` is the window in
    which the part was looked for, as proposed. The message is one sentence, safe to print.
    """

    quote: int | None
    part: Part
    reason: Reason
    message: str
    where: Span


@dataclass(frozen=True, slots=True)
class Grounding:
    """What the article bears out of a proposal, and what it does not."""

    quotes: tuple[GroundedQuote, ...]
    rejections: tuple[Rejection, ...] = ()
    not_speech: tuple[Span, ...] = ()


def ground(marking: Marking, proposal: Proposal) -> Grounding:
    """Verify a proposal against its article.

    A quote of which at least one piece stands in the article is kept, flagged where another part
    of it does not; quotes with the same spans are one.
    """
    return Grounder(marking).ground(proposal)


class Grounder:
    """Verifies proposals against one article; a quote that comes again is not verified again."""

    def __init__(self, marking: Marking) -> None:
        self._marking = marking
        self._known: dict[tuple[object, ...], _Verdict] = {}

    def ground(self, proposal: Proposal) -> Grounding:
        """Verify a proposal; see `ground`."""
        quotes: dict[tuple[Span, ...], GroundedQuote] = {}
        rejections: list[Rejection] = []
        for number, proposed in enumerate(proposal.quotes):
            verdict = self._verdict(proposed)
            rejections += [_rejection(number, *miss) for miss in verdict.misses]
            if verdict.quote is not None:
                known = proposed.speaker is None or 0 <= proposed.speaker < len(proposal.speakers)
                quote = _completed(proposed, verdict.quote, proposed.speaker if known else None)
                quotes[quote.spans] = _fuller(quotes.get(quote.spans, quote), quote)
                rejections += [] if known else [_rejection(number, *_unknown_speaker(proposed))]
        not_speech, unsaid = self._not_speech(proposal.not_speech)
        rejections += [_rejection(None, *miss) for miss in unsaid]
        ordered = sorted(quotes.values(), key=lambda quote: quote.spans)
        return Grounding(tuple(ordered), tuple(rejections), not_speech)

    def _verdict(self, proposed: ProposedQuote) -> _Verdict:
        key = proposed.pieces, proposed.cue, proposed.mention, proposed.own_words
        if key not in self._known:
            verifier = _Verifier(self._marking)
            quote = verifier.quote(proposed)
            self._known[key] = _Verdict(quote, tuple(verifier.misses))
        return self._known[key]

    def _not_speech(self, pieces: Iterable[Piece]) -> tuple[tuple[Span, ...], Sequence[Missed]]:
        verifier = _Verifier(self._marking)
        spans = [verifier.piece("not_speech", piece) for piece in pieces]
        return tuple(span for span in spans if span), verifier.misses


Missed = tuple[Part, Piece, Miss]
"""A part of a quote that the article does not bear out, and why."""


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What the article bears out of a quote, whoever said it and however sure that is."""

    quote: GroundedQuote | None
    misses: tuple[Missed, ...]


def _completed(proposed: ProposedQuote, quote: GroundedQuote, speaker: int | None) -> GroundedQuote:
    """The quote with what its proposal says beyond the words."""
    flags = tuple(dict.fromkeys((*proposed.flags, *quote.flags)))
    return replace(
        quote,
        speaker=speaker,
        confidence=proposed.confidence,
        decided_by=proposed.decided_by,
        flags=flags,
    )


@dataclass
class _Verifier:
    """Looks up the parts of one proposed quote, and notes which of them the article lacks."""

    marking: Marking
    misses: list[Missed] = field(default_factory=list)

    def quote(self, proposed: ProposedQuote) -> GroundedQuote | None:
        pieces = [self.piece("piece", piece) for piece in proposed.pieces]
        spans = content(self.marking, [p for p in pieces if p])
        if not spans:
            if any(pieces):
                self.misses.append(("piece", proposed.pieces[0], _NOTHING_LEFT))
            return None
        cue = self._nearest("cue", proposed.cue, spans, spans)
        if cue and proposed.own_words:
            spans = without_cue(self.marking, spans, cue)
        quote_kind = kind(self.marking, spans, proposed.own_words)
        if quote_kind != "direct":
            spans = tuple(clause(self.marking, *span) for span in spans)
        near = (cue,) if cue else spans
        mention = self._nearest("mention", proposed.mention, near, spans)
        if cue and proposed.mention:
            mention = self._beside(cue, mention, spans)
        lost = {
            "incomplete": not all(pieces),
            "cue_rejected": proposed.cue and not cue,
            "mention_rejected": proposed.mention and not mention,
        }
        return GroundedQuote(
            kind=quote_kind,
            marked=any(self.marking.marked_parts(span) for span in spans),
            spans=spans,
            cue=cue,
            mention=mention,
            flags=tuple(flag for flag in lost if lost[flag]),
        )

    def piece(self, part: Part, piece: Piece) -> Span | None:
        span = locate(self.marking.text, piece)
        if isinstance(span, Miss):
            self.misses.append((part, piece, span))
            return None
        return span

    def _nearest(
        self, part: Part, piece: Piece | None, to: Sequence[Span], said: Sequence[Span]
    ) -> Span | None:
        """A cue or a mention; of several that fit the one nearest `to`, if possible not inside."""
        if piece is None:
            return None
        fitting = places(self.marking.text, piece)
        if isinstance(fitting, Miss):
            self.misses.append((part, piece, fitting))
            return None
        outside = [p for p in fitting if not any(overlap(p, span) for span in said)]
        nearest = min(outside or fitting, key=lambda p: min(distance(p, other) for other in to))
        trimmed = trim(self.marking, *nearest)
        if trimmed is None:
            self.misses.append((part, piece, _NOTHING_LEFT))
        return trimmed

    def _beside(self, cue: Span, mention: Span | None, said: Sequence[Span]) -> Span | None:
        """The mention, or what names the speaker beside the cue where it lies in another sentence.

        A model that knows who speaks tends to give the name, not the "he" that stands there.
        """
        sentence = self.marking.sentence_at(cue[0])
        if mention and overlap(mention, sentence):
            return mention
        beside = [
            place
            for place in (mention[:2] for mention in self.marking.mentions_in(*sentence))
            if distance(place, cue) <= _MAX_GAP_CODE_POINTS
            and not any(overlap(place, s) for s in (*said, cue))
        ]
        return min(beside, key=lambda place: distance(place, cue), default=mention)


def _unknown_speaker(proposed: ProposedQuote) -> Missed:
    return "speaker", proposed.pieces[0], Miss("outside", f"there is no speaker {proposed.speaker}")


def _rejection(number: int | None, part: Part, piece: Piece, miss: Miss) -> Rejection:
    words = " … ".join(filter(None, dict.fromkeys((piece.starts, piece.ends))))
    proposed = f"the words “{excerpt(words)}”" if words else f"{piece.start} to {piece.end}"
    what = f"As {_NAME_OF_PART[part]}, {proposed} were rejected: {excerpt(miss.detail, 160)}."
    message = what if number is None else f"Quote {number + 1}: {what[0].lower()}{what[1:]}"
    return Rejection(number, part, miss.reason, message, (piece.start, piece.end))


def _fuller(one: GroundedQuote, other: GroundedQuote) -> GroundedQuote:
    """The one of two quotes that says more of its source; the first if both say as much."""
    return max(
        one, other, key=lambda q: (q.speaker is not None, q.mention is not None, bool(q.cue))
    )


def excerpt(text: str, limit: int = 60) -> str:
    """`text` in one line of about `limit` characters at most, with no control characters."""
    half = limit // 2
    short = text if len(text) <= limit else f"{text[:half]} … {text[-half:]}"
    line = " ".join(short.split())
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in line)
