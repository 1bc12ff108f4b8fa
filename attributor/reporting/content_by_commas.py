"""What was said, in a language whose commas part clauses: the clauses beside the reporting one."""

from __future__ import annotations

from attributor.marking import Cue, Marking, Passage
from attributor.marking.spans import Span
from attributor.reporting import comma_clauses as clauses
from attributor.reporting.comma_clauses import Clause
from attributor.reporting.content_by_order import marked_after, marked_before
from attributor.reporting.grammar import Content, ReportingClause
from attributor.reporting.source_by_commas import is_noun, noun_phrase, opens

_MIN_CLAUSE_WORDS = 3
"""A clause has at least this many words."""
_MAX_RELATIVE_WORDS = 3
"""A relative clause's opening, before the phrase that credits somebody, is no longer."""
_MAX_CLAUSES_BETWEEN = 3
"""Between the reporting clause and what it reports stand no more clauses than this."""


def of_verb(marking: Marking, source: ReportingClause) -> Content | None:
    """What the verb governs."""
    i = marking.index_at(source.cue.start)
    clause = clauses.of(marking, i)
    first, last = clauses.sentence(marking, i)
    span = _behind(marking, source.cue, clause, last)
    if opens(marking, source.cue) >= 0 and not _is_introduced(marking, span):
        before = marked_before(marking, source)
        if before:
            return Content((*before, *_split_off(marking, source)))
        if clause.start > first:
            return _beside(marking, Clause(first, clause.start), Clause(clause.stop, last))
        return _content(marking, (clause.stop, last))
    passage = _marked(marking, source, span)
    if passage is not None:
        return Content((passage,))
    span = span or _pointed_at(marking, clause)
    return Content((span,), own_words=False) if span else None


def _split_off(marking: Marking, source: ReportingClause) -> list[Span]:
    """The rest of a passage that the reporting clause splits: “…”, she said, “…”."""
    _, end = marking.near_in_sentence(source.end - 1)
    return [span for span in marked_after(marking, source) if span[0] < end]


def _pointed_at(marking: Marking, clause: Clause) -> Span | None:
    """The sentence before "Das teilte die Polizei mit.", which is what was said."""
    lang, lows = marking.pack, clauses.lows(marking, clause)
    place = marking.tokens[clause.start].start
    start, _ = marking.near_in_sentence(place)
    if place != start or len(lows) < _MIN_CLAUSE_WORDS or lows[0] not in lang.demonstratives:
        return None
    before = clause.start - 1
    if before < 0 or not (lows[1] in lang.verbs or lows[1] in lang.separable):
        return None
    place = marking.tokens[before].start
    same = marking.paragraph_at(place) == marking.paragraph_at(start)
    return marking.near_in_sentence(place) if same else None


def _is_introduced(marking: Marking, span: Span | None) -> bool:
    """Whether the clause behind the verb begins with "dass": what stands before is no content."""
    return span is not None and marking.low_at(span[0]) in marking.pack.conjunctions


def _marked(marking: Marking, source: ReportingClause, span: Span | None) -> Span | None:
    """The passage that the cue leads up to, where it is no part of the reported clause."""
    _, end = marking.paragraphs[marking.paragraph_at(source.cue.start)]
    passage = marking.passage_after(max(source.cue.end, source.end), end)
    found = marked_after(marking, source)
    if passage is None or not found or _is_name(marking, passage):
        return None
    inside = span is not None and span[0] < passage.outer_start < span[1]
    if span and inside and marking.words_in(span[0], passage.start):
        return None
    return passage.start, passage.end


def _is_name(marking: Marking, passage: Passage) -> bool:
    """Whether a short passage is a title or a name: nothing but nouns."""
    words = marking.text[passage.start : passage.end].split()
    return len(words) < _MIN_CLAUSE_WORDS and all(word[0].isupper() for word in words)


def _beside(marking: Marking, before: Clause, after: Clause) -> Content | None:
    """The sentence without the reporting clause in its midst."""
    spans = [_span(marking, before)]
    if after.stop - after.start > _MIN_CLAUSE_WORDS and _goes_on(marking, after):
        spans.append(_span(marking, after))
    words = sum(marking.word_count(*span) for span in spans)
    return Content(tuple(spans)) if words >= _MIN_CLAUSE_WORDS else None


def _goes_on(marking: Marking, after: Clause) -> bool:
    """Whether what was said goes on behind the reporting clause, not a description of it."""
    lang = marking.pack
    low = marking.tokens[after.start + 1].low
    if marking.tokens[after.start].low != "," or low in lang.relatives or low in lang.adjuncts:
        return False
    clause = clauses.of(marking, after.start + 1)
    if is_noun(marking, after.start + 1) and clause.stop == after.stop:
        return _has_verb(marking, clause)  # not in ", Leiterin des Amtes"
    return low not in lang.determiners or _is_reported_mood(marking, clause)


