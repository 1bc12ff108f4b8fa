"""Serbian, in Latin and in Cyrillic script: the pack's own data, and what it finds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from attributor.marking import Marking, mark
from attributor.marking.language import Language, detect, load
from attributor.records import Article

GOLD = Path(__file__).resolve().parents[2] / "fixtures" / "gold"
SCRIPTS = ("sr-Latn", "sr-Cyrl")
LATIN = frozenset("abcdefghijklmnoprstuvzčćđšž")
CYRILLIC = frozenset("абвгдђежзијклљмнњопрстћуфхцчџш")


def words_of(pack: Language) -> set[str]:
    phrases = {word for phrase in pack.prepositions for word in phrase}
    return {
        *pack.common, *phrases, *pack.conjunctions, *pack.pronouns, *pack.titles, *pack.nouns,
        *pack.not_names, *pack.given, *pack.first_person, *pack.favor, *pack.against,
    }  # fmt: skip


def marked(text: str, code: str | None = None) -> Marking:
    return mark(Article(id="a", text=text), code)


def cue_words(text: str) -> list[str]:
    return [text[cue.start : cue.end] for cue in marked(text).cues]


def test_each_script_is_written_in_its_own_letters() -> None:
    assert {ch for word in words_of(load("sr-Latn")) for ch in word} <= LATIN
    assert {ch for word in words_of(load("sr-Cyrl")) for ch in word} <= CYRILLIC


def test_both_scripts_know_the_same_verbs_under_the_same_lemmas() -> None:
    latin, cyrillic = load("sr-Latn"), load("sr-Cyrl")
    assert latin.clausal == cyrillic.clausal
    assert latin.listening == cyrillic.listening <= latin.clausal
    assert latin.verbs["rekla"] == cyrillic.verbs["рекла"] == "reći"
    assert cyrillic.verbs["објашњава"] == "objašnjavati"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Ona je rekla da škola nije zatvorena i da će deca ostati u selu.", "sr-Latn"),
        ("Она је рекла да школа није затворена и да ће деца остати у селу.", "sr-Cyrl"),
        ("She said that the school was not closed and that it would stay.", "en"),
    ],
)
def test_the_script_is_told_from_the_words(text: str, code: str) -> None:
    assert detect(text) == code


def test_a_code_without_a_script_leaves_the_script_to_the_text() -> None:
    for text, code in (("Рекао је да ће доћи.", "sr-Cyrl"), ("Rekao je da će doći.", "sr-Latn")):
        assert mark(Article(id="a", text=text, language="sr")).language == code


@pytest.mark.parametrize("text", ["Šta je „ћирилица“? pitala je ona.", "Она пита шта је „WiFi“."])
def test_a_word_in_the_other_script_changes_nothing(text: str) -> None:
    assert len(marked(text).passages) == 1
    assert len(cue_words(text)) == 1


def test_phrases_that_begin_alike_are_all_known() -> None:
    text = "Prema rečima ribara, vode nema. Prema navodima portala, biće je. Po oceni suda, ne."
    assert cue_words(text) == ["Prema rečima", "Prema navodima", "Po oceni"]


@pytest.mark.parametrize("name", ["serbian-latin", "serbian-cyrillic"])
def test_every_cue_and_mention_of_the_gold_is_a_candidate(name: str) -> None:
    gold = json.loads((GOLD / f"{name}.jsonl").read_text(encoding="utf-8"))
    marking = marked(gold["text"])
    assert marking.language == gold["lang"]
    for quote in gold["quotes"]:
        for start, end in quote["cue"]:
            assert any(cue.start < end and start < cue.end for cue in marking.cues)
        for start, end in quote["speaker"]["mention"]:
            assert any(m.start < end and start < m.end for m in marking.mentions)


def test_a_feminine_title_makes_the_person_a_woman_and_a_masculine_one_says_nothing() -> None:
    text = "Kaže direktorka Vrandolić, a ministar Pelivarac ćuti."
    genders = {m.head: m.gender for m in marked(text, "sr-Latn").mentions if m.type == "name"}
    assert genders == {"vrandolić": "f", "pelivarac": ""}
