"""The clauses of a sentence, in a language whose commas part them ("Er sagte, er komme")."""

from __future__ import annotations

from dataclasses import dataclass

from attributor.marking import Marking
from attributor.marking.quotation import CHARACTERS
from attributor.reporting.passages import is_title

MIN_SPEECH_WORDS = 4
"""A marked passage of this many words is speech and ends a clause; a shorter one may be a name."""
_REACH_TOKENS = 80
"""A clause reaches no farther than this to each side of the word that it is looked up for."""
_EDGES = frozenset(",;:–—")


@dataclass(frozen=True, slots=True)
class Clause:
    """Tokens `start:stop` of a clause, without the commas or marks around it."""

    start: int
    stop: int


def of(marking: Marking, i: int) -> Clause:
    """The clause of the token at `i` within its sentence."""
    first, last = sentence(marking, i)
    first, last = max(first, i - _REACH_TOKENS), min(last, i + _REACH_TOKENS)
    start, stop = i, i + 1
    while start > first and not _parts(marking, start - 1):
        start -= 1
    while stop < last and not _parts(marking, stop):
        stop += 1
    return Clause(start, stop)


def sentence(marking: Marking, i: int) -> tuple[int, int]:
    """The tokens of the sentence that holds the one at `i`, as a half-open range."""
    start, end = marking.near_in_sentence(marking.tokens[i].start)
    return marking.index_at(start), marking.index_at(end)


def lows(marking: Marking, clause: Clause) -> list[str]:
    """The clause's tokens, in lower case."""
    return [token.low for token in marking.tokens[clause.start : clause.stop]]


def _parts(marking: Marking, j: int) -> bool:
    """Whether a clause ends at token `j`: at a comma, or at the mark of a longer passage."""
    token = marking.tokens[j]
    if token.low in _EDGES:
        return True
    if token.low not in CHARACTERS:
        return False
    for n in marking.passages_touching(token.start, token.end):
        passage = marking.passages[n]
        spoken = marking.text[passage.end - 1] in ",.?!"
        words = marking.word_count(passage.start, passage.end)
        if spoken or (words >= MIN_SPEECH_WORDS and not is_title(marking, passage)):
            return True
    return False
