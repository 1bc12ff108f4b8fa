"""How fast a server is asked: buckets for requests and tokens, and backing off for all calls.

A bucket fills at its rate, up to what comes in `BURST_SECONDS`. What the server says about its
limits lowers the buckets. When it refuses a call because of its load, all calls wait as long as it
asks, and the number of calls in flight is halved; each good answer then gives a little of it back
(AIMD, as in TCP: Chiu and Jain 1989).
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

from attributor.messages import Request
from attributor.prompting import token_counts as tokens
from attributor.prompting.retrying import RetryWaits, number_of, seconds_of

logger = logging.getLogger(__name__)

BURST_SECONDS = 2.0
"""Seconds of its rate that a bucket holds."""
MIN_WAIT_SECONDS = 0.001
"""The shortest wait in seconds: a shorter one may be lost in rounding and be begun for ever."""
MIN_LIMIT_PER_MINUTE = 1.0
"""The lowest limit that is believed; a server that names a lower one, such as "-1", has none."""
CALLS_REGAINED_PER_ROUND = 0.5
"""Calls in flight that are allowed again after as many good answers as calls are allowed now."""


class Bucket:
    """A token bucket. One request that is larger than the bucket may overdraw it.

    Args:
        per_minute: how much comes in.
        now: the time in seconds.
    """

    def __init__(self, per_minute: float, now: float) -> None:
        self.rate = per_minute / 60
        self.capacity = max(1.0, self.rate * BURST_SECONDS)
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
        """Note that at most `level` is left."""
        self._fill(now)
        self._level = min(self._level, level)

    def change(self, per_minute: float, now: float) -> None:
        """Fill at another rate from now on."""
        self._fill(now)
        self.rate = per_minute / 60
        self.capacity = max(1.0, self.rate * BURST_SECONDS)
        self._level = min(self._level, self.capacity)

    def _fill(self, now: float) -> None:
        self._level = min(self.capacity, self._level + (now - self._at) * self.rate)
        self._at = now


class Limits:
    """Decides when each request of a batch may be sent, in the order in which they come.

    Args:
        concurrency: calls in flight at most.
        requests_per_minute: the user's limit; None for the one that the server names.
        tokens_per_minute: the user's limit on input and maximal output together; None for the one
            that the server names.
        sleep: waits, given seconds; raises when the batch is to end.
        check: raises when the batch is to end, so that requests which waited are not sent.
        clock: the time in seconds.
        waits: how long a server that is used up is waited for at most; the usual if None.
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
        waits: RetryWaits | None = None,
    ) -> None:
        self._longest_wait = (waits or RetryWaits()).longest_seconds
        self.allowed = float(concurrency)
        self._concurrency, self._sleep, self._clock = concurrency, sleep, clock
        self._check = check
        self._part, self._all_calls = 1.0, concurrency
        users = {"requests": requests_per_minute, "tokens": tokens_per_minute}
        self._rates = {what: rate for what, rate in users.items() if rate}
        self._set_by_user = set(self._rates)
        self._buckets = {what: Bucket(rate, clock()) for what, rate in self._rates.items()}
        self._held_until = clock()
        self._in_flight = 0
        self._turn, self._freed = asyncio.Lock(), asyncio.Event()

    def share(self, part: float) -> None:
        """Use only this part of all limits from now on: other workers use the rest.

        Args:
            part: from 0 to 1; it applies to the limits that the server names, too.
        """
        if part == self._part:
            return
        self._part, before = part, self._concurrency
        self._concurrency = max(1, math.ceil(self._all_calls * part))
        self.allowed = max(1.0, self.allowed * self._concurrency / before)
        logger.info("%.0f %% of all limits from now on", 100 * part)
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
                await self._sleep(max(wait, MIN_WAIT_SECONDS))
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
        """Note what an answer says about the server's limits."""
        for what in ("requests", "tokens"):
            self._heard_of(what, headers)
        if status < 400:
            gain = CALLS_REGAINED_PER_ROUND / max(self.allowed, 1.0)
            before = int(self.allowed)
            self.allowed = min(float(self._concurrency), self.allowed + gain)
            if int(self.allowed) > before:
                logger.info("good answers: %d calls at once again", int(self.allowed))
            self._freed.set()

    def hold(self, seconds: float) -> None:
        """Have nothing sent for this long, and then half as many calls at once."""
        now = self._clock()
        # The first refusal halves, not every call that was in flight with it.
        if now >= self._held_until:
            self.allowed = max(1.0, self.allowed / 2)
            logger.warning(
                "the server refuses for load: everybody waits %.1f s, then %d calls at once",
                seconds,
                int(self.allowed),
            )
        self._held_until = max(self._held_until, now + seconds)

    async def _room(self) -> None:
        while self._in_flight >= max(1, int(self.allowed)):
            self._freed.clear()
            await self._freed.wait()

    def _amounts(self, request: Request) -> dict[str, float]:
        """How much the request takes of each bucket; tokens are counted only if limited."""
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
        if limit is not None and limit < MIN_LIMIT_PER_MINUTE:
            limit = None
        if left is not None and left < 0:
            left = None
        if limit and what not in self._set_by_user and self._rates.get(what) != limit:
            self._rates[what] = limit
            logger.info("the server allows %g %s a minute", limit, what)
            self._buckets[what] = Bucket(limit * self._part, now)
        if left is not None and what in self._buckets:
            self._buckets[what].at_most(left * self._part, now)
        if left == 0:
            reset = seconds_of(headers.get(f"x-ratelimit-reset-{what}"))
            self._held_until = max(self._held_until, now + min(reset or 0.0, self._longest_wait))
