"""What an engine said about an article, ready to be compared with gold.

Read from the project's own output, or from the shorter

    {"id", "quotes": [{"content": [[s, e], …],
                       "speaker": {"mention": [[s, e], …], "name"} | null,
                       "speaker_confidence"?: 0 to 1,
                       "decided_by"?: "draft" | "confirmed" | "changed" | "added"}]}
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from attributor.errors import ReadingError, quoted
from attributor.evaluation.gold import (
    GoldArticle,
    LabelledStance,
    Lenient,
    Quoted,
    from_annotation,
    own_output,
)
from attributor.evaluation.lines import read_lines, record
from attributor.records import Annotation, DecidedBy, Provenance, Usage


class PredictedQuote(Quoted):
    """A quote as an engine has it."""

    stance: tuple[LabelledStance, ...] = ()
    speaker_confidence: float | None = None
    decided_by: DecidedBy | None = None


@dataclass(frozen=True)
class Prediction:
    """All quotes of one article; `text` is None where the file does not repeat the article."""

    id: str
    quotes: tuple[PredictedQuote, ...]
    text: str | None = None
    engine: Provenance | None = None
    usage: Usage | None = None

    @classmethod
    def of(cls, annotation: Annotation) -> Prediction:
        """What `annotation` says."""
        return cls(
            annotation.article.id,
            tuple(
                PredictedQuote(
                    content=quote.content,
                    cue=quote.cue,
                    speaker=quote.speaker,
                    stance=quote.stance,
                    speaker_confidence=given.speaker_confidence,
                    decided_by=given.decided_by,
                )
                for quote, given in zip(
                    from_annotation(annotation).quotes, annotation.quotes, strict=True
                )
            ),
            annotation.article.text,
            annotation.engine,
            annotation.usage,
        )

    def refuse_another_text(self, gold: GoldArticle) -> None:
        """Make sure that the offsets are those of the gold's text.

        Raises:
            ReadingError: another text was annotated.
        """
        if self.text is not None and self.text != gold.text:
            raise ReadingError(
                f"The prediction for {quoted(gold.id)} is about another text than the gold's: "
                "annotate the gold file itself.",
                article=gold.id,
            )


class _Short(Lenient):
    id: str
    quotes: tuple[PredictedQuote, ...]


def read_predictions(path: str) -> dict[str, Prediction]:
    """The predictions of the JSONL file `path`, by the ids of their articles.

    Raises:
        ReadingError: it cannot be read, or a line is no prediction; the message names file and
            line.
    """
    return {prediction.id: prediction for prediction in read_lines([path], _prediction)}


def _prediction(data: dict[str, Any]) -> Prediction:
    if "article" in data:
        return Prediction.of(record(data, own_output))
    for quote in data["quotes"] if isinstance(data.get("quotes"), list) else ():
        if isinstance(quote, dict) and isinstance(quote.get("speaker"), list):
            quote["speaker"] = {"mention": quote["speaker"]}  # the mention alone
    short = record(data, _Short.model_validate)
    return Prediction(short.id, short.quotes)
