"""`attributor batch` beside the bare openai client and langextract, on a server that takes 200 ms.

    python benchmarks/archive_client.py [--concurrency 32 256] [--articles N] [--rounds N]
                                        [--peers-venv DIR]

The articles are PolNeAR's train and dev and the German train in `../shared/gold`, in this order,
where that exists, else the English fixtures, repeated with a number. The server, a process of its
own on this machine, answers each request after the same time with what gold says, so that quotes
are grounded. Passes take turns:

- `attributor batch` into a store on disk: reading, marking, ledger, grounding, speakers, rows;
- the openai client alone in an asyncio loop with a semaphore, over the very same request bodies,
  whose answers it throws away (the server says if it sees a body that the batch did not send);
- langextract over some of the articles (`--peers-articles`), with as many workers and batches of as
  many chunks, in an environment of its own: `--peers-venv DIR` makes it there if it is not there.

Seconds are from the first to the last step of a pass in a process that has imported what it needs,
the processor's time is that of all its processes.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import subprocess
import sys
import tempfile
import urllib.request
import venv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from asking_passes import MODEL
from ceiling import answer_of
from measuring import ROOT, machine, ratio, show, taking_turns
from scoring import DEV, GOLD, TRAIN

from attributor.evaluation.gold import GoldArticle, read_gold
from attributor.marking import mark
from attributor.pipeline import Annotator
from attributor.prompting import Answer
from attributor.prompting.windows import cut
from attributor.settings import Settings

HERE = Path(__file__).parent
DELAY = 0.2
"""Seconds that an answer takes."""
CPU = ("CPU ms/request", "of its first process", "of the server")
AIMS = {32: 0.9, 256: 0.6}
"""Share of the bare client's speed, by calls at once."""


@dataclass
class Pass:
    """What one pass took, and what the server counted of it."""

    articles: int
    seconds: float
    cpu: float
    own: float
    requests: int
    server_cpu: float

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds

    @property
    def load(self) -> float:
        """Share of the machine's processors that it and the server kept busy."""
        return (self.cpu + self.server_cpu) / self.seconds / (os.cpu_count() or 1)


@dataclass
class Prepared:
    """What all passes need: files in a folder, and the server's address."""

    folder: Path
    url: str
    articles: int
    peers_articles: int
    peers_python: Path | None

    def tasks(self, at_once: int) -> dict[str, Callable[[], Pass]]:
        """The passes with so many calls at once."""
        run, here = partial(self._pass, at_once), Path(sys.executable)
        tasks: dict[str, Callable[[], Pass]] = {
            "attributor batch": partial(run, here, "batch", "articles.jsonl", self.articles),
            "the openai client": partial(run, here, "bare", "requests.jsonl", self.articles),
        }
        if self.peers_python:
            tasks["langextract"] = partial(
                run, self.peers_python, "langextract", "some.jsonl", self.peers_articles
            )
        return tasks

    def _pass(self, at_once: int, python: Path, name: str, file: str, articles: int) -> Pass:
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            command = [str(python), str(HERE / "asking_passes.py"), name, f"{self.url}/v1"]
            command += [str(at_once), str(self.folder / file), str(Path(folder, "a.db"))]
            self.books()
            done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"{name} failed:\n{done.stderr[-2000:]}")
        told, counted = json.loads(done.stdout.splitlines()[-1]), self.books()
        if name == "bare" and counted["unknown"]:
            raise SystemExit(f"{counted['unknown']} requests were not those of the batch.")
        return Pass(
            articles,
            told["seconds"],
            told["cpu"],
            told["own"],
            counted["asked"],
            counted["cpu"],
        )

    def books(self) -> dict[str, Any]:
        """What the server counted since the last time."""
        with urllib.request.urlopen(self.url) as response:
            told: dict[str, Any] = json.load(response)
        return told


def main() -> None:
    given = _arguments()
    python = _peers(given.peers_venv) if given.peers_venv else None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        gold = _prepare(folder, given.articles, given.peers_articles)
        sizes = [len(each.text) for each in gold]
        print(
            f"{machine()}; {len(gold):,} articles, {median(sizes):,.0f} characters each (median); "
            f"{given.rounds} rounds"
        )
        with _server(folder / "answers.json") as url:
            prepared = Prepared(folder, url, len(gold), given.peers_articles, python)
            for at_once in given.concurrency:
                _judge(at_once, taking_turns(prepared.tasks(at_once), given.rounds))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--concurrency", type=int, nargs="+", default=sorted(AIMS))
    parser.add_argument("--articles", type=int, default=1600)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peers-articles", type=int, default=80)
    parser.add_argument("--peers-venv", type=Path)
    return parser.parse_args()


