"""A hostile archive through the real program: each bad thing is one failure, the rest goes on."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from support.hostile_archive import Hostile, made
from support.programs import Forker
from support.stores import check_integrity, rows

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="it has pipes and links in it"),
]

LINE, BOMB = 30_000_000, 120_000_000
"""Bytes. What is longer than 20 MB is no article; what unpacks to less than 100 MB is no bomb."""


@pytest.fixture
def hostile(tmp_path: Path) -> Hostile:
    folder = tmp_path / "archive"
    folder.mkdir()
    return made(folder, line=LINE, bomb=BOMB)


def failed(store: Path, hostile: Hostile) -> list[tuple[str, str]]:
    """The places that are in quarantine, as `hostile` calls them, and why."""
    found = rows(store, "SELECT kind, name, reason FROM failures ORDER BY name")
    assert {kind for kind, _, _ in found} == {"unreadable"}
    return [(name.removeprefix(f"{hostile.folder}/"), reason) for _, name, reason in found]


def test_each_hostile_thing_is_one_failure_with_its_reason_and_the_rest_goes_through(
    hostile: Hostile, forker: Forker, tmp_path: Path
) -> None:
    store = tmp_path / "a.db"
    before = set(tmp_path.rglob("*"))
    call = ("batch", "--store", str(store), "--engine", "embedded", "--concurrency", "1")
    first = forker.begin(*call, str(hostile.folder))
    assert first.wait() == 6, first.said
    found = failed(store, hostile)
    assert sorted(place for place, _ in found) == sorted(hostile.failures)
    for place, reason in found:
        assert hostile.failures[place] in reason
    quotes = rows(store, "SELECT text FROM quotes WHERE text LIKE '%café%'")
    words = [re.sub(r"We will keep (.*) café", r"\1", text) for (text,) in quotes]
    assert sorted(words) == sorted(hostile.good)
    assert f"{len(hostile.good)} articles annotated" in first.said
    assert f"{len(found)} in quarantine, for example: " in first.said
    written = {path.name for path in set(tmp_path.rglob("*")) - before}
    assert {name for name in written if not name.startswith(store.name)} == {first.output.name}
    check_integrity(store)

    again = forker.begin(*call, str(hostile.folder))
    assert again.wait() == 6, again.said
    assert failed(store, hostile) == found
    assert again.said.count("0 articles annotated") == 1
    assert f"{len(hostile.good)} needed nothing" in again.said
