"""Marks an article: one pass over its text by each finder, each on what those before it found.

paragraphs, sentences -> tokens -> passages, turns -> cues -> names' capitals -> segments, mentions
"""

from __future__ import annotations

from attributor.marking import (
    capitals,
    cues,
    dash_speech,
    density,
    mentions,
    quotation,
    segments,
    signatures,
    tokens,
    turns,
)
from attributor.marking import language as language_packs
from attributor.marking.evidence import Marking
from attributor.records import Article


def mark(article: Article, language: str | None = None) -> Marking:
    """Everything that can be said about the article's text without asking anybody.

    Args:
        article: the article; its own `language` counts where `language` is None.
        language: code of a language pack ("en", "sr-Latn", "sr-Cyrl"); detected if None.

    Raises:
        UsageError: there is no pack for `language`.
    """
    unread = density.unread(article.text)
    text = density.without(article.text, unread)
    code = language_packs.of(article, language)
    pack = language_packs.load(code)
    paragraphs = segments.paragraphs(text)
    sentences = segments.sentences(text, paragraphs, pack)
    words = tokens.tokens(text)
    passages = quotation.merged(
        quotation.passages(text, paragraphs), dash_speech.passages(words, paragraphs, pack)
    )
    told = turns.turns(text, paragraphs, pack) or signatures.signed(
        text, paragraphs, passages, pack
    )
    passages = quotation.with_turns(text, passages, told)
    found = cues.cues(words, paragraphs, passages, pack)
    starts = [start for start, _, _ in sentences]
    labels = [turn.label for turn in told if turn.is_named]
    written, words = words, capitals.of_names(text, words, starts, found, pack, labels)
    return Marking(
        article=article,
        language=code,
        paragraphs=paragraphs,
        sentences=tuple((start, end) for start, end, _ in sentences),
        segments=segments.segments(text, sentences, passages, pack),
        tokens=words,
        passages=passages,
        cues=found,
        mentions=mentions.mentions(words, starts, pack, written),
        unread=unread,
        turns=told,
    )
