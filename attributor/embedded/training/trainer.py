"""How the engine learns: four linear models from articles with their quotes known.

1. cue: is this word the head of a cue of speech? (thoughts and beliefs count little either way)
2. source: is this mention the source of that cue?
3. piece: is this piece of the paragraph what that cue reports, given the label of the piece before?
4. draft: which of the likeliest drafts is the quote as a whole, or is there none?

The first three are logistic regressions. The fourth, a softmax over the drafts that the first three
make, must see them as they come in articles that these were not learned from. So the articles are
halved, and each half's drafts are made by models of the other half; the three that are kept are
then learned from all.

Every second article is learned from once more without its double quotation marks, so that speech
whose marks were lost is found too. Needs numpy, SciPy and scikit-learn: the extra `train`.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from attributor.embedded import candidates as drafts
from attributor.embedded import cue_features as features
from attributor.embedded import draft_features as whole
from attributor.embedded.candidates import CueCandidate
from attributor.embedded.cue_features import Frame
from attributor.embedded.encoder.session import Reading
from attributor.embedded.token_arrays import Sheet
from attributor.embedded.training import linear_models as fitting
from attributor.embedded.training.augmentation import without_marks
from attributor.embedded.training.examples import Known, Spans, TrainingArticle
from attributor.embedded.training.linear_models import Choices, LabelledRow
from attributor.embedded.weights import SCALE, Weights
from attributor.errors import UsageError
from attributor.marking import Mention, mark
from attributor.records import Article

Reads = Callable[[int, Article], Reading]
"""What an encoder says of the article at a place among the examples, with or without its marks."""

STRENGTH = {"cue": 0.3, "source": 0.3, "piece": 0.2, "draft": 0.1}
"""Inverse of each model's L2 penalty, chosen on PolNeAR's dev part.

