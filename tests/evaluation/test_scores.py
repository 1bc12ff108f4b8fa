"""What is counted, what the figures come to, and how far chance could move them."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from support.gold_articles import (
    DIRECT,
    FIRST,
    INDIRECT,
    LEAK,
    SECOND,
    THOUGHT,
    gold_article,
    prediction,
    quote,
)

from attributor.evaluation.matching import compare
from attributor.evaluation.scores import Evaluation, Key, figures, intervals

RIGHT = quote(FIRST, SECOND, by="Mayor Ada Quill", name="Quill")
ANSWERED = {**RIGHT, "stance": [{"target": "the wall", "label": "favor"}]}


def outcomes(*quotes: dict[str, Any]) -> list[str]:
    return [match.outcome for match in compare(gold_article(), prediction(*quotes)).matches]


def test_a_quote_in_pieces_is_one() -> None:
    pieces = [quote(piece, by="Mayor Ada Quill") for piece in (FIRST, SECOND)]
    assert outcomes(*pieces) == ["right", "missed", "missed"]


def test_a_quote_of_which_a_part_is_found_is_partly_found() -> None:
    assert outcomes(quote(SECOND, by="Mayor Ada Quill"))[0] == "partly"


def test_a_quote_with_another_speaker_is_misattributed() -> None:
    assert outcomes(quote(FIRST, SECOND, by="Her deputy"))[0] == "misattributed"


def test_what_nobody_said_is_invented_and_what_is_said_twice_repeated() -> None:
    found = compare(
        gold_article(), prediction(RIGHT, RIGHT, quote("Bo Lark thinks", by="Her deputy"))
    )
    assert [stray.outcome for stray in found.strays] == ["repeated", "invented"]
    assert (found.missed, found.partly, found.misattributed, found.wrong) == (1, 0, 0, 2)


def test_what_is_predicted_in_a_discarded_passage_does_not_count() -> None:
    stray = quote("Bo Lark thinks", by="Her deputy")
    article = gold_article(discard=[stray["content"]])
    assert compare(article, prediction(stray)).strays == ()


def test_a_thought_is_neither_asked_for_nor_held_against_a_prediction() -> None:
    predicted = prediction(RIGHT, quote(LEAK, by="Her deputy"), quote(THOUGHT, by="Bo Lark"))
    found = Evaluation([compare(gold_article(), predicted)]).figures
    assert (found["R", "all"], found["P", "all"], found["F1", "all"]) == (100, 100, 100)


def test_with_all_a_thought_is_asked_for() -> None:
    found = Evaluation([compare(gold_article(), prediction(RIGHT), everything=True)])
    assert found.total["gold", "all"] == 3
    assert found.figures["R", "all"] == 33.3


def test_an_article_without_a_prediction_counts_as_missed() -> None:
    comparison = compare(gold_article(), None)
    assert comparison.missed == 2
    assert Evaluation([comparison]).figures["F1", "all"] == 0


def test_the_article_with_most_faults_comes_first() -> None:
    good = prediction(RIGHT, quote(LEAK, by="Her deputy"))
    articles = [(good, 0), (prediction(), 2), (prediction(RIGHT), 1)]
    comparisons = [compare(gold_article(), predicted) for predicted, _ in articles]
    assert [each.faults for each in comparisons] == [number for _, number in articles]
    assert Evaluation(comparisons).worst == [1, 2, 0]


# --- stances -----------------------------------------------------------------------------------


def stance(*quotes: dict[str, Any]) -> tuple[float | None, ...]:
    found = Evaluation([compare(gold_article(), prediction(*quotes))]).figures
    return tuple(found[each, "stance"] for each in ("accuracy", "macro_F1", "abstained"))


def test_a_target_is_matched_whatever_its_case() -> None:
    assert stance(ANSWERED) == (100, 100, 0)


def test_no_answer_is_an_abstention_and_wrong() -> None:
    unanswered = quote(LEAK, by="Her deputy")
    # favor is right, and against is never given: F1 of 100 and of 0
    assert stance(ANSWERED, unanswered) == (50, 50, 50)
    unclear = {**unanswered, "stance": [{"target": "the gates", "label": "unclear"}]}
    assert stance(ANSWERED, unclear) == (50, 50, 50)


def test_a_wrong_label_is_wrong_and_no_abstention() -> None:
    wrong = {**quote(LEAK, by="Her deputy"), "stance": [{"target": "the gates", "label": "favor"}]}
    assert stance(ANSWERED, wrong) == (50, 33.3, 0)  # F1: favor 2/3, against 0


def test_stances_of_quotes_that_were_not_found_are_not_compared() -> None:
    assert stance() == (None, None, None)
    total = Evaluation([compare(gold_article(), prediction())]).total
    assert total["stances", "gold"] == 2


# --- chance ------------------------------------------------------------------------------------


def counted(*found: int) -> list[Counter[Key]]:
    return [
        Counter({("gold", "all"): 10, ("found", "all"): each, ("exact", "all"): each})
        for each in found
    ]


def test_intervals_hold_the_figure_and_are_the_same_each_time() -> None:
    counts = counted(*range(11))
    low, high = intervals(counts)["found", "all"]
    assert figures(sum(counts, Counter()))["found", "all"] == 50
    assert low < 50 < high
    assert intervals(counts) == intervals(counts)


def test_intervals_are_as_wide_as_articles_differ() -> None:
    apart, alike = counted(0, 10, 0, 10, 0, 10), counted(5, 5, 5, 5, 5, 5)
    assert intervals(alike)["found", "all"] == (50, 50)
    low, high = intervals(apart)["found", "all"]
    # of six draws between 0 and 1, fewer than one or more than five ones come in 1.6 % each way
    assert (low, high) == (16.7, 83.3)


def test_one_article_has_no_interval() -> None:
    assert intervals(counted(5)) == {}


def test_a_sample_keeps_the_counts_of_an_article_together() -> None:
    found = intervals(counted(1, 9, 4, 7))
    assert found["found", "all"] == found["exact", "all"]


@pytest.mark.parametrize("quoted", [DIRECT, INDIRECT])
def test_gold_itself_as_a_prediction_is_all_right(quoted: dict[str, Any]) -> None:
    article = gold_article(quotes=[quoted])
    found = Evaluation([compare(article, prediction(quoted))], stances=True).figures
    assert {found[key] for key in (("F1", "all"), ("R", quoted["kind"]))} == {100}
    assert found["accuracy", "stance"] == 100
