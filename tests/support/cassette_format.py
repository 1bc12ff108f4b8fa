"""How cassettes are written: JSON that a person can read, without anything secret.

Bodies are kept as JSON values, so that curly quotes stay curly; of headers only those are kept
that say what a body is.
"""

from __future__ import annotations

import json
from typing import Any

from vcr.request import Request

KEPT_HEADERS = frozenset({"content-type", "retry-after"})

Response = dict[str, Any]


def scrub_request(request: Request) -> Request:
    """The request without its headers: keys, organisations and the machine's description."""
    request.headers = {k: v for k, v in request.headers.items() if k.lower() in KEPT_HEADERS}
    return request


def scrub_response(response: Response) -> Response:
    """The response without cookies, organisation, project, rate limits and request ids."""
    headers = {k: v for k, v in response["headers"].items() if k.lower() in KEPT_HEADERS}
    return response | {"headers": headers}


def same_body(one: Request, other: Request) -> None:
    """Whether two bodies are the same JSON value, however it is spelt."""
    assert json.loads(one.body) == json.loads(other.body), "the bodies differ"


def serialize(cassette: dict[str, Any]) -> str:
    """A cassette as JSON with its bodies unfolded."""
    for interaction in cassette["interactions"]:
        interaction["request"]["body"] = _unfolded(interaction["request"]["body"])
        body = interaction["response"]["body"]
        body["string"] = _unfolded(body["string"])
    return json.dumps(cassette, ensure_ascii=False, indent=1) + "\n"


def deserialize(text: str) -> Any:
    """A cassette as vcrpy wants it, its bodies folded again."""
    cassette = json.loads(text)
    for interaction in cassette["interactions"]:
        interaction["request"]["body"] = _folded(interaction["request"]["body"])
        body = interaction["response"]["body"]
        body["string"] = _folded(body["string"])
    return cassette


def _unfolded(body: str) -> Any:
    try:
        return json.loads(body)
    except json.JSONDecodeError:
        return body


def _folded(body: Any) -> str:
    return body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
