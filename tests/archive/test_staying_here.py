"""A model's server on this machine is reached straight, by each way that a batch has."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import click.testing
import pytest
from support.batch_api_server import Bureau
from support.batches import annotator, archive, go, text_of
from support.chat_server import Shop
from support.proxies import Listener, listening, without_proxies
from support.replies import Reply

from attributor.archive.cluster.driver import _plan
from attributor.archive.cluster.worker import Workshop
from attributor.archive.run_options import RunOptions
from attributor.cli import cli
from attributor.records import Article

VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")


@pytest.fixture(autouse=True)
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Listener]:
    """A proxy that all variables of the environment name; nothing may reach it."""
    without_proxies(monkeypatch)
    with listening(Reply(502, {})) as listener:
        for name in VARIABLES:
            monkeypatch.setenv(name, listener.url)
        monkeypatch.setenv("SSL_CERT_FILE", "nowhere.pem")
        yield listener
    assert listener.targets == []


def called(shop: Shop, *arguments: str) -> click.testing.Result:
    model = ("--offline", "--engine", "openai", "--base-url", shop.url)
    return click.testing.CliRunner().invoke(cli, [*arguments, *model], prog_name="attributor")


def test_articles_that_are_annotated_one_by_one(shop: Shop) -> None:
    Path("a.txt").write_text(text_of(1), encoding="utf-8")
    result = called(shop, "annotate", "a.txt")
    assert result.exit_code == 0, result.stderr
    assert "it runs on this machine" in result.stderr
    assert shop.asked == 1


def test_an_archive(shop: Shop, tmp_path: Path) -> None:
    source = archive(tmp_path / "a.jsonl", range(6))
    result = called(shop, "batch", "--store", "a.db", str(source))
    assert result.exit_code == 0, result.stderr
    assert shop.asked == 6


def test_an_archive_by_the_batch_api(bureau: Bureau, tmp_path: Path) -> None:
    ended = go(bureau, archive(tmp_path / "a.jsonl", range(3)))
    assert (ended.exit_code_at_end, ended.tally.annotated) == (0, 3)


def test_a_request_that_a_worker_of_a_cluster_sends(shop: Shop) -> None:
    who = annotator(shop, offline=True)
    workshop = Workshop(_plan(who, RunOptions(cluster="local"), 1))
    (request,) = who.conversation(Article(id="a", text=text_of(1))).requests()

    async def buy() -> None:
        assert workshop.asker is not None
        await workshop.asker.buy(request)
        await workshop.aclose()

    asyncio.run(buy())
    assert shop.asked == 1
