"""Whose clause a cue stands in and what it reports, in the grammar of each language."""

from __future__ import annotations

import pytest
from support.german_sentences import SENTENCES, Sentence

from attributor.marking import Marking, mark
from attributor.marking import language as packs
from attributor.records import Article
from attributor.reporting import grammar_of, is_reported_by_mood, reports


def marking(text: str, language: str) -> Marking:
    return mark(Article(id="a", text=text), language)


def read(text: str, language: str) -> list[tuple[str, str, str]]:
    """The cue, the mention and the content of every reporting clause, in the text's words."""
    marked = marking(text, language)
    grammar = grammar_of(marked.pack)
    found = []
    for clause in reports(marked, 0, len(text)):
        content = grammar.content(marked, clause)
        words = [text[a:b].strip(" ,.") for a, b in content.spans] if content else []
        mention = text[clause.mention.start : clause.mention.end] if clause.mention else ""
        found.append((text[clause.cue.start : clause.cue.end], mention, " … ".join(words)))
    return found


@pytest.mark.parametrize("sentence", SENTENCES.values(), ids=SENTENCES)
def test_german_tells_by_clauses_who_said_what(sentence: Sentence) -> None:
    ((cue, mention, content),) = read(sentence.text, "de")
    assert (cue, mention) == (sentence.cue, sentence.mention)
    assert content.removeprefix("dass ") == sentence.content


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ann Lee said that it rained.", ("said", "Ann Lee", "that it rained")),
        ("It rained all day, said Ann Lee.", ("said", "Ann Lee", "It rained all day")),
        ("It rained a lot, according to Ann Lee.", ("according to", "Ann Lee", "It rained a lot")),
        ("According to Ann Lee, it rained a lot.", ("According to", "Ann Lee", "it rained a lot")),
        ("Ann Lee: It rained a lot.", (":", "Ann Lee", "It rained a lot")),
    ],
)
def test_english_tells_by_the_order_of_words_who_said_what(
    text: str, expected: tuple[str, str, str]
) -> None:
    assert read(text, "en") == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kiša stalno pada, rekla je Ana Perić.", ("rekla", "Ana Perić", "Kiša stalno pada")),
        ("Ministarka je rekla da Niš dugo čeka.", ("rekla", "Ministarka", "Niš dugo čeka")),
        ("Naglasila je da kiša stalno pada.", ("Naglasila", "", "kiša stalno pada")),
        ("Нагласила је да киша стално пада.", ("Нагласила", "", "киша стално пада")),
    ],
)
def test_serbian_may_leave_the_speaker_out(text: str, expected: tuple[str, str, str]) -> None:
    ((cue, mention, content),) = read(text, "sr-Latn" if text < "А" else "sr-Cyrl")
    assert (cue, mention, content.removeprefix("da ").removeprefix("да ")) == expected


def test_a_language_has_one_grammar() -> None:
    english, serbian, german = (grammar_of(packs.load(code)) for code in ("en", "sr-Cyrl", "de"))
    assert english is serbian
    assert english is not german


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Der Steg sei morsch.", "de", True),
        ("Der Steg ist morsch.", "de", False),
        ("Ole Krug sagte, der Steg sei morsch.", "de", False),
        ("It be so.", "en", False),
    ],
)
def test_a_mood_alone_reports_where_the_language_has_one_and_no_cue_comes_first(
    text: str, language: str, expected: bool
) -> None:
    assert is_reported_by_mood(marking(text, language), 0) is expected


# --- by the order of words ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("The mayor, Ann Lee, said that it rained.", "Ann Lee"),
        ("Ann Lee, the mayor of Dunford, said that it rained.", "Ann Lee"),
        ("Ann Lee (37) said that it rained.", "Ann Lee"),
        ("A spokesman for the ministry said that it rained.", "A spokesman"),
        ("Ann Lee and Tom Berg said that it rained.", "Ann Lee and Tom Berg"),
        ("A man who asked not to be named said that it rained.", "A man"),
        ("The old ferryman said that it rained.", "The old ferryman"),  # no noun that is known
        ("Ann Lee has repeatedly said that it rained.", "Ann Lee"),
        ("“It rained,” said the mayor, Ann Lee.", "Ann Lee"),
        ("“It rained,” said the old ferryman.", "the old ferryman"),
        ("“It rained,” warden Ann Lee said.", "Ann Lee"),
        ("According to the old ferryman, it rained all day.", "the old ferryman"),
    ],
)
def test_the_subject_is_the_name_or_else_the_first_part_of_the_description(
    text: str, who: str
) -> None:
    assert [mention for _, mention, _ in read(text, "en")] == [who]