That of drafts was chosen on a third of the train part held out: 0.05 to 0.1 were alike.
"""
FEWEST_TIMES_SEEN = {"cue": 2, "source": 2, "piece": 2, "draft": 3}
"""A feature seen less often than this is not learned."""
MIN_CUE_SHARE = 0.06
"""A word can be a cue if it is one in more than this share of its places."""
MIN_CUE_TIMES = 2
"""A word can be a cue if it is one at least this many times."""
PARTLY_RIGHT = 0.3
"""How far a draft is right that has the wrong source, or is found but not exact."""
EXACT_OVERLAP = 0.8
"""A draft is the quote from this overlap on (intersection over union, in letters)."""
FOUND_OVERLAP = 0.5
"""A draft has found the quote from this overlap on (intersection over union, in letters)."""
_ALIKE_OVERLAP = 0.02
"""Drafts whose overlap differs by less than this are equally right."""
_THOUGHT_COUNT = 0.3
"""What a cue of thought or belief counts as an example of a word that is none of speech."""


def train(
    examples: Sequence[TrainingArticle],
    language: str,
    seed: int = 0,
    card: dict[str, Any] | None = None,
    reads: Reads | None = None,
) -> Weights:
    """Weights from examples; the same examples and seed give the same weights.

    Args:
        examples: annotated articles; a hundred are a start, a thousand are good.
        language: the language pack to mark them with.
        seed: of the solver's order of examples.
        card: what is to be said of the weights: corpus, licence, scores.
        reads: what an encoder says of an article that it was not tuned on, by `half_of` its place;
            None for the engine without one.

    Raises:
        UsageError: there is nothing to learn from, or the extra `train` is not installed.
    """
    sheets = [_annotated(i, example, language, reads) for i, example in enumerate(examples)]
    heads = cue_words(sheets)
    if not heads:
        raise UsageError("There is no quote with a cue in these articles to learn from.")
    places = [*range(len(examples)), *range(0, len(examples), 2)]
    bare = ((i, without_marks(examples[i])) for i in places[len(examples) :])
    sheets += [_annotated(i, example, language, reads) for i, example in bare]
    halves = [
        [each for each, place in zip(sheets, places, strict=True) if half_of(place) == half]
        for half in (0, 1)
    ]  # an article and its copy without marks are in one half
    data = [lessons(half, heads) for half in halves]
    words, choices = frozenset(heads), Choices()
    for half, other in zip(halves, reversed(data), strict=True):
        add_drafts(choices, half, heads, _weights(_fitted(other, seed), language, words))
    data[0].extend(data[1])
    fitted = _fitted(data[0], seed)
    fitted["draft"] = fitting.softmax(choices, STRENGTH["draft"], FEWEST_TIMES_SEEN["draft"]), 0.0
    return _weights(fitted, language, words, card)


def half_of(place: int) -> int:
    """Which half the article at `place` is in; two that follow each other are in one."""
    return place // 2 % 2


def _annotated(
    place: int, example: TrainingArticle, language: str, reads: Reads | None
) -> Annotated:
    reading = reads(place, example.article) if reads else None
    return Sheet(mark(example.article, language), reading), example


Annotated = tuple[Sheet, TrainingArticle]
_Fitted = dict[str, tuple["fitting.Vector", float]]


@dataclass
class Lessons:
    """What the first three models learn from."""

    cue: LabelledRow = field(default_factory=LabelledRow)
    source: LabelledRow = field(default_factory=LabelledRow)
    piece: LabelledRow = field(default_factory=LabelledRow)

    def extend(self, other: Lessons) -> None:
        """All examples of another one too."""
        self.cue.extend(other.cue)
        self.source.extend(other.source)
        self.piece.extend(other.piece)


def cue_words(sheets: Iterable[Annotated], min_share: float = MIN_CUE_SHARE) -> dict[int, float]:
    """Hash of each word that can be a cue -> in which share of its places it is one.

    That share must be above `min_share`.
    """
    places: Counter[int] = Counter()
    cues: Counter[int] = Counter()
    for sheet, example in sheets:
        places.update(sheet.word[:-1])
        for quote in example.quotes:
            cues.update(sheet.word[i] for i in tokens_of(sheet, quote.cue) if sheet.is_word[i])
    shares = {word: count / (places[word] + 2) for word, count in cues.items()}
    return {w: s for w, s in shares.items() if s > min_share and cues[w] >= MIN_CUE_TIMES}


def tokens_of(sheet: Sheet, spans: Spans) -> set[int]:
    """Indices of the tokens that `spans` touch."""
    found: set[int] = set()
    for start, end in spans:
        first, last = sheet.span(start, end)
        first -= first > 0 and sheet.tokens[first - 1].end > start
        found.update(range(first, max(last, first + 1)))
    return {i for i in found if i < sheet.count}


def lessons(half: Iterable[Annotated], heads: dict[int, float]) -> Lessons:
    """The examples of the first three models in these articles."""
    data = Lessons()
    for sheet, example in half:
        _add(data, sheet, example, heads)
    return data


def _add(data: Lessons, sheet: Sheet, example: TrainingArticle, heads: dict[int, float]) -> None:
    known = dict(by_head(sheet, example.quotes, heads))
    for i in drafts.cue_candidates(sheet, heads.keys()):
        reading = features.read_by_rules(sheet, i)
        quote = known.get(i)
        count = _THOUGHT_COUNT if quote and not quote.speech else 1.0
        row = [*features.around_cue(sheet, i), *features.of_reading(sheet, i, reading)]
        data.cue.add(row, quote is not None and quote.speech, count)
    for i, quote in known.items():
        if quote.speech:
            _add_quote(data, sheet, i, quote)


def by_head(
    sheet: Sheet, quotes: Iterable[Known], heads: dict[int, float]
) -> Iterator[tuple[int, Known]]:
    """Each quote under its cue's head: the word that is most often a cue."""
    for quote in quotes:
        tokens = tokens_of(sheet, quote.cue)
        if tokens:
            yield max(tokens, key=lambda j: (heads.get(sheet.word[j], 0.0), -j)), quote


