"""Names are read whole and clean: with particles and initials, without offices and titles."""

from __future__ import annotations

import pytest
from support.speakers import entities


def read(text: str, language: str = "en") -> list[str]:
    """The name of each entity in the order in which they are registered."""
    return [entity.name for entity in entities(text, language).all]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Later Karl von Hoffmann sat down.", "Karl von Hoffmann"),
        ("Later Ludovic de la Tour sat down.", "Ludovic de la Tour"),
        ("Later Layla bint Rashid sat down.", "Layla bint Rashid"),
        ("Later Huda al-Masri sat down.", "Huda al-Masri"),
        ("Later Colette d’Orval sat down.", "Colette d’Orval"),
        ("Later Pieter-Jan ten Brink sat down.", "Pieter-Jan ten Brink"),
        ("Later Maeve O’Rourke-Quinn sat down.", "Maeve O’Rourke-Quinn"),
        ("Later J. K. Subramanian sat down.", "J. K. Subramanian"),
        ("M.S. Raghavan sat down.", "M.S. Raghavan"),
        ("Later Juan Carlos Mendoza Ruiz sat down.", "Juan Carlos Mendoza Ruiz"),
        ("Later Margaret “Peggy” Doyle sat down.", "Margaret “Peggy” Doyle"),
        ("Later Elizabeth (Betty) Shaw sat down.", "Elizabeth (Betty) Shaw"),
        ("Later John Harker Jr. sat down.", "John Harker"),
        ("Later Theresa May sat down.", "Theresa May"),
        ("They saw Ana Holt’s boat.", "Ana Holt"),
    ],
)
def test_a_name_is_whole(text: str, name: str) -> None:
    assert read(text) == [name]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Later Mr. Tunde Bakare sat down.", "Tunde Bakare"),
        ("Later Dr. A. P. Raman sat down.", "A. P. Raman"),
        ("Later Rapper Jules Adeyemi sat down.", "Jules Adeyemi"),
        ("Later Sheikh Omar Nadim sat down.", "Omar Nadim"),
        ("Later Home Minister Smt. Kavita Rao sat down.", "Kavita Rao"),
        ("Later Secretary of State Ana Holt sat down.", "Ana Holt"),
        ("Later Speaker of the House John Quill sat down.", "John Quill"),
        ("Later Major-Gen Gopal Singh sat down.", "Gopal Singh"),
        ("Later New Jersey Gov. Chris Hale sat down.", "Chris Hale"),
        ("Later MK Ana Holt sat down.", "Ana Holt"),
        ("Later Mr. King sat down.", "King"),
        ("Later Speaker of the House Tolu Adebanwi sat down.", "Tolu Adebanwi"),
        ("Lord Mayor of York Ana Holt sat down.", "Ana Holt"),
        ("Minister of State for Fisheries Ana Holt sat down.", "Ana Holt"),
        ("Later Deputy Governor (Finance) Ana Holt sat down.", "Ana Holt"),
        ("Later the Department of Rural Roads Ana Ní Bhriain sat down.", "Ana Ní Bhriain"),
        ("Later Leader of the Opposition Dr K. Raman sat down.", "K. Raman"),
        ("Later Professor Emeritus Ana Holt sat down.", "Ana Holt"),
        ("Later Ana Holt MEP sat down.", "Ana Holt"),
        ("Later Taoiseach Ana Holt sat down.", "Ana Holt"),
        ("Later Junior Roads Minister Ana Holt TD sat down.", "Ana Holt"),
        ("Later Bugler Ana “Nan” Holt sat down.", "Ana “Nan” Holt"),
        ("Old Ana Holt sat down.", "Ana Holt"),
    ],
)
def test_a_name_is_without_its_offices_and_titles(text: str, name: str) -> None:
    assert read(text) == [name]


@pytest.mark.parametrize(
    "text",
    [
        "Later the Permanent Secretary sat down.",
        "Officers have left. Eyewitnesses stayed.",
        "Later the Mexicans sat down, and the Teachers left.",
        "However it rained on Monday in March.",
        "Later House Republicans sat down.",
    ],
)
def test_an_office_a_people_or_a_common_word_is_no_name(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Later the Ministry of Water closed.", "Ministry of Water"),
        ("The Lake Anglers’ Union closed.", "Lake Anglers’ Union"),
        ("The Department of Health and Human Services closed.",
         "Department of Health and Human Services"),
        ("The Evening Courier closed.", "Evening Courier"),
        ("Citizens for Clean Water closed.", "Citizens for Clean Water"),
    ],
)  # fmt: skip
def test_a_bodys_name_is_whole(text: str, name: str) -> None:
    assert read(text) == [name]


def test_a_headline_in_capitals_makes_no_names_of_its_own() -> None:
    text = "Quill Calls Bridge Unsafe, Wants Money Back\n\nMara Quill came. She left."
    assert read(text) == ["Mara Quill"]


def test_an_epithet_is_cut_off_where_the_name_stands_alone_elsewhere() -> None:
    assert read("Then Crooked Ana Holt spoke. It was Ana Holt who won.") == ["Ana Holt"]


# --- one behind many forms ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("full", "form"),
    [
        ("Willem van der Loo", "Van der Loo"),
        ("Nadia al-Masri", "Masri"),
        ("Ana Belén Quiroga Lozano", "Quiroga"),
        ("M.S. Venkata Raghavan", "Venkata Raghavan"),
        ("Kenneth (Kenny) Lowe", "Kenny"),
        ("William Harker", "Bill Harker"),
        ("Rushdiyah Nagel", "Rushiyah Nagel"),
    ],
)
def test_later_forms_are_the_same_person(full: str, form: str) -> None:
    found = entities(f"Later {full} came. It was late. Then came {form} again.")
    assert len({id(entity) for entity in found.at.values()}) == 1


def test_a_woman_in_serbian_is_known_by_the_form_of_her_surname() -> None:
    text = "Direktorka Jovana Ilić je došla. Juče je Ilićeva otišla. Videli su Jovanu Ilić."
    found = entities(text, "sr-Latn")
    assert [entity.name for entity in found.all] == ["Jovana Ilić"]
    assert found.all[0].gender > 0


def test_an_acronym_is_the_body_with_and_without_brackets() -> None:
    text = "The World Herring Commission (WHC) met. Then the WHC left. The NATO came."
    found = entities(text)
    herring = found.all[0]
    assert herring.name == "World Herring Commission"
    assert len(herring.places) == 3


def test_a_title_keeps_two_of_one_surname_apart() -> None:
    text = "John Abbot and Mary Abbot came. Mr Abbot spoke. Mrs Abbot left."
    found = entities(text)
    places = {text.index("Abbot spoke"): "John Abbot", text.index("Abbot left"): "Mary Abbot"}
    assert {start: found.at[start].name for start in places} == places


def test_a_bare_surname_is_not_the_relatives() -> None:
    text = "Mayor Pedro Salas came. His daughter, Elena Salas, came too. Salas spoke."
    found = entities(text)
    assert found.at[text.index("Salas spoke")].name == "Pedro Salas"
    assert text.index("Salas spoke") not in found.rivals
