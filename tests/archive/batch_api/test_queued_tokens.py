"""How many tokens the Batch API is given at once, by what it refuses and answers."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from attributor.archive.batch_api.queued_tokens import (
    LONGEST_FULL_SECONDS,
    LONGEST_PAUSE_SECONDS,
    QueuedTokens,
)

FULL = "Enqueued token limit reached. Limit: 90,000 enqueued tokens."


class Clock:
    """The time, as the test sets it."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_limit_that_the_server_names_is_kept_to_from_then_on() -> None:
    queued = QueuedTokens(None, 30)
    assert queued.refused(200_000, 50, FULL)
    assert queued.most == 90_000
    assert not queued.answered()
    assert queued.most == 90_000


@pytest.mark.parametrize("complaint", ["", FULL])
def test_a_file_within_the_limit_is_halved_until_one_is_answered(complaint: str) -> None:
    queued = QueuedTokens(90_000, 30)
    for tokens in (80_000, 40_000, 20_000):
        assert queued.refused(tokens, 50, complaint)
    found = [queued.most]
    while queued.answered():
        found.append(queued.most)
    assert found == [10_000, 20_000, 40_000, 90_000]


@pytest.mark.parametrize("words", ["limit ,,, reached", "The limit: is reached", "limit 12"])
def test_words_that_name_no_limit_are_none(words: str) -> None:
    queued = QueuedTokens(None, 30)
    assert queued.refused(1_000, 3, words)
    assert queued.most == 500


def test_a_request_alone_is_tried_again_unless_it_is_larger_than_the_limit() -> None:
    assert QueuedTokens(None, 30).refused(1_000, 1, FULL)
    assert QueuedTokens(None, 30).refused(100_000, 1, "It is full.")
    assert not QueuedTokens(None, 30).refused(100_000, 1, FULL)


def test_pauses_grow_up_to_a_quarter_of_an_hour_and_an_answer_ends_them() -> None:
    clock = Clock()
    queued = QueuedTokens(None, 30, clock)
    pauses = []
    for _ in range(8):
        assert queued.refused(1_000, 1, "")
        pauses.append(queued.refuses_until - clock.now)
        clock.now = queued.refuses_until
    assert pauses == [30, 60, 120, 240, 480, *[LONGEST_PAUSE_SECONDS] * 3]
    queued.answered()
    assert queued.refused(1_000, 1, "")
    assert queued.refuses_until - clock.now == 30


def test_a_queue_that_is_full_for_a_day_is_given_up_and_an_answer_begins_the_day_anew() -> None:
    clock = Clock()
    queued = QueuedTokens(None, 30, clock)
    assert queued.refused(1_000, 9, "")
    clock.now = LONGEST_FULL_SECONDS - 1
    queued.answered()
    assert queued.refused(1_000, 9, "")
    clock.now += LONGEST_FULL_SECONDS - 1
    assert queued.refused(1_000, 9, "")
    clock.now += 1
    assert not queued.refused(1_000, 9, "")


@example(1_000, [(501, False, False), (1_003, False, False), (1, False, True), (1, False, True)])
@given(
    st.none() | st.integers(1_000, 10**7),
    st.lists(st.tuples(st.integers(1, 10**7), st.booleans(), st.booleans()), max_size=30),
)
@example(1_000, [(501, False, False), (1_003, False, False), *[(1, False, True)] * 2])
def test_there_is_always_room_and_never_more_than_is_known(
    limit: int | None, events: list[tuple[int, bool, bool]]
) -> None:
    queued = QueuedTokens(limit, 30, Clock())
    for tokens, names_limit, is_answered in events:
        if is_answered:
            queued.answered()
        else:
            queued.refused(tokens, 9, FULL if names_limit else "")
        assert 0 < queued.most <= (limit or float("inf"))
    found = [queued.most]
    while queued.answered():
        found.append(queued.most)
    assert all(one < other for one, other in pairwise(found))
    assert len(found) < 40
