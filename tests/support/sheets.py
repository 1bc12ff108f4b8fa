"""Tiny articles as the learned engine sees them, and weights that tests make up."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from random import Random

from attributor.embedded.candidates import CueCandidate, Draft, word_runs
from attributor.embedded.cue_features import Frame, read_by_rules
from attributor.embedded.feature_templates import PairTemplates, ValueTemplates
from attributor.embedded.token_arrays import Sheet, hashed
from attributor.embedded.weights import SCALE, Weights
from attributor.marking import Mention, mark
from attributor.marking.spans import Span
from attributor.records import Article

MODELS = ("cue", "source", "piece", "draft")
_VALUES_TRIED = 5000
"""A value read back from features is looked for below this number."""


def sheet_of(text: str, language: str = "en") -> Sheet:
    """The text, marked."""
    return Sheet(mark(Article(id="a", text=text), language))


def index(sheet: Sheet, word: str, nth: int = 0) -> int:
    """Index of the token that reads `word`, or of a later one that does."""
    return [i for i, token in enumerate(sheet.tokens) if token.low == word.lower()][nth]


def mention(sheet: Sheet, words: str) -> Mention:
    """The mention with these words."""
    text = sheet.marking.text
    return next(m for m in sheet.marking.mentions if text[m.start : m.end] == words)


def words(sheet: Sheet, ranges: Iterable[Span]) -> list[str]:
    """What stands in each range of tokens."""
    text, tokens = sheet.marking.text, sheet.tokens
    return [text[tokens[first].start : tokens[last - 1].end] for first, last in ranges]


def number_in(features: list[int], group: ValueTemplates, place: int) -> int:
    """The small number that the template at `place` of the group saw."""
    count = len(group.numbers)
    held = set(features)
    found = [v for v in range(_VALUES_TRIED) if group.features(*[v] * count)[place] in held]
    (number,) = found
    return number


def saw_word(features: list[int], group: ValueTemplates, place: int, word: str) -> bool:
    """Whether the template at `place` of the group saw this word, or class of words."""
    return group.features(*[hashed(word)] * len(group.numbers))[place] in features


def saw_pair(
    features: list[int], group: PairTemplates, place: int, one: int | str, other: int | str
) -> bool:
    """Whether the template at `place` of the group saw these two words or numbers."""
    pair = tuple(hashed(each) if isinstance(each, str) else each for each in (one, other))
    return group.features(*[(pair[0], pair[1])] * len(group.numbers))[place] in features


def weights(
    bias: Mapping[str, float], learned: Mapping[int, float] | None = None, cues: Iterable[str] = ()
) -> Weights:
    """Weights with these constants, and with a weight for each feature that is named.

    The table is large, so that two features seldom share a place.
    """
    table = array("h", bytes(2 * 2**18))
    for feature, weight in (learned or {}).items():
        table[feature % len(table)] = round(weight * SCALE)
    every = dict.fromkeys(MODELS, 0.0) | dict(bias)
    return Weights("en", every, frozenset(map(hashed, cues)), table)


def random_weights(seed: int, most: float, bias: Mapping[str, float]) -> Weights:
    """Weights that lie anywhere between `-most` and `most`."""
    limit, random = round(most * SCALE), Random(seed)
    table = array("h", (random.randint(-limit, limit) for _ in range(2**10)))
    return Weights("en", dict.fromkeys(MODELS, 0.0) | dict(bias), frozenset(), table)


def tokens_in(sheet: Sheet, phrase: str) -> Span:
    """The token range of a phrase of the text."""
    start = sheet.marking.text.index(phrase)
    return sheet.span(start, start + len(phrase))


def draft(sheet: Sheet, *phrases: str, loss: float = 0.0) -> Draft:
    """A draft that holds these phrases."""
    pieces = tuple(tokens_in(sheet, phrase) for phrase in phrases)
    return Draft(loss, pieces, word_runs(sheet, pieces))


def candidate(
    sheet: Sheet,
    cue: int,
    *drafts: Draft,
    odds: float = 0.0,
    source: Mention | None = None,
    sourced: float = 0.0,
    rival: float = 0.0,
) -> CueCandidate:
    """A candidate at token `cue` with these drafts."""
    reading = read_by_rules(sheet, cue)
    frame = Frame(sheet, cue, source, reading)
    return CueCandidate(cue, odds, reading, source, sourced, rival, frame, drafts)