def _add_quote(data: Lessons, sheet: Sheet, i: int, quote: Known) -> None:
    reading = features.read_by_rules(sheet, i)
    named = tokens_of(sheet, quote.mention)
    source: Mention | None = None
    for mention in features.candidates(sheet, i, reading):
        right = not named.isdisjoint(sheet.range_of(mention))
        data.source.add(features.of_source(sheet, i, mention, reading), right)
        source = mention if right and source is None else source
    content = tokens_of(sheet, quote.content)
    frame = Frame(sheet, i, source, reading)
    before = 2
    for (first, last), piece in zip(frame.pieces, features.of_pieces(frame), strict=True):
        inside = 2 * sum(j in content for j in range(first, last)) > last - first
        data.piece.add(piece.features + piece.after(before), inside)
        before = int(inside)


# --- drafts -------------------------------------------------------------------------------------


def add_drafts(
    choices: Choices, half: Iterable[Annotated], heads: dict[int, float], weights: Weights
) -> None:
    """The drafts that `weights` make of these articles, and how far each is right."""
    for sheet, example in half:
        known = dict(by_head(sheet, example.quotes, heads))
        scene = whole.Scene(sheet, drafts.candidates(sheet, weights))
        for each in scene.candidates:
            quote = known.get(each.i)
            if quote is None or quote.speech:
                shared = whole.of_candidate(scene, each)
                rows = (shared + row for row in whole.of_drafts(scene, each))
                choices.add(rows, _shares(sheet, each, quote))


def _shares(sheet: Sheet, candidate: CueCandidate, quote: Known | None) -> list[float]:
    """How far each draft is the quote."""
    if quote is None:
        return [0.0] * len(candidate.drafts)
    overlaps = _overlaps(sheet, candidate, quote)
    best = max(overlaps)
    right = [overlap > best - _ALIKE_OVERLAP for overlap in overlaps]
    given = 0.0 if best < FOUND_OVERLAP else PARTLY_RIGHT if best < EXACT_OVERLAP else 1.0
    if not _is_source(sheet, candidate, quote):
        given = min(given, PARTLY_RIGHT)
    return [given * each / sum(right) for each in right]


def _overlaps(sheet: Sheet, candidate: CueCandidate, quote: Known) -> list[float]:
    def letters(tokens: Iterable[int]) -> int:
        found = (sheet.tokens[j] for j in tokens if sheet.is_word[j])
        return sum(token.end - token.start for token in found)

    content = tokens_of(sheet, quote.content)
    held = [{j for run in draft.runs for j in range(*run)} for draft in candidate.drafts]
    return [letters(tokens & content) / letters(tokens | content) for tokens in held]


def _is_source(sheet: Sheet, candidate: CueCandidate, quote: Known) -> bool:
    """Whether the quote has no source, or this one."""
    named = tokens_of(sheet, quote.mention)
    source = candidate.source
    return not named or (source is not None and not named.isdisjoint(sheet.range_of(source)))


# --- fitting ------------------------------------------------------------------------------------


def _fitted(data: Lessons, seed: int) -> _Fitted:
    return {
        name: fitting.logistic(getattr(data, name), STRENGTH[name], FEWEST_TIMES_SEEN[name], seed)
        for name in ("cue", "source", "piece")
    }


def _weights(
    fitted: _Fitted, language: str, words: frozenset[int], card: dict[str, Any] | None = None
) -> Weights:
    bias = {name: constant for name, (_, constant) in fitted.items()}
    table = table_of(weights for weights, _ in fitted.values())
    return Weights(language, bias, words, table, card or {})


def table_of(models: Iterable[fitting.Vector]) -> array[int]:
    """All models in one table: their features differ, so that few places are shared."""
    import numpy as np

    limit = np.iinfo(np.int16).max
    whole = np.rint(np.sum(list(models), axis=0) * SCALE)
    return array("h", np.clip(whole, -limit, limit).astype("<i2").tolist())
