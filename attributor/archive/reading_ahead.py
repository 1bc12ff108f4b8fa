"""The archive, read ahead in a thread: a read that hangs keeps neither the batch nor its end."""

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

CHUNK, CHUNK_SECONDS = 64, 0.05
"""Entries, or seconds, that are read ahead at a time."""
PATIENCE = 5.0
"""Seconds for which a read is waited for when the batch shall end."""
LAST_PATIENCE = 1.0
"""Seconds for which it is waited for when the program ends."""
_NAME = "reading an archive"


def until(stop: Stop, entries: Iterator[Entry]) -> Iterator[Entry]:
    """The entries, until the batch shall end."""
    return itertools.takewhile(lambda _: not stop.asked, entries)


async def chunks(stop: Stop, entries: Iterator[Entry]) -> AsyncIterator[list[Entry]]:
    """The entries, a handful at a time, until there are none or the batch shall end.

    Raises:
        Exception: what reading them ended with.
    """
    while not stop.asked:
        reading = _begun(entries)
        try:
            chunk = await stop.unless_asked(asyncio.shield(reading))
        except Stopping:
            await asyncio.wait((reading,), timeout=PATIENCE)
            return
        if not chunk:
            return
        yield chunk


def _begun(entries: Iterator[Entry]) -> asyncio.Future[list[Entry]]:
    """The next few entries, from a thread that ends with the program, whatever it is doing."""
    loop = asyncio.get_running_loop()
    reading: asyncio.Future[list[Entry]] = loop.create_future()
    reading.add_done_callback(lambda _: reading.cancelled() or reading.exception())  # it was seen

    def tell(chunk: list[Entry], error: Exception | None) -> None:
        if not reading.done():
            reading.set_result(chunk) if error is None else reading.set_exception(error)

    def read() -> None:
        chunk: list[Entry] = []
        error: Exception | None = None
        try:
            chunk = _some(entries)
        except Exception as raised:
            error = raised
        except BaseException as raised:  # a library in Rust panics
            error = RuntimeError(f"{type(raised).__name__}: {raised}")
        with suppress(RuntimeError):  # the batch has ended
            loop.call_soon_threadsafe(tell, chunk, error)

    threading.Thread(target=read, name=_NAME, daemon=True).start()
    return reading


@atexit.register
def _wait_a_moment() -> None:
    """Let a read end that can: Python gone, libraries in C++ would abort the program over it."""
    for thread in threading.enumerate():
        if thread.name == _NAME:
            thread.join(LAST_PATIENCE)


def _some(entries: Iterator[Entry]) -> list[Entry]:
    """The next few entries."""
    chunk: list[Entry] = []
    end = time.monotonic() + CHUNK_SECONDS
    for entry in entries:
        chunk.append(entry)
        if len(chunk) >= CHUNK or time.monotonic() >= end:
            break
    return chunk
