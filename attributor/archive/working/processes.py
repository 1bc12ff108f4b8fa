"""The worker processes of a batch: they write nothing, end with it, and are replaced if they crash.

Each has an `Annotator` of its own, with the same settings and prompts. It is sent calls over a
socket, from the thread of the event loop, and answers them in the order in which they came.

Processes are forked where that is safe: then they have at once all that this process has imported.
A process is forked only while it has a single thread, before it opens a store. A process that
replaces another one, and every process where there is no /proc, is spawned.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import logging
import multiprocessing
import os
import pickle
import signal
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from io import BufferedIOBase
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from attributor.archive.signals import (
    FROM_A_TERMINAL,
    start_resource_tracker,
    terminal_signals_blocked,
)
from attributor.errors import AttributorError, counted
from attributor.pipeline import Annotator
from attributor.records import Article

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

    from attributor.engines import Engine
    from attributor.records import Codebook
    from attributor.settings import Settings

    Start = tuple[Settings, Codebook | None, Engine]
    Begin = Callable[[socket.socket], BaseProcess]

logger = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")
Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


OBJECTS_PER_COLLECTION = 50_000
"""Objects that a process allocates between two garbage collections, each of which looks through all
that the process keeps."""
CALLS_PER_FULL_COLLECTION = 5_000
"""Articles, or calls, between two full garbage collections. These empty CPython's free lists, too,
which would otherwise grow over tens of thousands of articles."""
READ_BUFFER_BYTES = 1_000_000
"""Bytes of answers that may wait to be read."""
THREADS = Path("/proc/self/task")
"""A folder with an entry for each thread of this process, those of C libraries included."""
OPEN_FILES = Path("/proc/self/fd")
"""A folder with an entry for each open file of this process."""
MESSAGE_SIZE = struct.Struct("!Q")
"""What stands before each message: how many bytes it has."""
READY = b"ready"
"""What a process sends once it is ready for calls."""


class Ended(Exception):
    """The process ended over a call."""


class WorkersCrashed(Exception):
    """One worker process after the other ended over a call, the last with nothing else to do."""


class Beginning:
    """How processes are started: forked if that is safe now, with all loaded that articles need.

    Args:
        annotator: whose settings, codebook and engine the processes take over.
        spawn: makes a process, given its end of a socket, where none can be forked.
    """

    def __init__(self, annotator: Annotator, spawn: Begin | None = None) -> None:
        # A key is nothing that the processes need.
        settings = annotator.settings.model_copy(update={"api_key": None})
        self._start: Start = (settings, annotator.codebook, annotator.engine)
        self._spawn = spawn or spawned
        self.forks = _can_fork()
        if self.forks:
            _load_what_is_needed(annotator)

    def forked(self, count: int) -> list[Process]:
        """This many processes, or none if they cannot be forked."""
        if not self.forks:
            return []
        begin = partial(_forked, self._start)
        processes = [Process(begin) for _ in range(count)]
        gc.freeze()  # a garbage collection would copy what they share with this process
        return processes

    def anew(self) -> Process:
        """One spawned process, which imports everything itself."""
        return Process(self._spawn, pickle.dumps(self._start))


def _can_fork() -> bool:
    """Whether this process has one thread: a lock of another one would stay locked for ever."""
    return THREADS.is_dir() and len(list(THREADS.iterdir())) == 1


def _load_what_is_needed(annotator: Annotator) -> None:
    annotator.conversation(Article(id="", text="“It is late,” said Ana Holt."))


class Workers:
    """A pool of processes: forked now, or spawned as calls come.

    Args:
        beginning: how processes are started.
        count: how many there are at most.
    """

    def __init__(self, beginning: Beginning, count: int) -> None:
        self._beginning, self._count = beginning, count
        self._processes = beginning.forked(count)
        self._alone = asyncio.Lock()

    async def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The result of the function in one of the processes; if that crashes, in another one.

        Raises:
            WorkersCrashed: the other one crashed, too.
            AttributorError: a process cannot be started.
        """
        work = pickle.dumps(partial(function, *args, **kwargs))
        try:
            result: T = await self._least_busy().call(work)
        except Ended:
            result = await self._once_more(work)
        return result

    @property
    def busy(self) -> int:
        """How many calls are not answered yet."""
        return sum(process.busy for process in self._processes)

    def _least_busy(self) -> Process:
        self._processes = [process for process in self._processes if not process.has_ended]
        idle = any(process.busy == 0 for process in self._processes)
        if not idle and len(self._processes) < self._count:
            self._processes.append(self._beginning.anew())
        return min(self._processes, key=lambda process: process.busy)

    async def _once_more(self, work: bytes) -> Any:
        async with self._alone:
            process = self._beginning.anew()
            try:
                return await process.call(work)
            except Ended as error:
                if process.has_begun:
                    logger.warning("a second process crashed over the same call, which is given up")
                    raise WorkersCrashed from error
                raise _not_begun("it ended at once") from error
            finally:
                process.end()

    def end(self) -> None:
        """End the processes at once."""
        for process in self._processes:
            process.end()


