"""When two names can be one's: their telling words, case endings, short forms, misprints."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from attributor.marking.language import Language, load
from attributor.speakers.lexicon import fold
from attributor.speakers.names import PARTICLES

_STEM = 4
"""A case ending leaves at least so many letters of a name."""
FEMALE_FORMS = ("eva", "ova", "eve", "ove", "evu", "ovu", "evoj", "ovoj", "evom", "ovom")
"""Endings of a woman's surname in Serbian: "Petrovićeva"."""
_LONG_WORD = 7
"""Given names of so many letters that differ by one letter inside are one name."""
_VARIANTS = {
    frozenset(pair.split("/"))
    for pair in [
        "bill/william",
        "will/william",
        "billy/william",
        "bob/robert",
        "rob/robert",
        "bobby/robert",
        "dick/richard",
        "rick/richard",
        "rich/richard",
        "jim/james",
        "jimmy/james",
        "jamie/james",
        "tom/thomas",
        "tommy/thomas",
        "mike/michael",
        "mick/michael",
        "joe/joseph",
        "joey/joseph",
        "dan/daniel",
        "danny/daniel",
        "dave/david",
        "chris/christopher",
        "nick/nicholas",
        "tony/anthony",
        "ted/edward",
        "ed/edward",
        "eddie/edward",
        "ben/benjamin",
        "sam/samuel",
        "matt/matthew",
        "steve/stephen",
        "steve/steven",
        "jeff/jeffrey",
        "greg/gregory",
        "ken/kenneth",
        "kenny/kenneth",
        "ron/ronald",
        "don/donald",
        "tim/timothy",
        "pat/patrick",
        "andy/andrew",
        "drew/andrew",
        "alex/alexander",
        "al/albert",
        "charlie/charles",
        "chuck/charles",
        "larry/lawrence",
        "jack/john",
        "johnny/john",
        "jon/jonathan",
        "josh/joshua",
        "zach/zachary",
        "phil/philip",
        "ray/raymond",
        "fred/frederick",
        "hank/henry",
        "harry/henry",
        "walt/walter",
        "gene/eugene",
        "jerry/gerald",
        "liz/elizabeth",
        "beth/elizabeth",
        "betty/elizabeth",
        "kate/katherine",
        "kathy/katherine",
        "katie/katherine",
        "cathy/catherine",
        "kate/catherine",
        "maggie/margaret",
        "meg/margaret",
        "peggy/margaret",
        "sue/susan",
        "susie/susan",
        "jen/jennifer",
        "jenny/jennifer",
        "debbie/deborah",
        "deb/deborah",
        "barb/barbara",
        "patty/patricia",
        "pat/patricia",
        "becky/rebecca",
        "vicky/victoria",
        "sandy/sandra",
        "cindy/cynthia",
        "chris/christine",
        "tina/christina",
        "abby/abigail",
        "mandy/amanda",
        "nate/nathan",
        "vince/vincent",
        "doug/douglas",
        "rudy/rudolph",
        "bernie/bernard",
        "gus/augustus",
    ]
}
"""Given names and their short forms."""


def core(words: Sequence[str], language: Language) -> tuple[str, ...]:
    """Name's words without particles, initials and case endings; all of them if none is left."""
    bare = tuple(
        stem(_unprefixed(w), language)
        for w in words
        if w not in PARTICLES
        and w not in ("the", "of", "for", "and", "&")
        and len(w) > 1
        and "." not in w
    )
    return bare or tuple(words)


def _unprefixed(word: str) -> str:
    """ "al-khatib" as "khatib"."""
    head, sign, rest = word.partition("-")
    return (
        rest if sign and head in ("al", "el", "ad", "as", "an", "ar", "at", "az", "ash") else word
    )


def stem(word: str, language: Language) -> str:
    """A name's word without its case ending, where names are inflected."""
    if not language.endings:
        return word
    for ending in _endings(language.code):
        if word.endswith(ending) and len(word) - len(ending) >= _STEM:
            return word.removesuffix(ending)
    return word


@cache
def _endings(code: str) -> tuple[str, ...]:
    """The case endings of names, folded as the names are."""
    endings = tuple(map(fold, load(code).endings))
    return (*FEMALE_FORMS, *endings) if code.startswith("sr") else endings


def fit(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """How well two names (core words) can be one's: 0 not at all, 5 if they are the same."""
    if one == other:
        return 5
    short, long = (one, other) if len(one) <= len(other) else (other, one)
    if len(short) > 1:
        if long[-len(short) :] == short:
            return 4
        return (
            4 if short[-1] == long[-1] and _same_given(short[0], long[0]) else _parts(short, long)
        )
    if len(long) == 1:
        return 0
    if short[0] == long[-1]:
        return 3
    if short[0] in long[1:]:
        return 2
    return 1 if short[0] == long[0] else 0


def _parts(short: tuple[str, ...], long: tuple[str, ...]) -> int:
    """Whether the short name leaves out later parts of the long one: "Ana Quiroga (Lozano)"."""
    return 4 if short[0] == long[0] and set(short) <= set(long) else 0


def _same_given(one: str, other: str) -> bool:
    if one == other or frozenset((one, other)) in _VARIANTS:
        return True
    return one[0] == other[0] and one[-1] == other[-1] and _is_misspelt(one, other)


def _is_misspelt(one: str, other: str) -> bool:
    """Whether one long word is the other with a letter more, less or changed."""
    short, long = sorted((one, other), key=len)
    if len(short) < _LONG_WORD or len(long) - len(short) > 1:
        return False
    same = next((k for k, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), 0)
    return short[same + (len(short) == len(long)) :] == long[same + 1 :]
