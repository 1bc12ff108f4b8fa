"""Attribution by what was learned: which drafts of which candidates are quotes.

Each candidate's drafts are scored as wholes against each other and against there being no quote at
all (a softmax); the likeliest draft is kept if it is likely enough. Of two quotes with more than
half of their words in common one stays. What marking alone can tell is added as by the rules:
marked speech that goes on in the next paragraph, and unmarked speech that begins with its
paragraph.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from math import exp, log

from attributor.embedded import by_rules as rules
from attributor.embedded import draft_features as whole
from attributor.embedded import edges
from attributor.embedded.candidates import (
    CueCandidate,
    Draft,
    candidates,
    overlap,
    reads_preposition,
    size,
)
from attributor.embedded.cue_features import CONTENT_REACH_TOKENS, CueReading
from attributor.embedded.token_arrays import Sheet
from attributor.embedded.weights import Weights
from attributor.marking import Mention
from attributor.marking.spans import Span
from attributor.records import Proposal
from attributor.reporting import takes_object, takes_title

MIN_DRAFT_PROBABILITY = 0.2
"""A draft is taken for a quote from this on; chosen on the train part, held out."""
MIN_EXPECTED_OVERLAP = 0.3
"""The same where an encoder reads, of the overlap to expect; on dev 0.22 to 0.34 were alike."""
MAX_LOG_ODDS_BEHIND = 1.5
"""A cue whose content holds another cue may be less likely than that one by less than this."""
MIN_SHARE_IN_COMMON = 0.8
"""Two drafts say the same that have this share of all words of either in common."""


@dataclass(frozen=True, slots=True)
class Tagged:
    """A cue at token `i`, its source, and the tokens of its content.

    `likely` is what it was chosen by (see `_worth`), `sure` the probability that these are its
    words but for a few; `ruled` are the ranges of tokens that the rules take for the content.
    """

    i: int
    likely: float
    sure: float
    source: Mention | None
    tokens: frozenset[int]
    ruled: tuple[Span, ...]


def propose(sheet: Sheet, weights: Weights) -> Proposal:
    """Every quote that the weights find; speakers are left to their mentions."""
    return settled(sheet, list(tagged(sheet, weights)))


def settled(sheet: Sheet, tagged: list[Tagged]) -> Proposal:
    """The quotes that are left once what they share has gone to one of them."""
    told = rules.Outright(sheet.marking)
    tagged = [each for each in tagged if not told.holds(sheet.cue(each.i))]
    tagged = _without_repetition(sheet, _each_its_own(sheet, tagged))
    read = [(_found(sheet, each), round(each.sure, 3)) for each in tagged]
    read = [(quote, sure) for quote, sure in read if not told.says(quote.spans)]
    found = [*told.quotes, *(quote for quote, _ in read)]
    found = _with_crowded(sheet, found, told) if sheet.crowded else found
    rules.join_passages(sheet.marking, found)
    rules.reach_back(sheet.marking, found)
    sure = {id(quote): each for quote, each in read}
    found += rules.free_speech(sheet.marking, found, sheet.cues_by_rules)
    return rules.proposal(sheet.marking, ((quote, sure.get(id(quote))) for quote in found))


def _with_crowded(
    sheet: Sheet, found: list[rules.FoundQuote], told: rules.Outright
) -> list[rules.FoundQuote]:
    """The quotes with what rules alone find where the weights have not looked."""
    held = sorted(span for quote in found for span in quote.spans)
    cues = (sheet.cues[i] for i in sheet.crowded if i in sheet.cues)
    added = rules.reported_by(sheet.marking, cues, sheet.cues_by_rules, told, held)
    return sorted([*found, *added], key=rules.place)


def tagged(sheet: Sheet, weights: Weights) -> Iterator[Tagged]:
    """Every candidate with the likeliest of its drafts, if that is likely enough."""
    scene = whole.Scene(sheet, candidates(sheet, weights))
    for each in scene.candidates:
        likely = _probabilities(weights, scene, each)
        worth, least = _worth(sheet, each, likely)
        best = worth.index(max(worth))
        if worth[best] >= least or reads_preposition(sheet, each.i, each.reading):
            draft = each.drafts[best]
            ruled = by_rules(sheet, each.reading)
            tokens = tokens_of(draft.pieces)
            tokens |= _second_half(sheet, each.i, tokens, tokens_of(ruled))
            if _is_object(sheet, each.i, tokens):
                continue
            tokens = edges.trimmed(sheet, each.i, tokens)
            sure = _sure(sheet, each, draft, likely)
            yield Tagged(each.i, worth[best], sure, each.source, tokens, ruled)


def _is_object(sheet: Sheet, i: int, tokens: frozenset[int]) -> bool:
    """Whether they are what the verb at `i` is about, and none of it is marked speech."""
    bare = all(j > i and sheet.passage_of[j] < 0 for j in tokens)
    return (bare and takes_object(sheet.marking, i)) or takes_title(sheet.marking, i)


def _second_half(
    sheet: Sheet, i: int, tokens: frozenset[int], ruled: frozenset[int]
) -> frozenset[int]:
    """What follows the clause inside a sentence that it cuts: “The bridge,” she said, “is safe.”"""
    first, last = sheet.sentences[sheet.sentence_of[i]]
    if not any(first <= j < i and sheet.passage_of[j] >= 0 for j in tokens & ruled):
        return frozenset()
    after = [j for j in sorted(ruled) if i < j < last and sheet.passage_of[j] >= 0]
    words = [j for j in after if sheet.is_word[j]]
    goes_on = words and not sheet.tokens[words[0]].capital and sheet.low(after[0] - 2) == ","
    return frozenset(after) if goes_on else frozenset()


def _probabilities(weights: Weights, scene: whole.Scene, candidate: CueCandidate) -> list[float]:
    """Of each draft; what is missing to 1 is the probability of no quote."""
    shared = weights.score("draft", whole.of_candidate(scene, candidate))
    scores = [shared + weights.sum(row) for row in whole.of_drafts(scene, candidate)]
    top = max(0.0, *scores)
    shares = [exp(score - top) for score in scores]
    total = exp(-top) + sum(shares)
    return [share / total for share in shares]


def _worth(
    sheet: Sheet, candidate: CueCandidate, likely: Sequence[float]
) -> tuple[Sequence[float], float]:
    """What each draft of a candidate is chosen by, and the least of it that makes a quote.

    That is its probability. Where an encoder reads, drafts are many, much alike, and share what is
    likely between them; there it is the overlap with the right words that is to be expected
    (minimum Bayes risk: Kumar and Byrne, 2004).
    """
    if sheet.evidence is None:
        return likely, MIN_DRAFT_PROBABILITY
    if sum(likely) < MIN_EXPECTED_OVERLAP:  # no draft can reach it
        return likely, MIN_EXPECTED_OVERLAP
    drafts = candidate.drafts
    expected = [
        sum(p * _alike(sheet, draft, other) for p, other in zip(likely, drafts, strict=True))
        for draft in drafts
    ]
    return expected, MIN_EXPECTED_OVERLAP


def _sure(sheet: Sheet, candidate: CueCandidate, draft: Draft, likely: Sequence[float]) -> float:
    """The probability of the draft and of those that say the same but for a few words."""
    return sum(
        probability
        for other, probability in zip(candidate.drafts, likely, strict=True)
        if _alike(sheet, draft, other) >= MIN_SHARE_IN_COMMON
    )


def _alike(sheet: Sheet, one: Draft, other: Draft) -> float:
    """The words that two drafts share, among all words of either."""
    if one is other:
        return 1.0
    shared = overlap(sheet, one.runs, other.runs)
    return shared / (size(sheet, one.runs) + size(sheet, other.runs) - shared)


def by_rules(sheet: Sheet, reading: CueReading) -> tuple[Span, ...]:
    """The ranges of tokens that the rules take for the content."""
    spans = reading.content.spans if reading.content else ()
    return tuple(sheet.span(*span) for span in spans)


def tokens_of(ranges: Iterable[Span]) -> frozenset[int]:
    """The tokens in any of the ranges."""
    return frozenset(j for bounds in ranges for j in range(*bounds))


def _each_its_own(sheet: Sheet, tagged: list[Tagged]) -> list[Tagged]:
    """No quote keeps what another one's reporting clause takes.

    That is a marked passage with a reporting clause of its own ("…,” said Tom Quill"), and all of a
    sentence from where another clause is joined to it (", and Tom Quill said …"). Where more than
    half is lost by that, the rules' content counts.
    """
    owners = _owners(sheet, frozenset(each.i for each in tagged))
    joined = sorted((start, each.i) for each in tagged if (start := _joined_at(sheet, each)))
    pared = (_pared(sheet, each, owners, joined) for each in tagged)
    return [each for each in pared if each.tokens]


def _owners(sheet: Sheet, cues: frozenset[int]) -> dict[int, int]:
    """Marked passage -> the cue right before it or in the reporting clause right behind it."""
    owners = {number: i for number, i in sheet.reporters.items() if i in cues}
    for i in sorted(cues):
        following = sheet.at(i + 1 + (sheet.low(i + 1) in (":", ",")))
        if following < sheet.count and sheet.passage_of[following] >= 0:
            owners.setdefault(sheet.passage_of[following], i)
    return owners


def _pared(
    sheet: Sheet, each: Tagged, owners: dict[int, int], joined: list[tuple[int, int]]
) -> Tagged:
    _, end = sheet.sentences[sheet.sentence_of[each.i]]
    place = bisect_right(joined, (each.i, sheet.count))
    following = joined[place : place + 1]
    stop = next((start for start, i in following if i < end and i in each.tokens), end)

    def is_own(j: int) -> bool:
        owner = owners.get(sheet.passage_of[j], each.i)
        return owner == each.i and not stop <= j < end

    def own_of(tokens: frozenset[int]) -> frozenset[int]:
        own = _without_join(sheet, {j for j in tokens if is_own(j)})
        is_enough = any(sheet.is_word[j] for j in own) and 2 * len(own) > len(tokens)
        return own if is_enough else frozenset()

    own = own_of(each.tokens) or own_of(edges.trimmed(sheet, each.i, tokens_of(each.ruled)))
    return replace(each, tokens=own)


def _without_join(sheet: Sheet, tokens: set[int]) -> frozenset[int]:
    """The tokens without an "and" or "but" at their end."""
    for last in sorted(tokens, reverse=True):
        loose = sheet.low(last) in sheet.language.clause_joins or not sheet.is_word[last]
        if not loose or sheet.passage_of[last] >= 0:
            break
        tokens.remove(last)
    return frozenset(tokens)


def _joined_at(sheet: Sheet, each: Tagged) -> int | None:
    """Token of the "and", "but" or "while" that joins this reporting clause to one before it."""
    if each.source is None or each.source.start > sheet.tokens[each.i].start:
        return None
    before = sheet.range_of(each.source).start - 1
    return before if sheet.low(before) in sheet.language.clause_joins else None


def _without_repetition(sheet: Sheet, tagged: list[Tagged]) -> list[Tagged]:
    """Of two quotes with much the same words one stays: the likelier, but see `_governs`."""
    kept: dict[int, list[Tagged]] = {}
    words_of = {each.i: {j for j in each.tokens if sheet.is_word[j]} for each in tagged}
    for each in sorted(tagged, key=lambda each: (-each.likely, each.i)):
        place = each.i // CONTENT_REACH_TOKENS
        words = words_of[each.i]
        near = [o for k in range(place - 2, place + 3) for o in kept.get(k, ())]
        rivals = [o for o in near if _is_much_the_same(words, words_of[o.i])]
        if all(_governs(sheet, each, rival) for rival in rivals):
            for rival in rivals:
                kept[rival.i // CONTENT_REACH_TOKENS].remove(rival)
            kept.setdefault(place, []).append(each)
    return sorted((each for found in kept.values() for each in found), key=lambda each: each.i)


def _governs(sheet: Sheet, outer: Tagged, inner: Tagged) -> bool:
    """Whether the other's cue is part of what is said here, in the same sentence."""
    same_sentence = sheet.sentence_of[outer.i] == sheet.sentence_of[inner.i]
    odds = [log((each.likely + 1e-9) / (1 - each.likely + 1e-9)) for each in (outer, inner)]
    return same_sentence and inner.i in outer.tokens and odds[0] > odds[1] - MAX_LOG_ODDS_BEHIND


def _is_much_the_same(some: Set[int], others: Set[int]) -> bool:
    """Whether more than half of the words of one of the two are those of the other."""
    return 2 * len(some & others) > min(len(some), len(others))


def _found(sheet: Sheet, each: Tagged) -> rules.FoundQuote:
    spans: list[tuple[int, int]] = []
    last = -2
    for j in sorted(each.tokens):
        token = sheet.tokens[j]
        if j == last + 1:
            spans[-1] = (spans[-1][0], token.end)
        else:
            spans.append((token.start, token.end))
        last = j
    me = sheet.language.first_person
    own = any(sheet.low(j) in me for j in each.tokens) and not any(
        sheet.passage_of[j] >= 0 for j in each.tokens
    )
    paragraph = sheet.paragraph_of[each.i]
    return rules.FoundQuote(spans, sheet.cue(each.i), each.source, own or None, paragraph)
