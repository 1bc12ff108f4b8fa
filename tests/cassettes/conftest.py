"""Real exchanges with a real model, recorded once by `make cassettes` and replayed ever after."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pydantic import SecretStr
from support import cassette_format as readable
from support.cassettes import FOLDER, HOW_TO_RECORD, NOTES, told_how_to_record
from vcr.config import VCR

from attributor.records import Annotation
from attributor.settings import Settings
from attributor.settings_layers import load

PATIENCE = 900.0
"""Seconds that a model may take for one answer while it is recorded."""


def pytest_recording_configure(config: pytest.Config, vcr: VCR) -> None:
    """Teach vcrpy how cassettes are written and compared here."""
    vcr.register_serializer("json", readable)  # type: ignore[no-untyped-call]
    vcr.register_matcher("same_body", readable.same_body)  # type: ignore[no-untyped-call]


@pytest.fixture(scope="module")
def vcr_config() -> dict[str, Any]:
    return {
        "serializer": "json",
        "match_on": ["method", "path", "same_body"],
        "before_record_request": readable.scrub_request,
        "before_record_response": readable.scrub_response,
        "decode_compressed_response": True,
    }


@pytest.fixture(scope="module")
def vcr_cassette_dir() -> str:
    return str(FOLDER)


@pytest.fixture(scope="session")
def recording(record_mode: str) -> bool:
    """Whether a real model is asked."""
    return record_mode != "none"


@pytest.fixture(scope="session")
def notes(recording: bool) -> Iterator[dict[str, Any]]:
    """Which model answered, and what it took: written when recording, read when replaying."""
    if not recording:
        if not NOTES.is_file():
            pytest.fail(f"'{NOTES.name}' is not in fixtures/cassettes. {HOW_TO_RECORD}")
        yield json.loads(NOTES.read_text(encoding="utf-8"))
        return
    settings = load()
    made: dict[str, Any] = {
        "recorded": time.strftime("%Y-%m-%d", time.gmtime()),
        "base_url": settings.base_url,
        "model": settings.model,
        "model_reported": None,
        "cassettes": {},
    }
    yield made
    text = json.dumps(made, ensure_ascii=False, indent=1) + "\n"
    NOTES.write_text(text, encoding="utf-8", newline="\n")


@pytest.fixture
def settings(notes: dict[str, Any], recording: bool) -> Settings:
    """The server and model of the recording; the key only while recording."""
    key = os.environ.get("OPENAI_API_KEY") if recording else None
    return Settings(
        engine="openai",
        base_url=notes["base_url"],
        model=notes["model"],
        api_key=SecretStr(key) if key else None,
        timeout=PATIENCE,
        attempts=1,
    )


@pytest.fixture
def exchanged(
    notes: dict[str, Any], recording: bool, default_cassette_name: str
) -> Callable[[Callable[[], Annotation]], Annotation]:
    """Runs an annotation against its cassette; a stale one fails with what to do."""

    def run(annotate: Callable[[], Annotation]) -> Annotation:
        began = time.monotonic()
        with told_how_to_record(default_cassette_name):
            annotation = annotate()
        if recording:
            notes["model_reported"] = annotation.engine.model_reported
            notes["cassettes"][default_cassette_name] = {
                "seconds": round(time.monotonic() - began, 1),
                "quotes": len(annotation.quotes),
                "usage": annotation.usage.model_dump() if annotation.usage else None,
            }
        return annotation

    return run
