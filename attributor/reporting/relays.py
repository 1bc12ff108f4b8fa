"""Words that one passes on from another: "The agency quoted Mara Quill as saying that …".

Whoever is quoted has said them, not whoever quotes: the object of the verb, or the subject of its
passive ("Mara Quill was quoted as saying").
"""

from __future__ import annotations

from collections.abc import Iterator

from attributor.marking import Cue, Marking, Mention
from attributor.reporting.grammar import ReportingClause
from attributor.reporting.source_by_order import apposed_name, subject_before

_MAX_WORDS_BETWEEN = 16
"""Between the verb and "as saying" stand no more words and other characters than this."""


def relays(marking: Marking, start: int, end: int) -> Iterator[ReportingClause]:
    """The clauses in `start:end` in which somebody is quoted, with that one as their mention."""
    forms = marking.pack.relaying
    for i in range(marking.index_at(start), marking.index_at(end)):
        token = marking.tokens[i]
        if token.low in forms and not marking.passage_at(token.start):
            clause = _clause(marking, i)
            if clause:
                yield clause


def _clause(marking: Marking, i: int) -> ReportingClause | None:
    start, end = marking.near_in_sentence(marking.tokens[i].start)
    verb = marking.tokens[i]
    cue = Cue(verb.start, verb.end, marking.pack.saying, "verb")
    passive = _passive(marking, i, marking.index_at(start))
    after = _phrase_after(marking, i, marking.index_at(end), is_passive=passive is not None)
    if after is None:
        return None
    if passive is not None:
        mention = _subject(marking, cue, passive, start)
    else:
        mention = _object(marking, i + 1, after[0])
    if mention is None:
        return None
    before = None if passive is not None else subject_before(marking, cue)
    first = min(mention.start, before.start if before else cue.start)
    return ReportingClause(cue, mention, first, marking.tokens[after[1] - 1].end)


def _passive(marking: Marking, i: int, first: int) -> int | None:
    """Token of the passive's auxiliary, if the verb at `i` is one: "was widely quoted"."""
    pack = marking.pack
    reach = _MAX_WORDS_BETWEEN if pack.commas_part_clauses else 2
    near = range(i - 1, max(i - reach, first) - 1, -1)
    return next((k for k in near if marking.tokens[k].low in pack.passive), None)


def _subject(marking: Marking, cue: Cue, passive: int, start: int) -> Mention | None:
    """Who is quoted, in a passive."""
    if not marking.pack.commas_part_clauses:
        return subject_before(marking, cue, is_passive=True)
    before = marking.mentions_in(start, marking.tokens[passive].start)
    return before[-1] if before else marking.mention_at(passive + 1)


def _phrase_after(
    marking: Marking, i: int, end: int, *, is_passive: bool
) -> tuple[int, int] | None:
    """Token range of "as saying" behind the verb at `i`, or of the colon."""
    tokens, pack = marking.tokens, marking.pack
    for k in range(i + 1, min(i + _MAX_WORDS_BETWEEN, end)):
        for phrase in pack.relayed_as:
            if tuple(t.low for t in tokens[k : k + len(phrase)]) == phrase:
                return k, k + len(phrase)
        low = tokens[k].low
        if low == ":" and (is_passive or k > i + 1):
            return k, k
        if low in pack.verbs and low not in pack.nouns and not tokens[k].capital:
            return None
    return None


def _object(marking: Marking, first: int, last: int) -> Mention | None:
    """Who stands between the verb and "as saying"; a pronoun's object form too."""
    tokens, pack = marking.tokens, marking.pack
    while first < last and (
        tokens[first].low in pack.adverbs or tokens[first].low in pack.auxiliaries
    ):
        first += 1
    if first >= last:
        return None
    mention = marking.mention_at(first)
    if mention is not None:
        after = marking.index_at(mention.end)
        titled = tokens[after].low == "." and marking.mention_at(after + 1)  # "Dr. Lena Holm"
        if titled:
            return titled._replace(start=mention.start)
        return apposed_name(marking, mention) or mention
    found = marking.mentions_in(tokens[first].start, tokens[last - 1].end)
    low = tokens[first].low
    if low in pack.objects:
        return Mention(tokens[first].start, tokens[first].end, "pronoun", low)
    if found and found[0].start == tokens[first].start:
        return found[0]
    head = next((k for k in range(first, last) if not tokens[k].low[0].isalnum()), last)
    if head == first:
        return None
    return Mention(tokens[first].start, tokens[head - 1].end, "nominal", tokens[head - 1].low)


def _start(marking: Marking, cue: Cue) -> int:
    """Where the clause of whoever quotes begins, which is no part of what was said."""
    mention = subject_before(marking, cue)
    return mention.start if mention else cue.start
