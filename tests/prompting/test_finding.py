from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.dialogues import TUNNEL, answer, quote, said

from attributor.errors import AnswerError
from attributor.messages import TOOL_CALL, Request
from attributor.prompting.answer_json import Shape, find
from attributor.prompting.answer_schema import Attribution, schema_json
from attributor.prompting.answers import parsed

REQUEST = Request("bridge", "attribute", 0, (), "attribution", schema_json(Attribution), 100)
SHAPE = Shape("quotes", frozenset(Attribution.model_fields))
RIGHT = answer().text
DRAFT = '{"quotes":[],"not_speech":[1]}'
BROKEN_DRAFT = '{"who":[],"names":[],"quotes":[{"draft":0,"at":"1","cue":'


def quotes(text: str, **rest: Any) -> list[Any]:
    found = parsed(REQUEST, said(text, **rest), "quotes")["quotes"]
    assert isinstance(found, list)
    return found


WHOLE = json.loads(RIGHT)["quotes"]

THOUGHTS = [
    "<think>Ann said DRAFT</think>\n",
    "<think>a</think><think>DRAFT</think>",
    "<think>a <think>b</think> DRAFT</think>",
    "Okay, DRAFT, so:\n</think>\n\n",
    "<thinking>DRAFT</thinking>",
    "<THOUGHT>DRAFT</THOUGHT>",
    "<thought process='1'>DRAFT</thought>",
    "<reasoning>DRAFT</reasoning> <reflection>DRAFT</reflection>",
    "<seed:think>DRAFT</seed:think>",
    "<antThinking>DRAFT</antThinking>",
    "[THINK]DRAFT[/THINK]",
    "◁think▷DRAFT◁/think▷",
    "<|begin_of_thought|>DRAFT<|end_of_thought|>\n<|begin_of_solution|>",
    "<|START_THINKING|>DRAFT<|END_THINKING|><|START_RESPONSE|>",
    "<unused94>thought\nDRAFT<unused95>",
    "<|channel|>analysis<|message|>DRAFT<|end|><|start|>assistant<|channel|>final "
    "<|constrain|>json<|message|>",
    "<|channel|>final<|message|>",
    "<|channel>thought\nDRAFT<channel|>",
    "analysisWe need DRAFT.assistantfinal",
    "analysisWe need DRAFTassistantfinal",
]


@pytest.mark.parametrize("draft", [DRAFT, BROKEN_DRAFT, "{", RIGHT])
@pytest.mark.parametrize("thoughts", THOUGHTS)
def test_what_a_model_thinks_aloud_is_not_its_answer(thoughts: str, draft: str) -> None:
    assert quotes(thoughts.replace("DRAFT", draft) + RIGHT) == WHOLE


@pytest.mark.parametrize(
    "wrapping",
    [
        "{}",
        "\ufeff{}",
        "```json\n{}\n```",
        "```json{}```",
        "```\n{}",
        "Here is the JSON:\n\n```json\n{}\n```\n\nLet me know if {that} helps!",
        'As {"a": 1} and {} say',
        "{}<|im_end|>",
        "{}<|eot_id|>",
        "{}</s>",
        "{}<end_of_turn>",
        "<answer>{}</answer>",
        "{}\n{}",
        '{"answer": {}}',
        '{"type": "object", "result": [{}]}',
        "[{}]",
        "<tool_call>{}</tool_call>",
        "<think>{}",
        "<think>I see. {}\n</think>",
        "I do not use <think> here. {}",
        "<think>I see.</think>{}",
        "{}\n<think>Was it right? [1] {2}</think>",
    ],
)
@pytest.mark.parametrize("trailing", ["", " \n"])
def test_the_answer_is_found_in_any_wrapping(wrapping: str, trailing: str) -> None:
    for text in (RIGHT, json.dumps(json.loads(RIGHT), indent=2)):
        assert quotes(wrapping.replace("{}", text) + trailing) == WHOLE


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(RIGHT),
        json.dumps({"arguments": RIGHT}),
        f"It is {json.dumps(json.dumps(json.loads(RIGHT), indent=1))}",
    ],
)
def test_an_answer_is_found_that_was_encoded_twice(text: str) -> None:
    assert quotes(text) == WHOLE


def test_trailing_commas_and_raw_line_breaks_leave_no_doubt() -> None:
    odd = '{"quotes": [{"at": "1", "cue": "said,\n]", }, ], "not_speech": [5,],}'
    assert quotes(f"Here:\n{odd}") == [{"at": "1", "cue": "said,\n]"}]


@pytest.mark.parametrize(
    ("text", "number"),
    [('{"quotes": null}', 0), ('{"not_speech": [5]}', 0), ('{"quotes":[],"x":1}', 0)],
)
def test_a_list_that_is_null_or_left_out_is_empty(text: str, number: int) -> None:
    assert len(quotes(text)) == number


