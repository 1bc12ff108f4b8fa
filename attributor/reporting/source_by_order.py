"""Who a cue's subject is: the mention before the verb, after it, or carried over."""

from __future__ import annotations

from dataclasses import dataclass

from attributor.marking import Cue, Mention
from attributor.marking.page import Page
from attributor.marking.quotation import CHARACTERS

_CHUNK = 7
"""A subject that is no mention candidate reaches back to a determiner within so many words."""
_SHORT = 4
"""A word with an adverb's ending is one if it has more letters."""
_SPEECH_EDGES = CHARACTERS | frozenset(",–—-?!")


@dataclass(frozen=True, slots=True)
class Subject:
    """The mention, and where the reporting clause (subject, verb, listener) begins and ends."""

    mention: Mention | None
    start: int
    end: int


def find(page: Page, cue: Cue) -> Subject | None:
    """The subject of a verb cue within its sentence, or None."""
    if _inverts(page, cue):
        return _after(page, cue) or _before(page, cue)
    return _before(page, cue) or _after(page, cue)


def _inverts(page: Page, cue: Cue) -> bool:
    """Whether "…, said Mara Quill" stands here, not "…, the mayor, said Mara Quill would …"."""
    mention = page.mention_at(page.index(cue.end))
    if mention is None or cue.lemma in page.language.listening or not _follows_speech(page, cue):
        return False
    follows = page.lows(mention.end, mention.end + 20)
    lang = page.language
    return (
        not follows or not follows[0][0].isalnum() or follows[0] in lang.adjuncts | lang.relatives
    )


def _before(page: Page, cue: Cue) -> Subject | None:
    start, _ = page.sentence(cue.start)
    first = page.index(start)
    at = _over_auxiliaries(page, page.index(cue.start), first)
    if at is None:
        return None
    if at > first and page.tokens[at - 1].low == ",":
        mention = _with_apposition(page, start, page.tokens[at - 1].start)
        return Subject(mention, mention.start, cue.end) if mention else None
    limit = page.tokens[at].start if at < len(page.tokens) else cue.start
    mention = (
        _ending_at(page, start, limit)
        or _chunk(page, start, at)
        or _with_relative_clause(page, start, limit)
    )
    if mention is None or _defines(page, mention):
        return None
    mention = _linked(page, start, mention)
    return Subject(mention, mention.start, cue.end)


def _defines(page: Page, mention: Mention) -> bool:
    """Whether "who" tells which people are meant ("those who said …"), rather than who spoke."""
    i = page.index(mention.start)
    return mention.head in page.language.relatives and not (i and page.tokens[i - 1].low == ",")


def goes_on(page: Page, cue: Cue) -> bool:
    """Whether the verb has the subject of its sentence so far: ", adding that …", "and said"."""
    index = page.index(cue.start)
    before = page.tokens[index - 1].low if index else ""
    participle = page.language.participle
    is_participle = bool(participle) and page.tokens[index].low.endswith(participle)
    return (is_participle and before == ",") or before in page.language.joins


def _over_auxiliaries(page: Page, index: int, first: int) -> int | None:
    """Index after the last word before the verb that is no adverb or auxiliary.

    None where a negation stands there: what was not said is no quote. A passive ("was told") and
    an infinitive ("to say") have no subject here either.
    """
    lang, lows = page.language, page.tokens
    previous = lows[index - 1].low if index > first else ""
    if previous in lang.infinitive_marks:
        return None
    if previous in lang.passive and not lows[index].low.endswith(lang.participle or " "):
        return None
    if is_negated(page, index, first):
        return None
    while index > first and _is_light(page, lows[index - 1].low):
        index -= 1
    return index


def is_negated(page: Page, index: int, first: int) -> bool:
    """Whether the verb at token `index` is denied: "did not say"; `first` begins its sentence."""
    while index > first:
        low = page.tokens[index - 1].low
        if low in page.language.negations or low.endswith(page.language.negative_endings):
            return True
        if not _is_light(page, low):
            return False
        index -= 1
    return False


def _is_light(page: Page, low: str) -> bool:
    """Whether the word may stand between a subject and its verb."""
    lang = page.language
    adverb = low.endswith(lang.adverb_endings) and len(low) > _SHORT
    return low in lang.auxiliaries or low in lang.adverbs or adverb


def _ending_at(page: Page, start: int, limit: int) -> Mention | None:
    """The mention that ends right before `limit`, a relative pronoun passed over."""
    candidates = page.mentions_between(start, limit)
    if not candidates:
        return None
    mention = candidates[-1]
    gap = page.lows(mention.end, limit)
    follows = gap[-1:] and page.language.pronouns.get(gap[-1]) == "relative"
    if gap in ([], ["'"], ["’"]) or (follows and gap[:-1] in ([], [","])):
        return mention
    return mention if gap and gap[0] == "(" and gap[-1] == ")" and len(gap) < 8 else None


