"""Batches in this process: articles, a real store, a real server, no waiting."""

from __future__ import annotations

import asyncio
import json
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
from attributor.prompting import Answer
from attributor.reading.archives import Entry, entries
from attributor.records import Codebook, Target
from attributor.settings import Settings
from support.batch_api_server import Bureau
from support.chat_server import Shop

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


def text_of(number: int, *, speaker: str = "Ana Petric") -> str:
    """An article with one quote that nobody else has."""
    return f"Bridge {number} will stay.\n\n“We keep bridge {number} open,” said {speaker}.\n"


def archive(path: Path, numbers: range, **fields: str) -> Path:
    """A JSONL file of articles."""
    lines = [json.dumps({"id": f"a{n}", "text": text_of(n)} | fields) for n in numbers]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def quoting() -> Answer:
    quote = {"at": "2", "cue": "said", "mention": "Ana Petric", "name": "Ana Petric", "own": True}
    return Answer(json.dumps({"quotes": [quote], "not_speech": []}))
