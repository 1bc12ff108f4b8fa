"""How far an answer is believed: a weak model must not be able to do harm."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.dialogues import (
    answered,
    changes,
    dialogue,
    finished,
    names_of,
    only,
    said,
    texts,
)
from support.drafts import Said, draft_of
from support.embedded import annotate

from attributor.errors import AnswerError
from attributor.messages import Answer
from attributor.prompting.belief import NOT_BELIEVED, is_known
from attributor.records import Annotation, Article

TEXT = """Ada Moravec said the ferry was old. “It leaks,” she said.
Milo Brandt replied that it would sail. “It always has,” Brandt said.
Oda Rask warned that the weir was low. It was a cold day in Vell."""
# 1 Ada Moravec said … old.  2 “It leaks,”  3 she said.  4 Milo Brandt replied … sail.
# 5 “It always has,”  6 Brandt said.  7 Oda Rask warned … low.  8 It was … Vell.
OLD = Said("the ferry was old", "said", "Ada Moravec", "Ada Moravec")
LEAKS = Said("It leaks", "said", "she", "Ada Moravec")
SAILS = Said("it would sail", "replied", "Milo Brandt", "Milo Brandt")
ALWAYS = Said("It always has", "said", "Brandt", "Milo Brandt")
LOW = Said("the weir was low", "warned", "Oda Rask", "Oda Rask")
ALL = (OLD, LEAKS, SAILS, ALWAYS, LOW)
DRAFT = draft_of(TEXT, *ALL)
NAMES = ["Ada Moravec", "Ada Moravec", "Milo Brandt", "Milo Brandt", "Oda Rask"]


def unsure(line: Said, **fields: object) -> Said:
    return Said(**{**line.__dict__, "words": 0.5, **fields})


def entry(at: str, draft: int = 0, **fields: Any) -> dict[str, Any]:
    known = {"draft": draft, "at": at, "cue": "said", "mention": "Ada Moravec"}
    return known | {"name": "Ada Moravec", "own": False} | fields


def result(*answers: Answer, draft: Annotation = DRAFT) -> Annotation:
    """What becomes of the draft; a repair that is asked for beyond the answers finds nothing."""
    talk = dialogue(TEXT, draft=draft)
    for found in answers:
        talk.take(only(talk), found)
    for request in talk.requests():
        talk.take(request, changes())
    return finished(talk)


def is_untouched(annotation: Annotation) -> bool:
    same = [quote.model_copy(update={"decided_by": None}) for quote in annotation.quotes]
    untouched = result(changes())
    return same == [q.model_copy(update={"decided_by": None}) for q in untouched.quotes]


# --- answers that are broken ----------------------------------------------------------------------


def test_an_answer_that_crosses_out_most_sure_lines_is_not_believed() -> None:
    annotation = result(changes(drop=[1, 2, 3]))
    assert is_untouched(annotation)
    assert {quote.decided_by for quote in annotation.quotes} == {"draft"}
    assert annotation.warnings == (
        f"{NOT_BELIEVED}it crosses out 3 of 5 quotes that the draft is sure of.",
    )


def test_of_an_answer_that_is_not_believed_nothing_else_is_either() -> None:
    added = entry("8", own=True)
    annotation = result(changes(added, drop=[1, 2, 3], names={4: "Oda Rask"}, not_speech=[2]))
    assert is_untouched(annotation)


def test_an_answer_that_is_not_believed_is_not_asked_about_again() -> None:
    talk = dialogue(TEXT, draft=draft_of(TEXT, OLD, SAILS, LOW))
    talk.take(only(talk), changes(drop=[1, 2, 3]))
    assert talk.requests() == []


def test_an_answer_that_crosses_out_some_sure_lines_is_believed() -> None:
    annotation = result(changes(drop=[1, 3], not_speech=[2, 5]))
    assert texts(annotation) == [["It leaks"], ["It always has"], ["the weir was low"]]
    assert annotation.warnings == ()


def test_an_answer_that_renames_most_sure_names_is_not_believed() -> None:
    annotation = result(changes(names={1: "Oda Rask", 2: "Oda Rask", 3: "Oda Rask"}))
    assert is_untouched(annotation)
    assert annotation.warnings == (
        f"{NOT_BELIEVED}it renames 3 of 5 speakers that the draft is sure of.",
    )


def test_an_answer_that_names_nobody_for_most_sure_names_is_not_believed() -> None:
    assert is_untouched(result(changes(names=dict.fromkeys(range(1, 5), ""))))


def test_an_answer_that_renames_some_sure_names_is_believed() -> None:
    assert names_of(result(changes(names={2: "Oda Rask", 4: "Oda Rask"}))) == [
        *("Ada Moravec", "Oda Rask", "Milo Brandt", "Oda Rask", "Oda Rask")
    ]


def test_names_that_are_given_again_rename_nobody() -> None:
    annotation = result(changes(names=dict(enumerate(NAMES, start=1))))
    assert is_untouched(annotation)
    assert annotation.warnings == ()


def test_names_that_are_not_sure_may_all_be_changed() -> None:
    draft = draft_of(TEXT, *(unsure(line, who=0.4) for line in ALL))
    annotation = result(changes(names=dict.fromkeys(range(1, 6), "Oda Rask")), draft=draft)
    assert set(names_of(annotation)) == {"Oda Rask"}


def test_an_answer_whose_names_are_not_in_the_article_is_not_believed() -> None:
    annotation = result(changes(names={1: "Vesna Horvat", 2: "Jan Kowalski"}))
    assert is_untouched(annotation)
    assert annotation.warnings == (
        f"{NOT_BELIEVED}2 of the 2 names that it gives are not in the article.",
    )


def test_the_names_of_entries_count_among_those_that_are_given() -> None:
    vesna = entry("1 the ferry … old", 1, name="Vesna Horvat")
    assert is_untouched(result(changes(vesna, names={4: "Jan Kowalski"})))


@pytest.mark.parametrize("name", ["Oda Rask", ""])
def test_an_answer_that_renames_most_sure_names_by_entries_is_not_believed(name: str) -> None:
    entries = [entry("", line, cue="", mention="", name=name) for line in range(1, 6)]
    annotation = result(changes(*entries))
    assert is_untouched(annotation)


def test_names_beside_entries_do_not_hide_that_these_rename() -> None:
    entries = [entry("", line, cue="", mention="", name="Oda Rask") for line in range(1, 6)]
    assert is_untouched(result(changes(*entries, names=dict(enumerate(NAMES, start=1)))))


def test_shorter_forms_of_the_same_names_rename_nobody() -> None:
    annotation = result(changes(names={1: "Moravec", 2: "Moravec", 3: "Brandt"}))
    assert names_of(annotation) == NAMES
    assert annotation.warnings == ()


@pytest.mark.parametrize(
    "name",
    [
        "Vesna Horvat",
        "B",
    ],
)
def test_a_name_that_the_article_does_not_have_leaves_its_line_as_it_was(name: str) -> None:
    annotation = result(changes(names={1: name}))
    assert is_untouched(annotation)
    assert [q.decided_by for q in annotation.quotes] == ["draft", *["confirmed"] * 4]
    assert annotation.warnings == ()


# --- choices where there are none -----------------------------------------------------------------


@pytest.mark.parametrize("choice", ["A", "another", "nobody"])
def test_an_answer_that_chooses_for_lines_that_leave_no_choice_is_not_believed(choice: str) -> None:
    annotation = result(changes(who=dict.fromkeys((1, 2, 3), choice), names={5: "Ada Moravec"}))
    assert is_untouched(annotation)
    assert {quote.decided_by for quote in annotation.quotes} == {"draft"}
    assert annotation.warnings == (
        f"{NOT_BELIEVED}it chooses among names for 3 quotes that leave no choice.",
    )


def test_an_answer_that_chooses_for_lines_that_are_not_sure_is_not_believed_either() -> None:
    draft = draft_of(TEXT, *(unsure(line, who=0.4) for line in ALL))
    annotation = result(changes(who={1: "A", 2: "A", 3: "A"}, drop=[4]), draft=draft)
    assert texts(annotation) == texts(draft)
    assert annotation.warnings[0].startswith(NOT_BELIEVED)


def test_two_idle_choices_say_nothing_and_the_rest_is_believed() -> None:
    annotation = result(changes(who={1: "B", 2: "nobody"}, names={5: "Ada Moravec"}))
    assert names_of(annotation) == [*NAMES[:4], "Ada Moravec"]
    assert annotation.warnings == ()


def test_choices_for_lines_that_leave_one_are_not_idle() -> None:
    choices = (("Ada Moravec", 0.5), ("Oda Rask", 0.4))
    doubted = [Said(**{**line.__dict__, "name": "", "choices": choices}) for line in ALL[:3]]
    who = {1: "A", 2: "A", 3: "B", 4: "A", 5: "A"}
    annotation = result(changes(who=who), draft=draft_of(TEXT, *doubted, *ALL[3:]))
    assert names_of(annotation) == [*NAMES[:2], "Oda Rask", *NAMES[3:]]
    assert annotation.warnings == ()


def test_a_choice_for_a_line_that_there_is_not_costs_itself() -> None:
    annotation = result(changes(who={11: "A"}, names={5: "Ada Moravec"}))
    assert names_of(annotation)[4] == "Ada Moravec"


def test_an_answer_about_lines_that_there_are_not_is_not_believed() -> None:
    annotation = result(changes(who={11: "A"}, names={12: "Oda Rask", 5: "Ada Moravec"}))
    assert is_untouched(annotation)
    assert annotation.warnings == (f"{NOT_BELIEVED}it speaks of 2 lines that the draft has not.",)


TERMS = "The “Long Night” began, then the “Low Tide” and the “Big Fix” of Vell."


def test_cues_that_the_article_does_not_have_make_an_answer_broken() -> None:
    text = f"{TEXT}\n{TERMS}"
    made_up = [entry(at, cue="name the speaker", mention="") for at in ("10", "12", "14")]
    annotation = answered(
        text, changes(*made_up, names={5: "Ada Moravec"}), draft=draft_of(text, *ALL)
    )
    assert {quote.decided_by for quote in annotation.quotes} == {"draft"}
    assert "3 of the 3 cues that it gives are not in the article" in annotation.warnings[0]


def test_a_new_quote_that_credits_nobody_is_left_uncredited() -> None:
    text = f"{TEXT}\n{TERMS}"
    uncued = entry("10", cue="", mention="", name="")
    annotation = answered(text, changes(uncued, not_speech=[12, 14]), draft=draft_of(text, *ALL))
    assert len(annotation.quotes) == len(ALL)
    assert any("Long Night" in span.text for span in annotation.unattributed)


def test_a_new_quote_that_holds_its_own_cue_is_no_quote() -> None:
    annotation = result(changes(entry("8 It was a cold day in Vell", cue="was", mention="Vell")))
    assert texts(annotation) == texts(DRAFT)


def test_one_name_that_is_not_in_the_article_costs_no_more_than_itself() -> None:
    annotation = result(changes(names={1: "Vesna Horvat"}, drop=[5]))
    assert len(annotation.quotes) == 4
    assert names_of(annotation) == NAMES[:4]


@pytest.mark.parametrize(
    ("name", "stands"),
    [
        ("Ada Moravec", True),
        ("MORAVEC", True),
        ("Moravcová", True),
        ("Milo Kowalski", False),
        ("", True),
        (" ", True),
    ],
)
def test_a_name_is_known_the_article_in_whatever_case(name: str, stands: bool) -> None:
    assert is_known(name, TEXT) is stands


# --- lines one by one -----------------------------------------------------------------------------


@pytest.mark.parametrize("dropped", [[1], [1, 2]])
def test_of_a_few_sure_lines_each_is_kept_by_itself(dropped: list[int]) -> None:
    draft = draft_of(TEXT, OLD, SAILS)
    annotation = result(changes(drop=dropped, not_speech=[2, 5]), draft=draft)
    assert texts(annotation) == [["the ferry was old"], ["it would sail"]]
    kept = [quote.decided_by for quote in annotation.quotes]
    assert kept[: len(dropped)] == ["draft"] * len(dropped)


def test_lines_that_are_not_sure_are_dropped_on_one_word() -> None:
    draft = draft_of(TEXT, *map(unsure, ALL))
    annotation = result(changes(drop=[1, 2, 3, 4, 5], not_speech=[2, 5]), draft=draft)
    assert annotation.quotes == ()
    assert annotation.warnings == ()


def test_among_a_few_sure_lines_those_that_are_not_are_dropped() -> None:
    draft = draft_of(TEXT, OLD, unsure(LEAKS), unsure(SAILS), LOW)
    annotation = result(changes(drop=[1, 2, 3, 4], not_speech=[2, 5]), draft=draft)
    assert texts(annotation) == [["the ferry was old"], ["the weir was low"]]


def test_a_line_that_an_entry_replaces_is_not_dropped() -> None:
    replaced = entry("1 ferry was old", 1)
    annotation = result(changes(replaced, drop=[1, 2, 3]))
    assert texts(annotation)[0] == ["ferry was old"]
    assert annotation.warnings == ()


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(entry("1 the boat was old", 1), id="words that are not there"),
        pytest.param(entry("99", 1), id="a segment that is not there"),
        pytest.param(entry("the ferry was old", 1), id="no place"),
        pytest.param(entry("4-1", 1), id="a place that runs backwards"),
        pytest.param(entry("8", 1, cue="", mention=""), id="words that nobody said"),
        pytest.param(entry("3", 1, cue="said", mention="she"), id="a cue alone"),
        pytest.param(entry("1", 1, own="maybe"), id="an entry that is malformed"),
    ],
)
def test_a_wrong_entry_costs_itself_and_the_line_stands(wrong: dict[str, Any]) -> None:
    right = entry("4 it would …", 3, cue="replied", mention="Milo Brandt", name="Milo Brandt")
    annotation = result(changes(wrong, right, names={5: "Oda Rask"}))
    assert texts(annotation) == texts(DRAFT)
    assert names_of(annotation) == NAMES
    assert annotation.quotes[2].decided_by == "confirmed"


def test_a_new_entry_does_not_take_words_from_a_sure_line() -> None:
    annotation = result(changes(entry("1-3", own=True)))
    assert texts(annotation) == texts(DRAFT)
    assert names_of(annotation) == NAMES


def test_a_new_entry_takes_the_words_of_a_line_that_is_not_sure() -> None:
    draft = draft_of(TEXT, unsure(OLD), LEAKS, SAILS, ALWAYS, LOW)
    annotation = result(changes(entry("1 ferry was old")), draft=draft)
    assert texts(annotation) == [["ferry was old"], *texts(DRAFT)[1:]]


def test_an_entry_that_replaces_one_line_takes_no_words_of_another() -> None:
    swallowed = entry("1-3", 1, own=True)
    annotation = result(changes(swallowed))
    pieces = [span for quote in annotation.quotes for span in quote.spans]
    for one, other in pairwise(pieces):
        assert one.end <= other.start


def test_an_entry_that_swallows_most_sure_lines_is_not_believed() -> None:
    whole = entry("1-8", 1, own=True, cue="", mention="Vell")
    annotation = result(changes(whole, names={5: "Ada Moravec"}))
    assert is_untouched(annotation)
    assert [speaker.name for speaker in annotation.speakers] == [*dict.fromkeys(NAMES)]
    assert annotation.warnings == (
        f"{NOT_BELIEVED}it crosses out 4 of 5 quotes that the draft is sure of.",
    )


def test_an_answer_that_swallows_most_sure_lines_is_not_asked_about_again() -> None:
    talk = dialogue(TEXT, draft=DRAFT)
    talk.take(only(talk), changes(entry("1-8", 1, own=True), entry("99")))
    assert talk.requests() == []


def test_lines_that_are_swallowed_count_with_those_that_are_crossed_out() -> None:
    swallows = entry("1 the ferry … 3", 1, own=True, cue="", mention="Ada Moravec")
    believed, too_many = result(changes(swallows)), result(changes(swallows, drop=[4, 5]))
    assert len(believed.quotes) == 4
    assert is_untouched(too_many)
    assert too_many.warnings == (
        f"{NOT_BELIEVED}it crosses out 3 of 5 quotes that the draft is sure of.",
    )


def test_an_entry_that_swallows_lines_that_are_not_sure_is_believed() -> None:
    draft = draft_of(TEXT, OLD, *map(unsure, (LEAKS, SAILS, ALWAYS)), LOW)
    annotation = result(changes(entry("1-6", 1, own=True), not_speech=[5]), draft=draft)
    assert not any(warning.startswith(NOT_BELIEVED) for warning in annotation.warnings)
    assert annotation.quotes[0].decided_by == "changed"


@pytest.mark.xfail(strict=True, reason="of fewer than three sure lines each can be swallowed")
def test_of_a_few_sure_lines_none_is_swallowed() -> None:
    draft = draft_of(TEXT, OLD, SAILS)
    annotation = result(changes(entry("1-4", 1, own=True), not_speech=[5]), draft=draft)
    assert annotation.quotes[-1].decided_by == "draft"
    assert names_of(annotation)[-1] == "Milo Brandt"


def test_an_entry_beside_its_line_takes_its_place() -> None:
    draft = draft_of(TEXT, LEAKS, ALWAYS, unsure(LOW, pieces="Oda"))
    right = entry("7 the weir …", 3, cue="warned", mention="Oda Rask", name="Oda Rask")
    assert texts(result(changes(right), draft=draft))[2:] == [["the weir was low"]]


def test_an_entry_for_a_line_whose_name_is_chosen_takes_the_choice() -> None:
    choices = (("Ada Moravec", 0.5), ("Oda Rask", 0.4))
    draft = draft_of(TEXT, OLD, unsure(LEAKS, name="", choices=choices), SAILS, ALWAYS, LOW)
    changed = entry("2", 2, mention="she", name="", own=True)
    annotation = result(changes(changed, who={2: "B"}), draft=draft)
    assert names_of(annotation)[1] == "Oda Rask"


def test_a_repair_has_no_lines_and_cannot_change_the_draft() -> None:
    draft = draft_of(TEXT, OLD, SAILS, LOW)
    annotation = result(
        changes(), changes(drop=[1, 2, 3], names={1: "Oda Rask"}, not_speech=[2, 5]), draft=draft
    )
    assert texts(annotation) == texts(draft)
    assert names_of(annotation) == names_of(draft)


# --- a weak model ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(changes(drop=[1, 2, 3, 4, 5]), id="crosses out all it sees"),
        pytest.param(changes(names=dict.fromkeys(range(1, 6), "nobody")), id="names nobody"),
        pytest.param(changes(names=dict.fromkeys(range(1, 6), "Oda Rask")), id="one name for all"),
        pytest.param(changes(names=dict.fromkeys(range(1, 6), "A")), id="letters for names"),
        pytest.param(changes(who=dict.fromkeys(range(1, 6), "A")), id="choices where none are"),
        pytest.param(changes(not_speech=list(range(1, 9))), id="calls everything no speech"),
        pytest.param(changes(*[entry(f"{n}") for n in range(1, 9)]), id="counts upwards"),
        pytest.param(changes(*[entry("1") for _ in range(40)]), id="says the same for ever"),
        pytest.param(changes(drop=list(range(1, 151))), id="crosses out what is not there"),
    ],
)
def test_a_weak_model_does_a_sure_draft_no_harm(answer: Answer) -> None:
    annotation = result(answer, draft=DRAFT)
    found = list(zip(texts(annotation), names_of(annotation), strict=True))
    assert [said_by for said_by in zip(texts(DRAFT), NAMES, strict=True) if said_by in found] == [
        *zip(texts(DRAFT), NAMES, strict=True)
    ]


WORDS = st.sampled_from(
    [
        *("", "the ferry", "It leaks", "said", "ferry was old", "old", "it would sail", "Vell"),
        *("a boat", "“", "… old", "the ferry …", "low. It", "Brandt … sail"),
    ]
)
NUMBERS = st.integers(-1, 10)
PLACES = st.one_of(
    st.just(""),
    st.builds(lambda n, words: f"{n} {words}".strip(), NUMBERS, WORDS),
    st.builds(lambda a, b, words: f"{a}-{b} {words}".strip(), NUMBERS, NUMBERS, WORDS),
    st.builds(lambda a, b, c, d: f"{a} {b} … {c} {d}", NUMBERS, WORDS, NUMBERS, WORDS),
    st.builds(lambda a, b, c, d: f"{a} {b} + {c} {d}", NUMBERS, WORDS, NUMBERS, WORDS),
)
ANY_NAME = st.sampled_from(
    [
        *("", "nobody", "Ada Moravec", "Moravec", "Milo Brandt", "Oda Rask", "Rask", "Vell"),
        *("Vesna Horvat", "Ada Horvat", "Milo Moravec", "the ferry", "President Brandt", "she"),
        *("ODA RASK", "Oda  Rask", "Rask Oda", "Brandt said", "It leaks", "</draft>", "\ud800"),
    ]
) | st.text(max_size=8)
ENTRIES = st.fixed_dictionaries(
    {
        "draft": NUMBERS,
        "at": PLACES,
        "cue": st.sampled_from(["", "said", "replied", "warned", "that", "It leaks"]),
        "mention": st.sampled_from(["", "she", "Brandt", "Oda Rask", "Ada Moravec", "Nobody"]),
        "name": ANY_NAME,
        "own": st.booleans(),
    }
)
CHOICES = st.fixed_dictionaries(
    {"draft": NUMBERS, "is": st.sampled_from(["A", "B", "C", "another", "nobody", "D"])}
)
BODIES = st.fixed_dictionaries(
    {
        "who": st.lists(CHOICES, max_size=3),
        "names": st.lists(st.fixed_dictionaries({"draft": NUMBERS, "name": ANY_NAME}), max_size=3),
        "quotes": st.lists(ENTRIES, max_size=4),
        "drop": st.lists(NUMBERS, max_size=4),
        "not_speech": st.lists(NUMBERS, max_size=3),
    }
)
CHANCES = st.sampled_from([None, 0.3, 0.79, 0.8, 0.99])


@st.composite
def drafts(draw: st.DrawFn) -> Annotation:
    """Some of the lines, as sure as may be, with any names of the article."""
    lines = []
    for line in draw(st.lists(st.sampled_from(ALL), unique=True)):
        fields: dict[str, Any] = {"words": draw(CHANCES), "who": draw(CHANCES)}
        fields["name"] = draw(st.sampled_from(["", *NAMES]))
        if draw(st.booleans()):
            fields["choices"] = (("Ada Moravec", 0.5), ("Oda Rask", 0.3))
        lines.append(Said(**{**line.__dict__, **fields}))
    return draft_of(TEXT, *lines)


@settings(max_examples=120, deadline=None)
@given(drafts() | st.just(annotate(Article(id="bridge", text=TEXT), "en")), BODIES, BODIES)
@example(DRAFT, json.loads(changes(drop=[1]).text), {"quotes": []})
def test_whatever_is_answered_to_a_draft_all_is_verbatim_and_every_name_is_the_articles(
    draft: Annotation, first: dict[str, Any], second: dict[str, Any]
) -> None:
    talk = dialogue(TEXT, draft=draft)
    for body in (first, second):
        for request in talk.requests():
            try:
                talk.take(request, said(json.dumps(body)))
            except AnswerError:
                return
    annotation = finished(talk)
    assert all(TEXT[span.start : span.end] == span.text for span in annotation.spans())
    shown = " ".join(TEXT.split())
    for speaker in annotation.speakers:
        for name in (speaker.name, *speaker.aliases):
            assert name == "" or re.search(rf"(?<!\w){re.escape(name)}(?!\w)", shown)
    for quote in annotation.quotes:
        assert all(candidate.name in shown for candidate in quote.candidates)
        assert quote.decided_by is not None
    pieces = sorted((s.start, s.end) for quote in annotation.quotes for s in quote.spans)
    for one, other in pairwise(pieces):
        assert one[1] <= other[0]


# --- answers that were cut off --------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["", '{"names":[{"draft":1', '{"quotes":[{"draft":1,"at":"1', " " * 1000, "D1 is"]
)
def test_a_draft_stands_where_an_answer_was_cut_off_with_nothing_usable(text: str) -> None:
    talk = dialogue(TEXT, draft=DRAFT)
    talk.take(only(talk), said(text, finish_reason="length"))
    annotation = finished(talk)
    assert is_untouched(annotation)
    assert {quote.decided_by for quote in annotation.quotes} == {"draft"}
    (warning,) = annotation.warnings
    assert warning.startswith(f"{NOT_BELIEVED}The ")


def test_the_warning_about_an_answer_that_was_cut_off_says_so_and_what_helps() -> None:
    assert answered(TEXT, said("", finish_reason="length"), draft=DRAFT).warnings == (
        f"{NOT_BELIEVED}The answer about 'bridge' was cut off after 10 output tokens; "
        "raise the server's limit, or try a model that does not think aloud.",
    )


def test_without_a_draft_an_answer_that_was_cut_off_with_nothing_usable_is_an_error() -> None:
    with pytest.raises(AnswerError, match="was cut off after 10 output tokens"):
        answered(TEXT, said("", finish_reason="length"))


def test_a_window_without_lines_has_no_draft_that_stands() -> None:
    with pytest.raises(AnswerError, match="was cut off"):
        answered(TEXT, said("", finish_reason="length"), draft=draft_of(TEXT))


def test_a_repair_that_was_cut_off_does_not_make_the_first_answer_unbelieved() -> None:
    talk = dialogue(TEXT, draft=draft_of(TEXT, OLD, SAILS, LOW))
    talk.take(only(talk), changes(names={5: "Ada Moravec"}))
    talk.take(only(talk), said("", finish_reason="length"))
    warnings = finished(talk).warnings
    assert any("was cut off" in warning for warning in warnings)
    assert not any(warning.startswith(NOT_BELIEVED) for warning in warnings)


def cut_in_its_third_entry(**body: Any) -> Answer:
    """An answer whose first two entries came whole."""
    ferry, sail = entry("1 ferry was old", 1), entry("4 it would …", 3, cue="replied")
    sail |= {"mention": "Milo Brandt", "name": "Milo Brandt"}
    whole = changes(ferry, sail, entry("8"), **body).text
    return said(whole[: whole.rindex('"cue"')], finish_reason="length")


def test_of_an_answer_that_was_cut_off_the_whole_entries_are_believed() -> None:
    annotation = result(cut_in_its_third_entry())
    assert [quote.decided_by for quote in annotation.quotes] == ["changed", *["confirmed"] * 4]
    assert annotation.warnings == (
        "An answer was odd: the answer was cut off after 10 output tokens.",
    )


@pytest.mark.xfail(strict=True, reason="only entries are kept of an answer that was cut off")
def test_of_an_answer_that_was_cut_off_the_choices_and_names_are_believed() -> None:
    choices = (("Ada Moravec", 0.5), ("Oda Rask", 0.4))
    draft = draft_of(TEXT, OLD, unsure(LEAKS, name="", choices=choices), SAILS, ALWAYS, LOW)
    annotation = result(cut_in_its_third_entry(who={2: "B"}, names={4: "Oda Rask"}), draft=draft)
    assert names_of(annotation) == ["Ada Moravec", "Oda Rask", "Milo Brandt", "Oda Rask", NAMES[4]]


def test_an_answer_that_nobody_can_read_is_an_error_with_a_draft_as_without() -> None:
    with pytest.raises(AnswerError, match="is not JSON"):
        answered(TEXT, said("D1 is wrong."), draft=DRAFT)
