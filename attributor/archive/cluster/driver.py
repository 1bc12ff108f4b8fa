"""A batch on the workers of a Dask cluster, while this process alone writes ledger and store.

    articles -> partitions -> a step each, on a worker -> requests -> ledger? budget? -> purchases,
    each on a worker -> ledger -> partitions -> ... -> rows

A partition is a few articles, named by their content, and any worker may do it again. A purchase is
one request. So a worker that takes over from a lost one finds in the ledger all that was bought,
and buys again only the requests that were in flight.
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
from attributor.archive.cluster.timing import ClusterTiming
from attributor.archive.cluster.worker import BatchPlan
from attributor.archive.progress import Progress
from attributor.archive.recipe import Recipe
from attributor.archive.run_options import CALLS_AT_ONCE, RunOptions
from attributor.archive.stopping import Stop, Stopping
from attributor.archive.working.processes import WorkersCrashed
from attributor.errors import ClusterError, UsageError, panics_as_errors, quoted

if TYPE_CHECKING:
    from attributor.pipeline import Annotator

logger = logging.getLogger(__name__)

PROCESSES_ELSEWHERE = 32
"""Processes that are given work at once on somebody else's cluster, whose size nobody tells us."""


class TaskLost(Exception):
    """The task was handed out, and no worker does it or has done it."""


class Cluster:
    """A Dask scheduler, started here or running already, and the tasks that it was handed.

    Args:
        address: `LOCAL`, or the scheduler's: tcp://host:port, tls://host:port.
        plan: how to annotate.
        processes: of a local cluster.
        threads: of each of them, which is how many calls it makes at once.
        stop: is asked to end the batch when the scheduler is lost.
        timing: how long scheduler and workers are waited for.
    """

    def __init__(
        self,
        address: str,
        plan: BatchPlan,
        processes: int,
        threads: int,
        stop: Stop,
        timing: ClusterTiming | None = None,
    ) -> None:
        self.address, self.plan = address, plan
        self._timing = timing or ClusterTiming()
        self.workers: set[str] = set()
        self.lost = 0
        self.processes = processes if address == LOCAL else PROCESSES_ELSEWHERE
        self._threads, self._stop = threads, stop
        self._starting = asyncio.Lock()
        self._client: Any = None
        self._exit_stack = AsyncExitStack()
        self._watchers: list[asyncio.Task[None]] = []
        self._tasks_out: set[asyncio.Future[Any]] = set()
        self._quiet_since, self._idle_looks, self._times_again = 0.0, 0, 0
        self._count = 0
        self._gone = False

    @property
    def part(self) -> float:
        """The share of all limits that each worker has, from 0 to 1."""
        return 1 / max(1, len(self.workers))

    async def do(
        self, function: Callable[..., Any], *args: Any, name: str, priority: int = 0
    ) -> Any:
        """The result of a function that some worker calls with the plan and the arguments.

        Args:
            function: of `worker`; it returns its errors instead of raising them.
            args: for it, after the plan.
            name: begins the task's key, which Dask shows to people; a number makes it unique.
            priority: the highest goes first.

        Raises:
            AttributorError: the error that the function returned.
            WorkersCrashed: the workers that did the task ended.
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
                result = await self._result(future)
            except TaskLost as error:
                if self._stop.asked:
                    raise Stopping from error
                continue
            finally:
                future.release()
            if isinstance(result, Exception):
                raise result
            return result

    def note(self, progress: Progress) -> None:
        """Note how many workers there are, and how many were lost."""
        progress.workers, progress.workers_lost = len(self.workers), self.lost

    async def aclose(self) -> None:
        """Leave the cluster, and end it if it is a local one."""
        for task in self._watchers:
            task.cancel()
        if self._client is not None:
            with suppress(OSError):  # of being too late, too
                if not self._gone:
                    async with asyncio.timeout(self._timing.goodbye_seconds):
                        await self._look()
                        await self._client.run(worker.forget, self.plan.run, on_error="ignore")
        with suppress(OSError):
            await self._exit_stack.aclose()

    async def _result(self, future: Any) -> Any:
        from distributed import KilledWorker
        from distributed.client import FutureCancelledError

        # Cancelling must end our waiting alone: Dask fetches the results of all tasks together.
        fetching = asyncio.ensure_future(future)
        fetching.add_done_callback(_look_at_error)
        waiting = asyncio.shield(fetching)
        self._tasks_out.add(waiting)
        try:
            with panics_as_errors():
                result = await waiting
        except KilledWorker as error:
            self._note_finished()
            logger.warning("workers crashed over a task, one after the other")
            raise WorkersCrashed from error
        except (FutureCancelledError, OSError) as error:
            self._end_batch("The scheduler")
            raise Stopping from error
        except asyncio.CancelledError as error:
            if (own := asyncio.current_task()) and own.cancelling():
                raise
            raise TaskLost from error
        finally:
            self._tasks_out.discard(waiting)
        self._note_finished()
        return result

    def _note_finished(self) -> None:
        """Note that a task was finished just now."""
        self._quiet_since, self._idle_looks, self._times_again = time.monotonic(), 0, 0

    def _end_batch(self, who: str, how: str = "was lost") -> None:
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
        """Wait no longer for the tasks that were handed out; each is handed out again, or ends."""
        for waiting in self._tasks_out:
            waiting.cancel()

    async def _begun(self) -> Any:
        async with self._starting:
            if self._client is None and not self._gone:
                self._gone = True  # unless all can take part
                self._client, self._exit_stack = await reach(
                    self.address,
                    self.processes,
                    self._threads,
                    self._stop,
                    self._timing.connect_seconds,
                )
                await self._stop.unless_asked(self._meet())
                self._gone = False
                self._note_finished()
                self._watchers = [asyncio.create_task(f()) for f in (self._watch, self._hand_on)]
        return self._client

    async def _meet(self) -> None:
        """See which workers are there, and that all of them can take part.

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
            async with asyncio.timeout(self._timing.answer_seconds):
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
        """Look which workers are there, to share the limits out, until none is there for long."""
        seen = time.monotonic()
        try:
            while time.monotonic() < seen + self._timing.no_worker_seconds:
                await asyncio.sleep(self._timing.look_seconds)
                await self._look()
                if self.workers:
                    await self._remind()
                    seen = time.monotonic()
        except Exception:  # whatever it is: the scheduler does not answer
            self._end_batch("The scheduler")
            return
        self._end_batch("Every worker")

    async def _look(self) -> None:
        # Dask's nannies do not replace a worker that ends as it starts.
        if self._client.cluster is not None:
            self._client.cluster.scale(self.processes)
        async with asyncio.timeout(self._timing.answer_seconds):
            now = set(await self._client.nthreads())
        for address in sorted(now - self.workers):
            logger.info("worker %s takes part", quoted(address))
        for address in sorted(self.workers - now):
            logger.warning("worker %s is lost", quoted(address))
        self.lost += len(self.workers - now)
        self.workers = now

    async def _remind(self) -> None:
        """Hand out again all tasks, where none was finished for long and no worker does anything.

        Dask may lose for good the tasks of a worker that was killed (dask/distributed#3196).
        """
        now = time.monotonic()
        if not self._tasks_out:
            self._quiet_since = now
        if now < self._quiet_since + self._timing.quiet_seconds:
            return
        self._idle_looks += 1
        busy = await self._anybody_busy()
        if not busy and self._idle_looks < self._timing.idle_looks:
            return
        self._quiet_since, self._idle_looks = time.monotonic(), 0
        if busy:
            return
        self._times_again += 1
        if self._times_again > self._timing.times_handed_out_again:
            self._end_batch("No worker", "does what it is given")
            return
        out = len(self._tasks_out)
        logger.warning("nobody does what is out: %d tasks are given out again", out)
        self._give_up()

    async def _anybody_busy(self) -> bool:
        try:
            async with asyncio.timeout(self._timing.answer_seconds):
                replies = await self._client.run(worker.is_busy, on_error="ignore")
        except TimeoutError:  # a worker that does not answer may have much to do
            return True
        return any(replies.values())

    async def _hand_on(self) -> None:
        """Tell the workers when the batch is to end, so that no request waits for its turn there.

        They are told again and again, as more workers may join.
        """
        with suppress(Stopping):
            await self._stop.sleep(float("inf"))
        while True:
            with suppress(Exception):  # there may be no scheduler any more
                async with asyncio.timeout(self._timing.answer_seconds):
                    await self._client.run(worker.finish, self.plan.run, on_error="ignore")
            await asyncio.sleep(self._timing.look_seconds)


