"""A batch on a real cluster of two workers: killed workers, a lost scheduler, two drivers, keys."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import pickle
import re
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import dask
import pytest
from distributed import Client, Security
from support.batches import Ended, annotator, archive, run, text_of
from support.chat_server import Shop, completion, fault
from support.clusters import OWN_KEY, Crowd, gathered
from support.programs import Closed, Forker, Running, children_of, say_is, wait_for_the_end_of
from support.replies import Reply
from support.stores import check_integrity, counts, rows

import attributor
from attributor.archive.batch_run import IN_QUARANTINE, BatchRun, Selection
from attributor.archive.cluster import connect as reaching
from attributor.archive.cluster import driver as clusters
from attributor.archive.cluster import worker
from attributor.archive.cluster.tasks import Buyers, Partitions
from attributor.archive.cluster.timing import ClusterTiming
from attributor.archive.cluster.worker import BatchPlan, Workshop
from attributor.archive.recipe import Recipe
from attributor.archive.run_options import RunOptions
from attributor.archive.stopping import Stop, Stopping
from attributor.archive.storing.annotation_rows import rows_of
from attributor.archive.storing.store import Store
from attributor.archive.wiring import maker_factory
from attributor.archive.working.processes import WorkersCrashed
from attributor.archive.working.step import NoAnnotation
from attributor.errors import BusyError, ClusterError, UsageError
from attributor.pipeline import Annotator
from attributor.prompting import Answer
from attributor.reading.archives import Entry, entries
from attributor.records import Article
from attributor.settings import Settings

pytestmark = pytest.mark.slow

CALLS = 8
DRIVERS_KEY = "sk-of-the-driver"


@pytest.fixture(scope="module")
def crowd() -> Iterator[Crowd]:
    yield from gathered(2, CALLS // 2)


def on(crowd: Crowd, **speed: Any) -> dict[str, Any]:
    return {"concurrency": CALLS, "speed": {"cluster": crowd.address, **speed}}


def embedded() -> Annotator:
    return Annotator(Settings(engine="embedded"))


def in_the_background(work: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def test_workers_annotate_as_this_process_would(crowd: Crowd, tmp_path: Path) -> None:
    source, store, who = archive(tmp_path / "a.jsonl", range(50)), tmp_path / "a.db", embedded()
    ended = run(store, who, source, **on(crowd))
    assert ended.exit_code_at_end == 0
    here = {
        f"a{n}": rows_of(who.annotate_now(Article(id=f"a{n}", text=text_of(n)))).json
        for n in range(50)
    }
    there = rows(
        store, "SELECT a.name, n.json FROM annotations n JOIN articles a ON a.id = article_id"
    )
    assert dict(there) == here
    assert ended.tally.workers == 2


def test_a_killed_workers_articles_are_read_by_another(
    crowd: Crowd, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "attributor")
    source, store = archive(tmp_path / "a.jsonl", range(600)), tmp_path / "a.db"
    pid = crowd.pids()[0]
    done_at_the_kill: list[int] = []

    def kill_in_the_middle() -> None:
        while not (done := annotated(store)):
            os.sched_yield()
        os.kill(pid, signal.SIGKILL)
        done_at_the_kill.append(done)

    killing = in_the_background(kill_in_the_middle)
    ended = run(store, embedded(), source, **on(crowd))
    killing.join()
    crowd.replaced(pid)
    assert done_at_the_kill[0] < 500
    assert ended.tally.workers_lost == 1
    said = [record.getMessage() for record in caplog.records]
    assert sum(re.fullmatch(r"worker 'tcp://.*' is lost", each) is not None for each in said) == 1
    assert sum(re.fullmatch(r"worker 'tcp://.*' takes part", each) is not None for each in said) > 1
    found = counts(store)
    assert found["articles"] == found["annotated"] == 600
    assert found["failed"] == 0
    check_integrity(store)


def annotated(path: Path) -> int:
    try:
        return counts(path)["annotated"]
    except Exception:  # it is only just being made
        return 0


class Rush:
    """A shop that serves `before` customers, and lets the next ones wait until it is full."""

    def __init__(self, shop: Shop, before: int) -> None:
        self.full = threading.Event()
        self.finished: dict[str, int] = {}
        self._before, self._waiting = before, 0
        shop.choose = self._choose

    def _choose(self, shop: Shop, number: int, body: dict[str, Any]) -> Reply | None:
        if number <= self._before or shop.gate.is_set():
            return None
        with shop.lock:
            self._waiting += 1
            if self._waiting == CALLS:
                # Nobody has a ninth call, so what was sold before has all been taken home.
                self.finished = dict(shop.sold)
                self.full.set()
        shop.gate.wait(60)
        return None


def test_a_killed_workers_calls_are_made_by_another_and_no_finished_answer_is_bought_again(
    crowd: Crowd, shop: Shop, tmp_path: Path
) -> None:
    source, store = archive(tmp_path / "a.jsonl", range(40)), tmp_path / "a.db"
    pid, rush = crowd.pids()[0], Rush(shop, before=12)

    def kill_when_full() -> None:
        assert rush.full.wait(60)
        os.kill(pid, signal.SIGKILL)
        crowd.replaced(pid)
        shop.gate.set()

    killing = in_the_background(kill_when_full)
    who = annotator(shop, "the bridge", api_key=DRIVERS_KEY)
    ended = run(store, who, source, **on(crowd))
    killing.join()
    assert ended.exit_code_at_end == 0
    assert ended.tally.workers_lost == 1
    found = counts(store)
    assert found["annotated"] == 40
    assert found["answers"] == found["keys"] == len(shop.sold) == 80
    assert len(rush.finished) == 12
    assert {shop.sold[request] for request in rush.finished} == {1}
    twice = [request for request, times in shop.sold.items() if times > 1]
    assert 0 < len(twice) < CALLS  # the killed one's calls, and not the other's
    assert max(shop.sold.values()) == 2
    assert shop.keys == {f"Bearer {OWN_KEY}"}


def test_a_killed_driver_finds_in_the_ledger_what_its_workers_had_bought(
    crowd: Crowd, shop: Shop, forker: Forker, tmp_path: Path
) -> None:
    source, store, rush = (
        archive(tmp_path / "a.jsonl", range(30)),
        tmp_path / "a.db",
        Rush(shop, 10),
    )
    call = (
        *("batch", "--store", str(store), "--engine", "openai", "--base-url", shop.url),
        *("--cluster", crowd.address, "--concurrency", str(CALLS), str(source)),
    )
    first = forker.begin(*call)
    assert rush.full.wait(60)
    os.kill(first.pid, signal.SIGKILL)
    assert first.wait() == -signal.SIGKILL
    shop.gate.set()
    again = forker.begin(*call)
    assert again.wait() == 0, again.said
    found = counts(store)
    assert found["annotated"] == found["answers"] == found["keys"] == 30
    assert {shop.sold[request] for request in rush.finished} == {1}
    assert shop.sold.total() - 30 <= CALLS
    check_integrity(store)


def test_two_drivers_share_the_workers_and_each_has_its_own_store(
    crowd: Crowd, shop: Shop, tmp_path: Path
) -> None:
    source = archive(tmp_path / "a.jsonl", range(20))
    who = annotator(shop)
    made = maker_factory(who, RunOptions(concurrency=4, cluster=crowd.address))
    wanted = Selection((str(source),))
    with Store.open(tmp_path / "a.db") as one, Store.open(tmp_path / "b.db") as other:
        batches = [BatchRun(s, Recipe.of(who), wanted, made, lambda t: None) for s in (one, other)]

        async def both() -> None:
            await asyncio.gather(*(each.run(entries(wanted.sources)) for each in batches))

        asyncio.run(both())
    for name in ("a.db", "b.db"):
        found = counts(tmp_path / name)
        assert found["annotated"] == found["answers"] == 20
    assert set(shop.sold.values()) == {2}


def test_articles_that_ask_the_same_pay_once(crowd: Crowd, shop: Shop, tmp_path: Path) -> None:
    source, store = tmp_path / "a.jsonl", tmp_path / "a.db"
    text = {"text": text_of(1)}
    lines = [{"id": "a", **text}, {"id": "b", "language": "de", **text}, {"id": "c", **text}]
    source.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    run(store, annotator(shop), source, **on(crowd))
    assert counts(store)["annotated"] == 2
    assert set(shop.sold.values()) == {1}
    assert shop.sold.total() == counts(store)["answers"]


def test_the_budget_holds_for_all_workers_together(
    crowd: Crowd, shop: Shop, tmp_path: Path, priced: None
) -> None:
    source, store = archive(tmp_path / "a.jsonl", range(60)), tmp_path / "a.db"
    ended = run(store, annotator(shop), source, **on(crowd, max_cost=100))
    assert ended.exit_code_at_end == 7
    (spent,) = rows(store, "SELECT SUM(cost_usd) FROM ledger")[0]
    assert 20 < spent <= 100
    assert shop.sold.total() == counts(store)["answers"] < 60


def test_a_server_that_lets_nobody_in_ends_the_batch_as_ever(
    crowd: Crowd, shop: Shop, tmp_path: Path
) -> None:
    source, store = archive(tmp_path / "a.jsonl", range(20)), tmp_path / "a.db"
    shop.choose = lambda shop, number, body: fault(401)
    ended = run(store, annotator(shop), source, **on(crowd))
    assert ended.exit_code_at_end == 4
    assert counts(store)["failed"] == 0


def test_an_answer_that_is_of_no_use_is_shown_in_quarantine(
    crowd: Crowd, shop: Shop, tmp_path: Path
) -> None:
    source, store = archive(tmp_path / "a.jsonl", range(1)), tmp_path / "a.db"
    refusal = completion("", refusal="I would rather not.")
    shop.choose = lambda shop, number, body: Reply(body=refusal)
    assert run(store, annotator(shop), source, **on(crowd)).exit_code_at_end == 6
    ((kind, answer),) = rows(store, "SELECT kind, answer FROM quarantine")
    assert kind == "refused"
    assert answer == "I would rather not."


def test_what_a_first_answer_gave_is_kept_where_the_stances_fail(
    crowd: Crowd, shop: Shop, tmp_path: Path
) -> None:
    source, store = archive(tmp_path / "a.jsonl", range(3)), tmp_path / "a.db"
    refusal = fault(400, "content_filter")
    shop.choose = lambda shop, number, body: (
        refusal if "<quotes>" in body["messages"][-1]["content"] else None
    )
    assert run(store, annotator(shop, "the bridge"), source, **on(crowd)).exit_code_at_end == 0
    assert rows(store, "SELECT quotes, warnings FROM annotations") == [(1, 1)] * 3


def test_a_worker_that_does_not_answer_is_named(tmp_path: Path) -> None:
    timing = ClusterTiming(answer_seconds=0.5)
    source = archive(tmp_path / "a.jsonl", range(3))
    for lone in gathered(1, 1):
        (pid,) = lone.pids()
        os.kill(pid, signal.SIGSTOP)
        with pytest.raises(ClusterError, match=r"The worker 'tcp://.*' does not answer: end it"):
            run(tmp_path / "a.db", embedded(), source, **on(lone, cluster_timing=timing))
        os.kill(pid, signal.SIGKILL)


def test_a_worker_with_another_version_is_named(
    crowd: Crowd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = archive(tmp_path / "a.jsonl", range(3))
    own = attributor.__version__
    monkeypatch.setattr(attributor, "__version__", "99.0")
    with pytest.raises(ClusterError) as caught:
        run(tmp_path / "a.db", embedded(), source, **on(crowd))
    assert "The worker 'tcp://127.0.0.1:" in caught.value.message
    assert f"it has attributor {own} and the batch 99.0" in caught.value.message


def test_a_worker_with_other_prompts_is_named(crowd: Crowd, shop: Shop, tmp_path: Path) -> None:
    folder, source = tmp_path / "prompts", archive(tmp_path / "a.jsonl", range(3))
    folder.mkdir()
    mine = folder / "attribute.md"
    mine.write_text("---\nname: attribute\ndescription: mine\n---\nSay who spoke.\n", "utf-8")
    who = annotator(shop, prompts=folder)
    assert who.engine.prompts.attribute.body == "Say who spoke."  # type: ignore[attr-defined]
    mine.write_text("---\nname: attribute\ndescription: mine\n---\nSay nothing.\n", "utf-8")
    made = maker_factory(who, RunOptions(cluster=crowd.address))
    with Store.open(tmp_path / "a.db") as store:
        work = BatchRun(store, Recipe.of(who), Selection((str(source),)), made, lambda t: None)
        with pytest.raises(ClusterError, match="its prompts are others than the batch's"):
            asyncio.run(work.run(entries([str(source)])))
    assert shop.asked == 0


def test_where_the_batch_has_no_key_for_a_server_the_workers_keep_theirs(
    crowd: Crowd, shop: Shop, tmp_path: Path
) -> None:
    run(tmp_path / "a.db", annotator(shop), archive(tmp_path / "a.jsonl", range(2)), **on(crowd))
    assert shop.keys == {"Bearer none"}


def planned(who: Annotator) -> BatchPlan:
    return clusters.cluster_of(who, RunOptions(cluster="local"), Stop()).plan


def test_no_key_is_in_what_workers_are_sent_and_a_worker_without_one_says_so(shop: Shop) -> None:
    plan = planned(annotator(shop, api_key=DRIVERS_KEY))
    assert DRIVERS_KEY.encode() not in pickle.dumps(plan)
    assert plan.keyed
    with pytest.raises(ClusterError, match="it has no key for"):
        Workshop(plan)


def test_an_address_that_is_none_and_a_missing_extra_are_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    source = archive(tmp_path / "a.jsonl", range(1))
    for none in (
        "http://host",
        "tcp://10.0.0.5",
        "tcp://",
        "tcp://host:x",
        "tcp://[::1",
        "tcp://a:1/",
    ):
        with pytest.raises(UsageError) as caught:
            run(tmp_path / "a.db", embedded(), source, speed={"cluster": none})
        assert caught.value.message.startswith(f"'{none}' is no cluster: say 'local'")
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match=r"pip install 'attributor\[cluster\]'"):
        run(tmp_path / "a.db", embedded(), source, speed={"cluster": "local"})


@pytest.fixture
def reached(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses at which a scheduler was looked for, each time that it was."""
    tried: list[str] = []
    reach = reaching.reach

    async def trying(address: str, *args: Any) -> Any:
        tried.append(address)
        return await reach(address, *args)

    monkeypatch.setattr(clusters, "reach", trying)
    return tried


