"""Whoever alone can be meant, where neither a name nor what is known of anybody's role tells it."""

from __future__ import annotations

from collections.abc import Sequence

from attributor.speakers.candidates import Candidate, MentionQuery
from attributor.speakers.entities import Entity
from attributor.speakers.mentions import Reading
from attributor.speakers.story import Story

_SENTENCES = 2
"""So many sentences at most lie between somebody's name and a description of their life."""
_OTHER_GENDER = 0.7
"""Whoever has such log-odds of the other gender is not meant."""


def since(found: Sequence[Candidate], last: Entity | None, start: int) -> list[Entity]:
    """Who spoke last, at `start`, and every person with a name who was named since."""
    named = [c.entity for c in found if c.place.start > start]
    others = [e for e in named if e is not last and e.is_person]
    return [last, *others] if last else others


def described(story: Story, query: MentionQuery, found: Sequence[Candidate]) -> Entity | None:
    """Whom a description means that adds to what is known of somebody: "the former lifeguard".

    Nothing has to be said of lifeguards before. But it must be the only person whom the article
    has named, or told of without a name, who began the sentence before; and what is said must
    not speak of "she" if it is a man.
    """
    if not _adds_to_a_life(story, query.reading):
        return None
    people = [c for c in found if _is_somebody(story, c)]
    if len(people) != 1 or not people[0].entity.is_person or people[0].entity.is_relative:
        return None
    (candidate,) = people
    place, entity = candidate.place, candidate.entity
    if query.reading.head in entity.heads:
        return None  # "the former mayor" is hardly Mayor Ana Holt
    near = story.sentence(query.start) - place.sentence <= _SENTENCES
    apart = story.paragraph(query.start) - place.paragraph > 1
    if not near or apart or place.marked or place.owner or place.object or not place.first:
        return None
    return None if _differs(story, query, entity) else entity


def _is_somebody(story: Story, candidate: Candidate) -> bool:
    """Whether it may be a person: not what another name owns, as in "New Year's Day"."""
    if candidate.entity.unnamed_kind is not None:
        return candidate.entity.unnamed_kind == "anonymous"
    owned = story.low(story.index(candidate.place.start) - 1).endswith("'s")
    return candidate.entity.is_person and not (owned and candidate.count == 1)


def _adds_to_a_life(story: Story, reading: Reading) -> bool:
    lexicon, head = story.lexicon, reading.head
    if reading.article != "definite" or reading.plural or reading.complement:
        return False
    if head in lexicon.bound or head in lexicon.relations or lexicon.is_body(head):
        return False
    return lexicon.is_role(head) and any(word in lexicon.of_lives for word in reading.modifiers)


def _differs(story: Story, query: MentionQuery, entity: Entity) -> bool:
    """Whether the description's gender, or a pronoun in what is said, is not the entity's."""
    told = {query.reading.gender} - {""}
    for start, end in query.contents:
        words = range(story.index(start), story.index(end))
        told |= {story.lexicon.pronouns.get(story.word(i), "") for i in words} & {"f", "m"}
    odds = {"f": entity.gender, "m": -entity.gender}
    return any(odds[gender] <= -_OTHER_GENDER for gender in told)
