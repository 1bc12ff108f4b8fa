"""`attributor train`: in which language it learns, and from where it goes on."""

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


def trained(run: Run, name: str, *options: str) -> Path:
    pytest.importorskip("sklearn", reason="training needs the extra 'train'")
    result = run("train", str(GOLD / f"{name}.jsonl"), "-o", "ours.bin", *options)
    assert result.exit_code == 0, result.stderr
    return Path("ours.bin")


def test_shipped_weights_are_gone_on_from(run: Run) -> None:
    made = weights.load(trained(run, "council", "--from", "light").read_bytes(), "ours.bin")
    shipped = weights.shipped("en")
    assert shipped is not None
    assert made.card["continues_sha256"] == shipped.sha256
    assert made.table != shipped.table
    assert made.words >= shipped.words


def test_ones_own_weights_are_gone_on_from(run: Run) -> None:
    first = trained(run, "council").read_bytes()
    Path("first.bin").write_bytes(first)
    made = weights.load(trained(run, "dialogue", "--from", "first.bin").read_bytes(), "ours.bin")
    assert made.card["continues_sha256"] == weights.load(first, "first.bin").sha256


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--from", "light", "--encoder"], "give one"),
        (["--from", "light", "--language", "de"], "no weights that read de"),
        (["--from", "missing.bin"], "missing.bin"),
    ],
)
def test_what_cannot_be_gone_on_from_is_told(run: Run, options: list[str], told: str) -> None:
    pytest.importorskip("sklearn", reason="training needs the extra 'train'")
    result = run("train", str(GOLD / "council.jsonl"), "-o", "ours.bin", *options)
    assert result.exit_code != 0
    assert told in result.stderr
    assert not Path("ours.bin").exists()
