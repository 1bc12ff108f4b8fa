"""Which words may be a cue, who its source is, and the likeliest drafts of what it reports."""

from __future__ import annotations

from itertools import pairwise, product
from math import exp, log

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from support.sheets import draft, index, mention, random_weights, sheet_of, weights, words

from attributor.embedded import feature_templates as templates
from attributor.embedded.candidates import (
    CueCandidate,
    Draft,
    candidates,
    loss,
    overlap,
    reports_nothing,
    size,
    word_runs,
)
from attributor.embedded.cue_features import of_pieces, of_source, read_by_rules
from attributor.embedded.token_arrays import Sheet, hashed
from attributor.embedded.weights import Weights

SURE = {"cue": 9.0, "source": 9.0}
"""Constants by which every cue is a candidate, and every mention can be its source."""


def cues_of(text: str, model: Weights) -> list[str]:
    sheet = sheet_of(text)
    return [sheet.low(each.i) for each in candidates(sheet, model)]


# --- cues and sources ---------------------------------------------------------------------------


def test_what_marking_takes_for_a_cue_is_looked_at_and_what_was_learned_as_one() -> None:
    text = "Mara Quill said it rained. Oskar Lund sat."
    assert cues_of(text, weights(SURE)) == ["said"]
    assert cues_of(text, weights(SURE, cues=["sat"])) == ["said", "sat"]


def test_a_cue_that_its_words_speak_against_is_not_read_by_the_rules() -> None:
    (said,) = templates.CUE_WORD.features(hashed("said"), 0, 0, 0)[:1]
    content = templates.CUE_SUBJECT.features(0, 0, 0, 1)[3]
    text = "Mara Quill said that it rained."
    assert cues_of(text, weights({"source": 9}, {said: -2.4, content: 9})) == ["said"]
    assert cues_of(text, weights({"source": 9}, {said: -2.6, content: 9})) == []


@pytest.mark.parametrize(("odds", "found"), [(-1.4, ["said"]), (-1.6, [])])
def test_a_cue_needs_some_log_odds(odds: float, found: list[str]) -> None:
    assert cues_of("Mara Quill said it rained.", weights({"cue": odds, "source": 9})) == found


def test_according_to_is_a_candidate_however_little_was_learned_of_it() -> None:
    text = "According to Mara Quill, the bridge is safe."
    assert cues_of(text, weights({"cue": -9, "source": -9})) == ["according"]


@pytest.mark.parametrize(
    ("text", "cue", "nothing"),
    [
        ("She did not say that it was safe.", "say", True),
        ("She said that it was not safe.", "said", False),
        ("She asked not to be named.", "asked", True),
        ("She promised not to close the pit.", "promised", False),
        ("She was told that it was safe.", "told", True),
        ("She was later told that it was safe.", "told", True),
        ("She is best known for the song “Safe”.", "known", True),
        ("She told him that it was safe.", "told", False),
        ("She was saying that it was safe.", "saying", False),
    ],
)
def test_what_was_not_said_or_was_said_to_the_subject_is_reported_by_nobody(
    text: str, cue: str, nothing: bool
) -> None:
    sheet = sheet_of(text)
    assert reports_nothing(sheet, index(sheet, cue)) is nothing
    assert (cue in cues_of(text, weights(SURE))) is not nothing


FAR_AND_NEAR = "Mara Quill was there, and the mayor said it rained."


def of_said(text: str, model: Weights) -> CueCandidate:
    sheet = sheet_of(text)
    return next(each for each in candidates(sheet, model) if sheet.low(each.i) == "said")


def source_of(each: CueCandidate) -> str | None:
    text = each.frame.sheet.marking.text
    return text[each.source.start : each.source.end] if each.source else None


def test_the_source_is_the_mention_that_scores_best_whatever_the_rules_take() -> None:
    by_rules = 3 + 2  # the rules' subject, where they find one
    ruled, other = (templates.SOURCE_PLACE.features(v, *[0] * 10)[0] for v in (by_rules, 2))
    each = of_said(FAR_AND_NEAR, weights({"cue": 9}, {ruled: 2}))
    assert (source_of(each), each.sourced, each.rival) == ("the mayor", 2, 0)
    each = of_said(FAR_AND_NEAR, weights({"cue": 9}, {other: 2}))
    assert (source_of(each), each.sourced) == ("Mara Quill", 2)


