"""Roles are whole phrases that the article says of that person; kinds are told by clues."""

from __future__ import annotations

import pytest
from support.speakers import entities


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("Nela Brandt, the mayor of Dunford, came.", "the mayor of Dunford"),
        ("Then came Nela Brandt, a professor of soils and rivers at the Institute for Dry Land.",
         "a professor of soils and rivers at the Institute for Dry Land"),
        ("The mayor, Nela Brandt, came.", "The mayor"),
        ("Yesterday Mayor Nela Brandt came.", "Mayor"),
        ("He saw the dyke engineer Nela Brandt.", "the dyke engineer"),
        ("Opposition leader Nela Brandt came.", "Opposition leader"),
        ("Nela Brandt, 66, a teacher, came.", "a teacher"),
        ("Rep. Nela Brandt (D-Ohio), chair of the panel, came.", "chair of the panel"),
        ("The Deputy Commissioner for Operations, Mr. Tunde Bakare, came.",
         "The Deputy Commissioner for Operations"),
        ("Nela Brandt, the engineer who planned the harbour and left, came.", "the engineer"),
        ("Nela Brandt is the mayor of Dunford.", "the mayor of Dunford"),
        ("Nela Brandt was elected mayor of Dunford in May.", "mayor of Dunford"),
        ("Nela Brandt, who has been treasurer since May, came.", "treasurer"),
    ],
)  # fmt: skip
def test_the_role_is_the_whole_phrase(text: str, role: str) -> None:
    assert next(e for e in entities(text).all if e.roles).roles[0] == role


@pytest.mark.parametrize(
    "text",
    [
        "Speaking after talks with the fishermen’s union, Nela Brandt came.",
        "After a meeting with the mayor, Nela Brandt left.",
        "Nela Brandt, whose roof was torn off, came.",
        "Nela Brandt, said her lawyer, came.",
        "Nela Brandt was asked by the mayor.",
        "Nela Brandt is a mother of three.",
        "Nela Brandt has a mayor for a friend.",
        "Nela Brandt is not the mayor.",
    ],
)
def test_what_is_said_of_somebody_else_is_no_role(text: str) -> None:
    assert not any(entity.roles for entity in entities(text).all)


@pytest.mark.parametrize(
    "text",
    [
        "Ottawa said no.",
        "Castle Rovers said no.",
        "Brightwater Energy said no.",
        "The Daily Beacon Post said no.",
        "The World Herring Commission said no.",
        "The UNHCR said no.",
        "Downing Street said no.",
        "Hedgehogs, a charity that plants trees, said no.",
        "Korvent Velden said it would close the mill.",
        "Brandt Freight said no.",
    ],
)
def test_a_body_or_a_place_is_no_person(text: str) -> None:
    (entity,) = entities(text).all
    assert entity.kind == "organization"


@pytest.mark.parametrize(
    "text",
    [
        "Sinazo Mabena said no.",
        "Mr. Baku said no.",
        "Einar Thorsen, 66, said no.",
        "Ana Holt left.",
    ],
)
def test_a_person_is_one(text: str) -> None:
    (entity,) = entities(text).all
    assert entity.kind == "person"


def test_the_company_of_an_officer_with_its_name_is_no_person() -> None:
    text = "Harland made a loss. The chief executive, Edith Harland, left. Ms Harland is 50."
    found = entities(text)
    assert [entity.kind for entity in found.all] == ["person", "organization"]
    assert found.at[text.index("Harland is")].name == "Edith Harland"


@pytest.mark.parametrize(
    ("text", "woman"),
    [
        ("Halyna Bondar came.", True),
        ("Taras Bondar came.", False),
        ("Mrs. Baku came.", True),
        ("Zhao Lihua, an actress, came.", True),
        ("His wife, Sasha, came.", True),
        ("Chairman Li Wen came.", False),
    ],
)
def test_gender_is_known_by_name_title_or_noun(text: str, woman: bool) -> None:
    (entity,) = entities(text).all
    assert (entity.gender > 0) is woman
