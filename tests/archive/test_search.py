"""Quotes are found by their words, by who said them, about what, when and where."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click.testing
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.annotations import DECIDED, IN_DOUBT

from attributor.archive.finding.search_query import (
    COLUMNS,
    Query,
    SearchLimits,
    search,
    statement,
)
from attributor.archive.recipe import Recipe
from attributor.archive.storing.admission import admit
from attributor.archive.storing.annotation_rows import rows_of
from attributor.archive.storing.saving import save
from attributor.archive.storing.store import Store
from attributor.cli import cli
from attributor.cli.search import _write_csv
from attributor.errors import UsageError
from attributor.pipeline import annotate
from attributor.records import Annotation, Article, Quote, Stance

FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
ARTICLES = [
    ("one", "2019-03-01", "“The flood wall must stay,” Ana Petric said.", "favor"),
    ("two", "2019-05-31", "“The wall is a flood of money,” mayor Jon Doric said.", "against"),
    ("three", "2021-01-01", "“Žuti zid” is not for sale, Ana Petric said.", "unclear"),
    ("four", None, "“=SUM(A1) is what I want,” Eva 100%_Real Lund said.", "neutral"),
]


def stanced(quote: Quote, label: Any) -> Quote:
    targets = ("the wall", "the flood")
    stances = tuple(Stance(target=target, label=label) for target in targets)
    return quote.model_copy(update={"stances": stances})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store with four articles, annotated by the embedded engine."""
    path = tmp_path / "a.db"
    with Store.open(path) as store, store.transaction():
        recipe = Recipe("embedded").noted(store)
        run = {"name": "r", "recipe_id": recipe, "sources": "[]", "state": "finished"}
        run |= {"started": "2026-01-01", "version": "0", "host": "h", "pid": 1}
        row = store.insert("runs", run)
        for name, published, text, label in ARTICLES:
            article = Article(id=name, text=text, published=published, title=f"On {name}")
            found = annotate(article, engine="embedded")
            quotes = tuple(stanced(quote, label) for quote in found.quotes)
            admitted = admit(store, article, f"{name}.txt", row, recipe)
            rows = rows_of(found.model_copy(update={"quotes": quotes}))
            save(store, admitted.row, recipe, row, rows)
    return path


@pytest.fixture
def run() -> Callable[..., click.testing.Result]:
    def call(*args: str) -> click.testing.Result:
        return click.testing.CliRunner().invoke(cli, list(args), prog_name="attributor")

    return call


def found(path: Path, words: str = "", **given: Any) -> list[str]:
    with Store.read(path) as store:
        return sorted(row["article"] for row in search(store, Query(words, **given)))


@pytest.mark.parametrize(
    ("words", "articles"),
    [
        ("flood wall", ["one", "two"]),
        ('"flood wall"', ["one"]),
        ("FLOOD", ["one", "two"]),
        ("floo*", ["one", "two"]),
        ("floo", []),
        ("zuti", ["three"]),
        ("wall OR", []),
        ("wall NOT money", []),
        ("NEAR(flood wall)", []),
        ("text:flood", []),
        ("flood'; DROP TABLE quotes; --", []),
        ('wall "', ["one", "two"]),
        ('"', None),
        ("* (", None),
    ],
)
def test_words_are_words_and_never_operators(
    path: Path, words: str, articles: list[str] | None
) -> None:
    if articles is None:
        with pytest.raises(UsageError, match="no word"):
            found(path, words)
    else:
        assert found(path, words) == articles


