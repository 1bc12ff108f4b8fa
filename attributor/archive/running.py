"""A run over an archive from its beginning to its end: what the command line and Python both call.

sources -> entries -> BatchRun -> store; a signal, or whoever calls, may end it in order
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Sequence
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
from attributor.archive.storing.store import Store
from attributor.archive.wiring import maker
from attributor.event_loops import run_coroutine
from attributor.pipeline import Annotator, annotator_for
from attributor.reading.archives import check, entries
from attributor.records import Codebook
from attributor.settings import Settings

Watch = Callable[[Progress], None]
"""Is told about once a second how far a run is, in the run's own thread."""

INTERRUPTED = 130
"""Exit code of a run that its caller has ended, as after Ctrl-C."""
BY_THE_CALLER = "Ended by its caller. To go on, annotate the same archive again."


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
    def of(cls, work: BatchRun) -> Outcome:
        """The outcome of a batch that has come to its end."""
        stop, number = work.stop, work.in_quarantine
        why = work.last_reason if number else ""
        return cls(
            stop.state, stop.reason, work.exit_code, work.tally, number, work.retried_anyway, why
        )


def run_archive(
    annotator: Annotator,
    store: str | Path,
    options: Selection,
    speed: RunOptions,
    *,
    watch: Watch = lambda tally: None,
    on_guess: Callable[[str], None] = lambda sentence: None,
    on_signal: Callable[[BatchRun], None] | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Outcome:
    """Annotate what the store does not have yet.

    Args:
        annotator: who reads the articles.
        store: path of the store; it is made if it is not there.
        options: which articles.
        speed: how fast, how, and for how much.
        watch: is told how far the run is.
        on_guess: is told what was guessed about a file, one sentence at a time.
        on_signal: has a first signal (Ctrl-C, SIGTERM, the terminal is closed) end the run in
            order and is told of it; a second one ends it at once. None leaves signals alone.
        stop: asked about once a second whether the run shall end in order.

    Raises:
        AttributorError: see docs/archive.md for each; what was annotated until then is kept.
    """
    made, recipe = maker(annotator, speed), Recipe.of(annotator)  # no store is open yet

    async def run() -> Outcome:
        with Store.open(store) as opened:

            def look(tally: Progress) -> None:
                if stop():
                    work.stop.ask("interrupted", BY_THE_CALLER, INTERRUPTED)
                watch(tally)

            work = BatchRun(opened, recipe, options, made, look)
            return await _to_its_end(work, options, on_guess, on_signal)

    return run_coroutine(run())


async def _to_its_end(
    work: BatchRun,
    options: Selection,
    on_guess: Callable[[str], None],
    on_signal: Callable[[BatchRun], None] | None,
) -> Outcome:
    heard = listen(work.stop, lambda: on_signal(work)) if on_signal else []
    found = entries(options.sources, options.columns, on_guess=on_guess, encoding=options.encoding)
    found = until(work.stop, found)
    if options.sample:
        found = sampled(found, options.sample, options.seed)
    try:
        await work.run(found)
    except asyncio.CancelledError:
        if on_signal is None:
            raise
        number = heard[-1] if heard else signal.SIGINT
        return replace(Outcome.of(work), exit_code=128 + number, at_once=True)
    return Outcome.of(work)


def annotate_archive(
    sources: str | Path | Sequence[str | Path],
    store: str | Path,
    *,
    targets: Codebook | Sequence[str] = (),
    progress: Watch = lambda tally: None,
    stop: Callable[[], bool] = lambda: False,
    on_guess: Callable[[str], None] = lambda sentence: None,
    settings: Settings | None = None,
    **options: Any,
) -> Outcome:
    """Annotate every article of an archive into a store, each once; `attributor batch` in Python.

    What the store has is not asked again: call it again to go on after whatever ended it.

    Args:
        sources: files, folders and patterns.
        store: path of the store; it is made if it is not there.
        targets: what stances are towards: names, or a Codebook; an empty Codebook leaves it to
            the engine to propose them.
        progress: is told about once a second how far the run is.
        stop: asked about once a second whether the run shall end in order.
        on_guess: is told what was guessed about a file, one sentence at a time.
        settings: ready-made settings; else those of the environment and the settings files.
        options: by name, which articles (`Selection`: columns, encoding, max_articles, sample,
            seed, retry_failed, only_changed), how fast and for how much (`RunOptions`: concurrency,
            requests_per_minute, tokens_per_minute, max_cost, by_batch_api, queued_tokens,
            cluster), and single settings, as `engine="embedded"` or `model="gpt-5-mini"`.

    Raises:
        AttributorError: see `attributor.errors`; what was annotated until then is kept.
    """
    wanted = Selection(_listed(sources), **_taken(options, Selection))
    speed = RunOptions(**_taken(options, RunOptions))
    for source in wanted.sources:
        check(source)
    annotator = annotator_for(targets, None, settings, options, "annotate_archive", _ARGUMENTS)
    return run_archive(
        annotator, store, wanted, speed, watch=progress, on_guess=on_guess, stop=stop
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
