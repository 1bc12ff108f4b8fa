"""Marked passages beside reporting clauses."""

from __future__ import annotations

import pytest

from attributor.marking import mark
from attributor.records import Article
from attributor.reporting import reporter
from attributor.reporting.passages import is_title


@pytest.mark.parametrize(
    ("text", "language", "cue"),
    [
        ("“It rains,” said Ann Lee.", "en", "said"),
        ("“It rains,” Ann Lee of Lima said.", "en", "said"),
        ("“Does it rain?” asked Ann Lee.", "en", "asked"),
        ("“It rains,” the head of the weather office, Ann Lee, said.", "en", "said"),
        ("“It rains,” and the head of the old weather office in Lima said so.", "en", ""),
        ("“It rains.” Ann Lee said it snowed.", "en", ""),
        ("“It rains,” and Ann Lee said it snowed.", "en", ""),
        ("„Es regnet“, sagte Hanne Birk.", "de", "sagte"),
        ("„Es regnet.“ Hanne Birk sagte nichts.", "de", ""),
    ],
)
def test_a_passage_is_reported_by_the_clause_that_a_comma_leads_over_to(
    text: str, language: str, cue: str
) -> None:
    marking = mark(Article(id="a", text=text), language)
    found = reporter(marking, marking.passages[0])
    assert (text[found.start : found.end] if found else "") == cue


@pytest.mark.parametrize(
    ("passage", "expected"),
    [
        ("Rain in Lima", True),
        ("Rain in Lima,", False),
        ("Rain", False),
        ("it rains over Lima", False),
    ],
)
def test_a_title_has_a_capital_in_every_longer_word(passage: str, expected: bool) -> None:
    marking = mark(Article(id="a", text=f"She read “{passage}” aloud."), "en")
    assert is_title(marking, marking.passages[0]) is expected
