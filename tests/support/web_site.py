"""A real web server on this machine whose answers are synthetic."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

from support.http_server import Handler, serving

PAGE = """<!DOCTYPE html>
<html lang="en-GB"><head>
<title>Harbour to close in May</title>
<meta name="author" content="Nora Brandt">
<meta property="article:published_time" content="2024-03-05T08:00:00Z">
</head><body>
<nav><a href="/">Home</a> <a href="/sport">Sport</a></nav>
<article><h1>Harbour to close in May</h1>
<p>“The harbour closes in May, and nothing will be built there,” said mayor Ivana Peric after the
council had met on Tuesday evening.</p>
<p>Asked for a reason, she said: <i>“Money.”</i></p>
</article>
<footer>All rights reserved</footer></body></html>
"""


@dataclass
class Site:
    """The server's address, what it answers by path, and what it was asked."""

    port: int = 0
    routes: dict[str, Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def answer(self, path: str, body: bytes | str = b"", status: int = 200, **headers: str) -> str:
        """Answer `path` with this; header names with underscores for hyphens."""
        data = body.encode() if isinstance(body, str) else body

        def respond(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            for name, value in headers.items():
                handler.send_header(name.replace("_", "-"), value)
            handler.send_header("Content-Length", str(len(data)))
            handler.end_headers()
            handler.wfile.write(data)

        self.routes[path] = respond
        return self.url(path)


def _showing(site: Site) -> type[Handler]:
    class Showing(Handler):
        protocol_version = "HTTP/1.0"

        def do_GET(self) -> None:
            site.asked.append({"path": self.path, **dict(self.headers)})
            site.routes[self.path](self)

    return Showing


@contextmanager
def opened() -> Iterator[Site]:
    """A site that is there as long as the block lasts."""
    site = Site()
    with serving(_showing(site)) as site.port:
        try:
            yield site
        finally:
            site.closing.set()
