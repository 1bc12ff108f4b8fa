"""How well one model does when it is asked in our way, with and without a repair, and by others.

    python benchmarks/prompts.py --answers DIR --model NAME [--base-url URL]
                                 [--peer langextract=FILE …]

The articles are the seeds and the dev articles of at most 350 words. Every answer is kept in DIR,
so a run goes on where it stopped; without --base-url nothing is asked and what is kept is measured.
FILE is what benchmarks/llm_peers.py made with the same model. "Not in the article" counts quotes
whose words or places are not there, "altered" quotes that were given out in other words than the
article's.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Iterable
from pathlib import Path

from asking import COLUMNS, Kept, Run, answered, articles, by_part, lead, row
from measuring import show

from attributor.engines import Conversation
from attributor.evaluation.gold import GoldArticle
from attributor.evaluation.matching import compare
from attributor.evaluation.predictions import read_predictions
from attributor.grounding import ground
from attributor.marking import Marking, mark
from attributor.messages import Answer, Request
from attributor.pipeline import annotating
from attributor.prompting.answers import AnswerReading, parsed, read_attribution
from attributor.prompting.engine import ModelEngine
from attributor.prompting.prompts import Prompts
from attributor.prompting.windows import cut
from attributor.records import Proposal, Usage
from attributor.settings import Settings

OURS, ONCE = "attributor", "attributor, no repair"


def main() -> None:
    arguments = _arguments()
    kept = Kept(arguments.answers, arguments.model, arguments.base_url)
    gold = articles()
    runs = [asyncio.run(ours(OURS, kept, gold)), asyncio.run(ours(ONCE, kept, gold, repair=False))]
    for peer in arguments.peer:
        name, _, path = peer.partition("=")
        runs.append(theirs(name, Path(path), gold))
    report(runs)


def report(runs: list[Run]) -> None:
    """Print how the runs compare; the first is what the others are compared with."""
    quotes = sum(c["gold", "all"] for c in runs[0].counts())
    print(f"{len(runs[0].comparisons)} articles, {quotes} quotes of speech\n")
    columns = zip(*(row(run) for run in runs), strict=True)
    rows = [[name, *cells] for name, cells in zip(COLUMNS, columns, strict=True)]
    show(("", *(run.name for run in runs)), rows)
    print("\nF1 on the seeds, and on dev:\n")
    show(("", "seeds", "dev"), by_part(runs))
    print(f"\nThe lead of {runs[0].name} in F1, all articles:\n")
    show(("over", "F1"), [[run.name, lead(runs[0], run)] for run in runs[1:]])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--answers", type=Path, required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--base-url")
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=FILE")
    return parser.parse_args()


async def ours(name: str, kept: Kept, gold: Iterable[GoldArticle], *, repair: bool = True) -> Run:
    """Our dialogue about each article."""
    run = Run(name)
    engine = ModelEngine(Settings(model=kept.model), Prompts.load())
    for each in gold:
        marking = mark(each.article)
        watched = Watched(kept, marking, repair)
        conversation = Conversation(annotating(engine, each.article))
        before = kept.seconds
        run.add(each, await answered(conversation, watched))
        run.seconds += kept.seconds - before
        run.proposed += watched.proposed
        run.rejected += watched.rejected
        print(each.id, flush=True)
    return run


class Watched:
    """Counts what the answers propose; without `repair` none is asked for."""

    def __init__(self, kept: Kept, marking: Marking, repair: bool = True) -> None:
        self._kept, self._marking, self._repair = kept, marking, repair
        self.proposed = self.rejected = 0

    async def ask(self, request: Request) -> Answer:
        """The answer to the request."""
        if request.purpose == "repair" and not self._repair:
            return Answer('{"quotes":[],"not_speech":[]}', usage=Usage())
        answer = await self._kept.ask(request)
        window = cut(self._marking)[request.part]
        found = parsed(request, answer, "quotes")
        self.proposed += len(found["quotes"])
        self.rejected += _rejected(read_attribution(found, window, self._marking), self._marking)
        return answer


def _rejected(reading: AnswerReading, marking: Marking) -> int:
    """Quotes with a place or words that the article does not have."""
    nameless = tuple(quote.model_copy(update={"speaker": None}) for quote in reading.quotes)
    rejections = ground(marking, Proposal(quotes=nameless)).rejections
    return len({r.quote for r in rejections if r.part == "piece"}) + sum(
        "there is no segment" in remark.reason for remark in reading.remarks
    )


def theirs(name: str, path: Path, gold: Iterable[GoldArticle]) -> Run:
    """What another program answered, as benchmarks/llm_peers.py wrote it down."""
    predictions, run = read_predictions(str(path)), Run(name)
    for line in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
        run.proposed += line["proposed"]
        run.altered += line["altered"]
        run.lost += line["failed"] is not None
        run.seconds += line["seconds"]
        run.usage += Usage(
            **{key: line[key] for key in ("requests", "input_tokens", "output_tokens")}
        )
    run.comparisons = [compare(each, predictions.get(each.id)) for each in gold]
    return run


if __name__ == "__main__":
    main()
