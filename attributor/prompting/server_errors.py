"""What can go wrong between here and the server: one sentence for each error, as a user reads it.

A server's own words are shown, but never a header or a body in full: both may hold a key or the
article.
"""

from __future__ import annotations

import re
from collections.abc import Callable
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

MAX_SHOWN_CHARACTERS = 300
"""How much of a server's words is shown."""
COMPLAINT_KEY = "attributor.complaint"
"""The key of a response's extensions under which its complaint is kept once it was read."""

_LIKE_A_KEY = re.compile(
    r"\b(sk|pk|rk|key|org|proj|gsk|xai|hf|nvapi)[-_][\w*.-]{6,}|\bAIza[\w-]{10,}|\bBearer\s+\S+",
    re.IGNORECASE,
)
"""What looks like a key of any server, and is left out of messages."""


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
    known = error.response.extensions.get(COMPLAINT_KEY)
    if isinstance(known, Complaint):
        return known
    try:
        body = error.response.text
    except Exception:  # a client of the caller's own may have let go of it
        body = str(error.body or "")
    complaint = complaints.read(error.status_code, body)
    error.response.extensions[COMPLAINT_KEY] = complaint
    return complaint


def status_error(complaint: Complaint) -> APIStatusError:
    """The error that the client raises over a status of HTTP, for what was told in another way."""
    import httpx2
    import openai

    response = httpx2.Response(
        complaint.status,
        request=httpx2.Request("POST", "https://server.invalid"),
        extensions={COMPLAINT_KEY: complaint},
    )
    return openai.APIStatusError(
        complaint.shown[:MAX_SHOWN_CHARACTERS], response=response, body=None
    )


def is_transient(error: BaseException) -> bool:
    """Whether the same request may succeed a little later."""
    import openai

    if isinstance(error, openai.APIStatusError):
        return complaint_of(error).kind == "busy"
    return isinstance(error, openai.APIConnectionError) and _distrusted(error, "") is None


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
    make = _ERROR_OF_KIND.get(complaint.kind)
    return make(complaint, asked) if make else _rejected(complaint, asked)


def _where(complaint: Complaint) -> str:
    """The status, and whether it came as HTTP's or in the answer."""
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


_ERROR_OF_KIND: dict[Kind, Callable[[Complaint, Asked], ModelError]] = {
    "busy": _busy,
    "no credit": _no_credit,
    "no access": _no_access,
    "no model": _no_model,
    "filtered": _filtered,
    "too long": _too_long,
}
"""Makes the error of each kind of complaint but "rejected"."""


def _model(asked: Asked) -> str:
    return f"'{harmless(asked.model)}'"


def _tries(asked: Asked) -> str:
    return f" in {asked.attempts} attempts" if asked.attempts > 1 else ""


def shown(message: str, key: str = "") -> str:
    """A server's words, without keys, controls and length."""
    return harmless(without_key(message[: 10 * MAX_SHOWN_CHARACTERS], key))[
        :MAX_SHOWN_CHARACTERS
    ].rstrip(". ")


def without_key(message: str, key: str = "") -> str:
    """The words without this key, and without what looks like one."""
    return _LIKE_A_KEY.sub("…", message.replace(key, "…") if key else message)


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
