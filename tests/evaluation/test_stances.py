"""The figures of a table of stances."""

from __future__ import annotations

import pytest

from attributor.evaluation.stances import ANSWERS, LABELS, Table, figures, lines, majority


def table(*rows: tuple[int, int, int, int]) -> Table:
    """Rows are gold's labels, columns the answers, both in their order, `unclear` last."""
    return {
        (label, answer): number
        for label, row in zip(LABELS, rows, strict=True)
        for answer, number in zip(ANSWERS, row, strict=True)
    }


ANSWERED = table((4, 1, 2, 3), (0, 5, 5, 0), (2, 0, 8, 0))


def test_unclear_is_wrong_and_an_abstention() -> None:
    found = figures(ANSWERED)
    assert found["accuracy", "stance"] == pytest.approx(100 * 17 / 30, abs=0.05)
    assert found["abstained", "stance"] == 10
    assert found["stance R", "favor"] == 40


def test_each_label_has_precision_recall_and_their_mean() -> None:
    found = figures(ANSWERED)
    assert found["stance P", "against"] == pytest.approx(100 * 5 / 6, abs=0.05)
    assert found["stance R", "against"] == 50
    assert found["stance F1", "against"] == 62.5


def test_macro_f1_is_the_mean_over_labels_however_rare() -> None:
    found = figures(ANSWERED)
    scores = [found["stance F1", label] or 0 for label in LABELS]
    assert found["macro_F1", "stance"] == pytest.approx(sum(scores) / 3, abs=0.06)


def test_a_label_that_nobody_uses_does_not_count() -> None:
    found = figures(table((4, 0, 0, 0), (0, 4, 0, 0), (0, 0, 0, 0)))
    assert found["macro_F1", "stance"] == 100
    assert found["stance F1", "neutral"] is None


def test_the_commonest_label_alone_is_right_as_often_as_it_is_common() -> None:
    uneven = table((1, 0, 0, 0), (0, 0, 1, 2), (2, 2, 2, 0))
    found = figures(majority(uneven))
    assert found["accuracy", "stance"] == 60
    assert found["macro_F1", "stance"] == 25  # F1 of neutral: 12/16


def test_the_table_can_be_read() -> None:
    assert list(lines(ANSWERED)) == [
        "gold          favor  against  neutral  unclear",
        "favor             4        1        2        3",
        "against           0        5        5        0",
        "neutral           2        0        8        0",
    ]
