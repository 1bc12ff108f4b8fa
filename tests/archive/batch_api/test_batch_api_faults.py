"""What may go wrong with the Batch API beside the requests: servers, limits, files, the disk."""

from __future__ import annotations

import gc
import json
import os
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import IO, Any, NoReturn

import pytest
from support import batch_api_server as bureaus
from support.batch_api_server import Bureau, Given, Line
from support.batches import HASTY, Ended, archive, go, text_of
from support.chat_server import fault
from support.panics import panic
from support.replies import Reply
from support.stores import rows

from attributor.archive.asking.budget import BUDGET_REACHED
from attributor.archive.batch_api.outboxes import Outbox
from attributor.archive.batch_api.submissions import Submissions
from attributor.archive.stopping import Stop
from attributor.errors import PanicError, StoreError, UsageError
from attributor.prompting.batch_api import CLOCK_SKEW_SECONDS, KEPT_SECONDS

GONE = Reply(404, {"error": {"message": "No such object"}})
PATIENT = {"batch_api": replace(HASTY, gone_seconds=300.0)}
NOT_KEPT = {"batch_api": replace(HASTY, kept_seconds=-1.0)}
UNSEEN = {"batch_api": replace(HASTY, gone_unseen_seconds=0.0)}
SAID = "“We keep bridge {} open and we will keep it open,” said Ana Petric."
LONG = "\n\n".join(SAID.format(number) for number in range(200))  # two requests
Interrupted = Callable[[Path], Ended]


@pytest.fixture
def interrupted(bureau: Bureau, stops: list[Stop]) -> Interrupted:
    """Begins a run that is ended once the server has its file."""

    def run(source: Path) -> Ended:
        def after(bureau: Bureau, what: str) -> None:
            if what == "look":
                stops[-1].ask("interrupted", "Ended by a signal.", 130)

        bureau.after = after
        ended = go(bureau, source)
        bureau.after = lambda bureau, what: None
        assert ended.tally.requests_out == 3
        return ended

    return run


def nothing(folder: Path) -> Path:
    """An archive in which no article can be read."""
    path = folder / "none.jsonl"
    path.write_text('{"id": "e", "text": ""}\n', encoding="utf-8")
    return path


def at_first(what: str, reply: Reply) -> Callable[[Bureau, str], Reply | None]:
    """The reply to the first call of this kind, then nothing of the kind."""
    left = [reply]
    return lambda bureau, asked: left.pop() if asked == what and left else None


@pytest.mark.usefixtures("priced")
def test_what_still_fits_into_the_budget_is_not_held_up_by_what_does_not(
    bureau: Bureau, tmp_path: Path
) -> None:
    (cost,) = (go(bureau, archive(tmp_path / "s.jsonl", range(1))).tally.spent,)
    articles = [{"id": "long", "text": LONG}, {"id": "short", "text": text_of(7)}]
    source = tmp_path / "a.jsonl"
    source.write_text("\n".join(map(json.dumps, articles)) + "\n", encoding="utf-8")
    ended = go(bureau, source, speed={"max_cost": 3.4 * (cost or 0)})
    assert ended.exit_code_at_end == BUDGET_REACHED
    assert ended.tally.bought == 2
    assert (ended.tally.spent or 0) <= 2.4 * (cost or 0)


def test_another_server_is_not_asked_for_what_one_may_have_answered(
    bureau: Bureau, tmp_path: Path, interrupted: Interrupted
) -> None:
    source = archive(tmp_path / "a.jsonl", range(3))
    interrupted(source)
    with bureaus.opened() as other:
        with pytest.raises(UsageError, match="has 3 requests of this store: take"):
            go(other, source)
        assert other.sizes == []
    assert go(bureau, source).tally.annotated == 3


def test_another_server_is_asked_once_the_answers_are_no_longer_kept(
    bureau: Bureau, tmp_path: Path, interrupted: Interrupted
) -> None:
    source = archive(tmp_path / "a.jsonl", range(3))
    interrupted(source)
    with bureaus.opened() as other:
        assert go(other, source, speed=NOT_KEPT).tally.annotated == 3


