"""What a batch tells of who decided: answers that were not believed, and what is asked about."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click.testing
import pytest
from support.batches import archive
from support.chat_server import Shop, completion, only_about
from support.replies import Reply
from support.stores import rows

from attributor.cli import cli

Run = Callable[..., click.testing.Result]
_QUOTE = {"cue": "said", "mention": "Ana Petric", "own": True}
_STRANGERS = [
    {"at": 2, "name": "Nobody Known", **_QUOTE},
    {"at": 2, "name": "Else Where", **_QUOTE},
]
UNBELIEVABLE = Reply(body=completion(json.dumps({"quotes": _STRANGERS, "not_speech": []})))
"""An answer whose names are not in the article."""


@pytest.fixture
def run() -> Run:
    def call(*args: str) -> click.testing.Result:
        return click.testing.CliRunner().invoke(cli, list(args), prog_name="attributor")

    return call


def ask(shop: Shop, *more: str) -> tuple[str, ...]:
    return ("batch", "--store", "a.db", "--engine", "openai", "--base-url", shop.url, *more)


def test_answers_that_were_not_believed_are_counted_at_the_end_and_in_the_status(
    shop: Shop, run: Run
) -> None:
    archive(Path("a.jsonl"), range(3))
    shop.choose = lambda shop, number, body: (
        None if "bridge 0 " in str(body["messages"][-1]) else UNBELIEVABLE
    )
    said = "In 2 articles the model's answer was not believed, and the draft stands."
    assert said in run(*ask(shop, "a.jsonl")).stderr
    assert said in run("batch", "status", "a.db").stdout.splitlines()
    decided = rows(Path("a.db"), "SELECT DISTINCT article_id, decided_by FROM quotes ORDER BY 1")
    assert [by for _, by in decided][1:] == ["draft", "draft"]


def test_where_every_answer_was_believed_nothing_is_said_of_it(shop: Shop, run: Run) -> None:
    archive(Path("a.jsonl"), range(1))
    assert "believed" not in run(*ask(shop, "a.jsonl")).stderr
    assert "believed" not in run("batch", "status", "a.db").stdout


def test_one_call_says_in_how_many_of_its_articles_the_answer_was_not_believed(
    shop: Shop, run: Run
) -> None:
    archive(Path("a.jsonl"), range(2))
    shop.choose = only_about("bridge 1 ", UNBELIEVABLE)
    call = ("annotate", "--engine", "openai", "--base-url", shop.url, "a.jsonl")
    said = "In 1 article the model's answer was not believed, and the draft stands."
    assert said in run(*call).stderr.splitlines()