def _look_at_error(fetching: asyncio.Future[Any]) -> None:
    """Look at how the fetching ended: asyncio logs an error at which nobody has looked."""
    if not fetching.cancelled():
        fetching.exception()


def notice(annotator: Annotator, address: str) -> str:
    """Which engine annotates, and where the text is sent for that: a sentence for the user."""
    if address == LOCAL:
        return annotator.notice
    sent = f"the workers of {quoted(address)} are sent the text"
    return annotator.engine.notice(carried_by=sent)


def cluster_of(annotator: Annotator, run_options: RunOptions, stop: Stop) -> Cluster:
    """The cluster that the batch is to run on; nothing is started yet.

    Raises:
        UsageError: the address is none, it is not for articles that are to stay on this machine,
            or the extra is not installed.
    """
    address = run_options.cluster or LOCAL
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
    timing = run_options.cluster_timing
    processes = os.cpu_count() or 1
    calls = run_options.concurrency or CALLS_AT_ONCE
    if not annotator.engine.asks:
        plan = _plan(annotator, run_options, 1)
        return Cluster(address, plan, run_options.concurrency or processes, 1, stop, timing)
    processes = min(processes, calls)
    threads = math.ceil(calls / processes) + 1  # one for steps, while all others ask
    plan = _plan(annotator, run_options, calls)
    return Cluster(address, plan, processes, threads, stop, timing)


def _plan(annotator: Annotator, run_options: RunOptions, calls: int) -> BatchPlan:
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
        requests_per_minute=run_options.requests_per_minute,
        tokens_per_minute=run_options.tokens_per_minute,
        retry_waits=run_options.retry_waits,
    )