@pytest.mark.parametrize(
    "hostile", ["</think>", "<|channel|>final<|message|>", "{", "}", '"', "```", "assistantfinal"]
)
def test_what_looks_like_a_wrapping_within_the_answer_is_none(hostile: str) -> None:
    entry = quote(name=f"Ann {hostile} Lee")
    text = json.dumps({"quotes": [entry, TUNNEL], "not_speech": []})
    assert quotes(f"Well: {text} Done.") == [entry, TUNNEL]
    assert quotes(f"<think>Well: {text}</think>{text}") == [entry, TUNNEL]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (DRAFT + RIGHT, "holds several JSON objects that differ"),
        (DRAFT + RIGHT[:-1] + ",}", "holds several JSON objects that differ"),
        (f"[{DRAFT},{RIGHT}]", "holds several JSON objects that differ"),
        (f"<think>{DRAFT}</think> I cannot do that.", "is JSON of another shape"),
        (f"<think>{DRAFT} {RIGHT}", "gave only its thoughts"),
        (f"<think>{DRAFT} or not", "gave only its thoughts"),
        ("<think>Who said it?</think>\n", "gave only its thoughts"),
        ("analysisWho said it?", "gave only its thoughts"),
        (f"\n{TOOL_CALL}{{}}", "called a tool instead of answering"),
        (f"{TOOL_CALL}look up</tool_call>", "called a tool instead of answering"),
        ("{'quotes': [], 'not_speech': []}", "is not JSON"),
        ('{"people": []}', "is JSON of another shape"),
        ('{"people": [{}', "is not JSON"),
        ("[1, 2]", "is JSON of another shape"),
        ("Nobody said anything.", "is not JSON"),
    ],
)
def test_what_cannot_be_read_is_told_by_its_own_name(text: str, says: str) -> None:
    with pytest.raises(AnswerError, match=says):
        quotes(text)


CUT = RIGHT[: RIGHT.rindex('"cue"') + 9]


@pytest.mark.parametrize(
    "finish", ["length", "model_length", "max_tokens", "MAX_TOKENS", "max_output_tokens", "Length"]
)
@pytest.mark.parametrize(
    "before", ["", "```json\n", "Here it is {x}:\n", '{"answer": ', TOOL_CALL, *THOUGHTS]
)
def test_of_an_answer_that_was_cut_off_the_whole_items_are_kept(before: str, finish: str) -> None:
    text = before.replace("DRAFT", DRAFT) + CUT
    assert quotes(text, finish_reason=finish) == WHOLE[:-1]


@pytest.mark.parametrize(
    "text", [f"<think>{CUT}", f"<think>{DRAFT}", f"analysisWe {CUT}", CUT[:20]]
)
def test_of_an_answer_that_was_cut_off_in_its_thoughts_nothing_is_taken(text: str) -> None:
    with pytest.raises(AnswerError, match="was cut off after"):
        quotes(text, finish_reason="length")


@pytest.mark.parametrize("finish", ["stop", "eos_token", "stop_sequence", "end_turn", ""])
def test_an_answer_that_ended_by_itself_was_not_cut_off(finish: str) -> None:
    assert not said("", finish_reason=finish).was_cut_off
    with pytest.raises(AnswerError, match="is not JSON"):
        quotes(CUT, finish_reason=finish)


# --- any text at all ---------------------------------------------------------------------------

_PIECES = st.sampled_from(
    [
        *'{}[]":,\\ \n',
        *('{"quotes":[', '"at":"1"', '{"a":', RIGHT, DRAFT, '"{\\"quotes\\":[]}"', "1e999", "NaN"),
        *("<think>", "</think>", "<|channel|>final", "```", "assistantfinal", "analysisWe"),
    ]
)
_ANY_TEXT = st.lists(st.one_of(_PIECES, st.text(max_size=5)), max_size=30).map("".join)


@given(_ANY_TEXT, st.sampled_from(["stop", "length", "content_filter", ""]))
@example("[" * 10_000, "stop")
@example('{"quotes":' * 10_000, "length")
def test_any_text_ends_in_an_answer_or_in_an_error_of_it(text: str, finish: str) -> None:
    try:
        found = quotes(text, finish_reason=finish)
    except AnswerError:
        return
    assert isinstance(found, list)


_PROSE = st.text(st.characters(exclude_characters="{}<>[]◁▷", exclude_categories=["Cs"]))
_AROUND = st.sampled_from(
    ["{}", "```json\n{}\n```", "```{}```", "<think>t</think>{}", "t</think>{}"]
)
_VALUES = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(_PROSE, _AROUND, _PROSE, st.lists(_VALUES, max_size=3))
def test_a_right_answer_is_found_whatever_prose_stands_around_it(
    before: str, around: str, behind: str, names: list[str]
) -> None:
    right = {"quotes": [quote(name=name) for name in names], "not_speech": []}
    text = before + around.replace("{}", json.dumps(right, ensure_ascii=False)) + behind
    assert quotes(text) == right["quotes"]


@pytest.mark.parametrize(
    "repeated",
    [
        *("{", '{"', '{"a":', '{"a":"', '{"a":[1,', '"{\\"', "{}", '{"quotes":[]}', '"\\', "\\"),
        *("<think>", "</think>", "[THINK", "<a ", "◁think ", "<|channel|>final"),
        *(",  ", '{"a":1' + "0" * 5_000),
    ],
)
@pytest.mark.parametrize("was_cut_off", [False, True])
def test_the_time_that_a_hostile_answer_takes_is_bounded(repeated: str, was_cut_off: bool) -> None:
    text = repeated * (1_000_000 // len(repeated))
    begin = time.process_time()
    find(text, SHAPE, was_cut_off=was_cut_off)
    assert time.process_time() - begin < 5