def _linked(page: Page, start: int, mention: Mention) -> Mention:
    """The subject from its first part on: "a spokesman for the ministry", not the ministry."""
    lang = page.language
    while True:
        earlier = page.mentions_between(start, mention.start)
        if not earlier:
            return mention
        gap = page.lows(earlier[-1].end, mention.start)
        if not _is_link(page, gap) or earlier[-1].type == "pronoun":
            return mention
        if earlier[-1].type == "name" and gap[0] not in lang.pairs | lang.owners:
            return mention
        first = earlier[-1]
        mention = Mention(
            first.start,
            mention.end if gap[0] in lang.pairs else first.end,
            first.type,
            first.head,
            first.gender,
            first.plural or gap[0] in lang.pairs,
        )


def _is_link(page: Page, gap: list[str]) -> bool:
    if gap and gap[-1] in page.language.determiners:
        gap = gap[:-1]
    if len(gap) == 2 and gap[0].isalpha() and gap[0] not in page.language.verbs:
        gap = gap[1:]  # "close to", "familiar with"
    return len(gap) == 1 and gap[0] in page.language.links


def _with_apposition(page: Page, start: int, comma: int) -> Mention | None:
    """The mention before "…, the mayor of the town, said": its comma opens what `comma` closes."""
    for mention in page.mentions_between(start, comma):
        follows = page.lows(mention.end, comma)
        if not follows or follows[0] != ",":
            continue
        before = page.lows(max(start, mention.start - 30), mention.start)
        if before and before[-1] in page.language.adjuncts:
            continue
        return _apposed_name(page, mention) or mention
    return None


def _chunk(page: Page, start: int, at: int) -> Mention | None:
    """A subject that is no candidate: back to a determiner, or to where the clause begins."""
    lang, first = page.language, page.index(start)
    k = at
    while k > first and at - k < _CHUNK:
        low = page.tokens[k - 1].low
        if low in lang.determiners or low in lang.possessives:
            k -= 1
            break
        if not low[0].isalnum() or low in lang.conjunctions or low in lang.relatives:
            break
        if low in lang.pairs or low in lang.choices:
            break
        closed = low in lang.auxiliaries or low in lang.infinitive_marks
        if closed or low in lang.pronouns or low in lang.verbs:
            return None
        k -= 1
    if k == at or at - k == _CHUNK or page.tokens[k].low in lang.adjuncts:
        return None
    head = page.tokens[at - 1]
    return Mention(page.tokens[k].start, head.end, "nominal", head.low)


def _with_relative_clause(page: Page, start: int, limit: int) -> Mention | None:
    """The mention before "who asked not to be named" and the like, if it opens the sentence."""
    mentions = page.mentions_between(start, limit)
    if len(mentions) < 2 or mentions[0].start != start:
        return None
    relative = mentions[1]
    adjoins = not page.lows(mentions[0].end, relative.start)
    return mentions[0] if adjoins and relative.head in page.language.relatives else None


def following(page: Page, index: int) -> Mention | None:
    """The mention at token `index`, or the words from there to where a phrase ends."""
    mention = page.mention_at(index)
    if mention is not None or index >= len(page.tokens):
        return mention
    lang, last = page.language, index
    while last < min(index + _CHUNK, len(page.tokens)):
        low = page.tokens[last].low
        known = low in lang.adjuncts or low in lang.relatives or low in lang.auxiliaries
        if not low[0].isalnum() or known:
            break
        last += 1
    if last == index:
        return None
    head = page.tokens[last - 1]
    return Mention(page.tokens[index].start, head.end, "nominal", head.low)


def _after(page: Page, cue: Cue) -> Subject | None:
    """Inversion: "…,” said the minister." """
    index = page.index(cue.end)
    while index < len(page.tokens) and page.tokens[index].low in page.language.adverbs:
        index += 1
    mention = page.mention_at(index)
    if mention is None and _follows_mark(page, cue):
        mention = following(page, index)
    if mention is None or not _follows_speech(page, cue):
        return None
    if mention.type == "pronoun" and mention.head in page.language.relatives:
        return None
    named = _apposed_name(page, mention)
    return Subject(named or mention, cue.start, (named or mention).end)


def _apposed_name(page: Page, mention: Mention) -> Mention | None:
    """The name behind "the mayor, Mara Quill"."""
    index = page.index(mention.end)
    if mention.type != "nominal" or index >= len(page.tokens) or page.tokens[index].low != ",":
        return None
    named = page.mention_at(index + 1)
    if named is None or named.type != "name":
        return None
    follows = page.lows(named.end, named.end + 3)
    return named if not follows or not follows[0][0].isalnum() else None


def _follows_mark(page: Page, cue: Cue) -> bool:
    """Whether a closing quotation mark stands right before the verb."""
    index = page.index(cue.start)
    return index > 0 and page.tokens[index - 1].low in CHARACTERS


def _follows_speech(page: Page, cue: Cue) -> bool:
    """Whether a marked passage or a comma stands right before the verb."""
    index = page.index(cue.start)
    before = page.tokens[index - 1].low if index else ""
    return before in _SPEECH_EDGES
