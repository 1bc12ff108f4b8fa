"""A client whose server is a function of this process, so that nothing is waited for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx2
import openai

from attributor.prompting.client import Asker
from attributor.settings import Settings

KEY = "sk-secret-0123456789abcdef"


@dataclass(frozen=True)
class Told:
    """What the server says: a status, and a body as JSON, text or bytes."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return (self.body if isinstance(self.body, str) else json.dumps(self.body)).encode()


def good(text: str) -> Told:
    """A chat completion with this text."""
    choice = {"index": 0, "finish_reason": "stop", "message": {"content": text}}
    usage = {"prompt_tokens": 5_000, "completion_tokens": 7}
    return Told(body={"object": "chat.completion", "choices": [choice], "usage": usage})


Chooser = Callable[[dict[str, Any]], Told]


class Stub:
    """Answers by a function of each request's body, or by these in turn, the last ever again."""

    def __init__(self, told: Sequence[Told] | Chooser) -> None:
        self.asked: list[dict[str, Any]] = []
        self.waits: list[float] = []
        self.say(told)

    def say(self, told: Sequence[Told] | Chooser) -> None:
        """Answer so from now on."""
        self._choose = told if callable(told) else self._in_turn(told)

    def client(self) -> openai.AsyncOpenAI:
        http = httpx2.AsyncClient(transport=httpx2.MockTransport(self._answer))
        return openai.AsyncOpenAI(api_key=KEY, base_url="http://stub.test/v1", http_client=http)

    def asker(self, **settings: Any) -> Asker:
        given = {"model": "m-1", "attempts": 3, "engine": "openai"} | settings
        return Asker(Settings(**given), self.client(), sleep=self.sleep)

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        body = json.loads(request.content)
        self.asked.append(body)
        told = self._choose(body)
        headers = [(name.encode(), value.encode()) for name, value in told.headers.items()]
        return httpx2.Response(told.status, content=told.content, headers=headers)

    @staticmethod
    def _in_turn(told: Sequence[Told]) -> Chooser:
        def turns() -> Iterator[Told]:
            yield from told
            while True:
                yield told[-1]

        coming = turns()
        return lambda body: next(coming)
