"""The whole program on a pseudo-terminal and behind pipes."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

pty = pytest.importorskip("pty", reason="Windows has no pseudo-terminals of this kind")
termios = pytest.importorskip("termios", reason="Windows has no pseudo-terminals of this kind")

PATIENCE = 30.0
ANNOTATE = ["annotate", "--engine", "embedded", "--format", "json"]


class Terminal:
    """The program with its keyboard on a pseudo-terminal, and what it shows there."""

    def __init__(self, output: Path, *args: str) -> None:
        self.shown = ""
        self._master, self.slave = pty.openpty()
        self.mode = termios.tcgetattr(self.slave)
        with output.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "attributor", *args],
                stdin=self.slave,
                stdout=out,
                stderr=self.slave,
                start_new_session=True,
            )
        self._output = output

    def wait_for(self, words: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while words not in self.shown:
            assert time.monotonic() < deadline, self.shown
            self._look()

    def paste(self, text: str) -> None:
        """Write as a terminal does: as much as fits, while what comes back is shown."""
        data = text.encode()
        os.set_blocking(self._master, False)
        while data:
            _, writable, _ = select.select([], [self._master], [], 0.01)
            if writable:
                data = data[os.write(self._master, data[:512]) :]
            self._look()

    def end(self) -> int:
        deadline = time.monotonic() + PATIENCE
        while (code := self.process.poll()) is None:
            assert time.monotonic() < deadline, self.shown
            self._look()
        self._look()
        return code

    @property
    def text(self) -> str:
        return str(json.loads(self._output.read_text(encoding="utf-8"))["article"]["text"])

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.slave)
        os.close(self._master)

    def _look(self) -> None:
        readable, _, _ = select.select([self._master], [], [], 0.01)
        if readable:
            self.shown += os.read(self._master, 65536).decode("utf-8", "replace")


@contextmanager
def terminal(tmp_path: Path, *args: str) -> Iterator[Terminal]:
    opened = Terminal(tmp_path / "out.json", *args)
    try:
        opened.wait_for("press Ctrl-D")
        yield opened
    finally:
        opened.close()


@pytest.mark.parametrize("letter", ["a", "ж", "日"])
def test_a_line_of_10000_characters_arrives_whole(tmp_path: Path, letter: str) -> None:
    text = " ".join([letter * 9] * 1000)
    with terminal(tmp_path, *ANNOTATE) as screen:
        screen.paste(text + "\x04")
        assert screen.end() == 0
        assert screen.text == text
        assert screen.shown.count(letter) >= 9000
        assert termios.tcgetattr(screen.slave) == screen.mode


def test_paragraphs_and_marks_arrive_as_pasted(tmp_path: Path) -> None:
    with terminal(tmp_path, *ANNOTATE) as screen:
        screen.paste("\x1b[200~„Да“, рекао је.\r\r\tOn\x03 \x1b[31mreče.\r\x1b[201~X\x7f\x04")
        assert screen.end() == 0
        assert screen.text == "„Да“, рекао је.\n\n\tOn reče.\n"
        assert "\x1b[31m" not in screen.shown


def test_a_folders_settings_are_asked_about_before_the_paste(tmp_path: Path) -> None:
    Path(".env").write_text("ATTRIBUTOR_ALLOW_PRIVATE=yes\n", encoding="utf-8")
    opened = Terminal(tmp_path / "out.json", *ANNOTATE)
    try:
        opened.wait_for("Do you trust it")
        opened.paste("n\r")
        opened.wait_for("press Ctrl-D")
        opened.paste("She said no.\x04")
        assert opened.end() == 0
        assert opened.text == "She said no."
        assert "ATTRIBUTOR_ALLOW_PRIVATE from '.env' is not used" in opened.shown
    finally:
        opened.close()


@pytest.mark.parametrize("how", ["key", "SIGTERM"])
def test_an_interrupted_paste_leaves_the_terminal_as_it_was(tmp_path: Path, how: str) -> None:
    with terminal(tmp_path, *ANNOTATE) as screen:
        screen.paste("She said")
        screen.wait_for("She said")
        assert termios.tcgetattr(screen.slave) != screen.mode
        if how == "key":
            screen.paste("\x03")
        else:
            screen.process.send_signal(signal.SIGTERM)
        assert screen.end() == {"key": 130, "SIGTERM": 128 + signal.SIGTERM}[how]
        assert termios.tcgetattr(screen.slave) == screen.mode
        assert screen.shown.count("Cancelled.") == (how == "key")
        assert "Traceback" not in screen.shown


def test_nothing_of_a_paste_is_left_for_the_shell(tmp_path: Path) -> None:
    with terminal(tmp_path, *ANNOTATE) as screen:
        screen.paste("He said no.\x04touch /tmp/mine\r")
        assert screen.end() == 0
        assert screen.text == "He said no."
        os.set_blocking(screen.slave, False)
        with pytest.raises(BlockingIOError):
            os.read(screen.slave, 100)


# --- output on a terminal ---------------------------------------------------------------------


def shown(*args: str, **variables: str) -> str:
    """What the program writes to a terminal that is its standard output."""
    master, slave = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "attributor", *args],
        stdin=subprocess.DEVNULL,
        stdout=slave,
        stderr=subprocess.DEVNULL,
        env=os.environ | variables,
    ) as process:
        os.close(slave)
        data = b""
        with contextlib.suppress(OSError):  # how Linux says that nobody writes any more
            while chunk := os.read(master, 65536):
                data += chunk
    os.close(master)
    assert process.returncode == 0
    return data.decode()


@pytest.mark.parametrize("format_", ["csv", "jsonl"])
def test_a_format_for_programs_does_not_act_on_a_terminal(format_: str) -> None:
    Path("a.txt").write_text("“\x1b]0;mine\x07Yes \x9b31m\u202e”, said Ana Ilić.", "utf-8")
    text = shown("annotate", "--engine", "embedded", "--format", format_, "a.txt")
    assert "Yes" in text
    assert not set("\x1b\x07\x9b\u202e") & set(text)


@pytest.mark.parametrize(
    ("variables", "coloured"),
    [({"TERM": "xterm"}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)],
)
def test_a_terminal_has_colours_unless_they_are_unwanted(
    variables: dict[str, str], coloured: bool
) -> None:
    Path("a.txt").write_text("“Yes,” said Ana Ilić.", encoding="utf-8")
    text = shown("annotate", "--engine", "embedded", "a.txt", **variables)
    assert "Ana Ilić" in text
    assert ("\x1b[" in text) is coloured


# --- pipes and locales ------------------------------------------------------------------------


def program(*args: str, **variables: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "attributor", *args],
        capture_output=True,
        env=os.environ | variables,
        stdin=subprocess.DEVNULL,
    )


ASCII_ALONE = pytest.param(
    {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    marks=pytest.mark.skipif(
        not __file__.isascii(), reason="Python itself does not start where it cannot read this path"
    ),
)


@pytest.mark.parametrize("variables", [{"PYTHONIOENCODING": "ascii"}, ASCII_ALONE])
def test_output_is_utf8_whatever_the_locale(variables: dict[str, str]) -> None:
    Path("članak.txt").write_text("„Да“, рекао је Дачић.", encoding="utf-8")
    result = program("annotate", "--engine", "embedded", "članak.txt", "нема.txt", **variables)
    assert "рекао је Дачић." in result.stdout.decode("utf-8")
    assert result.returncode == 3
    assert "'нема.txt' does not exist" in result.stderr.decode("utf-8")


def test_a_reader_that_leaves_early_is_no_error() -> None:
    Path("a.txt").write_text("“Yes,” said Ana Ilić.\n" * 20, encoding="utf-8")
    command = [sys.executable, "-m", "attributor", *ANNOTATE[:-1], "jsonl", *["a.txt"] * 200]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        told = process.stderr.read().decode().splitlines()
    assert len(told) == 1
    assert process.returncode not in (0, None)


@pytest.mark.parametrize("closed", ["stdin", "stdout"])
def test_a_closed_stream_is_told(closed: str) -> None:
    Path("a.txt").write_text("“Yes,” said Ana Ilić.", encoding="utf-8")
    sources = ["a.txt"] if closed == "stdout" else []
    result = subprocess.run(
        [sys.executable, "-m", "attributor", "annotate", "--engine", "embedded", *sources],
        stderr=subprocess.PIPE,
        encoding="utf-8",
        preexec_fn=lambda: os.close({"stdin": 0, "stdout": 1}[closed]),
    )
    assert result.returncode == 2
    assert "Error: There is no standard" in result.stderr


def test_a_batch_without_a_standard_error_does_its_work() -> None:
    Path("a.txt").write_text("“Yes,” said Ana Ilić.", encoding="utf-8")
    call = ["batch", "--engine", "embedded", "--store", "a.db", "a.txt"]
    command = [sys.executable, "-m", "attributor", *call]
    result = subprocess.run(command, preexec_fn=lambda: os.close(2))
    assert result.returncode == 0
    assert Path("a.db").exists()


class Silent(BaseHTTPRequestHandler):
    """Takes a request and keeps the caller waiting until the test is over."""

    asked: threading.Event
    over: threading.Event

    def do_POST(self) -> None:
        self.asked.set()
        self.over.wait(PATIENCE)

    def log_message(self, format: str, *args: object) -> None:
        pass


def test_ctrl_c_while_a_model_works_is_one_line() -> None:
    Path("a.txt").write_text("“Yes,” said Ana Ilić.", encoding="utf-8")
    asked, over = threading.Event(), threading.Event()
    handler = type("Handler", (Silent,), {"asked": asked, "over": over})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/v1"
        command = [sys.executable, "-m", "attributor", "annotate", "--base-url", url, "a.txt"]
        with subprocess.Popen(
            command,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        ) as process:
            assert asked.wait(PATIENCE)
            process.send_signal(signal.SIGINT)
            _, told = process.communicate(timeout=PATIENCE)
        over.set()
        server.shutdown()
    assert process.returncode == 130
    assert told.splitlines()[1:] == ["Cancelled."]
