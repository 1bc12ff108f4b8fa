from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from support.annotations import BRIDGE, DECIDED, IN_DOUBT, any_annotations, rendered

from attributor.records import Annotation, Quote, Span, Speaker
from attributor.views import csv as csv_view
from attributor.views import write

COMMANDS = re.compile(
    "[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ud800-\udfff\ufffe\uffff]"
)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_each_quote_is_a_row_with_all_that_is_known() -> None:
    first, second, *_, last = rows(rendered("csv", BRIDGE))
    assert tuple(first) == csv_view.COLUMNS
    assert first["text"] == "We will build it before winter, […] and pay for it ourselves."
    assert first["spans"] == " ".join(f"{s.start}-{s.end}" for s in BRIDGE.quotes[0].spans)
    assert (first["speaker"], first["speaker_id"], first["role"]) == ("Ana Kovač", "7", "mayor")
    assert (first["marked"], first["cue"]) == ("true", "told reporters")
    assert second["stances"] == "bridge: against; tax: unclear"
    assert (first["engine"], first["model"]) == ("openai", "large-1-2024")
    assert (last["speaker"], last["speaker_kind"], last["mention"]) == ("", "", "")


def test_the_columns_are_those_that_the_module_describes() -> None:
    table = (csv_view.__doc__ or "").split("|---|---|")[1].split("\n\n")[0]
    described = [line.split("|")[1].strip() for line in table.strip().splitlines()]
    assert ", ".join(described).split(", ") == list(csv_view.COLUMNS)


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r\n=1", "＝1", "'=1"])
def test_no_cell_is_a_formula_and_each_can_be_had_back(cell: str) -> None:
    quote = Quote(id=1, kind="direct", marked=True, spans=(Span.of(cell, 0, len(cell)),), speaker=1)
    annotation = BRIDGE.model_copy(
        update={
            "article": BRIDGE.article.model_copy(update={"text": cell, "title": cell}),
            "quotes": (quote,),
            "speakers": (Speaker(id=1, name=cell, role=cell),),
        }
    )
    (row,) = rows(rendered("csv", annotation))
    for column in ("title", "speaker", "role", "text"):
        assert row[column] == f"'{cell}"


@settings(max_examples=50, deadline=None, derandomize=True)
@given(annotation=any_annotations())
def test_text_comes_back_whole_but_for_the_apostrophe(annotation: Annotation) -> None:
    found = rows(rendered("csv", annotation))
    for row, quote in zip(found, annotation.quotes, strict=True):
        words = " […] ".join(span.text for span in quote.spans)
        assert row["text"].removeprefix("'") == escaped(words).removeprefix("'")
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row.values())


def escaped(text: str) -> str:
    """The text as CSV shows it, character by character."""

    def sign(position: int) -> str:
        character = text[position]
        is_line_end = character == "\n" or text[position : position + 2] == "\r\n"
        if is_line_end or character == "\t" or not COMMANDS.match(character):
            return character
        code = ord(character)
        return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"

    return "".join(map(sign, range(len(text))))


@settings(max_examples=50, deadline=None, derandomize=True)
@given(annotation=any_annotations())
def test_no_cell_commands_a_terminal_or_turns_the_direction(annotation: Annotation) -> None:
    written = rendered("csv", annotation)
    assert not COMMANDS.search(re.sub("[\t\n]|\r\n", "", written))


@pytest.mark.parametrize(
    "word", ["Stadt\xadrat", "a\u200bb", "👩\u200d🚒", "می\u200cخواهم", "\ufeffx"]
)
def test_what_only_hides_stays_in_a_cell(word: str) -> None:
    assert csv_view.cell(word) == word


def test_line_ends_in_a_cell_stay_what_they_are_on_every_platform(tmp_path: Path) -> None:
    text = "one\r\ntwo\nthree"
    quote = Quote(id=1, kind="direct", marked=True, spans=(Span.of(text, 0, len(text)),))
    annotation = BRIDGE.model_copy(update={"quotes": (quote,)})
    path = tmp_path / "quotes.csv"
    with path.open("w", encoding="utf-8", newline="\r\n") as out:  # as on Windows
        write("csv", [annotation], out)
    written = path.read_bytes()
    assert b'"one\r\ntwo\nthree"' in written
    assert not written.startswith(b"\xef\xbb\xbf")
    assert b"\r\r" not in written
    with path.open(encoding="utf-8", newline="") as found:
        assert next(csv.DictReader(found))["text"] == text


def test_a_doubtful_speaker_has_candidates_and_flags_of_several_words_stay_apart() -> None:
    sure, unnamed, *_, other, _ = rows(rendered("csv", IN_DOUBT))
    assert (sure["confidence"], sure["speaker_confidence"], sure["candidates"]) == (
        *("0.94", "0.98"),
        "",
    )
    assert (unnamed["speaker"], unnamed["speaker_confidence"]) == ("", "0.1")
    assert unnamed["candidates"] == "Petar Lind 0.48; Ana Kovač 0.41"
    assert other["flags"] == "nested; speaker in doubt"


def test_a_row_says_who_decided_the_quote() -> None:
    decided = [row["decided_by"] for row in rows(rendered("csv", DECIDED))]
    assert decided == ["confirmed", "changed", "draft", "changed", "added"]
    assert {row["decided_by"] for row in rows(rendered("csv", BRIDGE))} == {""}
