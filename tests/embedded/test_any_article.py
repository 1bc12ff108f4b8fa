"""Whatever the article, the engine answers in time and only with the article's own words."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from support.any_text import LANGUAGES, TEXTS
from support.embedded import annotate

from attributor.records import Annotation, Article, Codebook, Span, Target

CODEBOOK = Codebook(targets=(Target(name="the mayor"), Target(name="?")))


def shown(annotation: Annotation) -> list[Span]:
    spans: list[Span | None] = [*annotation.unattributed]
    for quote in annotation.quotes:
        spans += [*quote.spans, quote.cue, quote.mention, *(s.evidence for s in quote.stances)]
    return [span for span in spans if span]


@settings(max_examples=250)
@given(TEXTS, LANGUAGES)
def test_every_span_is_exactly_in_the_text_and_every_name_too(text: str, code: str | None) -> None:
    annotation = annotate(Article(id="a", text=text), code, CODEBOOK)
    for span in shown(annotation):
        assert 0 <= span.start < span.end <= len(text)
        assert text[span.start : span.end] == span.text
    on_one_line = " ".join(text.split())
    for speaker in annotation.speakers:
        assert all(name in on_one_line for name in (speaker.name, *speaker.aliases))
    for quote in annotation.quotes:
        edges = [edge for span in quote.spans for edge in (span.start, span.end)]
        assert edges == sorted(edges)


SENTENCES = (
    "Mara Quill said that the bridge would open in May.",
    "“The bridge will open,” Oskar Lund said.",
    "She said it was late.",
    "According to Ana Holt, the ferry is late.",
    "“It is,” he said, “a ferry.”",
    "Nobody knew why the players’ bus had stopped.",
)


@pytest.mark.slow
@pytest.mark.parametrize("gap", [" ", "\n\n"])
def test_an_article_of_a_hundred_thousand_characters_takes_no_minute(gap: str) -> None:
    text = gap.join(SENTENCES * 450)
    begun = time.process_time()
    annotation = annotate(Article(id="a", text=text))
    assert time.process_time() - begun < 60
    assert len(annotation.quotes) > 1000


def test_a_text_longer_than_any_article_is_read_by_rules_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("attributor.embedded.engine.MAX_CODE_POINTS", 100)
    annotation = annotate(Article(id="a", text=" ".join(SENTENCES)))
    assert annotation.engine.weights_sha256 is None
    assert "rules alone" in annotation.warnings[0]
    assert annotation.quotes
