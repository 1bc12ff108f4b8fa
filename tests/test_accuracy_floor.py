"""The quality that the embedded engine does not fall below, on gold; lowering it is deliberate."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "benchmarks"))

import floors  # noqa: E402

PINNED = json.loads(floors.FILE.read_text(encoding="utf-8"))
ASKED = {"seeds": {"R": 88, "P": 85, "name": 95}}
"""What the two articles that the project was asked for have to show, whatever is pinned."""


@pytest.mark.parametrize("name", PINNED)
def test_the_embedded_engine_reaches_its_floor(name: str) -> None:
    paths = floors.SETS[name]
    if not all(path.exists() for path in paths):
        pytest.skip(f"the gold '{name}' is not here")
    assert floors.digest(paths) == PINNED[name]["gold_sha256"], (
        "the gold has changed: look at the figures again, then pin them (benchmarks/floors.py)"
    )
    found = floors.measured(name)
    bounds = PINNED[name] | {"floors": PINNED[name]["floors"] | ASKED.get(name, {})}
    assert not list(floors.worse(bounds, found)), found


@pytest.mark.parametrize(
    ("bounds", "figures", "complaints"),
    [
        ({"floors": {"F1": 70.0}}, {"F1": 70.0}, 0),
        ({"floors": {"F1": 70.0}}, {"F1": 69.9}, 1),
        ({"ceilings": {"misnamed": 3.0}}, {"misnamed": 3.0}, 0),
        ({"ceilings": {"misnamed": 3.0}}, {"misnamed": 3.1}, 1),
        ({"floors": {"F1": 70.0}, "ceilings": {"misnamed": 3.0}}, {"F1": 60, "misnamed": 9}, 2),
    ],
)
def test_a_figure_below_its_floor_or_above_its_ceiling_is_told(
    bounds: dict[str, dict[str, float]], figures: dict[str, float], complaints: int
) -> None:
    assert len(list(floors.worse(bounds, figures))) == complaints


def test_wrong_names_are_pinned_from_above_and_all_else_from_below() -> None:
    figures = {"F1": 73.0, "misnamed": 2.7, "passed": 200.0}

    bounds = floors.bounds_of(figures)

    assert bounds["ceilings"] == {"misnamed": 2.7 + floors.SLACK_POINTS}
    assert bounds["floors"] == {
        "F1": 73.0 - floors.SLACK_POINTS,
        "passed": 200 - floors.SLACK_CASES,
    }


def test_pinning_never_loosens_a_bound() -> None:
    old = {"floors": {"F1": 73.0, "P": 70.0}, "ceilings": {"misnamed": 2.0}}
    new = {"floors": {"F1": 72.5, "P": 71.0}, "ceilings": {"misnamed": 3.0}}

    kept = floors.stricter(old, new)

    assert kept == {"floors": {"F1": 73.0, "P": 71.0}, "ceilings": {"misnamed": 2.0}}
