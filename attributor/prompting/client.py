"""The client: carries requests to an OpenAI-compatible server, and its answers back.

What a server cannot do is found out from its first refusal and remembered, see `dialects`. What
fails for a moment is tried again, see `retrying`. An error in an answer with HTTP 200 is treated as
one that came with its own status.
"""

from __future__ import annotations

import logging
import zlib
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from urllib.parse import urlsplit

from attributor.engines import Conversation
from attributor.errors import AnswerError, ModelError, quoted
from attributor.messages import Answer, Request
from attributor.prompting import complaints, prices
from attributor.prompting.completions import (
    completion,
    is_stream,
    object_in,
    refusal_of,
    text_of,
)
from attributor.prompting.connecting import Connections
from attributor.prompting.dialects import MAX_TRIES_OF_A_FORM, Alone, Dialect, parameters, simpler
from attributor.prompting.dialects import alone as alone_after
from attributor.prompting.retrying import RetryWaits, fault_of, retrying
from attributor.prompting.server_errors import (
    Asked,
    complaint_of,
    explained,
    said,
    status_error,
    without_key,
)
from attributor.prompting.windows import harmless
from attributor.records import Usage
from attributor.settings import OPENAI_URL, Settings

if TYPE_CHECKING:
    from openai import APIError, APIStatusError, AsyncOpenAI

logger = logging.getLogger(__name__)

T = TypeVar("T")

MAX_COUNTED_TOKENS = 2**31
"""The largest count of tokens that is believed; a server that says more says nonsense."""
AS_ALL = Alone()
"""How a request is asked that needs nothing of its own."""
MIN_KEY_CHARACTERS = 8
"""A shorter key may be any word, and is not left out of messages."""
UNREADABLE = ValueError, ArithmeticError, LookupError, OSError, EOFError, zlib.error
"""What libraries raise over an answer, or a request, that they can make nothing of."""
_NO_COMPLETION = ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError
"""What looking for the parts of a chat completion raises where there is none."""


class Gate(Protocol):
    """Who decides when a request may be sent, and hears what the server says about its limits."""

    def sending(self, request: Request) -> AbstractAsyncContextManager[None]:
        """Entered when the request may be sent, left when it is answered; at every attempt."""
        ...

    def heard(self, status: int, headers: Mapping[str, str]) -> None:
        """Take note of an answer's status and headers, refusals included."""
        ...

    def hold(self, seconds: float) -> None:
        """Take note that the server wants to be left alone for these seconds."""
        ...


class Asks(Protocol):
    """Whoever can carry a request and bring its answer: the client, or a test."""

    async def ask(self, request: Request) -> Answer:
        """The answer to one request."""
        ...


