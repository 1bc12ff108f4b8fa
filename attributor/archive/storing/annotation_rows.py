"""An annotation as rows of the store, and back; or the failure in place of one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from attributor.marking.identification import language_without_pack
from attributor.records import Annotation, Quote
from attributor.views.outline import joined, likely

Cells = tuple[Any, ...]
BUSY = "busy"
"""The kind of failure that the next run tries again by itself: no server could be reached."""


@dataclass(frozen=True, slots=True)
class AnnotationRows:
    """The rows of an annotation; they are made in whichever process made the annotation.

    Attributes:
        json: the annotation without the article's text, which stands in `articles`.
        speakers: name, role, kind, aliases, number.
        quotes: text, kind, cue, mention, spans, confidence, the speaker's confidence, candidates,
            who decided it, number, the speaker's number.
        stances: the quote's number, target, label, confidence, evidence.
        warnings: how many warnings it has.
        language_without_pack: its name, if nobody could be credited for that; else None.
        not_believed: whether an answer of the model about it was not believed.
    """

    json: str
    model_reported: str | None
    speakers: tuple[Cells, ...]
    quotes: tuple[Cells, ...]
    stances: tuple[Cells, ...]
    warnings: int
    language_without_pack: str | None = None
    not_believed: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an article has no annotation.

    Attributes:
        kind: one or two words, under which failures are counted.
        reason: a sentence.
        answers: rows of the ledger whose answers cannot be used; the last one is shown.
        body: what the server sent in place of an answer.
    """

    kind: str
    reason: str
    answers: Sequence[int] = ()
    body: str = ""


def rows_of(annotation: Annotation) -> AnnotationRows:
    """The rows of an annotation."""
    return AnnotationRows(
        json=_dumped(annotation),
        model_reported=annotation.engine.model_reported,
        speakers=tuple(
            (s.name, s.role, s.kind, "; ".join(s.aliases), s.id) for s in annotation.speakers
        ),
        quotes=tuple(_quote(quote) for quote in annotation.quotes),
        stances=tuple(
            (quote.id, s.target, s.label, s.confidence, s.evidence and s.evidence.text)
            for quote in annotation.quotes
            for s in quote.stances
        ),
        warnings=len(annotation.warnings),
        language_without_pack=language_without_pack(annotation.warnings),
        not_believed=not_believed(annotation),
    )


def not_believed(annotation: Annotation) -> bool:
    """Whether an answer of the model about the article was not believed."""
    if annotation.engine.name == "embedded":
        return False
    # Who asks a model has this loaded already; to load it takes longer than to annotate.
    from attributor.prompting.belief import was_not_believed

    return was_not_believed(annotation.warnings)


def annotation_of(dumped: str, **article: Any) -> Annotation:
    """The annotation whose JSON a store has, if its article is still the one that was annotated.

    Args:
        dumped: the JSON.
        article: fields of the article as the store has them now, its text at least.

    Raises:
        ValueError: the text or the JSON is not what was written.
    """
    try:
        fields = json.loads(dumped)
        digest = fields["article"].pop("sha256")
        fields["article"] |= article
        annotation = Annotation.model_validate(fields)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise ValueError("its annotation cannot be read") from None
    if annotation.article.sha256 != digest:
        raise ValueError("its text is not the one that was annotated")
    text = annotation.article.text
    for span in annotation.spans():
        if not 0 <= span.start <= span.end or text[span.start : span.end] != span.text:
            raise ValueError("its annotation says words that do not stand where it says")
    return annotation


def _dumped(annotation: Annotation) -> str:
    return annotation.model_dump_json(exclude={"article": {"text"}})


def _quote(quote: Quote) -> Cells:
    return (
        joined(quote),
        quote.kind,
        quote.cue and quote.cue.text,
        quote.mention and quote.mention.text,
        " ".join(f"{span.start}-{span.end}" for span in quote.spans),
        quote.confidence,
        quote.speaker_confidence,
        likely(quote.candidates) or None,
        quote.decided_by,
        quote.id,
        quote.speaker,
    )
