"""Whatever text and whatever proposal: what an annotation shows stands in the article."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attributor.assembling import MAX_REJECTION_WARNINGS, TEXT_BREAKS_OFF, assemble
from attributor.engines import Proposed
from attributor.marking import mark
from attributor.records import (
    Annotation,
    Article,
    Piece,
    Proposal,
    ProposedQuote,
    ProposedSpeaker,
    Provenance,
    Span,
    Usage,
)

ENGINE = Provenance(name="embedded")


def annotate(text: str, proposal: Proposal, **more: object) -> Annotation:
    return assemble(
        mark(Article(id="a", text=text), "en"),
        Proposed(proposal, ENGINE, **more),  # type: ignore[arg-type]
    )


FRAGMENTS = st.sampled_from(
    [
        *("Ana", "said", "that", "he", "won", "not", "can’t", "Mr.", "3.5", "-3", "$20", "40%"),
        *('"', "“", "”", "„", "«", "»", "‘", "’", "'", "``", "''", "–", "—", "…", ",", ".", "?"),
        *("\n", "\n\n", "\u00a0", "\u2028", "\u00ad", "\u200b", "\x00", "\x1b[31m", "\u202e"),
        *("e\u0301", "\u0301", "👍🏽", "👩\u200d🚀", "❤\ufe0f", "\ud800", "ﬁ", "İ", "ß", "字"),
    ]
)
SOUP = st.lists(FRAGMENTS | st.text(max_size=3), max_size=40).flatmap(
    lambda parts: st.sampled_from(["", " "]).map(lambda gap: gap.join(parts))
)


@st.composite
def pieces(draw: st.DrawFn, text: str) -> Piece:
    offsets = st.integers(-2, len(text) + 2)
    start, end = sorted((draw(offsets), draw(offsets)))
    if draw(st.integers(0, 9)) == 0:
        start, end = end, start

    def words() -> str:
        low = draw(st.integers(0, len(text)))
        own = text[low : low + draw(st.integers(0, 12))]
        return draw(st.sampled_from(["", "", own, own]) | FRAGMENTS)

    starts = words()
    return Piece(
        start=start, end=end, starts=starts, ends=starts if draw(st.booleans()) else words()
    )


@st.composite
def proposals(draw: st.DrawFn, text: str) -> Proposal:
    piece = pieces(text)
    quote = st.builds(
        ProposedQuote,
        pieces=st.lists(piece, min_size=1, max_size=3).map(tuple),
        cue=st.none() | piece,
        mention=st.none() | piece,
        speaker=st.none() | st.integers(-1, 2),
        own_words=st.sampled_from([None, True, False]),
    )
    name = st.sampled_from(["", "Ana", "Bob", "\x00"])
    return Proposal(
        speakers=tuple(ProposedSpeaker(name=draw(name)) for _ in range(2)),
        quotes=draw(st.lists(quote, max_size=5).map(tuple)),
        not_speech=draw(st.lists(piece, max_size=2).map(tuple)),
    )


def spans_of(annotation: Annotation) -> list[Span]:
    spans = [span for quote in annotation.quotes for span in quote.spans]
    spans += [span for q in annotation.quotes for span in (q.cue, q.mention) if span]
    return spans + list(annotation.unattributed)


@given(st.data(), SOUP)
@settings(max_examples=150, deadline=None)
def test_every_span_of_any_annotation_is_exactly_in_the_text(
    data: st.DataObject, text: str
) -> None:
    annotation = annotate(text, data.draw(proposals(text)))
    assert annotation.article.text == text
    for span in spans_of(annotation):
        assert 0 <= span.start < span.end <= len(text)
        assert text[span.start : span.end] == span.text
        assert any(map(str.isalnum, span.text)) or span in annotation.unattributed
    for quote in annotation.quotes:
        edges = [edge for span in quote.spans for edge in (span.start, span.end)]
        assert edges == sorted(edges)
        assert not any(unicodedata.combining(text[e]) for e in edges[1::2] if e < len(text))
    assert [q.id for q in annotation.quotes] == list(range(1, len(annotation.quotes) + 1))
    assert {q.speaker for q in annotation.quotes} <= {None, *(s.id for s in annotation.speakers)}
    assert all(warning.isprintable() for warning in annotation.warnings)


TEXT = "“We won,” Ana Bell said. “They lost,” she added. “Rain,” a sign read."


def quote(content: str, cue: str, mention: str) -> ProposedQuote:
    def piece(words: str) -> Piece:
        return Piece(start=0, end=len(TEXT), starts=words, ends=words)

    return ProposedQuote(
        pieces=(piece(content),), cue=piece(cue), mention=piece(mention), speaker=0
    )


def test_a_proposal_becomes_an_annotation_in_the_order_of_the_text() -> None:
    proposal = Proposal(
        speakers=(ProposedSpeaker(name="Ana Bell"),),
        quotes=(quote("They lost", "added", "she"), quote("We won", "said", "Ana Bell")),
    )
    usage = Usage(requests=1)
    annotation = annotate(TEXT, proposal, usage=usage, warnings=("It rained.",))
    assert [(q.id, q.spans[0].text) for q in annotation.quotes] == [(1, "We won"), (2, "They lost")]
    speakers = [annotation.speaker_of(q) for q in annotation.quotes]
    assert [s and s.name for s in speakers] == ["Ana Bell", "Ana Bell"]
    assert [q.mention_type for q in annotation.quotes] == ["name", "pronoun"]
    assert (annotation.engine, annotation.usage) == (ENGINE, usage)
    assert annotation.warnings == ("It rained.",)
    assert "“Rain,”" in [span.text for span in annotation.unattributed]


def test_a_quote_that_nobody_is_credited_with_stays_open() -> None:
    piece = Piece(start=0, end=8)
    annotation = annotate(TEXT, Proposal(quotes=(ProposedQuote(pieces=(piece,)),)))
    assert [q.speaker for q in annotation.quotes] == [None]
    assert annotation.unattributed[0].text == "“We won,”"


def test_rejections_are_told_and_the_many_are_counted() -> None:
    rejected = quote("They won", "added", "she")
    assert len(annotate(TEXT, Proposal(quotes=(rejected,) * 3)).warnings) == 3
    warnings = annotate(TEXT, Proposal(quotes=(rejected,) * (MAX_REJECTION_WARNINGS + 5))).warnings
    assert len(warnings) == MAX_REJECTION_WARNINGS + 1
    assert warnings[-1] == "5 more parts of the proposal were rejected."


@pytest.mark.parametrize(
    ("end", "is_cut"),
    [
        ("… [+4994 chars]", True),
        ("... [1234 chars]", True),
        (" [+1,234 characters]\n", True),
        (" […]", True),
        (" [...]", True),
        ("\nONLY AVAILABLE IN PAID PLANS", True),
        (" …", False),
        (" He counted [40 characters] and went on.", False),
        (" […] And so on.", False),
        (" [1]", False),
    ],
)
def test_a_text_that_says_that_it_breaks_off_has_a_warning(end: str, is_cut: bool) -> None:
    expected = (TEXT_BREAKS_OFF,) if is_cut else ()
    assert annotate(f"{TEXT}{end}", Proposal()).warnings == expected
