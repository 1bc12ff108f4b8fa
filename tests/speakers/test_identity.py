"""Whom a mention means is decided: a name that can be trusted, or nobody's."""

from __future__ import annotations

import pytest
from support.speakers import annotated, entities, last, names

from attributor.marking import mark
from attributor.records import IN_DOUBT, Article
from attributor.speakers.candidates import Candidates
from attributor.speakers.mentions import MentionReader

NOBODY = [
    "Former treasurer Luis Ortega was fined for false accounts. “You betrayed the town,” the "
    "magistrate said.",
    "Skier Freya Lindqvist was carried off the slope. “It is a clean break,” the medic said.",
    "Councillor Bashir Noorani opened the bridge. “The old one was prettier,” an onlooker said.",
    "Police are looking for Emil Varga, 41. “He always paid cash,” the landlord said.",
    "Novelist Ines Prado won the prize. “The vote was unanimous,” the chair of the jury said.",
    "The documentary follows the banker Hugo Lamm. “He saw it coming,” the narrator says.",
    "Nurse Petra Vogel treated the injured. “I owe her my life,” one of them said.",
    "Channel Twelve aired the tape on Sunday. “I was never asked,” she said.",
    "Der Schlosser Uwe Brandt wurde verletzt. „Es ging schnell“, sagte der Zeuge.",
    "“It is late,” Elsa Thorn said. The mayor said the lake was full.",
    "Elsa Thorn, a potter, was fined. The governor told the chamber that clay was scarce.",
    "Elsa Thorn is not the mayor. The mayor said the lake was full.",
    "Harbour Minister Elsa Thorn left. The trade minister said the lake was full.",
    "Deputy Mayor Elsa Thorn left. The mayor said the lake was full.",
    "Mayor Elsa Thorn left. The deputy mayor said the lake was full.",
    "The widow of the late Bishop Aldo Thorn said the lake was full.",
    "Supporters of Elsa Thorn said the lake was full.",
    "Those who met Elsa Thorn said the lake was full.",
    "The guard who let Elsa Thorn in said the lake was full.",
]


@pytest.mark.parametrize("text", NOBODY)
def test_whoever_was_never_introduced_gets_nobodys_name(text: str) -> None:
    assert names(text)[-1] == ""


KNOWN = [
    ("Siti Rahmawati met the harbour engineer Joko Santoso. He said the crane was safe.",
     "Joko Santoso"),
    ("Oleksandr Bondarenko drove to see Iryna Shevchenko. “You are late,” she told him.",
     "Iryna Shevchenko"),
    ("Chiara Bellini and her husband, Marco, run the mill. “We sleep in turns,” he said.", "Marco"),
    ("Kwame Boateng lost his boat, and his sister, Abena, lost her stall. “The sea took both,” "
     "she said.", "Abena"),
    ("Mayor Tom Hale met Judge Anne Ford. “The court is full,” she said.", "Anne Ford"),
    ("“I heard a bang,” she said.\n\nLucia Ferrante, 81, lives above the bakery.",
     "Lucia Ferrante"),
    ("Ines Calder has kept a diary since May. According to her, the tide comes early.",
     "Ines Calder"),
    ("Benedikt Moser, a baker from Graz, won the race. The baker said he had trained at night.",
     "Benedikt Moser"),
    ("Pope Leo met the children. The pontiff said peace was near.", "Leo"),
    ("Northwind Airlines cancelled all flights. The airline said crews were ill.",
     "Northwind Airlines"),
    ("Prime Minister Nela Brandt came.\n\nThe foreign minister, Oskar Lund, left.\n\n"
     "“We are ready,” the prime minister said.", "Nela Brandt"),
    ("Ana Holt, a spokeswoman for the board, came. “It is over,” Holt said.", "Ana Holt"),
    ("Okello, whom nobody knew, came. The next day Okello said it was his.", "Okello"),
    ("Elsa Thorn was elected mayor of Lesk in May. The mayor said the lake was full.",
     "Elsa Thorn"),
    ("Elsa Thorn, who is the treasurer, came. The treasurer said the till was full.", "Elsa Thorn"),
    ("Justice Elsa Thorn jailed both. “You robbed the dead,” the judge said.", "Elsa Thorn"),
    ("Harbour Minister Elsa Thorn came. The minister said the lake was full.", "Elsa Thorn"),
    ("Elsa Thorn, who runs Acme, said the lake was full.", "Elsa Thorn"),
    ("Oyelaran Bassey welcomed Mary Thorn to the hall. She said the lake was full.",
     "Mary Thorn"),
    ("Elsa Thorn's message was short: “Go home now.”", "Elsa Thorn"),
    ("Elsa Thorn closed the gate. Her message was short: “Go home now.”", "Elsa Thorn"),
    ("Vargas, by contrast, maintained that the lake was full.", "Vargas"),
    ("„Die Suppe ist kalt.“ — Jens Poll, Koch", "Jens Poll"),
    ("„Die Suppe ist kalt.“ – Landrat Zeno Pollmann", "Zeno Pollmann"),
    ("Karin Holm leitet das Archiv. Ihr zufolge sind die Karten echt.", "Karin Holm"),
    ("Osprey, a firm that builds boats, said the lake was full.", "Osprey"),
    ("Osprey, on the other hand, insisted that the lake was full.", "Osprey"),
    ("The lake is full, according to the Evening Beacon.", "Evening Beacon"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "name"), KNOWN)
