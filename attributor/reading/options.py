"""Options of reading: what the user says of tables and encodings, and who hears of guesses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

Guessed = Callable[[str], None]
"""Is told what was guessed about a file, one sentence at a time."""


def ignore(_: str, /) -> None:
    """For who does not want to hear what was guessed."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The names of the columns; what is None is guessed from the header."""

    text: str | None = None
    title: str | None = None
    date: str | None = None
    id: str | None = None

    def said(self) -> dict[str, str]:
        """The names that were given, by what an Article calls what stands there."""
        columns = {"text": self.text, "title": self.title, "published": self.date, "id": self.id}
        return {key: name for key, name in columns.items() if name}


class ReadingOptions(NamedTuple):
    """How files are to be read."""

    columns: Columns = Columns()
    on_guess: Guessed = ignore
    encoding: str | None = None
    """What a text is in that is not UTF-8 and does not say; guessed if None."""
    has_options: bool = False
    """Whether whoever asked can name columns: `attributor annotate` has no options for that."""

    def advice(self, key: str) -> str:
        """How to say which column holds the text or the id of an article, to end a sentence."""
        named = f"name it with --{key}-column, or " if self.has_options else ""
        return f"{named}call it '{key}'"
