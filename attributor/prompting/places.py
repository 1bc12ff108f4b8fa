"""Where a proposed quote stands: its cue and mention, and what is left of its segments beside them.

A model points to whole segments and copies the words that attribute them. Where these stand is
looked up. Where they do not stand beside the quote, the article is asked: it often says itself who
said this ("…,” the diplomat noted."), and a model that knows whose words they are need not know in
which words they are attributed. What is said begins after its cue or ends before it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import groupby, product
from typing import Literal

from attributor.marking.evidence import Cue, Marking, Mention, Segment
from attributor.marking.language import Language, load
from attributor.marking.tokens import tokens
from attributor.prompting.windows import Window
from attributor.records import Piece
from attributor.reporting import ReportingClause as Report
from attributor.reporting import reports

Edges = tuple[int, int]
Side = Literal["before", "after", "around"]

LONGEST_SOURCE = 160
"""Characters from a mention to its cue, beyond which they are not taken for one."""
LONGEST_CUE = 6
"""Words of a cue, beyond which the article's own is taken."""

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Source:
    """The cue and the mention of a quote, as found; a Piece with words is left to grounding.

    `edges` are where both stand in `segment`; `is_pair` says that both were found there.
    `is_known` is False where neither the article nor the model's words say that anybody said this,
    `is_named` where the article says that it was somebody else than the model does.
    """

    cue: Piece | None
    mention: Piece | None
    segment: Segment | None = None
    edges: Edges | None = None
    is_pair: bool = False
    is_known: bool = True
    is_named: bool = True


@dataclass(frozen=True, slots=True)
class Words:
    """What a model says of a quote's source: the words it copied, and the speaker's name.

    `own` says whether the quote is said to be in the speaker's own words.
    """

    cue: str
    mention: str
    name: str = ""
    own: bool = False


