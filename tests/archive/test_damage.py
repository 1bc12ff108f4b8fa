"""A store that is damaged: what is whole is still had, the rest is named, and nothing crashes."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click.testing
import pytest
from pyarrow import parquet

from attributor.archive.storing.checking import OnDamage, kept
from attributor.archive.storing.store import Store
from attributor.cli import cli
from attributor.errors import StoreError
from attributor.records import Annotation

TEXT = "“The wall {n} must stay,” said Ana Petric. Mayor Ada Quill said that gate {n} leaks."
TEXTS = {f"a{n}": TEXT.format(n=n) for n in range(4)}
STORES, FLIPS = 20, (1, 1, 2, 50)
"""So many damaged stores of each kind, and so many bytes that are others in one."""
EXPORT = ("export", "x.db", "--format", "jsonl")
SEARCH = ("search", "x.db", "wall", "--format", "jsonl")
DIFF = ("batch", "diff", "x.db", "1", "2", "--json")
READERS = (
    EXPORT,
    SEARCH,
    DIFF,
    ("search", "x.db", "--speaker", "Petric", "--source", "a.jsonl", "--target", "the wall"),
    ("batch", "status", "x.db"),
    ("batch", "failures", "x.db"),
    ("batch", "failures", "x.db", "--json"),
)


def call(*args: str) -> click.testing.Result:
    return click.testing.CliRunner().invoke(cli, list(args), prog_name="attributor")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A store with four articles, each annotated in two ways, and a line that is none."""
    folder = tmp_path_factory.mktemp("whole")
    lines = [json.dumps({"id": name, "text": text}) for name, text in TEXTS.items()]
    (folder / "a.jsonl").write_text("\n".join([*lines, "{}"]), encoding="utf-8")
    run = ("batch", "--store", str(folder / "a.db"), "--engine", "embedded")
    for more in ((), ("--target", "the wall")):
        assert call(*run, *more, str(folder / "a.jsonl")).exit_code == 6
    return (folder / "a.db").read_bytes()


@pytest.fixture
def store(whole: bytes, home: Path) -> Path:
    path = home / "x.db"
    path.write_bytes(whole)
    return path


