"""Near-copies are marked as such, and nothing else is."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest
from support.stores import rows

from attributor.archive.recipe import Recipe
from attributor.archive.storing.admission import admit
from attributor.archive.storing.store import Store
from attributor.records import Article

WORDS = [f"{a}{b}" for a in ("bridge", "wall", "river", "mayor", "vote") for b in range(60)]


def report(seed: int, length: int = 300) -> str:
    return " ".join(random.Random(seed).choices(WORDS, k=length))


def stored(path: Path, *texts: str) -> dict[str, str | None]:
    """Admit the texts in a store; gives which article each is near to."""
    with Store.open(path) as store, store.transaction():
        recipe = Recipe("embedded").noted(store)
        run = {"name": "r", "recipe_id": recipe, "sources": "[]", "state": "running"}
        run |= {"started": "2026-01-01", "version": "0", "host": "h", "pid": 1}
        row = store.insert("runs", run)
        before = store.value("SELECT COUNT(*) FROM articles")
        for number, text in enumerate(texts, start=before):
            article = Article(id=f"t{number}", text=text)
            admit(store, article, "a.jsonl", row, recipe)
    sql = "SELECT a.name, b.name FROM articles a LEFT JOIN articles b ON b.id = a.near_id"
    return dict(rows(path, sql))


def test_a_report_with_another_head_and_a_cut_is_a_near_copy_and_another_report_is_not(
    tmp_path: Path,
) -> None:
    first, other = report(1), report(2)
    headed = "From our own correspondent in the north. " + first
    cut = " ".join(first.split()[:285])
    assert stored(tmp_path / "a.db", first, other, headed, cut) == {
        "t0": None,
        "t1": None,
        "t2": "t0",
        "t3": "t0",
    }
    (near,) = rows(tmp_path / "a.db", "SELECT near FROM articles WHERE name = 't3'")
    assert 0.8 <= near[0] < 1
    copies = rows(tmp_path / "a.db", "SELECT article, nearly FROM near_copies ORDER BY article")
    assert copies == [("t2", "t0"), ("t3", "t0")]


def test_near_copies_are_found_among_what_an_earlier_run_read(tmp_path: Path) -> None:
    stored(tmp_path / "a.db", report(1))
    assert stored(tmp_path / "a.db", report(1) + " And more.") == {"t0": None, "t1": "t0"}


def test_short_texts_are_not_compared(tmp_path: Path) -> None:
    short = "The mayor said nothing today."
    assert set(stored(tmp_path / "a.db", short, short + " At all.").values()) == {None}


@pytest.mark.parametrize("text", ["word " * 500, "“” " * 100, "x" * 5_000])
def test_odd_texts_are_no_reason_to_stop(tmp_path: Path, text: str) -> None:
    assert len(stored(tmp_path / "a.db", text, text + "end")) == 2


def test_bands_are_the_same_in_every_process(tmp_path: Path) -> None:
    code = (
        "from attributor.archive.storing.nearness import _bands, _signature;"
        f"print(_bands(_signature({report(3)!r}.split()).digest()))"
    )
    outputs = {
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout
        for _ in range(2)
    }
    assert len(outputs) == 1
    assert outputs != {""}


def test_an_article_is_marked_when_it_comes_and_left_alone_after_that(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    stored(path, report(1), report(1) + " And more.")
    again = stored(path, report(1), report(1) + " And more.")
    assert again == {"t0": None, "t1": "t0"}
    assert rows(path, "SELECT COUNT(*) FROM bands") == [(16,)]
