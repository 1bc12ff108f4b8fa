from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.dialogues import dialogue, only

from attributor.messages import Message
from attributor.prompting import token_counts as tokens

ARTICLES = Path(__file__).parents[2] / "fixtures" / "articles"


@pytest.fixture(autouse=True)
def _no_memory() -> Iterator[None]:
    tokens._tiktoken_within.cache_clear()
    yield
    tokens._tiktoken_within.cache_clear()


class Words:
    """Stands in for an encoding: a token is a word."""

    def encode(self, text: str, disallowed_special: object) -> list[str]:
        return text.split()


def install(monkeypatch: pytest.MonkeyPatch, **functions: object) -> None:
    monkeypatch.setitem(sys.modules, "tiktoken", SimpleNamespace(**functions))


def test_tiktoken_counts_where_its_vocabulary_is_at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, encoding_for_model=lambda model: Words())
    assert tokens.count("one two three", "gpt-x") == 3


def test_a_model_that_tiktoken_does_not_know_gets_the_newest_encoding(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    def unknown(model: str) -> Words:
        raise KeyError(model)

    def named(name: str) -> Words:
        asked.append(name)
        return Words()

    install(monkeypatch, encoding_for_model=unknown, get_encoding=named)
    assert tokens.count("one two", "qwen") == 2
    assert asked == ["o200k_base"]


def test_without_the_vocabulary_the_estimate_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    def offline(model: str) -> Words:
        raise OSError("no network")

    install(monkeypatch, encoding_for_model=offline)
    assert tokens.count("The bridge is safe.", "m") == tokens.estimated("The bridge is safe.") == 5


def test_a_download_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    never = threading.Event()
    install(monkeypatch, encoding_for_model=lambda model: never.wait(30) and Words())
    monkeypatch.setattr(tokens, "VOCABULARY_SECONDS", 0.05)
    before = time.monotonic()
    assert tokens.count("The bridge is safe.", "m") == 5
    assert tokens.count("The bridge is safe.", "m") == 5
    assert time.monotonic() - before < 5
    never.set()


# Counted with o200k_base.
COUNTED = {"milivojevic": 317, "serbian-latin": 441, "serbian-cyrillic": 341}


@pytest.mark.parametrize(("name", "counted"), COUNTED.items())
def test_the_estimate_is_as_near_as_its_docstring_says(name: str, counted: int) -> None:
    text = (ARTICLES / f"{name}.txt").read_text(encoding="utf-8")
    assert 0.95 * counted <= tokens.estimated(text) <= 1.5 * counted


def test_no_tokenizer_makes_fewer_tokens_than_the_least() -> None:
    request = only(dialogue())
    assert 0 < tokens.least(request) < tokens.of_request(request, "m")


@given(st.lists(st.text(st.sampled_from("aéЖ9_ .-\n")), min_size=1, max_size=3))
def test_the_least_is_never_more_than_what_it_is_at_most(texts: list[str]) -> None:
    messages = tuple(Message("user", text) for text in texts)
    request = replace(only(dialogue()), messages=messages)
    assert tokens.least(request) <= tokens.at_most(request)


def test_signs_and_endless_words_do_not_count_into_the_least() -> None:
    plain, noisy = only(dialogue("Ann said yes.")), only(dialogue("Ann said yes. " + "-" * 9_999))
    assert tokens.least(noisy) - tokens.least(plain) < 5