def damage(path: Path, sql: str) -> None:
    """Change the store as nobody but a bad disk would: behind the back of keys and triggers."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute(sql)
    connection.commit()
    connection.close()


A1 = "article_id = (SELECT id FROM articles WHERE name = 'a1')"
DAMAGES = {
    "a letter of the text": "UPDATE articles SET text = replace(text, 'stay', 'sway') "
    "WHERE name = 'a1'",
    "a letter outside the quotes": "UPDATE articles SET text = replace(text, 'Mayor', 'Nayor') "
    "WHERE name = 'a1'",
    "no UTF-8": "UPDATE articles SET text = CAST(x'ff41' AS TEXT) WHERE name = 'a1'",
    "no text": "UPDATE articles SET text = x'00' WHERE name = 'a1'",
    "a number": "UPDATE articles SET text = 7 WHERE name = 'a1'",
    "the hash": f"UPDATE annotations SET json = replace(json, 'sha256\":\"', 'sha256\":\"0') "
    f"WHERE {A1}",
    "a quote's words": f"UPDATE annotations SET json = replace(json, 'wall', 'well') WHERE {A1}",
    "a cue": f"UPDATE annotations SET json = replace(json, '\"said\"', '\"paid\"') WHERE {A1}",
    "an offset": f"UPDATE annotations SET json = replace(json, '\"start\":1,', '\"start\":2,') "
    f"WHERE {A1}",
    "an offset from the end": "UPDATE annotations SET json = "
    f"replace(json, '\"start\":1,', '\"start\":-1,') WHERE {A1}",
    "a field": f"UPDATE annotations SET json = replace(json, 'speakers', 'speekers') WHERE {A1}",
    "a value": f"UPDATE annotations SET json = replace(json, '\"direct\"', '7') WHERE {A1}",
    "JSON": f"UPDATE annotations SET json = substr(json, 1, 50) WHERE {A1}",
    "another JSON": f"UPDATE annotations SET json = '[1]' WHERE {A1}",
    "deep JSON": f"UPDATE annotations SET json = '{'[' * 9_999}' WHERE {A1}",
    "JSON that is no text": f"UPDATE annotations SET json = x'ff' WHERE {A1}",
}


def ids(lines: str) -> list[str]:
    """The articles that the lines of JSON are about."""
    about = [json.loads(line)["article"] for line in lines.splitlines()]
    return sorted({each if isinstance(each, str) else each["id"] for each in about})


@pytest.mark.parametrize("command", [EXPORT, SEARCH, DIFF], ids=["export", "search", "diff"])
@pytest.mark.parametrize("what", DAMAGES)
def test_a_damaged_article_is_named_and_left_out_and_the_others_come(
    store: Path, what: str, command: tuple[str, ...]
) -> None:
    damage(store, DAMAGES[what])
    result = call(*command)
    assert result.exit_code == 5, result.output
    assert ids(result.stdout) == ["a0", "a2", "a3"]
    (told,) = result.stderr.splitlines()
    assert told.startswith("Error: The article 'a1' in the store 'x.db' is damaged (")
    assert "restore the store from a copy" in told


@pytest.mark.parametrize("suffix", ["jsonl", "csv", "parquet"])
def test_no_format_is_written_with_what_is_damaged(store: Path, suffix: str) -> None:
    damage(store, DAMAGES["a letter of the text"])
    result = call("export", "x.db", "-o", f"out.{suffix}")
    assert result.exit_code == 5
    assert f"Written to 'out.{suffix}', without what is damaged." in result.stderr
    out = Path(f"out.{suffix}")
    if suffix == "parquet":
        names = set(parquet.read_table(out).column("article_id").to_pylist())
        assert names == {"a0", "a2", "a3"}
    else:
        written = out.read_text(encoding="utf-8")
        assert "wall 2 must stay" in written
        assert "wall 1" not in written


def test_what_is_searched_and_is_not_the_annotation_is_not_shown(store: Path) -> None:
    damage(store, f"UPDATE quotes SET text = 'I lied about the wall', number = 99 WHERE {A1}")
    result = call(*SEARCH)
    assert result.exit_code == 5
    assert ids(result.stdout) == ["a0", "a2", "a3"]
    assert "lied" not in result.output


def test_a_name_that_is_another_in_the_tables_is_shown_as_the_annotation_has_it(
    store: Path,
) -> None:
    damage(store, "UPDATE speakers SET name = 'Bo Lund'")
    found = [json.loads(line)["speaker"] for line in call(*SEARCH).stdout.splitlines()]
    assert found == ["Ana Petric"] * len(TEXTS)


def test_an_export_that_breaks_off_leaves_the_older_file(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaking(opened: Store, on_damage: OnDamage) -> Iterator[Annotation]:
        yield kept(opened, 1, 1)
        raise StoreError("The disk failed.")

    monkeypatch.setattr("attributor.archive.storing.checking.current_annotations", breaking)
    Path("out.csv").write_text("older")
    for name in ("out.csv", "new.csv", "new.jsonl", "new.parquet"):
        result = call("export", "x.db", "-o", name)
        assert (result.exit_code, "Written" in result.stderr) == (5, False)
    assert Path("out.csv").read_text() == "older"
    assert not [path for path in Path().iterdir() if "new" in path.name]


def test_an_annotation_that_is_damaged_is_not_taken_out_again_by_a_run(store: Path) -> None:
    lines = [json.dumps({"id": name, "text": text}) for name, text in TEXTS.items()]
    Path("a.jsonl").write_text("\n".join(lines), encoding="utf-8")
    damage(store, DAMAGES["JSON"])
    result = call("batch", "--store", "x.db", "--engine", "embedded", "a.jsonl")
    assert result.exit_code == 5
    assert "'a1' in the store 'x.db' is damaged" in result.stderr


# --- any damage at all --------------------------------------------------------------------------


def flipped(data: bytes, seed: int) -> bytes:
    """The file with some bytes that are others; every second time among its first pages."""
    chance = random.Random(seed)
    damaged = bytearray(data)
    for _ in range(chance.choice(FLIPS)):
        place = chance.randrange(len(damaged) if seed % 2 else 8_192)
        damaged[place] ^= 1 << chance.randrange(8)
    return bytes(damaged)


def cut(data: bytes, seed: int) -> bytes:
    """The file cut off, or with a stretch of it blank, as a disk leaves it."""
    chance = random.Random(seed)
    start = chance.randrange(100, len(data))
    if seed % 2:
        return data[:start]
    return data[:start] + bytes(chance.choice((100, 4_096))) + data[start + 4_096 :]


def verbatim(lines: Iterator[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        article: Any = json.loads(line)
        for quote in article["quotes"]:
            for span in quote["spans"]:
                text = article["article"]["text"]
                assert text in TEXTS.values()
                yield span["text"], text[span["start"] : span["end"]]


@pytest.mark.parametrize("harm", [flipped, cut])
@pytest.mark.parametrize("seed", range(STORES))
def test_no_byte_that_is_another_crashes_a_reader_or_is_shown_as_somebodys_words(
    whole: bytes, home: Path, harm: Callable[[bytes, int], bytes], seed: int
) -> None:
    (home / "x.db").write_bytes(harm(whole, seed))
    for command in READERS:
        result = call(*command)
        assert result.exit_code in (0, 1, 2, 5), (command, result.output)
        assert "should not have happened" not in result.stderr
        assert isinstance(result.exception, SystemExit | None)
        if command is EXPORT:
            assert all(said == there for said, there in verbatim(iter(result.stdout.splitlines())))
        if command is SEARCH:
            for line in result.stdout.splitlines():
                assert any(json.loads(line)["quote"] in text for text in TEXTS.values())
