from __future__ import annotations

import asyncio
import gzip
import json
import signal
import subprocess
import sys
import threading
import tracemalloc
import zlib
from collections.abc import Iterator
from io import BytesIO
from itertools import repeat
from pathlib import Path

import pytest
from support.dialogues import TEXT, answer, dialogue, only
from support.replies import Reply
from support.scripted_server import Server, completion

from attributor.errors import AnswerError, BusyError
from attributor.messages import Answer
from attributor.prompting import bounded
from attributor.prompting.batch_api import BatchApi
from attributor.prompting.client import Asker
from attributor.settings import Settings

GOOD = completion(answer().text)
DONE = threading.Event()


async def _sleep(seconds: float) -> None:
    pass


def asker(server: Server, timeout: float = 20) -> Asker:
    settings = Settings(base_url=server.url, model="m", attempts=2, timeout=timeout)
    return Asker(settings, sleep=_sleep)


def ask(server: Server, timeout: float = 20) -> Answer:
    async def once() -> Answer:
        asking = asker(server, timeout)
        try:
            return await asking.ask(only(dialogue()))
        finally:
            await asking.aclose()

    return asyncio.run(once())


def download(server: Server, into: BytesIO, timeout: float = 20) -> bool:
    async def once() -> bool:
        asking = asker(server, timeout)
        try:
            return await BatchApi(asking).download("f", into)
        finally:
            await asking.aclose()

    return asyncio.run(once())


def endless() -> Iterator[bytes]:
    return repeat(b" " * 65_536)


def bomb() -> Iterator[bytes]:
    """What decompresses to 3 GB."""
    packing = zlib.compressobj(9, zlib.DEFLATED, 31)
    for _ in range(3_000):  # as far as it is read
        yield packing.compress(b" " * 1_000_000)


def nested() -> list[bytes]:
    """Five MB, compressed twice: some hundred bytes."""
    return [gzip.compress(gzip.compress(bytes(5_000_000)))]


def drip() -> Iterator[bytes]:
    """A byte now and then: sooner than the time-out for one step, for longer than a test."""
    while not DONE.wait(0.02):
        yield b" "


@pytest.fixture(autouse=True)
def _end() -> Iterator[None]:
    DONE.clear()
    yield
    DONE.set()


@pytest.mark.parametrize(
    "reply",
    [
        Reply(pieces=endless),
        Reply(500, pieces=endless),
        Reply(headers={"Content-Encoding": "gzip"}, pieces=bomb),
    ],
)
def test_an_answer_that_is_too_large_ends_in_one_sentence(server: Server, reply: Reply) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(AnswerError, match="sent more than 8 MB") as caught:
            ask(server.answers(reply))
        assert tracemalloc.get_traced_memory()[1] < 5 * bounded.MAX_ANSWER_BYTES
    finally:
        tracemalloc.stop()
    assert caught.value.article == "bridge"
    assert len(server.asked) == 1


@pytest.mark.parametrize("encoding", ["gzip, gzip", "deflate"])
def test_a_body_that_cannot_be_decompressed_is_told_as_that_after_another_attempt(
    server: Server, encoding: str
) -> None:
    reply = Reply(headers={"Content-Encoding": encoding}, pieces=nested)
    with pytest.raises(AnswerError, match=r"cannot be read in 2 attempts \(DecodingError"):
        ask(server.answers(reply))


def test_an_answer_may_be_compressed(server: Server) -> None:
    packed = gzip.compress(json.dumps(GOOD.body).encode())
    head = {"Content-Encoding": "gzip", "Connection": "close"}
    server.answers(Reply(headers=head, pieces=lambda: [packed], length=len(packed)))
    assert ask(server).text == answer().text


def test_an_answer_that_comes_byte_by_byte_takes_too_long_as_a_whole(server: Server) -> None:
    with pytest.raises(BusyError, match=r"did not answer within 0.2 s in 2 attempts") as caught:
        ask(server.answers(Reply(pieces=drip)), timeout=0.2)
    assert caught.value.article == "bridge"
    assert len(server.asked) == 2


def test_a_file_may_be_larger_than_an_answer_and_take_longer(server: Server) -> None:
    def slowly() -> Iterator[bytes]:
        for _ in range(10):
            DONE.wait(0.05)
            yield b" " * 1_000_000

    into = BytesIO()
    server.answers(Reply(pieces=slowly, length=10_000_000))
    assert download(server, into, timeout=0.3)
    assert len(into.getvalue()) == 10_000_000 > bounded.MAX_ANSWER_BYTES


def test_a_file_that_comes_byte_by_byte_takes_too_long_as_a_whole(server: Server) -> None:
    with pytest.raises(BusyError, match=r"did not answer within 0.2 s"):
        download(server.answers(Reply(pieces=drip)), BytesIO(), timeout=0.2)


def test_a_file_is_bounded_too(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "MAX_FILE_BYTES", 20_000_000)
    with pytest.raises(AnswerError, match="sent more than 20 MB"):
        download(server.answers(Reply(pieces=endless)), BytesIO())


def test_a_refusal_in_place_of_a_file_is_no_larger_than_an_answer(server: Server) -> None:
    with pytest.raises(AnswerError, match="sent more than 8 MB"):
        download(server.answers(Reply(400, pieces=endless)), BytesIO())


def test_ctrl_c_ends_the_wait_for_an_answer_at_once(server: Server, tmp_path: Path) -> None:
    waiting = threading.Event()

    def slowly() -> Iterator[bytes]:
        waiting.set()
        return drip()

    server.answers(Reply(pieces=slowly))
    article = tmp_path / "article.txt"
    article.write_text(TEXT, encoding="utf-8")
    arguments = ["annotate", "--engine", "openai", "--base-url", server.url, "--model", "m"]
    command = [sys.executable, "-m", "attributor", *arguments, str(article)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert waiting.wait(30)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=5)
    assert process.returncode == 130
    assert "Cancelled" in told
