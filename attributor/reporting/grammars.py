"""The grammars there are, and which language has which.

A grammar is told by how a verb and a preposition credit somebody, and by what they govern. What
holds in every language stands here: a label before a colon, a subject that a verb shares with the
one before it, and one that is left out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from attributor.marking import Cue, Marking, Mention, Passage, Turn
from attributor.marking.language import Language
from attributor.marking.tokens import Token
from attributor.reporting import (
    content_by_commas,
    content_by_order,
    introduced,
    source_by_commas,
    source_by_order,
)
from attributor.reporting.coordination import leader
from attributor.reporting.grammar import VERBAL, Content, Grammar, ReportingClause
from attributor.reporting.left_out import left_out
from attributor.reporting.passages import is_reported
from attributor.reporting.relays import relays

_Source = Callable[[Marking, Cue], ReportingClause | None]
_Content = Callable[[Marking, ReportingClause], Content | None]


@dataclass(frozen=True, slots=True)
class _Grammar:
    """A Grammar of four parts: whom a verb and a preposition credit, and what they report."""

    of_verb: _Source
    of_preposition: _Source
    by_verb: _Content
    by_preposition: _Content

    def source(
        self, marking: Marking, cue: Cue, before: ReportingClause | None = None
    ) -> ReportingClause | None:
        """Whose clause a cue stands in; see `Grammar.source`."""
        if cue.kind == "preposition":
            return self.of_preposition(marking, cue)
        if cue.kind == "label":
            return _labelled(marking, cue)
        own = self._shared(marking, cue) or self.of_verb(marking, cue)
        return own or _carried_over(marking, cue, before) or left_out(marking, cue)

    def _shared(self, marking: Marking, cue: Cue) -> ReportingClause | None:
        """The clause of "i dodala da …": its subject, if any, is that of the verb before it."""
        first = leader(marking, cue)
        led = self.source(marking, first) if first else None
        return ReportingClause(cue, led.mention, cue.start, cue.end) if led else None

    def content(self, marking: Marking, clause: ReportingClause) -> Content | None:
        """What a reporting clause reports; see `Grammar.content`."""
        if clause.cue.kind == "preposition":
            return self.by_preposition(marking, clause)
        if clause.cue.kind == "label":
            return _behind_label(marking, clause)
        return self.by_verb(marking, clause)


def _of_verb_by_order(marking: Marking, cue: Cue) -> ReportingClause | None:
    return introduced.clause_of(marking, cue) or source_by_order.of_verb(marking, cue)


BY_ORDER: Grammar = _Grammar(
    _of_verb_by_order,
    source_by_order.of_preposition,
    content_by_order.of_verb,
    content_by_order.of_preposition,
)
"""The subject stands right before its verb, or right behind it where speech goes before."""

BY_COMMAS: Grammar = _Grammar(
    source_by_commas.of_verb,
    source_by_commas.of_preposition,
    content_by_commas.of_verb,
    content_by_commas.of_preposition,
)
"""The subject stands anywhere in its verb's clause, and commas stand around every clause."""


def grammar_of(language: Language) -> Grammar:
    """The grammar by which a language reports."""
    return BY_COMMAS if language.commas_part_clauses else BY_ORDER


def reports(marking: Marking, start: int, end: int) -> tuple[ReportingClause, ...]:
    """The reporting clauses of all cues in `start:end` (code points), in the order of the text."""
    grammar = grammar_of(marking.pack)
    relayed = {clause.cue.start: clause for clause in relays(marking, start, end)}
    found: list[ReportingClause] = []
    named: ReportingClause | None = None
    for cue in marking.cues_in(start, end):
        clause = relayed.get(cue.start) or grammar.source(marking, cue, named)
        if clause is not None:
            found.append(clause)
            named = clause if clause.mention else named
    return tuple(found)


def is_reported_by_mood(marking: Marking, sentence: int) -> bool:
    """Whether a sentence (its number) reports by its verbs' mood alone: "Das sei nicht wahr."."""
    return _has_first(marking, sentence, marking.pack.reported_mood)