def _has_verb(marking: Marking, clause: Clause) -> bool:
    """Whether the clause has a verb that is known to be one."""
    finite = any(low in marking.pack.auxiliaries for low in clauses.lows(marking, clause))
    return finite or _is_reported_mood(marking, clause)


def _span(marking: Marking, clause: Clause) -> Span:
    return marking.tokens[clause.start].start, marking.tokens[clause.stop - 1].end


def _content(marking: Marking, tokens: tuple[int, int]) -> Content | None:
    if tokens[1] - tokens[0] <= _MIN_CLAUSE_WORDS:
        return None
    return Content((_span(marking, Clause(*tokens)),))


def _behind(marking: Marking, cue: Cue, clause: Clause, last: int) -> Span | None:
    """The clause behind the reporting one that the verb can govern, to the sentence's end."""
    edge = clause.stop
    for _ in range(_MAX_CLAUSES_BETWEEN + 1):
        if edge + 1 >= last or marking.tokens[edge].low not in (",", ":", "–", "—"):
            return None
        following = _over_passage(marking, clauses.of(marking, edge + 1), last)
        announced = marking.tokens[edge].low == ":" and marking.tokens[edge + 1].low[0].isalnum()
        if announced or _governed(marking, cue, following):
            goes_on = marking.low(edge + 1) in marking.pack.reported_mood
            start = clause.stop if goes_on else edge
            span = _span(marking, Clause(start + 1, _next_report(marking, start + 1, last)))
            return span if marking.word_count(*span) >= _MIN_CLAUSE_WORDS else None
        edge = following.stop
    return None


def _next_report(marking: Marking, start: int, last: int) -> int:
    """Where the subject's next report begins: "…, das Eis sei dünn, und warnte …"; else `last`."""
    lang = marking.pack
    begin, end = marking.tokens[start].start, marking.tokens[last - 1].end
    for cue in marking.cues_in(begin, end):
        i = marking.index_at(cue.start)
        joined = marking.low(i - 1) in lang.joins or marking.low(i - 1) == ","
        if joined and _is_told(marking, i) and i - 1 > start + _MIN_CLAUSE_WORDS:
            return i - 2 if marking.low(i - 2) == "," else i - 1
    return last


def _is_told(marking: Marking, i: int) -> bool:
    """Whether the verb at token `i` stands first in its clause, in no reported mood."""
    lang, following = marking.pack, marking.low(i + 1)
    mood = marking.low(i).endswith(lang.mood_endings)
    told = not mood or marking.low(i).endswith(lang.other_endings)
    return told and following[:1].isalnum() and following not in lang.auxiliaries


def _over_passage(marking: Marking, clause: Clause, last: int) -> Clause:
    """The clause with what goes on behind a marked passage in its midst."""
    passage = marking.passage_at(marking.tokens[clause.stop].start) if clause.stop < last else None
    if passage is None or marking.tokens[clause.stop].start != passage.outer_start:
        return clause
    after = marking.index_at(passage.outer_end)
    if after >= last or not marking.low(after)[0].isalnum():
        return clause
    return Clause(clause.start, clauses.of(marking, after).stop)


def _governed(marking: Marking, cue: Cue, clause: Clause) -> bool:
    lang = marking.pack
    lows = clauses.lows(marking, clause)
    if lows[0] in lang.conjunctions:
        return True
    if lows[0] in lang.questions:
        return cue.lemma in lang.core
    if cue.lemma not in lang.clausal:
        return False
    if lows[0] in lang.relatives:
        return lows[1] in lang.reported_mood if len(lows) > 1 else False  # "damit solle …"
    if _is_reported_mood(marking, clause):
        return True
    takes_infinitive = cue.lemma in lang.infinitive | lang.core
    if takes_infinitive and any(_is_infinitive(marking, low) for low in lows):
        return True
    if cue.lemma not in lang.core or lows[0] in lang.determiners:
        return False
    return any(low in lang.auxiliaries for low in lows[:-1])


def _is_infinitive(marking: Marking, low: str) -> bool:
    """Whether the word is "zu", or a verb that holds it ("freizulassen")."""
    marks = marking.pack.infinitive_marks
    return low in marks or (low.endswith("en") and any(mark in low[2:-3] for mark in marks))


def _is_reported_mood(marking: Marking, clause: Clause) -> bool:
    """Whether a verb of the clause is in the mood of reported speech."""
    return any(_has_mood(marking, j) for j in range(clause.start, clause.stop))


