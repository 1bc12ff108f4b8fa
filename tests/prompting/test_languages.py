"""Dialogues in German and Serbian: answers are checked by the grammar of the article's language."""

from __future__ import annotations

from typing import Any

import pytest
from support.dialogues import answer, dialogue, finished, only
from support.german_sentences import SENTENCES, Sentence

from attributor.records import Annotation

Quotes = list[tuple[str, str, str]]


def annotated(text: str, language: str, *items: dict[str, Any]) -> Annotation:
    """What becomes of an answer with these quotes; a repair that is asked for finds nothing."""
    talk = dialogue(text, language=language)
    talk.take(only(talk), answer(list(items), []))
    if talk.requests():
        talk.take(only(talk), answer([], []))
    return finished(talk)


def quotes(annotation: Annotation) -> Quotes:
    """What was said, the words that name the speaker, and the speaker's name."""
    found = []
    for quote in annotation.quotes:
        said = " … ".join(span.text for span in quote.spans)
        speaker = annotation.speaker_of(quote)
        mention = quote.mention.text if quote.mention else ""
        found.append((said, mention, speaker.name if speaker else ""))
    return found


def item(at: str, cue: str = "", mention: str = "", name: str = "") -> dict[str, Any]:
    return {"at": at, "cue": cue, "mention": mention, "name": name, "own": False}


def name_in(sentence: Sentence) -> str:
    return "Hanne Birk" if "Hanne Birk" in sentence.mention else ""


@pytest.mark.parametrize("sentence", SENTENCES.values(), ids=SENTENCES)
@pytest.mark.parametrize("words", ["all", "the name alone"])
def test_german_is_cut_and_credited_by_its_own_grammar(sentence: Sentence, words: str) -> None:
    name = name_in(sentence)
    source = (sentence.cue, sentence.mention) if words == "all" else ("", "")
    annotation = annotated(sentence.text, "de", item("1", *source, name))
    assert quotes(annotation) == [(sentence.content, sentence.mention, name)]
    assert annotation.warnings == ()


def test_words_at_an_edge_leave_nobody_else_with_the_quote() -> None:
    sentence = SENTENCES["another person stands before the verb"]
    annotation = annotated(sentence.text, "de", item("1 der Steg sei …", name="Hanne Birk"))
    assert quotes(annotation) == [(sentence.content, sentence.mention, "Hanne Birk")]


def test_a_verb_that_no_list_knows_cuts_by_the_commas_beside_it() -> None:
    text = "Am Freitag murmelte Hanne Birk, der Steg sei morsch."
    annotation = annotated(text, "de", item("1", "murmelte", "Hanne Birk", "Hanne Birk"))
    assert quotes(annotation) == [("der Steg sei morsch", "Hanne Birk", "Hanne Birk")]


def test_a_sentence_in_the_subjunctive_needs_no_cue() -> None:
    text = "Hanne Birk sagte, der Steg sei morsch. Niemand dürfe ihn betreten. Er ist alt."
    free, fact = item("2", name="Hanne Birk"), item("3", name="Hanne Birk")
    annotation = annotated(text, "de", item("1", "sagte", "Hanne Birk", "Hanne Birk"), free, fact)
    assert [said for said, _, _ in quotes(annotation)] == [
        "der Steg sei morsch",
        "Niemand dürfe ihn betreten",
    ]
    assert {name for _, _, name in quotes(annotation)} == {"Hanne Birk"}
    assert any("nothing says that anybody said" in warning for warning in annotation.warnings)


def test_what_is_copied_whole_as_the_cue_of_such_a_sentence_is_said_itself() -> None:
    text = "Hanne Birk sagte, der Steg sei morsch. Niemand dürfe ihn betreten."
    whole = item("2", "Niemand dürfe ihn betreten.", "Hanne Birk", "Hanne Birk")
    annotation = annotated(text, "de", item("1", "sagte", "Hanne Birk", "Hanne Birk"), whole)
    assert ("Niemand dürfe ihn betreten", "Hanne Birk") in [q[::2] for q in quotes(annotation)]


def test_a_verb_in_two_parts_attributes_what_stands_before_it() -> None:
    text = "Der Steg ist morsch. Das teilte am Freitag die Feuerwehr mit."
    own = item("1", "teilte mit", "die Feuerwehr") | {"own": True}
    assert [said for said, _, _ in quotes(annotated(text, "de", own))] == ["Der Steg ist morsch."]


@pytest.mark.parametrize(
    ("text", "cue", "mention", "name", "expected"),
    [
        (
            "Ministarka Ana Perić rekla je u Nišu da kiša stalno pada.",
            *("rekla je", "Ministarka Ana Perić", "Ana Perić"),
            ("kiša stalno pada", "Ministarka Ana Perić", "Ana Perić"),
        ),
        (
            "Kiša stalno pada, rekla je Ana Perić.",
            *("", "", "Ana Perić"),
            ("Kiša stalno pada", "Ana Perić", "Ana Perić"),
        ),
        (
            "Киша стално пада, рекла је Ана Перић.",
            *("", "", "Ана Перић"),
            ("Киша стално пада", "Ана Перић", "Ана Перић"),
        ),
        (
            "Prema rečima Ane Perić, kiša stalno pada.",
            *("", "", "Ana Perić"),
            ("kiša stalno pada", "Ane Perić", "Ane Perić"),
        ),
    ],
)
def test_serbian_is_cut_and_credited_by_its_own_grammar(
    text: str, cue: str, mention: str, name: str, expected: tuple[str, str, str]
) -> None:
    language = "sr-Latn" if text < "А" else "sr-Cyrl"
    assert quotes(annotated(text, language, item("1", cue, mention, name))) == [expected]


def test_a_clause_that_leaves_its_subject_out_says_that_somebody_spoke() -> None:
    text = "Ana Perić je došla u Niš. Naglasila je da kiša stalno pada."
    annotation = annotated(text, "sr-Latn", item("2", name="Ana Perić"))
    assert quotes(annotation) == [("kiša stalno pada", "", "Ana Perić")]
    assert annotation.warnings == ()
