"""From an article to its rows: by a model's answers, or by processes of the embedded engine."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Protocol, TypeVar

from attributor.archive.admission import BUSY
from attributor.archive.budget import Budget
from attributor.archive.ledger import Desk, Ledger
from attributor.archive.limits import Limits
from attributor.archive.rows import Rows, rows_of
from attributor.archive.saving import Failure
from attributor.archive.steps import Asking, Useless, step, unexpected
from attributor.archive.stopping import Stop, Stopping
from attributor.archive.store import Store
from attributor.archive.tally import Tally
from attributor.errors import (
    AccessError,
    AnswerError,
    BusyError,
    CreditError,
    FilteredError,
    ModelError,
    TooLongError,
    UsageError,
)
from attributor.pipeline import Annotator
from attributor.prompting import Answer
from attributor.records import Article, Codebook
from attributor.settings import OPENAI_URL, Settings

T = TypeVar("T")

CALLS_AT_ONCE = 8
"""Unless --concurrency says otherwise."""


class Maker(Protocol):
    """Who makes annotations, so many articles at once."""

    at_once: int

    async def make(self, row: int, article: Article) -> Rows | Failure:
        """The article's rows, or why there are none.

        Raises:
            Stopping: the batch is ending, and the article stays as it was.
            UsageError: no article can be annotated like this.
        """
        ...

    def note(self, tally: Tally) -> None:
        """Write down what has been bought and spent."""
        ...

    async def aclose(self) -> None:
        """Let go of connections or processes."""
        ...


Made = Callable[[Store, int, Stop], Maker]
"""Makes the maker for a run: its store, its row in `runs`, what ends it."""


def maker(
    annotator: Annotator,
    *,
    concurrency: int | None = None,
    requests_per_minute: float | None = None,
    tokens_per_minute: float | None = None,
    max_cost: float | None = None,
) -> Made:
    """Who makes annotations by these settings.

    Args:
        annotator: which engine.
        concurrency: calls at once, or processes of the embedded engine (one a core if None).
        requests_per_minute: see `Limits`.
        tokens_per_minute: see `Limits`.
        max_cost: US dollars; see `Budget`.
    """
    settings = annotator.settings

    def made(store: Store, run: int, stop: Stop) -> Maker:
        if settings.chosen_engine == "embedded":
            return EmbeddedMaker(settings, annotator.codebook, concurrency or os.cpu_count() or 1)
        at_once = concurrency or CALLS_AT_ONCE
        spent, dearest = store.execute(
            "SELECT COALESCE(SUM(cost_usd), 0), COALESCE(MAX(cost_usd), 0) FROM ledger"
        ).fetchone()
        url = settings.base_url or OPENAI_URL
        budget = Budget(settings.model, url, max_cost, stop, spent=spent, dearest=dearest)
        limits = Limits(at_once, requests_per_minute, tokens_per_minute, sleep=stop.sleep)
        asker = annotator.asker(limits, stop.sleep)
        desk = Desk(asker, Ledger(store, run), budget, stop)
        return ModelMaker(annotator, desk, stop, at_once)

    return made


class ModelMaker:
    """Has a model asked, through the desk."""

    def __init__(self, annotator: Annotator, desk: Desk, stop: Stop, concurrency: int) -> None:
        self.at_once = concurrency
        self._annotator, self._desk, self._stop = annotator, desk, stop

    async def make(self, row: int, article: Article) -> Rows | Failure:
        """Carry the article's dialogue to its end."""
        try:
            return await self._carried(row, article)
        except (CreditError, AccessError) as error:
            self._stop.ask(
                "stopped",
                f"{error.message} To go on after that, run the same command again.",
                error.exit_code,
            )
            raise Stopping from error
        except ModelError as error:
            return unanswered(error)

    async def _carried(self, row: int, article: Article) -> Rows | Failure:
        rows: dict[str, int] = {}
        answers: dict[str, Answer] = {}
        while isinstance(outcome := step(self._annotator, article, answers), Asking):
            orders = {key: self._desk.answer(key, r, row) for key, r in outcome.requests.items()}
            for key, (row_there, answer) in zip(orders, await _all(orders.values()), strict=True):
                rows[key], answers[key] = row_there, answer
        return outcome.failure(rows) if isinstance(outcome, Useless) else outcome

    def note(self, tally: Tally) -> None:
        """Write down what has been bought and spent."""
        tally.bought, tally.free = self._desk.bought, self._desk.free
        tally.spent = self._desk.budget.spent_now if self._desk.budget.is_priced else None

    async def aclose(self) -> None:
        """Close the connections."""
        await self._annotator.aclose()


