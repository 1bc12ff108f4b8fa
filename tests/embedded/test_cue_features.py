"""What the learned engine sees of a cue, of a source, and of a piece of content."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.sheets import index, mention, number_in, saw_pair, saw_word, sheet_of, words

from attributor.embedded import feature_templates as templates
from attributor.embedded.cue_features import (
    CONTENT_REACH_TOKENS,
    ContentPiece,
    CueReading,
    Frame,
    around_cue,
    candidates,
    of_pieces,
    of_reading,
    of_source,
    pieces,
    read_by_rules,
)
from attributor.embedded.token_arrays import Sheet

# --- a cue --------------------------------------------------------------------------------------


def cue_seen(text: str, cue: str) -> list[int]:
    sheet = sheet_of(text)
    return around_cue(sheet, index(sheet, cue))


def test_a_cue_is_seen_by_its_word_its_ending_and_what_marking_takes_it_for() -> None:
    features = cue_seen("Mara Quill insisted that it was safe.", "insisted")
    assert saw_word(features, templates.CUE_WORD, 0, "insisted")
    assert saw_word(features, templates.CUE_WORD, 1, "ted")
    assert saw_word(features, templates.CUE_WORD, 2, "verb")


def test_a_word_that_marking_takes_for_no_cue_is_seen_as_none() -> None:
    assert number_in(cue_seen("Mara Quill sat down.", "sat"), templates.CUE_WORD, 2) == 0


def test_three_words_to_each_side_are_seen_in_their_order() -> None:
    features = cue_seen("Now Mara Quill said it was safe.", "said")
    for place, word in enumerate(["now", "mara", "quill", "it", "was", "safe"]):
        assert saw_word(features, templates.CUE_NEIGHBOURS, place, word)


def test_beyond_the_text_an_empty_word_is_seen() -> None:
    features = cue_seen("said Quill", "said")
    assert [saw_word(features, templates.CUE_NEIGHBOURS, place, "") for place in range(6)] == [
        True, True, True, False, True, True,
    ]  # fmt: skip


def test_neighbours_are_seen_by_their_class_too() -> None:
    one = cue_seen("Then he said that it was safe.", "said")
    other = cue_seen("Then she said that it was safe.", "said")
    assert saw_word(one, templates.CUE_NEIGHBOURS, 8, "pronouns")
    assert saw_word(other, templates.CUE_NEIGHBOURS, 8, "pronouns")
    assert not saw_word(other, templates.CUE_NEIGHBOURS, 2, "he")


@pytest.mark.parametrize(
    ("text", "place", "seen"),
    [
        ("“Then Mara Quill said it,” he told us.", 0, 1),
        ("Then Mara Quill said it.", 0, 0),
        ("Then Mara Quill said it.", 1, 3),
        ("Later on that day and late at night, Mara Quill said it.", 1, 6),
        ("Then Mara Quill said.", 2, 2),
        ("Mara Quill said a few words. “It is safe.”", 3, 0),
        ("Mara Quill said a few “safe” words.", 3, 1),
        ("Mara Quill said on Monday that it was safe.", 4, 1),
        ("Mara Quill said on Monday at noon that it was safe.", 4, 1),
        ("Mara Quill said on Monday at about noon that it was safe.", 4, 0),
        ("“It is safe,” said Mara Quill.", 5, 1),
        ("“It is safe,” Mara Quill said.", 5, 0),
        ("Mara Quill said “it is safe”.", 6, 1),
        ("Mara Quill said: “It is safe.”", 7, 1),
        ("Mara Quill said then: “It is safe.”", 7, 1),
        ("Mara Quill said on Monday: “It is safe.”", 7, 0),
        ("Mara Quill said so.", 8, 1),
        ("The bridge is closed.\n\nMara Quill said so.", 8, 0),
    ],
)
def test_a_cues_place_is_seen(text: str, place: int, seen: int) -> None:
    assert number_in(cue_seen(text, "said"), templates.CUE_PLACE, place) == seen


# --- the rules' reading of a cue ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "state", "side", "with_content"),
    [
        ("Mara Quill said that it was safe.", 2 * 4 + 1, 1, 1),
        ("The mayor said that it was safe.", 2 * 4 + 2, 1, 1),
        ("He said that it was safe.", 2 * 4 + 3, 1, 1),
        ("“It is safe,” said Mara Quill.", 2 * 4 + 1, 2, 1),
    ],
)
def test_the_rules_subject_is_seen_by_its_type_and_its_side(
    text: str, state: int, side: int, with_content: int
) -> None:
    sheet = sheet_of(text)
    cue = index(sheet, "said")
    features = of_reading(sheet, cue, read_by_rules(sheet, cue))
    seen = [number_in(features, templates.CUE_SUBJECT, place) for place in (0, 1, 3)]
    assert seen == [state, side, with_content]


def test_the_head_of_a_description_is_seen_and_no_name_ever_is() -> None:
    sheet = sheet_of("The mayor said that it was safe. Mara Quill said that it was not.")
    one, other = (of_reading(sheet, i, read_by_rules(sheet, i)) for i in sheet.cues)
    assert saw_word(one, templates.CUE_SUBJECT, 2, "mayor")
    assert number_in(other, templates.CUE_SUBJECT, 2) == 0


def test_where_the_content_begins_is_seen_if_the_rules_find_one() -> None:
    sheet = sheet_of("“It is safe,” said Mara Quill.")
    cue = index(sheet, "said")
    reading = read_by_rules(sheet, cue)
    features = of_reading(sheet, cue, reading)
    assert number_in(features, templates.CUE_CONTENT, 0) == 4 + 1  # before it, in one span
    assert saw_word(features, templates.CUE_CONTENT, 1, "it")
    assert number_in(features, templates.CUE_CONTENT, 2) == 1  # between marks
    without = of_reading(sheet, cue, CueReading(reading.mention, True, None))
    assert len(without) == len(features) - len(templates.CUE_CONTENT.numbers)


@pytest.mark.parametrize(
    ("reading", "state"),
    [
        (CueReading(None, False, None), 0),
        (CueReading(None, True, None), 1),
        (CueReading(mention(sheet_of("Mara Quill left."), "Mara Quill"), True, None), 2),
    ],
)
def test_a_reading_says_how_much_of_a_subject_there_is(reading: CueReading, state: int) -> None:
    assert reading.state == state


# --- sources ------------------------------------------------------------------------------------

TWO_PEOPLE = (
    "The mayor was with Oskar Lund, and on Monday, Mara Quill told her aide that it was safe."
)


def sources(sheet: Sheet, cue: int) -> list[str]:
    text = sheet.marking.text
    return [text[m.start : m.end] for m in candidates(sheet, cue, read_by_rules(sheet, cue))]


def test_every_mention_of_the_sentence_may_be_the_source_and_the_rules_subject_is_first() -> None:
    sheet = sheet_of(f"Ana Holt was there. {TWO_PEOPLE} Tom Berg left.")
    found = sources(sheet, index(sheet, "told"))
    assert found[0] == "Mara Quill"
    assert sorted(found[1:]) == ["Oskar Lund", "The mayor", "her aide", "it"]


def test_no_mention_is_a_candidate_twice() -> None:
    sheet = sheet_of("Mara Quill said that Mara Quill was safe.")
    assert sources(sheet, index(sheet, "said")) == ["Mara Quill", "Mara Quill"]


def source_seen(text: str, cue: str, who: str) -> list[int]:
    sheet = sheet_of(text)
    i = index(sheet, cue)
    return of_source(sheet, i, mention(sheet, who), read_by_rules(sheet, i))


@pytest.mark.parametrize(
    ("who", "place", "seen"),
    [
        ("Mara Quill", 0, 3 + 2),  # the rules' subject
        ("Oskar Lund", 0, 2),  # not the rules' subject, though they have one
        ("Mara Quill", 2, 1 * 20 + 0),  # right before the cue
        ("Oskar Lund", 2, 1 * 20 + 7),  # seven tokens before it
        ("The mayor", 2, 1 * 20 + 10),  # far is far
        ("her aide", 2, 2 * 20 + 0),  # right behind the cue
        ("Oskar Lund", 4, 2 * 3 + 1),  # two commas between
        ("it", 4, 0 * 3 + 2),
        ("The mayor", 6, 2 * 3 + 1),  # two other mentions between
        ("Mara Quill", 6, 0 * 3 + 1),
        ("The mayor", 10, 12 + 4 + 1),  # opens the sentence, is a description
        ("Mara Quill", 10, 0 + 4 + 0),
    ],
)
def test_a_sources_place_is_seen(who: str, place: int, seen: int) -> None:
    assert number_in(source_seen(TWO_PEOPLE, "told", who), templates.SOURCE_PLACE, place) == seen


@pytest.mark.parametrize(
    ("text", "who", "place", "seen"),
    [
        ("Oskar Lund, who announced it, said so.", "Oskar Lund", 5, 1 * 3 + 1),
        ("Oskar Lund, who made it, said so.", "Oskar Lund", 5, 0 * 3 + 1),
        ("Oskar Lund, the man “of the bridge”, said so.", "Oskar Lund", 7, 1 * 3 + 1),
        ("Oskar Lund, the man of the bridge, said so.", "Oskar Lund", 7, 0 * 3 + 1),
    ],
)
def test_another_cue_or_marked_words_between_source_and_cue_are_seen(
    text: str, who: str, place: int, seen: int
) -> None:
    assert number_in(source_seen(text, "said", who), templates.SOURCE_PLACE, place) == seen


def test_the_words_beside_a_source_are_seen_with_its_side() -> None:
    features = source_seen("For years, Mara Quill has said so.", "said", "Mara Quill")
    assert saw_pair(features, templates.SOURCE_WORDS, 0, ",", 1)
    assert saw_pair(features, templates.SOURCE_WORDS, 1, "has", 1)
    assert saw_pair(features, templates.SOURCE_WORDS, 4, "said", 1)
    assert saw_pair(features, templates.SOURCE_WORDS, 6, "quill", 1)


# --- pieces of content --------------------------------------------------------------------------


def cut(text: str, cue: str = "said", who: str | None = None) -> list[str]:
    sheet = sheet_of(text)
    source = mention(sheet, who) if who else None
    return words(sheet, pieces(sheet, index(sheet, cue), source))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (  # sentences and marks of the whole paragraph
            "It rained. “It is safe,” Quill said. We left.",
            ["It rained.", "“It is safe,”", "Quill", "said", ".", "We left."],
        ),
        (  # punctuation and conjunctions of the cue's sentence
            "Quill said the bridge is safe, but slow.",
            ["Quill", "said", "the bridge is safe", ",", "but slow", "."],
        ),
        (  # marked speech is not cut inside
            "Quill said: “Well, it is safe, but slow.”",
            ["Quill", "said", ":", "“Well, it is safe, but slow.”"],
        ),
    ],
)
def test_a_paragraph_is_cut_where_content_may_begin_or_end(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


def test_a_source_is_a_piece_of_its_own() -> None:
    text = (
        "Then Mara Quill walked home alone through one long cold wet dark windy night and said so."
    )
    assert "Mara Quill" not in cut(text)
    assert cut(text, who="Mara Quill")[:2] == ["Then", "Mara Quill"]


def test_other_paragraphs_hold_no_content_of_a_cue() -> None:
    text = "It rained.\n\nQuill said it is safe.\n\nWe left."
    assert cut(text)[0] == "Quill"
    assert cut(text)[-1] == "."


TEXTS = st.lists(
    st.sampled_from(["said", "Mara", "the mayor", "“", "”", ",", ".", "that", "it", "\n\n", "is"]),
    min_size=1,
    max_size=40,
).map(" ".join)


@given(TEXTS)
def test_pieces_lie_side_by_side_and_one_of_them_is_the_cue(text: str) -> None:
    sheet = sheet_of(f"{text} said")
    for cue in (i for i in range(sheet.count) if sheet.low(i) == "said"):
        found = pieces(sheet, cue, None)
        assert all(first < last for first, last in found)
        assert [last for _, last in found[:-1]] == [first for first, _ in found[1:]]
        assert (cue, cue + 1) in found


def test_of_an_endless_paragraph_only_what_is_near_the_cue_is_looked_at() -> None:
    sheet = sheet_of("word " * 1000 + "said Quill " + "word " * 1000)
    cue = index(sheet, "said")
    found = pieces(sheet, cue, None)
    assert found[0][0] == cue - CONTENT_REACH_TOKENS
    assert found[-1][1] == cue + CONTENT_REACH_TOKENS
    sheet = sheet_of("It is. " * 200 + "Quill said. " + "It is. " * 200)
    assert len(pieces(sheet, index(sheet, "said"), None)) < 70


SPLIT = "It rained. “The bridge, I think,” Mara Quill said, “is safe.” Oskar Lund disagreed."


def frame_of(text: str, cue: str = "said") -> tuple[Frame, dict[str, ContentPiece]]:
    """The cue's frame, and its pieces by their words."""
    sheet = sheet_of(text)
    i = index(sheet, cue)
    reading = read_by_rules(sheet, i)
    frame = Frame(sheet, i, reading.mention, reading)
    return frame, dict(zip(words(sheet, frame.pieces), of_pieces(frame), strict=True))


