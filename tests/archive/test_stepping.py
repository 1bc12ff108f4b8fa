"""Where the steps of articles are made: what was lost begins again from the answers."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import pickle
import resource
import signal
import socket
from functools import partial
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from support.batches import annotator, quoting, text_of
from support.chat_server import Shop

from attributor.archive.storing.annotation_rows import AnnotationRows
from attributor.archive.working.processes import (
    Beginning,
    Workers,
    WorkersCrashed,
    annotator_here,
    spawned,
)
from attributor.archive.working.step import NeedsAnswers, NoAnnotation, guarded
from attributor.archive.working.step_places import Here, Stepping, Steps, There
from attributor.errors import AttributorError
from attributor.pipeline import Annotator
from attributor.prompting import Answer
from attributor.records import Article

pytestmark = pytest.mark.slow

ARTICLES = [Article(id=f"a{n}", text=text_of(n)) for n in range(3)]


@pytest.fixture
def who(shop: Shop) -> Annotator:
    return annotator(shop)


def answered(outcome: object) -> dict[str, Answer]:
    """Good answers to what is asked."""
    assert isinstance(outcome, NeedsAnswers)
    return {key: quoting() for key in outcome.requests}


def test_a_dialogue_goes_on_without_its_article(who: Annotator) -> None:
    steps = Steps(who)
    answers = answered(steps.step(1, {}, ARTICLES[1]))
    assert isinstance(steps.step(1, answers), AnnotationRows)
    assert steps.step(1, answers) is None  # it has come to its end


def test_a_dialogue_that_was_forgotten_begins_again_from_the_answers(
    who: Annotator,
) -> None:
    steps = Steps(who, characters_kept=len(ARTICLES[0].text) * 2)
    answers = answered(steps.step(1, {}, ARTICLES[1]))
    steps.step(2, {}, ARTICLES[2])
    others = answered(steps.step(0, {}, ARTICLES[0]))
    assert steps.step(1, answers) is None
    assert isinstance(steps.step(1, answers, ARTICLES[1]), AnnotationRows)
    assert isinstance(steps.step(0, others), AnnotationRows)  # the latest ones were kept


def test_a_long_articles_dialogue_takes_the_room_of_many_and_leaves_it_again(
    who: Annotator,
) -> None:
    steps = Steps(who, characters_kept=1_000)
    long = Article(id="long", text=text_of(7) + "It rained. " * 100)
    answers = answered(steps.step(7, {}, long))
    assert steps.step(7, answers) is None  # it is longer than all that is kept
    found = [answered(steps.step(n, {}, ARTICLES[n])) for n in range(3)]
    assert all(isinstance(steps.step(n, found[n]), AnnotationRows) for n in range(3))


def test_a_few_articles_begin_no_process(who: Annotator) -> None:
    places = Stepping(who, 2, articles_before=3)
    found = [places.place() for _ in range(6)]
    assert [isinstance(place, There) for place in found] == [False, False, True, True, True, True]
    places.end()


def test_the_next_article_goes_where_the_least_is_asked(who: Annotator) -> None:
    async def go() -> None:
        places = Stepping(who, 2, articles_before=1)
        first = places.place()
        step = asyncio.ensure_future(first.step(1, {}, ARTICLES[1]))
        await asyncio.sleep(0)
        assert places.place() is not first
        await step
        assert places.place() is first
        places.end()

    asyncio.run(go())


def test_what_went_with_a_process_begins_again_in_another_one(who: Annotator) -> None:
    async def go() -> None:
        places = Stepping(who, 1, articles_before=1)
        place = places.place()
        answers = answered(await place.step(1, {}, ARTICLES[1]))
        (process,) = multiprocessing.active_children()
        process.kill()
        await asyncio.to_thread(process.join)
        assert await place.step(1, answers) is None
        assert isinstance(await place.step(1, answers, ARTICLES[1]), AnnotationRows)
        places.end()

    asyncio.run(go())


def test_a_call_over_which_two_processes_end_is_given_up_and_the_next_one_is_not(
    who: Annotator,
) -> None:
    async def go() -> None:
        workers = Workers(Beginning(who), 1)
        with pytest.raises(WorkersCrashed):
            await workers.call(os._exit, 1)
        assert await workers.call(abs, -3) == 3
        workers.end()

    asyncio.run(go())


def test_a_process_without_room_for_a_call_ends_over_it_and_the_next_call_has_another(
    who: Annotator,
) -> None:
    async def go() -> None:
        workers = Workers(Beginning(who), 1)
        for over in (_too_much, _article_that_is_too_much):
            with pytest.raises(WorkersCrashed):
                await workers.call(over)
        assert await workers.call(abs, -3) == 3
        workers.end()

    asyncio.run(go())


def test_a_process_without_room_for_a_message_is_replaced_without_a_traceback(
    who: Annotator, capfd: pytest.CaptureFixture[str]
) -> None:
    async def go() -> None:
        workers = Workers(Beginning(who), 1)
        await workers.call(_leave_little_room)
        assert await workers.call(len, bytes(60_000_000)) == 60_000_000
        workers.end()

    asyncio.run(go())
    assert capfd.readouterr().err == ""


def _leave_little_room() -> None:
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + 30_000_000, used + 30_000_000))


def test_a_process_begins_with_a_codebook_of_any_size(shop: Shop) -> None:
    async def go() -> None:
        workers = Workers(Beginning(annotator(shop, *map(str, range(20_000)))), 1)
        assert await workers.call(_targets_here) == 20_000
        workers.end()

    asyncio.run(go())


@pytest.mark.parametrize("targets", [1, 20_000])
def test_a_process_that_ends_before_it_is_ready_is_no_articles_fault(
    targets: int, shop: Shop
) -> None:
    def broken(pipe: socket.socket) -> BaseProcess:
        return multiprocessing.get_context("spawn").Process(target=os._exit, args=(1,), daemon=True)

    async def go() -> None:
        who = annotator(shop, *map(str, range(targets)))
        workers = Workers(Beginning(who, spawn=broken), 1)
        with pytest.raises(AttributorError, match=r"could not begin \(it ended at once\)"):
            await workers.call(abs, -3)
        workers.end()

    asyncio.run(go())


def test_a_process_that_ends_before_it_is_ready_is_begun_once_more(who: Annotator) -> None:
    begun: list[BaseProcess] = []

    def broken_at_first(pipe: socket.socket) -> BaseProcess:
        begun.append(spawned(pipe))
        if len(begun) > 1:
            return begun[-1]
        return multiprocessing.get_context("spawn").Process(target=os._exit, args=(1,), daemon=True)

    async def go() -> None:
        workers = Workers(Beginning(who, spawn=broken_at_first), 1)
        assert await workers.call(abs, -3) == 3
        workers.end()

    asyncio.run(go())
    assert len(begun) == 2


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="no signal can be held back")
def test_ctrl_c_is_nothing_for_a_process_that_is_just_beginning(who: Annotator) -> None:
    async def go() -> None:
        others = set(multiprocessing.active_children())  # of other tests, just ending
        process = Beginning(who).anew()
        (begun,) = set(multiprocessing.active_children()) - others
        os.kill(begun.pid or 0, signal.SIGINT)
        assert await process.call(pickle.dumps(partial(abs, -3))) == 3
        process.end()

    asyncio.run(go())


def test_an_article_for_which_there_is_no_room_here_ends_no_batch(
    who: Annotator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Annotator, "conversation", lambda *_: _too_much())
    outcome = asyncio.run(Here(who).step(1, {}, Article(id="a", text="Text.")))
    assert isinstance(outcome, NoAnnotation)
    assert (outcome.kind, "too little memory" in outcome.reason) == ("crashed", True)


def _too_much() -> bytes:
    return bytes(1 << 62)


def _article_that_is_too_much() -> object:
    return guarded(_too_much)


def _targets_here() -> int:
    codebook = annotator_here().codebook
    return len(codebook.targets) if codebook else 0


def test_messages_of_any_size_pass_both_ways_at_once_and_each_caller_has_its_own_answer(
    who: Annotator,
) -> None:
    async def go() -> None:
        workers = Workers(Beginning(who), 1)
        texts = [str(number) * 1_000_000 for number in range(8)]
        calls = [workers.call(str.strip, text) for text in texts]
        assert await asyncio.gather(*calls) == texts
        workers.end()

    asyncio.run(go())


def test_an_error_in_a_process_is_the_callers_and_the_process_goes_on(who: Annotator) -> None:
    async def go() -> None:
        workers = Workers(Beginning(who), 1)
        process = await workers.call(os.getpid)
        with pytest.raises(ValueError, match="invalid literal"):
            await workers.call(int, "x")
        assert await workers.call(os.getpid) == process
        workers.end()

    asyncio.run(go())


def test_calls_that_nobody_waits_for_any_more_leave_the_answers_of_the_others(
    who: Annotator,
) -> None:
    async def go() -> None:
        workers = Workers(Beginning(who), 1)
        first = asyncio.ensure_future(workers.call(abs, -1))
        second = asyncio.ensure_future(workers.call(abs, -2))
        await workers.call(abs, -3)
        third = asyncio.ensure_future(workers.call(abs, -4))
        fourth = asyncio.ensure_future(workers.call(abs, -5))
        await asyncio.sleep(0)
        third.cancel()
        assert await fourth == 5
        assert (await first, await second) == (1, 2)
        workers.end()

    asyncio.run(go())


def test_as_many_processes_are_begun_as_have_something_to_do(who: Annotator) -> None:
    async def go() -> None:
        workers = Workers(Beginning(who), 3)
        first = await workers.call(os.getpid)
        assert await workers.call(os.getpid) == first
        at_once = await asyncio.gather(*(workers.call(os.getpid) for _ in range(6)))
        assert first in at_once
        assert len(set(at_once)) == 3
        workers.end()

    asyncio.run(go())
