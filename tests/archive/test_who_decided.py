"""What a batch tells of who decided: answers that were not believed, and what is asked about."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

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


def test_a_comparison_of_runs_breaks_its_sum_down_by_who_decided(shop: Shop, run: Run) -> None:
    archive(Path("a.jsonl"), range(3))
    run("batch", "--store", "a.db", "--engine", "embedded", "a.jsonl")
    renamed = json.dumps(
        {"quotes": [], "not_speech": [], "names": [{"draft": 1, "name": "Bridge"}]}
    )
    shop.choose = only_about("bridge 0 ", Reply(body=completion(renamed)))
    run(*ask(shop, "a.jsonl"))
    shown = run("batch", "diff", "a.db", "1", "2")
    lines = shown.stdout.splitlines()
    assert "Of the second run, by who decided:" in lines, shown.stderr
    assert (
        "  the model, from the draft: 1 quote, 0 gained; 1 speaker and 0 stances changed." in lines
    )
    (changed,) = map(
        json.loads, run("batch", "diff", "a.db", "1", "2", "--json").stdout.splitlines()
    )
    assert changed["decided_by"] == {
        "changed": {"quotes": 1, "gained": 0, "speakers": 1, "stances": 0}
    }
    back = run("batch", "diff", "a.db", "2", "1").stdout
    assert "by who decided" not in back


def test_a_dry_run_says_what_asking_about_doubts_and_about_all_would_take(
    shop: Shop, run: Run
) -> None:
    archive(Path("a.jsonl"), range(4))
    lines = run(*ask(shop, "--dry-run", "--ask", "doubts", "a.jsonl")).stdout.splitlines()
    assert "--ask doubts (as set): 0 of 4 articles asked, at no cost" in lines
    (all_,) = (line for line in lines if line.startswith("--ask all: "))
    assert all_.startswith("--ask all: 4 of 4 articles asked, 4 to 8 requests, ")
    assert "--ask" not in run(*ask(shop, "--dry-run", "--no-draft", "a.jsonl")).stdout
    assert shop.asked == 0


def test_a_dry_run_counts_no_article_of_which_the_ledger_has_all(shop: Shop, run: Run) -> None:
    archive(Path("a.jsonl"), range(3))
    run(*ask(shop, "--max-articles", "2", "a.jsonl"))
    shown = run(*ask(shop, "--dry-run", "--language", "en", "a.jsonl")).stdout
    assert "--ask all (as set): 1 of 3 articles asked, 1 to 2 requests" in shown


def test_stances_of_a_sure_draft_are_asked_and_counted_all_the_same(shop: Shop, run: Run) -> None:
    archive(Path("a.jsonl"), range(2))
    call = ask(shop, "--ask", "doubts", "--target", "the bridge")
    shown = run(*call, "--dry-run", "a.jsonl").stdout
    assert "--ask doubts (as set): 2 of 2 articles asked, 2 requests" in shown
    run(*call, "a.jsonl")
    assert shop.asked == 2


def test_a_dry_run_says_how_many_paid_answers_new_weights_may_make_stale(
    shop: Shop, run: Run
) -> None:
    archive(Path("a.jsonl"), range(3))
    run(*ask(shop, "a.jsonl"))
    said = "3 paid answers in the store may be stale: other weights made the drafts"
    assert "stale" not in run(*ask(shop, "--dry-run", "--language", "en", "a.jsonl")).stdout
    connection = sqlite3.connect("a.db")
    connection.execute("UPDATE recipes SET weights_sha256 = 'other', digest = 'other'")
    connection.commit()
    connection.close()
    assert said in run(*ask(shop, "--dry-run", "a.jsonl")).stdout
    assert "stale" not in run(*ask(shop, "--dry-run", "--model", "another", "a.jsonl")).stdout
    run(*ask(shop, "a.jsonl"))
    assert "stale" not in run(*ask(shop, "--dry-run", "a.jsonl")).stdout
