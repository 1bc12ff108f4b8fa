"""Memory holds an article at a time, however many an archive has."""

from __future__ import annotations

import gzip
import io
import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from support.archives import LEAD, crawl, lines, table, tarred, told, zipped

from attributor.errors import ReadingError
from attributor.reading.archives import entries
from attributor.reading.streams import MAX_BLANK_LINES, filled

TEXT = LEAD * 50


def _parquet(count: int) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table({"text": [TEXT] * count}), out, row_group_size=500)
    return out.getvalue()


def _crawl(count: int) -> bytes:
    return crawl(*[(f"https://x.eu/{n}", "text/plain", TEXT.encode()) for n in range(count)])


FORMS: dict[str, Callable[[int], bytes]] = {
    "a.jsonl": lambda count: lines({"text": TEXT}) * count,
    "a.jsonl.gz": lambda count: gzip.compress(lines({"text": TEXT}) * count, 1),
    "a.csv": lambda count: table([["text"], *([TEXT] for _ in range(count))]),
    "a.json": lambda count: json.dumps({"items": [{"text": TEXT}] * count}).encode(),
    "a.parquet": _parquet,
    "a.warc.gz": _crawl,
    "a.tar": lambda count: tarred({f"{n}.txt": TEXT for n in range(count)}),
    "a.zip": lambda count: zipped({f"{n}.txt": TEXT for n in range(count)}),
}
# JSON is first read as far as one article may go, to see whether it is one; a ZIP has a directory.
ALLOWED = {"a.json": 2 * 20_000_000, "a.zip": 1000 * 4000}


@pytest.fixture
def traced() -> Callable[[Path], int]:
    def peak(path: Path) -> int:
        """The most memory that was in use while all was read, in bytes."""
        tracemalloc.start()
        try:
            for entry in entries([str(path)]):
                assert not isinstance(entry.article, ReadingError)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    return peak


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=() if name == "a.jsonl" else pytest.mark.slow) for name in FORMS],
)
def test_ten_times_the_articles_take_no_more_memory(
    tmp_path: Path, name: str, traced: Callable[[Path], int]
) -> None:
    path = tmp_path / name
    path.write_bytes(FORMS[name](10))
    traced(path)  # what is imported and cached once is no matter here
    path.write_bytes(FORMS[name](400))
    few = traced(path)
    path.write_bytes(FORMS[name](4000))  # 13 MB of text
    many = min(traced(path) for _ in range(2))  # as below: a table of Python's may grow in one
    assert many - few < ALLOWED.get(name, 2_500_000)


@pytest.mark.slow
def test_a_folder_takes_no_more_memory_than_the_names_in_it(
    tmp_path: Path, traced: Callable[[Path], int]
) -> None:
    for number in range(1000):
        (tmp_path / f"{number}.txt").write_text(TEXT)
    # At most once the table in which Python keeps all names grows meanwhile, by megabytes.
    assert sorted(traced(tmp_path) for _ in range(3))[1] < 2_500_000  # of 3 MB of text


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.json", "a.txt", "a.warc", "a", "a.html"])
def test_one_endless_line_takes_no_more_memory_than_a_few_articles(
    tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    with path.open("wb") as file:
        file.write(b'{"text": "' if name in ("a.json", "a.jsonl") else b"text")
        file.truncate(300_000_000)  # a hole of NULs, which takes no disk
    tracemalloc.start()
    try:
        found = list(entries([str(path)]))
        assert tracemalloc.get_traced_memory()[1] < 150_000_000
    finally:
        tracemalloc.stop()
    assert [type(entry.article) for entry in found] == [ReadingError]


BLANK = {
    "a.jsonl.gz": (lines({"text": LEAD, "id": "a"}), b"\n", b"{}"),
    "b.csv.gz": (f"id,text\na,{LEAD}\n".encode(), b"\n", b"b,c\n"),
    "c.tsv.gz": (f"id\ttext\na\t{LEAD}\n".encode(), b"\t\n", b"b\tc\n"),
}


@pytest.mark.parametrize("name", BLANK)
def test_blank_lines_without_end_end_a_file_in_a_sentence(tmp_path: Path, name: str) -> None:
    first, blank, never_read = BLANK[name]
    (tmp_path / name).write_bytes(
        gzip.compress(first + blank * (MAX_BLANK_LINES + 99) + never_read, 1)
    )
    id, said = told(tmp_path / name)
    assert id == "a"
    assert f"'{name}' holds more than 1,000,000 blank lines and is not read on" in said


@pytest.mark.parametrize("name", ["a.jsonl", "b.csv", "c", "d.txt"])
def test_a_file_of_blank_lines_alone_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"\n" * (MAX_BLANK_LINES + 99))
    (said,) = told(tmp_path / name)
    assert said.startswith(f"'{name}' holds ")


def test_some_blank_lines_for_each_other_line_are_no_matter() -> None:
    given = [*([""] * 9), "x"] * (MAX_BLANK_LINES // 5)
    assert sum(1 for _ in filled(given, lambda line: not line, "x")) == MAX_BLANK_LINES // 5
    first = next(filled(["", "", "x"], lambda line: not line, "x"))
    assert first == (3, "x")
