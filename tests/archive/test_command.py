"""`attributor batch` as a user calls it, in this process."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import click.testing
import pytest
from support.batches import archive, text_of
from support.chat_server import Shop, completion, fault
from support.replies import Reply

from attributor.archive.batch_run import BatchRun
from attributor.archive.progress import Horizon, Progress
from attributor.archive.storing.store import Store
from attributor.cli import cli
from attributor.cli.progress_line import duration, progress, watched

Run = Callable[..., click.testing.Result]


@pytest.fixture
def run() -> Run:
    def call(*args: str) -> click.testing.Result:
        return click.testing.CliRunner().invoke(cli, list(args), prog_name="attributor")

    return call


def ask(shop: Shop, *more: str) -> tuple[str, ...]:
    return ("batch", "--store", "a.db", "--engine", "openai", "--base-url", shop.url, *more)


def test_a_dry_run_counts_and_prices_and_writes_and_asks_nothing(shop: Shop, run: Run) -> None:
    texts = [text_of(n % 8) for n in range(10)]
    lines = [json.dumps({"id": f"a{n}", "text": text}) for n, text in enumerate(texts)]
    Path("a.jsonl").write_text("\n".join([*lines, "{}"]))
    call = ("batch", "--store", "a.db", "--engine", "openai", "--dry-run", "a.jsonl")
    shown = run(*call, "--rpm", "2", "--max-cost", "0.001")
    assert shown.exit_code == 0, shown.stderr
    assert "Found: 11 places, 1 of them unreadable." in shown.stdout
    assert "Copies: 2, whose text stands elsewhere too." in shown.stdout
    assert "To annotate: 8 articles." in shown.stdout
    assert "8 to 16 requests" in shown.stdout
    assert "by the OpenAI Batch API: $" in shown.stdout
    assert "budget of $0.0010 may not be enough" in shown.stdout
    assert "Time: about 4 min to 8 min" in shown.stdout
    assert not Path("a.db").exists()
    assert shop.asked == 0


def test_a_dry_run_leaves_out_what_the_store_has(shop: Shop, run: Run) -> None:
    archive(Path("a.jsonl"), range(3))
    run(*ask(shop, "a.jsonl"))
    archive(Path("a.jsonl"), range(5))
    shown = run(*ask(shop, "--dry-run", "a.jsonl"))
    assert "Known: 3 articles need nothing." in shown.stdout
    assert "To annotate: 2 articles." in shown.stdout
    other = run(*ask(shop, "--dry-run", "--model", "another", "a.jsonl"))
    assert "To annotate: 5 articles." in other.stdout
    assert "Estimated from all of them: 5 to 10 requests," in other.stdout
    assert "Price: unknown for this model and server." in other.stdout
    assert "limits" not in other.stdout


def test_a_dry_run_leaves_out_the_answers_that_the_ledger_has(shop: Shop, run: Run) -> None:
    archive(Path("a.jsonl"), range(3))
    run(*ask(shop, "a.jsonl"))
    shown = run(*ask(shop, "--dry-run", "--target", "the bridge", "a.jsonl"))
    assert "To annotate: 3 articles." in shown.stdout
    assert "Estimated from all of them: 3 requests," in shown.stdout
    assert " 0 output tokens" not in shown.stdout
    asked = shop.asked
    run(*ask(shop, "--target", "the bridge", "a.jsonl"))
    assert shop.asked == asked + 3


def test_a_dry_run_says_from_what_it_estimates(shop: Shop, run: Run) -> None:
    archive(Path("a.jsonl"), range(130))
    some = run(*ask(shop, "--dry-run", "--max-articles", "100", "a.jsonl")).stdout
    assert "To annotate: 100 articles." in some
    assert "Estimated from 100 articles, drawn at random: 100 to 200 requests" in some
    assert " 0 output tokens" not in some


def test_a_dry_run_says_what_of_the_budget_is_spent(
    shop: Shop, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("attributor.prompting.prices.cost", lambda *args: 0.25)
    archive(Path("a.jsonl"), range(2))
    run(*ask(shop, "a.jsonl"))
    archive(Path("a.jsonl"), range(3))
    enough = run(*ask(shop, "--dry-run", "--max-cost", "0.75", "a.jsonl")).stdout
    assert "To annotate: 1 article." in enough
    assert "budget" not in enough
    shown = run(*ask(shop, "--dry-run", "--max-cost", "0.74", "a.jsonl")).stdout
    assert "The budget of $0.74, of which $0.50 is spent, may not be enough." in shown


def test_a_dry_run_of_the_embedded_engine_says_how_long(run: Run) -> None:
    archive(Path("a.jsonl"), range(3))
    shown = run("batch", "--store", "a.db", "--engine", "embedded", "--dry-run", "a.jsonl")
    assert "costs nothing" in shown.stdout
    assert "with" in shown.stdout.splitlines()[-1]


def test_what_a_batch_was_ending_over_is_told_though_two_signals_end_the_waiting(
    shop: Shop, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def ended_at_once(self: BatchRun, entries: object) -> NoReturn:
        self.stop.ask("stopped", "The account has no credit left.", 4)
        await self.maker.aclose()
        raise asyncio.CancelledError

    monkeypatch.setattr(BatchRun, "run", ended_at_once)
    archive(Path("a.jsonl"), range(3))
    shown = run(*ask(shop, "a.jsonl"))
    assert shown.exit_code == 130
    assert "The account has no credit left.\nStopped at once" in shown.stderr


def test_the_end_is_summed_up_and_the_exit_code_says_whether_all_is_well(
    shop: Shop, run: Run
) -> None:
    archive(Path("a.jsonl"), range(4))
    refusal = Reply(body=completion("", refusal="Not this \x1b[31mone."))
    shop.choose = lambda shop, n, body: (
        refusal if "bridge 2 " in body["messages"][-1]["content"] else None
    )
    shown = run(*ask(shop, "a.jsonl"))
    assert shown.exit_code == 6
    assert "3 articles annotated" in shown.stderr
    assert "not annotated: 1 refused" in shown.stderr
    assert "1 in quarantine, for example: The model refused the request about 'a2'" in shown.stderr
    assert "--retry-failed takes them up again" in shown.stderr
    assert "\x1b" not in shown.stderr
    assert "attributor batch failures a.db" in shown.stderr
    status = run("batch", "status", "a.db")
    assert "4 articles, 3 of them annotated, with 3 quotes" in status.stdout
    assert "1 refused" in status.stdout
    assert "finished; 3 annotated, 1 still in quarantine, 4 answers" in status.stdout
    failures = run("batch", "failures", "a.db")
    assert failures.stdout.startswith("refused: The model refused the request about 'a2'")
    assert "\x1b" not in failures.stdout + status.stdout
    (line,) = run("batch", "failures", "a.db", "--json").stdout.splitlines()
    assert json.loads(line)["answer"] == "Not this \x1b[31mone."
    assert run("batch", "failures", "a.db", "--kind", "empty").stdout == ""
    shop.choose = lambda shop, n, body: None
    assert run(*ask(shop, "--retry-failed", "a.jsonl")).exit_code == 0


def test_what_the_next_run_tries_again_by_itself_is_said(
    shop: Shop, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATTRIBUTOR_ATTEMPTS", "1")
    archive(Path("a.jsonl"), range(3))
    shop.choose = lambda shop, n, body: (
        fault(500) if "bridge 2 " in body["messages"][-1]["content"] else None
    )
    busy = run(*ask(shop, "a.jsonl")).stderr
    assert "1 in quarantine, for example: " in busy
    assert "lists them; the next run over them tries them again." in busy
    refusal = Reply(body=completion("", refusal="No."))
    archive(Path("b.jsonl"), range(3, 5))
    shop.choose = lambda shop, n, body: (
        refusal if "bridge 3 " in body["messages"][-1]["content"] else fault(500)
    )
    both = run(*ask(shop, "a.jsonl", "b.jsonl")).stderr
    assert "3 in quarantine" in both
    assert "the next run over them tries 2 of them again, with --retry-failed all." in both


def test_runs_are_compared_by_their_numbers(shop: Shop, run: Run) -> None:
    archive(Path("a.jsonl"), range(2))
    run(*ask(shop, "a.jsonl"))
    none = Reply(body=completion(json.dumps({"quotes": [], "not_speech": [2, 3]})))
    shop.choose = lambda shop, n, body: none
    run(*ask(shop, "--model", "another", "--no-draft", "a.jsonl"))
    shown = run("batch", "diff", "a.db", "1", "2").stdout
    assert "- Ana Petric: We keep bridge 0 open" in shown
    assert "2 articles compared, 2 changed: 0 quotes gained, 2 lost" in shown
    assert len(run("batch", "diff", "a.db", "1", "2", "--json").stdout.splitlines()) == 2
    assert run("batch", "diff", "a.db", "1", "7").exit_code == 2
    run(*ask(shop, "a.jsonl"))
    same = run("batch", "diff", "a.db", "1", "3")
    assert same.exit_code == 2
    assert "Runs 1 and 3 annotate in the same way: name two with different" in same.stderr


def test_runs_that_annotate_otherwise_can_be_told_apart(shop: Shop, run: Run) -> None:
    archive(Path("a.jsonl"), range(1))
    for target in ("the bridge", "the harbour", "the bridge"):
        run(*ask(shop, "--target", target, "a.jsonl"))
    *_, one, two, three = run("batch", "status", "a.db").stdout.splitlines()
    assert ", 1 target, recipe 1: finished;" in one
    assert ", 1 target, recipe 2: finished;" in two
    assert ", 1 target, recipe 1: finished;" in three


@pytest.mark.parametrize("again", [["in/deep", "in"], ["in/deep"]])
def test_a_changed_text_goes_though_a_run_calls_its_file_otherwise(
    again: list[str], shop: Shop, run: Run
) -> None:
    Path("in/deep").mkdir(parents=True)
    for number, name in enumerate(("in/a.txt", "in/deep/b.txt")):
        Path(name).write_text(text_of(number))
    run(*ask(shop, "in"))
    Path("in/deep/b.txt").write_text(text_of(7))
    assert run(*ask(shop, *again)).exit_code == 0
    assert run("search", "a.db", "bridge 1").exit_code == 1
    assert run("search", "a.db", "bridge 7").exit_code == 0
    assert "2 articles, 2 of them annotated" in run("batch", "status", "a.db").stdout


def test_a_text_that_is_gone_is_not_counted_as_one_to_annotate(shop: Shop, run: Run) -> None:
    Path("in").mkdir()
    for number in range(3):
        Path(f"in/{number}.txt").write_text(text_of(number))
    run(*ask(shop, "in"))
    Path("in/2.txt").write_text(text_of(9))
    run(*ask(shop, "in"))
    status = run("batch", "status", "a.db").stdout
    assert "3 articles, 3 of them annotated, with 3 quotes" in status
    assert "1 text is no longer in the archive." in status


def test_a_dry_run_of_a_sample_says_what_of_it_is_left_to_do(shop: Shop, run: Run) -> None:
    archive(Path("a.jsonl"), range(30))
    assert run(*ask(shop, "--sample", "4", "a.jsonl")).exit_code == 0
    again = run(*ask(shop, "--sample", "4", "--dry-run", "a.jsonl")).stdout
    assert again.splitlines()[0] == "Drawn at random: 4 articles."
    assert "Known: 4 articles need nothing." in again
    assert "To annotate: 0 articles." in again
    more = run(*ask(shop, "--sample", "10", "--dry-run", "a.jsonl")).stdout
    assert "To annotate: 6 articles." in more
    assert shop.asked == 4


def test_what_stays_in_quarantine_is_not_said_to_need_nothing(shop: Shop, run: Run) -> None:
    archive(Path("a.jsonl"), range(3))
    refusal = Reply(body=completion("", refusal="I would rather not."))
    shop.choose = lambda shop, n, body: refusal if n == 1 else None
    run(*ask(shop, "--concurrency", "1", "a.jsonl"))
    plan = run(*ask(shop, "--dry-run", "a.jsonl")).stdout
    assert "Known: 2 articles need nothing." in plan
    assert "In quarantine: 1, which --retry-failed takes up again." in plan
    assert "2 needed nothing, 0 copies, 1 left in quarantine." in run(*ask(shop, "a.jsonl")).stderr
    assert "quarantine: 1" not in run(*ask(shop, "--dry-run", "--retry-failed", "a.jsonl")).stdout


def test_a_run_whose_process_is_gone_is_not_said_to_go_on(shop: Shop, run: Run) -> None:
    run(*ask(shop, str(archive(Path("a.jsonl"), range(1)))))
    for pid, said in ((os.getpid(), "running;"), (gone(), "ended without a word;")):
        with Store.open("a.db") as store:
            store.execute("UPDATE runs SET state = 'running', pid = ?", (pid,))
        assert said in run("batch", "status", "a.db").stdout


def gone() -> int:
    """The number of a process that has ended."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        return process.pid


