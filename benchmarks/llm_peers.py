"""langextract and instructor on gold articles: runs in an environment of their own.

    python llm_peers.py langextract|instructor GOLD.jsonl… -o ANSWERS.jsonl --model NAME
                        [--base-url URL] [--words N]

Each is asked as its documentation recommends, with our definition of the task: langextract 1.7
with two examples and the schema that it makes of them, its own chunks of 1,000 characters and its
alignment; instructor 1.17 with a pydantic model in JSON_SCHEMA mode and its retries. Temperature 0.
An article is one line of ANSWERS, written as soon as it is there, and is not asked about again:

    {"id", "quotes": [{"content", "speaker"}], "proposed": quotes in the answer,
     "altered": quotes whose words are not the article's, "failed": reason or null,
     "requests", "input_tokens", "output_tokens", "seconds"}

`quotes` is what the scorer reads. Words are looked up in the article with white space and the
shape of quotation marks ignored. langextract's own alignment says where its quotes stand; one whose
words differ from those there counts as altered, and is scored where it was aligned. What instructor
returns is looked up, and what is not in the article has no place and counts as altered.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

Edges = tuple[int, int]

TASK = """\
Find who said what in a news article: everything that somebody is reported to have said, written or
announced, in the order of the article. That is words in quotation marks, words whose marks were
lost, and reported speech without marks ("she warned that …", "according to …"). Not what somebody
did, felt or knew, and no page furniture.
The words that were said are copied exactly as the article has them, without quotation marks and
without the words that attribute them; of reported speech the clause, without a leading "that". A
quote that such words interrupt is one entry for each part.
Of each: the cue (the attributing words: said, told reporters, according to), the mention (the words
beside the cue that name the speaker: a name, he, the minister), and the name (the longest name that
the article gives this speaker anywhere, without titles; empty if it gives none)."""

QUOTE = ("words", "cue", "mention", "name")
EXAMPLES = (
    (
        "The ferry between Vell and the islands will stop in May after ninety years, and the town "
        "hall was full.\n\n“We have counted the passengers twice. Nobody can run a ship on "
        "that,” said Oda Rask, harbour master since 2009.\n\nRask said on Monday that the money "
        "would go into a bus. “It is a good bus,” she told the meeting. “I have sat in it.”",
        """\
We have counted the passengers twice. Nobody can run a ship on that | said | Oda Rask | Oda Rask
the money would go into a bus | said | Rask | Oda Rask
It is a good bus | told the meeting | she | Oda Rask
I have sat in it. | told the meeting | she | Oda Rask""",
    ),
    (
        "Milo Brandt, a fisherman, complained that nobody had asked the islanders, although the "
        "council “promised us a vote” in the autumn. According to the ministry of transport, "
        "eleven lines have closed since 2015.",
        "nobody had asked the islanders, although the council “promised us a vote” in the autumn "
        "| complained | Milo Brandt | Milo Brandt\n"
        "eleven lines have closed since 2015 "
        "| According to | the ministry of transport | ministry of transport",
    ),
)
"""Texts, and a line for each of their quotes: words, cue, mention and name."""

LONGEST_ANSWER = 2048
"""Output tokens of one answer: far above what any of these articles needs."""


@dataclass
class Found:
    """What one article's answers came to."""

    quotes: list[dict[str, Any]] = field(default_factory=list)
    proposed: int = 0
    altered: int = 0


