"""Files of settings: the user's own, and a folder's `.env`, with whether the user trusts that.

Trust is for a path and a content. It is kept in the user's own folder, one answer a line: what is
changed since, or lies elsewhere, has not been answered yet. What needs trust, the settings say.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from attributor.errors import UsageError, quoted
from attributor.small_files import (
    Mistake,
    NoFile,
    NotAFile,
    SpecialFile,
    decoded,
    read_bytes,
    read_text,
)

MAX_SETTINGS_BYTES = 65_536
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
        text = read_text(path, MAX_SETTINGS_BYTES)
    except NoFile:
        return {}
    except Mistake as mistake:
        raise _mistaken(path, mistake) from None
    import tomllib

    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
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
        data = read_bytes(path, MAX_SETTINGS_BYTES)
        values = _parsed(data)
    except (NoFile, NotAFile):
        return Dotenv(place)
    except SpecialFile:
        return Dotenv(place, is_special=True)
    except Mistake as mistake:
        raise _mistaken(path, mistake) from None
    import hashlib

    return Dotenv(place, values, hashlib.sha256(data).hexdigest())


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


def _parsed(data: bytes) -> Mapping[str, str | None]:
    from io import StringIO

    import dotenv

    # Without interpolation: a folder's file must not quote the user's environment.
    return dotenv.dotenv_values(stream=StringIO(decoded(data)), interpolate=False)


def _mistaken(path: Path, mistake: Mistake) -> UsageError:
    return UsageError(f"The settings file {quoted(str(path))} {mistake}.")


def _not_toml(path: Path, where: str = "") -> UsageError:
    return UsageError(
        f"The settings file '{path}' is not TOML in UTF-8{where}; correct it or delete it."
    )
