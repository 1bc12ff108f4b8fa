"""Folders, globs and files to articles: which, in what order, and what they are called."""

from __future__ import annotations

import gzip
import inspect
import os
import socket
import sqlite3
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.archives import LEAD, PAGE, articles, lines, listed, table, told, written

from attributor.errors import ReadingError
from attributor.reading import formats
from attributor.reading.archives import Columns, Entry, entries
from attributor.reading.folders import File, is_no_article
from attributor.records import Article

ROWS = [("id", "text"), ("a", LEAD), ("b", f"{LEAD}b")]
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")


# --- which, and in what order ------------------------------------------------------------------


def test_a_folder_is_read_with_all_below_it_in_the_order_of_names(tmp_path: Path) -> None:
    files = ["b.txt", "a/z.md", "a/b/c.html", "a.text", "Z.txt", "c.jsonl", "d.csv.gz"]
    contents: list[bytes | str] = [LEAD] * 7
    contents[2], contents[5], contents[6] = PAGE, lines({"text": LEAD}), gzip.compress(table(ROWS))
    written(tmp_path / "x", dict(zip(files, contents, strict=True)))
    expected = ["Z.txt", "a/b/c.html", "a/z.md", "a.text", "b.txt", "c.jsonl:1", "a", "b"]
    assert [article.id for article in articles(tmp_path / "x")] == expected


def test_an_entry_says_for_people_where_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path, {"exports/2019.csv": table(ROWS), "one.txt": LEAD})
    monkeypatch.chdir(tmp_path)
    assert [entry.source for entry in listed("exports", "one.txt")] == [
        "exports/2019.csv",
        "exports/2019.csv",
        "one.txt",
    ]
    assert listed("exports/2019.csv")[0].source == "exports/2019.csv"
    assert listed("exports/*.csv")[0].source == "exports/2019.csv"
    assert listed(tmp_path)[0].source == f"{tmp_path}/exports/2019.csv"


def test_ids_are_the_same_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = written(tmp_path / "archive", {"y/a.txt": LEAD, "y/b.jsonl": lines({"text": "x"})})
    from_outside = told(archive)
    monkeypatch.chdir(tmp_path)
    assert told("archive") == told("archive/") == told("./archive") == from_outside
    monkeypatch.chdir(archive)
    assert told(".") == from_outside == ["y/a.txt", "y/b.jsonl:1"]


GLOBS = {
    "*.txt": ["a.txt"],
    "**/*.txt": ["a.txt", "x/b.txt", "x/y/c.txt"],
    "x/**/*.txt": ["b.txt", "y/c.txt"],
    "x": ["b.txt", "d.md", "y/c.txt"],
    "[x]/*": ["x/b.txt", "x/d.md", "x/y/c.txt"],
    "**": ["a.txt", "x/b.txt", "x/d.md", "x/y/c.txt"],
    "?.txt": ["a.txt"],
    "*/y": ["x/y/c.txt"],
}


@pytest.mark.parametrize("pattern", GLOBS)
def test_a_glob_stands_for_what_it_matches(tmp_path: Path, pattern: str) -> None:
    written(tmp_path, {"a.txt": LEAD, "x/b.txt": LEAD, "x/y/c.txt": LEAD, "x/d.md": LEAD})
    assert told(f"{tmp_path}/{pattern}") == GLOBS[pattern]


def test_a_glob_that_matches_nothing_is_told(tmp_path: Path) -> None:
    (said,) = told(tmp_path / "*.txt")
    assert "matches no file" in said


def test_a_file_whose_name_looks_like_a_glob_is_that_file(tmp_path: Path) -> None:
    written(tmp_path, {"a[1].txt": LEAD, "a1.txt": LEAD})
    assert told(tmp_path / "a[1].txt") == ["a[1].txt"]


def test_what_is_plainly_no_article_is_left_out_of_a_folder(tmp_path: Path) -> None:
    names = ["p.jpg", "style.css", ".hidden.txt", ".git/a.txt", "Thumbs.db", "s.sqlite3", "m.MP4"]
    written(tmp_path, {**dict.fromkeys(names, b"\xff\xd8\xff"), "a.txt": LEAD})
    assert told(tmp_path) == ["a.txt"]


