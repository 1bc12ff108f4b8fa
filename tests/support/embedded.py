"""The flow with the embedded engine, as tests call it."""

from __future__ import annotations

from pathlib import Path

from attributor.pipeline import Annotator
from attributor.records import Annotation, Article, Codebook
from attributor.settings import Settings


def annotate(
    article: Article | Annotation,
    language: str | None = None,
    codebook: Codebook | None = None,
    weights: Path | None = None,
) -> Annotation:
    """What the embedded engine makes of the article, whatever is set in the environment."""
    settings = Settings(engine="embedded", language=language, weights=weights)
    found = Annotator(settings, codebook).conversation(article).result
    assert found is not None  # nobody is asked
    return found


def judge(annotation: Annotation, codebook: Codebook, language: str | None = None) -> Annotation:
    """Where the speakers of an annotation's quotes stand."""
    return annotate(annotation, language, codebook)
