"""Fitting: what is right comes to score above what is not, and above nothing at all."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

pytest.importorskip("sklearn", reason="training needs the extra 'train'")

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from attributor.embedded.training.linear_models import (
    BITS,
    Choices,
    FeatureRows,
    LabelledRow,
    logistic,
    softmax,
)
from attributor.errors import UsageError

RIGHT, WRONG, NOISE = 11, 22, 33
Vector = np.ndarray[Any, np.dtype[np.float64]]


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


# --- against other ways to the same figures -----------------------------------------------------

FEATURES = 6


def rows_of(seed: int, count: int) -> list[list[int]]:
    """Rows of one to six different features."""
    random = Random(seed)
    return [random.sample(range(FEATURES), random.randint(1, FEATURES)) for _ in range(count)]


def dense(rows: list[list[int]]) -> Vector:
    return np.array([[float(f in row) for f in range(FEATURES)] for row in rows])


def slope_at(loss: Callable[[Vector], float], point: Vector) -> Vector:
    """The slope by finite differences."""
    steps = np.eye(len(point)) * 1e-5
    return np.array([(loss(point + step) - loss(point - step)) / 2e-5 for step in steps])


def groups_of(seed: int) -> tuple[list[list[list[int]]], list[list[float]]]:
    """Alternatives in groups of one to four, each with its shares."""
    random = Random(seed)
    groups = [rows_of(seed * 100 + n, random.randint(1, 4)) for n in range(20)]
    given = [[random.random() for _ in group] for group in groups]
    return groups, [[share / (sum(s) + random.random()) for share in s] for s in given]


@pytest.mark.parametrize("seed", range(4))
def test_alternatives_are_learned_to_where_the_loss_has_no_slope(seed: int) -> None:
    """The loss is written here once more, from its definition."""
    groups, shares = groups_of(seed)
    choices, strength = Choices(), 0.7
    for group, right in zip(groups, shares, strict=True):
        choices.add(group, right)

    def loss(w: Vector) -> float:
        missed = 0.0
        for group, right in zip(groups, shares, strict=True):
            scores = np.append(dense(group) @ w, 0.0)  # the last: none of them
            log_shares = scores - np.log(np.exp(scores).sum())
            missed -= np.append(right, 1 - sum(right)) @ log_shares
        return float(strength * missed + w @ w / 2)

    found = softmax(choices, strength, fewest=1)[:FEATURES]
    assert np.abs(slope_at(loss, found)).max() < 1e-3
    assert np.abs(slope_at(loss, found + 0.1)).max() > 1e-2  # the measure can tell


@pytest.mark.parametrize("seed", range(3))
def test_one_alternative_or_none_is_a_logistic_regression(seed: int) -> None:
    rows, random = rows_of(seed, 60), Random(seed)
    labels = [random.random() < 0.2 + 0.6 * (0 in row) for row in rows]
    choices = Choices()
    for row, label in zip(rows, labels, strict=True):
        choices.add([row], [float(label)])
    oracle = LogisticRegression(C=0.5, fit_intercept=False, tol=1e-8).fit(dense(rows), labels)
    found = softmax(choices, 0.5, fewest=1)[:FEATURES]
    assert found == pytest.approx(oracle.coef_[0], abs=1e-3)


@pytest.mark.parametrize("seed", range(3))
def test_labels_are_learned_to_where_the_loss_has_hardly_a_slope(seed: int) -> None:
    rows, random, strength = rows_of(seed, 80), Random(seed), 0.4
    labels = [random.random() < 0.2 + 0.6 * (0 in row) for row in rows]
    counts = [random.choice([0.3, 1.0]) for _ in rows]
    examples = LabelledRow()
    for row, label, count in zip(rows, labels, counts, strict=True):
        examples.add(row, label, count)

    def loss(point: Vector) -> float:
        odds = (dense(rows) @ point[:-1] + point[-1]) * np.where(labels, 1, -1)
        return float(strength * np.array(counts) @ np.log1p(np.exp(-odds)) + point @ point / 2)

    weights, constant = logistic(examples, strength, fewest=1, seed=seed)
    found = np.append(weights[:FEATURES], constant)
    assert np.abs(slope_at(loss, found)).max() < 0.05
    assert np.abs(slope_at(loss, found + 0.2)).max() > 0.2


def test_the_same_seed_gives_the_same_weights_to_the_last_bit() -> None:
    def learned(seed: int) -> bytes:
        examples = LabelledRow()
        for n, row in enumerate(rows_of(1, 50)):
            examples.add(row, n % 3 == 0)
        weights, constant = logistic(examples, 0.3, fewest=1, seed=seed)
        return weights.tobytes() + np.float64(constant).tobytes()

    assert learned(7) == learned(7)


def test_an_example_that_counts_twice_is_two_examples() -> None:
    once, twice = LabelledRow(), LabelledRow()
    for n, row in enumerate(rows_of(2, 40)):
        once.add(row, n % 3 == 0, 2.0)
        for _ in range(2):
            twice.add(row, n % 3 == 0)
    one, other = (logistic(each, 0.3, fewest=1, seed=0)[0] for each in (once, twice))
    assert one[:FEATURES] == pytest.approx(other[:FEATURES], abs=5e-3)


@given(st.lists(st.lists(st.integers(0, 2**80), max_size=4), min_size=1, max_size=5))
def test_a_feature_is_a_place_in_the_table_by_its_last_bits(rows: list[list[int]]) -> None:
    given_rows = FeatureRows()
    for row in rows:
        given_rows.add(row)
    matrix = given_rows.matrix()
    assert matrix.shape == (len(rows), 2**BITS)
    for n, row in enumerate(rows):
        places = matrix.indices[matrix.indptr[n] : matrix.indptr[n + 1]]
        assert places.tolist() == [feature % 2**BITS for feature in row]


def test_groups_of_different_sizes_do_not_mix() -> None:
    """In one group the first is right, in the other the last; what both share says nothing."""
    choices = Choices()
    for _ in range(10):
        choices.add([[1, 9], [2, 9], [3, 9]], [1.0, 0.0, 0.0])
        choices.add([[4, 9], [5, 9]], [0.0, 1.0])
    weights = softmax(choices, strength=1.0, fewest=1)
    assert min(weights[1], weights[5]) > max(weights[2], weights[3], weights[4])
    assert weights[2] == pytest.approx(weights[3])
