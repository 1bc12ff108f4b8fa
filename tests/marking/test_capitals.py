"""Where every noun has a capital: which of them tell a name."""

from __future__ import annotations

import pytest
from support.sheets import sheet_of


def named(text: str) -> list[str]:
    """The words whose capital is left."""
    return [text[t.start : t.end] for t in sheet_of(text, "de").marking.tokens if t.capital]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Gestern kam die NOSK.", ["NOSK"]),  # capitals alone
        ("Gestern kam Anna.", ["Anna"]),  # a given name
        ("Gestern kam Anna Holm.", ["Anna", "Holm"]),  # what follows one
        ("Gestern kam Bürgermeister Holm.", ["Holm"]),  # what follows a title
        ("Gestern kam Anna van der Holm.", ["Anna", "Holm"]),  # over particles
        ("Gestern kam Hinner Kroog.", ["Hinner", "Kroog"]),  # two that nobody knows
        ("Gestern kam der Nebel.", []),
        ("Gestern kam Regen.", []),
    ],
)
def test_a_capital_tells_a_name_beside_what_is_known_of_names(text: str, words: list[str]) -> None:
    assert named(text) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("„Ja“, sagte Kroog.", ["Kroog"]),
        ("Gestern hat Kroog gesagt, dass es regnet.", ["Kroog"]),  # beside its auxiliary
        ("Laut Kroog regnet es.", ["Kroog"]),
        ("„Ja“, sagte der Kroog.", []),  # described
        ("Der Kroog war leer. „Ja“, sagte Kroog.", []),  # described elsewhere
        ("Es war kroog. „Ja“, sagte Kroog.", []),  # in lower case elsewhere
        ("„Ja“, sagte Freiheit.", []),  # ends like a noun
        ("Gestern sah Kroog zu.", []),  # no reporting word near
    ],
)
def test_beside_a_reporting_word_a_bare_word_is_a_name(text: str, words: list[str]) -> None:
    assert named(text) == words


def test_a_name_is_known_again_in_any_case_and_only_where_it_is_one() -> None:
    text = "Gestern kam Anna Kroog. Am Kai lag Kroogs Boot. Kroog sah den Nebel."
    assert named(text) == ["Anna", "Kroog", "Kroogs", "Kroog"]


def test_an_owner_is_not_joined_to_what_is_owned() -> None:
    assert "Boot" not in named("Gestern kam Anna Kroog. Dort lag Anna Kroogs Boot.")


def test_a_name_ends_with_its_sentence() -> None:
    assert named("Gestern kam Anna. Boote lagen dort.") == ["Anna"]


def test_every_token_stays_where_it_was() -> None:
    text = "Gestern kam Anna Kroog, und der Nebel lag am Kai."
    tokens = sheet_of(text, "de").marking.tokens
    assert [text[t.start : t.end].lower() for t in tokens] == [t.low for t in tokens]
