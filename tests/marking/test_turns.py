"""Which paragraphs are turns of an interview or transcript, and which labels are something else."""

from __future__ import annotations

import pytest
from support.markings import marking

Turns = list[tuple[str, str, bool]]
"""Label, speech (paragraphs parted by " | "), and whether the label names somebody."""


def turns(text: str, language: str = "en") -> Turns:
    return [
        (
            text[slice(*turn.label)],
            " | ".join(text[p.start : p.end] for p in turn.passages),
            turn.is_named,
        )
        for turn in marking(text, language).turns
    ]


TRANSCRIPTS: list[tuple[str, str, Turns]] = [
    (
        "names in capitals with offices, then surnames alone",
        "PETRA VANCE, HOST: Is the harbour open?\n\nDR. JOEL OSEI, PILOT: I closed it.\n\n"
        "VANCE: Why?\n\nOSEI: Ice.",
        [
            ("PETRA VANCE", "Is the harbour open?", True),
            ("DR. JOEL OSEI", "I closed it.", True),
            ("VANCE", "Why?", True),
            ("OSEI", "Ice.", True),
        ],
    ),
    (
        "a party and a constituency in brackets, and a stage direction",
        "SEN. HOLT (R-Ashby): I yield.\n\n(LAUGHTER)\n\nREP. LUND (D-Wendle): I thank him.\n\n"
        "SEN. HOLT: Not at all.",
        [
            ("SEN. HOLT", "I yield.", True),
            ("REP. LUND", "I thank him.", True),
            ("SEN. HOLT", "Not at all.", True),
        ],
    ),
    (
        "bold names around the colon",
        "The Gazette met him.\n\n**Gazette:** How many?\n\n**Olaf Reiss**: I keep forty.\n\n"
        "**Gazette:** Forty?",
        [
            ("Gazette", "How many?", True),
            ("Olaf Reiss", "I keep forty.", True),
            ("Gazette", "Forty?", True),
        ],
    ),
    (
        "names in square brackets",
        "[Iris Call] Where is the key?\n\n[Bo Kern] I ate it.\n\n[Call] You ate it?",
        [
            ("Iris Call", "Where is the key?", True),
            ("Bo Kern", "I ate it.", True),
            ("Call", "You ate it?", True),
        ],
    ),
    (
        "times, and labels with lines of their own",
        "Petra Vance (00:01):\nIs it full?\n\nJoel Osei (00:05):\nIt is, I fear.\n\n"
        "Petra Vance (00:09):\nOf what?",
        [
            ("Petra Vance", "Is it full?", True),
            ("Joel Osei", "It is, I fear.", True),
            ("Petra Vance", "Of what?", True),
        ],
    ),
    (
        "questions and answers in one paragraph",
        "Q: Are you leaving? A: Not today. Q: When? A: On Monday.",
        [
            ("Q", "Are you leaving?", False),
            ("A", "Not today.", False),
            ("Q", "When?", False),
            ("A", "On Monday.", False),
        ],
    ),
    (
        "letters with full stops, as in a deposition",
        "Q. Did you see the car?\n\nA. I saw its lights.",
        [("Q", "Did you see the car?", False), ("A", "I saw its lights.", False)],
    ),
    (
        "letters with dashes",
        "Q – Did you see the car?\n\nA – I saw its lights.",
        [("Q", "Did you see the car?", False), ("A", "I saw its lights.", False)],
    ),
    (
        "a bare letter for whoever asks",
        "THE MAYOR: I thank you.\n\nQ Will you sign?\n\nTHE MAYOR: On Monday.\n\nQ Thanks.",
        [
            ("THE MAYOR", "I thank you.", False),
            ("Q", "Will you sign?", False),
            ("THE MAYOR", "On Monday.", False),
            ("Q", "Thanks.", False),
        ],
    ),
    (
        "titles, with a place in brackets",
        "Ms Abara (Lowfield): I ask about trains.\n\nMr Quist: They run.\n\nMs Abara: No.",
        [
            ("Ms Abara", "I ask about trains.", True),
            ("Mr Quist", "They run.", True),
            ("Ms Abara", "No.", True),
        ],
    ),
    (
        "offices that name nobody",
        "THE CLERK: Please rise.\n\nMR. HOLT: I object.\n\nTHE WITNESS: To what?",
        [
            ("THE CLERK", "Please rise.", False),
            ("MR. HOLT", "I object.", True),
            ("THE WITNESS", "To what?", False),
        ],
    ),
    (
        "a turn of two paragraphs",
        "HOLT: I wrote a letter.\n\nIt was long.\n\nLUND: How long?\n\nHOLT: Nine pages.",
        [
            ("HOLT", "I wrote a letter. | It was long.", True),
            ("LUND", "How long?", True),
            ("HOLT", "Nine pages.", True),
        ],
    ),
]


