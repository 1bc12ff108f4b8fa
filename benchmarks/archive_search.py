"""How much of the processor's time a search takes in a store with a million quotes.

    python benchmarks/archive_search.py [--quotes N] [--store FILE] [--plans]

The store is made of made-up words with the frequencies of a language (Zipf's law), ten quotes and
three speakers an article, a stance for every third quote. `--store` keeps it for the next time.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from itertools import accumulate
from pathlib import Path
from statistics import median
from typing import Any

from measuring import machine, show

from attributor.archive.finding.search_query import Query, search, statement
from attributor.archive.recipe import Recipe
from attributor.archive.storing.admission import admit
from attributor.archive.storing.annotation_rows import rows_of
from attributor.archive.storing.saving import save
from attributor.archive.storing.store import Store
from attributor.records import Annotation, Article, Provenance, Quote, Span, Speaker, Stance

BOUND = 50.0
"""Milliseconds."""
WORDS = [f"w{n}" for n in range(50_000)]
WEIGHTS = list(accumulate(1 / (n + 1) for n in range(len(WORDS))))
QUERIES = {
    "a word of every fourth quote": Query("w3"),
    "a word of 1 in 500": Query("w3000"),
    "two words": Query("w10 w200"),
    "two frequent words in a row": Query('"w1 w2"'),
    "three frequent words in a row": Query('"w1 w2 w3"'),
    "four frequent words in a row": Query('"w0 w1 w2 w3"'),
    "a beginning": Query("w49*"),
    "a speaker": Query(speaker="Given77 Name777"),
    "a frequent given name": Query(speaker="Given7"),
    "a word of a speaker": Query("w30", speaker="Name777"),
    "the most frequent word, of a speaker": Query("w0", speaker="Name777"),
    "a word of a frequent given name": Query("w30", speaker="Given7"),
    "words in a row, of a speaker": Query('"w1 w2 w3"', speaker="Name777"),
    "against a target": Query(target="target 3", stance="against"),
    "a word, towards a target": Query("w300", target="target 3"),
    "a frequent word, towards none": Query("w0", target="target 11"),
    "a label": Query(stance="favor"),
    "a word, in a year": Query("w300", since="2019", until="2019"),
    "a frequent word, in a month": Query("w0", since="2019-05", until="2019-05"),
    "a month": Query(since="2019-05", until="2019-05"),
    "before the first": Query(until="1999"),
    "a word, in a file": Query("w300", source="part-7"),
    "a frequent word, in no file": Query("w0", source="elsewhere"),
    "nobody": Query(speaker="Zeppelin"),
    "nothing": Query("zeppelin"),
}


def main() -> None:
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as folder:
        path = arguments.store or Path(folder, "search.db")
        if not path.exists():
            _make(path, arguments.quotes // 10)
        with Store.read(path) as store:
            count = store.value("SELECT COUNT(*) FROM quotes")
            print(f"{machine()}; {count:,} quotes, {path.stat().st_size / 1e6:,.0f} MB\n")
            rows = [_row(store, name, query) for name, query in QUERIES.items()]
            show(("what is looked for", "found", "median", "slowest", ""), rows)
            if arguments.plans:
                _show_plans(store)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--quotes", type=int, default=1_000_000)
    parser.add_argument("--store", type=Path)
    parser.add_argument("--plans", action="store_true", help="show the query plans, too")
    return parser.parse_args()


def _make(path: Path, articles: int) -> None:
    seeded = random.Random(5)
    with Store.open(path) as store:
        with store.transaction():
            recipe = Recipe("embedded").noted(store)
            run = {"name": "r", "recipe_id": recipe, "sources": "[]", "state": "finished"}
            run |= {"started": "2026-01-01", "version": "0", "host": "h", "pid": 1}
            row = store.insert("runs", run)
        for begin in range(0, articles, 1_000):
            with store.transaction():
                for number in range(begin, min(begin + 1_000, articles)):
                    made = _annotation(number, seeded)
                    source = f"part-{number % 20}.jsonl"
                    admitted = admit(store, made.article, source, row, recipe)
                    save(store, admitted.row, recipe, row, rows_of(made))


def _annotation(number: int, seeded: random.Random) -> Annotation:
    """An article of ten lines, each of which is a quote."""
    day = f"{2000 + number % 25}-{1 + number % 12:02}-{1 + number % 28:02}"
    lines = [" ".join(seeded.choices(WORDS, cum_weights=WEIGHTS, k=20)) for _ in range(10)]
    text = "\n".join(lines)
    ends = list(accumulate(len(line) + 1 for line in lines))
    return Annotation(
        article=Article(id=f"a{number}", text=text, published=day),
        speakers=tuple(
            Speaker(id=n, name=_name(seeded), role="mayor", aliases=()) for n in (1, 2, 3)
        ),
        quotes=tuple(
            Quote(
                id=n,
                kind="direct",
                marked=True,
                spans=(Span.of(text, end - len(line) - 1, end - 1),),
                speaker=1 + n % 3,
                stances=_stances(seeded) if n in (0, 3, 6) else (),
                confidence=0.5,
            )
            for n, (line, end) in enumerate(zip(lines, ends, strict=True))
        ),
        engine=Provenance(name="embedded"),
    )


def _name(seeded: random.Random) -> str:
    return f"Given{seeded.randrange(200)} Name{seeded.randrange(5_000)}"


def _stances(seeded: random.Random) -> tuple[Stance, ...]:
    label: Any = seeded.choice(("favor", "against", "neutral", "unclear"))
    return (Stance(target=f"target {seeded.randrange(10)}", label=label),)


def _row(store: Store, name: str, query: Query) -> list[str]:
    times = []
    for _ in range(7):
        begun = time.process_time()
        found = len(list(search(store, query)))
        times.append(1000 * (time.process_time() - begun))
    counted = times[1:]  # the first fills the cache
    verdict = "holds" if median(counted) <= BOUND else "missed"
    return [name, str(found), f"{median(counted):.1f} ms", f"{max(times):.1f} ms", verdict]


def _show_plans(store: Store) -> None:
    for name, query in QUERIES.items():
        print(f"\n{name}")
        sql, values = statement(store, query)
        for row in store.execute(f"EXPLAIN QUERY PLAN {sql}", values):
            print(f"  {row['detail']}")


if __name__ == "__main__":
    main()
