"""What the form of an answer can say: each kind of statement, as a model would point to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from support.dialogues import answered, changes, dialogue, names_of, only, texts
from support.drafts import Said, draft_of

from attributor.messages import Answer
from attributor.records import Annotation


def entry(at: str, cue: str = "", mention: str = "", name: str = "", **rest: Any) -> dict[str, Any]:
    known = {"draft": 0, "at": at, "cue": cue, "mention": mention, "name": name, "own": False}
    return known | rest


@dataclass(frozen=True)
class Case:
    """An article, a draft of it, an answer, and the quotes that these come to.

    A quote is its pieces joined by " | ", its cue, its mention and its name.
    """

    text: str
    answer: Answer
    expected: list[tuple[str, str, str, str]]
    draft: tuple[Said, ...] = ()


def found(annotation: Annotation) -> list[tuple[str, str, str, str]]:
    """The annotation's quotes as a case expects them."""
    return [
        (
            " | ".join(pieces),
            quote.cue.text if quote.cue else "",
            quote.mention.text if quote.mention else "",
            name,
        )
        for pieces, quote, name in zip(
            texts(annotation), annotation.quotes, names_of(annotation), strict=True
        )
    ]


MAYOR = "Mayor Ada Moravec said on Monday that the ferry would be sold and that the bus would stay."
BOATS = "We have, Rask told the board, counted the boats twice and nobody has found the third one."
TWO_CUES = "Rask said the ferry was old, and her deputy warned that the bridge was older."
LETTER = "To the editor:\n\nThe ferry is too slow. It has always been too slow.\n\nOda Rask, Vell"
TURNS = "Q: Why is the ferry so slow?\n\nOda Rask: It is ninety years old. I would be slow too."
SPLIT = "“It is a good bus,” Rask burbled, “and it is ours.” The board was silent."

