"""What is seen of a draft as a whole, beside the other candidates of the article."""

from __future__ import annotations

import pytest
from support.sheets import (
    candidate,
    draft,
    index,
    mention,
    number_in,
    saw_pair,
    saw_word,
    sheet_of,
)

from attributor.embedded import feature_templates as templates
from attributor.embedded.candidates import CueCandidate
from attributor.embedded.draft_features import Scene, of_candidate, of_drafts

BASE = 20
"""Two small numbers are mixed as digits to this base."""
EVEN_STEP = 6
"""The step of log-odds 0."""

# --- the scene ----------------------------------------------------------------------------------

SCENE = (
    "Quill said it rained, Lund added it was late, and Holt claimed it was over.\n\nBerg agreed."
)


def scene_of(text: str, odds: dict[str, float]) -> Scene:
    """A scene with a candidate at each of these words, each with one draft: the word behind it."""
    sheet = sheet_of(text)
    found = []
    for word, each in odds.items():
        i = index(sheet, word)
        found.append(candidate(sheet, i, draft(sheet, sheet.low(i + 1)), odds=each))
    return Scene(sheet, found)


def test_neighbours_are_the_other_candidates_of_the_paragraph() -> None:
    scene = scene_of(SCENE, {"said": 1, "added": 1, "claimed": 1, "agreed": 1})
    beside = [scene.sheet.low(each.i) for each in scene.neighbours(scene.candidates[1])]
    assert beside == ["said", "claimed"]


def test_a_candidate_far_away_in_an_endless_paragraph_is_no_neighbour() -> None:
    scene = scene_of(f"Quill said it {'and so on ' * 50} Lund added it.", {"said": 1, "added": 1})
    assert scene.neighbours(scene.candidates[0]) == []


def test_only_likely_cues_count_as_held() -> None:
    scene = scene_of(SCENE, {"said": 1, "added": -2, "claimed": 0})
    everything = (0, scene.sheet.count)
    assert scene.held([everything]) == 2
    assert scene.held([(0, index(scene.sheet, "claimed"))]) == 1
    assert scene.held([]) == 0


def test_the_strongest_rival_counts_and_where_there_is_none_one_far_behind() -> None:
    scene = scene_of(SCENE, {"said": 1, "added": 2, "claimed": -1})
    claimed, agreed = index(scene.sheet, "claimed"), index(scene.sheet, "agreed")
    assert scene.strongest(0, claimed) == 2
    assert scene.strongest(claimed, agreed) == -1
    assert scene.strongest(agreed, agreed + 1) == -3


# --- the candidate ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("odds", "step"),
    [(0, 6), (0.4, 6), (0.5, 7), (1, 8), (-1, 4), (-2.9, 1), (-3, 0), (-9, 0), (5, 16), (99, 16)],
)
def test_log_odds_are_seen_in_steps_of_a_half(odds: float, step: int) -> None:
    scene = scene_of("Quill said it rained.", {"said": odds})
    assert number_in(of_candidate(scene, scene.candidates[0]), templates.CANDIDATE, 1) == step


def test_how_far_the_source_is_before_its_rival_is_seen() -> None:
    sheet = sheet_of("Mara Quill said it rained.")
    who = mention(sheet, "Mara Quill")
    each = candidate(
        sheet, index(sheet, "said"), draft(sheet, "it rained"), source=who, sourced=2, rival=-1
    )
    features = of_candidate(Scene(sheet, [each]), each)
    assert number_in(features, templates.CANDIDATE, 2) == EVEN_STEP + 4
    assert number_in(features, templates.CANDIDATE, 3) == EVEN_STEP + 6
    assert number_in(features, templates.CANDIDATE, 7) == 1 * 4 + 1  # a name before the cue


@pytest.mark.parametrize(("who", "head"), [(None, 0), ("Mara Quill", 1), ("The mayor", "mayor")])
def test_of_a_source_only_a_descriptions_head_is_seen(who: str | None, head: int | str) -> None:
    sheet = sheet_of("The mayor and Mara Quill said it rained.")
    source = mention(sheet, who) if who else None
    each = candidate(sheet, index(sheet, "said"), draft(sheet, "it rained"), source=source)
    features = of_candidate(Scene(sheet, [each]), each)
    if isinstance(head, str):
        assert saw_word(features, templates.CANDIDATE, 12, head)
    else:
        assert number_in(features, templates.CANDIDATE, 12) == head
    assert saw_pair(features, templates.CANDIDATE_WORDS, 7, "said", head)


NESTED = "Quill said that Lund denied that it rained. Holt agreed it rained."


