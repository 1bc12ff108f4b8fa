"""A real server on this machine. What it answers here is synthetic: no model wrote it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from replies import Reply, send

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


def _handler(server: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

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

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


@pytest.fixture
def server() -> Iterator[Server]:
    """A server that answers what the test tells it to."""
    state = Server()
    http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(state))
    http.daemon_threads = True
    state.url = f"http://127.0.0.1:{http.server_port}/v1"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield state
    state.closing.set()
    http.shutdown()
    thread.join()
    http.server_close()
