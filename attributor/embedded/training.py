"""How the engine learns: three logistic regressions from articles with their quotes known.

1. cue: is this word the head of a cue of speech? (thoughts and beliefs count little either way)
2. source: is this mention the source of that cue?
3. piece: is this piece of the paragraph what that cue reports, given the label of the piece before?

Every second article is learned from once more without its double quotation marks, so that speech
whose marks were lost is found too. Needs numpy, SciPy and scikit-learn: the extra `train`.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from attributor.embedded import features
from attributor.embedded.features import Frame
from attributor.embedded.learned import cue_candidates
from attributor.embedded.sheet import Sheet
from attributor.embedded.weights import SCALE, Weights
from attributor.errors import UsageError
from attributor.marking import Mention, mark
from attributor.records import Article

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_matrix

Spans = Sequence[tuple[int, int]]

BITS = 20
"""The table has 2^BITS weights."""
THREADS = 2
"""Threads of the linear algebra: sums in another order would give other last bits."""
FEWEST = 2
"""A feature seen less often is not learned."""
STRENGTH = {"cue": 0.3, "source": 0.3, "piece": 0.2}
"""Inverse of the L2 penalty (scikit-learn's C), chosen on PolNeAR's dev part."""
CUE_SHARE, CUE_COUNT = 0.06, 2
"""A word can be a cue if it is one in so large a share of its places, and so many times."""
_THOUGHT = 0.3
"""How much a cue of thought or belief counts as an example of a word that is none of speech."""
_MARKS = re.compile(r"[\"“”„«»]|''|``")


@dataclass(frozen=True)
class Known:
    """A quote that is known: spans in code points, and whether it is speech at all."""

    content: Spans
    cue: Spans
    mention: Spans
    speech: bool = True


@dataclass(frozen=True)
class Example:
    """An article with its quotes."""

    article: Article
    quotes: tuple[Known, ...]


def train(
    examples: Sequence[Example], language: str, seed: int = 0, card: dict[str, Any] | None = None
) -> Weights:
    """Weights from examples; the same examples and seed give the same weights.

    Args:
        examples: annotated articles; a hundred are a start, a thousand are good.
        language: the language pack to mark them with.
        seed: of the solver's order of examples.
        card: what is to be said of the weights: corpus, licence, scores.

    Raises:
        UsageError: there is nothing to learn from, or the extra `train` is not installed.
    """
    sheets = [(Sheet(mark(e.article, language)), e) for e in examples]
    heads = _heads(sheets)
    if not heads:
        raise UsageError("There is no quote with a cue in these articles to learn from.")
    words = frozenset(heads)
    bare = [without_marks(example) for example in examples[::2]]
    sheets += [(Sheet(mark(e.article, language)), e) for e in bare]
    data = _Data()
    for sheet, example in sheets:
        _add(data, sheet, example, heads, words)
    return _fitted(data, language, words, seed, card or {})


def without_marks(example: Example) -> Example:
    """The same article with all double quotation marks taken out, its quotes' offsets moved."""
    text = example.article.text
    dropped = {i for m in _MARKS.finditer(text) for i in range(*m.span())}
    place, moved = 0, []
    for i in range(len(text) + 1):
        moved.append(place)
        place += i not in dropped
    kept = "".join(ch for i, ch in enumerate(text) if i not in dropped)

    def move(spans: Spans) -> Spans:
        return [(moved[a], moved[b]) for a, b in spans if moved[a] < moved[b]]

    quotes = tuple(
        Known(move(q.content), move(q.cue), move(q.mention), q.speech) for q in example.quotes
    )
    return Example(example.article.model_copy(update={"text": kept}), quotes)


@dataclass
class _Rows:
    """Examples of one model: features, labels, how much each counts."""

    features: list[list[int]] = field(default_factory=list)
    labels: list[bool] = field(default_factory=list)
    counts: list[float] = field(default_factory=list)

    def add(self, features: list[int], label: bool, count: float = 1.0) -> None:
        self.features.append(features)
        self.labels.append(label)
        self.counts.append(count)


@dataclass
class _Data:
    cue: _Rows = field(default_factory=_Rows)
    source: _Rows = field(default_factory=_Rows)
    piece: _Rows = field(default_factory=_Rows)


def _heads(sheets: Iterable[tuple[Sheet, Example]]) -> dict[int, float]:
    """Hash of each word that can be a cue -> in which share of its places it is one."""
    places: Counter[int] = Counter()
    cues: Counter[int] = Counter()
    for sheet, example in sheets:
        places.update(sheet.word[:-1])
        for quote in example.quotes:
            cues.update(sheet.word[i] for i in _tokens(sheet, quote.cue) if sheet.is_word[i])
    shares = {word: count / (places[word] + 2) for word, count in cues.items()}
    return {w: s for w, s in shares.items() if s > CUE_SHARE and cues[w] >= CUE_COUNT}


def _tokens(sheet: Sheet, spans: Spans) -> set[int]:
    """Indices of the tokens that `spans` touch."""
    found: set[int] = set()
    for start, end in spans:
        first, last = sheet.span(start, end)
        first -= first > 0 and sheet.tokens[first - 1].end > start
        found.update(range(first, max(last, first + 1)))
    return {i for i in found if i < sheet.count}


def _add(
    data: _Data, sheet: Sheet, example: Example, heads: dict[int, float], words: frozenset[int]
) -> None:
    known = dict(_by_head(sheet, example.quotes, heads))
    for i in cue_candidates(sheet, words):
        reading = features.read_by_rules(sheet, i)
        quote = known.get(i)
        count = _THOUGHT if quote and not quote.speech else 1.0
        row = [*features.around_cue(sheet, i), *features.of_reading(sheet, i, reading)]
        data.cue.add(row, quote is not None and quote.speech, count)
    for i, quote in known.items():
        if quote.speech:
            _add_quote(data, sheet, i, quote)


def _by_head(
    sheet: Sheet, quotes: Iterable[Known], heads: dict[int, float]
) -> Iterator[tuple[int, Known]]:
    """Each quote under its cue's head: the word that is most often a cue."""
    for quote in quotes:
        tokens = _tokens(sheet, quote.cue)
        if tokens:
            yield max(tokens, key=lambda j: (heads.get(sheet.word[j], 0.0), -j)), quote


def _add_quote(data: _Data, sheet: Sheet, i: int, quote: Known) -> None:
    reading = features.read_by_rules(sheet, i)
    named = _tokens(sheet, quote.mention)
    source: Mention | None = None
    for mention in features.candidates(sheet, i, reading):
        right = not named.isdisjoint(sheet.range_of(mention))
        data.source.add(features.of_source(sheet, i, mention, reading), right)
        source = mention if right and source is None else source
    content = _tokens(sheet, quote.content)
    frame = Frame(sheet, i, source, reading)
    before = 2
    for (first, last), piece in zip(frame.pieces, features.of_pieces(frame), strict=True):
        inside = 2 * sum(j in content for j in range(first, last)) > last - first
        data.piece.add(piece.features + piece.after(before), inside)
        before = int(inside)


# --- fitting ------------------------------------------------------------------------------------


def _fitted(
    data: _Data, language: str, words: frozenset[int], seed: int, card: dict[str, Any]
) -> Weights:
    import numpy as np

    table = np.zeros(2**BITS, dtype=np.float64)
    bias = {}
    for name, strength in STRENGTH.items():
        weights, bias[name] = _fit(getattr(data, name), strength, seed)
        table += weights
    limit = np.iinfo(np.int16).max
    whole = np.clip(np.rint(table * SCALE), -limit, limit).astype("<i2")
    return Weights(language, bias, words, array("h", whole.tolist()), card)


def _fit(rows: _Rows, strength: float, seed: int) -> tuple[np.ndarray[Any, Any], float]:
    """The weights over the whole table, and the constant."""
    try:
        import numpy as np
        from sklearn.linear_model import LogisticRegression
        from threadpoolctl import threadpool_limits
    except ImportError as error:
        raise UsageError(
            "Training needs more than attributor itself: pip install 'attributor[train]'."
        ) from error
    matrix = _matrix(rows.features)
    used = np.flatnonzero(np.bincount(matrix.indices) >= FEWEST)
    model = LogisticRegression(C=strength, solver="liblinear", tol=1e-3, random_state=seed)
    with threadpool_limits(THREADS):
        model.fit(matrix[:, used], np.array(rows.labels), sample_weight=np.array(rows.counts))
    weights = np.zeros(2**BITS)
    weights[used] = model.coef_[0]
    return weights, float(model.intercept_[0])


def _matrix(rows: Sequence[Sequence[int]]) -> csr_matrix:
    import numpy as np
    from scipy.sparse import csr_matrix

    ends = np.cumsum([0, *(len(row) for row in rows)])
    places = np.fromiter(
        (value & (2**BITS - 1) for row in rows for value in row),
        dtype=np.int32,
        count=int(ends[-1]),
    )
    return csr_matrix((np.ones(len(places), dtype=np.float32), places, ends), (len(rows), 2**BITS))
