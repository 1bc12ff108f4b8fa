"""Who spoke and whom pronouns meant so far, as an article is read from its beginning."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import NamedTuple

from attributor.speakers.entities import Entity

_REMEMBERED = 4
"""So many speakers are remembered."""


class Event(NamedTuple):
    """Somebody was meant at `start`."""

    start: int
    entity: Entity


@dataclass(slots=True)
class History:
    """The last speakers, the latest last, and by gender whom the last pronoun meant."""

    speakers: deque[Event] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))
    pronouns: dict[str, Event] = field(default_factory=dict)

    def speaks(self, entity: Entity | None, start: int) -> None:
        """Takes note of who speaks at `start`."""
        if entity is not None:
            self.speakers.append(Event(start, entity))

    def spoke(self, entity: Entity) -> int | None:
        """How many others spoke since the entity did; None if it did not speak lately."""
        others: list[Entity] = []
        for event in reversed(self.speakers):
            if event.entity is entity:
                return len(others)
            if event.entity not in others:
                others.append(event.entity)
        return None
