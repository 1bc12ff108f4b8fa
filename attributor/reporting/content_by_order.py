"""What was said, by the order of words: speech beside its verb, or the clause the verb governs."""

from __future__ import annotations

from typing import TypeGuard

from attributor.marking import Cue, Marking, Passage
from attributor.marking.spans import Span
from attributor.reporting import introduced
from attributor.reporting.coordination import next_clause
from attributor.reporting.grammar import VERBAL, Content, ReportingClause
from attributor.reporting.passages import is_reported, is_title
from attributor.reporting.source_by_order import of_verb as subject

_MAX_WORDS_TO_CLAUSE = 14
"""A verb's clause begins within this many words behind it ("said on Monday in Lima that …")."""
_MAX_LEAD_IN_CODE_POINTS = 90
"""A marked passage that a reporting clause leads up to begins no farther behind it."""
_MIN_CLAUSE_WORDS = 3
"""A clause has at least this many words."""
_MAX_DESCRIPTION_WORDS = 4
"""A description before the subject that no list knows is no longer."""
_MAX_CUES_IN_CLAUSE = 12
"""No more cues than this, the first ones, are looked at for the end of a clause."""
_TERMINATORS = frozenset(".!?")


def of_verb(marking: Marking, source: ReportingClause) -> Content | None:
    """What the verb governs: speech before it, after it, or on both sides."""
    if introduced.is_introduced(marking, source):
        return introduced.content(marking, source)
    before = marked_before(marking, source)
    after = marked_after(marking, source)
    if before or (after and not _splits(marking, source)):
        return Content((*before, *after))
    clause = _clause_before(marking, source)
    if clause:
        rest = _clause_goes_on(marking, source)
        own = _in_first_person(marking, clause)
        return Content((clause, rest) if rest else (clause,), own_words=own)
    if after:
        return Content(tuple(after))
    if source.cue.lemma in marking.pack.clausal:
        clause = _clause_after(marking, source)
        if clause and _is_plausible(marking, source.cue, clause):
            return Content((clause,), own_words=False)
    return None


def _is_plausible(marking: Marking, cue: Cue, clause: Span) -> bool:
    """Whether a form that is more often a noun ("states", "claims") is a verb here."""
    if cue.kind == "verb":
        return True
    return marking.lows_in(*clause)[0] in marking.pack.conjunctions


def of_preposition(marking: Marking, source: ReportingClause) -> Content | None:
    """What "according to X" covers: the clause after it, else the one before it."""
    start, end = marking.near_in_sentence(source.cue.start)
    comma = marking.text.find(",", source.end, end)
    phrase_end = source.end if comma < 0 else comma
    if not marking.word_count(start, source.cue.start):
        clause = (comma + 1, end) if comma >= 0 else (phrase_end, end)
    elif _goes_on_after_comma(marking, marking.lows_in(phrase_end, end)):
        return Content(((start, source.cue.start), (phrase_end, end)))
    else:
        clause = (start, source.cue.start)
    return Content((clause,)) if marking.word_count(*clause) >= _MIN_CLAUSE_WORDS else None


def _goes_on_after_comma(marking: Marking, rest: list[str]) -> bool:
    """Whether the clause that "according to X" interrupts goes on: ", builds a special …"."""
    lang = marking.pack
    if len(rest) <= _MIN_CLAUSE_WORDS or rest[0] != ",":
        return False
    return rest[1] not in lang.relatives and rest[1] not in lang.adjuncts | lang.determiners


# --- marked speech --------------------------------------------------------------------------


def marked_before(marking: Marking, source: ReportingClause) -> list[Span]:
    """The passage that the reporting clause follows at once, with its unmarked beginning if any."""
    passage = marking.passage_before(source.start)
    if passage is None or not _adjoins(marking, passage.outer_end, source.start):
        return []
    if _starts_anew(marking, passage, source):
        return []
    start, _ = marking.near_in_sentence(passage.outer_start)
    lead = marking.word_count(start, passage.outer_start)
    announced = marking.low(marking.index_at(passage.outer_start) - 1) == ":"
    whole = lead and start < passage.outer_start and not announced
    if whole and not _has_cue(marking, start, passage.outer_start):
        return [(start, passage.outer_end)]
    return [(passage.start, passage.end)]


def _adjoins(marking: Marking, start: int, end: int) -> bool:
    """Whether only a comma and what describes the subject stands there ("warden Ann Lee")."""
    if not marking.word_count(start, end):
        return True
    if marking.index_at(end) - marking.index_at(start) > _MAX_DESCRIPTION_WORDS:
        return False
    lang = marking.pack
    known = (lang.verbs, lang.pronouns, lang.auxiliaries, lang.adjuncts, lang.relatives)
    return not any(
        low in lang.adverbs or low in ".;:?!" or any(low in words for words in known)
        for low in marking.lows_in(start, end)
    )


def _starts_anew(marking: Marking, passage: Passage, source: ReportingClause) -> bool:
    """Whether the passage ended with a full stop, and "He added, …" is about something else."""
    gap = marking.text[passage.end - 1 : source.start]
    return "." in gap and marking.text[source.start].isupper()


