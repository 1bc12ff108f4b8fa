"""Who said it, in a language whose commas part clauses ("Er sagte, er komme").

The subject is a mention of the cue's own clause that no preposition and no case rules out: the one
that the clause begins with, else the first behind its finite verb.
"""

from __future__ import annotations

from collections.abc import Iterator

from attributor.marking import Cue, Marking, Mention
from attributor.marking.quotation import CHARACTERS
from attributor.reporting import comma_clauses as clauses
from attributor.reporting.comma_clauses import MIN_SPEECH_WORDS, Clause
from attributor.reporting.grammar import ReportingClause
from attributor.reporting.passages import is_title

_MAX_PHRASE_WORDS = 12
"""A subject that is no mention candidate has at most this many words."""
_MAX_GENITIVES = 6
"""Behind a mention stand at most this many genitives that belong to it."""


def opens(marking: Marking, cue: Cue) -> int:
    """Token with which a clause begins that reports what is beside it, -1 if this is none.

    That is one that begins with its verb ("…, sagte sie") or with "wie" ("…, wie sie sagte").
    """
    i = marking.index_at(cue.start)
    clause = clauses.of(marking, i)
    first, _ = clauses.sentence(marking, i)
    if marking.tokens[clause.start].low in marking.pack.introducers and clause.start < i:
        return clause.start
    finite = _finite(marking, i, clause)
    refers = points_back(marking, clause.start) and cue.lemma in marking.pack.clausal
    if refers and finite == clause.start + 1 and clause.start > first:
        return clause.start
    if finite != clause.start or clause.start == first:
        return -1
    before = Clause(first, clause.start)
    if _is_subordinate(marking, before) or _is_fronted(marking, before):
        return -1
    return -1 if _apposed(marking, clause) else clause.start


def points_back(marking: Marking, i: int) -> bool:
    """Whether the word is a "das" that means what was said before it."""
    return marking.low(i) in marking.pack.demonstratives


def _is_fronted(marking: Marking, before: Clause) -> bool:
    """Whether a phrase with a relative clause stands there: "In der Rede, die er hielt, …"."""
    opening = clauses.of(marking, before.start)
    at = opening.stop + 1
    if at >= before.stop or marking.low(before.start) not in marking.pack.adjuncts:
        return False
    known = marking.pack.determiners | marking.pack.relatives | marking.pack.adjuncts
    while at < before.stop:
        if marking.low(at) not in known:
            return False
        at = clauses.of(marking, at).stop + 1
    return _is_phrase(marking, opening)


def _is_phrase(marking: Marking, clause: Clause) -> bool:
    """Whether the clause is made of nouns and what goes with them: it has no verb."""
    lang, at = marking.pack, clause.start
    while at < clause.stop:
        low = marking.low(at)
        phrase = noun_phrase(marking, at + (low in lang.adjuncts | lang.pairs), clause.stop)
        if phrase is None:
            return low in CHARACTERS and at == clause.stop - 1
        at = marking.index_at(phrase.end)
    return True


def _is_subordinate(marking: Marking, clause: Clause) -> bool:
    """Whether the clause goes before a verb as an adverb does: "Da es fror, sagte sie ab"."""
    words = clauses.lows(marking, clause)
    mood = any(low in marking.pack.reported_mood for low in words)
    return words[0] in marking.pack.relatives and not mood


def _finite(marking: Marking, i: int, clause: Clause) -> int:
    """Token of the finite verb: the cue, or an auxiliary before it."""
    near = range(clause.start, i)
    return next((j for j in near if marking.tokens[j].low in marking.pack.auxiliaries), i)


def of_verb(marking: Marking, cue: Cue) -> ReportingClause | None:
    """The clause of a verb and its subject, or None."""
    i = marking.index_at(cue.start)
    clause = clauses.of(marking, i)
    if _is_denied(marking, i, clause) or _is_passive(marking, i, clause):
        return None
    mention = _apposed(marking, clause) if _finite(marking, i, clause) == clause.start else None
    mention = mention or _subject(marking, i, clause)
    if mention is None:
        return None
    start = opens(marking, cue)
    first = marking.tokens[start].start if start >= 0 else min(mention.start, cue.start)
    return ReportingClause(cue, mention, first, max(cue.end, mention.end))


