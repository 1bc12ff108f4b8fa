"""Quotes at the edge between two windows, and costs that must not grow with the article."""

from __future__ import annotations

from support.dialogues import answered, changes, dialogue, marking, said, texts

from attributor.pipeline import annotate
from attributor.prompting.belief import is_known
from attributor.prompting.places import BadPlace, read_places
from attributor.prompting.windows import MAX_SEGMENTS, cut
from attributor.records import Article

BEFORE = " ".join(f"House number {n} stood by the river." for n in range(MAX_SEGMENTS - 3))
LONG = (
    "“The bridge is safe. Nobody has to drive around it. It was built well. It will stand for "
    "years. We looked at it twice,” said Ada Moravec, the city engineer."
)
TEXT = f"{BEFORE} {LONG} It rained."


def test_a_window_does_not_end_inside_a_passage() -> None:
    windows = cut(marking(TEXT))
    assert len(windows) == 2
    assert TEXT[windows[1].segments[0].start] == "“"


def test_a_long_passage_does_not_make_a_window_empty() -> None:
    text = "“" + " ".join(f"Sentence {n} is here." for n in range(400)) + "” said Ada Moravec."
    windows = cut(marking(text))
    assert sum(len(window.segments) for window in windows) == len(marking(text).segments)
    assert all(window.segments for window in windows)


def test_words_that_a_line_of_the_window_before_has_are_neither_open_nor_taken_again() -> None:
    cued = f"{BEFORE} It is late. “We go,” said Ada Moravec, “and we come back.” It rained."
    draft = annotate(Article(id="bridge", text=cued, language="en"), engine="embedded")
    talk = dialogue(cued, draft=draft)
    for request in talk.requests():
        talk.take(request, said('{"quotes":[]}'))
    assert talk.result is not None
    assert texts(talk.result) == texts(draft)


def test_of_two_new_entries_with_the_same_words_inside_a_line_none_is_added() -> None:
    text = "Ada Moravec said on Monday that the bridge was safe and that nobody had to drive."
    draft = annotate(Article(id="bridge", text=text, language="en"), engine="embedded")
    again = {"draft": 0, "at": "1 nobody had … drive.", "cue": "said", "mention": "Ada Moravec"}
    twice = [again | {"name": name, "own": False} for name in ("Ada Moravec", "Monday")]
    assert texts(answered(text, changes(*twice), draft=draft)) == texts(draft)


def test_a_place_of_blanks_is_read_at_once() -> None:
    bridge = marking()
    (window,) = cut(bridge)
    found = read_places("1" + " " * 1_000_000 + "+", window, bridge)
    assert not isinstance(found, BadPlace)


def test_the_last_word_of_a_name_is_looked_up_by_its_beginning() -> None:
    assert is_known("Ada Moravec", "Moravca su pitali.")
    assert not is_known("Ada Moravec", "Nobody of that name was there.")
