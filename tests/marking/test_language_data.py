"""The language packs as data: what a slip of the pen would break without a word."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator
from importlib import resources
from typing import Any

import pytest

FOLDER = resources.files("attributor.marking") / "languages"
PACKS = {
    file.name: tomllib.loads(file.read_text(encoding="utf-8"))
    for file in FOLDER.iterdir()
    if file.name.endswith(".toml")
}


def lists_in(value: Any, path: str = "") -> Iterator[tuple[str, list[str]]]:
    if isinstance(value, list):
        yield path, value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from lists_in(inner, f"{path}.{key}")


@pytest.mark.parametrize("pack", PACKS)
def test_words_are_in_lower_case_and_stand_in_a_list_once(pack: str) -> None:
    for path, words in lists_in(PACKS[pack]):
        assert not [w for w in words if w != w.lower().strip()], path
        assert not [w for w, count in Counter(words).items() if count > 1], path


@pytest.mark.parametrize("pack", PACKS)
def test_a_verb_form_has_one_lemma(pack: str) -> None:
    cues = PACKS[pack]["cues"]
    lemmas = [*cues["clausal"].items(), *cues["direct"].items()]
    forms = Counter(form for lemma, forms in lemmas for form in {lemma, *forms})
    assert not [form for form, count in forms.items() if count > 1]


@pytest.mark.parametrize("pack", PACKS)
def test_a_word_has_one_kind_of_pronoun_and_one_gender_as_a_title_or_given_name(pack: str) -> None:
    people, names = PACKS[pack]["people"], PACKS[pack]["names"]
    for table in (people["pronouns"], people["titles"], names["given"]):
        words = Counter(word for kind in table.values() for word in kind)
        assert not [word for word, count in words.items() if count > 1]