def test_a_mention_means_whom_the_article_told_of(text: str, name: str) -> None:
    assert names(text)[-1] == name


@pytest.mark.parametrize(
    ("mention", "name"),
    [
        ("The Deputy Commissioner of Police for Operations, Mr. Tunde Bakare,", "Tunde Bakare"),
        ("Principal Secretary (Health), Anil Sharma,", "Anil Sharma"),
        ("The Director, Corporate Affairs, Mrs. Bisi Ojo,", "Bisi Ojo"),
        ("The Special Adviser, Media and Publicity, Comrade Bisi Ojo,", "Bisi Ojo"),
        ("The Police Relations Officer, DSP Bisi Ojo,", "Bisi Ojo"),
        ("Kilmore councillor Aoife Brennan", "Aoife Brennan"),
        ("Conor Walsh of the Lake Anglers’ Union", "Conor Walsh"),
        ("Holt’s barrister, Celia Whitmore,", "Celia Whitmore"),
        ("Holt’s spokesman", ""),
        ("A spokesman for Ana Holt", ""),
        ("The Holt campaign", ""),
    ],
)
def test_of_a_long_mention_the_head_is_the_speaker(mention: str, name: str) -> None:
    assert names(f"Ana Holt stayed at home. {mention} said the road was open.")[-1] == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("“The talks failed,” the daily Kurier quoted Minister Eva Horn as saying.", "Eva Horn"),
        ("Ana Holt is in hiding. “I will be back,” a weekly quoted her as saying.", "Ana Holt"),
        ("“Bread is dear,” Noor Haddad quoted an old friend as saying.", ""),
    ],
)  # fmt: skip
def test_a_relay_is_not_the_speaker(text: str, name: str) -> None:
    assert names(text)[-1] == name


def test_the_driver_is_the_one_who_was_introduced_before() -> None:
    annotation = annotated(
        "“It was dark,” said a bus driver. Ana Holt came later. "
        "The driver said he had seen nothing."
    )
    assert [(s.name, s.role) for s in annotation.speakers] == [("", "a bus driver")]


def test_two_who_speak_together_are_both_told_and_neither_is_credited() -> None:
    quote, speaker = last("Ana Holt and Jan Berg said the bridge was safe.")
    assert speaker is not None
    assert (speaker.name, speaker.kind) == ("", "group")
    assert [candidate.name for candidate in quote.candidates] == ["Ana Holt", "Jan Berg"]


# --- confidence and doubt -------------------------------------------------------------------------

DOUBTFUL = (
    "At the quay stood Vera Dahl, Nora Lind, Anna Vale, and further off the boat of Nela Brandt."
    "\n\n"
    "“The boat is lost,” she said."
)


def test_in_doubt_nobody_is_named_and_the_candidates_are_told() -> None:
    quote, speaker = last(DOUBTFUL)
    assert speaker is None
    assert IN_DOUBT in quote.flags
    assert {c.name for c in quote.candidates} <= {
        "Nela Brandt",
        "Anna Vale",
        "Vera Dahl",
        "Nora Lind",
    }
    chances = [candidate.probability for candidate in quote.candidates]
    assert chances == sorted(chances, reverse=True)
    assert 0 < len(chances) <= 3
    assert sum(chances) <= 1.001


