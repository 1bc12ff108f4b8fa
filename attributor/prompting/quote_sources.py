"""Where a proposed quote stands: its cue and mention, and what is left of its segments beside them.

A model points to whole segments and copies the words that attribute them. Where these stand is
looked up. Where they do not stand beside the quote, the article is asked: it often says itself who
said this ("…,” the diplomat noted."), and a model that knows whose words they are need not know in
which words they are attributed. What is said begins after its cue or ends before it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cached_property
from itertools import groupby
from typing import Literal, NamedTuple

from attributor.marking.evidence import Marking, Mention, Segment
from attributor.marking.spans import Span, covers, overlap
from attributor.marking.tokens import tokens
from attributor.prompting.copied import (
    Source,
    Words,
    find_all,
    find_source,
    lowered,
    piece_of,
)
from attributor.prompting.windows import Window
from attributor.records import Piece
from attributor.reporting import ReportingClause, grammar_of, is_reported_by_mood, reports

Side = Literal["before", "after", "around"]
"""Where the clause that reports a quote stands beside it."""

MAX_SOURCE_CODE_POINTS = 160
"""A cue and a mention that take up more than this are not taken for one source."""
MAX_CUE_WORDS = 6
"""A longer cue is not believed: the article's own cue is taken."""

_WORD = re.compile(r"\w+")
"""A word."""
_SPEECH_ENDS = (",", "—", "–", "?", "!", "…")
"""What speech can end with before a clause that reports it."""


class Sides(NamedTuple):
    """What was said in a segment: up to `before` and from `after` on, offsets or None."""

    before: int | None
    after: int | None


