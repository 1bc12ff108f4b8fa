"""Who said it, by the order of words: the mention right before the verb, or right behind it."""

from __future__ import annotations

from attributor.marking import Cue, Marking, Mention
from attributor.marking.quotation import CHARACTERS
from attributor.reporting.grammar import ReportingClause

_MAX_SUBJECT_WORDS = 7
"""A subject that is no mention candidate has fewer words than this."""
_MAX_UNKNOWN_WORDS = 3
"""A description before a name that no list knows has no more words than this."""
_MAX_SHORT_LETTERS = 4
"""A word with an adverb's ending is one if it has more letters than this."""
_MAX_APPOSED_MENTIONS = 40
"""A subject with an apposition is one of this many first mentions of its sentence."""
_SPEECH_EDGES = CHARACTERS | frozenset(",–—-?!")


def of_verb(marking: Marking, cue: Cue) -> ReportingClause | None:
    """The clause of a verb and its subject within their sentence, or None."""
    if _inverts(marking, cue) or (marking.pack.drops_subject and _is_unknown(marking, cue)):
        return _after(marking, cue) or _before(marking, cue)
    return _before(marking, cue) or _after(marking, cue)


def of_preposition(marking: Marking, cue: Cue) -> ReportingClause | None:
    """The phrase of "according to" and whom it names."""
    mention = following(marking, marking.index_at(cue.end))
    return ReportingClause(cue, mention, cue.start, mention.end) if mention else None


def _inverts(marking: Marking, cue: Cue) -> bool:
    """Whether "…, said Mara Quill" stands here, not "…, the mayor, said Mara Quill would …"."""
    mention = marking.mention_at(marking.index_at(cue.end))
    if mention is None or cue.lemma in marking.pack.listening or not _follows_speech(marking, cue):
        return False
    follows = marking.lows_in(mention.end, mention.end + 20)
    lang = marking.pack
    return (
        not follows or not follows[0][0].isalnum() or follows[0] in lang.adjuncts | lang.relatives
    )


def _is_unknown(marking: Marking, cue: Cue) -> bool:
    """Whether the words before the verb are no mention: "Publici se obratila Ana Ilić: …"."""
    mention = subject_before(marking, cue)
    return mention is not None and not marking.mentions_in(mention.start, mention.end)


def _before(marking: Marking, cue: Cue) -> ReportingClause | None:
    mention = subject_before(marking, cue)
    if mention is None or _is_governed(marking, mention):
        return None
    return ReportingClause(cue, mention, mention.start, cue.end)


def _is_governed(marking: Marking, mention: Mention) -> bool:
    """Whether a preposition stands before it whose case no subject has."""
    index = marking.index_at(mention.start)
    return index > 0 and marking.tokens[index - 1].low in marking.pack.cases


def subject_before(marking: Marking, cue: Cue, *, is_passive: bool = False) -> Mention | None:
    """Who stands before a verb as its subject, in its sentence.

    Args:
        marking: the article with its evidence.
        cue: the verb.
        is_passive: whether the verb is one whose passive credits its subject ("was quoted").
    """
    start, _ = marking.near_in_sentence(cue.start)
    first, index = marking.index_at(start), marking.index_at(cue.start)
    over = _over_light if is_passive else _over_auxiliaries
    at = over(marking, index, first)
    if at is None:
        return None
    if at > first and marking.tokens[at - 1].low == ",":
        return _with_apposition(marking, start, marking.tokens[at - 1].start)
    limit = marking.tokens[at].start if at < len(marking.tokens) else cue.start
    mention = (
        _ending_at(marking, start, limit)
        or _chunk(marking, start, at)
        or _with_relative_clause(marking, start, limit)
    )
    if mention is None or _defines(marking, mention):
        return None
    return _linked(marking, start, mention)


def _defines(marking: Marking, mention: Mention) -> bool:
    """Whether "who" tells which people are meant ("those who said …"), rather than who spoke."""
    i = marking.index_at(mention.start)
    return mention.head in marking.pack.relatives and not (i and marking.tokens[i - 1].low == ",")


