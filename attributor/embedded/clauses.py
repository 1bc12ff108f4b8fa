"""Whose verb a cue is, in a language whose commas part clauses ("Er sagte, er komme").

The subject is a mention of the cue's own clause that no preposition and no case rules out: the one
that the clause begins with, else the first behind its finite verb. What it governs stands behind
the next comma, or before the clause where that begins with its verb or with "as" ("wie").
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from attributor.embedded import subjects
from attributor.embedded.page import Page
from attributor.embedded.subjects import Subject
from attributor.marking import Cue, Mention
from attributor.marking.quotation import CHARACTERS

_EDGES = frozenset(",;:–—")
_WHOLE = 4
"""A marked passage of at least so many words ends a clause; a shorter one may be a name."""
_PHRASE = 12
"""A subject that is no mention candidate has at most so many words."""
_TOGETHER = frozenset(("(", ")"))


@dataclass(frozen=True, slots=True)
class Clause:
    """Tokens `start:stop` of a clause, without the commas or marks around it."""

    start: int
    stop: int


def of(page: Page, i: int) -> Clause:
    """The clause of the token at `i` within its sentence."""
    first, last = sentence(page, i)
    start, stop = i, i + 1
    while start > first and not _parts(page, start - 1):
        start -= 1
    while stop < last and not _parts(page, stop):
        stop += 1
    return Clause(start, stop)


def sentence(page: Page, i: int) -> tuple[int, int]:
    """The tokens of the sentence that holds the one at `i`, as a half-open range."""
    start, end = page.sentence(page.tokens[i].start)
    return page.index(start), page.index(end)


def _parts(page: Page, j: int) -> bool:
    """Whether a clause ends at token `j`: at a comma, or at the mark of a longer passage."""
    token = page.tokens[j]
    if token.low in _EDGES:
        return True
    if token.low not in CHARACTERS:
        return False
    for n in page.passages_between(token.start, token.end):
        passage = page.marking.passages[n]
        spoken = page.text[passage.end - 1] in ",.?!"
        if spoken or len(page.words(passage.start, passage.end)) >= _WHOLE:
            return True
    return False


def opens(page: Page, cue: Cue) -> int:
    """Token with which a clause begins that reports what is beside it, -1 if this is none.

    That is one that begins with its verb ("…, sagte sie") or with "wie" ("…, wie sie sagte").
    """
    i = page.index(cue.start)
    clause = of(page, i)
    lows = [t.low for t in page.tokens[clause.start : i + 1]]
    first, _ = sentence(page, i)
    if lows[0] in page.language.introducers and len(lows) > 1:
        return clause.start
    front = _finite(page, i, clause) == clause.start
    return clause.start if front and clause.start > first else -1


def _finite(page: Page, i: int, clause: Clause) -> int:
    """Token of the finite verb: the cue, or an auxiliary before it."""
    lang = page.language
    near = range(clause.start, i)
    return next((j for j in near if page.tokens[j].low in lang.auxiliaries), i)


def find(page: Page, cue: Cue) -> Subject | None:
    """The subject of a verb cue within its clause, or None; see `subjects.find`."""
    i = page.index(cue.start)
    clause = of(page, i)
    if _is_denied(page, i, clause) or _is_passive(page, i, clause):
        return None
    mention = _subject(page, i, clause)
    if mention is None:
        return None
    start = opens(page, cue)
    first = page.tokens[start].start if start >= 0 else min(mention.start, cue.start)
    return Subject(mention, first, max(cue.end, mention.end if mention.start > first else 0))


def _is_denied(page: Page, i: int, clause: Clause) -> bool:
    """Whether the clause is negated, or its verb an infinitive ("ohne zu sagen")."""
    lang = page.language
    lows = [t.low for t in page.tokens[clause.start : clause.stop]]
    infinitive = i > clause.start and page.tokens[i - 1].low in lang.infinitive_marks
    return infinitive or any(low in lang.negations for low in lows)


def _is_passive(page: Page, i: int, clause: Clause) -> bool:
    lang, low = page.language, page.tokens[i].low
    if lang.verbs.get(low) == low:  # "wird sagen"
        return False
    lows = [t.low for t in page.tokens[clause.start : clause.stop]]
    return any(low in lang.passive for low in lows)


def _subject(page: Page, i: int, clause: Clause) -> Mention | None:
    finite = _finite(page, i, clause)
    found = list(_nominatives(page, clause))
    before = [m for m in found if page.index(m.start) < finite]
    after = [m for m in found if page.index(m.start) > finite]
    front = _front(page, clause)
    if page.tokens[clause.start].low in page.language.introducers | page.language.conjunctions:
        candidates = [*before[:1], *after[:1]]
    elif before and page.index(before[0].start) <= front:
        candidates = before[:1]
    else:
        candidates = [*after[:1], *before[-1:]]
    if candidates:
        return _spoken_of(page, clause, candidates[0])
    phrase = _phrase(page, front, finite) or _phrase(page, i + 1, clause.stop)
    if phrase is not None or finite > front:
        return phrase
    return _apposed(page, clause)


def _front(page: Page, clause: Clause) -> int:
    """The clause's first token behind a joining word or an adverb."""
    lang, at = page.language, clause.start
    while at < clause.stop - 1 and (
        page.tokens[at].low in lang.joins or page.tokens[at].low in lang.adverbs
    ):
        at += 1
    return at