class Asker:
    """Asks one server.

    Args:
        settings: server, key, model, time-out and how often to try.
        client: an AsyncOpenAI (or AsyncAzureOpenAI) of the caller's own; it is not closed here.
        sleep: how to wait between attempts, given seconds.
        gate: decides when to send; every request is sent at once without it.
        waits: how long to wait between attempts; the usual if None.

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
        waits: RetryWaits | None = None,
    ) -> None:
        self._settings, self._sleep, self._gate = settings, sleep, gate
        self._waits = waits or RetryWaits()
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
        return await self.buy(request)

    async def buy(self, request: Request) -> Answer:
        """The answer, as `ask` gives it; what carries requests keeps it before it is looked at."""
        response = await self.persistently(lambda: self._adapting(request), request.article)
        return self.read(request.article, response)

    async def persistently(self, call: Callable[[], Awaitable[T]], article: str = "") -> T:
        """What a call to the server gives, tried again as long as that makes sense.

        Raises:
            ModelError: the server did not do it; says which article it was about.
        """
        import openai

        async def attempt() -> T:
            return await call()

        hold = self._gate.hold if self._gate else None
        try:
            policy = retrying(
                self._settings.attempts, self._sleep, hold, self._waits, _named(article)
            )
            result: T = await policy(attempt)
            return result
        except openai.APIError as error:
            logger.warning("%s is given up (%s)", _named(article), fault_of(error))
            raise self.explained(error).about(article) from error

    def body(self, request: Request, alone: Alone = AS_ALL) -> dict[str, Any]:
        """The request as this server takes it; `alone` says what only this one needs."""
        return parameters(request, self._settings.model, alone.within(self._dialect))

    @property
    def dialect(self) -> Dialect:
        """What the server is taken to understand now."""
        return self._dialect

    def adapts(self, error: APIStatusError, sent: Dialect, output: int | None = None) -> bool:
        """Whether there is a simpler way to ask than the one that was rejected; all are asked so.

        Args:
            error: what the server says.
            sent: how it was asked.
            output: the output tokens that it was asked for, if that is known.
        """
        dialect = simpler(sent, complaint_of(error), output)
        if self._dialect == sent != dialect:
            self._dialect = dialect
            logger.info(
                "%s is asked otherwise from now on: %s", quoted(self.host), _changed(sent, dialect)
            )
        return dialect != sent

    async def aclose(self) -> None:
        """Close the connections, unless the client is the caller's own."""
        await self._connections.aclose()

    async def _adapting(self, request: Request) -> str:
        """Send the request, more simply as long as the server rejects what it does not know."""
        import openai

        alone, wanted = AS_ALL, request.max_output_tokens
        for _ in range(MAX_TRIES_OF_A_FORM):
            sent = self._dialect
            own = alone.within(sent)
            try:
                return await self._sent(request, alone)
            except openai.APIStatusError as error:
                is_as_all = alone.format <= sent.format  # else it is the form of this one alone
                if is_as_all and self.adapts(error, sent, own.output(wanted)):
                    continue
                before, alone = alone, alone_after(own, alone, wanted, complaint_of(error))
                if alone == before:
                    raise
                logger.info(
                    "%s alone is asked otherwise: %s",
                    _named(request.article),
                    _changed(own, alone.within(sent)),
                )
        return await self._sent(request, alone)

    async def _sent(self, request: Request, alone: Alone) -> str:
        """The body of the answer, unless it says that something went wrong.

        Raises:
            openai.APIError: it does, or it cannot be read.
        """
        import httpx2
        import openai

        try:
            body = await self._send(request, alone)
        except (*UNREADABLE, httpx2.HTTPError, httpx2.StreamError) as error:
            where = httpx2.Request("POST", str(self.client.base_url))
            raise openai.APIConnectionError(request=where) from error
        complaint = complaints.inside(body)
        if complaint is not None:
            raise status_error(complaint)
        return body

    async def _send(self, request: Request, alone: Alone) -> str:
        import httpx2
        import openai

        try:
            async with self._gate.sending(request) if self._gate else nullcontext():
                with self._connections.one() as client:
                    # Not by `chat.completions.create`: looking the body over takes a millisecond.
                    response = await client.post(
                        "/chat/completions", cast_to=httpx2.Response, body=self.body(request, alone)
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

    def explained(self, error: APIError) -> ModelError:
        """The error as a user is told it."""
        settings = self._settings
        asked = Asked(self.host, settings.model, settings.attempts, settings.timeout, self._key)
        return explained(error, asked)

    @property
    def _key(self) -> str:
        """The key to leave out of messages; empty if it is so short that it may be any word."""
        key = str(self.client.api_key or "")
        return key if len(key) >= MIN_KEY_CHARACTERS else ""

    def read(self, article: str, text: str) -> Answer:
        """The answer in a chat completion, with its price.

        Raises:
            AnswerError: the text is no chat completion.
        """
        try:
            answer = _answer(completion(text), self._settings.model)
        except _NO_COMPLETION as error:
            words = said(complaints.read(200, text), self._key)
            odd = f"something that is no chat completion{words}; check --base-url"
            if is_stream(text):
                odd = "a stream that cannot be put together; have it answer without streaming"
            raise AnswerError(
                f"The server '{self.host}' answered the request about "
                f"'{harmless(article)}' with {odd}.",
                article=article,
                body=without_key(text, self._key),
            ) from error
        price = prices.cost(self._settings.model, answer.usage, str(self.client.base_url))
        return answer.costing(price)


async def converse(
    conversation: Conversation[T], asker: Asks, on_progress: Callable[[str], None] | None = None
) -> T:
    """What comes of a conversation that is carried to its end, one request at a time.

    Args:
        conversation: what to ask.
        asker: whom to ask.
        on_progress: is told, before each request, what it is for.

    Raises:
        ModelError: the server gave no usable answer.
    """
    while requests := conversation.requests():
        request = requests[0]
        if on_progress:
            on_progress(_PROGRESS[request.purpose])
        try:
            answer = await asker.ask(request)
        except ModelError as error:
            conversation.failed(request, error)
        else:
            conversation.take(request, answer)
    assert conversation.result is not None  # noqa: S101  # nothing is outstanding
    return conversation.result


_PROGRESS = {
    "attribute": "who said what",
    "repair": "what was left open",
    "stance": "where they stand",
}
"""What a request is for, by its purpose, as a user is told."""


def _named(article: str) -> str:
    """A request, as the log calls it."""
    return f"the request about {quoted(article)}" if article else "a request"


def _changed(before: Dialect, after: Dialect) -> str:
    values = ((each.name, getattr(after, each.name)) for each in fields(after))
    return ", ".join(
        f"{name} = {value}" for name, value in values if value != getattr(before, name)
    )


def _answer(body: dict[str, Any], model: str) -> Answer:
    choices = body["choices"]
    choice = choices[0] if choices else {"message": {}, "finish_reason": None}
    message, usage = choice["message"], object_in(body.get("usage"))
    details = object_in(usage.get("prompt_tokens_details"))
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


def _words(value: object) -> str:
    return value if isinstance(value, str) else ""


def _number(value: object) -> int:
    """A count of tokens; 0, as where none is said, if it can be none."""
    return value if isinstance(value, int) and 0 <= value < MAX_COUNTED_TOKENS else 0
