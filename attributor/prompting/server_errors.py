"""What can go wrong between here and the server: one sentence for each, and whether to try again.

A server's own words are shown, but never a header or a body in full: both may hold a key or the
article.
"""

from __future__ import annotations

import email.utils
import math
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from attributor.errors import (
    AccessError,
    AnswerError,
    BusyError,
    CreditError,
    FilteredError,
    ModelError,
    RequestError,
    TooLongError,
    causes,
)
from attributor.prompting import complaints
from attributor.prompting.complaints import Complaint, Kind
from attributor.prompting.windows import harmless
from attributor.routes import distrust

if TYPE_CHECKING:
    from openai import APIError, APIStatusError

LONGEST_HEADER = 100
"""Characters of a header that are looked at."""
MOST_SHOWN = 300
"""Characters of a server's words that are shown."""
COMPLAINT = "attributor.complaint"
"""Under which a response of httpx2 keeps what it says is wrong."""

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_KEY = re.compile(
    r"\b(sk|pk|rk|key|org|proj|gsk|xai|hf|nvapi)[-_][\w*.-]{6,}|\bAIza[\w-]{10,}|\bBearer\s+\S+",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class RetryWaits:
    """How long is waited between two attempts at a call.

    Attributes:
        first_seconds: before the second attempt, where the server names no time; it doubles.
        longest_seconds: at most, also where the server asks for more.
    """

    first_seconds: float = 1.0
    longest_seconds: float = 120.0


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom the request went to, for messages; the key is there to be left out of them."""

    host: str
    model: str
    attempts: int
    timeout: float
    key: str = field(default="", repr=False)


def complaint_of(error: APIStatusError) -> Complaint:
    """What the server says is wrong; its body is read once."""
    known = error.response.extensions.get(COMPLAINT)
    if isinstance(known, Complaint):
        return known
    try:
        body = error.response.text
    except Exception:  # a client of the caller's own may have let go of it
        body = str(error.body or "")
    found = complaints.read(error.status_code, body)
    error.response.extensions[COMPLAINT] = found
    return found


def status_error(complaint: Complaint) -> APIStatusError:
    """The error that the client raises over a status of HTTP, for what was told in another way."""
    import httpx2
    import openai

    response = httpx2.Response(
        complaint.status,
        request=httpx2.Request("POST", "https://server.invalid"),
        extensions={COMPLAINT: complaint},
    )
    return openai.APIStatusError(complaint.shown[:MOST_SHOWN], response=response, body=None)


def is_transient(error: BaseException) -> bool:
    """Whether the same request may succeed a little later."""
    import openai

    if isinstance(error, openai.APIStatusError):
        return complaint_of(error).kind == "busy"
    return isinstance(error, openai.APIConnectionError) and _distrusted(error, "") is None


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
    told = _told(response.headers) if response is not None else None
    if told is not None:
        return min(max(0.0, told) + jitter * 0.5, waits.longest_seconds)
    seconds = waits.first_seconds * 2.0 ** (attempt - 1) * (0.5 + jitter / 2)
    return min(seconds, waits.longest_seconds)


def _told(headers: Mapping[str, str]) -> float | None:
    """Seconds that the server's headers ask to wait, negative for a time that is over, or None."""
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
        date = email.utils.parsedate_tz(value[:LONGEST_HEADER])
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
    parts = _DURATION.findall((value or "")[:LONGEST_HEADER])
    if parts:
        return sum(float(number) * _SECONDS[unit] for number, unit in parts)
    return number_of(value)


def explained(error: APIError, asked: Asked) -> ModelError:
    """The error that a user sees: what happened, at which server, and what to do."""
    import openai

    if isinstance(error, openai.APIStatusError):
        return _status(complaint_of(error), asked)
    if distrusted := _distrusted(error, asked.host):
        return distrusted
    tries = _tries(asked)
    if isinstance(error, openai.APITimeoutError):
        return BusyError(
            f"The server '{asked.host}' did not answer within {asked.timeout:g} s{tries}; "
            "raise ATTRIBUTOR_TIMEOUT, or try again later."
        )
    if isinstance(error, openai.APIConnectionError):
        return _connection(error, asked)
    return RequestError(f"The request to '{asked.host}' failed: {shown(str(error), asked.key)}.")


def _connection(error: APIError, asked: Asked) -> ModelError:
    tries, cause = _tries(asked), error.__cause__
    if cause is not None and _is_about_what_came(cause):
        what = shown(f"{type(cause).__name__}: {cause}", asked.key)
        return AnswerError(
            f"What the server '{asked.host}' answered cannot be read{tries} ({what}); check "
            "--base-url, or try another server."
        )
    if _was_refused(error):
        return BusyError(
            f"The server '{asked.host}' cannot be reached{tries}; "
            "check --base-url and whether it is running."
        )
    return BusyError(
        f"The connection to '{asked.host}' broke off{tries}; check the network, or try again."
    )


def _is_about_what_came(cause: BaseException) -> bool:
    """Whether something came, and a library could not make anything of it."""
    import httpx2

    return not isinstance(cause, httpx2.TransportError | OSError)


def _status(complaint: Complaint, asked: Asked) -> ModelError:
    told = _TOLD.get(complaint.kind)
    return told(complaint, asked) if told else _rejected(complaint, asked)


def _where(complaint: Complaint) -> str:
    """The status, as it came."""
    if complaint.inside:
        return f"(error {complaint.status} in an answer with HTTP 200)"
    return f"(HTTP {complaint.status})"


def said(complaint: Complaint, key: str) -> str:
    """The server's words, to be put behind a clause; nothing if there are none."""
    words = shown(complaint.shown, key)
    if complaint.is_page:
        return f", with a web page titled '{words}'" if complaint.words else ", with a web page"
    return f": '{words}'" if words else ""


def _busy(complaint: Complaint, asked: Asked) -> BusyError:
    why = "is limiting requests" if complaint.status == 429 else "is busy or has a fault"
    return BusyError(
        f"The server '{asked.host}' {why} {_where(complaint)}{_tries(asked)}"
        f"{said(complaint, asked.key)}; try again later."
    )


def _no_credit(complaint: Complaint, asked: Asked) -> CreditError:
    return CreditError(
        f"The account at '{asked.host}' has no credit left {_where(complaint)}"
        f"{said(complaint, asked.key)}; add some, or use --engine embedded."
    )


def _no_access(complaint: Complaint, asked: Asked) -> AccessError:
    where, words = _where(complaint), said(complaint, asked.key)
    if complaint.status == 403:
        return AccessError(
            f"The key may not use the model {_model(asked)} at '{asked.host}' {where}{words}; "
            "ask for access, or choose another --model."
        )
    return AccessError(
        f"The server '{asked.host}' does not accept the key {where}{words}; set OPENAI_API_KEY to "
        "one that it gave you."
    )


def _no_model(complaint: Complaint, asked: Asked) -> AccessError:
    return AccessError(
        f"The server '{asked.host}' has no model {_model(asked)} {_where(complaint)}"
        f"{said(complaint, asked.key)}; check --model."
    )


def _filtered(complaint: Complaint, asked: Asked) -> FilteredError:
    return FilteredError(
        f"The content filter of '{asked.host}' stopped the request {_where(complaint)}"
        f"{said(complaint, asked.key)}; try another model, or --engine embedded."
    )


def _too_long(complaint: Complaint, asked: Asked) -> TooLongError:
    return TooLongError(
        f"The request is too long for the model {_model(asked)} at '{asked.host}' "
        f"{_where(complaint)}{said(complaint, asked.key)}; choose a model with a larger context."
    )


def _rejected(complaint: Complaint, asked: Asked) -> RequestError:
    status, host = complaint.status, asked.host
    where, words = _where(complaint), said(complaint, asked.key)
    if 300 <= status < 400:
        return RequestError(
            f"The server '{host}' redirects to another address {where}, where the article "
            "is not sent; set --base-url to the right one."
        )
    if status == 404:
        return RequestError(
            f"The server '{host}' has no model {_model(asked)}, or no chat completions at this "
            f"address {where}{words}; check --model and --base-url."
        )
    if status == 403:
        return RequestError(
            f"The server '{host}' forbids the request {where}{words}; see to what it says, or try "
            "another server."
        )
    return RequestError(
        f"The server '{host}' rejects the request to the model {_model(asked)} {where}{words}; "
        "check --model, or try another server."
    )


_TOLD: dict[Kind, Callable[[Complaint, Asked], ModelError]] = {
    "busy": _busy,
    "no credit": _no_credit,
    "no access": _no_access,
    "no model": _no_model,
    "filtered": _filtered,
    "too long": _too_long,
}


def _model(asked: Asked) -> str:
    return f"'{harmless(asked.model)}'"


def _tries(asked: Asked) -> str:
    return f" in {asked.attempts} attempts" if asked.attempts > 1 else ""


def shown(message: str, key: str = "") -> str:
    """A server's words, without keys, controls and length."""
    return harmless(without_key(message[: 10 * MOST_SHOWN], key))[:MOST_SHOWN].rstrip(". ")


def without_key(message: str, key: str = "") -> str:
    """The same words without this key, and without what looks like one."""
    return _KEY.sub("…", message.replace(key, "…") if key else message)


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
