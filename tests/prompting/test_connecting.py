"""Where a request goes: nowhere but here for a server on this machine, whatever is set."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.dialogues import answer, dialogue, only
from support.proxies import VARIABLES, Listener, authority, listening, socks, without_proxies
from support.scripted_server import completion

from attributor.errors import AccessError, AttributorError, UsageError
from attributor.messages import Answer
from attributor.pipeline import Annotator
from attributor.prompting import connecting
from attributor.prompting.batch_api import BatchApi
from attributor.prompting.client import Asker
from attributor.settings import Settings

REPLY = completion(answer().text)
PASSWORD = "sk-example-0123456789abcdef"
REMOTE = "http://models.example/v1"


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    without_proxies(monkeypatch)


@pytest.fixture
def here() -> Iterator[Listener]:
    """A model's server on this machine."""
    with listening(REPLY) as listener:
        yield listener


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Listener]:
    """A proxy that all variables of the environment name."""
    with listening(REPLY) as listener:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "all_proxy"):
            monkeypatch.setenv(name, f"http://me:{PASSWORD}@127.0.0.1:{listener.port}")
        yield listener


async def _no_wait(seconds: float) -> None:
    raise AssertionError("it was tried again")


def ask(base_url: str, **changes: Any) -> Answer:
    async def once() -> Answer:
        asker = Asker(Settings(base_url=base_url, model="m", **changes), sleep=_no_wait)
        try:
            return await asker.ask(only(dialogue()))
        finally:
            await asker.aclose()

    return asyncio.run(once())


# --- a server on this machine ---------------------------------------------------------------------


@pytest.mark.parametrize("offline", [True, False])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LocalHost", "user:pw@127.0.0.1"])
def test_a_server_on_this_machine_is_never_asked_through_a_proxy(
    here: Listener, proxy: Listener, host: str, offline: bool
) -> None:
    url = f"http://{host}:{here.port}/v1"
    assert ask(url, offline=offline).text == answer().text
    assert (here.targets, proxy.targets) == (["/v1/chat/completions"], [])
    assert "it runs on this machine" in Annotator(Settings(base_url=url)).notice


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("localhost.", True),
        ("model.localhost", True),
        ("127.8.9.1", True),
        ("127.1", True),
        ("2130706433", True),
        ("0x7f000001", True),
        ("0.0.0.0", True),
        ("127。0。0。1", True),
        ("[::1]", True),
        ("[::]", True),
        ("[0:0:0:0:0:0:0:1]", True),
        ("[::ffff:127.0.0.1]", True),
        ("localhost.example", False),
        ("notlocalhost", False),
        ("128.0.0.1", False),
        ("127.0.0.1.example", False),
        ("[::2]", False),
        ("host.docker.internal", False),
    ],
)
def test_a_host_is_this_machine_however_it_is_spelt(
    proxy: Listener, host: str, local: bool
) -> None:
    settings = Settings(base_url=f"http://{host}:8080/v1", offline=True)
    assert settings.model_is_local is local
    assert settings.chosen_engine == ("openai" if local else "embedded")
    assert ("proxy" in Annotator(settings.model_copy(update={"offline": False})).notice) != local


def test_every_connection_of_a_batch_and_the_batch_api_goes_straight(
    here: Listener, proxy: Listener
) -> None:
    async def both() -> None:
        asker = Asker(Settings(base_url=f"{here.url}/v1"), sleep=_no_wait)
        await asyncio.gather(*(asker.ask(only(dialogue())) for _ in range(3)))
        with pytest.raises(AttributorError):  # it is no Batch API
            await BatchApi(asker).look("batch", "file", 0.0)
        await asker.aclose()

    asyncio.run(both())
    assert len(here.targets) == 4
    assert proxy.targets == []


def test_nothing_is_sent_where_a_name_of_this_machine_leads_elsewhere(
    here: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connecting, "is_here", lambda address: address != "127.0.0.1")
    with pytest.raises(AccessError, match=r"leads to '127\.0\.0\.1': nothing was sent"):
        ask(f"{here.url}/v1")
    assert here.targets == []


@pytest.mark.parametrize("variable", [*VARIABLES[:3], "SSL_CERT_FILE", "SSL_CERT_DIR"])
def test_a_server_on_this_machine_needs_nothing_of_the_environment(
    here: Listener, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "socks4://nowhere:99999")
    assert ask(f"{here.url}/v1").text == answer().text


# --- a server elsewhere ---------------------------------------------------------------------------