def _has_mood(marking: Marking, j: int) -> bool:
    lang, low = marking.pack, marking.tokens[j].low
    if low in lang.reported_mood:
        return not is_noun(marking, j) or clauses.sentence(marking, j)[0] == j
    if not low.endswith(lang.mood_endings) or low.endswith(lang.other_endings) or not j:
        return False
    before, following = marking.tokens[j - 1], marking.tokens[min(j + 1, len(marking.tokens) - 1)]
    noun = marking.text[before.start].isupper() or before.low in lang.pronouns
    adjective = marking.text[following.start].isupper() or following.low.endswith(lang.mood_endings)
    known = lang.determiners | lang.possessives | lang.adverbs | lang.adjuncts | lang.auxiliaries
    own = marking.text[marking.tokens[j].start].isupper()
    return noun and not adjective and not own and low not in known | lang.negations


def of_preposition(marking: Marking, source: ReportingClause) -> Content | None:
    """What a preposition covers: the sentence around the phrase, or the clause that holds it."""
    lang = marking.pack
    i = marking.index_at(source.cue.start)
    first, last = clauses.sentence(marking, i)
    clause = clauses.of(marking, i)
    start, stop = marking.index_at(source.start), marking.index_at(source.end)
    if source.cue.lemma in lang.tails:
        return _before_tail(marking, source, clause)
    lows = clauses.lows(marking, Clause(clause.start, max(start, clause.start + 1)))
    if clause.start > first and lows[0] in lang.relatives | lang.conjunctions:
        first = clause.start
    elif clause.start > first and _is_relative(marking, clause, start):
        first, last = clause.start, max(clause.stop, stop)
    elif _is_fronted(marking, first, start):
        first = start
        stop = _to_verb(marking, stop, last)
    spans = [_span(marking, Clause(a, b)) for a, b in ((first, start), (stop, last)) if b - a > 0]
    spans = [span for span in spans if marking.word_count(*span)]
    words = sum(marking.word_count(*span) for span in spans)
    return Content(tuple(spans)) if words >= _MIN_CLAUSE_WORDS else None


def _is_fronted(marking: Marking, first: int, start: int) -> bool:
    """Whether nothing but adverbs and joining words stands before the phrase at token `start`."""
    known = marking.pack.joins | marking.pack.adverbs
    return all(token.low in known for token in marking.tokens[first:start])


def _to_verb(marking: Marking, stop: int, last: int) -> int:
    """The token behind all that describes a fronted phrase, which is the sentence's verb.

    "Laut Polizei in Holm, die am Ort war, brannte es": places, appositions, relative clauses.
    """
    lang, at = marking.pack, stop
    while at < last:
        low = marking.low(at)
        phrase = noun_phrase(marking, at + 1, last) if low in lang.adjuncts else None
        if low == ",":
            at = clauses.of(marking, at + 1).stop + 1
            if _can_be_verb(marking, at):
                break
            at -= 1
        elif phrase is not None:
            at = marking.index_at(phrase.end)
        else:
            break
    return at if at < last and _can_be_verb(marking, at) else stop


def _can_be_verb(marking: Marking, i: int) -> bool:
    """Whether the token is a small word, and none of those that are no verbs."""
    lang, low = marking.pack, marking.low(i)
    small = lang.adjuncts | lang.determiners | lang.relatives | lang.conjunctions | lang.adverbs
    known = small | lang.possessives | lang.joins | lang.introducers | lang.pronouns.keys()
    return low[:1].isalpha() and not is_noun(marking, i) and low not in known


def _is_relative(marking: Marking, clause: Clause, start: int) -> bool:
    """Whether the clause begins with a relative pronoun right before token `start`."""
    before = marking.tokens[clause.start : start]
    if not before or len(before) > _MAX_RELATIVE_WORDS:
        return False
    nouns = any(marking.text[token.start].isupper() for token in before)
    known = marking.pack.determiners | marking.pack.relatives
    return not nouns and any(token.low in known for token in before)


def _before_tail(marking: Marking, source: ReportingClause, clause: Clause) -> Content | None:
    """What stands before ", so die Ministerin": a passage, or the sentence so far."""
    cue, mention, lang = source.cue, source.mention, marking.pack
    if mention is None:
        return None
    tail = marking.tokens[marking.index_at(mention.end) : clause.stop]
    if any(t.low in lang.verbs or t.low in lang.auxiliaries for t in tail):
        return None
    phrase = ReportingClause(cue, mention, cue.start, mention.end)
    before = marked_before(marking, phrase)
    if before:
        return Content((*before, *_split_off(marking, phrase)))
    first, last = clauses.sentence(marking, marking.index_at(cue.start))
    if clause.start <= first:
        return None
    return _beside(marking, Clause(first, clause.start), Clause(clause.stop, last))
