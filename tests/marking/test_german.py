"""German: capitals that tell no names, verbs in two parts, compounds, crediting words."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from support import markings as marked
from support.parsed_toml import parsed_toml

from attributor.marking import language, mark
from attributor.marking.language import detect, load
from attributor.records import Article

GOLD = Path(__file__).resolve().parents[2] / "fixtures" / "gold" / "german.jsonl"


def names(text: str) -> list[str]:
    return [words for words, kind in marked.mentions(text, "de") if kind == "name"]


def cues(text: str) -> list[tuple[str, str]]:
    return marked.cues(text, "de")


# --- names among nouns ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Die Sturmflut hat das Bootshaus und den Steg zerstört.", []),
        ("Gestern traf Wiebke Harmsdorf den Hafenmeister.", ["Wiebke Harmsdorf"]),
        ("Am Kai wartete der Bürgermeister Osterloh.", ["der Bürgermeister Osterloh"]),
        ("Die Reederei Nordlicht hat drei Schiffe.", ["Die Reederei Nordlicht"]),
        ("Das Wasser stieg. „Wir gehen“, sagte Quastorf.", ["Quastorf"]),
        ("Das Wasser stieg. „Wir gehen“, sagte der Fährmann.", []),
        ("Die NOSK prüft das Getriebe.", ["Die NOSK"]),
    ],
)
def test_a_noun_is_no_name_for_its_capital_alone(text: str, expected: list[str]) -> None:
    assert names(text) == expected


def test_a_surname_is_known_again_wherever_the_article_repeats_it() -> None:
    text = "Enno Quastorf räuchert Aal. Am Abend saß Quastorf am Hafen und zählte Quastorfs Kisten."
    assert names(text) == ["Enno Quastorf", "Quastorf", "Quastorfs"]


def test_a_given_name_behind_an_article_is_a_noun() -> None:
    assert names("Am Kai stand niemand.") == []
    assert names("Dort stand Kai Quastorf.") == ["Kai Quastorf"]


def test_other_languages_keep_the_capitals_of_their_names() -> None:
    marking = mark(Article(id="a", text="The ferry left Dunford for Sillum Bay."), "en")
    assert [t.low for t in marking.tokens if t.capital] == ["the", "dunford", "sillum", "bay"]


# --- people, bodies and compounds ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("regierungssprecherin", "person"),
        ("deichverband", "organization"),
        ("eu-kommissar", "person"),
        ("umfrageinstitut", "organization"),
        ("abschlussbericht", "document"),
    ],
)
def test_a_compound_is_what_its_last_part_is(word: str, kind: str) -> None:
    assert load("de").nouns[word] == load("de").nouns.get(word) == kind
    assert word in load("de").nouns


def test_a_word_that_ends_in_no_known_noun_is_none() -> None:
    nouns = load("de").nouns
    assert "bootshaus" not in nouns
    assert nouns.get("bootshaus") is None
    with pytest.raises(KeyError):
        nouns["bootshaus"]


@pytest.mark.parametrize(
    ("text", "gender"),
    [("Das sagt die Amtsleiterin Holm.", "f"), ("Das sagt der Amtsleiter Holm.", "m")],
)
def test_a_title_tells_a_womans_name_from_a_mans(text: str, gender: str) -> None:
    (name,) = (m for m in mark(Article(id="a", text=text), "de").mentions if m.type == "name")
    assert name.gender == gender


# --- cues ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Die Stadt teilte am Montag mit, sie zahle.", [("teilte", "mitteilen")]),
        ("Sie kündigte für den 3. Mai einen Bus an.", [("kündigte", "ankündigen")]),
        ("Wie die Stadt mitteilte, zahlt sie.", [("mitteilte", "mitteilen")]),
        ("Sie hat mitgeteilt, dass sie zahlt.", [("mitgeteilt", "mitteilen")]),
        ("Er gab bekannt, dass er geht.", [("gab", "bekanntgeben")]),
        ("Er gab dem Kind einen Apfel.", []),
        ("Sie teilte das Brot. Er ging mit.", []),
    ],
)
def test_a_verb_in_two_parts_is_a_cue_only_with_both(
    text: str, expected: list[tuple[str, str]]
) -> None:
    assert cues(text) == expected


@pytest.mark.parametrize(
    "text", ["Die Meldung kam spät.", "Das Sagen hat sie.", "Ihre Klagen sind alt."]
)
def test_a_noun_that_looks_like_a_verb_is_no_cue(text: str) -> None:
    assert cues(text) == []


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("Laut Polizei ist das Eis dünn.", "Laut"),
        ("Der Polizei zufolge ist das Eis dünn.", "zufolge"),
        ("Nach ersten Angaben der Polizei ist das Eis dünn.", "Nach ersten Angaben"),
        ("Nach Polizeiangaben ist das Eis dünn.", "Nach"),
        ("Ihrer Meinung nach ist das Eis dünn.", "Meinung nach"),
        ("Das Eis ist dünn, so die Polizei.", "so"),
    ],
)
def test_words_that_credit_stand_before_or_behind_whom_they_credit(text: str, cue: str) -> None:
    assert [words for words, _ in cues(text)] == [cue]


@pytest.mark.parametrize("text", ["Nach dem Regen kam Wind.", "So kam es.", "Er rief laut."])
def test_the_same_words_elsewhere_credit_nobody(text: str) -> None:
    assert not [c for c in cues(text) if c[1] in ("nach", "so")]


# --- sentences and detection ---------------------------------------------------------------------


def test_a_number_with_a_full_stop_ends_no_sentence_behind_an_article() -> None:
    text = "Die Fähre fährt seit dem 19. Jahrhundert. Am Freitag, dem 5. Mai, fällt sie aus."
    sentences = mark(Article(id="a", text=text), "de").sentences
    assert [text[a:b] for a, b in sentences] == [text[:41], text[42:]]


def test_a_number_can_begin_a_sentence() -> None:
    text = "Das Eis brach am Ufer. 46 Kinder sahen zu, bzw. 47 mit mir."
    sentences = mark(Article(id="a", text=text), "de").sentences
    assert [text[a:b] for a, b in sentences] == [text[:22], text[23:]]


def test_a_year_still_ends_one() -> None:
    text = "Die Fähre fährt seit dem Jahr 1921. Heute fällt sie aus."
    assert len(mark(Article(id="a", text=text), "de").sentences) == 2


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Die Fähre kam nicht, und niemand am Kai wusste, ob sie noch kommen würde.", "de"),
        ("The ferry did not come, and nobody on the pier knew whether it would.", "en"),
        ("“Die Welt” was the only paper that he had read in the hotel in Berlin.", "en"),
        ("„The ferry is late“, sagte sie, und das war alles, was man von ihr hörte.", "de"),
    ],
)
def test_german_and_english_are_not_taken_for_each_other(text: str, code: str) -> None:
    assert detect(text) == code


@pytest.mark.parametrize(
    "text",
    [
        "De veerboot kwam niet en niemand op de kade wist of hij nog zou komen.",
        "Færgen kom ikke, og ingen på kajen vidste, om den ville komme.",
    ],
)
def test_its_neighbours_are_not_taken_for_german(text: str) -> None:
    assert detect(text) == "und"


def test_telling_a_language_reads_no_packs_lists(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    read = parsed_toml(monkeypatch)
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path))  # nothing is kept from before
    language._packs.cache_clear()
    assert detect("The ferry did not come, and nobody knew why.") == "en"
    assert len(read) == len({pack.file for pack in language._packs()})
    assert all("[cues" not in text for text in read)


def test_every_cue_and_mention_of_the_gold_is_a_candidate() -> None:
    gold = json.loads(GOLD.read_text(encoding="utf-8"))
    marking = mark(Article(id="a", text=gold["text"]))
    assert marking.language == gold["lang"]
    for quote in gold["quotes"]:
        if quote["cue"]:
            (start, end), *_ = quote["cue"]
            assert any(cue.start < end and start < cue.end for cue in marking.cues)
        for start, end in quote["speaker"]["mention"]:
            assert any(m.start < end and start < m.end for m in marking.mentions)
