"""ZIP, tar and compressed files: their members, and what hostile ones do not get."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from support.archives import (
    LEAD,
    PAGE,
    articles,
    crawl,
    lines,
    listed,
    table,
    tarred,
    told,
    written,
    zipped,
)

from attributor.reading import containers
from attributor.reading import decompress as packed

ROWS = [("id", "text"), ("a", LEAD), ("b", f"{LEAD}b")]


PACKERS: dict[str, Callable[[dict[str, bytes | str]], bytes]] = {
    "d.zip": zipped,
    "d.tar": tarred,
    "d.tar.gz": lambda files: tarred(files, "w:gz"),
    "d.tgz": lambda files: tarred(files, "w:gz"),
    "d.tar.bz2": lambda files: tarred(files, "w:bz2"),
    "d.tar.xz": lambda files: tarred(files, "w:xz"),
}
pack_all = pytest.mark.parametrize("name", PACKERS)


def parquet() -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table({"id": ["p"], "text": [LEAD]}), out)
    return out.getvalue()


@pack_all
def test_members_of_every_form_are_read_in_their_order(tmp_path: Path, name: str) -> None:
    files: dict[str, bytes | str] = {
        "z.txt": LEAD,
        "a/b.html": PAGE,
        "t.csv": table(ROWS),
        "l.jsonl": lines({"text": LEAD}),
        "m.json": b'[{"id": "m", "text": "x"}]',
        "p.parquet": parquet(),
        "c.warc.gz": crawl(("https://x.eu/", "text/html", PAGE.encode())),
        "g.txt.gz": gzip.compress(LEAD.encode()),
        ".hidden.txt": LEAD,
        "__MACOSX/z.txt": LEAD,
        "i.jpg": b"\xff\xd8\xff",
    }
    written(tmp_path, {name: PACKERS[name](files)})
    expected = ["z.txt", "a/b.html", None, None, "l.jsonl:1", None, None, "c.warc.gz:3", "g.txt.gz"]
    own = iter(["a", "b", "m", "p"])
    ids = [f"{name}!{one}" if one else next(own) for one in expected]
    assert [article.id for article in articles(tmp_path)] == ids
    assert listed(tmp_path)[1].source == f"{tmp_path}/{name}!a/b.html"


@pack_all
def test_an_archive_in_an_archive_is_read_and_none_in_that(tmp_path: Path, name: str) -> None:
    pack = PACKERS[name]
    inner = pack({"a.txt": LEAD, f"x{name}": pack({"b.txt": LEAD})})
    written(tmp_path, {name: pack({f"i{name}": inner, "c.txt": LEAD})})
    a, deep, c = told(tmp_path)
    assert (a, c) == (f"{name}!i{name}!a.txt", f"{name}!c.txt")
    assert "lies two archives deep, and archives are read one level deep" in deep


PACKINGS: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
}


@pytest.mark.parametrize("packing", PACKINGS)
def test_a_compressed_file_is_read_as_what_is_in_it(tmp_path: Path, packing: str) -> None:
    pack = PACKINGS[packing]
    twice = pack(f"{LEAD}“".encode()) + pack("x”".encode())  # streams may follow each other
    packed_rows = pack(table(ROWS))
    written(tmp_path, {f"a.txt{packing}": twice, f"b.csv{packing}": packed_rows})
    first, *rows = articles(tmp_path)
    assert (first.id, first.text) == (f"a.txt{packing}", f"{LEAD}“x”")
    assert [row.id for row in rows] == ["a", "b"]


@pytest.mark.parametrize("packing", PACKINGS)
def test_what_came_before_a_break_is_kept(tmp_path: Path, packing: str) -> None:
    data = lines(*({"id": str(n), "text": f"{LEAD}{n * 7919 % 1000}"} for n in range(3000)))
    whole = PACKINGS[packing](data)
    written(tmp_path, {f"a.jsonl{packing}": whole[: len(whole) * 2 // 3]})
    *ids, broken = told(tmp_path)
    if packing != ".bz2":  # whose blocks of 900 KB are all or nothing
        assert ids == [str(n) for n in range(len(ids))]
        assert len(ids) > 1000
    assert f"'a.jsonl{packing}' breaks off before its end" in broken


@pytest.mark.parametrize("rows", [50, 3000])
def test_rows_and_objects_before_a_break_are_kept(tmp_path: Path, rows: int) -> None:
    texts = [(n, f"{LEAD}{n * 7919 % 1000}") for n in range(rows)]
    objects = json.dumps([{"id": n, "text": text} for n, text in texts]).encode()
    for name, data in {"a.csv.gz": table([("id", "text"), *texts]), "b.json.gz": objects}.items():
        whole = gzip.compress(data)
        written(tmp_path, {name: whole[: len(whole) * 2 // 3]})
        *ids, broken = told(tmp_path / name)
        assert ids == [str(n) for n in range(len(ids))]
        assert len(ids) > rows // 3
        assert f"'{name}' breaks off before its end" in broken


@pytest.mark.parametrize("packing", PACKINGS)
def test_a_text_that_breaks_off_is_no_article(tmp_path: Path, packing: str) -> None:
    whole = PACKINGS[packing]((LEAD * 99).encode())
    written(tmp_path, {f"a.txt{packing}": whole[:-6], f"b.txt{packing}": b"no such thing"})
    off, other = told(tmp_path)
    assert "breaks off before its end" in off
    assert f"'b.txt{packing}' " in other
    assert "damaged" in other


@pytest.mark.parametrize("name", [name for name in PACKERS if name != "d.zip"])
@pytest.mark.parametrize("share", [0.5, 0.95])
def test_a_tar_that_breaks_off_gives_its_members_and_one_error(
    tmp_path: Path, name: str, share: float
) -> None:
    texts: dict[str, bytes | str] = {
        f"{n:03}.txt": f"{LEAD}{n * 7919 % 100_000_007**2:x}" * 60 for n in range(60)
    }
    data = PACKERS[name](texts)
    written(tmp_path, {name: data[: int(len(data) * share)]})
    *ids, broken = told(tmp_path)
    assert ids == [f"{name}!{n:03}.txt" for n in range(len(ids))]
    assert "breaks off before its end" in broken


def test_a_tar_cut_between_two_members_does_not_seem_whole(tmp_path: Path) -> None:
    data = tarred({"a.txt": "a" * 512, "b.txt": "b" * 512})
    written(tmp_path, {"d.tar": data[: 2 * 512]})
    a, broken = told(tmp_path)
    assert a == "d.tar!a.txt"
    assert "'d.tar' breaks off before its end" in broken


def test_a_broken_header_in_a_tar_is_told(tmp_path: Path) -> None:
    data = bytearray(tarred({"a.txt": "a" * 512, "b.txt": "b" * 512}))
    data[1024 + 5] = 0xFF
    written(tmp_path, {"d.tar": bytes(data)})
    a, broken = told(tmp_path)
    assert a == "d.tar!a.txt"
    assert "'d.tar' is damaged (bad checksum)" in broken


def test_a_zip_that_breaks_off_is_told(tmp_path: Path) -> None:
    written(tmp_path, {"d.zip": zipped({"a.txt": LEAD})[:-10]})
    assert "'d.zip' is damaged" in told(tmp_path)[0]


def test_a_damaged_member_of_a_zip_costs_itself_alone(tmp_path: Path) -> None:
    data = zipped({"a.txt": "a" * 99, "b.txt": "b" * 99}, zipfile.ZIP_STORED)
    written(tmp_path, {"d.zip": data.replace(b"a" * 99, b"a" * 98 + b"x")})
    bad, good = told(tmp_path)
    assert "'d.zip!a.txt' is damaged" in bad
    assert good == "d.zip!b.txt"


@pack_all
def test_an_empty_archive_and_one_that_is_none_are_told(tmp_path: Path, name: str) -> None:
    written(tmp_path, {name: PACKERS[name]({}), f"x{name}": b"other " * 300})
    empty, other = told(tmp_path)
    assert f"'{name}' holds no file that may be an article" in empty
    assert f"'x{name}' is damaged" in other


# --- what a hostile archive does not get -------------------------------------------------------

ELSEWHERE = ["../out.txt", "/etc/out.txt", "a/../../out.txt", "..\\out.txt", "C:\\out.txt"]


@pack_all
def test_members_that_lead_out_are_refused_and_nothing_is_written(
    tmp_path: Path, name: str
) -> None:
    inside = tmp_path / "in"
    files: dict[str, bytes | str] = {**dict.fromkeys(ELSEWHERE, LEAD), "good.txt": LEAD}
    written(inside, {name: PACKERS[name](files)})
    *refused, good = told(inside)
    assert len(refused) == len(ELSEWHERE)
    assert all("has a path that leads out of the archive" in said for said in refused)
    assert good == f"{name}!good.txt"
    assert [path.name for path in tmp_path.rglob("*")] == ["in", name]


def test_links_and_devices_in_a_tar_are_told_and_not_followed(tmp_path: Path) -> None:
    out = io.BytesIO()
    kinds = [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE]
    with tarfile.open(fileobj=out, mode="w") as archive:
        for number, kind in enumerate(kinds):
            info = tarfile.TarInfo(f"{number}.txt")
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
    written(tmp_path, {"d.tar": out.getvalue()})
    said = told(tmp_path)
    assert ["is a link or a special file" in one for one in said] == [True] * 4


def test_links_in_a_zip_are_told_and_not_followed(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("a.txt")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    written(tmp_path, {"d.zip": out.getvalue()})
    assert "is a link or a special file" in told(tmp_path)[0]


def test_an_encrypted_zip_is_one_error_and_the_rest_is_read(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.txt": LEAD, "b.txt": LEAD, "c.txt": LEAD}))
    at = -1
    for _ in range(2):  # the first two, in the directory at the end
        at = data.index(b"PK\x01\x02", at + 1)
        data[at + 8] |= 1
    written(tmp_path, {"d.zip": bytes(data)})
    locked, c = told(tmp_path)
    assert "'d.zip' has encrypted members (2 of 3)" in locked
    assert "unpack it with its password" in locked
    assert c == "d.zip!c.txt"


def test_a_zip_with_a_compression_of_its_own_is_told(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.txt": LEAD}))
    data[data.index(b"PK\x01\x02") + 10] = 97
    written(tmp_path, {"d.zip": bytes(data)})
    assert (
        "'d.zip!a.txt' is damaged (That compression method is not supported)" in told(tmp_path)[0]
    )


@pytest.fixture
def small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "FREE_BYTES", 1_000_000)


ZEROS = lines({"text": "0" * 1000}) * 20_000  # 20 MB of nothing


@pytest.mark.usefixtures("small_limits")
@pytest.mark.parametrize("packing", PACKINGS)
def test_a_bomb_is_not_unpacked_further_than_an_archive_goes(tmp_path: Path, packing: str) -> None:
    written(tmp_path, {f"a.jsonl{packing}": PACKINGS[packing](ZEROS), "b.txt": LEAD})
    *some, bomb, text = told(tmp_path)
    assert len(some) < 5000
    assert "unpacks to more than 200 times its size, as a bomb does" in bomb
    assert text == "b.txt"


@pytest.mark.usefixtures("small_limits")
@pytest.mark.parametrize("name", ["d.zip", "d.tar.gz"])
def test_a_bomb_in_an_archive_is_not_unpacked(tmp_path: Path, name: str) -> None:
    written(tmp_path, {name: PACKERS[name]({"a.jsonl": ZEROS, "b.txt": LEAD}), "e.txt": LEAD})
    said = told(tmp_path)
    assert sum("as a bomb does" in one for one in said) == 1
    assert said[-1] == "e.txt"
    assert (said[-2] == "d.zip!b.txt") is (name == "d.zip")  # a tar cannot be read on behind it


@pytest.mark.usefixtures("small_limits")
def test_many_members_that_are_no_bombs_by_themselves_are_one_together(tmp_path: Path) -> None:
    data = zipped({f"{n}.txt": "0" * 900_000 for n in range(30)})
    written(tmp_path, {"d.zip": data})
    *some, bomb = told(tmp_path)
    assert len(some) < 25
    assert "'d.zip' unpacks to more than 200 times its size" in bomb


def test_more_than_any_archive_holds_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packed, "FREE_BYTES", 1000)
    monkeypatch.setattr(packed, "MAX_UNPACKED_BYTES", 1_000_000)
    written(tmp_path, {"a.jsonl.gz": gzip.compress(lines({"text": LEAD}) * 40_000, 0)})
    assert "unpacks to more than 0 GB" in told(tmp_path)[-1]


def test_a_zip_with_too_long_a_directory_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = zipped({f"{n}.txt": LEAD for n in range(50)})
    written(tmp_path, {"d.zip": data})
    assert len(articles(tmp_path)) == 50
    monkeypatch.setattr(containers, "MAX_DIRECTORY_BYTES", 1000)
    monkeypatch.setattr(zipfile, "ZipFile", None)
    assert "has a directory of more than" in told(tmp_path)[0]


def test_a_member_that_must_be_laid_down_whole_has_a_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path, {"d.zip": zipped({"p.parquet": parquet(), "a.txt": LEAD})})
    monkeypatch.setattr(packed, "MAX_SPOOLED_BYTES", 100)
    large, text = told(tmp_path)
    assert "'d.zip!p.parquet' is larger than" in large
    assert text == "d.zip!a.txt"


def test_headers_of_a_tar_that_would_fill_the_memory_are_refused(tmp_path: Path) -> None:
    long = tarfile.TarInfo("././@LongLink")
    long.type, long.size = tarfile.GNUTYPE_LONGNAME, 5_000_000
    data = long.tobuf() + b"a" * 5_000_000 + tarred({"a.txt": LEAD})
    written(tmp_path, {"d.tar": data})
    (said,) = told(tmp_path)
    assert "'d.tar' is damaged (headers without end)" in said


def test_holes_of_a_tar_are_not_filled(tmp_path: Path) -> None:
    sparse = tarfile.TarInfo("a.txt")
    sparse.pax_headers = {
        "GNU.sparse.major": "0",
        "GNU.sparse.minor": "1",
        "GNU.sparse.map": "0,0",
        "GNU.sparse.size": str(1 << 40),
    }
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        archive.addfile(sparse)
    written(tmp_path, {"d.tar": out.getvalue()})
    assert "is a link or a special file" in told(tmp_path)[0]


def test_an_xz_that_asks_for_gigabytes_is_refused(tmp_path: Path) -> None:
    data = lzma.compress(LEAD.encode())
    # The dictionary's size is one byte of the block's header, with a checksum behind it.
    header = data[12:16] + bytes([36]) + data[17:20]
    written(tmp_path, {"a.txt.xz": data[:12] + header + _crc(header) + data[24:]})
    assert "Memory usage limit" in told(tmp_path)[0]


def _crc(data: bytes) -> bytes:
    return zlib.crc32(data).to_bytes(4, "little")
