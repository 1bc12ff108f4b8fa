"""Clauses that report the one they stand in: "Most je, kako je rekla Ana Ilić, zatvoren"."""

from __future__ import annotations

from attributor.marking import Cue, Marking, Mention
from attributor.marking.quotation import CHARACTERS
from attributor.marking.spans import Span
from attributor.reporting.grammar import VERBAL, Content, ReportingClause
from attributor.reporting.left_out import is_bare
from attributor.reporting.source_by_order import described, is_light, is_negated, of_verb

_MAX_WORDS_TO_VERB = 8
"""The verb of such a clause is among so many words behind the one that introduces it."""
_MAX_DESCRIPTION_WORDS = 8
"""What describes its subject between commas has no more words than this."""
_MIN_CLAUSE_WORDS = 3
_ENDS = frozenset(".!?")
_EDGES = CHARACTERS | frozenset(",–—-(;:")


def clause_of(marking: Marking, cue: Cue) -> ReportingClause | None:
    """The clause of a verb that a word such as "kako" introduces; None if none does.

    Its mention is None where the language may leave the subject out, and this clause does.
    """
    if not marking.pack.introducers:
        return None
    start, end = marking.near_in_sentence(cue.start)
    first, verb = marking.index_at(start), marking.index_at(cue.start)
    at = _introducer(marking, first, verb)
    if at is None or is_negated(marking, verb, first) or marking.text[start:end].endswith("?"):
        return None
    if any(token.low in marking.pack.imagined for token in marking.tokens[at:verb]):
        return None  # "kako bi rekao": so that he says
    opens = marking.tokens[at].start
    mention = _subject(marking, at, verb)
    behind = marking.index_at(cue.end)
    while marking.low(behind) and is_light(marking, marking.low(behind)):
        behind += 1
    if mention is None and is_bare(marking, at + 1, verb):
        mention = described(marking, behind)
        if mention is None and not (marking.pack.drops_subject and _ends(marking, behind)):
            return None
    elif mention is None:
        return None
    if mention is None and marking.pack.subject_of_verb(marking.tokens[verb].low) == "nobody":
        return None
    named = mention.end if mention else marking.tokens[behind - 1].end
    return ReportingClause(cue, mention, opens, _end(marking, max(named, cue.end), end))


def content(marking: Marking, clause: ReportingClause) -> Content | None:
    """What it reports: the marked speech beside it, else its sentence around it."""
    start, end = marking.near_in_sentence(clause.cue.start)
    if any(cue.kind in VERBAL for cue in marking.cues_in(start, clause.start)):
        return None
    if any(_reports(marking, cue) for cue in marking.cues_in(clause.end, end)):
        return None  # "kako prenosi Tanjug, Ana Ilić je rekla da …"
    before, after = (start, clause.start), (clause.end, end)
    spans = [span for span in (before, after) if marking.words_in(*span)]
    if after in spans and marking.low_at(clause.end) in _ENDS:
        spans.remove(after)  # the splitter took two sentences for one
    if len(spans) == 2 and _turns(marking, before, after):
        spans.pop()
    enough = sum(marking.word_count(*span) for span in spans) >= _MIN_CLAUSE_WORDS
    marked = any(marking.passages_touching(*span) for span in spans)
    return Content(tuple(spans)) if enough or (spans and marked) else None


def _reports(marking: Marking, cue: Cue) -> bool:
    """Whether somebody with a name says what follows."""
    clause = of_verb(marking, cue) if cue.kind in VERBAL else None
    return clause is not None and clause.mention is not None and clause.mention.type == "name"


def is_introduced(marking: Marking, clause: ReportingClause) -> bool:
    """Whether it is such a clause."""
    return marking.low_at(clause.start) in marking.pack.introducers


def _introducer(marking: Marking, first: int, verb: int) -> int | None:
    """Token of the word that introduces the verb's clause, which begins with it."""
    for i in range(verb - 1, max(verb - _MAX_WORDS_TO_VERB, first) - 1, -1):
        low = marking.tokens[i].low
        if low in marking.pack.introducers:
            return i if i == first or marking.tokens[i - 1].low in _EDGES else None
        if not low[0].isalnum() and low != ".":
            return None
    return None


def _subject(marking: Marking, at: int, verb: int) -> Mention | None:
    """Who stands between the word that introduces the clause and its verb."""
    for mention in marking.mentions_in(marking.tokens[at + 1].start, marking.tokens[verb].start):
        first, last = marking.index_at(mention.start), marking.index_at(mention.end)
        if is_bare(marking, at + 1, first) and is_bare(marking, last, verb):
            return mention
    return None


def _ends(marking: Marking, index: int) -> bool:
    """Whether the clause ends here, or goes on with nothing but a circumstance."""
    low = marking.low(index)
    return not low[:1].isalnum() or low in marking.pack.adjuncts


def _end(marking: Marking, start: int, end: int) -> int:
    """Where the clause ends: at its comma, or at the one behind what describes its subject."""
    edge = _edge(marking, start, end)
    if marking.low_at(edge) != ",":
        return edge
    closing = _edge(marking, edge + 1, end)
    described = marking.lows_in(edge + 1, closing)
    if marking.low_at(closing) != "," or not 0 < len(described) <= _MAX_DESCRIPTION_WORDS:
        return edge
    lang = marking.pack
    mention = marking.mention_at(marking.index_at(edge + 1))
    acts = any(low in lang.auxiliaries or low in lang.verbs for low in described)
    apposed = mention is not None and mention.type == "nominal" and not acts
    return closing if apposed else edge


def _edge(marking: Marking, start: int, end: int) -> int:
    """The first sign in `start:end` that ends a clause, else `end`."""
    tokens = marking.tokens[marking.index_at(start) : marking.index_at(end)]
    return next((t.start for t in tokens if t.low in _EDGES | _ENDS), end)


def _turns(marking: Marking, before: Span, after: Span) -> bool:
    """Whether the sentence turns elsewhere behind the clause, having been whole before it."""
    lang, words = marking.pack, marking.words_in(*after)
    elsewhere = words[0] in lang.relatives or words[0] in lang.contrasts
    return elsewhere and marking.word_count(*before) >= _MIN_CLAUSE_WORDS
