"""An article pasted into a terminal, whole.

A terminal in its ordinary mode cuts a line at 4,095 bytes (Linux) or 1,024 (macOS), and a pasted
paragraph is one line. So the terminal hands over each byte as it comes, and this module does what
the ordinary mode did: echo, Backspace, Ctrl-C and Ctrl-D.
"""

from __future__ import annotations

import codecs
import os
import re
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TextIO

INVITATION = "Paste an article, then press {keys} (Ctrl-C cancels):\n"
"""What a user at a terminal is told before pasting."""

_BRACKETS_ON = "\x1b[?2004h"
"""Asks the terminal to put marks around what is pasted."""
_BRACKETS_OFF = "\x1b[?2004l"
"""Asks the terminal to leave these marks away again."""
_PASTE_BEGINS = "\x1b[200~"
"""The mark before what is pasted."""
_PASTE_ENDS = "\x1b[201~"
"""The mark behind what is pasted."""
_CANCEL = "\x03"
"""What Ctrl-C sends."""
_END = "\x04"
"""What Ctrl-D sends."""
_BACKSPACE = "\x08\x7f"
"""What the key that deletes a character sends, depending on the terminal."""
_SEQUENCE = r"\x1b(?:\[[0-?]{0,32}[ -/]{0,4}[@-~]|O[A-Z])"
"""What a key without a character of its own sends."""
_PART = re.compile(rf"{_SEQUENCE}|[^\x00-\x1f\x7f]+|[\x00-\x1f\x7f]")
"""A key without a character, a run of characters, or a control character."""
_UNFINISHED = re.compile(r"\x1b(?:\[[0-?]{0,32}[ -/]{0,4}|O)?\Z")
"""The beginning of what a key sends, of which more is to come."""


class Typed:
    """What the bytes of a terminal come to as text.

    Outside a bracketed paste the keys act: Backspace takes a character back, Ctrl-D ends, Ctrl-C
    cancels. Inside one they are dropped, as are all control characters and escape sequences
    everywhere, but newline and tab. Every kind of line end becomes a newline.
    """

    def __init__(self) -> None:
        self.ended = False
        self.cancelled = False
        self._characters: list[str] = []
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._waiting = ""
        self._in_paste = False
        self._after_return = False

    @property
    def text(self) -> str:
        """The text so far."""
        return "".join(self._characters)

    def feed(self, data: bytes) -> str:
        """Take the next bytes; the answer is what to write back to the screen."""
        return "".join(self._take(part) for part in self._parts(self._decoder.decode(data)))

    def _parts(self, new: str) -> Iterator[str]:
        whole = self._waiting + new
        unfinished = _UNFINISHED.search(whole)
        self._waiting = unfinished[0] if unfinished else ""
        for match in _PART.finditer(whole, 0, len(whole) - len(self._waiting)):
            if self.ended:
                return
            yield match[0]

    def _take(self, part: str) -> str:
        follows_return, self._after_return = self._after_return, part == "\r"
        if part in (_PASTE_BEGINS, _PASTE_ENDS):
            self._in_paste = part == _PASTE_BEGINS
            return ""
        if part == "\n" and follows_return:
            return ""
        if part in "\r\n\t" or (part[0] >= " " and part != "\x7f"):
            return self._write(part.replace("\r", "\n"))
        return "" if self._in_paste else self._act(part)

    def _write(self, text: str) -> str:
        self._characters.extend(text)
        return "".join(c for c in text if _columns(c) or c in "\n\t" or unicodedata.combining(c))

    def _act(self, key: str) -> str:
        self.cancelled = key == _CANCEL
        self.ended = key in (_CANCEL, _END)
        return self._take_back() if key in _BACKSPACE else ""

    def _take_back(self) -> str:
        """Take the last character of this line back, with the marks that stand on it."""
        columns, combining = 0, True
        while combining and self._characters and self._characters[-1] != "\n":
            last = self._characters.pop()
            combining = bool(unicodedata.combining(last))
            columns += _columns(last)
        return "\b \b" * columns


def read(keyboard: TextIO | None = None) -> str:
    """Invite the user to paste an article, and return it.

    Args:
        keyboard: a terminal to read from; `sys.stdin` if None.

    Raises:
        KeyboardInterrupt: the user pressed Ctrl-C.
    """
    keyboard = keyboard or sys.stdin
    try:
        import termios  # noqa: F401
    except ImportError:
        return _read_lines(keyboard)
    with _screen(keyboard.fileno()) as screen:
        return _read_bytes(keyboard.fileno(), screen)


def _read_lines(keyboard: TextIO) -> str:
    """For Windows, whose console does not cut lines."""
    sys.stderr.write(INVITATION.format(keys="Ctrl-Z and Enter"))
    sys.stderr.flush()
    return "".join(keyboard)


def _read_bytes(terminal: int, screen: TextIO) -> str:
    typed = Typed()
    with _each_byte(terminal, screen):
        _show(screen, INVITATION.format(keys="Ctrl-D"))
        while not typed.ended and (data := os.read(terminal, 65536)):
            _show(screen, typed.feed(data))
        _show(screen, "" if typed.text.endswith("\n") else "\n")
    if typed.cancelled:
        raise KeyboardInterrupt
    return typed.text


@contextmanager
def _each_byte(terminal: int, screen: TextIO) -> Iterator[None]:
    """Have the terminal hand over each byte as it comes, and mark what is pasted.

    Afterwards it is as it was before, and what has not been read is thrown away: the rest of a
    pasted article must not reach the shell.
    """
    import termios

    before = termios.tcgetattr(terminal)
    mode = termios.tcgetattr(terminal)
    mode[0] &= ~(termios.ICRNL | termios.INLCR | termios.IGNCR | termios.ISTRIP | termios.IXON)
    mode[3] &= ~(termios.ICANON | termios.ECHO | termios.ISIG | termios.IEXTEN)
    mode[6][termios.VMIN], mode[6][termios.VTIME] = 1, 0
    try:
        termios.tcsetattr(terminal, termios.TCSANOW, mode)
        _show(screen, _BRACKETS_ON)
        yield
    finally:
        _show(screen, _BRACKETS_OFF)
        termios.tcsetattr(terminal, termios.TCSAFLUSH, before)


def _screen(terminal: int) -> AbstractContextManager[TextIO]:
    """The terminal itself to write to, wherever standard error may lead."""
    try:
        return Path(os.ttyname(terminal)).open("w", encoding="utf-8", errors="replace")
    except OSError:
        return nullcontext(sys.stderr)


def _show(screen: TextIO, text: str) -> None:
    screen.write(text)
    screen.flush()


def _columns(character: str) -> int:
    """How many columns of a terminal a character fills; 0 also where it must not reach one."""
    category = unicodedata.category(character)
    if category in ("Mn", "Me", "Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
