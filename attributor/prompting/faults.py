"""What can go wrong between here and the server: one sentence for each, and whether to try again.

Nothing here repeats a header or a body in full: both may hold a key or the article.
"""

from __future__ import annotations

import email.utils
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from attributor.errors import (
    AccessError,
    BusyError,
    CreditError,
    FilteredError,
    ModelError,
    RequestError,
    TooLongError,
    causes,
)
from attributor.prompting.windows import harmless
from attributor.routes import distrust

if TYPE_CHECKING:
    from openai import APIError, APIStatusError

LONGEST_WAIT = 120.0
"""Seconds; a server that asks for more is not waited for longer."""
FIRST_WAIT = 1.0

_NO_CREDIT = ("insufficient_quota", "billing_hard_limit_reached", "billing_not_active")
_TRANSIENT = frozenset({408, 409, 425, 429})
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_KEY = re.compile(r"\b(sk|key|org|proj)[-_][\w*.-]{6,}|\bBearer\s+\S+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom the request went to, for messages."""

    host: str
    model: str
    attempts: int
    timeout: float


def is_transient(error: BaseException) -> bool:
    """Whether the same request may succeed a little later."""
    import openai

    if isinstance(error, openai.APIStatusError):
        status = error.status_code
        return (status in _TRANSIENT or status >= 500) and not _has_no_credit(error)
    return isinstance(error, openai.APIConnectionError) and _distrusted(error, "") is None


def seconds_to_wait(error: BaseException | None, attempt: int, jitter: float) -> float:
    """How long to wait before the next attempt.

    Args:
        error: what the last attempt ended with; its headers decide if they say anything.
        attempt: how many attempts were made, at least 1.
        jitter: a number from 0 to 1.
    """
    response = getattr(error, "response", None)
    told = _told(response.headers) if response is not None else None
    if told is not None:
        return min(told + jitter * 0.5, LONGEST_WAIT)
    return min(FIRST_WAIT * 2.0 ** (attempt - 1) * (0.5 + jitter / 2), LONGEST_WAIT)


def _told(headers: Mapping[str, str]) -> float | None:
    """Seconds that the server's headers ask to wait, or None."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        seconds = number_of(headers.get(name))
        if seconds is not None:
            return max(0.0, seconds * unit)
    date = email.utils.parsedate_tz(headers.get("retry-after") or "")
    if date:
        return max(0.0, email.utils.mktime_tz(date) - time.time())
    resets = [
        seconds_of(headers.get(f"x-ratelimit-reset-{what}"))
        for what in ("requests", "tokens")
        if headers.get(f"x-ratelimit-remaining-{what}", "0") == "0"
    ]
    return max((seconds for seconds in resets if seconds is not None), default=None)


def number_of(value: str | None) -> float | None:
    """The number in a header; None where there is none."""
    try:
        number = float(value or "")
    except ValueError:
        return None
    return number if number < float("inf") else None


def seconds_of(value: str | None) -> float | None:
    """Seconds of "1m30s", "20ms" or "12" in a header; None where there is no such thing."""
    parts = _DURATION.findall(value or "")
    if parts:
        return sum(float(number) * _SECONDS[unit] for number, unit in parts)
    return number_of(value)


def said(error: APIStatusError) -> str:
    """What the server says is wrong: parameter, code and message, in lower case."""
    return " ".join(str(part) for part in (error.param, error.code, error.message) if part).lower()


def _has_no_credit(error: APIStatusError) -> bool:
    words = f"{error.code} {error.type} {said(error)}".lower()
    return error.status_code == 402 or any(code in words for code in _NO_CREDIT)


def explained(error: APIError, asked: Asked) -> ModelError:
    """The error that a user sees: what happened, at which server, and what to do."""
    import openai

    if isinstance(error, openai.APIStatusError):
        return _status(error, asked)
    if distrusted := _distrusted(error, asked.host):
        return distrusted
    tries = _tries(asked)
    if isinstance(error, openai.APITimeoutError):
        return BusyError(
            f"The server '{asked.host}' did not answer within {asked.timeout:g} s{tries}; "
            "raise ATTRIBUTOR_TIMEOUT, or try again later."
        )
    if isinstance(error, openai.APIConnectionError):
        if _was_refused(error):
            return BusyError(
                f"The server '{asked.host}' cannot be reached{tries}; "
                "check --base-url and whether it is running."
            )
        return BusyError(
            f"The connection to '{asked.host}' broke off{tries}; check the network, or try again."
        )
    return RequestError(f"The request to '{asked.host}' failed: {shown(str(error))}.")


def _status(error: APIStatusError, asked: Asked) -> ModelError:
    status, host = error.status_code, asked.host
    if _has_no_credit(error):
        return CreditError(
            f"The account at '{host}' has no credit left; add some, or use --engine embedded."
        )
    if is_transient(error):
        why = "is limiting requests" if status == 429 else "is busy or has a fault"
        return BusyError(
            f"The server '{host}' {why} (HTTP {status}){_tries(asked)}; try again later."
        )
    if status in (401, 403):
        return _access(status, asked)
    return _never(error, asked)


def _access(status: int, asked: Asked) -> AccessError:
    if status == 401:
        return AccessError(
            f"The server '{asked.host}' does not accept the key (HTTP 401); set OPENAI_API_KEY to "
            "one that it gave you."
        )
    return AccessError(
        f"The key may not use the model '{asked.model}' at '{asked.host}' (HTTP 403); "
        "ask for access, or choose another --model."
    )


def _never(error: APIStatusError, asked: Asked) -> RequestError:
    status, host, model = error.status_code, asked.host, f"'{harmless(asked.model)}'"
    if 300 <= status < 400:
        return RequestError(
            f"The server '{host}' redirects to another address (HTTP {status}), where the article "
            "is not sent; set --base-url to the right one."
        )
    if status == 404:
        return RequestError(
            f"The server '{host}' has no model {model}, or no chat completions at this address "
            "(HTTP 404); check --model and --base-url."
        )
    if error.code == "content_filter" or "content management policy" in said(error):
        return FilteredError(
            f"The content filter of '{host}' stopped the request (HTTP {status}); try another "
            "model, or --engine embedded."
        )
    if status == 413 or "context_length" in said(error) or "context length" in said(error):
        return TooLongError(
            f"The request is too long for the model {model} at '{host}' (HTTP {status}); "
            "choose a model with a larger context."
        )
    return RequestError(
        f"The server '{host}' rejects the request to the model {model} (HTTP {status}): "
        f"'{shown(error.message)}'; check --model, or try another server."
    )


def _tries(asked: Asked) -> str:
    return f" in {asked.attempts} attempts" if asked.attempts > 1 else ""


def shown(message: str) -> str:
    """A server's words, without keys, controls and length."""
    return harmless(_KEY.sub("…", message))[:200].rstrip(". ")


def _distrusted(error: BaseException, host: str) -> AccessError | None:
    """The error of a server that is not shown to be the right one, so that nothing was sent."""
    for cause in causes(error):
        if isinstance(cause, AccessError):
            return cause
    reason = distrust(error)
    return AccessError(f"The server '{host}' is sent nothing: {shown(reason)}.") if reason else None


def _was_refused(error: BaseException) -> bool:
    refused = ("ConnectError", "ConnectTimeout", "ConnectionRefusedError")
    return any(type(cause).__name__ in refused for cause in causes(error))