SITES_OWN = [
    *("jquery.min.js.download", "jquery.min.js?ver=3.6.1", "jquery.min.js@ver=3.6.1", "a.js?3.6.1"),
    *("a.js.1", "a.css?ver=1.html", "a.css%3Fver=1", "a.css.gz", "a.css.download.1", "A.CSS?V=1"),
    *("logo.png?w=200", "logo.png?w=200&h=100.5", "logo.png@w=200", "logo.png.1", "a.svg#icon"),
    *("font.woff2?v=4.7", "font.eot?#iefix", "film.mp4?t=1", "a.webmanifest", "access.log.2"),
    *("wget-log", "wget-log.1", "robots.txt", "robots.txt.tmp", "robots.txt.1", "robots.txt?x=1"),
    *(
        "ads.txt",
        "humans.txt",
        "sitemap.xml",
        "sitemap.xml.gz",
        "news-sitemap2.xml",
        "sitemap_1.xml",
    ),
]
PAGES_OWN = [
    *(
        "index.html?p=123",
        "index.html@p=123",
        "index.html?a=logo.png",
        "index.html.1",
        "a.txt.gz.1",
    ),
    *("index.php?p=1", "post?id=1", "What is node.js? A story.txt", "node.js?.txt", "x.js.txt"),
    *("me@home.txt", "photo.jpg.html", "3.6.1", "robots", "robots.txt.html", "a.b@x.eu.txt"),
]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names")
@pytest.mark.parametrize("name", SITES_OWN)
def test_scripts_pictures_and_robots_files_of_a_mirror_are_left_out_whatever_is_appended(
    tmp_path: Path, name: str
) -> None:
    written(tmp_path, {f"x.eu/a_files/{name}": LEAD, "x.eu/a.txt": LEAD})
    assert told(tmp_path) == ["x.eu/a.txt"]
    (said,) = told(tmp_path / "x.eu/a_files" / name)
    assert "is no article by its name" in said


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names")
@pytest.mark.parametrize("name", PAGES_OWN)
def test_pages_of_a_mirror_are_articles_whatever_is_appended(tmp_path: Path, name: str) -> None:
    (said,) = told(written(tmp_path, {f"x.eu/{name}": LEAD}))
    assert f"x.eu/{name}" in said


@given(
    st.text("ab1.-_ ", max_size=12),
    st.sampled_from(
        ["", "?v=1", "@v=1.2.3", ".download", ".1", "?a=b.png&c=d.html", ".tmp", ".gz"]
    ),
    st.sampled_from(["", ".2", "#x"]),
)
def test_what_is_appended_to_a_name_tells_nothing(stem: str, appended: str, last: str) -> None:
    assert is_no_article(f"a{stem}.js{appended}{last}")
    assert not is_no_article(f"a{stem}.html{appended}{last}")


def test_what_may_be_an_article_but_cannot_be_read_is_told(tmp_path: Path) -> None:
    written(tmp_path, {"a.pdf": b"%PDF-1.7", "b.docx": b"PK\x03\x04", "c": LEAD})
    pdf, docx, text = told(tmp_path)
    assert "'a.pdf' is not text but looks like a PDF document" in pdf
    assert "ZIP archive or an Office document" in docx
    assert text == "c"


def test_xml_is_told_but_for_a_page_in_it(tmp_path: Path) -> None:
    page = f"<?xml version='1.0'?>{PAGE.removeprefix('<!DOCTYPE html>')}"
    written(tmp_path, {"a.xml": f"<?xml version='1.0'?><x>{LEAD}</x>", "b.xml": page})
    other, page = told(tmp_path)
    assert other == "'a.xml' is XML, whose text is not told from its markup: give the text."
    assert page == "b.xml"


def test_a_named_file_that_is_no_article_by_its_name_is_told(tmp_path: Path) -> None:
    (said,) = told(written(tmp_path, {"s.css": "p {}"}) / "s.css")
    assert "is no article by its name" in said


@pytest.mark.parametrize("files", [{}, {"a.png": b"x"}])
def test_a_folder_without_articles_is_told(tmp_path: Path, files: dict[str, bytes | str]) -> None:
    (said,) = told(written(tmp_path, files))
    assert "holds no file that may be an article" in said


def test_a_missing_file_is_told_as_it_was_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    written(tmp_path, {"a.txt": LEAD})
    first, second = told(tmp_path / "none.txt", tmp_path / "a.txt")
    assert first.startswith(f"'{tmp_path}/none.txt' does not exist")
    assert second == "a.txt"


# --- ids ---------------------------------------------------------------------------------------


def test_an_id_twice_in_one_file_is_an_error_that_names_both(tmp_path: Path) -> None:
    rows = [*ROWS, ("a", f"{LEAD}again"), ("c", LEAD)]
    *_, twice, last = told(written(tmp_path, {"t.csv": table(rows)}) / "t.csv")
    assert "'t.csv:4' has the id 'a', which 't.csv:2' has already" in twice
    assert last == "c"


