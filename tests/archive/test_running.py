"""An archive annotated from Python: how far it is, how it is stopped, and what it comes to."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest
from support.batches import archive
from support.chat_server import Shop
from support.stores import rows

import attributor
from attributor.errors import UsageError


def test_an_archive_is_annotated_from_python_as_by_the_command(tmp_path: Path) -> None:
    source = archive(tmp_path / "a.jsonl", range(3))
    outcome = attributor.annotate_archive(source, tmp_path / "a.db", engine="embedded")
    assert (outcome.state, outcome.exit_code, outcome.annotated) == ("finished", 0, 3)
    assert rows(tmp_path / "a.db", "SELECT COUNT(*) FROM annotations") == [(3,)]


def test_what_the_store_has_is_not_asked_again(shop: Shop, tmp_path: Path) -> None:
    source = archive(tmp_path / "a.jsonl", range(3))
    first, second = (
        attributor.annotate_archive(
            [source], tmp_path / "a.db", engine="openai", base_url=shop.url, model="m"
        )
        for _ in range(2)
    )
    assert (first.annotated, second.annotated, second.progress.known) == (3, 0, 3)
    assert shop.sold.total() == 3


def test_the_caller_sees_how_far_it_is_and_can_end_it_in_order(shop: Shop, tmp_path: Path) -> None:
    source, enough = archive(tmp_path / "a.jsonl", range(60)), threading.Event()
    shop.choose = lambda shop, number, body: enough.set() if number == 5 else None
    seen: list[int] = []
    outcome = attributor.annotate_archive(
        source,
        tmp_path / "a.db",
        progress=lambda tally: seen.append(tally.annotated),
        stop=enough.is_set,
        engine="openai",
        base_url=shop.url,
        model="m",
        concurrency=1,
        requests_per_minute=600,
    )
    assert (outcome.state, outcome.exit_code) == ("interrupted", 130)
    assert 0 < outcome.annotated < 60
    assert seen
    assert shop.sold.total() == outcome.annotated


def test_articles_are_chosen_and_settings_given_by_name(tmp_path: Path) -> None:
    source = archive(tmp_path / "a.jsonl", range(9))
    outcome = attributor.annotate_archive(
        source, tmp_path / "a.db", engine="embedded", sample=2, seed=7, concurrency=1
    )
    assert outcome.annotated == 2


def test_it_runs_inside_a_running_loop(tmp_path: Path) -> None:
    source = archive(tmp_path / "a.jsonl", range(2))

    async def notebook() -> int:
        return attributor.annotate_archive(source, tmp_path / "a.db", engine="embedded").annotated

    assert asyncio.run(notebook()) == 2


def test_what_stands_for_nothing_is_refused_before_a_store_is_made(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="'smaple'"):
        attributor.annotate_archive(
            archive(tmp_path / "a.jsonl", range(1)), tmp_path / "a.db", smaple=2
        )
    assert not (tmp_path / "a.db").exists()
