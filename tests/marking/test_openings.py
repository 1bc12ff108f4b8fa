"""What stands before a paragraph's first sentence."""

from __future__ import annotations

import pytest

from attributor.marking.openings import end_of_opening


@pytest.mark.parametrize(
    "opening",
    [
        "• ",
        "- ",
        "18.40 ",
        "6:05pm: ",
        "07:30 GMT ",
        "BERGEN — ",
        "BERGEN, Norway (Northern Wire) — ",
        "PORT LOUIS, June 2: ",
        "Bergen (Northern Wire) - ",
        "St. Gallen, March 3 (NW): ",
    ],
)
def test_a_bullet_a_clock_time_or_a_dateline_is_passed_over(opening: str) -> None:
    assert end_of_opening(f"{opening}The ferry sank.", 0) == len(opening)


@pytest.mark.parametrize(
    "text",
    [
        "The ferry sank.",
        "NATO — which has ferries — was asked.",
        "Mara Quill (D-Ohio) said so.",
        "Mara Quill — a nurse — said so.",
        "“The ferry sank,” she said.",
        "1904 was wet.",
    ],
)
def test_what_a_sentence_begins_with_is_no_opening(text: str) -> None:
    assert end_of_opening(text, 0) == 0
