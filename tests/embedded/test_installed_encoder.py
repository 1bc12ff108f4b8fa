"""The encoder of packages/attributor-encoder, where it is installed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from support.any_text import TEXTS

from attributor.embedded import readers
from attributor.evaluation.gold import read_gold
from attributor.evaluation.matching import compare
from attributor.evaluation.predictions import Prediction
from attributor.evaluation.scores import Evaluation
from attributor.pipeline import Annotator
from attributor.records import Annotation, Article
from attributor.settings import Settings

pytestmark = [
    pytest.mark.slow,
    pytest.mark.installed_encoder,
    pytest.mark.skipif(readers.installed() is None, reason="attributor-encoder is not installed"),
]
GOLD = Path(__file__).parents[2] / "fixtures" / "gold"
ENGLISH = ("council", "dacic", "dialogue", "hostile", "lost-marks", "milivojevic", "no-quotes")
LEAST_F1 = 93.0
"""What the English fixtures have to reach: what the light engine has, less a quote or so."""


def annotate(article: Article) -> Annotation:
    return Annotator(Settings(engine="embedded")).annotate_now(article)


def test_it_answers_for_english() -> None:
    found = annotate(Article(id="a", text="“The pit stays shut,” said Ana Petric.", language="en"))
    assert found.engine.model == "encoder"
    assert [span.text for quote in found.quotes for span in quote.spans] == ["The pit stays shut"]


def test_the_english_fixtures_are_read_as_well_as_without_it() -> None:
    articles = [each for name in ENGLISH for each in read_gold(str(GOLD / f"{name}.jsonl"))]
    found = [compare(gold, Prediction.of(annotate(gold.article))) for gold in articles]
    figure = Evaluation(found).figures["F1", "all"]
    assert figure is not None
    assert figure >= LEAST_F1


@settings(max_examples=100)
@given(TEXTS)
def test_every_span_is_verbatim(text: str) -> None:
    for quote in annotate(Article(id="a", text=text, language="en")).quotes:
        for span in (*quote.spans, quote.cue, quote.mention):
            assert span is None or text[span.start : span.end] == span.text
