"""Decides whom a mention means, with a confidence: a softmax over candidates and over nobody."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp, log

from attributor.speakers import alone, kinds, model
from attributor.speakers.candidates import Candidate, Candidates, MentionQuery
from attributor.speakers.entities import Entities, Entity
from attributor.speakers.features import Features
from attributor.speakers.gender import CERTAIN
from attributor.speakers.history import Event, History
from attributor.speakers.identity import Identity, weigh
from attributor.speakers.mentions import MentionReader, Reading
from attributor.speakers.relays import relayed
from attributor.speakers.story import Story

_CANDIDATES = 3
"""So many candidates are told where it is in doubt who is meant."""
_NAMES_BACK = 4
"""So many names before "who" are looked at."""
_OTHER_GENDER = 2.5
"""Whoever has such log-odds of the other gender is not meant by a pronoun."""
_SURE = 0.85
"""A pronoun that means somebody with such a probability tells their gender."""
_SIGN, _SIGNS = 1.0, 2.0
"""Log-odds of gender by one such pronoun, and at most."""
_PERHAPS = 1.5
"""Up to such log-odds against it an entity may be a person, or a body, after all."""
_WORTH = 0.05
"""A candidate that is less probable is not told."""
_ALONE = 0.7
"""How sure it is that somebody is meant who alone can be."""
_UNTOLD = 0.5
"""How sure it is that "the mayor" is somebody of whom the article does not say that they are it."""
_DOUBT = 0.25
"""If somebody with a name is meant with such a probability, though too small to give the name,
it is in doubt whether nobody is."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Whom a mention means: `entity`, with a name or without, or None.

    `confidence` is the probability that this is right, None where nothing was decided; `doubt`
    whether a name was withheld, `candidates` then who it may be, the likeliest first.
    """

    reading: Reading | None
    entity: Entity | None
    confidence: float | None = None
    doubt: bool = False
    candidates: tuple[tuple[Entity, float], ...] = ()


Chooser = Callable[[str, MentionQuery, Sequence[Candidate], Sequence[str]], list[float]]
"""(decision, query, candidates, features of nobody) -> probability of each candidate."""


def learned(
    decision: str, query: MentionQuery, candidates: Sequence[Candidate], nobody: Sequence[str]
) -> list[float]:
    """The probability of each candidate by the weights that come with attributor."""
    weights = model.current()
    scores = [weights.score(decision, c.features) + c.prior for c in candidates]
    scores.append(weights.score(decision, nobody))
    top = max(scores)
    parts = [exp(score - top) for score in scores]
    whole = sum(parts)
    return [part / whole for part in parts[:-1]]


class Resolver:
    """Reads one article from its beginning and decides whom each mention means."""

    def __init__(
        self, story: Story, chooser: Chooser = learned, identity: Identity | None = None
    ) -> None:
        self.story, self.choose, self.identity = story, chooser, identity
        self.entities = Entities(story)
        self.reader = MentionReader(story, self.entities)
        self.people = Candidates(story, self.entities, self.reader)
        self.history = History()
        self.features = Features(story, self.entities, self.history)
        self._groups: dict[str, Entity] = {}
        self._pronouns = self._in_text()
        self._next = 0
        self._meant: Entity | None = None
        self._chance = 0.0

    # --- pronouns in the text ---------------------------------------------------------------------

    def _in_text(self) -> list[int]:
        """Indices of the tokens that are "he", "she" and their forms, outside of marks."""
        known = self.story.lexicon.pronouns
        gendered = {word for word, kind in known.items() if kind in ("m", "f")}
        return [
            i
            for i, word in enumerate(self.story.folded)
            if word in gendered and not self.story.is_marked(self.story.tokens[i].start)
        ]

    def read_to(self, offset: int) -> None:
        """Decides whom the pronouns before `offset` mean that were not read yet."""
        while self._next < len(self._pronouns):
            token = self.story.tokens[self._pronouns[self._next]]
            if token.start >= offset:
                return
            self._next += 1
            self.pronoun_at(token.start, token.end)

    def pronoun_at(self, start: int, end: int) -> Decision:
        """Whom a pronoun of the text means."""
        low = self.story.low(self.story.index(start))
        own = low in self.story.language.possessives
        query = MentionQuery(start, self.reader.read(start, end), quote=False, own=own)
        return self._pronoun(query)

    def pronouns(self) -> list[tuple[int, int]]:
        """The edges of every "he" and "she" of the text, and of their forms, outside of marks."""
        tokens = (self.story.tokens[i] for i in self._pronouns)
        return [(token.start, token.end) for token in tokens]

    def pronoun_next(self, start: int) -> bool:
        """Whether the next pronoun that was not read yet begins at `start`."""
        k = self._next
        return k < len(self._pronouns) and self.story.tokens[self._pronouns[k]].start == start

    def text_mention(self, start: int, end: int) -> Decision:
        """Whom a pronoun or a description of the text means."""
        self.read_to(start)
        if self.pronoun_next(start):
            self._next += 1
            return self.pronoun_at(start, end)
        return self._description(MentionQuery(start, self.reader.read(start, end), quote=False))

    # --- mentions ---------------------------------------------------------------------------------

    def decide(
        self,
        start: int,
        end: int,
        contents: Sequence[tuple[int, int]],
        cue: tuple[int, int] | None = None,
    ) -> Decision:
        """Whom the mention of a quote means.

        Args:
            start: where the mention begins.
            end: where it ends.
            contents: the edges of what is said.
            cue: the edges of the words that attribute it.
        """
        start, end = relayed(self.story, (start, end), cue)
        self.read_to(start)
        if self.pronoun_next(start):
            self._next += 1
        reading = self.reader.read(start, end)
        query = MentionQuery(start, reading, contents, cue=cue)
        if reading.type == "name":
            return self._name(query)
        if reading.type == "pronoun":
            return self._any_pronoun(query)
        return self._description(query)

    def dropped(self, place: int, subject: str, contents: Sequence[tuple[int, int]]) -> Decision:
        """Who speaks where a verb alone tells it, in a language that leaves pronouns out.

        Args:
            place: where the verb stands.
            subject: what its form tells of its subject: "m", "f", "plural", "nobody" or "".
            contents: the edges of what is said.
        """
        self.read_to(place)
        last = self.history.speakers[-1].entity if self.history.speakers else None
        if subject in ("m", "f"):
            reading = Reading(place, place, "pronoun", head=subject, gender=subject)
            return self._pronoun(MentionQuery(place, reading, contents))
        if subject == "nobody" or (subject == "plural" and (last is None or last.kind != "group")):
            return Decision(None, None)
        if subject == "plural":
            return Decision(None, last, _ALONE)
        return self._only_one(place, last)

    def _only_one(self, place: int, last: Entity | None) -> Decision:
        """Whoever spoke last, or was named since: nobody where these are several."""
        if last is not None and last.kind == "group":
            return Decision(None, None)
        start = self.history.speakers[-1].start if last else -1
        meant = alone.since(self.people.before(place), last, start)
        if len(meant) == 1:
            return Decision(None, meant[0], _ALONE)
        told = tuple((e, 0.5) for e in meant[:2] if e.unnamed_kind is None)
        return Decision(None, None, None, bool(told), told)

    def speaks(self, entity: Entity | None, start: int) -> None:
        """Takes note of who speaks at `start`."""
        self.history.speaks(entity, start)

    # --- by type ----------------------------------------------------------------------------------

    def _any_pronoun(self, query: MentionQuery) -> Decision:
        kind = query.reading.head
        if kind in ("m", "f"):
            return self._pronoun(query)
        if kind == "relative":
            return Decision(query.reading, self._before_relative(query), 0.9)
        if kind in ("plural", "thing"):
            return self._thing(query)
        return Decision(query.reading, None)

    def _pronoun(self, query: MentionQuery) -> Decision:
        wanted = query.reading.gender
        found = [c for c in self.people.before(query.start) if self._may_be(wanted, c)]
        if not any(c.entity.is_person or c.entity.unnamed_kind for c in found):
            ahead = self.people.behind(query.start)
            found += [c for c in ahead if self._may_be(wanted, c)]
        self.features.pronoun(query, found)
        if self.identity is not None:
            weigh(self.identity, (query.start, query.reading.end), found, self.people)
        nobody = self.features.no_pronoun(query, found)
        decision = self._decided("pronoun", query, found, nobody)
        meant = self._meant
        if meant is not None:
            self._learn_gender(meant, wanted)
            self.history.pronouns[query.reading.gender] = Event(query.start, meant)
        return decision

    def _learn_gender(self, entity: Entity, gender: str) -> None:
        """Takes a pronoun that means somebody for sure as a sign of gender."""
        if self._chance >= _SURE:
            entity.clues.add(kinds.PRONOUN)
            step = _SIGN if gender == "f" else -_SIGN
            entity.learned = max(-_SIGNS, min(_SIGNS, entity.learned + step))

    @staticmethod
    def _may_be(wanted: str, candidate: Candidate) -> bool:
        """Whether somebody can be "she", or "he": not of the other gender, nor a body for sure."""
        odds = candidate.gender if wanted == "f" else -candidate.gender
        if odds <= -_OTHER_GENDER:
            return False
        entity = candidate.entity
        if entity.unnamed_kind is not None:
            return entity.unnamed_kind == "anonymous"
        return entity.person > 0 or (entity.person > -_PERHAPS and not entity.clues & kinds.BODIES)

    def _description(self, query: MentionQuery) -> Decision:
        reading = query.reading
        if not self.features.may_be_named(reading):
            unnamed = self._unnamed(reading)
            if unnamed.unnamed_kind == "anonymous":
                self.people.introduce(query.start, unnamed)
            return Decision(reading, unnamed)
        human = self.features.is_human(reading)
        before = self.people.before(query.start)
        if (only := alone.described(self.story, query, before)) is not None:
            only.heads.add(reading.head)
            self.people.described.pop(query.start, None)
            return Decision(reading, only, _ALONE)
        found = [c for c in before if self._is_sort(c.entity, human)]
        if not self.story.language.has_articles:  # "izvor" is not "majka" who spoke before
            found = [
                c for c in found if not c.entity.unnamed_kind or c.entity.heads & {reading.head}
            ]
        if self.features.is_casual(reading) or (human and reading.complement):
            found = [c for c in found if self.features.is_held_by(reading, c.entity)]
        self.features.description(query, found)
        nobody = self.features.no_description(query, found)
        decision = self._decided("description", query, found, nobody)
        if human and self.features.is_untold(reading, decision.entity):
            decision = self._in_doubt(decision)
        if decision.entity is not None and decision.entity.unnamed_kind is None:
            decision.entity.heads.add(reading.head)
            self.people.described.pop(query.start, None)
            return decision
        own = decision.entity or self._unnamed(reading)
        if own.unnamed_kind == "anonymous":
            self.people.introduce(query.start, own)
        return Decision(reading, own, decision.confidence, decision.doubt, decision.candidates)

    @staticmethod
    def _in_doubt(decision: Decision) -> Decision:
        """Nobody, where it may be somebody of whom the article does not say so."""
        told = () if decision.entity is None else ((decision.entity, _UNTOLD),)
        return Decision(decision.reading, None, 1 - _UNTOLD, True, told)

    @staticmethod
    def _is_sort(entity: Entity, human: bool) -> bool:
        """Whether it can be called by a noun for people, or by one for bodies."""
        if entity.unnamed_kind is not None:
            return human
        return entity.person > -_PERHAPS if human else entity.person < _PERHAPS

    def _thing(self, query: MentionQuery) -> Decision:
        """ "It" and "they": a body or several who spoke last."""
        last = self.history.speakers[-1] if self.history.speakers else None
        if last is None or last.entity.kind in ("person", "anonymous"):
            return Decision(query.reading, None)
        if query.reading.plural and last.entity.unnamed_kind is None:
            return Decision(query.reading, None)
        gap = self.story.paragraph(query.start) - self.story.paragraph(last.start)
        return Decision(query.reading, last.entity if gap < 3 else None, 0.8 if gap < 3 else None)

    def _before_relative(self, query: MentionQuery) -> Entity | None:
        """Who stands right before "who", if it is a name: "Ana Holt, who says …"."""
        i = self.story.index(query.start)
        i -= self.story.low(i - 1) == ","
        starts = self.entities.placed
        for start in starts[: bisect_left(starts, query.start)][-_NAMES_BACK:]:
            name, entity = self.entities.names[start], self.entities.at[start]
            behind = self.story.low(name.last) == "," and self.entities.roles.phrase_end(
                name.last + 1
            )
            if name.last == i or (behind == i and entity.is_person):
                return entity
        return None

    def _name(self, query: MentionQuery) -> Decision:
        name = query.reading.name
        entity = self.entities.at.get(name.start) if name else None
        if name is None or entity is None:
            return Decision(query.reading, None)
        together = self.reader.partner(name)
        if together is not None and entity.is_person:
            return self._both(query, entity, self.entities.at[together.start])
        others = self.entities.rivals.get(name.start, ())
        found = [
            Candidate(e, self.people.place(self._place(e, name.start))) for e in (entity, *others)
        ]
        self.features.name(query, found)
        nobody = self.features.no_name(query, found)
        return self._decided("name", query, found, nobody)

    def _both(self, query: MentionQuery, one: Entity, other: Entity) -> Decision:
        """Nobody's name where two are credited together; both are candidates."""
        group = self.other(self.story.text[query.reading.start : query.reading.end], "group")
        return Decision(query.reading, group, None, True, ((one, 0.5), (other, 0.5)))

    def _place(self, entity: Entity, offset: int) -> int:
        """Where the entity stands last before `offset`, else first."""
        before = entity.last_before(offset)
        return before if before >= 0 else entity.places[0]

    # --- deciding ---------------------------------------------------------------------------------

    def _decided(
        self, kind: str, query: MentionQuery, found: Sequence[Candidate], nobody: Sequence[str]
    ) -> Decision:
        chances = self.choose(kind, query, found, nobody)
        ranked = sorted(zip(chances, range(len(found)), strict=True), reverse=True)
        named = [(found[k].entity, p) for p, k in ranked if found[k].entity.unnamed_kind is None]
        others = [(found[k].entity, p) for p, k in ranked if found[k].entity.unnamed_kind]
        best, chance = named[0] if named else (None, 0.0)
        self._chance = max(chances, default=0.0)
        self._meant = (
            found[ranked[0][1]].entity if ranked and ranked[0][0] > 1 - sum(chances) else None
        )
        sure = self._calibrated(kind, chance)
        if best is not None and sure >= model.current().least.get(kind, 0.5):
            return Decision(query.reading, best, round(sure, 3))
        unnamed = others[0][0] if others and others[0][1] >= chance else None
        doubt = sure >= _DOUBT
        rest = (1 - sure) / max(1 - chance, 1e-6)
        scaled = [(e, sure if e is best else p * rest) for e, p in named[:_CANDIDATES]]
        told = tuple((e, round(p, 3)) for e, p in scaled if p >= _WORTH)
        return Decision(query.reading, unnamed, round(1 - sure, 3), doubt, told if doubt else ())

    @staticmethod
    def _calibrated(kind: str, chance: float) -> float:
        """The probability as it turned out on articles that were not learned from."""
        slope, offset = model.current().calibration.get(kind, (1.0, 0.0))
        chance = min(max(chance, 1e-6), 1 - 1e-6)
        return 1 / (1 + exp(-(slope * log(chance / (1 - chance)) + offset)))

    # --- without a name ---------------------------------------------------------------------------

    def unnamed(self, reading: Reading | None) -> Entity | None:
        """Whom a mention describes who has no name; None where nothing describes them."""
        if reading is None or reading.type == "pronoun":
            return None
        return self._unnamed(reading)

    def _unnamed(self, reading: Reading) -> Entity:
        head, lexicon = reading.head, self.story.lexicon
        if reading.plural or head in lexicon.groups:
            return self._described(reading, "group")
        if head in lexicon.documents and not lexicon.is_role(head):
            return self._described(reading, "document")
        if lexicon.is_body(head):
            return self._described(reading, "organization")
        return self._described(reading, "anonymous")

    def _described(self, reading: Reading, kind: str) -> Entity:
        text = self.story.text[reading.start : reading.end]
        key = text.lower()
        if reading.article == "definite":  # "a teacher said"; then "the teacher said"
            key = self._heads().get(reading.head, key)
        known = self.people.described.get(reading.start)
        if key not in self._groups and known is not None and kind == "anonymous":
            known.roles[0] = text if known.places[0] == reading.start else known.roles[0]
            self._groups[key] = known
        elif key not in self._groups:
            entity = Entity(unnamed_kind=kind)  # type: ignore[arg-type]
            entity.roles.append(text)
            entity.heads.add(reading.head)
            entity.titles = {"f": CERTAIN, "m": -CERTAIN}.get(reading.gender, 0.0)
            entity.places.append(reading.start)
            self._groups[key] = entity
        return self._groups[key]

    def _heads(self) -> dict[str, str]:
        return {head: key for key, entity in self._groups.items() for head in entity.heads}

    def other(self, role: str, kind: str) -> Entity:
        """An entity without a name, known by its role alone, as an engine proposes it."""
        key = role.lower()
        if key not in self._groups:
            entity = Entity(unnamed_kind=kind)  # type: ignore[arg-type]
            entity.roles += [role] if role else []
            self._groups[key] = entity
        return self._groups[key]