def _is_denied(marking: Marking, i: int, clause: Clause) -> bool:
    """Whether the clause is negated, or its verb an infinitive ("ohne zu sagen")."""
    lang = marking.pack
    infinitive = i > clause.start and marking.tokens[i - 1].low in lang.infinitive_marks
    return infinitive or any(low in lang.negations for low in clauses.lows(marking, clause))


def _is_passive(marking: Marking, i: int, clause: Clause) -> bool:
    lang, low = marking.pack, marking.tokens[i].low
    infinitive = lang.verbs.get(low) == low  # "wird sagen"
    return not infinitive and any(low in lang.passive for low in clauses.lows(marking, clause))


def _subject(marking: Marking, i: int, clause: Clause) -> Mention | None:
    finite, front = _finite(marking, i, clause), _front(marking, clause)
    if points_back(marking, front) and front + 1 == finite:
        front = finite
    found = list(_nominatives(marking, clause))
    before = [m for m in found if marking.index_at(m.start) < finite]
    after = [m for m in found if marking.index_at(m.start) > finite]
    lang = marking.pack
    opening = marking.tokens[clause.start].low
    if opening in (lang.introducers | lang.conjunctions | lang.relatives) - lang.adjuncts:
        candidates = [*before[:1], *after[:1]]
    elif before and marking.index_at(before[0].start) <= front:
        candidates = before[:1]
    elif phrase := _phrase_to(marking, front, finite):
        candidates = [phrase]
    elif after or marking.low(front) not in lang.adjuncts:
        candidates = [*after[:1], *before[-1:]]
    else:
        behind = phrase_at(marking, i + 1, clause.stop)  # "Um 9 Uhr MEZ meldete die Zeitung"
        candidates = [behind] if behind else before[-1:]
    if candidates:
        return _spoken_of(marking, clause, candidates[0])
    phrase = phrase_at(marking, front, finite) or phrase_at(marking, i + 1, clause.stop)
    phrase = phrase or _quoted_name(marking, clause.start + (opening in lang.introducers))
    return phrase or _bare_noun(marking, clause, front, finite)


def _bare_noun(marking: Marking, clause: Clause, front: int, finite: int) -> Mention | None:
    """A noun right before its verb or right behind it: "Brink sagte", "sagte Brink"."""
    lang = marking.pack
    small = lang.adjuncts | lang.adverbs | lang.determiners | lang.introducers | lang.not_names
    before = noun_phrase(marking, front, finite) if is_noun(marking, front) else None
    if before and marking.index_at(before.end) == finite and marking.low(front) not in small:
        return before
    behind = finite + 1
    return noun_phrase(marking, behind, clause.stop) if is_noun(marking, behind) else None


def is_noun(marking: Marking, i: int) -> bool:
    """Whether a token has a capital, or a part of it behind a hyphen ("ai-Bericht")."""
    if i >= len(marking.tokens):
        return False
    token = marking.tokens[i]
    return any(part[:1].isupper() for part in marking.text[token.start : token.end].split("-"))


def _front(marking: Marking, clause: Clause) -> int:
    """The clause's first token behind joining words and adverbs."""
    lang, at = marking.pack, clause.start
    while at < clause.stop - 1 and marking.tokens[at].low in lang.joins | lang.adverbs:
        at += 1
    return at


def _spoken_of(marking: Marking, clause: Clause, mention: Mention) -> Mention:
    """For "it" in "In dem Bericht heißt es", the body or document that it is said in."""
    if mention.type != "pronoun" or marking.pack.pronouns.get(mention.head) != "thing":
        return mention
    others = (m for m in _mentions(marking, clause) if m.type != "pronoun")
    return next(others, mention)


def _mentions(marking: Marking, clause: Clause) -> list[Mention]:
    start, end = marking.tokens[clause.start].start, marking.tokens[clause.stop - 1].end
    return marking.mentions_in(start, end)


def _nominatives(marking: Marking, clause: Clause) -> Iterator[Mention]:
    """The clause's mentions that can be subjects, what describes them included."""
    lang = marking.pack
    held: Mention | None = None
    previous = -1
    for mention in _mentions(marking, clause):
        first = marking.index_at(mention.start)
        low, before = marking.tokens[first].low, marking.tokens[first - 1].low if first else ""
        chained = first == previous and low in lang.genitives
        joined = first - 1 == previous and before in lang.pairs
        previous = marking.index_at(mention.end)
        if held is not None and held.type != "pronoun" and (chained or joined):
            held = held._replace(end=mention.end, plural=held.plural or joined)
            continue
        if held is not None:
            yield held
        governed = chained or low in lang.oblique or before in lang.adjuncts - lang.times
        held = None if governed else mention
    if held is not None:
        yield held


