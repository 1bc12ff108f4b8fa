"""The whole path over the wire, answered by what a real model once answered."""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.cassettes import FOLDER, told_how_to_record
from vcr.errors import CannotOverwriteExistingCassetteException

from attributor.pipeline import annotate, annotate_async
from attributor.prompting.belief import was_not_believed
from attributor.records import Annotation, Article, Codebook, Target
from attributor.settings import Settings

ARTICLES = Path(__file__).parents[2] / "fixtures" / "articles"
SYNCHRONOUS = ("lost-marks", "serbian-latin", "serbian-cyrillic", "german", "no-quotes", "council")
ASYNCHRONOUS = ("milivojevic", "hostile", "dacic", "dialogue")
CODEBOOK = Codebook(
    targets=(Target(name="Kosovo's independence", definition="Kosovo as a state of its own"),)
)

SMALL_URL, SMALL_MODEL = "http://127.0.0.1:8080/v1", "qwen2.5-coder-1.5b-instruct-q4_k_m"
"""The server and the name of a model of 1.5 billion parameters, in 4 bits."""

Exchanged = Callable[[Callable[[], Annotation]], Annotation]


def article(name: str) -> Article:
    text = (ARTICLES / f"{name}.txt").read_bytes().decode("utf-8")
    return Article(id=name, text=text)


def check(annotation: Annotation, notes: dict[str, Any]) -> None:
    """What holds of every annotation, whichever model made it."""
    text = annotation.article.text
    for quote in annotation.quotes:
        for span in (*quote.spans, quote.cue, quote.mention):
            assert span is None or text[span.start : span.end] == span.text
    assert annotation.engine.model == notes["model"]
    assert annotation.engine.model_reported == notes["model_reported"]
    assert annotation.usage
    assert annotation.usage.output_tokens > 0


@pytest.mark.vcr
@pytest.mark.parametrize("name", SYNCHRONOUS)
def test_articles_are_annotated(
    name: str, settings: Settings, exchanged: Exchanged, notes: dict[str, Any]
) -> None:
    check(exchanged(lambda: annotate(article(name), settings=settings)), notes)


@pytest.mark.vcr
@pytest.mark.parametrize("name", ASYNCHRONOUS)
def test_articles_are_annotated_inside_an_event_loop(
    name: str, settings: Settings, exchanged: Exchanged, notes: dict[str, Any]
) -> None:
    def run() -> Annotation:
        return asyncio.run(annotate_async(article(name), settings=settings))

    check(exchanged(run), notes)


@pytest.mark.vcr
def test_stances_are_asked_of_quotes_that_were_found(
    settings: Settings, exchanged: Exchanged, notes: dict[str, Any]
) -> None:
    def run() -> Annotation:
        return annotate(article("dacic"), targets=CODEBOOK, settings=settings)

    annotation = exchanged(run)
    check(annotation, notes)
    assert annotation.engine.prompt == "attribute+repair+stance"


@pytest.mark.vcr
def test_an_answer_of_a_small_model_that_is_not_believed_leaves_the_draft(
    recording: bool, default_cassette_name: str
) -> None:
    if recording and os.environ.get("OPENAI_BASE_URL") != SMALL_URL:
        pytest.skip(f"it is recorded from a small model at {SMALL_URL}")
    settings = Settings(
        engine="openai", base_url=SMALL_URL, model=SMALL_MODEL, attempts=1, timeout=900
    )
    with told_how_to_record(default_cassette_name):
        annotation = annotate(article("dialogue"), settings=settings)
    draft = annotate(article("dialogue"), engine="embedded")
    assert was_not_believed(annotation.warnings)
    assert {quote.decided_by for quote in annotation.quotes} == {"draft"}
    assert [quote.spans for quote in annotation.quotes] == [quote.spans for quote in draft.quotes]
    assert [s.name for s in annotation.speakers] == [s.name for s in draft.speakers]


def interactions() -> list[dict[str, Any]]:
    files = sorted(FOLDER.glob("test_*.json"))
    return [i for f in files for i in json.loads(f.read_text(encoding="utf-8"))["interactions"]]


def test_one_recorded_dialogue_needed_the_repair(recording: bool) -> None:
    if recording:
        pytest.skip("the cassettes are being written")
    shown = [i["request"]["body"]["messages"][1]["content"] for i in interactions()]
    assert any(text.startswith("Known speakers:") for text in shown)


def test_a_grounded_quote_costs_at_most_60_output_tokens(notes: dict[str, Any]) -> None:
    made = [c for name, c in notes["cassettes"].items() if "stances" not in name]
    tokens = sum(c["usage"]["output_tokens"] for c in made)
    assert 0 < tokens <= 60 * sum(c["quotes"] for c in made)


def test_cassettes_hold_no_secrets() -> None:
    for file in FOLDER.glob("*.json"):
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"authorization|bearer |\bsk-|cookie|openai-(org|proj)", text, re.I)


def test_curly_quotes_are_kept_as_they_are() -> None:
    text = "".join(f.read_text(encoding="utf-8") for f in FOLDER.glob("test_*.json"))
    assert "“" in text
    assert "\\u201c" not in text


def test_a_request_that_no_cassette_answers_says_how_to_record() -> None:
    class Stale(CannotOverwriteExistingCassetteException):
        reason = "no_match"

        def __init__(self) -> None:
            Exception.__init__(self)

    with pytest.raises(pytest.fail.Exception, match="make cassettes"), told_how_to_record("any"):
        raise Stale