def test_the_confidence_is_of_the_speaker() -> None:
    sure, _ = last("Mrs. Nela Brandt came alone. “It is safe,” she said.")
    named, _ = last("“It is safe,” said Nela Brandt.")
    assert sure.speaker_confidence is not None
    assert 0.5 < sure.speaker_confidence <= 1
    assert named.speaker_confidence is not None
    assert named.speaker_confidence > 0.9
    assert named.flags == ()


def test_candidates_point_to_the_speakers_that_other_quotes_credit() -> None:
    text = "“It is old,” Anna Vale said.\n\n“It is new,” Vera Dahl said.\n\n" + DOUBTFUL
    annotation = annotated(text)
    ids = {speaker.id: speaker.name for speaker in annotation.speakers}
    for candidate in annotation.quotes[-1].candidates:
        assert candidate.speaker is None or ids[candidate.speaker] == candidate.name


# --- a name that is told by one word, once ------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "The pier was, in Brandwell’s words, “a comb with teeth missing”.",
        "Brandwell, for his part, said the pier had been gnawed by a goat.",
        "Brandwell was reported to have said that the pier was safe.",
    ],
)
def test_one_word_that_only_the_cue_beside_it_tells_is_a_name(text: str) -> None:
    assert names(text) == ["Brandwell"]


# --- descriptions that add to what is known ----------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Alderman Greta Quist opened the library. The former librarian said it was cold.",
         "Greta Quist"),
        ("Omar Haddad chairs the club. “I will start with the taps,” the retired plumber said.",
         "Omar Haddad"),
        ("The reeve of Lund, Ewa Novak, ran on Mother’s Day. The former nurse said it was hot.",
         "Ewa Novak"),
        ("Sanna Wirth turned 70.\n\nThe former goalkeeper said she would spend the day in bed.",
         "Sanna Wirth"),
        ("Former mayor Tom Reed opened the pool. The former mayor said it was his idea.",
         "Tom Reed"),
        # somebody else may be meant
        ("Omar Haddad met Jan Berg at the club. The former plumber said the taps were old.", ""),
        ("Omar Haddad met an old baker at the club. The former plumber said it was late.", ""),
        ("The judge jailed Omar Haddad for a year. The former plumber said he was sorry.", ""),
        ("Omar Haddad was asked about taps. The retired plumber said she had seen to them.", ""),
        ("A fire broke out at Ewa Novak’s bakery. The former baker said it was the oven.", ""),
        ("Ewa Novak was asked about the bakery. The former owner said it was the oven.", ""),
        ("Ewa Novak was asked about the bakery. The baker said it was the oven.", ""),
        ("Mayor Tom Reed opened the pool. The former mayor said it was her idea.", ""),
        ("Mayor Tom Reed opened the pool. The former mayor said it was an old idea.", ""),
    ],
)  # fmt: skip
def test_a_description_of_a_life_means_whom_alone_the_article_told_of(text: str, name: str) -> None:
    assert names(text)[-1] == name


# --- cost -----------------------------------------------------------------------------------------


def test_a_mention_looks_back_over_a_bounded_number_of_names() -> None:
    text = "\n".join(f"Ana Holt{chr(97 + i % 26)}{chr(97 + i // 26)} came." for i in range(600))
    found = entities(text)
    people = Candidates(found.story, found, MentionReader(found.story, found))
    assert len(people.before(len(text))) <= 60
    assert mark(Article(id="a", text=text)).text == text


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("“We will vote,” Mr. Okoro said. It ends on “Daniel Okoro Day,” in May.", "Okoro"),
        ("“It is hers,” Ms. Lund said. The Edda Lund Memorial Fund paid.", "Lund"),
        ("“It is late,” Lund said. The Edda Lund Bridge opened in May.", "Lund"),
        ("“It is late,” Okoro said. Okoro Speech: what it leaves out.", "Okoro"),
        ("“It is late,” Edda Lund said. The Edda Lund Center opened.", "Edda Lund"),
        ("Lauren Hall was there. “It is late,” Lauren said.", "Lauren Hall"),
        ("Velora Bank was fined. “It is late,” Velora said.", "Velora Bank"),
    ],
)
def test_what_is_named_after_somebody_is_not_them(text: str, name: str) -> None:
    assert names(text) == [name]


def test_a_doctor_may_be_called_what_is_an_office_too() -> None:
    assert names("“We will vote,” Dr. Bishop said.") == ["Bishop"]
