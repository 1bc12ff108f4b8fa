"""A batch against a real server that counts what it sells, into a real store."""

from __future__ import annotations

import asyncio
import errno
import json
import random
import threading
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NoReturn

import pytest
from support.batches import annotator, archive, run, text_of
from support.chat_server import Shop, always, completion, fault, only_about
from support.panics import panic
from support.replies import Reply
from support.stores import rows

from attributor.archive.asking.budget import BUDGET_REACHED, Budget
from attributor.archive.asking.ledger import Desk, Ledger
from attributor.archive.batch_run import IN_QUARANTINE, MAX_FAILURES_IN_A_ROW, BatchRun, Selection
from attributor.archive.finding.comparing import compare
from attributor.archive.progress import Progress
from attributor.archive.reading_ahead import ENTRIES_PER_CHUNK
from attributor.archive.recipe import Recipe
from attributor.archive.stopping import Stop, Stopping
from attributor.archive.storing.annotation_rows import Failure
from attributor.archive.storing.checking import current_annotations
from attributor.archive.storing.store import Store
from attributor.archive.working import processes
from attributor.archive.working.makers import ModelMaker
from attributor.archive.working.step_places import ARTICLES_BEFORE_PROCESSES
from attributor.errors import (
    AttributorError,
    BusyError,
    PanicError,
    ReadingError,
    StoreError,
    UsageError,
)
from attributor.messages import Message
from attributor.pipeline import Annotator
from attributor.prompting import Answer, Request
from attributor.prompting.belief import NOT_BELIEVED
from attributor.reading.archives import Columns, Entry, entries
from attributor.records import Article
from attributor.settings import Settings

