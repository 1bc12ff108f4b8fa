"""One run over an archive, after which every article is annotated or in quarantine.

    entries -> admitted (known? a copy?) -> annotated by the maker -> saved

One thread alone writes the store. Another one reads the archive ahead, a few articles at a time. As
many articles are worked on at once as the maker takes.
"""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import attributor
from attributor.archive.progress import Horizon, Progress
from attributor.archive.reading_ahead import chunks
from attributor.archive.recipe import Recipe
from attributor.archive.stopping import Stop, Stopping
from attributor.archive.storing.admission import (
    Admitted,
    State,
    admit,
    article_at,
    forget_moved,
    is_wanted,
    refuse,
)
from attributor.archive.storing.annotation_rows import BUSY, AnnotationRows, Failure
from attributor.archive.storing.saving import quarantine, restore, save
from attributor.archive.storing.store import Store, now, this_host
from attributor.archive.wiring import MakerFactory
from attributor.archive.working.processes import CALLS_PER_FULL_COLLECTION
from attributor.errors import (
    AttributorError,
    ModelError,
    ReadingError,
    StoreError,
    counted,
    panics_as_errors,
    quoted,
)
from attributor.logs import own_words
from attributor.reading.archives import Columns, Entry

logger = logging.getLogger(__name__)

IN_QUARANTINE = 6
"""The exit code of a run after which something is in quarantine."""
SOURCES_SHOWN = 20
"""Sources that the log names of a run."""
SECONDS_BETWEEN_REPORTS = 1.0
"""Seconds between two reports of how far the run is."""
OWN_FAULTS = frozenset(("crashed", "unexpected"))
"""Kinds of failures for which the server is not to blame."""
MAX_FAILURES_IN_A_ROW = 20
"""Failures in a row, beyond the articles that were in flight, after which a run ends."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which articles of an archive a run annotates.

    Attributes:
        sources: files, folders and patterns.
        columns: which columns of tables are what.
        encoding: of texts that are not UTF-8 and do not name theirs; guessed if None.
        max_articles: how many articles are taken up at most.
        sample: how many articles to draw at random; all if None.
        seed: of the sample; the same seed draws the same articles from the same archive.
        retry_failed: take up again what is in quarantine.
        only_changed: leave alone articles that another recipe has annotated.
    """

    sources: tuple[str, ...]
    columns: Columns = field(default_factory=Columns)
    encoding: str | None = None
    max_articles: int | None = None
    sample: int | None = None
    seed: int = 0
    retry_failed: bool = False
    only_changed: bool = False


