"""Small gold articles, and predictions for them that are wrong in known ways."""

from __future__ import annotations

import json
import random
import runpy
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from attributor.evaluation.gold import GoldArticle
from attributor.evaluation.predictions import PredictedQuote, Prediction

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = sorted((ROOT / "fixtures" / "gold").glob("*.jsonl"))
SHARED = ROOT.parent / "shared" / "gold"
needs_scorer = pytest.mark.skipif(
    not (SHARED / "score.py").exists(), reason="the shared gold and its scorer are not here"
)

TEXT = (
    "“The wall holds,” Mayor Ada Quill said, “and it will hold.” Her deputy told us that the "
    "gates leak. Bo Lark thinks that both are wrong."
)
FIRST, SECOND = "The wall holds,", "and it will hold."
LEAK, THOUGHT = "the gates leak", "both are wrong"


def place(words: str, text: str = TEXT) -> list[int]:
    start = text.index(words)
    return [start, start + len(words)]


def quote(*pieces: str, by: str, name: str | None = None, **more: Any) -> dict[str, Any]:
    return {
        "content": [place(piece) for piece in pieces],
        "speaker": {"mention": [place(by)], "text": by, "name": name},
        **more,
    }


DIRECT = quote(
    FIRST,
    SECOND,
    by="Mayor Ada Quill",
    name="Ada Quill",
    kind="direct",
    cue=[place("said")],
    stance=[{"target": "The Wall", "label": "favor"}],
)
INDIRECT = quote(
    LEAK, by="Her deputy", kind="indirect", stance=[{"target": "the gates", "label": "against"}]
)
BELIEF = quote(THOUGHT, by="Bo Lark", name="Bo Lark", kind="indirect", speech_cue=False)


def gold(id: str = "quarrel", **more: Any) -> dict[str, Any]:
    return {"id": id, "text": TEXT, "quotes": [DIRECT, INDIRECT, BELIEF], **more}


def gold_article(**more: Any) -> GoldArticle:
    return GoldArticle.model_validate(gold(**more))


def prediction(*quotes: dict[str, Any], id: str = "quarrel") -> Prediction:
    return Prediction(id, tuple(PredictedQuote.model_validate(each) for each in quotes))


def written(path: Path, rows: Iterable[Any]) -> str:
    text = "".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows)
    path.write_text(text, encoding="utf-8")
    return str(path)


def blurred(rows: list[dict[str, Any]], seed: int) -> list[dict[str, Any]]:
    """Predictions made of gold by losing, moving, repeating, splitting and renaming quotes."""
    chance = random.Random(seed)
    return [
        {"id": row["id"], "quotes": [q for each in row["quotes"] for q in _blur(each, row, chance)]}
        for row in rows
        if chance.random() > 0.1
    ]


def _blur(gold: dict[str, Any], row: dict[str, Any], chance: random.Random) -> list[dict[str, Any]]:
    length = len(row["text"])
    speaker = gold.get("speaker") or {}
    others = [each.get("speaker") or {} for each in row["quotes"]]
    made: list[dict[str, Any]] = []
    for _ in range(chance.choice((0, 1, 1, 1, 2))):
        content = [
            sorted(max(0, min(edge + chance.choice((0, 0, -9, 4, 30)), length)) for edge in edges)
            for edges in gold["content"]
        ]
        by = chance.choice((speaker, speaker, *others))
        name = chance.choice((by.get("name"), f"Mr. {by.get('name')}", "Nobody Here", None))
        pieces = [[edges] for edges in content] if chance.random() < 0.3 else [content]
        made += [
            {"content": piece, "speaker": {"mention": by.get("mention"), "name": name}}
            for piece in pieces
        ]
    if chance.random() < 0.2:
        start = chance.randrange(length)
        made.append({"content": [[start, start + 60]], "speaker": None})
    return made


def shared_score(gold: Path, predicted: Path, split: str | None, everything: bool) -> Any:
    """What the shared scorer says."""
    with ExitStack() as files:  # the scorer leaves what it opens to be closed

        def opened(path: str, **how: Any) -> Any:
            return files.enter_context(Path(path).open(**how))

        scorer = runpy.run_path(str(SHARED / "score.py"), {"open": opened})
        return scorer["score"](str(gold), str(predicted), split, everything)
