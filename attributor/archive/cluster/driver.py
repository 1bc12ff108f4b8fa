"""A batch on the workers of a Dask cluster, while this process alone writes ledger and store.

    articles -> partitions -> a step each, on a worker -> requests -> ledger? budget? -> purchases,
    each on a worker -> ledger -> partitions -> ... -> rows

A partition is named by its articles' content, is small, and may be done again by anybody. A
purchase is one request. So whatever a worker takes up of a lost one's, it finds bought what had
been bought, and buys again no more than what was in flight.
"""

from __future__ import annotations

import asyncio
import logging
import math
import os
import secrets
import time
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from typing import TYPE_CHECKING, Any

import attributor
from attributor.archive.cluster import worker
from attributor.archive.cluster.connect import LOCAL, installed, is_address, reach
from attributor.archive.cluster.worker import BatchPlan
from attributor.archive.progress import Progress
from attributor.archive.recipe import Recipe
from attributor.archive.run_options import CALLS_AT_ONCE, RunOptions
from attributor.archive.stopping import Stop, Stopping
from attributor.errors import ClusterError, UsageError, panics_as_errors, quoted

if TYPE_CHECKING:
    from attributor.pipeline import Annotator

logger = logging.getLogger(__name__)

UNKNOWN_PROCESSES = 32
"""For so many there is work at once, where the workers are somebody else's."""
LOOK = 1.0
"""Seconds between two looks at who works."""
PATIENCE = 30.0
"""Seconds in which a lost worker may come back, where there is no other."""
ANSWERS = 30.0
"""Seconds in which who is there answers."""
FAREWELL = 5.0
"""Seconds to take leave of them."""
QUIET = 60.0
"""Seconds without anything done, after which it is asked whether anybody does anything."""
IDLE_LOOKS = 10
"""So often in a row nobody may do anything, before what is out is given out again: it may be on its
way."""
AGAIN = 5
"""So often in a row it is given out again."""


class WorkersCrashed(Exception):
    """One worker process after the other ended over this."""


class Forgotten(Exception):
    """It was given out, and nobody does it or has done it."""