STATES = "SELECT state FROM runs ORDER BY id"


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two attempts nobody waits."""

    async def at_once(self: Stop, seconds: float) -> None:
        self.check()

    monkeypatch.setattr(Stop, "sleep", at_once)


# --- once is enough ----------------------------------------------------------------------------


def test_every_article_is_annotated_and_can_be_had_back(shop: Shop, tmp_path: Path) -> None:
    source, path = archive(tmp_path / "a.jsonl", range(10), title="Bridges"), tmp_path / "a.db"
    work = run(path, annotator(shop), source)
    assert work.exit_code_at_end == 0
    assert work.tally.annotated == 10
    with Store.read(path) as store:
        found = list(current_annotations(store))
    assert [annotation.article.id for annotation in found] == [f"a{n}" for n in range(10)]
    for number, annotation in enumerate(found):
        (quote,) = annotation.quotes
        assert quote.spans[0].text == f"We keep bridge {number} open"
        assert annotation.speakers[0].name == "Ana Petric"
        assert annotation.engine.model_reported == shop.model
        assert annotation.article.title == "Bridges"
    said = rows(path, "SELECT speaker, quote, title FROM who_said_what WHERE article = 'a3'")
    assert said == [("Ana Petric", "We keep bridge 3 open", "Bridges")]
    assert rows(path, STATES) == [("finished",)]


def test_what_is_in_the_store_is_not_asked_again_however_the_archive_has_changed(
    shop: Shop, tmp_path: Path
) -> None:
    path = tmp_path / "a.db"
    run(path, annotator(shop), archive(tmp_path / "a.jsonl", range(6)))
    lines = (tmp_path / "a.jsonl").read_text().splitlines()
    random.Random(1).shuffle(lines)
    renamed = [line.replace('"id": "a', '"id": "other') for line in lines]
    grown = [*renamed, json.dumps({"id": "new", "text": text_of(77)})]
    (tmp_path / "b.jsonl").write_text("\n".join(grown))
    (tmp_path / "a.jsonl").unlink()
    asked = shop.asked
    work = run(path, annotator(shop), tmp_path / "b.jsonl")
    assert (work.tally.known, work.tally.annotated) == (6, 1)
    assert shop.asked == asked + 1


def test_copies_are_annotated_once_and_linked(shop: Shop, tmp_path: Path) -> None:
    texts = [text_of(n % 3) for n in range(12)]
    lines = [json.dumps({"id": f"c{n}", "text": text}) for n, text in enumerate(texts)]
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    work = run(tmp_path / "a.db", annotator(shop), tmp_path / "a.jsonl")
    assert shop.sold.total() == 3
    assert (work.tally.annotated, work.tally.copies + work.tally.known) == (3, 9)
    copies = rows(tmp_path / "a.db", "SELECT article, copies FROM copies ORDER BY article")
    assert copies == [("c0", 4), ("c1", 4), ("c2", 4)]


def test_what_was_renamed_is_no_copy_and_goes_by_its_new_name(shop: Shop, tmp_path: Path) -> None:
    folder, path = tmp_path / "in", tmp_path / "a.db"
    folder.mkdir()
    for number in range(3):
        (folder / f"old{number}.txt").write_text(text_of(number))
    run(path, annotator(shop), folder)
    (folder / "old0.txt").rename(folder / "new.txt")
    (folder / "old1.txt").unlink()  # annotated and cleared away: nobody asks to forget it
    asked = shop.asked
    run(path, annotator(shop), folder)
    assert shop.asked == asked
    names = [f"{name}.txt" for name in ("new", "old1", "old2")]
    assert rows(path, "SELECT name FROM places ORDER BY name") == [(name,) for name in names]
    assert rows(path, "SELECT article FROM who_said_what ORDER BY 1") == [(name,) for name in names]
    assert rows(path, "SELECT * FROM copies") == []
    with Store.read(path) as store:
        assert sorted(each.article.id for each in current_annotations(store)) == names


def test_rows_that_get_another_id_are_no_copies_of_themselves(shop: Shop, tmp_path: Path) -> None:
    source, path = tmp_path / "a.jsonl", tmp_path / "a.db"
    lines = [json.dumps({"text": text_of(n), "nid": f"n{n}"}) for n in range(3)]
    source.write_text("\n".join(lines))
    run(path, annotator(shop), source)
    run(path, annotator(shop), source, columns=Columns(id="nid"))
    assert rows(path, "SELECT name FROM places ORDER BY name") == [("n0",), ("n1",), ("n2",)]
    assert rows(path, "SELECT name FROM articles ORDER BY name") == [("n0",), ("n1",), ("n2",)]


def test_a_date_and_a_title_that_are_told_later_or_corrected_are_noted(
    shop: Shop, tmp_path: Path
) -> None:
    source, path = tmp_path / "a.jsonl", tmp_path / "a.db"
    told = "SELECT title, published, day FROM articles"

    def batch(columns: Columns, **fields: str) -> None:
        source.write_text(json.dumps({"id": "a", "text": text_of(1)} | fields))
        run(path, annotator(shop), source, columns=columns)

    when = {"when": "6 May 2019", "then": "7 May 2019"}
    batch(Columns(), **when)
    assert rows(path, told) == [(None, None, None)]
    batch(Columns(date="when"), **when)
    assert rows(path, told) == [(None, "6 May 2019", "2019-05-06")]
    batch(Columns(date="then"), title="Bridges", **when)
    assert rows(path, told) == [("Bridges", "7 May 2019", "2019-05-07")]
    archive(tmp_path / "copy.jsonl", range(1, 2), title="Of another paper", published="2020")
    run(path, annotator(shop), tmp_path / "copy.jsonl")
    assert rows(path, told) == [("Bridges", "7 May 2019", "2019-05-07")]
    with Store.read(path) as store:
        assert [each.article.published for each in current_annotations(store)] == ["7 May 2019"]
    assert shop.asked == 1


def test_a_newer_file_with_the_same_ids_corrects_dates_and_titles(
    shop: Shop, tmp_path: Path
) -> None:
    folder, path = tmp_path / "in", tmp_path / "a.db"
    folder.mkdir()
    archive(folder / "2019.jsonl", range(2), title="Old", published="2019-05-06")
    run(path, annotator(shop), folder)
    (folder / "2019.jsonl").unlink()
    archive(folder / "fixed.jsonl", range(2), title="New", published="2020-07-08")
    run(path, annotator(shop), folder)
    told = rows(path, "SELECT name, title, published, day FROM articles ORDER BY id")
    assert told == [(f"a{n}", "New", "2020-07-08", "2020-07-08") for n in range(2)]
    assert rows(path, "SELECT name, source FROM places ORDER BY id") == [
        (f"a{n}", str(folder / "fixed.jsonl")) for n in range(2)
    ]


def test_what_an_article_s_own_place_says_goes_before_what_a_copy_says(
    shop: Shop, tmp_path: Path
) -> None:
    folder, path = tmp_path / "in", tmp_path / "a.db"
    folder.mkdir()
    own = {"id": "own", "text": text_of(1), "then": "2019-05-06", "later": "2019-05-07"}
    (folder / "a.jsonl").write_text(json.dumps(own))
    archive(folder / "b.jsonl", range(1, 2), title="Copy", published="2020-01-01")
    told = []
    for date in (None, "then", None, "later"):  # an option forgotten once is no harm
        run(path, annotator(shop), folder, columns=Columns(date=date))
        told += rows(path, "SELECT name, title, published FROM articles")
    days = ("2020-01-01", "2019-05-06", "2019-05-06", "2019-05-07")
    assert told == [("own", "Copy", day) for day in days]


def test_an_article_that_comes_back_under_another_name_goes_by_that(
    shop: Shop, tmp_path: Path
) -> None:
    folder, path = tmp_path / "in", tmp_path / "a.db"
    folder.mkdir()
    for name, number in (("x", 1), ("x", 2), ("y", 1)):
        (folder / f"{name}.txt").write_text(text_of(number))
        run(path, annotator(shop), folder)
    said = rows(path, "SELECT article, quote FROM who_said_what ORDER BY article")
    assert said == [("x.txt", "We keep bridge 2 open"), ("y.txt", "We keep bridge 1 open")]


def test_a_place_in_a_file_that_could_not_be_read_whole_is_not_taken_for_gone(
    shop: Shop, tmp_path: Path
) -> None:
    folder, path = tmp_path / "in", tmp_path / "a.db"
    folder.mkdir()
    one, copies = archive(folder / "one.jsonl", range(3)), folder / "copies.jsonl"
    run(path, annotator(shop), folder)
    copies.write_text(one.read_text().replace('"id": "a', '"id": "copy'))
    lines = one.read_text().splitlines()
    one.write_text("\n".join([lines[0], "{broken", lines[2]]))
    run(path, annotator(shop), folder)
    assert rows(path, "SELECT COUNT(*) FROM places") == [(6,)]
    one.write_text("\n".join(lines))
    assert run(path, annotator(shop), folder).exit_code_at_end == 0
    assert rows(path, "SELECT name FROM articles ORDER BY id") == [("a0",), ("a1",), ("a2",)]


def test_a_folder_by_another_spelling_holds_no_copies(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, folder = tmp_path / "a.db", tmp_path / "in"
    folder.mkdir()
    monkeypatch.chdir(tmp_path)
    (folder / "a.txt").write_text(text_of(1))
    archive(folder / "b.jsonl", range(2, 4))
    for source in ("in", "./in", str(folder), "in/../in/", "in"):
        run(path, annotator(shop), source)
    assert rows(path, "SELECT COUNT(*) FROM places") == [(3,)]
    assert rows(path, "SELECT source FROM places ORDER BY 1")[0] == ("in/a.txt",)


def test_an_article_whose_text_was_corrected_is_annotated_anew_and_found_once(
    shop: Shop, tmp_path: Path
) -> None:
    path, source = tmp_path / "a.db", tmp_path / "a.txt"
    source.write_text(text_of(1))
    run(path, annotator(shop), source)
    source.write_text(text_of(2))
    run(path, annotator(shop), source)
    assert rows(path, "SELECT text FROM quotes") == [("We keep bridge 2 open",)]
    assert rows(path, "SELECT COUNT(*) FROM annotations") == [(2,)]
    source.write_text(text_of(1))  # and back again
    asked = shop.asked
    run(path, annotator(shop), source)
    assert rows(path, "SELECT text FROM quotes") == [("We keep bridge 1 open",)]
    assert shop.asked == asked


def test_two_texts_under_one_id_are_both_kept(shop: Shop, tmp_path: Path) -> None:
    files = [tmp_path / f"{n}.jsonl" for n in range(2)]
    for n, file in enumerate(files):
        file.write_text(json.dumps({"id": "same", "text": text_of(n)}))
    for _ in range(2):
        run(tmp_path / "a.db", annotator(shop), *files)
    assert rows(tmp_path / "a.db", "SELECT COUNT(*) FROM quotes") == [(2,)]
    assert shop.sold.total() == 2


# --- what changes re-annotates only what it affects --------------------------------------------


def test_a_codebook_buys_stances_only(shop: Shop, tmp_path: Path) -> None:
    source, path = archive(tmp_path / "a.jsonl", range(5)), tmp_path / "a.db"
    run(path, annotator(shop), source)
    asked = shop.asked
    work = run(path, annotator(shop, "the bridge"), source)
    assert work.tally.annotated == 5
    assert shop.asked == asked + 5
    assert rows(path, "SELECT purpose, COUNT(*) FROM ledger GROUP BY purpose") == [
        ("attribute", 5),
        ("stance", 5),
    ]
    assert rows(path, "SELECT target, label FROM stances") == [("the bridge", "favor")] * 5


def test_another_model_annotates_anew_unless_only_changes_are_wanted(
    shop: Shop, tmp_path: Path
) -> None:
    source, path = archive(tmp_path / "a.jsonl", range(4)), tmp_path / "a.db"
    run(path, annotator(shop), source)
    archive(source, range(5))
    other = {"model": "another"}
    work = run(path, annotator(shop, **other), source, only_changed=True)
    assert (work.tally.known, work.tally.annotated) == (4, 1)
    work = run(path, annotator(shop, **other), source)
    assert (work.tally.known, work.tally.annotated) == (1, 4)
    assert rows(path, "SELECT COUNT(*) FROM quotes") == [(5,)]
    asked = shop.asked
    work = run(path, annotator(shop), source)  # back to the first model: its annotations are there
    assert (work.tally.known, work.tally.annotated) == (4, 1)
    assert shop.asked == asked + 1


def test_two_runs_are_compared(shop: Shop, tmp_path: Path) -> None:
    source, path = archive(tmp_path / "a.jsonl", range(3)), tmp_path / "a.db"
    run(path, annotator(shop, draft=False), source)

    def choose(shop: Shop, number: int, body: dict[str, Any]) -> Reply | None:
        user = body["messages"][-1]["content"]
        none = json.dumps({"quotes": [], "not_speech": [2, 3]})
        if "bridge 0 " in user:
            return Reply(body=completion(none))
        if "bridge 1 " in user and "<quotes>" not in user:
            found = shop.answer(body).body["choices"][0]["message"]["content"]
            return Reply(body=completion(found.replace('"name": "Ana Petric"', '"name": ""')))
        return None

    shop.choose = choose
    run(path, annotator(shop, "the bridge", model="another", draft=False), source)
    with Store.read(path) as store:
        changes = {change.article: change for change in compare(store, 1, 2)}
        with pytest.raises(UsageError, match="annotate in the same way"):
            list(compare(store, 1, 1))
        with pytest.raises(UsageError, match="no run 9"):
            list(compare(store, 1, 9))
    assert [said.text for said in changes["a0"].lost] == ["We keep bridge 0 open"]
    assert changes["a0"].gained == []
    assert changes["a2"].stances == [("We keep bridge 2 open", "the bridge", "", "favor")]


def test_a_model_that_changes_nothing_in_the_drafts_loses_nothing(
    shop: Shop, tmp_path: Path
) -> None:
    source, path = archive(tmp_path / "a.jsonl", range(3)), tmp_path / "a.db"
    run(path, annotator(shop, engine="embedded"), source)
    shop.choose = always(Reply(body=completion('{"quotes": [], "not_speech": []}')))
    run(path, annotator(shop), source)
    with Store.read(path) as store:
        changes = list(compare(store, 1, 2))
    assert [change.is_none for change in changes] == [True] * 3


# --- failures ----------------------------------------------------------------------------------

REFUSED = Reply(body=completion("", refusal="I would rather not."))
KINDS = {
    "refused": REFUSED,
    "filtered": Reply(body=completion("", finish="content_filter")),
    "cut off": Reply(body=completion('{"quotes": [{"fr', finish="length")),
    "broken": Reply(body=completion("Here you are: nothing.")),
    "empty": Reply(body=completion("")),
    "too long": fault(400, "context_length_exceeded"),
    "rejected": fault(422),
    "busy": fault(500),
    "ungrounded": Reply(
        body=completion(
            json.dumps(
                {
                    "quotes": [
                        {
                            "at": "99",
                            "cue": "",
                            "mention": "",
                            "name": "",
                            "own": True,
                        }
                    ],
                    "not_speech": [],
                }
            )
        )
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_cannot_be_annotated_is_in_quarantine_with_its_reason_and_the_rest_goes_through(
    kind: str, shop: Shop, tmp_path: Path
) -> None:
    source, path = archive(tmp_path / "a.jsonl", range(5)), tmp_path / "a.db"
    shop.choose = only_about("bridge 3 ", KINDS[kind])
    work = run(path, annotator(shop, draft=False), source)
    assert work.exit_code_at_end == IN_QUARANTINE
    assert work.tally.annotated == 4
    assert rows(path, "SELECT kind, name FROM failures") == [(kind, "a3")]
    assert rows(path, "SELECT kind, articles FROM failures_by_reason") == [(kind, 1)]


@pytest.mark.parametrize(
    ("kind", "warning", "decided_by"),
    [("cut off", NOT_BELIEVED, "draft"), ("ungrounded", "An answer was odd: ", "confirmed")],
)
def test_an_answer_of_which_nothing_is_usable_lets_the_draft_stand_with_a_warning(
    kind: str, warning: str, decided_by: str, shop: Shop, tmp_path: Path
) -> None:
    source, path = archive(tmp_path / "a.jsonl", range(5)), tmp_path / "a.db"
    shop.choose = only_about("bridge 3 ", KINDS[kind])
    work = run(path, annotator(shop), source)
    assert (work.exit_code_at_end, work.tally.annotated) == (0, 5)
    with Store.read(path) as store:
        found = {each.article.id: each for each in current_annotations(store)}
    (quote,) = found["a3"].quotes
    assert (quote.spans[0].text, quote.decided_by) == ("We keep bridge 3 open", decided_by)
    assert [said for said in found["a3"].warnings if said.startswith(warning)]
    assert not [each for name, each in found.items() if name != "a3" and each.warnings]


def test_the_raw_answer_is_kept_with_the_failure(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    shop.choose = always(KINDS["broken"])
    run(path, annotator(shop), archive(tmp_path / "a.jsonl", range(1)))
    assert rows(path, "SELECT answer FROM quarantine") == [("Here you are: nothing.",)]
    shop.choose = always(Reply(body="<html>the proxy is tired</html>"))
    run(path, annotator(shop), tmp_path / "a.jsonl", retry_failed=True)
    assert rows(path, "SELECT answer FROM quarantine") == [("<html>the proxy is tired</html>",)]


def test_quarantine_is_taken_up_again_only_when_asked_and_then_the_answer_is_bought_anew(
    shop: Shop, tmp_path: Path
) -> None:
    source, path = archive(tmp_path / "a.jsonl", range(3)), tmp_path / "a.db"
    shop.choose = only_about("bridge 1 ", REFUSED)
    run(path, annotator(shop), source)
    shop.choose = lambda shop, number, body: None
    asked = shop.asked
    assert run(path, annotator(shop), source).exit_code_at_end == IN_QUARANTINE
    assert shop.asked == asked
    work = run(path, annotator(shop), source, retry_failed=True)
    assert (work.exit_code_at_end, work.tally.annotated, shop.asked) == (0, 1, asked + 1)
    assert rows(path, "SELECT COUNT(*) FROM failures") == [(0,)]


def test_a_failed_text_is_asked_once_a_run_however_often_it_stands(
    shop: Shop, tmp_path: Path
) -> None:
    path, source = tmp_path / "a.db", tmp_path / "a.jsonl"
    texts = [text_of(1 if n % 2 else n + 2) for n in range(40)]
    lines = [json.dumps({"id": f"c{n}", "text": text}) for n, text in enumerate(texts)]
    source.write_text("\n".join(lines))
    shop.choose = only_about("bridge 1 ", REFUSED)
    first = run(path, annotator(shop), source, concurrency=1)
    assert (first.tally.copies, first.tally.left, first.tally.failures) == (19, 0, {"refused": 1})
    asked = shop.asked
    again = run(path, annotator(shop), source, concurrency=1, retry_failed=True)
    assert (again.tally.copies, again.tally.left, again.tally.failures) == (19, 0, {"refused": 1})
    assert shop.asked == asked + 1
    left = run(path, annotator(shop), source, concurrency=1)
    assert (left.tally.copies, left.tally.left, left.tally.failures) == (19, 1, {})
    assert shop.asked == asked + 1


def test_an_article_in_quarantine_that_is_renamed_or_stands_nowhere_any_more_is_told_so(
    shop: Shop, tmp_path: Path
) -> None:
    path, folder = tmp_path / "a.db", tmp_path / "in"
    folder.mkdir()
    (folder / "x.txt").write_text(text_of(1))
    shop.choose = only_about("bridge 1 ", REFUSED)
    assert run(path, annotator(shop), folder).exit_code_at_end == IN_QUARANTINE
    (folder / "x.txt").rename(folder / "y.txt")
    assert run(path, annotator(shop), folder).exit_code_at_end == IN_QUARANTINE
    found = rows(path, "SELECT name, source FROM failures")
    assert found == [("y.txt", str(folder / "y.txt"))]
    (folder / "y.txt").write_text(text_of(2))
    assert run(path, annotator(shop), folder).exit_code_at_end == 0
    assert rows(path, "SELECT COUNT(*) FROM failures") == [(0,)]


def test_who_was_busy_is_asked_again_by_the_next_run(shop: Shop, tmp_path: Path) -> None:
    source, path = archive(tmp_path / "a.jsonl", range(3)), tmp_path / "a.db"
    shop.choose = only_about("bridge 1 ", fault(503))
    assert run(path, annotator(shop), source).exit_code_at_end == IN_QUARANTINE
    shop.choose = lambda shop, number, body: None
    assert run(path, annotator(shop), source).exit_code_at_end == 0


FAULTS: dict[str, Reply | None] = {
    "429": fault(429),
    "500": fault(500),
    "reset": Reply(body={}, reset=True),
    "slow": None,
    "broken": KINDS["broken"],
    "no JSON": Reply(body="<html>the proxy is tired</html>"),
    "empty": KINDS["empty"],
}


@pytest.mark.slow
def test_half_of_all_calls_may_fail_and_every_article_comes_to_its_end(
    shop: Shop, tmp_path: Path
) -> None:
    source, path = archive(tmp_path / "a.jsonl", range(60)), tmp_path / "a.db"
    seeded = random.Random(11)
    given: Counter[str] = Counter()

    def choose(shop: Shop, number: int, body: dict[str, Any]) -> Reply | None:
        with shop.lock:
            kind = seeded.choice(list(FAULTS)) if seeded.random() < 0.5 else ""
            given[kind] += 1
        if kind == "slow":
            shop.gate.wait(60)  # until the shop closes: the customer has long gone
        return FAULTS.get(kind)

    shop.choose = choose
    work = run(path, annotator(shop, timeout=0.5), source, concurrency=8)
    assert work.stop.reason is None
    assert set(given) == {"", *FAULTS}
    ends = rows(
        path,
        "SELECT COUNT(*), SUM(EXISTS (SELECT 1 FROM annotations n WHERE n.article_id = a.id)), "
        "SUM(EXISTS (SELECT 1 FROM failures f WHERE f.article_id = a.id)) FROM articles a",
    )
    assert ends[0][0] == 60 == ends[0][1] + ends[0][2]
    assert ends[0][1] > 25
    shop.choose = lambda shop, number, body: None
    assert run(path, annotator(shop), source, retry_failed=True).exit_code_at_end == 0


def test_a_server_that_fails_every_article_ends_the_run(shop: Shop, tmp_path: Path) -> None:
    source, path = archive(tmp_path / "a.jsonl", range(90)), tmp_path / "a.db"
    shop.choose = always(fault(404))
    work = run(path, annotator(shop), source)
    assert shop.asked <= MAX_FAILURES_IN_A_ROW + 2 * (4 + 2)  # 4 calls at once, 2 articles ahead
    assert work.stop.reason is not None
    assert "articles all failed" in work.stop.reason
    assert work.exit_code_at_end == 4
    assert rows(path, STATES) == [("stopped",)]


class Broken:
    """A maker over which every article's process ends."""

    at_once = 1

    async def make(self, row: int, article: Article) -> Failure:
        return Failure("crashed", "Its process ended.")

    def note(self, tally: Progress) -> None:
        """There is nothing to note."""

    async def aclose(self) -> None:
        """There is nothing to close."""


