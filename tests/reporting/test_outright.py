"""Who said what where layout or a fixed phrase tells it: the words, the mention, the cue."""

from __future__ import annotations

import pytest
from support.markings import marking

from attributor.reporting import reports, told_outright

Expected = tuple[str, str, str]
"""The words (spans parted by " | "), the mention and the cue; "" for none."""


def told(text: str, language: str = "en") -> list[Expected]:
    found = []
    for each in told_outright(marking(text, language)):
        words = " | ".join(text[a:b].strip(" ,") for a, b in each.spans)
        mention = text[each.mention.start : each.mention.end] if each.mention else ""
        found.append((words, mention, text[each.cue.start : each.cue.end] if each.cue else ""))
    return found


LEAD_INS: list[tuple[str, str, list[Expected]]] = [
    ("en", "Lotte Brink told the crew:\n\n“We sail.”", [("We sail.", "Lotte Brink", "told")]),
    ("en", "She told the crew:\n\n“We sail.”", [("We sail.", "She", "told")]),
    ("en", "Lotte Brink said,\n\n“We sail.”", [("We sail.", "Lotte Brink", "said")]),
    (
        "en",
        "Speaking on deck, Lotte Brink said:\n\n“We sail.”",
        [("We sail.", "Lotte Brink", "said")],
    ),
    ("en", "Lotte Brink was blunt:\n\n“We sail.”", [("We sail.", "Lotte Brink", "")]),
    ("en", "He went on:\n\n“We sail.”", [("We sail.", "He", "")]),
    ("en", "Lotte Brink issued this statement:\n\n“We sail.”", [("We sail.", "Lotte Brink", "")]),
    ("en", "From Lotte Brink, captain:\n\n“We sail.”", [("We sail.", "Lotte Brink", "")]),
    ("en", "Full statement by Lotte Brink:\n\n“We sail.”", [("We sail.", "Lotte Brink", "")]),
    ("en", "Lotte Brink:\n\n“We sail.”", [("We sail.", "Lotte Brink", "")]),
    (
        "en",
        "It rained. Brink added:\n\n“We sail.”\n\nIt stopped.",
        [("We sail.", "Brink", "added")],
    ),
    (
        "en",
        "Lotte Brink added:\n\nWe sail on Monday.",
        [("We sail on Monday.", "Lotte Brink", "added")],
    ),
    ("de", "Lotte Brink sagte:\n\n„Wir fahren.“", [("Wir fahren.", "Lotte Brink", "sagte")]),
    ("de", "Erklärung von Lotte Brink:\n\n„Wir fahren.“", [("Wir fahren.", "Lotte Brink", "")]),
    ("sr-Latn", "Ana Ilić je poručila:\n\n„Idemo.“", [("Idemo.", "Ana Ilić", "poručila")]),
    # nobody leads up to these
    ("en", "There were two reasons:\n\n“Salt” was one.", []),
    ("en", "It gets better:\n\n“The law counts goats.”", []),
    ("en", "SHORT READS:\n\n“Salt and Stairs”, a novel.", []),
    ("en", "She never told them this:\n\n“We sail.”", []),
    ("en", "Brink was blunt:\n\n“We sail!” Oskar Lund shouted.", []),
    ("en", "Brink listed her reasons:\n\nMoney\n\nTime", []),
]

RELAYS: list[tuple[str, str, list[Expected]]] = [
    (
        "en",
        "Echo quoted Dr Lena Holm as saying: “We sleep.”",
        [("We sleep.", "Dr Lena Holm", "quoted")],
    ),
    ("en", "Echo quoted her as saying that it rained.", [("that it rained.", "her", "quoted")]),
    ("en", "“We sleep,” Echo quoted Lena Holm as saying.", [("We sleep", "Lena Holm", "quoted")]),
    ("en", "“We sleep,” Lena Holm was quoted as saying.", [("We sleep", "Lena Holm", "quoted")]),
    (
        "en",
        "“We sleep,” Lena Holm was cited by Echo as saying.",
        [("We sleep", "Lena Holm", "cited")],
    ),
    ("en", "Echo cited the mayor, Lena Holm, as saying: “No.”", [("No.", "Lena Holm", "cited")]),
    ("en", "Echo quoted one nurse: “We sleep.”", [("We sleep.", "one nurse", "quoted")]),
    ("en", "Echo quoted Shakespeare and left.", []),
    (
        "de",
        "Das Blatt zitiert Ole Jensen mit den Worten: „Er hält.“",
        [("Er hält.", "Ole Jensen", "zitiert")],
    ),
    (
        "de",
        "Ole Jensen wurde mit den Worten zitiert: „Er hält.“",
        [("Er hält.", "Ole Jensen", "zitiert")],
    ),
]