def nominatives_of_sentence(marking: Marking, stop: int) -> Iterator[Mention]:
    """What can be a subject in the clauses of a sentence, up to the token at `stop`."""
    at, _ = clauses.sentence(marking, stop)
    while at < stop:
        clause = clauses.of(marking, at)
        yield from _nominatives(marking, clause)
        at = clause.stop + 1


def _phrase_to(marking: Marking, start: int, stop: int) -> Mention | None:
    """The phrase from a determiner at `start` that ends with the noun right before `stop`."""
    tokens, lang = marking.tokens, marking.pack
    if stop - start < 2 or tokens[start].low not in lang.determiners | lang.possessives:
        return None
    noun = marking.text[tokens[stop - 1].start].isupper() or tokens[stop - 1].low == ")"
    if tokens[start].low in lang.oblique or not noun or stop - start > _MAX_PHRASE_WORDS:
        return None
    return Mention(tokens[start].start, tokens[stop - 1].end, "nominal", tokens[stop - 1].low)


def phrase_at(marking: Marking, start: int, stop: int) -> Mention | None:
    """The words from a determiner at `start` (behind adverbs) to their noun, none in a case."""
    lang, tokens = marking.pack, marking.tokens
    while start < stop and tokens[start].low in lang.adverbs:
        start += 1
    known = lang.determiners | lang.possessives
    if start >= stop or tokens[start].low in lang.oblique or tokens[start].low not in known:
        return None
    return noun_phrase(marking, start, stop)


def noun_phrase(marking: Marking, start: int, stop: int) -> Mention | None:
    """The words from `start` on to the first nouns, which have capitals; no preposition before."""
    lang, tokens = marking.pack, marking.tokens
    stop = min(stop, start + _MAX_PHRASE_WORDS)
    nouns = [is_noun(marking, j) for j in range(start, stop)]
    if True not in nouns:
        return None
    first = start + nouns.index(True)
    is_article = first == start and tokens[start].low in lang.definite
    if is_article and marking.low(start + 1) in lang.adjuncts:
        return None  # "Die in Holm gebaute Brücke"
    between = [tokens[j].low for j in range(start, first)]
    known = lang.adjuncts | lang.auxiliaries | lang.conjunctions | lang.verbs.keys()
    if any(not low[0].isalnum() or low in known for low in between):
        return None
    last = first
    while last + 1 < stop and nouns[last + 1 - start]:
        last += 1
    return Mention(tokens[start].start, tokens[last].end, "nominal", tokens[last].low)


def _apposed(marking: Marking, clause: Clause) -> Mention | None:
    """The subject before a comma: "Holm, der Leiter des Amtes, sagte"; no verb is beside it."""
    lang = marking.pack
    first, _ = clauses.sentence(marking, clause.start)
    if clause.start <= first or marking.tokens[clause.start - 1].low != ",":
        return None
    opening = clauses.of(marking, first)
    known = lang.auxiliaries | lang.reported_mood | lang.verbs.keys()
    if any(low in known for low in clauses.lows(marking, opening)[1:]):
        return None
    previous = clauses.of(marking, clause.start - 2)
    if previous.start > opening.start and marking.low(previous.start) in lang.reported_mood:
        return None  # "Ein Tief, das über Holm stand, sei da, sagte sie"
    following = marking.tokens[clause.stop + 1 : clause.stop + 2]
    if following and following[0].low in known and any(_nominatives(marking, clause)):
        return None  # "Das Eis, sagte sie, sei dünn"
    start = _front(marking, opening)
    mention = next(_nominatives(marking, opening), None) or phrase_at(marking, start, opening.stop)
    if mention is None or marking.index_at(mention.start) > start:
        return None
    after = marking.low_at(mention.end)
    if after[:1].isalnum() and after not in lang.adjuncts | lang.genitives:
        return None
    named = marking.mention_at(opening.stop + 1)
    return named if named and named.type == "name" and mention.type != "name" else mention


# --- whom a preposition credits ------------------------------------------------------------------