class Process:
    """One process, started now.

    Args:
        begin: makes the process, given its end of a socket.
        first: what it is sent before any call; nothing if empty.

    Raises:
        AttributorError: the machine has no room for it.
    """

    def __init__(self, begin: Begin, first: bytes = b"") -> None:
        self.busy, self.has_begun, self.has_ended = 0, False, False
        self._first = first
        self._calls: deque[asyncio.Future[Any]] = deque()
        self._opening: asyncio.Future[Stream] | None = None
        self._listening: asyncio.Task[None] | None = None
        try:
            self._ours, theirs = socket.socketpair()
            with theirs:  # so that it is seen when the process closes its own
                self._process = begin(theirs)
                with terminal_signals_blocked():
                    self._process.start()
            logger.info("process %s begins", self._process.pid)
        except OSError as error:
            raise _not_begun(error.strerror or str(error)) from error

    async def call(self, work: bytes) -> Any:
        """The result of the pickled function in the process.

        Raises:
            Ended: the process ended before it answered.
        """
        self.busy += 1
        try:
            _, writer = await self._opened()
            if self.has_ended:
                raise Ended
            call = asyncio.get_running_loop().create_future()
            self._calls.append(call)
            writer.write(_message(work))
            return await call
        finally:
            self.busy -= 1

    def _opened(self) -> asyncio.Future[Stream]:
        """The socket as a stream of the loop's, from the first call on."""
        if self._opening is None:
            self._opening = asyncio.ensure_future(self._open())
            self._listening = asyncio.create_task(self._listen())
        return self._opening

    async def _open(self) -> Stream:
        reader, writer = await asyncio.open_connection(sock=self._ours, limit=READ_BUFFER_BYTES)
        if self._first:
            writer.write(_message(self._first))
        return reader, writer

    async def _listen(self) -> None:
        """Give each answer to the call that has waited longest, until the process ends."""
        reader, writer = await self._opened()
        try:
            await reader.readexactly(len(READY))
            self.has_begun = True
            while True:
                (size,) = MESSAGE_SIZE.unpack(await reader.readexactly(MESSAGE_SIZE.size))
                error, result = pickle.loads(await reader.readexactly(size))  # noqa: S301  # our own
                call = self._calls.popleft()
                if not call.done():
                    call.set_result(result) if error is None else call.set_exception(error)
        except (asyncio.IncompleteReadError, ConnectionError):
            logger.warning(
                "process %s is lost: it ended by itself, %s unanswered",
                self._process.pid,
                counted(len(self._calls), "call"),
            )
        finally:
            self.has_ended = True
            writer.close()
            for call in self._calls:
                if not call.done():
                    call.set_exception(Ended())

    def __del__(self) -> None:
        """Close the socket of a process that was never called, which ends the process."""
        if self._listening is None and hasattr(self, "_ours"):
            self._ours.close()

    def end(self) -> None:
        """End the process at once."""
        if not self.has_ended:
            logger.info("process %s is ended", self._process.pid)
        self._process.terminate()
        if self._listening is None:
            self._ours.close()
        else:
            self._listening.cancel()


def _not_begun(why: str) -> AttributorError:
    return AttributorError(
        f"A process that the batch needs could not begin ({why}): see to the machine's memory and "
        "to its limits, and run the same command again."
    )


def _message(content: bytes) -> bytes:
    return MESSAGE_SIZE.pack(len(content)) + content


def _forked(start: Start, pipe: socket.socket) -> BaseProcess:
    context = multiprocessing.get_context("fork")
    return context.Process(target=_serve_as_fork, args=(pipe, start), daemon=True)


def spawned(pipe: socket.socket) -> BaseProcess:
    """A spawned process; its `Start` is sent: an argument hangs us if the process ends early."""
    start_resource_tracker()
    context = multiprocessing.get_context("spawn")
    return context.Process(target=_serve, args=(pipe,), daemon=True)


def annotator_here() -> Annotator:
    """The annotator of this process, which `Workers` began."""
    if _annotator is None:
        raise RuntimeError("the process was not begun")
    return _annotator


_annotator: Annotator | None = None


def _serve(pipe: socket.socket, start: Start | None = None) -> None:
    """The main function of a process: it answers one call after the other, until the batch ends."""
    _end_with_the_batch()
    with suppress(ConnectionError), pipe.makefile("rwb") as file:
        if start is None and (first := _received(file)):
            start = pickle.loads(first)  # noqa: S301  # the batch's own
        if start is None:
            return
        _begin(*start)
        file.write(READY)
        file.flush()
        try:
            _answer_all(file)
        except MemoryError:
            os._exit(1)  # another process may have more


def _answer_all(file: BufferedIOBase) -> None:
    for count in itertools.count(1):
        if not (work := _received(file)):
            return
        file.write(_message(_answered(work)))
        file.flush()
        if count % CALLS_PER_FULL_COLLECTION == 0:
            gc.collect()


def _received(file: BufferedIOBase) -> bytes:
    """The next message; empty at the end."""
    head = file.read(MESSAGE_SIZE.size)
    return file.read(*MESSAGE_SIZE.unpack(head)) if head else b""


def _answered(work: bytes) -> bytes:
    """The pickled pair of the error and the result of the pickled function; one of them is None."""
    try:
        return pickle.dumps((None, pickle.loads(work)()))  # noqa: S301  # the batch's own
    except MemoryError:
        raise
    except Exception as error:
        return pickle.dumps((error, None))


def _begin(settings: Settings, codebook: Codebook | None, engine: Engine) -> None:
    global _annotator
    gc.set_threshold(OBJECTS_PER_COLLECTION)
    _annotator = Annotator(settings, codebook)
    _annotator.engine = engine  # the files that it was made of may have changed since


def _serve_as_fork(pipe: socket.socket, start: Start) -> None:
    """The main function of a forked process, which first closes the files of its parent."""
    parent = multiprocessing.parent_process()
    assert parent is not None  # noqa: S101  # it was forked
    kept = {0, 1, 2, pipe.fileno(), int(parent.sentinel)}
    for each in {int(file.name) for file in OPEN_FILES.iterdir()} - kept:
        with suppress(OSError):  # the folder itself was open, too
            os.close(each)
    logging.disable()  # the log's file is closed
    gc.freeze()  # what the parent had is not looked through again
    _serve(pipe, start)


def _end_with_the_batch() -> None:
    """Have this process end with its parent, however the parent ends."""
    for number in FROM_A_TERMINAL:
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
