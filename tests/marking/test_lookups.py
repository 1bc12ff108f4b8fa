"""What a Marking answers about places in its text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from support.markings import marking

from attributor.marking.evidence import NEAR_CODE_POINTS
from attributor.marking.spans import overlap

RAIN = "Ann Lee spoke. “Rain falls,” said Tom Berg, the mayor.\n\nThe mayor: No rain fell on Lima."
FOUND = marking(RAIN)


def words(span: tuple[int, int]) -> str:
    return RAIN[span[0] : span[1]]


def test_an_offset_lies_in_a_sentence_a_paragraph_and_a_segment() -> None:
    at = RAIN.index("falls")
    assert words(FOUND.sentence_at(at)) == "“Rain falls,” said Tom Berg, the mayor."
    assert words(FOUND.segment_at(at)[1:3]) == "“Rain falls,”"
    assert (FOUND.paragraph_at(at), FOUND.paragraph_at(RAIN.index("Lima"))) == (0, 1)


def test_the_space_between_two_sentences_belongs_to_the_one_before() -> None:
    assert words(FOUND.sentence_at(RAIN.index(" “"))) == "Ann Lee spoke."


def test_of_an_endless_sentence_only_what_is_near_is_looked_at() -> None:
    text = "and on " * 1000
    found = marking(text)
    assert found.sentence_at(3500) == (0, len(text.rstrip()))
    assert found.near_in_sentence(3500) == (3500 - NEAR_CODE_POINTS, 3500 + NEAR_CODE_POINTS)


def test_a_text_without_a_sentence_is_one() -> None:
    assert marking(" \n ").sentence_at(1) == (0, 3)


def test_mentions_are_found_by_where_they_lie() -> None:
    start, end = RAIN.index("Tom"), RAIN.index("\n")
    inside = [words(m[:2]) for m in FOUND.mentions_in(start, end)]
    assert inside == ["Tom Berg", "the mayor"]
    assert [words(m[:2]) for m in FOUND.mentions_touching(start + 2, start + 3)] == ["Tom Berg"]


def test_there_is_no_word_before_or_beyond_the_text() -> None:
    words_of = [FOUND.low(i) for i in (-1, 0, len(FOUND.tokens))]
    assert words_of == ["", FOUND.tokens[0].low, ""]


def test_a_mention_is_found_by_its_first_token() -> None:
    first = FOUND.mention_at(FOUND.index_at(RAIN.index("Tom")))
    assert first is not None
    assert words(first[:2]) == "Tom Berg"
    assert FOUND.mention_at(FOUND.index_at(RAIN.index("Berg"))) is None
    assert FOUND.mention_at(len(FOUND.tokens)) is None


def test_a_passage_is_found_by_what_it_holds_and_by_what_is_beside_it() -> None:
    (passage,) = FOUND.passages
    inside, behind = RAIN.index("falls"), RAIN.index("said")
    assert FOUND.passage_at(inside) is passage
    assert FOUND.passage_at(behind) is None
    assert FOUND.passage_before(behind) is passage
    assert FOUND.passage_before(RAIN.index("No rain")) is None  # another paragraph
    assert FOUND.passage_after(0, behind) is passage
    assert FOUND.passage_after(behind, len(RAIN)) is None
    assert FOUND.marked_parts((inside, behind)) == [(inside, passage.outer_end)]
    assert FOUND.is_marked((passage.start, passage.end))
    assert not FOUND.is_marked((passage.outer_start, passage.end))


def test_tokens_and_cues_are_found_by_where_they_begin() -> None:
    start = RAIN.index("said")
    assert FOUND.low_at(start - 1) == "said"
    assert FOUND.low_at(len(RAIN)) == ""
    assert FOUND.lows_in(start, start + 14) == ["said", "tom", "berg", ","]
    assert FOUND.words_in(start, start + 14) == ["said", "tom", "berg"]
    assert [cue.lemma for cue in FOUND.cues_in(0, len(RAIN))] == ["say", ":"]


@given(st.integers(0, len(RAIN)), st.integers(0, 40))
def test_words_are_counted_and_the_last_mention_is_found_at_once(start: int, length: int) -> None:
    end = min(start + length, len(RAIN))
    assert FOUND.word_count(start, end) == len(FOUND.words_in(start, end))
    inside = FOUND.mentions_in(start, end)
    assert FOUND.last_mention_in(start, end) == (inside[-1] if inside else None)


@given(st.integers(0, len(RAIN)), st.integers(1, 30))
def test_what_touches_a_stretch_has_a_character_in_common_with_it(start: int, length: int) -> None:
    stretch = start, start + length
    touching = [m for m in FOUND.mentions if overlap(m[:2], stretch)]
    assert list(FOUND.mentions_touching(*stretch)) == touching
    passages = [n for n, p in enumerate(FOUND.passages) if overlap(p[2:4], stretch)]
    assert list(FOUND.passages_touching(*stretch)) == passages
