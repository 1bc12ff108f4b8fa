"""Whether somebody is a woman or a man, by given name, titles and nouns; and when it is unknown."""

from __future__ import annotations

from collections.abc import Iterable
from math import log

from attributor.speakers.lexicon import Lexicon, women_of

CERTAIN = 4.0
"""Log-odds of a woman that a noun or title gives which only women have; of a man its negative."""
_STRONGEST_NAME = 3.0
"""A given name alone gives no more than so many log-odds."""


def of_given_name(words: Iterable[str]) -> float:
    """Log-odds of a woman by the first given name that is known; 0.0 if none is."""
    for word in words:
        share = women_of(word)
        if share is not None:
            odds = log((share + 1e-3) / (1 - share + 1e-3))
            return max(-_STRONGEST_NAME, min(_STRONGEST_NAME, odds))
    return 0.0


def of_nouns(words: Iterable[str], lexicon: Lexicon) -> float:
    """Log-odds of a woman by the first noun or title that only one gender has; 0.0 without one."""
    for word in words:
        gender = lexicon.gender_of_noun(word)
        if gender:
            return CERTAIN if gender == "f" else -CERTAIN
    return 0.0