def _judge(at_once: int, passes: dict[str, list[Pass]]) -> None:
    print(f"\n{at_once} calls at once\n")
    show(
        ("pass", "requests", "seconds", "requests/s", "articles/s", *CPU),
        [[name, *_cells(of_rounds)] for name, of_rounds in passes.items()],
    )
    ours, bare, *others = passes.values()
    share = ratio([each.rate for each in ours], [each.rate for each in bare])
    aim = f" (aim: {AIMS[at_once]:.0%})" if at_once in AIMS else ""
    print(f"\nThe batch reaches {share:.0%} of the openai client's speed{aim}.")
    busy = ratio([p.cpu / p.requests for p in ours], [p.cpu / p.requests for p in bare])
    full = median(each.load for each in ours)
    print(
        f"A request takes it {busy:.1f} times as much of the processors' time; it and the server "
        f"keep them {full:.0%} busy."
    )
    for other in others:
        of_ours, of_other = ([p.articles / p.seconds for p in each] for each in (ours, other))
        print(f"It takes {ratio(of_ours, of_other):.1f} times as many articles as langextract.")


def _cells(passes: list[Pass]) -> Iterator[str]:
    yield f"{passes[0].requests:,}"
    yield f"{median(p.seconds for p in passes):.1f}"
    yield f"{median(p.rate for p in passes):.0f}"
    yield f"{median(p.articles / p.seconds for p in passes):.1f}"
    yield f"{1000 * median(p.cpu / p.requests for p in passes):.1f}"
    yield f"{1000 * median(p.own / p.requests for p in passes):.1f}"
    yield f"{1000 * median(p.server_cpu / p.requests for p in passes):.2f}"


def _gold() -> Iterator[GoldArticle]:
    if TRAIN.exists():
        yield from read_gold(str(TRAIN), str(DEV), str(GOLD / "german-train.jsonl"))
        return
    fixtures = read_gold(*map(str, sorted((ROOT / "fixtures" / "gold").glob("*.jsonl"))))
    for number in itertools.count(1):
        for each in fixtures:
            yield each.model_copy(update={"text": f"{each.text}\n\nNo. {number}."})


def _prepare(folder: Path, count: int, some: int) -> list[GoldArticle]:
    """Write the articles, the requests that they lead to, and the server's answers.

    Articles of whose gold nothing is grounded are left out: the batch would not annotate them.
    """
    annotator = Annotator(Settings(engine="openai", model=MODEL, base_url="http://127.0.0.1/v1"))
    answers: dict[str, str] = {}
    requests: list[str] = []
    gold: list[GoldArticle] = []
    for each in _gold():
        asked = _asked(annotator, each, answers)
        if asked:
            gold.append(each)
            requests += map(json.dumps, asked)
        if len(gold) == count:
            break
    articles = [json.dumps({"id": each.id, "text": each.text}) for each in gold]
    quotes = [quote for each in gold[:some] for quote in _quotes(each)]
    told = {"delay": DELAY, "answers": answers, "quotes": quotes}
    (folder / "articles.jsonl").write_text("\n".join(articles), encoding="utf-8")
    (folder / "some.jsonl").write_text("\n".join(articles[:some]), encoding="utf-8")
    (folder / "requests.jsonl").write_text("\n".join(requests), encoding="utf-8")
    (folder / "answers.json").write_text(json.dumps(told), encoding="utf-8")
    return gold


def _asked(
    annotator: Annotator, gold: GoldArticle, answers: dict[str, str]
) -> list[dict[str, Any]]:
    """The bodies of all requests about an article; its answers are added to `answers`."""
    dialogue, windows = annotator.conversation(gold.article), cut(mark(gold.article))
    bodies = []
    while requests := dialogue.requests():
        for request in requests:
            asked = request.purpose == "attribute"
            quotes = list(answer_of(gold, windows[request.part], True)) if asked else []
            text = json.dumps({"quotes": quotes, "not_speech": []})
            answers[request.messages[-1].content] = text
            bodies.append(annotator.asker().body(request))
            dialogue.take(request, Answer(text))
    return bodies if dialogue.result and dialogue.result.quotes else []


def _quotes(gold: GoldArticle) -> Iterator[dict[str, Any]]:
    """The quotes as langextract is to give them."""
    for quote in gold.quotes:
        start, end = quote.content[0]
        about = {
            "cue": " ".join(gold.text[s:e] for s, e in quote.cue),
            "mention": " ".join(gold.text[s:e] for s, e in quote.mention),
            "name": quote.name or "",
        }
        yield {"words": gold.text[start:end], "about": about}


@contextmanager
def _server(answers: Path) -> Iterator[str]:
    command = [sys.executable, str(HERE / "answering.py"), str(answers)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.terminate()


def _peers(folder: Path) -> Path:
    """The Python of the environment that langextract is in."""
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        needed = str(HERE / "requirements-llm-peers.txt")
        subprocess.run([str(python), "-m", "pip", "install", "-q", "-r", needed], check=True)
    return python


if __name__ == "__main__":
    main()
