"""How many articles a second the embedded engine annotates on one core, beside two other passes.

    python benchmarks/throughput.py [--rounds N] [--articles FILE.jsonl] [--peers-venv DIR]

The passes take turns over the very same texts: splitting sentences with sentencex and nothing
else; the embedded engine, from text to Annotation, also with its encoder where
packages/attributor-encoder is installed; and, with --peers-venv, textacy's direct
quotations on spaCy's small English model, from text to triples: with the model's pipeline as it
comes, and without its named entities, which these quotations do not need. Nothing is written out.
DIR is made if need be, and benchmarks/requirements-peers.txt is installed there (some 600 MB).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import sentencex
from measuring import FIXTURES, SHARED, Timing, machine, ratio, show, taking_turns, timed

from attributor.assembling import assemble
from attributor.embedded import by_rules as rules
from attributor.embedded.allowance import cues_by_rules
from attributor.embedded.readers import installed
from attributor.engines import Proposed
from attributor.marking import mark
from attributor.pipeline import Annotator
from attributor.records import Annotation, Article, Provenance
from attributor.settings import Settings

HERE = Path(__file__).resolve().parent
SENTENCES, EMBEDDED, RULES = "sentences only", "embedded engine", "its rules alone"
ENCODER = "embedded engine, its encoder"
TEXTACY, TEXTACY_LESS = "textacy", "textacy, no entities"
PEER_BOUND = {EMBEDDED: 5, RULES: 20, ENCODER: 1}
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS"), "1"
)


def main() -> None:
    arguments = _arguments()
    name, articles = _articles(arguments.articles)
    answers: list[dict[str, Any]] = []
    with ExitStack() as stack:
        tasks = {
            SENTENCES: _sentences(articles),
            EMBEDDED: _embedded(articles),
            RULES: _rules(articles),
        }
        if installed() is not None:
            tasks[ENCODER] = _embedded(articles, light=False)
        if arguments.peers_venv:
            python = _peers(arguments.peers_venv.resolve())
            tasks |= stack.enter_context(_textacy(python, articles, answers))
        timings = taking_turns(tasks, arguments.rounds)
    size = sum(len(a.text) for a in articles) / 1e6
    print(f"{machine()}; {arguments.rounds} rounds")
    print(f"{len(articles)} articles of {name}, {size:.2f} MB\n")
    show(
        ("pass", "articles/s", "articles/s of CPU", "ms/article", "time / sentences"),
        [_row(task, timings, len(articles)) for task in tasks],
    )
    if answers:
        _compare(timings, answers[-1], len(articles))
    else:
        print("\ntextacy was not measured: --peers-venv DIR makes it an environment and does.")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--articles", type=Path, help="JSONL with a text a line, in English")
    parser.add_argument("--peers-venv", type=Path, metavar="DIR")
    return parser.parse_args()


def _articles(path: Path | None) -> tuple[str, list[Article]]:
    """Where the articles are from, and they themselves."""
    shared = SHARED / "gold" / "polnear-dev.jsonl"
    path = path or (shared if shared.is_file() else None)
    if path:
        lines = map(json.loads, path.read_text(encoding="utf-8").splitlines())
        return path.name, [Article(id=str(n), text=line["text"]) for n, line in enumerate(lines)]
    english = (
        f for f in sorted(FIXTURES.glob("*.txt")) if not f.name.startswith(("german", "serbian"))
    )
    texts = [file.read_text(encoding="utf-8") for file in english] * 12
    return "fixtures/", [Article(id=str(n), text=text) for n, text in enumerate(texts)]


def _sentences(articles: list[Article]) -> Callable[[], Timing]:
    split: Any = sentencex.get_sentence_boundaries  # type: ignore[attr-defined]
    return lambda: timed(lambda: [split("en", a.text) for a in articles])


def _embedded(articles: list[Article], *, light: bool = True) -> Callable[[], Timing]:
    annotator = Annotator(Settings(engine="embedded", light=light))
    return lambda: timed(lambda: [annotator.annotate_now(a) for a in articles])


def _rules(articles: list[Article]) -> Callable[[], Timing]:
    """The way through the house with rules alone, as for languages that have no weights."""

    def annotate(article: Article) -> Annotation:
        marking = mark(article)
        return assemble(
            marking,
            Proposed(rules.propose(marking, cues_by_rules(marking)), Provenance(name="embedded")),
        )

    return lambda: timed(lambda: [annotate(a) for a in articles])


def _peers(folder: Path) -> Path:
    """The Python of an environment with the peers in it, made if need be."""
    if not folder.exists():
        print(f"Making {folder} …", file=sys.stderr)
        venv.create(folder, with_pip=True)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "-r", str(HERE / "requirements-peers.txt")], check=True)
    return python


@contextmanager
def _textacy(
    python: Path, articles: list[Article], answers: list[dict[str, Any]]
) -> Iterator[dict[str, Callable[[], Timing]]]:
    """Passes in a process of its own, which stays alive between rounds with its model loaded."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "articles.jsonl")
        file.write_text(
            "".join(json.dumps({"text": a.text}) + "\n" for a in articles), encoding="utf-8"
        )
        with subprocess.Popen(
            [str(python), str(HERE / "textacy_quotations.py"), str(file)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | ONE_THREAD,
        ) as process:
            ask, answer = process.stdin, process.stdout
            if ask is None or answer is None:
                raise RuntimeError("the pipes that were asked for are not there")

            def run(without: str) -> Timing:
                ask.write(without + "\n")
                ask.flush()
                answers.append(json.loads(answer.readline()))
                return Timing(answers[-1]["wall"], answers[-1]["cpu"])

            yield {TEXTACY: lambda: run(""), TEXTACY_LESS: lambda: run("ner")}
            ask.close()


def _row(name: str, timings: dict[str, list[Timing]], count: int) -> list[str]:
    walls, cpus = ([t[i] for t in timings[name]] for i in (0, 1))
    floor = [t.cpu for t in timings[SENTENCES]]
    return [
        name,
        f"{count / median(walls):.1f}",
        f"{count / median(cpus):.1f}",
        f"{1000 * median(cpus) / count:.2f}",
        f"{ratio(cpus, floor):.1f}",
    ]


def _compare(timings: dict[str, list[Timing]], answer: dict[str, Any], count: int) -> None:
    print()
    said = {
        EMBEDDED: "The embedded engine is",
        RULES: "Its rules alone are",
        ENCODER: "With its encoder it is",
    }
    for ours, what in ((ours, what) for ours, what in said.items() if ours in timings):
        own = [t.cpu for t in timings[ours]]
        whole, less = (
            ratio([t.cpu for t in timings[name]], own) for name in (TEXTACY, TEXTACY_LESS)
        )
        verdict = "holds" if whole >= PEER_BOUND[ours] else "missed"
        print(
            f"{what} {whole:.1f} x as fast as textacy with the model as it comes (bound "
            f"{PEER_BOUND[ours]}: {verdict}),\nand {less:.1f} x as fast as without named entities, "
            "by CPU time."
        )
    print(
        f"textacy found {answer['quotations']} quotations and raised an exception on "
        f"{answer['raised']} of {count} articles;\nloading its model is not counted, its time on "
        "articles that raise is."
    )


if __name__ == "__main__":
    main()
