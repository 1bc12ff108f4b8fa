"""Batches in this process: articles, a real store, a real server, no waiting."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from attributor.archive.batch_api.tuning import Tuning
from attributor.archive.batch_run import BatchRun, Selection
from attributor.archive.progress import Progress
from attributor.archive.run_options import RunOptions
from attributor.archive.running import run_archive
from attributor.archive.stopping import Stop
from attributor.pipeline import Annotator
from attributor.prompting import Answer
from attributor.prompting.retrying import RetryWaits
from attributor.reading.archives import Entry
from attributor.records import Codebook, Target
from attributor.settings import Settings
from support.batch_api_server import Bureau
from support.chat_server import Shop

PRICED = "gpt-5-mini"
NO_WAITS = RetryWaits(first_seconds=0.0, longest_seconds=0.0)
"""Between two attempts nobody waits."""
HASTY = Tuning(round_seconds=0.001, quiet_seconds=0.02, look_seconds=0.001, gone_seconds=0.0)
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
    stops: list[Stop] = []

    async def carry(work: BatchRun, found: Iterator[Entry]) -> None:
        stops.append(work.stop)
        await go(work, found)

    selection = Selection(tuple(map(str, sources)), **options)
    chosen: dict[str, Any] = {"concurrency": concurrency, "retry_waits": NO_WAITS, **(speed or {})}
    outcome = run_archive(who, path, selection, RunOptions(**chosen), carry=carry)
    return Ended(outcome.progress, stops[0], outcome.exit_code)


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
