"""Other learners for the embedded engine's three decisions, beside those that ship.

    pip install -r benchmarks/requirements-learners.txt
    python benchmarks/learners.py [--train GOLD] [--articles N] [--only WORD]

Every learner sees the same articles, and all but the tagger the same candidates and features: is
this word a cue, which mention is its source, which pieces of the paragraph does it report. Its
answers go through the same settling of what two quotes share. The tagger labels words instead
(BIO), and its cues, sources and contents are linked by nearness. Printed: the scores on dev with
and without quotation marks, the milliseconds that deciding takes for an article of dev (marking
and reading it comes on top, and is the same for all), and the size of what was learned.
"""

from __future__ import annotations

import argparse
import pickle
import random
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from math import exp
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
import pycrfsuite
from measuring import show
from scipy.sparse import csr_matrix
from scoring import SETS, TRAIN, shown
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.feature_selection import SelectKBest, chi2
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

from attributor.assembling import assemble
from attributor.embedded import by_weights as learned
from attributor.embedded import candidates as drafts
from attributor.embedded import cue_features as features
from attributor.embedded.by_weights import Tagged
from attributor.embedded.cue_features import Frame
from attributor.embedded.token_arrays import Sheet
from attributor.embedded.training import trainer as training
from attributor.embedded.training.augmentation import without_marks
from attributor.embedded.training.examples import Known, TrainingArticle
from attributor.embedded.training.linear_models import BITS, LabelledRow, logistic
from attributor.embedded.training.trainer import Annotated, Lessons
from attributor.engines import Proposed
from attributor.evaluation.gold import GoldArticle, read_gold
from attributor.evaluation.matching import compare
from attributor.evaluation.predictions import Prediction
from attributor.evaluation.scores import Evaluation
from attributor.marking import Mention, mark
from attributor.records import Provenance

DECISIONS = ("cue", "source", "piece")
LEAST_CUE = -0.6
"""Log-odds from which a cue is kept, for every learner that decides one thing after the other."""
DENSE = 256
"""So many features, the most telling ones by chi squared, are given to boosted trees."""
BUCKETS, HIDDEN = 2**15, 32
"""A network's inputs (features, hashed once more) and its hidden units."""
FIGURES = ("F1", "F1_found")

Row = Sequence[int]
Decide = Callable[[Sheet], list[Tagged]]


class Taught(NamedTuple):
    """What decides for an article, and how many bytes it holds."""

    decide: Decide
    size: int


class Model(Protocol):
    """One decision: rows of features to log-odds."""

    def odds(self, rows: Sequence[Row]) -> Sequence[float]: ...


def main() -> None:
    arguments = _arguments()
    gold = read_gold(str(arguments.train))
    random.Random(0).shuffle(gold)
    examples = [_example(article) for article in gold[: arguments.articles]]
    sets = [read_gold(*map(str, SETS[name])) for name in ("dev", "dev, no marks")]
    rows = []
    for name, teach in LEARNERS.items():
        if arguments.only in name:
            start = time.process_time()
            with threadpool_limits(1):
                taught = teach(examples)
                minutes = (time.process_time() - start) / 60
                rows.append([name, *_row(taught, sets), f"{minutes:.1f}"])
    marks = [f"{figure}, no marks" for figure in FIGURES]
    show(("learner", *FIGURES, *marks, "ms/article", "MB", "minutes to learn"), rows)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--train", type=Path, default=TRAIN)
    parser.add_argument("--articles", type=int, default=280, help="how many to learn from")
    parser.add_argument("--only", default="", help="learners with this word in their name")
    return parser.parse_args()


def _example(gold: GoldArticle) -> TrainingArticle:
    quotes = (Known(q.content, q.cue, q.mention, q.speech_cue) for q in gold.quotes)
    return TrainingArticle(gold.article, tuple(quotes))


def _row(taught: Taught, sets: Iterable[list[GoldArticle]]) -> list[str]:
    figures, milliseconds = [], []
    for articles in sets:
        comparisons = []
        for gold in articles:
            sheet = Sheet(mark(gold.article, "en"))
            start = time.process_time()
            tagged = taught.decide(sheet)
            milliseconds.append(1000 * (time.process_time() - start))
            answer = learned.settled(sheet, tagged)
            annotation = assemble(sheet.marking, Proposed(answer, Provenance(name="embedded")))
            comparisons.append(compare(gold, Prediction.of(annotation)))
        figures += [shown(Evaluation(comparisons), name) for name in FIGURES]
    per_article = sum(milliseconds) / len(milliseconds)
    return [*figures, f"{per_article:.1f}", f"{taught.size / 1e6:.1f}"]


