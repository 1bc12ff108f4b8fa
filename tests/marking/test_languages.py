"""Which language an article is marked in: given, its own, or detected."""

from __future__ import annotations

import pytest

from attributor.errors import UsageError
from attributor.marking import language as packs
from attributor.marking import mark
from attributor.records import Article

ENGLISH = "The ferry was late again, and nobody on the pier knew that it would not come."
LATIN = "Trajekt je opet kasnio, a niko na doku nije znao da će doći tek sutra ujutru."
CYRILLIC = "Трајект је опет каснио, а нико на доку није знао да ће доћи тек сутра ујутру."
FINNISH = "Lautta oli taas myöhässä, eikä kukaan laiturilla tiennyt, ettei se tulisikaan."


def detected(text: str, language: str | None = None, own: str | None = None) -> str:
    return mark(Article(id="a", text=text, language=own), language).language


@pytest.mark.parametrize(
    ("text", "code"), [(ENGLISH, "en"), (LATIN, "sr-Latn"), (CYRILLIC, "sr-Cyrl"), (FINNISH, "und")]
)
def test_the_language_is_read_from_the_text(text: str, code: str) -> None:
    assert detected(text) == code


@pytest.mark.parametrize("text", ["", " \n", "12 34 56", "…", "\U0001f6a2"])
def test_a_text_without_words_has_no_language(text: str) -> None:
    assert detected(text) == "und"


def test_a_given_language_outweighs_the_articles_own_and_the_text() -> None:
    assert detected(ENGLISH, "sr-Latn") == "sr-Latn"
    assert detected(ENGLISH, "sr-Latn", own="en") == "sr-Latn"


@pytest.mark.parametrize("own", ["en", "EN", "en-GB", "en-us"])
def test_the_articles_own_language_outweighs_the_text(own: str) -> None:
    assert detected(FINNISH, own=own) == "en"


@pytest.mark.parametrize("own", ["fi", "xx", "", "fr-CA"])
def test_an_own_language_without_a_pack_leaves_it_to_the_text(own: str) -> None:
    assert detected(ENGLISH, own=own) == "en"


@pytest.mark.parametrize("code", ["fi", "xx", "english", "../en"])
def test_an_unknown_language_is_refused_with_those_there_are(code: str) -> None:
    with pytest.raises(UsageError, match=r"There is no language pack '.*'; use one of de, en, sr-"):
        detected(ENGLISH, code)


def test_a_text_of_an_unknown_language_is_still_cut_into_segments_and_passages() -> None:
    marking = mark(Article(id="a", text=f"{FINNISH} ”Ei tule”, hän sanoi."))
    assert [s.marked for s in marking.segments] == [False, True, False]
    assert [marking.text[p.start : p.end] for p in marking.passages] == ["Ei tule"]


@pytest.mark.parametrize(
    ("code", "words", "expected"),
    [
        ("en", "later said", True),
        ("en", "according to", True),
        ("en", "the ferry", False),
        ("de", "sagte", True),
        ("de", "teilte am Montag mit", True),
        ("de", "teilte", False),
        ("de", "der Meinung nach", False),
        ("de", "Meinung nach", True),
        ("de", "zufolge", True),
        ("de", "nach ersten Angaben", True),
        ("de", "nach dem Regen", False),
        ("sr-Latn", "rekla je", True),
        ("und", "said", False),
    ],
)
def test_a_pack_knows_which_words_credit_somebody(code: str, words: str, expected: bool) -> None:
    assert packs.load(code).attributes(tuple(words.lower().split())) is expected
