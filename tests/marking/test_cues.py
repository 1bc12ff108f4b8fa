"""Cue candidates: reporting verbs with their lemma, "according to", labels."""

from __future__ import annotations

import pytest
from support.markings import cues, marking


@pytest.mark.parametrize(
    ("text", "lemma"),
    [
        ("Nela Brandt said so.", "say"),
        ("Nela Brandt says so.", "say"),
        ("Nela Brandt told the crew.", "tell"),
        ("He wrote a note to the crew.", "write"),
        ("“Go,” she tweeted.", "tweet"),
        ("He argues that it is late.", "argue"),
        ("She insisted that it was late.", "insist"),
        ("He was adding that it was late.", "add"),
        ("They acknowledged that it was late.", "acknowledge"),
        ("He replied that it was late.", "reply"),
        ("She stated that it was late.", "state"),
    ],
)
def test_a_reporting_verb_is_a_cue_with_its_base_form(text: str, lemma: str) -> None:
    (cue,) = marking(text).cues
    assert (cue.lemma, cue.kind) == (lemma, "verb")


@pytest.mark.parametrize(
    ("text", "lemma"),
    [("He reports that it is late.", "report"), ("She claims that it is late.", "claim")],
)
def test_a_form_that_is_more_often_a_noun_is_a_doubtful_cue(text: str, lemma: str) -> None:
    (cue,) = marking(text).cues
    assert (cue.lemma, cue.kind) == (lemma, "noun")


@pytest.mark.parametrize(
    "text",
    [
        "The report is long.",
        "A claim was filed and an answer came.",
        "The ferry crossed the United States.",
        "Her claims and his demands filled their reports.",
        "The captain's note was short.",
        "The ferry’s reports are late.",
    ],
)
def test_a_noun_of_the_same_form_is_none(text: str) -> None:
    assert cues(text) == []


def test_her_before_a_verb_hides_no_noun_and_that_hides_no_verb() -> None:
    assert [lemma for _, lemma in cues("He told her reports that it states facts.")][:1] == ["tell"]
    assert ("states", "state") in cues("He told her reports that it states facts.")


def test_a_verb_inside_marked_speech_is_no_cue() -> None:
    assert cues("“My mother said it would rain today,” he said.") == [("said", "say")]


@pytest.mark.parametrize("text", ["According to the crew, it is late.", "Late, according to her."])
def test_according_to_is_a_cue(text: str) -> None:
    (cue,) = marking(text).cues
    assert text[cue.start : cue.end].lower() == cue.lemma == "according to"
    assert cue.kind == "preposition"


def test_a_label_before_a_colon_is_a_cue() -> None:
    text = "Brandt: The ferry will be late"
    (cue,) = marking(text).cues
    assert (text[cue.start : cue.end], cue.kind) == (":", "label")


@pytest.mark.parametrize(
    "text",
    ["It left at 10:30 and came at noon.", "See http://example.org/a for the plan.", "The end:"],
)
def test_other_colons_are_no_labels(text: str) -> None:
    assert cues(text) == []


def test_a_text_of_an_unknown_language_has_no_cues() -> None:
    assert cues("Lautta on myöhässä, hän said.", "und") == []


@pytest.mark.parametrize(
    ("text", "labelled"),
    [
        ("The mayor of Dunford: It is late tonight.", True),
        ("One two three four five six seven eight nine: It is late tonight.", True),
        ("One two three four five six seven eight nine ten: It is late tonight.", False),
        ("Brandt said: It is late tonight.", False),  # the verb is the cue
        ("Brandt: late.", False),  # no sentence follows
        ("It rained. Brandt: It is late tonight.", True),
        ("It rained all day long on the old pier. Brandt: It is late.", False),
    ],
)
def test_a_label_is_short_opens_its_paragraph_and_text_follows_it(
    text: str, labelled: bool
) -> None:
    assert ((":", ":") in cues(text)) is labelled


def test_cues_come_in_the_order_of_the_text_whatever_their_kind() -> None:
    text = "Brandt: It is late. According to her, he said so, and Holm claims it too."
    assert [lemma for _, lemma in cues(text)] == [":", "according to", "say", "claim"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("“My mother said it,” he said.", [("said", "say")]),
        ("He “said it” to her.", [("said", "say")]),  # a few marked words are no speech
    ],
)
def test_only_longer_marked_passages_hide_their_verbs(
    text: str, found: list[tuple[str, str]]
) -> None:
    assert cues(text) == found
