"""Which language an article is marked in: given, its own, or detected."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attributor.errors import UsageError
from attributor.marking import identification, mark
from attributor.marking import language as packs
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


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Rektoren sagde i går, at skolen åbner igen, og at alle er velkomne.", "Danish"),
        ("De burgemeester zei dinsdag dat het zwembad in mei weer opengaat.", "Dutch"),
        ("Županja je v torek povedala, da bo knjižnica odprta šele jeseni.", "Slovenian"),
        ("Градоначалникот рече дека базенот ќе биде отворен во пролет.", "Macedonian"),
        ("Мэр сказал во вторник, что бассейн откроют только весной.", "Russian"),
        ("Borgmesteren sa i går at svømmehallen åpner, og at alle kan komme.", "Norwegian"),
        ("La maire a dit mardi que la piscine ouvrirait en mai.", "French"),
        ("Starosta řekl v úterý, že bazén bude otevřen až na jaře.", "Czech"),
    ],
)
def test_neighbours_of_a_language_with_a_pack_are_told_apart(text: str, language: str) -> None:
    assert detected(text) == "und"
    assert identification.name_of(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "Di headmaster don tok say di school go open again for May, and e say make everybody come "
        "with dem pikin. E say government don pay money for di new roof, but rain still dey enter "
        "di classroom, and teacher dem dey vex well well.",
    ],
)
def test_a_creole_of_a_language_with_a_pack_is_not_that_language(text: str) -> None:
    assert detected(text) == "und"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Direktorica je rekla da se bazen otvara tek u svibnju, jer nema novca.", "sr-Latn"),
        ("Direktorka je rekla da ce bazen biti otvoren tek u maju, jer nema novca.", "sr-Latn"),
        ("Der Bürgermeister sagte am Dienstag, das Bad öffne erst im Mai wieder.", "de"),
        ("“Yes,” Ana Petric said.", "en"),
        ("The tea seller, Arjun Rao, said the chai and the pakora cost more in Pune now.", "en"),
    ],
)
def test_what_a_pack_is_for_is_read_with_it(text: str, code: str) -> None:
    assert detected(text) == code


def test_the_warning_names_the_language_and_is_found_again() -> None:
    said = [identification.no_pack(FINNISH), identification.no_pack("12 34")]
    assert said[0].startswith("This text looks like Finnish, for which there is no language pack")
    assert identification.language_without_pack(["something else", said[0]]) == "Finnish"
    assert identification.language_without_pack(said[1:]) == "an unknown language"
    assert identification.language_without_pack(["something else"]) is None


@given(st.text(max_size=300))
def test_any_text_has_a_pack_or_none(text: str) -> None:
    assert packs.detect(text) in {"und", *packs.codes()}
