"""Pasting into a terminal: nothing is cut, nothing acts, and the terminal is as it was before."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attributor.cli.paste import Typed

CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
terminal_text = st.text(
    st.one_of(st.characters(codec="utf-8"), st.sampled_from("\x1b\x1b[O~200;\r\n\x03\x04\x7f\x08"))
)


def typed(*pieces: str) -> Typed:
    result = Typed()
    for piece in pieces:
        result.feed(piece.encode())
    return result


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"])))
def test_what_holds_no_control_character_arrives_as_it_is(text: str) -> None:
    assert typed(text).text == text


@given(st.lists(st.binary(max_size=40)))
def test_it_does_not_matter_where_the_bytes_are_cut(chunks: list[bytes]) -> None:
    piecewise, at_once = Typed(), Typed()
    echoed = "".join(piecewise.feed(chunk) for chunk in chunks)
    assert echoed == at_once.feed(b"".join(chunks))
    assert (piecewise.text, piecewise.ended) == (at_once.text, at_once.ended)


@given(terminal_text)
def test_neither_text_nor_echo_can_hold_a_control_character(text: str) -> None:
    result = Typed()
    echoed = result.feed(text.encode())
    assert not CONTROLS.search(result.text)
    assert not CONTROLS.search(echoed.replace("\b \b", ""))


@given(terminal_text)
def test_inside_a_paste_no_key_acts(text: str) -> None:
    result = typed("\x1b[200~" + text.replace("\x1b", ""))
    assert not result.ended
    assert result.text == CONTROLS.sub("", re.sub(r"\r\n?", "\n", text.replace("\x1b", "")))


@pytest.mark.parametrize("ends", ["a\rb", "a\nb", "a\r\nb"])
def test_every_line_end_becomes_a_newline(ends: str) -> None:
    assert typed(ends).text == "a\nb"
    assert typed(*ends).text == "a\nb"


def test_paste_markers_and_cursor_keys_are_no_text() -> None:
    pasted = typed("\x1b[20", "0~Rekao je\x1b[201~", "\x1b[D\x1bOA\x1b[1;5C", " da.")
    assert pasted.text == "Rekao je da."


def test_a_lone_escape_takes_no_letter_with_it() -> None:
    assert typed("a\x1bb\x1b\x1bc").text == "abc"


def test_ctrl_d_ends_at_any_place_and_nothing_after_it_counts() -> None:
    result = typed("He said\x04rm -rf", "more")
    assert (result.text, result.ended, result.cancelled) == ("He said", True, False)


def test_ctrl_c_cancels() -> None:
    assert typed("He said\x03").cancelled


@pytest.mark.parametrize(
    ("keys", "left", "echoed"),
    [
        ("Дач\x7f", "Да", "\b \b"),
        ("e\u0301\x08", "", "\b \b"),
        ("日\x7f", "", "\b \b\b \b"),
        ("a\n\x7f", "a\n", ""),
        ("\x7f", "", ""),
        ("\u200b\x7f", "", ""),
    ],
)
def test_backspace_takes_back_what_was_seen_as_one_character(
    keys: str, left: str, echoed: str
) -> None:
    result = Typed()
    result.feed(keys[:-1].encode())
    assert result.feed(keys[-1].encode()) == echoed
    assert result.text == left


def test_characters_that_turn_the_text_are_kept_but_not_echoed() -> None:
    result = Typed()
    assert result.feed("a\u202e\x9b\u2028b e\u0301\n".encode()) == "ab e\u0301\n"
    assert result.text == "a\u202e\x9b\u2028b e\u0301\n"
