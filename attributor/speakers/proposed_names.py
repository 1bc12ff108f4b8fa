"""Whom an engine means by a name that it gives, and how that Speaker is called from then on."""

from __future__ import annotations

import re

from attributor.speakers.entities import Entities, Entity
from attributor.speakers.lexicon import fold


class ProposedNames:
    """The names that an engine gives, looked up among the article's entities, each once.

    Args:
        entities: everybody whom the article names.
    """

    def __init__(self, entities: Entities) -> None:
        self._entities, self._story = entities, entities.story
        self._known: dict[str, Entity | None] = {}

    def entity(self, name: str) -> Entity | None:
        """Whom a name means, from then on called so; None if the article has no such name.

        The name is written as in the article. One of two words or more is taken as it is, also
        where the entity has other forms ("Donald Trump Jr" beside "Donald Trump"); a shorter one
        only says which entity is meant, unless it is none of its words.
        """
        if name not in self._known:
            self._known[name] = self._look_up(name)
        return self._known[name]

    def _look_up(self, name: str) -> Entity | None:
        written = self._written(name)
        entity = self._entities.proposed(name)
        if not written:
            return entity
        words = frozenset(fold(written).split())
        for known in self._known.values():
            if known is not None and known.called == written:
                return known
        if entity is None or (len(words) > 1 and not self._fits(words, entity)):
            return self._entities.own(written)
        if len(words) > 1 or not words <= frozenset(fold(entity.name).split()):
            entity.called = max(entity.called, written, key=lambda n: len(n.split()))
        return entity

    def _written(self, name: str) -> str:
        """The name without titles as the article writes it; "" if it does not stand there."""
        words, text = name.split(), self._story.text
        known = {*self._story.language.titles, *self._story.lexicon.honorifics}
        while len(words) > 1 and fold(words[0]).strip(".,") in known:
            del words[0]
        pattern = r"\s+".join(map(re.escape, [*words[:-1], *(w.rstrip(".") for w in words[-1:])]))
        bounded = rf"(?<!\w){pattern}(?!\w)"
        found = re.search(bounded, text) or re.search(bounded, text, re.IGNORECASE)
        return " ".join(found[0].split()) if found and words else ""

    def _fits(self, words: frozenset[str], entity: Entity) -> bool:
        """Whether all of a name's words are in one form of the entity, or all of a form's in it.

        "Donald Trump Jr" is not Donald Trump.
        """
        forms = [*map(frozenset, entity.forms), frozenset(fold(entity.name).split())]
        others = {word.strip(".") for form in forms for word in words ^ form}
        return not others & self._story.language.suffixes and any(
            words <= form or (form <= words and len(form) > 1) for form in forms
        )
