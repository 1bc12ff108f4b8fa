"""The client: carries requests to an OpenAI-compatible server, and its answers back.

tenacity is the one retry policy; the SDK's own is off. What a server cannot do is found out from
its first refusal and remembered: a schema with bounds, then one without, then JSON mode; a
temperature or none; one name or the other for the limit of output tokens.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from urllib.parse import urlsplit

from attributor.errors import AnswerError, ModelError
from attributor.prompting import prices, tokens
from attributor.prompting.completions import completion, is_stream, refusal_of, text_of
from attributor.prompting.connecting import Connections
from attributor.prompting.dialogue import Conversation
from attributor.prompting.exchange import Answer, Request
from attributor.prompting.faults import Asked, explained, is_transient, said, seconds_to_wait
from attributor.prompting.windows import harmless
from attributor.prompting.wire import without_bounds
from attributor.records import Annotation, Usage
from attributor.settings import OPENAI_URL, Settings

if TYPE_CHECKING:
    from openai import APIError, APIStatusError, AsyncOpenAI
    from tenacity import AsyncRetrying, RetryCallState

T = TypeVar("T")

MOST_TOKENS = 2**31
"""No answer has so many: a server that says so says nonsense."""
_NO_COMPLETION = ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError
REASONING_ROOM = 16_000
"""Output tokens for thinking, on servers where the limit counts them."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a server was found to understand. `format` goes from strict to plain."""

    format: int = 0
    temperature: bool = True
    breakpoint: bool = False
    completion_limit: bool = False
    limit_is_settled: bool = False


class Gate(Protocol):
    """Who decides when a request may be sent, and hears what the server says about its limits."""

    def sending(self, request: Request) -> AbstractAsyncContextManager[None]:
        """Entered when the request may be sent, left when it is answered; at every attempt."""
        ...

    def heard(self, status: int, headers: Mapping[str, str]) -> None:
        """Take note of an answer's status and headers, refusals included."""
        ...

    def hold(self, seconds: float) -> None:
        """Take note that the server wants to be left alone for so long."""
        ...


class Asks(Protocol):
    """What a dialogue is carried by."""

    async def ask(self, request: Request) -> Answer:
        """The answer to one request."""
        ...


OVERLOADED = frozenset({429, 503, 529})
"""Statuses by which a server asks everybody to wait, not only this request."""

FORMATS = ("strict schema", "strict schema without bounds", "JSON mode", "plain text")


