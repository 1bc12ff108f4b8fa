"""Attribution by what was learned: which words are cues, who their sources are, what they report.

Each candidate cue gets log-odds from its features; the mention with the best score is its source;
then every piece of its paragraph is labelled as content or not, with the label before it in mind,
and the best sequence is kept (Viterbi). Of two quotes with more than half of their words in
common one stays. What marking alone can tell is added as by the rules: marked speech that goes on
in the next paragraph, and unmarked speech that begins with its paragraph.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import exp, inf, log1p

from attributor.embedded import features, rules
from attributor.embedded.features import WINDOW, Frame, Reading
from attributor.embedded.sheet import Sheet
from attributor.embedded.weights import Weights
from attributor.marking import Marking, Mention, subjects
from attributor.records import Proposal

HOPELESS = -2.5
"""Log-odds by its words alone from which the rules' reading saved no cue of the dev part."""
LEAST_CUE = -0.6
LEAST_BEFORE_THAT = -1.8
"""Log-odds from which a word is taken for a cue of speech; chosen on the dev part."""
MARGIN = 1.5
"""A cue whose content holds another cue may be so much less likely than that one."""
LEAST_SOURCE = -1.5
"""Log-odds from which a mention is taken for a cue's source."""


@dataclass(frozen=True, slots=True)
class Tagged:
    """A cue at token `i` with its log-odds, its source, and the tokens of its content.

    `ruled` is what the rules take for the content.
    """

    i: int
    odds: float
    source: Mention | None
    tokens: frozenset[int]
    ruled: frozenset[int]


def propose(marking: Marking, weights: Weights) -> Proposal:
    """Every quote that the weights find; speakers are left to their mentions."""
    sheet = Sheet(marking)
    tagged = _each_its_own(sheet, list(_tagged(sheet, weights)))
    tagged = _without_repetition(sheet, tagged)
    found = [_found(sheet, each) for each in tagged]
    rules.join_passages(sheet, found)
    rules.reach_back(sheet, found)
    pairs = zip(found, tagged, strict=True)
    quotes = [rules.proposed(q, _probability(each.odds)) for q, each in pairs]
    free = rules.free_speech(sheet, found)
    return Proposal(quotes=(*quotes, *(rules.proposed(quote) for quote in free)))


def cue_candidates(sheet: Sheet, words: frozenset[int]) -> Iterator[int]:
    """Indices of the tokens that marking or learning holds possible as cues."""
    return (i for i in range(sheet.count) if i in sheet.cues or sheet.word[i] in words)


def _tagged(sheet: Sheet, weights: Weights) -> Iterator[Tagged]:
    for i in cue_candidates(sheet, weights.words):
        odds = weights.score("cue", features.around_cue(sheet, i))
        if (odds < HOPELESS and sheet.cue(i).kind != "preposition") or _reports_nothing(sheet, i):
            continue
        reading = features.read_by_rules(sheet, i)
        odds += weights.sum(features.of_reading(sheet, i, reading))
        if odds < _least(sheet, i, reading):
            continue
        source = _source(sheet, weights, i, reading)
        if not _can_speak(sheet, i, source):
            continue
        tokens = _content(sheet, weights, i, source, reading)
        yield Tagged(i, odds, source, tokens, _by_rules(sheet, reading))


def _least(sheet: Sheet, i: int, reading: Reading) -> float:
    """Log-odds that a cue needs here: less where the rules see one too and "that" follows."""
    if reading.content is None:
        return LEAST_CUE
    if sheet.cue(i).kind == "preposition":
        return -inf
    that = any(sheet.low(j) in sheet.language.conjunctions for j in (i + 1, i + 2))
    return LEAST_BEFORE_THAT if that else LEAST_CUE


def _by_rules(sheet: Sheet, reading: Reading) -> frozenset[int]:
    spans = reading.content.spans if reading.content else ()
    return frozenset(j for span in spans for j in range(*sheet.span(*span)))


def _reports_nothing(sheet: Sheet, i: int) -> bool:
    """Whether nothing was said ("did not say"), or the subject did not say it ("was told").

    The corpus that the weights come from counts both; here neither is a quote of the subject.
    """
    first, _ = sheet.sentences[sheet.sentence_of[i]]
    language = sheet.language
    refusal = (
        sheet.low(i + 1) in language.negations and sheet.low(i + 2) in language.infinitive_marks
    )
    if refusal or subjects.is_negated(sheet, i, first):  # "asked not to be named", "did not say"
        return True
    before = sheet.low(i - 1)
    passive = before in language.passive or before.endswith("'s")
    return passive and not sheet.low(i).endswith(language.participle)


