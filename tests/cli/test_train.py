"""`attributor train`: in which language it learns."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.command_line import Run

from attributor.embedded import weights

GOLD = Path(__file__).parents[2] / "fixtures" / "gold"


@pytest.mark.parametrize(
    ("names", "options", "code"),
    [
        (["german"], [], "de"),
        (["council", "dialogue", "german"], [], "en"),
        (["council", "dialogue", "german"], ["--language", "de"], "de"),
    ],
)
def test_the_language_is_that_of_most_articles_if_none_is_given(
    run: Run, names: list[str], options: list[str], code: str
) -> None:
    pytest.importorskip("sklearn", reason="training needs the extra 'train'")
    gold = [str(GOLD / f"{name}.jsonl") for name in names]
    result = run("train", *gold, "-o", "ours.bin", *options)
    assert result.exit_code == 0
    assert weights.load(Path("ours.bin").read_bytes(), "ours.bin").language == code
