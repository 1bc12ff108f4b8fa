"""Speech that is only spoken of: denied, refused, asked about or imagined.

    The bishop declined to say whether …      Did the bank tell anyone that …?
    If the coach says that …                  Nobody at the palace said that …

Such a clause has the shape of reported speech, but nobody said what stands in it. Its words decide
that, before anything is looked for that was said.
"""

from __future__ import annotations

from attributor.marking import Marking
from attributor.marking.quotation import CHARACTERS
from attributor.reporting.source_by_order import is_light, is_negated

_MAX_WORDS_TO_NEGATION = 6
"""In "did not have the courage to say", "not" stands within this many words before "to"."""
_MAX_WORDS_TO_REFUSAL = 2
"""In "shied away from saying", "shied" stands within this many words before "from"."""
_MAX_WORDS_TO_VERB = 4
"""In "negirala je da je radnicima rekla", the verb stands within so many words behind "da"."""
_MAX_WORDS_TO_CLAIMS = 6
"""In "declined to comment on the wild claims that", "claims" is one of so many words behind."""
_CLAUSE_EDGES = CHARACTERS | frozenset(",;:–—.?!()")
_SENTENCE_ENDS = frozenset(".?!")


def is_unsaid(marking: Marking, index: int, first: int) -> bool:
    """Whether nobody said what the verb at token `index` would report.

    `first` is the token that begins its sentence.
    """
    if is_negated(marking, index, first) or _is_withheld(marking, index, first):
        return True
    start = _clause_start(marking, index, first)
    if _begins_with_nobody(marking, start, index) or _is_asked(marking, index, start, first):
        return True
    if any(t.low in marking.pack.conditions for t in marking.tokens[start:index]):
        return True
    if _is_doubted(marking, start, index) or _is_claimed_by_others(marking, index, first):
        return True
    if _is_thought(marking, index):
        return True
    return _is_imagined(marking, index, first) and not _beside_marks(marking, index)


def _is_thought(marking: Marking, index: int) -> bool:
    """Whether nobody heard it: “…,” she thought; “…,” he told himself."""
    lang = marking.pack
    behind = index + 1 + (marking.low(index + 1) in lang.infinitive_marks)
    if marking.low(behind) in lang.selves and marking.low(index) in lang.verbs:
        return True
    return marking.low(index) in lang.thinking and _beside_marks(marking, index)


def _is_withheld(marking: Marking, index: int, first: int) -> bool:
    """Whether it stands in "refused to say", "denied having said" or "stopped short of saying"."""
    lang, tokens = marking.pack, marking.tokens
    if marking.low(index) in lang.withholding and _withholds(marking, index):
        return True
    at = _over_light(marking, index, first)
    before = marking.low(at - 1) if at > first else ""
    governor = at - 1
    if before in lang.infinitive_marks:
        governor = _over_light(marking, at - 1, first) - 1
        if marking.low(governor) not in lang.withholding:
            return _is_negated_before(marking, at - 1, first)
    elif not any(t.low.endswith(lang.participle or " ") for t in tokens[at : index + 1]):
        return False
    reach = 1 + _MAX_WORDS_TO_REFUSAL * (before in lang.adjuncts or before in lang.breaks)
    words = range(max(first, governor - reach + 1), governor + 1)
    found = next((j for j in words if marking.low(j) in lang.withholding), None)
    return found is not None and not is_negated(marking, found, first)


def _withholds(marking: Marking, index: int) -> bool:
    """Whether the verb is that of "declined to say" or of "denied saying"."""
    lang = marking.pack
    at = index + 1
    if lang.commas_part_clauses and marking.low(at) == ",":
        return _is_saying(marking, at + 1)
    while _is_passed(marking, at):
        at += 1
    is_marked = marking.low(at) in lang.infinitive_marks
    verb_at = at + is_marked
    limit = verb_at + _MAX_WORDS_TO_VERB * (is_marked and lang.drops_subject)
    while verb_at < limit and _is_before_verb(marking, verb_at):
        verb_at += 1  # "negirala je da je radnicima rekla"
    verb, following = marking.low(verb_at), marking.low(verb_at + 1)
    if not (is_marked or at > index + 1 or verb.endswith(lang.participle or " ")):
        return False
    governs = following in lang.conjunctions | lang.question_words
    return verb in lang.verbs and (governs or lang.verbs[verb] in lang.core)


def _is_saying(marking: Marking, at: int) -> bool:
    """Whether a clause from there is one of saying: "bestritt, gesagt zu haben"."""
    lows = [marking.low(k) for k in range(at, at + _MAX_WORDS_TO_VERB)]
    end = next((k for k, low in enumerate(lows) if not low[:1].isalpha()), len(lows))
    return any(marking.pack.verbs.get(low) in marking.pack.core for low in lows[:end])


