"""Texts that ask for more work than news of their size."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

import pytest
from support.dense import KINDS, news

from attributor.embedded.allowance import AHEAD_CODE_POINTS, Allowance
from attributor.marking import mark
from attributor.marking.density import MAX_CODE_POINTS_ALWAYS_READ, unread, without
from attributor.pipeline import Annotator
from attributor.records import Annotation, Article
from attributor.settings import Settings

CODE_POINTS = 6_000
"""The length of the texts whose calls are counted."""
MAX_TIMES_NEWS = 4
"""A dense text makes no more times the calls that news of its length makes."""


def annotated(text: str) -> Annotation:
    return Annotator(Settings(engine="embedded")).annotate_now(Article(id="a", text=text))


def calls(work: Callable[[], object]) -> int:
    """How many functions are called: what does not depend on the machine."""
    count = 0

    def counted(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


@pytest.fixture(scope="module")
def calls_for_news() -> int:
    annotated(news(CODE_POINTS))  # what is loaded once is not counted
    return calls(lambda: annotated(news(CODE_POINTS)))


@pytest.mark.parametrize(
    "kind",
    [
        "cues: he said",
        "cues: he said, one sentence",
        "cues: commas between",
        "cues: nested that",
        "cues: marks",
        "cues: short quotes",
        "names: one a line",
        "names: all different",
        "marks: opening",
        "marks: nested singles",
        "commas: said",
        "German: nested",
        "German: free speech",
        "dialogue: one line",
    ],
)
def test_a_dense_text_takes_little_more_work_than_news_of_its_length(
    kind: str, calls_for_news: int
) -> None:
    text = KINDS[kind](CODE_POINTS)
    annotated(text)
    assert calls(lambda: annotated(text)) <= MAX_TIMES_NEWS * calls_for_news


def test_words_that_are_left_to_rules_alone_are_told_of() -> None:
    annotation = annotated(KINDS["cues: short quotes"](CODE_POINTS))
    assert annotation.quotes
    assert any("were left to rules alone" in warning for warning in annotation.warnings)


def test_words_that_nobody_reads_are_told_of() -> None:
    annotation = annotated(KINDS["cues: he said"](CODE_POINTS))
    assert any("left unread" in warning for warning in annotation.warnings)


def test_news_is_read_whole() -> None:
    assert not annotated(news(60_000)).warnings


def test_what_is_too_dense_is_unattributed_and_told_of() -> None:
    before, after = news(20_000), news(10_000)
    text = f"{before}\n{'“' * 30_000}\n{after}"
    annotation = annotated(text)
    assert any("left unread" in warning for warning in annotation.warnings)
    (longest,) = (span for span in annotation.unattributed if span.end - span.start > 10_000)
    assert set(text[longest.start : longest.end][10_000:-10_000]) == {"“"}
    last = max(quote.spans[0].start for quote in annotation.quotes)
    assert last > len(before) + 30_000


def test_nothing_is_looked_for_in_what_is_too_dense() -> None:
    text = news(20_000) + "\n" + "a. " * 20_000
    marking = mark(Article(id="a", text=text), "en")
    assert marking.text == text
    ((start, end),) = marking.unread
    assert end == len(text)
    assert not any(start <= token.start < end for token in marking.tokens)


@pytest.mark.parametrize("length", [10, MAX_CODE_POINTS_ALWAYS_READ])
def test_a_text_of_an_article_s_length_is_read_whatever_it_is_like(length: int) -> None:
    assert not unread("." * length)


def test_what_is_left_out_keeps_the_places_of_the_rest() -> None:
    text = "." * 30_000 + " Quill said so."
    left = without(text, ((0, 30_000),))
    assert len(left) == len(text)
    assert left[30_000:] == text[30_000:]
    assert not left[:30_000].strip()


# --- the allowance ------------------------------------------------------------------------------


def test_an_allowance_grows_with_the_text() -> None:
    allowance = Allowance(100_000, per_code_point=0.01, at_least=5)
    allowance.take(5 + AHEAD_CODE_POINTS // 100)
    assert not allowance.covers(0)
    assert allowance.covers(1_000)
    assert allowance.refused == 1


def test_the_end_of_the_text_allows_nothing_ahead() -> None:
    allowance = Allowance(1_000, per_code_point=0.01, at_least=5)
    allowance.take(14)
    assert allowance.covers(0)
    allowance.take(1)
    assert not allowance.covers(1_000)
