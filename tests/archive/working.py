"""Batches in this process: a real store, a real server, no waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from attributor.archive.batch_api.tuning import Tuning
from attributor.archive.batch_run import BatchRun, Selection
from attributor.archive.progress import Progress
from attributor.archive.reading_ahead import until
from attributor.archive.recipe import Recipe
from attributor.archive.run_options import RunOptions
from attributor.archive.sampling import sampled
from attributor.archive.stopping import Stop
from attributor.archive.storing.store import Store
from attributor.archive.wiring import maker
from attributor.pipeline import Annotator
from attributor.reading.archives import Entry, entries
from attributor.records import Codebook, Target
from attributor.settings import Settings

from .bureau import Bureau
from .shop import Shop

PRICED = "gpt-5-mini"
HASTY = Tuning(tick=0.001, quiet=0.02, look=0.001, gone_after=0.0)
"""Nobody waits, and what is missing twice in a row is gone."""


def annotator(shop: Shop, *targets: str, **settings: Any) -> Annotator:
    """One that asks the shop."""
    codebook = Codebook(targets=tuple(Target(name=name) for name in targets)) if targets else None
    given = {"engine": "openai", "base_url": shop.url, "model": PRICED} | settings
    return Annotator(Settings(**given), codebook)


@dataclass
class Ended:
    """A batch that has come to its end."""

    tally: Progress
    stop: Stop
    exit_code_at_end: int


def run(
    path: Path,
    who: Annotator,
    *sources: Path | str,
    concurrency: int = 4,
    speed: dict[str, Any] | None = None,
    go: Callable[[BatchRun, Iterator[Entry]], Coroutine[Any, Any, object]] = BatchRun.run,
    **options: Any,
) -> Ended:
    """Run a batch to its end, or as far as `go` goes."""
    with Store.open(path) as store:
        made = maker(who, RunOptions(concurrency=concurrency, **(speed or {})))
        wanted = Selection(tuple(map(str, sources)), **options)
        work = BatchRun(store, Recipe.of(who), wanted, made, lambda tally: None)
        found = until(work.stop, entries(wanted.sources, wanted.columns))
        if wanted.sample:
            found = sampled(found, wanted.sample, wanted.seed)
        asyncio.run(go(work, found))
        return Ended(work.tally, work.stop, work.exit_code)


def go(bureau: Bureau, source: Path, *targets: str, **given: Any) -> Ended:
    """A batch by the Batch API alone into a.db beside the source."""
    speed = {"by_batch_api": True, "first_at_once": False, "batch_api": HASTY} | given.pop(
        "speed", {}
    )
    who = annotator(bureau.shop, *targets)
    given.setdefault("concurrency", 1000)
    return run(source.with_name("a.db"), who, source, speed=speed, **given)


def rows(path: Path, sql: str, *values: object) -> list[tuple[Any, ...]]:
    """What a store answers."""
    with Store.read(path) as store:
        return [tuple(row) for row in store.execute(sql, values)]