def test_a_frame_knows_its_cue_its_source_and_what_the_rules_take() -> None:
    frame, _ = frame_of(SPLIT)
    sheet = frame.sheet
    assert words(sheet, [frame.pieces[frame.number]]) == ["said"]
    assert words(sheet, [(frame.source.start, frame.source.stop)]) == ["Mara Quill"]
    assert frame.side == 1
    assert words(sheet, sorted(frame.by_rules)) == ["The bridge, I think,", "is safe."]
    assert (frame.marked, frame.personal) == (True, True)


@pytest.mark.parametrize(
    ("piece", "place", "seen"),
    [
        ("said", 1, 9),  # the middle of all distances
        ("Mara Quill", 1, 8),
        (",", 1, 10),
        ("It rained.", 2, 2),  # a sentence before
        ("“is safe.”", 2, 3),  # the same sentence
        ("said", 6, 0),
        ("Mara Quill", 6, 1),
        ("“is safe.”", 6, 2),  # marked
        ("It rained.", 6, 3),  # unmarked
        ("Oskar Lund disagreed.", 2, 4),  # a sentence behind
        ("It rained.", 3, 1),  # the rules take something, and not this
        ("“The bridge, I think,”", 19, (7 + 3) * 24 + (2 * 3 + 1) * 2),  # somebody says "I"
    ],
)
def test_a_pieces_place_is_seen(piece: str, place: int, seen: int) -> None:
    _, found = frame_of(SPLIT)
    assert number_in(found[piece].features, templates.PIECE_PLACE, place) == seen


