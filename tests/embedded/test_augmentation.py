"""Copies of articles to learn from: their quotes stay where their words are."""

from __future__ import annotations

import random

import pytest

from attributor.embedded.training.augmentation import as_transcript, with_headline, without_marks
from attributor.embedded.training.examples import Known, Spans, TrainingArticle
from attributor.records import Article

TEXT = (
    "“The pit stays shut for now,” said Ana Petric. Tom Hill argued that it would open soon. "
    "“We shall see about that in May,” Ivana Holt replied. Ana Petric denied wrongdoing."
)


def example() -> TrainingArticle:
    def at(phrase: str) -> list[tuple[int, int]]:
        start = TEXT.index(phrase)
        return [(start, start + len(phrase))]

    quotes = (
        Known(at("The pit stays shut for now,"), at("said"), at("Ana Petric")),
        Known(at("it would open soon"), at("argued"), at("Tom Hill")),
        Known(at("We shall see about that in May,"), at("replied"), at("Ivana Holt")),
        Known(at("wrongdoing"), at("denied"), at("Ana Petric")),
    )
    return TrainingArticle(Article(id="a", text=TEXT), quotes)


def words(made: TrainingArticle, spans: Spans) -> list[str]:
    return [made.article.text[start:end] for start, end in spans]


@pytest.mark.parametrize("seed", range(20))
def test_a_headline_says_who_said_what(seed: int) -> None:
    made = with_headline(example(), random.Random(seed))
    headline, *rest = made.quotes
    line, _, below = made.article.text.partition("\n\n")
    assert below == TEXT
    (content,), (who,) = words(made, headline.content), words(made, headline.mention)
    assert content in line
    assert who in {"Ana Petric", "Tom Hill", "Ivana Holt"}
    assert content.lower() in TEXT.lower()
    assert words(made, headline.cue) in ([], ["says"])
    assert [words(made, quote.content) for quote in rest] == [
        words(example(), quote.content) for quote in example().quotes
    ]


def test_headlines_differ() -> None:
    lot = random.Random(0)
    lines = {with_headline(example(), lot).article.text.split("\n")[0] for _ in range(40)}
    assert len(lines) > 10
    assert any(line.istitle() for line in lines) or any(": ‘" in line for line in lines)


def test_an_article_without_a_fit_quote_has_no_headline_made() -> None:
    bare = TrainingArticle(Article(id="a", text=TEXT), ())
    assert with_headline(bare, random.Random(0)) is bare


def test_a_transcript_has_a_turn_for_each_whole_sentence() -> None:
    text = TEXT.replace("it would open soon", "it would not open again so soon")
    longer = example()
    moved = len(text) - len(TEXT)
    at = TEXT.index("it would open soon")

    def move(spans: Spans) -> Spans:
        return [(a + moved * (a > at), b + moved * (b > at)) for a, b in spans]

    quotes = tuple(Known(move(q.content), move(q.cue), move(q.mention)) for q in longer.quotes)
    made = as_transcript(TrainingArticle(Article(id="a", text=text), quotes))
    assert made is not None
    assert made.article.text.splitlines()[::2] == [
        "ANA PETRIC: The pit stays shut for now.",
        "TOM HILL: It would not open again so soon.",
        "IVANA HOLT: We shall see about that in May.",
    ]
    assert [words(made, quote.mention) for quote in made.quotes] == [
        ["ANA PETRIC"], ["TOM HILL"], ["IVANA HOLT"],
    ]  # fmt: skip
    assert words(made, made.quotes[1].content) == ["It would not open again so soon."]


def test_two_turns_make_no_transcript() -> None:
    assert as_transcript(example()) is None


def test_a_copy_without_marks_keeps_its_words() -> None:
    made = without_marks(example())
    assert "“" not in made.article.text
    assert words(made, made.quotes[0].content) == ["The pit stays shut for now,"]