def main() -> None:
    arguments = _arguments()
    usage = _counting()
    ask = {"langextract": _langextract, "instructor": _instructor}[arguments.peer](arguments)
    known = _known(arguments.output)
    with arguments.output.open("a", encoding="utf-8") as out:
        for article in _articles(arguments.gold, arguments.words):
            if article["id"] in known:
                continue
            usage.update(requests=0, input_tokens=0, output_tokens=0)
            line = {"id": article["id"], **_answered(ask, article["text"]), **usage}
            print(json.dumps(line, ensure_ascii=False), file=out, flush=True)
            print(line["id"], line["failed"] or "", line["output_tokens"], file=sys.stderr)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("peer", choices=("langextract", "instructor"))
    parser.add_argument("gold", nargs="+", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--base-url", default="http://127.0.0.1:8080/v1")
    parser.add_argument("--words", type=int, help="leave out articles with more words than this")
    return parser.parse_args()


def _known(path: Path) -> set[str]:
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return {json.loads(line)["id"] for line in lines}


def _articles(paths: Iterable[Path], words: int | None) -> Iterator[dict[str, Any]]:
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            article = json.loads(line)
            if words is None or len(article["text"].split()) <= words:
                yield article


def _answered(ask: Callable[[str], Found], text: str) -> dict[str, Any]:
    begun, failed, found = time.perf_counter(), None, Found()
    try:
        found = ask(text)
    except Exception as error:  # whatever a peer raises, its article is lost
        failed = f"{type(error).__name__}: {str(error)[:200]}"
    seconds = round(time.perf_counter() - begun, 1)
    return {**vars(found), "failed": failed, "seconds": seconds}


def _counting() -> dict[str, int]:
    """What the SDK that both use is answered: requests and tokens, added up."""
    completions = import_module("openai.resources.chat.completions").Completions
    usage = {"requests": 0, "input_tokens": 0, "output_tokens": 0}
    create = completions.create

    def counted(*arguments: Any, **options: Any) -> Any:
        options.setdefault("max_tokens", LONGEST_ANSWER)
        response = create(*arguments, **options)
        usage["requests"] += 1
        usage["input_tokens"] += response.usage.prompt_tokens
        usage["output_tokens"] += response.usage.completion_tokens
        return response

    completions.create = counted
    return usage


# --- the peers ---------------------------------------------------------------------------------


def config(lx: Any, model: str, url: str) -> Any:
    """Which server langextract asks."""
    return lx.factory.ModelConfig(
        model_id=model,
        provider="openai",
        provider_kwargs={"base_url": url, "api_key": "none"},
    )


def examples(lx: Any) -> list[Any]:
    """What langextract is shown."""
    return [
        lx.data.ExampleData(
            text=text,
            extractions=[
                lx.data.Extraction(
                    extraction_class="quote",
                    extraction_text=quote.pop("words"),
                    attributes=quote,
                )
                for quote in _listed(quotes)
            ],
        )
        for text, quotes in EXAMPLES
    ]


def _langextract(arguments: argparse.Namespace) -> Callable[[str], Found]:
    lx = import_module("langextract")
    asked, shown = config(lx, arguments.model, arguments.base_url), examples(lx)

    def ask(text: str) -> Found:
        result = lx.extract(
            text,
            prompt_description=TASK,
            examples=shown,
            config=asked,
            temperature=0.0,
            max_workers=1,
            show_progress=False,
        )
        found = Found()
        for extraction in result.extractions or ():
            found.proposed += 1
            place = extraction.char_interval
            edges = (place.start_pos, place.end_pos) if place and place.end_pos else None
            same = edges and _folded(text[slice(*edges)]) == _folded(extraction.extraction_text)
            found.altered += not same
            told = extraction.attributes or {}
            if edges:
                found.quotes.append(_quote(text, edges, told.get("mention"), told.get("name")))
        return found

    return ask


def _listed(quotes: str) -> list[dict[str, str]]:
    return [dict(zip(QUOTE, line.split(" | "), strict=True)) for line in quotes.splitlines()]


def _instructor(arguments: argparse.Namespace) -> Callable[[str], Found]:
    instructor, openai = import_module("instructor"), import_module("openai")
    pydantic = import_module("pydantic")
    client = instructor.from_openai(
        openai.OpenAI(base_url=arguments.base_url, api_key="none", timeout=900, max_retries=0),
        mode=instructor.Mode.JSON_SCHEMA,
    )
    fields = {
        "words": (str, pydantic.Field(description="the words that were said, copied exactly")),
        "cue": (str, pydantic.Field(description="the attributing words, copied")),
        "mention": (str, pydantic.Field(description="the words that name the speaker, copied")),
        "name": (str, pydantic.Field(description="the speaker's longest name, or empty")),
    }
    model: Any = pydantic.create_model("Quote", **fields)
    quotes = pydantic.create_model("Quotes", quotes=(list[model], ...))

    def ask(text: str) -> Found:
        answer = client.chat.completions.create(
            model=arguments.model,
            temperature=0.0,
            response_model=quotes,
            messages=[{"role": "system", "content": TASK}, {"role": "user", "content": text}],
        )
        found = Found()
        for quote in answer.quotes:
            found.proposed += 1
            edges = _place(text, quote.words)
            found.altered += edges is None
            if edges:
                found.quotes.append(_quote(text, edges, quote.mention, quote.name))
        return found

    return ask


# --- where the words stand ---------------------------------------------------------------------

_MARKS = str.maketrans(dict.fromkeys("“”„«»", '"') | dict.fromkeys("‘’‚", "'"))


def _folded(words: str) -> str:
    return " ".join(words.translate(_MARKS).split()).strip("\" '")


def _place(text: str, words: str) -> Edges | None:
    """Where the words first stand in the text, or None."""
    places = _places(text, words)
    return places[0] if places else None


def _places(text: str, words: str) -> list[Edges]:
    parts = [re.escape(part) for part in _folded(words).split()]
    if not parts:
        return []
    found = re.finditer(r"\s+".join(parts), text.translate(_MARKS))
    return [match.span() for match in found]


def _quote(text: str, edges: Edges, mention: Any, name: Any) -> dict[str, Any]:
    """The quote as the scorer reads it; of several places of its mention, the nearest."""
    places = _places(text, mention) if isinstance(mention, str) else []
    nearest = min(places, key=lambda place: _distance(place, edges), default=None)
    speaker = {"mention": [nearest] if nearest else [], "name": name or None}
    return {"content": [edges], "speaker": speaker}


def _distance(one: Edges, other: Edges) -> int:
    return max(other[0] - one[1], one[0] - other[1], 0)


if __name__ == "__main__":
    main()
