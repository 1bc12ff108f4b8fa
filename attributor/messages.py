"""What is asked of a model and what it answers: plain records, with no network in them."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from attributor.records import Usage

Purpose = Literal["attribute", "repair", "stance"]
"""What a request asks for."""

THOUGHTS = "<think>"
"""What stands in an answer's text before thoughts that a server kept apart from it."""
TOOL_CALL = "<tool_call>"
"""What stands in an answer's text before the call of a tool that a server kept apart from it."""
_CUT_OFF = re.compile(r"length|maxtoken|outputtoken|tokenlimit|contextwindow")
"""Finish reasons of answers that became too long, in lower case and without signs."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a chat."""

    role: Literal["system", "user"]
    content: str


@dataclass(frozen=True, slots=True)
class Request:
    """One request, whoever carries it: the client, a ledger or a batch.

    `part` counts the windows (or chunks of quotes) of one purpose from 0. `schema_json` is the
    schema that the answer must have; the order of its keys is part of it.
    """

    article: str
    purpose: Purpose
    part: int
    messages: tuple[Message, ...]
    schema_name: str
    schema_json: str
    max_output_tokens: int
    temperature: float = 0.0

    @property
    def schema(self) -> dict[str, Any]:
        """The schema as JSON Schema."""
        schema: dict[str, Any] = json.loads(self.schema_json)
        return schema

    def canonical(self, model: str) -> str:
        """Everything that the answer depends on, as canonical JSON; not which article asked."""
        return canonical_json(
            {
                "model": model,
                "temperature": self.temperature,
                "max_output_tokens": self.max_output_tokens,
                "messages": [{"role": m.role, "content": m.content} for m in self.messages],
                "schema_name": self.schema_name,
                "schema": self.schema_json,
            }
        )

    def key(self, model: str) -> str:
        """SHA-256 of `canonical(model)`: an answer bought under this key is never bought again."""
        return sha256(self.canonical(model))


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `model` is the one asked for, `model_reported` what the server says."""

    text: str
    finish_reason: str = "stop"
    refusal: str | None = None
    model: str | None = None
    model_reported: str | None = None
    usage: Usage = field(default_factory=lambda: Usage(requests=1))

    @property
    def was_cut_off(self) -> bool:
        """Whether it ends because it became too long; each server has a word of its own for it."""
        return bool(_CUT_OFF.search(re.sub(r"[\W_]", "", self.finish_reason.lower())))

    def costing(self, cost_usd: float | None) -> Answer:
        """The answer at this price in US dollars; None where no price is known."""
        return replace(self, usage=self.usage.model_copy(update={"cost_usd": cost_usd}))


def canonical_json(value: object) -> str:
    """One spelling for one value: sorted keys, no spaces, characters as they are."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha256(text: str) -> str:
    """SHA-256 of the text as UTF-8, hexadecimal."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
