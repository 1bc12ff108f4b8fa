"""How right a model could be at best: gold written as the answers of a model that errs nowhere.

    python benchmarks/ceiling.py

What such a model loses is lost by the form of the answers, or by what is done with them: how the
article is cut into segments, how words are looked up, which sources are believed. Once the places
come with words where a quote begins or ends inside a segment, and once with numbers alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from measuring import show
from scoring import SETS, shown

from attributor.engines import Conversation
from attributor.evaluation.gold import GoldArticle, GoldQuote, read_gold
from attributor.evaluation.matching import Comparison, compare
from attributor.evaluation.predictions import Prediction
from attributor.evaluation.scores import Evaluation
from attributor.marking import mark
from attributor.messages import Answer
from attributor.pipeline import annotating
from attributor.prompting.engine import ModelEngine
from attributor.prompting.prompts import Prompts
from attributor.prompting.windows import Window, cut
from attributor.records import Usage
from attributor.settings import Settings

FIGURES = ("P", "R", "F1", "F1_found", "found", "exact", "speaker", "name")
WORDS = 3
"""How many words an edge is given by."""


def main() -> None:
    rows = []
    for name, paths in SETS.items():
        articles = read_gold(*map(str, paths))
        for words in (True, False):
            evaluation = Evaluation([compared(gold, words) for gold in articles])
            places = "numbers and words" if words else "numbers alone"
            rows.append([f"{name}: {places}", *(shown(evaluation, figure) for figure in FIGURES)])
    show(("", *FIGURES), rows)


def compared(gold: GoldArticle, words: bool) -> Comparison:
    """The article's gold, beside what comes of it as answers."""
    marking = mark(gold.article)
    windows = cut(marking)
    engine = ModelEngine(Settings(model="gold"), Prompts.load())
    dialogue = Conversation(annotating(engine, gold.article))
    while requests := dialogue.requests():
        request = requests[0]
        asked = request.purpose == "attribute"
        quotes = list(answer_of(gold, windows[request.part], words)) if asked else []
        text = json.dumps({"quotes": quotes, "not_speech": []})
        dialogue.take(request, Answer(text, usage=Usage()))
    annotation = dialogue.result
    return compare(gold, Prediction.of(annotation) if annotation else None)


def answer_of(gold: GoldArticle, window: Window, words: bool) -> Iterator[dict[str, Any]]:
    """The gold of a window as the quotes of an answer."""
    for quote in gold.quotes:
        for start, end in quote.content if quote.speech_cue else ():
            place = _place(gold.text, start, end, window, words)
            if place:
                yield {"at": place, **_source(gold.text, quote)}


def _place(text: str, start: int, end: int, window: Window, words: bool) -> str:
    """The numbers of the segments that hold `start:end`, with words where it cuts one."""
    numbers = [
        number
        for number, segment in enumerate(window.segments, 1)
        if _letters(text, max(start, segment.start), min(end, segment.end))
    ]
    if not numbers:
        return ""
    first, last = window.segments[numbers[0] - 1], window.segments[numbers[-1] - 1]
    opening = text[start : min(end, first.end)].split()[:WORDS]
    closing = text[max(start, last.start) : end].split()[-WORDS:]
    opens = words and _letters(text, first.start, start)
    closes = words and _letters(text, end, last.end)
    one = numbers[0] == numbers[-1]
    whole = text[start:end].split()
    if one and (opens or closes) and len(whole) <= 2 * WORDS:
        return " ".join([str(numbers[0]), *whole])
    if not opens and not closes:
        return str(numbers[0]) if one else f"{numbers[0]}-{numbers[-1]}"
    head = " ".join([str(numbers[0]), *(opening if opens else ())])
    tail = " ".join([*(() if one else (str(numbers[-1]),)), *(closing if closes else ())])
    return f"{head} … {tail}".strip()


def _letters(text: str, start: int, end: int) -> bool:
    return bool(re.search(r"\w", text[start : max(start, end)]))


def _source(text: str, quote: GoldQuote) -> dict[str, Any]:
    return {
        "cue": _first(text, quote.cue),
        "mention": _first(text, quote.mention),
        "name": quote.name or "",
        "own": quote.kind == "direct",
    }


def _first(text: str, stretches: Iterable[tuple[int, int]]) -> str:
    return next((text[start:end] for start, end in stretches), "")


if __name__ == "__main__":
    main()