def _has_cue(marking: Marking, start: int, end: int) -> bool:
    return bool(marking.cues_in(start, end))


def marked_after(marking: Marking, source: ReportingClause) -> list[Span]:
    """The passage that the reporting clause leads up to."""
    _, end = marking.paragraphs[marking.paragraph_at(source.cue.start)]
    passage = marking.passage_after(source.end, end)
    while _is_near(passage, source) and is_title(marking, passage):
        passage = marking.passage_after(passage.outer_end, end)
    if not _is_near(passage, source) or _shares(marking, source, passage.outer_start):
        return []
    gap = marking.lows_in(source.end, passage.outer_start)
    if any(low in _TERMINATORS for low in gap):
        straight = gap.index(gap[-1]) == len(gap) - 1 and gap[-1] in _TERMINATORS
        if straight and not is_reported(marking, passage):
            return [(passage.start, passage.end)]  # “…,” she said. “…”
        return []
    _, sentence_end = marking.near_in_sentence(passage.outer_start)
    if _leads_straight(marking, gap, passage, sentence_end):
        return [(passage.start, passage.end)]
    start = _clause_start(marking, source, passage.outer_start)
    if start is None or start >= passage.outer_start:
        return [(passage.start, passage.end)]
    return [(start, max(_clause_end(marking, source.cue, start, sentence_end), passage.outer_end))]


def _shares(marking: Marking, source: ReportingClause, end: int) -> bool:
    """Whether another verb with the same subject reports what stands behind `end`."""
    return next_clause(marking, source.cue, source.cue.end, end) is not None


def _is_near(passage: Passage | None, source: ReportingClause) -> TypeGuard[Passage]:
    return passage is not None and passage.outer_start - source.end <= _MAX_LEAD_IN_CODE_POINTS


def _leads_straight(marking: Marking, gap: list[str], passage: Passage, sentence_end: int) -> bool:
    """Whether the passage is a quote of its own, not a part of a clause in other words."""
    if not gap or gap[-1] in ":,":
        return True
    opens_anew = marking.text[passage.start].isupper()
    return opens_anew and not marking.word_count(passage.outer_end, sentence_end)


# --- speech without marks --------------------------------------------------------------------


def _splits(marking: Marking, source: ReportingClause) -> bool:
    """Whether the reporting clause stands between commas inside a sentence."""
    start, _ = marking.near_in_sentence(source.start)
    return marking.text[start : source.start].rstrip().endswith(",")


def _clause_before(marking: Marking, source: ReportingClause) -> Span | None:
    """The sentence up to the comma before the reporting clause ("…, Dacic said.")."""
    start, _ = marking.near_in_sentence(source.start)
    lead = marking.text[start : source.start].rstrip()
    words = marking.word_count(start, source.start)
    if not lead.endswith((",", "?", "!")) or not words or not _trails_off(marking, source):
        return None
    if words < _MIN_CLAUSE_WORDS and not _clause_goes_on(marking, source):
        return None
    if _has_cue(marking, start, source.start) and not _opens_like_speech(marking, start):
        return None
    return start, start + len(lead) - 1


def _trails_off(marking: Marking, source: ReportingClause) -> bool:
    """Whether nothing that could be reported follows the reporting clause before a comma."""
    _, end = marking.near_in_sentence(source.end - 1)
    rest = marking.lows_in(_over_listener(marking, source), end)
    if not any(low[0].isalnum() for low in rest) or rest[0] == ",":
        return True
    if any(low in marking.pack.conjunctions for low in rest[:_MAX_WORDS_TO_CLAUSE]):
        return False
    return rest[0] in marking.pack.adjuncts or _is_participle(marking, rest[0])


def _over_listener(marking: Marking, source: ReportingClause) -> int:
    """Where the reporting clause ends, its listener included ("Holt told the Dunford Echo")."""
    if source.cue.lemma in marking.pack.listening:
        listener = marking.mention_at(marking.index_at(source.end))
        return listener.end if listener else source.end
    return source.end


def _opens_like_speech(marking: Marking, start: int) -> bool:
    words = marking.lows_in(start, start + 20)
    return bool(words) and words[0] in marking.pack.first_person


def _clause_goes_on(marking: Marking, source: ReportingClause) -> Span | None:
    """The clause after "…, she said, …"."""
    _, end = marking.near_in_sentence(source.end - 1)
    lang, words = marking.pack, marking.words_in(source.end, end)
    goes_on = marking.text[source.end : end].lstrip().startswith(",")
    if not goes_on or len(words) < _MIN_CLAUSE_WORDS:
        return None
    if words[0] in lang.adjuncts | lang.relatives or _is_participle(marking, words[0]):
        return None
    return source.end, end


def _is_participle(marking: Marking, low: str) -> bool:
    return bool(marking.pack.participle) and low.endswith(marking.pack.participle)


