"""What the tests' servers answer, and how it goes over the wire."""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any


@dataclass(frozen=True)
class Reply:
    """One HTTP answer; `reset` breaks the connection off half-way, `stall` never answers.

    `pieces` are written one by one in place of the body, as long as they are read; `length` is
    their sum, as far as the server says.
    """

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    reset: bool = False
    stall: bool = False
    pieces: Callable[[], Iterable[bytes]] | None = None
    length: int = 2**40


def send(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
    """Answer the request that the handler has read."""
    text = reply.body if isinstance(reply.body, str) else json.dumps(reply.body)
    body = text.encode("utf-8")
    handler.send_response(reply.status)
    for name, value in ({"Content-Type": "application/json"} | reply.headers).items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(reply.length if reply.pieces else len(body)))
    handler.end_headers()
    if reply.pieces:
        handler.close_connection = True
        with suppress(OSError):
            for piece in reply.pieces():
                handler.wfile.write(piece)
    elif reply.reset:
        handler.wfile.write(body[: len(body) // 2])
        handler.wfile.flush()
        linger = struct.pack("ii", 1, 0)
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        handler.close_connection = True
    else:
        handler.wfile.write(body)