@pytest.mark.parametrize(
    ("text", "expected"), [t[1:] for t in TRANSCRIPTS], ids=[t[0] for t in TRANSCRIPTS]
)
def test_turns_of_a_transcript(text: str, expected: Turns) -> None:
    assert turns(text) == expected


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Frage: Wann kommt die Brücke?\n\nAlbers: Ich weiß es nicht.\n\nFrage: Schade."),
        ("sr-Latn", "Novinar: Kada će most?\n\nMarić: Mislim u maju.\n\nNovinar: Hvala."),
        ("sr-Cyrl", "Новинар: Када ће мост?\n\nМарић: Мислим у мају.\n\nНовинар: Хвала."),
    ],
)
def test_turns_of_other_languages(language: str, text: str) -> None:
    assert [named for _, _, named in turns(text, language)] == [False, True, False]


@pytest.mark.parametrize(
    "text",
    [
        "When: Friday, 7pm\n\nWhere: Town Hall\n\nWhen: Saturday, 8pm\n\nWhere: The Mill",
        "ASHBY: The council met.\n\nWENDLE: It did not.\n\nDUNFORD: Nobody met.",
        "Taxes: The party will cut them.\n\nSchools: Why wait?\n\nTaxes: Once more.",
        "Method: Beat the eggs.\n\nTip: Do you have no flour? Use oats.",
        "Mara Quill said: I will go.\n\nOskar Lund said: Why?\n\nMara Quill said: I must.",
        "The plan is clear: we go.\n\nThe cost is not: who pays?\n\nThe plan is clear: I said so.",
    ],
    ids=["a fact box", "places", "headings", "a recipe", "reporting clauses", "plain colons"],
)
def test_other_labels_make_no_turns(text: str) -> None:
    assert turns(text) == []


def test_a_headline_before_a_transcript_is_no_turn() -> None:
    text = "Holt: No talks before May\n\nHOLT: I wait.\n\nLUND: For what?\n\nHOLT: For May."
    assert [label for label, _, _ in turns(text)] == ["HOLT", "LUND", "HOLT"]


def test_initials_stand_for_the_one_name_that_has_them() -> None:
    text = "We met Anna Kern.\n\nEcho: Is it safe?\n\nAK: As safe as I am.\n\nEcho: Good."
    assert [turn.name for turn in marking(text).turns] == ["Echo", "Anna Kern", "Echo"]


def test_initials_are_those_of_a_label_before_them() -> None:
    text = "Ines Rabe (IR): Who built it?\n\nKarl Voss (KV): I did.\n\nIR: Why?\n\nKV: For you."
    names = [turn.name for turn in marking(text).turns]
    assert names == ["Ines Rabe", "Karl Voss", "Ines Rabe", "Karl Voss"]


def test_what_is_said_in_a_turn_is_one_marked_passage_and_holds_no_cue() -> None:
    text = "HOLT: He said “no” and I left.\n\nLUND: Why?\n\nHOLT: The boss says it rains."
    found = marking(text)
    assert [text[p.start : p.end] for p in found.passages] == [
        "He said “no” and I left.",
        "Why?",
        "The boss says it rains.",
    ]
    assert {cue.kind for cue in found.cues} == {"label"}