@pytest.mark.parametrize(
    ("given", "articles"),
    [
        ({"speaker": "petric"}, ["one", "three"]),
        ({"speaker": "pet*"}, ["one", "three"]),
        ({"speaker": "Ana Doric"}, []),
        ({"source": "_ne.txt"}, []),
        ({"target": "The Wall"}, ["four", "one", "three", "two"]),
        ({"target": "the harbour"}, []),
        ({"stance": "against"}, ["two"]),
        ({"stance": "favor", "words": "flood"}, ["one"]),
        ({"target": "the wall", "words": "flood"}, ["one", "two"]),
        ({"target": "the wall", "stance": "favor"}, ["one"]),
        ({"since": "2019-05"}, ["three", "two"]),
        ({"since": "2019", "until": "2019"}, ["one", "two"]),
        ({"until": "2019-03-01"}, ["one"]),
        ({"source": "t"}, ["four", "one", "three", "two"]),
        ({"source": "two.txt"}, ["two"]),
        ({"until": "1999"}, []),
        ({"words": "flood", "speaker": "Doric"}, ["two"]),
        ({"words": "flood", "speaker": "Lund"}, []),
        ({"words": "wall", "since": "2019-05"}, ["two"]),
        ({"words": "wall", "until": "2019-04"}, ["one"]),
        ({"words": "wall", "kind": "indirect", "since": "2019"}, []),
        ({"words": "wall", "kind": "direct", "since": "2019"}, ["one", "two"]),
        ({"words": "flood", "source": "two.txt"}, ["two"]),
        ({"words": "flood", "source": "elsewhere"}, []),
        ({"words": "flood*", "target": "the flood", "stance": "against"}, ["two"]),
        ({"words": '"flood wall"', "stance": "against"}, []),
        ({"words": "flood", "stance": "favor", "speaker": "Doric"}, []),
        ({"limit": 1}, ["one"]),
    ],
)
@pytest.mark.parametrize(
    "limits",
    [SearchLimits(), SearchLimits(-1, 4_000, -1), SearchLimits(-1, -1, -1)],
    ids=["few", "many", "more"],
)
def test_everything_that_is_given_must_hold_however_many_quotes_it_leaves(
    path: Path,
    given: dict[str, Any],
    articles: list[str],
    limits: SearchLimits,
) -> None:
    query = Query(**given)
    with Store.read(path) as store:
        assert sorted(row["article"] for row in search(store, query, limits=limits)) == articles
        plan = "\n".join(_plan(store, query, limits))
    if query.words:
        assert "VIRTUAL TABLE INDEX" in plan
        assert not re.search(r"SCAN (?!f\b|json_each|\w+ VIRTUAL)", plan)


def _plan(store: Store, query: Query, limits: SearchLimits) -> list[str]:
    sql, values = statement(store, query, limits)
    return [row["detail"] for row in store.execute(f"EXPLAIN QUERY PLAN {sql}", values)]


def test_of_the_quotes_that_have_the_words_the_shortest_comes_first(path: Path) -> None:
    with Store.read(path) as store:
        texts = [row["quote"] for row in search(store, Query("flood"))]
        interleaved = zip(
            search(store, Query("flood", speaker="Petric")),
            search(store, Query("wall", speaker="Doric")),
            strict=True,
        )
        pairs = [(one["article"], other["article"]) for one, other in interleaved]
    assert texts == ["The flood wall must stay", "The wall is a flood of money"]
    assert pairs == [("one", "two")]


def test_what_is_found_is_shown(path: Path, run: Callable[..., click.testing.Result]) -> None:
    shown = run("search", str(path), "flood", "money")
    assert shown.exit_code == 0
    assert "Jon Doric" in shown.stdout
    assert "The wall is a flood of money" in shown.stdout
    assert "the wall: against; the flood: against · On two, 2019-05-31" in shown.stdout
    lines = run("search", str(path), "flood", "--format", "jsonl").stdout.splitlines()
    assert {json.loads(line)["article"] for line in lines} == {"one", "two"}


def test_nothing_found_is_exit_code_1(path: Path, run: Callable[..., click.testing.Result]) -> None:
    shown = run("search", str(path), "zeppelin")
    assert (shown.exit_code, shown.stdout, shown.stderr) == (1, "", "No quote is found.\n")


@pytest.mark.parametrize("date", ["yesterday", "31.5.2019", "2019-5", "19", "2019-02-30"])
def test_what_is_no_date_is_refused(
    path: Path, run: Callable[..., click.testing.Result], date: str
) -> None:
    for option in ("--since", "--until"):
        shown = run("search", str(path), "flood", option, date)
        assert shown.exit_code == 2
        assert f"'{date}' is no date like 2019, 2019-05 or 2019-05-31" in shown.stderr


