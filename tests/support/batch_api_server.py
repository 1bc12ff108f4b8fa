"""A server with the OpenAI Batch API, as its reference describes it: files, batches, their output.

Synthetic: the answers are those of a `Shop`. Output comes in another order than the requests. A
batch makes one step each time somebody looks at it: validating, in_progress, finalizing, and how it
ends. `fate` decides what becomes of the n-th batch, `line` what becomes of a request.
"""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from support.chat_server import Shop, digest
from support.http_server import Handler, serving
from support.replies import Reply, send

Line = dict[str, Any]
ENDPOINT = "/v1/chat/completions"
STEPS = ("validating", "in_progress", "finalizing")


@dataclass
class Given:
    """A batch: what was asked for, how far it is, how it ends."""

    id: str
    input: str
    metadata: dict[str, str]
    ends: str
    looks: int = 0
    code: str = ""
    message: str = ""
    output: str | None = None
    errors: str | None = None
    counts: dict[str, int] = field(default_factory=dict)
    created: int = field(default_factory=lambda: int(time.time()))

    @property
    def is_over(self) -> bool:
        return self.looks > len(STEPS)

    def told(self) -> dict[str, Any]:
        over = self.is_over
        status = self.ends if over else STEPS[max(0, self.looks - 1)]
        wrong = {"object": "list", "data": [{"code": self.code, "message": self.message}]}
        return {
            "id": self.id,
            "object": "batch",
            "endpoint": ENDPOINT,
            "completion_window": "24h",
            "created_at": self.created,
            "input_file_id": self.input,
            "metadata": self.metadata,
            "status": status,
            "output_file_id": self.output if over else None,
            "error_file_id": self.errors if over else None,
            "errors": wrong if over and self.code else None,
            "request_counts": self.counts or {"total": 0, "completed": 0, "failed": 0},
        }


def completed(bureau: Bureau, number: int, lines: list[Line]) -> str:
    return "completed"


@dataclass
class Bureau:
    """Its address, its books, and what it does otherwise than well."""

    shop: Shop
    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    batches: list[Given] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)
    fate: Callable[[Bureau, int, list[Line]], str] = completed
    line: Callable[[Bureau, Line], Line | None] = lambda bureau, line: None
    fault: Callable[[Bureau, str], Reply | None] = lambda bureau, what: None
    after: Callable[[Bureau, str], None] = lambda bureau, what: None
    lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def sizes(self) -> list[int]:
        """How many requests each batch has."""
        return [len(self.files[batch.input].splitlines()) for batch in self.batches]

    def keep(self, content: bytes, name: str = "") -> str:
        id_ = f"file-{len(self.files) + 1}"
        self.files[id_], self.names[id_] = content, name
        return id_

    def lines(self, batch: Given) -> list[Line]:
        return [json.loads(line) for line in self.files[batch.input].split(b"\n") if line]

    def create(self, body: dict[str, Any]) -> Given:
        self._check(body)
        batch = Given(f"batch_{len(self.batches) + 1}", body["input_file_id"], body["metadata"], "")
        self.batches.append(batch)
        batch.ends = self.fate(self, len(self.batches), self.lines(batch))
        if batch.ends.startswith("failed "):
            _, batch.code, batch.message = batch.ends.split(" ", 2)
            batch.ends = "failed"
        return batch

    def create_unheard(self) -> Reply:
        """Create a batch of the newest file; nobody hears of it."""
        file = list(self.files)[-1]
        name = self.names[file].removesuffix(".jsonl")
        given = {"input_file_id": file, "metadata": {"attributor": name}}
        self.create(given | {"endpoint": ENDPOINT, "completion_window": "24h"})
        return Reply(body={}, reset=True)

    def _check(self, body: dict[str, Any]) -> None:
        """What the reference asks of a file and of a batch."""
        lines = [json.loads(line) for line in self.files[body["input_file_id"]].splitlines()]
        assert len({line["custom_id"] for line in lines}) == len(lines) > 0
        assert {(line["method"], line["url"]) for line in lines} == {("POST", ENDPOINT)}
        assert len({line["body"]["model"] for line in lines}) == 1
        assert (body["endpoint"], body["completion_window"]) == (ENDPOINT, "24h")

    def look(self, batch: Given) -> dict[str, Any]:
        batch.looks += 1
        if batch.looks == len(STEPS) + 1 and batch.ends != "failed":
            self._answer(batch)
        return batch.told()

    def _answer(self, batch: Given) -> None:
        good: list[Line] = []
        bad: list[Line] = []
        lines = self.lines(batch)
        done = len(lines) if batch.ends == "completed" else len(lines) // 2
        for number, line in enumerate(lines):
            if number >= done:
                error = {"code": f"batch_{batch.ends}", "message": "It was not reached."}
                bad.append({"custom_id": line["custom_id"], "response": None, "error": error})
                continue
            told = self.line(self, line) or self._sold(line)
            (good if told["response"]["status_code"] == 200 else bad).append(told)
        good.reverse()
        batch.counts = {"total": len(lines), "completed": len(good), "failed": len(bad)}
        batch.output = self.keep(_written(good)) if good else None
        batch.errors = self.keep(_written(bad)) if bad else None

    def _sold(self, line: Line) -> Line:
        self.shop.sold[digest(line["body"])] += 1
        return result(line, 200, self.shop.answer(line["body"]).body)


