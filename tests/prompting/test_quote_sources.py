from __future__ import annotations

import pytest

from attributor.marking import mark
from attributor.prompting.copied import Source, Words
from attributor.prompting.quote_sources import QuoteSources
from attributor.prompting.windows import cut
from attributor.records import Article, Piece


def places(text: str, language: str = "en") -> QuoteSources:
    marking = mark(Article(id="a", text=text), language)
    (window,) = cut(marking)
    return QuoteSources(marking, window)


def source(
    text: str, first: int, last: int, cue: str, mention: str, name: str = "", language: str = "en"
) -> Source:
    """The source of the segments that are shown as `first` to `last`."""
    return places(text, language).source(first - 1, last - 1, Words(cue, mention, name))


def words(text: str, found: Source) -> tuple[str, str]:
    """The cue and the mention in the article's words; "" where there is none."""
    pieces = (found.cue, found.mention)
    return tuple(text[p.start : p.end] if p else "" for p in pieces)  # type: ignore[return-value]


def left(text: str, cue: str, mention: str, *, starts: str = "", ends: str = "") -> list[str]:
    """What is left of a first segment that was proposed whole."""
    seen = places(text)
    segment = seen.segments[0]
    pieces = [Piece(start=segment.start, end=segment.end, starts=starts, ends=ends)]
    found = seen.source(0, 0, Words(cue, mention))
    kept = seen.without_source(pieces, found)
    return [text[p.start : p.end].strip(" ,") for p in kept]


@pytest.mark.parametrize(
    ("text", "cue", "mention", "expected"),
    [
        ("He noted that it rained.", "noted", "He", ["that it rained."]),
        ("In Lima, Ann said that it rained.", "said", "Ann", ["that it rained."]),
        ("Asked in Lima of all that, Ann said that it rained.", "said", "Ann", ["that it rained."]),
        ("It rained, Ann said.", "said", "Ann", ["It rained"]),
        ("It rained all day, said Ann on Monday.", "said", "Ann", ["It rained all day"]),
        ("It rained, said Ann, and it snowed.", "said", "Ann", ["It rained", "and it snowed."]),
        ("According to Ann, it rained.", "According to", "Ann", ["it rained."]),
        ("Ann, a fisher, complained of the rain.", "complained", "Ann", ["of the rain."]),
        ("It rained on Ann.", "", "", ["It rained on Ann."]),
        ("It rained.", "said", "Ann", ["It rained."]),
        ("It rained, said Ann, who was there.", "said", "Ann", ["It rained"]),
        ("Ann said.", "said", "Ann", []),
        ("said Ann, the mayor of a town by the sea.", "said", "Ann", []),
    ],
)
def test_the_source_is_cut_off(text: str, cue: str, mention: str, expected: list[str]) -> None:
    assert left(text, cue, mention) == expected


def test_an_edge_with_words_is_left_as_it_is() -> None:
    text = "Ann said on Monday that it rained."
    assert left(text, "said", "Ann", starts="it rained") == [text]


def test_a_cue_inside_quotation_marks_cuts_nothing() -> None:
    text = "“Ann said it rained,”"
    assert left(text, "said", "Ann") == [text]


def test_a_cue_is_looked_for_outside_quotation_marks_first() -> None:
    text = "“He said no,” he said."
    assert source(text, 1, 1, "said", "he").cue == Piece(start=17, end=21)


def test_a_cue_and_a_mention_far_apart_cut_nothing() -> None:
    text = f"Ann {'walked on and ' * 20}said it rained."
    assert left(text, "said", "Ann") == [text]


def test_of_two_mentions_the_one_beside_the_cue_counts() -> None:
    text = "Ann slept where Ann said it rained."
    assert source(text, 1, 1, "said", "Ann").mention == Piece(start=16, end=19)


RIVER = """Mara Quill, the mayor, spoke on Monday.

“The river is high. It has never been higher,” the mayor warned.

Tom Berg disagreed. “It is low,” he said, and left.

Asked about boats, Berg answered:

“We have none.”"""
# 1 Mara … Monday.  2 “The river is high.  3 It has … higher,”  4 the mayor warned.
# 5 Tom Berg disagreed.  6 “It is low,”  7 he said, and left.  8 Asked … answered:  9 “We …”


