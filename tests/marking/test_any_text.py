"""Whatever the text, marking answers, and every offset lies in it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from support.any_text import LANGUAGES, TEXTS

from attributor.marking import Marking, mark
from attributor.records import Article


def ordered(edges: Sequence[tuple[int, int]], length: int) -> None:
    """In the order of the text, without overlap, within it, none empty."""
    assert all(0 <= start < end <= length for start, end in edges)
    assert all(one[1] <= other[0] for one, other in pairwise(edges))


def checked(text: str, language: str | None) -> Marking:
    found = mark(Article(id="a", text=text), language)
    for part in (found.segments, found.tokens, found.cues, found.mentions):
        ordered([(x.start, x.end) for x in part], len(text))
    ordered(found.paragraphs, len(text))
    ordered(found.sentences, len(text))
    ordered([(p.start, p.end) for p in found.passages], len(text))
    ordered([(p.outer_start, p.outer_end) for p in found.passages], len(text))
    return found


@settings(max_examples=300)
@given(TEXTS, LANGUAGES)
@example("“\n“\n”", "en")
@example("— a, said\n- - -", "en")
@example("", None)
def test_marking_never_fails_and_keeps_every_offset_in_order(text: str, code: str | None) -> None:
    checked(text, code)


@settings(max_examples=200)
@given(TEXTS, LANGUAGES)
def test_segments_are_numbered_trimmed_and_hold_every_word(text: str, code: str | None) -> None:
    found = checked(text, code)
    assert [s.number for s in found.segments] == list(range(1, len(found.segments) + 1))
    held: set[int] = set()
    for segment in found.segments:
        words = text[segment.start : segment.end]
        assert words == words.strip()
        held.update(range(segment.start, segment.end))
    assert all(i in held for i, ch in enumerate(text) if ch.isalnum())


@settings(max_examples=200)
@given(TEXTS, LANGUAGES)
def test_a_marked_segment_lies_in_one_passage_and_the_others_in_none(
    text: str, code: str | None
) -> None:
    found = checked(text, code)
    for segment in found.segments:
        within = [
            p
            for p in found.passages
            if p.outer_start <= segment.start and segment.end <= p.outer_end
        ]
        touched = [p for p in found.passages if p.start < segment.end and segment.start < p.end]
        assert len(within) == segment.marked
        assert touched == within


@settings(max_examples=200)
@given(TEXTS)
def test_a_passage_lies_in_its_paragraph_inside_its_marks(text: str) -> None:
    found = checked(text, "en")
    for number, passage in enumerate(found.passages):
        start, end = found.paragraphs[passage.paragraph]
        assert (
            start <= passage.outer_start <= passage.start < passage.end <= passage.outer_end <= end
        )
        if passage.continues is not None:
            assert passage.continues == number + 1
            assert found.passages[number + 1].paragraph == passage.paragraph + 1
            assert not passage.closed


@pytest.mark.parametrize(
    "unit", ["“", "'", "a", '"a ', "- a\n", "“a b,” he said. ", "the ", "Brandt ", "“a ", "“‘a "]
)
def test_a_long_run_of_one_thing_is_marked_in_time(unit: str) -> None:
    begun = time.process_time()
    checked(unit * (20_000 // len(unit)), "en")
    assert time.process_time() - begun < 2