def test_a_fault_here_that_fails_every_article_ends_the_run_as_one(tmp_path: Path) -> None:
    source, who = archive(tmp_path / "a.jsonl", range(90)), Annotator(Settings(engine="embedded"))
    with Store.open(tmp_path / "a.db") as store:
        wanted = Selection((str(source),))
        work = BatchRun(store, Recipe.of(who), wanted, lambda *args: Broken(), lambda tally: None)
        asyncio.run(work.run(entries(wanted.sources)))
        assert work.exit_code == 1
        assert work.progress.done < 30


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (fault(429, "insufficient_quota"), "no credit left"),
        (fault(401), "does not accept the key"),
    ],
)
def test_no_credit_and_no_access_end_the_run_at_once_and_say_how_to_go_on(
    shop: Shop, tmp_path: Path, reply: Reply, says: str
) -> None:
    source, path = archive(tmp_path / "a.jsonl", range(50)), tmp_path / "a.db"
    shop.choose = lambda shop, number, body: reply if number > 10 else None
    work = run(path, annotator(shop), source)
    assert work.exit_code_at_end == 4
    assert says in str(work.stop.reason)
    assert "run the same command again" in str(work.stop.reason)
    assert shop.asked <= 10 + 4
    assert rows(path, "SELECT COUNT(*) FROM failures") == [(0,)]
    shop.choose = lambda shop, number, body: None
    assert run(path, annotator(shop), source).exit_code_at_end == 0
    assert shop.sold.total() == 50