class BatchRun:
    """One run over an archive.

    Args:
        store: open for writing.
        recipe: how annotations are made.
        selection: which articles.
        factory: makes the maker of the run.
        watch: is told how far the run is, about once a second.
    """

    def __init__(
        self,
        store: Store,
        recipe: Recipe,
        selection: Selection,
        factory: MakerFactory,
        watch: Callable[[Progress], None],
    ) -> None:
        self.stop, self.progress = Stop(), Progress()
        self._store, self._selection, self._watch = store, selection, watch
        with store.transaction():
            self._recipe = recipe.noted(store)
            self.run_id = _noted(store, self._recipe, recipe.name, selection)
        try:
            self.maker = factory(store, self.run_id, self.stop)
        except BaseException:  # there was no run
            with suppress(StoreError):
                store.execute("DELETE FROM runs WHERE id = ?", (self.run_id,))
            raise
        _log_begun(self.run_id, recipe.name, selection)
        self.progress.total = self._total()
        self._horizon = Horizon(selection.sources)
        self._slots = asyncio.Semaphore(self.maker.at_once)
        self._in_flight: set[int] = set()
        self._set_aside: set[int] = set()
        self._failures_in_a_row = 0
        self._limit_reached = False
        self._error: Exception | None = None

    @property
    def exit_code(self) -> int:
        """0 if everything is annotated; see docs/archive.md for the others."""
        if self.stop.exit_code:
            return self.stop.exit_code
        return IN_QUARANTINE if self.in_quarantine else 0

    @property
    def in_quarantine(self) -> int:
        """How many articles and places are in the quarantine of this recipe."""
        return int(
            self._store.value(
                "SELECT COUNT(*) FROM failures WHERE recipe_id = ? OR article_id IS NULL",
                (self._recipe,),
            )
        )

    @property
    def retried_anyway(self) -> int:
        """How many of them every run tries again: unreadable places, and those of a busy server."""
        return int(
            self._store.value(
                "SELECT COUNT(*) FROM failures WHERE article_id IS NULL "
                "OR recipe_id = ? AND kind = ?",
                (self._recipe, BUSY),
            )
        )

    @property
    def last_reason(self) -> str:
        """Why the last of them is there."""
        return str(
            self._store.value(
                "SELECT reason FROM failures WHERE recipe_id = ? OR article_id IS NULL "
                "ORDER BY id DESC LIMIT 1",
                (self._recipe,),
            )
        )

    async def run(self, entries: Iterator[Entry]) -> Progress:
        """Annotate the entries, and wait for what is in flight, whatever goes wrong meanwhile.

        Raises:
            StoreError: the store cannot be written any more.
            ReadingError: the archive cannot be read on.
            UsageError: no article can be annotated like this.
        """
        try:
            await self._go_through(entries)
        except BaseException:  # ended at once; an earlier error is the one that is raised
            self.stop.ask("interrupted", "ended at once", 1)
            if self._error is None:
                raise
        finally:
            self._end(self.stop.state, self.stop.reason)
        if self._error is not None:
            raise self._error
        return self.progress

    async def _go_through(self, entries: Iterator[Entry]) -> None:
        ticking = asyncio.create_task(self._tick())
        try:
            async with asyncio.TaskGroup() as group:
                with self._breaking_off():
                    await self._feed(group, entries)
            with self._breaking_off():
                self._forget_moved()
        finally:
            ticking.cancel()
            with self._breaking_off():
                await self.maker.aclose()
                self._show()

    @contextmanager
    def _breaking_off(self) -> Iterator[None]:
        """Have an error end the run, once all that is in flight has been waited for."""
        try:
            with panics_as_errors():
                yield
        except Exception as error:
            if isinstance(error, Stopping) and self.stop.asked:
                return  # not sent: it stays as it was, for the next run
            self._error = self._error or error
            reason = error.message if isinstance(error, AttributorError) else "an error"
            self.stop.ask("stopped", reason, 1)

    async def _feed(self, group: asyncio.TaskGroup, entries: Iterator[Entry]) -> None:
        async for chunk in chunks(self.stop, entries):
            for admitted in self._admitted(chunk):
                await self._slots.acquire()
                if self.stop.asked:
                    return
                self._in_flight.add(admitted.row)
                self.progress.work_begins()
                group.create_task(self._one(admitted.row))
            if self._limit_reached:
                return
        self.progress.share_read = 1.0

    def _admitted(self, chunk: Sequence[Entry]) -> list[Admitted]:
        """The articles of the chunk that are to be annotated."""
        taken_up: list[Admitted] = []
        with self._store.transaction():
            for entry in chunk:
                self.progress.read += 1
                if isinstance(entry.article, ReadingError):
                    self._refuse(entry.source, entry.article)
                    continue
                admitted = admit(
                    self._store, entry.article, entry.source, self.run_id, self._recipe
                )
                self._horizon.passed(entry.source, len(entry.article.text))
                if self._wants(admitted, {each.row for each in taken_up}):
                    taken_up.append(admitted)
        self.progress.take_up(len(taken_up), self._horizon.share)
        return self._within_limit(taken_up)

    def _refuse(self, source: str, error: ReadingError) -> None:
        place = error.article or source
        refuse(self._store, place, source, error.message, self.run_id)
        logger.warning(
            "place %s of %s goes into quarantine as 'unreadable': %s",
            quoted(place),
            quoted(source),
            own_words(error.message, place),
        )
        self.progress.failures["unreadable"] += 1

    def _wants(self, admitted: Admitted, chosen: set[int]) -> bool:
        """Whether the article is to be annotated now; a shelved annotation of it is restored."""
        selection, row, state = self._selection, admitted.row, admitted.state
        if row in self._in_flight or row in chosen or row in self._set_aside:
            self.progress.copies += 1
            return False
        if is_wanted(state, selection.retry_failed, selection.only_changed):
            return True
        if state is State.FAILED:
            self.progress.left += 1
            self._set_aside.add(row)
            return False
        if state is State.SHELVED:
            restore(self._store, row, self._recipe)
        self.progress.known += 1
        return False

    def _within_limit(self, taken_up: list[Admitted]) -> list[Admitted]:
        limit = self._selection.max_articles
        if limit is None:
            return taken_up
        left = limit - self.progress.done - len(self._in_flight)
        self._limit_reached = len(taken_up) >= left
        return taken_up[:left]

    async def _one(self, row: int) -> None:
        self.progress.in_flight += 1
        try:
            with self._breaking_off():
                self._settle(row, await self.maker.make(row, article_at(self._store, row)))
        finally:
            self.progress.in_flight -= 1
            self._in_flight.discard(row)
            self._slots.release()

    def _settle(self, row: int, outcome: AnnotationRows | Failure) -> None:
        with self._store.transaction():
            if isinstance(outcome, Failure):
                quarantine(self._store, row, self._recipe, self.run_id, outcome)
            else:
                save(self._store, row, self._recipe, self.run_id, outcome)
        if not isinstance(outcome, Failure):
            self._failures_in_a_row = 0
            self.progress.annotated += 1
            if outcome.language_without_pack:
                self.progress.without_pack[outcome.language_without_pack] += 1
            self.progress.not_believed += outcome.not_believed
            if self.progress.annotated % CALLS_PER_FULL_COLLECTION == 0:
                gc.collect()
            return
        self._set_aside.add(row)
        self.progress.failures[outcome.kind] += 1
        self._failures_in_a_row += 1
        if self._failures_in_a_row >= MAX_FAILURES_IN_A_ROW + self.maker.at_once:
            self._give_up(outcome)

    def _give_up(self, last: Failure) -> None:
        which = f"The last {self._failures_in_a_row} articles all failed"
        stays = last.kind != BUSY
        fault = AttributorError if last.kind in OWN_FAULTS else ModelError
        self.stop.ask_over_failures(which, last.reason, fault.exit_code, stays=stays)

    async def _tick(self) -> None:
        with self._breaking_off():
            while True:
                self._show()
                await asyncio.sleep(SECONDS_BETWEEN_REPORTS)

    def _show(self) -> None:
        self.progress.ending = self.stop.asked
        self.maker.note(self.progress)
        self._watch(self.progress)

    def _total(self) -> int | None:
        limits = (self._selection.max_articles, self._selection.sample)
        return min((limit for limit in limits if limit is not None), default=None)

    def _forget_moved(self) -> None:
        if not (self.stop.asked or self._limit_reached) and self._selection.sample is None:
            with self._store.transaction():
                forget_moved(self._store, self.run_id)

    def _end(self, state: str, reason: str | None) -> None:
        progress = self.progress
        logger.info(
            "run %d ends, %s: %s annotated, %s into quarantine",
            self.run_id,
            state,
            counted(progress.annotated, "article"),
            counted(sum(progress.failures.values()), "place"),
        )
        with suppress(StoreError):  # an earlier error is the one that is raised
            self._store.execute(
                "UPDATE runs SET state = ?, reason = ?, ended = ? WHERE id = ?",
                (state, reason, now(), self.run_id),
            )


def _log_begun(run: int, recipe: str, selection: Selection) -> None:
    logger.info(
        "run %d begins in process %d on %s: attributor %s, recipe %s, sources %s",
        run,
        os.getpid(),
        quoted(this_host()),
        attributor.__version__,
        quoted(recipe),
        ", ".join(map(quoted, selection.sources[:SOURCES_SHOWN])),
    )


def _noted(store: Store, recipe: int, name: str, selection: Selection) -> int:
    """Add the run to the store; gives its row. No other run can be going on: we hold the lock."""
    store.execute(
        "UPDATE runs SET state = 'interrupted', reason = 'its process ended without a word' "
        "WHERE state = 'running'"
    )
    started = now()
    row = {
        "name": f"{started[:16].replace('T', ' ')} {name}",
        "recipe_id": recipe,
        "sources": json.dumps(selection.sources, ensure_ascii=False),
        "state": "running",
        "started": started,
        "version": attributor.__version__,
        "host": this_host(),
        "pid": os.getpid(),
    }
    return store.insert("runs", row)