def _over_auxiliaries(marking: Marking, index: int, first: int) -> int | None:
    """Index after the last word before the verb that is no adverb or auxiliary.

    None where a negation stands there: what was not said is no quote. A passive ("was told") and
    an infinitive ("to say") have no subject here either.
    """
    lang, lows = marking.pack, marking.tokens
    previous = lows[index - 1].low if index > first else ""
    if previous in lang.infinitive_marks:
        return None
    if previous in lang.passive and not lows[index].low.endswith(lang.participle or " "):
        return None
    if is_negated(marking, index, first):
        return None
    return _over_light(marking, index, first)


def _over_light(marking: Marking, index: int, first: int) -> int:
    while index > first and is_light(marking, marking.tokens[index - 1].low):
        index -= 1
    return index


def is_negated(marking: Marking, index: int, first: int) -> bool:
    """Whether the verb at token `index` is denied: "did not say"; `first` begins its sentence."""
    while index > first:
        low = marking.tokens[index - 1].low
        if low in marking.pack.negations or low.endswith(marking.pack.negative_endings):
            return True
        if not is_light(marking, low):
            return False
        index -= 1
    return False


def is_light(marking: Marking, low: str) -> bool:
    """Whether the word may stand between a subject and its verb."""
    lang = marking.pack
    adverb = low.endswith(lang.adverb_endings) and len(low) > _MAX_SHORT_LETTERS
    return low in lang.auxiliaries or low in lang.adverbs or adverb


def _ending_at(marking: Marking, start: int, limit: int) -> Mention | None:
    """The mention that ends right before `limit`, a relative pronoun passed over."""
    mention = marking.last_mention_in(start, limit)
    if mention is None:
        return None
    gap = marking.lows_in(mention.end, limit)
    follows = gap[-1:] and marking.pack.pronouns.get(gap[-1]) == "relative"
    if gap in ([], ["'"], ["’"]) or (follows and gap[:-1] in ([], [","])):
        return mention
    return mention if gap and gap[0] == "(" and gap[-1] == ")" and len(gap) < 8 else None


def _linked(marking: Marking, start: int, mention: Mention) -> Mention:
    """The subject from its first part on: "a spokesman for the ministry", not the ministry."""
    lang = marking.pack
    while True:
        first = marking.last_mention_in(start, mention.start)
        if first is None:
            return mention
        gap = marking.lows_in(first.end, mention.start)
        if not _is_link(marking, gap) or first.type == "pronoun":
            return mention
        if first.type == "name" and gap[0] not in lang.pairs | lang.owners:
            return mention
        mention = Mention(
            first.start,
            mention.end if gap[0] in lang.pairs else first.end,
            first.type,
            first.head,
            first.gender,
            first.plural or gap[0] in lang.pairs,
        )


def _is_link(marking: Marking, gap: list[str]) -> bool:
    if gap and gap[-1] in marking.pack.determiners:
        gap = gap[:-1]
    if len(gap) == 2 and gap[0].isalpha() and gap[0] not in marking.pack.verbs:
        gap = gap[1:]  # "close to", "familiar with"
    return len(gap) == 1 and gap[0] in marking.pack.links


def _with_apposition(marking: Marking, start: int, comma: int) -> Mention | None:
    """The mention before "…, the mayor of the town, said": its comma opens what `comma` closes."""
    for mention in marking.mentions_in(start, comma)[:_MAX_APPOSED_MENTIONS]:
        if mention.end >= comma or marking.low_at(mention.end) != ",":
            continue
        before = marking.lows_in(max(start, mention.start - 30), mention.start)
        if before and before[-1] in marking.pack.adjuncts:
            continue
        return apposed_name(marking, mention) or mention
    return None


def _chunk(marking: Marking, start: int, at: int) -> Mention | None:
    """A subject that is no candidate: back to a determiner, or to where the clause begins."""
    lang, first = marking.pack, marking.index_at(start)
    k = at
    while k > first and at - k < _MAX_SUBJECT_WORDS:
        low = marking.tokens[k - 1].low
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
    if k == at or at - k == _MAX_SUBJECT_WORDS or marking.tokens[k].low in lang.adjuncts:
        return None
    head = marking.tokens[at - 1]
    return Mention(marking.tokens[k].start, head.end, "nominal", head.low)


