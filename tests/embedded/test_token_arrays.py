"""An article as arrays over its tokens: what each entry says, and what can be asked of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.sheets import index, mention, sheet_of, words

from attributor.embedded.token_arrays import Sheet, hashed

TEXT = "Mara Quill, the mayor, left. “It is safe,” Oskar Lund said.\n\nI agree."
TEXTS = st.lists(
    st.sampled_from(
        ["said", "Mara", "I", "“we", "I”", "‘we", "so’", ",", ".", "that", "\n\n", "reports"]
    ),
    max_size=40,
).map(" ".join)


def test_every_token_has_an_entry_and_word_and_class_have_one_more_for_beyond_the_text() -> None:
    sheet = sheet_of(TEXT)
    every = (sheet.is_word, sheet.sentence_of, sheet.paragraph_of, sheet.passage_of)
    assert {len(entries) for entries in every} == {sheet.count}
    assert len(sheet.word) == len(sheet.kind) == sheet.count + 1
    assert sheet.word[-1] == sheet.kind[-1] == hashed("")


def test_a_word_is_the_same_word_whether_it_has_a_capital_or_not() -> None:
    sheet = sheet_of("The mayor met the crew.")
    assert sheet.word[index(sheet, "the")] == sheet.word[index(sheet, "the", 1)]


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("she", "pronouns"),
        ("the", "determiners"),
        ("said", "verbs"),
        ("mayor", "nouns"),
        ("not", "negations"),
        ("Zorblatt", "Capital"),  # unknown, with a capital
        ("1984", "0"),
        ("zorblatting", "-ing"),  # unknown: how it ends
        (",", ","),
        ("who", "pronouns"),  # a relative too, but the first list that holds it counts
    ],
)
def test_a_words_class_is_the_first_list_of_the_language_that_holds_it(
    word: str, kind: str
) -> None:
    sheet = sheet_of(f"Then {word} came.")
    assert sheet.kind[index(sheet, word)] == hashed(kind)


def test_sentences_and_paragraphs_are_token_ranges_by_number() -> None:
    sheet = sheet_of(TEXT)
    assert words(sheet, sheet.sentences.values()) == [
        "Mara Quill, the mayor, left.", "“It is safe,” Oskar Lund said.", "I agree.",
    ]  # fmt: skip
    assert words(sheet, sheet.paragraphs.values()) == TEXT.split("\n\n")
    assert sheet.paragraph_of[index(sheet, "agree")] == 1


def test_a_passage_holds_its_marks_and_what_is_outside_has_none() -> None:
    sheet = sheet_of(TEXT)
    held = [i for i, number in enumerate(sheet.passage_of) if number == 0]
    assert words(sheet, [(held[0], held[-1] + 1)]) == ["“It is safe,”"]
    assert sheet.passage_of[index(sheet, "said")] == -1


@given(TEXTS, st.data())
def test_a_difference_of_totals_is_the_count_between_two_places(
    text: str, data: st.DataObject
) -> None:
    sheet = sheet_of(text)
    first = data.draw(st.integers(0, sheet.count))
    last = data.draw(st.integers(first, sheet.count))
    tokens, core = range(first, last), sheet.language.core
    for totals, counted in [
        (sheet.words_to, [sheet.low(i)[0].isalnum() for i in tokens]),
        (sheet.commas, [sheet.low(i) == "," for i in tokens]),
        (sheet.candidates, [i in sheet.cues for i in tokens]),
        (sheet.cores, [i in sheet.cues and sheet.cues[i].lemma in core for i in tokens]),
        (sheet.personal, [sheet.low(i) in ("i", "we") for i in tokens]),
    ]:
        assert totals[last] - totals[first] == sum(counted)


@given(TEXTS, st.data())
def test_the_passages_in_a_gap_are_those_that_its_tokens_touch(
    text: str, data: st.DataObject
) -> None:
    sheet = sheet_of(text)
    first = data.draw(st.integers(0, sheet.count))
    last = data.draw(st.integers(first, sheet.count))
    touched = set(sheet.passage_of[first:last]) - {-1}
    assert sheet.passages_in(range(first, last)) == len(touched)


@pytest.mark.parametrize("i", [-1, -5, 3, 100])
def test_beyond_the_text_there_is_one_place_and_no_word(i: int) -> None:
    sheet = sheet_of("It rained.")
    assert sheet.at(i) == sheet.count == 3
    assert sheet.low(i) == ""


def test_a_word_that_marking_takes_for_no_cue_can_be_one_all_the_same() -> None:
    sheet = sheet_of("Mara Quill said so and sat.")
    said, sat = (sheet.cue(index(sheet, word)) for word in ("said", "sat"))
    assert said is sheet.cues[index(sheet, "said")]
    assert (sheet.marking.text[sat.start : sat.end], sat.lemma, sat.kind) == ("sat", "sat", "verb")


def test_a_mention_is_a_range_of_tokens() -> None:
    sheet = sheet_of(TEXT)
    tokens = sheet.range_of(mention(sheet, "the mayor"))
    assert words(sheet, [(tokens.start, tokens.stop)]) == ["the mayor"]


def test_a_passage_knows_the_cue_of_the_reporting_clause_behind_it() -> None:
    sheet = sheet_of("“It is safe,” Oskar Lund said. “It is late.” Nobody came.")
    assert sheet.reporters == {0: index(sheet, "said")}


@given(st.text(max_size=20))
def test_a_hash_has_thirty_bits_whatever_the_word(word: str) -> None:
    assert 0 <= hashed(word) < 2**30


def test_half_a_surrogate_pair_has_a_hash_too() -> None:
    assert hashed("\ud800") != hashed("\ud801")


def test_an_empty_text_is_an_empty_sheet() -> None:
    sheet: Sheet = sheet_of("")
    assert (sheet.count, sheet.sentences, sheet.word) == (0, {}, [hashed("")])