@pytest.mark.parametrize(
    "text",
    [
        "Those who said it rained were wrong.",
        "Ann Lee did not say that it rained.",
        "Ann Lee never said that it rained.",
        "Ann Lee was told that it rained.",
        "Ann Lee wants to say that it rained.",
    ],
)
def test_what_was_not_said_by_the_subject_has_no_reporting_clause(text: str) -> None:
    assert read(text, "en") == []


@pytest.mark.parametrize(
    ("text", "content"),
    [
        # a clause behind the verb, over a listener, a time and a place
        ("Ann Lee told Tom Berg that it rained.", "that it rained"),
        ("Ann Lee told Tom Berg to close the old bridge.", "to close the old bridge"),
        ("Ann Lee said Monday it would rain all day.", "it would rain all day"),
        ("Ann Lee said in Dunford on Monday that it rained.", "that it rained"),
        ("Ann Lee said: it rained all day.", "it rained all day"),
        # a clause before it, which may go on behind it
        ("It rained, Ann Lee said, and the bridge was closed.",
         "It rained … and the bridge was closed"),
        ("It rained all day, Ann Lee said on Monday.", "It rained all day"),
        ("It rained all day, Ann Lee told the Dunford Echo.", "It rained all day"),
        ("So it “rained all day”, Ann Lee said.", "So it “rained all day”"),
        # marked speech, alone or inside other words
        ("Ann Lee said “it rained all day”.", "it rained all day"),
        ("Ann Lee said that the bridge “is not safe” at all.",
         "that the bridge “is not safe” at all"),
        ("Ann Lee said she had read “Rain” and that it was good.",
         "she had read “Rain” and that it was good"),
        ("Ann Lee said so. “It rained all day.”", "It rained all day"),
        ("“It rained.” She added that it was cold.", "that it was cold"),
        # around the phrase
        ("The bridge, according to Ann Lee, is closed for good.",
         "The bridge … is closed for good"),
        # nothing
        ("According to Ann Lee, maybe.", ""),
        ("Ann Lee said no.", ""),
        ("Ann Lee said not a word of it.", ""),
    ],
)  # fmt: skip
def test_english_content_stands_behind_the_clause_before_it_or_around_it(
    text: str, content: str
) -> None:
    assert [words for *_, words in read(text, "en")] == [content]


@pytest.mark.parametrize(
    ("text", "contents"),
    [
        ("It rained all day, Ann Lee said, adding that it was cold.",
         ["It rained all day", "that it was cold"]),
        ("Ann Lee said the bridge was closed and Tom Berg said it was open.",
         ["the bridge was closed", "it was open"]),
        ("Ann Lee said the bridge was closed, while Tom Berg said it was open.",
         ["the bridge was closed", "it was open"]),
        ("Ann Lee said the bridge was closed and added that it was old.",
         ["the bridge was closed", "that it was old"]),
        ("Ann Lee said so. “It rained all day,” said Tom Berg.", ["", "It rained all day"]),
    ],
)  # fmt: skip
def test_content_ends_where_another_reporting_clause_begins(text: str, contents: list[str]) -> None:
    assert [words for *_, words in read(text, "en")] == contents


