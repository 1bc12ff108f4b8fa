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
