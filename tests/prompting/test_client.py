from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import openai
import pytest
from pydantic import SecretStr
from support.dialogues import COST, answer, dialogue, only, quote, texts
from support.replies import Reply
from support.scripted_server import Server, completion, fault

from attributor.errors import (
    AccessError,
    AnswerError,
    AttributorError,
    BusyError,
    CreditError,
    FilteredError,
    ModelError,
    RequestError,
    TooLongError,
    UsageError,
)
from attributor.messages import Answer, Request
from attributor.prompting.client import Asker, converse
from attributor.records import Annotation
from attributor.settings import Settings

KEY = "sk-secret-0123456789abcdef"
waits: list[float] = []


@pytest.fixture(autouse=True)
def _no_waits() -> None:
    waits.clear()


async def _sleep(seconds: float) -> None:
    waits.append(seconds)


def asker(server: Server, **changes: Any) -> Asker:
    given = {"base_url": server.url, "api_key": SecretStr(KEY), "model": "m-1", "attempts": 3}
    return Asker(Settings(**(given | changes)), sleep=_sleep)


def ask(server: Server, **changes: Any) -> Answer:
    async def once() -> Answer:
        asking = asker(server, **changes)
        try:
            return await asking.ask(only(dialogue()))
        finally:
            await asking.aclose()

    return asyncio.run(once())


def annotate(server: Server, **changes: Any) -> Annotation:
    async def whole() -> Annotation:
        asking = asker(server, **changes)
        try:
            return await converse(dialogue(), asking)
        finally:
            await asking.aclose()

    return asyncio.run(whole())


def error(server: Server, **changes: Any) -> AttributorError:
    with pytest.raises(ModelError) as caught:
        annotate(server, **changes)
    found = caught.value
    assert found.article == "bridge"
    assert KEY not in str(found)
    assert found.message.endswith(".")
    assert "\n" not in found.message
    return found


GOOD = completion(answer().text)


# --- what is sent, and what comes back --------------------------------------------------------


def test_an_answer_comes_back_with_its_usage_and_model(server: Server) -> None:
    found = ask(server.answers(GOOD))
    assert found.text == answer().text
    assert (found.model, found.model_reported, found.finish_reason) == (
        "m-1",
        "m-1-reported",
        "stop",
    )
    usage = found.usage
    assert (usage.requests, usage.input_tokens, usage.cached_tokens) == (1, 5_000, 40)
    assert (usage.output_tokens, usage.cost_usd) == (7, None)


def test_the_request_carries_a_strict_schema(server: Server) -> None:
    ask(server.answers(GOOD))
    (sent,) = server.asked
    assert sent["response_format"]["type"] == "json_schema"
    assert sent["response_format"]["json_schema"]["strict"] is True
    assert (sent["model"], sent["temperature"]) == ("m-1", 0)
    assert sent["max_tokens"] > 400
    assert [m["role"] for m in sent["messages"]] == ["system", "user"]


def test_a_whole_dialogue_with_repair_over_the_wire(server: Server) -> None:
    server.answers(completion(answer([quote(), COST]).text), GOOD)
    annotation = annotate(server)
    assert len(texts(annotation)) == 3
    assert annotation.usage
    assert annotation.usage.requests == len(server.asked) == 2


def test_progress_says_what_is_asked(server: Server) -> None:
    server.answers(completion(answer([quote(), COST]).text), GOOD)
    steps: list[str] = []

    async def whole() -> None:
        asking = asker(server)
        await converse(dialogue(), asking, steps.append)
        await asking.aclose()

    asyncio.run(whole())
    assert steps == ["who said what", "what was left open"]


