"""The command line with the engines as they are: hostile text, and keys that must not travel."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from support.command_line import Run

KEY = "sk-example-0123456789abcdef"
HOSTILE = (
    "“\x1b[2J\x1b]0;mine\x07<script>alert(1)</script>” said Ana Ilić on Monday.\r\n"
    "“=HYPERLINK(1)”, said Bo\u202eris \u009b31m Nikolić.\r\n"
)


class Refusing(BaseHTTPRequestHandler):
    """Answers everything with a synthetic 401, and keeps the headers."""

    seen: list[str]

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.seen.append(str(self.headers))
        body = json.dumps({"error": {"message": f"Wrong key: {KEY}"}}).encode()
        self.send_response(401)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    """A model's server on this machine: its base URL, and the headers that reach it."""
    seen: list[str] = []
    handler = type("Handler", (Refusing,), {"seen": seen})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as listening:
        thread = threading.Thread(target=listening.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.server_port}/v1", seen
        listening.shutdown()
        thread.join()


@pytest.mark.parametrize("format_", ["terminal", "markdown", "html"])
def test_no_escape_of_an_article_is_in_what_people_read(run: Run, format_: str) -> None:
    Path("a.txt").write_bytes(HOSTILE.encode())
    result = run("annotate", "--engine", "embedded", "--format", format_, "a.txt")
    assert result.exit_code == 0
    assert not set("\x1b\x07\x9b\u202e") & set(result.output)
    if format_ == "html":
        assert "<script>alert" not in result.stdout


@pytest.mark.parametrize("format_", ["json", "jsonl"])
def test_an_annotation_holds_the_article_exactly(run: Run, format_: str) -> None:
    Path("a.txt").write_bytes(HOSTILE.encode())
    written = run("annotate", "--engine", "embedded", "--format", format_, "a.txt").stdout
    annotation = json.loads(written)
    assert annotation["article"]["text"] == HOSTILE
    for quote in annotation["quotes"]:
        for span in quote["spans"]:
            assert HOSTILE[span["start"] : span["end"]] == span["text"]


def test_a_line_of_a_megabyte_is_answered(run: Run) -> None:
    Path("a.txt").write_text("word " * 200_000, encoding="utf-8")
    result = run("annotate", "--engine", "embedded", "--format", "jsonl", "a.txt")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["quotes"] == []


def test_text_in_an_unclear_encoding_is_refused_with_a_sentence(run: Run) -> None:
    Path("a.txt").write_bytes("“Été”, dit-elle. Señor Núñez said “no”.".encode("cp1252"))
    Path("b.txt").write_bytes(b"\x81\x8d\x8f\x90\x9d\xff\xfe\x00\x01" * 40)
    result = run("annotate", "--engine", "embedded", "--format", "jsonl", "a.txt", "b.txt")
    assert (result.exit_code, result.stdout) == (3, "")
    assert [line.split("'")[1] for line in result.stderr.splitlines()[1:]] == ["a.txt", "b.txt"]


def test_a_folders_server_never_sees_the_users_key(
    run: Run, server: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, seen = server
    Path(".env").write_text(f"OPENAI_BASE_URL={url}\n", encoding="utf-8")
    assert run("config", "trust").exit_code == 0
    Path("a.txt").write_text("“Yes,” said Ana Ilić.", encoding="utf-8")
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    result = run("annotate", "a.txt", "a.txt")
    assert result.exit_code == 4
    assert len(seen) == 1
    assert KEY not in seen[0] + result.output
    assert "is not used" in result.stderr


def test_a_refused_key_is_never_repeated(
    run: Run, server: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, seen = server
    Path("a.txt").write_text("“Yes,” said Ana Ilić.", encoding="utf-8")
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    result = run("annotate", "--base-url", url, "a.txt")
    assert result.exit_code == 4
    assert KEY in seen[0]
    assert KEY not in result.output
    assert len(result.stderr.splitlines()) == 2


def test_without_a_key_nothing_is_sent_and_a_dry_run_tells_the_price(run: Run) -> None:
    Path("a.txt").write_text("“Yes,” said Ana Ilić.", encoding="utf-8")
    result = run("annotate", "--engine", "openai", "a.txt", "a.txt")
    assert (result.exit_code, result.stdout) == (4, "")
    assert result.stderr.count("There is no key for 'api.openai.com'") == 1
    assert run("annotate", "--engine", "openai", "--dry-run", "a.txt").exit_code == 0


def test_options_for_a_model_are_not_passed_over_in_silence(run: Run) -> None:
    Path("a.txt").write_text("“Yes,” said Ana Ilić.", encoding="utf-8")
    result = run("annotate", "--model", "gpt-5-mini", "a.txt")
    assert result.exit_code == 0
    assert "--model is not used" in result.stderr
    assert "--prompts" not in result.stderr


def test_certificates_that_cannot_be_used_are_no_articles_fault(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("a.txt").write_text("“Yes,” said Ana Ilić.", encoding="utf-8")
    monkeypatch.setenv("SSL_CERT_FILE", "nowhere.pem")
    result = run("annotate", "--base-url", "https://127.0.0.1:1/v1", "a.txt", "a.txt")
    assert result.exit_code == 2
    told = result.stderr.splitlines()[1:]
    assert len(told) == 1
    assert "'nowhere.pem', which SSL_CERT_FILE names" in told[0]
    assert "a.txt" not in told[0]
