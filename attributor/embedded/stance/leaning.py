"""Which words of a quote lean to a target's side, and which against it.

Every word that the language pack lists for stances counts 1, to one side or the other. What stands
near it changes that:

- a negation, or a word that turns round ("fails to support"), within three words before it;
- the target as the one who acts: "the council opposed the plan" says little of the council;
- distance from the target, where the quote names it.

A target may be a claim ("that the bridge is a danger") instead of a thing. Then words that say what
the claim says agree with it, however grim they are, and a bare "not" or "no" denies it.

A listed word is no sign where it is a part of a saying or of a name ("right now", "Peace Corps"),
and none that tells (`Sign.tells`) where it is only supposed ("if I must") or is said of something
else than the target (`evidence`).

The counts are round and by hand. That doubling or halving any of them moved macro-F1 by hardly
more than a point on two sets of labelled sentences is why there are no finer ones.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from attributor.embedded.stance.evidence import Evidence, clause_breaks, negates, supposed
from attributor.embedded.stance.naming import Naming
from attributor.embedded.stance.wording import Wording
from attributor.marking.language import Language
from attributor.records import Target

_NEGATION_REACH = 3
_AGENT_REACH = 4
"""So many words at most stand between somebody and what he does."""
_AGENT, _DENIAL, _NOT_BAD = 0.5, 0.5, 0.5
"""What a word counts that the target itself says, a bare negation, and "not bad"."""
_FAR = 40
"""So many words away from the target a word counts half."""
_PLAIN = 15
"""A quote of so many words and marks at most is taken for neutral where nothing in it leans."""
_SHARE_OF_A_CLAIM = 3
"""One in so many of a claim's words has to be there at least for something to be said of it."""


class Sign(NamedTuple):
    """A word that leans: its index, how far it does, and whether it tells where the speaker stands.

    `side` is below 0 where it leans against the target, and 0 where it is none in its place: that
    something else is meant is no proof that nothing leans.
    """

    at: int
    side: float
    tells: bool


class Leaning:
    """Reads quotes for words that lean to a target's side or against it."""

    def __init__(self, target: Target, pack: Language) -> None:
        self._pack = pack
        self.naming = Naming(target.name, pack)
        words = Wording.of(target.name).low
        self.is_claim = any(word in pack.conjunctions or word in pack.passive for word in words)
        value = sum((word in pack.good) - (word in pack.bad) for word in words)
        self._grim = self.is_claim and value < 0
        self._breaks = clause_breaks(pack)
        others = (pack.pronouns.keys() | pack.objects) - pack.first_person - pack.relatives
        self._stand_ins = others - {"you"}

    def signs(self, said: Wording) -> list[Sign]:
        """The words that lean, in order; without a list for stances, none."""
        named = self.naming.places(said)
        places = [] if self.is_claim else named
        evidence = Evidence(said, self._pack, self._anchors(said, named), self.is_claim)
        own, found = frozenset(places), []
        for at in range(len(said)):
            side = 0.0 if at in own else self._side(said.low, at, places)
            if side and evidence.is_none(at):
                found.append(Sign(at, 0.0, tells=False))
            elif side:
                found.append(Sign(at, side, evidence.tells(at)))
        return found

    def is_plain(self, said: Wording) -> bool:
        """Whether a quote in which nothing leans may be called neutral.

        The longer it is, the likelier something leans that no list knows; and who states a claim
        mostly shares it, so of one that is named nobody is called neutral.
        """
        is_short = self.is_claim or len(said) <= _PLAIN
        states = self.is_claim and bool(self.naming.places(said))
        return is_short and not states and not any(supposed(said, self._pack))

    def _anchors(self, said: Wording, named: Sequence[int]) -> Sequence[int]:
        """Where the quote speaks of the target: by its words, or else by pronouns.

        Of a claim by a third of its words at least, and by those that do not lean themselves.
        """
        if self.is_claim:
            telling = {word for word in self.naming.words if not self._listed(word)}
            found = [at for at in named if said.low[at] in telling]
            said_of_it = {said.low[at] for at in found}
            return found if _SHARE_OF_A_CLAIM * len(said_of_it) >= len(telling) else ()
        return named or [at for at, word in enumerate(said.low) if word in self._stand_ins]

    def _side(self, words: Sequence[str], at: int, places: list[int]) -> float:
        if self.is_claim and negates(words[at], self._pack):
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
        return any(negates(word, self._pack) or word in self._pack.turn for word in near)

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
