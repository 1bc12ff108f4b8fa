"""From mentions to Speakers: one person behind "Ana Petric", "Petric", "she" and "the mayor".

Names are read whole and clean off the article and tied by their words. Whom a mention means is
decided by a learned linear model over named features of the candidates, with a confidence of its
own; in doubt nobody is named. No name is ever taken from anywhere but the article; one that an
engine proposes is taken as it says if it stands there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from attributor.grounding import GroundedQuote
from attributor.marking import Marking
from attributor.records import Candidate, MentionType, ProposedSpeaker, Speaker
from attributor.speakers.entities import Entity
from attributor.speakers.resolver import Decision, Resolver
from attributor.speakers.story import Story


@dataclass(frozen=True, slots=True)
class Resolution:
    """The Speakers, and for each quote its speaker's id and its mention's type, in quote order.

    `confidences` are of the speakers alone (None where an engine or nobody decided), `candidates`
    who may be meant where that is in doubt.
    """

    speakers: tuple[Speaker, ...]
    of_quote: tuple[int | None, ...]
    mention_types: tuple[MentionType, ...]
    confidences: tuple[float | None, ...] = field(default=(), compare=False)
    candidates: tuple[tuple[Candidate, ...], ...] = field(default=(), compare=False)


def resolve(
    marking: Marking, quotes: Sequence[GroundedQuote], proposed: Sequence[ProposedSpeaker] = ()
) -> Resolution:
    """Ties each quote's mention, and what the engine proposed of it, to one Speaker.

    Quotes are taken in the order of their mentions in the text, whatever order they come in.
    """
    scene = _Scene(Resolver(Story(marking)), proposed)
    decisions = [Decision(None, None)] * len(quotes)
    for i in sorted(range(len(quotes)), key=lambda i: _place(quotes[i])):
        decisions[i] = scene.play(quotes[i])
    return _resolution(decisions)


class _Scene:
    """The article being read from its first quote to its last."""

    def __init__(self, resolver: Resolver, proposed: Sequence[ProposedSpeaker]) -> None:
        self.resolver, self.proposed = resolver, proposed
        self._met: dict[int, Entity] = {}

    def play(self, quote: GroundedQuote) -> Decision:
        """Whom the quote's mention means, who is in focus from then on."""
        decision = self._who(quote)
        if decision.entity is not None and quote.speaker is not None:
            self._met.setdefault(quote.speaker, decision.entity)
        self.resolver.speaks(decision.entity, _place(quote))
        return decision

    def _who(self, quote: GroundedQuote) -> Decision:
        """A name that the engine gives comes first, then what the text says."""
        decision = self._by_text(quote)
        if quote.speaker is None:
            return decision
        proposed = self.proposed[quote.speaker]
        reading = decision.reading
        named = self.resolver.entities.proposed(proposed.name) if proposed.name else None
        if named is not None:
            return Decision(reading, named)
        if reading is not None and reading.type == "name" and decision.entity is not None:
            return decision
        if quote.speaker in self._met:
            return Decision(reading, self._met[quote.speaker])
        if decision.entity is None:
            return Decision(reading, self.resolver.other(proposed.role, proposed.kind))
        return decision

    def _by_text(self, quote: GroundedQuote) -> Decision:
        if quote.mention is not None:
            return self.resolver.decide(*quote.mention, quote.spans, quote.cue)
        language = self.resolver.story.language
        if quote.cue is None or not language.drops_subject:
            return Decision(None, None)
        cue = self.resolver.story.text[quote.cue[0] : quote.cue[1]]
        told = (language.subject_of_verb(word) for word in cue.lower().split())
        return self.resolver.dropped(quote.cue[0], next(filter(None, told), ""), quote.spans)


def _place(quote: GroundedQuote) -> int:
    return quote.mention[0] if quote.mention else quote.spans[0][0]


def _resolution(decisions: Sequence[Decision]) -> Resolution:
    ids: dict[int, int] = {}
    speakers: list[Speaker] = []
    for entity in (decision.entity for decision in decisions):
        if entity is not None and id(entity) not in ids:
            ids[id(entity)] = len(speakers) + 1
            speakers.append(_speaker(entity, len(speakers) + 1))
    return Resolution(
        tuple(speakers),
        tuple(ids[id(d.entity)] if d.entity is not None else None for d in decisions),
        tuple(d.reading.type if d.reading else "none" for d in decisions),
        tuple(d.confidence for d in decisions),
        tuple(_candidates(d, ids) for d in decisions),
    )


def _candidates(decision: Decision, ids: dict[int, int]) -> tuple[Candidate, ...]:
    return tuple(
        Candidate(name=entity.name, speaker=ids.get(id(entity)), probability=probability)
        for entity, probability in decision.candidates
    )


def _speaker(entity: Entity, number: int) -> Speaker:
    name = entity.name
    aliases = tuple(dict.fromkeys(s for s in entity.surfaces if s != name))
    role = " ".join(entity.roles[0].split()) if entity.roles else ""
    return Speaker(id=number, name=name, aliases=aliases, role=role, kind=entity.kind)
