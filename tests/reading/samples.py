"""What tests of archives are made of."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from attributor.errors import ReadingError
from attributor.reading.archives import Columns, Entry, entries
from attributor.records import Article

LEAD = "The mayor said on Tuesday that the harbour would close in May. "
PAGE = (
    "<!DOCTYPE html><html lang='en'><head><title>Harbour to close</title></head><body><article>"
    f"<h1>Harbour to close</h1><p>{LEAD}</p><p>“Nothing will be built there,” she said later, "
    "when the council had met.</p></article></body></html>"
)


def listed(*sources: Path | str, columns: Columns | None = None) -> list[Entry]:
    return list(entries([str(source) for source in sources], columns or Columns()))


def articles(*sources: Path | str, columns: Columns | None = None) -> list[Article]:
    """The articles; the test fails if there is anything else."""
    found = [entry.article for entry in listed(*sources, columns=columns)]
    assert not [one for one in found if isinstance(one, ReadingError)]
    return [one for one in found if isinstance(one, Article)]


def told(*sources: Path | str, columns: Columns | None = None) -> list[str]:
    """An article's id, or an error's message, in their order."""
    found = (entry.article for entry in listed(*sources, columns=columns))
    return [one.message if isinstance(one, ReadingError) else one.id for one in found]


def guesses(*sources: Path | str, columns: Columns | None = None) -> list[str]:
    said: list[str] = []
    for _ in entries([str(s) for s in sources], columns or Columns(), on_guess=said.append):
        pass
    return said


def table(rows: Iterable[Sequence[object]], encoding: str = "utf-8", **dialect: Any) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, **dialect).writerows(rows)
    return text.getvalue().encode(encoding)


def lines(*objects: object) -> bytes:
    return b"".join(json.dumps(one).encode() + b"\n" for one in objects)


def written(folder: Path, files: dict[str, bytes | str]) -> Path:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
    return folder
