"""What a batch may cost: what answers have cost, and the likely maximum of what is in flight."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from attributor.archive.stopping import Stop
from attributor.errors import UsageError
from attributor.messages import Answer, Request
from attributor.prompting import prices
from attributor.prompting import token_counts as tokens
from attributor.records import Usage

BUDGET_REACHED = 7
"""The exit code of a run that its budget ended."""
INPUT_TOKENS_MARGIN = 1.1
"""What estimated input tokens are multiplied by; they were at most 4 % too low where measured."""


class Budget:
    """Lets a request be sent only if its likely maximal cost still fits under the limit.

    Args:
        model: the model that is asked, for its price.
        base_url: the server's address, for its price.
        limit: US dollars that all answers in the store may cost together; None for no limit.
        stop: is asked to end the batch when the limit is reached.
        spent: US dollars that the answers in the store have cost so far.
        dearest: US dollars that the dearest of them cost. No request is taken to cost less: a
            model's thinking counts as output, and a server may count more tokens than we do.
        factor: what the list price is multiplied by for an answer that comes later.

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
        """Entered when the request may be bought; gives its likely maximal cost, 0 without a limit.

        What the answer really cost is to be noted inside the block; see `counted` and `settle`.

        Raises:
            Stopping: it may cost more than is left, and nothing is in flight that may turn out
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
        """Whether there is nothing to wait for.

        Under a limit the first request is sent alone: what this model's answers really cost is
        known only after the first.
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
        """Whether the request fits under the limit at the list price."""
        return self._fits(self._most(request, 1.0))

    @property
    def room(self) -> float:
        """US dollars that may still be promised."""
        return math.inf if self._limit is None else self._limit - self.spent - self._promised

    def likely_most(self, request: Request, thinking: int) -> float:
        """The amount to promise for a request that is answered much later.

        Args:
            request: the request.
            thinking: output tokens beside the answer that it may take at most. They are counted
                until the first answer shows what this model's answers really cost.
        """
        thinking = 0 if self.is_known else thinking
        return max(self._most(request, self._factor, thinking), self._dearest)

    def promise(self, amount: float) -> None:
        """Set an amount aside for requests answered later; a negative one gives it back."""
        self._promised += amount

    def _most(self, request: Request, factor: float, thinking: int = 0) -> float:
        """The likely maximal cost of a request, if all output tokens that it allows are used."""
        usage = Usage(
            input_tokens=int(tokens.roughly(request) * INPUT_TOKENS_MARGIN),
            output_tokens=request.max_output_tokens + thinking,
        )
        return (self._price(usage) or 0.0) * factor

    def counted(self, answer: Answer, most: float) -> Answer:
        """The answer with a cost: under a limit, `most` where its usage does not say any."""
        if self._limit is None or answer.usage.cost_usd or not most:
            return answer
        return answer.costing(most)

    def settle(self, usage: Usage) -> None:
        """Count the cost of an answer."""
        cost = usage.cost_usd or 0.0
        self.is_known = True
        self.spent += cost
        self._dearest = max(self._dearest, cost)

    def _price(self, usage: Usage) -> float | None:
        return prices.cost(self._model, usage, self._base_url)
