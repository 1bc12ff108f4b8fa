"""One person behind many mentions, and no name that the article does not give."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.embedded import annotate

from attributor.assembling import assemble
from attributor.engines import Proposed
from attributor.grounding import GroundedQuote
from attributor.marking import mark
from attributor.records import (
    Annotation,
    Article,
    Piece,
    Proposal,
    ProposedQuote,
    ProposedSpeaker,
    Provenance,
    Speaker,
)
from attributor.speakers import Resolution, resolve


def annotated(text: str, language: str | None = None) -> Annotation:
    return annotate(Article(id="a", text=text), language)


def names(text: str) -> list[str | None]:
    """The speaker's name of each quote, in order."""
    annotation = annotated(text)
    found = [annotation.speaker_of(quote) for quote in annotation.quotes]
    return [speaker.name if speaker else None for speaker in found]


def only_speaker(text: str) -> Speaker:
    (speaker,) = annotated(text).speakers
    return speaker


# --- names ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("space", ["\n", "\r\n", "\u00a0", "  ", "\n\t"])
def test_a_name_is_one_however_its_lines_were_broken(space: str) -> None:
    wrapped = (
        f"The ferry was late again on Monday, the port engineer Nela{space}Brandt said, and that "
        "was that. “It is new,” Nela Brandt said.\n\nThe end."
    )
    speakers = annotated(wrapped).speakers
    assert [(speaker.name, speaker.aliases) for speaker in speakers] == [("Nela Brandt", ())]
    alone = only_speaker(
        f"The captain slept.\n\n“It is new, and it will lie here for years to come,” a port{space}"
        "official said."
    )
    assert alone.role == "a port official"


def test_a_surname_is_the_full_name_wherever_that_stands() -> None:
    assert names("Nela Brandt spoke first. Brandt said the ferry was late.") == ["Nela Brandt"]
    later = "Brandt said the ferry was late.\n\n“It is new,” Nela Brandt said."
    assert names(later) == ["Nela Brandt", "Nela Brandt"]


def test_the_longest_name_is_shown_without_titles_and_the_others_are_aliases() -> None:
    speaker = only_speaker(
        "“It is new,” Mayor Nela T. Brandt said. Brandt said it was safe. "
        "“It is fast,” said Ms Brandt. Nela Brandt said it was hers."
    )
    assert speaker.name == "Nela T. Brandt"
    assert set(speaker.aliases) == {"Nela Brandt", "Brandt"}
    assert speaker.kind == "person"


@pytest.mark.parametrize(
    "title",
    ["Mr.", "Mrs.", "Ms", "Dr.", "Professor", "President", "Prime Minister", "Sen.", "Governor"],
)
def test_a_title_is_no_part_of_the_name(title: str) -> None:
    assert names(f"“It is new,” {title} Brandt said.") == ["Brandt"]
    assert names(f"“It is new,” {title} Nela Brandt said.") == ["Nela Brandt"]


def test_the_role_is_what_the_article_calls_the_person() -> None:
    assert only_speaker("Nela Brandt, the mayor of Dunford, said it was new.").role == (
        "the mayor of Dunford"
    )
    assert only_speaker("“It is new,” Mayor Nela Brandt said.").role == "Mayor"


def test_a_role_has_no_space_around_it() -> None:
    assert only_speaker("“It is new,” Mayor\u00a0Nela Brandt said.").role == "Mayor"


def test_a_role_ends_where_its_relative_clause_begins() -> None:
    text = "“It is new,” said Nela Brandt, the engineer who planned the harbour of Dunford in May."
    assert only_speaker(text).role == "the engineer"


def test_a_long_role_is_whole() -> None:
    role = "the chief engineer of the harbour board of Dunford and a member of its council"
    assert only_speaker(f"“It is new,” said Nela Brandt, {role}, on Monday.").role == role


def test_two_people_of_one_surname_are_told_apart_by_title() -> None:
    text = (
        "Mr. Quill and Mrs. Quill met the council. “It is safe,” Mr. Quill said.\n\n"
        "“It is not safe at all,” Mrs. Quill said.\n\n“I was there,” she said."
    )
    first, second, third = annotated(text).quotes
    assert first.speaker != second.speaker == third.speaker


def test_two_people_of_one_surname_are_told_apart_by_given_name() -> None:
    text = (
        "Mara Quill and her brother Tom Quill run the ferry. “It is safe,” Mara Quill said.\n\n"
        "“It is not safe at all,” Tom Quill said."
    )
    assert names(text) == ["Mara Quill", "Tom Quill"]


# --- pronouns and descriptions -------------------------------------------------------------------


def test_a_pronoun_means_the_person_across_paragraphs() -> None:
    text = (
        "Mayor Nela Brandt opened the meeting.\n\nThe council listened for an hour.\n\n"
        "“The ferry is safe,” she said.\n\nIt would sail in May, she said."
    )
    assert names(text) == ["Nela Brandt", "Nela Brandt"]


