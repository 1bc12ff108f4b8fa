"""The example in the prompt is true of its own text, and wrong for every other."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from support.dialogues import answered, changes, dialogue, finished, marking, names_of, only, said
from support.dialogues import texts as texts_of
from support.drafts import Said, draft_of

from attributor.grounding import ground
from attributor.messages import Answer
from attributor.prompting.answer_schema import Attribution
from attributor.prompting.belief import was_not_believed
from attributor.prompting.draft import NOBODY, Draft
from attributor.prompting.draft import show as show_draft
from attributor.prompting.places import BadPlace, pieces_between, read_places, shown_places
from attributor.prompting.prompts import Prompts
from attributor.prompting.windows import MAX_SEGMENTS, Window, cut, show
from attributor.records import Annotation, Proposal, ProposedQuote

BODY = Prompts.load().attribute.body
ILLUSTRATION = BODY[BODY.index("An illustration.") :]
ARTICLE, DRAFT = (
    re.findall(rf"<{name}>\n(.*?)\n</{name}>", ILLUSTRATION, re.DOTALL)[0]
    for name in ("article", "draft")
)
REPLY = ILLUSTRATION[ILLUSTRATION.index('{"who"') :].strip()

TEXT = re.sub(r"(?<!\n)\n(?!\n)", " ", re.sub(r"^\d+\| ", "", ARTICLE, flags=re.MULTILINE))
TEXT = TEXT.replace("” ,", "”,").replace("\n\n", "\n")
"""The illustration's article, its segments joined again as they were."""
BEFORE_SEGMENTS = int(re.match(r"\d+", ARTICLE)[0]) - 1  # type: ignore[index]
"""The number before the illustration's first segment."""
BEFORE_LINES = int(re.match(r"D(\d+)", DRAFT)[1]) - 1  # type: ignore[index]
"""The number before its draft's first line."""


def renumbered(shown: str) -> str:
    """Segments and lines as they would be numbered if the illustration were an article."""
    shown = re.sub(r"\bD(\d+)", lambda m: f"D{int(m[1]) - BEFORE_LINES}", shown)
    return re.sub(r"\b6\d\d\b", lambda m: str(int(m[0]) - BEFORE_SEGMENTS), shown)


def window() -> Window:
    (only_one,) = cut(marking(TEXT))
    return only_one


def rows() -> list[tuple[str, list[str]]]:
    """The draft's lines: what stands before the first stroke, and the fields behind it."""
    lines = [row for row in renumbered(DRAFT).split("\n") if row.startswith("D")]
    return [(row.split("| ", 1)[0], row.split("| ", 1)[1].split(" | ")) for row in lines]


def pieces(at: str) -> tuple[str, ...]:
    """The words that stand at a place."""
    places = read_places(at, window(), marking(TEXT))
    assert not isinstance(places, BadPlace), places
    proposed = [piece for place in places for piece in pieces_between(place, window())]
    grounding = ground(marking(TEXT), Proposal(quotes=(ProposedQuote(pieces=tuple(proposed)),)))
    assert grounding.rejections == ()
    return tuple(TEXT[start:end] for q in grounding.quotes for start, end in q.spans)


@cache
def draft() -> Annotation:
    """The illustration's draft as an annotation."""
    return draft_of(TEXT, *(_line(head, *fields) for head, fields in rows()))


def _line(head: str, at: str, cue: str, mention: str, who: str) -> Said:
    choices = tuple((name, 0.4) for name in re.findall(r"[ABC]: (.*?)(?=, [BC]: |$)", who))
    name = "" if choices or who.rstrip("?") == NOBODY else who.rstrip("?")
    return Said(
        pieces(at),
        cue,
        mention,
        name,
        words=0.4 if head.endswith("?") else 0.9,
        who=0.2 if "?" in who else 0.9,
        choices=choices,
    )


def reply() -> dict[str, Any]:
    """The answer with the numbers that it would have if the illustration were an article."""
    body = json.loads(REPLY)
    for item in (*body["who"], *body["names"], *body["quotes"]):
        item["draft"] -= BEFORE_LINES * bool(item["draft"])
        item |= {"at": renumbered(item["at"])} if "at" in item else {}
    body["drop"] = [n - BEFORE_LINES for n in body["drop"]]
    body["not_speech"] = [n - BEFORE_SEGMENTS for n in body["not_speech"]]
    assert isinstance(body, dict)
    return body


def result() -> Annotation:
    return answered(TEXT, said(json.dumps(reply())), draft=draft())


def test_its_segments_are_those_of_its_text() -> None:
    assert show(window(), TEXT) == f"<article>\n{renumbered(ARTICLE)}\n</article>"


