"""How a server is asked: what it was found not to understand is left out from then on.

What a refusal says about the server (a parameter or a feature is not supported, an answer is so
long at most) is kept to in all requests. What it says about one request (its article leaves little
room in the context, its answer became no JSON) changes that request alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from attributor.messages import Message, Request
from attributor.prompting.answer_schema import without_bounds
from attributor.prompting.complaints import Complaint

REASONING_TOKENS = 16_000
"""How many output tokens are allowed for thinking on servers whose limit counts them."""
MIN_OUTPUT_TOKENS = 256
"""The smallest number in a refusal that is taken for a limit of a model's answers."""
MIN_ROOM_SHARE = 0.5
"""A request is still worth asking where this share of its output tokens has room."""
MAX_TRIES_OF_A_FORM = 12
"""How many forms one request is asked in, each simpler than the one before."""

FORMATS = ("strict schema", "strict schema without bounds", "JSON mode", "plain text")
"""What an answer can be held to, from the strictest on."""

_NEVER_ABOUT_FORM = frozenset({401, 402, 403, 408, 409, 413, 425, 429, 451})
"""Statuses that say nothing about how a request is written."""
_NOT_IMPLEMENTED = 501
"""The status of a server that lacks what a request asks for."""
_ABOUT_FORM = frozenset({400, 422, _NOT_IMPLEMENTED})
"""Statuses after which a simpler form is tried, though nothing is said to be unsupported."""

_UNSUPPORTED = re.compile(
    r"unsupport|unimplement|(?:\bnot?|n't) (?:be |been |yet |currently )?(?:support|implement"
    r"|permit|allow|avail|enabl|valid|accept|recogni|compatib|exist)|unavailable|unknown|unrecogni[sz]ed"
    r"|\bunexpected|\bextra\b|invalid|incompatible|deprecated|instead|must (?:be|alternate)"
    r"|should be|\bonly\b|cannot|can't|failed to (?:parse|compile|convert)|no endpoints|wrong"
)
"""Words that say that something is not supported."""
_ABOUT_THIS_ANSWER = re.compile(
    r"failed to generate|generated (?:json|text|output)|json_validate_failed|failed_generation"
    r"|could not (?:generate|produce)|model's? (?:output|answer|response)"
)
"""Words that say that only this answer failed."""
_TEMPERATURE = re.compile(r"temperature")
"""Words about the temperature."""
_CACHE = re.compile(r"cache")
"""Words about the mark up to which prompts are cached."""
_LIMIT_NAME = re.compile(r"max_(?:completion_)?tokens|max_completion")
"""The two names of the limit of output tokens."""
_INSTEAD = re.compile(r"\binstead\b|\buse\b")
"""Words that say that another name is to be used."""
_SYSTEM_MESSAGE = re.compile(
    r"system (?:role|message|prompt|instruction)|roles? must alternate|developer instruction"
    r"|only user and assistant|role\W{1,4}system"
)
"""Words about instructions in a message of their own."""
_ANSWER_FORMAT = re.compile(
    r"response_?(?:format|schema|mime)|json[_ ](?:schema|object|mode)|structured[_ -]?output|guided"
    r"|grammar|\bstrict\b|\bschema\b|additionalproperties|requested parameters"
)
"""Words about the format that an answer is held to."""
_JSON = re.compile(r"json")
"""Words about JSON."""
_NUMBER = re.compile(r"(?<![\w.-])(?:\d{1,3}(?:,\d{3})+|\d{1,9})(?![\w-]|\.\d)")
"""A whole number, with commas between thousands or without."""
_BELOW_A_NUMBER = re.compile(r"exclusive|(?:(?:less|lower|smaller|fewer) than|below) \W{0,2}\d")
"""Words that say that the number itself is already too large."""
_CONTEXT_TOKENS = re.compile(
    r"context (?:length|window|size|limit)(?: is| of|:)?(?: only)? ([\d,]+)"
)
"""How many tokens the context has, in words."""
_INPUT_TOKENS = re.compile(
    r"([\d,]+) (?:tokens? )?(?:input tokens|prompt tokens|(?:tokens )?in the (?:messages|prompt)"
    r"|(?:tokens )?from the input|of text input)"
)
"""How many tokens the request has, in words."""
_TOKENS_AND_LIMIT = re.compile(r"([\d,]+) \+ [\d,]+ > ([\d,]+)")
"""The tokens of the request and of the answer, and the limit that they are over."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a server was found to understand. `format` goes from strict to plain.

    Attributes:
        format: the place of what an answer is held to, in `FORMATS`.
        temperature: whether one is named.
        breakpoint: whether the place is marked up to which prompts are the same.
        completion_limit: whether the limit of output tokens is `max_completion_tokens`.
        limit_is_settled: whether the other name was tried.
        system: whether instructions have a message of their own.
        most_output: output tokens that an answer may have at most; None if nobody said.
    """

    format: int = 0
    temperature: bool = True
    breakpoint: bool = False
    completion_limit: bool = False
    limit_is_settled: bool = False
    system: bool = True
    most_output: int | None = None

    def output(self, wanted: int) -> int:
        """The output tokens to ask for, of which `wanted` are for the answer itself."""
        room = wanted + (REASONING_TOKENS if self.completion_limit else 0)
        return room if self.most_output is None else min(room, self.most_output)