def test_he_and_she_mean_different_people() -> None:
    text = (
        "Mrs. Nela Brandt met Mr. Oskar Lund on Monday.\n\n“The ferry is safe,” she said.\n\n"
        "“It is not safe yet,” he said."
    )
    assert names(text) == ["Nela Brandt", "Oskar Lund"]


def test_a_pronoun_without_anybody_before_it_names_nobody() -> None:
    assert names("“We are done here,” she said.") == [None]


@pytest.mark.parametrize(
    ("lead", "description"),
    [
        ("Mayor Nela Brandt opened the meeting.", "the mayor"),
        ("Nela Brandt, the mayor of Dunford, opened the meeting.", "the mayor"),
        ("Prime Minister Nela Brandt opened the meeting.", "the prime minister"),
        ("Ambassador Nela Brandt opened the meeting. “Welcome,” she said.", "the diplomat"),
        ("Nela Brandt, the ambassador of Norland, opened the meeting.", "the diplomat"),
        ("The mayor, Nela Brandt, opened the meeting.", "the mayor"),
        ("Sen. Nela Brandt opened the meeting.", "the senator"),
    ],
)
def test_a_title_means_the_person_who_holds_it(lead: str, description: str) -> None:
    assert names(f"{lead}\n\n“The ferry is safe,” {description} said.")[-1] == "Nela Brandt"


def test_two_ministers_are_told_apart_by_their_office() -> None:
    text = (
        "Prime Minister Nela Brandt arrived.\n\nThe foreign minister, Oskar Lund, disagreed. "
        "“We are not ready,” the foreign minister said.\n\n“We are,” the prime minister said."
    )
    assert names(text) == ["Oskar Lund", "Nela Brandt"]


def test_a_description_of_somebody_unnamed_means_the_same_speaker_again() -> None:
    annotation = annotated(
        "“It is loud,” said a 34-year-old teacher. The teacher said she would move."
    )
    assert [(s.name, s.role) for s in annotation.speakers] == [("", "a 34-year-old teacher")]


def test_an_unnamed_officer_is_not_taken_for_a_named_speaker() -> None:
    text = "“It is safe,” Nela Brandt said.\n\n“It is not,” a senior official said."
    assert names(text) == ["Nela Brandt", ""]


def test_a_group_keeps_no_name_and_stays_one_speaker() -> None:
    annotation = annotated("Protesters said they would stay. They said the pier was theirs.")
    (speaker,) = annotation.speakers
    assert (speaker.name, speaker.kind, speaker.role) == ("", "group", "Protesters")
    assert [q.speaker for q in annotation.quotes] == [1, 1]


def test_a_body_with_a_name_keeps_it() -> None:
    text = (
        "The Ministry of Water said the river was clean. It said the fish were back. "
        "The ministry said nobody was hurt."
    )
    assert names(text) == ["Ministry of Water"] * 3
    assert annotated(text).speakers[0].kind == "organization"


def test_speakers_are_numbered_as_they_first_speak() -> None:
    annotation = annotated(
        "Oskar Lund waited. “It is safe,” Nela Brandt said.\n\n“It is not,” Lund said.\n\n"
        "“It is,” Brandt said."
    )
    assert [(s.id, s.name) for s in annotation.speakers] == [(1, "Nela Brandt"), (2, "Oskar Lund")]
    assert [q.speaker for q in annotation.quotes] == [1, 2, 1]


# --- Serbian -------------------------------------------------------------------------------------


def test_serbian_names_and_pronouns_are_tied_in_latin_script() -> None:
    text = (
        "Ambasadorka Nela Brandt je rekla da je most otvoren. „Most je otvoren“, rekla je ona. "
        "„Otvoren je od maja“, kaže Brandt."
    )
    assert names(text) == ["Nela Brandt"] * 3


def test_serbian_names_and_pronouns_are_tied_in_cyrillic_script() -> None:
    text = (
        "„Мост је отворен“, рекла је Нела Брандт. Она је додала да ће мост бити затворен у мају. "
        "Према речима Брандт, то је добро."
    )
    assert names(text) == ["Нела Брандт"] * 3


# --- what an engine proposes ---------------------------------------------------------------------

TEXT = "“It is safe,” she said. “It is new,” Nela Brandt said. “It is fast,” an aide said."


def proposed(
    *speakers: ProposedSpeaker, quotes: list[tuple[str, str | None, int | None]]
) -> Resolution:
    """Quotes of TEXT given as (content, mention, index of the proposed speaker)."""

    def edges(words: str) -> tuple[int, int]:
        start = TEXT.index(words)
        return start, start + len(words)

    grounded = [
        GroundedQuote(
            kind="direct",
            marked=True,
            spans=(edges(content),),
            mention=edges(mention) if mention else None,
            speaker=speaker,
        )
        for content, mention, speaker in quotes
    ]
    return resolve(mark(Article(id="a", text=TEXT), "en"), grounded, speakers)


