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
    Candidate,
    Piece,
    Proposal,
    ProposedQuote,
    ProposedSpeaker,
    Provenance,
    Speaker,
)
from attributor.speakers import Resolution, resolve
from attributor.speakers.described import is_description
from attributor.speakers.lexicon import lexicon


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
    *speakers: ProposedSpeaker,
    quotes: list[tuple[str, str | None, int | None]],
    text: str = TEXT,
) -> Resolution:
    """Quotes of a text given as (content, mention, index of the proposed speaker)."""

    def edges(words: str) -> tuple[int, int]:
        start = text.rindex(words)
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
    return resolve(mark(Article(id="a", text=text), "en"), grounded, speakers)


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


@pytest.mark.parametrize(
    ("said", "mention"),
    [("It is safe", "she"), ("It is fast", "an aide"), ("It is new", None)],
)
def test_a_proposed_name_decides_where_the_text_is_not_sure(said: str, mention: str | None) -> None:
    found = proposed(ProposedSpeaker(name="Nela Brandt"), quotes=[(said, mention, 0)])
    assert [s.name for s in found.speakers] == ["Nela Brandt"]
    assert found.candidates == ((),)


def test_a_proposed_name_is_given_where_the_text_is_sure_of_somebody_else_and_in_doubt() -> None:
    text = "Nela Brandt met Oskar Lund. “It is new,” Oskar Lund said."
    found = proposed(
        ProposedSpeaker(name="Nela Brandt"), quotes=[("It is new", "Oskar Lund", 0)], text=text
    )
    assert [s.name for s in found.speakers] == ["Nela Brandt"]
    assert found.confidences == (None,)
    assert [candidate.name for candidate in found.candidates[0]] == ["Nela Brandt", "Oskar Lund"]
    assert [candidate.speaker for candidate in found.candidates[0]] == [1, None]
    assert sum(candidate.probability for candidate in found.candidates[0]) == pytest.approx(1)


def test_nobody_is_named_where_an_engine_says_so_though_the_text_is_sure() -> None:
    found = proposed(ProposedSpeaker(), quotes=[("It is new", "Nela Brandt", 0)])
    assert not any(speaker.name for speaker in found.speakers)
    assert [candidate.name for candidate in found.candidates[0]] == ["Nela Brandt"]


def test_nobody_is_in_no_doubt_where_the_text_is_not_sure_either() -> None:
    found = proposed(ProposedSpeaker(), quotes=[("It is safe", "she", 0)])
    assert not any(speaker.name for speaker in found.speakers)
    assert found.candidates == ((),)


def test_whom_the_article_does_not_name_is_described_as_it_does() -> None:
    found = proposed(ProposedSpeaker(), quotes=[("It is fast", "an aide", 0)])
    assert [(s.name, s.role, s.kind) for s in found.speakers] == [("", "an aide", "anonymous")]


@pytest.mark.parametrize("name", ["she", "She", "an aide", "An aide", "aide", "the aide"])
def test_a_pronoun_or_a_description_given_as_a_name_names_nobody(name: str) -> None:
    found = proposed(ProposedSpeaker(name=name), quotes=[("It is fast", "an aide", 0)])
    assert [(s.name, s.role, s.kind) for s in found.speakers] == [("", "an aide", "anonymous")]


def test_a_pronoun_given_as_a_name_leaves_it_to_the_text() -> None:
    found = proposed(ProposedSpeaker(name="She"), quotes=[("It is new", "Nela Brandt", 0)])
    assert [s.name for s in found.speakers] == ["Nela Brandt"]
    assert found.candidates == ((),)


def test_a_description_given_as_a_name_is_in_doubt_where_the_text_is_sure_of_somebody() -> None:
    found = proposed(ProposedSpeaker(name="an aide"), quotes=[("It is new", "Nela Brandt", 0)])
    assert not any(speaker.name for speaker in found.speakers)
    assert [candidate.name for candidate in found.candidates[0]] == ["Nela Brandt"]


