"""Puts a run together from its settings: its maker with its desk, budget and limits."""

from __future__ import annotations

import os
from collections.abc import Callable

from attributor.archive.asking.budget import Budget
from attributor.archive.asking.ledger import Desk, Ledger
from attributor.archive.asking.limits import Limits
from attributor.archive.run_options import (
    ARTICLES_WAITING_AT_ONCE,
    CALLS_AT_ONCE,
    EXTRA_ARTICLES_PER_CALL,
    RunOptions,
)
from attributor.archive.stopping import Stop
from attributor.archive.storing.open_requests import open_requests
from attributor.archive.storing.store import Store
from attributor.archive.working.makers import EmbeddedMaker, Maker, ModelMaker
from attributor.archive.working.processes import Beginning, Workers
from attributor.archive.working.step_places import Stepping, StepPlaces
from attributor.errors import UsageError, counted
from attributor.pipeline import Annotator
from attributor.prompting import prices
from attributor.settings import OPENAI_URL

MakerFactory = Callable[[Store, int, Stop], Maker]
"""Makes the maker of a run, given its store, its row in `runs`, and what may end it."""


def maker_factory(annotator: Annotator, run_options: RunOptions) -> MakerFactory:
    """A factory of the maker that these settings ask for. Processes are forked before it returns.

    So call this before a store is opened: a fork must not have its file open.

    Raises:
        UsageError: they contradict each other.
    """
    if run_options.cluster and run_options.by_batch_api:
        raise UsageError("The Batch API needs no cluster: leave one of --via and --cluster away.")
    if run_options.cluster:
        return lambda store, run, stop: _on_cluster(annotator, run_options, store, run, stop)
    if not annotator.engine.asks:
        if run_options.by_batch_api:
            raise UsageError(
                "The embedded engine asks nobody: leave --via away, or name a model's server."
            )
        processes = run_options.concurrency or os.cpu_count() or 1
        workers = Workers(Beginning(annotator), processes)
        return lambda store, run, stop: EmbeddedMaker(workers, processes)
    places = Stepping(annotator)
    if run_options.by_batch_api:
        return lambda store, run, stop: _by_batch_api(
            annotator, run_options, places, store, run, stop
        )
    return lambda store, run, stop: _by_calls(annotator, run_options, places, store, run, stop)


def _by_calls(
    annotator: Annotator,
    run_options: RunOptions,
    places: StepPlaces,
    store: Store,
    run: int,
    stop: Stop,
) -> ModelMaker:
    _refuse_open_submissions(store)
    at_once = run_options.concurrency or CALLS_AT_ONCE
    rates = (run_options.requests_per_minute, run_options.tokens_per_minute)
    waits = run_options.retry_waits
    limits = Limits(at_once, *rates, sleep=stop.sleep, check=stop.check, waits=waits)
    asker = annotator.asker(limits, stop.sleep, waits)
    budget = _budget(annotator, run_options, store, stop)
    desk = Desk(asker, Ledger(store, run), budget, stop)
    return ModelMaker(places, desk, store, stop, at_once + int(EXTRA_ARTICLES_PER_CALL * at_once))


def _on_cluster(
    annotator: Annotator, run_options: RunOptions, store: Store, run: int, stop: Stop
) -> Maker:
    from attributor.archive.cluster.driver import cluster_of
    from attributor.archive.cluster.tasks import AskingMaker, Buyers, ReadingMaker

    cluster = cluster_of(annotator, run_options, stop)
    if not annotator.engine.asks:
        return ReadingMaker(cluster)
    _refuse_open_submissions(store)
    budget = _budget(annotator, run_options, store, stop)
    desk = Desk(Buyers(cluster, stop), Ledger(store, run), budget, stop)
    return AskingMaker(desk, store, stop, cluster)


def _refuse_open_submissions(store: Store) -> None:
    files, requests = open_requests(store)
    if requests:
        raise UsageError(
            f"The Batch API has {counted(requests, 'request')} of this store in "
            f"{counted(files, 'file')}: take "
            "their answers in with --via batch-api first, so that none is paid twice."
        )


def _by_batch_api(
    annotator: Annotator,
    run_options: RunOptions,
    places: StepPlaces,
    store: Store,
    run: int,
    stop: Stop,
) -> ModelMaker:
    from attributor.archive.batch_api.desk import BatchDesk
    from attributor.archive.batch_api.tuning import Tuning
    from attributor.prompting.batch_api import BatchApi

    tuning = run_options.batch_api or Tuning()
    asker = annotator.asker(sleep=stop.sleep, waits=run_options.retry_waits)
    ledger = Ledger(store, run)
    budget = _budget(annotator, run_options, store, stop, prices.BATCH_API_SHARE)
    desk = BatchDesk(
        BatchApi(asker, tuning.kept_seconds),
        store,
        ledger,
        run,
        budget,
        stop,
        queued_tokens=run_options.queued_tokens,
        attempts=annotator.settings.attempts,
        first=Desk(asker, ledger, budget, stop) if run_options.first_at_once else None,
        tuning=tuning,
    )
    at_once = run_options.concurrency or ARTICLES_WAITING_AT_ONCE
    return ModelMaker(places, desk, store, stop, at_once)


def _budget(
    annotator: Annotator, run_options: RunOptions, store: Store, stop: Stop, factor: float = 1.0
) -> Budget:
    settings = annotator.settings
    spent, dearest = store.execute(
        "SELECT COALESCE(SUM(cost_usd), 0), COALESCE(MAX(cost_usd), 0) FROM ledger"
    ).fetchone()
    url = settings.base_url or OPENAI_URL
    return Budget(
        settings.model, url, run_options.max_cost, stop, spent=spent, dearest=dearest, factor=factor
    )