def test_what_lies_between_a_piece_and_the_cue_is_seen() -> None:
    _, found = frame_of("It rained, “a lot”, and Mara Quill said it rained, and Lund added so.")
    gaps = {words: piece.features for words, piece in found.items()}
    elsewhere = 1  # what the rules take lies elsewhere
    assert number_in(gaps["It rained"], templates.PIECE_GAP, 1) // 6 == 2  # commas
    assert number_in(gaps["It rained"], templates.PIECE_GAP, 0) // 12 == 1  # a marked passage
    assert number_in(gaps["Mara Quill"], templates.PIECE_GAP, 1) == elsewhere
    assert number_in(gaps["so"], templates.PIECE_GAP, 2) // 24 == 1  # another speaker's verb


def test_a_piece_is_seen_with_whether_the_rules_take_it() -> None:
    _, found = frame_of("Mara Quill said that it is safe.")
    taken = {words: number_in(found[words].features, templates.PIECE_PLACE, 3) for words in found}
    assert taken == {"Mara Quill": 1, "said": 1, "that": 2, "it is safe": 2, ".": 2}


@pytest.mark.parametrize(
    ("text", "whose"),
    [
        ("“It is safe,” Mara Quill said.", 1),
        ("“It is safe,” Oskar Lund added. Mara Quill said so.", 2),
        ("“It is safe.” Mara Quill said so.", 0),
    ],
)
def test_a_passage_is_seen_with_whose_reporting_clause_follows_it(text: str, whose: int) -> None:
    _, found = frame_of(text)
    marked = next(piece for words, piece in found.items() if words.startswith("“"))
    place = number_in(marked.features, templates.PIECE_PASSAGE, 2)
    assert place // 6 == whose
    unmarked = found["said"]
    assert len(unmarked.features) == len(marked.features) - len(
        [*templates.PIECE_PASSAGE.numbers, *templates.PIECE_PASSAGE_END.numbers]
    )


@given(st.sampled_from([0, 1, 2]), st.sampled_from([0, 1, 2]))
def test_the_step_to_a_piece_differs_by_the_label_before_it(one: int, other: int) -> None:
    _, found = frame_of(SPLIT)
    for piece in found.values():
        shared = set(piece.after(one)) & set(piece.after(other))
        assert len(shared) == (len(piece.after(one)) if one == other else 0)
