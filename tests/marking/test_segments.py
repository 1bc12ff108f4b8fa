"""Segments: what a prompt shows under numbers."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.markings import marking, segments
from support.panics import panic


def test_a_sentence_is_cut_at_its_outer_quotation_marks() -> None:
    text = "“The ferry is late,” Nela Brandt said, “and nobody knows why.” We waited."
    assert segments(text) == [
        "“The ferry is late,”", "Nela Brandt said,", "“and nobody knows why.”", "We waited.",
    ]  # fmt: skip
    assert [s.marked for s in marking(text).segments] == [True, False, True, False]


def test_numbers_count_from_one_in_the_order_of_the_text() -> None:
    found = marking("One came. “Two came,” he said.\n\nThree came. Four came.").segments
    assert [s.number for s in found] == [1, 2, 3, 4, 5]
    assert [s.paragraph for s in found] == [0, 0, 0, 1, 1]
    assert [s.sentence for s in found] == [0, 1, 1, 2, 3]


def test_a_passage_of_two_sentences_is_two_segments() -> None:
    text = "“The ferry is late tonight. Nobody knows the reason,” Nela Brandt said."
    assert segments(text) == [
        "“The ferry is late tonight.", "Nobody knows the reason,”", "Nela Brandt said.",
    ]  # fmt: skip


@pytest.mark.parametrize("space", ["\u00a0", "\u2009", "\u3000", "\u0085", " ", "\t"])
def test_white_space_of_any_kind_parts_sentences(space: str) -> None:
    text = f"Nobody knows plan A{space}. We keep to it in U.S{space}.{space}The ferry is late."
    found = segments(text)
    assert " ".join(found).split() == text.split()
    assert found[-1] == "The ferry is late."


def test_a_text_over_which_the_splitter_breaks_down_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sentencex.get_sentence_boundaries", panic)
    assert segments("One came today. Two came.") == ["One came today. Two came."]


def test_inner_marks_cut_nothing() -> None:
    text = "“She told me ‘never’ on the pier,” he said."
    assert segments(text) == ["“She told me ‘never’ on the pier,”", "he said."]


def test_a_line_without_a_word_is_no_segment() -> None:
    assert segments("* * *\n\nThe ferry came.\n\n---\n") == ["The ferry came."]


@pytest.mark.parametrize("text", ["", " ", "\n\n\t\n", "…", "“”", "* * *"])
def test_a_text_without_a_word_has_no_segments(text: str) -> None:
    assert segments(text) == []


def test_lines_are_paragraphs_where_no_blank_line_parts_them() -> None:
    text = "The ferry was late and nobody on the pier knew the reason\nThe captain was asleep."
    assert len(marking(text).paragraphs) == 2


def test_a_wrapped_line_goes_on_where_blank_lines_part_the_paragraphs() -> None:
    text = (
        "The ferry from the northern islands was late again on Monday\n"
        "evening, and nobody on the pier knew why.\n\nThe captain was asleep.\n"
    )
    found = marking(text)
    assert len(found.paragraphs) == 2
    assert len(found.sentences) == 2


def test_a_headline_does_not_go_on_in_the_line_below_it() -> None:
    text = "Ferry late\nThe ferry was late.\n\nThe captain was asleep."
    assert len(marking(text).paragraphs) == 3


FIRST = (
    "The ferry from the northern islands was late again on Monday evening, and “nobody on the pier "
    "could have known the reason for it,” the port engineer Nela Brandt said. She would look into "
    "it. Her office had been told by two captains that the old boat was not to leave in a storm."
)
SECOND = (
    "The captain, whom many had seen asleep that afternoon, told the council of the town that he "
    "had been awake all night, and that the storm was to blame for what had happened."
)
PARAGRAPHS = [FIRST, SECOND, FIRST]


def filled(text: str, width: int, indent: str = "") -> str:
    return textwrap.fill(text, width, initial_indent=indent, break_on_hyphens=False)


@given(st.integers(55, 95), st.sampled_from(["\n", "\r\n", "\r"]))
def test_a_wrapped_paragraph_without_a_blank_line_is_one(width: int, end: str) -> None:
    assert len(marking(filled(FIRST, width).replace("\n", end)).paragraphs) == 1


@given(st.integers(55, 95), st.sampled_from(["\n", "\r\n", "\r"]), st.sampled_from(["  ", "\t"]))
def test_wrapped_paragraphs_that_only_an_indent_parts_are_told_apart(
    width: int, end: str, indent: str
) -> None:
    text = "\n".join(filled(each, width, indent) for each in PARAGRAPHS).replace("\n", end)
    found = [" ".join(text[a:b].split()) for a, b in marking(text).paragraphs]
    assert found == PARAGRAPHS


@given(st.integers(55, 95), st.sampled_from(["\n", "\r\n", "\r"]))
def test_lines_that_end_as_on_old_macs_are_lines(width: int, end: str) -> None:
    text = "\n\n".join(filled(each, width) for each in PARAGRAPHS)
    by_newline = segments(text)
    assert segments(text.replace("\n", end)) == [each.replace("\n", end) for each in by_newline]


@pytest.mark.parametrize("page", ["\n\f", "\n\n\f", "\r\n\r\n\f", "\n\f\n", "-\n\n\f"])
@pytest.mark.parametrize("blank", ["", "\n\n"])
def test_a_page_break_within_a_sentence_parts_no_paragraph(page: str, blank: str) -> None:
    wrapped = page.join(filled(FIRST, 70).rsplit("\n", 1))
    text = f"The captain was asleep.{blank}{wrapped}" if blank else wrapped
    assert len(marking(text).paragraphs) == (2 if blank else 1)


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(["Ferry late again on Monday, and nobody knew the reason why"] * 4),
        "\n".join(["The ferry from the islands was late on Monday evening."] * 4),
        "\n".join([FIRST, "and a line that begins small", SECOND]),
        "the ferry was late\nand nobody knew\nthe reason why\non the pier",
    ],
    ids=["headlines", "short paragraphs", "long lines", "verse"],
)
def test_lines_that_no_width_has_broken_are_paragraphs(text: str) -> None:
    assert len(marking(text).paragraphs) == text.count("\n") + 1


@pytest.mark.parametrize("newline", ["\r\n", "\n"])
def test_line_ends_of_windows_change_no_segment(newline: str) -> None:
    text = "Ferry late\n\n“We waited,” he said.\n\nThe captain was asleep.\n".replace("\n", newline)
    assert segments(text) == ["Ferry late", "“We waited,”", "he said.", "The captain was asleep."]


def test_controls_and_emoji_move_no_offset() -> None:
    text = "\ufeffSo\x00 \U0001f6a2\U0001f6a2 came. The e\u0301tape is over. \u200fGo home now."
    found = segments(text)
    assert found[1] == "The e\u0301tape is over."
    assert "".join(found).replace(" ", "") == text.replace(" ", "")


def test_abbreviations_end_no_sentence() -> None:
    text = "Dr. Brandt met Gov. Stone at 5 p.m. on the pier. Then they left."
    assert len(marking(text).sentences) == 2


def test_two_sentences_run_together_without_a_space_lose_nothing() -> None:
    text = "The ferry came.The captain slept."
    assert "".join(segments(text)) == text
