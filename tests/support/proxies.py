"""Servers and proxies on this machine that write down what reaches them, for tests of routes."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from support.http_server import Handler, serving
from support.replies import Reply, send

VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


def without_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take what this machine says of proxies and certificates out of the environment."""
    for name in (*VARIABLES, "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@dataclass
class Listener:
    """A server or a proxy: its port, and the request targets and bodies that reached it."""

    port: int = 0
    reply: Reply = field(default_factory=Reply)
    targets: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def _noting(listener: Listener) -> type[Handler]:
    class Noting(Handler):
        protocol_version = "HTTP/1.0"

        def do_POST(self) -> None:
            listener.targets.append(self.path)
            listener.bodies.append(self.rfile.read(int(self.headers["Content-Length"] or 0)))
            send(self, listener.reply)

        do_GET = do_CONNECT = do_POST

    return Noting


@contextmanager
def listening(reply: Reply, tls: ssl.SSLContext | None = None) -> Iterator[Listener]:
    """A server that gives every request the same reply; a proxy, if it is used as one."""
    listener = Listener(reply=reply)
    with serving(_noting(listener), tls) as listener.port:
        yield listener


@contextmanager
def socks(upstream: Listener) -> Iterator[tuple[int, list[str]]]:
    """A SOCKS5 proxy that leads everywhere to `upstream`: its port, and the hosts asked for."""
    asked: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as entry:
        thread = threading.Thread(target=_serve_socks, args=(entry, upstream, asked), daemon=True)
        thread.start()
        yield entry.getsockname()[1], asked
    thread.join()


def _serve_socks(entry: socket.socket, upstream: Listener, asked: list[str]) -> None:
    """Serve one customer, by RFC 1928: a greeting, a host by its name, then whatever is sent."""
    customer, _ = entry.accept()
    with customer, customer.makefile("rb") as said:
        said.read(said.read(2)[1])
        customer.sendall(b"\x05\x00")
        said.read(4)
        asked.append(said.read(said.read(1)[0]).decode())
        said.read(2)
        customer.sendall(b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x00")
        with socket.create_connection(("127.0.0.1", upstream.port)) as server:
            back = threading.Thread(target=_pump, args=(server.recv, customer), daemon=True)
            back.start()
            _pump(said.read1, server)
            server.shutdown(socket.SHUT_WR)
            back.join()


def _pump(read: Callable[[int], bytes], into: socket.socket) -> None:
    while data := read(65536):
        into.sendall(data)


def authority(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate for 127.0.0.1 that only itself vouches for: its file, and a server's TLS."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, private = folder / "authority.pem", folder / "private.pem"
    pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, private)
    return pem, context
