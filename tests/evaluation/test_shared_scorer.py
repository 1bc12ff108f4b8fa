"""Every figure is the one that the shared scorer gives."""

from __future__ import annotations

import json
import runpy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.embedded import annotate
from support.gold_articles import (
    FIXTURES,
    SHARED,
    blurred,
    gold,
    needs_scorer,
    shared_score,
    written,
)

from attributor.evaluation.gold import read_gold
from attributor.evaluation.matching import compare
from attributor.evaluation.names import same_name
from attributor.evaluation.predictions import read_predictions
from attributor.evaluation.report import Report
from attributor.evaluation.scores import Evaluation

pytestmark = needs_scorer

SOME_DEV_ARTICLES = 12


def ours(
    gold: Path, predicted: Path, split: str | None = None, everything: bool = False
) -> dict[str, Any]:
    predictions = read_predictions(str(predicted))
    articles = read_gold(str(gold), split=split)
    comparisons = [compare(each, predictions.get(each.id), everything) for each in articles]
    return Report(Evaluation(comparisons), {}).as_json()


def assert_same_figures(gold: Path, predicted: Path, **options: Any) -> None:
    told = shared_score(gold, predicted, options.get("split"), options.get("everything", False))
    found = ours(gold, predicted, **options)
    assert {key: found[key] for key in told} == told


def rows(*paths: Path) -> list[dict[str, Any]]:
    lines = (line for path in paths for line in path.read_text(encoding="utf-8").splitlines())
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("everything", [False, True])
def test_the_figures_are_the_same_whatever_is_wrong_with_a_prediction(
    tmp_path: Path, seed: int, everything: bool
) -> None:
    known = [*rows(*FIXTURES), gold(discard=[[[0, 60]]])]
    written(tmp_path / "gold", known)
    written(tmp_path / "found", blurred(known, seed))
    assert_same_figures(tmp_path / "gold", tmp_path / "found", everything=everything)


def test_the_figures_are_the_same_for_one_split(tmp_path: Path) -> None:
    known = [gold("a", split="dev"), gold("b", split="test"), gold("c", split="dev")]
    written(tmp_path / "gold", known)
    written(tmp_path / "found", blurred(known, 4))
    assert_same_figures(tmp_path / "gold", tmp_path / "found", split="dev")


@pytest.mark.parametrize("name", ["fixtures", "polnear-dev", "seeds"])
def test_the_figures_are_the_same_for_the_embedded_engine(tmp_path: Path, name: str) -> None:
    path = SHARED / f"{name}.jsonl"
    if name != "fixtures" and not path.exists():
        pytest.skip(f"{path.name} is not here")
    known = rows(*FIXTURES) if name == "fixtures" else rows(path)[:SOME_DEV_ARTICLES]
    gold = tmp_path / "gold"
    written(gold, known)
    found = (annotate(each.article) for each in read_gold(str(gold)))
    written(tmp_path / "found", (each.model_dump_json() for each in found))
    assert_same_figures(gold, tmp_path / "found")


@cache
def scorer() -> dict[str, Any]:
    return runpy.run_path(str(SHARED / "score.py"))


NAMES = st.lists(
    st.one_of(
        st.sampled_from(("Mr.", "the", "O’Hara", "OHara", "Dačić", "Дачић", "Dacic", "Đoković")),
        st.sampled_from(("Ђоковић", "Djokovic", "Жика", "Zika", "Љубиша", "Ljubisa", "Џорџ")),
        st.text(alphabet="aÉéßđŠ-. ʼ'İ", max_size=4),
    ),
    max_size=3,
).map(" ".join)


@given(NAMES, NAMES)
def test_names_are_the_same_where_the_shared_scorer_says_so(one: str, other: str) -> None:
    assert same_name(one, other) == scorer()["same_name"](one, other)
