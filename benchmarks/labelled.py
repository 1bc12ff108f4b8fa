"""What the benchmark of stances measures on, and by which figures."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from statistics import fmean

from scoring import GOLD

from attributor.embedded.stance.examples import LABELS
from attributor.embedded.stance.wording import words_of
from attributor.evaluation import stances
from attributor.evaluation.gold import GoldArticle, LabelledStance, Statement, read_gold
from attributor.evaluation.matching import compare
from attributor.evaluation.predictions import PredictedQuote, Prediction
from attributor.evaluation.scores import Evaluation
from attributor.marking import language as packs
from attributor.marking.tokens import tokens
from attributor.records import Example, StanceLabel

HEADER = (
    "",
    "macro-F1",
    "accuracy",
    "favor",
    "against",
    "neutral",
    "of answered",
    "abstained",
    "precision",
    "P favor",
    "P against",
    "P neutral",
)
"""The labels' columns are their F1, the next is macro-F1 without what was abstained from. Precision
is the share of right labels among favor, against and neutral as far as they were given."""

Answers = Mapping[str, StanceLabel]
"""Id of a text -> its label; a text that is not there was not answered."""


@dataclass(frozen=True)
class TextSet:
    """Labelled texts, each about one target: those to learn from, and those to measure on.

    `groups` are the latter by the article that they are from, where that is known.
    """

    name: str
    learned: Sequence[GoldArticle]
    groups: Sequence[Sequence[GoldArticle]]

    @cached_property
    def measured(self) -> list[GoldArticle]:
        """The texts to measure on."""
        return [text for group in self.groups for text in group]

    def examples(self, count: int | None = None, draw: int = 0) -> tuple[Example, ...]:
        """Texts to learn from as examples, others in every draw; all of them without a count."""

        def order(text: GoldArticle) -> bytes:
            return sha256(f"{draw} {text.id}".encode()).digest()

        drawn = sorted(self.learned, key=order)[:count]
        return tuple(Example(text=each.text, label=label_of(each)) for each in drawn)

    def sample(self, size: int | None, seed: int) -> TextSet:
        """The same with so many texts to measure on; with all if `size` is None."""
        if size is None or size >= len(self.measured):
            return self
        chosen = {each.id for each in random.Random(seed).sample(self.measured, size)}
        groups = [[each for each in group if each.id in chosen] for group in self.groups]
        return TextSet(self.name, self.learned, [group for group in groups if group])

    def named(self) -> TextSet:
        """The same without the texts whose target is a pronoun or a description."""
        groups = [[text for text in group if _has_a_name(text)] for group in self.groups]
        return TextSet(self.name, self.learned, [group for group in groups if group])


def halved(name: str) -> TextSet:
    """One of the labelled sets, halved by a hash of the ids."""
    texts = read_gold(str(GOLD / f"stance-{name}-dev.jsonl"))
    halves: tuple[list[GoldArticle], ...] = ([], [])
    for text in texts:
        halves[sha256(text.id.encode()).digest()[0] % 2].append(text)
    return TextSet(name, halves[0], [[text] for text in halves[1]])


def seeds() -> TextSet:
    """The stances of the seeds' quotes, as one text each."""
    return TextSet("seeds", (), [list(_texts(a)) for a in read_gold(str(GOLD / "seeds.jsonl"))])


def _texts(article: GoldArticle) -> Iterator[GoldArticle]:
    for number, quote in enumerate(article.quotes):
        said = " ".join(article.text[start:end] for start, end in quote.content)
        for stance in quote.stance:
            yield Statement(
                id=f"{article.id}:{number}:{stance.target}",
                text=said,
                speaker=quote.name,
                target=stance.target,
                stance=stance.label,
                lang="en",
            ).gold


def label_of(text: GoldArticle) -> StanceLabel:
    """Where the speaker of a text that is one quote stands."""
    return text.quotes[0].stance[0].label


def target_of(text: GoldArticle) -> str:
    """What that stance is towards."""
    return text.quotes[0].stance[0].target


def _has_a_name(text: GoldArticle) -> bool:
    pronouns = packs.load("en").not_names
    return any(t.capital and t.low not in pronouns for t in tokens(target_of(text)))


def means_the_same(one: str, other: str) -> bool:
    """Whether two names of targets share the beginning of a word of four letters or more."""
    first, second = (
        {word[:6] for word in words_of(name) if len(word) > 3} for name in (one, other)
    )
    return bool(first & second)


# --- figures -------------------------------------------------------------------------------------


def row(name: str, texts: Sequence[GoldArticle], answers: Answers) -> list[str]:
    """The figures of some answers, macro-F1 with its interval."""
    evaluation = _evaluated(texts, answers)
    low, high = evaluation.intervals["macro_F1", "stance"]
    macro, *others = _figures(evaluation)
    return [name, f"{macro:.1f} ({low:.1f}–{high:.1f})", *(f"{each:.1f}" for each in others)]


def mean_row(name: str, texts: Sequence[GoldArticle], draws: Iterable[Answers]) -> list[str]:
    """The means of the figures of several draws."""
    drawn = [_figures(_evaluated(texts, answers)) for answers in draws]
    return [name, *(f"{fmean(column):.1f}" for column in zip(*drawn, strict=True))]


def _evaluated(texts: Sequence[GoldArticle], answers: Answers) -> Evaluation:
    return Evaluation([compare(text, _prediction(text, answers.get(text.id))) for text in texts])


def _prediction(text: GoldArticle, label: StanceLabel | None) -> Prediction:
    said = (LabelledStance(target=target_of(text), label=label),) if label else ()
    return Prediction(text.id, (PredictedQuote(content=text.quotes[0].content, stance=said),))


def _figures(evaluation: Evaluation) -> list[float]:
    """In the order of HEADER; what cannot be measured is 0."""
    table = stances.table(evaluation.total)
    answered = {key: number if key[1] != "unclear" else 0 for key, number in table.items()}
    keys = [("macro_F1", "stance"), ("accuracy", "stance")]
    keys += [("stance F1", label) for label in stances.LABELS]
    found = [evaluation.figures[key] for key in keys]
    found += [stances.figures(answered)["macro_F1", "stance"]]
    found += [evaluation.figures["abstained", "stance"], _precision(table, *LABELS)]
    found += [_precision(table, label) for label in LABELS]
    return [each or 0.0 for each in found]


def _precision(table: Mapping[tuple[str, str], int], *labels: str) -> float | None:
    """The share of right ones among these labels where they were given, in percent."""
    given = sum(number for (_, said), number in table.items() if said in labels)
    right = sum(table.get((label, label), 0) for label in labels)
    return 100 * right / given if given else None