async def _all(orders: Iterable[Awaitable[T]]) -> list[T]:
    """What all orders give, or the first error once all have ended: what is paid for is kept."""
    given = await asyncio.gather(*orders, return_exceptions=True)
    for each in given:
        if isinstance(each, BaseException):
            raise each
    return [each for each in given if not isinstance(each, BaseException)]


def unanswered(error: ModelError) -> Failure:
    """The failure of an article about which a server gave no answer."""
    body = error.body if isinstance(error, AnswerError) else ""
    kinds = {
        BusyError: BUSY,
        FilteredError: "filtered",
        TooLongError: "too long",
        AnswerError: "broken",
    }
    kind = next((kind for type_, kind in kinds.items() if isinstance(error, type_)), "rejected")
    return Failure(kind, error.message, body=body)


class EmbeddedMaker:
    """Has the embedded engine read articles in processes of its own; they write nothing."""

    def __init__(self, settings: Settings, codebook: Codebook | None, processes: int) -> None:
        self.at_once = 2 * processes  # so that none waits for the next article
        # A key is nothing that the processes need.
        self._start = (settings.model_copy(update={"api_key": None}), codebook)
        self._processes = processes
        self._pool: ProcessPoolExecutor | None = None
        self._alone = asyncio.Lock()

    async def make(self, row: int, article: Article) -> Rows | Failure:
        """Have a process annotate the article; if it breaks down over it, another one once more."""
        pool = self._pool = self._pool or self._new(self._processes)
        try:
            return await _in(pool, article)
        except BrokenProcessPool:
            if self._pool is pool:
                self._pool = None
            return await self._once_more(article)

    async def _once_more(self, article: Article) -> Rows | Failure:
        async with self._alone:
            pool = self._new(1)
            try:
                return await _in(pool, article)
            except BrokenProcessPool:
                return Failure(
                    "crashed",
                    "The process that read the article ended twice over it; there may be too "
                    "little memory for a text of its length.",
                )
            finally:
                pool.shutdown(wait=False)

    def _new(self, processes: int) -> ProcessPoolExecutor:
        import multiprocessing

        spawn = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(processes, spawn, initializer=_begin, initargs=self._start)

    def note(self, tally: Tally) -> None:
        """Nothing is bought."""

    async def aclose(self) -> None:
        """End the processes."""
        import multiprocessing

        if self._pool is not None:
            for process in multiprocessing.active_children():
                process.terminate()
            self._pool.shutdown(wait=False, cancel_futures=True)


async def _in(pool: ProcessPoolExecutor, article: Article) -> Rows | Failure:
    return await asyncio.get_running_loop().run_in_executor(pool, _annotate, article)


_annotator: Annotator | None = None


def _begin(settings: Settings, codebook: Codebook | None) -> None:
    """What a process does first. It ends with its parent, however that ends; Ctrl-C is for that."""
    global _annotator
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN if number == signal.SIGINT else signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _annotator = Annotator(settings, codebook)


def _end_with_parent() -> None:
    import multiprocessing

    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _annotate(article: Article) -> Rows | Failure:
    if _annotator is None:
        raise RuntimeError("the process was not begun")
    try:
        return rows_of(_annotator.annotate_now(article))
    except UsageError:
        raise
    except Exception as error:  # a fault in one article must not cost the others
        return unexpected(error)
