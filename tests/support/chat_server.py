"""A real server on this machine that sells answers and counts them; no model wrote them.

What it answers follows from what it is asked: whoever stands behind "said" said each segment that
begins with a quotation mark.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from support.http_server import Handler, serving
from support.replies import Reply, send

_QUOTED = re.compile(r"^(\d+)\| “", re.MULTILINE)
_SPEAKER = re.compile(r"said ([A-Z]\w+ [A-Z]\w+)\.")
_ASKED = re.compile(r"^(\d+)\| ([^:]*): ", re.MULTILINE)


Chooser = Callable[["Shop", int, dict[str, Any]], "Reply | None"]


@dataclass
class Shop:
    """Its address and its books. `choose` may answer the n-th request otherwise than by a sale."""

    url: str = ""
    model: str = "gpt-5-mini-2025-08-07"
    asked: int = 0
    open: int = 0
    most_open: int = 0
    keys: set[str] = field(default_factory=set)
    sold: Counter[str] = field(default_factory=Counter)
    choose: Chooser = lambda shop, number, body: None
    lock: threading.Lock = field(default_factory=threading.Lock)
    gate: threading.Event = field(default_factory=threading.Event)

    def answer(self, body: dict[str, Any]) -> Reply:
        user = body["messages"][-1]["content"]
        if "<quotes>" in user:
            found: dict[str, Any] = {
                "stances": [
                    {"quote": int(n), "target": 1, "label": "favor"}
                    for n, _ in _ASKED.findall(user)
                ]
            }
        else:
            speaker = _SPEAKER.search(user)
            name = speaker[1] if speaker else ""
            quote = {"cue": "said", "mention": name, "name": name, "own": True}
            quotes = [{"at": n} | quote for n in _QUOTED.findall(user)]
            found = {"quotes": quotes, "not_speech": []}
        return Reply(body=completion(json.dumps(found), self.model))


def completion(text: str, model: str = "m", finish: str = "stop", **message: Any) -> dict[str, Any]:
    """A chat completion as OpenAI writes it; it counts 5,000 tokens in and 100 out."""
    return {
        "model": model,
        "choices": [{"index": 0, "finish_reason": finish, "message": {"content": text} | message}],
        "usage": {"prompt_tokens": 5_000, "completion_tokens": 100},
    }


def fault(status: int, code: str = "", **headers: str) -> Reply:
    """An error as OpenAI writes it."""
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, {"error": {"message": "no", "code": code}}, told)


def digest(body: dict[str, Any]) -> str:
    """What makes two requests the same."""
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def _selling(shop: Shop) -> type[Handler]:
    class Selling(Handler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with shop.lock:
                shop.asked += 1
                shop.keys.add(self.headers["Authorization"])
                shop.open += 1
                shop.most_open = max(shop.most_open, shop.open)
                number = shop.asked
            try:
                reply = shop.choose(shop, number, body) or shop.answer(body)
                if reply.status == 200 and not reply.reset:
                    with shop.lock:  # counted before it is sent: a lost answer was paid for, too
                        shop.sold[digest(body)] += 1
                send(self, reply)
            except OSError:
                self.close_connection = True  # the customer has gone
            finally:
                with shop.lock:
                    shop.open -= 1

    return Selling


@contextmanager
def opened() -> Iterator[Shop]:
    """A shop that is open as long as the block lasts."""
    shop = Shop()
    with serving(_selling(shop)) as port:
        shop.url = f"http://127.0.0.1:{port}/v1"
        try:
            yield shop
        finally:
            shop.gate.set()


def always(reply: Reply) -> Any:
    return lambda shop, number, body: reply


def only_about(word: str, reply: Reply) -> Any:
    def choose(shop: Shop, number: int, body: dict[str, Any]) -> Reply | None:
        return reply if word in body["messages"][-1]["content"] else None

    return choose
