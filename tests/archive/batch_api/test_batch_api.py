"""Batches by the Batch API: a real server with its endpoints, a real store, real files."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support import batch_api_server as bureaus
from support.batch_api_server import Bureau, Given, Line, result
from support.batches import HASTY, annotator, archive, go, run
from support.chat_server import Shop, completion, fault
from support.programs import Forker
from support.replies import Reply
from support.stores import rows

from attributor.archive.asking.budget import BUDGET_REACHED
from attributor.archive.asking.ledger import Ledger
from attributor.archive.batch_api.outboxes import Outbox
from attributor.archive.batch_run import IN_QUARANTINE, BatchRun
from attributor.archive.finding.store_status import status
from attributor.archive.stopping import Stop
from attributor.archive.storing.annotation_rows import AnnotationRows, Failure
from attributor.archive.storing.store import Store
from attributor.archive.storing.store_schema import migrations
from attributor.errors import StoreError, UsageError
from attributor.prompting.batch_api import BatchApi


def once(bureau: Bureau, line: Line, told: Line, seen: set[str]) -> Line | None:
    """`told` the first time that this request comes, then nothing of the kind."""
    if line["custom_id"] in seen:
        return None
    seen.add(line["custom_id"])
    return told


@pytest.mark.usefixtures("priced")
def test_articles_are_annotated_in_rounds_at_half_the_price(bureau: Bureau, tmp_path: Path) -> None:
    ended = go(bureau, archive(tmp_path / "a.jsonl", range(5)), "the bridge")
    assert (ended.exit_code_at_end, ended.tally.annotated) == (0, 5)
    assert bureau.sizes == [5, 5]  # quotes, stances
    store = tmp_path / "a.db"
    assert rows(store, "SELECT COUNT(*) FROM stances WHERE label = 'favor'") == [(5,)]
    assert rows(store, "SELECT DISTINCT cost_usd FROM ledger") == [(5.1 / 2,)]


def test_a_servers_password_is_not_in_the_store_and_a_new_one_is_no_other_server(
    bureau: Bureau, tmp_path: Path
) -> None:
    source = archive(tmp_path / "a.jsonl", range(2))
    for password in ("first-secret", "second-secret"):
        url = bureau.shop.url.replace("http://", f"http://ana:{password}@")
        who = annotator(bureau.shop, base_url=url)
        address = BatchApi(who.asker()).address
        assert address == f"{bureau.shop.url}/"
    speed = {"by_batch_api": True, "first_at_once": False, "batch_api": HASTY}
    ended = run(tmp_path / "a.db", who, source, concurrency=9, speed=speed)
    assert ended.tally.annotated == 2, ended
    found = [file.read_bytes() for file in tmp_path.glob("a.db*")]
    assert rows(tmp_path / "a.db", "SELECT DISTINCT server FROM submissions") == [(address,)]
    assert all(b"secret" not in data for data in found)


def test_an_older_stores_addresses_lose_their_passwords() -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE submissions (server TEXT)")
    given = ["https://ana:x%40y@proxy.eu/v1/", "https://ana@proxy.eu/v1/", "https://b.eu/v1/@c/"]
    connection.executemany("INSERT INTO submissions VALUES (?)", [(each,) for each in given])
    connection.executescript(migrations()[3])
    found = [row[0] for row in connection.execute("SELECT server FROM submissions")]
    assert found == ["https://proxy.eu/v1/", "https://proxy.eu/v1/", "https://b.eu/v1/@c/"]


def test_a_request_is_named_by_its_articles_key(bureau: Bureau, tmp_path: Path) -> None:
    go(bureau, archive(tmp_path / "a.jsonl", range(3)))
    names = {line["custom_id"] for line in bureau.lines(bureau.batches[0])}
    told = rows(
        tmp_path / "a.db",
        "SELECT a.content, l.key FROM ledger l JOIN articles a ON a.id = l.article_id",
    )
    assert names == {f"{content[:16]}-attribute-0-{key[:16]}" for content, key in told}
    assert all(len(name) <= 64 for name in names)


def test_answers_are_shared_with_calls(bureau: Bureau, tmp_path: Path) -> None:
    source = archive(tmp_path / "a.jsonl", range(4))
    go(bureau, source)
    again = run(tmp_path / "a.db", annotator(bureau.shop, "the bridge"), source, max_articles=1)
    assert (again.tally.free, again.tally.bought) == (1, 1)  # its quotes, its stance
    go(bureau, source, "the bridge")
    assert bureau.sizes == [4, 3]


def test_files_keep_to_the_limits(bureau: Bureau, tmp_path: Path) -> None:
    few = replace(HASTY, requests_per_file=4)
    go(bureau, archive(tmp_path / "a.jsonl", range(10)), speed={"batch_api": few})
    assert sorted(bureau.sizes) == [2, 4, 4]
    longest = max(len(bureau.files[batch.input]) for batch in bureau.batches)
    small = replace(HASTY, bytes_per_file=longest * 6 // 10)
    go(bureau, archive(tmp_path / "b.jsonl", range(10, 16)), speed={"batch_api": small})
    assert max(bureau.sizes[3:]) == 2


def test_no_more_tokens_are_queued_than_the_account_allows(bureau: Bureau, tmp_path: Path) -> None:
    go(bureau, archive(tmp_path / "a.jsonl", range(2)), max_articles=1)
    (each,) = rows(tmp_path / "a.db", "SELECT tokens FROM submissions")[0]
    open_at_once: list[int] = []

    def after(bureau: Bureau, what: str) -> None:
        if what == "create":
            open_at_once.append(sum(not batch.is_over for batch in bureau.batches))

    bureau.after = after
    go(bureau, archive(tmp_path / "a.jsonl", range(9)), speed={"queued_tokens": 3.5 * each})
    assert bureau.sizes == [1, 3, 3, 2]
    assert open_at_once == [1, 1, 1]


def test_a_limit_that_the_server_names_is_kept_to(bureau: Bureau, tmp_path: Path) -> None:
    source = archive(tmp_path / "a.jsonl", range(6))
    go(bureau, source, max_articles=1)
    (each,) = rows(tmp_path / "a.db", "SELECT tokens FROM submissions")[0]

    def fate(bureau: Bureau, number: int, lines: list[Line]) -> str:
        limit = (
            f"token_limit_exceeded Enqueued token limit reached. Limit: {2.5 * each:,.0f} tokens"
        )
        return f"failed {limit}" if len(lines) > 2 else "completed"

    bureau.fate = fate
    ended = go(bureau, source)
    assert (ended.exit_code_at_end, ended.tally.annotated) == (0, 5)
    assert bureau.sizes[1] == 5
    assert max(bureau.sizes[2:]) == 2
    assert set(bureau.shop.sold.values()) == {1}


def test_what_completed_before_a_batch_expired_is_kept_and_the_rest_goes_on(
    bureau: Bureau, tmp_path: Path
) -> None:
    bureau.fate = lambda bureau, number, lines: "expired" if number == 1 else "completed"
    ended = go(bureau, archive(tmp_path / "a.jsonl", range(6)))
    assert ended.tally.annotated == 6
    assert bureau.sizes == [6, 3]
    assert set(bureau.shop.sold.values()) == {1}


def test_what_the_server_was_too_busy_for_is_asked_again_and_not_for_ever(
    bureau: Bureau, tmp_path: Path
) -> None:
    busy = {"error": {"message": "slow down", "code": "rate_limit_exceeded"}}
    bureau.line = lambda bureau, line: (
        result(line, 429, busy) if "bridge 1 " in str(line["body"]) else None
    )
    ended = go(bureau, archive(tmp_path / "a.jsonl", range(3)))
    assert ended.exit_code_at_end == IN_QUARANTINE
    assert ended.tally.failures == {"busy": 1}
    assert bureau.sizes == [3, 1, 1, 1][: len(bureau.sizes)]
    bureau.line = lambda bureau, line: None
    assert go(bureau, tmp_path / "a.jsonl").tally.annotated == 1


def test_a_line_that_is_missing_counts_as_not_answered(bureau: Bureau, tmp_path: Path) -> None:
    seen: set[str] = set()
    lost = {"custom_id": "nobody's", "response": {"status_code": 200, "body": {}}}
    bureau.line = lambda bureau, line: once(bureau, line, lost, seen)
    assert go(bureau, archive(tmp_path / "a.jsonl", range(3))).tally.annotated == 3
    assert bureau.sizes == [3, 3]


def test_refusals_and_broken_answers_go_into_quarantine_with_the_raw_answer(
    bureau: Bureau, tmp_path: Path
) -> None:
    said = completion("", refusal="I would rather not.")
    rejected = {"error": {"message": "no", "code": "content_filter"}}
    told = {"0": (200, said), "1": (200, completion("no JSON")), "2": (400, rejected)}

    def line(bureau: Bureau, line: Line) -> Line | None:
        found = [what for n, what in told.items() if f"bridge {n} " in str(line["body"])]
        return result(line, *found[0]) if found else None

    bureau.line = line
    ended = go(bureau, archive(tmp_path / "a.jsonl", range(4)))
    assert ended.tally.failures == {"refused": 1, "broken": 1, "filtered": 1}
    kept = rows(tmp_path / "a.db", "SELECT kind, answer FROM quarantine ORDER BY kind")
    assert kept == [("broken", "no JSON"), ("filtered", None), ("refused", "I would rather not.")]


def test_odd_fields_of_one_answer_keep_out_no_other_answer_of_the_file(
    bureau: Bureau, tmp_path: Path
) -> None:
    odd = [{"usage": {"prompt_tokens": -1, "completion_tokens": 2**70}}, {"model": "\ud800"}]
    odd += [{"usage": "many"}, {"choices": [{"message": {"content": "", "refusal": {"no": 1}}}]}]

    def line(bureau: Bureau, line: Line) -> Line:
        found = [what for n, what in enumerate(odd) if f"bridge {n} " in str(line["body"])]
        return result(line, 200, bureau.shop.answer(line["body"]).body | (found or [{}])[0])

    bureau.line = line
    ended = go(bureau, archive(tmp_path / "a.jsonl", range(6)))
    assert (ended.tally.annotated, ended.tally.failures) == (5, {"refused": 1})
    assert bureau.sizes == [6]
    assert rows(tmp_path / "a.db", "SELECT COUNT(*), COUNT(DISTINCT key) FROM ledger") == [(6, 6)]
    assert rows(tmp_path / "a.db", "SELECT COUNT(*) FROM ledger WHERE input_tokens < 0") == [(0,)]


def test_a_server_that_knows_no_temperature_is_asked_without_one(
    bureau: Bureau, tmp_path: Path
) -> None:
    unknown = {"error": {"message": "Unsupported value: 'temperature'", "param": "temperature"}}
    bureau.line = lambda bureau, line: (
        result(line, 400, unknown) if "temperature" in line["body"] else None
    )
    assert go(bureau, archive(tmp_path / "a.jsonl", range(3))).tally.annotated == 3
    assert bureau.sizes == [3, 3]


def test_the_first_request_is_asked_at_once_and_shows_what_the_server_takes(
    bureau: Bureau, tmp_path: Path
) -> None:
    unknown = {"error": {"message": "Unsupported value: 'temperature'", "param": "temperature"}}
    asked: list[bool] = []

    def answer(body: Line) -> Reply:
        asked.append("temperature" in body)
        return Reply(400, unknown) if asked[-1] else Shop.answer(bureau.shop, body)

    bureau.shop.answer = answer  # type: ignore[method-assign]
    ended = go(bureau, archive(tmp_path / "a.jsonl", range(6)), speed={"first_at_once": True})
    assert (ended.exit_code_at_end, ended.tally.annotated, ended.tally.bought) == (0, 6, 6)
    assert asked[:2] == [True, False]
    assert bureau.sizes == [5]
    assert not any("temperature" in line["body"] for line in bureau.lines(bureau.batches[0]))


def test_a_key_that_lets_nobody_in_is_known_before_a_file_goes(
    bureau: Bureau, tmp_path: Path
) -> None:
    bureau.fault = lambda bureau, what: fault(401) if what == "call" else None
    ended = go(bureau, archive(tmp_path / "a.jsonl", range(6)), speed={"first_at_once": True})
    assert ended.exit_code_at_end == 4
    assert "does not accept the key" in (ended.stop.reason or "")
    assert bureau.asked["upload"] == 0


@pytest.mark.usefixtures("priced")
def test_what_a_batch_will_cost_is_not_reckoned_at_the_first_requests_price(
    bureau: Bureau, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle, projected = BatchRun._settle, []

    def settling(self: BatchRun, row: int, made: AnnotationRows | Failure) -> None:
        settle(self, row, made)
        self.maker.note(self.progress)
        projected.append(self.progress.projected)

    monkeypatch.setattr(BatchRun, "_settle", settling)
    ended = go(bureau, archive(tmp_path / "a.jsonl", range(3)), speed={"first_at_once": True})
    assert ended.tally.spent == pytest.approx(5.1 * 2)
    assert projected[0] == pytest.approx(5.1 * 2)


@pytest.mark.usefixtures("priced")
def test_the_first_request_has_its_full_price_and_keeps_to_the_budget(
    bureau: Bureau, tmp_path: Path
) -> None:
    source = archive(tmp_path / "a.jsonl", range(3))
    go(bureau, source, speed={"first_at_once": True})
    costs = rows(tmp_path / "a.db", "SELECT cost_usd FROM ledger ORDER BY cost_usd")
    assert costs == [(5.1 / 2,), (5.1 / 2,), (5.1,)]
    tight = {"first_at_once": True, "max_cost": 1.5 * 5.1}
    ended = go(bureau, archive(tmp_path / "b.jsonl", range(9)), speed=tight)
    (cost,) = rows(tmp_path / "a.db", "SELECT SUM(cost_usd) FROM ledger")[0]
    assert (ended.exit_code_at_end, cost) == (BUDGET_REACHED, 2 * 5.1)


@pytest.mark.usefixtures("priced")
def test_a_first_request_that_fits_at_half_the_price_alone_is_not_asked_at_once(
    bureau: Bureau, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(self: Shop, body: Line) -> Reply:
        reply = answered(self, body)
        reply.body["usage"] = {"prompt_tokens": tokens[0], "completion_tokens": tokens[1]}
        return reply

    answered, tokens = Shop.answer, (1400, 100)
    monkeypatch.setattr(Shop, "answer", answer)
    source = archive(tmp_path / "a.jsonl", range(1))
    spent = go(bureau, source, speed={"first_at_once": True}).tally.spent or 0.0
    tokens, limit = (2000, 2250), spent + 2.6
    said = (f"“We keep bridge {n} open,” said Ana Petric." for n in range(30))
    source.write_text(json.dumps({"id": "long", "text": "\n\n".join(said)}) + "\n")
    ended = go(bureau, source, speed={"first_at_once": True, "max_cost": limit})
    assert (ended.exit_code_at_end, ended.tally.annotated) == (0, 1)
    assert (bureau.asked["call"], bureau.sizes) == (1, [1])
    (total,) = rows(tmp_path / "a.db", "SELECT SUM(cost_usd) FROM ledger")[0]
    assert total <= limit


@pytest.mark.parametrize("what", ["upload", "create", "look", "download"])
def test_a_fault_on_the_way_is_tried_again_and_nothing_submitted_twice(
    bureau: Bureau, tmp_path: Path, what: str
) -> None:
    faults = {"upload": [fault(500)], "create": [Reply(body={}, reset=True), fault(429)]}
    left = faults.get(what, [fault(503), Reply(body={}, reset=True)])

    def choose(bureau: Bureau, asked: str) -> Reply | None:
        return left.pop() if asked == what and left else None

    bureau.fault = choose
    ended = go(bureau, archive(tmp_path / "a.jsonl", range(3)))
    assert (ended.exit_code_at_end, ended.tally.annotated) == (0, 3)
    assert (left, bureau.sizes) == ([], [3])


def test_a_batch_whose_answer_to_its_creation_got_lost_is_found_again(
    bureau: Bureau, tmp_path: Path
) -> None:
    lost: list[str] = []

    def choose(bureau: Bureau, asked: str) -> Reply | None:
        if asked != "create" or lost:
            return None
        lost.append(asked)
        unheard = bureau.create_unheard()
        for number in range(3):  # others have submitted something since: it is on the second page
            others = Given(f"batch_of_others_{number}", bureau.batches[0].input, {}, "completed")
            bureau.batches.append(others)
        return unheard

    bureau.fault = choose
    assert go(bureau, archive(tmp_path / "a.jsonl", range(3))).tally.annotated == 3
    assert (bureau.asked["create"], set(bureau.shop.sold.values())) == (1, {1})


def test_a_file_that_is_rejected_ends_the_run_with_the_servers_words(
    bureau: Bureau, tmp_path: Path
) -> None:
    bureau.fate = lambda bureau, number, lines: "failed model_not_found The model is not for this."
    ended = go(bureau, archive(tmp_path / "a.jsonl", range(3)))
    assert ended.exit_code_at_end == 4
    assert "rejects the requests: 'The model is not for this'" in (ended.stop.reason or "")
    bureau.fate = bureaus.completed
    assert go(bureau, tmp_path / "a.jsonl").tally.annotated == 3


def test_exhausted_credit_ends_the_run(bureau: Bureau, tmp_path: Path) -> None:
    bureau.fate = lambda bureau, number, lines: "failed billing_hard_limit_reached No."
    ended = go(bureau, archive(tmp_path / "a.jsonl", range(3)))
    assert ended.exit_code_at_end == 4
    assert "no credit left" in (ended.stop.reason or "")


def test_a_server_without_a_batch_api_is_named(bureau: Bureau, tmp_path: Path) -> None:
    bureau.fault = lambda bureau, what: Reply(404, {"error": {"message": "Not Found"}})
    ended = go(bureau, archive(tmp_path / "a.jsonl", range(1)))
    assert ended.exit_code_at_end == 4
    assert "has no Batch API" in (ended.stop.reason or "")


@pytest.mark.usefixtures("priced")
def test_a_budget_holds_for_what_is_with_the_server(bureau: Bureau, tmp_path: Path) -> None:
    source = archive(tmp_path / "a.jsonl", range(8))
    first = go(bureau, source, max_articles=1)
    spent = first.tally.spent or 0
    ended = go(bureau, source, speed={"max_cost": 4.5 * spent})
    assert ended.exit_code_at_end == BUDGET_REACHED
    (cost,) = rows(tmp_path / "a.db", "SELECT SUM(cost_usd) FROM ledger")[0]
    assert 3.5 * spent < cost <= 4.5 * spent
    assert go(bureau, source).tally.annotated == 8 - 1 - ended.tally.annotated


def test_a_signal_leaves_what_the_server_has_to_the_next_run(
    bureau: Bureau, tmp_path: Path, stops: list[Stop]
) -> None:
    def after(bureau: Bureau, what: str) -> None:
        if what == "look" and len(stops) == 1:
            stops[0].ask("interrupted", "Ended by a signal.", 130)

    bureau.after = after
    source = archive(tmp_path / "a.jsonl", range(4))
    ended = go(bureau, source)
    assert (ended.exit_code_at_end, ended.tally.annotated) == (130, 0)
    assert ended.tally.requests_out == 4
    with Store.read(tmp_path / "a.db") as store:
        assert "4 requests with the Batch API, in 1 file:" in list(status(store))
    with pytest.raises(UsageError, match="The Batch API has 4 requests of this store in 1 file"):
        run(tmp_path / "a.db", annotator(bureau.shop), source)
    assert go(bureau, source).tally.annotated == 4
    assert (bureau.sizes, set(bureau.shop.sold.values())) == ([4], {1})


def test_a_store_that_fails_while_answers_are_taken_in_takes_the_rest_the_next_time(
    bureau: Bureau, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, store = archive(tmp_path / "a.jsonl", range(7)), tmp_path / "a.db"
    two = {"batch_api": replace(HASTY, answers_per_write=2)}
    kept = Ledger.keep
    left = [1, 2, 3, 4]

    def failing(self: Ledger, *given: Any) -> int:
        if not left:
            raise StoreError("The disk is full.")
        left.pop()
        return kept(self, *given)

    monkeypatch.setattr(Ledger, "keep", failing)
    with pytest.raises(StoreError, match="The disk is full"):
        go(bureau, source, speed=two)
    assert rows(store, "SELECT COUNT(*) FROM ledger") == [(4,)]
    monkeypatch.setattr(Ledger, "keep", kept)
    assert go(bureau, source).exit_code_at_end == 0
    assert rows(store, "SELECT COUNT(*), COUNT(DISTINCT key) FROM ledger") == [(7, 7)]
    assert (bureau.sizes, set(bureau.shop.sold.values())) == ([7], {1})


def test_a_batch_that_the_server_has_forgotten_is_submitted_again(
    bureau: Bureau, tmp_path: Path
) -> None:
    def after(bureau: Bureau, what: str) -> None:
        if what == "create" and len(bureau.batches) == 1:
            bureau.batches[0].id = "batch_of_somebody_else"

    bureau.after = after
    assert go(bureau, archive(tmp_path / "a.jsonl", range(2))).tally.annotated == 2
    assert bureau.sizes == [2, 2]


@pytest.mark.slow
def test_what_nobody_can_fetch_is_given_up_and_asked_again(
    bureau: Bureau, forker: Forker, tmp_path: Path
) -> None:
    source, store = archive(tmp_path / "a.jsonl", range(3)), tmp_path / "a.db"
    pids: list[int] = []
    bureau.after = lambda bureau, what: (
        os.kill(pids.pop(), signal.SIGKILL) if what == "look" and pids else None
    )
    call = ("batch", "--store", str(store), "--engine", "openai", "--via", "batch-api", str(source))
    with bureau.lock:
        running = forker.begin(*call, OPENAI_BASE_URL=bureau.url)
        pids.append(running.pid)
    assert running.wait() == -signal.SIGKILL
    running = forker.begin("batch", "abandon", str(store))
    assert (running.wait(), running.said) == (
        0,
        "Given up: 2 requests in 1 file; the next run asks again.\n",
    )
    assert run(store, annotator(bureau.shop), source).tally.annotated == 2


def test_an_outbox_is_nobody_elses(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path, 10.0, HASTY)
    with outbox.file as file:
        assert list(tmp_path.iterdir()) == []
        assert stat.S_IMODE(os.fstat(file.fileno()).st_mode) == 0o600


MOMENTS = ("upload", "list", "create", "look", "download")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_a_kill_at_any_step_neither_loses_nor_submits_twice(
    bureau: Bureau, forker: Forker, tmp_path: Path, seed: int
) -> None:
    """Killed at the first or second time that each step comes, then let through."""
    source, store = archive(tmp_path / "a.jsonl", range(12)), tmp_path / "a.db"
    seeded = random.Random(seed)
    left = {what: seeded.randint(1, 2) for what in MOMENTS}
    left["list"] = 1  # it is only listed what a killed run may have created
    pids: list[int] = []

    def after(bureau: Bureau, what: str) -> None:
        if pids and left.get(what):
            left[what] -= 1
            if not left[what]:
                os.kill(pids.pop(), signal.SIGKILL)

    bureau.after = after
    call = ("batch", "--store", str(store), "--engine", "openai", "--via", "batch-api", str(source))
    codes: list[int] = []
    while not codes or codes[-1] != 0:
        with bureau.lock:
            running = forker.begin(*call, "--target", "the bridge", OPENAI_BASE_URL=bureau.url)
            pids[:] = [running.pid]
        codes.append(running.wait())
        assert codes[-1] in (0, -signal.SIGKILL), running.said
    assert codes.count(-signal.SIGKILL) == len(MOMENTS)
    with Store.read(store) as opened:
        assert opened.value("SELECT COUNT(*) FROM annotations") == 12
        assert opened.value("SELECT COUNT(*) FROM submissions WHERE ended IS NULL") == 0
        assert opened.value("PRAGMA integrity_check") == "ok"
    assert len(bureau.batches) == 2  # quotes, stances: none was submitted a second time
    assert set(bureau.shop.sold.values()) == {1}