# --- by commas ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "content"),
    [
        # a clause behind the verb
        ("Ann Lee sagte am Montag, die Brücke sei zu.", "die Brücke sei zu"),
        ("Ann Lee, die Bürgermeisterin, sagte, die Brücke sei zu.", "die Brücke sei zu"),
        ("Ann Lee versprach, die Brücke zu schließen.", "die Brücke zu schließen"),
        ("Ann Lee sagte, die „Rote Brücke“ sei zu.", "die „Rote Brücke“ sei zu"),
        ("Ann Lee weiß, dass die Brücke zu ist, und sagte, sie sei alt.", "sie sei alt"),
        # a clause before it or around it
        ("Die Brücke sei zu, sagte Ann Lee.", "Die Brücke sei zu"),
        ("Die Brücke, sagte Ann Lee, sei seit Montag zu.", "Die Brücke … sei seit Montag zu"),
        ("Die Brücke ist zu, so Ann Lee.", "Die Brücke ist zu"),
        # marked speech
        ("Ann Lee sagte: „Die Brücke ist zu.“", "Die Brücke ist zu"),
        ("„Die Brücke ist zu“, so Ann Lee.", "Die Brücke ist zu"),
        ("„Die Brücke ist zu“, sagte Ann Lee, „und das bleibt so.“",
         "Die Brücke ist zu … und das bleibt so"),
        # around a phrase, in the sentence or in its relative clause
        ("Laut Ann Lee ist die Brücke zu.", "ist die Brücke zu"),
        ("Die Brücke ist laut Ann Lee zu.", "Die Brücke ist … zu"),
        ("Die Brücke, die laut Ann Lee alt ist, ist zu.", "die … alt ist"),
    ],
)  # fmt: skip
def test_german_content_is_a_clause_between_commas(text: str, content: str) -> None:
    assert [(mention, words) for _, mention, words in read(text, "de")] == [("Ann Lee", content)]


@pytest.mark.parametrize(
    ("text", "content"),
    [
        # what describes the source of a fronted phrase
        ("Laut Ann Lee gegenüber dem Sender ist die Brücke zu.", "ist die Brücke zu"),
        ("Laut Ann Lee, der Leiterin des Amtes, ist die Brücke zu.", "ist die Brücke zu"),
        ("Laut Ann Lee, die am Ort war, wurde die Brücke gesperrt.", "wurde die Brücke gesperrt"),
        ("Die Brücke sei zu, so Ann Lee, Leiterin des Amtes für Verkehr.", "Die Brücke sei zu"),
        # a fronted phrase with its relative clause is nothing that was said
        ("In der Rede, die im Radio lief, sagte Ann Lee, die Brücke sei zu.", "die Brücke sei zu"),
        # what stands within the reported clause
        ("Ann Lee sagte, die Brücke, die am Ufer steht, sei zu.",
         "die Brücke, die am Ufer steht, sei zu"),
        ("Ann Lee sagte, im Ort „Neues Holm am See“ sei die Brücke zu.",
         "im Ort „Neues Holm am See“ sei die Brücke zu"),
        ("Ann Lee sagte, damit solle die Brücke zu sein.", "damit solle die Brücke zu sein"),
        # a sentence that leads up to marked speech is no part of it
        ("Holm war froh: „Die Brücke ist zu“, sagte Ann Lee.", "Die Brücke ist zu"),
        # another marked sentence is another quote
        ("„Die Brücke ist zu“, sagte Ann Lee. „Sie ist sehr alt.“", "Die Brücke ist zu"),
    ],
)  # fmt: skip
def test_what_stands_around_german_content_is_no_part_of_it(text: str, content: str) -> None:
    assert [(mention, words) for _, mention, words in read(text, "de")] == [("Ann Lee", content)]


@pytest.mark.parametrize(
    "text",
    [
        "Die Brücke ist zu. Das teilte die Polizei mit.",
        "Die Brücke ist zu. Das teilte gestern die Polizei mit.",
        "Die Brücke ist zu, das teilte die Polizei mit.",
    ],
)
def test_a_sentence_that_is_pointed_back_at_was_said(text: str) -> None:
    assert read(text, "de") == [("teilte", "die Polizei", "Die Brücke ist zu")]


@pytest.mark.parametrize(
    ("text", "mention"),
    [
        ("Zwirn sagte, die Brücke sei zu.", "Zwirn"),
        ("Am Montag sagte Zwirn, die Brücke sei zu.", "Zwirn"),
        ("Die Brücke sei zu, sagte Zwirn.", "Zwirn"),
        ("Die Brücke ist laut xy-Bericht eine Gefahr.", "xy-Bericht"),
        ("Um 10:05 Uhr MEZ sagte die Seite „Holm“, die Brücke sei zu.", "die Seite"),
    ],
)
def test_a_german_noun_beside_its_verb_is_who_speaks(text: str, mention: str) -> None:
    assert [each for _, each, _ in read(text, "de")] == [mention]


def test_what_is_denied_is_not_reported_in_german_either() -> None:
    assert read("Ann Lee sagte nicht, dass die Brücke zu sei.", "de") == []
