"""How often a pronoun is taken to mean the right person, on texts with known coreference.

    python benchmarks/coreference.py [--encoder FOLDER] [--second]

GAP's dev part (2,000 passages of Wikipedia, as many women as men): precision, recall and F1 of
whether the pronoun means each of two names, by its own definition, overall and by gender. GUM's dev
part: of the third-person pronouns for one person whose chain has a name, the share that is resolved
rightly, wrongly, or left open. `--encoder` names an encoder's folder that was taught identity; an
encoder may learn from every other passage of GAP, from the first on: `--second` leaves those out.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from measuring import show
from scoring import GOLD

from attributor.embedded.encoder.identity import PronounIdentity
from attributor.embedded.encoder.session import Encoder
from attributor.marking import mark
from attributor.records import Article
from attributor.speakers.resolver import Resolver
from attributor.speakers.story import Story
from attributor.speakers.training import Chains

GENDERS = {"m": "men", "f": "women"}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--encoder", type=Path, help="an encoder's folder")
    parser.add_argument("--second", action="store_true", help="every second passage of GAP alone")
    given = parser.parse_args()
    encoder = Encoder(given.encoder) if given.encoder else None
    counts: Counter[tuple[str, str]] = Counter()
    for line in _lines(GOLD / "coref-gap-dev.jsonl")[given.second :: 1 + given.second]:
        outcomes = list(_gap(line, encoder))
        for gender in (GENDERS[_gender(line)], "all"):
            counts.update((gender, outcome) for outcome in outcomes)
    rows = [_row(gender, counts) for gender in ("women", "men", "all")]
    show(("GAP", "P", "R", "F1"), [[name, *(f"{x:.1f}" for x in row)] for name, *row in rows])
    print(f"\nF1 of women by that of men: {rows[0][3] / rows[1][3]:.3f}\n")
    found = Counter(o for line in _lines(GOLD / "coref-gum-dev.jsonl") for o in _gum(line, encoder))
    total = sum(found.values())
    fates = ("right", "wrong", "open")
    show(("GUM", *fates), [[str(total), *(f"{100 * found[o] / total:.1f}" for o in fates)]])


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _resolver(text: str, encoder: Encoder | None) -> Resolver:
    identity = PronounIdentity.of(encoder.read(text)) if encoder else None
    return Resolver(Story(mark(Article(id="text", text=text), "en")), identity=identity)


def _gender(line: dict[str, Any]) -> str:
    start, end = line["pronoun"]
    return "f" if line["text"][start:end].lower() in ("she", "her", "hers") else "m"


def _gap(line: dict[str, Any], encoder: Encoder | None) -> Iterator[str]:
    """For each of the two names: "hit", "false", "missed" or "rightly not"."""
    resolver = _resolver(line["text"], encoder)
    meant = resolver.text_mention(*line["pronoun"]).entity
    for name in (line["a"], line["b"]):
        start, end = name["span"]
        said = meant is not None and any(
            each.start < end and start < each.end for each in meant.occurrences.values()
        )
        yield ("hit" if name["same"] else "false") if said else "missed" if name["same"] else "not"


def _row(gender: str, counts: Counter[tuple[str, str]]) -> tuple[str, float, float, float]:
    hit = counts[gender, "hit"]
    precision = 100 * hit / max(hit + counts[gender, "false"], 1)
    recall = 100 * hit / max(hit + counts[gender, "missed"], 1)
    return gender, precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def _gum(line: dict[str, Any], encoder: Encoder | None) -> Iterator[str]:
    resolver = _resolver(line["text"], encoder)
    chains = Chains(line, resolver)
    for start, end in resolver.pronouns():
        entities = chains.of(start, end)
        if not entities:
            continue
        meant = resolver.text_mention(start, end).entity
        named = meant is not None and meant.unnamed_kind is None
        yield "open" if not named else "right" if id(meant) in entities else "wrong"


if __name__ == "__main__":
    main()