NOBODY = "tcp://127.0.0.1:9"


def test_a_scheduler_that_is_not_there_is_waited_for_once_and_told(
    reached: list[str], tmp_path: Path
) -> None:
    speed = {"cluster": NOBODY, "cluster_timing": ClusterTiming(connect_seconds=0.2)}
    source = archive(tmp_path / "a.jsonl", range(40))
    with pytest.raises(ClusterError, match=f"No scheduler answers at '{NOBODY}'") as caught:
        run(tmp_path / "a.db", embedded(), source, speed=speed)
    assert caught.value.exit_code == 8
    assert reached == [NOBODY]


def test_ctrl_c_does_not_wait_for_a_scheduler_that_is_not_there(
    reached: list[str], tmp_path: Path
) -> None:
    async def interrupt(work: BatchRun, found: Iterator[Entry]) -> None:
        running = asyncio.create_task(work.run(found))
        while not reached:
            await asyncio.sleep(0)
        work.stop.ask("interrupted", "Ended by a signal.", 130)
        await asyncio.wait_for(running, ClusterTiming().connect_seconds / 2)

    source = archive(tmp_path / "a.jsonl", range(40))
    ended = run(tmp_path / "a.db", embedded(), source, speed={"cluster": NOBODY}, go=interrupt)
    assert ended.exit_code_at_end == 130