@pytest.mark.parametrize(
    ("more", "text", "source"),
    [
        (0.5, "Oskar Lund’s barrister, Mara Quill, said that rain fell.", "Mara Quill"),
        (1.5, "Oskar Lund’s barrister, Mara Quill, said that rain fell.", "Oskar Lund"),
        (0.5, "Oskar Lund, a barrister, Mara Quill, said that rain fell.", "Oskar Lund"),
    ],
)
def test_whoever_owns_something_gives_way_to_somebody_nearly_as_likely(
    more: float, text: str, source: str
) -> None:
    sheet = sheet_of(text)
    i = index(sheet, "said")
    reading = read_by_rules(sheet, i)
    owner, other = (
        set(of_source(sheet, i, mention(sheet, name), reading))
        for name in ("Oskar Lund", "Mara Quill")
    )
    each = of_said(text, weights(SURE, {min(owner - other): more}))
    assert source_of(each) == source


def test_without_a_second_mention_the_rival_is_far_behind() -> None:
    each = of_said("The mayor said that rain fell.", weights(SURE))
    assert (each.sourced, each.rival) == (9, -6)


def test_a_cue_without_a_source_is_no_candidate() -> None:
    assert cues_of("The mayor said it rained.", weights({"cue": 9, "source": -2})) == []


def test_nobody_is_not_a_source() -> None:
    assert cues_of("Nobody said it rained.", weights(SURE)) == []


# --- drafts -------------------------------------------------------------------------------------

SHORT_TEXTS = [
    "Quill said it rained.",
    "“It rained,” Quill said.",
    "It rained, Quill said, and we left.",
    "“It rained,” Quill said. “We left.”",
]
MOST_KEPT, MOST_DRAFTS = 10, 6


def every_draft(sheet: Sheet, model: Weights, each: CueCandidate) -> list[tuple[float, list[str]]]:
    """The likeliest labellings that differ in their words, by trying every one there is."""
    pieces = list(of_pieces(each.frame))
    steps = [
        [
            model.score("piece", piece.features) + model.sum(piece.after(before))
            for before in range(3)
        ]
        for piece in pieces
    ]
    by_last: dict[int, list[tuple[float, tuple[int, ...]]]] = {0: [], 1: []}
    for labels in product((0, 1), repeat=len(pieces)):
        befores = (2, *labels[:-1])
        odds = [row[before] for row, before in zip(steps, befores, strict=True)]
        total = sum(loss(o if label else -o) for o, label in zip(odds, labels, strict=True))
        by_last[labels[-1]].append((total, labels))
    kept = sorted(path for paths in by_last.values() for path in sorted(paths)[:MOST_KEPT])
    assume(all(b - a > 1e-9 for (a, _), (b, _) in pairwise(kept)))
    found: dict[tuple[tuple[int, int], ...], float] = {}
    for total, labels in kept:
        inside = [piece for piece, label in zip(each.frame.pieces, labels, strict=True) if label]
        found.setdefault(word_runs(sheet, inside), total)
    found.pop((), None)
    return [(total, words(sheet, runs)) for runs, total in found.items()][:MOST_DRAFTS]


@pytest.mark.parametrize("text", SHORT_TEXTS)
@given(seed=st.integers(0, 10_000))
def test_the_drafts_are_the_likeliest_of_all_labellings(text: str, seed: int) -> None:
    model = random_weights(seed, 0.005, SURE)  # so small that none is dropped on the way
    sheet = sheet_of(text)
    (each,) = candidates(sheet, model)
    expected = every_draft(sheet, model, each)
    found = [(one.loss, words(sheet, one.runs)) for one in each.drafts][: len(expected)]
    assert [phrases for _, phrases in found] == [phrases for _, phrases in expected]
    assert [total for total, _ in found] == pytest.approx([total for total, _ in expected])


