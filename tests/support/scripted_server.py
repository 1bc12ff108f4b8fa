"""A real server on this machine that answers what a test tells it to; no model wrote that."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from support.http_server import Handler, serving
from support.replies import Reply, send

Headers = dict[str, str]


def completion(
    text: str | None, *, finish: str = "stop", tokens: int = 5_000, **message: Any
) -> Reply:
    """A chat completion with this text."""
    return Reply(
        body={
            "id": "synthetic",
            "object": "chat.completion",
            "model": "m-1-reported",
            "choices": [
                {"index": 0, "finish_reason": finish, "message": {"content": text} | message}
            ],
            "usage": {
                "prompt_tokens": tokens,
                "completion_tokens": 7,
                "prompt_tokens_details": {"cached_tokens": 40},
            },
        }
    )


def fault(status: int, message: str = "no", headers: Headers | None = None, **error: Any) -> Reply:
    """An error as OpenAI writes it."""
    return Reply(status, {"error": {"message": message} | error}, headers or {})


@dataclass
class Server:
    """Its address, what it will answer in turn (the last again and again), what it was asked.

    `connections` has the customer's address for each request.
    """

    url: str = ""
    replies: list[Reply] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[Headers] = field(default_factory=list)
    connections: list[Any] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def answers(self, *replies: Reply) -> Server:
        self.replies = list(replies)
        return self


def _answering(server: Server) -> type[Handler]:
    class Answering(Handler):
        def do_GET(self) -> None:
            self.do_POST()

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"] or 0)
            server.asked.append(json.loads(self.rfile.read(length) or "{}"))
            server.connections.append(self.client_address)
            server.headers.append({k.lower(): v for k, v in self.headers.items()})
            reply = server.replies[min(len(server.asked), len(server.replies)) - 1]
            if reply.stall:
                server.closing.wait(5)
                self.close_connection = True
                return
            send(self, reply)

    return Answering


@contextmanager
def opened() -> Iterator[Server]:
    """A server that is there as long as the block lasts."""
    server = Server()
    with serving(_answering(server)) as port:
        server.url = f"http://127.0.0.1:{port}/v1"
        try:
            yield server
        finally:
            server.closing.set()