@pytest.mark.parametrize("option", ["--max-cost", "--rpm", "--tpm", "--queued-tokens"])
def test_nan_is_no_limit(run: Run, option: str) -> None:
    shown = run("batch", "--store", "a.db", option, "nan", str(archive(Path("a.jsonl"), range(1))))
    assert shown.exit_code == 2
    assert f"Invalid value for '{option}': 'nan' is no number." in shown.stderr


def test_a_budget_without_a_price_is_refused_before_anything_is_asked(shop: Shop, run: Run) -> None:
    archive(Path("a.jsonl"), range(2))
    shown = run(*ask(shop, "--max-cost", "1", "a.jsonl"))
    assert shown.exit_code == 2
    assert "No price is known" in shown.stderr
    assert shop.asked == 0


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("nowhere", "'nowhere' does not exist"),
        ("*.parquet", "'*.parquet' matches no file"),
        ("nowhere/*.txt", "'nowhere/*.txt' matches no file"),
        ("empty", "'empty' holds no file that may be an article"),
    ],
)
@pytest.mark.parametrize("more", [(), ("--dry-run",)])
def test_a_source_that_stands_for_nothing_is_refused_before_anything_is_begun(
    shop: Shop, run: Run, source: str, says: str, more: tuple[str, ...]
) -> None:
    archive(Path("a.jsonl"), range(2))
    Path("empty").mkdir()
    shown = run(*ask(shop, *more, "a.jsonl", source))
    assert shown.exit_code == 3
    assert says in shown.stderr
    assert shop.asked == 0
    assert not Path("a.db").exists()


