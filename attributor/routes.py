"""Which way a request takes from here: straight to a server, or through a proxy.

What runs on this machine is always reached straight. Everything else goes through the proxy that
the environment (HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY) or the system's settings name for it,
and whoever sends something knows beforehand which that is.
"""

from __future__ import annotations

import os
from collections.abc import Container
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from attributor.errors import UsageError, causes, quoted

if TYPE_CHECKING:
    import ssl
    from ipaddress import IPv4Address, IPv6Address

SERVERS = frozenset({"http", "https"})
"""The schemes that the URL of a server may have."""
PROXIES = frozenset({"http", "https", "socks5", "socks5h"})
"""The schemes that the URL of a proxy may have."""
_OTHER_DOTS = str.maketrans("\u3002\uff0e\uff61", "...")
"""Turns the dots of other scripts, which a host's name may be written with, into plain ones."""


def is_address_of(url: str, schemes: Container[str]) -> bool:
    """Whether a URL of one of these schemes names a host, and a port if any, as it should."""
    try:
        parts = urlsplit(url)
        port_is_valid = parts.port != 0
    except ValueError:
        return False
    named = parts.scheme in schemes and bool(parts.hostname)
    return named and port_is_valid and url.isprintable() and " " not in url


def host_of(url: str) -> str:
    """Host and port of a URL, without user name and password."""
    return urlsplit(url).netloc.rpartition("@")[2]


def is_here(host: str) -> bool:
    """Whether a host's name or address, however it is spelt, means this machine.

    Of names only "localhost" and those below it do (RFC 6761); nothing is looked up.
    """
    name = host.translate(_OTHER_DOTS).rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    address = _address(name)
    if address is None:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    # A connection to 0.0.0.0, which servers print when they listen everywhere, stays here.
    return address.is_loopback or address.is_unspecified


def proxy_for(url: str) -> str | None:
    """The URL of the proxy through which a server is to be asked; None if straight.

    Args:
        url: the server's.

    Raises:
        UsageError: what is set for it is no proxy that can be used.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if is_here(host):
        return None
    from urllib.request import getproxies

    known = getproxies()
    scheme = parts.scheme if known.get(parts.scheme) else "all"
    proxy = known.get(scheme)
    if not proxy or _is_excepted(host, host_of(url), known.get("no", "")):
        return None
    proxy = proxy if "://" in proxy else f"http://{proxy}"
    if not _is_proxy(proxy):
        raise unusable_proxy(f"{scheme.upper()}_PROXY")
    return proxy


def unusable_proxy(variable: str) -> UsageError:
    """The error where `variable` names no proxy; its value may hold a password, and is not told."""
    return UsageError(
        f"The proxy that {variable} names cannot be used: it has to look like http://host:port or "
        "socks5://host:port."
    )


def tls() -> ssl.SSLContext:
    """How servers' certificates are checked: by SSL_CERT_FILE or SSL_CERT_DIR, else as usual here.

    Raises:
        UsageError: the variable names no certificates.
    """
    import httpx2

    try:
        return httpx2.create_ssl_context()
    except OSError as error:  # those of ssl, too
        reason = getattr(error, "reason", None) or error.strerror or type(error).__name__
        name = "SSL_CERT_FILE" if os.environ.get("SSL_CERT_FILE") else "SSL_CERT_DIR"
        raise UsageError(
            f"The certificates {quoted(os.environ.get(name, ''))}, which {name} names, cannot be "
            f"used ({reason.replace('_', ' ').lower()}): name a PEM file, or unset it."
        ) from error


def distrust(error: BaseException) -> str | None:
    """What a user is told if an error is that of a certificate that is not trusted; else None."""
    import ssl

    for cause in causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return (
                f"its certificate is not trusted ({cause.verify_message}); if an authority of "
                "your own signed it, name that authority's PEM file in SSL_CERT_FILE"
            )
    return None


def _is_proxy(url: str) -> bool:
    import httpx2

    try:
        httpx2.Proxy(url)
    except (ValueError, httpx2.InvalidURL):
        return False
    return is_address_of(url, PROXIES)


def _is_excepted(host: str, netloc: str, exceptions: str) -> bool:
    """Whether NO_PROXY, or the system's settings, want a host to be reached straight."""
    from urllib.request import proxy_bypass

    entries = (entry.strip().lower() for entry in exceptions.split(","))
    if any(_covers(entry, host, netloc.lower()) for entry in entries if entry):
        return True
    return bool(proxy_bypass(netloc))


def _covers(entry: str, host: str, netloc: str) -> bool:
    """Whether an entry of NO_PROXY is about a host: a name, an address, a network, or "*"."""
    import ipaddress

    if entry == "*":
        return True
    entry = entry.rpartition("://")[2]
    try:
        network = ipaddress.ip_network(entry.replace("[", "").replace("]", ""), strict=False)
    except ValueError:
        name = entry.lstrip("*.")
        return any(f".{each}".endswith(f".{name}") for each in (host, netloc) if name)
    address = _address(host)
    return address is not None and address in network


def _address(host: str) -> IPv4Address | IPv6Address | None:
    """The IP address that a host is, in any form that a look-up takes: 127.1, 0x7f000001."""
    import ipaddress
    import socket

    try:
        return ipaddress.ip_address(host)
    except ValueError:
        try:
            return ipaddress.IPv4Address(socket.inet_aton(host))
        except (OSError, UnicodeError):
            return None
