"""How fast a server is asked: buckets for requests and tokens, and backing off for everybody.

A bucket fills at its rate and holds what comes in in `BURST` seconds. What the server says about
its limits lowers the buckets. When it refuses for load, everybody waits as long as it asks, and
the number of calls in flight is halved; each good answer then gives a little of it back (AIMD, as
in TCP: Chiu and Jain 1989).
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

from attributor.prompting import token_counts as tokens
from attributor.prompting.messages import Request
from attributor.prompting.retrying import MAX_WAIT_SECONDS, number_of, seconds_of

BURST = 2.0
"""Seconds of its rate that a bucket holds."""
SHORTEST = 0.001
"""Seconds that are waited at least; what rounding leaves of a wait would never pass."""
LEAST_LIMIT = 1.0
"""Per minute; a server that says less means something else, as "-1" for no limit."""
RECOVERY = 0.5
"""Calls in flight that a round of good answers (as many as are in flight) gives back."""


class Bucket:
    """So many per minute. It may be overdrawn by one request larger than it.

    Args:
        per_minute: the rate.
        now: the time in seconds.
    """

    def __init__(self, per_minute: float, now: float) -> None:
        self.rate = per_minute / 60
        self.capacity = max(1.0, self.rate * BURST)
        self._level, self._at = self.capacity, now

    def wait(self, amount: float, now: float) -> float:
        """Seconds until `amount` may be taken."""
        self._fill(now)
        return max(0.0, (min(amount, self.capacity) - self._level) / self.rate)

    def take(self, amount: float, now: float) -> None:
        """Take `amount` out."""
        self._fill(now)
        self._level -= amount

    def at_most(self, level: float, now: float) -> None:
        """Take note that no more than `level` is left."""
        self._fill(now)
        self._level = min(self._level, level)

    def change(self, per_minute: float, now: float) -> None:
        """Fill at another rate from now on."""
        self._fill(now)
        self.rate = per_minute / 60
        self.capacity = max(1.0, self.rate * BURST)
        self._level = min(self._level, self.capacity)

    def _fill(self, now: float) -> None:
        self._level = min(self.capacity, self._level + (now - self._at) * self.rate)
        self._at = now


class Limits:
    """The gate that all requests of a batch go through, in the order in which they come.

    Args:
        concurrency: calls in flight at most.
        requests_per_minute: as the user says; as the server says if None.
        tokens_per_minute: the same; counted as input and the most output of each request.
        sleep: waits, given seconds; raises where the batch shall end.
        check: raises where the batch shall end: who waited for a turn does not go then.
        clock: the time in seconds.
    """

    def __init__(
        self,
        concurrency: int,
        requests_per_minute: float | None = None,
        tokens_per_minute: float | None = None,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        check: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.allowed = float(concurrency)
        self._concurrency, self._sleep, self._clock = concurrency, sleep, clock
        self._check = check
        self._part, self._all_calls = 1.0, concurrency
        given = {"requests": requests_per_minute, "tokens": tokens_per_minute}
        self._rates = {what: rate for what, rate in given.items() if rate}
        self._given = set(self._rates)
        self._buckets = {what: Bucket(rate, clock()) for what, rate in self._rates.items()}
        self._held_until = clock()
        self._in_flight = 0
        self._turn, self._freed = asyncio.Lock(), asyncio.Event()

    def share(self, part: float) -> None:
        """Take only so much of all limits from now on: the rest is for others, elsewhere.

        Args:
            part: from 0 to 1; what the server says of its limits is for all together, too.
        """
        if part == self._part:
            return
        self._part, before = part, self._concurrency
        self._concurrency = max(1, math.ceil(self._all_calls * part))
        self.allowed = max(1.0, self.allowed * self._concurrency / before)
        for what, bucket in self._buckets.items():
            bucket.change(self._rates[what] * part, self._clock())
        self._freed.set()

    @asynccontextmanager
    async def sending(self, request: Request) -> AsyncIterator[None]:
        """Entered when the request may be sent; see `attributor.prompting.client.Gate`."""
        async with self._turn:
            await self._room()
            amounts = self._amounts(request)
            while (wait := self._wait(amounts)) > 0:
                await self._sleep(max(wait, SHORTEST))
            self._check()
            for what, amount in amounts.items():
                if what in self._buckets:
                    self._buckets[what].take(amount, self._clock())
            self._in_flight += 1
        try:
            yield
        finally:
            self._in_flight -= 1
            self._freed.set()

    def heard(self, status: int, headers: Mapping[str, str]) -> None:
        """Take note of what an answer says about the limits."""
        for what in ("requests", "tokens"):
            self._heard_of(what, headers)
        if status < 400:
            gain = RECOVERY / max(self.allowed, 1.0)
            self.allowed = min(float(self._concurrency), self.allowed + gain)
            self._freed.set()

    def hold(self, seconds: float) -> None:
        """Nobody sends anything for so long, and then half as many calls at once."""
        now = self._clock()
        if now >= self._held_until:  # one refusal of many that were in flight halves, not each
            self.allowed = max(1.0, self.allowed / 2)
        self._held_until = max(self._held_until, now + seconds)

    async def _room(self) -> None:
        while self._in_flight >= max(1, int(self.allowed)):
            self._freed.clear()
            await self._freed.wait()

    def _amounts(self, request: Request) -> dict[str, float]:
        """How much of each bucket the request takes; counting tokens is left out if none asks."""
        if "tokens" not in self._buckets:
            return {"requests": 1.0}
        size = tokens.roughly(request) + request.max_output_tokens
        return {"requests": 1.0, "tokens": float(size)}

    def _wait(self, amounts: Mapping[str, float]) -> float:
        now = self._clock()
        waits = [
            self._buckets[what].wait(n, now) for what, n in amounts.items() if what in self._buckets
        ]
        return max([self._held_until - now, *waits])

    def _heard_of(self, what: str, headers: Mapping[str, str]) -> None:
        limit = number_of(headers.get(f"x-ratelimit-limit-{what}"))
        left = number_of(headers.get(f"x-ratelimit-remaining-{what}"))
        now = self._clock()
        if limit is not None and limit < LEAST_LIMIT:
            limit = None
        if left is not None and left < 0:
            left = None
        if limit and what not in self._given and self._rates.get(what) != limit:
            self._rates[what] = limit
            self._buckets[what] = Bucket(limit * self._part, now)
        if left is not None and what in self._buckets:
            self._buckets[what].at_most(left * self._part, now)
        if left == 0:
            reset = seconds_of(headers.get(f"x-ratelimit-reset-{what}"))
            self._held_until = max(self._held_until, now + min(reset or 0.0, MAX_WAIT_SECONDS))
