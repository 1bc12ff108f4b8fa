"""A mention is read for what it is: a name on the spot, a description, a pronoun."""

from __future__ import annotations

import pytest
from support.speakers import entities

from attributor.marking import mark
from attributor.records import Article
from attributor.speakers.lexicon import fold, is_given, women_of
from attributor.speakers.mentions import MentionReader, Reading
from attributor.speakers.relays import relayed
from attributor.speakers.story import Story


def read(text: str, mention: str) -> Reading:
    found = entities(text)
    start = text.index(mention)
    return MentionReader(found.story, found).read(start, start + len(mention))


@pytest.mark.parametrize(
    ("mention", "head", "article", "gender", "plural"),
    [
        ("the driver of the bus", "driver", "definite", "", False),
        ("an elderly woman", "woman", "indefinite", "f", False),
        ("her husband", "husband", "possessive", "m", False),
        ("Ana Holt’s lawyer", "lawyer", "possessive", "", False),
        ("two officials", "officials", "indefinite", "", True),
        ("his surrogates", "surrogates", "possessive", "", True),
        ("the ministry", "ministry", "definite", "", False),
    ],
)
def test_a_description_has_a_noun_and_an_article(
    mention: str, head: str, article: str, gender: str, plural: bool
) -> None:
    reading = read(f"Ana Holt came. Then {mention} said no.", mention)
    assert reading.type == "nominal"
    assert (reading.head, reading.article) == (head, article)
    assert (reading.gender, reading.plural) == (gender, plural)


@pytest.mark.parametrize(
    ("pronoun", "kind"),
    [
        ("he", "m"),
        ("him", "m"),
        ("her", "f"),
        ("they", "plural"),
        ("it", "thing"),
        ("who", "relative"),
    ],
)
def test_a_pronoun_is_one_in_each_of_its_forms(pronoun: str, kind: str) -> None:
    reading = read(f"So {pronoun} said.", pronoun)
    assert (reading.type, reading.head) == ("pronoun", kind)


@pytest.mark.parametrize(
    ("text", "mention", "cue", "quoted"),
    [
        ("The radio quoted Ana Holt as saying it was over.", "The radio", "quoted", "Ana Holt"),
        ("“It is over,” Ana Holt was quoted as saying by the radio.", "the radio", "quoted",
         "Ana Holt was"),
        ("The radio quoted the old report.", "The radio", "quoted", "The radio"),
        ("The radio said it was over.", "The radio", "said", "The radio"),
    ],
)  # fmt: skip
def test_behind_a_relay_stands_whoever_is_quoted(
    text: str, mention: str, cue: str, quoted: str
) -> None:
    story = Story(mark(Article(id="a", text=text), "en"))

    def edges(words: str) -> tuple[int, int]:
        return text.index(words), text.index(words) + len(words)

    start, end = relayed(story, edges(mention), edges(cue))
    assert text[start:end] in (quoted, quoted.removesuffix(" was"))


def test_words_are_compared_in_latin_letters_without_accents() -> None:
    assert [fold(w) for w in ("Đurić", "Ђурић", "Petrović", "Łukasz", "HOLT")] == [
        "duric", "duric", "petrovic", "lukasz", "holt",
    ]  # fmt: skip


def test_given_names_of_many_countries_tell_women_from_men() -> None:
    women = [women_of(name) for name in ("halyna", "lakshmi", "ines", "jovana", "amina", "wanjiru")]
    men = [women_of(name) for name in ("taras", "arjun", "stefan", "dragan", "festus", "naoki")]
    assert all(share is not None and share > 0.8 for share in women)
    assert all(share is not None and share < 0.2 for share in men)
    assert women_of("qwxz") is None
    assert is_given("maria")
    assert not is_given("permanent")
