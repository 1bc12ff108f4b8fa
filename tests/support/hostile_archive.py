"""A folder in which everything is wrong that may be wrong with an archive, and good articles."""

from __future__ import annotations

import gzip
import io
import json
import os
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from support.archives import HTML, PAGE, crawl, lines, table, tarred, zipped

OUT = ("../out.txt", "/etc/out.txt", "a/../../out.txt", "..\\out.txt")


def said(word: str) -> str:
    """An article of its own, in which somebody says the word."""
    return f"A meeting about {word} ended.\n\n“We will keep {word} café,” said Ana Petric.\n"


@dataclass
class Hostile:
    """What is in the folder.

    Attributes:
        folder: where it is.
        failures: the place of each thing that is wrong, and what is said about it.
        good: the word that the only quote of each good article has.
    """

    folder: Path
    failures: dict[str, str] = field(default_factory=dict)
    good: set[str] = field(default_factory=set)

    def file(self, name: str, data: bytes | str, *good: str, **failures: str) -> None:
        """A file with these good articles; `itself` is what is said about the file as a whole."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        self.good.update(good)
        if "itself" in failures:
            self.failures[name] = failures["itself"]


def made(folder: Path, *, line: int, bomb: int) -> Hostile:
    """Lay everything down.

    Args:
        folder: an empty folder.
        line: bytes of the line that is longer than any article.
        bomb: bytes that a bomb unpacks to.
    """
    hostile = Hostile(folder)
    _lay_down_bombs(hostile, bomb)
    _lay_down_ways_out(hostile)
    _lay_down_links(hostile)
    _lay_down_an_endless_line(hostile, line)
    _lay_down_broken_files(hostile)
    _lay_down_tables(hostile)
    _lay_down_rows(hostile)
    return hostile


def _lay_down_bombs(hostile: Hostile, size: int) -> None:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("bomb.csv", "w", force_zip64=True) as member:
            member.write(b"id,text\n1,")
            for _ in range(size // 1_000_000):
                member.write(b"0" * 1_000_000)
        archive.writestr("good.txt", said("beside-a-bomb"))
    hostile.file("bomb.zip", whole.getvalue(), "beside-a-bomb")
    hostile.failures["bomb.zip!bomb.csv"] = "as a bomb does"
    inner = zipped({"b.zip": zipped({"c.txt": "deep"})})
    hostile.file("nested.zip", zipped({"a.zip": inner}))
    hostile.failures["nested.zip!a.zip!b.zip"] = "lies two archives deep"


def _lay_down_ways_out(hostile: Hostile) -> None:
    for name, pack in (("out.zip", zipped), ("out.tar", tarred)):
        files: dict[str, bytes | str] = dict.fromkeys(OUT, "Out of here.")
        data = pack(files | {"good.txt": said(f"within-{name}").encode()})
        hostile.file(name, data, f"within-{name}")
        for path in OUT:
            hostile.failures[f"{name}!{path}"] = "has a path that leads out of the archive"


def _lay_down_links(hostile: Hostile) -> None:
    (hostile.folder / "deep").mkdir()
    for name, target in (("deep/up", ".."), ("one.txt", "two.txt"), ("two.txt", "one.txt")):
        (hostile.folder / name).symlink_to(target)
    (hostile.folder / "passwd.txt").symlink_to("/etc/passwd")
    hostile.failures["deep/up"] = "is a link to a folder that it lies in"
    hostile.failures["one.txt"] = hostile.failures["two.txt"] = "leads nowhere or in a circle"
    hostile.failures["passwd.txt"] = "is a link that leads out of the folder"
    os.mkfifo(hostile.folder / "pipe.txt")
    hostile.failures["pipe.txt"] = "is a pipe, a socket or a device"


def _lay_down_an_endless_line(hostile: Hostile, size: int) -> None:
    with (hostile.folder / "endless.jsonl").open("wb") as file:
        file.write(b'{"text": "')
        for _ in range(size // 1_000_000):
            file.write(b"endless " * 125_000)
        file.write(b'"}\n' + lines({"id": "after", "text": said("after-the-line")}))
    hostile.good.add("after-the-line")
    hostile.failures["endless.jsonl:1"] = "is longer than 20 MB, more than any article"


def _lay_down_broken_files(hostile: Hostile) -> None:
    whole = io.BytesIO()
    pq.write_table(pa.table({"id": ["p"], "text": [said("in-parquet")]}), whole)
    hostile.file("good.parquet", whole.getvalue(), "in-parquet")
    hostile.file("cut.parquet", whole.getvalue()[:-50], itself="no whole Parquet")
    pages = [PAGE.replace("<p>“", f"<p>{said(f'page-{n}')}</p><p>“") for n in range(3)]
    crawled = crawl(*((f"https://x.eu/{n}", HTML, p.encode()) for n, p in enumerate(pages)))
    hostile.file("cut.warc.gz", crawled[:-60], "page-0", "page-1", itself="breaks off")
    rows = lines(*({"id": f"g{n}", "text": said(f"packed-{n}")} for n in range(2_000)))
    packed = gzip.compress(lines({"id": "g", "text": said("packed")})) + gzip.compress(rows)[:100]
    hostile.file("cut.jsonl.gz", packed, "packed", itself="breaks off before its end")
    hostile.file("cut.txt.gz", gzip.compress(said("half").encode())[:-20], itself="breaks off")
    hostile.file("cut.zip", zipped({"a.txt": said("cut")})[:-30], itself="is damaged")


def _lay_down_tables(hostile: Hostile) -> None:
    forms = {
        "semicolon": (";", "utf-8"),
        "tab": ("\t", "utf-8"),
        "pipe": ("|", "utf-8"),
        "utf-16": (",", "utf-16"),
        "cp1252": (";", "cp1252"),
        "bom": (",", "utf-8-sig"),
    }
    for name, (delimiter, encoding) in forms.items():
        rows = [("id", "title", "text"), (name, "Café", said(f"table-{name}"))]
        data = table(rows, encoding, delimiter=delimiter)
        hostile.file(f"{name}.csv", data, f"table-{name}")
    mixed = table([("id", "text"), ("m1", said("in-utf-8"))])
    mixed += table([("m2", said("in-cp1252"))], "cp1252")
    hostile.file("mixed.csv", mixed, itself="which encoding it is in cannot be told")


def _lay_down_rows(hostile: Hostile) -> None:
    rows = [("id", "text"), ("r1", ""), ("r2", said("a-row")), ("r3", "  ")]
    hostile.file("rows.csv", table(rows), "a-row")
    hostile.failures["rows.csv:2"] = "no text"
    hostile.failures["rows.csv:4"] = "holds nothing but white space"
    twice = [{"id": "same", "text": said(f"twice-{n}")} for n in range(2)]
    hostile.file("twice.jsonl", "\n".join(map(json.dumps, [*twice, {"id": "none"}])), "twice-0")
    hostile.failures["twice.jsonl:2"] = "has the id 'same', which 'twice.jsonl:1' has already"
    hostile.failures["twice.jsonl:3"] = "it has no 'text'"
    hostile.file("empty.txt", "", itself="is empty")
    hostile.file("good.txt", said("plain"), "plain")
