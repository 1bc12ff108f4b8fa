"""Attribution by what was learned: which words are cues, who their sources are, what they report.

Each candidate cue gets log-odds from its features; the mention with the best score is its source;
then every piece of its paragraph is labelled as content or not, with the label before it in mind,
and the best sequence is kept (Viterbi). Of two quotes with more than half of their words in
common, the one with the likelier cue stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import exp, log1p

from attributor.embedded import features, rules
from attributor.embedded.features import Frame, Reading
from attributor.embedded.sheet import Sheet
from attributor.embedded.weights import Weights
from attributor.marking import Marking, Mention
from attributor.records import Proposal, ProposedQuote

LEAST_CUE = -0.5
"""Log-odds from which a word is taken for a cue of speech; chosen on the dev part."""
LEAST_SOURCE = -1.5
"""Log-odds from which a mention is taken for a cue's source."""


@dataclass(frozen=True, slots=True)
class Tagged:
    """A cue at token `i` with its log-odds, source and the tokens of its content."""

    i: int
    odds: float
    source: Mention | None
    tokens: frozenset[int]


def propose(marking: Marking, weights: Weights) -> Proposal:
    """Every quote that the weights find; speakers are left to their mentions."""
    sheet = Sheet(marking)
    tagged = _without_repetition(sheet, list(_tagged(sheet, weights)))
    found = [_found(sheet, each) for each in tagged]
    rules.join_passages(sheet, found)
    quotes = (_proposed(quote, each.odds) for quote, each in zip(found, tagged, strict=True))
    return Proposal(quotes=tuple(quotes))


def cue_candidates(sheet: Sheet, words: frozenset[int]) -> Iterator[int]:
    """Indices of the tokens that marking or learning holds possible as cues."""
    return (i for i in range(sheet.count) if i in sheet.cues or sheet.word[i] in words)


def _tagged(sheet: Sheet, weights: Weights) -> Iterator[Tagged]:
    for i in cue_candidates(sheet, weights.words):
        reading = features.read_by_rules(sheet, i)
        odds = weights.score("cue", features.of_cue(sheet, i, reading))
        if odds < LEAST_CUE:
            continue
        source = _source(sheet, weights, i, reading)
        tokens = _content(sheet, weights, i, source, reading)
        if any(sheet.is_word[j] for j in tokens):
            yield Tagged(i, odds, source, tokens)


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


def _without_repetition(sheet: Sheet, tagged: list[Tagged]) -> list[Tagged]:
    kept: list[Tagged] = []
    holder: dict[int, list[Tagged]] = {}
    for each in sorted(tagged, key=lambda each: (-each.odds, each.i)):
        words = {j for j in each.tokens if sheet.is_word[j]}
        rivals = {id(other): other for j in words for other in holder.get(j, ())}.values()
        if any(2 * len(words & r.tokens) > min(len(words), _size(sheet, r)) for r in rivals):
            continue
        kept.append(each)
        for j in words:
            holder.setdefault(j, []).append(each)
    return sorted(kept, key=lambda each: each.i)


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


def _proposed(quote: rules.Found, odds: float) -> ProposedQuote:
    confidence = round(1 / (1 + exp(-odds)), 3)
    return rules.proposed(quote).model_copy(update={"confidence": confidence})