class QuoteSources:
    """A window of an article, in which sources are looked up."""

    def __init__(self, marking: Marking, window: Window) -> None:
        self.text, self.segments = marking.text, window.segments
        self._marking, self._pack = marking, marking.pack
        self._grammar = grammar_of(marking.pack)

    def source(self, first: int, last: int, words: Words) -> Source:
        """Cue and mention of what the segments `first` to `last` (indices) hold.

        Args:
            first: index of the first segment of what was said.
            last: index of the last one.
            words: what the model says.
        """
        found = self._source(first, last, words)
        if found.mention is None or not found.mention.starts:
            return found
        elsewhere = self._apart(words.mention, first, last)
        return replace(found, mention=piece_of(elsewhere)) if elsewhere else found

    def _source(self, first: int, last: int, words: Words) -> Source:
        said = self.copied(first, last, words)
        begin, end = self.whole(first, last)
        own = self.segments[begin : end + 1]
        if words.is_uncued and not any(segment.marked for segment in own):
            apart = self._apart(words.mention, begin, end)
            if apart is not None:
                return Source(None, piece_of(apart))
        beside = self._beside(begin, end)
        if self._is_borne_out(said, own, beside, words):
            return said
        if beside:
            return self._of(max(beside, key=lambda r: self._agrees(r, words.name)))
        if said.segment in own and self._are_reported_by_mood(own):
            return Source(None, said.mention)  # what was copied as its cue is part of it
        return replace(said, is_known=self._is_known(said, own, words))

    def copied(self, first: int, last: int, words: Words) -> Source:
        """Cue and mention as the model copied them, beside the segments `first` to `last`."""
        within = range(first + 1, last)
        order = (first, last + 1, last, first - 1, *within, last + 2, first - 2)
        near = [self.segments[n] for n in dict.fromkeys(order) if 0 <= n < len(self.segments)]
        near = [s for s in near if not s.marked] or near
        return find_source(self.text, near, words)

    def _apart(self, mention: str, first: int, last: int) -> Span | None:
        """Where words stand nearest outside of the segments: a signature, or a turn's label."""
        outside = [n for n in range(len(self.segments)) if not first <= n <= last]
        for n in sorted(outside, key=lambda n: min(abs(n - first), abs(n - last))):
            found = find_all(self.text, mention, self.segments[n])
            if found:
                return found[0]
        return None

    def whole(self, first: int, last: int) -> tuple[int, int]:
        """The segments with the rest of the passages in quotation marks that they begin or end in.

        What stands between two marks is one speaker's, and quoted whole.
        """
        while first and self._go_on(first - 1):
            first -= 1
        while last + 1 < len(self.segments) and self._go_on(last):
            last += 1
        return first, last

    def parts(self, first: int, last: int) -> list[tuple[int, int]]:
        """The segments `first` to `last` as the quotes that they are.

        One quote, unless several paragraphs among them say by themselves who speaks: then each
        paragraph is its own.
        """
        paragraphs = [
            (group[0], group[-1])
            for _, numbers in groupby(
                range(first, last + 1), key=lambda n: self.segments[n].paragraph
            )
            for group in [list(numbers)]
        ]
        reported = [p for p in paragraphs if any(self._in(n) for n in range(p[0], p[1] + 1))]
        return paragraphs if len(reported) > 1 else [(first, last)]

    def _is_borne_out(
        self, said: Source, own: tuple[Segment, ...], beside: list[ReportingClause], words: Words
    ) -> bool:
        """Whether the model's cue is the quote's: in its place, or no better one is there."""
        if said.segment is None or said.cue is None or not self._is_plausible(said.cue, said):
            return False
        known = self._says(words.cue)
        if said.segment in own:
            return said.is_pair or known
        if any(overlap(report.cue[:2], _span(said.cue)) for report in beside):
            return True
        sentences = {segment.sentence for segment in own}
        if said.segment.sentence not in sentences and any(
            self._segment_of(report).sentence in sentences for report in beside
        ):
            return False  # it belongs to another sentence, and the quote's has its own
        by_somebody = said.mention and self._mentions_touching(said.mention)
        return (known and said.is_pair) or (not beside and (known or bool(by_somebody)))

    def _is_plausible(self, cue: Piece, said: Source) -> bool:
        """Whether it is a few words outside quotation marks, and nobody's name."""
        if (said.segment and said.segment.marked) or cue.starts:
            return False
        if len(_WORD.findall(self.text, cue.start, cue.end)) > MAX_CUE_WORDS:
            return False
        in_name = any(covers(m[:2], _span(cue)) for m in self._mentions_touching(cue))
        return not in_name or self._says(self.text[cue.start : cue.end])

    def _mentions_touching(self, piece: Piece) -> tuple[Mention, ...]:
        return self._marking.mentions_touching(piece.start, piece.end)

    def _is_known(self, said: Source, own: tuple[Segment, ...], words: Words) -> bool:
        """Whether somebody is said to have said this.

        Quotation marks are enough, and so are a cue that stands apart from the quote and a verb in
        the mood of reported speech. A paraphrase has its cue beside it; the speaker's own words
        may go on for paragraphs after it.
        """
        if any(segment.marked for segment in own) or not self._pack.verbs:
            return True
        if self._are_reported_by_mood(own):
            return True
        apart = said.segment is not None and said.segment not in own
        return apart or (words.own and self._says(words.cue))

    def _are_reported_by_mood(self, own: tuple[Segment, ...]) -> bool:
        return any(is_reported_by_mood(self._marking, segment.sentence) for segment in own)

    def _beside(self, first: int, last: int) -> list[ReportingClause]:
        """The reporting clauses of the segments, else that which follows them or goes before.

        Args:
            first: index of the first segment, where a passage in quotation marks is whole.
            last: index of the last one.
        """
        inside = [report for n in range(first, last + 1) for report in self._in(n)]
        after = [report for report in self._in(last + 1) if self._follows(last, report)]
        leads_up = first > 0 and self._leads_up(first - 1)
        return inside or after or (self._in(first - 1) if leads_up else [])

    def _go_on(self, number: int) -> bool:
        """Whether the segment and the one after it belong to one passage."""
        one, other = self.segments[number : number + 2]
        if not one.marked or not other.marked:
            return False
        return self._marking.passage_at(one.start) == self._marking.passage_at(other.start)

    def _follows(self, number: int, report: ReportingClause) -> bool:
        """Whether the clause, in the next segment, ends the segment's sentence or its paragraph's.

        That is "…,” Ann said." and, where marks were lost, "It rains. It will snow, Ann said."
        """
        one, other = self.segments[number : number + 2]
        if one.sentence == other.sentence or self.text[other.start].islower():
            return True
        trails = not _WORD.search(self.text, report.end, other.end)
        return trails and one.paragraph == other.paragraph and report.start > other.start

    def _leads_up(self, number: int) -> bool:
        """Whether the next segment is marked and goes on with this one's paragraph or sentence."""
        one, other = self.segments[number : number + 2]
        if self.text[one.end - 1] == ":" or one.sentence == other.sentence:
            return True
        return other.marked and one.paragraph == other.paragraph

    def _in(self, number: int) -> list[ReportingClause]:
        return self._reports.get(number, [])

    def _segment_of(self, report: ReportingClause) -> Segment:
        return self._marking.segment_at(report.cue.start)

    def _agrees(self, report: ReportingClause, name: str) -> tuple[bool, bool]:
        """How well a reporting clause goes with the speaker: the name fits, the verb is common."""
        return _fits(report, name, self.text), report.cue.lemma in self._pack.core

    def _of(self, report: ReportingClause) -> Source:
        segment = self._segment_of(report)
        cue = piece_of((report.cue.start, report.cue.end)) if report.cue.kind != "label" else None
        mention = piece_of(report.mention[:2]) if report.mention else None
        edges = report.start, report.end
        return Source(cue, mention, segment, edges)

    def _says(self, cue: str) -> bool:
        """Whether the words attribute speech, as far as the language's pack knows."""
        lows = tuple(token.low for token in tokens(cue))
        return len(lows) <= MAX_CUE_WORDS and self._pack.attributes(lows)

    @cached_property
    def _reports(self) -> dict[int, list[ReportingClause]]:
        """The window's reporting clauses outside quotation marks, by the index of their segment."""
        found: dict[int, list[ReportingClause]] = {}
        first = self.segments[0]
        for report in reports(self._marking, first.start, self.segments[-1].end):
            segment = self._segment_of(report)
            if report.cue.start < segment.end and not segment.marked:
                found.setdefault(segment.number - first.number, []).append(report)
        return found

    def without_source(self, pieces: list[Piece], source: Source) -> list[Piece]:
        """The pieces, less the cue and the mention where these stand in one of them.

        An edge that comes with words is left as it is. Nothing is left where a piece held no more
        than its source.
        """
        segment, edges = source.segment, source.edges
        if segment is None or edges is None or segment.marked:
            return pieces
        if edges[1] - edges[0] > MAX_SOURCE_CODE_POINTS:
            return pieces
        sides = self._sides(segment, edges, source)
        kept: list[Piece] = []
        for piece in pieces:
            inside = covers(_span(piece), edges)
            kept += _less(self.text, piece, segment, edges, sides) if inside else [piece]
        return kept

    def _sides(self, segment: Segment, edges: Span, source: Source) -> Sides:
        """What was said beside its source in their segment.

        The grammar says so where it knows the cue, else the signs beside the source.
        """
        before, after = (segment.start, edges[0]), (edges[1], segment.end)
        said = self._said_by(source)
        ends = [min(span[1], edges[0]) for span in said if overlap(span, before)]
        starts = [max(span[0], edges[1]) for span in said if overlap(span, after)]
        if ends or starts:
            return Sides(max(ends, default=None), min(starts, default=None))
        side = self._side_by_signs(self.text[slice(*before)], self.text[slice(*after)], source)
        return Sides(edges[0] if side != "after" else None, edges[1] if side != "before" else None)

    def _said_by(self, source: Source) -> tuple[Span, ...]:
        """What the grammar takes for the content of the cue's clause."""
        if source.segment is None or source.cue is None:
            return ()
        cue = _span(source.cue)
        near = self._in(source.segment.number - self.segments[0].number)
        clause = next((r for r in near if overlap(r.cue[:2], cue)), None)
        content = self._grammar.content(self._marking, clause) if clause else None
        return content.spans if content else ()

    def _side_by_signs(self, before: str, after: str, source: Source) -> Side:
        """On which side of its source a quote stands, by commas and words, in any language.

        What a conjunction ("that") opens right behind the source was said; what stands behind a
        verb and its subject ("said Ann, who …") was not.
        """
        before, after = before.rstrip(), after.lstrip()
        left, right = len(_WORD.findall(before)), len(_WORD.findall(after))
        first = _WORD.search(after)
        word = first[0].lower() if first else ""
        if word in self._pack.conjunctions and after.lower().startswith(word):
            return "after"
        if left and right and before.endswith(",") and after.startswith(","):
            return "before" if word in self._pack.relatives else "around"
        if not right:
            return "before"
        leads_over, inverted = before.endswith(_SPEECH_ENDS), self._is_inverted(source)
        if inverted and not left:
            return "before"
        return "before" if leads_over and (inverted or left > right) else "after"

    def _is_inverted(self, source: Source) -> bool:
        """Whether the verb stands before its subject: "…,” said Ann"."""
        cue, mention = source.cue, source.mention
        if cue is None or mention is None or mention.start < cue.start:
            return False
        words = tokens(self.text[cue.start : cue.end])
        return any(token.low in self._pack.verbs for token in words)


