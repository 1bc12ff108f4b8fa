from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attributor.marking.spans import Span, Stretches, any_overlap, covers, distance, overlap

spans = st.tuples(st.integers(0, 40), st.integers(1, 10)).map(lambda s: (s[0], s[0] + s[1]))


@pytest.mark.parametrize(
    ("one", "other", "apart", "shared", "covered"),
    [
        ((0, 5), (5, 9), 0, False, False),
        ((0, 5), (7, 9), 2, False, False),
        ((0, 5), (4, 9), 0, True, False),
        ((0, 5), (1, 5), 0, True, True),
        ((0, 5), (0, 5), 0, True, True),
    ],
)
def test_two_spans_lie_apart_or_share_characters_or_cover_each_other(
    one: Span, other: Span, apart: int, shared: bool, covered: bool
) -> None:
    assert distance(one, other) == distance(other, one) == apart
    assert overlap(one, other) is overlap(other, one) is shared
    assert covers(one, other) is covered


@given(st.lists(spans, max_size=8), spans)
def test_stretches_touch_what_one_of_them_overlaps(many: list[Span], one: Span) -> None:
    assert Stretches(many).touches(one) is any_overlap([one], many)
