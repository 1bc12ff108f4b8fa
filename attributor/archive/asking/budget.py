"""What a batch may cost: real usage, and what is in flight at its likely most."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from attributor.archive.stopping import Stop
from attributor.errors import UsageError
from attributor.prompting import prices
from attributor.prompting import token_counts as tokens
from attributor.prompting.messages import Answer, Request
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
        spent: US dollars that they have cost so far.
        dearest: US dollars that the dearest of them cost. No request is taken to cost less: a
            model's thinking counts as output, and a server may count tokens otherwise than we.
        factor: what an answer that comes later costs, beside the list price.

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
        factor: float = 1.0,
    ) -> None:
        self.spent, self._before, self._limit, self._stop = spent, spent, limit, stop
        self._model, self._base_url, self._factor = model, base_url, factor
        self._dearest, self.is_known = dearest, dearest > 0
        self._in_flight: list[float] = []
        self._promised = 0.0
        self._settled = asyncio.Condition()
        self._is_priced = self._price(Usage(input_tokens=1, output_tokens=1)) is not None
        if limit is not None and not self._is_priced:
            raise UsageError(
                f"No price is known for the model '{model}' on this server, so that --max-cost "
                "cannot be kept: "
                "leave it away, or limit the call with --max-articles."
            )

    @asynccontextmanager
    async def reserved(self, request: Request) -> AsyncIterator[float]:
        """Entered when the request may be bought, with its likely most (0 without a limit).

        What it really cost is to be told inside; see `counted` and `settle`.

        Raises:
            Stopping: it would cost more than is left, with nothing in flight that may turn out
                cheaper.
        """
        most = self._most(request, 1.0) if self._limit is not None else 0.0
        async with self._settled:
            await self._settled.wait_for(lambda: self._may_go(most))
            if not self._fits(most):
                self.used_up()
            self._stop.check()
            self._in_flight.append(most)
        try:
            yield most
        finally:
            async with self._settled:
                self._in_flight.remove(most)
                self._settled.notify_all()

    def _may_go(self, most: float) -> bool:
        """Whether there is nothing to wait for. Under a limit the first answer comes alone.

        Nobody knows before what answers of this model really cost.
        """
        known = self._limit is None or self.is_known
        return not self._in_flight or (known and self._fits(most))

    def _fits(self, most: float) -> bool:
        if self._limit is None:
            return True
        open_ = sum(max(each, self._dearest) for each in (*self._in_flight, most))
        return self.spent + self._promised + open_ <= self._limit

    def used_up(self) -> None:
        """End the batch: the next request may not fit under the limit."""
        self._stop.ask(
            "stopped",
            f"The budget is used up: ${self.spent:.4f} of ${self._limit or 0:.4f} are spent, and "
            "the next request may not fit. To go on, run the same command with a larger "
            "--max-cost.",
            BUDGET_REACHED,
        )

    @property
    def spent_now(self) -> float | None:
        """US dollars that this run has cost; None where no price is known."""
        return self.spent - self._before if self._is_priced else None

    def fits(self, request: Request) -> bool:
        """Whether the request may be bought at once."""
        return self._fits(self._most(request, 1.0))

    @property
    def room(self) -> float:
        """US dollars that may still be promised."""
        return math.inf if self._limit is None else self._limit - self.spent - self._promised

    def likely_most(self, request: Request, thinking: int) -> float:
        """What to promise for a request that is answered much later.

        Args:
            request: it.
            thinking: output tokens beside the answer that it may take at most. They are counted
                as long as nobody knows what answers of this model really cost.
        """
        thinking = 0 if self.is_known else thinking
        return max(self._most(request, self._factor, thinking), self._dearest)

    def promise(self, amount: float) -> None:
        """Keep so much for requests that are answered later; a negative amount gives it back."""
        self._promised += amount

    def _most(self, request: Request, factor: float, thinking: int = 0) -> float:
        """The likely most that a request costs: its whole room for output is used."""
        usage = Usage(
            input_tokens=int(tokens.roughly(request) * MARGIN),
            output_tokens=request.max_output_tokens + thinking,
        )
        return (self._price(usage) or 0.0) * factor

    def counted(self, answer: Answer, most: float) -> Answer:
        """Under a limit, the answer at `most` if its usage does not say what it cost."""
        if self._limit is None or answer.usage.cost_usd or not most:
            return answer
        return answer.costing(most)

    def settle(self, usage: Usage) -> None:
        """Count what an answer cost."""
        cost = usage.cost_usd or 0.0
        self.is_known = True
        self.spent += cost
        self._dearest = max(self._dearest, cost)

    def _price(self, usage: Usage) -> float | None:
        return prices.cost(self._model, usage, self._base_url)