def test_what_another_account_submitted_is_not_submitted_again(
    bureau: Bureau, tmp_path: Path, interrupted: Interrupted, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = archive(tmp_path / "a.jsonl", range(3))
    interrupted(source)
    theirs, files = bureau.batches, bureau.files
    bureau.batches, bureau.files = [], {}
    ended = go(bureau, source)
    assert ended.exit_code_at_end == 4
    assert "use the key of the account and project" in (ended.stop.reason or "")
    assert bureau.sizes == []
    bureau.batches, bureau.files = theirs, files
    assert go(bureau, source).tally.annotated == 3


def test_what_nobody_keeps_any_more_is_asked_again(
    bureau: Bureau, tmp_path: Path, interrupted: Interrupted
) -> None:
    source = archive(tmp_path / "a.jsonl", range(3))
    interrupted(source)
    bureau.batches, bureau.files = [], {}
    assert go(bureau, source, speed=NOT_KEPT).tally.annotated == 3
    assert KEPT_SECONDS > CLOCK_SKEW_SECONDS


def test_answers_that_the_server_has_deleted_are_asked_again(
    bureau: Bureau, tmp_path: Path
) -> None:
    bureau.fault = lambda bureau, asked: (
        GONE if asked == "download" and len(bureau.batches) == 1 else None
    )
    assert go(bureau, archive(tmp_path / "a.jsonl", range(3))).tally.annotated == 3
    assert bureau.sizes == [3, 3]


@pytest.mark.parametrize("what", ["look", "download"])
def test_what_is_not_there_for_a_moment_is_not_bought_anew(
    bureau: Bureau, tmp_path: Path, what: str
) -> None:
    bureau.fault = at_first(what, GONE)
    assert go(bureau, archive(tmp_path / "a.jsonl", range(3))).tally.annotated == 3
    assert (bureau.sizes, bureau.asked[what] > 1) == ([3], True)


def test_what_is_there_in_between_is_not_gone(bureau: Bureau, tmp_path: Path) -> None:
    bureau.fault = lambda bureau, asked: (
        GONE if asked == "look" and bureau.asked["look"] in (1, 3, 5) else None
    )
    assert go(bureau, archive(tmp_path / "a.jsonl", range(3))).tally.annotated == 3
    assert (bureau.sizes, bureau.asked["look"]) == ([3], 7)


def test_what_is_missing_is_waited_for_some_minutes_before_it_is_bought_anew(
    bureau: Bureau, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bureau.fault = lambda bureau, asked: (
        GONE if asked == "look" and bureau.asked["look"] < 9 else None
    )
    assert go(bureau, archive(tmp_path / "a.jsonl", range(3)), speed=PATIENT).tally.annotated == 3
    assert (bureau.sizes, bureau.asked["look"]) == ([3], 12)


@pytest.mark.parametrize("what", ["look", "download"])
def test_what_is_gone_and_nobody_waits_for_is_given_up_in_the_runs_that_follow(
    bureau: Bureau,
    tmp_path: Path,
    interrupted: Interrupted,
    monkeypatch: pytest.MonkeyPatch,
    what: str,
) -> None:
    interrupted(archive(tmp_path / "a.jsonl", range(3)))
    bureau.batches[0].looks = 3
    bureau.fault = lambda bureau, asked: GONE if asked == what else None
    left = [go(bureau, nothing(tmp_path)).tally.requests_out for _ in range(2)]
    assert left == [3, 3]  # one look in each of two runs says little
    assert go(bureau, nothing(tmp_path), speed=UNSEEN).tally.requests_out == 0


def test_what_is_missing_for_a_moment_in_each_of_two_runs_is_not_bought_anew(
    bureau: Bureau, tmp_path: Path, interrupted: Interrupted, stops: list[Stop]
) -> None:
    source = archive(tmp_path / "a.jsonl", range(3))
    interrupted(source)
    seen: list[Stop] = []

    def choose(bureau: Bureau, asked: str) -> Reply | None:
        if asked != "look" or stops[-1] in seen:
            return None
        seen.append(stops[-1])
        if len(seen) == 1:
            stops[-1].ask("interrupted", "Ended by a signal.", 130)
        return GONE

    bureau.fault = choose
    assert [go(bureau, source).tally.annotated for _ in range(2)] == [0, 3]
    assert (len(seen), bureau.sizes) == (2, [3])


def test_an_outage_is_no_word_of_what_is_missing(bureau: Bureau, tmp_path: Path) -> None:
    replies = [GONE, *[fault(503) for _ in range(4)], GONE]
    bureau.fault = lambda bureau, asked: replies.pop() if asked == "look" and replies else None
    assert go(bureau, archive(tmp_path / "a.jsonl", range(3))).tally.annotated == 3
    assert (replies, bureau.sizes) == ([], [3])


@pytest.fixture
def uploaded(bureau: Bureau, stops: list[Stop]) -> Interrupted:
    """Begins a run that is ended once the server has its file and no batch of it."""

    def run(source: Path) -> Ended:
        def choose(bureau: Bureau, asked: str) -> Reply | None:
            if asked != "create":
                return None
            stops[-1].ask("interrupted", "Ended by a signal.", 130)
            return fault(503)

        bureau.fault = choose
        ended = go(bureau, source)
        bureau.fault = lambda bureau, asked: None
        assert (ended.tally.requests_out, bureau.batches) == (3, [])
        return ended

    return run


@pytest.mark.usefixtures("priced")
def test_a_file_that_was_never_submitted_is_given_up_and_each_run_keeps_to_its_own_budget(
    bureau: Bureau, tmp_path: Path, uploaded: Interrupted
) -> None:
    source = archive(tmp_path / "a.jsonl", range(3))
    uploaded(source)
    ended = go(bureau, source, speed={"max_cost": 1.0})
    assert (ended.exit_code_at_end, ended.tally.requests_out, bureau.batches) == (7, 0, [])
    assert go(bureau, source).tally.annotated == 3


def test_a_file_that_was_never_submitted_is_not_when_nobody_waits_for_it(
    bureau: Bureau,
    tmp_path: Path,
    uploaded: Interrupted,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    uploaded(archive(tmp_path / "a.jsonl", range(3)))
    left = [go(bureau, nothing(tmp_path), speed=UNSEEN).tally.requests_out for _ in range(2)]
    assert (left, bureau.batches) == ([3, 0], [])


def test_a_file_that_another_account_may_have_submitted_is_not_submitted_again(
    bureau: Bureau, tmp_path: Path, uploaded: Interrupted
) -> None:
    source = archive(tmp_path / "a.jsonl", range(3))
    uploaded(source)
    theirs, bureau.files = bureau.files, {}
    ended = go(bureau, source)
    assert (ended.exit_code_at_end, ended.tally.requests_out, bureau.sizes) == (4, 3, [])
    assert "use the key of the account and project" in (ended.stop.reason or "")
    bureau.files = theirs
    assert go(bureau, source).tally.annotated == 3


@pytest.mark.parametrize("unheard", [Reply(body={}, reset=True), fault(500), fault(504)])
def test_a_batch_that_is_not_listed_at_once_is_not_submitted_again(
    bureau: Bureau, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unheard: Reply
) -> None:
    nothing = [Reply(body={"object": "list", "data": [], "has_more": False})] * 3

    def choose(bureau: Bureau, asked: str) -> Reply | None:
        if asked == "create":
            bureau.create_unheard()
            return unheard
        return nothing.pop() if asked == "list" and nothing else None

    bureau.fault = choose
    assert go(bureau, archive(tmp_path / "a.jsonl", range(3)), speed=PATIENT).tally.annotated == 3
    assert (nothing, bureau.sizes, set(bureau.shop.sold.values())) == ([], [3], {1})


@pytest.mark.usefixtures("priced")
@pytest.mark.parametrize("limit", [12.0, 16.0])
def test_what_was_held_before_prices_were_known_is_let_in_at_those_that_are(
    bureau: Bureau, tmp_path: Path, limit: float
) -> None:
    source = archive(tmp_path / "a.jsonl", range(3))
    ended = go(bureau, source, speed={"first_at_once": True, "max_cost": limit})
    spent = ended.tally.spent or 0.0
    assert spent <= limit
    assert spent + 5.1 > limit or ended.tally.annotated == 3  # the dearest answer so far


def test_an_error_that_nobody_waits_to_hear_is_told_at_the_end(
    bureau: Bureau, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> NoReturn:
        raise StoreError("The store is broken.")

    source = archive(tmp_path / "a.jsonl", range(3))
    with monkeypatch.context() as patch:
        patch.setattr(Submissions, "close", broken)
        with pytest.raises(StoreError, match="store is broken"):
            go(bureau, source)
    assert go(bureau, source).tally.requests_out == 0


def test_a_server_that_does_not_say_what_it_has_is_given_nothing_twice(
    bureau: Bureau, tmp_path: Path
) -> None:
    silent = [GONE, fault(400), GONE]

    def choose(bureau: Bureau, asked: str) -> Reply | None:
        if asked == "create":
            return bureau.create_unheard()
        return silent.pop() if asked == "list" and silent else None

    bureau.fault = choose
    assert go(bureau, archive(tmp_path / "a.jsonl", range(3))).tally.annotated == 3
    assert (silent, bureau.asked["create"], bureau.sizes) == ([], 1, [3])


def test_a_server_that_lists_nothing_is_given_what_is_new(bureau: Bureau, tmp_path: Path) -> None:
    bureau.fault = lambda bureau, asked: GONE if asked == "list" else None
    assert go(bureau, archive(tmp_path / "a.jsonl", range(3))).tally.annotated == 3


@pytest.mark.parametrize("counts", [{}, {"request_counts": None}])
def test_answers_that_no_file_is_named_for_are_waited_for(
    bureau: Bureau, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, counts: Line
) -> None:
    told, withheld = Given.told, [True, True]

    def forgetful(batch: Given) -> dict[str, Any]:
        named = told(batch)
        if named["output_file_id"] and withheld:
            withheld.pop()
            named |= {"output_file_id": None, **counts}
        return named

    monkeypatch.setattr(Given, "told", forgetful)
    assert go(bureau, archive(tmp_path / "a.jsonl", range(3)), speed=PATIENT).tally.annotated == 3
    assert (withheld, bureau.sizes) == ([], [3])


def test_what_nobody_waits_for_any_more_is_taken_in_all_the_same(
    bureau: Bureau, tmp_path: Path, interrupted: Interrupted
) -> None:
    interrupted(archive(tmp_path / "a.jsonl", range(3)))
    left = [go(bureau, nothing(tmp_path)).tally.requests_out for _ in range(3)]
    assert left == [3, 3, 0]  # it is over at the fourth look; the first run made one
    assert rows(tmp_path / "a.db", "SELECT COUNT(*) FROM ledger") == [(3,)]


PAGE = Reply(200, "<html>Please log in</html>", {"Content-Type": "text/html"})


@pytest.mark.parametrize("what", ["upload", "list", "create", "look"])
@pytest.mark.parametrize("page", [PAGE, Reply(200, None)], ids=["a page", "null"])
def test_a_proxys_page_is_no_answer(bureau: Bureau, tmp_path: Path, what: str, page: Reply) -> None:
    bureau.fault = at_first(what, page)
    source = archive(tmp_path / "a.jsonl", range(3))
    ended = go(bureau, source)
    if what == "upload":  # nobody knows that there is a server
        assert ended.exit_code_at_end == 4
        assert "gave no answer of a Batch API; check --base-url" in (ended.stop.reason or "")
        ended = go(bureau, source)
    assert (ended.exit_code_at_end, ended.tally.annotated) == (0, 3)
    assert sum(bureau.shop.sold.values()) == 3


@pytest.mark.parametrize("what", ["upload", "list", "create"])
def test_a_server_that_was_heard_may_be_busy_for_a_while(
    bureau: Bureau, tmp_path: Path, what: str
) -> None:
    source = archive(tmp_path / "a.jsonl", range(3))
    left = [fault(429) for _ in range(9)]
    unheard = [Reply(body={}, reset=True)] if what == "list" else []  # else there is no list

    def choose(bureau: Bureau, asked: str) -> Reply | None:
        if asked == "create" and unheard and bureau.batches:
            return unheard.pop()
        return left.pop() if asked == what and left and bureau.batches else None

    bureau.fault = choose
    ended = go(bureau, source, "the bridge")
    assert (ended.exit_code_at_end, ended.tally.annotated) == (0, 3)
    assert (left, bureau.sizes) == ([], [3, 3])


@pytest.mark.slow
def test_a_limit_that_is_counted_otherwise_is_approached_from_above(
    bureau: Bureau, tmp_path: Path
) -> None:
    source = archive(tmp_path / "a.jsonl", range(6))
    go(bureau, source, max_articles=1)
    (each,) = rows(tmp_path / "a.db", "SELECT tokens FROM submissions")[0]

    def fate(bureau: Bureau, number: int, lines: list[Line]) -> str:
        limit = f"token_limit_exceeded Enqueued token limit reached. Limit: {3.1 * each:,.0f}"
        return f"failed {limit}" if len(lines) > 2 else "completed"

    bureau.fate = fate
    assert go(bureau, source).tally.annotated == 5
    assert bureau.sizes[1:3] == [5, 3]
    assert bureau.sizes[3] == 1
    assert set(bureau.shop.sold.values()) == {1}


@pytest.mark.slow
def test_a_limit_that_was_learned_counts_for_the_files_that_wait_too(
    bureau: Bureau, tmp_path: Path
) -> None:
    source = archive(tmp_path / "a.jsonl", range(16))
    go(bureau, source, max_articles=1)
    (each,) = rows(tmp_path / "a.db", "SELECT tokens FROM submissions")[0]
    limit = f"token_limit_exceeded Enqueued token limit reached. Limit: {2.5 * each:,.0f}"
    bureau.fate = lambda bureau, number, lines: f"failed {limit}" if len(lines) > 2 else "completed"
    ended = go(bureau, source, speed={"queued_tokens": 5.5 * each})
    assert (ended.exit_code_at_end, ended.tally.annotated) == (0, 15)
    assert [size for size in bureau.sizes if size > 2] == [5]
    assert set(bureau.shop.sold.values()) == {1}


@pytest.mark.parametrize(("fate", "sizes"), [("completed", [6]), ("expired", [6, 3])])
def test_a_file_of_answers_that_is_too_short_is_waited_for(
    bureau: Bureau,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    fate: str,
    sizes: list[int],
) -> None:
    bureau.fate = lambda bureau, number, lines: fate if number == 1 else "completed"
    bureau.fault = at_first("download", Reply(body=""))
    assert go(bureau, archive(tmp_path / "a.jsonl", range(6)), speed=PATIENT).tally.annotated == 6
    assert (bureau.sizes, set(bureau.shop.sold.values())) == (sizes, {1})


def test_a_server_that_has_answered_the_first_request_was_heard(
    bureau: Bureau, tmp_path: Path
) -> None:
    left = [fault(503) for _ in range(6)]
    bureau.fault = lambda bureau, asked: left.pop() if asked == "upload" and left else None
    source = archive(tmp_path / "a.jsonl", range(3))
    assert go(bureau, source, speed={"first_at_once": True}).tally.annotated == 3


@pytest.mark.usefixtures("priced")
def test_what_still_fits_is_asked_though_something_dearer_waits(
    bureau: Bureau, tmp_path: Path
) -> None:
    one, two = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    one.write_text(json.dumps({"id": "x", "text": text_of(1)}) + "\n", encoding="utf-8")
    spent = go(bureau, one, "the bridge").tally.spent or 0.0
    articles = [{"id": "short", "text": text_of(7)}, {"id": "long", "text": LONG}]
    two.write_text("\n".join(map(json.dumps, articles)) + "\n", encoding="utf-8")
    ended = go(bureau, two, "the bridge", speed={"max_cost": 2 * spent + 0.3})
    assert (ended.exit_code_at_end, ended.tally.annotated) == (7, 1)


@pytest.mark.slow
@pytest.mark.parametrize("limit", ["", " Limit: 90,000,000"])
def test_a_queue_that_others_have_filled_is_waited_for_and_used_again(
    bureau: Bureau, tmp_path: Path, limit: str
) -> None:
    source = archive(tmp_path / "a.jsonl", range(40))
    full = f"failed token_limit_exceeded Enqueued token limit reached.{limit}"
    bureau.fate = lambda bureau, number, lines: full if number < 9 else "completed"
    ended = go(bureau, source)
    assert (ended.exit_code_at_end, ended.tally.annotated) == (0, 40)
    assert 1 in bureau.sizes[:9]
    assert max(bureau.sizes[9:]) > 4
    assert set(bureau.shop.sold.values()) == {1}


def test_a_request_that_is_larger_than_the_limit_ends_the_run(
    bureau: Bureau, tmp_path: Path
) -> None:
    bureau.fate = lambda bureau, number, lines: "failed token_limit_exceeded Limit: 100"
    ended = go(bureau, archive(tmp_path / "a.jsonl", range(2)))
    assert (ended.exit_code_at_end, bureau.sizes) == (4, [2, 1])
    assert "rejects the requests" in (ended.stop.reason or "")


def test_a_queue_that_is_full_for_more_than_a_day_ends_the_run(
    bureau: Bureau, tmp_path: Path
) -> None:
    bureau.fate = lambda bureau, number, lines: "failed token_limit_exceeded It is full."
    full = {"batch_api": replace(HASTY, full_seconds=0.0)}
    ended = go(bureau, archive(tmp_path / "a.jsonl", range(2)), speed=full)
    assert (ended.exit_code_at_end, bureau.sizes) == (4, [2])


def test_a_server_that_rejects_the_first_requests_is_given_no_file(
    bureau: Bureau, tmp_path: Path
) -> None:
    bureau.fault = lambda bureau, asked: GONE if asked == "call" else None
    ended = go(bureau, archive(tmp_path / "a.jsonl", range(9)), speed={"first_at_once": True})
    assert (ended.exit_code_at_end, bureau.asked["call"], bureau.asked["upload"]) == (4, 3, 0)
    assert ended.tally.failures == {"rejected": 3}
    assert "has no model" in (ended.stop.reason or "")
    assert "--retry-failed" in (ended.stop.reason or "")


def test_a_first_request_that_is_rejected_alone_keeps_back_no_other(
    bureau: Bureau, tmp_path: Path
) -> None:
    bureau.fault = at_first("call", fault(400))
    ended = go(bureau, archive(tmp_path / "a.jsonl", range(9)), speed={"first_at_once": True})
    assert (ended.tally.failures, ended.tally.annotated) == ({"rejected": 1}, 8)
    assert (bureau.asked["call"], sum(bureau.sizes)) == (2, 7)


@pytest.mark.parametrize(
    "where", ["asking.ledger.Ledger.keep", "batch_api.submissions.Submissions.note_all_seen"]
)
def test_a_library_that_panics_while_requests_are_carried_ends_the_run_with_an_error(
    bureau: Bureau, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    source = archive(tmp_path / "a.jsonl", range(3))
    with monkeypatch.context() as patch:
        patch.setattr(f"attributor.archive.{where}", panic)
        with pytest.raises(PanicError):
            go(bureau, source, speed={"first_at_once": True})
    assert go(bureau, source).tally.annotated == 3


def test_few_files_wait_however_small_they_are(
    bureau: Bureau, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    speed = {"queued_tokens": 1, "batch_api": replace(HASTY, files_waiting=2)}
    waiting = [0]
    written = Outbox.put

    def put(self: Outbox, *given: Any) -> None:
        opened.setdefault(id(self.file), self.file)
        waiting.append(sum(not file.closed for file in opened.values()))
        written(self, *given)

    opened: dict[int, IO[bytes]] = {}
    monkeypatch.setattr(Outbox, "put", put)
    ended = go(bureau, archive(tmp_path / "a.jsonl", range(6)), speed=speed)
    assert ended.tally.annotated == 6
    assert bureau.sizes == [1] * 6
    assert max(waiting) == 2


def test_lines_that_say_nothing_count_as_not_answered(
    bureau: Bureau, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = [b"", b'"x"', b"[1", b'{"custom_id": ["a"]}', b'{"custom_id": "%s", "response": "x"}']
    bad += [b'{"custom_id": "%s", "response": {"status_code": "200", "body": 5}}', b"{}"]
    written = bureaus._written

    def spoiled(lines: list[Line]) -> bytes:
        if len(lines) != 3:
            return written(lines)
        first = [line.replace(b"%s", lines[0]["custom_id"].encode()) for line in bad]
        rest = [json.dumps(line, ensure_ascii=False).encode() for line in lines[1:]]
        return b"\r\n".join([*first, *rest])

    monkeypatch.setattr(bureaus, "_written", spoiled)
    bureau.shop.model = "m\u2028\u0085"
    assert go(bureau, archive(tmp_path / "a.jsonl", range(3))).tally.annotated == 3
    assert bureau.sizes == [3, 1]


@pytest.mark.parametrize("what", ["upload", "download"])
def test_a_signal_is_heard_while_a_file_is_on_its_way(
    bureau: Bureau, tmp_path: Path, stops: list[Stop], what: str
) -> None:
    ended = threading.Event()

    def choose(bureau: Bureau, asked: str) -> Reply | None:
        if asked == what and not ended.is_set():
            stuck.append(asked)
            stops[0].ask("interrupted", "Ended by a signal.", 130)
            assert ended.wait(30)
        return None

    stuck: list[str] = []
    source = archive(tmp_path / "a.jsonl", range(3))
    bureau.fault = choose
    assert go(bureau, source).exit_code_at_end == 130
    assert stuck == [what]
    ended.set()
    assert go(bureau, source).tally.annotated == 3
    assert set(bureau.shop.sold.values()) == {1}


def test_a_full_disk_is_told_and_costs_nothing(
    bureau: Bureau,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    source = tmp_path / "a.jsonl"
    articles = [{"id": "long", "text": LONG}, {"id": "short", "text": text_of(7)}]
    source.write_text("\n".join(map(json.dumps, articles)) + "\n", encoding="utf-8")

    put, written = Outbox.put, Counter[str]()

    def full(*given: Any) -> None:
        written["requests"] += 1
        if written["requests"] > 1:
            raise OSError(28, os.strerror(28))
        put(*given)

    with monkeypatch.context() as patch:
        patch.setattr(Outbox, "put", full)
        with pytest.raises(StoreError, match="No space left on device"):
            go(bureau, source)
    gc.collect()
    others = [each for each in caplog.records if not each.name.startswith("attributor")]
    assert others == []  # as of errors that nobody has looked at
    assert go(bureau, source).tally.annotated == 2


def test_a_full_disk_is_told_where_nobody_waits_for_what_is_taken_in(
    bureau: Bureau,
    tmp_path: Path,
    interrupted: Interrupted,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    interrupted(archive(tmp_path / "a.jsonl", range(3)))
    bureau.batches[0].looks = 3

    def full(**given: Any) -> None:
        raise OSError(28, os.strerror(28))

    with monkeypatch.context() as patch:
        patch.setattr("attributor.archive.batch_api.carrier.tempfile.TemporaryFile", full)
        with pytest.raises(StoreError, match="No space left on device"):
            go(bureau, nothing(tmp_path))
    assert go(bureau, nothing(tmp_path)).tally.requests_out == 0