def test_a_proxy_that_carries_the_article_is_named_without_its_password(proxy: Listener) -> None:
    notice = Annotator(Settings(base_url=REMOTE)).notice
    assert f"at models.example through the proxy '127.0.0.1:{proxy.port}'; --offline" in notice
    assert PASSWORD not in notice
    ask(REMOTE)
    assert proxy.targets == ["http://models.example/v1/chat/completions"]


@pytest.mark.parametrize(
    ("exceptions", "straight"),
    [
        ("models.example", True),
        (".example", True),
        ("*.example", True),
        ("other.test, MODELS.example:80", True),
        ("*", True),
        ("http://models.example", True),
        ("odels.example", False),
        ("other.test", False),
        ("models.example:8080", False),
        ("", False),
    ],
)
def test_exceptions_from_the_proxies_hold(
    proxy: Listener, monkeypatch: pytest.MonkeyPatch, exceptions: str, straight: bool
) -> None:
    monkeypatch.setenv("NO_PROXY", exceptions)
    notice = Annotator(Settings(base_url="http://models.example:80/v1")).notice
    assert ("proxy" not in notice) is straight


@pytest.mark.parametrize(
    ("exceptions", "straight"),
    [("10.0.0.0/8", True), ("10.1.2.3", True), ("10.2.0.0/16", False), ("10.1.2", False)],
)
def test_exceptions_may_be_networks(
    proxy: Listener, monkeypatch: pytest.MonkeyPatch, exceptions: str, straight: bool
) -> None:
    monkeypatch.setenv("NO_PROXY", exceptions)
    assert ("proxy" not in Annotator(Settings(base_url="http://10.1.2.3/v1")).notice) is straight


@pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
def test_a_socks_proxy_carries_the_article(
    here: Listener, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    with socks(here) as (port, asked):
        monkeypatch.setenv("ALL_PROXY", f"{scheme}://127.0.0.1:{port}")
        assert ask(REMOTE).text == answer().text
    assert asked == ["models.example"]


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "ALL_PROXY"])
@pytest.mark.parametrize(
    "value",
    [
        f"socks4://me:{PASSWORD}@host:1080",
        f"socks://me:{PASSWORD}@host",
        "http://",
        "://",
        "http://host:99999",
        "http://[::1",
        "http://ho st",
        "http://ｈost:1",
    ],
)
def test_a_proxy_that_cannot_be_used_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    for call in (lambda: Annotator(Settings(base_url=REMOTE)).notice, lambda: ask(REMOTE)):
        with pytest.raises(UsageError, match=f"The proxy that {variable} names cannot be") as told:
            call()
        assert PASSWORD not in str(told.value)


def test_a_client_of_the_callers_own_goes_its_own_way(proxy: Listener, here: Listener) -> None:
    import httpx2
    import openai

    async def once() -> None:
        own = httpx2.AsyncClient(proxy=f"http://127.0.0.1:{proxy.port}")
        async with openai.AsyncOpenAI(api_key="k", base_url=here.url, http_client=own) as client:
            await Asker(Settings(), client).ask(only(dialogue()))

    asyncio.run(once())
    assert (len(proxy.targets), here.targets) == (1, [])


@pytest.mark.parametrize("host", ["ｌocalhost", "0177.0.0.1"])
def test_a_host_that_no_request_can_name_is_told(host: str) -> None:
    with pytest.raises(UsageError, match=f"The base URL of '{host}' cannot be used"):
        ask(f"http://{host}/v1")


# --- certificates ---------------------------------------------------------------------------------


def test_a_certificate_that_is_not_trusted_is_told_as_that_and_not_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem, tls = authority(tmp_path)
    with listening(REPLY, tls) as server:
        url = f"https://127.0.0.1:{server.port}/v1"
        with pytest.raises(AccessError, match=r"certificate is not trusted.*SSL_CERT_FILE"):
            ask(url)
        assert server.targets == []
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
        assert ask(url).text == answer().text


@pytest.mark.parametrize("content", [None, "no certificate", ""])
def test_a_file_without_certificates_is_told_as_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None
) -> None:
    file = tmp_path / "authority.pem"
    if content is not None:
        file.write_text(content)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with pytest.raises(UsageError, match=f"'{file}', which SSL_CERT_FILE names, cannot be"):
        ask("https://models.example/v1")


def test_a_proxy_shows_a_certificate_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem, certified = authority(tmp_path)
    with listening(REPLY, certified) as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"https://127.0.0.1:{proxy.port}")
        with pytest.raises(AccessError, match="certificate is not trusted"):
            ask(REMOTE)
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
        ask(REMOTE)
    assert proxy.targets == ["http://models.example/v1/chat/completions"]
