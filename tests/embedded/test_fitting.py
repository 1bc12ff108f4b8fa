"""Fitting: what is right comes to score above what is not, and above nothing at all."""

from __future__ import annotations

import pytest

pytest.importorskip("sklearn", reason="training needs the extra 'train'")

from attributor.embedded.training.linear_models import (
    Choices,
    FeatureRows,
    LabelledRow,
    logistic,
    softmax,
)
from attributor.errors import UsageError

RIGHT, WRONG, NOISE = 11, 22, 33


def test_the_right_alternative_scores_above_the_others_and_above_none() -> None:
    choices = Choices()
    for _ in range(20):
        choices.add([[RIGHT, NOISE], [WRONG, NOISE]], [1.0, 0.0])
    weights = softmax(choices, strength=1.0, fewest=1)
    assert weights[RIGHT] + weights[NOISE] > max(0, weights[WRONG] + weights[NOISE])


def test_where_none_is_right_all_score_below_none() -> None:
    choices = Choices()
    for _ in range(20):
        choices.add([[WRONG], [NOISE]], [0.0, 0.0])
    weights = softmax(choices, strength=1.0, fewest=1)
    assert weights[WRONG] < 0
    assert weights[NOISE] < 0


def test_without_alternatives_nothing_is_learned() -> None:
    assert not softmax(Choices(), strength=1.0, fewest=1).any()


def test_a_feature_seen_too_seldom_has_no_weight() -> None:
    examples = LabelledRow()
    for _ in range(5):
        examples.add([RIGHT], True)
        examples.add([WRONG], False)
    examples.add([NOISE], True)
    weights, _ = logistic(examples, strength=1.0, fewest=2, seed=0)
    assert weights[RIGHT] > 0 > weights[WRONG]
    assert weights[NOISE] == 0


@pytest.mark.parametrize("label", [True, False])
def test_a_single_label_is_all_that_is_expected(label: bool) -> None:
    examples = LabelledRow()
    examples.add([RIGHT], label)
    weights, constant = logistic(examples, strength=1.0, fewest=1, seed=0)
    assert not weights.any()
    assert (constant > 0) is label


def test_rows_of_another_come_behind_ones_own() -> None:
    one, other = FeatureRows(), FeatureRows()
    one.add([RIGHT])
    other.add([WRONG, NOISE])
    other.add([])
    one.extend(other)
    dense = one.matrix()[:, [RIGHT, WRONG, NOISE]].toarray()
    assert dense.tolist() == [[1, 0, 0], [0, 1, 1], [0, 0, 0]]


def test_examples_with_nothing_in_common_are_refused_in_a_sentence() -> None:
    examples = LabelledRow()
    examples.add([1, 2], True)
    examples.add([3, 4], False)
    with pytest.raises(UsageError, match=r"too few to learn from.*Give more"):
        logistic(examples, strength=1.0, fewest=3, seed=0)
