"""What layout and fixed phrases tell reaches the annotation, by weights and by rules alone."""

from __future__ import annotations

import pytest
from support.embedded import annotate
from support.markings import marking

from attributor.assembling import assemble
from attributor.embedded import by_rules
from attributor.embedded.allowance import cues_by_rules
from attributor.engines import Proposed
from attributor.records import Annotation, Article, Provenance

Said = tuple[str, str]
"""The words of a quote (spans parted by " | "), and its mention; "" for none."""

CASES: list[tuple[str, list[Said]]] = [
    # --- the next paragraph of the same speaker
    ("“It rained,” said Mara Quill. “We slept.\n\n“We wait.”\n\nIt stopped.",
     [("It rained | We slept. | We wait.", "Mara Quill")]),
    ("\"It rained,\" said Mara Quill. \"We slept.\"\n\n\"Nobody.\"\n\nIt stopped.",
     [("It rained | We slept. | Nobody.", "Mara Quill")]),
    ("“It rained,” said Mara Quill.\n\n“Salt”\n\nIt stopped.", [("It rained", "Mara Quill")]),
    ("Mara Quill said that the bridge was low.\n\n“It was low when I was a child.”\n\nIt rained.",
     [("the bridge was low", "Mara Quill"), ("It was low when I was a child.", "Mara Quill")]),
    # --- a paragraph that leads up to the next one
    ("The mayor came late. She told the parents:\n\n“The school opens.\n\n“Bring bread.”",
     [("The school opens. | Bring bread.", "She")]),
    # --- turns, with no quote inside another
    ("HOLT: Is it safe?\n\nLUND: The owner says that it is safe.\n\nHOLT: I doubt it.",
     [("Is it safe?", "HOLT"), ("The owner says that it is safe.", "LUND"),
      ("I doubt it.", "HOLT")]),
    ("Q: Is it safe?\n\nA: I think so.", [("Is it safe?", ""), ("I think so.", "")]),
    # --- signatures
    ("“The soup was cold.”\n\n— Agnes Poll, cook", [("The soup was cold.", "Agnes Poll")]),
    # --- fixed phrases
    ("“We sleep in shifts,” the agency quoted Lena Holm as saying.",
     [("We sleep in shifts", "Lena Holm")]),
    ("According to her, the bridge is far too low.", [("the bridge is far too low", "her")]),
    ("As per the mayor, the bridge is far too low.", [("the bridge is far too low", "the mayor")]),
    ("In her view, the bridge is far too low.", [("the bridge is far too low", "her")]),
    # --- a pull quote repeats what somebody said
    ("“Nobody had a map of the street, and nobody asked,” said Mara Quill.\n\nIt rained.\n\n"
     "“Nobody had a map of the street”\n\nIt stopped.",
     [("Nobody had a map of the street, and nobody asked", "Mara Quill"),
      ("Nobody had a map of the street", "Mara Quill")]),
]  # fmt: skip


def said(annotation: Annotation) -> list[Said]:
    return [
        (" | ".join(span.text for span in quote.spans), quote.mention.text if quote.mention else "")
        for quote in annotation.quotes
    ]


def by_rules_alone(text: str) -> Annotation:
    found = marking(text)
    made_by = Provenance(name="embedded")
    return assemble(found, Proposed(by_rules.propose(found, cues_by_rules(found)), made_by))


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text[:60] for text, _ in CASES])
def test_the_weights_take_what_is_told_outright(text: str, expected: list[Said]) -> None:
    assert said(annotate(Article(id="a", text=text), "en")) == expected


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text[:60] for text, _ in CASES])
def test_the_rules_take_what_is_told_outright(text: str, expected: list[Said]) -> None:
    assert said(by_rules_alone(text)) == expected


def test_turns_of_one_speaker_are_one_speakers() -> None:
    text = "MARA HOLT, HOST: Is it safe?\n\nOLE LUND: I doubt it.\n\nHOLT: Why?\n\nLUND: Ice."
    annotation = annotate(Article(id="a", text=text), "en")
    speakers = [annotation.speaker_of(quote) for quote in annotation.quotes]
    assert [s.name for s in speakers if s] == ["MARA HOLT", "OLE LUND"] * 2


def test_a_label_that_names_nobody_is_a_speaker_without_a_name() -> None:
    text = "THE CLERK: Please rise.\n\nMR. HOLT: I object.\n\nTHE WITNESS: To what?"
    annotation = annotate(Article(id="a", text=text), "en")
    speakers = [annotation.speaker_of(quote) for quote in annotation.quotes]
    assert [(s.name, s.role) for s in (speakers[0], speakers[2]) if s] == [
        ("", "the clerk"),
        ("", "the witness"),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Q: Is it safe?\n\nA: I think so.", "labelled as questions and answers"),
        ("Is it safe?\n\nI think so.\n\nAnd warm?\n\nI never said that.", "interview"),
    ],
)
def test_an_interview_whose_turns_nobody_is_named_for_is_said(text: str, words: str) -> None:
    (warning,) = annotate(Article(id="a", text=text), "en").warnings
    assert words in warning


@pytest.mark.parametrize(
    "text",
    [
        "HOLT: Is it safe?\n\nLUND: I doubt it.\n\nHOLT: Why?",
        "What will it cost?\n\nThe council says £4m.\n\nWho will pay?\n\nNobody knows.",
        "“Is it safe?”\n\n“I think so,” said Mara Quill.",
    ],
    ids=["named turns", "questions as headings", "a dialogue in marks"],
)
def test_other_texts_with_questions_are_no_such_interviews(text: str) -> None:
    assert annotate(Article(id="a", text=text), "en").warnings == ()