OWN_VIEWS: list[tuple[str, str, list[Expected]]] = [
    ("en", "In her view, the bridge is low.", [("the bridge is low.", "her", "In her view")]),
    (
        "en",
        "The bridge, in his own words, is low.",
        [("The bridge | is low.", "his", "in his own words")],
    ),
    (
        "en",
        "In the mayor’s opinion, it is low.",
        [("it is low.", "the mayor", "In the mayor’s opinion")],
    ),
    (
        "en",
        "It is, in Quill’s words, “a monument to rust”.",
        [("It is | “a monument to rust”.", "Quill", "in Quill’s words")],
    ),
    ("en", "By his own account, he slept.", [("he slept.", "his", "By his own account")]),
    ("en", "There was anger in his words.", []),
    ("en", "In my view, the bridge is low.", []),
    ("en", "In other words, the bridge is low.", []),
    (
        "sr-Latn",
        "Prema njenim rečima, most je gotov.",
        [("most je gotov.", "njenim", "Prema njenim rečima")],
    ),
]


@pytest.mark.parametrize(
    ("language", "text", "expected"), LEAD_INS, ids=[t for _, t, _ in LEAD_INS]
)
def test_a_paragraph_leads_up_to_the_next(
    language: str, text: str, expected: list[Expected]
) -> None:
    assert told(text, language) == expected


@pytest.mark.parametrize(("language", "text", "expected"), RELAYS, ids=[t for _, t, _ in RELAYS])
def test_whoever_is_quoted_said_it(language: str, text: str, expected: list[Expected]) -> None:
    assert told(text, language) == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"), OWN_VIEWS, ids=[t for _, t, _ in OWN_VIEWS]
)
def test_a_possessive_with_a_noun_credits(
    language: str, text: str, expected: list[Expected]
) -> None:
    assert told(text, language) == expected


def test_nothing_is_told_twice() -> None:
    text = "Echo quoted Holm as saying:\n\n“In her view, it is low.”\n\n— Agnes Poll, cook"
    assert [words for words, _, _ in told(text)] == ["In her view, it is low."]


def test_what_a_relay_reports_is_checked_against_whoever_is_quoted() -> None:
    text = "Echo quoted Lena Holm as saying that the beds were full."
    (clause,) = reports(marking(text), 0, len(text))
    assert clause.mention is not None
    assert text[clause.mention.start : clause.mention.end] == "Lena Holm"


PASSIVES: list[tuple[str, list[Expected]]] = [
    (
        "The pier was described by Dean Mara Quill as “a comb with teeth missing”.",
        [("a comb with teeth missing", "Dean Mara Quill", "described")],
    ),
    (
        "The pier has been called “a comb with teeth missing” by the harbour master.",
        [("a comb with teeth missing", "the harbour master", "called")],
    ),
    (
        "The plan was dismissed by the mayor, Mara Quill, as a “very wet joke”.",
        [("very wet joke", "Mara Quill", "dismissed")],
    ),
    (
        "Mara Quill was reported to have said that the pier was safe.",
        [("that the pier was safe.", "Mara Quill", "reported to have said")],
    ),
    (
        "The mayor was rumoured to have told friends that the pier was safe.",
        [("that the pier was safe.", "The mayor", "rumoured to have told")],
    ),
    ("The pier was never described by Mara Quill as “a comb with teeth missing”.", []),
    ("The book was published by Mara Quill as “The Comb With Teeth”.", []),
    ("The pier was painted by Mara Quill with the words “mind your feet”.", []),
    ("The pier was welcomed by Mara Quill at the “not so grand” hotel.", []),
    ("The pier was reported to have been closed on Monday.", []),
]


@pytest.mark.parametrize(("text", "expected"), PASSIVES, ids=[t for t, _ in PASSIVES])
def test_a_passive_names_whose_words_they_are(text: str, expected: list[Expected]) -> None:
    assert told(text) == expected


MANNERS: list[tuple[str, list[Expected]]] = [
    (
        "It snowed. Visiting curate Mara Quill was blunt: “We froze.”",
        [("We froze.", "Visiting curate Mara Quill", "")],
    ),
    ("It snowed. The mayor was less sure: “I saw rain.”", [("I saw rain.", "The mayor", "")]),
    ("It snowed. She was unimpressed: “I saw rain.”", [("I saw rain.", "She", "")]),
    (
        "It snowed. Mara Quill had a short answer: “Wear a hat.”",
        [("Wear a hat.", "Mara Quill", "")],
    ),
    ("It snowed. The sign was blunt: “No dogs here.”", []),
    ("It snowed. It was clear: “No one will come.”", []),
    ("It snowed. Mara Quill was wearing a badge: “No more ditches.”", []),
    ("It snowed. Mara Quill was arrested: “No more ditches.”", []),
    ("It snowed. Mara Quill was the author of a book: “No more ditches.”", []),
    ("It snowed. Mara Quill had a new hat: “No more ditches.”", []),
]


@pytest.mark.parametrize(("text", "expected"), MANNERS, ids=[t for t, _ in MANNERS])
def test_how_somebody_was_leads_up_to_what_they_said(text: str, expected: list[Expected]) -> None:
    assert told(text) == expected
