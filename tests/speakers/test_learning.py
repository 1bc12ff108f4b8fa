"""The weights are learned from annotated articles, alike each time, and hold no text."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

import pytest

pytest.importorskip("scipy")

from attributor.speakers import model, training
from attributor.speakers.training import Example


def said(text: str, mention: str, content: str, name: str | None) -> dict[str, Any]:
    """A gold article with one quote."""

    def edges(words: str) -> list[list[int]]:
        start = text.index(words)
        return [[start, start + len(words)]]

    speaker = {"mention": edges(mention), "name": name, "name_source": "read", "kind": "person"}
    return {"id": text, "text": text, "quotes": [{"content": edges(content), "speaker": speaker}]}


GOLD = [
    said("Mrs. Nela Brandt met Mr. Jan Lund. “It is safe,” she said.", "she", "It is safe",
         "Nela Brandt"),
    said("Mrs. Nela Brandt met Mr. Jan Lund. “It is safe,” he said.", "he", "It is safe",
         "Jan Lund"),
    said("It rained all day. “It is safe,” she said.", "she", "It is safe", None),
]  # fmt: skip


def test_a_quotes_speaker_is_an_example_of_its_mention() -> None:
    first, second, third = training.of_quotes(GOLD, training.weight_of)
    assert {first.decision, second.decision, third.decision} == {"pronoun"}
    assert sum(first.right) == sum(second.right) == 1
    assert first.right[-1] is False
    assert third.right == (True,)


def test_the_same_examples_give_the_same_weights() -> None:
    examples = list(training.of_quotes(GOLD, training.weight_of))
    assert training.fitted(examples, 1.0) == training.fitted(examples, 1.0)


def test_what_was_right_becomes_likelier() -> None:
    examples = [
        Example("d", (("near",), ("far",), ("nobody",)), (True, False, False),
                (True, True, False), group, priors=(0.0, 0.0, 0.0))
        for group in range(10)
    ]  # fmt: skip
    weights = training.fitted(examples, 0.1)
    assert weights["near"] > weights["far"]
    chance, right = training.best_name(weights, examples[0])
    assert right
    assert chance > 0.9
    slope, _ = training.calibrated(examples, 0.1)
    assert slope > 0


def test_chains_of_coreference_teach_pronouns() -> None:
    text = "Nela Brandt opened the door. Then she left."
    she = text.index("she")
    line = {"id": "a", "text": text, "chains": [[[0, 11, "person"], [she, she + 3, "person"]]]}
    (example,) = training.of_chains([line], 0)
    assert example.decision == "pronoun"
    assert example.right == (True, False)


def test_the_weights_that_ship_are_words_for_features_and_no_words_of_articles() -> None:
    file = resources.files("attributor.speakers") / "data" / "weights.json"
    data = json.loads(file.read_text(encoding="utf-8"))
    assert set(data["weights"]) == {"kind", "name", "pronoun", "description"}
    assert all(0 < least < 1 for least in data["least"].values())
    assert len(file.read_bytes()) < 100_000


def test_other_weights_decide_only_meanwhile() -> None:
    shipped = model.current()
    with model.using(model.Model({"kind": {"any": 1.0}})):
        assert model.current().score("kind", ["any", "unknown"]) == 1.0
    assert model.current() is shipped
