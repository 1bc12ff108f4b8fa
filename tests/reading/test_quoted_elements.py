"""The quotation marks that `<q>` and `<blockquote>` stand for."""

from __future__ import annotations

import pytest

from attributor.reading.cell_markup import article_from_markup
from attributor.reading.html_text import article_from_html

LONG = "The council met on Tuesday and talked about the harbour for three hours."


def paragraphs(markup: str, language: str = "en") -> list[str]:
    """What a page with this markup behind a first paragraph reads like."""
    body = f"<body><article><p>{LONG}</p>{markup}<p>{LONG}</p></article></body>"
    text = article_from_html(f"<html lang='{language}'>{body}</html>", id="x").text
    return text.split("\n\n")[1:-1]


CASES: list[tuple[str, list[str]]] = [
    ("<p>He calls it <q>a bad day</q>.</p>", ["He calls it “a bad day”."]),
    ("<p>He calls it <q>a <em>bad</em></q>.</p>", ["He calls it “a bad”."]),
    ("<p>She: <q>he said <q>no</q> twice</q>.</p>", ["She: “he said ‘no’ twice”."]),
    ("<p>He calls it <q>“a bad day”</q>.</p>", ["He calls it “a bad day”."]),
    ("<blockquote><p>We wait.</p></blockquote>", ["“We wait.”"]),
    ("<blockquote>We wait.</blockquote>", ["“We wait.”"]),
    (
        "<blockquote><p>We wait.</p><p>We do not <b>eat</b>.</p></blockquote>",
        ["“We wait.", "“We do not eat.”"],
    ),
    ("<blockquote><p>“We wait.”</p></blockquote>", ["“We wait.”"]),
    ("<blockquote><p>We <q>wait</q>.</p></blockquote>", ["“We ‘wait’.”"]),
    (
        "<blockquote>We wait. <cite>Ana Holt</cite></blockquote>",
        ["“We wait.” — Ana Holt"],
    ),
    (
        "<blockquote><p>We wait.</p><footer>Ana Holt, cook</footer></blockquote>",
        ["“We wait.”", "— Ana Holt, cook"],
    ),
    (
        "<blockquote><p>We wait.</p>— Ana Holt (@holt) <a href='/'>May 3</a></blockquote>",
        ["“We wait.”", "— Ana Holt (@holt) May 3"],
    ),
]


@pytest.mark.parametrize(("markup", "expected"), CASES, ids=[markup for markup, _ in CASES])
def test_quoted_elements_read_with_their_marks(markup: str, expected: list[str]) -> None:
    assert paragraphs(markup) == expected


@pytest.mark.parametrize(
    ("language", "expected"), [("de-AT", "„Nein“"), ("sr", "„Nein”"), ("en", "“Nein”")]
)
def test_the_marks_are_those_of_the_pages_language(language: str, expected: str) -> None:
    assert paragraphs("<p><q>Nein</q>, sagte er.</p>", language) == [f"{expected}, sagte er."]


def test_a_piece_of_html_in_a_cell_reads_the_same() -> None:
    piece = "<p>He calls it <q>a day</q>.</p><blockquote><p>We wait.</p></blockquote>"
    text = article_from_markup(piece, id="x").text
    assert text == "He calls it “a day”.\n\n“We wait.”"


@pytest.mark.parametrize("markup", ["<blockquote></blockquote>", "<p><q></q></p>"])
def test_an_empty_element_leaves_no_words(markup: str) -> None:
    assert not any(c.isalnum() for c in "".join(paragraphs(markup)))
