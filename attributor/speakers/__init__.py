"""From mentions to Speakers: one person behind "Ana Petric", "Petric", "she" and "the mayor".

Names are read whole and clean off the article and tied by their words. Whom a mention means is
decided by a learned linear model over named features of the candidates, with a confidence of its
own; in doubt nobody is named. No name is ever taken from anywhere but the article; one that an
engine proposes is taken as it says if it stands there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from attributor.grounding import GroundedQuote
from attributor.marking import Marking
from attributor.records import Candidate, MentionType, ProposedSpeaker, Speaker
from attributor.speakers.described import is_description, is_pronoun
from attributor.speakers.entities import Entity
from attributor.speakers.identity import Identity
from attributor.speakers.lexicon import Lexicon
from attributor.speakers.proposed_names import ProposedNames
from attributor.speakers.resolver import Decision, Resolver
from attributor.speakers.story import Story

_SURE = 0.9
"""So sure a speaker by the text is shown beside another one that an engine names."""


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
    marking: Marking,
    quotes: Sequence[GroundedQuote],
    proposed: Sequence[ProposedSpeaker] = (),
    identity: Identity | None = None,
) -> Resolution:
    """Ties each quote's mention, and what the engine proposed of it, to one Speaker.

    Quotes are taken in the order of their mentions in the text, whatever order they come in.
    `identity` is what the engine's encoder knows of pronouns, if one has read the article.
    """
    scene = _Scene(Resolver(Story(marking), identity=identity), proposed)
    decisions = [Decision(None, None)] * len(quotes)
    for i in sorted(range(len(quotes)), key=lambda i: _place(quotes[i])):
        decisions[i] = scene.play(quotes[i])
    return _resolution(decisions)


class _Scene:
    """The article being read from its first quote to its last."""

    def __init__(self, resolver: Resolver, proposed: Sequence[ProposedSpeaker]) -> None:
        self.resolver, self.proposed = resolver, proposed
        self.names = ProposedNames(resolver.entities)

    def play(self, quote: GroundedQuote) -> Decision:
        """Whom the quote's mention means, who is in focus from then on."""
        decision = self._who(quote)
        self.resolver.speaks(decision.entity, _place(quote))
        return decision

    def _who(self, quote: GroundedQuote) -> Decision:
        """What an engine says of the speaker counts, else what the text does.

        A name that the article does not have says nothing, nor does a pronoun given as one.
        """
        by_text = self._by_text(quote)
        if quote.speaker is None:
            return by_text
        proposed = self.proposed[quote.speaker]
        lexicon = self.resolver.story.lexicon
        if is_pronoun(proposed.name, lexicon):
            return by_text
        if not proposed.name or self._is_described(proposed, lexicon):
            return self._unnamed(by_text, proposed)
        named = self.names.entity(proposed.name)
        if named is None:
            return by_text
        if proposed.is_drafted:
            return replace(self._drafted(by_text, proposed), entity=named)
        return self._told(by_text, named)

    def _is_described(self, proposed: ProposedSpeaker, lexicon: Lexicon) -> bool:
        """Whether an engine says what somebody is, and no name in the article is written so."""
        known = self.resolver.entities.proposed(proposed.name) is not None
        return not known and is_description(proposed.name, lexicon)

    def _unnamed(self, by_text: Decision, proposed: ProposedSpeaker) -> Decision:
        """Nobody with a name: as the text describes them, or as the engine does."""
        told = self._drafted(by_text, proposed)
        entity = by_text.entity
        if entity is not None and entity.unnamed_kind is not None:
            return told
        if proposed.role:
            return replace(told, entity=self.resolver.other(proposed.role, proposed.kind))
        unnamed = self.resolver.unnamed(by_text.reading)
        if proposed.is_drafted:
            return replace(told, entity=unnamed)
        return self._told(replace(by_text, candidates=()), unnamed) if entity else told

    def _drafted(self, by_text: Decision, proposed: ProposedSpeaker) -> Decision:
        """The decision of a draft, with what it leaves in doubt."""
        named = ((self.names.entity(c.name), c) for c in proposed.candidates)
        candidates = tuple((entity, c.probability) for entity, c in named if entity is not None)
        return replace(
            by_text,
            confidence=proposed.confidence,
            doubt=bool(candidates),
            candidates=candidates,
        )

    def _told(self, by_text: Decision, entity: Entity | None) -> Decision:
        """An engine's word, in doubt where the text is sure of somebody else."""
        other, sure = by_text.entity, by_text.confidence
        if other is entity or other is None or other.unnamed_kind or sure is None or sure < _SURE:
            return Decision(by_text.reading, entity, sure if other is entity else None)
        named = [(entity, 1 - sure)] if entity is not None and not entity.unnamed_kind else []
        candidates = tuple((e, round(p, 3)) for e, p in [*named, (other, sure)])
        return Decision(by_text.reading, entity, None, True, candidates)

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
