"""What a server's body says: the chat completion in it, and the words of the message in that.

Servers differ in where they put words: in a string or in parts, in a field of thoughts, in the call
of a tool that nobody offered, in a stream of chunks that nobody asked for.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from attributor.messages import THOUGHTS, TOOL_CALL

_WORD_KEYS = ("text", "content", "value", "output_text", "parts", "thinking", "summary")
"""Keys under which a part of a message has its words."""
_OBJECT_KEYS = ("input", "arguments", "json", "parsed")
"""Keys under which a part of a message has an object in place of words."""
_THOUGHT_KEYS = ("reasoning_content", "reasoning", "thinking", "reasoning_details", "thoughts")
"""Keys under which a message has what its model thinks aloud."""
_EVENT_BEGINNINGS = ("data:", "event:", "id:", "retry:", ":")
"""What the lines of a stream of events begin with."""
_BLANK = "\ufeff \t\r\n"
"""White space, and a byte order mark, which may stand before a body."""


def completion(body: str) -> Any:
    """The chat completion in a body; of a stream, what its chunks say together.

    Raises:
        ValueError: it is neither JSON nor a stream of chat completions.
    """
    text = body.lstrip(_BLANK)
    try:
        return json.loads(text, strict=False)
    except ValueError:
        return _joined(list(_events(text)))


def is_stream(body: str) -> bool:
    """Whether it is a stream of events, as servers give it that were asked to stream."""
    return body.lstrip(_BLANK).startswith(_EVENT_BEGINNINGS)


def text_of(message: dict[str, Any]) -> str:
    """What a message says: its words, else the calls of tools, else what was thought aloud.

    Calls and thoughts come with a mark before them.
    """
    content = list(_words(message.get("content")))
    said = "".join(words for words, is_thought in content if not is_thought)
    said += "".join(f"\n{TOOL_CALL}{call}" for call in _calls(message))
    if said.strip():
        return said
    fields = (_words(message.get(key)) for key in _THOUGHT_KEYS)
    thoughts = ("".join(words for words, _ in thought) for thought in (content, *fields))
    thought = next((words for words in thoughts if words.strip()), "")
    return f"{THOUGHTS}{thought}" if thought else said


def refusal_of(message: dict[str, Any]) -> str | None:
    """The words by which the model refuses, if it does."""
    refusal, content = message.get("refusal"), message.get("content")
    parts = content if isinstance(content, list) else []
    refusal = refusal or [p["refusal"] for p in parts if isinstance(p, dict) and p.get("refusal")]
    words = "".join(words for words, _ in _words(refusal))
    return (words or json.dumps(refusal)) if refusal else None


def object_in(value: object) -> dict[str, Any]:
    """The JSON object that a value is; an empty one where it is something else."""
    return value if isinstance(value, dict) else {}


def _words(value: object, is_thought: bool = False) -> Iterator[tuple[str, bool]]:
    """The words of a message's content, and whether each are thoughts."""
    if isinstance(value, str):
        yield value, is_thought
    elif isinstance(value, list):
        for part in value:
            yield from _words(part, is_thought)
    elif isinstance(value, dict):
        kind = str(value.get("type", "")).lower()
        is_thought = is_thought or value.get("thought") is True
        is_thought = is_thought or any(word in kind for word in ("think", "thought", "reason"))
        key = next((key for key in (*_WORD_KEYS, *_OBJECT_KEYS) if value.get(key)), None)
        if key:
            yield from _words(value[key], is_thought)
        elif value and not kind:
            yield json.dumps(value), is_thought  # the object itself


def _calls(message: dict[str, Any]) -> list[str]:
    """The arguments of the tools that a message calls."""
    calls = message.get("tool_calls") or []
    functions = [call["function"] for call in calls] + [message.get("function_call")]
    arguments = [function.get("arguments") for function in functions if function]
    return ["".join(words for words, _ in _words(given)) for given in arguments]


def _events(text: str) -> Iterator[Any]:
    """The JSON of a stream's lines, or of a whole body with such lines behind it."""
    if not text.startswith(_EVENT_BEGINNINGS):
        whole, end = json.JSONDecoder(strict=False).raw_decode(text)
        yield whole
        text = text[end:]
    for line in filter(None, map(str.strip, text.split("\n"))):
        if not line.startswith(_EVENT_BEGINNINGS):
            raise ValueError("this is no line of a stream")
        data = line.removeprefix("data:").strip() if line.startswith("data:") else ""
        if data and data != "[DONE]":
            yield json.loads(data, strict=False)


def _joined(events: list[Any]) -> dict[str, Any]:
    """One chat completion of chunks, in which each value is a list; an error among them is all."""
    error = next((event for event in events if event.get("error")), None)
    choices = [event["choices"][0] for event in events if event.get("choices")]
    if error or not choices:
        return error or {}
    whole = next((choice["message"] for choice in choices if choice.get("message")), None)
    joined = {key: value for event in events for key, value in event.items() if value is not None}
    ends = [choice["finish_reason"] for choice in choices if choice.get("finish_reason")]
    message = whole or _message([choice["delta"] for choice in choices if choice.get("delta")])
    return joined | {"choices": [{"message": message, "finish_reason": (ends or [None])[-1]}]}


def _message(deltas: list[dict[str, Any]]) -> dict[str, Any]:
    message: dict[str, Any] = {}
    calls: dict[object, list[object]] = {}
    for delta in deltas:
        for key, value in delta.items():
            if key == "tool_calls":
                for call in value or []:
                    pieces = calls.setdefault(call.get("index"), [])
                    pieces.append((call.get("function") or {}).get("arguments"))
            elif key != "role" and value is not None:
                message.setdefault(key, []).append(value)
    called = [{"function": {"arguments": pieces}} for pieces in calls.values()]
    return message | ({"tool_calls": called} if called else {})
