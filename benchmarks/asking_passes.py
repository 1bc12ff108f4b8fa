"""The passes that benchmarks/archive_client.py compares; each runs in a process of its own.

    python asking_passes.py batch|bare|langextract URL CONCURRENCY FILE [STORE]

FILE holds one article a line, or for `bare` one request. What is imported is imported before the
clock runs. The last line printed is {"seconds", "cpu", "own"}: the processor's time of this process
and of those that it began, and of this process alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import multiprocessing
import resource
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

MODEL = "benchmark"


def batch(url: str, at_once: int, path: Path, store: str) -> Callable[[], None]:
    """`attributor batch`, as it stands."""
    modules = ("openai", "httpx2", "tenacity", "attributor.archive.batch_run", "attributor.views")
    for name in modules:
        import_module(name)
    main = import_module("attributor.cli").main
    sys.argv = ["attributor", "batch", str(path), "--store", store, "--engine", "openai"]
    sys.argv += ["--base-url", url, "--model", MODEL, "--concurrency", str(at_once)]

    def run() -> None:
        try:
            main()
        except SystemExit as end:
            if end.code:
                raise

    return run


def bare(url: str, at_once: int, path: Path, _store: str) -> Callable[[], None]:
    """The client alone, over the same requests."""
    openai = import_module("openai")
    import_module("openai.resources.chat.completions")
    bodies = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

    async def ask_all() -> None:
        client = openai.AsyncOpenAI(base_url=url, api_key="none", max_retries=0, timeout=120)
        slots = asyncio.Semaphore(at_once)

        async def ask(body: dict[str, Any]) -> None:
            async with slots:
                completion = await client.chat.completions.create(**body)
            if not completion.choices[0].message.content:
                raise SystemExit("an answer was empty")

        async with client:
            await asyncio.gather(*map(ask, bodies))

    return lambda: asyncio.run(ask_all())


def langextract(url: str, at_once: int, path: Path, _store: str) -> Callable[[], None]:
    """langextract, with as many workers, and batches of as many chunks, as its manual says."""
    lx, peers = import_module("langextract"), import_module("llm_peers")
    import_module("openai")
    articles = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    documents = [lx.data.Document(text=each["text"], document_id=each["id"]) for each in articles]

    def run() -> None:
        results = lx.extract(
            documents,
            prompt_description=peers.TASK,
            examples=peers.examples(lx),
            config=peers.config(lx, MODEL, url),
            temperature=0.0,
            max_workers=at_once,
            batch_length=at_once,
            show_progress=False,
        )
        found = sum(len(result.extractions or ()) for result in results)
        print(f"langextract: {found} quotes", file=sys.stderr)
        if not found:
            raise SystemExit("langextract found nothing")

    return run


def main() -> None:
    name, url, at_once, path, *store = sys.argv[1:]
    passes = {"batch": batch, "bare": bare, "langextract": langextract}
    work = passes[name](url, int(at_once), Path(path), store[0] if store else "")
    begun, used = time.perf_counter(), _cpu()
    with contextlib.redirect_stdout(sys.stderr):
        work()
    seconds = time.perf_counter() - begun
    for process in multiprocessing.active_children():  # their time counts once they have ended
        process.join()
    own, others = (after - before for after, before in zip(_cpu(), used, strict=True))
    print(json.dumps({"seconds": seconds, "cpu": own + others, "own": own}))


def _cpu() -> tuple[float, float]:
    """Seconds of the processor's time of this process, and of those that it waited for."""
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    own, others = (resource.getrusage(which) for which in whose)
    return own.ru_utime + own.ru_stime, others.ru_utime + others.ru_stime


if __name__ == "__main__":
    main()
