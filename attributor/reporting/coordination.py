"""Reporting verbs that share a subject, in a language that leaves subjects out.

"Ana Ilić je rekla da je kasno i dodala da ide kući": the second verb's form must fit the first's.
"""

from __future__ import annotations

from attributor.marking import Cue, Marking
from attributor.marking.quotation import CHARACTERS
from attributor.reporting.grammar import VERBAL
from attributor.reporting.source_by_order import is_light

_MAX_WORDS_BETWEEN = 6
"""Between the word that joins a verb to another and the verb stand fewer words than this."""
_MAX_CUES = 12
"""No more cues than this, the first ones, are looked at for such a verb."""


def joined(marking: Marking, cue: Cue) -> int | None:
    """Token of the word that joins a verb to one before it, none but light words between them."""
    last = marking.index_at(cue.start)
    if _told(marking, cue) == "same":
        return last - 1 if last and marking.tokens[last - 1].low == "," else None
    found = None
    for index in range(last - 1, max(last - _MAX_WORDS_BETWEEN, 0) - 1, -1):
        low = marking.tokens[index].low
        if low in marking.pack.clause_joins:
            found = index  # the first of "a zatim i"
        elif not is_light(marking, low):
            break
    return found


def agree(marking: Marking, one: Cue, other: Cue) -> bool:
    """Whether two verbs can have the same subject, as far as their forms tell."""
    told = {_told(marking, one), _told(marking, other)} - {"same"}
    return len(told) < 2 or ("" in told and not told & {"plural", "nobody"})


def _told(marking: Marking, cue: Cue) -> str:
    return marking.pack.subject_of_verb(marking.text[cue.start : cue.end].lower())


def leader(marking: Marking, cue: Cue) -> Cue | None:
    """The sentence's first reporting verb, if the one of `cue` goes on with its subject."""
    if not marking.pack.drops_subject:
        return None
    start, _ = marking.near_in_sentence(cue.start)
    first = next((c for c in marking.cues_in(start, cue.start) if c.kind in VERBAL), None)
    return first if first is not None and _goes_on(marking, first, cue) else None


def next_clause(marking: Marking, cue: Cue, start: int, end: int) -> int | None:
    """Where in `start:end` the first verb with the same subject as `cue` is joined to it."""
    if not marking.pack.drops_subject:
        return None
    for other in marking.cues_in(start, end)[:_MAX_CUES]:
        at = joined(marking, other) if _goes_on(marking, cue, other) else None
        if at is not None and marking.tokens[at].start >= start:
            return marking.tokens[at].start
    return None


def _goes_on(marking: Marking, cue: Cue, other: Cue) -> bool:
    return (
        other.kind in VERBAL
        and joined(marking, other) is not None
        and agree(marking, cue, other)
        and _reports(marking, other)
    )


def _reports(marking: Marking, cue: Cue) -> bool:
    """Whether a clause or marked speech follows the verb."""
    pack, index = marking.pack, marking.index_at(cue.end)
    while marking.low(index) and is_light(marking, marking.low(index)):
        index += 1
    low = marking.low(index)
    return low == ":" or low in CHARACTERS or low in pack.conjunctions | pack.question_words