def test_an_id_of_another_file_gives_way_to_file_and_row(tmp_path: Path) -> None:
    again = [*ROWS, ("a", f"{LEAD}again")]
    written(tmp_path, {"2019.csv": table(ROWS), "2020.csv": table(again)})
    *ids, twice = told(tmp_path)
    assert ids == ["a", "b", "2020.csv:2", "2020.csv:3"]
    assert "'2020.csv:4' has the id 'a', which '2020.csv:2' has already" in twice


def test_a_file_that_several_sources_cover_is_read_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path, {"r/t.csv": table(ROWS), "r/b.txt": LEAD, "r/c.txt": f"{LEAD}c"})
    (tmp_path / "link.csv").symlink_to(tmp_path / "r" / "t.csv")
    monkeypatch.chdir(tmp_path)
    once = ["a", "b", "b.txt", "c.txt"]
    assert sorted(told("r", "r")) == once
    assert sorted(told("r/*.csv", "./r", tmp_path / "r", "r/b.txt", "link.csv")) == once
    assert told("r/b.txt", "r/*.txt") == ["b.txt", "c.txt"]


def test_no_id_is_taken_for_a_file_that_was_read(tmp_path: Path) -> None:
    written(tmp_path, {"b.txt": f"{LEAD}b"})
    file = str(tmp_path / "b.txt")
    for id in (file, f"\0\0{file}"):
        written(tmp_path, {"a.jsonl": lines({"id": id, "text": LEAD})})
        assert told(tmp_path / "a.jsonl", file)[-1] == "b.txt"


@posix
@pytest.mark.skipif(sys.platform == "darwin", reason="macOS has no such names")
def test_names_that_are_no_text_are_not_taken_for_one_another(tmp_path: Path) -> None:
    for name in (b"\xfe.txt", b"\xff.txt"):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_text(f"{LEAD}{name!r}")
    written(tmp_path, {"a.txt": LEAD})
    assert len(told(tmp_path, tmp_path / "a.txt")) == 3


def test_the_same_path_in_two_folders_is_two_articles(tmp_path: Path) -> None:
    written(tmp_path, {f"{name}/a.txt": f"{LEAD}{name}" for name in "xyz"})
    assert told(*(tmp_path / name for name in "xyz")) == ["a.txt", "a.txt~2", "a.txt~3"]


@posix
@pytest.mark.skipif(sys.platform == "darwin", reason="macOS has no such names")
def test_a_name_that_is_no_text_is_read_all_the_same(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.txt")).write_text(LEAD)
    assert told(tmp_path) == ["caf\ufffd.txt"]


# --- what a hostile folder holds ---------------------------------------------------------------


@posix
def test_links_are_followed_where_they_are_named_and_nowhere_else(tmp_path: Path) -> None:
    written(tmp_path, {"in/a.txt": LEAD, "out/secret.txt": LEAD, "in/.h/b.txt": LEAD})
    (tmp_path / "in/file.txt").symlink_to(tmp_path / "out/secret.txt")
    (tmp_path / "in/folder").symlink_to(tmp_path / "out")
    (tmp_path / "in/gone.txt").symlink_to(tmp_path / "nowhere")
    (tmp_path / "in/hidden.txt").symlink_to(".h/b.txt")
    (tmp_path / "in/same.txt").symlink_to("a.txt")
    named = tmp_path / "link"
    named.symlink_to(tmp_path / "in")
    a, file, folder, gone, hidden = told(named)
    assert a == "a.txt"
    assert "leads out of the folder" in file
    assert "leads out of the folder" in folder
    assert "leads nowhere" in gone
    assert "link to a hidden file" in hidden


@posix
def test_a_loop_of_links_is_told_and_ends(tmp_path: Path) -> None:
    written(tmp_path, {"x/a.txt": LEAD})
    (tmp_path / "x/up").symlink_to(tmp_path)
    (tmp_path / "x/p").symlink_to("q")
    (tmp_path / "x/q").symlink_to("p")
    a, p, q, up = told(tmp_path)
    assert a == "x/a.txt"
    assert "in a circle" in p
    assert "in a circle" in q
    assert "is a link to a folder that it lies in" in up
    assert told(f"{tmp_path}/**/*.txt") == ["x/a.txt"]


@posix
def test_pipes_sockets_and_devices_are_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    written(tmp_path, {"z.txt": LEAD})
    with socket.socket(socket.AF_UNIX) as server:
        here = Path.cwd()
        os.chdir(tmp_path)  # the path of a socket may not be long
        server.bind("s.txt")
        os.chdir(here)
        pipe, server_, text = told(tmp_path)
    assert "is a pipe, a socket or a device, and is not opened" in pipe
    assert "is not opened" in server_
    assert text == "z.txt"
    assert "is not opened" in told(tmp_path / "pipe.txt")[0]
    assert "is not opened" in told("/dev/zero")[0]


@posix
def test_a_pipe_that_takes_a_files_place_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "a.txt")
    regular = (written(tmp_path, {"b.txt": LEAD}) / "b.txt").stat()
    monkeypatch.setattr(os, "stat", lambda *_, **__: regular)
    file = File(str(tmp_path / "a.txt"), "a.txt", "a.txt", named=False)
    with pytest.raises(ReadingError, match="is not opened"):
        file.open()


