"""A run over an archive from its beginning to its end, for the command line and for Python.

    sources -> entries -> BatchRun -> store

A signal or the caller may end it in order.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from attributor.archive.batch_run import BatchRun, Selection
from attributor.archive.progress import Progress
from attributor.archive.reading_ahead import until
from attributor.archive.recipe import Recipe
from attributor.archive.run_options import RunOptions
from attributor.archive.sampling import sampled
from attributor.archive.signals import listen
from attributor.archive.stopping import Stop
from attributor.archive.storing.store import Store
from attributor.archive.wiring import maker_factory
from attributor.event_loops import run_coroutine
from attributor.pipeline import Annotator, annotator_for
from attributor.reading.archives import Entry, check, entries
from attributor.records import Codebook
from attributor.settings import Settings

Watch = Callable[[Progress], None]
"""Is called about once a second with the progress of a run, in the run's own thread."""
Carry = Callable[[BatchRun, Iterator[Entry]], Coroutine[Any, Any, object]]
"""Carries a run to its end, given the entries of the archive."""

INTERRUPTED = 130
"""The exit code of a run that its caller has ended, as after Ctrl-C."""
BY_THE_CALLER = "Ended by its caller. To go on, annotate the same archive again."
"""The reason of such a run."""


@dataclass(frozen=True)
class Outcome:
    """How a run ended.

    Attributes:
        state: "finished"; "stopped", by a budget or by what the user has to see to; or
            "interrupted".
        reason: why it ended before its time, a sentence; None if it did not.
        exit_code: of the command line; 0 if everything is annotated. See docs/archive.md.
        progress: what was done in this run.
        in_quarantine: articles and places of the store without an annotation.
        retried_anyway: how many of them the next run tries again by itself.
        last_reason: why the last of them has none.
        at_once: whether it ended without waiting for what was in flight.
    """

    state: str
    reason: str | None
    exit_code: int
    progress: Progress
    in_quarantine: int = 0
    retried_anyway: int = 0
    last_reason: str = ""
    at_once: bool = False

    @property
    def annotated(self) -> int:
        """How many articles were annotated in this run."""
        return self.progress.annotated

    @classmethod
    def of(cls, batch_run: BatchRun) -> Outcome:
        """The outcome of a run that has come to its end."""
        stop, in_quarantine = batch_run.stop, batch_run.in_quarantine
        return cls(
            state=stop.state,
            reason=stop.reason,
            exit_code=batch_run.exit_code,
            progress=batch_run.progress,
            in_quarantine=in_quarantine,
            retried_anyway=batch_run.retried_anyway,
            last_reason=batch_run.last_reason if in_quarantine else "",
        )


def run_archive(
    annotator: Annotator,
    store: str | Path,
    selection: Selection,
    run_options: RunOptions,
    *,
    watch: Watch = lambda progress: None,
    on_guess: Callable[[str], None] = lambda sentence: None,
    on_signal: Callable[[BatchRun], None] | None = None,
    stop: Callable[[], bool] = lambda: False,
    carry: Carry | None = None,
) -> Outcome:
    """Annotate what the store does not have yet.

    Args:
        annotator: reads the articles.
        store: path of the store; it is made if it is not there.
        selection: which articles.
        run_options: how fast, how, and for how much.
        watch: is told how far the run is.
        on_guess: is told what was guessed about a file, one sentence at a time.
        on_signal: has a first signal (Ctrl-C, SIGTERM, the terminal is closed) end the run in
            order and is told of it; a second one ends it at once. None leaves signals alone.
        stop: asked about once a second whether the run is to end in order.
        carry: carries the run to its end, in place of `BatchRun.run`.

    Raises:
        AttributorError: see docs/archive.md for each; what was annotated until then is kept.
    """
    factory, recipe = maker_factory(annotator, run_options), Recipe.of(annotator)  # before a store

    async def run() -> Outcome:
        with Store.open(store) as opened:

            def look(progress: Progress) -> None:
                if stop():
                    batch_run.stop.ask("interrupted", BY_THE_CALLER, INTERRUPTED)
                watch(progress)

            batch_run = BatchRun(opened, recipe, selection, factory, look)
            heard = listen(batch_run.stop, lambda: on_signal(batch_run)) if on_signal else []
            try:
                await (carry or BatchRun.run)(
                    batch_run, _selected(selection, batch_run.stop, on_guess)
                )
            except asyncio.CancelledError:
                if on_signal is None:
                    raise
                number = heard[-1] if heard else signal.SIGINT
                return replace(Outcome.of(batch_run), exit_code=128 + number, at_once=True)
            return Outcome.of(batch_run)

    return run_coroutine(run())


def _selected(selection: Selection, stop: Stop, on_guess: Callable[[str], None]) -> Iterator[Entry]:
    """The entries of the archive that are selected, until the run is to end."""
    found = until(
        stop,
        entries(
            selection.sources, selection.columns, on_guess=on_guess, encoding=selection.encoding
        ),
    )
    return sampled(found, selection.sample, selection.seed) if selection.sample else found


def annotate_archive(
    sources: str | Path | Sequence[str | Path],
    store: str | Path,
    *,
    targets: Codebook | Sequence[str] = (),
    progress: Watch = lambda progress: None,
    stop: Callable[[], bool] = lambda: False,
    on_guess: Callable[[str], None] = lambda sentence: None,
    settings: Settings | None = None,
    **options: Any,
) -> Outcome:
    """Annotate every article of an archive into a store, each once; `attributor batch` in Python.

    What the store has is not asked again: call this again to go on after whatever ended it.

    Args:
        sources: files, folders and patterns.
        store: path of the store; it is made if it is not there.
        targets: what stances are towards: names, or a Codebook; an empty Codebook leaves it to
            the engine to propose them.
        progress: is told about once a second how far the run is.
        stop: asked about once a second whether the run is to end in order.
        on_guess: is told what was guessed about a file, one sentence at a time.
        settings: ready-made settings; else those of the environment and the settings files.
        options: by name, which articles (`Selection`: columns, encoding, max_articles, sample,
            seed, retry_failed, only_changed), how fast and for how much (`RunOptions`: concurrency,
            requests_per_minute, tokens_per_minute, max_cost, by_batch_api, queued_tokens,
            cluster), and single settings, as `engine="embedded"` or `model="gpt-5-mini"`.

    Raises:
        AttributorError: see `attributor.errors`; what was annotated until then is kept.
    """
    selection = Selection(_listed(sources), **_taken(options, Selection))
    run_options = RunOptions(**_taken(options, RunOptions))
    for source in selection.sources:
        check(source)
    annotator = annotator_for(targets, None, settings, options, "annotate_archive", _ARGUMENTS)
    return run_archive(
        annotator, store, selection, run_options, watch=progress, on_guess=on_guess, stop=stop
    )


_ARGUMENTS = (
    *("sources", "store", "targets", "progress", "stop", "on_guess", "settings"),
    *(
        each.name
        for kind in (Selection, RunOptions)
        for each in fields(kind)
        if each.name != "sources"
    ),
)


def _listed(sources: str | Path | Sequence[str | Path]) -> tuple[str, ...]:
    return (str(sources),) if isinstance(sources, str | Path) else tuple(map(str, sources))


def _taken(options: dict[str, Any], kind: type[Selection | RunOptions]) -> dict[str, Any]:
    """Those of the options that are fields of `kind`, taken out of them."""
    names = {each.name for each in fields(kind)} & options.keys()
    return {name: options.pop(name) for name in names}