def _is_before_verb(marking: Marking, at: int) -> bool:
    """Whether it is a word that may stand before its clause's verb, and no verb itself."""
    low, lang = marking.low(at), marking.pack
    return low[:1].isalpha() and low not in lang.verbs and low not in lang.conjunctions


def _is_negated_before(marking: Marking, mark: int, first: int) -> bool:
    """Whether a negation stands in the clause before the "to" at token `mark`."""
    lang = marking.pack
    start = max(_clause_start(marking, mark, first), mark - _MAX_WORDS_TO_NEGATION)
    lows = [t.low for t in marking.tokens[start:mark]]
    if any(low in lang.verbs or low in lang.relatives for low in lows[:-1]):
        return False
    negations = sum(low in lang.negations or low.endswith(lang.negative_endings) for low in lows)
    return negations == 1 and not any(low in lang.hesitation for low in lows)


def _begins_with_nobody(marking: Marking, start: int, index: int) -> bool:
    """Whether the clause has nobody for its subject: "None of the ministers said"."""
    lang = marking.pack
    lows = [t.low for t in marking.tokens[start:index]]
    while lows and lows[0] in lang.joins | lang.conjunctions | lang.relatives:
        lows = lows[1:]
    if not lows or not (lows[0] in lang.negations or lows[0] in lang.nobody):
        return False
    return not any(low in lang.relatives or low in lang.verbs for low in lows)


def _is_doubted(marking: Marking, start: int, index: int) -> bool:
    """Whether its clause is said to be untrue: "It is not true that she said"."""
    lang = marking.pack
    lows = [t.low for t in marking.tokens[start:index]]
    at = next((k for k, low in enumerate(lows) if low in lang.introduces_content), 0)
    before = lows[:at]
    if any(low in lang.untrue for low in before):
        return True
    denied = any(low in lang.negations or low.endswith(lang.negative_endings) for low in before)
    return denied and any(low in lang.proofs for low in before)


def _is_claimed_by_others(marking: Marking, index: int, first: int) -> bool:
    """Whether others claim what is only rejected or asked about: "rejected claims that …"."""
    lang = marking.pack
    before = marking.low(index - 1) if index > first else ""
    if marking.low(index) in lang.claims and marking.low(index + 1) in lang.conjunctions:
        return before in lang.rejecting or before in lang.adjuncts
    if marking.low(index) not in lang.rejecting | lang.withholding:
        return False
    near = range(index + 1, index + 1 + _MAX_WORDS_TO_CLAIMS)
    found = next((k for k in near if marking.low(k) in lang.claims), None)
    return found is not None and marking.low(found + 1) in lang.conjunctions


def _is_asked(marking: Marking, index: int, start: int, first: int) -> bool:
    """Whether it is asked, or supposed, by its clause's order: "Did she say", "Had she said"."""
    lang, tokens = marking.pack, marking.tokens
    while start < index and tokens[start].low in lang.joins:
        start, first = start + 1, first + 1
    if start != first or _over_light(marking, index, first) == first:
        return False
    word = tokens[first].low
    inverted = word in lang.auxiliaries or word.endswith(lang.negative_endings or " ")
    asks = (inverted or word in lang.question_words) and _is_question(marking, index)
    return asks or word in lang.suppositions


def _is_question(marking: Marking, index: int) -> bool:
    """Whether the sentence of the token ends in a question mark that is no marked speech's."""
    for token in marking.tokens[index:]:
        if token.low in CHARACTERS:
            return False
        if token.low in _SENTENCE_ENDS:
            return token.low == "?"
    return False


def _is_imagined(marking: Marking, index: int, first: int) -> bool:
    """Whether it "would", "could" or "should" be said."""
    at = _over_light(marking, index, first)
    return any(t.low in marking.pack.imagined and not t.capital for t in marking.tokens[at:index])


def _beside_marks(marking: Marking, index: int) -> bool:
    """Whether marked speech stands right before the verb's clause, or right behind the verb."""
    tokens = marking.tokens
    following = index + 1
    while marking.low(following) in (",", ":"):
        following += 1
    if marking.low(following) in CHARACTERS:
        return True
    start, _ = marking.near_in_sentence(tokens[index].start)
    first = marking.index_at(start)
    edge = _clause_start(marking, index, first) - 1
    return edge >= first and tokens[edge].low in CHARACTERS


def _clause_start(marking: Marking, index: int, first: int) -> int:
    """The token behind the last comma, dash or mark before the one at `index`."""
    while index > first and marking.tokens[index - 1].low not in _CLAUSE_EDGES:
        index -= 1
    return index


def _over_light(marking: Marking, index: int, first: int) -> int:
    """The first of the adverbs and auxiliaries that stand right before token `index`."""
    while index > first and _is_passed(marking, index - 1):
        index -= 1
    return index


def _is_passed(marking: Marking, index: int) -> bool:
    low = marking.low(index)
    return is_light(marking, low) or low in marking.pack.degrees
