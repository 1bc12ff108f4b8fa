"""The tasks that a cluster is given: partitions of a few articles, and purchases of one answer."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from attributor.archive.cluster import worker
from attributor.archive.cluster.driver import Cluster
from attributor.archive.cluster.worker import Job
from attributor.archive.progress import Progress
from attributor.archive.stopping import Stop, Stopping
from attributor.archive.storing.admission import content_of
from attributor.archive.storing.annotation_rows import AnnotationRows, Failure
from attributor.archive.working.makers import ModelMaker
from attributor.archive.working.processes import WorkersCrashed
from attributor.archive.working.step import (
    Answers,
    NeedsAnswers,
    NoAnnotation,
    Outcome,
    crashed,
)
from attributor.errors import BusyError, quoted
from attributor.messages import sha256
from attributor.prompting import Answer, Request, prices
from attributor.records import Article
from attributor.settings import OPENAI_URL

if TYPE_CHECKING:
    from attributor.archive.asking.ledger import Desk
    from attributor.archive.storing.store import Store

ARTICLES_PER_PARTITION = 16
"""Articles of a partition at most."""
PARTITION_WAIT_SECONDS = 0.1
"""Seconds that a partition which is not full waits for more articles."""
PARTITIONS_PER_PROCESS = 2
"""Partitions that each process has at once, so that it never waits for the next one."""


class Partitions:
    """Puts articles that come at about the same time into one task."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._waiting: list[tuple[Job, asyncio.Future[Outcome]]] = []
        self._carrying: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._alone = asyncio.Lock()

    def place(self) -> Partitions:
        """All articles' steps are made here."""
        return self

    def end(self) -> None:
        """Nothing is to be ended here: running tasks end with the cluster."""

    async def step(
        self, row: int, answers: Answers, article: Article | None = None
    ) -> Outcome | None:
        """Take the article one step further; None without it, as workers keep no dialogue."""
        return None if article is None else await self.outcome(article, answers)

    async def outcome(self, article: Article, answers: Answers) -> Outcome:
        """Take the article one step further, see `attributor.archive.working.step`."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Outcome] = loop.create_future()
        self._waiting.append((Job(article, dict(answers)), future))
        if len(self._waiting) >= ARTICLES_PER_PARTITION:
            self._send()
        elif self._timer is None:
            self._timer = loop.call_later(PARTITION_WAIT_SECONDS, self._send)
        return await future

    def _send(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        jobs, self._waiting = self._waiting, []
        task = asyncio.create_task(self._carry(jobs))
        self._carrying.add(task)
        task.add_done_callback(self._carrying.discard)

    async def _carry(self, jobs: Sequence[tuple[Job, asyncio.Future[Outcome]]]) -> None:
        try:
            outcomes = await self._outcomes([job for job, _ in jobs])
        except BaseException as error:
            for _, future in jobs:
                if not future.done():
                    future.set_exception(error if isinstance(error, Exception) else Stopping())
            if not isinstance(error, Exception):
                raise
            return
        for (_, future), outcome in zip(jobs, outcomes, strict=True):
            if not future.done():
                future.set_result(outcome)

    async def _outcomes(self, jobs: Sequence[Job]) -> list[Outcome]:
        try:
            return await self._done(jobs)
        except WorkersCrashed:
            return [await self._once_more(job) for job in jobs]

    async def _once_more(self, job: Job) -> Outcome:
        """Try an article of a partition that crashed workers once more, with nothing beside it."""
        async with self._alone:
            try:
                return (await self._done([job]))[0]
            except WorkersCrashed:
                return crashed(
                    "The workers that read the article ended over it, one after the other"
                )

    async def _done(self, jobs: Sequence[Job]) -> list[Outcome]:
        content = sha256("\n".join(content_of(job.article) for job in jobs))
        outcomes: list[Outcome] = await self._cluster.do(
            worker.advance, jobs, name=f"{worker.TASK}step-{content[:16]}", priority=1
        )
        return outcomes


class Buyers:
    """Has workers buy the answers to requests, as many at once as the plan allows calls."""

    def __init__(self, cluster: Cluster, stop: Stop) -> None:
        self._cluster, self._stop = cluster, stop
        self._calls = asyncio.Semaphore(cluster.plan.calls)

    async def buy(self, request: Request) -> Answer:
        """The answer as it came, see `attributor.archive.asking.ledger.Buyer`."""
        async with self._calls:
            answer = await self._bought(request)
        return self._priced(answer)

    async def aclose(self) -> None:
        """Leave the cluster."""
        await self._cluster.aclose()

    async def _bought(self, request: Request) -> Answer:
        """The answer; tried again, as workers may crash over another task beside this one."""
        key = request.key(self._cluster.plan.settings.model)
        for _ in range(self._cluster.plan.settings.attempts):
            self._stop.check()
            with suppress(WorkersCrashed):
                answer: Answer = await self._cluster.do(
                    worker.buy, request, self._cluster.part, name=f"{worker.TASK}ask-{key[:16]}"
                )
                return answer
        raise BusyError(
            f"The workers that asked about {quoted(request.article)} ended, one after the "
            "other: see to their memory.",
            article=request.article,
        )

    def _priced(self, answer: Answer) -> Answer:
        """The answer with its price by this machine's price list, which the budget uses, too."""
        settings = self._cluster.plan.settings
        price = prices.cost(settings.model, answer.usage, settings.base_url or OPENAI_URL)
        return answer.costing(price)


class ReadingMaker:
    """Has the embedded engine read articles on the workers."""

    def __init__(self, cluster: Cluster) -> None:
        self.at_once = ARTICLES_PER_PARTITION * PARTITIONS_PER_PROCESS * cluster.processes
        self._cluster, self._partitions = cluster, Partitions(cluster)

    async def make(self, row: int, article: Article) -> AnnotationRows | Failure:
        """Have a worker annotate the article."""
        outcome = await self._partitions.outcome(article, {})
        assert not isinstance(outcome, NeedsAnswers)  # noqa: S101  # the engine asks nobody
        return outcome.failure({}) if isinstance(outcome, NoAnnotation) else outcome

    def note(self, progress: Progress) -> None:
        """Note how many workers there are."""
        self._cluster.note(progress)

    async def aclose(self) -> None:
        """Leave the cluster."""
        await self._cluster.aclose()


class AskingMaker(ModelMaker):
    """Has a model asked by the workers, through this process's desk."""

    def __init__(self, desk: Desk, store: Store, stop: Stop, cluster: Cluster) -> None:
        # More articles than calls: while some wait in a partition, answers for others are bought.
        at_once = cluster.plan.calls + ARTICLES_PER_PARTITION
        super().__init__(Partitions(cluster), desk, store, stop, at_once)
        self._cluster = cluster

    def note(self, progress: Progress) -> None:
        """Note what was bought and spent, and how many workers there are."""
        super().note(progress)
        self._cluster.note(progress)
