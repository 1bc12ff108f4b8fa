"""What the workers of a cluster do: steps of articles, and purchases. Nothing is written here.

There are two kinds of tasks. A partition is a few articles with the answers about them so far: each
article is taken one step further, which any worker may do, any number of times. A purchase is one
request, so that a task that is started again buys only what was in flight.

Errors are returned and not raised: Dask writes the arguments of a task that fails into its logs,
and they hold the article's text.
"""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

import attributor
from attributor.archive.asking.limits import Limits
from attributor.archive.recipe import Recipe
from attributor.archive.signals import FROM_A_TERMINAL
from attributor.archive.stopping import Stop, Stopping
from attributor.archive.working.step import (
    OUT_OF_MEMORY,
    Answers,
    Outcome,
    step,
    unexpected,
)
from attributor.errors import AttributorError, ClusterError
from attributor.pipeline import Annotator
from attributor.prompting import Answer, Asker, Request
from attributor.prompting.retrying import RetryWaits
from attributor.records import Article, Codebook
from attributor.settings import Settings
from attributor.settings_layers import load

if TYPE_CHECKING:
    from distributed import Worker

TASK = "attributor-"
"""How the name of every task of a batch begins."""
BATCHES_KEPT = 4
"""Batches whose settings a worker keeps at most; the oldest is dropped first."""


@dataclass(frozen=True, slots=True)
class BatchPlan:
    """How a batch annotates; every task carries it.

    Attributes:
        run: which batch; no two have the same.
        version: of attributor.
        settings: without the key. A worker takes its own.
        keyed: whether the batch has a key for the server. If not, a worker's key is not for it.
        codebook: the targets.
        recipe: what annotations depend on; a worker's own must be the same.
        calls: at once, of all workers together.
        requests_per_minute: of all workers together, see `Limits`.
        tokens_per_minute: of all workers together, too.
        retry_waits: how long is waited between two attempts at a call; the usual if None.
    """

    run: str
    version: str
    settings: Settings = field(repr=False)
    keyed: bool
    codebook: Codebook | None
    recipe: Recipe
    calls: int
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    retry_waits: RetryWaits | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """An article, and the answers about it so far."""

    article: Article = field(repr=False)
    answers: Answers = field(repr=False, default_factory=dict)


class Workshop:
    """The annotator, limits and connection that a worker has for a batch; one in each process.

    Raises:
        ClusterError: this worker would not annotate as the batch has to.
    """

    def __init__(self, plan: BatchPlan) -> None:
        if plan.version != attributor.__version__:
            raise ClusterError(
                f"it has attributor {attributor.__version__} and the batch {plan.version}: "
                "install the same version there."
            )
        settings = plan.settings.model_copy(update={"api_key": _own_key() if plan.keyed else None})
        self.annotator, self.stop = Annotator(settings, plan.codebook), Stop()
        own = Recipe.of(self.annotator)
        if own != plan.recipe:
            raise ClusterError(f"{_different(plan.recipe, own)}: copy them to the same place.")
        self.asker: Asker | None = None
        rates = (plan.requests_per_minute, plan.tokens_per_minute)
        self.limits = Limits(
            plan.calls,
            *rates,
            sleep=self.stop.sleep,
            check=self.stop.check,
            waits=plan.retry_waits,
        )
        if self.annotator.engine.asks:
            if plan.keyed and settings.api_key is None:
                raise ClusterError(
                    f"it has no key for '{settings.host}': set OPENAI_API_KEY in its environment; "
                    "the batch's own key is not sent."
                )
            self.asker = self.annotator.asker(self.limits, self.stop.sleep, plan.retry_waits)

    async def aclose(self) -> None:
        """Close the connections to the model's server."""
        if self.asker is not None:
            await self.asker.aclose()

    def outcome(self, job: Job) -> Outcome:
        """The job, one step further.

        Raises:
            UsageError: no article can be annotated like this.
        """
        try:
            return step(self.annotator, job.article, job.answers)
        except MemoryError:
            return OUT_OF_MEMORY


