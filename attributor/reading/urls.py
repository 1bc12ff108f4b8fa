"""Fetching a page that a stranger may have named: bounded in time, size, redirects and reach.

The address is checked on the connection itself, before anything is sent over it: a look-up of
one's own could be answered differently from the one that the connection is made with.
"""

from __future__ import annotations

import asyncio
import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from attributor.errors import ReadingError, quoted
from attributor.event_loops import run_coroutine
from attributor.reading.articles import MAX_BYTES, without_credentials
from attributor.routes import distrust, tls, unusable_proxy
from attributor.version import __version__

if TYPE_CHECKING:
    import httpx2

MAX_REDIRECTS = 5
"""How many redirects are followed."""
TIMEOUT_SECONDS = 30.0
"""How long a page may take in all."""

_HTML_TYPES = {"text/html", "application/xhtml+xml"}
"""Media types of web pages."""
_REQUEST_HEADERS = {
    "User-Agent": f"attributor/{__version__}",
    "Accept": "text/html, application/xhtml+xml, text/*;q=0.8",
}
"""What each request says of itself."""
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""IPv6 addresses that lead to IPv4 ones."""
_METADATA_NETWORKS = (
    ipaddress.IPv4Network("168.63.129.16/32"),
    ipaddress.IPv4Network("192.0.0.0/24"),
)
"""Where two clouds serve their machines' secrets; Python may count these addresses as public."""


@dataclass(frozen=True)
class Page:
    """What a server sent: the URL in the end, the media type, the declared charset, the body."""

    url: str
    content_type: str
    charset: str | None
    body: bytes

    @property
    def is_html(self) -> bool:
        """Whether the server says that it is HTML."""
        return self.content_type in _HTML_TYPES


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet, also inside an IPv6 address."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        embedded = ip.ipv4_mapped or ip.sixtofour
        if ip in _NAT64:
            embedded = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if embedded is None:
            return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_site_local)
        ip = embedded
    kept_apart = ip.is_multicast or ip.is_reserved or any(ip in net for net in _METADATA_NETWORKS)
    return ip.is_global and not kept_apart


def fetch(
    url: str,
    *,
    allow_private: bool = False,
    seconds: float = TIMEOUT_SECONDS,
    max_bytes: int = MAX_BYTES,
) -> Page:
    """The page at `url`, after at most `MAX_REDIRECTS` redirects.

    Args:
        url: an http or https URL; a user and password in it are sent, but shown nowhere.
        allow_private: connect to private addresses, and through the environment's proxies, too.
        seconds: for everything together, from the look-up of the name to the last byte.
        max_bytes: of the body, after decompression.

    Raises:
        ReadingError: it cannot be had, or is not to be had under these conditions.
        UsageError: the environment's proxies or certificates cannot be used.
    """
    try:
        return run_coroutine(_fetch(url, allow_private, seconds, max_bytes))
    except ReadingError as error:
        shown = without_credentials(url)
        raise ReadingError(f"{quoted(shown)} {error.message}", article=shown) from error.__cause__


async def _fetch(url: str, allow_private: bool, seconds: float, max_bytes: int) -> Page:
    import httpx2

    late = f"took longer than {seconds:g} seconds: try again, or save the page and give the file."
    client = _client(seconds, allow_private)
    try:
        # Reading with a limit of one's own: the client's limits one step, not the sum of them.
        async with asyncio.timeout(seconds), client:
            request = client.build_request(
                "GET", url, extensions={} if allow_private else {"trace": _refuse_private}
            )
            return await _follow(client, request, max_bytes)
    except (TimeoutError, httpx2.TimeoutException) as error:
        raise ReadingError(late) from error
    except httpx2.ConnectError as error:
        if reason := distrust(error):
            raise ReadingError(f"is not read: {reason}.") from error
        reason = _root(error)
        raise ReadingError(f"cannot be reached ({reason}): check the address.") from error
    except httpx2.DecodingError as error:
        raise ReadingError("sent a body that cannot be decompressed.") from error
    except (httpx2.UnsupportedProtocol, httpx2.LocalProtocolError) as error:
        raise ReadingError("does not lead to an http or https address.") from error
    except httpx2.HTTPError as error:
        raise ReadingError("broke off before the page was complete: try again.") from error
    except (httpx2.InvalidURL, ValueError) as error:
        raise ReadingError("is not a URL that can be fetched: check it.") from error


def _client(seconds: float, through_proxies: bool) -> httpx2.AsyncClient:
    import httpx2

    verify = tls()
    try:
        return httpx2.AsyncClient(
            headers=_REQUEST_HEADERS, timeout=seconds, trust_env=through_proxies, verify=verify
        )
    except (ValueError, httpx2.InvalidURL) as error:
        raise unusable_proxy("HTTP_PROXY, HTTPS_PROXY or ALL_PROXY") from error


async def _follow(client: httpx2.AsyncClient, request: httpx2.Request, max_bytes: int) -> Page:
    for _ in range(MAX_REDIRECTS + 1):
        # Redirects are followed here, because the client would read their bodies without limit.
        response = await client.send(request, stream=True, follow_redirects=False)
        try:
            if response.next_request is None:
                return await _page(response, max_bytes)
            request = response.next_request
        finally:
            await response.aclose()
    raise ReadingError(f"redirects more than {MAX_REDIRECTS} times: give the last address.")


async def _page(response: httpx2.Response, max_bytes: int) -> Page:
    if not response.is_success:
        raise ReadingError(f"was answered with status {response.status_code}: no article there.")
    content_type = response.headers.get("content-type", "").split(";")[0].strip().lower()
    if content_type and not content_type.startswith("text/") and content_type not in _HTML_TYPES:
        raise ReadingError(f"is {quoted(content_type)}, not HTML or text: give a page with text.")
    body = bytearray()
    too_large = ReadingError(f"is larger than {max_bytes / 1e6:g} MB, more than any article.")
    if int(response.headers.get("content-length") or 0) > max_bytes:
        raise too_large
    async for piece in response.aiter_bytes():
        body += piece
        if len(body) > max_bytes:
            raise too_large
    url = without_credentials(str(response.url))
    return Page(url, content_type, response.charset_encoding, bytes(body))


async def _refuse_private(event: str, info: dict[str, Any]) -> None:
    """Close a connection to a private address before anything is sent over it."""
    if event == "connection.connect_tcp.started" and _is_private(info["host"]):
        raise _private(info["host"])
    if event == "connection.connect_tcp.complete":
        stream = info["return_value"]
        address = stream.get_extra_info("server_addr")[0]
        if not is_public(address):
            await stream.aclose()
            raise _private(address)


def _is_private(host: str) -> bool:
    try:
        return not is_public(host)
    except ValueError:  # a name, whose address is known once it is connected
        return False


def _private(address: str) -> ReadingError:
    return ReadingError(
        f"leads to {quoted(address)}, an address that is not public: "
        "if you trust it, use --allow-private."
    )


def _root(error: BaseException) -> str:
    """What the first cause of an error says, as far as it may be shown."""
    while cause := error.__cause__ or error.__context__:
        error = cause
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return quoted(reason).strip("'")
