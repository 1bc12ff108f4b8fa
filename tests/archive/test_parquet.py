from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click.testing
import pytest
from pyarrow import parquet as reader
from support.annotations import DECIDED, IN_DOUBT

from attributor.archive.finding import parquet_export as parquet
from attributor.archive.storing.store import Store
from attributor.cli import cli
from attributor.errors import UsageError
from attributor.pipeline import annotate
from attributor.records import Annotation, Article, Codebook, Speaker, Target

TEXT = "“The bridge,” said Ada Moravec, the engineer, “is safe and good.”\n\n=1+1 she said."


def annotated() -> list[Annotation]:
    published = ("2019-05-03", "2019-05-30T12:00:00Z", "3 May 2019", None, "2020-13-01")
    targets = Codebook(targets=(Target(name="the bridge"),))
    return [
        annotate(
            Article(id=f"a{n}", text=TEXT, published=day, language="en"),
            engine="embedded",
            targets=targets,
        )
        for n, day in enumerate(published)
    ]


def test_every_quote_comes_back_with_its_spans_and_stances(tmp_path: Path) -> None:
    made = annotated()
    parquet.write(made, tmp_path / "quotes")
    rows = reader.read_table(tmp_path / "quotes").to_pylist()
    assert len(rows) == sum(len(each.quotes) for each in made)
    assert {TEXT[s["start"] : s["end"]] == s["text"] for r in rows for s in r["spans"]} == {True}
    said = next(row for row in rows if row["kind"] == "direct")
    assert (said["speaker"], said["cue"], len(said["spans"])) == ("Ada Moravec", "said", 2)
    assert said["stances"][0]["target"] == "the bridge"


def test_whom_the_article_does_not_name_is_null_as_whom_nobody_credits(tmp_path: Path) -> None:
    speakers = (Speaker(id=1, name="", role="a diplomat", kind="anonymous"),)
    (made,) = annotated()[:1]
    quotes = [
        quote.model_copy(update={"speaker": who}) for quote in made.quotes for who in (1, None)
    ]
    made = made.model_copy(update={"speakers": speakers, "quotes": tuple(quotes)})
    parquet.write([made], tmp_path / "quotes")
    rows = reader.read_table(tmp_path / "quotes").to_pylist()
    found = {(row["speaker"], row["role"], row["speaker_kind"]) for row in rows}
    assert found == {(None, "a diplomat", "anonymous"), (None, None, None)}


def test_there_is_a_folder_for_each_month_of_publication(tmp_path: Path) -> None:
    parquet.write(annotated(), tmp_path / "quotes")
    assert sorted(p.name for p in (tmp_path / "quotes").iterdir()) == [
        "month=2019-05",
        "month=unknown",
    ]
    table = reader.read_table(tmp_path / "quotes")
    months = {(r["article_id"], str(r["month"])) for r in table.to_pylist()}
    assert ("a1", "2019-05") in months
    assert ("a2", "2019-05") in months
    assert ("a4", "unknown") in months


def test_a_folder_that_exists_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "quotes").mkdir()
    with pytest.raises(UsageError, match="exists already: write to a new folder"):
        parquet.write(annotated(), tmp_path / "quotes")
    assert list((tmp_path / "quotes").iterdir()) == []


def test_what_breaks_off_leaves_nothing_behind(tmp_path: Path) -> None:
    def broken() -> Iterator[Annotation]:
        yield annotated()[0]
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        parquet.write(broken(), tmp_path / "quotes")
    assert list(tmp_path.iterdir()) == []


def test_more_quotes_than_are_held_at_once_are_all_there(tmp_path: Path) -> None:
    made = annotated()
    parquet.write(made, tmp_path / "quotes", quotes_at_once=2)
    ids = reader.read_table(tmp_path / "quotes").column("article_id").to_pylist()
    assert sorted(ids) == sorted(each.article.id for each in made for _ in each.quotes)


def test_more_months_than_files_may_be_open_are_all_there(tmp_path: Path) -> None:
    made = [*annotated(), *annotated()]
    parquet.write(made, tmp_path / "quotes", quotes_at_once=2, most_open_files=1)
    ids = reader.read_table(tmp_path / "quotes").column("article_id").to_pylist()
    assert sorted(ids) == sorted(each.article.id for each in made for _ in each.quotes)
    files = {file.name for file in (tmp_path / "quotes").glob("*/*")}
    assert {"quotes.parquet", "quotes-2.parquet"} <= files


def test_parquet_needs_a_folder_to_be_written_to() -> None:
    Store.open("a.db").close()
    result = click.testing.CliRunner().invoke(cli, ["export", "a.db", "--format", "parquet"])
    assert result.exit_code == 2
    assert "Parquet is written to a folder: name it with --output." in result.output


def test_a_doubtful_speaker_has_candidates_with_their_probabilities(tmp_path: Path) -> None:
    parquet.write([IN_DOUBT], tmp_path / "quotes")
    sure, doubtful, *_ = reader.read_table(tmp_path / "quotes").to_pylist()
    assert (sure["speaker_confidence"], sure["candidates"]) == (0.98, [])
    assert (doubtful["speaker"], doubtful["speaker_confidence"]) == (None, 0.1)
    assert doubtful["candidates"] == [
        {"name": "Petar Lind", "probability": 0.48},
        {"name": "Ana Kovač", "probability": 0.41},
    ]
    assert doubtful["flags"] == ["speaker in doubt"]


def test_each_row_says_who_decided_the_quote(tmp_path: Path) -> None:
    parquet.write([DECIDED], tmp_path / "quotes")
    decided = reader.read_table(tmp_path / "quotes").column("decided_by").to_pylist()
    assert decided == ["confirmed", "changed", "draft", "changed", "added"]