def _fits(report: ReportingClause, name: str, text: str) -> bool:
    """Whether the clause's mention can be that of a speaker called `name`."""
    if report.mention is None or report.mention.type != "name" or not name:
        return True
    mention = text[report.mention.start : report.mention.end]
    return bool(set(_lows(mention)) & set(_lows(name)))


def _lows(name: str) -> list[str]:
    return [token.low for token in tokens(name) if token.low[0].isalnum()]


def _span(piece: Piece) -> Span:
    return piece.start, piece.end


def _less(text: str, piece: Piece, segment: Segment, edges: Span, sides: Sides) -> list[Piece]:
    """What is left of a piece without the source at `edges`; all where its words forbid a cut."""
    if piece.starts and not _stands(text, piece.starts, piece.start, edges[0]):
        return [piece]
    if piece.ends and not _stands(text, piece.ends, edges[1], piece.end):
        return [piece]
    if (piece.starts and sides.after is not None) or (piece.ends and sides.before is not None):
        return [piece]
    first_end = segment.start if sides.before is None else sides.before
    last_start = segment.end if sides.after is None else sides.after
    parts = [
        piece.model_copy(update={"end": first_end, "ends": ""}),
        piece.model_copy(update={"start": last_start, "starts": ""}),
    ]
    return [part for part in parts if _WORD.search(text, part.start, max(part.start, part.end))]


def _stands(text: str, words: str, start: int, end: int) -> bool:
    return lowered(text).find(words.lower(), start, end) >= 0