def reports_alone(marking: Marking, sentence: int) -> bool:
    """Whether that mood can be no wish, as it can in "Das wäre schön."."""
    known = marking.pack.reported_mood - marking.pack.supposed_mood
    return _has_first(marking, sentence, known)


def may_go_on(marking: Marking, sentence: int) -> bool:
    """Whether a sentence behind what is reported goes on with it: by its mood, or as hearsay."""
    return _has_first(marking, sentence, marking.pack.reported_mood | marking.pack.passed_on)


def _has_first(marking: Marking, sentence: int, verbs: frozenset[str]) -> bool:
    """Whether a sentence has one of the verbs, and no cue before it."""
    start, end = marking.sentences[sentence]
    tokens = marking.tokens[marking.index_at(start) : marking.index_at(end)]
    verb = next((t.start for t in tokens if t.low in verbs and not _is_noun(marking, t)), None)
    return verb is not None and not marking.cues_in(start, verb)


def _is_noun(marking: Marking, token: Token) -> bool:
    """Whether the word has a capital that its sentence's beginning does not give it."""
    starts = marking.sentence_at(token.start)[0] == token.start
    return marking.text[token.start].isupper() and not starts


# --- what holds in every language ----------------------------------------------------------------


def _carried_over(
    marking: Marking, cue: Cue, before: ReportingClause | None
) -> ReportingClause | None:
    """The clause of ", adding that …" and "… and said that …": the sentence's speaker so far."""
    if not _goes_on(marking, cue):
        return None
    start, _ = marking.near_in_sentence(cue.start)
    if before is not None and before.cue.start >= start:
        mention = before.mention
    else:
        mention = next(iter(marking.mentions_in(start, cue.start)), None)
    return ReportingClause(cue, mention, cue.start, cue.end) if mention else None


def _goes_on(marking: Marking, cue: Cue) -> bool:
    """Whether the verb has the subject of its sentence so far: ", adding that …", "and said"."""
    index = marking.index_at(cue.start)
    before = marking.tokens[index - 1].low if index else ""
    participle = marking.pack.participle
    is_participle = bool(participle) and marking.tokens[index].low.endswith(participle)
    return (is_participle and before == ",") or before in marking.pack.joins


def _labelled(marking: Marking, cue: Cue) -> ReportingClause | None:
    """The name before a colon with which a paragraph begins."""
    number = marking.paragraph_at(cue.start)
    start, _ = marking.paragraphs[number]
    if turn := marking.turn_in(number):
        return ReportingClause(cue, label_of(marking, turn), start, cue.end)
    named = [m for m in marking.mentions_in(start, cue.start) if m.type != "pronoun"]
    passage = _behind_colon(marking, cue)
    if not named or named[0].start != start or (passage and is_reported(marking, passage)):
        return None
    if _is_dateline(marking, cue, number):
        return None
    return ReportingClause(cue, named[0], start, cue.end)


def _is_dateline(marking: Marking, colon: Cue, number: int) -> bool:
    """Whether the colon closes a dateline: "NEW DELHI: Fares would rise, the minister said"."""
    _, end = marking.paragraphs[number]
    opens = marking.end_of_opening(number) >= colon.end
    return opens and any(cue.kind in VERBAL for cue in marking.cues_in(colon.end, end))


def label_of(marking: Marking, turn: Turn) -> Mention | None:
    """Whom the label of a turn names."""
    start, end = turn.label
    head = marking.text[start:end].split()[-1].lower()
    return Mention(start, end, "name", head) if turn.is_named else None


def _behind_label(marking: Marking, clause: ReportingClause) -> Content:
    """What follows a label: the marked passage there, else all to the paragraph's end."""
    _, end = marking.paragraphs[marking.paragraph_at(clause.cue.start)]
    passage = _behind_colon(marking, clause.cue)
    return Content(((passage.start, passage.end) if passage else (clause.cue.end, end),))


def _behind_colon(marking: Marking, colon: Cue) -> Passage | None:
    """The marked passage right behind a label's colon."""
    _, end = marking.paragraphs[marking.paragraph_at(colon.start)]
    passage = marking.passage_after(colon.end, end)
    return passage if passage and not marking.lows_in(colon.end, passage.outer_start) else None
