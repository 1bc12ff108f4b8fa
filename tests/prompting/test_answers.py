from __future__ import annotations

import json
from typing import Any

import pytest
from support.dialogues import BRIDGE, TEXT, TUNNEL, answer, changes, marking, quote, said
from support.drafts import Said, draft_of

from attributor.errors import AnswerError
from attributor.messages import Answer, Request
from attributor.prompting.answers import AnswerReading, parsed, read_attribution
from attributor.prompting.draft import Draft
from attributor.prompting.windows import cut
from attributor.records import Annotation, Piece, ProposedQuote

REQUEST = Request("bridge", "attribute", 0, (), "attribution", "{}", 100)
DRAFT = draft_of(
    TEXT,
    Said("The bridge is safe. Nobody has to drive around it", "said", "Ada Moravec", "Ada Moravec"),
    Said("repairs would cost two million", "told reporters", "She"),
)


def reading(found: Answer, text: str = TEXT, draft: Annotation | None = None) -> AnswerReading:
    bridge = marking(text)
    (window,) = cut(bridge)
    lines = Draft(draft).by_window([window])[0]
    return read_attribution(parsed(REQUEST, found, "quotes"), window, bridge, lines)


def proposed_by(found: Answer, text: str = TEXT) -> list[ProposedQuote]:
    """The quotes of an answer's entries."""
    return [entry.quote for entry in reading(found, text).entries]


def reasons(found: Answer) -> list[str]:
    return [remark.reason for remark in reading(found).remarks]


@pytest.mark.parametrize(
    ("found", "complaint"),
    [
        (said("", refusal="I cannot do that."), "refused .* saying 'I cannot do that.'"),
        (said("", finish_reason="content_filter"), "content filter stopped"),
        (said('{"quotes":[', finish_reason="length"), "cut off after 10 output tokens"),
        (said(" " * 1_000_000, finish_reason="length"), "1,000,000 blank characters only"),
        (said(""), "gave an empty answer"),
        (said('{"quotes":[{]'), "is not JSON"),
        (said("Here are the quotes."), "is not JSON"),
        (said('{"answer":[]}'), "another shape: it has no list 'quotes'"),
        (said('{"quotes":{}}'), "another shape"),
        (said("[1,2]"), "another shape"),
        (said("[" * 100_000), "is not JSON"),
    ],
)
def test_an_unusable_answer_is_an_error_that_says_what_happened(
    found: Answer, complaint: str
) -> None:
    with pytest.raises(AnswerError, match=complaint) as caught:
        parsed(REQUEST, found, "quotes")
    assert caught.value.article == "bridge"
    assert "'bridge'" in caught.value.message


def test_each_way_of_being_unusable_has_its_own_message() -> None:
    bad = [
        said("", refusal="no"),
        said("", finish_reason="content_filter"),
        said("{", finish_reason="length"),
        said("   "),
        said(""),
        said("{"),
        said("{}"),
    ]
    messages = set()
    for found in bad:
        with pytest.raises(AnswerError) as caught:
            parsed(REQUEST, found, "quotes")
        messages.add(caught.value.message)
    assert len(messages) == len(bad)


@pytest.mark.parametrize(
    "wrapped",
    ["```json\n{}\n```", "<think>Ann said…</think>\n{}", "\n\n {} ", "{}" + " " * 1000],
)
def test_json_is_found_in_a_fence_after_thoughts_and_among_spaces(wrapped: str) -> None:
    text = wrapped.replace("{}", answer().text)
    assert len(parsed(REQUEST, said(text, finish_reason="length"), "quotes")["quotes"]) == 4


def test_edges_with_words_lie_inside_their_segments() -> None:
    (proposed,) = proposed_by(answer([quote(at="1 bridge is safe … 2")]))
    first, second = proposed.pieces
    assert (first.starts, first.ends) == ("bridge is safe", "")
    assert (second.starts, second.ends) == ("", "")


def test_the_words_of_an_edge_are_limited() -> None:
    text = "1 " + " ".join(f"w{n}" for n in range(500))
    (proposed,) = proposed_by(answer([quote(at=text)]))
    assert proposed.pieces[0].starts == "w0 w1 w2 w3 w4 w5"
    assert proposed.pieces[0].ends == "w494 w495 w496 w497 w498 w499"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"at": "7-99"}, "there is no segment 99"),
        ({"at": "0-2"}, "there is no segment 0"),
        ({"at": "2-1"}, "runs backwards, from 2 to 1"),
        ({"at": "The bridge"}, "does not begin with a segment's number"),
        ({"at": ""}, "does not begin with a segment's number"),
        ({"own": "maybe"}, "quote no. 1 is malformed: 'own'"),
        ({"cue": ["said"]}, "quote no. 1 is malformed: 'cue'"),
        ({"at": None}, "does not begin with a segment's number"),
    ],
)
def test_one_odd_quote_is_a_remark_and_the_others_stand(
    changes: dict[str, object], reason: str
) -> None:
    found = answer([quote(**changes), TUNNEL])
    assert any(reason in given for given in reasons(found))
    assert any("tunnel" in "".join(_text(q)) for q in proposed_by(found))


