"""Which words that lean are evidence of where a speaker stands, and which are none in their place.

A list of words knows nothing of their neighbours, and so it hears a stance where there is none. A
word is no evidence

- in a saying or a name: "right now", "I must admit", "Peace Corps", "the ‘Right to Roam’ act";
- as a call that calls for nothing: "as it should", "if I must";
- in a sentence that only supposes or asks: with "if" or "would", or with a question mark;
- where it is said of something else than the target. Of the target is said what follows it in its
  clause ("the bridge is a mistake"), and what stands close before it ("we support the bridge").
  Of a claim is said only what follows its words: before them mostly stands who makes it, and a
  negation there denies what follows.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from attributor.embedded.stance.wording import ENDS, Wording
from attributor.marking.language import Language

_REACH_BEFORE = 4
"""So many words before the target at most a word stands that is said of it."""
_REACH_BEHIND = 12
LONGEST_SAYING = 5
"""A saying has at most so many words."""
_CLOSING = {"‘": "’", "“": "”", "„": "“", "«": "»", '"': '"', "'": "'"}
"""Marks that open a name in a quote, and those that close it."""
_NAME = 6
"""A name in marks has at most so many words."""
_MARKS = frozenset(',;:—–“”"«»„')


def clause_breaks(pack: Language) -> frozenset[str]:
    """What parts clauses."""
    return pack.relatives | pack.conjunctions | _MARKS


def negates(word: str, pack: Language) -> bool:
    """Whether a word is a negation, or ends in one ("didn't")."""
    return word in pack.negations or word.endswith(pack.negative_endings)


def supposed(said: Wording, pack: Language) -> list[bool]:
    """For each word whether its sentence asks, or says what is not so or not surely."""
    found: list[bool] = []
    for sentence in said.sentences:
        asks = said.low[sentence[-1]] == "?" or said.low[sentence[0]] in pack.suppositions
        supposes = any(said.low[i] in pack.supposed and not said.has_capital(i) for i in sentence)
        found += [asks or supposes] * len(sentence)
    return found


class Evidence:
    """Tells evidence in one quote from words that only look like it.

    Args:
        said: the words of the quote.
        pack: what is known of its language.
        anchors: where the quote speaks of the target, in order.
        is_claim: whether the target is a claim.
    """

    def __init__(
        self, said: Wording, pack: Language, anchors: Sequence[int], is_claim: bool
    ) -> None:
        self._said, self._pack, self._anchors, self._is_claim = said, pack, anchors, is_claim
        self._breaks = clause_breaks(pack) | ENDS
        self._supposed = supposed(said, pack)
        before = said.low[: anchors[0]] if anchors and is_claim else ()
        self._is_denied = any(negates(word, pack) for word in before)

    def is_none(self, at: int) -> bool:
        """Whether the word there is no sign: in a saying, in a name, or calling for nothing."""
        in_a_name = self._is_in_a_name(at) or self._is_in_marks(at)
        return in_a_name or self._is_in_a_saying(at) or self._calls_for_nothing(at)

    def tells(self, at: int) -> bool:
        """Whether the word there is evidence of where the speaker stands towards the target."""
        if self._supposed[at]:
            return False
        if self._is_denied and not negates(self._said.low[at], self._pack):
            return False
        return self._is_said_of_the_target(at)

    def _is_in_a_saying(self, at: int) -> bool:
        low, sayings = self._said.low, self._pack.sayings
        return any(
            low[start:end] in sayings
            for start in range(max(at - LONGEST_SAYING + 1, 0), at + 1)
            for end in range(at + 1, start + LONGEST_SAYING + 1)
        )

    def _is_in_a_name(self, at: int) -> bool:
        """Whether the word and one beside it have capitals."""
        said = self._said
        if self._pack.nouns_have_capitals or not said.has_capital(at):
            return False
        return said.has_capital(at - 1) or said.has_capital(at + 1)

    def _is_in_marks(self, at: int) -> bool:
        """Whether the word stands in marks that hold a few words, the first with a capital."""
        said = self._said
        for start in range(at - 1, max(at - _NAME - 1, -1), -1):
            closing = _CLOSING.get(said.low[start])
            rest = slice(at, start + _NAME + 2)
            # The mark behind "Enemies’" is read as that of an owner.
            if closing and (
                closing in said.low[rest] or (closing in "'’" and any(said.owns[rest]))
            ):
                return said.written[start + 1][0].isupper()
        return False

    def _calls_for_nothing(self, at: int) -> bool:
        """Whether it is a word like "must", and no word follows that it calls for."""
        behind = self._said.low[at + 1 : at + 2]
        return self._said.low[at] in self._pack.call and not (behind and behind[0][0].isalnum())

    def _is_said_of_the_target(self, at: int) -> bool:
        following = bisect_left(self._anchors, at)
        before = self._anchors[max(following - 1, 0) : following]
        behind = () if self._is_claim else self._anchors[following : following + 1]
        return any(
            last - first <= reach and self._breaks.isdisjoint(self._said.low[first + 1 : last])
            for first, last, reach in (
                *((anchor, at, _REACH_BEHIND) for anchor in before),
                *((at, anchor, _REACH_BEFORE) for anchor in behind),
            )
        )
