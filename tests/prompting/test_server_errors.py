"""What servers say is wrong, in every shape and in their own words, and what is made of it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from support.dialogues import answer, dialogue, only
from support.error_bodies import shapes
from support.stub_client import KEY, Stub, Told, good

from attributor.errors import (
    AccessError,
    AnswerError,
    BusyError,
    CreditError,
    FilteredError,
    ModelError,
    RequestError,
    TooLongError,
)
from attributor.messages import Answer
from attributor.prompting import complaints
from attributor.prompting.client import converse
from attributor.prompting.windows import harmless
from attributor.records import Annotation

GOOD = good(answer().text)


def ask(stub: Stub, times: int = 1, **settings: Any) -> list[Answer | ModelError]:
    """What comes of asking so often, one after the other."""

    async def asking() -> list[Answer | ModelError]:
        asker, found = stub.asker(**settings), list[Answer | ModelError]()
        for _ in range(times):
            try:
                found.append(await asker.ask(only(dialogue())))
            except ModelError as error:
                found.append(error)
        return found

    return asyncio.run(asking())


def error(*told: Told, **settings: Any) -> ModelError:
    (found,) = ask(Stub(told), **settings)
    assert isinstance(found, ModelError)
    assert KEY not in found.message
    assert found.message.endswith(".")
    assert "\n" not in found.message
    return found


# --- where the words stand ---------------------------------------------------------------------

NO_SCHEMA = "response_format of type json_schema is not supported"


OBJECTS = [shape for shape in shapes("") if shape not in ("text", "a string")]


@pytest.mark.parametrize(
    ("status", "shape"),
    [
        *((status, shape) for status in (400, 404, 405, 422, 500, 501) for shape in shapes("")),
        *((200, shape) for shape in OBJECTS),
    ],
)
def test_a_refusal_of_the_schema_is_understood_wherever_it_stands(status: int, shape: str) -> None:
    stub = Stub([Told(status, shapes(NO_SCHEMA)[shape]), GOOD])
    (found,) = ask(stub)
    assert isinstance(found, Answer)
    assert [sent["response_format"]["type"] for sent in stub.asked] == ["json_schema"] * 2
    assert "pattern" not in json.dumps(stub.asked[1]["response_format"])
    assert stub.waits == []


@pytest.mark.parametrize("shape", shapes(""))
def test_the_words_are_shown_wherever_they_stand(shape: str) -> None:
    body = shapes(f"the cat\nsat \x1b[31mon {KEY}")[shape]
    found = error(Told(400, body))
    assert type(found) is RequestError
    assert "the cat sat" in found.message
    assert "\x1b" not in found.message
    assert "secret" not in found.message


def test_the_key_of_any_maker_is_left_out_and_the_words_are_bounded() -> None:
    own = "0f" * 20
    stub = Stub([Told(400, f"no {own} here. " + "Long words. " * 1_000)])

    async def asking() -> None:
        asker = stub.asker()
        asker.client.api_key = own
        await asker.ask(only(dialogue()))

    with pytest.raises(RequestError) as caught:
        asyncio.run(asking())
    assert own not in caught.value.message
    assert "no … here" in caught.value.message
    assert len(caught.value.message) < 600


@pytest.mark.parametrize(
    ("status", "body", "says"),
    [
        (403, "<html><head><title>Attention Required!</title>", "titled 'Attention Required!'"),
        (502, "\ufeff\n<!DOCTYPE html><html><body>nothing", "(HTTP 502) in 3 attempts, with a web"),
        (200, "<title>Log in</title><p>here", "no chat completion, with a web page titled 'Log in"),
        (400, {"odd": {"shape": 7}}, """'{"odd": {"shape": 7}}'"""),
        (400, {"error": {"code": "so_it_is"}}, "'so_it_is'"),
        (400, "", "(HTTP 400); check"),
        (400, b"\xff\xfe\x00bad", "bad"),
        (400, "[" * 100_000, "[[["),
    ],
)
def test_what_came_is_told_whatever_it_is(status: int, body: Any, says: str) -> None:
    assert says in error(Told(status, body)).message


# --- errors in answers with HTTP 200 -----------------------------------------------------------


def inside(code: Any, words: str = "Provider returned error", **more: Any) -> dict[str, Any]:
    return {"error": {"message": words, "code": code}} | more


FAILED_CHOICE = {"finish_reason": "error", "message": {"content": ""}}

INSIDE = [
    (inside(429), BusyError, "is limiting requests (error 429 in an answer with HTTP 200)"),
    (inside("429"), BusyError, "is limiting requests"),
    (inside("rate_limit_exceeded"), BusyError, "is limiting requests"),
    (inside(502), BusyError, "is busy or has a fault"),
    (inside(None), BusyError, "'Provider returned error'"),
    (inside(503, choices=None), BusyError, "error 503"),
    (inside(503, choices=[]), BusyError, "error 503"),
    ({"choices": [FAILED_CHOICE | {"error": {"code": 502, "message": "m"}}]}, BusyError, "502"),
    ({"choices": [FAILED_CHOICE]}, BusyError, "is busy or has a fault"),
    (inside(402), CreditError, "no credit left"),
    (inside("insufficient_quota"), CreditError, "no credit left"),
    (inside(401), AccessError, "does not accept the key"),
    (inside(403, "your input was flagged"), FilteredError, "content filter"),
    (inside(400, "prompt is too long"), TooLongError, "too long"),
    (inside(None, "prompt is too long"), TooLongError, "too long"),
    (inside(400), RequestError, "rejects the request"),
    ({"detail": "Not Found"}, RequestError, "'Not Found'"),
    ({"message": "no", "code": 400}, RequestError, "'no'"),
    ({"base_resp": {"status_code": 1027, "status_msg": "output new_sensitive"}}, FilteredError, ""),
    ({"usage": {"prompt_tokens": 900}, "model": "m"}, FilteredError, "'no choice was given'"),
    ({"choices": None, "prompt_feedback": {"block_reason": "SAFETY"}}, FilteredError, "SAFETY"),
]


@pytest.mark.parametrize(("body", "kind", "says"), INSIDE)
def test_an_error_in_an_answer_is_treated_as_one_with_its_status(
    body: Any, kind: type[ModelError], says: str
) -> None:
    stub = Stub([Told(200, body)])
    (found,) = ask(stub)
    assert type(found) is kind
    assert says in found.message
    assert len(stub.asked) == (3 if kind is BusyError else 1)
    (later, _) = ask(Stub([Told(200, body), GOOD, GOOD]), times=2)
    assert isinstance(later, Answer) == (kind is BusyError)


@pytest.mark.parametrize(
    "more",
    [
        {"error": None},
        {"error": {}},
        {"error": {"message": "a warning"}},
        {"base_resp": {"status_code": 0, "status_msg": ""}},
        {"detail": "of no import"},
    ],
)
def test_an_answer_beside_which_an_error_stands_is_an_answer(more: dict[str, Any]) -> None:
    (found,) = ask(Stub([Told(200, GOOD.body | more)]))
    assert isinstance(found, Answer)
    assert found.text == answer().text


def test_a_text_that_speaks_of_errors_is_no_error() -> None:
    text = json.dumps({"quotes": [], "not_speech": [], "error": "none"})
    (found,) = ask(Stub([good(text)]))
    assert isinstance(found, Answer)
    assert found.text == text


# --- whom it concerns --------------------------------------------------------------------------

OF_THIS_ARTICLE: list[tuple[int, Any]] = [
    (403, inside(403, "x requires moderation. Your input was flagged. No credits were charged.")),
    (400, {"error": {"code": "content_filter", "message": "no"}}),
    (400, {"error": {"message": "x", "innererror": {"code": "ResponsibleAIPolicyViolation"}}}),
    (400, {"error": {"message": "Content Exists Risk", "code": "invalid_request_error"}}),
    (400, {"error": {"code": "data_inspection_failed", "message": "inappropriate content"}}),
    (400, {"code": "DataInspectionFailed", "message": "Input data may be bad"}),
    (
        400,
        {"error": {"code": "1301", "message": "系统检测到输入或生成内容可能包含不安全或敏感内容"}},
    ),
    (400, {"error": {"message": "litellm.ContentPolicyViolationError: so"}}),
    (400, {"error": {"message": "The request was blocked because of safety reasons"}}),
    (400, {"error": {"message": "Your request was rejected as a result of our safety system"}}),
    (400, [{"error": {"message": "Response stopped: RECITATION"}}]),
    (422, {"detail": "This prompt violates our usage policies"}),
    (
        403,
        {"error": "Content violates usage guidelines. API key ID: x. Failed check: SAFETY_CHECK"},
    ),
    (451, {"error": {"message": "no"}}),
    (451, ""),
]
TOO_LONG: list[tuple[int, Any]] = [
    (400, {"error": {"code": "context_length_exceeded", "message": "no"}}),
    (400, {"error": {"type": "exceed_context_size_error", "message": "the request exceeds it"}}),
    (400, {"type": "error", "error": {"message": "prompt is too long: 9000 tokens > 8000"}}),
    (400, [{"error": {"message": "The input token count (9000) exceeds the maximum number"}}]),
    (400, {"error": "Trying to keep 9000 tokens, but the context length is only 4096 tokens"}),
    (400, {"error": {"message": "Prompt contains 9000 tokens, too large for model with 8000"}}),
    (400, {"error": {"message": "This model's maximum prompt length is 8000"}}),
    (400, {"error": {"message": "<400> InternalError: Range of input length should be [1, 6000]"}}),
    (400, {"error": {"message": "Your request exceeded model token limit: 8192"}}),
    (422, {"error": "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096"}),
    (500, {"error": {"message": "Context size has been exceeded."}}),
    (400, {"message": "The input is longer than the maximum allowed", "object": "error"}),
    (400, {"error": {"message": "too many total text bytes"}}),
    (413, "<html><title>413 Request Entity Too Large</title>"),
    (413, {"error": {"message": "Request too large for m on tokens per minute (TPM): Limit 600"}}),
    (429, {"error": {"message": "Request too large for m in organization o on tokens per min"}}),
]
OF_THE_ACCOUNT: list[tuple[int, Any]] = [
    (402, {"error": {"message": "Insufficient Balance"}}),
    (400, {"error": {"message": "Your credit balance is too low to access the API"}}),
    (429, {"error": {"type": "exceeded_current_quota_error", "message": "suspended"}}),
    (
        429,
        {"error": {"message": "litellm.RateLimitError: You exceeded your current quota, please"}},
    ),
    (403, {"error": "Your team x has either used all available credits or reached its limit"}),
    (403, {"error": "Your newly created team doesn't have any credits yet."}),
    (400, {"code": "Arrearage", "message": "Access denied, your account is not in good standing"}),
]
OF_THE_KEY: list[tuple[int, Any]] = [
    (401, {"error": {"message": "no"}}),
    (401, "<html>no"),
    (400, [{"error": {"message": "API key not valid. Please pass one.", "status": "INVALID"}}]),
    (403, {"error": {"message": "You do not have access to the model"}}),
    (403, {"error": {"code": "unsupported_country_region_territory", "message": "no"}}),
    (403, {"error": {"message": "Your account was disabled for violating our usage policies"}}),
    (404, {"error": {"message": "model 'm-1' not found, try pulling it first"}}),
    (400, {"error": {"message": "Model Not Exist", "type": "invalid_request_error"}}),
    (404, {"error": {"message": "The model `m-1` does not exist", "code": "model_not_found"}}),
]
UNCLEAR: list[tuple[int, Any]] = [
    (403, "<html><title>Attention Required! | Cloudflare</title>Sorry, you have been blocked"),
    (403, {"error": {"message": "Forbidden"}}),
    (403, ""),
    (404, {"error": {"message": "No endpoints found matching your data policy"}}),
    (405, {"detail": "Method Not Allowed"}),
    (400, {"error": {"message": "model names are case-sensitive"}}),
    (400, {"error": {"message": "max_tokens must be at least 1, got -345."}}),
]
A_WHILE: list[tuple[int, Any]] = [
    (429, {"error": {"message": "You exceeded your current quota. Please retry in 34.07s."}}),
    (429, [{"error": {"message": "exceeded your current quota", "status": "RESOURCE_EXHAUSTED"}}]),
    (503, {"error": {"message": "the moderation service is unavailable"}}),
    (529, {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}),
    (500, {"error": {"message": "x"}}),
]
CONCERNS: list[tuple[type[ModelError], list[tuple[int, Any]], int]] = [
    (FilteredError, OF_THIS_ARTICLE, 1),
    (TooLongError, TOO_LONG, 1),
    (CreditError, OF_THE_ACCOUNT, 1),
    (AccessError, OF_THE_KEY, 1),
    (RequestError, UNCLEAR, 1),
    (BusyError, A_WHILE, 3),
]


@pytest.mark.parametrize(
    ("kind", "status", "body", "attempts"),
    [(kind, *told, attempts) for kind, table, attempts in CONCERNS for told in table],
)
def test_whom_a_refusal_concerns_is_told_by_its_words(
    kind: type[ModelError], status: int, body: Any, attempts: int
) -> None:
    stub = Stub([Told(status, body)])
    (found,) = ask(stub)
    assert type(found) is kind
    assert len(stub.asked) == attempts
    words = complaints.read(status, Told(status, body).content.decode()).shown
    assert harmless(words)[:20] in found.message


@pytest.mark.parametrize(
    "reason",
    ["content_filter", "content_filter: RECITATION", "SAFETY", "sensitive", "PROHIBITED_CONTENT"],
)
def test_an_answer_that_a_filter_stopped_is_told_so_in_every_makers_word(reason: str) -> None:
    body = good("").body
    body["choices"][0]["finish_reason"] = reason
    with pytest.raises(AnswerError, match="content filter stopped the answer"):
        annotate(Stub([Told(200, body)]))


# --- how to ask instead ------------------------------------------------------------------------

CONTEXT = (
    "'max_tokens' or 'max_completion_tokens' is too large: 5330. This model's maximum context "
    "length is 8192 tokens and your request has {} input tokens"
)


@pytest.mark.parametrize(
    ("words", "limit"),
    [
        ("max_tokens is too large: 470. This model supports at most 300 completion tokens", 300),
        (
            "max_tokens: 470 > 300, which is the maximum allowed number of output tokens for c-3",
            300,
        ),
        ("Invalid max_tokens value, the valid range of max_tokens is [1, 300]", 300),
        ("`max_tokens` must be less than or equal to `300`, less than the `context_window`", 300),
        ("max_tokens should be lower than 300 for m-2024-05-01", 299),
        ("it has a maxOutputTokens value of 470 but the range is from 1 to 301 (exclusive)", 300),
    ],
)
def test_a_limit_of_the_models_answers_is_kept_to_from_then_on(words: str, limit: int) -> None:
    stub = Stub([Told(400, {"error": {"message": words}}), GOOD])
    ask(stub, times=2)
    assert [sent.get("max_tokens") for sent in stub.asked][1:] == [limit, limit]
    assert stub.asked[1] | {"max_tokens": 0} == stub.asked[0] | {"max_tokens": 0}


def test_another_name_for_the_limit_adds_no_room_beyond_it() -> None:
    limit = "max_tokens is too large: 470. This model supports at most 300 completion tokens"
    other = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."
    refusals = [Told(400, {"error": {"message": words}}) for words in (limit, other)]
    stub = Stub([*refusals, GOOD])
    ask(stub)
    assert stub.asked[-1]["max_completion_tokens"] == 300


def test_a_context_that_is_too_small_for_one_article_changes_nothing_for_the_next() -> None:
    stub = Stub([Told(400, {"error": {"message": CONTEXT.format("8100")}}), GOOD])
    first, second = ask(stub, times=2)
    assert type(first) is TooLongError
    assert isinstance(second, Answer)
    assert stub.asked[0] == stub.asked[1]


@pytest.mark.parametrize(
    "words",
    [
        CONTEXT.format("7900"),
        "maximum context length is 8192 tokens (7900 in the messages, 470 in the completion)",
        "input length and `max_tokens` exceed context limit: 7900 + 470 > 8192, decrease it",
    ],
)
def test_where_the_context_leaves_nearly_enough_room_this_request_asks_for_that(words: str) -> None:
    stub = Stub([Told(400, {"error": {"message": words}}), GOOD])
    assert all(isinstance(found, Answer) for found in ask(stub, times=2))
    assert [sent["max_tokens"] for sent in stub.asked] == [470, 292, 470]


BROKEN = {"code": "json_validate_failed", "message": "Failed to generate JSON. Adjust it."}
NO_JSON_MODE = {"message": "response_format of type json_object is not supported"}


@pytest.mark.parametrize("last", [BROKEN, NO_JSON_MODE])
def test_an_answer_that_became_no_json_is_asked_more_simply_and_nothing_else_is(
    last: dict[str, str],
) -> None:
    stub = Stub([*[Told(400, {"error": told}) for told in (BROKEN, BROKEN, last)], GOOD])
    assert all(isinstance(found, Answer) for found in ask(stub, times=2))
    forms = [sent.get("response_format", {}).get("type") for sent in stub.asked]
    assert forms == ["json_schema", "json_schema", "json_object", None, "json_schema"]
    assert stub.asked[0] == stub.asked[-1]


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (500, "failed to parse grammar"),
        (501, "not implemented"),
        (404, "No endpoints found that can handle the requested parameters."),
        (400, "unsupported: structured output"),
        (400, "Invalid value for strict"),
        (400, "This response_format type is unavailable now"),
        (400, "Unknown name 'additionalProperties' at 'response_schema'"),
    ],
)
def test_a_schema_that_the_server_does_not_take_is_left_out_for_all(
    status: int, words: str
) -> None:
    stub = Stub([*[Told(status, {"error": {"message": words}})] * 2, GOOD])
    assert all(isinstance(found, Answer) for found in ask(stub, times=2))
    forms = [sent["response_format"]["type"] for sent in stub.asked]
    assert forms == ["json_schema", "json_schema", "json_object", "json_object"]
    assert stub.waits == []


@pytest.mark.parametrize(
    "words",
    [
        "System role not supported",
        "Conversation roles must alternate user/assistant",
        "Only user and assistant roles are supported!",
    ],
)
def test_a_model_without_a_role_for_instructions_gets_them_with_the_article(words: str) -> None:
    stub = Stub([Told(400, {"error": {"message": words}}), GOOD])
    assert all(isinstance(found, Answer) for found in ask(stub, times=2))
    (system, user), *others = [sent["messages"] for sent in stub.asked]
    merged = {"role": "user", "content": f"{system['content']}\n\n{user['content']}"}
    assert others == [[merged], [merged]]


@pytest.mark.parametrize("status", [500, 429, 503])
def test_a_fault_that_speaks_of_nothing_unsupported_changes_nothing(status: int) -> None:
    words = "while handling temperature, max_tokens, response_format and the system prompt"
    stub = Stub([Told(status, {"error": {"message": words}}), GOOD])
    ask(stub)
    assert stub.asked[0] == stub.asked[1]
    assert len(stub.waits) == 1


def test_a_server_that_always_names_a_smaller_limit_is_not_asked_for_ever() -> None:
    def choose(body: dict[str, Any]) -> Told:
        words = f"max_tokens is too large. It must be at most {body['max_tokens'] - 1}"
        return Told(400, {"error": {"message": words}})

    stub = Stub(choose)
    (found,) = ask(stub)
    assert type(found) is RequestError
    assert len(stub.asked) < 20


# --- headers -----------------------------------------------------------------------------------

ODD = ("Fri, 31 Dec 999999 23:59:59 GMT", "-1", "nan", "1e400", "-inf", "½", "", "9" * 5_000, "0")
HEADERS = (
    "retry-after",
    "retry-after-ms",
    "x-ratelimit-reset-requests",
    "x-ratelimit-limit-tokens",
)


@pytest.mark.parametrize("value", ODD)
@pytest.mark.parametrize("name", HEADERS)
def test_any_header_is_survived_and_nobody_waits_longer_than_two_minutes(
    name: str, value: str
) -> None:
    stub = Stub([Told(429, {"error": {"message": "no"}}, {name: value}), GOOD])
    (found,) = ask(stub)
    assert isinstance(found, Answer)
    (wait,) = stub.waits
    assert 0 <= wait <= 120


# --- what is none of the client's own errors ---------------------------------------------------


@pytest.mark.parametrize(
    "told",
    [
        Told(200, b"\x00no gzip", {"content-encoding": "gzip"}),
        Told(500, b"\x00no gzip", {"content-encoding": "gzip"}),
        Told(200, b"\x00no zlib", {"content-encoding": "deflate"}),
    ],
)
def test_what_cannot_be_decoded_is_told_as_the_articles(told: Told) -> None:
    found = error(told)
    assert type(found) is AnswerError
    assert "cannot be read in 3 attempts (DecodingError" in found.message


@pytest.mark.parametrize("fault", [ValueError("odd"), UnicodeDecodeError("u", b"", 0, 1, "odd")])
def test_an_error_of_a_library_is_the_articles(fault: Exception) -> None:
    def choose(body: dict[str, Any]) -> Told:
        raise fault

    found, _ = ask(Stub(choose), times=2)
    assert type(found) is AnswerError
    assert f"({type(fault).__name__}" in found.message
    assert found.article == "bridge"


# --- what a first answer gave is kept ----------------------------------------------------------


def annotate(stub: Stub, **settings: Any) -> Annotation:
    return asyncio.run(converse(dialogue(), stub.asker(**settings)))


FAILURES = [
    (Told(500, {"error": {"message": "out of order"}}), "out of order"),
    (Told(401, {"error": {"message": "no"}}), "does not accept the key"),
    (Told(402, {"error": {"message": "no"}}), "no credit left"),
    (Told(400, {"error": {"code": "content_filter", "message": "no"}}), "content filter"),
    (Told(413, ""), "too long"),
    (good("nothing"), "is not JSON"),
    (Told(200, "<html>"), "no chat completion"),
]


@pytest.mark.parametrize(("told", "says"), FAILURES)
def test_what_the_first_answer_gave_stands_where_the_repair_fails(told: Told, says: str) -> None:
    half = json.loads(answer().text)
    half["quotes"] = half["quotes"][:2]
    first = good(json.dumps(half))
    annotation = annotate(Stub([first, told]))
    assert len(annotation.quotes) == 2
    (warning,) = annotation.warnings
    assert says in warning
    assert ("tunnel" in warning) == (told.status != 200 or says == "no chat completion")


@pytest.mark.parametrize(("told", "says"), FAILURES[:5])
def test_where_the_first_answer_gave_nothing_the_failure_is_told(told: Told, says: str) -> None:
    with pytest.raises(ModelError, match=says) as caught:
        annotate(Stub([good('{"quotes": [], "not_speech": []}'), told]))
    assert caught.value.article == "bridge"
