from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from support.annotations import BRIDGE, any_annotations, plain, rendered, texts

from attributor.records import Annotation
from attributor.views.escaping import visible
from attributor.views.json import line


def test_json_is_the_annotation_and_nothing_else() -> None:
    found = json.loads(rendered("json", BRIDGE))
    assert found["article"].pop("sha256") == BRIDGE.article.sha256
    assert found["format"] == "attributor.annotation/1"
    assert Annotation.model_validate(found) == BRIDGE


def test_letters_stand_as_they_are() -> None:
    assert "Ana Kovač" in rendered("jsonl", BRIDGE)
    assert "Ђорђе 👩" in rendered("json", plain("Ђорђе 👩"))


@settings(max_examples=50, deadline=None, derandomize=True)
@given(annotation=any_annotations())
def test_every_word_survives_in_one_line_of_jsonl(annotation: Annotation) -> None:
    line, *rest = rendered("jsonl", annotation).splitlines()
    found = json.loads(line)
    text = found["article"]["text"]
    assert not rest
    assert text == annotation.article.text
    for quote, expected in zip(found["quotes"], annotation.quotes, strict=True):
        for span, given_span in zip(quote["spans"], expected.spans, strict=True):
            assert span["text"] == text[span["start"] : span["end"]] == given_span.text


@settings(max_examples=100, deadline=None, derandomize=True)
@given(text=texts)
def test_json_shows_nothing_that_acts_or_hides_and_says_the_same(text: str) -> None:
    written = line({text: [text]}, indent=2)
    assert visible(written) == written
    assert json.loads(written) == json.loads(json.dumps({text: [text]}))


@pytest.mark.parametrize(
    ("character", "escape"),
    [
        ("\x1b", r"\u001b"),
        ("\x7f", r"\u007f"),
        ("\x9b", r"\u009b"),
        ("\u202e", r"\u202e"),
        ("\u2066", r"\u2066"),
        ("\u061c", r"\u061c"),
        ("\U000e0041", r"\udb40\udc41"),
        ("ž", "ž"),
        ("Ђ", "Ђ"),
        ("👩\u200d🚒", "👩\u200d🚒"),
    ],
)
def test_json_escapes_what_acts_and_leaves_letters_readable(character: str, escape: str) -> None:
    assert line(f"a{character}b") == f'"a{escape}b"'