def _text(proposed: object) -> list[str]:
    text = marking().text
    return [text[p.start : p.end] for p in proposed.pieces]  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["cue", "mention", "name", "own"])
def test_null_and_a_field_that_is_left_out_are_the_empty_value(name: str) -> None:
    empty = False if name == "own" else ""
    without = {key: value for key, value in quote().items() if key != name}
    known = reading(answer([quote(**{name: empty}), TUNNEL]))
    for odd in (quote(**{name: None}), without):
        found = reading(answer([odd, TUNNEL]))
        assert (found.entries, found.names) == (known.entries, known.names)
        assert found.remarks == []


def test_items_of_the_wrong_kind_are_remarks() -> None:
    assert len(reasons(answer(["x", 3, None]))) == 3
    assert reading(answer(not_speech=["x", 5, True])).not_speech == [5]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"who": [{"draft": 1, "is": "D"}]}, "choice no. 1 is malformed: 'is'"),
        ({"who": [{"is": "A"}]}, "choice no. 1 is malformed: 'draft'"),
        ({"who": ["A"]}, "choice no. 1 is malformed"),
        ({"names": [{"name": "Ada Moravec"}]}, "name no. 1 is malformed: 'draft'"),
        ({"names": [{"draft": "x", "name": "y"}]}, "name no. 1 is malformed: 'draft'"),
        ({"who": [{"draft": 3, "is": "A"}]}, "there is no line D3 in the draft"),
        ({"names": [{"draft": 0, "name": "A"}]}, "there is no line D0 in the draft"),
        ({"drop": [9]}, "there is no line D9 in the draft"),
        ({"quotes": [quote(draft="first")]}, "quote no. 1 is malformed: 'draft'"),
    ],
)
def test_one_odd_word_about_a_line_is_a_remark_and_the_others_count(
    body: dict[str, Any], reason: str
) -> None:
    found = reading(said(json.dumps({"quotes": [], "drop": []} | body)), draft=DRAFT)
    assert [reason in remark.reason for remark in found.remarks] == [True]
    right = json.loads(changes(who={1: "A"}, names={2: ""}, drop=[2]).text)
    both = {key: [*body.get(key, []), *value] for key, value in right.items()}
    found = reading(said(json.dumps(both)), draft=DRAFT)
    assert (found.choices, found.renamed, found.dropped) == ({1: "A"}, {2: ""}, [2])


@pytest.mark.parametrize("odd", [None, "", {}, "1", 1, [None, "2", 1.5, [1], True]])
def test_what_is_no_list_of_lines_says_nothing_of_any(odd: object) -> None:
    body = {"quotes": [], "who": odd, "names": odd, "drop": odd, "not_speech": odd}
    found = reading(said(json.dumps(body)), draft=DRAFT)
    assert (found.choices, found.renamed, found.dropped, found.not_speech) == ({}, {}, [], [])


def test_of_two_words_about_one_line_the_first_counts() -> None:
    choices = [{"draft": 1, "is": "A"}, {"draft": 1, "is": "B"}]
    found = reading(said(json.dumps({"quotes": [], "who": choices})), draft=DRAFT)
    assert found.choices == {1: "A"}


def test_an_entry_says_whose_place_it_takes() -> None:
    found = reading(changes(quote(draft=1), TUNNEL), draft=DRAFT)
    assert [entry.line for entry in found.entries] == [1, 0]


def test_an_entry_for_a_line_that_is_not_there_is_a_new_one() -> None:
    assert [entry.line for entry in reading(answer([quote(draft=7)])).entries] == [0]


def test_an_entry_keeps_how_sure_its_lines_words_were() -> None:
    found = reading(changes(quote(draft=1)), draft=DRAFT)
    assert [entry.quote.confidence for entry in found.entries] == [0.95]


def test_without_a_place_a_lines_words_stay() -> None:
    found = reading(changes(quote(draft=1, at="", mention="the city engineer")), draft=DRAFT)
    (entry,) = found.entries
    (piece,) = entry.quote.pieces
    assert TEXT[piece.start : piece.end] == DRAFT.quotes[0].spans[0].text
    assert words_at(entry.quote.mention) == "the city engineer"


def test_without_a_place_a_cue_and_a_mention_that_are_not_given_stay() -> None:
    found = reading(changes(quote(draft=1, at="", cue="", mention="")), draft=DRAFT)
    (entry,) = found.entries
    assert (words_at(entry.quote.cue), words_at(entry.quote.mention)) == ("said", "Ada Moravec")


def test_a_missing_list_of_unspoken_segments_is_no_error() -> None:
    text = json.dumps({"quotes": [quote()]})
    assert len(proposed_by(said(text))) == 1


