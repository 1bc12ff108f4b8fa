"""From an article to its rows: by a model's answers, or by processes of the embedded engine."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from attributor.archive import submissions
from attributor.archive.admission import BUSY, article_at
from attributor.archive.budget import Budget
from attributor.archive.ledger import Desk, Ledger
from attributor.archive.limits import Limits
from attributor.archive.processes import Crashed, Workers, annotator_here
from attributor.archive.rows import Rows, rows_of
from attributor.archive.saving import Failure
from attributor.archive.stepping import Places, Stepping
from attributor.archive.steps import Asking, Useless, unexpected
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
from attributor.prompting import Answer, Request, prices
from attributor.records import Article
from attributor.settings import OPENAI_URL

if TYPE_CHECKING:
    from attributor.archive.batch_desk import Given, Pace

T = TypeVar("T")

CALLS_AT_ONCE = 8
"""Unless --concurrency says otherwise."""
WAITING_AT_ONCE = 50_000
"""Articles that wait for the Batch API, unless --concurrency says otherwise."""


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


class Answering(Protocol):
    """Where requests are answered: at once by `Desk`, much later by `BatchDesk`."""

    def answer(self, key: str, request: Request, article: int) -> Awaitable[Given]:
        """The answer and its row in the ledger; None if it is to be asked for again."""
        ...

    def note(self, tally: Tally) -> None:
        """Write down what has been bought and spent."""
        ...

    async def aclose(self) -> None:
        """Carry nothing any more, and close the connections."""
        ...


@dataclass(frozen=True, slots=True)
class Speed:
    """How fast, how, and for how much annotations are made.

    Attributes:
        concurrency: calls at once (of the Batch API: articles that wait at once), or processes of
            the embedded engine, one a core if None.
        requests_per_minute: see `Limits`.
        tokens_per_minute: see `Limits`.
        max_cost: US dollars; see `Budget`.
        by_batch_api: whether answers come by the OpenAI Batch API.
        queued_tokens: see `BatchDesk`.
        first_at_once: whether the first request is answered at once all the same; see `BatchDesk`.
        pace: see `BatchDesk`.
        cluster: "local", or a Dask scheduler's address; no cluster if None.
    """

    concurrency: int | None = None
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    max_cost: float | None = None
    by_batch_api: bool = False
    queued_tokens: float | None = None
    first_at_once: bool = True
    pace: Pace | None = None
    cluster: str | None = None


def maker(annotator: Annotator, speed: Speed) -> Made:
    """Who makes annotations by these settings.

    Raises:
        UsageError: they contradict each other.
    """
    settings = annotator.settings
    if speed.cluster and speed.by_batch_api:
        raise UsageError("The Batch API needs no cluster: leave one of --via and --cluster away.")
    if speed.cluster:
        return lambda store, run, stop: _on_cluster(annotator, speed, store, run, stop)
    if settings.chosen_engine == "embedded":
        if speed.by_batch_api:
            raise UsageError(
                "The embedded engine asks nobody: leave --via away, or name a model's server."
            )
        processes = speed.concurrency or os.cpu_count() or 1
        return lambda store, run, stop: EmbeddedMaker(annotator, processes)
    if speed.by_batch_api:
        return lambda store, run, stop: _much_later(annotator, speed, store, run, stop)
    return lambda store, run, stop: _at_once(annotator, speed, store, run, stop)


def _at_once(annotator: Annotator, speed: Speed, store: Store, run: int, stop: Stop) -> ModelMaker:
    _refuse_what_is_out(store)
    at_once = speed.concurrency or CALLS_AT_ONCE
    rates = (speed.requests_per_minute, speed.tokens_per_minute)
    asker = annotator.asker(Limits(at_once, *rates, sleep=stop.sleep), stop.sleep)
    budget = _budget(annotator, speed, store, stop)
    desk = Desk(asker, Ledger(store, run), budget, stop)
    return ModelMaker(Stepping(annotator), desk, store, stop, at_once)


def _on_cluster(annotator: Annotator, speed: Speed, store: Store, run: int, stop: Stop) -> Maker:
    from attributor.archive import sharing
    from attributor.archive.cluster import cluster_of

    cluster = cluster_of(annotator, speed, stop)
    if annotator.settings.chosen_engine == "embedded":
        return sharing.ReadingMaker(cluster)
    _refuse_what_is_out(store)
    budget = _budget(annotator, speed, store, stop)
    desk = Desk(sharing.Buyers(cluster, stop), Ledger(store, run), budget, stop)
    return sharing.AskingMaker(desk, store, stop, cluster)


def _refuse_what_is_out(store: Store) -> None:
    files, requests = submissions.counts(store)
    if requests:
        raise UsageError(
            f"{requests:,} requests of this store are with the Batch API, in {files:,} files: take "
            "their answers in with --via batch-api first, so that none is paid twice."
        )


def _much_later(
    annotator: Annotator, speed: Speed, store: Store, run: int, stop: Stop
) -> ModelMaker:
    from attributor.archive.batch_desk import BatchDesk
    from attributor.prompting.batch_api import BatchApi

    asker, ledger = annotator.asker(sleep=stop.sleep), Ledger(store, run)
    budget = _budget(annotator, speed, store, stop, prices.BATCH_API)
    desk = BatchDesk(
        BatchApi(asker),
        store,
        ledger,
        run,
        budget,
        stop,
        queued_tokens=speed.queued_tokens,
        attempts=annotator.settings.attempts,
        first=Desk(asker, ledger, budget, stop) if speed.first_at_once else None,
        pace=speed.pace,
    )
    at_once = speed.concurrency or WAITING_AT_ONCE
    return ModelMaker(Stepping(annotator), desk, store, stop, at_once)


def _budget(
    annotator: Annotator, speed: Speed, store: Store, stop: Stop, factor: float = 1.0
) -> Budget:
    settings = annotator.settings
    spent, dearest = store.execute(
        "SELECT COALESCE(SUM(cost_usd), 0), COALESCE(MAX(cost_usd), 0) FROM ledger"
    ).fetchone()
    url = settings.base_url or OPENAI_URL
    return Budget(
        settings.model, url, speed.max_cost, stop, spent=spent, dearest=dearest, factor=factor
    )


class ModelMaker:
    """Has a model asked, through a desk, and steps made in some places."""

    def __init__(
        self, places: Places, desk: Answering, store: Store, stop: Stop, at_once: int
    ) -> None:
        self.at_once = at_once
        self._places, self._desk, self._store, self._stop = places, desk, store, stop

    async def make(self, row: int, article: Article) -> Rows | Failure:
        """Carry the article's dialogue to its end."""
        carried = self._carried(row, article)
        del article  # thousands may wait for a day: only one that is worked on is in memory
        try:
            return await carried
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
        place = self._places.place()
        outcome = await place.step(row, answers, article)
        del article
        while isinstance(outcome, Asking):
            orders = {key: self._desk.answer(key, r, row) for key, r in outcome.requests.items()}
            del outcome
            for key, given in zip(orders, await _all(orders.values()), strict=True):
                if given is not None:
                    rows[key], answers[key] = given
            outcome = await place.step(row, answers)
            if outcome is None:
                outcome = await place.step(row, answers, article_at(self._store, row))
        assert outcome is not None  # noqa: S101  # it had the article
        return outcome.failure(rows) if isinstance(outcome, Useless) else outcome

    def note(self, tally: Tally) -> None:
        """Write down what has been bought and spent."""
        self._desk.note(tally)

    async def aclose(self) -> None:
        """End the processes, and close the connections."""
        self._places.end()
        await self._desk.aclose()


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
    """Has the embedded engine read articles in processes of its own."""

    def __init__(self, annotator: Annotator, processes: int) -> None:
        self.at_once = 2 * processes  # so that none waits for the next article
        self._workers = Workers(annotator, processes)

    async def make(self, row: int, article: Article) -> Rows | Failure:
        """Have a process annotate the article; if it breaks down over it, another one once more."""
        try:
            return await self._workers.call(_annotate, article)
        except Crashed:
            return Failure(
                "crashed",
                "The process that read the article ended twice over it; there may be too "
                "little memory for a text of its length.",
            )

    def note(self, tally: Tally) -> None:
        """Nothing is bought."""

    async def aclose(self) -> None:
        """End the processes."""
        self._workers.end()


def _annotate(article: Article) -> Rows | Failure:
    try:
        return rows_of(annotator_here().annotate_now(article))
    except UsageError:
        raise
    except Exception as error:  # a fault in one article must not cost the others
        return unexpected(error)