def nested(outer: float, inner: float) -> tuple[Scene, CueCandidate]:
    """The candidate "denied", whose cue lies in the draft of "said"."""
    sheet = sheet_of(NESTED)
    said = candidate(
        sheet, index(sheet, "said"), draft(sheet, "Lund denied that it rained"), odds=outer
    )
    denied = candidate(sheet, index(sheet, "denied"), draft(sheet, "it rained"), odds=inner)
    return Scene(sheet, [said, denied]), denied


@pytest.mark.parametrize(("outer", "inner", "rank"), [(1, 0, 1 + 1 + 2), (0, 1, 1 + 0 + 2)])
def test_a_cue_inside_anothers_likeliest_draft_is_seen_with_who_is_likelier(
    outer: float, inner: float, rank: int
) -> None:
    scene, denied = nested(outer, inner)
    assert number_in(of_candidate(scene, denied), templates.CANDIDATE, 14) == rank * 2
    said = scene.candidates[0]
    assert number_in(of_candidate(scene, said), templates.CANDIDATE, 14) == 0


# --- a draft ------------------------------------------------------------------------------------

SPLIT = (
    "It rained. “The old iron bridge,” Mara Quill said, “is not safe at all.” Lund left at noon."
)


def drafted(*phrases: str, text: str = SPLIT, cue: str = "said") -> list[int]:
    """The features of a draft that holds these phrases."""
    sheet = sheet_of(text)
    source = mention(sheet, "Mara Quill")
    each = candidate(sheet, index(sheet, cue), draft(sheet, *phrases), source=source)
    (features,) = of_drafts(Scene(sheet, [each]), each)
    return features


@pytest.mark.parametrize(
    ("phrases", "shape"),
    [
        (["The old iron bridge"], (1 * 3 + 0) * 2),
        (["is not safe at all"], (0 * 3 + 1) * 2),
        (["The old iron bridge", "is not safe at all"], (1 * 3 + 1) * 2),
        (
            ["It rained", "The old iron bridge", "is not"],
            (1 * 3 + 1) * 2,
        ),  # only punctuation between two
        (["It", "bridge", "is not"], (2 * 3 + 1) * 2),
        (["Mara Quill"], (1 * 3 + 0) * 2),  # right before the cue
        (["Mara Quill said"], (0 * 3 + 0) * 2 + 1),  # around the cue
    ],
)
def test_a_drafts_shape_is_how_many_runs_lie_on_each_side_of_the_cue(
    phrases: list[str], shape: int
) -> None:
    assert number_in(drafted(*phrases), templates.DRAFT_EXTENT, 1) == shape


@pytest.mark.parametrize(
    ("phrases", "place", "seen"),
    [
        (["The old iron bridge", "is not safe at all"], 3, 2),  # runs
        (["The old iron bridge", "is not safe at all"], 4, 8),  # all that the rules take
        (["The old iron bridge"], 4, int(8 * 4 / 9)),  # four of nine words
        (["It rained"], 4, 0),  # nothing of it
    ],
)
def test_a_draft_is_seen_beside_what_the_rules_take(
    phrases: list[str], place: int, seen: int
) -> None:
    assert number_in(drafted(*phrases), templates.DRAFT_EXTENT, place) == seen