def test_a_proposed_name_that_the_article_does_not_hold_is_never_shown() -> None:
    found = proposed(
        ProposedSpeaker(name="Vesna Horvat", role="mayor"), quotes=[("It is safe", "she", 0)]
    )
    assert all("Vesna" not in s.name and "Horvat" not in s.name for s in found.speakers)
    assert all(not s.aliases for s in found.speakers)


def test_a_proposed_name_is_shown_as_the_article_writes_it() -> None:
    found = proposed(ProposedSpeaker(name="NELA BRANDT"), quotes=[("It is safe", "she", 0)])
    assert [s.name for s in found.speakers] == ["Nela Brandt"]


def test_a_proposed_surname_is_shown_as_the_full_name() -> None:
    found = proposed(ProposedSpeaker(name="Ms Brandt"), quotes=[("It is safe", "she", 0)])
    assert [s.name for s in found.speakers] == ["Nela Brandt"]


def test_one_proposed_speaker_ties_a_pronoun_to_a_name() -> None:
    found = proposed(
        ProposedSpeaker(name="Nela Brandt"),
        quotes=[("It is safe", "she", 0), ("It is new", "Nela Brandt", 0)],
    )
    assert found.of_quote == (1, 1)
    assert found.mention_types == ("pronoun", "name")
    assert [s.name for s in found.speakers] == ["Nela Brandt"]


def test_a_proposed_speaker_without_a_name_keeps_role_and_kind() -> None:
    found = proposed(
        ProposedSpeaker(role="an aide", kind="anonymous"), quotes=[("It is fast", None, 0)]
    )
    assert [(s.name, s.role, s.kind) for s in found.speakers] == [("", "an aide", "anonymous")]


def test_a_quote_without_mention_and_proposal_has_no_speaker() -> None:
    found = proposed(quotes=[("It is safe", None, None)])
    assert found == Resolution((), (None,), ("none",))


# --- any text -------------------------------------------------------------------------------------

VOCABULARY = (
    "Nela", "Brandt", "Oskar", "Lund", "Mr.", "Mrs.", "Dr.", "Mayor", "Ana", "O’Neill", "Šarić",
    "Brandt’s", "Holt's", "J.", "T.", "van", "and", "the", "The", "a", "mayor", "Ministry", "of",
    "Water", "committee", "he", "she", "He", "they", "it", "who", "said", "told", "says", "for",
    "“It is so,”", "“No.”", ".", ",", ":", "\n", "\n\n", "—", "İnci", "\u0301", "\u202e", "\x1b",
    "\ud800", "\U0001f6a2",
)  # fmt: skip
WORDS = st.sampled_from(VOCABULARY)
TEXTS = st.lists(WORDS, max_size=50).map(" ".join)


@settings(max_examples=300)
@given(TEXTS)
def test_every_name_and_alias_stands_in_the_text(text: str) -> None:
    for speaker in annotated(text, "en").speakers:
        for name in (speaker.name, *speaker.aliases):
            assert name in " ".join(text.split())


@settings(max_examples=150)
@given(
    TEXTS.filter(bool), st.lists(st.text(max_size=12) | WORDS, min_size=1, max_size=3), st.data()
)
def test_no_proposed_name_gets_past_the_text(
    text: str, told: list[str], data: st.DataObject
) -> None:
    offsets = st.integers(0, len(text) - 1)
    pieces = [Piece(start=at, end=at + 1) for at in data.draw(st.tuples(offsets, offsets))]
    proposal = Proposal(
        speakers=tuple(ProposedSpeaker(name=name) for name in told),
        quotes=tuple(
            ProposedQuote(pieces=(piece,), mention=pieces[0], speaker=number % len(told))
            for number, piece in enumerate(pieces)
        ),
    )
    marking = mark(Article(id="a", text=text), "en")
    for speaker in assemble(marking, Proposed(proposal, Provenance(name="openai"))).speakers:
        for name in (speaker.name, *speaker.aliases):
            assert name in " ".join(text.split())


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (
            "Mara Quill Says Bridge Will Open Soon\n\nThe bridge was shut in May. "
            "“It is safe,” Mara Quill said.",
            "Mara Quill",
        ),
        (
            "“It is safe,” Rep. Mara Quill (D-Ohio), chair of the panel, said on Monday.",
            "Mara Quill",
        ),
        ("“It is safe,” said Speaker of the House John Quill.", "John Quill"),
        ("“It is safe,” said Del. Mara Quill of the valley.", "Mara Quill"),
    ],
)
def test_a_name_ends_where_the_headline_or_the_office_goes_on(text: str, name: str) -> None:
    assert set(names(text)) == {name}


def test_who_means_the_name_before_it() -> None:
    text = "The council met Mara Quill, who said that the bridge was safe."
    assert names(text) == ["Mara Quill"]
