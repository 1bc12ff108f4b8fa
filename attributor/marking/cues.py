"""Cue candidates: words that may attribute what stands beside them to somebody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attributor.marking.evidence import Cue, Passage, Token
from attributor.marking.language import Language
from attributor.marking.quotation import CHARACTERS
from attributor.marking.spans import Span
from attributor.marking.tokens import index_at

_LABEL_WORDS = 9
"""A speaker's label before a colon has at most so many words."""
_VIEW = 6
"""Within so many words after "nach" stands the noun that makes it a cue."""
_CLAUSE = 40
"""A verb whose words stand apart has the last of them within so many words and other characters."""
_ENDS = frozenset(".!?;")
_BEFORE_TAIL = frozenset(",") | CHARACTERS
_STOPS = _ENDS | frozenset(",:()–—") | CHARACTERS


def cues(
    tokens: Sequence[Token],
    paragraphs: Sequence[Span],
    passages: Sequence[Passage],
    language: Language,
) -> tuple[Cue, ...]:
    """Reporting verbs, "according to" and speakers' labels outside marked passages, in order.

    A form that can be a noun too is no candidate after a determiner or a possessive
    ("the report", "his claims").
    """
    inside = _inside(tokens, passages)
    outside = [i for i, hidden in enumerate(inside) if not hidden]
    found = [*_verbs(tokens, outside, language), *_prepositions(tokens, outside, language)]
    if language.verbs:
        found += _labels(tokens, paragraphs, inside, language)
    return tuple(sorted(found, key=lambda cue: cue.start))


def _inside(tokens: Sequence[Token], passages: Sequence[Passage]) -> bytearray:
    """1 for each token that a marked passage of more than three words holds."""
    inside = bytearray(len(tokens))
    for passage in passages:
        first, last = index_at(tokens, passage.start), index_at(tokens, passage.end)
        if last - first > 3:
            inside[first:last] = b"\1" * (last - first)
    return inside


def _verbs(tokens: Sequence[Token], outside: list[int], language: Language) -> Iterator[Cue]:
    for i in outside:
        token = tokens[i]
        lemma = language.verbs.get(token.low)
        if token.low in language.separable:
            lemma = _apart(tokens, i, language) or lemma
        if lemma and not _is_noun(tokens, i, language) and not _is_named(tokens, i, language):
            doubtful = token.low in language.nominal_forms
            yield Cue(token.start, token.end, lemma, "noun" if doubtful else "verb")


def _apart(tokens: Sequence[Token], i: int, language: Language) -> str | None:
    """The lemma of the verb at `i` whose other words end its clause: "teilte die Polizei mit"."""
    forms = language.separable[tokens[i].low]
    clause = [t.low for t in tokens[i + 1 : i + 1 + _CLAUSE]]
    ends = (k for k, low in enumerate(clause) if low in _STOPS or low in language.conjunctions)
    for end in (*ends, len(clause)):
        for words, lemma in forms.items():
            if tuple(clause[max(end - len(words), 0) : end]) == words:
                return lemma
        after_number = end > 0 and clause[end - 1][0].isdigit()  # "am 5. August"
        if end < len(clause) and clause[end] in _ENDS and not after_number:
            break
    return None


def _is_named(tokens: Sequence[Token], i: int, language: Language) -> bool:
    """Whether it is capitalised inside a sentence ("the United States"), or a given name."""
    if not tokens[i].capital:
        return False
    before_name = i + 1 < len(tokens) and tokens[i + 1].capital
    given = tokens[i].low in language.given and before_name  # "Nada Ilić", which is "hopes", too
    return given or (i > 0 and tokens[i - 1].low[0].isalnum())


def _is_noun(tokens: Sequence[Token], i: int, language: Language) -> bool:
    if tokens[i].low in language.unambiguous or language.nouns_have_capitals:
        return False
    before = tokens[i - 1].low if i else ""
    if before in language.determiners or before in language.possessives:
        return before not in language.pronouns
    return before.endswith(("'s", "s'"))


def _prepositions(tokens: Sequence[Token], outside: list[int], language: Language) -> Iterator[Cue]:
    starts: dict[str, list[tuple[str, ...]]] = {}
    for words in (*language.prepositions, *language.postpositions):
        starts.setdefault(words[0], []).append(words)
    for i in outside:
        low = tokens[i].low
        for words in starts.get(low, ()):
            if tuple(t.low for t in tokens[i : i + len(words)]) == words:
                last = tokens[i + len(words) - 1]
                yield Cue(tokens[i].start, last.end, " ".join(words), "preposition")
        if low in language.before_views:
            yield from _view(tokens, i, language)
        if low in language.tails and i and tokens[i - 1].low in _BEFORE_TAIL:
            yield Cue(tokens[i].start, tokens[i].end, low, "preposition")


def _view(tokens: Sequence[Token], i: int, language: Language) -> Iterator[Cue]:
    """ "nach ersten Angaben der Polizei": the noun is part of the cue where its owner follows."""
    noun = next((j for j in range(i + 1, min(i + _VIEW, len(tokens))) if tokens[j].capital), i)
    if noun == i or tokens[noun].low not in language.views:
        return
    following = tokens[noun + 1] if noun + 1 < len(tokens) else None
    owned = following is not None and (
        following.capital or following.low in language.genitives or following.low in language.of
    )
    yield Cue(tokens[i].start, tokens[noun if owned else i].end, tokens[i].low, "preposition")


def _labels(
    tokens: Sequence[Token],
    paragraphs: Sequence[Span],
    inside: bytearray,
    language: Language,
) -> Iterator[Cue]:
    for start, end in paragraphs:
        first = index_at(tokens, start)
        for i in range(first, min(first + _LABEL_WORDS + 1, len(tokens))):
            token = tokens[i]
            if token.end > end or inside[i] or token.low in language.verbs:
                break
            if token.low == ":":
                if i > first and _followed_by_text(tokens, i, end):
                    yield Cue(token.start, token.end, ":", "label")
                break


def _followed_by_text(tokens: Sequence[Token], colon: int, end: int) -> bool:
    """Whether words follow in the paragraph, after a space (10:30 and http:// are no labels)."""
    following = [t for t in tokens[colon + 1 : colon + 4] if t.end <= end]
    return len(following) == 3 and following[0].start > tokens[colon].end
