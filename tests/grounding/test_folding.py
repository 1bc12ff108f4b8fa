"""Words are found however they are set, and never found where they are not."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attributor.grounding.folding import Miss, find_all, find_words

TEXT = (
    "He said: “We will not – ever – sign the non-aligned ﬁnal deal… for $100, −3 or 3.5%.” "
    "“Can’t,” said Dačić’s aide in the U.S.\nThe end of\u00a0it was re\u00adport\u00aded; "
    "polish workers left; Polish and ＦＵＬＬ words, the 1990–1995 years,he said"
)


def found(typed: str, text: str = TEXT) -> str | None:
    """The stretch of `text` that `typed` was found in, or None."""
    place = find_words(text, typed, 0, len(text))
    return None if isinstance(place, Miss) else text[slice(*place)]


def reason(typed: str, text: str = TEXT) -> str:
    place = find_words(text, typed, 0, len(text))
    assert isinstance(place, Miss), f"found {text[slice(*place)]!r}"
    return place.reason


@pytest.mark.parametrize(
    ("typed", "stands"),
    [
        ("we will not", "We will not"),
        ('"We will not -- ever --- sign', "We will not – ever – sign"),
        ("final deal... for $100", "ﬁnal deal… for $100"),
        ("final deal . . . for", "ﬁnal deal… for"),
        ("-3 or 3.5%", "−3 or 3.5%"),
        ("can't", "Can’t"),
        ("Can`t", "Can’t"),
        ("Dac\u030cic\u0301", "Dačić"),
        ("Dačić's aide", "Dačić’s aide"),
        ("The end of it", "The end of\u00a0it"),
        ("it was reported", "it was re\u00adport\u00aded"),
        ("and FULL words", "and ＦＵＬＬ words"),
        ("U.S. the end", "U.S.\nThe end"),
        ("1990-1995 years, he", "1990–1995 years,he"),
        ("“non‑aligned”", "non-aligned"),
        ("Polish and", "Polish and"),
        ("... sign the ...", "sign the"),
        ("... Polish and", "Polish and"),
    ],
)
def test_typography_may_differ(typed: str, stands: str) -> None:
    assert found(typed) == stands


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("We will sign", "changed"),
        ("We will never – ever", "changed"),
        ("the non-aligned deal", "changed"),
        ("the non-aligned final final deal", "changed"),
        ("aligned", "changed"),
        ("non", "changed"),
        ("cant", "not_found"),
        ("can", "not_found"),
        ("35", "not_found"),
        ("3", "not_found"),
        ("5", "not_found"),
        ("3.5", "not_found"),
        ("100", "not_found"),
        ("€100", "not_found"),
        ("1990", "changed"),
        ("WE WILL", "not_found"),
        ("we Will", "changed"),
        ("polish and", "changed"),
        ("dačic", "not_found"),
        ("said", "ambiguous"),
        ("", "no_words"),
        ("“…” – !", "no_words"),
        ("\x00\u200b", "no_words"),
    ],
)
def test_words_may_not(typed: str, why: str) -> None:
    assert reason(typed) == why


def test_a_word_ends_before_an_apostrophe_but_never_before_its_negation() -> None:
    text = "I’m sure you’ve seen Ana’s cat, it’s what she didn’t want."
    assert [found(typed, text) for typed in ("I", "you", "Ana", "seen Ana's")] == [
        *("I", "you", "Ana", "seen Ana’s")
    ]
    assert reason("she did", text) == "changed"
    assert reason("its what", text) == "not_found"


def test_a_superscript_is_not_a_digit() -> None:
    assert reason("102", "10² metres") == "not_found"
    assert reason("11", "1½ years, 1¹") == "not_found"


def test_a_miss_says_where_the_article_goes_on_differently() -> None:
    miss = find_words(TEXT, "We will sign", 0, len(TEXT))
    assert isinstance(miss, Miss)
    assert miss.detail == "after “We will” the article goes on with “not”, not with “sign”"


def test_only_the_window_is_searched_and_only_whole_words_in_it() -> None:
    text = "one two three two"
    assert find_words(text, "two", 0, 9) == (4, 7)
    assert find_words(text, "two", 8, 17) == (14, 17)
    assert isinstance(find_words(text, "two", 5, 13), Miss)
    assert isinstance(find_words(text, "three", 0, 12), Miss)


def test_every_place_is_found_in_order_even_where_places_overlap() -> None:
    assert find_all("ha ha ha", "ha ha", 0, 8) == [(0, 5), (3, 8)]


def test_a_found_end_keeps_the_marks_of_its_last_character() -> None:
    text = "so 👍🏽\u200d❤\ufe0f said cafe\u0301 now"
    assert found("cafe\u0301", text) == "cafe\u0301"
    assert reason("cafe", text) == "not_found"


WORDS = st.lists(
    st.text("abcdefghijklmnoprstuvzšđčćž", min_size=1, max_size=8)
    | st.sampled_from(["don't", "final", "-3", "3.5", "$20", "40%", "ќе", "не", "not", "Élan"]),
    min_size=3,
    max_size=12,
    unique_by=str.casefold,
)


@st.composite
def settings_of(draw: st.DrawFn, words: list[str]) -> list[str]:
    """The words as some typesetter might set them, each with what follows it."""
    return [draw(word_set(word)) + draw(GAPS) for word in words]


GAPS = st.sampled_from([" ", "\u00a0", "\n", "  ", "\u2009", ' "', "” ", " « ", " \u200b"])


@st.composite
def word_set(draw: st.DrawFn, word: str) -> str:
    if draw(st.booleans()):
        word = unicodedata.normalize("NFD", word)
    word = word.replace("'", draw(st.sampled_from("'’ʼ")))
    if word[0] == "-":
        word = draw(st.sampled_from("-−–")) + word[1:]
    if draw(st.booleans()):
        word = word.replace("fi", "ﬁ")
    if draw(st.booleans()) and word.isascii() and word.isalpha():
        word = "".join(chr(ord(c) + 0xFEE0) for c in word)
    if draw(st.booleans()) and len(word) > 1 and word[-2:].isalpha():
        word = word[:-1] + "\u00ad" + word[-1]
    return word


def strip(text: str) -> str:
    return text.strip(' \u00a0\n\u2009"”«\u200b')


@given(st.data(), WORDS)
@settings(max_examples=150, deadline=None)
def test_words_set_otherwise_are_found_exactly_where_they_stand(
    data: st.DataObject, words: list[str]
) -> None:
    article = data.draw(settings_of(words))
    low = data.draw(st.integers(0, len(words) - 1))
    high = data.draw(st.integers(low + 1, len(words)))
    typed = "".join(data.draw(settings_of(words[low:high])))
    text = "".join(article)
    before = sum(map(len, article[:low]))
    stretch = "".join(article[low:high])
    place = find_words(text, typed, 0, len(text))
    assert place == (
        before + stretch.index(strip(stretch)),
        before + stretch.index(strip(stretch)) + len(strip(stretch)),
    )


@given(st.data(), WORDS)
@settings(max_examples=150, deadline=None)
def test_changed_words_are_never_found(data: st.DataObject, words: list[str]) -> None:
    text = "".join(data.draw(settings_of(words)))
    at = data.draw(st.integers(1, len(words) - 2))
    other = data.draw(st.sampled_from(["not", "never", "x", "-4", "35", "can't", "20", "qqq"]))
    changed = {
        "dropped": words[:at] + words[at + 1 :],
        "added": [*words[:at], other, *words[at:]],
        "replaced": [*words[:at], other, *words[at + 1 :]],
        "swapped": [*words[: at - 1], words[at], words[at - 1], *words[at + 1 :]],
    }[data.draw(st.sampled_from(["dropped", "added", "replaced", "swapped"]))]
    if changed != words:
        typed = "".join(data.draw(settings_of(changed)))
        assert isinstance(find_words(text, typed, 0, len(text)), Miss)


@given(st.text(), st.text(max_size=20), st.integers(-3, 30), st.integers(-3, 60))
@settings(max_examples=150, deadline=None)
def test_any_text_and_any_words_give_a_place_in_the_window_or_a_reason(
    text: str, typed: str, start: int, end: int
) -> None:
    place = find_words(text, typed, start, end)
    if isinstance(place, tuple):
        assert max(0, start) <= place[0] < place[1] <= len(text)


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("word soup, " * 90_000, "soup, word"),
        ("word soup, " * 90_000, "word soup, " * 50_000),
        ("a " * 500_000, "a " * 100_000 + "b"),
        (" " * 1_000_000 + "end", "end"),
        ("end", " " * 1_000_000),
        ("." * 1_000_000, "a"),
        (".-" * 500_000, "a"),
        ("1." * 500_000, "1"),
        ("'a" * 500_000, "a"),
        ("e\u0301" * 500_000, "e"),
        ("a" + "\u0301" * 1_000_000 + " b", "b"),
    ],
    ids=lambda value: f"{value[:6]!r}…",
)
def test_a_flood_of_anything_takes_seconds_at_most(text: str, typed: str) -> None:
    began = time.process_time()
    find_words(text, typed, 0, len(text))
    assert time.process_time() - began < 10
