"""The archive is read ahead: in order, to its end, and never longer than the batch lasts."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from attributor.archive import reading_ahead
from attributor.archive.reading_ahead import SECONDS_TO_FINISH_READ, chunks
from attributor.archive.stopping import Stop
from attributor.errors import ReadingError
from attributor.reading.archives import Entry
from attributor.records import Article


def entry(number: int) -> Entry:
    return Entry("a.jsonl", Article(id=f"a{number}", text="Text."))


class Hanging:
    """Entries that come from a place which does not answer, until it is let go."""

    def __init__(self) -> None:
        self.reached, self.let_go = threading.Event(), threading.Event()

    def __iter__(self) -> Iterator[Entry]:
        yield from map(entry, range(reading_ahead.ENTRIES_PER_CHUNK))
        self.reached.set()
        self.let_go.wait(60)


@pytest.fixture
def hanging() -> Iterator[Hanging]:
    hanging = Hanging()
    yield hanging
    hanging.let_go.set()


async def all_of(
    stop: Stop, entries: Iterator[Entry], seconds_to_finish: float = SECONDS_TO_FINISH_READ
) -> list[str]:
    found = []
    async for chunk in chunks(stop, entries, seconds_to_finish):
        assert 0 < len(chunk) <= reading_ahead.ENTRIES_PER_CHUNK
        found += [each.source for each in chunk]
    return found


def test_every_entry_comes_once_in_its_order() -> None:
    given = [Entry(f"{number}.txt", Article(id="a", text="Text.")) for number in range(1000)]
    found = asyncio.run(all_of(Stop(), iter(given)))
    assert found == [each.source for each in given]


def test_what_reading_ends_with_is_raised_after_what_was_read() -> None:
    def broken() -> Iterator[Entry]:
        yield from map(entry, range(reading_ahead.ENTRIES_PER_CHUNK + 3))
        raise ReadingError("There is no room.")

    async def go() -> None:
        found = chunks(Stop(), broken())
        assert len(await anext(found)) == reading_ahead.ENTRIES_PER_CHUNK
        assert len(await anext(found)) == 3
        with pytest.raises(ReadingError, match="no room"):
            await anext(found)

    asyncio.run(go())


def test_a_library_that_panics_ends_the_reading_and_nothing_waits_for_it() -> None:
    class Panic(BaseException):
        """As that of libraries in Rust: no Exception."""

    def broken() -> Iterator[Entry]:
        raise Panic("index out of bounds")
        yield entry(1)

    with pytest.raises(RuntimeError, match="Panic: index out of bounds"):
        asyncio.run(all_of(Stop(), broken()))


def test_a_read_that_hangs_is_not_waited_for_long_when_the_batch_shall_end(
    hanging: Hanging,
) -> None:
    async def go() -> list[str]:
        stop = Stop()
        reading = asyncio.ensure_future(all_of(stop, iter(hanging), seconds_to_finish=0.01))
        await asyncio.to_thread(hanging.reached.wait, 60)
        stop.ask("interrupted", "", 130)
        return await reading

    assert len(asyncio.run(go())) == reading_ahead.ENTRIES_PER_CHUNK
    assert not hanging.let_go.is_set()


async def cancelled(hanging: Hanging) -> None:
    """A batch that is ended at once while a read hangs."""
    reading = asyncio.ensure_future(all_of(Stop(), iter(hanging)))
    await asyncio.to_thread(hanging.reached.wait, 60)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading


def is_read() -> bool:
    return any(thread.name == reading_ahead._THREAD_NAME for thread in threading.enumerate())


def test_a_read_that_hangs_keeps_no_cancelled_batch_from_ending(hanging: Hanging) -> None:
    asyncio.run(cancelled(hanging))
    assert not hanging.let_go.is_set()


def test_a_program_ends_after_a_read_that_ends_and_not_after_one_that_hangs(
    hanging: Hanging,
) -> None:
    asyncio.run(cancelled(hanging))
    reading_ahead._wait_for_reads(seconds=0.01)
    assert is_read()
    hanging.let_go.set()
    reading_ahead._wait_for_reads(seconds=60)
    assert not is_read()
