"""When a prompt counts as cut: a right answer is never thrown away for what a server counts."""

from __future__ import annotations

import pytest
from support.dialogues import TEXT, answer, dialogue, finished, only

from attributor.errors import TooLongError
from attributor.messages import Answer, Request
from attributor.prompting import token_counts as tokens
from attributor.records import Usage

LONG = f"{TEXT}\n{'The river rose again that night and took the old mill along with it. ' * 130}"


def counting(counted: int, cached: int = 0) -> Answer:
    usage = Usage(requests=1, input_tokens=counted, cached_tokens=cached)
    return answer(usage=usage)


def asked() -> Request:
    return only(dialogue(LONG))


def test_the_sample_is_longer_than_two_small_contexts() -> None:
    assert 2_048 + 2 < tokens.least(asked()) < 4_096


@pytest.mark.parametrize("counted", [1_024, 1_026, 2_046, 2_047, 2_048, 2_050])
def test_a_count_of_just_a_context_is_that_of_a_cut_prompt(counted: int) -> None:
    talk = dialogue(LONG)
    with pytest.raises(TooLongError, match=rf"read only {counted:,} tokens .* it cut the prompt"):
        talk.take(only(talk), counting(counted))


@pytest.mark.parametrize(
    ("counted", "cached", "warns"),
    [
        (10, 0, False),  # a constant
        (89, 0, False),  # what a cache did not have
        (120, 2_900, False),  # the same, and it says so
        (2_048, 900, False),
        (0, 0, False),
        (2_051, 0, True),
        (1_500, 0, True),
        (5_000, 0, False),
    ],
)
def test_any_other_count_costs_no_answer(counted: int, cached: int, warns: bool) -> None:
    talk = dialogue(LONG)
    talk.take(only(talk), counting(counted, cached))
    annotation = finished(talk)
    assert len(annotation.quotes) == 3
    assert [f"counted {counted:,} tokens" in warning for warning in annotation.warnings] == (
        [True] if warns else []
    )