CASES = {
    "a beginning alone": Case(
        MAYOR,
        changes(entry("1 the bus would …", "said", "Mayor Ada Moravec", "Ada Moravec")),
        [("the bus would stay", "said", "Mayor Ada Moravec", "Ada Moravec")],
    ),
    "an end alone, beside the cue": Case(
        MAYOR,
        changes(entry("1 … be sold", "said on Monday", "Mayor Ada Moravec", "Ada Moravec")),
        [("the ferry would be sold", "said on Monday", "Mayor Ada Moravec", "Ada Moravec")],
    ),
    "both edges inside one segment": Case(
        MAYOR,
        changes(entry("1 the ferry would … be sold", "said", "Mayor Ada Moravec", "Ada Moravec")),
        [("the ferry would be sold", "said", "Mayor Ada Moravec", "Ada Moravec")],
    ),
    "from inside one segment to inside another": Case(
        "Rask said that day that the ferry was old. It would be sold in May, before the regatta.",
        changes(entry("1 the ferry was … 2 in May", "said", "Rask", "Rask")),
        [("the ferry was old. It would be sold in May", "said", "Rask", "Rask")],
    ),
    "a segment whole, less its cue and its speaker": Case(
        "The ferry would be sold, Rask said.",
        changes(entry("1", "said", "Rask", "Rask")),
        [("The ferry would be sold", "said", "Rask", "Rask")],
    ),
    "two words alone": Case(
        "Oda Rask called the ferry a floating coffin and left.",
        changes(entry("1 floating coffin", "called", "Oda Rask", "Oda Rask")),
        [("floating coffin", "called", "Oda Rask", "Oda Rask")],
    ),
    "one word alone": Case(
        "Asked about the ferry, Oda Rask answered no.",
        changes(entry("1 no", "answered", "Oda Rask", "Oda Rask")),
        [("no", "answered", "Oda Rask", "Oda Rask")],
    ),
    "a piece on either side of a cue inside one segment": Case(
        BOATS,
        changes(
            entry(
                "1 We have + 1 counted the boats twice and …",
                "told the board",
                "Rask",
                "Rask",
                own=True,
            )
        ),
        [
            (
                "We have | counted the boats twice and nobody has found the third one.",
                "told the board",
                "Rask",
                "Rask",
            )
        ],
    ),
    "two pieces of one segment that nothing but other words part": Case(
        "The tall lamp fell and, as the report had it, the small lamp stood, for all that.",
        changes(entry("1 The tall … fell + 1 the small … stood", "had it", "the report")),
        [("The tall lamp fell | the small lamp stood", "had it", "the report", "")],
    ),
    "the first of two cues in one segment": Case(
        TWO_CUES,
        changes(entry("1 the ferry was old", "said", "Rask", "Rask")),
        [("the ferry was old", "said", "Rask", "Rask")],
    ),
    "the second of two cues in one segment": Case(
        TWO_CUES,
        changes(entry("1 the bridge was older", "warned", "her deputy")),
        [("the bridge was older", "warned", "her deputy", "")],
    ),
    "two cues in one segment, each with its own": Case(
        TWO_CUES,
        changes(
            entry("1 the ferry was old", "said", "Rask", "Rask"),
            entry("1 the bridge was …", "warned", "her deputy"),
        ),
        [
            ("the ferry was old", "said", "Rask", "Rask"),
            ("the bridge was older", "warned", "her deputy", ""),
        ],
    ),
    "two quotes with the same verb in one segment": Case(
        "Rask said the ferry was old, and Brandt said the bridge was older.",
        changes(
            entry("1 the ferry was old", "said", "Rask", "Rask"),
            entry("1 the bridge was …", "said", "Brandt", "Brandt"),
        ),
        [
            ("the ferry was old", "said", "Rask", "Rask"),
            ("the bridge was older", "said", "Brandt", "Brandt"),
        ],
    ),
    "a mention alone that is wrong": Case(
        "The ferry was old, Oda Rask, harbour master of Vell, said.",
        changes(entry("", "", "Oda Rask", "Oda Rask", draft=1)),
        [("The ferry was old", "said", "Oda Rask", "Oda Rask")],
        (Said("The ferry was old", "said", "harbour master of Vell"),),
    ),
    "a cue alone that is wrong": Case(
        "The ferry was old, Oda Rask told the board.",
        changes(entry("", "told the board", "Oda Rask", "Oda Rask", draft=1)),
        [("The ferry was old", "told the board", "Oda Rask", "Oda Rask")],
        (Said("The ferry was old", "told", "Oda Rask", "Oda Rask"),),
    ),
    "a name alone that is wrong": Case(
        "Milo Brandt met Oda Rask at the ferry. “It is old,” he said.",
        changes(names={1: "Milo Brandt"}),
        [("It is old", "said", "he", "Milo Brandt")],
        (Said("It is old", "said", "he", "Oda Rask", who=0.5),),
    ),
    "words alone that are wrong": Case(
        MAYOR,
        changes(entry("1 the ferry would …", "said", "Mayor Ada Moravec", "Ada Moravec", draft=1)),
        [
            (
                "the ferry would be sold and that the bus would stay",
                "said",
                "Mayor Ada Moravec",
                "Ada Moravec",
            )
        ],
        (Said("the ferry would be sold", "said", "Mayor Ada Moravec", "Ada Moravec"),),
    ),
    "several speakers at once": Case(
        "Oda Rask and Milo Brandt said the ferry was slow.",
        changes(entry("1", "said", "Oda Rask and Milo Brandt")),
        [("the ferry was slow", "said", "Oda Rask and Milo Brandt", "")],
    ),
    "a choice of nobody, since several are meant": Case(
        "Oda Rask and Milo Brandt run the line. They said the ferry was slow.",
        changes(who={1: "nobody"}),
        [("the ferry was slow", "said", "They", "")],
        (
            Said(
                "the ferry was slow",
                "said",
                "They",
                choices=(("Oda Rask", 0.5), ("Milo Brandt", 0.4)),
                who=0.2,
            ),
        ),
    ),
    "a report as speaker": Case(
        "A survey of 400 islanders found that nobody wanted a bus.",
        changes(entry("1", "found", "A survey of 400 islanders")),
        [("nobody wanted a bus", "found", "A survey of 400 islanders", "")],
    ),
    "a body as speaker": Case(
        "According to the Ministry of Transport, eleven lines have closed.",
        changes(entry("1", "According to", "the Ministry of Transport", "Ministry of Transport")),
        [
            (
                "eleven lines have closed",
                "According to",
                "the Ministry of Transport",
                "Ministry of Transport",
            )
        ],
    ),
    "speech inside speech is the outer one's": Case(
        "“My father told me ‘Never sell the boat,’ and I never did,” Oda Rask said.",
        changes(entry("1", "said", "Oda Rask", "Oda Rask", own=True)),
        [
            (
                "My father told me ‘Never sell the boat,’ and I never did",
                "said",
                "Oda Rask",
                "Oda Rask",
            )
        ],
    ),
    "of a medium that quotes somebody, that somebody speaks": Case(
        "“The ferry is old,” the Vell Herald quoted Oda Rask as saying.",
        changes(entry("1", "quoted", "Oda Rask", "Oda Rask", own=True)),
        [("The ferry is old", "quoted", "Oda Rask", "Oda Rask")],
    ),
    "a headline's speech": Case(
        "Old ferry to sail again in May, mayor says\n\nThe bus was full.",
        changes(entry("1", "says", "mayor")),
        [("Old ferry to sail again in May", "says", "mayor", "")],
    ),
    "a headline's speech behind a colon": Case(
        "Rask: Ferry will sail again\n\nThe bus was full.",
        changes(entry("1 Ferry will …", "", "Rask", "Rask", own=True)),
        [("Ferry will sail again", "", "Rask", "Rask")],
    ),
    "a term in marks is no speech": Case(
        "The board of the “Old Lamp” met in Vell.", changes(not_speech=[2]), []
    ),
    "a signed letter": Case(
        LETTER,
        changes(entry("2-3", "", "Oda Rask", "Oda Rask", own=True)),
        [
            (
                "The ferry is too slow. It has always been too slow.",
                "",
                "Oda Rask",
                "Oda Rask",
            )
        ],
    ),
    "a turn of an interview without a cue": Case(
        TURNS,
        changes(entry("2 It is … 3", "", "Oda Rask", "Oda Rask", own=True)),
        [("It is ninety years old. I would be slow too.", "", "Oda Rask", "Oda Rask")],
    ),
    "a turn of an interview, its label in the segment": Case(
        TURNS,
        changes(entry("2-3", "", "Oda Rask", "Oda Rask", own=True)),
        [("It is ninety years old. I would be slow too.", "", "Oda Rask", "Oda Rask")],
    ),
    "a verb of thin content": Case(
        "Oda Rask criticised the ferry and spoke of the weather.",
        changes(drop=[1]),
        [],
        (Said("the ferry", "criticised", "Oda Rask", "Oda Rask", words=0.4),),
    ),
    "a nominal cue": Case(
        "Her pledge to buy a new ferry by May met with applause, and Oda Rask smiled.",
        changes(entry("1 buy a new … by May", "pledge", "Her", "Oda Rask")),
        [("buy a new ferry by May", "pledge", "Her", "Oda Rask")],
    ),
    "a nominal cue that holds the mention": Case(
        "Her pledge to buy a new ferry by May met with applause, and Oda Rask smiled.",
        changes(entry("1 buy a new … by May", "Her pledge", "Her", "Oda Rask")),
        [("buy a new ferry by May", "Her pledge", "Her", "Oda Rask")],
    ),
    "an agentless passive": Case(
        "It was announced that the ferry would never sail again.",
        changes(entry("1 the ferry would …", "was announced")),
        [("the ferry would never sail again", "was announced", "", "")],
    ),
    "a term in marks inside a speech": Case(
        "Oda Rask said that the “Old Lamp” had to go.",
        changes(entry("1 the … 3", "said", "Oda Rask", "Oda Rask")),
        [("the “Old Lamp” had to go", "said", "Oda Rask", "Oda Rask")],
    ),
    "a speech over three segments with a term in marks, whole": Case(
        "Oda Rask said that the “Old Lamp” had to go.",
        changes(entry("1-3", "said", "Oda Rask", "Oda Rask")),
        [("the “Old Lamp” had to go", "said", "Oda Rask", "Oda Rask")],
    ),
    "a term in single marks inside marks": Case(
        "“The so-called ‘Old Lamp’ has to go,” Rask said.",
        changes(entry("1", "said", "Rask", "Rask", own=True)),
        [("The so-called ‘Old Lamp’ has to go", "said", "Rask", "Rask")],
    ),
    "words of their own without marks": Case(
        "The talks are over and we go home, she said.",
        changes(entry("1", "said", "she", own=True)),
        [("The talks are over and we go home", "said", "she", "")],
    ),
    "pieces that a cue interrupts, joined": Case(
        SPLIT,
        changes(entry("1 + 3", "burbled", "Rask", "Rask", own=True)),
        [("It is a good bus | and it is ours.", "burbled", "Rask", "Rask")],
    ),
    "pieces that a cue interrupts, as two entries": Case(
        SPLIT,
        changes(
            entry("1", "burbled", "Rask", "Rask", own=True),
            entry("3", "burbled", "Rask", "Rask", own=True),
        ),
        [("It is a good bus | and it is ours.", "burbled", "Rask", "Rask")],
    ),
    "a piece that a line lacks": Case(
        "“It is a good bus,” Rask said, “and it is ours.” The board was silent.",
        changes(entry("1 + 3", "said", "Rask", "Rask", own=True, draft=1)),
        [("It is a good bus | and it is ours.", "said", "Rask", "Rask")],
        (Said("It is a good bus", "said", "Rask", "Rask"),),
    ),
    "one line that is two quotes": Case(
        TWO_CUES,
        changes(
            entry("1 the ferry was old", "said", "Rask", "Rask", draft=1),
            entry("1 the bridge was …", "warned", "her deputy"),
        ),
        [
            ("the ferry was old", "said", "Rask", "Rask"),
            ("the bridge was older", "warned", "her deputy", ""),
        ],
        (
            Said(
                "the ferry was old, and her deputy warned that the bridge was older",
                "said",
                "Rask",
                "Rask",
            ),
        ),
    ),
    "two lines that are one quote": Case(
        "The ferry is old. It leaks, Rask said.",
        changes(entry("1-2", "said", "Rask", "Rask", draft=1), drop=[2]),
        [("The ferry is old. It leaks", "said", "Rask", "Rask")],
        (
            Said("The ferry is old", "said", "Rask", "Rask", words=0.5),
            Said("It leaks", "said", "Rask", "Rask"),
        ),
    ),
    "words that stand twice, told apart by their neighbours": Case(
        "Rask said the ferry is old, because the ferry is ninety.",
        changes(entry("1 the ferry is ninety", "said", "Rask", "Rask")),
        [("the ferry is ninety", "said", "Rask", "Rask")],
    ),
}


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in CASES.items()])
def test_an_answer_can_say(case: Case) -> None:
    draft = draft_of(case.text, *case.draft) if case.draft else None
    annotation = answered(case.text, case.answer, draft=draft)
    assert found(annotation) == case.expected
    assert annotation.warnings == ()


