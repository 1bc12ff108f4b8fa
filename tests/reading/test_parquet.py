"""Parquet: by row groups and columns, broken ones too."""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from support.archives import LEAD, articles, guesses, told

from attributor.reading.archives import Columns


@pytest.fixture
def one(tmp_path: Path) -> Path:
    return tmp_path / "p.parquet"


def saved(path: Path, columns: dict[str, Any], **options: Any) -> Path:
    pq.write_table(pa.table(columns), path, **options)
    return path


def test_each_row_is_an_article(one: Path) -> None:
    texts = [f"{LEAD}\r\n\0“{n}”" for n in range(50)]
    days = [date(2024, 5, 1)] * 50
    saved(one, {"id": range(50), "title": ["T"] * 50, "day": days, "body": texts}, row_group_size=7)
    read = articles(one, columns=Columns(date="day"))
    assert [article.text for article in read] == texts
    assert [article.id for article in read] == [str(n) for n in range(50)]
    assert {(article.title, article.published) for article in read} == {("T", "2024-05-01")}


def test_what_was_guessed_is_said(one: Path) -> None:
    saved(one, {"xyz": [LEAD], "Headline": ["T"]})
    assert guesses(one) == [
        "'p.parquet' is taken to have its text in 'xyz' and title in 'Headline'."
    ]


@pytest.mark.parametrize(
    "type_", [pa.string(), pa.large_string(), pa.binary(), pa.dictionary(pa.int32(), pa.string())]
)
def test_texts_of_every_type_are_read(one: Path, type_: Any) -> None:
    saved(one, {"text": pa.array([f"{LEAD}č"] * 3).cast(type_)})
    assert [article.text for article in articles(one)] == [f"{LEAD}č"] * 3


def test_times_are_written_as_iso(one: Path) -> None:
    times = pa.array([datetime(2024, 5, 1, 8, 30)], pa.timestamp("us"))
    odd = pa.array([1], pa.timestamp("ns"))
    saved(one, {"text": [LEAD], "date": times})
    assert articles(one)[0].published == "2024-05-01T08:30:00"
    saved(one, {"text": [LEAD], "date": odd})
    assert (articles(one)[0].published or "").startswith("1970-01-01")


def test_lists_and_structures_are_no_columns_of_articles(one: Path) -> None:
    saved(one, {"text": [["a", "b"]], "body": [LEAD], "title": [{"a": 1}]})
    (article,) = articles(one)
    assert (article.text, article.title) == (LEAD, None)


def test_rows_without_a_text_are_errors(one: Path) -> None:
    saved(one, {"text": [LEAD, None, "", LEAD]})
    first, null, empty, last = told(one)
    assert (first, last) == ("p.parquet:1", "p.parquet:4")
    assert null == "'p.parquet:2' has no text in 'text': fill it in."
    assert empty == "'p.parquet:3' has no text in 'text': fill it in."


def test_bytes_that_are_no_utf8_cost_their_row_alone(one: Path) -> None:
    saved(one, {"text": pa.array([b"good " * 9, b"\xff", b"good"], pa.binary())})
    first, bad, last = told(one)
    assert "Row 'p.parquet:2' is not UTF-8" in bad
    assert (first, last) == ("p.parquet:1", "p.parquet:3")


def test_a_broken_row_group_costs_its_own_rows(one: Path) -> None:
    texts = [f"{n} {LEAD}" for n in range(40)]
    saved(one, {"text": texts}, row_group_size=10, compression="gzip", use_dictionary=False)
    column = pq.ParquetFile(one).metadata.row_group(1).column(0)
    data = bytearray(one.read_bytes())
    middle = column.data_page_offset + column.total_compressed_size // 2
    data[middle : middle + 20] = b"\xff" * 20
    one.write_bytes(data)
    said = told(one)
    broken = [message for message in said if not message.startswith("p.parquet")]
    assert len(broken) == 1
    assert "and the rows up to 20 cannot be read" in broken[0]
    assert said[-1] == "p.parquet:40"
    assert len(said) >= 31


@pytest.mark.parametrize("keep", [0, 3, 100, -8, -1])
def test_a_file_that_is_no_whole_parquet_is_told(one: Path, keep: int) -> None:
    data = saved(one, {"text": [LEAD] * 100}).read_bytes()
    one.write_bytes(data[:keep])
    (said,) = told(one)
    assert said.startswith("'p.parquet' is no whole Parquet file (")


def test_a_bomb_is_told_and_not_unpacked(one: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("attributor.reading.parquet_tables.FREE_BYTES", 1_000_000)
    saved(one, {"text": ["a" * 1_000_000] * 3}, compression="zstd", use_dictionary=False)
    (said,) = told(one)
    assert "unpack to more than 200 times their size" in said


def test_one_text_given_to_very_many_rows_is_a_bomb_too(
    one: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("attributor.reading.decompress.FREE_BYTES", 1_000_000)
    saved(one, {"text": [LEAD * 100] * 3000})
    *some, bomb = told(one)
    assert 100 < len(some) < 300
    assert "'p.parquet' unpacks to more than 200 times its size" in bomb


def test_a_table_without_rows_or_texts_is_told(one: Path) -> None:
    assert "has no rows" in told(saved(one, {"text": pa.array([], pa.string())}))[0]
    assert "has no column that holds articles" in told(saved(one, {"n": [1, 2]}))[0]
    assert "has no column 'body'" in told(one, columns=Columns(text="body"))[0]


def test_without_pyarrow_it_is_said_what_to_install(
    one: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved(one, {"text": [LEAD]})
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    (said,) = told(one)
    assert said == (
        "'p.parquet' is Parquet, for which pyarrow is needed: "
        "install attributor with its extra 'archive'."
    )
