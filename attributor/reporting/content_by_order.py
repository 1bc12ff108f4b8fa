"""What was said: from a cue and its subject to the spans of the content."""

from __future__ import annotations

from dataclasses import dataclass

from attributor.marking import Cue, Passage
from attributor.marking.page import Bounds, Page
from attributor.reporting.source_by_order import Subject, find

VERBAL = ("verb", "noun")
"""Kinds of cue that can be a reporting verb."""
_ADJUNCT = 14
"""Within so many words after a verb its clause has begun: "said on Monday in Lima that …"."""
_LEAD_IN = 90
"""A marked passage belongs to a cue that ends at most so many code points before it."""
_FEWEST = 3
"""A clause has at least so many words."""
_CLAUSE_LEAD = 5
"""At most so many words stand between a passage and the verb that reports it."""
_DESCRIPTION = 4
"""A description that no list knows has at most so many words before the name."""
_TERMINATORS = frozenset(".!?")


@dataclass(frozen=True, slots=True)
class Content:
    """Spans in the order of the text; `own_words` None leaves it to the marks."""

    spans: tuple[Bounds, ...]
    own_words: bool | None = None


def of_verb(page: Page, cue: Cue, subject: Subject) -> Content | None:
    """What the verb governs: speech before it, after it, or on both sides."""
    before = marked_before(page, subject)
    after = marked_after(page, cue, subject)
    if before or (after and not _splits(page, subject)):
        return Content((*before, *after))
    clause = _clause_before(page, cue, subject)
    if clause:
        rest = _clause_goes_on(page, subject)
        own = _in_first_person(page, clause)
        return Content((clause, rest) if rest else (clause,), own_words=own)
    if after:
        return Content(tuple(after))
    if cue.lemma in page.language.clausal:
        clause = _clause_after(page, cue, subject)
        if clause and _is_plausible(page, cue, clause):
            return Content((clause,), own_words=False)
    return None


def _is_plausible(page: Page, cue: Cue, clause: Bounds) -> bool:
    """Whether a form that is more often a noun ("states", "claims") is a verb here."""
    if cue.kind == "verb":
        return True
    return page.lows(*clause)[0] in page.language.conjunctions


def of_preposition(page: Page, cue: Cue, mention_end: int) -> Content | None:
    """What "according to X" covers: the clause after it, else the one before it."""
    start, end = page.sentence(cue.start)
    rest = page.lows(mention_end, end)
    if not page.words(start, cue.start):
        comma = page.text.find(",", mention_end, end)
        clause = (comma + 1, end) if comma >= 0 else (mention_end, end)
    elif _goes_on_after_comma(page, rest):
        return Content(((start, cue.start), (mention_end, end)))
    else:
        clause = (start, cue.start)
    return Content((clause,)) if len(page.words(*clause)) >= _FEWEST else None


def _goes_on_after_comma(page: Page, rest: list[str]) -> bool:
    """Whether the clause that "according to X" interrupts goes on: ", builds a special …"."""
    lang = page.language
    if len(rest) <= _FEWEST or rest[0] != ",":
        return False
    return rest[1] not in lang.relatives and rest[1] not in lang.adjuncts | lang.determiners


def of_label(page: Page, cue: Cue) -> Content:
    """What follows a speaker's label, to the paragraph's end."""
    return Content(((cue.end, page.marking.paragraphs[page.paragraph(cue.start)][1]),))


# --- marked speech --------------------------------------------------------------------------


def marked_before(page: Page, subject: Subject) -> list[Bounds]:
    """The passage that the reporting clause follows at once, with its unmarked beginning if any."""
    passage = page.passage_before(subject.start)
    if passage is None or not _adjoins(page, passage.outer_end, subject.start):
        return []
    if _starts_anew(page, passage, subject):
        return []
    start, _ = page.sentence(passage.outer_start)
    lead = page.words(start, passage.outer_start)
    if lead and start < passage.outer_start and not _has_cue(page, start, passage.outer_start):
        return [(start, passage.outer_end)]
    return [(passage.start, passage.end)]


def _adjoins(page: Page, start: int, end: int) -> bool:
    """Whether only a comma and what describes the subject stands there ("warden Ann Lee")."""
    lang = page.language
    words = page.lows(start, end)
    if not any(low[0].isalnum() for low in words):
        return True
    known = (
        lang.verbs.keys() | lang.auxiliaries | lang.adjuncts | lang.relatives | lang.pronouns.keys()
    )
    return len(words) <= _DESCRIPTION and not any(
        low in known or low in lang.adverbs or low in ".;:?!" for low in words
    )


