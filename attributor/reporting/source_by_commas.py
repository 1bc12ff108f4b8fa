"""Whose verb a cue is, in a language whose commas part clauses ("Er sagte, er komme").

The subject is a mention of the cue's own clause that no preposition and no case rules out: the one
that the clause begins with, else the first behind its finite verb.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from attributor.marking import Cue, Mention
from attributor.marking.page import Page
from attributor.marking.quotation import CHARACTERS
from attributor.reporting import content_by_order as contents
from attributor.reporting.source_by_order import Subject

_EDGES = frozenset(",;:–—")
_WHOLE = 4
"""A marked passage of at least so many words ends a clause; a shorter one may be a name."""
_PHRASE = 12
"""A subject that is no mention candidate has at most so many words."""


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


def lows(page: Page, clause: Clause) -> list[str]:
    """The clause's tokens, in lower case."""
    return [token.low for token in page.tokens[clause.start : clause.stop]]


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
        words = len(page.words(passage.start, passage.end))
        if spoken or (words >= _WHOLE and not contents.is_title(page, passage)):
            return True
    return False


def opens(page: Page, cue: Cue) -> int:
    """Token with which a clause begins that reports what is beside it, -1 if this is none.

    That is one that begins with its verb ("…, sagte sie") or with "wie" ("…, wie sie sagte").
    """
    i = page.index(cue.start)
    clause = of(page, i)
    first, _ = sentence(page, i)
    if page.tokens[clause.start].low in page.language.introducers and clause.start < i:
        return clause.start
    if _finite(page, i, clause) != clause.start or clause.start == first:
        return -1
    subordinate = _is_subordinate(page, Clause(first, clause.start))
    return -1 if subordinate or _apposed(page, clause) else clause.start


def _is_subordinate(page: Page, clause: Clause) -> bool:
    """Whether the clause goes before a verb as an adverb does: "Da es fror, sagte sie ab"."""
    words = lows(page, clause)
    mood = any(low in page.language.reported_mood for low in words)
    return words[0] in page.language.relatives and not mood


def _finite(page: Page, i: int, clause: Clause) -> int:
    """Token of the finite verb: the cue, or an auxiliary before it."""
    near = range(clause.start, i)
    return next((j for j in near if page.tokens[j].low in page.language.auxiliaries), i)


def find(page: Page, cue: Cue) -> Subject | None:
    """The subject of a verb cue within its clause, or None; see `subjects.find`."""
    i = page.index(cue.start)
    clause = of(page, i)
    if _is_denied(page, i, clause) or _is_passive(page, i, clause):
        return None
    mention = _apposed(page, clause) if _finite(page, i, clause) == clause.start else None
    mention = mention or _subject(page, i, clause)
    if mention is None:
        return None
    start = opens(page, cue)
    first = page.tokens[start].start if start >= 0 else min(mention.start, cue.start)
    return Subject(mention, first, max(cue.end, mention.end))


def _is_denied(page: Page, i: int, clause: Clause) -> bool:
    """Whether the clause is negated, or its verb an infinitive ("ohne zu sagen")."""
    lang = page.language
    infinitive = i > clause.start and page.tokens[i - 1].low in lang.infinitive_marks
    return infinitive or any(low in lang.negations for low in lows(page, clause))


def _is_passive(page: Page, i: int, clause: Clause) -> bool:
    lang, low = page.language, page.tokens[i].low
    infinitive = lang.verbs.get(low) == low  # "wird sagen"
    return not infinitive and any(low in lang.passive for low in lows(page, clause))


def _subject(page: Page, i: int, clause: Clause) -> Mention | None:
    finite, front = _finite(page, i, clause), _front(page, clause)
    found = list(_nominatives(page, clause))
    before = [m for m in found if page.index(m.start) < finite]
    after = [m for m in found if page.index(m.start) > finite]
    lang = page.language
    opening = page.tokens[clause.start].low
    if opening in lang.introducers | lang.conjunctions | lang.relatives:
        candidates = [*before[:1], *after[:1]]
    elif before and page.index(before[0].start) <= front:
        candidates = before[:1]
    elif phrase := _phrase_to(page, front, finite):
        candidates = [phrase]
    else:
        candidates = [*after[:1], *before[-1:]]
    if candidates:
        return _spoken_of(page, clause, candidates[0])
    phrase = phrase_at(page, front, finite) or phrase_at(page, i + 1, clause.stop)
    return phrase or _quoted_name(page, clause.start + (opening in lang.introducers))