def _spoken_of(page: Page, clause: Clause, mention: Mention) -> Mention:
    """For "it" in "In dem Bericht heißt es", the body or document that it is said in."""
    if mention.type != "pronoun" or page.language.pronouns.get(mention.head) != "thing":
        return mention
    start, end = page.tokens[clause.start].start, page.tokens[clause.stop - 1].end
    others = (m for m in page.mentions_between(start, end) if m.type != "pronoun")
    return next(others, mention)


def _nominatives(page: Page, clause: Clause) -> Iterator[Mention]:
    """The clause's mentions that can be subjects, what describes them included."""
    lang = page.language
    start, end = page.tokens[clause.start].start, page.tokens[clause.stop - 1].end
    held: Mention | None = None
    previous = -1
    for mention in page.mentions_between(start, end):
        first = page.index(mention.start)
        low, before = page.tokens[first].low, page.tokens[first - 1].low if first else ""
        chained = first == previous and low in lang.genitives
        joined = first - 1 == previous and before in lang.pairs
        previous = page.index(mention.end)
        if held is not None and (chained or joined):
            held = replace(held, end=mention.end, plural=held.plural or joined)
        elif not chained and low not in lang.oblique and before not in lang.adjuncts:
            if held is not None:
                yield held
            held = mention
        elif held is not None:
            yield held
            held = None
    if held is not None:
        yield held


def _phrase(page: Page, start: int, stop: int) -> Mention | None:
    """The words from a determiner at `start` to their noun, which has a capital."""
    lang, tokens = page.language, page.tokens
    while start < stop and tokens[start].low in lang.adverbs:
        start += 1
    if start >= stop or tokens[start].low in lang.oblique:
        return None
    if tokens[start].low not in lang.determiners | lang.possessives:
        return None
    for j in range(start + 1, min(stop, start + _PHRASE)):
        low = tokens[j].low
        if not low[0].isalnum() or low in lang.adjuncts or low in lang.determiners:
            return None
        if page.text[tokens[j].start].isupper():
            return Mention(tokens[start].start, tokens[j].end, "nominal", low)
    return None


def _apposed(page: Page, clause: Clause) -> Mention | None:
    """The mention that the sentence begins with: "Holm, der Leiter des Amtes, sagte"."""
    first, _ = sentence(page, clause.start)
    if clause.start <= first or page.tokens[clause.start - 1].low != ",":
        return None
    found = _nominatives(page, Clause(first, clause.start))
    mention = next(found, None)
    return mention if mention and page.index(mention.start) == first else None


def credited(page: Page, cue: Cue) -> Mention | None:
    """Whom a preposition credits: behind it, or before it ("der Polizei zufolge")."""
    if tuple(cue.lemma.split()) in page.language.postpositions:
        return _credited_before(page, page.index(cue.start))
    index = page.index(cue.end)
    adverbs = page.language.adverbs | {"von"}
    while index < len(page.tokens) and page.tokens[index].low in adverbs:
        index += 1
    mention = page.mention_at(index)
    if cue.lemma not in page.language.tails:
        mention = mention or subjects.following(page, index)
    else:
        mention = mention or _phrase(page, index, of(page, page.index(cue.start)).stop)
    return _whole(page, mention) if mention else None


def _credited_before(page: Page, i: int) -> Mention | None:
    clause, tokens = of(page, i), page.tokens
    start = i - 1
    if start < clause.start:
        return None
    while start > clause.start and not page.text[tokens[start].start].isupper():
        start -= 1
    chain = page.mentions_between(tokens[clause.start].start, tokens[i - 1].end)
    for mention in reversed(chain):
        if page.index(mention.end) != start + 1:
            break
        start = page.index(mention.start) - 1
        found = mention
        if tokens[start + 1].low not in page.language.genitives:
            return found
    while start > clause.start and tokens[start].low not in page.language.adjuncts:
        start -= 1
    return Mention(tokens[start].start, tokens[i - 1].end, "nominal", tokens[i - 1].low)


def _whole(page: Page, mention: Mention) -> Mention:
    """The mention with the genitives behind it: "die Leiterin der Wetterstation"."""
    while True:
        index = page.index(mention.end)
        other = page.mention_at(index)
        if other is None or page.tokens[index].low not in page.language.genitives:
            return mention
        mention = replace(mention, end=other.end)
