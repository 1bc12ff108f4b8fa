"""Small files that a user or a stranger wrote: read in bounds, and what is wrong told in words.

Whoever reads one knows what to call it: a `Mistake` is the end of a sentence that begins with its
name, "The codebook 'study.yaml' is not UTF-8 at byte 3: save it as UTF-8".
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

from attributor.errors import quoted


class Mistake(Exception):
    """What is wrong with a file, as the end of a sentence about it, without its full stop."""


class NoFile(Mistake):
    """There is none of its name."""


class NotAFile(Mistake):
    """It is a folder."""


class SpecialFile(Mistake):
    """It is a pipe, a device or a socket, which may never end."""


def read_bytes(path: Path, most_bytes: int) -> bytes:
    """The content of a regular file.

    Args:
        path: where it is.
        most_bytes: more than these are not read.

    Raises:
        NoFile: it is not there.
        NotAFile: it is a folder.
        SpecialFile: it is a pipe, a device or a socket.
        Mistake: it cannot be read, or is longer.
    """
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise SpecialFile("is a pipe or a device: copy what it gives into a file")
            data = file.read(most_bytes + 1)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NoFile("does not exist: check the name and the folder you are in") from error
    except IsADirectoryError as error:
        raise NotAFile("is a folder: name a file") from error
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "its name is none"
        raise Mistake(f"cannot be read ({why}): give a file that you may read") from error
    if len(data) > most_bytes:
        raise Mistake(f"is longer than {_shown(most_bytes)}: shorten it")
    return data


def read_text(path: Path, most_bytes: int) -> str:
    """The same of a file in UTF-8, with or without a byte order mark.

    Raises:
        Mistake: it cannot be read, is longer, or is not UTF-8.
    """
    return decoded(read_bytes(path, most_bytes))


def decoded(data: bytes) -> str:
    """The text of a file's bytes.

    Raises:
        Mistake: it is not UTF-8.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Mistake(f"is not UTF-8 at byte {error.start}: save it as UTF-8") from error


def read_yaml(text: str, *, typed: bool = False) -> Any:
    """What a YAML document says.

    Args:
        text: the document. Aliases (a few lines of them can mean billions), repeated keys and
            half characters are refused.
        typed: whether numbers and dates become such. Else there are strings, lists and mappings
            alone, so that a target may be called 2024 or No.

    Raises:
        Mistake: it is not valid.
    """
    import yaml

    try:
        return yaml.load(text, _strict(yaml.SafeLoader if typed else yaml.BaseLoader))  # noqa: S506  # neither loader makes objects
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise Mistake(f"is not valid YAML: {error.problem} in line {line}") from error
    except yaml.YAMLError as error:
        raise Mistake("is not valid YAML: take the control characters out of it") from error
    except RecursionError as error:
        raise Mistake("is nested too deeply: write it flat") from error
    except Mistake:
        raise
    except Exception as error:  # what the library meets in numbers and dates that are none
        raise Mistake("has a number or date that is none: write it in quotes") from error


def _strict(base: Any) -> Any:
    """A loader of PyYAML's that refuses what `read_yaml` does."""
    import yaml

    class Strict(base):  # type: ignore[misc]
        def compose_node(self, parent: Any, index: Any) -> Any:
            if self.check_event(yaml.AliasEvent):
                line = self.peek_event().start_mark.line + 1
                raise Mistake(f"uses a YAML alias (*) in line {line}: write the text out")
            return super().compose_node(parent, index)

        def compose_mapping_node(self, anchor: Any) -> Any:
            node = super().compose_mapping_node(anchor)
            _refuse_repeated_keys(node)
            return node

        def compose_scalar_node(self, anchor: Any) -> Any:
            node = super().compose_scalar_node(anchor)
            if any("\ud800" <= letter <= "\udfff" for letter in node.value):
                line = node.start_mark.line + 1
                raise Mistake(
                    f"has half a character (\\ud800 to \\udfff) in line {line}: delete it"
                )
            return node

    return Strict


def _refuse_repeated_keys(node: Any) -> None:
    seen: set[str] = set()
    for key, _ in node.value:
        if not isinstance(key.value, str):
            continue  # what is no word cannot be a key, and the library says so
        if key.value in seen:
            line = key.start_mark.line + 1
            raise Mistake(f"has {quoted(key.value)} twice, again in line {line}: keep one")
        seen.add(key.value)


def _without_waiting(name: str, flags: int) -> int:
    """Open a file; a pipe that nobody writes to holds nobody up."""
    return os.open(name, flags | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0))


def _shown(count: int) -> str:
    return f"{count // 1_000_000} MB" if count >= 1_000_000 else f"{count // 1024} KB"