def _front(page: Page, clause: Clause) -> int:
    """The clause's first token behind joining words and adverbs."""
    lang, at = page.language, clause.start
    while at < clause.stop - 1 and page.tokens[at].low in lang.joins | lang.adverbs:
        at += 1
    return at


def _spoken_of(page: Page, clause: Clause, mention: Mention) -> Mention:
    """For "it" in "In dem Bericht heißt es", the body or document that it is said in."""
    if mention.type != "pronoun" or page.language.pronouns.get(mention.head) != "thing":
        return mention
    others = (m for m in _mentions(page, clause) if m.type != "pronoun")
    return next(others, mention)


def _mentions(page: Page, clause: Clause) -> list[Mention]:
    start, end = page.tokens[clause.start].start, page.tokens[clause.stop - 1].end
    return page.mentions_between(start, end)


def _nominatives(page: Page, clause: Clause) -> Iterator[Mention]:
    """The clause's mentions that can be subjects, what describes them included."""
    lang = page.language
    held: Mention | None = None
    previous = -1
    for mention in _mentions(page, clause):
        first = page.index(mention.start)
        low, before = page.tokens[first].low, page.tokens[first - 1].low if first else ""
        chained = first == previous and low in lang.genitives
        joined = first - 1 == previous and before in lang.pairs
        previous = page.index(mention.end)
        if held is not None and held.type != "pronoun" and (chained or joined):
            held = held._replace(end=mention.end, plural=held.plural or joined)
            continue
        if held is not None:
            yield held
        governed = chained or low in lang.oblique or before in lang.adjuncts
        held = None if governed else mention
    if held is not None:
        yield held


def _phrase_to(page: Page, start: int, stop: int) -> Mention | None:
    """The phrase from a determiner at `start` that ends with the noun right before `stop`."""
    tokens, lang = page.tokens, page.language
    if stop - start < 2 or tokens[start].low not in lang.determiners | lang.possessives:
        return None
    noun = page.text[tokens[stop - 1].start].isupper() or tokens[stop - 1].low == ")"
    if tokens[start].low in lang.oblique or not noun or stop - start > _PHRASE:
        return None
    return Mention(tokens[start].start, tokens[stop - 1].end, "nominal", tokens[stop - 1].low)


def phrase_at(page: Page, start: int, stop: int) -> Mention | None:
    """The words from a determiner at `start` (behind adverbs) to their noun, none in a case."""
    lang, tokens = page.language, page.tokens
    while start < stop and tokens[start].low in lang.adverbs:
        start += 1
    known = lang.determiners | lang.possessives
    if start >= stop or tokens[start].low in lang.oblique or tokens[start].low not in known:
        return None
    return noun_phrase(page, start, stop)


def noun_phrase(page: Page, start: int, stop: int) -> Mention | None:
    """The words from `start` on to the first nouns, which have capitals; no preposition before."""
    lang, tokens = page.language, page.tokens
    stop = min(stop, start + _PHRASE)
    is_noun = [page.text[tokens[j].start].isupper() for j in range(start, stop)]
    if True not in is_noun:
        return None
    first = start + is_noun.index(True)
    between = [tokens[j].low for j in range(start, first)]
    known = lang.adjuncts | lang.auxiliaries | lang.conjunctions | lang.verbs.keys()
    if any(not low[0].isalnum() or low in known for low in between):
        return None
    last = first
    while last + 1 < stop and is_noun[last + 1 - start]:
        last += 1
    return Mention(tokens[start].start, tokens[last].end, "nominal", tokens[last].low)


def _apposed(page: Page, clause: Clause) -> Mention | None:
    """The subject before a comma: "Holm, der Leiter des Amtes, sagte"; no verb is beside it."""
    lang = page.language
    first, _ = sentence(page, clause.start)
    if clause.start <= first or page.tokens[clause.start - 1].low != ",":
        return None
    opening = of(page, first)
    known = lang.auxiliaries | lang.reported_mood | lang.verbs.keys()
    if any(low in known for low in lows(page, opening)[1:]):
        return None
    following = page.tokens[clause.stop + 1 : clause.stop + 2]
    if following and following[0].low in known and any(_nominatives(page, clause)):
        return None  # "Das Eis, sagte sie, sei dünn"
    start = _front(page, opening)
    mention = next(_nominatives(page, opening), None) or phrase_at(page, start, opening.stop)
    if mention is None or page.index(mention.start) > start:
        return None
    after = page.low_at(mention.end)
    if after[:1].isalnum() and after not in lang.adjuncts | lang.genitives:
        return None
    named = page.mention_at(opening.stop + 1)
    return named if named and named.type == "name" and mention.type != "name" else mention


