"""Which words of a quote lean to a target's side, and which against it.

Every word that the language pack lists for stances counts 1, to one side or the other. What stands
near it changes that:

- a negation, or a word that turns round ("fails to support"), within three words before it;
- the target as the one who acts: "the council opposed the plan" says little of the council;
- distance from the target, where the quote names it.

A target may be a claim ("that the bridge is a danger") instead of a thing. Then words that say what
the claim says agree with it, however grim they are, and a bare "not" or "no" denies it.

The counts are round and by hand. That doubling or halving any of them moved macro-F1 by hardly
more than a point on two sets of labelled sentences is why there are no finer ones.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

from attributor.marking.language import Language
from attributor.marking.tokens import tokens, without_possessive
from attributor.records import Target

_NEGATION_REACH = 3
_AGENT_REACH = 4
"""So many words at most stand between somebody and what he does."""
_AGENT, _DENIAL, _NOT_BAD = 0.5, 0.5, 0.5
"""What a word counts that the target itself says, a bare negation, and "not bad"."""
_FAR = 40
"""So many words away from the target a word counts half."""
_SHORT = 3
"""Words of a target with fewer letters are not looked for."""


class Sign(NamedTuple):
    """A word that leans: its index, and how far it does; below 0 it is against the target."""

    at: int
    side: float


def words_of(text: str) -> list[str]:
    """The words and marks of `text` in lower case, without possessive endings."""
    return [without_possessive(token.low) for token in tokens(text)]


class Leaning:
    """Reads quotes for words that lean to a target's side or against it."""

    def __init__(self, target: Target, pack: Language) -> None:
        self._pack = pack
        named = words_of(target.name)
        longer = {word for word in named if len(word) > _SHORT and word not in pack.common}
        self.named = longer or set(named)
        self._name = _name(target.name, pack)
        self._claim = any(word in pack.conjunctions or word in pack.passive for word in named)
        value = sum((word in pack.good) - (word in pack.bad) for word in named)
        self._grim = self._claim and value < 0

    def is_about(self, words: Sequence[str]) -> bool:
        """Whether a quote speaks of the target.

        It does where it holds more than half of the target's words, or of a target that is a name
        the last one.
        """
        said = set(words)
        return bool(self._name & said) or 2 * len(self.named & said) > len(self.named)

    def signs(self, words: Sequence[str]) -> list[Sign]:
        """The words that lean, in order; without a list for stances, none."""
        places = [] if self._claim else [i for i, w in enumerate(words) if w in self.named]
        found = (Sign(i, self._side(words, i, places)) for i in range(len(words)))
        return [sign for sign in found if sign.side]

    def _side(self, words: Sequence[str], at: int, places: list[int]) -> float:
        if words[at] in self.named and places:
            return 0.0
        if self._claim and self._negates(words[at]):
            return -_DENIAL
        side = self._listed(words[at])
        if side and self._is_turned(words, at):
            side = -side if side > 0 else -side * _NOT_BAD
        if side and places:
            side *= self._weight(words, at, places)
        return side

    def _listed(self, word: str) -> float:
        """To which side the word leans by itself."""
        pack = self._pack
        if word in pack.favor:
            return float(word not in pack.against)
        if word in pack.against:
            return -1.0
        value = float((word in pack.good) - (word in pack.bad))
        return (-value if self._grim else value) or float(word in pack.call)

    def _is_turned(self, words: Sequence[str], at: int) -> bool:
        near = words[max(at - _NEGATION_REACH, 0) : at]
        return any(self._negates(word) or word in self._pack.turn for word in near)

    def _negates(self, word: str) -> bool:
        return word in self._pack.negations or word.endswith(self._pack.negative_endings)

    def _weight(self, words: Sequence[str], at: int, places: list[int]) -> float:
        """How much a word counts for where it stands to the target."""
        following = bisect_left(places, at)
        beside = places[max(following - 1, 0) : following + 1]
        nearest = min(beside, key=lambda place: abs(place - at))
        near = 1 / (1 + abs(nearest - at) / _FAR)
        far = nearest > at or at - nearest - 1 > _AGENT_REACH
        if far or not self._acts(words[nearest + 1 : at]):
            return near
        word, pack = words[at], self._pack
        if word in pack.favor or word in pack.against:
            return near * _AGENT
        return 0.0 if word in pack.call else near

    def _acts(self, between: Sequence[str]) -> bool:
        """Whether a target before these words is the one who does what comes after them."""
        return not any(w in self._breaks or w in self._pack.passive for w in between)

    @cached_property
    def _breaks(self) -> frozenset[str]:
        return self._pack.relatives | self._pack.conjunctions | frozenset(',;:—–“”"«»„')


def _name(target: str, pack: Language) -> set[str]:
    """The last word of a target that is a name: "Trump" of "Donald Trump", "Union" of "the Union".

    Of "Kosovo's independence" there is none: who speaks of Kosovo need not speak of that.
    """
    words = [token for token in tokens(target) if token.low not in pack.common]
    is_name = all(token.capital and not token.low.endswith("'s") for token in words)
    return {without_possessive(words[-1].low)} if words and is_name else set()
