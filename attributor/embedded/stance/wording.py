"""The words of a quote, or of a target, as stances are read from them.

Each word is there in lower case and as it is written: "IT" is no "it", and "E" in "A&E" is no "E".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from attributor.marking.tokens import tokens, without_possessive

ENDS = frozenset(".!?…")
"""Marks that end a sentence."""
_OPENERS = frozenset('"“„«»‘([—–:•*') | ENDS
"""Behind these a capital tells nothing."""


@dataclass(frozen=True)
class Wording:
    """Words and marks in their order.

    Attributes:
        low: each in lower case, without a possessive ending.
        written: each as it is written, without that ending.
        owns: whether each had one.
        places: which of the texts each is of, and where it begins and ends there.
        glued: whether each follows what stands before it without a space.
    """

    low: tuple[str, ...]
    written: tuple[str, ...]
    owns: tuple[bool, ...]
    places: tuple[tuple[int, int, int], ...]
    glued: tuple[bool, ...]

    @classmethod
    def of(cls, *texts: str) -> Wording:
        """The words of one text, or of the parts of a quote one after the other."""
        words = [word for part, text in enumerate(texts) for word in _words(part, text)]
        return cls(*zip(*words, strict=True)) if words else cls((), (), (), (), ())

    def __len__(self) -> int:
        return len(self.low)

    @cached_property
    def sentences(self) -> tuple[range, ...]:
        """The indexes of each sentence's words, with the mark that ends it."""
        ends = [i + 1 for i, word in enumerate(self.low) if word in ENDS]
        cuts = [0, *ends, len(self)]
        return tuple(range(a, b) for a, b in pairwise(cuts) if a < b)

    def has_capital(self, at: int) -> bool:
        """Whether a capital that tells something begins the word at `at`, if there is one.

        At the beginning of a sentence or a part of the quote it tells nothing.
        """
        if not 0 < at < len(self) or not self.written[at][0].isupper():
            return False
        return self.low[at - 1] not in _OPENERS and self.places[at - 1][0] == self.places[at][0]


def _words(part: int, text: str) -> Iterator[tuple[str, str, bool, tuple[int, int, int], bool]]:
    end = -1
    for token in tokens(text):
        low = without_possessive(token.low) or token.low
        written = text[token.start : token.end]
        place = (part, token.start, token.end)
        yield low, written[: len(low)], low != token.low, place, token.start == end
        end = token.end


def words_of(text: str) -> list[str]:
    """The words and marks of `text` in lower case, without possessive endings."""
    return list(Wording.of(text).low)