class Places:
    """A window of an article, in which sources are looked up."""

    def __init__(self, marking: Marking, window: Window) -> None:
        self.text, self.segments = marking.text, window.segments
        self.language = load(marking.language)
        self._marking = marking
        self._starts = [segment.start for segment in self.segments]
        self._mention_starts = [mention.start for mention in marking.mentions]
        self._passage_starts = [passage.outer_start for passage in marking.passages]

    def source(self, first: int, last: int, words: Words) -> Source:
        """Cue and mention of what the segments `first` to `last` (indices) hold.

        Args:
            first: index of the first segment of what was said.
            last: index of the last one.
            words: what the model says.
        """
        order = (first, last + 1, last, first - 1, last + 2, first - 2)
        near = [self.segments[n] for n in dict.fromkeys(order) if 0 <= n < len(self.segments)]
        near = [s for s in near if not s.marked] or near
        said = find_source(self.text, near, words)
        begin, end = self.whole(first, last)
        own = self.segments[begin : end + 1]
        beside = self._beside(begin, end)
        if self._is_borne_out(said, own, beside, words):
            return said
        if beside:
            return self._of(max(beside, key=lambda r: self._agrees(r, words.name)), words.name)
        return replace(said, is_known=self._is_known(said, own, words))

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
        self, said: Source, own: tuple[Segment, ...], beside: list[Report], words: Words
    ) -> bool:
        """Whether the model's cue is the quote's: in its place, or no better one is there."""
        if said.segment is None or said.cue is None or not self._is_plausible(said.cue, said):
            return False
        known = self._says(words.cue)
        if said.segment in own:
            return said.is_pair or known
        if any(_overlap(report.cue, said.cue) for report in beside):
            return True
        sentences = {segment.sentence for segment in own}
        if said.segment.sentence not in sentences and any(
            self._segment_of(report).sentence in sentences for report in beside
        ):
            return False  # it belongs to another sentence, and the quote's has its own
        by_somebody = said.mention and any(
            _overlap(mention, said.mention) for mention in self._mentions_near(said.mention)
        )
        return (known and said.is_pair) or (not beside and (known or bool(by_somebody)))

    def _is_plausible(self, cue: Piece, said: Source) -> bool:
        """Whether it is a few words outside quotation marks, and nobody's name."""
        if (said.segment and said.segment.marked) or cue.starts:
            return False
        if len(_WORD.findall(self.text, cue.start, cue.end)) > LONGEST_CUE:
            return False
        near = self._mentions_near(cue)
        in_name = any(m.start <= cue.start and cue.end <= m.end for m in near)
        return not in_name or self._says(self.text[cue.start : cue.end])

    def _mentions_near(self, piece: Piece) -> tuple[Mention, ...]:
        """The mentions that the piece may touch: none overlaps another."""
        first = bisect_right(self._mention_starts, piece.start) - 1
        last = bisect_right(self._mention_starts, piece.end)
        return self._marking.mentions[max(0, first) : last]

    def _is_known(self, said: Source, own: tuple[Segment, ...], words: Words) -> bool:
        """Whether somebody is said to have said this.

        Quotation marks are enough, and so is a cue that stands apart from the quote. A paraphrase
        has its cue beside it; the speaker's own words may go on for paragraphs after it.
        """
        if any(segment.marked for segment in own) or not self.language.verbs:
            return True
        apart = said.segment is not None and said.segment not in own
        return apart or (words.own and self._says(words.cue))

    def _beside(self, first: int, last: int) -> list[Report]:
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
        return one.marked and self._passage_of(one) == self._passage_of(other)

    def _passage_of(self, segment: Segment) -> int:
        """The index of the passage that holds the segment, or else of the one before it."""
        return bisect_right(self._passage_starts, segment.start) - 1 if segment.marked else -1

    def _follows(self, number: int, report: Report) -> bool:
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

    def _in(self, number: int) -> list[Report]:
        return self._reports.get(number, [])

    def _segment_of(self, report: Report) -> Segment:
        return self.segments[bisect_right(self._starts, report.cue.start) - 1]

    def _agrees(self, report: Report, name: str) -> tuple[bool, bool]:
        """How well a reporting clause goes with the speaker: the name fits, the verb is common."""
        return _fits(report, name, self.text), report.cue.lemma in self.language.core

    def _of(self, report: Report, name: str) -> Source:
        segment = self._segment_of(report)
        cue = _piece((report.cue.start, report.cue.end)) if report.cue.kind != "label" else None
        mention = _piece(report.mention[:2]) if report.mention else None
        edges = report.start, report.end
        return Source(cue, mention, segment, edges, is_named=_fits(report, name, self.text))

    def _says(self, cue: str) -> bool:
        """Whether the words attribute speech, as far as the language's pack knows."""
        lows = tuple(token.low for token in tokens(cue))
        if len(lows) > LONGEST_CUE:
            return False
        return lows in self.language.prepositions or any(low in self.language.verbs for low in lows)

    @cached_property
    def _reports(self) -> dict[int, list[Report]]:
        """The window's reporting clauses outside quotation marks, by the index of their segment."""
        found: dict[int, list[Report]] = {}
        for report in reports(self._marking, self._starts[0], self.segments[-1].end):
            number = bisect_right(self._starts, report.cue.start) - 1
            segment = self.segments[number]
            if report.cue.start < segment.end and not segment.marked:
                found.setdefault(number, []).append(report)
        return found


def _overlap(one: Cue | Mention, other: Piece) -> bool:
    return one.start < other.end and other.start < one.end


def _fits(report: Report, name: str, text: str) -> bool:
    """Whether the clause's mention can be that of a speaker called `name`."""
    if report.mention is None or report.mention.type != "name" or not name:
        return True
    mention = text[report.mention.start : report.mention.end]
    return bool(set(_lows(mention)) & set(_lows(name)))


def _lows(name: str) -> list[str]:
    return [token.low for token in tokens(name) if token.low[0].isalnum()]


def find_source(text: str, near: list[Segment], words: Words) -> Source:
    """Cue and mention as the model copied them, in the segments `near`, the best place first.

    Both are looked for in one segment before they are looked for apart.
    """
    for segment in near:
        both = product(_all(text, words.cue, segment), _all(text, words.mention, segment))
        pairs = [(c, m) for c, m in both if c[1] <= m[0] or m[1] <= c[0]]
        if pairs:
            c, m = min(pairs, key=lambda pair: (_gap(*pair), pair))
            edges = min(c[0], m[0]), max(c[1], m[1])
            return Source(_piece(c), _piece(m), segment, edges, is_pair=True)
    return Source(
        _anchored(text, words.cue, near),
        _anchored(text, words.mention, near),
        *_apart(text, words.cue, near),
    )


