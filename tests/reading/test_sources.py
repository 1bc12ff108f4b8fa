"""What becomes of a file or a stream, good and bad."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attributor.errors import ReadingError
from attributor.reading import MAX_BYTES, article_from_text, read, read_stream
from attributor.records import Article

LEAD = "The mayor said on Tuesday that the harbour would close in May. "


def one(source: Path | str) -> Article:
    (found,) = read(str(source))
    assert isinstance(found, Article), found
    return found


def refusal(source: Path | str) -> str:
    (found,) = read(str(source))
    assert isinstance(found, ReadingError), found
    assert found.exit_code == 3
    return found.message


def written(tmp_path: Path, data: bytes | str, name: str = "a.txt") -> Path:
    path = tmp_path / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


# --- text in is text out -----------------------------------------------------------------------


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=25), st.sampled_from("ab"))
def test_a_text_file_is_its_text_exactly(tmp_path: Path, odd: str, side: str) -> None:
    text = f"{LEAD}{odd}{LEAD}" if side == "a" else f"x{odd}{LEAD}"
    path = written(tmp_path, text)
    article = one(path)
    assert article.text == text
    assert article.id == str(path)


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param("👩‍👩‍👧 and 🇷🇸", id="emoji"),
        pytest.param("e\u0301 c\u030c \u1e9b\u0323", id="combining marks"),
        pytest.param("\u202eright to left\u202c \u2066isolated\u2069", id="bidi controls"),
        pytest.param("a\rb\r\nc\nd\u2028e\x85f\x0cg", id="line ends"),
        pytest.param("a\x00b", id="one NUL"),
        pytest.param("\x1b[31mred\x1b[0m\x1b]0;title\x07", id="terminal escapes"),
        pytest.param("<script>alert(1)</script>", id="markup"),
        pytest.param("\ufeff", id="a mark inside"),
        pytest.param("\U0010ffff\uffff", id="noncharacters"),
    ],
)
@pytest.mark.parametrize("name", ["a.txt", "a.md", "a", "a.log"])
def test_odd_characters_keep_their_places(tmp_path: Path, odd: str, name: str) -> None:
    text = f"{LEAD}{odd}{LEAD}"
    assert one(written(tmp_path, text, name)).text == text


def test_html_in_a_text_file_stays_as_it_is(tmp_path: Path) -> None:
    text = f"<!DOCTYPE html><html><body><p>{LEAD}</p></body></html>"
    assert one(written(tmp_path, text, "a.txt")).text == text


def test_markdown_gives_its_heading_as_title_and_its_text_unaltered(tmp_path: Path) -> None:
    text = f"---\r\nx: 1\r\n---\r\n## Part\r\n# Harbour *closes* #\r\n\r\n{LEAD}\r\n# Second\r\n"
    article = one(written(tmp_path, text, "a.md"))
    assert (article.title, article.text) == ("Harbour *closes*", text)


def test_a_hash_in_plain_text_is_no_title(tmp_path: Path) -> None:
    assert one(written(tmp_path, f"# Harbour\n{LEAD}")).title is None


def test_ten_megabytes_of_text_are_read(tmp_path: Path) -> None:
    text = f"{LEAD}\n" * (10_000_000 // (len(LEAD) + 1))
    assert one(written(tmp_path, text)).text == text


def test_one_line_of_a_megabyte_is_read(tmp_path: Path) -> None:
    text = LEAD * 16_000
    assert one(written(tmp_path, text, "line")).text == text


# --- what cannot be read -----------------------------------------------------------------------


def test_more_than_the_limit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    assert "longer than 20 MB" in refusal(path)


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    assert "'%s' is empty" % (path := written(tmp_path, "")) in refusal(path)


@pytest.mark.parametrize("blank", [" \n\t \r\n", "\ufeff", "\u00a0\u2003\n"])
def test_white_space_is_no_article(tmp_path: Path, blank: str) -> None:
    assert ("white space" in (said := refusal(written(tmp_path, blank)))) or "is empty" in said


def test_a_missing_file_is_named() -> None:
    assert refusal("no/such.txt").startswith("'no/such.txt' does not exist")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert "is a folder" in refusal(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
@pytest.mark.skipif(getattr(os, "geteuid", lambda: 1)() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, LEAD)
    path.chmod(0)
    assert "may not be read" in refusal(path)


def test_a_permission_error_is_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = written(tmp_path, LEAD)
    monkeypatch.setattr(Path, "open", refuse)
    assert "may not be read" in refusal(path)


def test_a_disk_error_is_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def fail(*_: object) -> None:
        raise OSError(5, "Input/output error")

    path = written(tmp_path, LEAD)
    monkeypatch.setattr(Path, "open", fail)
    assert refusal(path).endswith("cannot be read: Input/output error.")


def test_a_name_that_no_file_can_have_is_refused() -> None:
    assert refusal("a\0b") == "'a\\x00b' is no file's name."


def test_a_pasted_article_as_a_source_is_not_repeated_in_full() -> None:
    assert len(refusal(LEAD * 200)) < 400


def test_a_name_cannot_act_on_the_terminal() -> None:
    said = refusal("\x1b[2J\u202efile.txt")
    assert "\x1b" not in said
    assert "\u202e" not in said


def test_half_a_character_is_refused_at_its_place() -> None:
    with pytest.raises(ReadingError, match=r"lone surrogate.* offset 3"):
        article_from_text("abc\ud800", id="x")


def test_metadata_given_with_a_text_is_kept() -> None:
    article = article_from_text(LEAD, id="x", title="T", byline="B", published="P", language="en")
    given = (article.title, article.byline, article.published, article.language)
    assert given == ("T", "B", "P", "en")


# --- JSONL -------------------------------------------------------------------------------------


def jsonl(*lines: object) -> bytes:
    return b"".join(
        line if isinstance(line, bytes) else json.dumps(line).encode() + b"\n" for line in lines
    )


@pytest.mark.parametrize("name", ["a.jsonl", "a.ndjson", "a.JSONL", "a.json", "a"])
def test_each_line_is_an_article(tmp_path: Path, name: str) -> None:
    first = {"id": "p/1", "text": f" {LEAD}\r\n\x00", "title": "T", "byline": "B", "lang": "sr"}
    second = {"id": 7, "text": LEAD, "language": "en", "published": "2024", "url": "https://x.eu"}
    path = written(tmp_path, jsonl(first, b"\n", {**second, "quotes": [1], "score": None}), name)
    a, b = read(str(path))
    assert isinstance(a, Article)
    assert isinstance(b, Article)
    assert [a.id, a.text, a.title, a.byline, a.language] == list(first.values())
    assert (b.id, b.language, b.published, b.url) == ("7", "en", "2024", "https://x.eu")


def test_an_article_without_an_id_is_called_by_its_line(tmp_path: Path) -> None:
    path = written(tmp_path, jsonl({"text": LEAD}, b"\r\n", {"text": LEAD, "id": ""}), "a.jsonl")
    assert [a.id for a in read(str(path)) if isinstance(a, Article)] == [f"{path}:1", f"{path}:3"]


BAD_LINES = {
    "broken": (b'{"text": "a\n', "not valid JSON"),
    "list": (b"[1]\n", "not an object"),
    "no text": (b'{"id": "x"}\n', "has no 'text'"),
    "number": (b'{"text": 5}\n', "'text' is not a string"),
    "title": (b'{"text": "a", "title": [1]}\n', "'title' is not a string"),
    "empty": (b'{"text": ""}\n', "is empty"),
    "blank": (b'{"text": " \\n"}\n', "white space"),
    "surrogate": (b'{"text": "\\ud800"}\n', "half a character"),
    "cut surrogate": (b'{"text": "\\ud800 x"}\n', "half a character"),
    "second half": (b'{"text": "\\udc00"}\n', "half a character"),
    "latin": (b'{"text": "caf\xe9"}\n', "not UTF-8"),
    "deep": (b"[" * 9999 + b"\n", "not valid JSON"),
    "long": (b'{"text": "' + b"a" * (2 * MAX_BYTES) + b'"}\n', "longer than 20 MB"),
}


@pytest.mark.parametrize("kind", BAD_LINES)
def test_a_bad_line_is_named_and_the_rest_goes_on(tmp_path: Path, kind: str) -> None:
    line, complaint = BAD_LINES[kind]
    good = {"id": "good", "text": LEAD}
    path = written(tmp_path, jsonl(good, line, good), "a.jsonl")
    first, error, last = read(str(path))
    assert isinstance(first, Article)
    assert isinstance(last, Article)
    assert isinstance(error, ReadingError)
    assert f"{path}:2'" in error.message
    assert complaint in error.message
    assert error.article == f"{path}:2"


def test_lines_are_read_one_by_one() -> None:
    class Endless(io.RawIOBase):
        def readline(self, size: int | None = -1, /) -> bytes:
            return jsonl({"id": "x", "text": LEAD})

    articles = read_stream(Endless(), "-")  # type: ignore[arg-type]
    assert [a.id for a, _ in zip(articles, range(3), strict=False) if isinstance(a, Article)] == [
        "x",
        "x",
        "x",
    ]


def test_a_jsonl_file_without_lines_is_refused(tmp_path: Path) -> None:
    assert "is empty" in refusal(written(tmp_path, "\n \n", "a.jsonl"))


def test_jsonl_in_utf16_is_refused_once(tmp_path: Path) -> None:
    path = written(tmp_path, (json.dumps({"text": LEAD}) + "\n").encode("utf-16") * 3, "a.jsonl")
    assert "is UTF-16, and JSONL is UTF-8" in refusal(path)


# --- streams -----------------------------------------------------------------------------------


def streamed(data: bytes) -> list[Article | ReadingError]:
    return list(read_stream(io.BytesIO(data), "-"))


def test_a_stream_of_text_is_its_text_exactly() -> None:
    text = f"\r\n \n{LEAD}\r\n\r\nп 😀\n"
    assert streamed(text.encode()) == [article_from_text(text, id="-")]


def test_a_stream_of_json_lines_is_many_articles() -> None:
    lines = jsonl(b"\xef\xbb\xbf\n\n", {"id": "a", "text": LEAD}, b"{\n", {"text": LEAD})
    a, error, b = streamed(lines)
    assert isinstance(a, Article)
    assert isinstance(error, ReadingError)
    assert isinstance(b, Article)
    assert (a.id, error.article, b.id) == ("a", "-:4", "-:5")


def test_json_without_a_text_is_no_text() -> None:
    (error,) = streamed(b'{"body": "x"}\n')
    assert isinstance(error, ReadingError)
    assert error.message.startswith("'-' is JSON: give it as a file")


def test_an_empty_stream_is_refused() -> None:
    (error,) = streamed(b"")
    assert isinstance(error, ReadingError)
    assert error.message.startswith("'-' is empty")


def test_a_stream_without_end_is_refused() -> None:
    class Endless(io.RawIOBase):
        def readline(self, size: int | None = -1, /) -> bytes:
            return b"a" * (size or 0)

        def read(self, size: int = -1, /) -> bytes:
            return b"a" * size

    (error,) = read_stream(Endless(), "-")  # type: ignore[arg-type]
    assert isinstance(error, ReadingError)
    assert "longer than 20 MB" in error.message