@pytest.mark.parametrize("command", [("search", "want"), ("export", "--format", "csv")])
def test_no_cell_is_a_formula(
    path: Path, run: Callable[..., click.testing.Result], command: tuple[str, ...]
) -> None:
    shown = run(command[0], str(path), *command[1:], *(["--format", "csv"] * (len(command) < 3)))
    cells = [cell for row in csv.reader(io.StringIO(shown.stdout)) for cell in row]
    assert any(cell.startswith("'=SUM(A1)") for cell in cells)
    assert not [cell for cell in cells if cell.startswith(FORMULAS)]


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    cells=st.lists(st.text(st.sampled_from("=+-@\t\r\n' ,\"a1=＝＋－＠"), max_size=4), max_size=12)
)
def test_no_cell_of_what_is_found_is_a_formula_whatever_a_store_holds(cells: list[str]) -> None:
    row = dict.fromkeys(COLUMNS, "") | dict(zip(COLUMNS, cells, strict=False))
    out = io.StringIO(newline="")
    _write_csv([row], out)
    _, written = csv.reader(io.StringIO(out.getvalue(), newline=""))
    assert not [cell for cell in written if cell.startswith(FORMULAS)]
    for cell, original in zip(written, row.values(), strict=True):
        shown = re.sub("\r(?!\n)", r"\\x0d", original)
        assert shown in (cell, cell.removeprefix("'"))


def test_what_is_exported_is_what_was_annotated(
    path: Path, run: Callable[..., click.testing.Result]
) -> None:
    lines = run("export", str(path)).stdout.splitlines()
    assert [json.loads(line)["article"]["text"] for line in lines] == [a[2] for a in ARTICLES]
    run("export", str(path), "-o", "out.csv")
    with Path("out.csv").open(newline="", encoding="utf-8-sig") as written:
        assert len(list(csv.reader(written))) >= 5


@pytest.mark.parametrize("command", ["search", "export"])
def test_a_store_is_not_written_over(
    path: Path, run: Callable[..., click.testing.Result], command: str
) -> None:
    result = run(command, str(path), "--format", "jsonl", "-o", str(path))
    assert result.exit_code == 2
    assert "is a database, as stores are: name another file" in result.stderr
    assert run("batch", "status", str(path)).exit_code == 0


@pytest.mark.parametrize(
    "given",
    [("--target", "\udcff"), ("--source", "\udcff"), ("--limit", "1000000000")],
)
def test_odd_queries_find_nothing_or_all(
    path: Path, run: Callable[..., click.testing.Result], given: tuple[str, ...]
) -> None:
    assert run("search", str(path), *given).exit_code == (0 if "--limit" in given else 1)


def test_numbers_that_are_too_large_are_refused(
    path: Path, run: Callable[..., click.testing.Result]
) -> None:
    assert run("search", str(path), "--limit", str(2**63)).exit_code == 2
    assert run("batch", "diff", str(path), str(10**30), "1").exit_code == 2


def test_a_store_that_is_none_is_told(run: Callable[..., click.testing.Result]) -> None:
    none = (["search", "no.db", "x"], ["export", "no.db"], ["batch", "status", "no.db"])
    for command in (*none, ["batch", "abandon", "no.db"]):
        result = run(*command)
        assert result.exit_code == 5
        assert "There is no store 'no.db'" in result.stderr


def test_a_month_or_a_year_that_lies_partly_in_between_is_found(
    tmp_path: Path, run: Callable[..., click.testing.Result]
) -> None:
    rows = [
        f"{day};“The wall must stay in {day},” Ana Petric said.;{day}"
        for day in ("2020", "2020-05", "2020-05-09", "2020-06")
    ]
    (tmp_path / "a.csv").write_text("\n".join(["id;text;date", *rows]), encoding="utf-8")
    store = tmp_path / "b.db"
    assert run("batch", "--store", str(store), "--engine", "embedded", "a.csv").exit_code == 0
    for words in ("", "wall"):
        may = found(store, words, since="2020-05-01", until="2020-05-31")
        assert may == ["2020", "2020-05", "2020-05-09"]
        assert found(store, words, since="2020-05", until="2020-05") == may
        assert found(store, words, since="2020-06-02") == ["2020", "2020-06"]
        assert found(store, words, until="2020-01-01") == ["2020"]
        assert found(store, words, since="2021") == []


@pytest.mark.parametrize("name", ["q.csv", "q.jsonl", "q.txt"])
def test_the_suffix_says_in_which_form_quotes_are_written(
    tmp_path: Path, run: Callable[..., click.testing.Result], name: str
) -> None:
    (tmp_path / "a.txt").write_text("“The wall must stay,” Ana Petric said.", encoding="utf-8")
    run("batch", "--store", "b.db", "--engine", "embedded", "a.txt")
    assert run("search", "b.db", "wall", "-o", name).exit_code == 0
    first = (tmp_path / name).read_text(encoding="utf-8").splitlines()[0]
    begins = {
        "q.csv": "\ufeffquote,speaker,role",
        "q.jsonl": '{"quote": "The wall',
        "q.txt": "Ana Petric",
    }
    assert first.startswith(begins[name])