def test_names_are_limited_and_on_one_line() -> None:
    (name,) = reading(answer([quote(name="Ada\nMoravec " + "x" * 1000)])).names
    assert len(name) == 120
    assert name.startswith("Ada Moravec x")


def test_a_name_is_one_speaker_and_no_name_is_nobody() -> None:
    found = reading(answer([quote(), TUNNEL, quote(name=""), quote(name="Ada Moravec ")]))
    assert found.names == ["Ada Moravec", "Milo Brandt", ""]
    assert [entry.quote.speaker for entry in found.entries] == [0, 1, 2, 0]


@pytest.mark.parametrize("name", ["", " ", "nobody", "None", "Unknown", "null", "-"])
def test_nobody_is_said_in_several_words(name: str) -> None:
    assert reading(answer([quote(name=name)])).names == [""]
    assert reading(changes(names={1: name}), draft=DRAFT).renamed == {1: ""}


def test_two_entries_with_one_cue_between_them_are_one_quote() -> None:
    (proposed,) = proposed_by(answer([TUNNEL, BRIDGE]))
    assert len(proposed.pieces) == 2


def test_entries_with_one_cue_that_lie_far_apart_stay_apart() -> None:
    far = TUNNEL | {"at": "1"}
    assert len(proposed_by(answer([far, BRIDGE]))) == 2


def words_at(piece: Piece | None) -> str:
    assert piece
    return marking().text[piece.start : piece.end]


def test_cue_and_mention_are_looked_for_together_beside_the_quote() -> None:
    (proposed,) = proposed_by(answer([BRIDGE]))
    assert (words_at(proposed.mention), words_at(proposed.cue)) == ("Milo Brandt", "said")


@pytest.mark.parametrize("cue", ["denied", "Ada Moravec", "The bridge is safe"])
def test_for_a_cue_that_does_not_stand_beside_the_quote_the_articles_own_is_taken(
    cue: str,
) -> None:
    (proposed,) = proposed_by(answer([quote(cue=cue)]))
    assert (words_at(proposed.mention), words_at(proposed.cue)) == ("Ada Moravec", "said")


def test_a_quote_that_is_nothing_but_a_cue_is_a_remark() -> None:
    found = answer([quote(at="3"), TUNNEL])
    assert reasons(found) == ["segment 3 holds a cue and nothing that was said"]


def test_numbers_may_come_where_words_are_asked_for() -> None:
    assert len(proposed_by(answer([quote(at=1)]))) == 1


def test_of_an_answer_that_was_cut_off_the_whole_quotes_are_kept() -> None:
    text = answer([quote(), TUNNEL, BRIDGE]).text
    found = said(text[: text.rindex("{") + 9], finish_reason="length")
    kept = reading(found)
    assert kept.entries == reading(answer([quote(), TUNNEL])).entries
    assert reasons(found)[0] == "the answer was cut off after 10 output tokens"


def test_an_answer_cannot_say_itself_that_it_was_cut_off() -> None:
    text = answer([quote(), TUNNEL]).text
    assert reasons(said(text.replace("{", '{"cut off": "x", ', 1))) == []


@pytest.mark.parametrize(
    ("at", "segments", "starts", "ends"),
    [
        ("1", 1, "", ""),
        ("1-2", 2, "", ""),
        (" [1] – [2] ", 2, "", ""),
        ("1|", 1, "", ""),
        ("1 bridge is …", 1, "bridge is", ""),
        ("1 bridge is", 1, "bridge is", "bridge is"),
        ("1-2 around it", 2, "", "around it"),
        ("1 bridge is - 2 around it", 2, "bridge is", "around it"),
        ("1 bridge is … 2 around it", 2, "bridge is", "around it"),
        ("1 covid-2 is safe", 1, "covid-2 is safe", "covid-2 is safe"),
        ("1 a 2-1 ruling", 1, "a 2-1 ruling", "a 2-1 ruling"),
    ],
)
def test_a_place_is_a_number_or_two_with_words_behind_either(
    at: str, segments: int, starts: str, ends: str
) -> None:
    plain = "The bridge is safe. Nobody has to drive around it. So said Ada Moravec."
    (proposed,) = proposed_by(answer([quote(at=at)]), plain)
    text = plain[proposed.pieces[0].start : proposed.pieces[-1].end]
    assert text.count("Nobody") + 1 == segments
    assert proposed.pieces[0].starts == starts
    assert proposed.pieces[-1].ends == ends


def test_of_a_passage_in_quotation_marks_no_sentence_is_left_out() -> None:
    (proposed,) = proposed_by(answer([quote(at="2")]))
    (piece,) = proposed.pieces
    assert marking().text[piece.start : piece.end].startswith("“The bridge is safe.")


def test_two_sentences_of_one_passage_are_one_quote() -> None:
    (proposed,) = proposed_by(answer([quote(at="1"), quote(at="2")]))
    assert len({(p.start, p.end) for p in proposed.pieces}) == 1