def result(line: Line, status: int, body: Any) -> Line:
    """A line of an output or error file."""
    response = {"status_code": status, "request_id": "req_1", "body": body}
    return {
        "id": "batch_req_1",
        "custom_id": line["custom_id"],
        "response": response,
        "error": None,
    }


def _written(lines: list[Line]) -> bytes:
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


def _uploaded(handler: BaseHTTPRequestHandler) -> tuple[str, bytes]:
    """The name and the content of the file in a multipart form."""
    body = handler.rfile.read(int(handler.headers["Content-Length"]))
    head = f"Content-Type: {handler.headers['Content-Type']}\r\n\r\n".encode()
    for part in BytesParser(policy=HTTP).parsebytes(head + body).iter_parts():
        content = part.get_payload(decode=True)
        if part.get_filename() and isinstance(content, bytes):
            return str(part.get_filename()), content
    raise ValueError("there is no file in the form")


class _Counter(Handler):
    bureau: Bureau

    def do_POST(self) -> None:
        path = urlsplit(self.path).path
        if path == "/v1/files":
            name, content = _uploaded(self)
            self._do("upload", lambda: self._file(self.bureau.keep(content, name)))
            return
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if path == "/v1/batches":
            self._do("create", lambda: Reply(body=self.bureau.create(body).told()))
        else:
            self._do("call", lambda: self.bureau.shop.answer(body))

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        _, _, kind, *rest = url.path.split("/")
        if kind == "files" and rest[1:] != ["content"]:
            self._do("file", lambda: self._known(rest[0]))
        elif kind == "files":
            self._do("download", lambda: Reply(body=self.bureau.files[rest[0]].decode()))
        elif rest:
            self._do("look", lambda: self._batch(rest[0]))
        else:
            after = parse_qs(url.query).get("after", [""])[0]
            self._do("list", lambda: self._list(after))

    def _do(self, what: str, answer: Callable[[], Reply]) -> None:
        with self.bureau.lock:
            self.bureau.asked[what] += 1
            reply = self.bureau.fault(self.bureau, what) or answer()
            self.bureau.after(self.bureau, what)
        try:
            send(self, reply)
        except OSError:
            self.close_connection = True  # the customer has gone

    def _file(self, id_: str) -> Reply:
        told: dict[str, Any] = {"id": id_, "object": "file", "purpose": "batch"}
        told |= {"filename": self.bureau.names[id_], "bytes": len(self.bureau.files[id_])}
        return Reply(body=told | {"created_at": 1, "status": "processed"})

    def _known(self, id_: str) -> Reply:
        known = id_ in self.bureau.files
        return self._file(id_) if known else Reply(404, {"error": {"message": "no such file"}})

    def _batch(self, id_: str) -> Reply:
        found = [batch for batch in self.bureau.batches if batch.id == id_]
        if not found:
            return Reply(404, {"error": {"message": "no such batch"}})
        return Reply(body=self.bureau.look(found[0]))

    def _list(self, after: str) -> Reply:
        """Two a page, the newest first."""
        newest = self.bureau.batches[::-1]
        begin = next((i + 1 for i, b in enumerate(newest) if b.id == after), 0)
        page = [batch.told() for batch in newest[begin : begin + 2]]
        more = begin + 2 < len(newest)
        return Reply(body={"object": "list", "data": page, "has_more": more})


@contextmanager
def opened() -> Iterator[Bureau]:
    """A bureau that is open as long as the block lasts."""
    bureau = Bureau(Shop())
    with serving(type("Counter", (_Counter,), {"bureau": bureau})) as port:
        bureau.url = bureau.shop.url = f"http://127.0.0.1:{port}/v1"
        yield bureau