def test_a_file_that_vanishes_in_between_is_told(tmp_path: Path) -> None:
    written(tmp_path, {"a.txt": LEAD, "b.txt": LEAD, "c.txt": LEAD})
    found = entries([str(tmp_path)])
    first = next(found)
    (tmp_path / "b.txt").unlink()
    second, third = found
    assert isinstance(first.article, Article)
    assert isinstance(second.article, ReadingError)
    assert f"'{tmp_path}/b.txt' has vanished" in second.article.message
    assert isinstance(third.article, Article)


def test_a_folder_that_may_not_be_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path, {"closed/a.txt": LEAD, "open/b.txt": LEAD})
    listdir = os.listdir

    def refuse(path: str) -> list[str]:
        if path.endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return listdir(path)

    monkeypatch.setattr(os, "listdir", refuse)  # root may read everything
    closed, text = told(tmp_path)
    assert closed == f"'{tmp_path}/closed' may not be read by you: change its permissions."
    assert text == "open/b.txt"


def test_folders_deeper_than_python_counts_are_read(tmp_path: Path) -> None:
    path = "d/" * 150 + "a.txt"
    written(tmp_path, {path: LEAD})
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack(0)) + 100)
    try:
        assert told(tmp_path) == [path]
    finally:
        sys.setrecursionlimit(limit)


def test_a_fault_of_ours_in_one_file_does_not_cost_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("of ours")

    written(tmp_path, {"a.csv": table(ROWS), "b.txt": LEAD})
    monkeypatch.setitem(formats.TABULAR, ".csv", fail)
    broken, text = told(tmp_path)
    assert "cannot be read on (RuntimeError: of ours)" in broken
    assert text == "b.txt"


def test_no_room_for_the_ids_that_were_given_away_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = sqlite3.connect

    def small(*args: Any, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = real(*args, **options)
        connection.execute("PRAGMA max_page_count = 3")
        return connection

    monkeypatch.setattr(sqlite3, "connect", small)
    written(tmp_path, {"a.jsonl": lines(*({"id": str(n), "text": LEAD} for n in range(500)))})
    with pytest.raises(
        ReadingError, match=r"\(database or disk is full\): make room there, or name"
    ):
        listed(tmp_path)


def test_columns_are_said_once_for_all_sources(tmp_path: Path) -> None:
    rows = [("key", "words", "more"), ("k", LEAD, "m")]
    object_ = {"key": "l", "words": f"{LEAD}2", "more": "m"}
    written(tmp_path, {"a.csv": table(rows), "b.jsonl": lines(object_)})
    found = listed(tmp_path, columns=Columns(text="words", title="more", id="key"))
    assert all(isinstance(entry, Entry) for entry in found)
    got = [e.article for e in found if isinstance(e.article, Article)]
    assert [(a.id, a.title) for a in got] == [("k", "m"), ("l", "m")]


def test_a_password_in_an_address_is_never_kept(tmp_path: Path) -> None:
    url = "https://me:s3cret@x.eu/1"
    files: dict[str, bytes | str] = {
        "a.csv": table([("id", "url", "text"), ("a", url, LEAD), ("b", url, PAGE)]),
        "b.jsonl": lines({"id": "c", "url": url, "text": LEAD}),
        "c.json": lines({"id": "d", "link": url, "body": f"<p>{LEAD}</p>"}),
    }
    found = articles(written(tmp_path, files))
    assert {article.id: article.url for article in found} == dict.fromkeys("abcd", "https://x.eu/1")