def _apart(text: str, cue: str, near: list[Segment]) -> tuple[Segment | None, Edges | None]:
    return next(((s, e) for s in near for e in _all(text, cue, s)), (None, None))


def _anchored(text: str, words: str, near: list[Segment]) -> Piece | None:
    if not words:
        return None
    found = next((e for s in near for e in _all(text, words, s)), None)
    if found:
        return _piece(found)
    return Piece(start=near[0].start, end=near[0].end, starts=words, ends=words)


def _all(text: str, words: str, segment: Segment) -> list[Edges]:
    """Where the words stand whole in the segment, whatever their case."""
    sought, found = words.lower(), list[Edges]()
    at = segment.start if sought else -1
    within = _lower(text)
    while at >= 0:
        at = within.find(sought, at, segment.end)
        if at >= 0:
            end = at + len(sought)
            whole = not (_in_word(text, at - 1) or _in_word(text, end))
            found += [(at, end)] if whole else []
            at = end if whole else at + 1
    return found


@lru_cache(maxsize=4)
def _lower(text: str) -> str:
    """The text in lower case, each character where it was."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(c.lower()[0] for c in text)


def _in_word(text: str, index: int) -> bool:
    return 0 <= index < len(text) and (text[index].isalnum() or text[index] == "_")


def _gap(one: Edges, other: Edges) -> int:
    return max(one[0] - other[1], other[0] - one[1], 0)


def _piece(edges: Edges) -> Piece:
    return Piece(start=edges[0], end=edges[1])


def without_source(
    text: str, pieces: list[Piece], source: Source, language: Language
) -> list[Piece]:
    """The pieces, less the cue and the mention where these stand in one of them.

    An edge that comes with words is left as it is. Nothing is left where a piece held no more
    than its source.
    """
    segment, edges = source.segment, source.edges
    if segment is None or edges is None or segment.marked or edges[1] - edges[0] > LONGEST_SOURCE:
        return pieces
    side = _side(text, segment, source, language)
    kept: list[Piece] = []
    for piece in pieces:
        inside = piece.start <= edges[0] and edges[1] <= piece.end
        kept += _less(text, piece, (segment.start, segment.end), edges, side) if inside else [piece]
    return kept


def _less(text: str, piece: Piece, segment: Edges, edges: Edges, side: Side) -> list[Piece]:
    if piece.starts and not _stands(text, piece.starts, piece.start, edges[0]):
        return [piece]
    if piece.ends and not _stands(text, piece.ends, edges[1], piece.end):
        return [piece]
    if (side != "before" and piece.starts) or (side != "after" and piece.ends):
        return [piece]
    first_end = edges[0] if side != "after" else segment[0]
    last_start = edges[1] if side != "before" else segment[1]
    parts = [
        piece.model_copy(update={"end": first_end, "ends": ""}),
        piece.model_copy(update={"start": last_start, "starts": ""}),
    ]
    return [part for part in parts if _WORD.search(text, part.start, max(part.start, part.end))]


def _stands(text: str, words: str, start: int, end: int) -> bool:
    return _lower(text).find(words.lower(), start, end) >= 0


def _side(text: str, segment: Segment, source: Source, language: Language) -> Side:
    """On which side of its source a quote stands within their segment.

    What a conjunction ("that") opens right behind the source was said; what stands behind a verb
    and its subject ("said Ann, who …") was not.
    """
    edges = source.edges or (segment.start, segment.end)
    before, after = text[segment.start : edges[0]].rstrip(), text[edges[1] : segment.end].lstrip()
    left, right = len(_WORD.findall(before)), len(_WORD.findall(after))
    first = _WORD.search(after)
    word = first[0].lower() if first else ""
    if word in language.conjunctions and after.lower().startswith(word):
        return "after"
    if left and right and before.endswith(",") and after.startswith(","):
        return "before" if word in language.relatives else "around"
    if not right or (before.endswith((",", "—", "–")) and left > right):
        return "before"
    return "before" if _is_inverted(text, source, language) else "after"


def _is_inverted(text: str, source: Source, language: Language) -> bool:
    """Whether the verb stands before its subject: "…,” said Ann"."""
    cue, mention = source.cue, source.mention
    if cue is None or mention is None or mention.start < cue.start:
        return False
    return any(token.low in language.verbs for token in tokens(text[cue.start : cue.end]))
