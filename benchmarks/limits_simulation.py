"""The rate limiter across many workers, in simulated time against a simulated server.

    python benchmarks/limits_simulation.py [--workers N] [--minutes N] [--seed S]

Each worker is the real `Limits` with so many calls at once; only the clock and the server are not
real. The server refuses (429, Retry-After) what goes over its requests a minute, counted over the
last minute as OpenAI does; an answer takes 2 to 8 seconds. The table says how much of what the
server allows was used after the first two minutes, and what share of calls it refused.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import selectors
from collections import Counter, deque
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

from measuring import show

from attributor.archive.asking.limits import Limits
from attributor.messages import Message, Request

REQUEST = Request("a", "attribute", 0, (Message("user", "text"),), "attribution", "{}", 500)
CALLS_AT_ONCE = 8
WARM_UP = 120.0
"""Seconds that are not counted."""


class _Skipping(selectors.DefaultSelector):
    """Lets no time pass: whoever would wait finds it has passed."""

    now = 0.0

    def select(self, timeout: float | None = None) -> Any:
        self.now += timeout or 0.0
        return super().select(0)


class SimulatedLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock jumps to the next thing that happens."""

    def __init__(self) -> None:
        self._skipping = _Skipping()
        super().__init__(self._skipping)

    def time(self) -> float:
        return self._skipping.now


@dataclass
class Server:
    """Answers at most `per_minute` calls within any minute; `tells` how much is left."""

    per_minute: float
    tells: bool
    seeded: random.Random
    counts: Counter[str] = field(default_factory=Counter)
    recent: deque[float] = field(default_factory=deque)

    async def call(self, limits: Limits) -> None:
        """One call of a worker; a refused one is made again."""
        loop = asyncio.get_running_loop()
        while True:
            async with limits.sending(REQUEST):
                wait = self._refuses(loop.time())
                await asyncio.sleep(0.1 if wait else self.seeded.uniform(2, 8))
            limits.heard(429 if wait else 200, self._headers())
            if not wait:
                return
            limits.hold(wait + self.seeded.random() * 0.5)

    def _refuses(self, now: float) -> float:
        """Seconds to wait; 0 if the call is taken."""
        while self.recent and self.recent[0] <= now - 60:
            self.recent.popleft()
        full = len(self.recent) >= self.per_minute
        if now >= WARM_UP:
            self.counts["refused" if full else "taken"] += 1
        if full:
            return self.recent[0] + 60 - now
        self.recent.append(now)
        return 0.0

    def _headers(self) -> dict[str, str]:
        if not self.tells:
            return {}
        left = max(0, int(self.per_minute - len(self.recent)))
        return {
            "x-ratelimit-limit-requests": f"{self.per_minute:.0f}",
            "x-ratelimit-remaining-requests": str(left),
        }


@dataclass(frozen=True)
class Case:
    """What is simulated: the limit, whose share each worker is given, who works."""

    name: str
    per_minute: float
    shared: bool = True
    tells: bool = True
    working: float = 1.0
    halves: bool = False


CASES = (
    Case("each has its share", 6_000),
    Case("each has its share, a tight limit", 600),
    Case("each has its share, half of them have work", 6_000, working=0.5),
    Case("each has its share, the server allows half of it from the middle on", 6_000, halves=True),
    Case("no limit is given, the server says what is left", 3_000, shared=False),
    Case("no limit is given, the server only refuses", 3_000, shared=False, tells=False),
    Case("the same, a tight limit", 600, shared=False, tells=False),
)


async def _simulate(case: Case, workers: int, minutes: float, seeded: random.Random) -> Server:
    server = Server(case.per_minute, case.tells, seeded)
    share = case.per_minute / workers if case.shared else None
    loop = asyncio.get_running_loop()
    tasks = []
    for _ in range(int(workers * case.working)):
        limits = Limits(CALLS_AT_ONCE, share, clock=loop.time)
        tasks += [asyncio.create_task(_work(server, limits)) for _ in range(CALLS_AT_ONCE)]
    if case.halves:
        await asyncio.sleep(minutes * 30)
        server.per_minute /= 2
    await asyncio.sleep(minutes * 60 - loop.time())
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return server


async def _work(server: Server, limits: Limits) -> None:
    while True:
        await server.call(limits)


def _run(work: Coroutine[Any, Any, Server]) -> Server:
    with asyncio.Runner(loop_factory=SimulatedLoop) as runner:
        return runner.run(work)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--workers", type=int, default=100)
    parser.add_argument("--minutes", type=float, default=12.0)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    print(
        f"{given.workers} workers, {CALLS_AT_ONCE} calls at once each, {given.minutes:g} minutes\n"
    )
    rows = []
    for case in CASES:
        seeded = random.Random(given.seed)
        server = _run(_simulate(case, given.workers, given.minutes, seeded))
        minutes = given.minutes - WARM_UP / 60
        halved = (minutes - given.minutes / 2 * 0.5) / minutes if case.halves else 1.0
        allowed = case.per_minute * minutes * halved
        taken, refused = server.counts["taken"], server.counts["refused"]
        used, share = taken / allowed, refused / (taken + refused)
        rows.append([case.name, f"{case.per_minute:,.0f}", f"{used:.0%}", f"{share:.1%}"])
    show(("case", "requests/min", "used", "refused"), rows)


if __name__ == "__main__":
    main()