def test_without_a_key_nothing_is_begun(run: Run) -> None:
    archive(Path("a.jsonl"), range(2))
    shown = run("batch", "--store", "a.db", "--engine", "openai", "a.jsonl")
    assert shown.exit_code == 4
    assert "There is no key" in shown.stderr


def test_a_folder_called_like_a_command_can_be_annotated(shop: Shop, run: Run) -> None:
    Path("status").mkdir()
    Path("status/a.txt").write_text(text_of(1))
    shown = run("batch", "run", *ask(shop)[1:], "status")
    assert shown.exit_code == 0, shown.stderr
    assert shop.asked == 1


def test_patterns_and_folders_are_sources(shop: Shop, run: Run) -> None:
    Path("in/deep").mkdir(parents=True)
    for number, name in enumerate(("in/a.txt", "in/deep/b.txt", "in/deep/c.md")):
        Path(name).write_text(text_of(number))
    assert run(*ask(shop, "in/*/*.txt")).exit_code == 0
    assert shop.asked == 1
    assert run(*ask(shop, "in")).exit_code == 0
    assert shop.asked == 3


# --- what is shown on the way ------------------------------------------------------------------


def test_progress_says_how_fast_how_dear_and_how_long() -> None:
    tally = Progress(read=50, annotated=30, spent=0.3, total=60, in_flight=2)
    tally.begun -= 10
    tally._work_began = tally.begun
    tally.failures["refused"] = 3
    line = progress(tally)
    assert "30 of 60 annotated, 3.3 articles a second" in line
    assert "3 refused" in line
    assert "$0.3000 spent, about $0.55 in all" in line
    assert "about 8 s left" in line
    tally.ending = True
    line = progress(tally)
    assert line.startswith("Ending: 30 of 60 annotated")
    assert line.endswith("$0.3000 spent.")
    tally.ending, tally.requests_out = False, 7
    line = progress(tally)
    assert "7 requests with the Batch API, for a day at most" in line
    assert "left" not in line


