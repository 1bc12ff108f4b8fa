"""What an engine's encoder can tell the resolver: whether a mention and a name mean the same."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Protocol

from attributor.marking.spans import Span
from attributor.speakers.candidates import Candidate, Candidates
from attributor.speakers.entities import Entity


class Identity(Protocol):
    """Evidence about identity in one article; places are code points, end exclusive."""

    def reach(self, mention: Span) -> Span:
        """The part of the text that was read together with the mention; empty if none was."""

    def log_odds(self, mention: Span, places: Sequence[Span]) -> float:
        """How much speaks for somebody who stands in these places, all of them within reach."""


def weigh(
    identity: Identity, mention: Span, candidates: Iterable[Candidate], people: Candidates
) -> None:
    """Adds the evidence to each candidate's prior; of whom nothing was read nothing is said."""
    reach = identity.reach(mention)
    for candidate in candidates:
        spans = places(candidate.entity, reach, mention, people)
        if spans:
            candidate.prior += identity.log_odds(mention, spans)


def places(entity: Entity, reach: Span, mention: Span, people: Candidates) -> list[Span]:
    """Where an entity stands within reach of a mention, by a name or a description."""
    starts = entity.places[
        bisect_left(entity.places, reach[0]) : bisect_left(entity.places, reach[1])
    ]
    spans = (people.span(start) for start in starts if not mention[0] <= start < mention[1])
    return [span for span in spans if span[1] <= reach[1]]
