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

Chunk = tuple[list[Entry], Exception | None]
"""The next few entries, and what reading ended with behind them."""


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
            chunk, error = await stop.unless_asked(asyncio.shield(reading))
        except Stopping:
            await asyncio.wait((reading,), timeout=PATIENCE)
            return
        if chunk:
            yield chunk
        if error is not None:
            raise error
        if not chunk:
            return


def _begun(entries: Iterator[Entry]) -> asyncio.Future[Chunk]:
    """The next few entries, from a thread that ends with the program, whatever it is doing."""
    loop = asyncio.get_running_loop()
    reading: asyncio.Future[Chunk] = loop.create_future()

    def tell(chunk: Chunk) -> None:
        if not reading.done():
            reading.set_result(chunk)

    def read() -> None:
        chunk = _some(entries)
        with suppress(RuntimeError):  # the batch has ended
            loop.call_soon_threadsafe(tell, chunk)

    threading.Thread(target=read, name=_NAME, daemon=True).start()
    return reading


@atexit.register
def _wait_a_moment() -> None:
    """Let a read end that can: Python gone, libraries in C++ would abort the program over it."""
    for thread in threading.enumerate():
        if thread.name == _NAME:
            thread.join(LAST_PATIENCE)


def _some(entries: Iterator[Entry]) -> Chunk:
    chunk: list[Entry] = []
    end = time.monotonic() + CHUNK_SECONDS
    try:
        for entry in entries:
            chunk.append(entry)
            if len(chunk) >= CHUNK or time.monotonic() >= end:
                break
    except Exception as error:
        return chunk, error
    except BaseException as error:  # whatever a library raises
        return chunk, RuntimeError(f"{type(error).__name__}: {error}")
    return chunk, None
