"""How good quotes are, by who decided them."""

from __future__ import annotations

import pytest
from pydantic import ValidationError
from support.annotations import DECIDED
from support.gold_articles import (
    FIRST,
    LEAK,
    SECOND,
    THOUGHT,
    gold_article,
    prediction,
    quote,
)

from attributor.evaluation.matching import compare
from attributor.evaluation.predictions import Prediction
from attributor.evaluation.report import Report
from attributor.evaluation.scores import Evaluation

RIGHT = quote(FIRST, SECOND, by="Mayor Ada Quill", name="Ada Quill", decided_by="confirmed")
MISNAMED = quote(FIRST, SECOND, by="Mayor Ada Quill", name="Bo Lark", decided_by="changed")
ADDED = quote(LEAK, by="Bo Lark", name="Bo Lark", decided_by="added")
INVENTED = quote("Her deputy told us", by="Bo Lark", decided_by="added")


def report(*predicted: Prediction) -> Report:
    return Report(Evaluation([compare(gold_article(), each) for each in predicted]), gold={})


def test_quotes_are_counted_by_who_decided_them() -> None:
    found = report(prediction(RIGHT, ADDED, INVENTED), prediction(MISNAMED)).decided_by

    assert [(e.by, e.quotes, e.found, e.named, e.right, e.precision) for e in found] == [
        ("confirmed", 1, 1, 1, 1, 100.0),
        ("changed", 1, 1, 1, 0, 100.0),
        ("added", 2, 1, 0, 0, 0.0),
    ]


def test_the_table_is_shown_to_readers_and_to_programs() -> None:
    shown = report(prediction(RIGHT, ADDED, INVENTED))

    lines = list(shown.lines())
    at = next(n for n, line in enumerate(lines) if line.startswith("decided by"))
    assert lines[at].split("  ")[0] == "decided by"
    assert lines[at + 1].split() == ["confirmed", "1", "1", "1", "1", "100.0"]
    assert shown.as_json()["decided_by"]["added"] == {
        "quotes": 2,
        "found": 1,
        "names_given": 0,
        "right_name": 0,
        "precision": 0.0,
    }


def test_without_a_model_there_is_no_such_table() -> None:
    bare = report(prediction(quote(THOUGHT, by="Bo Lark")))
    assert bare.as_json()["decided_by"] == {}
    assert not any("decided" in line for line in bare.lines())


def test_predictions_have_what_the_annotation_says_of_who_decided() -> None:
    decided = [each.decided_by for each in Prediction.of(DECIDED).quotes]
    assert decided == [each.decided_by for each in DECIDED.quotes]


def test_nobody_else_can_have_decided() -> None:
    with pytest.raises(ValidationError):
        prediction(quote(LEAK, by="Her deputy", decided_by="the editor"))