def _in_first_person(marking: Marking, bounds: Span) -> bool | None:
    """True where the speaker says "I" or "we": their own words, marks or not."""
    return any(w in marking.pack.first_person for w in marking.words_in(*bounds)) or None


def _clause_after(marking: Marking, source: ReportingClause) -> Span | None:
    """The clause that the verb governs after it, to where the sentence turns elsewhere."""
    _, end = marking.near_in_sentence(source.cue.start)
    start = _clause_start(marking, source, end)
    if start is None:
        return None
    stop = _clause_end(marking, source.cue, start, end)
    introduced = marking.low(marking.index_at(start) - 1) in marking.pack.introduces_content
    enough = _MIN_CLAUSE_WORDS - introduced
    return (start, stop) if marking.word_count(start, stop) >= enough else None


def _clause_start(marking: Marking, source: ReportingClause, limit: int) -> int | None:
    """Where the reported clause begins: after "that", a listener and adjuncts are passed over."""
    first, last = marking.index_at(max(source.cue.end, source.end)), marking.index_at(limit)
    if first >= last or marking.tokens[first].low in marking.pack.negations:
        return None
    low = marking.tokens[first].low
    if low not in marking.pack.conjunctions and not _opens_clause(marking, source.cue, low):
        start = _at_conjunction(marking, first, last)
        if start is not None:
            return start
    if source.cue.lemma in marking.pack.listening:
        return _after_listener(marking, source.cue, first, last)
    if low in marking.pack.adjuncts:
        return _after_adjunct(marking, source.cue, first, last)
    if not low[0].isalnum():
        return marking.tokens[first + 1].start if low in ":—–" and first + 1 < last else None
    return marking.tokens[first].start


def _at_conjunction(marking: Marking, first: int, last: int) -> int | None:
    """Where "that" stands behind the verb's adjuncts, before any other verb."""
    for k in range(first, min(first + _MAX_WORDS_TO_CLAUSE, last)):
        if marking.tokens[k].low in marking.pack.conjunctions:
            return marking.tokens[k].start
        if marking.tokens[k].low in marking.pack.verbs and k > first:
            return None
    return None


def _opens_clause(marking: Marking, cue: Cue, low: str) -> bool:
    """Whether the reported clause begins with this word, with no listener or adjunct before it."""
    lang = marking.pack
    return cue.lemma not in lang.listening and not (
        low in lang.adjuncts or low in lang.adverbs or not low[0].isalnum()
    )


def _after_listener(marking: Marking, cue: Cue, first: int, last: int) -> int | None:
    listener = marking.mention_at(first)
    index = marking.index_at(listener.end) if listener else first + 1
    if index >= last:
        return None
    low = marking.tokens[index].low
    if low in marking.pack.infinitive_marks and cue.lemma in marking.pack.infinitive:
        return marking.tokens[index].start
    if low in marking.pack.adjuncts or not low[0].isalnum():
        return None
    return marking.tokens[index].start


def _after_adjunct(marking: Marking, cue: Cue, first: int, last: int) -> int | None:
    """After a word of time ("said Monday he would go"); at "to" where the verb takes one."""
    low = marking.tokens[first].low
    if low in marking.pack.infinitive_marks:
        return marking.tokens[first].start if cue.lemma in marking.pack.infinitive else None
    if first + 1 < last and low in marking.pack.times:
        follows = marking.tokens[first + 1].low
        if follows not in marking.pack.adjuncts and follows[0].isalnum():
            return marking.tokens[first + 1].start
    return None


def _over_description(marking: Marking, index: int) -> int:
    """Token behind the word that joins a clause: "dok je vatrogasac | Rade Lukić dodao"."""
    lang = marking.pack
    for at in range(index, max(index - _MAX_DESCRIPTION_WORDS, 0), -1):
        low = marking.tokens[at - 1].low
        if low in lang.clause_joins:
            return at
        if not low[0].isalnum() or low in lang.verbs or low in lang.conjunctions:
            break
    return index


def _clause_end(marking: Marking, verb: Cue, start: int, end: int) -> int:
    """Where the clause ends: where the next reporting clause of the sentence begins, or with it."""
    shared = next_clause(marking, verb, start, end)
    end = end if shared is None else shared
    for cue in marking.cues_in(start, end)[:_MAX_CUES_IN_CLAUSE]:
        index = marking.index_at(cue.start)
        before = marking.tokens[index - 1].low if index else ""
        new_verb = _is_participle(marking, marking.tokens[index].low) or cue.kind == "preposition"
        if before == "," and new_verb:
            return marking.tokens[index - 1].start
        joined = before in marking.pack.clause_joins and not marking.pack.drops_subject
        if joined and cue.lemma in marking.pack.core:
            return marking.tokens[index - 1].start
        if cue.kind in VERBAL and cue.lemma in marking.pack.core:
            source = subject(marking, cue)
            index = marking.index_at(source.start) if source else 0
            if marking.pack.drops_subject:
                index = _over_description(marking, index)
            if index and marking.tokens[index - 1].low in marking.pack.clause_joins:
                return marking.tokens[index - 1].start
    return end
