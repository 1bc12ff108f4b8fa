"""The real Datasette shows a store as a person wants to read it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support.batches import annotator, archive, run
from support.chat_server import Shop, completion
from support.replies import Reply

pytestmark = pytest.mark.slow


@pytest.fixture
def path(shop: Shop, tmp_path: Path) -> Path:
    refusal = Reply(body=completion("", refusal="I would rather not."))
    shop.choose = lambda shop, number, body: (
        refusal if "bridge 2 " in body["messages"][-1]["content"] else None
    )
    run(tmp_path / "a.db", annotator(shop), archive(tmp_path / "a.jsonl", range(4)))
    return tmp_path / "a.db"


def get(path: Path, page: str) -> Any:
    """What Datasette answers, as its own command line asks it."""
    command = [sys.executable, "-m", "datasette", str(path), "--get", page]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_quotes_are_searched_and_shown_with_the_names_of_speaker_and_article(path: Path) -> None:
    (row,) = get(path, "/a/quotes.json?_search=bridge+3&_labels=on&_shape=objects")["rows"]
    assert row["text"] == "We keep bridge 3 open"
    assert row["speaker_id"]["label"] == "Ana Petric"
    assert row["article_id"]["label"] == "a3"


def test_failures_and_costs_are_views(path: Path) -> None:
    (row,) = get(path, "/a/quarantine.json?_shape=array")
    assert (row["name"], row["kind"], row["answer"]) == ("a2", "refused", "I would rather not.")
    (row,) = get(path, "/a/costs_of_runs.json?_shape=array")
    assert (row["annotated"], row["failed"], row["input_tokens"]) == (3, 1, 20_000)
