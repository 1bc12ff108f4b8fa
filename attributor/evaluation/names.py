"""Whether two names are one, across titles, accents and alphabets."""

from __future__ import annotations

import re
import unicodedata

_TITLES = frozenset(("mr", "mrs", "ms", "dr", "sen", "rep", "gov", "the"))
"""Words before a name that are no part of it."""
_APOSTROPHES = dict.fromkeys(map(ord, "’'`ʼ"))
"""Signs that are left out of names."""
# Serbian Cyrillic to Latin letters; what an accent tells apart there is one letter here.
_LATIN = str.maketrans(
    {
        **dict(zip("абвгдежзијклмнопрстћуфхцчш", "abvgdezzijklmnoprstcufhccs", strict=True)),
        "ђ": "dj",
        "љ": "lj",
        "њ": "nj",
        "џ": "dz",
        "đ": "dj",
    }
)


WAYS = ("name", "pronoun", "description", "nothing")
"""What can name a speaker on the spot."""
_PRONOUNS = frozenset(
    (
        *("i", "me", "you", "he", "him", "she", "her", "it", "us", "we", "they", "them", "who"),
        *("that", "which", "this", "one", "himself", "herself", "themselves"),
        *("on", "ona", "ono", "oni", "one", "ih", "njega", "nje", "njih"),
        *("er", "sie", "es", "wir"),
    )
)
"""Words that name a speaker as a pronoun does."""


def words(name: str | None) -> list[str]:
    """The words of a name without titles, apostrophes and accents, in lower case Latin letters."""
    plain = (name or "").lower().translate(_APOSTROPHES).translate(_LATIN)
    decomposed = unicodedata.normalize("NFKD", plain)
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return [word for word in re.findall(r"\w+", bare) if word not in _TITLES]


def same_name(one: str | None, other: str | None) -> bool:
    """Whether both mean one person: all words agree, or the last where one of them is short."""
    ours, theirs = words(one), words(other)
    if min(len(ours), len(theirs)) > 1:
        return ours == theirs
    return bool(ours and theirs) and ours[-1] == theirs[-1]


def way(mention: str, name: str | None) -> str:
    """What names the speaker on the spot, one of `WAYS`.

    Args:
        mention: the words of the article.
        name: the speaker's, if the article gives one.
    """
    said, own = words(mention), words(name)
    if not said:
        return "nothing"
    if len(said) == 1 and said[0] in _PRONOUNS:
        return "pronoun"
    return "name" if own and own[-1] in said else "description"