@pytest.mark.parametrize("says", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n"])
def test_a_port_that_is_no_scheduler_s_is_told(tmp_path: Path, says: bytes) -> None:
    source = archive(tmp_path / "a.jsonl", range(4))
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    caller, _ = server.accept()
                    callers.append(caller)
                    caller.sendall(says)

        callers: list[socket.socket] = []
        in_the_background(serve)
        address = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        speed = {"cluster": address, "cluster_timing": ClusterTiming(connect_seconds=0.5)}
        with pytest.raises(ClusterError, match=f"No scheduler answers at '{address}'"):
            run(tmp_path / "a.db", embedded(), source, speed=speed)
        assert callers
        server.shutdown(socket.SHUT_RDWR)
    for caller in callers:
        caller.close()


def certificates(folder: Path) -> dict[str, str]:
    """Settings of Dask that name files with certificates, made for this test."""
    made = Security.temporary()
    files = {"ca-file": made.tls_ca_file}
    for role in ("client", "scheduler", "worker"):
        files |= {f"{role}.{what}": getattr(made, f"tls_{role}_{what}") for what in ("cert", "key")}
    folder.mkdir()
    for name, text in files.items():
        folder.joinpath(name).write_text(text, encoding="utf-8")
    return {f"distributed.comm.tls.{name}": str(folder / name) for name in files}


def as_variables(settings: dict[str, str]) -> dict[str, str]:
    """Settings of Dask as its environment variables."""
    spelled = {"-": "_", ".": "__"}
    return {
        "DASK_" + "".join(spelled.get(letter, letter) for letter in name).upper(): value
        for name, value in settings.items()
    }


def test_a_cluster_is_reached_by_tls_with_the_certificates_of_dasks_settings(
    shop: Shop, tmp_path: Path
) -> None:
    source, store = archive(tmp_path / "a.jsonl", range(20)), tmp_path / "a.db"
    ours, others = certificates(tmp_path / "ours"), certificates(tmp_path / "others")
    for lone in gathered(1, CALLS, "tls://", **as_variables(ours)):
        assert lone.address.startswith("tls://")
        with (
            dask.config.set(others),
            pytest.raises(ClusterError, match="check the address and both certificates"),
        ):
            run(store, annotator(shop), source, **on(lone))
        with dask.config.set(ours):
            ended = run(store, annotator(shop), source, **on(lone))
    assert ended.exit_code_at_end == 0
    assert counts(store)["annotated"] == shop.sold.total() == 20


def test_certificates_that_are_not_there_are_told(tmp_path: Path) -> None:
    source, nobody = archive(tmp_path / "a.jsonl", range(1)), "tls://127.0.0.1:9"
    with pytest.raises(ClusterError, match=f"'{nobody}' needs certificates: name distributed"):
        run(tmp_path / "a.db", embedded(), source, speed={"cluster": nobody})
    given = certificates(tmp_path / "given")
    (tmp_path / "given" / "client.cert").unlink()
    with (
        dask.config.set(given),
        pytest.raises(ClusterError, match=r"cannot be used \(No such file or directory\)"),
    ):
        run(tmp_path / "a.db", embedded(), source, speed={"cluster": nobody})


class Breaking:
    """A cluster whose workers end over one article."""

    def __init__(self) -> None:
        self.sizes: list[int] = []

    async def do(self, function: Any, jobs: Any, *, name: str, priority: int) -> list[NoAnnotation]:
        self.sizes.append(len(jobs))
        if any(job.article.id == "a3" for job in jobs):
            raise WorkersCrashed
        return [NoAnnotation("fine", job.article.id) for job in jobs]


def test_an_article_that_workers_end_over_costs_its_partition_nothing() -> None:
    cluster = Breaking()

    async def all_of_them() -> list[Any]:
        partitions = Partitions(cluster)  # type: ignore[arg-type]
        articles = [Article(id=f"a{n}", text=text_of(n)) for n in range(6)]
        return await asyncio.gather(*(partitions.outcome(each, {}) for each in articles))

    outcomes = asyncio.run(all_of_them())
    kinds = [outcome.kind for outcome in outcomes]
    assert kinds == ["fine", "fine", "fine", "crashed", "fine", "fine"]
    assert cluster.sizes == [6, 1, 1, 1, 1, 1, 1]


class Unlucky:
    """A cluster whose workers end over something else, so many times, while a purchase is there."""

    def __init__(self, plan: BatchPlan, times: int) -> None:
        self.plan, self.part, self.asked = plan, 1.0, 0
        self._times = times

    async def do(self, function: Any, request: Any, part: float, *, name: str) -> Answer:
        self.asked += 1
        if self.asked <= self._times:
            raise WorkersCrashed
        return Answer("here", model_reported="m")


def test_a_request_that_is_there_when_workers_end_is_asked_again_and_not_for_ever(
    shop: Shop,
) -> None:
    who = annotator(shop, attempts=3)
    (request,) = who.conversation(Article(id="a", text=text_of(1))).requests()

    async def bought(cluster: Unlucky) -> Answer:
        return await Buyers(cluster, Stop()).buy(request)  # type: ignore[arg-type]

    assert asyncio.run(bought(Unlucky(planned(who), times=2))).text == "here"
    with pytest.raises(BusyError, match="The workers that asked about 'a' ended"):
        asyncio.run(bought(Unlucky(planned(who), times=3)))


def hang(lone: Crowd, timing: ClusterTiming) -> None:
    """Have the scheduler answer nothing more, though its machine still does."""
    timing.answer_seconds = 0.1
    lone.process.send_signal(signal.SIGSTOP)


@pytest.mark.parametrize(
    ("who", "lose"),
    [
        ("The scheduler", lambda lone, _: lone.process.kill()),
        ("The scheduler", hang),
        ("Every worker", lambda lone, _: lone.dismiss()),
    ],
)
def test_where_nobody_works_any_more_the_batch_ends_with_a_sentence_and_the_ledger_is_kept(
    shop: Shop, tmp_path: Path, who: str, lose: Callable[[Crowd, ClusterTiming], None]
) -> None:
    timing = ClusterTiming()
    source, store, rush = (
        archive(tmp_path / "a.jsonl", range(30)),
        tmp_path / "a.db",
        Rush(shop, 10),
    )
    for lone in gathered(1, CALLS):

        def kill_when_full(lone: Crowd = lone) -> None:
            assert rush.full.wait(60)
            timing.no_worker_seconds = 0.1
            lose(lone, timing)

        killing = in_the_background(kill_when_full)
        ended = run(store, annotator(shop), source, **on(lone, cluster_timing=timing))
        killing.join()
        lone.process.kill()
        lone.process.wait()
    assert ended.exit_code_at_end == 8
    assert ended.stop.reason is not None
    assert ended.stop.reason.startswith(f"{who} of the cluster ")
    assert "was lost. What is in the ledger is kept" in ended.stop.reason
    assert "run the same command again" in ended.stop.reason
    assert counts(store)["answers"] == 10
    shop.gate.set()
    again: Ended = run(store, annotator(shop), source)
    assert again.exit_code_at_end == 0
    assert counts(store)["annotated"] == 30
    assert {shop.sold[request] for request in rush.finished} == {1}


def once_reached(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Do this as soon as the scheduler has been reached."""
    reach = reaching.reach

    async def reaching_and_acting(*args: Any) -> Any:
        reached = await reach(*args)
        act()
        return reached

    monkeypatch.setattr(clusters, "reach", reaching_and_acting)


@pytest.mark.parametrize("lose", [lambda lone, _: lone.process.kill(), hang])
def test_a_scheduler_that_is_lost_while_workers_are_greeted_is_told(
    shop: Shop,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    lose: Callable[[Crowd, ClusterTiming], None],
) -> None:
    timing = ClusterTiming()
    source = archive(tmp_path / "a.jsonl", range(4))
    for lone in gathered(1, CALLS):
        once_reached(monkeypatch, partial(lose, lone, timing))
        with pytest.raises(ClusterError, match="was lost before anything was bought") as caught:
            run(tmp_path / "a.db", annotator(shop), source, **on(lone, cluster_timing=timing))
        lone.process.kill()
    assert caught.value.exit_code == 8
    assert shop.asked == 0


def test_ctrl_c_does_not_wait_for_a_scheduler_that_hangs_while_workers_are_greeted(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = archive(tmp_path / "a.jsonl", range(4))
    greeting = threading.Event()

    async def interrupt(work: BatchRun, found: Iterator[Entry]) -> None:
        running = asyncio.create_task(work.run(found))
        while not greeting.is_set():
            await asyncio.sleep(0)
        work.stop.ask("interrupted", "Ended by a signal.", 130)
        await asyncio.wait_for(running, ClusterTiming().answer_seconds / 2)

    for lone in gathered(1, CALLS):

        def hang_and_say(lone: Crowd = lone) -> None:
            lone.process.send_signal(signal.SIGSTOP)
            greeting.set()

        once_reached(monkeypatch, hang_and_say)
        ended = run(tmp_path / "a.db", annotator(shop), source, **on(lone), go=interrupt)
        lone.process.kill()
    assert ended.exit_code_at_end == 130
    assert shop.asked == 0


def drop(crowd: Crowd, messages: int, what: str = worker.TASK) -> None:
    """Have the scheduler's next messages that give a worker something of that name get lost."""

    def losing(dask_scheduler: Any) -> None:
        def instead_of(send: Callable[..., None]) -> Callable[..., None]:
            left = messages

            def some(*told: dict[str, Any]) -> None:
                nonlocal left
                for each in told:
                    if left and each["op"] == "compute-task" and each["key"].startswith(what):
                        left -= 1
                    else:
                        send(each)

            return some

        for comm in dask_scheduler.stream_comms.values():
            comm.send = instead_of(comm.send)

    on_the_scheduler(crowd, losing)


def on_the_scheduler(crowd: Crowd, function: Callable[..., None]) -> None:
    """Have the scheduler call this, with itself as `dask_scheduler`."""

    async def tell() -> None:
        async with Client(crowd.address, asynchronous=True, set_as_default=False) as client:
            await client.run_on_scheduler(function)

    asyncio.run(tell())


IMPATIENT = ClusterTiming(look_seconds=0.02, quiet_seconds=0.1)
"""Nobody waits long for what the workers do not do."""


def test_what_the_scheduler_has_lost_is_given_out_again(shop: Shop, tmp_path: Path) -> None:
    source, store = archive(tmp_path / "a.jsonl", range(40)), tmp_path / "a.db"
    for lone in gathered(1, CALLS):
        drop(lone, messages=11)  # so that purchases are among them
        ended = run(store, annotator(shop), source, **on(lone, cluster_timing=IMPATIENT))
    assert ended.exit_code_at_end == 0
    assert counts(store)["annotated"] == 40
    assert set(shop.sold.values()) == {1}


def test_workers_that_never_do_what_they_are_given_end_the_batch_with_a_sentence(
    shop: Shop, tmp_path: Path
) -> None:
    source, store = archive(tmp_path / "a.jsonl", range(4)), tmp_path / "a.db"
    for lone in gathered(1, CALLS):
        drop(lone, messages=1_000)
        ended = run(store, annotator(shop), source, **on(lone, cluster_timing=IMPATIENT))
        assert ended.exit_code_at_end == 8
        assert ended.stop.reason is not None
        assert ended.stop.reason.startswith(
            f"No worker of the cluster '{lone.address}' does what it is given. What is in the "
        )
        assert counts(store)["annotated"] == 0
    assert shop.asked == 0


def test_what_the_scheduler_has_lost_is_not_given_out_again_after_ctrl_c(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    give_up, times = clusters.Cluster._give_up, 0

    def interrupted(self: clusters.Cluster) -> None:
        nonlocal times
        times += 1
        self._stop.ask("interrupted", "Ended by a signal.", 130)
        give_up(self)

    monkeypatch.setattr(clusters.Cluster, "_give_up", interrupted)
    source = archive(tmp_path / "a.jsonl", range(4))
    for lone in gathered(1, CALLS):
        drop(lone, 1_000, f"{worker.TASK}ask-")
        ended = run(
            tmp_path / "a.db", annotator(shop), source, **on(lone, cluster_timing=IMPATIENT)
        )
    assert ended.exit_code_at_end == 130
    assert shop.asked == 0
    assert times == 1


def test_answers_that_hardly_ever_come_home_are_not_bought_for_ever(
    shop: Shop, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    source, store = archive(tmp_path / "a.jsonl", range(8)), tmp_path / "a.db"

    def keeping(dask_scheduler: Any) -> None:
        gather, number = dask_scheduler.handlers["gather"], 0

        async def some(*args: Any, **kwargs: Any) -> Any:
            nonlocal number
            number += 1
            if number % 6 != 1:
                await asyncio.Event().wait()
            return await gather(*args, **kwargs)

        dask_scheduler.handlers["gather"] = some

    for lone in gathered(1, CALLS):
        on_the_scheduler(lone, keeping)
        ended = run(store, annotator(shop), source, **on(lone, cluster_timing=IMPATIENT))
    assert ended.exit_code_at_end == 8
    assert ended.stop.reason is not None
    assert "does what it is given" in ended.stop.reason
    assert max(shop.sold.values(), default=0) <= 1 + IMPATIENT.times_handed_out_again
    gc.collect()  # what nobody has asked for is told then
    assert not [each for each in caplog.records if not each.name.startswith("attributor")]
    assert any("given out again" in message for message in caplog.messages)


def test_what_takes_long_is_not_given_out_again(
    crowd: Crowd, shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, store = archive(tmp_path / "a.jsonl", range(4)), tmp_path / "a.db"
    shop.choose = lambda shop, number, body: None if shop.gate.wait(60) else fault(500)
    looks: list[bool] = []
    look = clusters.Cluster._anybody_busy

    async def looking(self: clusters.Cluster) -> bool:
        looks.append(await look(self))
        if looks[-3:] == [True, True, True] or len(looks) == 50:
            shop.gate.set()
        return looks[-1]

    monkeypatch.setattr(clusters.Cluster, "_anybody_busy", looking)
    run(store, annotator(shop), source, **on(crowd, cluster_timing=IMPATIENT))
    assert looks.count(True) >= 3
    assert set(shop.sold.values()) == {1}


def test_nobody_is_asked_whether_he_works_before_a_first_minute_is_over(
    crowd: Crowd, shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    timing = ClusterTiming(look_seconds=0.02)
    source = archive(tmp_path / "a.jsonl", range(4))
    shop.choose = lambda shop, number, body: None if shop.gate.wait(60) else fault(500)
    looks, asked = 0, 0
    remind = clusters.Cluster._remind

    async def reminding(self: clusters.Cluster) -> None:
        nonlocal looks
        looks += 1
        if looks == 2 * timing.idle_looks:
            shop.gate.set()
        await remind(self)

    async def asking(self: clusters.Cluster) -> bool:
        nonlocal asked
        asked += 1
        return True

    monkeypatch.setattr(clusters.Cluster, "_remind", reminding)
    monkeypatch.setattr(clusters.Cluster, "_anybody_busy", asking)
    ended = run(tmp_path / "a.db", annotator(shop), source, **on(crowd, cluster_timing=timing))
    assert ended.exit_code_at_end == 0
    assert looks >= 2 * timing.idle_looks
    assert asked == 0


def test_a_worker_that_joins_after_ctrl_c_is_told_to_make_no_call(
    shop: Shop, tmp_path: Path
) -> None:
    source, store, rush = archive(tmp_path / "a.jsonl", range(30)), tmp_path / "a.db", Rush(shop, 4)
    told: list[bool] = []

    async def interrupt(lone: Crowd, work: BatchRun, found: Iterator[Entry]) -> None:
        running = asyncio.create_task(work.run(found))
        assert await asyncio.to_thread(rush.full.wait, 60)
        work.stop.ask("interrupted", "Ended by a signal.", 130)
        (pid,) = lone.pids()
        os.kill(pid, signal.SIGKILL)
        await asyncio.to_thread(lone.replaced, pid)
        async with (
            asyncio.timeout(60),
            Client(lone.address, asynchronous=True, set_as_default=False) as client,
        ):
            while told != [True]:
                told[:] = (await client.run(lambda: bool(worker._finished))).values()
        shop.gate.set()
        await asyncio.wait_for(running, 60)

    for lone in gathered(1, CALLS):
        ended = run(
            store,
            annotator(shop),
            source,
            **on(lone, cluster_timing=IMPATIENT),
            go=partial(interrupt, lone),
        )
    assert ended.exit_code_at_end == 130
    assert told == [True]
    assert shop.sold.total() <= 4 + 2 * CALLS < 30


def test_a_worker_that_was_told_to_make_no_call_before_it_was_ready_makes_none(shop: Shop) -> None:
    plan = planned(annotator(shop))
    (request,) = annotator(shop).conversation(Article(id="a", text=text_of(1))).requests()
    worker.finish(plan.run)
    assert isinstance(asyncio.run(worker.buy(plan, request, 1.0)), Stopping)
    assert shop.asked == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP, signal.SIGTERM])
def test_ctrl_c_while_workers_here_are_starting_is_heard_by_the_batch_alone(
    number: signal.Signals, shop: Shop, forker: Forker, tmp_path: Path
) -> None:
    source, store = archive(tmp_path / "a.jsonl", range(3)), tmp_path / "a.db"
    running = begun_here(forker, shop, source, store)
    workers = workers_of(running, 2)
    os.killpg(running.pid, number)
    assert running.wait() == 128 + number, running.said
    assert running.said.endswith("Ended by a signal. To go on, run the same command again.\n")
    assert "Traceback" not in running.said
    assert shop.asked == 0
    for each in workers:
        wait_for_the_end_of(each)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_ctrl_c_and_a_closed_terminal_let_workers_here_finish_their_calls_and_end_them(
    number: signal.Signals, shop: Shop, forker: Forker, tmp_path: Path
) -> None:
    source, store, closed = (
        archive(tmp_path / "a.jsonl", range(30)),
        tmp_path / "a.db",
        Closed(shop, 6),
    )
    running = forker.begin(
        *("batch", "--store", str(store), "--engine", "openai", "--cluster", "local"),
        *("--concurrency", "3", str(source)),
        OPENAI_BASE_URL=shop.url,
    )
    assert closed.reached.wait(60)
    children = children_of(running)
    os.killpg(running.pid, number)  # as a terminal does: to the workers, too
    say_is(running, "are waited for")
    shop.gate.set()
    assert running.wait() == 128 + number, running.said
    assert "To go on, run the same command again." in running.said
    found = counts(store)
    assert found["answers"] == found["annotated"] == shop.sold.total() < 10
    for child in children:
        wait_for_the_end_of(child)


def workers_of(running: Running, number: int, but: Collection[int] = ()) -> list[int]:
    """The workers of a local cluster, as soon as there are so many beside those."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        found = [pid for pid in children_of(running) if pid not in but and is_worker(pid)]
        if len(found) >= number:
            return found
        os.sched_yield()
    raise AssertionError(f"it has no {number} workers: {running.said}")


def is_worker(pid: int) -> bool:
    try:
        return b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return False


def begun_here(
    forker: Forker, shop: Shop, source: Path, store: Path, *more: str, **environ: str
) -> Running:
    """A batch on two workers of its own."""
    return forker.begin(
        *("batch", "--store", str(store), "--engine", "openai", "--base-url", shop.url),
        *("--cluster", "local", "--concurrency", str(CALLS), *more, str(source)),
        **environ,
    )


def test_no_worker_here_has_the_profiler_of_dask_which_may_hang_python() -> None:
    async def profiled() -> list[bool]:
        client, leaving = await reaching.reach("local", 1, 1, Stop(), 30.0)
        async with leaving:
            found = await client.run(
                lambda dask_worker: "profile" in dask_worker.periodic_callbacks
            )
        return list(found.values())

    assert asyncio.run(profiled()) == [False]


def test_a_worker_here_that_ends_while_it_is_starting_is_told(
    shop: Shop, forker: Forker, tmp_path: Path
) -> None:
    source, store = archive(tmp_path / "a.jsonl", range(3)), tmp_path / "a.db"
    running = begun_here(forker, shop, source, store)
    workers = workers_of(running, 2)
    os.kill(workers[0], signal.SIGKILL)
    assert running.wait() == 8, running.said
    assert "ended while it was starting" in running.said
    assert "run the same command again" in running.said
    assert shop.asked == 0
    for each in workers:
        wait_for_the_end_of(each)


def test_workers_here_that_end_again_while_they_start_again_are_replaced(
    shop: Shop, forker: Forker, tmp_path: Path
) -> None:
    source, store = archive(tmp_path / "a.jsonl", range(40)), tmp_path / "a.db"
    closed = Closed(shop, 13)
    forgotten = {"DASK_DISTRIBUTED__DEPLOY__LOST_WORKER_TIMEOUT": "100ms"}
    running = begun_here(forker, shop, source, store, **forgotten)
    assert closed.reached.wait(60)
    killed: list[int] = []
    for number in (2, 1, 1):  # those that work, and then each that begins in their place
        workers = workers_of(running, number, but=killed)
        for each in workers:
            os.kill(each, signal.SIGKILL)
        killed += workers
    shop.gate.set()
    # An article that was there each time is in quarantine.
    assert running.wait() in (0, IN_QUARANTINE), running.said
    assert "Traceback" not in running.said
    again = begun_here(forker, shop, source, store, "--retry-failed")
    assert again.wait() == 0, again.said
    assert counts(store)["annotated"] == counts(store)["answers"] == 40
    assert shop.sold.total() - 40 <= CALLS
