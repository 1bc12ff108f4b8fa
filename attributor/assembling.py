"""From a Proposal to an Annotation: ground it, resolve its speakers, report what is left."""

from __future__ import annotations

from collections.abc import Sequence

from attributor import grounding, speakers
from attributor.grounding import GroundedQuote, Grounder, Grounding, Rejection
from attributor.marking import Marking
from attributor.marking.language import UNKNOWN
from attributor.records import (
    Annotation,
    Article,
    Engine,
    Proposal,
    Quote,
    Span,
    Usage,
)
from attributor.speakers import Resolution

WARNING_LIMIT = 20
"""Rejections that are told one by one; the rest are counted."""


def assemble(
    marking: Marking,
    proposal: Proposal,
    engine: Engine,
    usage: Usage | None = None,
    warnings: Sequence[str] = (),
    grounder: Grounder | None = None,
) -> Annotation:
    """The annotation that the article bears out.

    Quotes come in the order of their first span, with ids from 1. `unattributed` is what no quote
    with a speaker or a mention covers.

    Args:
        marking: the article with its evidence.
        proposal: what the engine says.
        engine: which engine said it, for provenance.
        usage: what it cost, if anything.
        warnings: sentences that come before those about rejections.
        grounder: the article's, if some of the proposal was verified before.
    """
    grounded = (grounder or Grounder(marking)).ground(proposal)
    resolution = speakers.resolve(marking, grounded.quotes, proposal.speakers)
    quotes = [
        _quote(marking.text, quote, resolution, number)
        for number, quote in enumerate(grounded.quotes)
    ]
    return Annotation(
        article=_with_language(marking),
        speakers=resolution.speakers,
        quotes=tuple(quotes),
        unattributed=_unattributed(marking, grounded, resolution.of_quote),
        engine=engine,
        usage=usage,
        warnings=(*warnings, *_sentences(grounded.rejections)),
    )


def _with_language(marking: Marking) -> Article:
    """The article, saying which language it was read in unless it says so itself."""
    if marking.article.language or marking.language == UNKNOWN:
        return marking.article
    return marking.article.model_copy(update={"language": marking.language})


def _quote(text: str, quote: GroundedQuote, resolution: Resolution, number: int) -> Quote:
    """The quote at index `number`, with what was found out about its speaker."""
    candidates = resolution.candidates[number]
    return Quote(
        id=number + 1,
        kind=quote.kind,
        marked=quote.marked,
        spans=tuple(Span.of(text, *span) for span in quote.spans),
        cue=Span.of(text, *quote.cue) if quote.cue else None,
        mention=Span.of(text, *quote.mention) if quote.mention else None,
        mention_type=resolution.mention_types[number] if quote.mention else "none",
        speaker=resolution.of_quote[number],
        confidence=quote.confidence,
        speaker_confidence=resolution.confidences[number],
        candidates=candidates,
        flags=(*quote.flags, *([speakers.IN_DOUBT] if candidates else [])),
    )


def _unattributed(
    marking: Marking, grounded: Grounding, of_quote: Sequence[int | None]
) -> tuple[Span, ...]:
    credited = [
        quote
        for quote, speaker in zip(grounded.quotes, of_quote, strict=True)
        if speaker is not None or quote.mention
    ]
    left = grounding.uncovered(marking, credited, grounded.not_speech)
    return tuple(Span.of(marking.text, *edges) for edges in left)


def _sentences(rejections: Sequence[Rejection]) -> list[str]:
    told = [rejection.message for rejection in rejections[:WARNING_LIMIT]]
    more = len(rejections) - len(told)
    return [*told, f"{more} more parts of the proposal were rejected."] if more else told
