"""What is credited by a possessive and a noun: "In her view, …", "…, in Quill’s words, …"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from attributor.marking import Cue, Marking, Mention
from attributor.marking.spans import Span
from attributor.reporting.grammar import VERBAL, Content, ReportingClause

_MAX_WORDS_BETWEEN = 8
"""Between "in" and the noun stand no more words than this ("in the old mayor’s own words")."""


def own_views(marking: Marking) -> Iterator[tuple[ReportingClause, Content]]:
    """The phrases that credit so, and what they credit, in order."""
    pack = marking.pack
    nouns = {noun for _, noun in pack.own_views}
    if not nouns:
        return
    for i, token in enumerate(marking.tokens):
        if token.low in nouns and not marking.passage_at(token.start):
            clause = _clause(marking, i)
            content = _content(marking, clause) if clause else None
            if clause and content:
                yield clause, content


def _clause(marking: Marking, noun: int) -> ReportingClause | None:
    """The phrase from its preposition to the noun at token `noun`."""
    tokens = marking.tokens
    for i in range(noun - 1, max(noun - _MAX_WORDS_BETWEEN, -1), -1):
        low = tokens[i].low
        if not low[0].isalnum():
            return None
        if (low, tokens[noun].low) in marking.pack.own_views:
            owner = _owner(marking, i + 1, noun)
            cue = Cue(tokens[i].start, tokens[noun].end, low, "preposition")
            return ReportingClause(cue, owner, cue.start, cue.end) if owner else None
    return None


def _owner(marking: Marking, first: int, noun: int) -> Mention | None:
    """Whose it is: a possessive, or the words up to one that has its ending ("the mayor’s")."""
    pack, tokens = marking.pack, marking.tokens
    low = tokens[first].low
    if low in pack.possessives:
        own = low in pack.first_person
        return None if own else Mention(tokens[first].start, tokens[first].end, "pronoun", low)
    for token in tokens[first:noun]:
        if token.low.endswith("'s"):
            kind: Literal["name", "nominal"] = "name" if token.capital else "nominal"
            head = token.low.removesuffix("'s")
            return Mention(tokens[first].start, token.end - 2, kind, head)
    return None


def _content(marking: Marking, clause: ReportingClause) -> Content | None:
    """The sentence around the phrase, which commas part from it; None where another one reports."""
    start, end = marking.near_in_sentence(clause.start)
    before = marking.words_in(start, clause.start)
    after = marking.words_in(clause.end, end)
    gap = marking.text[start : clause.start].rstrip()[-1:], marking.low_at(clause.end)
    if any(cue.kind in VERBAL for cue in marking.cues_in(start, clause.start)):
        return None
    opens = not before and after and (gap[1] == "," or marking.passage_at(clause.end + 1))
    if opens:
        return Content(((clause.end, end),))
    if gap[0] not in (",", "–", "—"):
        return None
    spans: list[Span] = [(start, clause.start)]
    if after and gap[1] in (",", "–", "—"):
        spans.append((clause.end, end))
    return Content(tuple(spans)) if len(before) + len(after) > 2 else None
