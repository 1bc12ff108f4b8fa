from __future__ import annotations

import json

from hypothesis import given, settings

from attributor.records import Annotation

from .view_samples import BRIDGE, any_annotations, plain, rendered


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