@dataclass(frozen=True, slots=True)
class Alone:
    """How one request is asked otherwise than all others; see `Dialect`."""

    format: int = 0
    most_output: int | None = None

    def within(self, dialect: Dialect) -> Dialect:
        """The dialect for this request."""
        limits = [n for n in (self.most_output, dialect.most_output) if n is not None]
        return replace(
            dialect,
            format=max(self.format, dialect.format),
            most_output=min(limits, default=None),
        )


def simpler(dialect: Dialect, complaint: Complaint, sent: int | None = None) -> Dialect:
    """A dialect without what the server says it does not support; the same one if it says nothing.

    Args:
        dialect: in which it was asked.
        complaint: what it says.
        sent: output tokens that were asked for, if that is known.
    """
    says = complaint.says
    if complaint.status in _NEVER_ABOUT_FORM or complaint.kind not in ("rejected", "busy"):
        return dialect
    if complaint.names_output_limit and (limit := _named_limit(complaint, sent)):
        return replace(dialect, most_output=limit)
    if not says(_UNSUPPORTED) or says(_ABOUT_THIS_ANSWER):
        return dialect
    if dialect.breakpoint and says(_CACHE):
        return replace(dialect, breakpoint=False)
    if dialect.temperature and says(_TEMPERATURE):
        return replace(dialect, temperature=False)
    is_about_name = not complaint.names_output_limit or says(_INSTEAD)
    if not dialect.limit_is_settled and says(_LIMIT_NAME) and is_about_name:
        other = not dialect.completion_limit
        return replace(dialect, completion_limit=other, limit_is_settled=True)
    if dialect.system and says(_SYSTEM_MESSAGE):
        return replace(dialect, system=False)
    is_format = says(_ANSWER_FORMAT) or complaint.status == _NOT_IMPLEMENTED
    return _plainer(dialect) if is_format else dialect


def alone(sent: Dialect, before: Alone, wanted: int, complaint: Complaint) -> Alone:
    """How to ask one request again after what the server says of it; as before if there is no way.

    Args:
        sent: the dialect in which it was asked.
        before: how it was asked otherwise than others.
        wanted: output tokens that it is to have.
        complaint: what the server says.
    """
    if complaint.kind == "too long":
        room = _room(complaint)
        if room is not None and MIN_ROOM_SHARE * wanted <= room < sent.output(wanted):
            return replace(before, most_output=room)
    elif complaint.kind == "rejected" and complaint.status in _ABOUT_FORM:
        plainer = _plainer(sent)
        is_format = complaint.says(_JSON) or complaint.says(_ANSWER_FORMAT)
        if plainer != sent and (is_format or complaint.status == _NOT_IMPLEMENTED):
            return replace(before, format=plainer.format)
    return before


def parameters(request: Request, model: str, dialect: Dialect) -> dict[str, Any]:
    """The body of a request for a chat completion."""
    form = FORMATS[dialect.format]
    limit = "max_completion_tokens" if dialect.completion_limit else "max_tokens"
    body = {
        "model": model,
        "messages": _messages(request, dialect),
        "temperature": request.temperature if dialect.temperature else None,
        limit: dialect.output(request.max_output_tokens),
        "response_format": _response_format(request, form),
    }
    return {name: value for name, value in body.items() if value is not None}


def _plainer(dialect: Dialect) -> Dialect:
    return replace(dialect, format=min(dialect.format + 1, len(FORMATS) - 1))


def _named_limit(complaint: Complaint, sent: int | None) -> int | None:
    """The output tokens that the server says an answer may have at most; None if it does not."""
    found = {_int(number) for number in _NUMBER.findall(complaint.text)}
    named = {
        number for number in found if number >= MIN_OUTPUT_TOKENS and number != complaint.status
    }
    top = sent if sent is not None else max(named) if len(named) > 1 else float("inf")
    least = 1 if complaint.says(_BELOW_A_NUMBER) else 0
    fitting = [number - least for number in named if number < top]
    return max(fitting, default=None)


def _room(complaint: Complaint) -> int | None:
    """The output tokens for which a context has room beside this article, if the server says so."""
    if found := _TOKENS_AND_LIMIT.search(complaint.text):
        return _int(found[2]) - _int(found[1])
    context, read = _CONTEXT_TOKENS.search(complaint.text), _INPUT_TOKENS.search(complaint.text)
    return _int(context[1]) - _int(read[1]) if context and read else None


def _int(number: str) -> int:
    return int(number.replace(",", "")[:9] or "0")


def _messages(request: Request, dialect: Dialect) -> list[dict[str, Any]]:
    static, *rest = request.messages
    text = static.content
    if FORMATS[dialect.format] in ("JSON mode", "plain text"):
        text += f"\n\nThe JSON Schema of the answer:\n{request.schema_json}"
    if not dialect.system:
        return [_message("user", "\n\n".join([text, *(message.content for message in rest)]))]
    part = {"type": "text", "text": text, "prompt_cache_breakpoint": {"mode": "explicit"}}
    content: Any = [part] if dialect.breakpoint else text
    return [_message(static.role, content), *map(_as_it_is, rest)]


def _as_it_is(message: Message) -> dict[str, Any]:
    return _message(message.role, message.content)


def _message(role: str, content: Any) -> dict[str, Any]:
    return {"role": role, "content": content}


def _response_format(request: Request, form: str) -> dict[str, Any] | None:
    if form == "plain text":
        return None
    if form == "JSON mode":
        return {"type": "json_object"}
    schema = request.schema if form == "strict schema" else without_bounds(request.schema)
    json_schema = {"name": request.schema_name, "strict": True, "schema": schema}
    return {"type": "json_schema", "json_schema": json_schema}
