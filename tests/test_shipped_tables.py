"""Tables that come with attributor are parsed once, and never older than their file."""

from __future__ import annotations

import os
import sys
import tomllib
from pathlib import Path

import pytest
from support.parsed_toml import parsed_toml

from attributor.shipped_tables import shipped_table

WORDS = 'words = ["rake", "spade"]\n\n[more]\nshare = 0.5\n'


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was parsed as TOML."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    return parsed_toml(monkeypatch)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "words.toml"
    path.write_text(WORDS, encoding="utf-8")
    return path


def test_a_table_is_parsed_once(file: Path, parsed: list[str]) -> None:
    assert shipped_table(file) == shipped_table(file) == tomllib.loads(WORDS)
    assert len(parsed) == 2  # one of them is this test's


def test_an_edited_table_is_parsed_anew_even_if_size_and_time_are_the_same(
    file: Path, parsed: list[str]
) -> None:
    shipped_table(file)
    before = file.stat()
    file.write_text(WORDS.replace("rake", "hoes"), encoding="utf-8")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert shipped_table(file)["words"] == ["hoes", "spade"]


def test_a_head_is_kept_beside_the_whole(file: Path, parsed: list[str]) -> None:
    for _ in range(2):
        assert shipped_table(file, before="\n[more]") == {"words": ["rake", "spade"]}
        assert shipped_table(file)["more"] == {"share": 0.5}
    assert len(parsed) == 2


@pytest.mark.parametrize("rest", [b"", b"\x00", b"["])
def test_what_was_kept_and_is_damaged_is_parsed_anew(
    file: Path, parsed: list[str], rest: bytes
) -> None:
    shipped_table(file)
    (kept,) = (file.parent / "__pycache__").iterdir()
    kept.write_bytes(kept.read_bytes()[:8] + rest)
    assert shipped_table(file)["words"] == ["rake", "spade"]
    assert len(parsed) == 2


def test_nothing_is_written_where_python_writes_no_bytecode(
    file: Path, parsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert shipped_table(file)["words"] == ["rake", "spade"]
    assert [path.name for path in file.parent.iterdir()] == ["words.toml"]


def test_a_folder_that_takes_no_files_costs_only_the_time(file: Path, parsed: list[str]) -> None:
    (file.parent / "__pycache__").write_text("in the way")
    assert shipped_table(file) == shipped_table(file)
    assert len(parsed) == 2
