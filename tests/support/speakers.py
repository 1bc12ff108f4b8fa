"""What the tests of speakers share: who is credited in a text, and an article taken apart."""

from __future__ import annotations

from attributor.marking import mark
from attributor.records import Annotation, Article, Quote, Speaker
from attributor.speakers.entities import Entities
from attributor.speakers.story import Story
from support.embedded import annotate


def annotated(text: str, language: str | None = None) -> Annotation:
    return annotate(Article(id="a", text=text), language)


def names(text: str) -> list[str]:
    """The name of each quote's speaker, in order; "" where nobody's is given."""
    annotation = annotated(text)
    found = [annotation.speaker_of(quote) for quote in annotation.quotes]
    return [speaker.name if speaker else "" for speaker in found]


def last(text: str) -> tuple[Quote, Speaker | None]:
    """The text's last quote and who is credited with it."""
    annotation = annotated(text)
    return annotation.quotes[-1], annotation.speaker_of(annotation.quotes[-1])


def entities(text: str, language: str = "en") -> Entities:
    return Entities(Story(mark(Article(id="a", text=text), language)))
