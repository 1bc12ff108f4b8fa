"""Fetching: what is read, and all that a server may do wrong or try."""

from __future__ import annotations

import asyncio
import socket
import struct
import sys
import time
import tracemalloc
import zlib
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from support.proxies import authority, listening, without_proxies
from support.replies import Reply
from support.web_site import PAGE, Site

from attributor.errors import ReadingError, UsageError
from attributor.reading import read, urls
from attributor.reading.articles import without_credentials
from attributor.records import Article

TEXT = "The mayor said: “No.” She left.\r\n"


def refusal(url: str, *, allow_private: bool = True) -> str:
    (found,) = read(url, allow_private=allow_private)
    assert isinstance(found, ReadingError), found
    return found.message


def fetched(url: str) -> Article:
    (found,) = read(url, allow_private=True)
    assert isinstance(found, Article), found
    return found


@pytest.fixture
def local_is_public(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let 127.0.0.1 pass for a public address, so that all other checks can be seen at work."""
    real = urls.is_public
    monkeypatch.setattr(urls, "is_public", lambda ip: ip == "127.0.0.1" or real(ip))


# --- what is read ------------------------------------------------------------------------------


def test_a_page_is_read(site: Site) -> None:
    url = site.answer("/a", PAGE, Content_Type="text/html; charset=utf-8")
    article = fetched(url)
    assert (article.id, article.url, article.language) == (url, url, "en-GB")
    assert article.text.startswith("Harbour to close in May\n\n“The harbour closes")


def test_plain_text_at_a_url_is_its_text_exactly(site: Site) -> None:
    assert fetched(site.answer("/a", TEXT, Content_Type="text/plain")).text == TEXT


def test_the_charset_of_the_header_is_believed(site: Site) -> None:
    body = "Rekao je da će doći.".encode("cp1250")
    url = site.answer("/a", body, Content_Type="text/plain; charset=windows-1250")
    assert fetched(url).text == "Rekao je da će doći."


def test_a_page_without_a_type_is_known_by_its_beginning(site: Site) -> None:
    assert fetched(site.answer("/a", PAGE)).title == "Harbour to close in May"


def test_a_compressed_page_is_read(site: Site) -> None:
    packed = zlib.compress(TEXT.encode())
    url = site.answer("/a", packed, Content_Type="text/plain", Content_Encoding="deflate")
    assert fetched(url).text == TEXT


def test_it_works_inside_a_running_event_loop(site: Site) -> None:
    url = site.answer("/a", TEXT, Content_Type="text/plain")

    async def in_a_notebook() -> Article:
        return fetched(url)

    assert asyncio.run(in_a_notebook()).text == TEXT


# --- where it may go ---------------------------------------------------------------------------


def test_a_private_address_is_refused_before_anything_is_sent(site: Site) -> None:
    said = refusal(site.answer("/a", PAGE), allow_private=False)
    assert "leads to '127.0.0.1', an address that is not public" in said
    assert "--allow-private" in said
    assert site.asked == []


def resolve_to(monkeypatch: pytest.MonkeyPatch, *answers: str) -> list[str]:
    """Let every name resolve to the next of `answers`, the last one for ever."""
    looked_up: list[str] = []
    real = socket.getaddrinfo

    def getaddrinfo(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        looked_up.append(str(host))
        return real(answers[min(len(looked_up), len(answers)) - 1], port, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return looked_up


def test_a_name_is_judged_by_the_address_connected_to(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up = resolve_to(monkeypatch, "127.0.0.1")
    site.answer("/a", PAGE)
    assert "leads to '127.0.0.1'" in refusal(site.url("/a", "news.example"), allow_private=False)
    assert "news.example" in looked_up[0]
    assert site.asked == []


def test_an_allowed_name_is_fetched(
    site: Site, monkeypatch: pytest.MonkeyPatch, local_is_public: None
) -> None:
    resolve_to(monkeypatch, "127.0.0.1")
    site.answer("/a", PAGE, Content_Type="text/html")
    (article,) = read(site.url("/a", "news.example"))
    assert isinstance(article, Article)
    assert article.url == site.url("/a", "news.example")


@pytest.mark.parametrize(
    "target",
    [
        "http://169.254.169.254/latest/meta-data",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://127.0.0.2/",
        "http://0.0.0.0/",
    ],
)
def test_a_redirect_to_a_private_address_is_refused(
    site: Site, local_is_public: None, target: str
) -> None:
    url = site.answer("/a", status=302, Location=target)
    assert "an address that is not public" in refusal(url, allow_private=False)


@pytest.mark.parametrize("odd", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1"])
def test_a_disguised_address_is_refused(site: Site, odd: str) -> None:
    site.answer("/a", PAGE)
    refusal(site.url("/a", odd), allow_private=False)
    assert site.asked == []


PRIVATE = (
    "127.0.0.1 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 100.100.100.200 "
    "0.0.0.0 224.0.0.1 240.0.0.1 255.255.255.255 198.18.0.1 192.0.2.1 192.0.0.192 168.63.129.16 "
    "::1 :: fe80::1 fe80::1%eth0 fc00::1 fd00:ec2::254 fec0::1 ff02::1 2001:db8::1 "
    "::ffff:127.0.0.1 ::ffff:169.254.169.254 ::127.0.0.1 2002:7f00:1:: 64:ff9b::a00:1 2001::1"
)


@pytest.mark.parametrize("address", PRIVATE.split())
def test_an_address_of_no_public_network_is_private(address: str) -> None:
    assert not urls.is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert urls.is_public(address)


@pytest.mark.parametrize("allow_private", [True, False])
def test_proxies_of_the_environment_are_for_private_networks_alone(
    site: Site, monkeypatch: pytest.MonkeyPatch, local_is_public: None, allow_private: bool
) -> None:
    resolve_to(monkeypatch, "127.0.0.1")
    monkeypatch.setenv("http_proxy", site.url(""))
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    site.answer("/a", TEXT, Content_Type="text/plain")
    through_proxy = site.url("/a", "news.example")
    site.routes[through_proxy] = site.routes["/a"]
    list(read(through_proxy, allow_private=allow_private))
    assert [asked["path"] for asked in site.asked] == [through_proxy if allow_private else "/a"]


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"])
@pytest.mark.parametrize("proxy", ["socks4://me:hidden@host:1", "http://host:port", "http://[::1"])
def test_a_proxy_that_cannot_be_used_is_one_sentence(
    site: Site, monkeypatch: pytest.MonkeyPatch, variable: str, proxy: str
) -> None:
    without_proxies(monkeypatch)
    monkeypatch.setenv(variable, proxy)
    url = site.answer("/a", TEXT, Content_Type="text/plain")
    with pytest.raises(UsageError, match="ALL_PROXY names cannot be used") as told:
        fetched(url)
    assert "hidden" not in str(told.value)
    assert not site.asked


def test_a_certificate_is_trusted_if_its_authority_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, local_is_public: None
) -> None:
    without_proxies(monkeypatch)
    pem, tls = authority(tmp_path)
    with listening(Reply(body=TEXT, headers={"Content-Type": "text/plain"}), tls) as server:
        url = f"https://127.0.0.1:{server.port}/a"
        assert "certificate is not trusted" in refusal(url)
        assert "SSL_CERT_FILE" in refusal(url)
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
        (article,) = read(url)
        assert isinstance(article, Article)
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
        with pytest.raises(UsageError, match="which SSL_CERT_FILE names, cannot be used"):
            list(read(url))


@pytest.mark.parametrize(
    "target",
    ["ftp://127.0.0.1/a", "file:///etc/passwd", "gopher://127.0.0.1/"],
)
def test_only_http_is_followed(site: Site, target: str) -> None:
    url = site.answer("/a", status=301, Location=target)
    assert "does not lead to an http or https address" in refusal(url)


@pytest.mark.parametrize(
    "url", ["ftp://x.example/a", "file:///etc/passwd", "javascript://x", "http://"]
)
def test_only_http_is_fetched(url: str) -> None:
    assert "does not lead to an http or https address" in refusal(url)


@pytest.mark.parametrize("url", ["http://[::1/", "http://x:y/", "http://\x00/", "http://x\x1b[2J/"])
def test_a_malformed_url_is_a_sentence(url: str) -> None:
    assert "\x1b" not in refusal(url)


# --- redirects ---------------------------------------------------------------------------------


def test_five_redirects_are_followed_and_the_last_address_is_kept(site: Site) -> None:
    for step in range(5):
        site.answer(f"/{step}", status=302, Location=f"/{step + 1}")
    last = site.answer("/5", TEXT, Content_Type="text/plain")
    article = fetched(site.url("/0"))
    assert (article.id, article.url) == (site.url("/0"), last)


def test_a_sixth_redirect_is_refused(site: Site) -> None:
    url = site.answer("/a", status=302, Location="/a")
    assert "redirects more than 5 times" in refusal(url)
    assert len(site.asked) == 6


def test_the_body_of_a_redirect_is_not_read(site: Site) -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(302)
        handler.send_header("Location", "/b")
        handler.end_headers()
        while not site.closing.is_set():
            handler.wfile.write(b"x" * 65536)

    site.routes["/a"] = endless
    site.answer("/b", TEXT, Content_Type="text/plain")
    assert fetched(site.url("/a")).text == TEXT


# --- what a server may do ----------------------------------------------------------------------


def test_credentials_are_sent_but_shown_nowhere(site: Site) -> None:
    site.answer("/a", TEXT, Content_Type="text/plain")
    url = site.url("/a").replace("://", "://me:s3cret@")
    article = fetched(url)
    assert site.asked[0]["Authorization"].startswith("Basic ")
    assert "s3cret" not in article.model_dump_json()
    site.answer("/a", status=404)
    assert refusal(url).startswith(f"'{site.url('/a')}' was answered with status 404")


def test_credentials_do_not_travel_to_another_host(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve_to(monkeypatch, "127.0.0.1")
    site.answer("/a", status=302, Location=site.url("/b", "other.example"))
    site.answer("/b", TEXT, Content_Type="text/plain")
    fetched(site.url("/a", "news.example").replace("://", "://me:s3cret@"))
    assert "Authorization" not in site.asked[1]


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://me:pw@h/x", "http://h/x"),
        ("http://me:p/w@h/x", "http://h/x"),
        ("http://me:p?w#@h/", "http://h/"),
        ("http://me@h", "http://h"),
        ("https://h/@me/x", "https://h/@me/x"),
        ("http://h:80/?q=a@b", "http://h:80/?q=a@b"),
        ("http://[::1]:80/@x", "http://[::1]:80/@x"),
    ],
)
def test_a_url_is_shown_without_credentials(url: str, shown: str) -> None:
    assert without_credentials(url) == shown


@pytest.mark.parametrize("status", [204, 304, 401, 403, 404, 410, 429, 500, 503])
def test_an_answer_without_a_page_is_named(site: Site, status: int) -> None:
    url = site.answer("/a", status=status)
    assert f"status {status}" in refusal(url) or (status == 204 and "is empty" in refusal(url))


@pytest.mark.parametrize("kind", ["application/pdf", "image/png", "application/json", "x\x1b[2J"])
def test_another_content_type_is_refused(site: Site, kind: str) -> None:
    said = refusal(site.answer("/a", "x", Content_Type=kind))
    assert "not HTML or text" in said or "broke off" in said
    assert "\x1b" not in said


def test_a_page_without_an_article_is_refused(site: Site) -> None:
    url = site.answer("/a", "<html><body></body></html>", Content_Type="text/html")
    assert "has no article in it" in refusal(url)


def test_binary_sent_as_text_is_refused(site: Site) -> None:
    assert "a PDF document" in refusal(site.answer("/a", "%PDF-1", Content_Type="text/html"))


def test_a_page_that_says_it_is_too_large_is_not_read(site: Site) -> None:
    def huge(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/plain")
        handler.send_header("Content-Length", str(10**12))
        handler.end_headers()

    site.routes["/a"] = huge
    assert "larger than 20 MB" in refusal(site.url("/a"))


def test_a_body_without_end_is_refused(site: Site) -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/plain")
        handler.end_headers()
        while not site.closing.is_set():
            handler.wfile.write(b"x" * 65536)

    site.routes["/a"] = endless
    with pytest.raises(ReadingError, match=r"larger than 0\.5 MB"):
        urls.fetch(site.url("/a"), allow_private=True, max_bytes=500_000)


@pytest.mark.parametrize("layers", [1, 2])
def test_a_compressed_bomb_is_refused_before_it_fills_the_memory(site: Site, layers: int) -> None:
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(bytes(2**20)) for _ in range(300)) + packer.flush()
    if layers == 2:
        packer = zlib.compressobj(9, wbits=31)
        bomb = packer.compress(bomb) + packer.flush()
    encoding = ", ".join(["gzip"] * layers)
    url = site.answer("/a", bomb, Content_Type="text/html", Content_Encoding=encoding)
    tracemalloc.start()
    try:
        with pytest.raises(ReadingError, match="larger than 5 MB"):
            urls.fetch(url, allow_private=True, max_bytes=5_000_000)
        assert tracemalloc.get_traced_memory()[1] < 30_000_000
    finally:
        tracemalloc.stop()


def test_a_broken_compression_is_named(site: Site) -> None:
    url = site.answer("/a", "no gzip", Content_Type="text/plain", Content_Encoding="gzip")
    assert "cannot be decompressed" in refusal(url)


@pytest.mark.parametrize("drip", ["nothing", "headers", "body"])
def test_a_slow_server_is_left_when_the_time_is_over(site: Site, drip: str) -> None:
    def slow(handler: BaseHTTPRequestHandler) -> None:
        if drip == "body":
            handler.send_response(200)
            handler.send_header("Content-Type", "text/plain")
            handler.end_headers()
        elif drip == "headers":
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
        for _ in range(100):  # two seconds, so that this test ends even if the limit fails
            if site.closing.wait(0.02):
                break
            if drip != "nothing":
                handler.wfile.write(b"x")

    site.routes["/a"] = slow
    begun = time.monotonic()
    with pytest.raises(ReadingError, match=r"took longer than 0\.2 seconds"):
        urls.fetch(site.url("/a"), allow_private=True, seconds=0.2)
    assert time.monotonic() - begun < 5


def test_a_body_that_breaks_off_is_named(site: Site) -> None:
    def half(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/plain")
        handler.send_header("Content-Length", "100")
        handler.end_headers()
        handler.wfile.write(b"half")

    site.routes["/a"] = half
    assert "broke off" in refusal(site.url("/a"))


def test_a_reset_connection_is_named(site: Site) -> None:
    linger = "hh" if sys.platform == "win32" else "ii"

    def reset(handler: BaseHTTPRequestHandler) -> None:
        handler.connection.setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack(linger, 1, 0)
        )
        handler.connection.close()

    site.routes["/a"] = reset
    assert "broke off" in refusal(site.url("/a"))


def test_nobody_there_is_named() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert "cannot be reached" in refusal(f"http://127.0.0.1:{port}/")


def test_a_name_that_nobody_has_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*args: Any, **kwargs: Any) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert "cannot be reached (Name or service not known)" in refusal("http://none.example/")


def test_a_server_that_speaks_no_tls_is_named(site: Site) -> None:
    assert "cannot be reached" in refusal(site.url("/a").replace("http:", "https:"))
