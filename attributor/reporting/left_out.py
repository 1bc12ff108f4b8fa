"""Subjects that a language leaves out: "Na kraju je dodala da ide kući"."""

from __future__ import annotations

from attributor.marking import Cue, Marking
from attributor.reporting.grammar import ReportingClause
from attributor.reporting.source_by_order import is_light, is_negated


def left_out(marking: Marking, cue: Cue) -> ReportingClause | None:
    """A clause without a mention, where the verb needs none and no subject can stand before it."""
    pack = marking.pack
    if not pack.drops_subject:
        return None
    start, _ = marking.near_in_sentence(cue.start)
    passage = marking.passage_before(cue.start)
    spoken = passage.outer_end if passage is not None else start
    first, verb = marking.index_at(max(start, spoken)), marking.index_at(cue.start)
    impersonal = pack.subject_of_verb(marking.tokens[verb].low) == "nobody"
    closing = _closing(marking, verb)
    bare = closing or is_bare(marking, first, verb)
    if impersonal or not bare or is_negated(marking, verb, first):
        return None
    return ReportingClause(cue, None, cue.start, closing or cue.end)


def _closing(marking: Marking, verb: int) -> int:
    """Where a verb's clause ends that stands alone behind a comma ("Voda raste, kaže."), else 0."""
    behind = verb + 1
    while marking.low(behind) and is_light(marking, marking.low(behind)):
        behind += 1
    closes = verb > 0 and marking.low(verb - 1) == "," and marking.low(behind) in (".", ",")
    return marking.tokens[behind - 1].end if closes else 0


def is_bare(marking: Marking, first: int, verb: int) -> bool:
    """Whether no subject stands from token `first` to the verb: only light words and phrases.

    A phrase is a preposition with a mention or one word: "u razgovoru za Radio Jezero".
    """
    at = first
    while at < verb:
        low = marking.tokens[at].low
        if low in marking.pack.cases and at + 1 < verb:
            mention = marking.mention_at(at + 1)
            at = marking.index_at(mention.end) if mention else at + 2
        elif is_light(marking, low) or not low[0].isalnum():
            at += 1
        else:
            return False
    return at == verb
