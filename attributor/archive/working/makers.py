"""The makers, which turn articles into rows of the store: by a model's answers, or in processes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable, Sequence
from typing import TYPE_CHECKING, Protocol

from attributor.archive.progress import Progress
from attributor.archive.stopping import Stop, Stopping
from attributor.archive.storing.admission import article_at
from attributor.archive.storing.annotation_rows import AnnotationRows, Failure
from attributor.archive.storing.store import Store
from attributor.archive.working.processes import Workers, WorkersCrashed, annotator_here
from attributor.archive.working.step import (
    NeedsAnswers,
    NoAnnotation,
    Outcome,
    crashed,
    kind_of,
    step,
)
from attributor.archive.working.step_places import StepPlaces
from attributor.errors import AccessError, AnswerError, CreditError, ModelError
from attributor.messages import Purpose
from attributor.prompting import Answer, Request
from attributor.records import Article

if TYPE_CHECKING:
    from attributor.archive.batch_api.carrier import Given


class Maker(Protocol):
    """Makes annotations, of `at_once` articles at the same time."""

    at_once: int

    async def make(self, row: int, article: Article) -> AnnotationRows | Failure:
        """The article's rows, or why there are none.

        Raises:
            Stopping: the batch is ending, and the article stays as it was.
            UsageError: no article can be annotated like this.
        """
        ...

    def note(self, progress: Progress) -> None:
        """Note what was bought and spent."""
        ...

    async def aclose(self) -> None:
        """Close the connections, end the processes."""
        ...


class Answering(Protocol):
    """Where requests are answered: at once by `Desk`, much later by `BatchDesk`."""

    def answer(self, key: str, request: Request, article: int) -> Awaitable[Given]:
        """The answer and its row in the ledger; None if it is to be asked for again."""
        ...

    def note(self, progress: Progress) -> None:
        """Note what was bought and spent."""
        ...

    async def aclose(self) -> None:
        """Send nothing any more, and close the connections."""
        ...


class ModelMaker:
    """Has a model asked through a desk; the steps of articles are made in some places."""

    def __init__(
        self, places: StepPlaces, desk: Answering, store: Store, stop: Stop, at_once: int
    ) -> None:
        self.at_once = at_once
        self._places, self._desk, self._store, self._stop = places, desk, store, stop

    async def make(self, row: int, article: Article) -> AnnotationRows | Failure:
        """Carry the article's dialogue to its end."""
        carried = self._carried(row, article)
        del article  # thousands may wait for a day: only one that is worked on is in memory
        try:
            return await carried
        except (CreditError, AccessError) as error:
            self._stop.ask_over(error)
            raise Stopping from error
        except ModelError as error:
            return unanswered(error)

    async def _carried(self, row: int, article: Article) -> AnnotationRows | Failure:
        rows: dict[str, int] = {}
        answers: dict[str, Answer | ModelError] = {}
        place = self._places.place()
        outcome = await place.step(row, answers, article)
        del article
        while isinstance(outcome, NeedsAnswers):
            orders = {key: self._desk.answer(key, r, row) for key, r in outcome.requests.items()}
            purposes = [request.purpose for request in outcome.requests.values()]
            del outcome
            given = await _all(orders.values(), purposes)
            for key, each in zip(orders, given, strict=True):
                if isinstance(each, ModelError):
                    answers[key] = each
                elif each is not None:
                    rows[key], answers[key] = each
            outcome = await place.step(row, answers)
            if outcome is None:
                outcome = await place.step(row, answers, article_at(self._store, row))
        assert outcome is not None  # noqa: S101  # it had the article
        return outcome.failure(rows) if isinstance(outcome, NoAnnotation) else outcome

    def note(self, progress: Progress) -> None:
        """Note what was bought and spent."""
        self._desk.note(progress)

    async def aclose(self) -> None:
        """End the processes, and close the connections."""
        self._places.end()
        await self._desk.aclose()


async def _all(
    orders: Iterable[Awaitable[Given]], purposes: Sequence[Purpose]
) -> list[Given | ModelError]:
    """The answers to all orders, once all have come or failed, so that no paid answer is lost.

    An article can do without all answers but the first. In place of one that did not come stands
    the error, unless that concerns all articles: then it is raised, and the next run asks again.
    """
    ends = await asyncio.gather(*orders, return_exceptions=True)
    return [
        _spared(end, purpose) if isinstance(end, BaseException) else end
        for end, purpose in zip(ends, purposes, strict=True)
    ]


def _spared(error: BaseException, purpose: Purpose) -> ModelError:
    """The bare error, if the article can do without the answer; else it is raised."""
    concerns_all = isinstance(error, CreditError | AccessError)
    if purpose == "attribute" or concerns_all or not isinstance(error, ModelError):
        raise error
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)  # it is kept for long, and sent to other processes


def unanswered(error: ModelError) -> Failure:
    """The failure of an article about which a server gave no answer."""
    body = error.body if isinstance(error, AnswerError) else ""
    return Failure(kind_of(error), error.message, body=body)


class EmbeddedMaker:
    """Has the embedded engine read articles in processes of its own."""

    def __init__(self, workers: Workers, processes: int) -> None:
        self.at_once = 2 * processes  # so that no process waits for the next article
        self._workers = workers

    async def make(self, row: int, article: Article) -> AnnotationRows | Failure:
        """Have a process annotate the article; if it crashes, another one tries once more."""
        try:
            outcome = await self._workers.call(_read, article)
        except WorkersCrashed:
            return crashed("The process that read the article ended twice over it").failure({})
        assert not isinstance(outcome, NeedsAnswers)  # noqa: S101  # the engine asks nobody
        return outcome.failure({}) if isinstance(outcome, NoAnnotation) else outcome

    def note(self, progress: Progress) -> None:
        """Nothing is bought."""

    async def aclose(self) -> None:
        """End the processes."""
        self._workers.end()


def _read(article: Article) -> Outcome:
    return step(annotator_here(), article, {})