_workshops: dict[str, Workshop] = {}
_building = threading.Lock()
_tasks: set[object] = set()
_finished: set[str] = set()
"""Batches that make no new call; tasks of theirs may still arrive."""


def workshop(plan: BatchPlan, worker: str | None = None) -> Workshop:
    """The workshop of this process for this batch; `worker` is its address, if that is known.

    Raises:
        ClusterError: this worker cannot take part.
    """
    with _building:
        if plan.run not in _workshops:
            try:
                _workshops[plan.run] = Workshop(plan)
            except AttributorError as error:
                raise ClusterError(
                    f"The worker '{worker or _address()}' cannot take part: {error.message}"
                ) from error
            for old in list(_workshops)[:-BATCHES_KEPT]:
                del _workshops[old]
        return _workshops[plan.run]


async def greet(plan: BatchPlan, dask_worker: Worker) -> Exception | None:
    """None if this worker can take part, else why not. Dask passes `dask_worker`."""
    try:
        await asyncio.to_thread(workshop, plan, dask_worker.address)
    except Exception as error:
        return _bare(error)
    return None


def advance(plan: BatchPlan, jobs: Sequence[Job]) -> list[Outcome] | Exception:
    """Take each article of a partition one step further."""
    try:
        with _at_work():
            own = workshop(plan)
            return [own.outcome(job) for job in jobs]
    except Exception as error:
        return _bare(error)


async def buy(plan: BatchPlan, request: Request, part: float) -> Answer | Exception:
    """Buy one answer, with this part of all limits."""
    try:
        with _at_work():
            known = _workshops.get(plan.run)
            own = known if known is not None else await asyncio.to_thread(workshop, plan)
            if plan.run in _finished:  # as it may have been before there was a workshop
                raise Stopping
            own.limits.share(part)
            assert own.asker is not None  # noqa: S101  # only engines that ask have requests
            return await own.asker.buy(request)
    except Exception as error:
        return _bare(error)


def is_busy(dask_worker: Worker) -> bool:
    """Whether this worker does any task, of a batch or of anybody else. Dask passes `dask_worker`.

    Tasks of batches are counted here, as Dask may lose count of them.
    """
    others = (task for task in dask_worker.state.executing if not str(task.key).startswith(TASK))
    return bool(_tasks) or any(others)


def finish(run: str) -> None:
    """Make no new call for this batch; those in flight go on."""
    _finished.add(run)
    if run in _workshops:
        _workshops[run].stop.ask("stopped", "", 0)


async def forget(run: str) -> None:
    """Close what was open for this batch."""
    if run in _workshops:
        await _workshops.pop(run).aclose()


def dask_setup(worker: Worker) -> None:
    """Have a worker of a local cluster ignore signals of the terminal, as it starts.

    Needed on Windows; elsewhere it is started like this, see `only_this_process_hears`.
    """
    for number in FROM_A_TERMINAL:
        signal.signal(number, signal.SIG_IGN)


@contextmanager
def _at_work() -> Iterator[None]:
    """Count a task as being done while the block runs."""
    task = object()
    _tasks.add(task)
    try:
        yield
    finally:
        _tasks.discard(task)


def _own_key() -> object:
    return load().api_key


def _different(wanted: Recipe, own: Recipe) -> str:
    """Which parts of the recipe differ here, for a sentence."""
    names = {"prompt_sha256": "prompts", "weights_sha256": "weights"}
    mine = asdict(own)
    differ = [
        names.get(name, name) for name, value in asdict(wanted).items() if value != mine[name]
    ]
    return f"its {' and '.join(differ)} are others than the batch's"


def _bare(error: Exception) -> Exception:
    """The error alone, as it can be sent: without its traceback and its causes."""
    if not isinstance(error, AttributorError | Stopping):
        return RuntimeError(unexpected(error).reason)
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


def _address() -> str:
    from distributed import get_worker

    return str(get_worker().address)