class Asker:
    """Asks one server.

    Args:
        settings: server, key, model, time-out and how often to try.
        client: an AsyncOpenAI (or AsyncAzureOpenAI) of the caller's own; it is not closed here.
        sleep: how to wait between attempts, given seconds.
        gate: decides when to send; every request is sent at once without it.

    Raises:
        UsageError: `client` is not an asynchronous OpenAI client.
    """

    def __init__(
        self,
        settings: Settings,
        client: AsyncOpenAI | None = None,
        *,
        sleep: Callable[[float], Awaitable[None]] | None = None,
        gate: Gate | None = None,
    ) -> None:
        self._settings, self._sleep, self._gate = settings, sleep, gate
        self._connections = Connections(settings, client)
        self.client = self._connections.first
        address = urlsplit(str(self.client.base_url))
        self.host = address.netloc.rpartition("@")[2]
        at_openai = address.hostname == urlsplit(OPENAI_URL).hostname
        self._dialect = Dialect(breakpoint=at_openai, completion_limit=at_openai)

    async def ask(self, request: Request) -> Answer:
        """The answer to one request.

        Raises:
            ModelError: there is none, after all attempts that make sense.
        """
        answer = await self.buy(request)
        check_length(request, answer, self.host)
        return answer

    async def buy(self, request: Request) -> Answer:
        """The answer as it came, to be kept before it is checked.

        Raises:
            ModelError: there is none, after all attempts that make sense.
        """
        response = await self.persistently(lambda: self._adapting(request), request.article)
        return self.read(request.article, response)

    async def persistently(self, call: Callable[[], Awaitable[T]], article: str = "") -> T:
        """What a call to the server gives, tried again as long as that makes sense.

        Raises:
            ModelError: the server did not do it; says which article it was about.
        """
        import openai

        async def calling() -> T:
            return await call()

        try:
            given: T = await self._retrying()(calling)
            return given
        except openai.APIError as error:
            raise self.explained(error).about(article) from error

    def body(self, request: Request) -> dict[str, Any]:
        """The request as this server was found to take it."""
        return _parameters(request, self._settings.model, self._dialect)

    @property
    def dialect(self) -> Dialect:
        """What the server is taken to understand now."""
        return self._dialect

    def adapts(self, error: APIStatusError, sent: Dialect) -> bool:
        """Whether there is a simpler way to ask than the one that was rejected; takes it."""
        simpler = _simpler(sent, error)
        if self._dialect == sent:
            self._dialect = simpler
        return simpler != sent

    async def aclose(self) -> None:
        """Close the connections, unless the client is the caller's own."""
        await self._connections.aclose()

    def _retrying(self) -> AsyncRetrying:
        import asyncio

        import tenacity

        return tenacity.AsyncRetrying(
            sleep=self._sleep or asyncio.sleep,
            stop=tenacity.stop_after_attempt(self._settings.attempts),
            wait=_wait,
            retry=tenacity.retry_if_exception(is_transient),
            before_sleep=self._everybody_waits,
            reraise=True,
        )

    async def _adapting(self, request: Request) -> str:
        """Send the request, more simply as long as the server rejects what it does not know."""
        import openai

        while True:
            sent = self._dialect
            try:
                return await self._send(request)
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                if not self.adapts(error, sent):
                    raise

    async def _send(self, request: Request) -> str:
        import httpx2
        import openai

        try:
            async with self._gate.sending(request) if self._gate else nullcontext():
                with self._connections.one() as client:
                    # Not by `chat.completions.create`: looking the body over takes a millisecond.
                    response = await client.post(
                        "/chat/completions", cast_to=httpx2.Response, body=self.body(request)
                    )
        except openai.APIStatusError as error:
            self._heard(error.status_code, error.response.headers)
            raise
        except AnswerError as error:  # more came than an answer has
            raise AnswerError(error.message, article=request.article) from error
        self._heard(response.status_code, response.headers)
        body: str = response.text
        return body

    def _heard(self, status: int, headers: Mapping[str, str]) -> None:
        if self._gate:
            self._gate.heard(status, headers)

    def _everybody_waits(self, state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        if self._gate and state.next_action and getattr(error, "status_code", 0) in OVERLOADED:
            self._gate.hold(state.next_action.sleep)

    def explained(self, error: APIError) -> ModelError:
        """What a user is told of an error of the server's."""
        settings = self._settings
        asked = Asked(self.host, settings.model, settings.attempts, settings.timeout)
        return explained(error, asked)

    def read(self, article: str, text: str) -> Answer:
        """The answer in a chat completion, with its price.

        Raises:
            AnswerError: the text is no chat completion.
        """
        try:
            answer = _answer(completion(text), self._settings.model)
        except _NO_COMPLETION as error:
            odd = "something that is no chat completion; check --base-url"
            if is_stream(text):
                odd = "a stream that cannot be put together; have it answer without streaming"
            raise AnswerError(
                f"The server '{self.host}' answered the request about "
                f"'{harmless(article)}' with {odd}.",
                article=article,
                body=text,
            ) from error
        price = prices.cost(self._settings.model, answer.usage, str(self.client.base_url))
        return answer.costing(price)


def check_length(request: Request, answer: Answer, host: str) -> None:
    """Refuse an answer to a cut prompt: a server says so only by counting too few tokens.

    Raises:
        AnswerError: the server counted fewer tokens than the request has.
    """
    counted = answer.usage.input_tokens
    if not 0 < counted < tokens.at_most(request):
        return
    least = tokens.least(request)
    if counted < least:
        raise AnswerError(
            f"The server '{host}' read only {counted:,} tokens of the request "
            f"about '{harmless(request.article)}', which has at least {least:,}: it cut the "
            "prompt; give the model a larger context (Ollama: OLLAMA_CONTEXT_LENGTH).",
            article=request.article,
        )


async def converse(
    dialogue: Conversation, asker: Asks, on_progress: Callable[[str], None] | None = None
) -> Annotation:
    """Carry a dialogue to its end, one request at a time.

    Args:
        dialogue: what to ask.
        asker: whom to ask.
        on_progress: is told, before each request, what it is for.

    Raises:
        ModelError: the server gave no usable answer.
    """
    while requests := dialogue.requests():
        request = requests[0]
        if on_progress:
            on_progress(_PROGRESS[request.purpose])
        dialogue.take(request, await asker.ask(request))
    annotation = dialogue.annotation
    assert annotation is not None  # noqa: S101  # nothing is outstanding
    return annotation


_PROGRESS = {
    "attribute": "who said what",
    "repair": "what was left open",
    "stance": "where they stand",
}


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    return seconds_to_wait(error, state.attempt_number, random.random())  # noqa: S311


def _parameters(request: Request, model: str, dialect: Dialect) -> dict[str, Any]:
    in_words = FORMATS[dialect.format] in ("JSON mode", "plain text")
    limit = request.max_output_tokens
    parameters: dict[str, Any] = {
        "model": model,
        "messages": _messages(request, dialect.breakpoint, in_words),
    }
    if dialect.temperature:
        parameters["temperature"] = request.temperature
    if dialect.completion_limit:
        parameters["max_completion_tokens"] = limit + REASONING_ROOM
    else:
        parameters["max_tokens"] = limit
    response_format = _response_format(request, FORMATS[dialect.format])
    return parameters | ({"response_format": response_format} if response_format else {})


def _messages(request: Request, breakpoint: bool, in_words: bool) -> list[dict[str, Any]]:
    static, *rest = request.messages
    text = static.content
    if in_words:
        text += f"\n\nThe JSON Schema of the answer:\n{request.schema_json}"
    part = {"type": "text", "text": text, "prompt_cache_breakpoint": {"mode": "explicit"}}
    content: Any = [part] if breakpoint else text
    return [
        {"role": static.role, "content": content},
        *({"role": message.role, "content": message.content} for message in rest),
    ]


def _response_format(request: Request, form: str) -> dict[str, Any] | None:
    if form == "plain text":
        return None
    if form == "JSON mode":
        return {"type": "json_object"}
    schema = request.schema if form == "strict schema" else without_bounds(request.schema)
    json_schema = {"name": request.schema_name, "strict": True, "schema": schema}
    return {"type": "json_schema", "json_schema": json_schema}


def _simpler(dialect: Dialect, error: APIStatusError) -> Dialect:
    """A dialect without what the server complains about; the same one if nothing is recognised."""
    words = said(error)
    if dialect.breakpoint and "cache" in words:
        return replace(dialect, breakpoint=False)
    if dialect.temperature and "temperature" in words:
        return replace(dialect, temperature=False)
    if not dialect.limit_is_settled and ("max_tokens" in words or "max_completion" in words):
        other = not dialect.completion_limit
        return replace(dialect, completion_limit=other, limit_is_settled=True)
    about_format = any(word in words for word in ("response_format", "schema", "grammar", "json"))
    if about_format and dialect.format + 1 < len(FORMATS):
        return replace(dialect, format=dialect.format + 1)
    return dialect


def _answer(body: dict[str, Any], model: str) -> Answer:
    choices = body["choices"]
    choice = choices[0] if choices else {"message": {}, "finish_reason": None}
    message, usage = choice["message"], _object(body.get("usage"))
    details = _object(usage.get("prompt_tokens_details"))
    counted = Usage(
        requests=1,
        input_tokens=_number(usage.get("prompt_tokens")),
        cached_tokens=_number(details.get("cached_tokens")),
        output_tokens=_number(usage.get("completion_tokens")),
    )
    return Answer(
        text=text_of(message),
        finish_reason=_words(choice.get("finish_reason")),
        refusal=refusal_of(message),
        model=model,
        model_reported=_words(body.get("model")) or None,
        usage=counted,
    )


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _words(value: object) -> str:
    return value if isinstance(value, str) else ""


def _number(value: object) -> int:
    """A count of tokens; 0, as where none is said, if it can be none."""
    return value if isinstance(value, int) and 0 <= value < MOST_TOKENS else 0
