"""What a model adds to the embedded engine, in each way of asking it, and what others make of it.

    python benchmarks/prompts.py --answers DIR --model NAME [--base-url URL]
        [--sets short dev modern] [--rows review doubts …] [--peer langextract=FILE …]

Sets are `short` (the seeds and the dev articles of at most 350 words, for a small model), `dev`
(the dev articles of 250 to 745 words) and `modern` (the English articles of modern-dev). Rows:

embedded  nobody is asked;
review    the model is asked what has to change in the embedded engine's draft (--ask all);
doubts    so too, where the draft is in doubt (--ask doubts);
no draft  the model is asked for everything (--no-draft).

Every answer is kept in DIR, so a run goes on where it stopped; without --base-url nothing is asked
and what is kept is measured. An article without an answer is lost, and counts as if nothing were
found in it. FILE is what benchmarks/llm_peers.py made with the same model; it is measured on the
articles that it has, beside the first row on the same ones.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from asking import Kept, Run, answered, articles, lead
from measuring import show
from scoring import DEV, GOLD, embedded

from attributor.engines import Conversation
from attributor.evaluation.gold import GoldArticle, read_gold
from attributor.evaluation.matching import compare
from attributor.evaluation.names import WAYS
from attributor.evaluation.predictions import read_predictions
from attributor.evaluation.scores import figures, intervals
from attributor.pipeline import Annotator, annotating
from attributor.records import Usage
from attributor.settings import Settings

WORDS = (250, 745)
"""Dev articles with so many words are asked about: forty."""
SETTINGS: dict[str, dict[str, Any]] = {
    "review": {"ask": "all"},
    "doubts": {"ask": "doubts"},
    "no draft": {"draft": False},
}
"""The settings of each row of ours."""
HEADS = (
    *("", "F1", "F1_found", "P", "R", "exact", "misnamed", *(f"by {way}" for way in WAYS[:3])),
    *("asked", "requests", "prompt tokens", "output tokens", "lost", "altered"),
)


def main() -> None:
    given = _arguments()
    kept = Kept(given.answers, given.model, given.base_url)
    for name in given.sets:
        gold = SETS[name]()
        quotes = sum(bool(q.speech_cue) for each in gold for q in each.quotes)
        print(f"\n{name}: {len(gold)} articles, {quotes} quotes of speech\n")
        runs = [_embedded(gold), *(asyncio.run(_asked(row, kept, gold)) for row in given.rows)]
        show(HEADS, [_cells(run) for run in runs])
        print("\nThe lead over embedded in F1, and its middle 95 % over samples:\n")
        show(("", "F1"), [[run.name, lead(run, runs[0])] for run in runs[1:]])
        for peer in given.peer:
            name_of_peer, _, path = peer.partition("=")
            _beside(name_of_peer, path, gold, runs)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--answers", type=Path, required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--base-url")
    parser.add_argument("--sets", nargs="+", choices=SETS, default=["short"])
    parser.add_argument("--rows", nargs="+", choices=SETTINGS, default=["review", "doubts"])
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=FILE")
    return parser.parse_args()


def _dev() -> list[GoldArticle]:
    least, most = WORDS
    return [each for each in read_gold(str(DEV)) if least <= len(each.text.split()) <= most]


def _modern() -> list[GoldArticle]:
    return [each for each in read_gold(str(GOLD / "modern-dev.jsonl")) if each.lang == "en"]


SETS = {"short": articles, "dev": _dev, "modern": _modern}
"""What each set's articles are."""


def _embedded(gold: Sequence[GoldArticle]) -> Run:
    run = Run("embedded")
    for each in gold:
        run.add(each, embedded(each.article))
    return run


async def _asked(row: str, kept: Kept, gold: Sequence[GoldArticle]) -> Run:
    """Our dialogue about each article."""
    run = Run(row)
    settings = Settings(engine="openai", model=kept.model, base_url="http://127.0.0.1/v1")
    engine = Annotator(settings.model_copy(update=SETTINGS[row])).engine
    for each in gold:
        conversation = Conversation(annotating(engine, each.article, language=each.lang))
        run.asked += bool(conversation.requests())
        run.add(each, await answered(conversation, kept))
    return run


def _beside(name: str, path: str, gold: Sequence[GoldArticle], runs: Sequence[Run]) -> None:
    """Another program's row, and ours on the same articles."""
    predictions, theirs = read_predictions(path), Run(name)
    lines = map(json.loads, Path(path).read_text(encoding="utf-8").splitlines())
    for line in (line for line in lines if line["id"] in {each.id for each in gold}):
        theirs.altered += line["altered"]
        theirs.lost += line["failed"] is not None
        theirs.asked += 1
        keys = ("requests", "input_tokens", "output_tokens")
        theirs.usage += Usage(**{key: line[key] for key in keys})
    same = [each for each in gold if each.id in predictions]
    theirs.comparisons = [compare(each, predictions.get(each.id)) for each in same]
    ids = {each.id for each in same}
    print(f"\nOn the {len(same)} articles that {name} was asked about:\n")
    show(HEADS, [_cells(run) for run in (theirs, *(run.only(ids) for run in runs))])


def _cells(run: Run) -> list[str]:
    """The run's cells, in the order of HEADS."""
    counts = run.counts()
    found, around = figures(sum(counts, Counter())), intervals(counts)
    cells = [
        f"{found[n, 'all']:.1f} ({around[n, 'all'][0]:.1f}–{around[n, 'all'][1]:.1f})"
        for n in ("F1", "F1_found")
    ]
    cells += [f"{found[n, 'all'] or 0.0:.1f}" for n in ("P", "R", "exact", "misnamed")]
    cells += [f"{found['misnamed', way] or 0.0:.1f}" for way in WAYS[:3]]
    numbers = (run.asked, run.usage.requests, run.usage.input_tokens, run.usage.output_tokens)
    return [run.name, *cells, *(f"{n:,}" for n in numbers), str(run.lost), str(run.altered)]


if __name__ == "__main__":
    main()