# --- one decision after the other ---------------------------------------------------------------


class Deciding:
    """Decides with a model each; every model is asked once an article, about all there is."""

    def __init__(self, words: frozenset[int], models: dict[str, Model]) -> None:
        self.words, self.models = words, models

    def __call__(self, sheet: Sheet) -> list[Tagged]:
        cues = [
            i
            for i in drafts.cue_candidates(sheet, self.words)
            if not drafts.reports_nothing(sheet, i)
        ]
        readings = {i: features.read_by_rules(sheet, i) for i in cues}
        rows = [
            features.around_cue(sheet, i) + features.of_reading(sheet, i, readings[i]) for i in cues
        ]
        odds = dict(zip(cues, self._odds("cue", rows), strict=True))
        likely = [i for i in cues if odds[i] >= LEAST_CUE]
        sources = self._sources(sheet, likely, readings)
        kept = [i for i in likely if drafts.can_speak(sheet, i, sources[i])]
        frames = [Frame(sheet, i, sources[i], readings[i]) for i in kept]
        contents = self._contents(frames)
        return [
            Tagged(i, chance, chance, sources[i], content, learned.by_rules(sheet, readings[i]))
            for i, content in zip(kept, contents, strict=True)
            if (chance := 1 / (1 + exp(-odds[i])))
        ]

    def _odds(self, decision: str, rows: Sequence[Row]) -> Sequence[float]:
        return self.models[decision].odds(rows) if rows else []

    def _sources(
        self, sheet: Sheet, cues: Sequence[int], readings: dict[int, features.CueReading]
    ) -> dict[int, Mention | None]:
        pairs = [(i, m) for i in cues for m in features.candidates(sheet, i, readings[i])]
        rows = [features.of_source(sheet, i, m, readings[i]) for i, m in pairs]
        best: dict[int, tuple[float, Mention | None]] = dict.fromkeys(
            cues, (drafts.MIN_SOURCE_LOG_ODDS, None)
        )
        for (i, mention), score in zip(pairs, self._odds("source", rows), strict=True):
            if score > best[i][0]:
                best[i] = score, mention
        return {i: mention for i, (_, mention) in best.items()}

    def _contents(self, frames: Sequence[Frame]) -> Iterator[frozenset[int]]:
        """The likeliest labelling of each frame's pieces."""
        pieces = [(frame, list(features.of_pieces(frame))) for frame in frames]
        rows = [
            piece.features + piece.after(before)
            for _, found in pieces
            for k, piece in enumerate(found)
            for before in ((0, 1) if k else (2, 2))
        ]
        odds = iter(pairs(self._odds("piece", rows)))
        for frame, found in pieces:
            labels = _viterbi([next(odds) for _ in found])
            inside = [each for each, label in zip(frame.pieces, labels, strict=True) if label]
            yield frozenset(j for first, last in inside for j in range(first, last))


def pairs(values: Sequence[float]) -> Iterator[tuple[float, float]]:
    """The values two by two."""
    return zip(values[::2], values[1::2], strict=True)


def _viterbi(odds: Sequence[tuple[float, float]]) -> tuple[int, ...]:
    """The likeliest labels, from the log-odds of 1 behind a 0 and behind a 1."""
    paths: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, ())}
    for behind in odds:
        paths = {
            label: min(
                (total + drafts.loss(behind[before] * (1 if label else -1)), (*path, label))
                for before, (total, path) in paths.items()
            )
            for label in (0, 1)
        }
    return min(paths.values())[1]


def _in_turn(fit: Callable[[str, LabelledRow], tuple[Model, int]]) -> Callable[..., Taught]:
    """A learner that fits each decision by itself."""

    def teach(examples: Sequence[TrainingArticle]) -> Taught:
        sheets, heads = _sheets(examples)
        lessons: Lessons = training.lessons(sheets, heads)
        fitted = {name: fit(name, getattr(lessons, name)) for name in DECISIONS}
        models = {name: model for name, (model, _) in fitted.items()}
        return Taught(Deciding(frozenset(heads), models), sum(size for _, size in fitted.values()))

    return teach


