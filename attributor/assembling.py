"""From a Proposal to an Annotation: ground it, resolve its speakers, report what is left."""

from __future__ import annotations

from collections.abc import Sequence

from attributor import speakers
from attributor.engines import Proposed
from attributor.grounding import GroundedQuote, Grounder, Grounding, Rejection, uncovered
from attributor.marking import Marking
from attributor.marking.breaking_off import breaks_off
from attributor.marking.language import UNKNOWN
from attributor.records import IN_DOUBT, Annotation, Article, Quote, Span
from attributor.speakers import Resolution

TEXT_BREAKS_OFF = (
    "This text says at its end that it is only the beginning of its article: get the whole one."
)
"""The warning about a text that is cut off."""
_TOO_DENSE = (
    "{characters:,} characters of this text were left unread, since they are almost nothing but "
    "signs, single letters or short lines; 'unattributed' has them."
)
MAX_REJECTION_WARNINGS = 20
"""How many rejections are told one by one; the rest are counted."""


def assemble(marking: Marking, proposed: Proposed) -> Annotation:
    """The annotation that the article bears out.

    Quotes come in the order of their first span, with ids from 1. `unattributed` is what no quote
    with a speaker or a mention covers, and what was left unread.

    Args:
        marking: the article with its evidence.
        proposed: what the engine says. Its warnings come before those about rejections.
    """
    grounded = (proposed.grounder or Grounder(marking)).ground(proposed.proposal)
    resolution = speakers.resolve(
        marking, grounded.quotes, proposed.proposal.speakers, proposed.identity
    )
    quotes = [
        _quote(marking.text, quote, resolution, number)
        for number, quote in enumerate(grounded.quotes)
    ]
    return Annotation(
        article=_with_language(marking),
        speakers=resolution.speakers,
        quotes=tuple(quotes),
        unattributed=_unattributed(marking, grounded, resolution.of_quote),
        engine=proposed.made_by,
        usage=proposed.usage,
        warnings=(
            *([TEXT_BREAKS_OFF] if breaks_off(marking.text) else ()),
            *proposed.warnings,
            *_unread(marking),
            *_sentences(grounded.rejections),
        ),
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
        decided_by=quote.decided_by,
        flags=(*quote.flags, *([IN_DOUBT] if candidates else [])),
    )


def _unattributed(
    marking: Marking, grounded: Grounding, of_quote: Sequence[int | None]
) -> tuple[Span, ...]:
    credited = [
        quote
        for quote, speaker in zip(grounded.quotes, of_quote, strict=True)
        if speaker is not None or quote.mention
    ]
    left = sorted((*uncovered(marking, credited, grounded.not_speech), *marking.unread))
    return tuple(Span.of(marking.text, *edges) for edges in left)


def _unread(marking: Marking) -> list[str]:
    characters = sum(end - start for start, end in marking.unread)
    return [_TOO_DENSE.format(characters=characters)] if characters else []


def _sentences(rejections: Sequence[Rejection]) -> list[str]:
    messages = [rejection.message for rejection in rejections[:MAX_REJECTION_WARNINGS]]
    more = len(rejections) - len(messages)
    counted = [f"{more} more parts of the proposal were rejected."] if more else []
    return [*messages, *counted]
