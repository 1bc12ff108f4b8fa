"""What the benchmarks of accuracy share: an engine's answers on gold, compared with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from measuring import ROOT, SHARED

from attributor.evaluation.gold import GoldArticle
from attributor.evaluation.matching import compare
from attributor.evaluation.predictions import Prediction
from attributor.evaluation.scores import Evaluation
from attributor.marking import Marking, mark
from attributor.pipeline import Annotator
from attributor.records import Annotation, Article, Codebook
from attributor.settings import Settings

GOLD = SHARED / "gold"
TRAIN, DEV = GOLD / "polnear-train.jsonl", GOLD / "polnear-dev.jsonl"
SETS = {
    "dev": [DEV],
    "dev, no marks": [GOLD / "polnear-dev-nomarks.jsonl"],
    "seeds": [GOLD / "seeds.jsonl"],
    "fixtures": sorted((ROOT / "fixtures" / "gold").glob("*.jsonl")),
}


def embedded(
    article: Article | Annotation, codebook: Codebook | None = None, *, light: bool = True
) -> Annotation:
    """What the embedded engine says, whatever is set in the environment; see `Settings.light`."""
    return Annotator(Settings(engine="embedded", light=light), codebook).annotate_now(article)


def evaluated(
    articles: Iterable[GoldArticle], engine: Callable[[Marking], Annotation]
) -> Evaluation:
    """The figures of what `engine` says about the articles."""
    answers = ((gold, engine(mark(gold.article))) for gold in articles)
    return Evaluation([compare(gold, Prediction.of(answer)) for gold, answer in answers])


def shown(evaluation: Evaluation, name: str) -> str:
    """A figure over all kinds of quotes, with one decimal."""
    value = evaluation.figures[name, "all"]
    return "-" if value is None else f"{value:.1f}"
