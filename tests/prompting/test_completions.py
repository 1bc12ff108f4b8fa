from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.dialogues import answer
from support.replies import Reply
from support.scripted_server import completion

from attributor.errors import AnswerError
from attributor.messages import Answer, Request
from attributor.prompting.answers import parsed
from attributor.prompting.client import Asker
from attributor.settings import Settings

REQUEST = Request("bridge", "attribute", 0, (), "attribution", "{}", 100)
RIGHT = answer().text
OBJECT = json.loads(RIGHT)
DRAFT = '{"quotes":[]}'


ASKER = Asker(Settings(base_url="http://127.0.0.1:9/v1"))


def read(body: str) -> Answer:
    return ASKER.read("bridge", body)


def body(reply: Reply) -> str:
    return json.dumps(reply.body, ensure_ascii=False)


def call(arguments: object) -> dict[str, Any]:
    return {"id": "1", "type": "function", "function": {"name": "f", "arguments": arguments}}


def part(kind: str, **rest: object) -> dict[str, object]:
    return {"type": kind} | rest


MESSAGES: list[dict[str, Any]] = [
    {"content": [part("text", text=RIGHT)]},
    {"content": [part("output_text", text=RIGHT, annotations=[])]},
    {"content": [RIGHT]},
    {"content": part("text", text=RIGHT)},
    {"content": [part("text", text={"value": RIGHT})]},
    {"content": [part("text", text=RIGHT[:9]), part("text", text=RIGHT[9:])]},
    {"content": [part("thinking", thinking=[part("text", text=DRAFT)]), part("text", text=RIGHT)]},
    {"content": [part("reasoning", text=DRAFT), part("text", text=RIGHT)]},
    {"content": [{"thought": True, "text": DRAFT}, {"text": RIGHT}]},
    {"content": [part("tool_use", name="f", input=OBJECT)]},
    {"content": OBJECT},
    {"content": RIGHT, "reasoning_content": DRAFT, "refusal": ""},
    {"content": None, "reasoning_content": RIGHT},
    {"content": "", "reasoning": f"I see.\n</think>\n{RIGHT}"},
    {"content": "\n\n", "reasoning_content": "", "reasoning": f"So it is:\n{RIGHT}\n"},
    {"content": None, "reasoning_details": [part("reasoning.text", text=RIGHT)]},
    {"content": [part("thinking", thinking=RIGHT)]},
    {"content": None, "tool_calls": [call(RIGHT)]},
    {"content": None, "tool_calls": [call(OBJECT)]},
    {"content": "I call it.", "tool_calls": [call(json.dumps({"answer": OBJECT}))]},
    {"content": None, "reasoning": DRAFT, "function_call": {"name": "f", "arguments": RIGHT}},
    {"role": "assistant", "tool_calls": [call(RIGHT)]},
]


@pytest.mark.parametrize("message", MESSAGES)
def test_an_answer_is_found_wherever_a_server_puts_it(message: dict[str, Any]) -> None:
    found = read(body(Reply(body={"choices": [{"message": message, "finish_reason": "stop"}]})))
    assert parsed(REQUEST, found, "quotes") == OBJECT


@pytest.mark.parametrize(
    ("message", "says"),
    [
        ({"content": None, "reasoning_content": "Who said it?"}, "gave only its thoughts"),
        ({"content": [part("thinking", thinking=DRAFT + "?")]}, "gave only its thoughts"),
        ({"content": None, "tool_calls": [call("")]}, "called a tool instead"),
        ({"content": None, "tool_calls": [call('{"q":1}')]}, "called a tool instead"),
        ({"content": None, "tool_calls": []}, "gave an empty answer"),
        ({"content": None, "reasoning": ""}, "gave an empty answer"),
        ({"content": [part("text", text="")]}, "gave an empty answer"),
        ({"content": [part("refusal", refusal="I will not.")]}, "saying 'I will not.'"),
        ({"content": None, "refusal": {"code": 1}}, "refused the request"),
    ],
)
def test_what_a_message_lacks_is_told_by_its_own_name(message: dict[str, Any], says: str) -> None:
    found = read(body(Reply(body={"choices": [{"message": message}]})))
    with pytest.raises(AnswerError, match=says):
        parsed(REQUEST, found, "quotes")