def _starts_anew(page: Page, passage: Passage, subject: Subject) -> bool:
    """Whether the passage ended with a full stop, and "He added, …" is about something else."""
    gap = page.text[passage.end - 1 : subject.start]
    return "." in gap and page.text[subject.start].isupper()


def _has_cue(page: Page, start: int, end: int) -> bool:
    return any(True for _ in page.cues_between(start, end))


def marked_after(page: Page, cue: Cue, subject: Subject) -> list[Bounds]:
    """The passage that the reporting clause leads up to."""
    _, end = page.marking.paragraphs[page.paragraph(cue.start)]
    passage = page.passage_after(subject.end, end)
    while passage and is_title(page, passage):
        passage = page.passage_after(passage.outer_end, end)
    if passage is None or passage.outer_start - subject.end > _LEAD_IN:
        return []
    gap = page.lows(subject.end, passage.outer_start)
    if any(low in _TERMINATORS for low in gap):
        straight = gap.index(gap[-1]) == len(gap) - 1 and gap[-1] in _TERMINATORS
        if straight and not is_reported(page, passage):
            return [(passage.start, passage.end)]  # “…,” she said. “…”
        return []
    _, sentence_end = page.sentence(passage.outer_start)
    if _leads_straight(page, gap, passage, sentence_end):
        return [(passage.start, passage.end)]
    start = _clause_start(page, cue, subject, passage.outer_start)
    if start is None or start >= passage.outer_start:
        return [(passage.start, passage.end)]
    return [(start, max(_clause_end(page, start, sentence_end), passage.outer_end))]


def is_reported(page: Page, passage: Passage) -> bool:
    """Whether a reporting clause of its own follows the passage ("…,” said Tom Quill)."""
    return reporter(page, passage) is not None


def reporter(page: Page, passage: Passage) -> Cue | None:
    """The cue of the reporting clause that follows the passage, if one does."""
    _, end = page.sentence(passage.outer_end - 1)
    cue = next(page.cues_between(passage.outer_end, max(end, passage.outer_end + 1)), None)
    if cue is None or cue.kind not in VERBAL:
        return None
    words = page.words(passage.outer_end, cue.start)
    if len(words) > _CLAUSE_LEAD or (words and words[0] in page.joins):
        return None
    leads_over = page.text[passage.end - 1] in ",?!" or page.low_at(passage.outer_end) == ","
    return cue if leads_over else None


def is_title(page: Page, passage: Passage) -> bool:
    """Whether the passage is a work's title or a name: every longer word has a capital."""
    words = page.text[passage.start : passage.end].split()
    if page.text[passage.end - 1] in ",.!?…" or len(words) < 2:
        return False
    return all(word[0].isupper() for word in words if len(word) > 3)


def _leads_straight(page: Page, gap: list[str], passage: Passage, sentence_end: int) -> bool:
    """Whether the passage is a quote of its own, not a part of a clause in other words."""
    if not gap or gap[-1] in ":,":
        return True
    return page.text[passage.start].isupper() and not page.words(passage.outer_end, sentence_end)


# --- speech without marks --------------------------------------------------------------------


def _splits(page: Page, subject: Subject) -> bool:
    """Whether the reporting clause stands between commas inside a sentence."""
    start, _ = page.sentence(subject.start)
    return page.text[start : subject.start].rstrip().endswith(",")


def _clause_before(page: Page, cue: Cue, subject: Subject) -> Bounds | None:
    """The sentence up to the comma before the reporting clause ("…, Dacic said.")."""
    start, _ = page.sentence(subject.start)
    lead = page.text[start : subject.start].rstrip()
    words = len(page.words(start, subject.start))
    if not lead.endswith((",", "?", "!")) or not words or not _trails_off(page, cue, subject):
        return None
    if words < _FEWEST and not _clause_goes_on(page, subject):
        return None
    if _has_cue(page, start, subject.start) and not _opens_like_speech(page, start):
        return None
    return start, start + len(lead) - 1


def _trails_off(page: Page, cue: Cue, subject: Subject) -> bool:
    """Whether nothing that could be reported follows the reporting clause before a comma."""
    _, end = page.sentence(subject.end - 1)
    rest = page.lows(_over_listener(page, cue, subject), end)
    if not any(low[0].isalnum() for low in rest) or rest[0] == ",":
        return True
    if any(low in page.language.conjunctions for low in rest[:_ADJUNCT]):
        return False
    return rest[0] in page.language.adjuncts or _is_participle(page, rest[0])


def _over_listener(page: Page, cue: Cue, subject: Subject) -> int:
    """Where the reporting clause ends, its listener included ("Holt told the Dunford Echo")."""
    if cue.lemma in page.language.listening:
        listener = page.mention_at(page.index(subject.end))
        return listener.end if listener else subject.end
    return subject.end