@pytest.mark.parametrize(
    ("first", "last", "cue", "mention", "name", "expected"),
    [
        (2, 2, "The river is high", "Mara Quill", "Mara Quill", ("warned", "the mayor")),
        (3, 3, "", "Mara Quill", "Mara Quill", ("warned", "the mayor")),
        (6, 6, "Tom Berg", "Tom Berg", "Tom Berg", ("said", "he")),
        (9, 9, "", "Tom Berg", "Tom Berg", ("answered", "Berg")),
        (9, 9, "We have none", "We have none", "", ("answered", "Berg")),
    ],
)
def test_where_the_models_cue_is_none_the_articles_own_is_taken(
    first: int, last: int, cue: str, mention: str, name: str, expected: tuple[str, str]
) -> None:
    assert words(RIVER, source(RIVER, first, last, cue, mention, name)) == expected


def test_a_cue_that_stands_beside_the_quote_is_the_models_own() -> None:
    found = source(RIVER, 2, 3, "warned", "the mayor", "Mara Quill")
    assert words(RIVER, found) == ("warned", "the mayor")


def test_a_cue_of_another_sentence_gives_way_to_the_quotes_own() -> None:
    text = "It rained, Tom said.\n\nHe noted that it snowed."
    assert words(text, source(text, 1, 1, "noted", "He", "Tom")) == ("said", "Tom")


def test_a_verb_that_no_list_knows_is_the_models_own() -> None:
    text = "“It rains,” Ann burbled."
    assert words(text, source(text, 1, 1, "burbled", "Ann")) == ("burbled", "Ann")


def test_the_cue_is_for_the_article_to_say_where_it_does() -> None:
    found = source(RIVER, 9, 9, "shouted", "Mara Quill", "Mara Quill")
    assert words(RIVER, found) == ("answered", "Berg")


def test_of_two_clauses_that_fit_the_common_verb_counts() -> None:
    text = "The protocol called for a van, a source said."
    assert words(text, source(text, 1, 1, "", "", "")) == ("said", "a source")


def test_a_participle_has_the_subject_of_its_sentence() -> None:
    text = "Tom Berg stood up, saying: “We have none.”"
    assert words(text, source(text, 2, 2, "", "", "Tom Berg")) == ("saying", "Tom Berg")


def test_a_passage_goes_on_with_the_speaker_before_it_in_its_paragraph() -> None:
    text = "Ann said it rained. “It did not.” So it goes."
    assert words(text, source(text, 2, 2, "", "", "Ann")) == ("said", "Ann")


def test_the_clause_of_another_sentence_is_not_taken() -> None:
    text = "The ferry left.\n\nTom said it was late."
    assert words(text, source(text, 1, 1, "", "", "Tom")) == ("", "")


@pytest.mark.parametrize(
    ("text", "cue", "mention", "own", "known"),
    [
        ("The ferry left at noon.", "left", "Ann", False, False),
        ("The ferry left at noon.", "noted", "Ann", False, False),
        ("The ferry left at noon.", "noted", "Ann", True, True),
        ("The ferry left at noon.", "the ferry", "Ann", True, False),
        ("The ferry left at noon, Ann said.", "The ferry", "The ferry", False, True),
        ("“The ferry left at noon.”", "", "", False, True),
    ],
)
def test_words_without_marks_need_somebody_who_said_them(
    text: str, cue: str, mention: str, own: bool, known: bool
) -> None:
    found = places(text).source(0, 0, Words(cue, mention, own=own))
    assert found.is_known is known


def test_in_a_language_without_a_pack_the_model_is_believed() -> None:
    text = "A balsa partiu ao meio-dia."
    assert source(text, 1, 1, "A balsa", "A balsa", language="und").is_known


def test_a_range_over_paragraphs_that_name_their_speakers_is_several_quotes() -> None:
    text = "It rained, Ann said.\n\nIt snowed, Tom said.\n\nThe sun shone."
    assert places(text).parts(0, 2) == [(0, 0), (1, 1), (2, 2)]


def test_a_range_over_paragraphs_with_one_source_is_one_quote() -> None:
    text = "“It rained.\n\n“It snowed,” Ann said."
    assert places(text).parts(0, 1) == [(0, 1)]
