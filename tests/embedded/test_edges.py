"""Where quotes begin and end beside marked speech that stands whole."""

from __future__ import annotations

import pytest
from support import sheets
from support.embedded import annotate

from attributor.embedded import edges
from attributor.records import Article


def quoted(text: str) -> list[str]:
    quotes = annotate(Article(id="a", text=text), "en").quotes
    return [span.text.strip("“”,") for quote in quotes for span in quote.spans]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("• “The bridge is as good as new,” said Mara Quill.", "The bridge is as good as new"),
        ("14:25 “The bridge is as good as new,” said Mara Quill.", "The bridge is as good as new"),
        (
            "DUNFORD, May 3 (Post) - “The bridge is as good as new,” said Mara Quill.",
            "The bridge is as good as new",
        ),
        (
            "“The bridge is as good as new,” a builders’ guild officer, Mara Quill, said.",
            "The bridge is as good as new",
        ),
        (
            "Mara Quill announced, “I shall cross the bridge,” and the builders stood up.",
            "I shall cross the bridge",
        ),
        ("Mara Quill asked, “Whose bridge is it?” and nobody answered.", "Whose bridge is it?"),
        (
            "Mara Quill said, “I am going across,” when the builders shouted about the weather.",
            "I am going across",
        ),
        (
            "“The bridge is as good as new,” Mara Quill told the Echo. Builders stood in the rain.",
            "The bridge is as good as new",
        ),
        (
            "Who built it in a week! “The bridge is as good as new,” says Mara Quill.",
            "The bridge is as good as new",
        ),
        (
            "“He came too early,” Mara Quill said. “She came too late,” the builder shot back.",
            "He came too early",
        ),
        (
            "BERGEN (NW) — The bridge would open in May, Mara Quill said on Monday.",
            "The bridge would open in May",
        ),
        (
            "NEW HAVEN: The bridge would open in May, Mara Quill said on Monday.",
            "The bridge would open in May",
        ),
        (
            "18.40: The bridge would open in May, Mara Quill said on Monday.",
            "The bridge would open in May",
        ),
        (
            "Mara Quill said the bridge was “as good as new,” and that it would open.",
            "the bridge was “as good as new,” and that it would open",
        ),
    ],
)
def test_what_stands_beside_whole_speech_is_no_part_of_it(text: str, words: str) -> None:
    assert quoted(text) == [words]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("“I am leaving the choir,” Mara Quill said, and she took her hat.", "choir"),
        ("“I am leaving the choir,” said Mara Quill, who took her hat.", "quill"),
        ("“I am leaving the choir,” Mara Quill said, and that the hat was hers.", "hers"),
    ],
)
def test_what_happened_next_is_no_part_of_speech_that_stands_whole(text: str, kept: str) -> None:
    sheet = sheets.sheet_of(text)
    cue = sheets.index(sheet, "said")
    tokens = frozenset(j for j in range(sheet.count) if sheet.is_word[j] and j != cue)
    left = edges.trimmed(sheet, cue, tokens)
    assert sheet.low(max(left)) == kept
