"""The connections to a server: each call in flight has a client of its own, one connection each.

A client looks over all of its connections at every request: with 256 of them that takes as long as
the rest of the request.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from attributor.errors import UsageError
from attributor.settings import OPENAI_URL, Settings

if TYPE_CHECKING:
    import ssl

    from httpx2 import AsyncClient
    from openai import AsyncOpenAI

NO_KEY = "none"
"""Sent where there is no key: servers that need none want something all the same."""


class Connections:
    """Clients of one server.

    Args:
        settings: the server, the key and the time-out.
        client: one of the caller's own, which all calls share then, and which is not closed here.

    Raises:
        UsageError: `client` is not an asynchronous OpenAI client.
    """

    def __init__(self, settings: Settings, client: AsyncOpenAI | None = None) -> None:
        self._settings, self._are_own = settings, client is None
        self.first = _connected(settings, self._tls) if client is None else _checked(client)
        self._all, self._idle = [self.first], [self.first]

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """One for all: reading the certificates takes longer than a request."""
        import httpx2

        return httpx2.create_ssl_context()

    @contextmanager
    def one(self) -> Iterator[AsyncOpenAI]:
        """A client for one call."""
        client = self._idle.pop() if self._idle else self._another()
        try:
            yield client
        finally:
            self._idle.append(client)

    def _another(self) -> AsyncOpenAI:
        if not self._are_own:
            return self.first
        another = self.first.with_options(http_client=_http_client(self._settings, self._tls))
        self._all.append(another)
        return another

    async def aclose(self) -> None:
        """Close all connections, unless the client is the caller's own."""
        if self._are_own:
            for client in self._all:
                await client.close()


def _checked(client: AsyncOpenAI) -> AsyncOpenAI:
    import openai

    if not isinstance(client, openai.AsyncOpenAI):
        raise UsageError(
            f"A client of the type '{type(client).__name__}' cannot be used; give an AsyncOpenAI "
            "or AsyncAzureOpenAI."
        )
    return client.with_options(max_retries=0)


def _connected(settings: Settings, tls: ssl.SSLContext) -> AsyncOpenAI:
    import openai

    http_client = _http_client(settings, tls)
    return openai.AsyncOpenAI(
        api_key=settings.api_key.get_secret_value() if settings.api_key else NO_KEY,
        base_url=settings.base_url or OPENAI_URL,
        timeout=http_client.timeout,
        max_retries=0,
        http_client=http_client,
    )


def _http_client(settings: Settings, tls: ssl.SSLContext) -> AsyncClient:
    import httpx2

    from attributor.prompting.bounded import BoundedClient

    timeout = httpx2.Timeout(settings.timeout, connect=min(settings.timeout, 10.0))
    # Redirects are not followed: the article goes to the configured server only.
    return BoundedClient(timeout=timeout, verify=tls, follow_redirects=False)