class Cluster:
    """A scheduler of Dask, its own or somebody else's, and what becomes of what it is given.

    Args:
        address: `LOCAL`, or the scheduler's: tcp://host:port, tls://host:port.
        plan: how to annotate.
        processes: of a local cluster.
        threads: of each of them, which is how many calls it makes at once.
        stop: told when the scheduler is lost.
    """

    def __init__(
        self, address: str, plan: BatchPlan, processes: int, threads: int, stop: Stop
    ) -> None:
        self.address, self.plan = address, plan
        self.workers: set[str] = set()
        self.lost = 0
        self.processes = processes if address == LOCAL else UNKNOWN_PROCESSES
        self._threads, self._stop = threads, stop
        self._beginning = asyncio.Lock()
        self._client: Any = None
        self._leaving = AsyncExitStack()
        self._watching: list[asyncio.Task[None]] = []
        self._out: set[asyncio.Future[Any]] = set()
        self._heard_at, self._idle_looks, self._again = 0.0, 0, 0
        self._count = 0
        self._gone = False

    @property
    def part(self) -> float:
        """What part of all limits each worker has."""
        return 1 / max(1, len(self.workers))

    async def do(
        self, function: Callable[..., Any], *args: Any, name: str, priority: int = 0
    ) -> Any:
        """What the function gives on some worker, which is told the plan and the arguments.

        Args:
            function: of `worker`; gives what goes wrong, and raises nothing.
            args: for it, after the plan.
            name: what people see of it; no two have the same in the end.
            priority: the highest goes first.

        Raises:
            AttributorError: what the function gave.
            WorkersCrashed: the workers that did it ended.
            Stopping: the scheduler is lost, or the worker was told to stop.
        """
        client = await self._begun()
        while True:
            if self._gone:
                raise Stopping
            self._count += 1
            key = f"{name}-{self.plan.run}-{self._count}"
            future = client.submit(
                function, self.plan, *args, key=key, pure=False, priority=priority
            )
            try:
                given = await self._given(future)
            except Forgotten as error:
                if self._stop.asked:
                    raise Stopping from error
                continue
            finally:
                future.release()
            if isinstance(given, Exception):
                raise given
            return given

    def note(self, tally: Progress) -> None:
        """Write down who works."""
        tally.workers, tally.workers_lost = len(self.workers), self.lost

    async def aclose(self) -> None:
        """Leave the cluster; a local one ends."""
        for task in self._watching:
            task.cancel()
        if self._client is not None:
            with suppress(OSError):  # of being too late, too
                if not self._gone:
                    async with asyncio.timeout(FAREWELL):
                        await self._look()
                        await self._client.run(worker.forget, self.plan.run, on_error="ignore")
        with suppress(OSError):
            await self._leaving.aclose()

    async def _given(self, future: Any) -> Any:
        from distributed import KilledWorker
        from distributed.client import FutureCancelledError

        # To give it up ends the waiting alone: Dask's fetching of answers is one for all.
        coming = asyncio.ensure_future(future)
        coming.add_done_callback(_heed)
        waiting = asyncio.shield(coming)
        self._out.add(waiting)
        try:
            with panics_as_errors():
                given = await waiting
        except KilledWorker as error:
            self._hear()
            logger.warning("workers crashed over a task, one after the other")
            raise WorkersCrashed from error
        except (FutureCancelledError, OSError) as error:
            self._is_lost("The scheduler")
            raise Stopping from error
        except asyncio.CancelledError as error:
            if (own := asyncio.current_task()) and own.cancelling():
                raise
            raise Forgotten from error
        finally:
            self._out.discard(waiting)
        self._hear()
        return given

    def _hear(self) -> None:
        """Note that something was done."""
        self._heard_at, self._idle_looks, self._again = time.monotonic(), 0, 0

    def _is_lost(self, who: str, how: str = "was lost") -> None:
        self._gone = True
        logger.error("%s of the cluster %s %s", who, quoted(self.address), how)
        self._stop.ask(
            "stopped",
            f"{who} of the cluster {quoted(self.address)} {how}. What is in the ledger is kept; "
            "calls that were in flight may be made again. To go on once the cluster works again, "
            "run the same command again.",
            ClusterError.exit_code,
        )
        self._give_up()

    def _give_up(self) -> None:
        """Wait no longer for what is out."""
        for waiting in self._out:
            waiting.cancel()

    async def _begun(self) -> Any:
        async with self._beginning:
            if self._client is None and not self._gone:
                self._gone = True  # unless all can take part
                self._client, self._leaving = await reach(
                    self.address, self.processes, self._threads, self._stop
                )
                await self._stop.unless_asked(self._meet())
                self._gone = False
                self._hear()
                self._watching = [asyncio.create_task(f()) for f in (self._watch, self._hand_on)]
        return self._client

    async def _meet(self) -> None:
        """See who works, and that all can take part.

        Raises:
            ClusterError: one cannot, or the scheduler was lost.
        """
        try:
            await self._look()
            await asyncio.gather(*map(self._greet, sorted(self.workers)))
        except OSError as error:  # of being too late, too
            raise ClusterError(
                f"The scheduler at {quoted(self.address)} was lost before anything was bought: run "
                "the same command again once it works."
            ) from error

    async def _greet(self, address: str) -> None:
        """See that a worker can take part.

        Raises:
            ClusterError: it cannot; says why.
        """
        who = f"The worker {quoted(address)}"
        try:
            async with asyncio.timeout(ANSWERS):
                replies = await self._client.run(
                    worker.greet, self.plan, workers=[address], on_error="return"
                )
        except TimeoutError as error:
            await self._look()
            if address not in self.workers:
                return
            raise ClusterError(
                f"{who} does not answer: end it, and run the same command again."
            ) from error
        reply = replies.get(address)
        if isinstance(reply, ClusterError):
            raise reply
        if isinstance(reply, Exception) and not isinstance(reply, OSError):  # else it has gone
            raise ClusterError(
                f"{who} cannot take part ({type(reply).__name__}: {reply}): install "
                f"attributor[cluster] {attributor.__version__} there."
            )

    async def _watch(self) -> None:
        """Look who works, so that each has its part, until nobody does."""
        seen = time.monotonic()
        try:
            while time.monotonic() < seen + PATIENCE:
                await asyncio.sleep(LOOK)
                await self._look()
                if self.workers:
                    await self._remind()
                    seen = time.monotonic()
        except Exception:  # whatever it is: nobody answers
            self._is_lost("The scheduler")
            return
        self._is_lost("Every worker")

    async def _look(self) -> None:
        if self._client.cluster is not None:  # nannies replace no worker that ends as it starts
            self._client.cluster.scale(self.processes)
        async with asyncio.timeout(ANSWERS):
            now = set(await self._client.nthreads())
        for address in sorted(now - self.workers):
            logger.info("worker %s takes part", quoted(address))
        for address in sorted(self.workers - now):
            logger.warning("worker %s is lost", quoted(address))
        self.lost += len(self.workers - now)
        self.workers = now

    async def _remind(self) -> None:
        """Give out again what is out, where nobody has done anything for long, or does now.

        Dask may lose for good what was with a worker that was killed (dask/distributed#3196).
        """
        now = time.monotonic()
        if not self._out:
            self._heard_at = now
        if now < self._heard_at + QUIET:
            return
        self._idle_looks += 1
        busy = await self._anybody_busy()
        if not busy and self._idle_looks < IDLE_LOOKS:
            return
        self._heard_at, self._idle_looks = time.monotonic(), 0
        if busy:
            return
        self._again += 1
        if self._again > AGAIN:
            self._is_lost("No worker", "does what it is given")
            return
        logger.warning("nobody does what is out: %d tasks are given out again", len(self._out))
        self._give_up()

    async def _anybody_busy(self) -> bool:
        try:
            async with asyncio.timeout(ANSWERS):
                replies = await self._client.run(worker.is_busy, on_error="ignore")
        except TimeoutError:  # who does not answer may have much to do
            return True
        return any(replies.values())

    async def _hand_on(self) -> None:
        """Tell the workers when the batch shall end: what waits for its turn there need not.

        They are told again and again, as others may join.
        """
        with suppress(Stopping):
            await self._stop.sleep(float("inf"))
        while True:
            with suppress(Exception):  # there may be no scheduler any more
                async with asyncio.timeout(ANSWERS):
                    await self._client.run(worker.finish, self.plan.run, on_error="ignore")
            await asyncio.sleep(LOOK)


