"""What was said, in a language whose commas part clauses: the clauses beside the reporting one."""

from __future__ import annotations

from attributor.marking import Cue, Mention, Passage
from attributor.marking.page import Bounds, Page
from attributor.reporting import content_by_order as contents
from attributor.reporting import source_by_commas as clauses
from attributor.reporting.content_by_order import Content
from attributor.reporting.source_by_commas import Clause, Credit
from attributor.reporting.source_by_order import Subject

_FEWEST = 3
"""A clause has at least so many words."""
_SKIPPED = 3
"""At most so many clauses (appositions, relative ones) stand before the reported one."""


def of_verb(page: Page, cue: Cue, subject: Subject) -> Content | None:
    """What the verb governs; see `contents.of_verb`."""
    i = page.index(cue.start)
    clause = clauses.of(page, i)
    first, last = clauses.sentence(page, i)
    span = _behind(page, cue, clause, last)
    if clauses.opens(page, cue) >= 0 and not _is_introduced(page, span):
        before = contents.marked_before(page, subject)
        if before:
            return Content((*before, *contents.marked_after(page, cue, subject)))
        if clause.start > first:
            return _beside(page, Clause(first, clause.start), Clause(clause.stop, last))
        return _content(page, (clause.stop, last))
    passage = _marked(page, cue, subject, span)
    if passage is not None:
        return Content((passage,))
    span = span or _pointed_at(page, clause)
    return Content((span,), own_words=False) if span else None


def _pointed_at(page: Page, clause: Clause) -> Bounds | None:
    """The sentence before "Das teilte die Polizei mit.", which is what was said."""
    lang, lows = page.language, clauses.lows(page, clause)
    place = page.tokens[clause.start].start
    start, _ = page.sentence(place)
    if place != start or len(lows) < _FEWEST or lows[0] not in lang.demonstratives:
        return None
    before = clause.start - 1
    if before < 0 or not (lows[1] in lang.verbs or lows[1] in lang.separable):
        return None
    place = page.tokens[before].start
    return page.sentence(place) if page.paragraph(place) == page.paragraph(start) else None


def _is_introduced(page: Page, span: Bounds | None) -> bool:
    """Whether the clause behind the verb begins with "dass": what stands before is no content."""
    return span is not None and page.low_at(span[0]) in page.language.conjunctions


def _marked(page: Page, cue: Cue, subject: Subject, span: Bounds | None) -> Bounds | None:
    """The passage that the cue leads up to, where it is no part of the reported clause."""
    _, end = page.marking.paragraphs[page.paragraph(cue.start)]
    passage = page.passage_after(max(cue.end, subject.end), end)
    found = contents.marked_after(page, cue, subject)
    if passage is None or not found or _is_name(page, passage):
        return None
    if span and span[0] < passage.outer_start < span[1] and page.words(span[0], passage.start):
        return None
    return passage.start, passage.end


def _is_name(page: Page, passage: Passage) -> bool:
    """Whether a short passage is a title or a name: nothing but nouns."""
    words = page.text[passage.start : passage.end].split()
    return len(words) < _FEWEST and all(word[0].isupper() for word in words)


def _beside(page: Page, before: Clause, after: Clause) -> Content | None:
    """The sentence without the reporting clause in its midst."""
    spans = [_span(page, before)]
    if after.stop - after.start > _FEWEST and _goes_on(page, after):
        spans.append(_span(page, after))
    words = sum(len(page.words(*span)) for span in spans)
    return Content(tuple(spans)) if words >= _FEWEST else None


def _goes_on(page: Page, after: Clause) -> bool:
    """Whether what was said goes on behind the reporting clause, not a description of it."""
    lang = page.language
    low = page.tokens[after.start + 1].low
    if page.tokens[after.start].low != "," or low in lang.relatives or low in lang.adjuncts:
        return False
    clause = clauses.of(page, after.start + 1)
    return low not in lang.determiners or _is_reported_mood(page, clause)


def _span(page: Page, clause: Clause) -> Bounds:
    return page.tokens[clause.start].start, page.tokens[clause.stop - 1].end


def _content(page: Page, tokens: tuple[int, int]) -> Content | None:
    if tokens[1] - tokens[0] <= _FEWEST:
        return None
    return Content((_span(page, Clause(*tokens)),))


def _behind(page: Page, cue: Cue, clause: Clause, last: int) -> Bounds | None:
    """The clause behind the reporting one that the verb can govern, to the sentence's end."""
    edge = clause.stop
    for _ in range(_SKIPPED + 1):
        if edge + 1 >= last or page.tokens[edge].low not in (",", ":", "–", "—"):
            return None
        following = clauses.of(page, edge + 1)
        colon = page.tokens[edge].low == ":"
        if (colon and page.tokens[edge + 1].low[0].isalnum()) or _governed(page, cue, following):
            span = _span(page, Clause(edge + 1, last))
            return span if len(page.words(*span)) >= _FEWEST else None
        edge = following.stop
    return None


