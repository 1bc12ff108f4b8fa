"""To which cue an encoder links words, and what the engine makes of it."""

from __future__ import annotations

import pytest
from support import sheets
from support.encoders import reading

from attributor.embedded import by_weights, candidates, encoder_features, link_features
from attributor.embedded.encoder import channels
from attributor.embedded.encoder.links import UNREAD_LOG_ODDS
from attributor.embedded.token_arrays import Sheet
from attributor.marking import mark
from attributor.marking.spans import Span
from attributor.records import Article

TEXT = "Ana Petric said the pit was shut and Tom Hill argued it would open soon"
SAID = {
    channels.CONTENT: ["the pit was shut", "it would open soon"],
    channels.CUE: ["said", "argued"],
    channels.SOURCE: ["Ana Petric", "Tom Hill"],
}
LINKED = {
    "said": ["the pit was shut", "Ana Petric"],
    "argued": ["it would open soon", "Tom Hill"],
}


def sheet_with(linked: dict[str, list[str]] | None, windows: list[Span] | None = None) -> Sheet:
    marking = mark(Article(id="a", text=TEXT), "en")
    return Sheet(marking, reading(TEXT, SAID, linked, windows or ()))


def beside(sheet: Sheet, cue: str) -> tuple[list[str], list[str]]:
    """The words that are content and source of a cue."""
    assert sheet.evidence is not None
    found = sheet.evidence.beside(sheets.index(sheet, cue), 0, sheet.count)
    return tuple(  # type: ignore[return-value]
        sheets.words(sheet, candidates.word_runs(sheet, [(j, j + 1) for j in held]))
        for held in ([j for j in range(sheet.count) if odds.holds(j)] for odds in found)
    )


def test_a_cue_has_the_content_and_the_source_that_chose_it() -> None:
    sheet = sheet_with(LINKED)
    assert beside(sheet, "said") == (["the pit was shut"], ["Ana Petric"])
    assert beside(sheet, "argued") == (["it would open soon"], ["Tom Hill"])


def test_words_that_are_no_content_belong_to_no_cue() -> None:
    sheet = sheet_with({**LINKED, "argued": ["and", "it would open soon"]})
    assert beside(sheet, "argued")[0] == ["it would open soon"]


def test_an_encoder_that_links_nothing_says_the_same_of_each_cue() -> None:
    sheet = sheet_with(None)
    assert beside(sheet, "said") == beside(sheet, "argued")
    assert beside(sheet, "said")[0] == SAID[channels.CONTENT]


def test_words_may_choose_any_word_of_a_cue() -> None:
    said = {**SAID, channels.CUE: ["said the"], channels.CONTENT: ["pit was shut"]}
    linked = {"said": ["pit"], "the": ["was shut"]}
    sheet = Sheet(mark(Article(id="a", text=TEXT), "en"), reading(TEXT, said, linked))
    assert beside(sheet, "said")[0] == beside(sheet, "the")[0] == ["pit was shut"]


def test_what_was_read_in_another_window_belongs_to_no_cue() -> None:
    place = TEXT.split().index("Tom")
    sheet = sheet_with(LINKED, [(0, place), (place, len(TEXT.split()))])
    assert sheet.evidence is not None
    content, _ = sheet.evidence.beside(sheets.index(sheet, "said"), 0, sheet.count)
    assert {content[j] for j in range(place, sheet.count)} == {UNREAD_LOG_ODDS}
    assert beside(sheet, "said") == (["the pit was shut"], ["Ana Petric"])


@pytest.mark.parametrize(("cue", "words"), [("said", "the pit was shut"), ("argued", "soon")])
def test_what_is_linked_to_a_cue_is_among_its_drafts(cue: str, words: str) -> None:
    sheet = sheet_with({**LINKED, "argued": ["soon"]})
    drafts = encoder_features.own_drafts(sheet, sheets.index(sheet, cue), 0, sheet.count)
    assert [words] in [sheets.words(sheet, draft) for draft in drafts]


def test_linked_words_make_other_features_of_a_draft() -> None:
    told, untold = sheet_with(LINKED), sheet_with({"said": [], "argued": []})
    cue = sheets.index(told, "said")
    runs = [sheets.tokens_in(told, "the pit was shut")]
    assert link_features.of_draft(told, cue, runs, 0) != link_features.of_draft(
        untold, cue, runs, 0
    )


def test_where_an_encoder_reads_the_draft_counts_that_the_others_agree_with() -> None:
    drafts = (
        sheets.draft(sheet_with(None), "the pit was shut"),
        sheets.draft(sheet_with(None), "Tom Hill argued it would open soon"),
        sheets.draft(sheet_with(None), "Tom Hill argued it would open"),
    )
    likely = [0.4, 0.3, 0.3]
    read, bare = sheet_with(None), sheets.sheet_of(TEXT)
    cue = sheets.index(read, "said")
    worth, least = by_weights._worth(read, sheets.candidate(read, cue, *drafts), likely)
    assert worth == pytest.approx([0.4, 0.3 + 0.3 * 6 / 7, 0.3 + 0.3 * 6 / 7])
    assert least == by_weights.MIN_EXPECTED_OVERLAP
    assert by_weights._worth(bare, sheets.candidate(bare, cue, *drafts), likely) == (
        likely,
        by_weights.MIN_DRAFT_PROBABILITY,
    )