def test_each_place_of_its_draft_is_shown_as_a_draft_shows_it() -> None:
    for quote, (_, fields) in zip(draft().quotes, rows(), strict=True):
        spans = tuple((span.start, span.end) for span in quote.spans)
        assert shown_places(spans, window(), TEXT) == fields[0]


def test_its_draft_is_shown_as_any_other() -> None:
    lines = Draft(draft()).by_window([window()])[0]
    opened = [int(n) for n in re.findall(r"\d+", renumbered(DRAFT).split("Open: ")[1])]
    assert show_draft(lines, window(), TEXT, opened) == f"<draft>\n{renumbered(DRAFT)}\n</draft>"


def test_a_request_about_it_would_end_as_the_illustration_does() -> None:
    (_, user) = only(dialogue(TEXT, draft=draft())).messages
    expected = f"<article>\n{ARTICLE}\n</article>\n<draft>\n{DRAFT}\n</draft>"
    assert user.content == renumbered(expected)


def test_its_answer_is_right_for_its_text_and_draft() -> None:
    annotation = result()
    assert annotation.warnings == ()
    said_by = list(zip(texts_of(annotation), names_of(annotation), strict=True))
    assert said_by == [
        (
            [
                "We have counted the passengers twice. There are forty a day in summer and six in "
                "winter. Nobody can run a ship on that"
            ],
            "Oda Rask",
        ),
        (["the money would go into a bus"], "Oda Rask"),
        (["it had been drawn already"], "Oda Rask"),
        (["It is a good bus", "I have sat in it."], "Oda Rask"),
        (
            [
                "nobody had asked the islanders, although the council “promised us a vote” "
                "in the autumn"
            ],
            "Milo Brandt",
        ),
        (["The islands were never asked and they will remember it"], ""),
        (["eleven lines have closed since 2015"], "ministry of transport"),
    ]
    assert annotation.unattributed == ()


def test_its_answer_gives_cues_and_mentions_without_a_doubt() -> None:
    found = [(q.cue and q.cue.text, q.mention and q.mention.text) for q in result().quotes]
    assert found == [
        ("said", "Oda Rask"),
        ("said on Monday", "Rask"),
        ("added", "She"),
        ("told the meeting", "she"),
        ("complained", "Milo Brandt"),
        ("added", "a teacher"),
        ("According to", "the ministry of transport"),
    ]
    assert [quote.flags for quote in result().quotes] == [()] * 7


def test_its_answer_changes_some_lines_and_leaves_one() -> None:
    decided = [quote.decided_by for quote in result().quotes]
    assert decided == [
        *("confirmed", "changed", "changed", "changed", "changed", "added", "changed")
    ]


def test_nothing_of_its_answer_can_be_left_out() -> None:
    whole, body = result(), reply()
    for key, items in body.items():
        for n in range(len(items)):
            less = body | {key: items[:n] + items[n + 1 :]}
            first = said(json.dumps(less))
            talk = dialogue(TEXT, draft=draft())
            talk.take(only(talk), first)
            for request in talk.requests():
                talk.take(request, changes())
            assert finished(talk) != whole, (key, items[n])


def test_copying_it_gives_nothing() -> None:
    talk = dialogue()
    talk.take(only(talk), Answer(REPLY))
    for request in talk.requests():
        talk.take(request, Answer(REPLY))
    assert finished(talk).quotes == ()


def test_copying_it_leaves_a_draft_as_it_is() -> None:
    talk, asked = (dialogue(TEXT, draft=draft()) for _ in range(2))
    talk.take(only(talk), Answer(REPLY))
    for request in talk.requests():
        talk.take(request, Answer(REPLY))
    asked.take(only(asked), changes())
    for request in asked.requests():
        asked.take(request, changes())
    copied = finished(talk)
    assert was_not_believed(copied.warnings)
    left = [quote.model_copy(update={"decided_by": "confirmed"}) for quote in copied.quotes]
    assert left == list(finished(asked).quotes)


def test_its_numbers_are_higher_than_those_of_any_window() -> None:
    assert BEFORE_SEGMENTS >= MAX_SEGMENTS
    body = json.loads(REPLY)
    assert all(n > MAX_SEGMENTS for n in body["not_speech"])
    places = [quote["at"] for quote in body["quotes"]]
    assert all(int(n) > MAX_SEGMENTS for at in places for n in re.findall(r"\d+", at))


def test_its_answer_has_every_key_in_its_order() -> None:
    body = json.loads(REPLY)
    assert list(body) == list(Attribution.model_fields)
    assert all(body.values())
    for quote in body["quotes"]:
        assert list(quote) == ["draft", "at", "cue", "mention", "name", "own"]


def test_it_is_compact() -> None:
    assert json.dumps(json.loads(REPLY), ensure_ascii=False, separators=(",", ":")) == REPLY