@pytest.mark.parametrize("name", ["The Bank", "White House", "The White House", "City Council"])
def test_a_body_is_called_by_nouns_with_capitals(name: str) -> None:
    text = f"People asked {name} of it. “It is new,” it said."
    found = proposed(ProposedSpeaker(name=name), quotes=[("It is new", "it", 0)], text=text)
    assert [s.name for s in found.speakers] == [name]


@pytest.mark.parametrize(
    ("language", "name", "is_one"),
    [
        ("de", "Der Sprecher", True),
        ("de", "Sprecher", True),
        ("de", "Die Grünen", False),
        ("de", "Der Spiegel", False),
        ("sr-Latn", "predsednica opštine", True),
        ("sr-Latn", "Ministar", True),
        ("sr-Latn", "Vlada Srbije", False),
    ],
)
def test_what_a_person_is_is_told_from_what_somebody_is_called(
    language: str, name: str, is_one: bool
) -> None:
    assert is_description(name, lexicon(language)) is is_one


def test_without_a_proposed_speaker_the_text_decides() -> None:
    found = proposed(quotes=[("It is new", "Nela Brandt", None)])
    assert [s.name for s in found.speakers] == ["Nela Brandt"]
    assert found.candidates == ((),)


def test_a_proposed_name_that_the_article_does_not_hold_leaves_it_to_the_text() -> None:
    found = proposed(ProposedSpeaker(name="Vesna Horvat"), quotes=[("It is new", "Nela Brandt", 0)])
    assert [s.name for s in found.speakers] == ["Nela Brandt"]
    assert found.candidates == ((),)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Donald Holt Jr", "Donald Holt Jr"),
        ("Donald Holt Jr.", "Donald Holt Jr"),
        ("Donald Holt", "Donald Holt"),
        ("President Donald Holt", "Donald Holt"),
    ],
)
def test_a_son_is_not_his_father(name: str, shown: str) -> None:
    text = "Donald Holt met his son, Donald Holt Jr, on Monday. “It is new,” he said."
    found = proposed(ProposedSpeaker(name=name), quotes=[("It is new", "he", 0)], text=text)
    assert [s.name for s in found.speakers] == [shown]


def test_a_name_that_no_list_knows_is_taken_as_the_article_writes_it() -> None:
    text = "The band was xQc and the others. “It is new,” he said."
    found = proposed(ProposedSpeaker(name="xQc"), quotes=[("It is new", "he", 0)], text=text)
    assert [s.name for s in found.speakers] == ["xQc"]


@pytest.mark.parametrize("name", ["Nela Lund", "Brandt Nela", "Nela Brandt Lund"])
def test_words_of_several_names_are_no_name_of_the_articles(name: str) -> None:
    text = "Nela Brandt met Oskar Lund. “It is new,” she said."
    found = proposed(ProposedSpeaker(name=name), quotes=[("It is new", "she", 0)], text=text)
    assert all(s.name in ("", "Nela Brandt", "Oskar Lund") for s in found.speakers)


def test_what_a_draft_leaves_in_doubt_stays_in_doubt_with_its_name() -> None:
    candidates = (
        Candidate(name="Nela Brandt", probability=0.5),
        Candidate(name="Vesna Horvat", probability=0.3),
    )
    drafted = ProposedSpeaker(name="Nela Brandt", confidence=0.5, candidates=candidates)
    found = proposed(drafted, quotes=[("It is safe", "she", 0)])
    assert [s.name for s in found.speakers] == ["Nela Brandt"]
    assert found.confidences == (0.5,)
    assert found.candidates == ((Candidate(name="Nela Brandt", speaker=1, probability=0.5),),)


def test_what_a_draft_leaves_in_doubt_stays_in_doubt_without_a_name() -> None:
    candidates = (Candidate(name="Nela Brandt", probability=0.5),)
    drafted = ProposedSpeaker(confidence=0.3, candidates=candidates)
    found = proposed(drafted, quotes=[("It is new", "Nela Brandt", 0)])
    assert found.confidences == (0.3,)
    assert [(c.name, c.probability) for c in found.candidates[0]] == [("Nela Brandt", 0.5)]


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
