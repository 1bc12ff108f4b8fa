"""Short texts, marked: what the tests of this folder look at."""

from __future__ import annotations

from attributor.marking import Marking, mark
from attributor.records import Article


def marking(text: str, language: str | None = "en") -> Marking:
    return mark(Article(id="a", text=text), language)


def passages(text: str, language: str | None = "en") -> list[str]:
    """The outer marked passages, without their marks."""
    return [text[p.start : p.end] for p in marking(text, language).passages]


def segments(text: str, language: str | None = "en") -> list[str]:
    return [text[s.start : s.end] for s in marking(text, language).segments]


def cues(text: str, language: str | None = "en") -> list[tuple[str, str]]:
    """The words and the lemma of each cue candidate."""
    return [(text[c.start : c.end], c.lemma) for c in marking(text, language).cues]


def mentions(text: str, language: str | None = "en") -> list[tuple[str, str]]:
    """The words and the type of each mention candidate."""
    return [(text[m.start : m.end], m.type) for m in marking(text, language).mentions]
