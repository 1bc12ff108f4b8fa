"""Where the cassettes are, and what to do where they are stale."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from vcr.errors import CannotOverwriteExistingCassetteException

FOLDER = Path(__file__).parents[2] / "fixtures" / "cassettes"


NOTES = FOLDER / "RECORDED.json"


HOW_TO_RECORD = (
    "Record the cassettes anew: make cassettes, with OPENAI_BASE_URL, OPENAI_API_KEY and "
    "ATTRIBUTOR_MODEL set to the model that shall answer."
)


@contextmanager
def told_how_to_record(cassette: str) -> Iterator[None]:
    """Says how to record where a request is made that no cassette answers."""
    try:
        yield
    except CannotOverwriteExistingCassetteException as error:
        stale = FOLDER.joinpath(f"{cassette}.json").is_file()
        why = "prompts, schema, segmentation or the article have changed" if stale else "it is new"
        pytest.fail(
            f"The cassette '{cassette}' has no answer to a request that is made now ({why}; "
            f"vcrpy: {error.reason}). {HOW_TO_RECORD}",
            pytrace=False,
        )