def _heed(coming: asyncio.Future[Any]) -> None:
    """Ask how it ended, or asyncio tells the terminal if nobody does."""
    if not coming.cancelled():
        coming.exception()


def notice(annotator: Annotator, address: str) -> str:
    """Who answers, and where the text is sent for that."""
    if address == LOCAL:
        return annotator.notice
    sent = f"the workers of {quoted(address)} are sent the text"
    return annotator.engine.notice(carried_by=sent)


def cluster_of(annotator: Annotator, speed: RunOptions, stop: Stop) -> Cluster:
    """The cluster that the batch is to run on; nothing is begun.

    Raises:
        UsageError: the address is none, it is not for articles that are to stay on this machine,
            or the extra is not installed.
    """
    address = speed.cluster or LOCAL
    if address != LOCAL and not is_address(address):
        raise UsageError(
            f"{quoted(address)} is no cluster: say 'local', or the address of a Dask scheduler, "
            "as tcp://host:8786."
        )
    if address != LOCAL and annotator.settings.offline:
        raise UsageError(
            f"Workers of {quoted(address)} may be on other machines, and offline keeps the text on "
            "this one: leave one of the two away, or say --cluster local."
        )
    installed()
    processes = os.cpu_count() or 1
    calls = speed.concurrency or CALLS_AT_ONCE
    if not annotator.engine.asks:
        return Cluster(address, _plan(annotator, speed, 1), speed.concurrency or processes, 1, stop)
    processes = min(processes, calls)
    threads = math.ceil(calls / processes) + 1  # one for steps, while all others ask
    return Cluster(address, _plan(annotator, speed, calls), processes, threads, stop)


def _plan(annotator: Annotator, speed: RunOptions, calls: int) -> BatchPlan:
    settings = annotator.settings
    places = {
        name: path.absolute()
        for name in ("prompts", "weights")
        if (path := getattr(settings, name))
    }
    return BatchPlan(
        run=secrets.token_hex(8),
        version=attributor.__version__,
        settings=settings.model_copy(update={"api_key": None, **places}),
        keyed=settings.api_key is not None,
        codebook=annotator.codebook,
        recipe=Recipe.of(annotator),
        calls=calls,
        requests_per_minute=speed.requests_per_minute,
        tokens_per_minute=speed.tokens_per_minute,
    )
