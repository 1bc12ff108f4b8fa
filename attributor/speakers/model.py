"""The learned weights: linear models over named features, one for each kind of decision."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from math import fsum
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parent / "data" / "weights.json"
_in_place: list[Model] = []


@dataclass(frozen=True)
class Model:
    """Weights by decision ("kind", "name", "pronoun", "description") and feature.

    A feature that is not there weighs nothing. `calibration` is, by decision, the slope and offset
    of the log-odds on articles that were not learned from, `least` the confidence from which a
    name is given.
    """

    weights: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    calibration: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    least: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Model:
        """The model that a file of weights holds."""
        calibration = {name: (a, b) for name, (a, b) in data["calibration"].items()}
        return cls(data["weights"], calibration, data["least"])

    def score(self, decision: str, features: Iterable[str]) -> float:
        """The sum of the features' weights, the same in whatever order they come."""
        weights = self.weights.get(decision, {})
        return fsum([weights.get(feature, 0.0) for feature in features])


def current() -> Model:
    """The weights that decide: those that come with attributor, or those being learned."""
    return _in_place[-1] if _in_place else _shipped()


@contextmanager
def using(model: Model) -> Iterator[None]:
    """Lets other weights decide meanwhile; for learning, in one thread."""
    _in_place.append(model)
    try:
        yield
    finally:
        _in_place.pop()


@cache
def _shipped() -> Model:
    return Model.of(json.loads(_FILE.read_text(encoding="utf-8")))
