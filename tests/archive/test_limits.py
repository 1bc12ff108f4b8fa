"""How fast is asked. Time here is a number; nobody waits."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from attributor.archive.asking.limits import BURST_SECONDS, Limits
from attributor.messages import Message, Request


class Clock:
    """Time that passes when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds


def request(tokens: int = 1_000) -> Request:
    return Request("a", "attribute", 0, (Message("system", "s"),), "n", "{}", tokens)


def limits(clock: Clock, concurrency: int = 100, **rates: Any) -> Limits:
    return Limits(concurrency, **rates, sleep=clock.sleep, clock=clock)


async def send(gate: Limits, count: int, tokens: int = 1_000) -> None:
    for _ in range(count):
        async with gate.sending(request(tokens)):
            pass


def seconds_for(work: Callable[[Limits], Awaitable[None]], gate: Limits, clock: Clock) -> float:
    before = clock.now
    asyncio.run(work(gate))  # type: ignore[arg-type]
    return clock.now - before


def test_requests_keep_to_their_rate_after_a_short_burst() -> None:
    clock = Clock()
    gate = limits(clock, requests_per_minute=600)
    took = seconds_for(lambda g: send(g, 600), gate, clock)
    assert took == pytest.approx(60 - BURST_SECONDS, abs=0.2)


def test_tokens_keep_to_their_rate_and_a_large_request_passes_alone() -> None:
    clock = Clock()
    gate = limits(clock, tokens_per_minute=60_000)
    took = seconds_for(lambda g: send(g, 10, tokens=30_000), gate, clock)
    assert took == pytest.approx(9 * 30, rel=0.05)


def test_without_limits_nobody_waits() -> None:
    clock = Clock()
    assert seconds_for(lambda g: send(g, 1_000), limits(clock), clock) == 0


def test_no_more_are_in_flight_than_allowed() -> None:
    gate, most, now = Limits(3), 0, 0

    async def one() -> None:
        nonlocal most, now
        async with gate.sending(request()):
            now += 1
            most = max(most, now)
            await asyncio.sleep(0)
            now -= 1

    async def all_() -> None:
        await asyncio.gather(*(one() for _ in range(20)))

    asyncio.run(all_())
    assert most == 3


def test_what_the_server_says_of_its_limits_is_kept_to() -> None:
    clock = Clock()
    gate = limits(clock)
    gate.heard(200, {"x-ratelimit-limit-requests": "60", "x-ratelimit-remaining-requests": "59"})
    assert seconds_for(lambda g: send(g, 32), gate, clock) == pytest.approx(30, abs=1)


def test_the_users_own_limit_stands_above_a_laxer_one_of_the_server() -> None:
    clock = Clock()
    gate = limits(clock, requests_per_minute=60)
    gate.heard(200, {"x-ratelimit-limit-requests": "6000"})
    assert seconds_for(lambda g: send(g, 32), gate, clock) == pytest.approx(30, abs=1)


def test_where_nothing_is_left_everybody_waits_for_the_reset() -> None:
    clock = Clock()
    gate = limits(clock)
    gate.heard(200, {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "1m2s"})
    assert seconds_for(lambda g: send(g, 1), gate, clock) == pytest.approx(62)


def test_a_refusal_holds_everybody_halves_the_calls_and_good_answers_give_them_back() -> None:
    clock = Clock()
    gate = limits(clock, concurrency=32)
    gate.hold(10)
    gate.hold(10)  # one that was in flight at the same time
    assert gate.allowed == 16
    assert seconds_for(lambda g: send(g, 5), gate, clock) == pytest.approx(10)
    gate.hold(1)
    assert gate.allowed == 8
    for _ in range(10_000):
        gate.heard(200, {})
    assert gate.allowed == 32


def test_odd_headers_are_no_reason_to_stop() -> None:
    clock = Clock()
    gate = limits(clock)
    gate.heard(200, {"x-ratelimit-limit-requests": "lots", "x-ratelimit-remaining-tokens": "-"})
    gate.heard(200, {"x-ratelimit-limit-requests": "0", "x-ratelimit-remaining-requests": ""})
    assert seconds_for(lambda g: send(g, 10), gate, clock) == 0


def test_a_part_of_all_limits_is_kept_to_and_may_change() -> None:
    clock = Clock()
    gate = limits(clock, concurrency=8, requests_per_minute=120)
    gate.share(0.5)
    assert gate.allowed == 4
    assert seconds_for(lambda g: send(g, 32), gate, clock) == pytest.approx(30, abs=1)
    gate.share(0.25)
    assert gate.allowed == 2
    assert seconds_for(lambda g: send(g, 15), gate, clock) == pytest.approx(30, abs=1)
    gate.share(1.0)
    assert gate.allowed == 8
    assert seconds_for(lambda g: send(g, 60), gate, clock) == pytest.approx(30, abs=1)


def test_what_the_server_says_of_its_limits_is_for_all_together() -> None:
    clock = Clock()
    gate = limits(clock)
    gate.share(0.5)
    gate.heard(200, {"x-ratelimit-limit-requests": "120"})
    assert seconds_for(lambda g: send(g, 32), gate, clock) == pytest.approx(30, abs=1)
    gate.share(1.0)
    assert seconds_for(lambda g: send(g, 60), gate, clock) == pytest.approx(30, abs=1)


def test_a_part_of_one_call_is_a_call() -> None:
    gate = limits(Clock(), concurrency=2)
    gate.share(0.1)
    assert gate.allowed == 1