def test_articles_are_found_by_their_day_however_the_archive_writes_it(
    tmp_path: Path, run: Callable[..., click.testing.Result]
) -> None:
    dates = ["3 March 2021", "03.03.2021", "Wed, 03 Mar 2021 23:30:00 -0500", "2021/03/03"]
    dates += ["1614772800", "2021-03-03T23:30:00+01:00", "4 March 2021", "some day"]
    rows = [f"id{n};“The wall {n} must stay,” Ana Petric said.;{d}" for n, d in enumerate(dates)]
    (tmp_path / "a.csv").write_text("\n".join(["id;text;date", *rows]), encoding="utf-8")
    store = str(tmp_path / "b.db")
    ended = run("batch", "--store", store, "--engine", "embedded", str(tmp_path / "a.csv"))
    assert ended.exit_code == 0, ended.stderr
    march = found(Path(store), since="2021-03-03", until="2021-03-03")
    assert march == [f"id{n}" for n in range(6)]
    assert found(Path(store), "wall", since="2021-03-04") == ["id6"]
    assert found(Path(store), since="2021", until="2021") == [f"id{n}" for n in range(7)]


@pytest.fixture
def doubtful(tmp_path: Path) -> Path:
    """A store with an article in which two speakers are in doubt."""
    return stored(tmp_path / "d.db", IN_DOUBT)


def stored(path: Path, annotation: Annotation) -> Path:
    """A store with one annotation."""
    with Store.open(path) as store, store.transaction():
        recipe = Recipe("embedded").noted(store)
        run = {"name": "r", "recipe_id": recipe, "sources": "[]", "state": "finished"}
        run |= {"started": "2026-01-01", "version": "0", "host": "h", "pid": 1}
        row = store.insert("runs", run)
        admitted = admit(store, annotation.article, "bridge.txt", row, recipe)
        save(store, admitted.row, recipe, row, rows_of(annotation))
    return path


def test_a_doubtful_speaker_is_shown_as_doubtful_wherever_it_is_found(
    doubtful: Path, run: Callable[..., click.testing.Result]
) -> None:
    shown = run("search", str(doubtful), "rake").stdout
    said = "speaker in doubt: Petar Lind 0.48; Ana Kovač 0.41 · mixed · bridge: against"
    assert shown.startswith("unnamed: it would stop “anything taller than a rake”\n    " + said)
    row = json.loads(run("search", str(doubtful), "rake", "--format", "jsonl").stdout)
    assert row["candidates"] == "Petar Lind 0.48; Ana Kovač 0.41"
    sure = json.loads(run("search", str(doubtful), "build", "--format", "jsonl").stdout)
    assert (sure["speaker_confidence"], sure["candidates"]) == (0.98, None)
    assert "in doubt" not in run("search", str(doubtful), "build").stdout


def test_who_said_what_has_the_candidates_of_a_doubtful_speaker(doubtful: Path) -> None:
    sql = "SELECT speaker, speaker_confidence, candidates FROM who_said_what ORDER BY quote_id"
    with Store.read(doubtful) as store:
        sure, unnamed, *_ = [tuple(row) for row in store.execute(sql)]
    assert sure == ("Ana Kovač", 0.98, None)
    assert unnamed == (None, 0.1, "Petar Lind 0.48; Ana Kovač 0.41")


def test_who_decided_a_quote_is_found_with_it(
    tmp_path: Path, run: Callable[..., click.testing.Result]
) -> None:
    path = str(stored(tmp_path / "e.db", DECIDED))
    shown = run("search", path, "rake").stdout
    assert shown.startswith("Petar Lind")
    assert "speaker in doubt, the text says: Petar Lind 0.04; Ana Kovač 0.96 · mixed" in shown
    assert " · decided by the model, from the draft · " in shown
    row = json.loads(run("search", path, "build", "--format", "jsonl").stdout)
    assert row["decided_by"] == "confirmed"


def test_who_said_what_has_who_decided(tmp_path: Path, doubtful: Path) -> None:
    sql = "SELECT decided_by FROM who_said_what ORDER BY quote_id"
    with Store.read(stored(tmp_path / "e.db", DECIDED)) as store:
        decided = [row[0] for row in store.execute(sql)]
    assert decided == ["confirmed", "changed", "draft", "changed", "added"]
    with Store.read(doubtful) as store:
        assert {row[0] for row in store.execute(sql)} == {None}
