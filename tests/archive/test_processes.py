"""Real processes: signals, two at once, a full disk, the embedded engine's workers."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.batch_api_server import Bureau
from support.batches import archive, text_of
from support.chat_server import Shop
from support.programs import (
    Closed,
    Forker,
    Running,
    batch,
    children_of,
    say_is,
    wait_for_the_end_of,
)
from support.stores import check_integrity, counts, rows

from attributor.archive.reading_ahead import ENTRIES_PER_CHUNK
from attributor.archive.storing.store import Store

pytestmark = pytest.mark.slow


def waiting(
    shop: Shop, forker: Forker, tmp_path: Path, articles: int, calls: int, after: int
) -> tuple[Running, tuple[str, ...], Path]:
    """A batch whose n-th call waits, and all after it; how it was called, and its store."""
    source, store = archive(tmp_path / "a.jsonl", range(articles)), tmp_path / "a.db"
    call = batch(store, "--concurrency", str(calls), str(source))
    closed = Closed(shop, after)
    running = forker.begin(*call, OPENAI_BASE_URL=shop.url)
    assert closed.reached.wait(60)
    return running, call, store


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_finishes_what_is_in_flight_makes_no_new_call_and_says_how_to_go_on(
    number: signal.Signals, shop: Shop, forker: Forker, tmp_path: Path
) -> None:
    running, call, store = waiting(shop, forker, tmp_path, articles=30, calls=3, after=6)
    os.kill(running.pid, number)
    say_is(running, "are waited for")
    shop.gate.set()
    assert running.wait() == 128 + number
    assert "To go on, run the same command again." in running.said
    found = counts(store)
    assert found["answers"] == found["annotated"] == shop.sold.total() < 10
    assert rows(store, "SELECT state FROM runs") == [("interrupted",)]
    again = forker.begin(*call, OPENAI_BASE_URL=shop.url)
    assert again.wait() == 0, again.said
    assert shop.sold.total() == 30


def test_a_terminal_that_is_closed_costs_no_call(
    shop: Shop, forker: Forker, tmp_path: Path
) -> None:
    running, _, store = waiting(shop, forker, tmp_path, articles=30, calls=3, after=6)
    os.killpg(running.pid, signal.SIGHUP)  # to its processes, too
    say_is(running, "are waited for")
    os.killpg(running.pid, signal.SIGHUP)  # once by the shell, once by the system
    shop.gate.set()
    assert running.wait() == 128 + signal.SIGHUP
    found = counts(store)
    assert found["answers"] == found["annotated"] == shop.sold.total() < 10


def test_a_second_signal_stops_at_once(shop: Shop, forker: Forker, tmp_path: Path) -> None:
    running, _, store = waiting(shop, forker, tmp_path, articles=30, calls=3, after=1)
    os.kill(running.pid, signal.SIGINT)
    say_is(running, "are waited for")
    os.kill(running.pid, signal.SIGINT)
    assert running.wait() == 130
    assert not shop.gate.is_set()  # nobody had to be answered for that
    assert "Stopped at once" in running.said
    check_integrity(store)


def test_two_signals_together_wait_for_no_first_request_of_the_batch_api(
    bureau: Bureau, forker: Forker, tmp_path: Path
) -> None:
    reached, let_go = threading.Event(), threading.Event()

    def hangs(bureau: Bureau, asked: str) -> None:
        reached.set()
        let_go.wait(60)

    bureau.fault = hangs
    source, store = archive(tmp_path / "a.jsonl", range(3)), tmp_path / "a.db"
    running = forker.begin(
        *batch(store, "--via", "batch-api", str(source)), OPENAI_BASE_URL=bureau.url
    )
    assert reached.wait(60)
    for number in (signal.SIGINT, signal.SIGTERM):
        os.kill(running.pid, number)
    assert running.wait() in (130, 143)
    assert not let_go.is_set()
    let_go.set()


@pytest.fixture(params=["terminal", "pipe"])
def listener(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Path, list[int]]]:
    """Where a program may write to, and the files that keep it open."""
    if request.param == "terminal":
        ours, theirs = pty.openpty()
        path, kept = Path(os.ttyname(theirs)), [ours, theirs]
    else:
        path = tmp_path / "pipe"
        os.mkfifo(path)
        kept = [os.open(path, os.O_RDONLY | os.O_NONBLOCK)]
    yield path, kept
    for each in kept:
        os.close(each)


def test_a_batch_goes_on_when_nobody_listens_any_more(
    listener: tuple[Path, list[int]], shop: Shop, forker: Forker, tmp_path: Path
) -> None:
    (tmp_path / "in").mkdir()
    first, store = archive(tmp_path / "in" / "a.jsonl", range(ENTRIES_PER_CHUNK)), tmp_path / "a.db"
    lines = [
        f'"b{number}";"{text_of(number)}"'
        for number in range(ENTRIES_PER_CHUNK, ENTRIES_PER_CHUNK + 9)
    ]
    first.with_name("b.csv").write_text("\n".join(['"id";"text"', *lines]))
    path, kept = listener
    closed = Closed(shop, 8)
    running = forker.begin_into(
        path,
        *batch(store, "--concurrency", "1", str(first.parent)),
        OPENAI_BASE_URL=shop.url,
    )
    assert closed.reached.wait(60)
    while kept:
        os.close(kept.pop())
    shop.gate.set()
    code = running.wait()
    assert rows(store, "SELECT reason FROM failures") == []
    assert rows(store, "SELECT state FROM runs") == [("finished",)]
    assert counts(store)["annotated"] == ENTRIES_PER_CHUNK + 9
    assert code == 0


def test_a_second_batch_on_the_same_store_says_who_holds_it(
    shop: Shop, forker: Forker, tmp_path: Path
) -> None:
    source, store = archive(tmp_path / "a.jsonl", range(10)), tmp_path / "a.db"
    call = batch(store, str(source))
    closed = Closed(shop, 1)
    first = forker.begin(*call, OPENAI_BASE_URL=shop.url)
    assert closed.reached.wait(60)
    second = subprocess.run(
        [*_program(), *call],
        env=os.environ | {"OPENAI_BASE_URL": shop.url},
        capture_output=True,
        text=True,
    )
    assert second.returncode == 5
    assert f"is being written by process {first.pid} on" in second.stderr
    shop.gate.set()
    assert first.wait() == 0
    assert counts(store)["annotated"] == shop.sold.total() == 10
    check_integrity(store)


def _program() -> list[str]:
    import sys

    return [sys.executable, "-m", "attributor"]


def test_the_embedded_engine_works_in_processes_and_ends_with_its_parent(
    forker: Forker, tmp_path: Path
) -> None:
    source, store = archive(tmp_path / "a.jsonl", range(400)), tmp_path / "a.db"
    call = (
        "batch",
        "--store",
        str(store),
        "--engine",
        "embedded",
        "--concurrency",
        "2",
        str(source),
    )
    running = forker.begin(*call)
    children = _children_after_an_annotation(running, store)
    _kill(running, children)
    check_integrity(store)
    again = forker.begin(*call)
    assert again.wait() == 0, again.said
    found = counts(store)
    assert found["articles"] == found["annotated"] == 400
    assert found["answers"] == 0


def test_processes_that_prepare_requests_end_with_their_parent_and_cost_no_answer(
    shop: Shop, forker: Forker, tmp_path: Path
) -> None:
    running, call, store = waiting(shop, forker, tmp_path, articles=80, calls=4, after=60)
    children = _children_after_an_annotation(running, store)
    assert children or not Path("/proc").exists()
    _kill(running, children)
    shop.gate.set()
    again = forker.begin(*call, OPENAI_BASE_URL=shop.url)
    assert again.wait() == 0, again.said
    found = counts(store)
    assert found["annotated"] == found["answers"] == found["keys"] == 80
    assert shop.sold.total() <= 80 + 4  # what was in flight at the kill


def test_a_forked_process_keeps_no_file_of_its_parents_and_another_one_can_take_its_place(
    shop: Shop, forker: Forker, tmp_path: Path
) -> None:
    running, _, store = waiting(shop, forker, tmp_path, articles=60, calls=4, after=30)
    children = _children_after_an_annotation(running, store)
    assert children or not Path("/proc").exists()
    for child in children:
        assert sorted(at.split(":")[0] for at in _files_of(child)) == ["pipe", "socket"]
        os.kill(child, signal.SIGKILL)
    shop.gate.set()
    assert running.wait() == 0, running.said
    found = counts(store)
    assert found["annotated"] == found["answers"] == shop.sold.total() == 60


def _files_of(process: int) -> list[str]:
    """What it has open beside the three standard streams: paths, sockets and pipes."""
    files = Path(f"/proc/{process}/fd").iterdir()
    return [str(each.readlink()) for each in files if int(each.name) > 2]


def _kill(running: Running, children: list[int]) -> None:
    """kill -9 of a batch; its processes end with it."""
    os.kill(running.pid, signal.SIGKILL)
    assert running.wait() == -signal.SIGKILL
    for child in children:
        wait_for_the_end_of(child)


def _children_after_an_annotation(running: Running, store: Path) -> list[int]:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if store.exists() and _annotated(store):
            return children_of(running)
        os.sched_yield()
    raise AssertionError(running.said)


def _annotated(store: Path) -> bool:
    try:
        return counts(store)["annotated"] > 0
    except Exception:  # it is only just being made
        return False


def test_a_store_can_be_read_while_a_batch_runs(shop: Shop, forker: Forker, tmp_path: Path) -> None:
    running, _, path = waiting(shop, forker, tmp_path, articles=20, calls=1, after=8)
    with Store.read(path) as store:
        annotated = store.value("SELECT COUNT(*) FROM quotes")
        state = store.value("SELECT state FROM runs")
    shop.gate.set()
    assert (annotated, state) == (7, "running")
    assert running.wait() == 0
