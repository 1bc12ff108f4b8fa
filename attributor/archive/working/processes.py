"""Processes that work for a batch: they write nothing, end with it, and are replaced if they break.

Each has an `Annotator` of its own, by the same settings and prompts. Calls go to it over a socket
in the loop's own thread, and are answered in the order in which they came.

Processes are forked where that is safe: they have at once what this one has imported. Only a
process of a single thread is forked, before it opens a store; what replaces a process later, and
every process where there is no /proc, is begun anew.
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

from attributor.archive.signals import FROM_A_TERMINAL, deaf, get_ready_to_spawn
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


GARBAGE = 50_000
"""Objects that are made until garbage is looked for, which takes in all that a process keeps."""
TIDY_EVERY = 5_000
"""Articles, or calls, after which a process looks for all of it. That empties CPython's free lists,
too, which would else grow for tens of thousands of articles."""
ROOM = 1_000_000
"""Bytes of answers that wait to be read."""
THREADS, FILES = Path("/proc/self/task"), Path("/proc/self/fd")
"""Something for each thread of this process, those of C libraries too, and for each open file."""
SIZE = struct.Struct("!Q")
"""What goes before each message: how many bytes it has."""
READY = b"ready"
"""What a process says once it has begun."""


class Ended(Exception):
    """The process ended over a call."""


class Crashed(Exception):
    """A process ended over a call, and so did another one that had nothing else to do."""


class Beginning:
    """How processes begin: forked if that is safe now, all loaded that the first article needs.

    Args:
        annotator: whose settings, codebook and engine they take over.
    """

    def __init__(self, annotator: Annotator) -> None:
        # A key is nothing that the processes need.
        settings = annotator.settings.model_copy(update={"api_key": None})
        self._start: Start = (settings, annotator.codebook, annotator.engine)
        self.forks = _can_fork()
        if self.forks:
            _load_what_is_needed(annotator)

    def forked(self, count: int) -> list[Process]:
        """So many processes, if they can be forked."""
        if not self.forks:
            return []
        begin = partial(_forked, self._start)
        processes = [Process(begin) for _ in range(count)]
        gc.freeze()  # to look through what they share with this process would be to copy it
        return processes

    def anew(self) -> Process:
        """One process that imports all for itself."""
        return Process(_spawned, pickle.dumps(self._start))


def _can_fork() -> bool:
    """Whether this process can be forked: a lock of another thread's would stay locked for ever."""
    return THREADS.is_dir() and len(list(THREADS.iterdir())) == 1


def _load_what_is_needed(annotator: Annotator) -> None:
    annotator.conversation(Article(id="", text="“It is late,” said Ana Holt."))


class Workers:
    """So many processes: forked now, or begun as calls come.

    Args:
        beginning: how they begin.
        count: how many.
    """

    def __init__(self, beginning: Beginning, count: int) -> None:
        self._beginning, self._count = beginning, count
        self._processes = beginning.forked(count)
        self._alone = asyncio.Lock()

    async def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What the function gives in one of the processes; if that breaks down, in another one.

        Raises:
            Crashed: the other one broke down, too.
            AttributorError: a process cannot begin.
        """
        work = pickle.dumps(partial(function, *args, **kwargs))
        try:
            given: T = await self._least_busy().call(work)
        except Ended:
            given = await self._once_more(work)
        return given

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
                    raise Crashed from error
                raise _not_begun("it ended at once") from error
            finally:
                process.end()

    def end(self) -> None:
        """End the processes at once."""
        for process in self._processes:
            process.end()


class Process:
    """One process, begun now.

    Args:
        begin: makes it of its end of a socket.
        first: what it is sent before any call; nothing if empty.

    Raises:
        AttributorError: there is no room for it.
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
                with deaf():
                    self._process.start()
            logger.info("process %s begins", self._process.pid)
        except OSError as error:
            raise _not_begun(error.strerror or str(error)) from error

    async def call(self, work: bytes) -> Any:
        """What the pickled function gives there.

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
        reader, writer = await asyncio.open_connection(sock=self._ours, limit=ROOM)
        if self._first:
            writer.write(_message(self._first))
        return reader, writer

    async def _listen(self) -> None:
        """Hand each answer to whoever waits longest, until the process ends."""
        reader, writer = await self._opened()
        try:
            await reader.readexactly(len(READY))
            self.has_begun = True
            while True:
                (size,) = SIZE.unpack(await reader.readexactly(SIZE.size))
                error, given = pickle.loads(await reader.readexactly(size))  # noqa: S301  # our own
                call = self._calls.popleft()
                if not call.done():
                    call.set_result(given) if error is None else call.set_exception(error)
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
        """Where no batch came to begin, the process ends with its socket."""
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
    return SIZE.pack(len(content)) + content


def _forked(start: Start, pipe: socket.socket) -> BaseProcess:
    context = multiprocessing.get_context("fork")
    return context.Process(target=_serve_as_fork, args=(pipe, start), daemon=True)


def _spawned(pipe: socket.socket) -> BaseProcess:
    """A process that is sent its start: as an argument it could hang us if it ends too early."""
    get_ready_to_spawn()
    context = multiprocessing.get_context("spawn")
    return context.Process(target=_serve, args=(pipe,), daemon=True)


def annotator_here() -> Annotator:
    """The annotator of this process, which `Workers` began."""
    if _annotator is None:
        raise RuntimeError("the process was not begun")
    return _annotator


_annotator: Annotator | None = None


def _serve(pipe: socket.socket, start: Start | None = None) -> None:
    """What a process does: it answers one call after the other, until the batch has ended."""
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
        if count % TIDY_EVERY == 0:
            gc.collect()


def _received(file: BufferedIOBase) -> bytes:
    """The next message, empty if none comes any more."""
    head = file.read(SIZE.size)
    return file.read(*SIZE.unpack(head)) if head else b""


def _answered(work: bytes) -> bytes:
    """The error that the pickled function ends with, or what it gives."""
    try:
        return pickle.dumps((None, pickle.loads(work)()))  # noqa: S301  # the batch's own
    except MemoryError:
        raise
    except Exception as error:
        return pickle.dumps((error, None))


def _begin(settings: Settings, codebook: Codebook | None, engine: Engine) -> None:
    global _annotator
    gc.set_threshold(GARBAGE)
    _annotator = Annotator(settings, codebook)
    _annotator.engine = engine  # the files that it was made of may have changed since


def _serve_as_fork(pipe: socket.socket, start: Start) -> None:
    """The same in a copy of the first process, whose files are closed here: they are not ours."""
    parent = multiprocessing.parent_process()
    assert parent is not None  # noqa: S101  # it was forked
    kept = {0, 1, 2, pipe.fileno(), int(parent.sentinel)}
    for each in {int(file.name) for file in FILES.iterdir()} - kept:
        with suppress(OSError):  # the folder itself was open, too
            os.close(each)
    logging.disable()  # the log's file is closed
    gc.freeze()  # what was there before is not looked through again
    _serve(pipe, start)


def _end_with_the_batch() -> None:
    """Have this process end with its parent, however that ends."""
    for number in FROM_A_TERMINAL:
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
