"""What asking about articles is likely to take: requests, tokens and money, from least to most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar


@dataclass(frozen=True, slots=True)
class Estimate:
    """From the least to the most that a dialogue is likely to take; US dollars, None if unknown."""

    requests: tuple[int, int]
    input_tokens: tuple[int, int]
    output_tokens: tuple[int, int]
    cost_usd: tuple[float, float] | None

    def __add__(self, other: Estimate) -> Estimate:
        known = self.cost_usd is not None and other.cost_usd is not None
        return Estimate(
            requests=_both(self.requests, other.requests),
            input_tokens=_both(self.input_tokens, other.input_tokens),
            output_tokens=_both(self.output_tokens, other.output_tokens),
            cost_usd=_both(self.cost_usd or (0, 0), other.cost_usd or (0, 0)) if known else None,
        )

    def times(self, factor: float) -> Estimate:
        """What `factor` times as much would take."""
        return Estimate(
            requests=_scaled(self.requests, factor),
            input_tokens=_scaled(self.input_tokens, factor),
            output_tokens=_scaled(self.output_tokens, factor),
            cost_usd=self.cost_usd and (self.cost_usd[0] * factor, self.cost_usd[1] * factor),
        )

    @property
    def asks(self) -> bool:
        """Whether anybody is asked at all."""
        return self.requests[1] > 0

    @property
    def amounts(self) -> str:
        """Requests and tokens in words, without the price."""
        return (
            f"{_range(self.requests)} requests, {_range(self.input_tokens)} input tokens, "
            f"{_range(self.output_tokens)} output tokens"
        )

    def __str__(self) -> str:
        price = "price unknown"
        if self.cost_usd is not None:
            price = f"${self.cost_usd[0]:.4f} to ${self.cost_usd[1]:.4f}"
        return f"{self.amounts}, {price}"


Number = TypeVar("Number", int, float)


def _both(one: tuple[Number, Number], other: tuple[Number, Number]) -> tuple[Number, Number]:
    return one[0] + other[0], one[1] + other[1]


def _scaled(bounds: tuple[int, int], factor: float) -> tuple[int, int]:
    return round(bounds[0] * factor), round(bounds[1] * factor)


def _range(bounds: tuple[int, int]) -> str:
    return f"{bounds[0]:,}" if bounds[0] == bounds[1] else f"{bounds[0]:,} to {bounds[1]:,}"
