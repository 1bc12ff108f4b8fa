"""Sentences that lead up to a quote with a colon and no reporting verb: "Quill is proud: “…”"."""

from __future__ import annotations

from attributor.marking import Marking, Mention, Passage
from attributor.reporting.grammar import VERBAL
from attributor.reporting.passages import is_title
from attributor.reporting.source_by_commas import nominatives_of_sentence, of_verb

_MIN_SPEECH_WORDS = 4
"""A marked passage of this many words is speech."""


def announcer(marking: Marking, passage: Passage) -> Mention | None:
    """Who speaks in a passage behind a colon: the subject of the sentence before it.

    That is the one of its last reporting verb, where it has one after all ("…, said Quill: “…”").
    Only where commas part clauses, since the subject is told by them.
    """
    colon = marking.index_at(passage.outer_start) - 1
    if not marking.pack.commas_part_clauses or marking.low(colon) != ":":
        return None
    words = marking.word_count(passage.start, passage.end)
    if words < _MIN_SPEECH_WORDS or is_title(marking, passage):
        return None
    start, _ = marking.near_in_sentence(marking.tokens[colon].start)
    cues = [cue for cue in marking.cues_in(start, passage.outer_start) if cue.kind in VERBAL]
    clause = of_verb(marking, cues[-1]) if cues else None
    if clause is not None and clause.mention is not None:
        return clause.mention
    people = nominatives_of_sentence(marking, colon)
    return next((m for m in people if marking.pack.pronouns.get(m.head) != "thing"), None)