def _governed(page: Page, cue: Cue, clause: Clause) -> bool:
    lang = page.language
    lows = clauses.lows(page, clause)
    if lows[0] in lang.conjunctions:
        return True
    if lows[0] in lang.questions:
        return cue.lemma in lang.core
    if lows[0] in lang.relatives or cue.lemma not in lang.clausal:
        return False
    if _is_reported_mood(page, clause):
        return True
    if cue.lemma in lang.infinitive | lang.core and any(_is_infinitive(page, low) for low in lows):
        return True
    if cue.lemma not in lang.core or lows[0] in lang.determiners:
        return False
    return any(low in lang.auxiliaries for low in lows[:-1])


def _is_infinitive(page: Page, low: str) -> bool:
    """Whether the word is "zu", or a verb that holds it ("freizulassen")."""
    marks = page.language.infinitive_marks
    return low in marks or (low.endswith("en") and any(mark in low[2:-3] for mark in marks))


def _is_reported_mood(page: Page, clause: Clause) -> bool:
    """Whether a verb of the clause is in the mood of reported speech."""
    return any(_has_mood(page, j) for j in range(clause.start, clause.stop))


def _has_mood(page: Page, j: int) -> bool:
    lang, low = page.language, page.tokens[j].low
    if low in lang.reported_mood:
        return True
    if not low.endswith(lang.mood_endings) or low.endswith(lang.other_endings) or not j:
        return False
    before, following = page.tokens[j - 1], page.tokens[min(j + 1, len(page.tokens) - 1)]
    noun = page.text[before.start].isupper() or before.low in lang.pronouns
    adjective = page.text[following.start].isupper() or following.low.endswith(lang.mood_endings)
    known = lang.determiners | lang.possessives | lang.adverbs | lang.adjuncts | lang.auxiliaries
    own = page.text[page.tokens[j].start].isupper()
    return noun and not adjective and not own and low not in known | lang.negations


def of_preposition(page: Page, cue: Cue, credit: Credit) -> Content | None:
    """What a preposition covers: the sentence around the phrase, or the clause that holds it."""
    lang = page.language
    i = page.index(cue.start)
    first, last = clauses.sentence(page, i)
    clause = clauses.of(page, i)
    start, stop = page.index(credit.start), page.index(credit.end)
    if cue.lemma in lang.tails:
        return _before_tail(page, cue, credit.mention, clause)
    lows = clauses.lows(page, Clause(clause.start, max(start, clause.start + 1)))
    if clause.start > first and lows[0] in lang.relatives | lang.conjunctions:
        first = clause.start
    elif clause.start > first and _is_relative(page, clause, start):
        first, last = clause.start, max(clause.stop, stop)
    spans = [_span(page, Clause(a, b)) for a, b in ((first, start), (stop, last)) if b - a > 0]
    spans = [span for span in spans if page.words(*span)]
    words = sum(len(page.words(*span)) for span in spans)
    return Content(tuple(spans)) if words >= _FEWEST else None


def _is_relative(page: Page, clause: Clause, start: int) -> bool:
    """Whether the clause begins with a relative pronoun right before token `start`."""
    before = page.tokens[clause.start : start]
    nouns = any(page.text[token.start].isupper() for token in before)
    known = page.language.determiners | page.language.relatives
    return 0 < len(before) <= _FEWEST and not nouns and any(t.low in known for t in before)


def _before_tail(page: Page, cue: Cue, mention: Mention, clause: Clause) -> Content | None:
    """What stands before ", so die Ministerin": a passage, or the sentence so far."""
    lang = page.language
    tail = page.tokens[page.index(mention.end) : clause.stop]
    if any(t.low in lang.verbs or t.low in lang.auxiliaries for t in tail):
        return None
    subject = Subject(mention, cue.start, mention.end)
    before = contents.marked_before(page, subject)
    if before:
        return Content((*before, *contents.marked_after(page, cue, subject)))
    first, last = clauses.sentence(page, page.index(cue.start))
    if clause.start <= first:
        return None
    return _beside(page, Clause(first, clause.start), Clause(clause.stop, last))


# --- reported speech that nothing introduces -------------------------------------------------


def is_free(page: Page, number: int) -> bool:
    """Whether a sentence reports somebody's words by its mood alone: "Das sei nicht wahr."."""
    start, end = page.marking.sentences[number]
    tokens = page.tokens[page.index(start) : page.index(end)]
    mood = next((t.start for t in tokens if t.low in page.language.reported_mood), None)
    return mood is not None and not any(True for _ in page.cues_between(start, mood))
