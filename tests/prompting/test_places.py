from __future__ import annotations

import pytest

from attributor.marking.evidence import Segment
from attributor.prompting.places import find_source, without_source
from attributor.records import Piece


def left(text: str, cue: str, mention: str, *, starts: str = "", ends: str = "") -> list[str]:
    """What is left of a segment that was proposed whole."""
    segment = Segment(1, 0, len(text), 0, 0, False)
    source = find_source(text, (segment,), 0, 0, cue, mention)
    pieces = [Piece(start=0, end=len(text), starts=starts, ends=ends)]
    return [text[p.start : p.end].strip() for p in without_source(text, pieces, source)]


@pytest.mark.parametrize(
    ("text", "cue", "mention", "expected"),
    [
        ("He noted that it rained.", "noted", "He", ["that it rained."]),
        ("In Lima, Ann said that it rained.", "said", "Ann", ["that it rained."]),
        ("It rained, Ann said.", "said", "Ann", ["It rained,"]),
        ("It rained all day, said Ann on Monday.", "said", "Ann", ["It rained all day,"]),
        ("It rained, said Ann, and it snowed.", "said", "Ann", ["It rained,", ", and it snowed."]),
        ("According to Ann, it rained.", "According to", "Ann", [", it rained."]),
        ("Ann, a fisher, complained of the rain.", "complained", "Ann", ["of the rain."]),
        ("It rained on Ann.", "", "", ["It rained on Ann."]),
        ("It rained.", "said", "Ann", ["It rained."]),
        ("Ann said.", "said", "Ann", ["Ann said."]),
    ],
)
def test_the_source_is_cut_off(text: str, cue: str, mention: str, expected: list[str]) -> None:
    assert left(text, cue, mention) == expected


def test_an_edge_with_words_is_left_as_it_is() -> None:
    text = "Ann said on Monday that it rained."
    assert left(text, "said", "Ann", starts="it rained") == [text]


def test_a_cue_inside_quotation_marks_cuts_nothing() -> None:
    text = "“Ann said it rained,”"
    segment = Segment(1, 0, len(text), 0, 0, True)
    source = find_source(text, (segment,), 0, 0, "said", "Ann")
    pieces = [Piece(start=0, end=len(text))]
    assert without_source(text, pieces, source) == pieces


def test_a_cue_is_looked_for_outside_quotation_marks_first() -> None:
    text = "“He said no,” he said."
    segments = (Segment(1, 0, 13, 0, 0, True), Segment(2, 14, 22, 0, 0, False))
    source = find_source(text, segments, 0, 0, "said", "he")
    assert (source.cue, source.mention) == (Piece(start=17, end=21), Piece(start=14, end=16))


def test_a_cue_and_a_mention_far_apart_cut_nothing() -> None:
    text = f"Ann {'walked on and ' * 20}said it rained."
    assert left(text, "said", "Ann") == [text]


def test_of_two_mentions_the_one_beside_the_cue_counts() -> None:
    text = "Ann slept. Ann said it rained."
    segment = Segment(1, 0, len(text), 0, 0, False)
    source = find_source(text, (segment,), 0, 0, "said", "Ann")
    assert source.mention == Piece(start=11, end=14)