LONG = "“It is late, I think,” Mara Quill said on Monday. “We left, and it rained.” Lund agreed."


@given(st.integers(0, 10_000), st.sampled_from([0.02, 0.2, 2.0]))
def test_drafts_are_few_differ_in_their_words_and_come_in_order(seed: int, most: float) -> None:
    sheet = sheet_of(LONG)
    for each in candidates(sheet, random_weights(seed, most, SURE)):
        runs = [one.runs for one in each.drafts]
        assert len(set(runs)) == len(runs)
        assert 1 <= len(runs) <= MOST_DRAFTS + 1  # and what the rules take
        assert () not in runs
        losses = [one.loss for one in each.drafts]
        assert losses == sorted(losses)
        assert losses[0] >= 0
        assert all(one.runs == word_runs(sheet, one.pieces) for one in each.drafts)


def test_what_the_rules_take_is_a_draft_even_if_the_labels_say_otherwise() -> None:
    outside = weights(SURE | {"piece": -9})
    assert [words(sheet, one.runs) for sheet, one in drafts_of(LONG, outside)] == [
        ["It is late, I think", "We left, and it rained"]
    ]  # fmt: skip


def drafts_of(text: str, model: Weights) -> list[tuple[Sheet, Draft]]:
    each = of_said(text, model)
    return [(each.frame.sheet, one) for one in each.drafts]


def test_a_draft_that_is_much_less_likely_than_the_best_is_none() -> None:
    sure, unsure = weights(SURE | {"piece": 3.5}), weights(SURE | {"piece": 0.1})
    assert len(drafts_of("Quill said it rained.", sure)) < len(
        drafts_of("Quill said it rained.", unsure)
    )


def test_the_label_before_a_piece_counts() -> None:
    """A step from content to content that is worth much makes one run of everything."""
    start, outside, inside = (
        templates.STEP_VALUES[label].features(0, 0, 0, 0)[0] for label in (2, 0, 1)
    )
    together = weights(SURE | {"piece": -0.5}, {start: 3.0, inside: 3.0, outside: -3.0})
    (_, first), *_ = drafts_of("Quill said it rained.", together)
    assert len(first.runs) == 1
    assert len(first.pieces) == len(of_said("Quill said it rained.", together).frame.pieces)


@pytest.mark.parametrize("odds", [-800.0, -31.0, -1.0, 0.0, 2.5, 40.0])
def test_the_loss_is_minus_log_of_the_probability(odds: float) -> None:
    assert loss(odds) == pytest.approx(log(1 + exp(-odds)) if odds > -700 else -odds)
    assert loss(odds) >= 0


# --- runs of words ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("phrases", "runs"),
    [
        (["“It is late,", " I think,”"], ["It is late, I think"]),
        (["It is late", "on Monday."], ["It is late", "on Monday"]),
        ([",” Mara Quill"], ["Mara Quill"]),
        ([",”"], []),
        ([], []),
    ],
)
def test_runs_go_from_word_to_word_over_punctuation(phrases: list[str], runs: list[str]) -> None:
    sheet = sheet_of(LONG)
    assert words(sheet, draft(sheet, *phrases).runs) == runs


RUNS = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 8)), max_size=3)


@given(RUNS, RUNS)
@example([(0, 5)], [(5, 2)])
def test_overlap_and_size_count_words(
    some: list[tuple[int, int]], others: list[tuple[int, int]]
) -> None:
    sheet = sheet_of(LONG)
    one, other = (
        word_runs(sheet, sorted((a, min(a + b, sheet.count)) for a, b in each if b > 0))
        for each in (_apart(some), _apart(others))
    )
    held = [{j for run in runs for j in range(*run) if sheet.is_word[j]} for runs in (one, other)]
    assert size(sheet, one) == len(held[0])
    assert overlap(sheet, one, other) == overlap(sheet, other, one) == len(held[0] & held[1])


def _apart(runs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Without those that begin in one before them."""
    kept: list[tuple[int, int]] = []
    for start, length in sorted(runs):
        if not kept or start >= sum(kept[-1]):
            kept.append((start, length))
    return kept