# --- whom a preposition credits ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Credit:
    """Whom a preposition credits, and the offsets of the phrase: "nach Angaben der Polizei"."""

    mention: Mention
    start: int
    end: int


def credited(page: Page, cue: Cue) -> Credit | None:
    """The phrase of a preposition, or of a word behind its noun ("der Polizei zufolge")."""
    lang = page.language
    if tuple(cue.lemma.split()) in lang.postpositions:
        mention = _credited_before(page, page.index(cue.start))
        return Credit(mention, mention.start, cue.end) if mention else None
    index = page.index(cue.end)
    stop = of(page, page.index(cue.start)).stop
    while index < stop and (page.tokens[index].low in lang.adverbs | lang.of):
        index += 1
    mention = page.mention_at(index) or _quoted_name(page, index)
    find_phrase = phrase_at if cue.lemma in lang.tails else noun_phrase
    mention = mention or find_phrase(page, index, stop)
    if mention is None:
        return None
    return Credit(_with_genitives(page, mention), cue.start, _phrase_end(page, mention, stop))


def _credited_before(page: Page, i: int) -> Mention | None:
    """The words before "zufolge": what a clause begins with, else the last description."""
    clause, tokens = of(page, i), page.tokens
    if clause.start == i:
        return None
    first = page.mention_at(clause.start) or noun_phrase(page, clause.start, i)
    if first and first.type != "pronoun" and page.index(_phrase_end(page, first, i)) == i:
        return first._replace(end=tokens[i - 1].end)
    found = page.mentions_between(tokens[clause.start].start, tokens[i - 1].end)
    if found and page.index(found[-1].end) == i:
        return found[-1]
    start = i - 1
    if start > clause.start and tokens[start - 1].low in page.language.oblique:
        start -= 1
    return Mention(tokens[start].start, tokens[i - 1].end, "nominal", tokens[i - 1].low)


def _quoted_name(page: Page, i: int) -> Mention | None:
    """A name in quotation marks (laut „Hafenkurier“) or a site's (laut hafen.example)."""
    if i >= len(page.tokens):
        return None
    token = page.tokens[i]
    for n in page.passages_between(token.start, token.end + 1):
        passage = page.marking.passages[n]
        if passage.outer_start == token.start and _is_short(page, n):
            return Mention(passage.start, passage.end, "nominal", page.low_at(passage.start))
    site = page.tokens[i : i + 3]
    if len(site) == 3 and page.text[site[0].end : site[2].start] == ".":
        return Mention(token.start, site[2].end, "nominal", token.low)
    return None


def _is_short(page: Page, n: int) -> bool:
    passage = page.marking.passages[n]
    words = len(page.words(passage.start, passage.end))
    return words < _WHOLE or contents.is_title(page, passage)


def _with_genitives(page: Page, mention: Mention) -> Mention:
    """The mention with the genitives behind it: "die Leiterin der Wetterstation"."""
    while True:
        index = page.index(mention.end)
        other = page.mention_at(index)
        if other is None or page.tokens[index].low not in page.language.genitives:
            return mention
        mention = mention._replace(end=other.end)


def _phrase_end(page: Page, mention: Mention, stop: int) -> int:
    """Offset after all that describes the mention: genitives, "von …", „…“ and (…)."""
    lang, end = page.language, mention.end
    index = page.index(end)
    while index < stop:
        low = page.tokens[index].low
        further = None
        if low in lang.genitives | lang.pairs:
            further = page.mention_at(index) or noun_phrase(page, index, stop)
        elif low in lang.of:
            further = page.mention_at(index + 1) or noun_phrase(page, index + 1, stop)
            further = further or _quoted_name(page, index + 1)
        elif low in CHARACTERS:
            further = _quoted_name(page, index)
        elif low == "(":
            closing = (t for t in page.tokens[index : min(index + _PHRASE, stop)] if t.low == ")")
            end = next((t.end for t in closing), 0)
            if not end:
                break
            index = page.index(end)
            continue
        if further is None:
            break
        index = page.index(further.end)
        if index < stop and page.tokens[index].low in CHARACTERS:
            index += 1
    return page.tokens[index - 1].end
