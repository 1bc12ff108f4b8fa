"""Which drafts are quotes, and what is left of quotes that share words."""

from __future__ import annotations

from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.sheets import index, mention, random_weights, sheet_of, tokens_in, weights, words

from attributor.embedded import feature_templates as templates
from attributor.embedded.by_weights import Tagged, propose, settled, tagged
from attributor.embedded.candidates import candidates
from attributor.embedded.token_arrays import Sheet
from attributor.embedded.weights import Weights

SURE = {"cue": 9.0, "source": 9.0}
"""Constants by which every cue is a candidate, and every mention can be its source."""
TEXT = "Mara Quill said that the bridge, which is old, is not safe."


def said(sheet: Sheet, tokens: frozenset[int]) -> list[str]:
    """The words of each stretch of tokens."""
    ordered = sorted(tokens)
    ranges: list[tuple[int, int]] = []
    for j in ordered:
        if ranges and ranges[-1][1] == j:
            ranges[-1] = ranges[-1][0], j + 1
        else:
            ranges.append((j, j + 1))
    return words(sheet, ranges)


# --- choosing among drafts ----------------------------------------------------------------------


def chosen(model: Weights, text: str = TEXT) -> Tagged:
    (each,) = tagged(sheet_of(text), model)
    return each


def drafts_in(model: Weights, text: str = TEXT) -> list[list[str]]:
    sheet = sheet_of(text)
    (each,) = candidates(sheet, model)
    return [words(sheet, one.pieces) for one in each.drafts]


def test_drafts_share_the_probability_with_there_being_no_quote() -> None:
    model = weights(SURE | {"draft": 1.0})
    count = len(drafts_in(model))
    assert count > 2
    assert chosen(model).likely == pytest.approx(exp(1) / (1 + count * exp(1)))


@pytest.mark.parametrize("rank", range(4))
def test_the_draft_that_scores_best_is_chosen_whatever_its_labels_say(rank: int) -> None:
    prefers = templates.DRAFT_RANK.features(0, rank, 0, 0)[1]
    model = weights(SURE, {prefers: 5.0})
    sheet = sheet_of(TEXT)
    (each,) = tagged(sheet, model)
    (candidate,) = candidates(sheet, model)
    assert each.tokens == {j for piece in candidate.drafts[rank].pieces for j in range(*piece)}
    assert each.likely > 0.8


def test_where_no_draft_is_likely_there_is_no_quote() -> None:
    assert list(tagged(sheet_of(TEXT), weights(SURE | {"draft": -5.0}))) == []


def test_according_to_is_a_quote_even_if_no_draft_is_likely() -> None:
    text = "According to Mara Quill, the bridge is safe."
    (each,) = tagged(sheet_of(text), weights({"draft": -9.0}))
    assert each.likely < 0.01


def test_drafts_that_differ_in_a_few_words_make_each_other_surer() -> None:
    text = "Mara Quill said that the old iron bridge by the cold wide river is not safe now."
    first_rank = templates.DRAFT_RANK.features(0, 0, 0, 0)[1]
    each = chosen(weights(SURE | {"draft": 3.0}, {first_rank: 1.0}), text)
    assert each.sure > 1.3 * each.likely
    alone = chosen(weights(SURE | {"draft": 3.0, "piece": -9.0}), text)
    assert alone.sure == alone.likely


def test_what_the_rules_take_goes_with_the_quote() -> None:
    sheet = sheet_of(TEXT)
    (each,) = tagged(sheet, weights(SURE))
    assert words(sheet, each.ruled) == ["that the bridge, which is old, is not safe."]


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("“The bridge,” Mara Quill said, “is not safe.”", ["“The bridge,”", "is not safe."]),
        ("“The bridge!” Mara Quill said. “It is not safe.”", ["“The bridge!”"]),
        ("“The bridge,” Mara Quill said, “It is not safe.”", ["“The bridge,”"]),
    ],
)
def test_the_second_half_of_a_sentence_that_its_clause_cuts_goes_with_the_first(
    text: str, held: list[str]
) -> None:
    sheet = sheet_of(text)
    two_pieces_before_the_cue = templates.PIECE_PLACE.features(0, 9 - 2, *[0] * 18)[1]
    first_half_alone = weights(SURE | {"piece": -5.0}, {two_pieces_before_the_cue: 10.0})
    (each,) = tagged(sheet, first_half_alone)
    assert said(sheet, each.tokens) == held


# --- what is left of quotes that share words ----------------------------------------------------


def quote(
    sheet: Sheet,
    cue: str,
    *phrases: str,
    likely: float = 0.9,
    source: str | None = None,
    ruled: tuple[str, ...] = (),
) -> Tagged:
    tokens = frozenset(j for phrase in phrases for j in range(*tokens_in(sheet, phrase)))
    by_rules = tuple(tokens_in(sheet, phrase) for phrase in ruled)
    who = mention(sheet, source) if source else None
    return Tagged(index(sheet, cue), likely, likely, who, tokens, by_rules)


def left_of(sheet: Sheet, *quotes: Tagged) -> dict[str, list[str]]:
    """Cue -> the words of its quote."""
    text = sheet.marking.text
    found = settled(sheet, list(quotes)).quotes
    return {
        text[q.cue.start : q.cue.end]: [text[p.start : p.end] for p in q.pieces]
        for q in found
        if q.cue
    }