def _opens_like_speech(page: Page, start: int) -> bool:
    words = page.lows(start, start + 20)
    return bool(words) and words[0] in page.language.first_person


def _clause_goes_on(page: Page, subject: Subject) -> Bounds | None:
    """The clause after "…, she said, …"."""
    _, end = page.sentence(subject.end - 1)
    rest = page.text[subject.end : end]
    if not rest.lstrip().startswith(",") or len(page.words(subject.end, end)) < _FEWEST:
        return None
    low = page.words(subject.end, end)[0]
    if low in page.language.adjuncts or _is_participle(page, low) or low in page.language.relatives:
        return None
    return subject.end, end


def _is_participle(page: Page, low: str) -> bool:
    return bool(page.language.participle) and low.endswith(page.language.participle)


def _in_first_person(page: Page, bounds: Bounds) -> bool | None:
    """True where the speaker says "I" or "we": their own words, marks or not."""
    return any(w in page.language.first_person for w in page.words(*bounds)) or None


def _clause_after(page: Page, cue: Cue, subject: Subject) -> Bounds | None:
    """The clause that the verb governs after it, to where the sentence turns elsewhere."""
    _, end = page.sentence(cue.start)
    start = _clause_start(page, cue, subject, end)
    if start is None:
        return None
    stop = _clause_end(page, start, end)
    return (start, stop) if len(page.words(start, stop)) >= _FEWEST else None


def _clause_start(page: Page, cue: Cue, subject: Subject, limit: int) -> int | None:
    """Where the reported clause begins: after "that", a listener and adjuncts are passed over."""
    first, last = page.index(max(cue.end, subject.end)), page.index(limit)
    if first >= last or page.tokens[first].low in page.language.negations:
        return None
    low = page.tokens[first].low
    if low not in page.language.conjunctions and not _opens_clause(page, cue, low):
        start = _at_conjunction(page, first, last)
        if start is not None:
            return start
    if cue.lemma in page.language.listening:
        return _after_listener(page, cue, first, last)
    if low in page.language.adjuncts:
        return _after_adjunct(page, cue, first, last)
    if not low[0].isalnum():
        return page.tokens[first + 1].start if low in ":—–" and first + 1 < last else None
    return page.tokens[first].start


def _at_conjunction(page: Page, first: int, last: int) -> int | None:
    """Where "that" stands behind the verb's adjuncts, before any other verb."""
    for k in range(first, min(first + _ADJUNCT, last)):
        if page.tokens[k].low in page.language.conjunctions:
            return page.tokens[k].start
        if page.tokens[k].low in page.language.verbs and k > first:
            return None
    return None


def _opens_clause(page: Page, cue: Cue, low: str) -> bool:
    """Whether the reported clause begins with this word, with no listener or adjunct before it."""
    lang = page.language
    return cue.lemma not in lang.listening and not (
        low in lang.adjuncts or low in lang.adverbs or not low[0].isalnum()
    )


def _after_listener(page: Page, cue: Cue, first: int, last: int) -> int | None:
    listener = page.mention_at(first)
    index = page.index(listener.end) if listener else first + 1
    if index >= last:
        return None
    low = page.tokens[index].low
    if low in page.language.infinitive_marks and cue.lemma in page.language.infinitive:
        return page.tokens[index].start
    if low in page.language.adjuncts or not low[0].isalnum():
        return None
    return page.tokens[index].start


def _after_adjunct(page: Page, cue: Cue, first: int, last: int) -> int | None:
    """After a word of time ("said Monday he would go"); at "to" where the verb takes one."""
    low = page.tokens[first].low
    if low in page.language.infinitive_marks:
        return page.tokens[first].start if cue.lemma in page.language.infinitive else None
    if first + 1 < last and low in page.language.times:
        follows = page.tokens[first + 1].low
        if follows not in page.language.adjuncts and follows[0].isalnum():
            return page.tokens[first + 1].start
    return None


def _clause_end(page: Page, start: int, end: int) -> int:
    """Where the clause ends: where the next reporting clause of the sentence begins, or with it."""
    for cue in page.cues_between(start, end):
        index = page.index(cue.start)
        before = page.tokens[index - 1].low if index else ""
        new_verb = _is_participle(page, page.tokens[index].low) or cue.kind == "preposition"
        if before == "," and new_verb:
            return page.tokens[index - 1].start
        if before in page.joins and cue.lemma in page.language.core:
            return page.tokens[index - 1].start
        if cue.kind in VERBAL and cue.lemma in page.language.core:
            subject = find(page, cue)
            index = page.index(subject.start) if subject else 0
            if index and page.tokens[index - 1].low in page.joins:
                return page.tokens[index - 1].start
    return end