def test_words_of_their_own_without_marks_are_direct_speech() -> None:
    case = CASES["words of their own without marks"]
    (quote,) = answered(case.text, case.answer).quotes
    assert (quote.kind, quote.marked) == ("direct", False)


def test_words_that_the_reporter_rephrases_are_not() -> None:
    case = CASES["both edges inside one segment"]
    (quote,) = answered(case.text, case.answer).quotes
    assert quote.kind == "indirect"


def test_a_verb_of_thin_content_leaves_nothing_open() -> None:
    case = CASES["a verb of thin content"]
    talk = dialogue(case.text)
    talk.take(only(talk), changes())
    assert talk.requests() == []


def test_an_anchor_that_fits_twice_is_a_rejection() -> None:
    talk = dialogue("Rask said the ferry is old, because the ferry was built in 1931.")
    talk.take(only(talk), changes(entry("1 the ferry", "said", "Rask", "Rask")))
    repair = only(talk)
    assert "they fit more than one place" in repair.messages[1].content
    talk.take(repair, changes(entry("1 the ferry is … in 1931", "said", "Rask", "Rask")))
    assert talk.result is not None
    assert texts(talk.result) == [["the ferry is old, because the ferry was built in 1931"]]


def test_anchors_sit_on_the_boundaries_of_words() -> None:
    talk = dialogue(MAYOR)
    talk.take(only(talk), changes(entry("1 e ferry … sol", "said", "Ada Moravec", "Ada Moravec")))
    assert "Not usable" in only(talk).messages[1].content