def test_tokens_side_by_side_are_one_span() -> None:
    sheet = sheet_of(TEXT)
    assert left_of(sheet, quote(sheet, "said", "the bridge", ", which is old", "not safe")) == {
        "said": ["the bridge, which is old", "not safe"]
    }


@pytest.mark.parametrize(("said", "claimed"), [(0.9, 0.8), (0.8, 0.9)])
def test_of_two_quotes_with_the_same_words_the_likelier_stays(said: float, claimed: float) -> None:
    sheet = sheet_of("Quill said and claimed the bridge was safe.")
    one = quote(sheet, "said", "the bridge was safe", likely=said)
    other = quote(sheet, "claimed", "the bridge was safe", likely=claimed)
    assert list(left_of(sheet, one, other)) == ["said" if said > claimed else "claimed"]


def test_two_quotes_that_share_few_words_both_stay() -> None:
    sheet = sheet_of("Quill said it rained and it was late, as Lund claimed in his letter.")
    one = quote(sheet, "said", "it rained and it was late")
    other = quote(sheet, "claimed", "late", "in his letter")
    assert list(left_of(sheet, one, other)) == ["said", "claimed"]


@pytest.mark.parametrize(
    ("outer", "kept"), [(0.7, "said"), (0.5, "claimed")]  # odds of 0.8 are 1.39, of 0.5 are 0
)  # fmt: skip
def test_a_cue_that_holds_another_may_be_a_little_less_likely_and_stay(
    outer: float, kept: str
) -> None:
    sheet = sheet_of("Quill said Lund claimed the bridge was safe.")
    one = quote(sheet, "said", "Lund claimed the bridge was safe", likely=outer)
    other = quote(sheet, "claimed", "the bridge was safe", likely=0.85)
    assert list(left_of(sheet, one, other)) == [kept]


def test_a_passage_with_a_reporting_clause_of_its_own_goes_to_nobody_else() -> None:
    text = "Quill claimed the bridge was safe for all of us. “It is old,” Lund said."
    sheet = sheet_of(text)
    greedy = quote(sheet, "claimed", "the bridge was safe for all of us. “It is old,”")
    own = quote(sheet, "said", "It is old,", likely=0.5)
    assert left_of(sheet, greedy, own)["claimed"] == ["the bridge was safe for all of us"]


def test_a_clause_that_is_joined_to_another_begins_a_quote_of_its_own() -> None:
    sheet = sheet_of("Quill claimed the old bridge was quite safe and Lund said it was closed.")
    one = quote(sheet, "claimed", "the old bridge was quite safe and Lund said", source="Quill")
    other = quote(sheet, "said", "it was closed", source="Lund")
    assert left_of(sheet, one, other) == {
        "claimed": ["the old bridge was quite safe"],
        "said": ["it was closed"],
    }


def test_where_most_of_a_quote_belongs_to_others_the_rules_content_counts() -> None:
    sheet = sheet_of("Quill claimed so on Monday. “The old bridge is safe,” Lund said.")
    greedy = quote(sheet, "claimed", "so", "The old bridge is safe", ruled=("so on Monday",))
    own = quote(sheet, "said", "The old bridge is safe")
    assert left_of(sheet, greedy, own)["claimed"] == ["so on Monday"]
    nothing_ruled = quote(sheet, "claimed", "so", "The old bridge is safe")
    assert "claimed" not in left_of(sheet, nothing_ruled, own)


@pytest.mark.parametrize(
    ("text", "phrase", "own"),
    [
        ("I will close the bridge, Quill said.", "I will close the bridge", True),
        ("She will close the bridge, Quill said.", "She will close the bridge", None),
        ("“I will close the bridge,” Quill said.", "I will close the bridge", None),
    ],
)
def test_speech_without_marks_in_the_first_person_is_in_the_speakers_own_words(
    text: str, phrase: str, own: bool | None
) -> None:
    sheet = sheet_of(text)
    (found,) = settled(sheet, [quote(sheet, "said", phrase)]).quotes
    assert found.own_words is own


# --- all of it ----------------------------------------------------------------------------------

ARTICLE = (
    "“The bridge,” Mara Quill said, “is not safe.” She added that Oskar Lund claimed it was.\n\n"
    "“We closed it on Monday. “I told them so,” Lund said, and the mayor denied it.\n\n"
    "According to Ana Holt, nobody knows. Holt: It is late."
)


@given(st.integers(0, 10_000), st.sampled_from([0.01, 0.1, 1.0]))
def test_whatever_the_weights_a_quote_is_of_words_of_the_article_in_their_order(
    seed: int, most: float
) -> None:
    marking = sheet_of(ARTICLE).marking
    for found in propose(Sheet(marking), random_weights(seed, most, SURE)).quotes:
        edges = [edge for piece in found.pieces for edge in (piece.start, piece.end)]
        assert edges == sorted(edges)
        assert all(a < b for a, b in zip(edges[::2], edges[1::2], strict=True))
        assert 0 <= edges[0] < edges[-1] <= len(ARTICLE)
        assert found.confidence is None or 0 <= found.confidence <= 1
