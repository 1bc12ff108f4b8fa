"""Who makes the annotations of a batch, by its settings."""

from __future__ import annotations

import os
from collections.abc import Callable

from attributor.archive.asking.budget import Budget
from attributor.archive.asking.ledger import Desk, Ledger
from attributor.archive.asking.limits import Limits
from attributor.archive.batch_api import submissions
from attributor.archive.run_options import AHEAD, CALLS_AT_ONCE, WAITING_AT_ONCE, RunOptions
from attributor.archive.stopping import Stop
from attributor.archive.storing.store import Store
from attributor.archive.working.makers import EmbeddedMaker, Maker, ModelMaker
from attributor.archive.working.processes import Beginning, Workers
from attributor.archive.working.step_places import Stepping, StepPlaces
from attributor.errors import UsageError, counted
from attributor.pipeline import Annotator
from attributor.prompting import prices
from attributor.settings import OPENAI_URL

Made = Callable[[Store, int, Stop], Maker]
"""Makes the maker for a run: its store, its row in `runs`, what ends it."""


def maker(annotator: Annotator, speed: RunOptions) -> Made:
    """Who makes annotations by these settings. Processes are begun before a store is open.

    Raises:
        UsageError: they contradict each other.
    """
    if speed.cluster and speed.by_batch_api:
        raise UsageError("The Batch API needs no cluster: leave one of --via and --cluster away.")
    if speed.cluster:
        return lambda store, run, stop: _on_cluster(annotator, speed, store, run, stop)
    if not annotator.engine.asks:
        if speed.by_batch_api:
            raise UsageError(
                "The embedded engine asks nobody: leave --via away, or name a model's server."
            )
        processes = speed.concurrency or os.cpu_count() or 1
        workers = Workers(Beginning(annotator), processes)
        return lambda store, run, stop: EmbeddedMaker(workers, processes)
    places = Stepping(annotator)
    if speed.by_batch_api:
        return lambda store, run, stop: _much_later(annotator, speed, places, store, run, stop)
    return lambda store, run, stop: _at_once(annotator, speed, places, store, run, stop)


def _at_once(
    annotator: Annotator, speed: RunOptions, places: StepPlaces, store: Store, run: int, stop: Stop
) -> ModelMaker:
    _refuse_what_is_out(store)
    at_once = speed.concurrency or CALLS_AT_ONCE
    rates = (speed.requests_per_minute, speed.tokens_per_minute)
    asker = annotator.asker(Limits(at_once, *rates, sleep=stop.sleep, check=stop.check), stop.sleep)
    budget = _budget(annotator, speed, store, stop)
    desk = Desk(asker, Ledger(store, run), budget, stop)
    return ModelMaker(places, desk, store, stop, at_once + int(AHEAD * at_once))


def _on_cluster(
    annotator: Annotator, speed: RunOptions, store: Store, run: int, stop: Stop
) -> Maker:
    from attributor.archive.cluster import tasks as sharing
    from attributor.archive.cluster.driver import cluster_of

    cluster = cluster_of(annotator, speed, stop)
    if not annotator.engine.asks:
        return sharing.ReadingMaker(cluster)
    _refuse_what_is_out(store)
    budget = _budget(annotator, speed, store, stop)
    desk = Desk(sharing.Buyers(cluster, stop), Ledger(store, run), budget, stop)
    return sharing.AskingMaker(desk, store, stop, cluster)


def _refuse_what_is_out(store: Store) -> None:
    files, requests = submissions.counts(store)
    if requests:
        raise UsageError(
            f"The Batch API has {counted(requests, 'request')} of this store in "
            f"{counted(files, 'file')}: take "
            "their answers in with --via batch-api first, so that none is paid twice."
        )


def _much_later(
    annotator: Annotator, speed: RunOptions, places: StepPlaces, store: Store, run: int, stop: Stop
) -> ModelMaker:
    from attributor.archive.batch_api.desk import BatchDesk
    from attributor.prompting.batch_api import BatchApi

    asker, ledger = annotator.asker(sleep=stop.sleep), Ledger(store, run)
    budget = _budget(annotator, speed, store, stop, prices.BATCH_API_SHARE)
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
        tuning=speed.batch_api,
    )
    at_once = speed.concurrency or WAITING_AT_ONCE
    return ModelMaker(places, desk, store, stop, at_once)


def _budget(
    annotator: Annotator, speed: RunOptions, store: Store, stop: Stop, factor: float = 1.0
) -> Budget:
    settings = annotator.settings
    spent, dearest = store.execute(
        "SELECT COALESCE(SUM(cost_usd), 0), COALESCE(MAX(cost_usd), 0) FROM ledger"
    ).fetchone()
    url = settings.base_url or OPENAI_URL
    return Budget(
        settings.model, url, speed.max_cost, stop, spent=spent, dearest=dearest, factor=factor
    )