def _sheets(examples: Sequence[TrainingArticle]) -> tuple[list[Annotated], dict[int, float]]:
    sheets = [(Sheet(mark(e.article, "en")), e) for e in examples]
    heads = training.cue_words(sheets)
    bare = map(without_marks, examples[::2])
    return [*sheets, *((Sheet(mark(e.article, "en")), e) for e in bare)], heads


# --- the learners -------------------------------------------------------------------------------


class Linear:
    """A logistic regression over all features."""

    def __init__(self, table: list[float], constant: float) -> None:
        self.table, self.constant = table, constant

    def odds(self, rows: Sequence[Row]) -> Sequence[float]:
        mask = len(self.table) - 1
        return [self.constant + sum([self.table[f & mask] for f in row]) for row in rows]


def _linear(name: str, examples: LabelledRow) -> tuple[Model, int]:
    table, constant = logistic(
        examples, training.STRENGTH[name], training.FEWEST_TIMES_SEEN[name], 0
    )
    return Linear(table.tolist(), constant), 2 * int(np.count_nonzero(table))


class OverMatrix:
    """A model of scikit-learn over some columns, or over features hashed once more."""

    def __init__(self, model: Any, columns: np.ndarray[Any, Any] | None) -> None:
        self.model, self.columns = model, columns

    def odds(self, rows: Sequence[Row]) -> Sequence[float]:
        matrix = _matrix(rows, BITS if self.columns is not None else BUCKETS.bit_length() - 1)
        if self.columns is not None:
            matrix = matrix[:, self.columns].toarray().astype(np.uint8)
        chances = np.clip(self.model.predict_proba(matrix)[:, 1], 1e-9, 1 - 1e-9)
        odds: list[float] = np.log(chances / (1 - chances)).tolist()
        return odds


def _matrix(rows: Sequence[Row], bits: int) -> csr_matrix:
    ends = np.cumsum([0, *map(len, rows)])
    places = np.fromiter((f & (2**bits - 1) for row in rows for f in row), np.int32, ends[-1])
    return csr_matrix((np.ones(len(places), np.float32), places, ends), (len(rows), 2**bits))


def _boosted(name: str, examples: LabelledRow) -> tuple[Model, int]:
    matrix, labels = examples.rows.matrix(), np.array(examples.labels)
    seen = np.flatnonzero(np.bincount(matrix.indices) >= 20)
    chosen = SelectKBest(chi2, k=DENSE).fit(matrix[:, seen], labels)
    columns = seen[chosen.get_support(indices=True)]
    dense = matrix[:, columns].toarray().astype(np.uint8)
    model = HistGradientBoostingClassifier(max_iter=300, learning_rate=0.1, random_state=0)
    model.fit(dense, labels, sample_weight=np.array(examples.counts))
    return OverMatrix(model, columns), len(pickle.dumps(model))


def _network(name: str, examples: LabelledRow) -> tuple[Model, int]:
    rows = [examples.rows.places[first:last] for first, last in pairwise(examples.rows.ends)]
    matrix = _matrix(rows, BUCKETS.bit_length() - 1)
    model = MLPClassifier((HIDDEN,), alpha=1e-4, max_iter=6, early_stopping=False, random_state=0)
    model.fit(matrix, np.array(examples.labels))
    return OverMatrix(model, None), 4 * sum(layer.size for layer in model.coefs_)


def _with_drafts(examples: Sequence[TrainingArticle]) -> Taught:
    """What ships: the logistic regressions, and drafts chosen as wholes."""
    found = training.train(examples, "en")

    def decide(sheet: Sheet) -> list[Tagged]:
        return list(learned.tagged(sheet, found))

    return Taught(decide, 2 * sum(map(bool, found.table)))


# --- a tagger -----------------------------------------------------------------------------------

OUTSIDE, CONTENT, SOURCE, CUE = "O", "content", "source", "cue"


