"""A step of an article: a function of the article and the answers that are there."""

from __future__ import annotations

import json
import pickle

import pytest
from support.batches import annotator, quoting, text_of
from support.chat_server import Shop
from support.panics import PanicException

from attributor.archive.storing.annotation_rows import AnnotationRows
from attributor.archive.working.step import Answers, NeedsAnswers, NoAnnotation, step
from attributor.errors import BusyError, FilteredError, ModelError, RequestError, TooLongError
from attributor.pipeline import Annotator
from attributor.prompting import Answer
from attributor.prompting.belief import NOT_BELIEVED
from attributor.records import Article, Usage

ARTICLE = Article(id="a1", text=text_of(1))
NOTHING_FOUND = Answer('{"quotes": [], "not_speech": []}')


@pytest.fixture
def who(shop: Shop) -> Annotator:
    return annotator(shop, "the bridge")


@pytest.fixture
def without_draft(shop: Shop) -> Annotator:
    return annotator(shop, "the bridge", draft=False)


def stance() -> Answer:
    return Answer(json.dumps({"stances": [{"quote": 1, "target": 1, "label": "favor"}]}))


def asked(who: Annotator, answers: Answers) -> str:
    """The key of the one request that is asked next."""
    outcome = step(who, ARTICLE, answers)
    assert isinstance(outcome, NeedsAnswers)
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
    assert isinstance(rows, AnnotationRows)
    assert [cells[:3] for cells in rows.stances] == [(1, "the bridge", "favor")]


def test_the_same_answers_lead_to_the_same_place_in_another_process(who: Annotator) -> None:
    answers = {asked(who, {}): quoting()}
    here = step(who, ARTICLE, answers)
    there = step(who, *pickle.loads(pickle.dumps((ARTICLE, answers))))
    assert pickle.loads(pickle.dumps(there)) == here


def test_an_answer_that_is_of_no_use_is_named(who: Annotator) -> None:
    key = asked(who, {})
    outcome = step(who, ARTICLE, {key: Answer("", refusal="I would rather not.")})
    assert isinstance(outcome, NoAnnotation)
    assert (outcome.kind, outcome.keys) == ("refused", (key,))
    assert outcome.failure({key: 7}).answers == (7,)


def test_a_text_that_breaks_off_and_quotes_nobody_is_annotated_with_a_warning(
    who: Annotator,
) -> None:
    article = Article(id="a1", text="The bridge is old… [+4994 chars]")
    outcome = step(who, article, {})
    assert isinstance(outcome, NeedsAnswers)
    (key,) = outcome.requests
    rows = step(who, article, {key: Answer(json.dumps({"quotes": [], "not_speech": []}))})
    assert isinstance(rows, AnnotationRows)
    assert (rows.warnings, len(rows.quotes)) == (1, 0)


def test_an_answer_to_a_cut_prompt_is_of_no_use(who: Annotator) -> None:
    long = Article(id="a1", text=f"{ARTICLE.text}\n{'The river rose again that night. ' * 120}")
    asking = step(who, long, {})
    assert isinstance(asking, NeedsAnswers)
    (key,) = asking.requests
    cut = Answer(quoting().text, usage=Usage(requests=1, input_tokens=1_024))
    outcome = step(who, long, {key: cut})
    assert isinstance(outcome, NoAnnotation)
    assert (outcome.kind, outcome.keys) == ("too long", (key,))


@pytest.mark.parametrize("counted", [10, 520])
def test_a_server_that_counts_too_few_tokens_does_not_cost_an_article_without_quotes(
    without_draft: Annotator, counted: int
) -> None:
    few = Usage(requests=1, input_tokens=counted)
    nothing = Answer('{"quotes": [], "not_speech": [2]}', usage=few)
    answers = {asked(without_draft, {}): nothing}
    rows = step(without_draft, ARTICLE, answers)
    assert isinstance(rows, AnnotationRows)
    assert rows.warnings == (1 if counted == 520 else 0)


@pytest.mark.parametrize(
    "error", [BusyError("It is busy."), FilteredError("It filters."), TooLongError("It is long.")]
)
def test_the_first_answer_stands_where_what_comes_after_it_fails(
    who: Annotator, error: ModelError
) -> None:
    answers: dict[str, Answer | ModelError] = {asked(who, {}): quoting()}
    answers[asked(who, answers)] = pickle.loads(pickle.dumps(error))
    rows = step(who, ARTICLE, answers)
    assert isinstance(rows, AnnotationRows)
    assert (len(rows.quotes), rows.stances) == (1, ())
    assert f"1 quote stayed without stances, as asking failed: {error.message}" in rows.json


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (BusyError("It is busy."), "busy"),
        (FilteredError("It filters."), "filtered"),
        (TooLongError("It is long."), "too long"),
        (RequestError("It will not."), "rejected"),
    ],
)
def test_where_the_first_answer_gave_nothing_the_failure_of_the_next_is_the_articles(
    without_draft: Annotator, error: ModelError, kind: str
) -> None:
    answers: dict[str, Answer | ModelError] = {}
    answers[asked(without_draft, answers)] = NOTHING_FOUND
    answers[asked(without_draft, answers)] = error
    outcome = step(without_draft, ARTICLE, answers)
    assert outcome == NoAnnotation(kind, error.message)


@pytest.mark.parametrize("error", [BusyError("It is busy."), RequestError("It will not.")])
def test_where_the_first_answer_changed_nothing_the_draft_stands_whatever_comes_next(
    who: Annotator, error: ModelError
) -> None:
    answers: dict[str, Answer | ModelError] = {asked(who, {}): NOTHING_FOUND}
    answers[asked(who, answers)] = error
    rows = step(who, ARTICLE, answers)
    assert isinstance(rows, AnnotationRows)
    assert (len(rows.quotes), rows.stances) == (1, ())


def test_an_answer_that_was_cut_off_costs_no_article_that_has_a_draft(
    who: Annotator, without_draft: Annotator
) -> None:
    endless = Answer('{"quotes": [{"at": "2", "na', finish_reason="length")
    nothing = step(without_draft, ARTICLE, {asked(without_draft, {}): endless})
    assert isinstance(nothing, NoAnnotation)
    assert nothing.kind == "cut off"
    answers: dict[str, Answer] = {asked(who, {}): endless}
    answers[asked(who, answers)] = stance()
    rows = step(who, ARTICLE, answers)
    assert isinstance(rows, AnnotationRows)
    assert (len(rows.quotes), rows.warnings) == (1, 1)
    assert NOT_BELIEVED in rows.json


@pytest.mark.parametrize("fault", [RuntimeError("no"), PanicException("no")])
def test_a_fault_of_the_program_is_one_articles_failure(
    who: Annotator, monkeypatch: pytest.MonkeyPatch, fault: BaseException
) -> None:
    def broken(article: Article) -> None:
        raise fault

    monkeypatch.setattr(who, "conversation", broken)
    outcome = step(who, ARTICLE, {})
    assert isinstance(outcome, NoAnnotation)
    assert outcome.kind == "unexpected"
