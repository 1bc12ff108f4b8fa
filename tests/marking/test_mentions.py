"""Mention candidates: names with their titles, descriptions, pronouns."""

from __future__ import annotations

import pytest
from support.markings import marking, mentions


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Yesterday Nela Brandt left.", "Nela Brandt"),
        ("Yesterday Mayor Nela Brandt left.", "Mayor Nela Brandt"),
        ("Yesterday Prime Minister Nela Brandt left.", "Prime Minister Nela Brandt"),
        ("Yesterday Mr. Brandt left.", "Mr. Brandt"),
        ("Yesterday Mrs Brandt left.", "Mrs Brandt"),
        ("Yesterday Dr. Ivo Brandt left.", "Dr. Ivo Brandt"),
        ("Yesterday John F. Brandt left.", "John F. Brandt"),
        ("Yesterday J. R. Brandt left.", "J. R. Brandt"),
        ("Yesterday Nela O’Brandt left.", "Nela O’Brandt"),
        ("Yesterday Nela Brandt-Holm left.", "Nela Brandt-Holm"),
        ("Yesterday Pieter van Holm left.", "Pieter van Holm"),
        ("Yesterday Pieter van der Holm left.", "Pieter van der Holm"),
        ("Yesterday Željko Šarić left.", "Željko Šarić"),
    ],
)
def test_a_name_is_one_mention_with_its_title(text: str, name: str) -> None:
    assert mentions(text) == [(name, "name")]


@pytest.mark.parametrize("apostrophe", ["'", "’"])
def test_a_possessive_ending_is_no_part_of_a_name(apostrophe: str) -> None:
    text = f"They took Nela Brandt{apostrophe}s boat."
    assert ("Nela Brandt", "name") in mentions(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Then the mayor left.", "the mayor"),
        ("Then the mayor’s brother left.", "the mayor’s brother"),
        ("Then a senior official left.", "a senior official"),
        ("Then two witnesses left.", "two witnesses"),
        ("Then the committee left.", "the committee"),
        ("Then her lawyer left.", "her lawyer"),
        ("Then a spokeswoman left.", "a spokeswoman"),
    ],
)
def test_a_description_reaches_back_to_its_determiner(text: str, words: str) -> None:
    assert mentions(text) == [(words, "nominal")]


def test_pronouns_are_mentions_with_gender_and_number() -> None:
    found = marking("Then he and she and they left.").mentions
    assert [(m.head, m.type, m.gender, m.plural) for m in found] == [
        ("he", "pronoun", "m", False), ("she", "pronoun", "f", False),
        ("they", "pronoun", "", True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "gender"),
    [
        ("Then Mr. Brandt left.", "m"), ("Then Mrs. Brandt left.", "f"),
        ("Then the spokesman left.", "m"), ("Then the spokeswoman left.", "f"),
        ("Then Brandt left.", ""),
    ],
)  # fmt: skip
def test_titles_tell_the_gender(text: str, gender: str) -> None:
    (mention,) = marking(text).mentions
    assert mention.gender == gender


def test_an_ordinary_word_at_a_sentences_start_is_no_name() -> None:
    assert mentions("Nobody waited. The boats were late. Tomorrow is another day.") == []


def test_a_surname_at_a_sentences_start_is_a_name() -> None:
    assert mentions("Brandt said no.") == [("Brandt", "name")]
    assert ("Brandt", "name") in mentions("Brandt waited. Then old Nela Brandt left.")


def test_a_name_does_not_run_over_a_sentences_end() -> None:
    found = mentions("The ferry belongs to Nela Brandt. Oskar Lund said so.")
    assert [words for words, _ in found] == ["Nela Brandt", "Oskar Lund"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ana’s aide left.", "Ana’s aide"),
        ("Then Ana Holt’s senior aide left.", "Ana Holt’s senior aide"),
        ("Then the Dunford council's mayor left.", "the Dunford council's mayor"),
        ("Then the Dunford police chief left.", "the Dunford police chief"),
        ("Then the old mayor’s very good aide left.", "aide"),  # too far from whose it is
    ],
)
def test_a_description_holds_whose_it_is_and_what_is_capitalised_in_it(
    text: str, words: str
) -> None:
    assert mentions(text) == [(words, "nominal")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "Reed, the chief executive, left.",
            [("Reed", "name"), ("the chief executive", "nominal")],
        ),
        ("Chairman Reed left.", [("Chairman Reed", "name")]),
        ("Mayor left.", [("Mayor", "nominal")]),
        ("Officials left.", [("Officials", "nominal")]),
        ("Reed", []),  # a headline's only word tells nothing
    ],
)
def test_what_follows_a_sentences_first_word_tells_whether_it_is_a_name(
    text: str, found: list[tuple[str, str]]
) -> None:
    assert mentions(text) == found


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Then Rep. Ana Holt left.", ["Rep. Ana Holt"]),
        ("Then Ana Holt. Tom Berg left.", ["Ana Holt", "Tom Berg"]),
        ("Then Pieter van The left.", ["Pieter"]),
        ("Then Ana Holt of Dunford and Tom Berg left.", ["Ana Holt of Dunford", "Tom Berg"]),
        ("Then Mayor Holt, Tom Berg and Ida Voss left.", ["Mayor Holt", "Tom Berg", "Ida Voss"]),
    ],
)
def test_a_name_goes_on_over_a_titles_full_stop_and_particles_only(
    text: str, names: list[str]
) -> None:
    assert mentions(text) == [(name, "name") for name in names]
