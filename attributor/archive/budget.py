"""What a batch may cost: real usage, and what is in flight at its likely most."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from attributor.archive.stopping import Stop
from attributor.errors import UsageError
from attributor.prompting import prices, tokens
from attributor.prompting.exchange import Request
from attributor.records import Usage

BUDGET_REACHED = 7
"""Exit code."""
MARGIN = 1.1
"""The estimate of input tokens was measured to be at most 4 % too low; see `prompting.tokens`."""


class Budget:
    """Lets a request go only if its likely most still fits under the limit.

    Args:
        model: what is asked, for its price.
        base_url: where, for its price.
        limit: US dollars that all answers in the store may cost together; None for no limit.
        stop: told when the limit is reached.
        spent: US dollars that they have cost so far; `spent_now` counts from here.
        dearest: US dollars that the dearest of them cost. No request is taken to cost less: a
            model's thinking counts as output, and a server may count tokens otherwise than we.

    Raises:
        UsageError: there is a limit, and no price is known.
    """

    def __init__(
        self,
        model: str,
        base_url: str,
        limit: float | None,
        stop: Stop,
        *,
        spent: float = 0.0,
        dearest: float = 0.0,
    ) -> None:
        self.spent, self.spent_now, self._limit, self._stop = spent, 0.0, limit, stop
        self._model, self._base_url = model, base_url
        self._dearest = dearest
        self._in_flight: list[float] = []
        self._settled = asyncio.Condition()
        self.is_priced = self._price(Usage(input_tokens=1, output_tokens=1)) is not None
        if limit is not None and not self.is_priced:
            raise UsageError(
                f"No price is known for the model '{model}', so that --max-cost cannot be kept: "
                "leave it away, or limit the call with --max-articles."
            )

    @asynccontextmanager
    async def reserved(self, request: Request) -> AsyncIterator[Callable[[Usage], None]]:
        """Entered when the request may be bought; its real usage is to be told inside.

        Raises:
            Stopping: it would cost more than is left, with nothing in flight that may turn out
                cheaper.
        """
        most = self._most(request) if self._limit is not None else 0.0
        async with self._settled:
            await self._settled.wait_for(lambda: self._may_go(most))
            if self._limit is not None and not self._fits(most):
                self._reached(self._limit)
            self._stop.check()
            self._in_flight.append(most)
        try:
            yield self._settle
        finally:
            async with self._settled:
                self._in_flight.remove(most)
                self._settled.notify_all()

    def _may_go(self, most: float) -> bool:
        """Whether there is nothing to wait for. Under a limit the first answer comes alone.

        Nobody knows before what answers of this model really cost.
        """
        known = self._limit is None or self._dearest > 0
        return not self._in_flight or (known and self._fits(most))

    def _fits(self, most: float) -> bool:
        if self._limit is None:
            return True
        open_ = sum(max(each, self._dearest) for each in (*self._in_flight, most))
        return self.spent + open_ <= self._limit

    def _reached(self, limit: float) -> None:
        self._stop.ask(
            "stopped",
            f"The budget is used up: ${self.spent:.4f} of ${limit:.4f} are spent, and the next "
            "request may not fit. To go on, run the same command with a larger --max-cost.",
            BUDGET_REACHED,
        )

    def _most(self, request: Request) -> float:
        """The likely most that a request costs: its whole room for output is used."""
        usage = Usage(
            input_tokens=int(tokens.roughly(request) * MARGIN),
            output_tokens=request.max_output_tokens,
        )
        return self._price(usage) or 0.0

    def _settle(self, usage: Usage) -> None:
        cost = usage.cost_usd or 0.0
        self.spent += cost
        self.spent_now += cost
        self._dearest = max(self._dearest, cost)

    def _price(self, usage: Usage) -> float | None:
        return prices.cost(self._model, usage, self._base_url)
