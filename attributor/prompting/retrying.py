"""The retry policy: which errors are worth another attempt, and how long to wait before it.

A server's own headers decide how long; where they say nothing, the wait doubles from attempt to
attempt. A part of it is chance, so that many clients do not come back at once. tenacity carries the
policy out; the OpenAI SDK's own retries are off.
"""

from __future__ import annotations

import email.utils
import logging
import math
import random
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from attributor.prompting.server_errors import is_transient

if TYPE_CHECKING:
    from tenacity import AsyncRetrying, RetryCallState

logger = logging.getLogger(__name__)

MAX_HEADER_CHARACTERS = 100
"""How much of a header is looked at."""
OVERLOADED = frozenset({429, 503, 529})
"""Statuses by which a server asks everybody to wait, not only this request."""

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
"""A number with its unit, as "30s" in "1m30s"."""
_SECONDS_PER_UNIT = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
"""How many seconds each unit has."""


@dataclass(frozen=True, slots=True)
class RetryWaits:
    """How long is waited between two attempts at a call.

    Attributes:
        first_seconds: before the second attempt, where the server names no time; it doubles.
        longest_seconds: at most, also where the server asks for more.
    """

    first_seconds: float = 1.0
    longest_seconds: float = 120.0


USUAL_WAITS = RetryWaits()


def retrying(
    attempts: int,
    sleep: Callable[[float], Awaitable[None]] | None = None,
    hold: Callable[[float], None] | None = None,
    waits: RetryWaits = USUAL_WAITS,
    name: str = "a request",
) -> AsyncRetrying:
    """The policy, to be called with what is to be tried.

    Args:
        attempts: how often it is tried in all.
        sleep: how to wait, given seconds.
        hold: is told the seconds for which the server wants to be left alone by everybody.
        waits: the first and the longest wait.
        name: of what is tried, for the log.
    """
    import asyncio

    import tenacity

    def before_sleep(state: RetryCallState) -> None:
        status = getattr(_error_of(state), "status_code", 0)
        seconds = state.next_action.sleep if state.next_action else 0.0
        logger.warning(
            "%s failed (%s), try %d of %d; the next one is in %.1f s",
            name,
            fault_of(_error_of(state)),
            state.attempt_number,
            attempts,
            seconds,
        )
        if hold and state.next_action and status in OVERLOADED:
            hold(seconds)

    def wait(state: RetryCallState) -> float:
        chance = random.random()  # noqa: S311
        return seconds_to_wait(_error_of(state), state.attempt_number, chance, waits)

    return tenacity.AsyncRetrying(
        sleep=sleep or asyncio.sleep,
        stop=tenacity.stop_after_attempt(attempts),
        wait=wait,
        retry=tenacity.retry_if_exception(is_transient),
        before_sleep=before_sleep,
        reraise=True,
    )


def fault_of(error: BaseException | None) -> str:
    """What went wrong, as the log says it: without the server's words."""
    status = getattr(error, "status_code", None)
    return f"HTTP {status}" if status else type(error).__name__


def _error_of(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None


def seconds_to_wait(
    error: BaseException | None, attempt: int, jitter: float, waits: RetryWaits
) -> float:
    """How long to wait before the next attempt.

    Args:
        error: what the last attempt ended with; its headers decide if they say anything.
        attempt: how many attempts were made, at least 1.
        jitter: a number from 0 to 1.
        waits: the first and the longest wait.
    """
    response = getattr(error, "response", None)
    asked_for = _seconds_asked_for(response.headers) if response is not None else None
    if asked_for is not None:
        return min(max(0.0, asked_for) + jitter * 0.5, waits.longest_seconds)
    seconds = waits.first_seconds * 2.0 ** (attempt - 1) * (0.5 + jitter / 2)
    return min(seconds, waits.longest_seconds)


def _seconds_asked_for(headers: Mapping[str, str]) -> float | None:
    """Seconds that headers ask to wait, negative for a time that is over; None if they do not."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        seconds = number_of(headers.get(name))
        if seconds is not None:
            return seconds * unit
    date = _date(headers.get("retry-after") or "")
    if date is not None:
        return date - time.time()
    resets = [
        seconds_of(headers.get(f"x-ratelimit-reset-{what}"))
        for what in ("requests", "tokens")
        if headers.get(f"x-ratelimit-remaining-{what}", "0") == "0"
    ]
    return max((seconds for seconds in resets if seconds is not None), default=None)


def _date(value: str) -> float | None:
    """The date in a header, in seconds since the epoch; None where there is none."""
    try:
        date = email.utils.parsedate_tz(value[:MAX_HEADER_CHARACTERS])
        return None if date is None else float(email.utils.mktime_tz(date))
    except (ValueError, OverflowError, TypeError, IndexError):  # as of the year 999999
        return None


def number_of(value: str | None) -> float | None:
    """The number in a header; None where there is none."""
    try:
        number = float(value or "")
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def seconds_of(value: str | None) -> float | None:
    """Seconds of "1m30s", "20ms" or "12" in a header; None where there is no such thing."""
    parts = _DURATION.findall((value or "")[:MAX_HEADER_CHARACTERS])
    if parts:
        return sum(float(number) * _SECONDS_PER_UNIT[unit] for number, unit in parts)
    return number_of(value)
