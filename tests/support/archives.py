"""Archives of articles as they lie on disks, and what reading them gives."""

from __future__ import annotations

import csv
import gzip
import io
import json
import tarfile
import zipfile
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


SERBIAN = (
    "Ministar je rekao da će Srbija nastaviti razgovore. „Želimo mir“, rekao je u Čačku, "
    "a gospođa iz Šapca dodala je da đaci čekaju."
)


CYRILLIC = "Министар је рекао да ће Србија наставити разговоре. „Желимо мир“, рекао је он."


ENGLISH = "The minister said the talks would go on. “We want peace,” he told us — and left."


GERMAN = "Der Minister sagte, die Gespräche würden fortgeführt. „Wir wollen Frieden“, erklärte er."


HTML = "text/html; charset=utf-8"


def zipped(files: dict[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def tarred(files: dict[str, bytes | str], mode: str = "w") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:  # type: ignore[call-overload]
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data.encode() if isinstance(data, str) else data))
    return out.getvalue()


def crawl(
    *answers: tuple[str, str, bytes], status: str = "200 OK", packed: bool = True, **headers: str
) -> bytes:
    """A WARC with a record about itself, then for each answer its request and the answer."""
    records = [_record("warcinfo", "", b"software: t\r\n")]
    for url, media, body in answers:
        records.append(_record("request", url, b"GET / HTTP/1.1\r\nHost: x.eu\r\n\r\n"))
        fields = {"Content-Type": media} if media else {}
        fields |= {name.replace("_", "-"): value for name, value in headers.items()}
        lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in fields.items())]
        head = "".join(f"{line}\r\n" for line in lines) + "\r\n"
        records.append(_record("response", url, head.encode() + body))
    return b"".join(gzip.compress(record) if packed else record for record in records)


def _record(kind: str, url: str, block: bytes) -> bytes:
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\n"
        f"WARC-Date: 2024-05-01T08:00:00Z\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"
