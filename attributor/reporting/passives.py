"""Passives that name who spoke: "was described by Quill as “…”", "was reported to have said that".

Whose words they are stands behind "by", or before the passive where that is hearsay.
"""

from __future__ import annotations

from collections.abc import Iterator

from attributor.marking import Cue, Marking, Mention, Passage
from attributor.reporting.content_by_order import of_verb
from attributor.reporting.grammar import Content, ReportingClause
from attributor.reporting.passages import is_title
from attributor.reporting.source_by_order import apposed_name, following, is_light, subject_before
from attributor.reporting.unsaid import is_unsaid

_MAX_WORDS_TO_PASSAGE = 12
"""Between the verb and what is marked stand no more words than this."""


def passives(marking: Marking) -> Iterator[tuple[ReportingClause, Content]]:
    """The clauses whose passive names a speaker, and what they report, in order."""
    pack = marking.pack
    if not (pack.agents and pack.passive):
        return
    known = pack.verbs_in_passives
    for i, token in enumerate(marking.tokens):
        if token.low not in known or marking.passage_at(token.start):
            continue
        if not _is_passive(marking, i):
            continue
        start, _ = marking.near_in_sentence(token.start)
        if is_unsaid(marking, i, marking.index_at(start)):
            continue
        found = _by_agent(marking, i) or _hearsay(marking, i)
        if found:
            yield found


def _is_passive(marking: Marking, i: int) -> bool:
    """Whether a form of "be" stands before the verb, none but light words between them."""
    while i and is_light(marking, marking.low(i - 1)):
        i -= 1
        if marking.low(i) in marking.pack.passive:
            return True
    return False


def _by_agent(marking: Marking, i: int) -> tuple[ReportingClause, Content] | None:
    """What is marked behind the verb, and who stands behind "by", before it or after it."""
    verb = marking.tokens[i]
    _, end = marking.near_in_sentence(verb.start)
    passage = marking.passage_after(verb.end, end)
    if passage is None or is_title(marking, passage):
        return None
    first, last = i + 1, marking.index_at(passage.outer_start)
    if last - first > _MAX_WORDS_TO_PASSAGE:
        return None
    mention = _agent(marking, first)
    opens = marking.index_at(mention.end) if mention else first
    if not _leads_to(marking, opens, last):
        return None
    mention = mention or _agent(marking, marking.index_at(passage.outer_end))
    if mention is None:
        return None
    cue = Cue(verb.start, verb.end, marking.pack.verbs.get(verb.low, verb.low), "verb")
    return ReportingClause(cue, mention, cue.start, max(cue.end, mention.end)), _marked(passage)


def _marked(passage: Passage) -> Content:
    return Content(((passage.start, passage.end),))


def _agent(marking: Marking, i: int) -> Mention | None:
    """Who stands behind "by" at token `i`, if anybody does."""
    if marking.low(i) not in marking.pack.agents:
        return None
    mention = following(marking, i + 1)
    return mention and (apposed_name(marking, mention) or mention)


def _leads_to(marking: Marking, first: int, last: int) -> bool:
    """Whether nothing but "as" and an article stands before what is marked."""
    lang = marking.pack
    passed = lang.grounds | lang.determiners | frozenset(",")
    lows = [t.low for t in marking.tokens[first:last] if t.low[0].isalnum() or t.low == ","]
    return all(low in passed for low in lows)


def _hearsay(marking: Marking, i: int) -> tuple[ReportingClause, Content] | None:
    """What somebody "was reported to have said"."""
    if marking.low(i) not in marking.pack.rumours:
        return None
    for phrase in marking.pack.hearsay:
        tokens = marking.tokens[i + 1 : i + 1 + len(phrase)]
        if tuple(t.low for t in tokens) != phrase:
            continue
        verb, said = marking.tokens[i], tokens[-1]
        passive = Cue(verb.start, verb.end, "", "verb")
        mention = subject_before(marking, passive, is_passive=True)
        if mention is None:
            return None
        cue = Cue(verb.start, said.end, marking.pack.verbs[said.low], "verb")
        clause = ReportingClause(cue, mention, mention.start, said.end)
        content = of_verb(marking, clause)
        return (clause, content) if content else None
    return None
