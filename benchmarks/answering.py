"""A server that answers every chat completion a fixed time after it came, at little expense.

    python answering.py ANSWERS.json

ANSWERS holds `delay` (seconds), `answers` (by the last message of a request, the answer's text) and
`quotes`. A request that is not in `answers` is langextract's: it is answered in that form, with the
quotes that stand in its text. What a body is answered is made once, and looked up from then on.
The port is printed. GET tells what was asked since the last GET: {"asked", "unknown", "cpu"}, where
`unknown` counts bodies that had not come before (in whatever order of their keys), and `cpu` is in
seconds of the processor's time.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from pathlib import Path
from typing import Any

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Answers:
    """What is answered to which body."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.delay: float = told["delay"]
        self._answers: dict[str, str] = told["answers"]
        self._quotes: list[dict[str, str]] = told["quotes"]
        self._known: dict[bytes, bytes] = {}
        self._seen: set[str] = set()
        self.asked = self.unknown = 0
        self._cpu = time.process_time()

    def to(self, body: bytes) -> bytes:
        """The whole response to a request with this body."""
        self.asked += 1
        response = self._known.get(body)
        if response is None:
            request = json.loads(body)
            same = json.dumps(request, sort_keys=True)
            self.unknown += same not in self._seen
            self._seen.add(same)
            user = request["messages"][-1]["content"]
            text = self._answers.get(user) or self._extractions(user)
            response = self._known[body] = _response(_completion(text, len(body), len(text)))
        return response

    def books(self) -> bytes:
        """What was asked since the last time this was asked for."""
        now = time.process_time()
        told = {"asked": self.asked, "unknown": self.unknown, "cpu": now - self._cpu}
        self.asked, self.unknown, self._cpu = 0, 0, now
        return _response(told)

    def _extractions(self, user: str) -> str:
        chunk = user.rpartition("Q: ")[2]
        return json.dumps(
            {
                "extractions": [
                    {"quote": quote["words"], "quote_attributes": quote["about"]}
                    for quote in self._quotes
                    if quote["words"] in chunk
                ]
            }
        )


def _completion(text: str, asked: int, told: int) -> dict[str, Any]:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": "benchmark",
        "choices": [
            {
                "index": 0,
                "finish_reason": "stop",
                "message": {"role": "assistant", "content": text, "refusal": None},
            }
        ],
        "usage": {
            "prompt_tokens": asked // 4,
            "completion_tokens": told // 4,
            "total_tokens": (asked + told) // 4,
        },
    }


def _response(told: dict[str, Any]) -> bytes:
    body = json.dumps(told).encode()
    head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
    return f"{head}{len(body)}\r\n\r\n".encode() + body


class Connection(asyncio.Protocol):
    """One customer: a request, its answer, the next request."""

    def __init__(self, answers: Answers) -> None:
        self._answers, self._received = answers, bytearray()

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        head = self._received.find(b"\r\n\r\n")
        if head < 0:
            return
        length = _LENGTH.search(self._received, 0, head)
        end = head + 4 + (int(length[1]) if length else 0)
        if len(self._received) < end:
            return
        body = bytes(self._received[head + 4 : end])
        posted = self._received.startswith(b"POST")
        del self._received[:end]
        if posted:
            loop = asyncio.get_running_loop()
            loop.call_later(self._answers.delay, self._send, self._answers.to(body))
        else:
            self._send(self._answers.books())

    def _send(self, response: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(response)


async def main() -> None:
    answers = Answers(json.loads(Path(sys.argv[1]).read_bytes()))
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(answers), "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
