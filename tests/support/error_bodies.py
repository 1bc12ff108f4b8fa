"""The same words as servers write them."""

from __future__ import annotations

import json
from typing import Any


def shapes(words: str) -> dict[str, Any]:
    """The same words in the bodies of errors that servers write."""
    inner = {"error": {"message": words}}
    upstream = {"message": "Provider returned error", "metadata": {"raw": json.dumps(inner)}}
    item = {"loc": ["body", "x"], "msg": words, "type": "value_error", "input": {"secret": "y"}}
    return {
        "error.message": inner,
        "error": {"error": words},
        "error, a string of JSON": {"error": json.dumps(inner)},
        "message": {"object": "error", "message": words, "type": "BadRequestError"},
        "msg": {"success": False, "msg": words},
        "detail": {"detail": words},
        "detail, a list": {"detail": [item]},
        "detail, an object": {"detail": {"error": words}},
        "errors": {"errors": [{"message": words}]},
        "errors, strings": {"errors": [words]},
        "a list around it": [{"error": {"message": words, "status": "UNKNOWN"}}],
        "metadata.raw": {"error": upstream},
        "metadata.raw, as text": {"error": upstream | {"metadata": {"raw": words}}},
        "type": {"type": "error", "error": {"type": "odd", "message": words}},
        "text": words,
        "a string": json.dumps(words),
    }