def test_how_long_it_will_go_on_is_known_from_the_first_article_on() -> None:
    tally = Progress(spent=0.01)
    tally.take_up(0, 0.5)  # half of the archive needs nothing
    tally.take_up(40, 0.75)
    tally.work_begins()
    assert tally.share_done == 0
    assert "in all" not in progress(tally)
    tally.annotated, tally.in_flight = 4, 8
    assert tally.share_done == pytest.approx(0.05)  # a tenth of the first half of what is left
    assert tally.projected == pytest.approx(0.2)
    assert tally.seconds_left is not None
    tally.rest_at = 0.5
    assert tally.projected == pytest.approx(0.105)
    tally.share_read, tally.annotated, tally.in_flight = 1.0, 40, 0
    assert tally.share_done == 1
    assert tally.projected == pytest.approx(0.01)


def test_at_its_end_nothing_is_left(shop: Shop, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    lasts: list[float | None] = []
    show = BatchRun._show

    def showing(self: BatchRun) -> None:
        show(self)
        lasts.append(self.progress.seconds_left)

    monkeypatch.setattr(BatchRun, "_show", showing)
    archive(Path("a.jsonl"), range(20))
    assert run(*ask(shop, "a.jsonl")).exit_code == 0
    assert lasts[-1] == 0


def test_how_far_it_is_follows_from_the_size_of_the_files(tmp_path: Path) -> None:
    for name, size in (("a.txt", 100), ("b.txt", 300)):
        (tmp_path / name).write_text("x" * size)
    horizon = Horizon([str(tmp_path)])
    horizon.measured.wait(10)
    assert horizon.share == 0
    horizon.passed(str(tmp_path / "a.txt"), 100)
    assert horizon.share == pytest.approx(0.25)
    horizon.passed(str(tmp_path / "b.txt"), 150)
    assert horizon.share == pytest.approx(0.625)
    horizon.passed(str(tmp_path / "b.txt"), 1_000)
    assert horizon.share == 1


@pytest.mark.parametrize(
    "sources",
    [["in"], ["in", "in"], ["in", "in/*"], ["in/deep", "./in", "in/a.txt"], ["in/**/*.txt", "in"]],
)
def test_no_file_is_measured_twice(sources: list[str]) -> None:
    Path("in/deep").mkdir(parents=True)
    for name in ("in/a.txt", "in/deep/b.txt"):
        Path(name).write_text("x" * 100)
    horizon = Horizon(sources)
    horizon.measured.wait(10)
    horizon.passed("in/a.txt", 100)
    assert horizon.share == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(3.2, "3 s"), (89, "89 s"), (600, "10 min"), (12_000, "3 h 20 min"), (180_000, "2 d 2 h")],
)
def test_durations_are_said_as_people_say_them(seconds: float, said: str) -> None:
    assert duration(seconds) == said


