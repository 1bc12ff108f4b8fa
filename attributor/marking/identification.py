"""Which language a text is in, so that it is read by the right pack, or by none.

Two witnesses are asked. A pack's forty commonest words make up a quarter of a text that the pack
fits, and much less of others. Neighbours share them, though: Danish has German's, Slovenian has
Serbian's. So CLD3 is asked too, a small neural network over characters that knows 107 languages
(https://github.com/google/cld3, Apache-2.0, by the package cld3-py): on 2,500 passages of 15 to 30
words in English and German it was sure of another language in 0.3 %.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gcld3 import NNetLanguageIdentifier

IDENTIFIER_BYTES = 1_500
"""Bytes of a text, in UTF-8, that the identifier looks at: it takes a millisecond for them."""
LEAST_LETTERS = 40
"""Letters in the first 80 code points of a text that is not too short for the identifier."""
FEW_WORDS = 40
"""Words up to which a text is so short that its words may be uncommon by chance."""
LEAST_SHARE, LEAST_SHARE_OF_FEW = 0.18, 0.1
"""The least share of a pack's commonest words in texts that it fits: in longer ones, and in short
ones. News in the languages of the packs has 0.22 and more."""


SURE_SHARE = 0.27
"""The share from which the words alone decide. Texts of neighbours have 0.2 at most; and of a text
of fifteen words the identifier is sometimes sure that it is in Igbo."""
_LOOKS_LIKE = "This text looks like "
_NO_PACK = ", for which there is no language pack, so nobody could be credited"


class Fit(NamedTuple):
    """The pack whose commonest words make up most of a text, and their share (0 to 1)."""

    code: str
    share: float


def fits(words: Sequence[str], common: Mapping[str, frozenset[str]]) -> Fit | None:
    """The pack that fits a text by its words, if one does.

    Args:
        words: of the text, in lower case.
        common: the commonest words of each pack, by its code.
    """
    counts = Counter(words)
    shares = {
        code: sum(counts[word] for word in each & counts.keys()) / max(len(words), 1)
        for code, each in common.items()
    }
    code = max(shares, key=shares.__getitem__, default="")
    least = LEAST_SHARE_OF_FEW if len(words) <= FEW_WORDS else LEAST_SHARE
    return Fit(code, shares[code]) if code and shares[code] >= least else None


def identified(text: str) -> str:
    """The language that the text is surely in, as CLD3 calls it ("pt", "zh"); "" if it is unsure.

    CLD3 calls itself sure from a probability of 0.7 on (0.5 for Croatian and Bosnian).
    """
    if sum(map(str.isalpha, text[: LEAST_LETTERS * 2])) < LEAST_LETTERS:
        return ""
    found = _identifier().FindLanguage(text[:IDENTIFIER_BYTES])
    return str(found.language) if found.is_reliable else ""


def name_of(text: str) -> str:
    """The English name of the language that the text is surely in; "" if nobody can say."""
    code = identified(text)
    return _names().get(code, code)


def no_pack(text: str) -> str:
    """The sentence that no pack fits the text, with its language if that is sure."""
    name = name_of(text)
    if name:
        return (
            f"{_LOOKS_LIKE}{name}{_NO_PACK}; if it is in another language, name that with "
            "--language."
        )
    return (
        "No language pack fits this text, so nobody could be credited; if it is in a language "
        "that there is a pack for, name it with --language."
    )


def language_without_pack(warnings: Iterable[str]) -> str | None:
    """The language that one of an annotation's warnings says there is no pack for.

    Returns:
        Its English name, "an unknown language", or None if there is no such warning.
    """
    for warning in warnings:
        if warning.startswith(_LOOKS_LIKE):
            return warning.removeprefix(_LOOKS_LIKE).partition(_NO_PACK)[0]
        if warning.startswith("No language pack fits"):
            return "an unknown language"
    return None


@cache
def _identifier() -> NNetLanguageIdentifier:
    import gcld3

    return gcld3.NNetLanguageIdentifier(min_num_bytes=0, max_num_bytes=IDENTIFIER_BYTES)


@cache
def _names() -> dict[str, str]:
    """CLD3's codes -> English names."""
    file = Path(__file__).parent / "languages" / "names.txt"
    lines = file.read_text(encoding="utf-8").splitlines()
    return {code: name for code, _, name in (line.partition(" ") for line in lines)}