def test_the_key_goes_into_the_header_and_nowhere_else(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    asking = asker(server.answers(GOOD))

    async def once() -> None:
        await asking.ask(only(dialogue()))
        await asking.aclose()

    asyncio.run(once())
    assert server.headers[0]["authorization"] == f"Bearer {KEY}"
    assert KEY not in json.dumps(server.asked)
    assert KEY not in caplog.text
    assert KEY not in repr(asking) + repr(vars(asking))


def test_without_a_key_a_placeholder_is_sent(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    ask(server.answers(GOOD), api_key=None)
    assert server.headers[0]["authorization"] == "Bearer none"


def test_the_address_comes_from_the_settings_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://elsewhere.example/v1")
    assert Asker(Settings(api_key=SecretStr(KEY))).host == "api.openai.com"
    with_login = Settings(base_url="http://user:secret@models.example:8080/v1")
    assert Asker(with_login).host == "models.example:8080"


def test_nothing_is_sent_on_to_where_a_server_redirects(server: Server) -> None:
    found = error(server.answers(Reply(307, "", {"Location": "/v1/elsewhere"})))
    assert isinstance(found, RequestError)
    assert "redirects to another address (HTTP 307)" in found.message
    assert len(server.asked) == 1


# --- a client of the caller's own -------------------------------------------------------------


def test_a_client_of_the_callers_own_is_used_and_left_open(server: Server) -> None:
    server.answers(fault(500), GOOD)

    async def whole() -> bool:
        own = openai.AsyncOpenAI(api_key="own", base_url=server.url)
        asking = Asker(Settings(model="m-1"), own, sleep=_sleep)
        await asking.ask(only(dialogue()))
        await asking.aclose()
        closed = own.is_closed()
        await own.close()
        return closed

    assert asyncio.run(whole()) is False
    assert server.headers[0]["authorization"] == "Bearer own"
    assert [h["x-stainless-retry-count"] for h in server.headers] == ["0", "0"]
    assert len(waits) == 1


def test_an_azure_client_is_used(server: Server) -> None:
    async def whole() -> None:
        own = openai.AsyncAzureOpenAI(
            api_key="own", azure_endpoint=server.url, api_version="2024-10-21"
        )
        await Asker(Settings(model="deployment"), own).ask(only(dialogue()))
        await own.close()

    server.answers(GOOD)
    asyncio.run(whole())
    assert server.headers[0]["api-key"] == "own"


@pytest.mark.parametrize("client", [openai.OpenAI(api_key="k"), object(), "client"])
def test_another_kind_of_client_is_refused_with_a_sentence(client: Any) -> None:
    with pytest.raises(UsageError, match=r"cannot be used; give an AsyncOpenAI"):
        Asker(Settings(), client)


# --- what is never tried again ----------------------------------------------------------------

NEVER_AGAIN = [
    (fault(401, f"Incorrect API key provided: {KEY}"), AccessError, "does not accept the key"),
    (fault(403), RequestError, "forbids the request (HTTP 403): 'no'"),
    (fault(403, code="permission_denied"), AccessError, "may not use the model 'm-1'"),
    (fault(404), RequestError, "or no chat completions at this address (HTTP 404): 'no'"),
    (fault(404, code="model_not_found"), AccessError, "has no model 'm-1'"),
    (fault(400, f"odd {KEY} thing"), RequestError, "rejects the request to the model 'm-1'"),
    (fault(413), TooLongError, "too long for the model"),
    (fault(400, code="context_length_exceeded"), TooLongError, "too long for the model"),
    (fault(400, "filtered", code="content_filter"), FilteredError, "content filter of"),
    (fault(422), RequestError, "HTTP 422"),
    (fault(429, code="insufficient_quota"), CreditError, "no credit left"),
    (fault(429, type="insufficient_quota"), CreditError, "no credit left"),
    (fault(429, code="billing_hard_limit_reached"), CreditError, "no credit left"),
    (fault(402, "Insufficient Balance"), CreditError, "no credit left"),
]


@pytest.mark.parametrize(("reply", "kind", "says"), NEVER_AGAIN)
def test_what_cannot_succeed_is_asked_once(
    server: Server, reply: Reply, kind: type[ModelError], says: str
) -> None:
    found = error(server.answers(reply))
    assert type(found) is kind
    assert says in found.message
    assert "127.0.0.1" in found.message
    assert len(server.asked) == 1
    assert waits == []


# --- what is tried again ----------------------------------------------------------------------

AGAIN = [
    (fault(408), "is busy or has a fault (HTTP 408) in 3 attempts"),
    (fault(409), "is busy or has a fault (HTTP 409)"),
    (fault(429), "is limiting requests (HTTP 429)"),
    (fault(429, headers={"Retry-After": "7"}), "is limiting requests (HTTP 429)"),
    (fault(500), "is busy or has a fault (HTTP 500)"),
    (Reply(503, "<html>down</html>", {"Content-Type": "text/html"}), "(HTTP 503)"),
    (Reply(200, {"choices": []}, reset=True), "broke off in 3 attempts"),
    (Reply(stall=True), "did not answer within 0.1 s in 3 attempts"),
]


@pytest.mark.parametrize(("reply", "says"), AGAIN)
def test_what_may_succeed_later_is_tried_until_the_attempts_run_out(
    server: Server, reply: Reply, says: str
) -> None:
    found = error(server.answers(reply), timeout=0.1 if reply.stall else 5)
    assert type(found) is BusyError
    assert says in found.message
    assert len(server.asked) == 3
    assert len(waits) == 2


@pytest.mark.parametrize("reply", [reply for reply, _ in AGAIN])
def test_what_succeeds_later_is_an_answer(server: Server, reply: Reply) -> None:
    found = ask(server.answers(reply, GOOD), timeout=0.1 if reply.stall else 5)
    assert found.text == answer().text
    assert len(waits) == 1


def test_a_server_that_is_not_there_is_named() -> None:
    nowhere = Server(url="http://127.0.0.1:9/v1")
    found = error(nowhere)
    assert type(found) is BusyError
    assert "'127.0.0.1:9' cannot be reached in 3 attempts" in found.message
    assert len(waits) == 2


def test_the_attempts_come_from_the_settings(server: Server) -> None:
    error(server.answers(fault(500)), attempts=1)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("headers", "least", "most"),
    [
        ({"Retry-After": "7"}, 7, 7.5),
        ({"Retry-After-Ms": "250"}, 0.25, 0.75),
        ({"Retry-After": "99999"}, 120, 120),
        ({"Retry-After": "-5"}, 0, 0.5),
        ({"Retry-After": "soon"}, 0.5, 1),
        ({"Retry-After": "inf"}, 0.5, 1),
        ({"x-ratelimit-reset-requests": "1m30s"}, 90, 90.5),
        ({"x-ratelimit-reset-tokens": "20ms", "x-ratelimit-reset-requests": "3s"}, 3, 3.5),
        (
            {"x-ratelimit-reset-requests": "50s", "x-ratelimit-remaining-requests": "9"},
            0.5,
            1,
        ),
        ({}, 0.5, 1),
    ],
)
def test_it_waits_as_long_as_the_server_asks(
    server: Server, headers: dict[str, str], least: float, most: float
) -> None:
    ask(server.answers(fault(429, headers=headers), GOOD))
    assert least <= waits[0] <= most


def test_retry_after_may_be_a_date(server: Server) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    ask(server.answers(fault(503, headers={"Retry-After": date}), GOOD))
    assert 28 <= waits[0] <= 31


def test_it_waits_longer_from_time_to_time(server: Server) -> None:
    error(server.answers(fault(500)), attempts=5)
    assert [round(w) >= 0.5 * 2**n for n, w in enumerate(waits)] == [True] * 4


# --- what a server does not understand --------------------------------------------------------

UNKNOWN = [
    (fault(400, "Unsupported value: 'temperature' does not support 0"), "temperature"),
    (fault(400, "Unknown parameter", param="temperature"), "temperature"),
    (fault(400, "Unsupported parameter: 'max_tokens'; use 'max_completion_tokens'"), "max_tokens"),
    (fault(422, "max_tokens: Extra inputs are not permitted"), "max_tokens"),
]


@pytest.mark.parametrize(("reply", "parameter"), UNKNOWN)
def test_a_parameter_that_the_server_rejects_is_left_out_from_then_on(
    server: Server, reply: Reply, parameter: str
) -> None:
    server.answers(reply, GOOD)

    async def twice() -> None:
        asking = asker(server)
        for _ in range(2):
            await asking.ask(only(dialogue()))
        await asking.aclose()

    asyncio.run(twice())
    assert [parameter in sent for sent in server.asked] == [True, False, False]
    assert waits == []


def test_a_reasoning_model_gets_its_own_limit_with_room_to_think(server: Server) -> None:
    ask(server.answers(UNKNOWN[2][0], UNKNOWN[0][0], GOOD))
    last = server.asked[-1]
    assert last["max_completion_tokens"] > 10_000
    assert not {"max_tokens", "temperature"} & set(last)


def test_a_server_without_strict_schemas_gets_the_schema_in_words(server: Server) -> None:
    rejected = fault(400, "Invalid value for 'response_format': json_schema is not supported")
    ask(server.answers(rejected, rejected, GOOD))
    first, second, third = server.asked
    assert '"pattern"' in json.dumps(first["response_format"])
    assert '"pattern"' not in json.dumps(second["response_format"])
    assert third["response_format"] == {"type": "json_object"}
    assert '"additionalProperties":false' in third["messages"][0]["content"]
    assert third["messages"][0]["content"].startswith(first["messages"][0]["content"])


def test_a_server_that_rejects_every_form_gets_plain_text_and_then_an_error(
    server: Server,
) -> None:
    found = error(server.answers(fault(400, "response_format is not supported")))
    assert type(found) is RequestError
    assert ["response_format" in sent for sent in server.asked] == [True, True, True, False]


def test_a_server_that_rejects_both_limits_is_not_asked_for_ever(server: Server) -> None:
    error(server.answers(fault(400, "max_tokens and max_completion_tokens are wrong")))
    assert len(server.asked) == 2


# --- answers that are none --------------------------------------------------------------------

NO_ANSWER = [
    (Reply(200, "{not json"), "no chat completion"),
    (Reply(200, "<html>Welcome</html>", {"Content-Type": "text/html"}), "no chat completion"),
    (Reply(200, {"hello": "world"}), "no chat completion"),
    (Reply(200, {"choices": "none"}), "no chat completion"),
    (Reply(200, []), "no chat completion"),
    (Reply(200, {"choices": []}), "gave an empty answer"),
    (completion(None), "gave an empty answer"),
    (completion(""), "gave an empty answer"),
    (completion(None, content=[{"type": "text"}]), "gave an empty answer"),
    (completion('{"quotes":[{"cue":', finish="length"), "cut off after 7 output tokens"),
    (completion("", finish="content_filter"), "content filter stopped"),
    (completion(None, refusal="I will not."), "refused the request"),
    (completion(" " * 1_000_000, finish="length"), "1,000,000 blank characters"),
    (completion("{]"), "is not JSON"),
    (completion('{"people":[]}'), "JSON of another shape"),
]


@pytest.mark.parametrize(("reply", "says"), NO_ANSWER)
def test_an_unusable_answer_is_paid_once_and_told(server: Server, reply: Reply, says: str) -> None:
    found = error(server.answers(reply))
    assert type(found) is AnswerError
    assert says in found.message
    assert "'bridge'" in found.message
    assert len(server.asked) == 1


def test_each_fault_has_its_own_message() -> None:
    said = {says for _, _, says in NEVER_AGAIN} | {says for _, says in [*AGAIN, *NO_ANSWER]}
    assert len(said) > 20


@pytest.mark.parametrize("usage", [None, {}, {"prompt_tokens": None}, {"prompt_tokens": 0}])
def test_a_server_that_counts_nothing_is_believed(server: Server, usage: Any) -> None:
    body = dict(GOOD.body) | {"usage": usage}
    assert ask(server.answers(Reply(200, body))).usage.input_tokens == 0


def test_odd_items_over_the_wire_become_warnings(server: Server) -> None:
    odd = [quote(), COST, quote(at="98-99"), quote(at="4-2")]
    annotation = annotate(server.answers(completion(answer(odd).text)))
    warnings = " ".join(annotation.warnings)
    assert "there is no segment 98" in warnings
    assert "runs backwards, from 4 to 2" in warnings


# --- the gate: when to send, and what the server says of its limits ----------------------------


class Gate:
    """Notes what it is told."""

    def __init__(self) -> None:
        self.events: list[str] = []

    @asynccontextmanager
    async def sending(self, request: Request) -> AsyncIterator[None]:
        self.events.append(f"sending {request.purpose}")
        yield
        self.events.append("sent")

    def heard(self, status: int, headers: Mapping[str, str]) -> None:
        self.events.append(f"heard {status}, {headers.get('x-ratelimit-remaining-requests')} left")

    def hold(self, seconds: float) -> None:
        self.events.append(f"hold {round(seconds)}")


def through_gate(server: Server) -> list[str]:
    gate = Gate()

    async def once() -> None:
        settings = Settings(base_url=server.url, model="m-1", attempts=3)
        asking = Asker(settings, sleep=_sleep, gate=gate)
        try:
            await asking.ask(only(dialogue()))
        finally:
            await asking.aclose()

    asyncio.run(once())
    return gate.events


def test_the_gate_hears_of_every_attempt_and_a_refusal_for_load_holds_everybody(
    server: Server,
) -> None:
    busy = fault(429, headers={"retry-after": "7", "x-ratelimit-remaining-requests": "0"})
    assert through_gate(server.answers(busy, GOOD)) == [
        "sending attribute",
        "heard 429, 0 left",
        "hold 7",
        "sending attribute",
        "sent",
        "heard 200, None left",
    ]


def test_a_fault_of_one_call_holds_nobody(server: Server) -> None:
    events = through_gate(server.answers(fault(500), Reply(body={}, reset=True), GOOD))
    assert events.count("sending attribute") == 3
    assert not [event for event in events if event.startswith("hold")]


# --- connections -------------------------------------------------------------------------------


def test_calls_at_once_have_a_connection_each_and_later_ones_use_them_again(
    server: Server,
) -> None:
    async def rounds() -> list[int]:
        asking, used = asker(server.answers(GOOD)), []
        try:
            for _ in range(3):
                await asyncio.gather(*(asking.ask(only(dialogue())) for _ in range(4)))
                used.append(len(set(server.connections)))
        finally:
            await asking.aclose()
        return used

    assert asyncio.run(rounds()) == [4, 4, 4]
    assert len(server.asked) == 12


def test_a_call_that_failed_leaves_a_client_that_works(server: Server) -> None:
    async def both() -> Answer:
        asking = asker(server.answers(Reply(body={}, reset=True), fault(400), GOOD), attempts=1)
        try:
            for error in (BusyError, RequestError):
                with pytest.raises(error):
                    await asking.ask(only(dialogue()))
            return await asking.ask(only(dialogue()))
        finally:
            await asking.aclose()

    assert asyncio.run(both()).text == answer().text
