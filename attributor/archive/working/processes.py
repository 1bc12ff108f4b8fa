"""Processes that work for a batch: they write nothing, end with it, and are replaced if they break.

Each has an `Annotator` of its own, by the same settings and prompts.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from attributor.pipeline import Annotator

if TYPE_CHECKING:
    from attributor.prompting import Prompts
    from attributor.records import Codebook
    from attributor.settings import Settings

P = ParamSpec("P")
T = TypeVar("T")


GARBAGE = 50_000
"""Objects that are made until garbage is looked for, which takes in all that a process keeps."""


class Crashed(Exception):
    """A process ended over a call, and so did another one that had nothing else to do."""


class Workers:
    """So many processes, begun when the first call comes.

    Args:
        annotator: whose settings, codebook and (if a model is asked) prompts they take over.
        count: how many.
    """

    def __init__(self, annotator: Annotator, count: int) -> None:
        # A key is nothing that the processes need.
        settings = annotator.settings.model_copy(update={"api_key": None})
        prompts = annotator.prompts if settings.chosen_engine == "openai" else None
        self._start = (settings, annotator.codebook, prompts)
        self._count = count
        self._pool: ProcessPoolExecutor | None = None
        self._alone = asyncio.Lock()

    async def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What the function gives in one of the processes; if that breaks down, in another one.

        Raises:
            Crashed: the other one broke down, too.
        """
        work = partial(function, *args, **kwargs)
        pool = self._pool = self._pool or self._new(self._count)
        try:
            return await _in(pool, work)
        except BrokenProcessPool:
            if self._pool is pool:
                self._pool = None
            return await self._once_more(work)

    async def _once_more(self, work: Callable[[], T]) -> T:
        async with self._alone:
            pool = self._new(1)
            try:
                return await _in(pool, work)
            except BrokenProcessPool as error:
                raise Crashed from error
            finally:
                pool.shutdown(wait=False)

    def _new(self, count: int) -> ProcessPoolExecutor:
        import multiprocessing

        spawn = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(count, spawn, initializer=_begin, initargs=self._start)

    def end(self) -> None:
        """End the processes at once."""
        import multiprocessing

        if self._pool is not None:
            for process in multiprocessing.active_children():
                process.terminate()
            self._pool.shutdown(wait=False, cancel_futures=True)


async def _in(pool: ProcessPoolExecutor, work: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(pool, work)


def annotator_here() -> Annotator:
    """The annotator of this process, which `Workers` began."""
    if _annotator is None:
        raise RuntimeError("the process was not begun")
    return _annotator


_annotator: Annotator | None = None


def _begin(settings: Settings, codebook: Codebook | None, prompts: Prompts | None) -> None:
    """What a process does first. It ends with its parent, however that ends; Ctrl-C is for that."""
    global _annotator
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN if number == signal.SIGINT else signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    gc.set_threshold(GARBAGE)
    _annotator = Annotator(settings, codebook)
    if prompts is not None:  # the files may have changed since
        _annotator.prompts = prompts


def _end_with_parent() -> None:
    import multiprocessing

    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
