from __future__ import annotations

import pytest

from attributor.marking import mark
from attributor.records import Article
from attributor.reporting import reports


def found(text: str) -> list[tuple[str, str, str]]:
    """Cue, mention and clause of every report, in the article's words."""
    marking = mark(Article(id="a", text=text), "en")
    return [
        (
            text[r.cue.start : r.cue.end],
            text[r.mention.start : r.mention.end],
            text[r.start : r.end],
        )
        for r in reports(marking, 0, len(text))
        if r.mention
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ana Petric said that it rained.", ("said", "Ana Petric", "Ana Petric said")),
        ("“It rains,” said the mayor.", ("said", "the mayor", "said the mayor")),
        (
            "It rained, according to the mayor.",
            ("according to", "the mayor", "according to the mayor"),
        ),
        ("Mayor: It rains a lot here", (":", "Mayor", "Mayor:")),
    ],
)
def test_a_cue_stands_with_the_words_that_name_its_speaker(
    text: str, expected: tuple[str, str, str]
) -> None:
    assert found(text)[0] == expected


def test_a_verb_that_goes_on_has_the_speaker_of_its_sentence() -> None:
    text = "Ana Petric said it rained, adding that it was cold."
    assert [(cue, mention) for cue, mention, _ in found(text)] == [
        ("said", "Ana Petric"),
        ("adding", "Ana Petric"),
    ]


def test_a_cue_without_a_speaker_is_no_report() -> None:
    assert found("It was said that it rained.") == []


def test_only_cues_between_the_edges_are_looked_at() -> None:
    text = "Ana Petric said it rained. Tom Berg said it snowed."
    marking = mark(Article(id="a", text=text), "en")
    assert [r.cue.start for r in reports(marking, 27, len(text))] == [text.rindex("said")]


def test_a_verb_that_goes_on_takes_no_speaker_from_another_sentence() -> None:
    text = "Ann Petric said it rained. It snowed, and said so."
    assert ("said", "Ann Petric") not in [(cue, mention) for cue, mention, _ in found(text)[1:]]