def of_preposition(marking: Marking, cue: Cue) -> ReportingClause | None:
    """The phrase of a preposition, or of a word behind its noun ("der Polizei zufolge")."""
    lang = marking.pack
    if tuple(cue.lemma.split()) in lang.postpositions:
        mention = _credited_before(marking, marking.index_at(cue.start))
        return ReportingClause(cue, mention, mention.start, cue.end) if mention else None
    index = marking.index_at(cue.end)
    stop = clauses.of(marking, marking.index_at(cue.start)).stop
    while index < stop and (marking.tokens[index].low in lang.adverbs | lang.of):
        index += 1
    mention = marking.mention_at(index) or _quoted_name(marking, index)
    find_phrase = phrase_at if cue.lemma in lang.tails else noun_phrase
    mention = mention or find_phrase(marking, index, stop)
    if mention is None:
        return None
    return ReportingClause(
        cue, _with_genitives(marking, mention), cue.start, _phrase_end(marking, mention, stop)
    )


def _credited_before(marking: Marking, i: int) -> Mention | None:
    """The words before "zufolge": what a clause begins with, else the last description."""
    clause, tokens = clauses.of(marking, i), marking.tokens
    if clause.start == i:
        return None
    first = marking.mention_at(clause.start) or noun_phrase(marking, clause.start, i)
    if first and first.type != "pronoun" and marking.index_at(_phrase_end(marking, first, i)) == i:
        return first._replace(end=tokens[i - 1].end)
    found = marking.mentions_in(tokens[clause.start].start, tokens[i - 1].end)
    if found and marking.index_at(found[-1].end) == i:
        return found[-1]
    start = i - 1
    if start > clause.start and tokens[start - 1].low in marking.pack.oblique:
        start -= 1
    return Mention(tokens[start].start, tokens[i - 1].end, "nominal", tokens[i - 1].low)


def _quoted_name(marking: Marking, i: int) -> Mention | None:
    """A name in quotation marks (laut „Hafenkurier“) or a site's (laut hafen.example)."""
    if i >= len(marking.tokens):
        return None
    token = marking.tokens[i]
    for n in marking.passages_touching(token.start, token.end + 1):
        passage = marking.passages[n]
        if passage.outer_start == token.start and _is_short(marking, n):
            return Mention(passage.start, passage.end, "nominal", marking.low_at(passage.start))
    site = marking.tokens[i : i + 3]
    if len(site) == 3 and marking.text[site[0].end : site[2].start] == ".":
        return Mention(token.start, site[2].end, "nominal", token.low)
    return None


def _is_short(marking: Marking, n: int) -> bool:
    passage = marking.passages[n]
    words = marking.word_count(passage.start, passage.end)
    return words < MIN_SPEECH_WORDS or is_title(marking, passage)


def _with_genitives(marking: Marking, mention: Mention) -> Mention:
    """The mention with the genitives behind it: "die Leiterin der Wetterstation"."""
    for _ in range(_MAX_GENITIVES):
        index = marking.index_at(mention.end)
        other = marking.mention_at(index)
        if other is None or marking.tokens[index].low not in marking.pack.genitives:
            break
        mention = mention._replace(end=other.end)
    return mention


def _phrase_end(marking: Marking, mention: Mention, stop: int) -> int:
    """Offset after all that describes the mention: genitives, "von …", „…“ and (…)."""
    lang, end = marking.pack, mention.end
    index = marking.index_at(end)
    while index < stop:
        low = marking.tokens[index].low
        further = None
        if low in lang.genitives | lang.pairs:
            further = marking.mention_at(index) or noun_phrase(marking, index, stop)
        elif low in lang.of:
            further = marking.mention_at(index + 1) or noun_phrase(marking, index + 1, stop)
            further = further or _quoted_name(marking, index + 1)
        elif low in CHARACTERS:
            further = _quoted_name(marking, index)
        elif low == "(":
            near = marking.tokens[index : min(index + _MAX_PHRASE_WORDS, stop)]
            end = next((token.end for token in near if token.low == ")"), 0)
            if not end:
                break
            index = marking.index_at(end)
            continue
        if further is None:
            break
        index = marking.index_at(further.end)
        if index < stop and marking.tokens[index].low in CHARACTERS:
            index += 1
    return marking.tokens[index - 1].end
