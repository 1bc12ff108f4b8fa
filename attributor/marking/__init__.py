"""The article's own evidence, found without a model: segments, quotation marks, cues, mentions."""

from __future__ import annotations

from attributor.marking.evidence import Cue, Marking, Mention, Passage, Segment, Token
from attributor.records import Article

__all__ = ["Cue", "Marking", "Mention", "Passage", "Segment", "Token", "mark"]


def mark(article: Article, language: str | None = None) -> Marking:
    """Everything that can be said about the article's text without asking anybody.

    Args:
        article: the article; its own `language` counts where `language` is None.
        language: code of a language pack ("en", "sr-Latn", "sr-Cyrl"); detected if None.

    Raises:
        UsageError: there is no pack for `language`.
    """
    from attributor.marking import capitals, cues, mentions, quotation, segments, tokens
    from attributor.marking import dash_speech as dialogue
    from attributor.marking import language as packs

    text = article.text
    code = packs.of(article, language)
    pack = packs.load(code)
    paragraphs = segments.paragraphs(text)
    sentences = segments.sentences(text, paragraphs, pack)
    words = tokens.tokens(text)
    passages = quotation.merged(
        quotation.passages(text, paragraphs), dialogue.passages(words, paragraphs, pack)
    )
    found = cues.cues(words, paragraphs, passages, pack)
    starts = [start for start, _, _ in sentences]
    written, words = words, capitals.of_names(text, words, starts, found, pack)
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
    )
