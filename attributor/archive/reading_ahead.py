"""Reads the archive ahead in a thread, so that a run can end although a read hangs."""

from __future__ import annotations

import asyncio
import atexit
import itertools
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress

from attributor.archive.stopping import Stop, Stopping
from attributor.reading.archives import Entry

ENTRIES_PER_CHUNK = 64
"""Entries that are read ahead at a time, at most."""
SECONDS_PER_CHUNK = 0.05
"""Seconds for which is read ahead at a time, at most."""
SECONDS_TO_FINISH_READ = 5.0
"""Seconds for which a read is waited for when the run is to end."""
SECONDS_TO_FINISH_READ_AT_EXIT = 1.0
"""Seconds for which a read is waited for when the program ends."""
_THREAD_NAME = "reading an archive"

Chunk = tuple[list[Entry], Exception | None]
"""The next few entries, and the error with which reading ended after them."""


def until(stop: Stop, entries: Iterator[Entry]) -> Iterator[Entry]:
    """The entries, until the run is to end."""
    return itertools.takewhile(lambda _: not stop.asked, entries)


async def chunks(
    stop: Stop, entries: Iterator[Entry], seconds_to_finish: float = SECONDS_TO_FINISH_READ
) -> AsyncIterator[list[Entry]]:
    """The entries, a few at a time, until there are none or the run is to end.

    Args:
        stop: says when the run is to end.
        entries: the archive.
        seconds_to_finish: for which a read is waited for then.

    Raises:
        Exception: the error with which reading ended.
    """
    while not stop.asked:
        reading = _begun(entries)
        try:
            chunk, error = await stop.unless_asked(asyncio.shield(reading))
        except Stopping:
            await asyncio.wait((reading,), timeout=seconds_to_finish)
            return
        if chunk:
            yield chunk
        if error is not None:
            raise error
        if not chunk:
            return


def _begun(entries: Iterator[Entry]) -> asyncio.Future[Chunk]:
    """Read the next few entries in a thread that ends with the program, even if the read hangs."""
    loop = asyncio.get_running_loop()
    reading: asyncio.Future[Chunk] = loop.create_future()

    def tell(chunk: Chunk) -> None:
        if not reading.done():
            reading.set_result(chunk)

    def read() -> None:
        chunk = _some(entries)
        with suppress(RuntimeError):  # the batch has ended
            loop.call_soon_threadsafe(tell, chunk)

    threading.Thread(target=read, name=_THREAD_NAME, daemon=True).start()
    return reading


@atexit.register
def _wait_for_reads(seconds: float = SECONDS_TO_FINISH_READ_AT_EXIT) -> None:
    """Wait a moment for reads at exit: in one that still runs, C++ libraries abort the program."""
    for thread in threading.enumerate():
        if thread.name == _THREAD_NAME:
            thread.join(seconds)


def _some(entries: Iterator[Entry]) -> Chunk:
    chunk: list[Entry] = []
    end = time.monotonic() + SECONDS_PER_CHUNK
    try:
        for entry in entries:
            chunk.append(entry)
            if len(chunk) >= ENTRIES_PER_CHUNK or time.monotonic() >= end:
                break
    except Exception as error:
        return chunk, error
    except BaseException as error:  # whatever a library raises
        return chunk, RuntimeError(f"{type(error).__name__}: {error}")
    return chunk, None
