"""Whose name signs a quote, a letter or a post, and which lines are no signatures."""

from __future__ import annotations

import pytest
from support.markings import marking

QUOTE = "“The soup was cold and grey.”"


def signed(text: str, language: str = "en") -> list[tuple[str, str]]:
    """What is signed (paragraphs parted by " | "), and the name."""
    return [
        (" | ".join(text[p.start : p.end] for p in turn.passages), text[slice(*turn.label)])
        for turn in marking(text, language).turns
    ]


@pytest.mark.parametrize(
    ("behind", "name"),
    [
        (" — Agnes Poll, Wendle", "Agnes Poll"),
        (" – Agnes Poll", "Agnes Poll"),
        (" -- Sir Agnes van der Poll, cook", "Sir Agnes van der Poll"),
        (" -Colonel Agnes Poll", "Colonel Agnes Poll"),
        (" (Agnes Poll, Wendle)", "Agnes Poll"),
        ("\n\n— Agnes Poll, 43, via email", "Agnes Poll"),
        ("\n\nAgnes Poll, a retired cook", "Agnes Poll"),
        ("\n\n**Agnes Poll**", "Agnes Poll"),
        (" — Agnes Poll (@agnes) May 3, 2024", "Agnes Poll"),
    ],
)
def test_a_marked_paragraph_has_the_name_behind_it_for_its_speaker(behind: str, name: str) -> None:
    assert signed(f"{QUOTE}{behind}\n\nThe cook is ill.") == [("The soup was cold and grey.", name)]


@pytest.mark.parametrize(
    "behind",
    [
        " — and so he left",
        " – Poll has no doubt about it.",
        "\n\nThe cook is ill.",
        "\n\nHarbour Road",
        "\n\nAgnes Poll, a cook, laughed.",
    ],
)
def test_what_tells_of_somebody_is_no_signature(behind: str) -> None:
    assert signed(f"{QUOTE}{behind}") == []


@pytest.mark.parametrize("before", ["Agnes Poll, a cook: ", "• Agnes Poll (43): ", "Agnes Poll: "])
def test_a_name_with_a_colon_before_a_marked_paragraph_signs_it_too(before: str) -> None:
    assert signed(f"It rained.\n\n{before}{QUOTE}") == [
        ("The soup was cold and grey.", "Agnes Poll")
    ]


@pytest.mark.parametrize(
    "before", ["Agnes Poll said: ", "Poll: ", "The verdict of Agnes Poll is: "]
)
def test_other_words_before_a_colon_sign_nothing(before: str) -> None:
    assert signed(f"It rained.\n\n{before}{QUOTE}") == []


def test_the_agency_at_an_articles_end_signs_no_quote() -> None:
    assert signed(f"It rained.\n\n{QUOTE}\n\n— AFP") == []


def test_a_pull_quote_without_marks_is_signed_by_the_dash_below_it() -> None:
    text = "The court sat.\n\nA tweet is no bomb.\n\n— Thabo Molefe\n\nIt rose at noon."
    assert signed(text) == [("A tweet is no bomb.", "Thabo Molefe")]


@pytest.mark.parametrize(
    "text",
    [
        "The bridge is closed.\n\n— Ana Holt, Gazette",
        "They won a prize.\n\n— Ana Holt, Ashby\n\n— Oskar Lund, Wendle\n\nThe end.",
    ],
    ids=["the article's own writer", "a list"],
)
def test_other_dashes_sign_nothing(text: str) -> None:
    assert signed(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "He answered.\n\nAna Holt @anaholt 3 May\n\nThe bridge is open.\n\nThousands came.",
        "He answered.\n\nAna Holt (@anaholt@bridge.example)\n\nThe bridge is open.\n\nNobody came.",
        "He answered.\n\nThe bridge is open. — Ana Holt (@anaholt) May 3, 2024\n\nThousands came.",
        "He answered.\n\nAna Holt\n\n@anaholt\n\nThe bridge is open.\n\nThousands came.",
        "He answered.\n\nThe bridge is open.\n\n— Ana Holt (@anaholt) 3 May 2024, 9:14 pm",
    ],
)
def test_a_posts_text_is_said_by_the_name_at_its_handle(text: str) -> None:
    assert signed(text) == [("The bridge is open.", "Ana Holt")]


@pytest.mark.parametrize(
    "text", ["Follow Ana Holt on Twitter: @anaholt.", "Write to us: a.holt@bridge.example."]
)
def test_a_handle_in_a_sentence_is_no_post(text: str) -> None:
    assert signed(text) == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Dear Editor,\n\nIt is June.\n\nI am dry.\n\nYours sincerely,\n\nAnn Poll\n\nAshby"),
        ("de", "Sehr geehrte Redaktion,\n\nes ist Juni.\n\nIch warte.\n\nMit Grüßen\n\nAnn Poll"),
        ("sr-Latn", "Poštovani,\n\njun je.\n\nČekam.\n\nSrdačno\n\nAna Poll"),
    ],
)
def test_a_letter_is_said_by_the_name_under_its_farewell(language: str, text: str) -> None:
    paragraphs = text.split("\n\n")
    assert signed(text, language) == [(" | ".join(paragraphs[1:3]), paragraphs[4])]


@pytest.mark.parametrize("opening", ["Sir – ", "Dear Sir,\n\n"])
def test_a_letter_may_end_in_its_signature_without_a_farewell(opening: str) -> None:
    text = f"Letters\n\n{opening}It is June.\n\nI am dry.\n\nAnn Poll, Ashby\n\nNext page."
    assert signed(text) == [("It is June. | I am dry.", "Ann Poll")]


def test_a_letter_without_a_signature_is_nobodys() -> None:
    assert signed("Dear Editor,\n\nIt is June.\n\nI am dry.") == []