def _can_speak(sheet: Sheet, i: int, source: Mention | None) -> bool:
    """Whether there is somebody to credit; what nobody is credited with, coverage tells of."""
    if source is None:
        return sheet.cue(i).kind == "preposition"
    return sheet.tokens[sheet.range_of(source).start].low not in sheet.language.negations


def _source(sheet: Sheet, weights: Weights, i: int, reading: Reading) -> Mention | None:
    best, source = LEAST_SOURCE, None
    for mention in features.candidates(sheet, i, reading):
        score = weights.score("source", features.of_source(sheet, i, mention, reading))
        if score > best:
            best, source = score, mention
    return source


def _content(
    sheet: Sheet, weights: Weights, i: int, source: Mention | None, reading: Reading
) -> frozenset[int]:
    """Tokens of the likeliest labelling of the cue's pieces."""
    frame = Frame(sheet, i, source, reading)
    paths: dict[int, tuple[float, tuple[int, ...]]] = {2: (0.0, ())}
    for piece in features.of_pieces(frame):
        own = weights.score("piece", piece.features)
        steps: dict[int, tuple[float, tuple[int, ...]]] = {}
        for before, (total, path) in paths.items():
            odds = own + weights.sum(piece.after(before))
            for label, loss in ((1, _loss(odds)), (0, _loss(-odds))):
                if label not in steps or total - loss > steps[label][0]:
                    steps[label] = (total - loss, (*path, label))
        paths = steps
    _, labels = max(paths.values())
    inside = [piece for piece, label in zip(frame.pieces, labels, strict=True) if label]
    return frozenset(j for first, last in inside for j in range(first, last))


def _loss(odds: float) -> float:
    """-log of the probability that log-odds stand for."""
    return log1p(exp(-odds)) if odds > -30 else -odds


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

    for tokens in (each.tokens, each.ruled):
        own = _without_join(sheet, {j for j in tokens if is_own(j)})
        if any(sheet.is_word[j] for j in own) and 2 * len(own) > len(tokens):
            return replace(each, tokens=own)
    return replace(each, tokens=frozenset())


def _without_join(sheet: Sheet, tokens: set[int]) -> frozenset[int]:
    """The tokens without an "and" or "but" at their end."""
    for last in sorted(tokens, reverse=True):
        loose = sheet.low(last) in sheet.joins or not sheet.is_word[last]
        if not loose or sheet.passage_of[last] >= 0:
            break
        tokens.remove(last)
    return frozenset(tokens)


def _joined_at(sheet: Sheet, each: Tagged) -> int | None:
    """Token of the "and", "but" or "while" that joins this reporting clause to one before it."""
    if each.source is None or each.source.start > sheet.tokens[each.i].start:
        return None
    before = sheet.range_of(each.source).start - 1
    return before if sheet.low(before) in sheet.joins else None


def _without_repetition(sheet: Sheet, tagged: list[Tagged]) -> list[Tagged]:
    """Of two quotes with much the same words one stays: the likelier, but see `_governs`."""
    kept: dict[int, list[Tagged]] = {}
    for each in sorted(tagged, key=lambda each: (-each.odds, each.i)):
        place = each.i // WINDOW
        words = {j for j in each.tokens if sheet.is_word[j]}
        near = [o for k in range(place - 2, place + 3) for o in kept.get(k, ())]
        rivals = [o for o in near if 2 * len(words & o.tokens) > min(len(words), _size(sheet, o))]
        if all(_governs(sheet, each, rival) for rival in rivals):
            for rival in rivals:
                kept[rival.i // WINDOW].remove(rival)
            kept.setdefault(place, []).append(each)
    return sorted((each for found in kept.values() for each in found), key=lambda each: each.i)


def _governs(sheet: Sheet, outer: Tagged, inner: Tagged) -> bool:
    """Whether the other's cue is part of what is said here, in the same sentence."""
    same_sentence = sheet.sentence_of[outer.i] == sheet.sentence_of[inner.i]
    return same_sentence and inner.i in outer.tokens and outer.odds > inner.odds - MARGIN


def _size(sheet: Sheet, each: Tagged) -> int:
    return sum(sheet.is_word[j] for j in each.tokens)


def _found(sheet: Sheet, each: Tagged) -> rules.Found:
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
    return rules.Found(spans, sheet.cue(each.i), each.source, own or None, paragraph)


def _probability(odds: float) -> float:
    return round(1 / (1 + exp(-odds)), 3)
