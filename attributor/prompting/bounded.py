"""An HTTP client whose answers end: in bytes, once decompressed, and in seconds, as a whole.

An ordinary client's time-out is for one step, such as the next byte; and it reads a body to its
end, be it endless.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import openai

from attributor.errors import AnswerError

MAX_ANSWER_BYTES = 8_000_000
"""The largest answer that is read, decompressed: a hundred times as large as the longest one."""
MAX_FILE_BYTES = 2_000_000_000
"""The largest file that is downloaded: ten times as large as one of requests can be."""
MIN_BYTES_PER_SECOND = 20_000
"""The slowest rate at which a file may go up or come down: its time-out grows with its size."""


class OversizedError(openai.OpenAIError, AnswerError):
    """A server sends more than any answer has. (The SDK lets errors of its own kind pass.)"""

    def __init__(self, host: str, most: int) -> None:
        AnswerError.__init__(
            self,
            f"The server '{host}' sent more than {most / 1e6:,g} MB, more than any answer has; "
            "check --base-url, or try another server.",
        )


class BoundedClient(openai.DefaultAsyncHttpxClient):
    """Ends each exchange after the seconds of its time-out for reading."""

    async def send(
        self, request: httpx2.Request, *, stream: bool = False, **options: Any
    ) -> httpx2.Response:
        """Send a request; see the base class.

        Raises:
            OversizedError: the body is too large.
            ReadTimeout: the server, or the body, took too long as a whole.
        """
        body = _Body(request, is_file=stream)
        try:
            async with asyncio.timeout_at(body.deadline):
                unbounded = await super().send(request, stream=True, **options)
        except TimeoutError as error:
            raise httpx2.ReadTimeout("the server took too long", request=request) from error
        response = body.of(unbounded)
        if not stream:
            await response.aread()
        return response


class _Body(httpx2.AsyncByteStream):
    """The decompressed body of the response to a request, as long as it keeps to the bounds."""

    def __init__(self, request: httpx2.Request, *, is_file: bool) -> None:
        self._request, self._is_file = request, is_file
        seconds = request.extensions.get("timeout", {}).get("read")
        sent = int(request.headers.get("content-length") or 0) / MIN_BYTES_PER_SECOND
        now = asyncio.get_running_loop().time()
        self.deadline = None if seconds is None else now + seconds + sent

    def of(self, unbounded: httpx2.Response) -> httpx2.Response:
        """The response, with this as its body."""
        self._unbounded = unbounded
        self._is_file = self._is_file and unbounded.is_success
        # It is decompressed here, once: of more, each may multiply what the one before gives.
        headers = unbounded.headers.copy()
        for name in ("content-encoding", "content-length", "transfer-encoding"):
            headers.pop(name, None)
        return httpx2.Response(
            unbounded.status_code,
            headers=headers,
            stream=self,
            request=self._request,
            extensions=unbounded.extensions,
        )

    async def __aiter__(self) -> AsyncIterator[bytes]:
        most = MAX_FILE_BYTES if self._is_file else MAX_ANSWER_BYTES
        if "," in self._unbounded.headers.get("content-encoding", ""):
            raise httpx2.DecodingError("compressed more than once", request=self._request)
        pieces, size = self._unbounded.aiter_bytes(), 0
        try:
            while piece := await self._next(pieces):
                size += len(piece)
                if size > most:
                    raise OversizedError(self._request.url.netloc.decode(), most)
                yield piece
        finally:
            await pieces.aclose()
            await self.aclose()

    async def _next(self, pieces: AsyncIterator[bytes]) -> bytes:
        deadline = self.deadline
        if deadline is not None and self._is_file:
            deadline += self._unbounded.num_bytes_downloaded / MIN_BYTES_PER_SECOND
        try:
            async with asyncio.timeout_at(deadline):
                return await anext(pieces, b"")
        except TimeoutError as error:
            raise httpx2.ReadTimeout("the body took too long", request=self._request) from error

    async def aclose(self) -> None:
        await self._unbounded.aclose()