def _with_relative_clause(marking: Marking, start: int, limit: int) -> Mention | None:
    """The mention before "who asked not to be named" and the like, if it opens the sentence."""
    mentions = marking.mentions_in(start, limit)
    if len(mentions) < 2 or mentions[0].start != start:
        return None
    relative = mentions[1]
    adjoins = not marking.lows_in(mentions[0].end, relative.start)
    return mentions[0] if adjoins and relative.head in marking.pack.relatives else None


def following(marking: Marking, index: int) -> Mention | None:
    """The mention at token `index`, or the words from there to where a phrase ends."""
    mention = marking.mention_at(index)
    if mention is not None or index >= len(marking.tokens):
        return mention
    lang, last = marking.pack, index
    while last < min(index + _MAX_SUBJECT_WORDS, len(marking.tokens)):
        low = marking.tokens[last].low
        named = marking.tokens[last].capital and marking.low(last - 1) in lang.definite
        closed = low in lang.relatives or low in lang.auxiliaries
        if not low[0].isalnum() or closed or (low in lang.adjuncts and not named):
            break  # but "the Evening Courier"
        last += 1
    if last == index:
        return None
    head = marking.tokens[last - 1]
    return Mention(marking.tokens[index].start, head.end, "nominal", head.low)


def _after(marking: Marking, cue: Cue) -> ReportingClause | None:
    """Inversion: "…,” said the minister." """
    index = marking.index_at(cue.end)
    passed = marking.pack.adverbs | marking.pack.reflexives
    while index < len(marking.tokens) and marking.tokens[index].low in passed:
        index += 1
    mention = marking.mention_at(index)
    if mention is None and marking.pack.drops_subject:
        mention = described(marking, index)
    if mention is None and _follows_mark(marking, cue):
        mention = following(marking, index)
    if mention is None or not (_follows_speech(marking, cue) or _before_colon(marking, mention)):
        return None
    if mention.type == "pronoun" and mention.head in marking.pack.relatives:
        return None
    named = apposed_name(marking, mention)
    return ReportingClause(cue, named or mention, cue.start, (named or mention).end)


def _before_colon(marking: Marking, mention: Mention) -> bool:
    """Whether speech follows the subject, where it need not stand first: "Tada je rekla Ana: …"."""
    pack = marking.pack
    if not pack.drops_subject or marking.low_at(mention.end) != ":":
        return False
    words = marking.words_in(mention.start, mention.end)
    return mention.plural or not any(word.endswith(pack.datives) for word in words)


def described(marking: Marking, index: int) -> Mention | None:
    """The mention at token `index`, or the name behind a description that no list knows."""
    lang = marking.pack
    closed = (lang.adjuncts, lang.relatives, lang.conjunctions, lang.auxiliaries, lang.verbs)
    for i in range(index, index + _MAX_UNKNOWN_WORDS + 1):
        mention, low = marking.mention_at(i), marking.low(i)
        if mention is not None:
            named = i > index and mention.type == "name"
            return mention._replace(start=marking.tokens[index].start) if named else mention
        if not low[:1].isalpha() or any(low in words for words in closed):
            return None
    return None


def apposed_name(marking: Marking, mention: Mention) -> Mention | None:
    """The name behind "the mayor, Mara Quill"."""
    index = marking.index_at(mention.end)
    if mention.type != "nominal" or marking.low_at(mention.end) != ",":
        return None
    named = marking.mention_at(index + 1)
    if named is None or named.type != "name":
        return None
    follows = marking.lows_in(named.end, named.end + 3)
    return named if not follows or not follows[0][0].isalnum() else None


def _follows_mark(marking: Marking, cue: Cue) -> bool:
    """Whether a closing quotation mark stands right before the verb."""
    index = marking.index_at(cue.start)
    return index > 0 and marking.tokens[index - 1].low in CHARACTERS


def _follows_speech(marking: Marking, cue: Cue) -> bool:
    """Whether a marked passage or a comma stands right before the verb."""
    index = marking.index_at(cue.start)
    before = marking.tokens[index - 1].low if index else ""
    return before in _SPEECH_EDGES