@pytest.mark.parametrize(
    ("phrases", "sentences", "opens", "sourced"),
    [
        (["The old iron bridge"], 0, 0, 0),
        (["It rained. “The old iron bridge"], 1, 1, 0),
        (["Mara Quill"], 0, 0, 1),
        (["It rained", "is not safe at all.” Lund left at noon"], 2, 1, 0),
    ],
)
def test_a_draft_is_seen_with_its_sentences_where_it_opens_and_whether_it_holds_its_source(
    phrases: list[str], sentences: int, opens: int, sourced: int
) -> None:
    features = drafted(*phrases)
    seen = [number_in(features, templates.DRAFT_EXTENT, place) // BASE for place in (6, 7, 10)]
    assert seen == [sentences, opens, sourced]


@pytest.mark.parametrize(
    ("phrases", "cut", "left_out"),
    [
        (["The old iron bridge", "is not safe at all."], 0, 0),
        (["The old iron bridge"], 0, 1),
        (["It rained"], 0, 2),
        (["The", "is not safe at all."], 1, 0),
        (["The", "is not"], 2, 0),
        (["The old iron bridge", "is not safe at all"], 0, 0),  # the full stop alone is not cut off
    ],
)
def test_marked_passages_that_a_draft_cuts_or_leaves_out_are_seen(
    phrases: list[str], cut: int, left_out: int
) -> None:
    assert number_in(drafted(*phrases), templates.DRAFT_MARKS, 0) == cut * 4 + left_out


@pytest.mark.parametrize(
    ("phrases", "marked"),
    [(["It rained"], 0), (["The old iron bridge"], 1), (["rained. “The old iron bridge,”"], 2)],
)
def test_a_draft_is_unmarked_or_marked_or_both(phrases: list[str], marked: int) -> None:
    assert number_in(drafted(*phrases), templates.DRAFT_MARKS, 3) // BASE == marked


def test_only_the_runs_that_are_there_are_seen() -> None:
    ahead, behind, both = (
        drafted("The old iron bridge"),
        drafted("is not"),
        drafted("The old iron bridge", "is not"),
    )
    one_run = len(templates.RUN_AHEAD.values.numbers) + len(templates.RUN_AHEAD.pairs.numbers)
    assert len(ahead) == len(behind) == len(both) - one_run
    assert saw_pair(ahead, templates.RUN_AHEAD.pairs, 2, "said", "the")
    assert saw_pair(behind, templates.RUN_BEHIND.pairs, 2, "said", "is")
    assert saw_pair(behind, templates.RUN_BEHIND.pairs, 0, "“", "is")
    assert not saw_pair(behind, templates.RUN_AHEAD.pairs, 2, "said", "is")


@pytest.mark.parametrize(
    ("phrase", "group", "place", "seen"),
    [
        ("is not safe", templates.RUN_BEHIND, 0, 0),  # words between the cue and the run
        ("safe", templates.RUN_BEHIND, 0, 2),
        ("Lund", templates.RUN_BEHIND, 0, 5),
        ("The old iron bridge", templates.RUN_AHEAD, 0, 2),
        ("is not safe", templates.RUN_BEHIND, 1, 1 * 12 + 0),  # and commas
        ("is not safe", templates.RUN_BEHIND, 2, 2),  # words that are left in its sentence
        ("is not safe at all", templates.RUN_BEHIND, 2, 0),
        ("is not safe", templates.RUN_BEHIND, 3, 3),  # its own tokens
    ],
)
def test_a_runs_distance_and_length_are_seen(
    phrase: str, group: templates.Run, place: int, seen: int
) -> None:
    assert number_in(drafted(phrase), group.values, place) == seen


def test_how_a_draft_begins_and_ends_is_seen() -> None:
    features = drafted("is not safe")
    assert saw_pair(features, templates.DRAFT_EDGES, 0, "is", "“")
    assert saw_pair(features, templates.DRAFT_EDGES, 1, "at", "all")


def test_a_drafts_rank_and_how_far_it_is_behind_the_first_are_seen() -> None:
    sheet = sheet_of(SPLIT)
    first = draft(sheet, "The old iron bridge", loss=1.0)
    second = draft(sheet, "is not safe", loss=3.0)
    last = draft(sheet, "It rained", loss=99.0)
    each = candidate(sheet, index(sheet, "said"), first, second, last)
    rows = of_drafts(Scene(sheet, [each]), each)
    seen = [[number_in(row, templates.DRAFT_RANK, place) for place in (1, 2)] for row in rows]
    assert seen == [[0, 0], [1, 3], [2, 8]]


@pytest.mark.parametrize(
    ("phrase", "taken", "held"),
    [
        ("Lund denied that it rained", 1 + 3 * 2 // 5 * 2 + 1, 2 + 2),
        ("it rained", 1 + 3 * 2 // 2 * 2 + 1, 0),  # all of another one's draft
        ("Lund", 0, 0),
    ],
)
def test_what_a_draft_takes_of_another_candidate_is_seen(
    phrase: str, taken: int, held: int
) -> None:
    sheet = sheet_of(NESTED)
    denied = candidate(sheet, index(sheet, "denied"), draft(sheet, "it rained"), odds=1)
    said = candidate(sheet, index(sheet, "said"), draft(sheet, phrase), odds=0)
    (features,) = of_drafts(Scene(sheet, [said, denied]), said)
    assert number_in(features, templates.DRAFT_NEIGHBOURS, 0) == taken
    assert number_in(features, templates.DRAFT_NEIGHBOURS, 2) == held


def test_a_cue_that_is_held_is_seen_as_far_likelier_or_not() -> None:
    for inner, far in ((1.4, 0), (1.6, 4)):
        sheet = sheet_of(NESTED)
        denied = candidate(sheet, index(sheet, "denied"), draft(sheet, "it rained"), odds=inner)
        said = candidate(sheet, index(sheet, "said"), draft(sheet, "Lund denied that"), odds=0)
        (features,) = of_drafts(Scene(sheet, [said, denied]), said)
        assert number_in(features, templates.DRAFT_NEIGHBOURS, 2) == 2 + 2 + far