class Tagger:
    """A linear-chain CRF over the words of a paragraph, and the linking of its labels."""

    def __init__(self, path: Path) -> None:
        self.tagger = pycrfsuite.Tagger()
        self.tagger.open(str(path))

    def __call__(self, sheet: Sheet) -> list[Tagged]:
        return [
            tagged
            for first, last in sheet.paragraphs.values()
            for tagged in self._linked(sheet, first, self.tagger.tag(_items(sheet, first, last)))
        ]

    def _linked(self, sheet: Sheet, first: int, tags: Sequence[str]) -> Iterator[Tagged]:
        runs: dict[str, list[range]] = {CONTENT: [], SOURCE: [], CUE: []}
        for k, tag in enumerate(tags):
            begins, _, label = tag.partition("-")
            if not label:
                continue
            last = runs[label][-1] if runs[label] else range(0)
            if begins == "I" and last and last.stop == first + k:
                runs[label][-1] = range(last.start, last.stop + 1)
            else:
                runs[label].append(range(first + k, first + k + 1))
        heads = [run[-1] for run in runs[CUE]]
        held: dict[int, set[int]] = {head: set() for head in heads}
        for run in runs[CONTENT] if heads else ():
            held[min(heads, key=lambda head: _gap(run, head))].update(run)
        for head, content in held.items():
            source = min(runs[SOURCE], key=lambda run: _gap(run, head), default=None)
            mention = _mention(sheet, source) if source else None
            if content and drafts.can_speak(sheet, head, mention):
                tokens = frozenset(content)
                yield Tagged(head, 0.5, 0.5, mention, tokens, ())


def _gap(run: range, head: int) -> int:
    return min(abs(run.start - head), abs(run.stop - 1 - head))


def _mention(sheet: Sheet, run: range) -> Mention:
    first, last = sheet.tokens[run.start], sheet.tokens[run.stop - 1]
    return Mention(first.start, last.end, "nominal", last.low)


def _items(sheet: Sheet, first: int, last: int) -> list[list[str]]:
    return [_item(sheet, i) for i in range(first, last)]


def _item(sheet: Sheet, i: int) -> list[str]:
    word, kind, at = sheet.word, sheet.kind, sheet.at
    near = [f"{k}w{word[at(i + k)]}" for k in (-2, -1, 0, 1, 2)]
    near += [f"{k}k{kind[at(i + k)]}" for k in (-3, -2, -1, 0, 1, 2, 3)]
    near += [f"b{kind[at(i + k)]} {kind[at(i + k + 1)]}" for k in (-1, 0)]
    begun, ends = sheet.sentences[sheet.sentence_of[i]]
    cues = sheet.candidates
    facts = {
        "marked": sheet.passage_of[i] >= 0,
        "mention": i in sheet.mentions,
        "candidate": i in sheet.cues,
        "cue before": cues[i] > cues[begun],
        "cue after": cues[ends] > cues[i],
        "quoted": sheet.passages_in(range(begun, ends)) > 0,
        "first": i == begun,
    }
    return near + [fact for fact, holds in facts.items() if holds]


def _tagged_crf(examples: Sequence[TrainingArticle]) -> Taught:
    sheets, _ = _sheets(examples)
    trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
    trainer.set_params({"c1": 0.1, "c2": 0.1, "max_iterations": 100, "feature.minfreq": 2})
    for sheet, example in sheets:
        tags = _tags(sheet, example)
        for first, last in sheet.paragraphs.values():
            trainer.append(_items(sheet, first, last), tags[first:last])
    path = Path(tempfile.mkdtemp(), "tagger.crfsuite")
    trainer.train(str(path))
    return Taught(Tagger(path), path.stat().st_size)


def _tags(sheet: Sheet, example: TrainingArticle) -> list[str]:
    """A label a word; where two would stand, the cue's and the source's count."""
    tags = [OUTSIDE] * sheet.count
    speech = [quote for quote in example.quotes if quote.speech]
    for label, part in ((CONTENT, "content"), (SOURCE, "mention"), (CUE, "cue")):
        for quote in speech:
            for span in getattr(quote, part):
                for k, i in enumerate(sorted(training.tokens_of(sheet, [span]))):
                    tags[i] = f"{'I' if k else 'B'}-{label}"
    return tags


LEARNERS: dict[str, Callable[[Sequence[TrainingArticle]], Taught]] = {
    "logistic regressions": _in_turn(_linear),
    "the same, drafts as wholes (ships)": _with_drafts,
    "gradient boosting": _in_turn(_boosted),
    "small network": _in_turn(_network),
    "CRF tagger": _tagged_crf,
}


if __name__ == "__main__":
    main()