def test_a_fault_of_our_own_in_one_article_does_not_cost_the_others(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from attributor.pipeline import Annotator

    real = Annotator.conversation

    def conversation(self: Annotator, article: Any) -> Any:
        if article.id == "a2":
            raise ZeroDivisionError("by zero")
        return real(self, article)

    monkeypatch.setattr(Annotator, "conversation", conversation)
    path = tmp_path / "a.db"
    work = run(path, annotator(shop), archive(tmp_path / "a.jsonl", range(4)))
    assert work.tally.annotated == 3
    (found,) = rows(path, "SELECT kind, reason FROM failures")
    assert found[0] == "unexpected"
    assert "ZeroDivisionError" in found[1]


def waiting_after(calls: int) -> Any:
    """All further calls are answered once the gate is open."""

    def choose(shop: Shop, number: int, body: dict[str, Any]) -> None:
        if number > calls:
            shop.gate.wait(60)

    return choose


def ends_badly(
    shop: Shop,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    error: type[Exception],
    go: Callable[[BatchRun, Iterator[Entry]], Coroutine[Any, Any, object]] = BatchRun.run,
) -> Exception:
    """A batch of 70 articles that an error ends; the shop keeps what it is asked then until that.

    Everything that was sold is in the ledger, and annotated.
    """
    ask = Stop.ask

    def heard(self: Stop, *how: Any) -> None:
        ask(self, *how)
        shop.gate.set()

    monkeypatch.setattr(Stop, "ask", heard)
    path = tmp_path / "a.db"
    source = archive(tmp_path / "a.jsonl", range(70))
    with pytest.raises(error) as raised:
        run(path, annotator(shop), source, concurrency=8, go=go)
    sold = shop.sold.total()
    assert 0 < sold < 70
    assert rows(path, "SELECT COUNT(*) FROM ledger") == [(sold,)]
    assert rows(path, "SELECT COUNT(*) FROM annotations") == [(sold,)]
    assert rows(path, "SELECT COUNT(*) FROM failures") == [(0,)]
    assert rows(path, STATES) == [("stopped",)]
    monkeypatch.undo()
    assert run(path, annotator(shop), source).exit_code_at_end == 0
    assert shop.sold.total() == 70
    return raised.value


def broken_off(entries: Iterator[Entry]) -> Iterator[Entry]:
    """The first articles of an archive that cannot be read on."""
    yield from islice(entries, ENTRIES_PER_CHUNK)
    raise ReadingError("There is no room for temporary files.")


async def of_a_broken_archive(work: BatchRun, entries: Iterator[Entry]) -> None:
    await work.run(broken_off(entries))


def test_an_archive_that_cannot_be_read_on_costs_no_answer_that_is_on_its_way(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.choose = waiting_after(ENTRIES_PER_CHUNK - 8)
    error = ends_badly(shop, monkeypatch, tmp_path, ReadingError, go=of_a_broken_archive)
    assert "no room" in str(error)
    (reason,) = rows(tmp_path / "a.db", "SELECT reason FROM runs WHERE state = 'stopped'")[0]
    assert reason == "There is no room for temporary files."


def test_an_error_is_told_though_what_is_on_its_way_is_not_waited_for(
    shop: Shop, tmp_path: Path
) -> None:
    async def impatient(work: BatchRun, found: Iterator[Entry]) -> None:
        running = asyncio.create_task(work.run(broken_off(found)))
        with pytest.raises(Stopping):
            await work.stop.unless_asked(asyncio.sleep(60))
        running.cancel()
        await running

    shop.choose = waiting_after(ENTRIES_PER_CHUNK - 8)
    with pytest.raises(ReadingError, match="no room"):
        run(
            tmp_path / "a.db",
            annotator(shop),
            archive(tmp_path / "a.jsonl", range(70)),
            concurrency=8,
            go=impatient,
        )
    shop.gate.set()
    assert rows(tmp_path / "a.db", STATES) == [("stopped",)]


def test_what_goes_wrong_at_the_end_hides_no_error_before_it(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    close = ModelMaker.aclose

    async def broken(self: ModelMaker) -> None:
        await close(self)
        raise OSError("The connections cannot be closed.")

    monkeypatch.setattr(ModelMaker, "aclose", broken)
    source = archive(tmp_path / "a.jsonl", range(70))
    with pytest.raises(ReadingError, match="no room"):
        run(tmp_path / "a.db", annotator(shop), source, go=of_a_broken_archive)


def test_what_goes_wrong_beside_the_articles_ends_the_batch_too(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> NoReturn:
        raise StoreError("The disk is full.")

    monkeypatch.setattr(ModelMaker, "note", broken)
    with pytest.raises(StoreError, match="disk is full"):
        run(tmp_path / "a.db", annotator(shop), archive(tmp_path / "a.jsonl", range(9)))
    assert rows(tmp_path / "a.db", STATES) == [("stopped",)]


@pytest.mark.parametrize("where", ["admit", "save"])
def test_a_library_that_panics_over_the_store_ends_the_batch_with_an_error(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(f"attributor.archive.batch_run.{where}", panic)
        with pytest.raises(PanicError, match="index out of bounds"):
            run(tmp_path / "a.db", annotator(shop), archive(tmp_path / "a.jsonl", range(9)))
    assert rows(tmp_path / "a.db", STATES) == [("stopped",)]
    assert run(tmp_path / "a.db", annotator(shop), tmp_path / "a.jsonl").exit_code_at_end == 0
    assert shop.sold.total() == 9


def test_an_article_that_is_given_up_though_nothing_ends_the_batch_is_an_error(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def given_up(*_: object) -> NoReturn:
        raise Stopping

    monkeypatch.setattr(ModelMaker, "make", given_up)
    with pytest.raises(Stopping):
        run(tmp_path / "a.db", annotator(shop), archive(tmp_path / "a.jsonl", range(9)))
    assert rows(tmp_path / "a.db", STATES) == [("stopped",)]


def test_a_process_that_cannot_begin_costs_no_answer_that_is_on_its_way(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(pipe: object) -> NoReturn:
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(processes, "spawned", full)
    shop.choose = waiting_after(ARTICLES_BEFORE_PROCESSES - 8)
    error = ends_badly(shop, monkeypatch, tmp_path, AttributorError)
    assert "could not begin (Resource temporarily unavailable)" in str(error)


def test_what_cannot_be_read_is_in_quarantine_until_it_can_be(shop: Shop, tmp_path: Path) -> None:
    path, folder = tmp_path / "a.db", tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_text(text_of(1))
    (folder / "b.txt").write_text("")
    assert run(path, annotator(shop), folder).exit_code_at_end == IN_QUARANTINE
    (found,) = rows(path, "SELECT kind, name, source FROM failures")
    assert found == ("unreadable", "b.txt", str(folder / "b.txt"))
    run(path, annotator(shop), folder)
    assert rows(path, "SELECT COUNT(*) FROM failures") == [(1,)]
    (folder / "b.txt").write_text(text_of(2))
    assert run(path, annotator(shop), folder).exit_code_at_end == 0


def test_a_place_that_is_there_no_more_leaves_the_quarantine(shop: Shop, tmp_path: Path) -> None:
    path, folder, other = tmp_path / "a.db", tmp_path / "in", tmp_path / "in2"
    for one in (folder, other):
        (one / "deep").mkdir(parents=True)
        (one / "a.txt").write_text(text_of(1))
        (one / "deep" / "b.txt").write_text("")
    assert run(path, annotator(shop), folder, other).exit_code_at_end == IN_QUARANTINE
    for one in (folder, other):
        (one / "deep" / "b.txt").unlink()
    run(path, annotator(shop), folder)
    left = rows(path, "SELECT source FROM failures")
    assert left == [(str(other / "deep" / "b.txt"),)]
    assert run(path, annotator(shop), folder, other).exit_code_at_end == 0


def test_a_file_of_a_pattern_that_is_gone_leaves_the_quarantine(shop: Shop, tmp_path: Path) -> None:
    path, folder = tmp_path / "a.db", tmp_path / "in"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.txt").write_text(text_of(1))
    for name in ("b.txt", "deep/c.txt", "d.md"):
        (folder / name).write_text("")
    run(path, annotator(shop), folder / "*.txt", folder / "d*", folder / "*.md")
    assert rows(path, "SELECT COUNT(*) FROM failures") == [(3,)]
    for name in ("b.txt", "deep/c.txt", "d.md"):
        (folder / name).unlink()
    run(path, annotator(shop), folder / "*.txt")
    left = {source for (source,) in rows(path, "SELECT source FROM failures")}
    assert left == {str(folder / "deep" / "c.txt"), str(folder / "d.md")}
    (folder / "d.md").write_text(text_of(2))
    assert run(path, annotator(shop), folder / "**" / "*").exit_code_at_end == 0


def test_another_version_s_rules_make_another_recipe_and_the_ledger_answers(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, source = tmp_path / "a.db", tmp_path / "a.jsonl"
    archive(source, range(3))
    run(path, annotator(shop), source)
    before = shop.asked
    monkeypatch.setattr("attributor.__version__", "9.9.9")
    assert run(path, annotator(shop), source, only_changed=True).tally.annotated == 0
    again = run(path, annotator(shop), source)
    assert again.tally.annotated == 3
    assert shop.asked == before


# --- money and limits --------------------------------------------------------------------------


def test_the_budget_is_never_passed_and_a_larger_one_goes_on(
    shop: Shop, tmp_path: Path, priced: None
) -> None:
    source, path = archive(tmp_path / "a.jsonl", range(30)), tmp_path / "a.db"
    work = run(path, annotator(shop), source, concurrency=8, speed={"max_cost": 60.0})
    assert work.exit_code_at_end == BUDGET_REACHED
    spent = rows(path, "SELECT SUM(cost_usd), COUNT(*) FROM ledger")[0]
    assert 45 < spent[0] <= 60  # an answer costs 5.10, and nobody knows before how long it will be
    assert spent[1] == shop.sold.total() == work.tally.annotated
    assert "larger --max-cost" in str(work.stop.reason)
    again = run(path, annotator(shop), source, speed={"max_cost": 60.0})
    assert (again.exit_code_at_end, shop.sold.total()) == (BUDGET_REACHED, spent[1])
    last = run(path, annotator(shop), source, speed={"max_cost": 1000.0})
    assert last.exit_code_at_end == 0
    assert shop.sold.total() == 30


def test_a_budget_holds_though_every_answer_is_dearer_than_was_thought(
    shop: Shop, tmp_path: Path, priced: None
) -> None:
    def choose(shop: Shop, number: int, body: dict[str, Any]) -> Reply:
        reply = shop.answer(body)
        reply.body["usage"]["completion_tokens"] = 9_000  # it thinks aloud
        return reply

    shop.choose = choose
    source, path = archive(tmp_path / "a.jsonl", range(30)), tmp_path / "a.db"
    work = run(path, annotator(shop), source, concurrency=8, speed={"max_cost": 50.0})
    assert work.exit_code_at_end == BUDGET_REACHED
    assert rows(path, "SELECT COUNT(*), SUM(cost_usd) FROM ledger") == [(3, 42.0)]


@pytest.mark.parametrize(
    "usage",
    [
        None,
        {"prompt_tokens": -1, "completion_tokens": 2**70},
        {"prompt_tokens": 0, "completion_tokens": "9", "prompt_tokens_details": {}},
    ],
)
def test_a_budget_holds_where_the_server_does_not_say_what_was_used(
    shop: Shop, tmp_path: Path, priced: None, usage: object
) -> None:
    def choose(shop: Shop, number: int, body: dict[str, Any]) -> Reply:
        reply = shop.answer(body)
        reply.body["usage"] = usage
        return reply

    shop.choose = choose
    source, path = archive(tmp_path / "a.jsonl", range(30)), tmp_path / "a.db"
    for _ in range(2):
        work = run(path, annotator(shop), source, concurrency=8, speed={"max_cost": 20.0})
        assert work.exit_code_at_end == BUDGET_REACHED
    spent, count = rows(path, "SELECT SUM(cost_usd), COUNT(*) FROM ledger")[0]
    assert 15 < spent <= 20
    assert count == shop.sold.total() < 30


def test_an_answer_with_odd_fields_is_kept_and_stops_nothing(shop: Shop, tmp_path: Path) -> None:
    odd: list[dict[str, Any]] = [
        {"message": {"refusal": {"why": "no"}}},
        {"message": {"content": "", "refusal": True}},
        {"finish_reason": {"a": 1}},
    ]

    def choose(shop: Shop, number: int, body: dict[str, Any]) -> Reply | None:
        if number > len(odd):
            return None
        reply = shop.answer(body)
        reply.body["choices"][0].update(odd[number - 1])
        reply.body["model"] = "\ud800"
        return reply

    shop.choose = choose
    path = tmp_path / "a.db"
    run(path, annotator(shop), archive(tmp_path / "a.jsonl", range(9)), concurrency=1)
    assert rows(path, "SELECT COUNT(*) FROM ledger") == [(shop.sold.total(),)]
    annotated = rows(path, "SELECT COUNT(*) FROM annotations WHERE is_current")[0][0]
    assert annotated + rows(path, "SELECT COUNT(*) FROM failures")[0][0] == 9
    assert rows(path, "SELECT refusal FROM ledger WHERE refusal IS NOT NULL ORDER BY id") == [
        ('{"why": "no"}',),
        ("true",),
    ]


def test_a_body_that_is_nested_without_end_is_one_broken_answer(shop: Shop, tmp_path: Path) -> None:
    shop.choose = lambda shop, number, body: (
        Reply(200, "[" * 100_000 + "]" * 100_000) if number == 2 else None
    )
    path = tmp_path / "a.db"
    run(path, annotator(shop), archive(tmp_path / "a.jsonl", range(4)), concurrency=1)
    assert rows(path, "SELECT kind FROM failures") == [("broken",)]
    assert rows(path, "SELECT COUNT(*) FROM annotations WHERE is_current") == [(3,)]


def test_a_budget_needs_a_price(shop: Shop, tmp_path: Path) -> None:
    source = archive(tmp_path / "a.jsonl", range(1))
    with pytest.raises(UsageError, match="No price is known"):
        run(tmp_path / "a.db", annotator(shop), source, speed={"max_cost": 1.0})
    assert shop.asked == 0
    assert rows(tmp_path / "a.db", STATES) == []


def test_no_more_calls_are_open_than_allowed(shop: Shop, tmp_path: Path) -> None:
    three = threading.Barrier(3, timeout=60)

    def choose(shop: Shop, number: int, body: dict[str, Any]) -> None:
        three.wait()

    shop.choose = choose
    run(tmp_path / "a.db", annotator(shop), archive(tmp_path / "a.jsonl", range(39)), concurrency=3)
    assert shop.sold.total() == 39
    assert shop.most_open == 3


def test_so_many_articles_are_taken_up_and_no_more(shop: Shop, tmp_path: Path) -> None:
    source, path = archive(tmp_path / "a.jsonl", range(200)), tmp_path / "a.db"
    for total in (7, 14):
        work = run(path, annotator(shop), source, max_articles=7)
        assert work.tally.annotated == 7
        assert work.exit_code_at_end == 0
        assert shop.sold.total() == total


def test_places_without_an_article_do_not_count_among_those_taken_up(
    shop: Shop, tmp_path: Path
) -> None:
    source = tmp_path / "a.jsonl"
    good = [json.dumps({"id": f"a{n}", "text": text_of(n)}) for n in range(9)]
    source.write_text(
        "\n".join(line for pair in zip(good, ["{}"] * 9, strict=True) for line in pair)
    )
    work = run(tmp_path / "a.db", annotator(shop), source, max_articles=7)
    assert work.tally.annotated == 7


def test_the_same_seed_draws_the_same_articles_in_whatever_order(
    shop: Shop, tmp_path: Path
) -> None:
    drawn = []
    for name, numbers, seed in (
        ("one", range(50), 7),
        ("two", range(49, -1, -1), 7),
        ("three", range(50), 8),
    ):
        source, path = archive(tmp_path / f"{name}.jsonl", numbers), tmp_path / f"{name}.db"
        run(path, annotator(shop), source, sample=5, seed=seed)
        drawn.append(set(rows(path, "SELECT name FROM articles")))
    assert len(drawn[0]) == 5
    assert drawn[0] == drawn[1] != drawn[2]


# --- the ledger --------------------------------------------------------------------------------


def test_no_key_is_in_the_store(shop: Shop, tmp_path: Path) -> None:
    key = "sk-secret-0123456789abcdef"
    shop.choose = lambda shop, number, body: (
        Reply(400, {"error": {"message": f"bad key {key}"}}) if number == 2 else None
    )
    source = archive(tmp_path / "a.jsonl", range(3))
    run(tmp_path / "a.db", annotator(shop, api_key=key), source)
    found = [file.read_bytes() for file in tmp_path.glob("a.db*")]
    assert rows(tmp_path / "a.db", "SELECT COUNT(*) FROM failures") == [(1,)]
    assert all(key.encode() not in data and b"Bearer" not in data for data in found)


def test_half_characters_in_an_answer_do_not_keep_it_out_of_the_ledger(
    shop: Shop, tmp_path: Path
) -> None:
    shop.choose = always(Reply(body=completion('{"quotes": "\ud800"}', refusal="no \udfff")))
    run(tmp_path / "a.db", annotator(shop), archive(tmp_path / "a.jsonl", range(1)))
    assert rows(tmp_path / "a.db", "SELECT text, refusal FROM ledger") == [
        ('{"quotes": "\ufffd"}', "no \ufffd")
    ]


def test_an_answer_to_a_prompt_that_was_cut_is_paid_and_kept_though_it_is_not_used(
    shop: Shop, tmp_path: Path
) -> None:
    cut = completion('{"quotes": [], "not_speech": []}')
    cut["usage"]["prompt_tokens"] = 1_024
    shop.choose = always(Reply(body=cut))
    source, long = tmp_path / "a.jsonl", "The river rose again that night. " * 120
    archive(source, range(1), text=text_of(0) + long)
    run(tmp_path / "a.db", annotator(shop), source)
    assert rows(tmp_path / "a.db", "SELECT input_tokens FROM ledger") == [(1_024,)]
    assert rows(tmp_path / "a.db", "SELECT kind FROM failures") == [("too long",)]


def test_a_failed_purchase_lets_only_one_of_those_who_wait_buy(tmp_path: Path) -> None:
    class Failing:
        bought = 0

        async def buy(self, request: Request) -> Answer:
            self.bought += 1
            for _ in range(3):
                await asyncio.sleep(0)
            if self.bought == 1:
                raise BusyError("busy")
            return Answer("{}")

        async def aclose(self) -> None: ...

    async def ask_all(desk: Desk) -> list[object]:
        first, second = (asyncio.ensure_future(desk.answer("k", request, 1)) for _ in range(2))
        with pytest.raises(BusyError):
            await first
        third = asyncio.ensure_future(desk.answer("k", request, 1))
        return [await second, await third]

    request = Request("a", "attribute", 0, (Message("user", "x"),), "s", "{}", 9)
    with Store.open(tmp_path / "a.db") as store:
        store.execute("PRAGMA foreign_keys = OFF")
        desk = Desk(
            buyer := Failing(), Ledger(store, 1), Budget("m", "http://b", None, Stop()), Stop()
        )
        second, third = asyncio.run(ask_all(desk))
    assert second == third
    assert buyer.bought == 2
