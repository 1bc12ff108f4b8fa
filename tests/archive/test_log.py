"""The log of a batch: what it says of a long run, and what never stands in it."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click.testing
import pytest
from support.batch_api_server import Bureau
from support.batches import archive, go, text_of
from support.chat_server import Shop, completion, fault
from support.replies import Reply

from attributor.archive.asking.limits import Limits
from attributor.archive.storing.store import Store
from attributor.archive.storing.store_schema import migrate
from attributor.archive.working.processes import Beginning, Workers, WorkersCrashed
from attributor.cli import cli
from attributor.cli.log_file import logged
from attributor.logs import own_words
from attributor.pipeline import Annotator
from attributor.settings import Settings

KEY = "sk-ours-0123456789abcdef0123"
LINE = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (INFO|WARNING|ERROR) attributor[.\w]*: .+"
)

Run = Callable[..., click.testing.Result]


@pytest.fixture
def run(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)

    def call(*more: str, store: str = "a.db", engine: str = "openai") -> click.testing.Result:
        start = ("batch", "--store", store, "--engine", engine, "--base-url", shop.url)
        return click.testing.CliRunner().invoke(cli, [*start, *more], prog_name="attributor")

    return call


def lines(path: str = "run.log") -> list[str]:
    return Path(path).read_text(encoding="utf-8").splitlines()


def once(reply: Reply) -> Any:
    return lambda shop, number, body: reply if number == 1 else None


def always(reply: Reply) -> Any:
    return lambda shop, number, body: reply


def test_a_refusal_for_load_and_its_retry_are_logged_with_the_beginning_and_the_end(
    shop: Shop, run: Run
) -> None:
    archive(Path("a.jsonl"), range(2))
    shop.choose = once(fault(429))
    ended = run("--log", "run.log", "a.jsonl")
    assert ended.exit_code == 0, ended.stderr
    log = lines()
    assert all(LINE.fullmatch(line) for line in log)
    told = [line.split(": ", 1)[1] for line in log]
    (retry,) = [line for line in told if "try 1 of 4" in line]
    assert re.match(r"the request about 'a\d' failed \(HTTP 429\)", retry)
    assert any("refuses for load" in line and "4 calls at once" in line for line in told)
    assert "store 'a.db' is made for writing" in log[0] or "process" in log[0]
    assert any(re.match(r"run 1 begins .*'a\.jsonl'", line) for line in told)
    assert any(line.startswith("run 1 ends, finished: 2 articles annotated") for line in told)


def test_a_log_grows_and_only_its_owner_may_read_it(run: Run) -> None:
    archive(Path("a.jsonl"), range(1))
    for number in (1, 2):
        run("--log", "run.log", "a.jsonl")
        assert sum(f"run {number} begins" in line for line in lines()) == 1
    assert sum("run 1 begins" in line for line in lines()) == 1
    assert os.name == "nt" or Path("run.log").stat().st_mode & 0o777 == 0o600


FORGED = "a\n2020-01-01T00:00:00.000Z INFO attributor: all is well\r\x1b[2J\u2028\u202e"


def test_what_goes_into_quarantine_is_logged_and_no_id_begins_a_line_of_its_own(
    shop: Shop, run: Run
) -> None:
    articles = [{"id": FORGED, "text": text_of(1)}, {"id": "b", "text": " "}]
    Path("a.jsonl").write_text("\n".join(map(json.dumps, articles)), encoding="utf-8")
    shop.choose = always(Reply(body=completion("Dear reader, no.")))
    assert run("--log", "run.log", "a.jsonl").exit_code == 6
    log = lines()
    assert all(LINE.fullmatch(line) and line.isprintable() for line in log)
    (one,) = [line for line in log if "article 'a" in line and "quarantine" in line]
    assert "of 'a.jsonl' goes into quarantine as 'broken': The answer about 'a" in one
    (place,) = [line for line in log if "place 'a.jsonl:2'" in line]
    assert "goes into quarantine as 'unreadable': " in place
    assert not any(line.startswith("2020") for line in log)


def test_without_a_log_nothing_is_said_of_events(shop: Shop, run: Run) -> None:
    archive(Path("a.jsonl"), range(2))
    shop.choose = once(fault(429))
    ended = run("a.jsonl")
    assert ended.exit_code == 0
    said = ended.stdout + ended.stderr
    assert not re.search(r"429|begins|WARNING|INFO|limit", said)
    assert {path.name for path in Path().iterdir()} <= {
        "a.jsonl",
        "a.db",
        "a.db-wal",
        "a.db-shm",
        "a.db.lock",
        "config",
    }


@pytest.mark.parametrize("room", ["attributor.archive", "attributor.prompting"])
def test_a_program_that_listens_to_nothing_is_told_nothing(room: str) -> None:
    code = f"import logging, {room}; logging.getLogger('{room}.x').error('lost')"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert (said.stdout, said.stderr) == (b"", b"")


TEXT = (
    "Harbour wardens met at dawn.\n\n“Nobody sells this quay while I am alive,” said Mara Tolk.\n"
)
ECHOES: dict[str, Callable[[str], Reply]] = {
    "an error": lambda echo: Reply(400, {"error": {"message": echo}}),
    "an error with its code": lambda echo: Reply(422, {"error": {"message": "no", "code": echo}}),
    "a list of details": lambda echo: Reply(
        422, {"detail": [{"msg": echo, "loc": [echo], "input": echo}]}
    ),
    "plain text": lambda echo: Reply(400, echo),
    "a page": lambda echo: Reply(403, f"<html><title>{echo}</title><p>{echo}</html>"),
    "busy": lambda echo: Reply(503, {"error": {"message": echo}}),
    "an error inside": lambda echo: Reply(200, {"error": {"message": echo, "code": 400}}),
    "something else": lambda echo: Reply(200, {"text": echo}),
    "no JSON": lambda echo: Reply(200, echo),
    "a refusal": lambda echo: Reply(200, completion("", refusal=echo)),
    "prose": lambda echo: Reply(200, completion(echo)),
    "a filter": lambda echo: Reply(200, completion(echo, finish="content_filter")),
    "an answer cut off": lambda echo: Reply(200, completion(echo, finish="length")),
    "words that stand nowhere": lambda echo: Reply(
        200,
        completion(json.dumps({"quotes": [{"at": f"99 {echo}"}], "not_speech": []})),
    ),
    "no access": lambda echo: Reply(401, {"error": {"message": echo}}),
    "no credit": lambda echo: Reply(402, {"error": {"message": echo}}),
    "a good answer": lambda echo: Reply(500, {"error": {"message": echo}}),
}


@pytest.mark.parametrize("kind", ECHOES)
def test_no_word_of_an_article_and_no_key_is_ever_in_the_log(
    shop: Shop, run: Run, kind: str
) -> None:
    Path("a.jsonl").write_text(json.dumps({"id": "a1", "text": TEXT}), encoding="utf-8")
    echo = f"{TEXT.strip()} Bearer {KEY}"
    shop.choose = (once if kind == "a good answer" else always)(ECHOES[kind](echo))
    run("--log", "run.log", "--no-draft", "a.jsonl")
    log = Path("run.log").read_text(encoding="utf-8")
    assert "'a1'" in log or "is to end" in log
    assert KEY not in log
    words = re.findall(r"\w+", TEXT)
    runs = [" ".join(words[at : at + 2]) for at in range(len(words) - 1)]
    said = " ".join(re.findall(r"\w+", log))
    assert not [each for each in runs if each in said]


@pytest.mark.parametrize("kind", ["an answer cut off", "words that stand nowhere", "prose"])
def test_no_word_of_a_draft_and_of_an_article_is_ever_in_the_log(
    shop: Shop, run: Run, kind: str
) -> None:
    Path("a.jsonl").write_text(json.dumps({"id": "a1", "text": TEXT}), encoding="utf-8")
    shop.choose = always(ECHOES[kind](TEXT.strip()))
    run("--log", "run.log", "a.jsonl")
    log = Path("run.log").read_text(encoding="utf-8")
    assert "run 1 ends" in log
    assert not [word for word in ("wardens", "quay", "Mara", "Tolk") if word in log]


def test_a_row_that_cannot_be_read_says_nothing_of_its_words_in_the_log(run: Run) -> None:
    Path("t.csv").write_text(f'"{TEXT}","{TEXT}"\n"{TEXT}"\n', encoding="utf-8")
    Path("j.jsonl").write_text(f'{{"id": "x", "text": 5, "{TEXT[:20]}": {TEXT}\n', encoding="utf-8")
    run("--log", "run.log", "t.csv", "j.jsonl")
    log = Path("run.log").read_text(encoding="utf-8")
    assert "quarantine as 'unreadable'" in log
    assert "wardens" not in log
    assert "Tolk" not in log


def test_a_sentence_ends_in_the_log_where_others_words_begin() -> None:
    said = "The server 'h' rejects the request about 'a: b' (HTTP 400): 'Ana said no'; see to it."
    assert own_words(said, "a: b") == "The server 'h' rejects the request about 'a: b' (HTTP 400)"
    assert own_words("Odd\nline.") == "Odd\\nline"


# --- where a log may be written -------------------------------------------------------------------


def database(path: str) -> None:
    sqlite3.connect(path).executescript("CREATE TABLE t (a); INSERT INTO t VALUES (1);")


PLACES: dict[str, tuple[str, str]] = {
    "the store": ("a.db", "into a store"),
    "beside the store": ("a.db-wal", "into a store"),
    "the store, spelled otherwise": ("texts/../a.db", "into a store"),
    "another database": ("other.db", "into a store"),
    "a source": ("texts/one.txt", "as an article"),
    "a new file of a source": ("texts/log.txt", "as an article"),
    "a file that is a source": ("alone.log", "as an article"),
    "a link to a source": ("link.log", "as an article"),
    "a folder": ("texts", "cannot be written|as an article"),
    "nowhere": ("missing/run.log", "cannot be written"),
    "a device": ("/dev/null", "is no file"),
    "a pipe": ("pipe", "cannot be written"),
}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
@pytest.mark.parametrize("kind", PLACES)
def test_a_log_is_refused_where_it_would_do_harm(run: Run, kind: str) -> None:
    Path("texts").mkdir()
    for path in ("texts/one.txt", "alone.log"):
        Path(path).write_text(text_of(1), encoding="utf-8")
    Path("link.log").symlink_to("texts/one.txt")
    os.mkfifo("pipe")
    run("texts", engine="embedded")
    database("other.db")
    files = [Path(each) for each in ("a.db", "other.db", "texts/one.txt", "alone.log")]
    before = [path.read_bytes() for path in files]
    path, complaint = PLACES[kind]
    ended = run("--log", path, "texts", "alone.log", engine="embedded")
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert re.search(f"The log '{path}' .*({complaint})", ended.stderr)
    assert before == [path.read_bytes() for path in files]


def test_a_log_may_lie_in_a_folder_that_is_read_if_its_name_says_what_it_is(run: Run) -> None:
    archive(Path("a.jsonl"), range(1))
    assert run("--log", "run.log", ".", engine="embedded").exit_code == 0
    assert run("--log", "run.log", ".", engine="embedded").exit_code == 0
    assert not any("quarantine as" in line for line in lines())


class Full:
    """A file on a disk that is full."""

    def write(self, text: str) -> None:
        raise OSError(28, "No space left on device")

    def flush(self) -> None:
        pass

    def close(self) -> None:
        pass


def test_a_log_that_cannot_be_written_any_more_is_told_once_and_ends_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with logged("run.log", "a.db", ()):
        handler: Any = logging.getLogger("attributor").handlers[-1]
        handler.stream.close()
        handler.stream = Full()
        for _ in range(2):
            logging.getLogger("attributor.test").error("lost")
    assert capsys.readouterr().err.splitlines() == [
        "The log 'run.log' cannot be written any more; the work goes on."
    ]


# --- the events -----------------------------------------------------------------------------------


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    caplog.set_level(logging.INFO, "attributor")
    return lambda: "\n".join(f"{r.name}: {r.getMessage()}" for r in caplog.records)


def test_what_the_batch_api_is_given_and_answers_is_logged(
    bureau: Bureau, tmp_path: Path, told: Callable[[], str]
) -> None:
    go(bureau, archive(tmp_path / "a.jsonl", range(3)))
    said = told()
    for event in (
        r"file '[-\w]+' is uploaded: 3 requests, [\d,]+ tokens",
        r"file '[-\w]+' is submitted as '",
        r"file '[-\w]+' is completed, 3 answered",
        r"file '[-\w]+' is over: 0 requests left",
    ):
        assert len(re.findall(event, said)) == 1, said


@pytest.fixture
def embedded() -> Annotator:
    return Annotator(Settings(engine="embedded"))


def test_processes_that_are_lost_are_logged(embedded: Annotator, told: Callable[[], str]) -> None:
    async def over_one_call() -> None:
        workers = Workers(Beginning(embedded), 1)
        with pytest.raises(WorkersCrashed):
            await workers.call(os._exit, 1)
        await workers.call(abs, -3)
        workers.end()

    asyncio.run(over_one_call())
    said = told()
    assert len(re.findall(r"process \d+ begins", said)) == 3
    assert len(re.findall(r"process \d+ is lost: it ended by itself, 1 call unanswered", said)) == 2
    assert len(re.findall(r"process \d+ is ended", said)) == 1
    assert "a second process crashed over the same call" in said


def test_a_store_that_is_brought_up_to_date_is_logged(
    tmp_path: Path, told: Callable[[], str]
) -> None:
    connection = sqlite3.connect(tmp_path / "a.db")
    migrate(connection, 2)
    connection.close()
    Store.open(tmp_path / "a.db").close()
    assert re.search(r"store '.*a\.db' is migrated from schema 2 to \d", told())
    assert "is opened for writing" in told()


def test_what_a_server_does_not_take_is_logged_as_what_is_asked_instead(
    shop: Shop, run: Run
) -> None:
    archive(Path("a.jsonl"), range(1))
    reply = Reply(400, {"error": {"message": "temperature is not supported"}})
    shop.choose = lambda shop, number, body: reply if "temperature" in body else None
    assert run("--log", "run.log", "a.jsonl").exit_code == 0
    assert any("is asked otherwise from now on: temperature = False" in line for line in lines())


def test_calls_at_once_and_the_servers_own_limits_are_logged(told: Callable[[], str]) -> None:
    time = iter(range(10**6))
    limits = Limits(4, clock=lambda: float(next(time)))
    limits.hold(0.0)
    for _ in range(8):
        limits.heard(200, {"x-ratelimit-limit-requests": "600"})
    said = told()
    assert "everybody waits 0.0 s, then 2 calls at once" in said
    assert said.count("the server allows 600 requests a minute") == 1
    assert said.count("3 calls at once again") == 1


def test_why_a_run_ends_before_its_time_is_logged(shop: Shop, run: Run) -> None:
    archive(Path("a.jsonl"), range(1))
    shop.choose = always(fault(402))
    run("--log", "run.log", "a.jsonl")
    (end,) = [line for line in lines() if "is to end" in line]
    assert "stopped: The account at '127.0.0.1" in end
    assert any("run 1 ends, stopped" in line for line in lines())


def test_what_keeps_a_run_from_beginning_is_logged(run: Run) -> None:
    archive(Path("a.jsonl"), range(1))
    database("a.db")
    assert run("--log", "run.log", "a.jsonl", engine="embedded").exit_code == 5
    assert "ended by StoreError: 'a.db' is a database" in lines()[-1]
