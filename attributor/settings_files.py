"""Files of settings: the user's own, and a folder's `.env`, with whether the user trusts that.

Trust is for a path and a content. It is kept in the user's own folder, one answer a line: what is
changed since, or lies elsewhere, has not been answered yet. What needs trust, the settings say.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from attributor.errors import UsageError

MAX_DOTENV_BYTES = 65_536
"""The largest `.env` that is read: settings take a hundredth of that."""
_ANSWER_WORDS = {"trusted": True, "refused": False}
"""The words by which answers are kept, and whether they say that a file is trusted."""


@dataclass(frozen=True)
class Dotenv:
    """What a folder's `.env` says.

    Attributes:
        path: where it is, absolute and without links to its folder.
        values: variable -> value, as they stand there.
        sha256: of its bytes; empty if nothing was read.
        is_special: whether it is a pipe, a device or a socket, which is not read.
    """

    path: Path
    values: Mapping[str, str | None] = field(default_factory=dict, repr=False)
    sha256: str = ""
    is_special: bool = False


def user_file() -> Path:
    """Where the user's own settings are kept on this platform."""
    import platformdirs

    return Path(platformdirs.user_config_dir("attributor", appauthor=False)) / "config.toml"


def answers_file(user: Path | None = None) -> Path:
    """Where it is kept which folders' files the user trusts, beside his own settings."""
    return (user or user_file()).with_name("trusted")


def read_user_file(path: Path) -> dict[str, Any]:
    """What the user's own file says; nothing if there is none.

    Raises:
        UsageError: it cannot be read, or is not TOML.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise UsageError(f"The settings file '{path}' cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError:
        raise _not_toml(path) from None
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        # The error is not quoted whole: it may carry the key that stands on the line.
        position = re.search(r"at (line \d+)", str(error))
        raise _not_toml(path, f" (see {position[1]})" if position else "") from None


def others_may_read(path: Path) -> bool:
    """Whether a file is open to more than its owner; never on Windows, where modes say nothing."""
    return os.name != "nt" and bool(path.stat().st_mode & 0o077)


def read(path: Path) -> Dotenv:
    """The `.env` at `path`; an empty one if there is none, or a folder of that name.

    Raises:
        UsageError: it cannot be read, is not UTF-8, or is too large.
    """
    place = absolute(path)
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            return Dotenv(place, is_special=not stat.S_ISDIR(mode))
        data = _beginning(path)
    except (FileNotFoundError, NotADirectoryError):
        return Dotenv(place)
    except OSError as error:
        raise UsageError(f"The settings file '{path}' cannot be read: {error.strerror}.") from error
    if len(data) > MAX_DOTENV_BYTES:
        raise UsageError(
            f"The settings file '{path}' has more than {MAX_DOTENV_BYTES // 1024} KB, which is "
            "more than any settings take: correct it or move it away."
        )
    import hashlib

    return Dotenv(place, _parsed(data, path), hashlib.sha256(data).hexdigest())


def absolute(path: Path) -> Path:
    """Where a file is, without links to its folder."""
    return Path(os.path.realpath(path.parent), path.name)


def answer(dotenv: Dotenv, answers: Path) -> bool | None:
    """Whether the user trusts it, the latest answer; None if that was never said.

    Args:
        dotenv: the file as it was read.
        answers: the user's file of them.
    """
    said = [word for word, sha256, path in _answers_in(answers) if (sha256, path) == _key(dotenv)]
    return _ANSWER_WORDS[said[-1]] if said else None


def is_changed(dotenv: Dotenv, answers: Path) -> bool:
    """Whether another content at the same place was trusted."""
    return any(
        (word, path) == ("trusted", str(dotenv.path)) for word, _, path in _answers_in(answers)
    )


def with_answer(dotenv: Dotenv, answers: Path, trusted: bool) -> str:
    """The text of the user's file with one more answer."""
    word = "trusted" if trusted else "refused"
    kept = [line for line in _answers_in(answers) if line[1:] != _key(dotenv)]
    return _text([*kept, (word, *_key(dotenv))])


def without(path: Path, answers: Path) -> str | None:
    """The text of the user's file without what was said of `path`; None if nothing was."""
    said = list(_answers_in(answers))
    kept = [line for line in said if line[2] != str(path)]
    return _text(kept) if len(kept) < len(said) else None


def _key(dotenv: Dotenv) -> tuple[str, str]:
    return dotenv.sha256, str(dotenv.path)


def _text(said: list[tuple[str, str, str]]) -> str:
    import json

    return "".join(f"{word} {sha256} {json.dumps(path)}\n" for word, sha256, path in said)


def _answers_in(answers: Path) -> Iterator[tuple[str, str, str]]:
    """Word, SHA-256 and path of each answer; what is none is passed over, and so trusts nobody."""
    try:
        lines = answers.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return
    import json

    for line in lines:
        word, _, rest = line.partition(" ")
        sha256, _, path = rest.partition(" ")
        if word in _ANSWER_WORDS:
            try:
                yield word, sha256, json.loads(path)
            except ValueError:
                continue


def _beginning(path: Path) -> bytes:
    """The file up to a byte more than is allowed; a pipe in its place is not waited for."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)
    with open(path, "rb", opener=lambda name, _: os.open(name, flags)) as file:
        return file.read(MAX_DOTENV_BYTES + 1)


def _parsed(data: bytes, path: Path) -> Mapping[str, str | None]:
    from io import StringIO

    import dotenv

    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"The settings file '{path}' is not in UTF-8; save it as UTF-8.") from None
    # Without interpolation: a folder's file must not quote the user's environment.
    return dotenv.dotenv_values(stream=StringIO(text), interpolate=False)


def _not_toml(path: Path, where: str = "") -> UsageError:
    return UsageError(
        f"The settings file '{path}' is not TOML in UTF-8{where}; correct it or delete it."
    )
