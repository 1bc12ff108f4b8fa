"""A step of an article: a function of the article and the answers that are there."""

from __future__ import annotations

import json
import pickle

import pytest
from panics import PanicException

from attributor.archive.storing.rows import Rows
from attributor.archive.working.steps import Asking, Useless, step
from attributor.pipeline import Annotator
from attributor.prompting import Answer
from attributor.records import Article, Usage

from .conftest import text_of
from .shop import Shop
from .working import annotator

ARTICLE = Article(id="a1", text=text_of(1))


@pytest.fixture
def who(shop: Shop) -> Annotator:
    return annotator(shop, "the bridge")


def quoting() -> Answer:
    quote = {"at": "2", "cue": "said", "mention": "Ana Petric", "name": "Ana Petric", "own": True}
    return Answer(json.dumps({"quotes": [quote], "not_speech": []}))


def stance() -> Answer:
    return Answer(json.dumps({"stances": [{"quote": 1, "target": 1, "label": "favor"}]}))


def asked(who: Annotator, answers: dict[str, Answer]) -> str:
    """The key of the one request that is asked next."""
    outcome = step(who, ARTICLE, answers)
    assert isinstance(outcome, Asking)
    (key,) = outcome.requests
    return key


def test_a_step_goes_as_far_as_the_answers_reach(who: Annotator) -> None:
    answers: dict[str, Answer] = {}
    first = asked(who, answers)
    answers[first] = quoting()
    second = asked(who, answers)
    assert second != first
    answers[second] = stance()
    rows = step(who, ARTICLE, answers)
    assert isinstance(rows, Rows)
    assert [cells[:3] for cells in rows.stances] == [(1, "the bridge", "favor")]


def test_the_same_answers_lead_to_the_same_place_in_another_process(who: Annotator) -> None:
    answers = {asked(who, {}): quoting()}
    here = step(who, ARTICLE, answers)
    there = step(who, *pickle.loads(pickle.dumps((ARTICLE, answers))))
    assert pickle.loads(pickle.dumps(there)) == here


def test_an_answer_that_is_of_no_use_is_named(who: Annotator) -> None:
    key = asked(who, {})
    outcome = step(who, ARTICLE, {key: Answer("", refusal="I would rather not.")})
    assert isinstance(outcome, Useless)
    assert (outcome.kind, outcome.keys) == ("refused", (key,))
    assert outcome.failure({key: 7}).answers == (7,)


def test_a_text_that_breaks_off_and_quotes_nobody_is_annotated_with_a_warning(
    who: Annotator,
) -> None:
    article = Article(id="a1", text="The bridge is old… [+4994 chars]")
    outcome = step(who, article, {})
    assert isinstance(outcome, Asking)
    (key,) = outcome.requests
    rows = step(who, article, {key: Answer(json.dumps({"quotes": [], "not_speech": []}))})
    assert isinstance(rows, Rows)
    assert (rows.warnings, len(rows.quotes)) == (1, 0)


def test_an_answer_to_a_cut_prompt_is_too_short_to_be_true(who: Annotator) -> None:
    key = asked(who, {})
    cut = Answer(quoting().text, usage=Usage(requests=1, input_tokens=3))
    outcome = step(who, ARTICLE, {key: cut})
    assert isinstance(outcome, Useless)
    assert outcome.kind == "too long"


@pytest.mark.parametrize("fault", [RuntimeError("no"), PanicException("no")])
def test_a_fault_of_the_program_is_one_articles_failure(
    who: Annotator, monkeypatch: pytest.MonkeyPatch, fault: BaseException
) -> None:
    def broken(article: Article) -> None:
        raise fault

    monkeypatch.setattr(who, "dialogue", broken)
    outcome = step(who, ARTICLE, {})
    assert isinstance(outcome, Useless)
    assert outcome.kind == "unexpected"
