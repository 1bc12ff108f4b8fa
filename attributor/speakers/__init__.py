"""From mentions to Speakers: one person behind "Ana Petric", "Petric", "she" and "the mayor".

Names are tied by their words: a surname (or a given name that is nobody's surname) belongs to the
nearest earlier full name that it fits. Pronouns and descriptions are tied to whom the text put in
focus: the speaker so far, or the last person named as a sentence's subject. A description that
nothing ties to a name stays a speaker without a name. No name is ever taken from anywhere but the
article: one that an engine proposes counts only if it stands there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from attributor.grounding import GroundedQuote
from attributor.marking import Marking, Mention
from attributor.records import MentionType, ProposedSpeaker, Speaker
from attributor.speakers.cast import Cast, Entity


@dataclass(frozen=True, slots=True)
class Resolution:
    """The Speakers, and for each quote its speaker's id and its mention's type, in quote order."""

    speakers: tuple[Speaker, ...]
    of_quote: tuple[int | None, ...]
    mention_types: tuple[MentionType, ...]


def resolve(
    marking: Marking, quotes: Sequence[GroundedQuote], proposed: Sequence[ProposedSpeaker] = ()
) -> Resolution:
    """Ties each quote's mention, and what the engine proposed of it, to one Speaker.

    Quotes are taken in the order of their mentions in the text, whatever order they come in.
    """
    scene = _Scene(Cast(marking), proposed)
    entities: list[Entity | None] = [None] * len(quotes)
    types: list[MentionType] = ["none"] * len(quotes)
    for i in sorted(range(len(quotes)), key=lambda i: _place(quotes[i])):
        types[i], entities[i] = scene.play(quotes[i])
    return _resolution(entities, types)


class _Scene:
    """The article being read from its first quote to its last."""

    def __init__(self, cast: Cast, proposed: Sequence[ProposedSpeaker]) -> None:
        self.cast, self.proposed = cast, proposed
        self._met: dict[int, Entity] = {}

    def play(self, quote: GroundedQuote) -> tuple[MentionType, Entity | None]:
        """The mention's type and who speaks, who is in focus from then on."""
        mention = self.cast.mention(quote.mention) if quote.mention else None
        entity = self._who(quote, mention)
        if entity is not None and quote.speaker is not None:
            self._met.setdefault(quote.speaker, entity)
        self.cast.speaks(entity, _place(quote))
        return mention.type if mention else "none", entity

    def _who(self, quote: GroundedQuote, mention: Mention | None) -> Entity | None:
        """A name in the text comes first, then the engine's word, then what the text suggests."""
        if mention and mention.type == "name" and (named := self.cast.entity(mention)):
            return named
        proposed = self.proposed[quote.speaker] if quote.speaker is not None else None
        if proposed is not None and quote.speaker is not None:
            known = self._met.get(quote.speaker) or self.cast.proposed(proposed)
            if known:
                return known
        if mention and (meant := self.cast.entity(mention)):
            return meant
        if proposed is not None:
            return self.cast.unnamed(proposed)
        return self.cast.understood() if quote.cue and not mention else None


def _place(quote: GroundedQuote) -> int:
    return quote.mention[0] if quote.mention else quote.spans[0][0]


def _resolution(entities: Sequence[Entity | None], types: Sequence[MentionType]) -> Resolution:
    ids: dict[int, int] = {}
    speakers: list[Speaker] = []
    for entity in entities:
        if entity is not None and id(entity) not in ids:
            ids[id(entity)] = len(speakers) + 1
            speakers.append(_speaker(entity, len(speakers) + 1))
    of_quote = tuple(ids[id(e)] if e is not None else None for e in entities)
    return Resolution(tuple(speakers), of_quote, tuple(types))


def _speaker(entity: Entity, number: int) -> Speaker:
    name = entity.name
    aliases = tuple(dict.fromkeys(s for s in entity.surfaces if s != name))
    role = entity.roles[0] if entity.roles else ""
    return Speaker(id=number, name=name, aliases=aliases, role=role, kind=entity.kind)
