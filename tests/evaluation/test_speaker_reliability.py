"""How often names are right, by the confidence that goes with them."""

from __future__ import annotations

from typing import Any

import pytest
from support.gold_articles import FIRST, SECOND, gold_article, prediction, quote

from attributor.evaluation.matching import compare
from attributor.evaluation.predictions import Prediction
from attributor.evaluation.reliability import bins
from attributor.evaluation.report import Report
from attributor.evaluation.scores import Evaluation


def named(name: str | None, confidence: float | None) -> Prediction:
    """A prediction for the quote of which the gold knows that Ada Quill says it."""
    words = quote(FIRST, SECOND, by="Mayor Ada Quill", name=name)
    return prediction({**words, "speaker_confidence": confidence})


def report(*predicted: Prediction) -> Report:
    return Report(Evaluation([compare(gold_article(), each) for each in predicted]), gold={})


def test_names_are_counted_in_the_bin_of_their_confidence() -> None:
    given = [named("Ada Quill", 0.85), named("Bo Lark", 0.81), named("Ada Quill", 0.99)]

    found = report(*given).speaker_confidence

    assert [(each.least, each.most, each.named, each.right) for each in found] == [
        (0.8, 0.9, 2, 1),
        (0.98, 1.0, 1, 1),
    ]
    assert [(each.mean, each.share) for each in found] == [
        pytest.approx((0.83, 0.5)),
        pytest.approx((0.99, 1.0)),
    ]


@pytest.mark.parametrize(
    ("confidence", "least"), [(0.0, 0.0), (0.699, 0.0), (0.7, 0.7), (0.98, 0.98), (1.0, 0.98)]
)
def test_a_confidence_on_an_edge_belongs_to_the_bin_above(confidence: float, least: float) -> None:
    (only,) = report(named("Ada Quill", confidence)).speaker_confidence
    assert only.least == least


@pytest.mark.parametrize(("name", "confidence"), [(None, 0.9), ("Ada Quill", None)])
def test_only_names_with_a_confidence_are_counted(
    name: str | None, confidence: float | None
) -> None:
    nobody = report(named(name, confidence))

    assert nobody.speaker_confidence == []
    assert not any("speaker_confidence" in line for line in nobody.lines())


def test_no_counts_are_no_bins() -> None:
    assert bins({}) == []


def test_the_report_shows_them_to_readers_and_to_programs() -> None:
    shown = report(named("Ada Quill", 0.85), named("Bo Lark", 0.81))

    lines = list(shown.lines())
    (row,) = (line.split() for line in lines if line.startswith("0.80 to 0.90"))
    told: list[dict[str, Any]] = shown.as_json()["speaker_confidence"]

    assert row[3:] == ["2", "1", "0.50", "0.83"]
    assert told == [
        {
            "from": 0.8,
            "to": 0.9,
            "names_given": 2,
            "right": 1,
            "share_right": 0.5,
            "mean_confidence": 0.83,
        }
    ]