@pytest.mark.parametrize(("seconds", "lines"), [(0.0, 2), (1e6, 0)])
def test_where_no_terminal_is_a_line_is_written_now_and_then(
    seconds: float, lines: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with watched(seconds) as watch:
        watch(Progress())
        watch(Progress())
    assert capsys.readouterr().err.count("articles a second; 0 known") == lines


def test_an_archive_in_an_old_encoding_is_read_when_it_is_named(run: Run) -> None:
    said = "„Most je siguran“, rekao je Žarko Đurić. Dodao je da će doći kući."
    row = f"id;text\n1;{said}\n"
    Path("in").mkdir()
    Path("in/a.txt").write_bytes(said.encode("cp1250"))
    Path("in/b.csv").write_bytes(row.replace("Most", "Park").encode("cp1250"))
    said_there = said.replace("Most", "Tunel")
    page = f"<html><body><article><h1>Naslov</h1><p>{said_there}</p></article></body></html>"
    Path("in/c.html").write_bytes(page.encode("cp1250"))
    Path("in/d.txt").write_text(said.replace("Most", "Trg"), encoding="utf-8")
    call = ("batch", "--store", "b.db", "--engine", "embedded")
    assert run(*call, "in").exit_code == 6
    shown = run("batch", "failures", "b.db")
    assert "name it with --encoding" in shown.stdout
    ended = run(*call, "--encoding", "windows-1250", "in")
    assert ended.exit_code == 0, ended.stderr
    found = run("search", "b.db", "siguran", "--format", "jsonl").stdout.splitlines()
    assert {json.loads(line)["quote"].split()[0] for line in found} == {
        *("Most", "Park", "Tunel", "Trg")
    }


def test_a_kind_that_is_not_in_quarantine_is_refused_with_those_that_are(run: Run) -> None:
    archive(Path("a.jsonl"), range(1))
    Path("b.txt").write_text("")
    call = ("batch", "--store", "b.db", "--engine", "embedded")
    run(*call, "a.jsonl")
    nothing = run("batch", "failures", "b.db", "--kind", "refused")
    assert nothing.exit_code == 2
    assert "Nothing of the kind 'refused' is in quarantine, which is empty." in nothing.stderr
    run(*call, "b.txt")
    shown = run("batch", "failures", "b.db", "--kind", "unreadble")
    assert (shown.exit_code, shown.stdout) == (2, "")
    assert "kind 'unreadble' is in quarantine; there is unreadable." in shown.stderr
    assert run("batch", "failures", "b.db", "--kind", "unreadable").exit_code == 0


def test_one_is_not_said_as_many(run: Run) -> None:
    archive(Path("a.jsonl"), range(1))
    call = ("batch", "--store", "b.db", "--engine", "embedded")
    plan = run(*call, "--dry-run", "a.jsonl").stdout
    assert "Found: 1 place, 0 of them" in plan
    assert "To annotate: 1 article." in plan
    assert "1 article annotated in" in run(*call, "a.jsonl").stderr
    assert run("batch", "status", "b.db").stdout.startswith("1 article, 1 of them annotated")
    assert "nothing to give up" in run("batch", "abandon", "b.db").stderr


def test_seconds_since_1970_in_json_are_a_date(run: Run) -> None:
    article = {"id": "a", "text": text_of(1), "published": 1614772800}
    Path("a.jsonl").write_text(json.dumps(article))
    ended = run("batch", "--store", "b.db", "--engine", "embedded", "a.jsonl")
    assert ended.exit_code == 0, ended.stderr
    shown = run("search", "b.db", "--since", "2021-03-03", "--until", "2021-03-03")
    assert shown.exit_code == 0
