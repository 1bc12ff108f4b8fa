"""The connections to a server: each call in flight has a client of its own, one connection each.

A client looks over all of its connections at every request: with 256 of them that takes as long as
the rest of the request.

What the environment says counts only where `attributor.routes` says so. A server on this machine is
reached straight, and what is sent to it is sent only once the connection is seen to lead here.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from attributor.errors import AccessError, UsageError, quoted
from attributor.routes import is_here, proxy_for, tls
from attributor.settings import Settings

if TYPE_CHECKING:
    import ssl

    from httpx2 import AsyncClient, Proxy, Request
    from openai import AsyncOpenAI

NO_KEY = "none"
"""What is sent where there is no key: servers that need none want something all the same."""
SECONDS_TO_CONNECT = 10.0
"""How long a connection may take to be made."""


class Connections:
    """Clients of one server.

    Args:
        settings: the server, the key and the time-out.
        client: one of the caller's own, which all calls share then, and which is not closed here.

    Raises:
        UsageError: `client` is not an asynchronous OpenAI client, or the server cannot be reached
            as the environment wants it: by its proxy, or with its certificates.
    """

    def __init__(self, settings: Settings, client: AsyncOpenAI | None = None) -> None:
        self._settings, self._are_own = settings, client is None
        self.first = self._connected() if client is None else _checked(client)
        self._all, self._idle = [self.first], [self.first]

    @contextmanager
    def one(self) -> Iterator[AsyncOpenAI]:
        """A client for one call."""
        client = self._idle.pop() if self._idle else self._another()
        try:
            yield client
        finally:
            self._idle.append(client)

    async def aclose(self) -> None:
        """Close all connections, unless the client is the caller's own."""
        if self._are_own:
            for client in self._all:
                await client.close()

    def _another(self) -> AsyncOpenAI:
        if not self._are_own:
            return self.first
        another = self.first.with_options(http_client=self._http_client())
        self._all.append(another)
        return another

    def _connected(self) -> AsyncOpenAI:
        import httpx2
        import openai

        settings = self._settings
        try:
            http_client = self._http_client()
            return openai.AsyncOpenAI(
                api_key=settings.api_key.get_secret_value() if settings.api_key else NO_KEY,
                base_url=settings.url,
                timeout=http_client.timeout,
                max_retries=0,
                http_client=http_client,
            )
        except httpx2.InvalidURL as error:
            raise UsageError(
                f"The base URL of {quoted(settings.host)} cannot be used; check how it is written."
            ) from error

    def _http_client(self) -> AsyncClient:
        import httpx2

        from attributor.prompting.bounded import BoundedClient

        seconds = self._settings.timeout
        hooks: dict[str, Any] = {"request": [_keep_here]} if self._settings.model_is_local else {}
        # Redirects are not followed: the article goes to the configured server only.
        return BoundedClient(
            timeout=httpx2.Timeout(seconds, connect=min(seconds, SECONDS_TO_CONNECT)),
            verify=self._tls,
            follow_redirects=False,
            trust_env=False,
            proxy=self._proxy,
            event_hooks=hooks,
        )

    @cached_property
    def _proxy(self) -> Proxy | None:
        import httpx2

        url = proxy_for(self._settings.url)
        if url is None:
            return None
        return httpx2.Proxy(url, ssl_context=tls() if urlsplit(url).scheme == "https" else None)

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """One for all: reading the certificates takes longer than a request."""
        import ssl

        if urlsplit(self._settings.url).scheme == "https":
            return tls()
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # trusts nobody, and is not needed


def _checked(client: AsyncOpenAI) -> AsyncOpenAI:
    import openai

    if not isinstance(client, openai.AsyncOpenAI):
        raise UsageError(
            f"A client of the type '{type(client).__name__}' cannot be used; give an AsyncOpenAI "
            "or AsyncAzureOpenAI."
        )
    return client.with_options(max_retries=0)


async def _keep_here(request: Request) -> None:
    """Have the connection that the request will take looked at before anything is sent over it."""
    request.extensions["trace"] = _refuse_elsewhere


async def _refuse_elsewhere(event: str, info: dict[str, Any]) -> None:
    if event != "connection.connect_tcp.complete":
        return
    stream = info["return_value"]
    address = stream.get_extra_info("server_addr")[0]
    if not is_here(address):
        await stream.aclose()
        raise AccessError(
            f"The model's server was taken to run on this machine, and its name leads to "
            f"{quoted(address)}: nothing was sent; correct --base-url, or your hosts file."
        )