# --- streams that nobody asked for --------------------------------------------------------------


def chunks(*deltas: dict[str, Any], finish: str = "stop", end: str = "\n\n") -> str:
    events: list[Any] = [
        {"model": "m-2", "choices": [{"index": 0, "delta": delta}]} for delta in deltas
    ]
    events.append({"choices": [{"index": 0, "delta": {}, "finish_reason": finish}], "usage": None})
    events.append({"choices": [], "usage": {"prompt_tokens": 90, "completion_tokens": 8}})
    lines = [f"data: {json.dumps(event)}" for event in events]
    return end.join([": keep-alive", *lines, "data: [DONE]", ""])


PIECES = [RIGHT[at : at + 7] for at in range(0, len(RIGHT), 7)]
STREAMS = [
    chunks(*({"content": piece} for piece in PIECES)),
    chunks({"role": "assistant", "content": ""}, {"content": RIGHT}, end="\n"),
    chunks({"content": RIGHT}, end="\r\n\r\n"),
    "\ufeff" + chunks({"content": RIGHT}),
    "event: message\nid: 7\n" + chunks({"reasoning_content": DRAFT}, {"content": RIGHT}),
    chunks(*({"content": None, "reasoning_content": piece} for piece in PIECES)),
    chunks(
        {"content": [part("text", text=RIGHT[:5])]}, {"content": [part("text", text=RIGHT[5:])]}
    ),
    chunks(*({"tool_calls": [{"index": 0, "function": {"arguments": p}}]} for p in PIECES)),
    body(completion(RIGHT)) + "\n\ndata: [DONE]\n\n",
    f"data: {body(completion(RIGHT))}\n\ndata: [DONE]\n\n",
]


@pytest.mark.parametrize("stream", STREAMS)
def test_a_stream_that_nobody_asked_for_is_put_together(stream: str) -> None:
    found = read(stream)
    assert parsed(REQUEST, found, "quotes") == OBJECT
    assert found.finish_reason == "stop"
    assert found.usage.input_tokens in (90, 5_000)
    assert found.model_reported in ("m-2", "m-1-reported")


def test_a_stream_that_was_cut_off_keeps_its_whole_items() -> None:
    cut = RIGHT[: RIGHT.rindex('"cue"')]
    found = read(chunks({"content": cut}, finish="length"))
    assert parsed(REQUEST, found, "quotes")["quotes"] == OBJECT["quotes"][:-1]


@pytest.mark.parametrize(
    "stream",
    [
        "data: [DONE]\n\n",
        "data: {not json}\n\n",
        'event: response.created\ndata: {"type": "response.created"}\n\n',
        'data: {"choices": [{"delta": {"content": "a"}}]}\n<html>',
        "data: 5\n\n",
    ],
)
def test_a_stream_that_cannot_be_put_together_is_named(stream: str) -> None:
    with pytest.raises(AnswerError, match="with a stream that cannot be put together"):
        read(stream)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["choices", "message", "delta", "content", "text", "type", "tool_calls"]
            )
            | st.sampled_from(["function", "arguments", "reasoning", "refusal", "error", "index"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(st.lists(_JSON, min_size=1, max_size=3), st.booleans(), _JSON)
def test_any_body_is_an_answer_or_an_error_of_it(
    events: list[Any], is_streamed: bool, message: Any
) -> None:
    events = [*events, {"choices": [{"message": message, "delta": message}]}]
    lines = [f"data: {json.dumps(event)}" for event in events]
    try:
        found = read("\n".join(lines) if is_streamed else json.dumps(events[-1]))
    except AnswerError:
        return
    assert isinstance(found.text, str)
