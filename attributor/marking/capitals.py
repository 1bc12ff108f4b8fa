"""Which capitals tell a name, in a language that gives every noun one.

A word with a capital is part of a name if it is written in capitals alone (NATO), follows a given
name, a title or a noun for people or bodies, or stands beside another such word; and wherever else
in the article a word of such a name stands. Beside a reporting word, a word that nothing describes
is a name too ("sagte Holm", but "sagte die Wirtin"). Words that the pack knows, that end like
nouns, or that stand in the article in lower case or behind a determiner as well, are no names by
themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attributor.marking.evidence import Cue, Token
from attributor.marking.language import Language
from attributor.marking.spans import Span
from attributor.marking.tokens import index_at


def of_names(
    text: str,
    tokens: Sequence[Token],
    sentence_starts: Iterable[int],
    cues: Iterable[Cue],
    language: Language,
    labels: Iterable[Span] = (),
) -> tuple[Token, ...]:
    """The tokens, `capital` only where the capital may be that of a name.

    Args:
        text: the article, which the tokens' offsets count in.
        tokens: every token of it.
        sentence_starts: offsets of the sentences' first characters.
        cues: cue candidates, beside which names stand.
        language: where not every noun has a capital, all tokens stay as they are.
        labels: where the layout names somebody, as in a signature.
    """
    if not language.nouns_have_capitals:
        return tuple(tokens)
    reader = _Reader(text, tokens, sentence_starts, language)
    named = reader.named(cues) | reader.of_labels(labels)
    return tuple(
        token._replace(capital=False) if token.capital and i not in named else token
        for i, token in enumerate(tokens)
    )


_CLAUSE = 15
"""An auxiliary stands within so many words before its verb."""
_NAME_REACH_WORDS = 10
"""A name's words are looked for within this distance to each side of one that is certain."""


class _Reader:
    """An article's capitalised words, and what stands around them."""

    def __init__(
        self, text: str, tokens: Sequence[Token], sentence_starts: Iterable[int], language: Language
    ) -> None:
        self.text, self.tokens, self.language = text, tokens, language
        self.starts = {index_at(tokens, offset) for offset in sentence_starts}
        self.known = [t.capital and self._is_known(t.low) for t in tokens]
        self.words = {t.low for t in tokens}
        self.common = {t.low for t in tokens if not t.capital}
        self.common.update(
            t.low for i, t in enumerate(tokens) if t.capital and i and self._determines(i - 1)
        )

    def named(self, cues: Iterable[Cue]) -> set[int]:
        """Indices of the words whose capital may be a name's."""
        found = {i for i in range(len(self.tokens)) if self._is_certain(i)}
        found |= {j for i in sorted(found) for j in self._run(i)}
        words = {self._base(self.tokens[i].low) for i in found}
        found |= {
            i
            for i, t in enumerate(self.tokens)
            if t.capital and self._base(t.low) in words and not self.known[i]
        }
        return found | {i for cue in cues for i in self._beside(cue) if self._is_bare(i)}

    def of_labels(self, labels: Iterable[Span]) -> set[int]:
        """Indices of the words in labels that are names: not "Landrat" in "Landrat Jan Berg"."""
        spans = ((index_at(self.tokens, a), index_at(self.tokens, b)) for a, b in labels)
        words = {i for first, last in spans for i in range(first, last)}
        return {i for i in words if self.tokens[i].capital and not self.known[i]}

    def _is_certain(self, i: int) -> bool:
        token = self.tokens[i]
        if not token.capital or token.low in self.language.not_names:
            return False
        before = self.tokens[i - 1] if i else None
        if token.low in self.language.given:
            return before is None or before.low not in self.language.articles
        if self._is_acronym(token):
            return True
        if token.low in self.language.verbs or self.known[i] or self._ends_like_noun(token.low):
            return False
        if before is None or i in self.starts or not before.capital:
            return False
        if before.low in self.language.titles or before.low in self.language.nouns:
            return not self._is_acronym(before)
        return self._pairs(i - 1)

    def _pairs(self, i: int) -> bool:
        """Whether the word before a capitalised one can be the first of a name."""
        low = self.tokens[i].low
        first = i in self.starts or not self.tokens[max(i - 1, 0)].low[0].isalnum()
        known = self.known[i] or low in self.language.verbs or self._is_owner(i)
        if known or self._ends_like_noun(low):
            return False
        return not (first and low in self.common)

    def _run(self, i: int) -> Iterable[int]:
        """The capitalised words beside the one at `i`: a surname may look like any noun."""
        j = i - 1
        first, end = max(i - _NAME_REACH_WORDS, 0), min(i + _NAME_REACH_WORDS, len(self.tokens))
        while j >= first and self.tokens[j].capital and self._pairs(j) and j + 1 not in self.starts:
            yield j
            j -= 1
        j = i + 1
        while j < end and j not in self.starts and not self._is_owner(j - 1):
            low, before = self.tokens[j].low, self.tokens[j - 1].low
            if self.tokens[j].capital and low not in self.language.not_names:
                yield j
            elif low not in self.language.particles:
                break
            elif low in self.language.articles and before not in self.language.particles:
                break  # "traf Holm den Wirt", but "von der Holm"
            j += 1

    def _is_owner(self, i: int) -> bool:
        """Whether the name is in the genitive: "Holms", where "Holm" stands elsewhere."""
        low = self.tokens[i].low
        return self._base(low) != low and self._base(low) in self.words

    def _beside(self, cue: Cue) -> Iterable[int]:
        """The tokens beside the cue, and beside the auxiliary that goes before it."""
        first, last = index_at(self.tokens, cue.start), index_at(self.tokens, cue.end)
        edges = [first - 1, last]
        for i in range(first - 1, max(first - _CLAUSE, -1), -1):
            if self.tokens[i].low == ",":
                break
            if self.tokens[i].low in self.language.auxiliaries:
                edges += [i - 1, i + 1]
        return (i for i in edges if 0 <= i < len(self.tokens))

    def _is_bare(self, i: int) -> bool:
        """Whether the word is capitalised, unknown and described by nothing before it."""
        token = self.tokens[i]
        if not token.capital or self.known[i] or token.low in self.common:
            return False
        if token.low in self.language.verbs or self._ends_like_noun(token.low):
            return False
        before = self.tokens[i - 1] if i and i not in self.starts else None
        if before is None or not before.low[0].isalnum():
            return True
        return (
            before.low in self.language.verbs
            or before.low in self.language.auxiliaries
            or any(before.low == words[-1] for words in self.language.prepositions)
            or before.low in self.language.tails
        )

    def _is_known(self, low: str) -> bool:
        lang = self.language
        closed = low in lang.not_names or low in lang.adverbs
        return closed or low in lang.nouns or low in lang.titles

    def _is_acronym(self, token: Token) -> bool:
        return token.end - token.start > 1 and self.text[token.start : token.end].isupper()

    def _ends_like_noun(self, low: str) -> bool:
        return low.endswith(self.language.noun_endings)

    def _determines(self, i: int) -> bool:
        low = self.tokens[i].low
        return low in self.language.determiners or low in self.language.possessives

    def _base(self, low: str) -> str:
        """The word without the case ending of a name."""
        ending = next((e for e in self.language.endings if low.endswith(e)), "")
        return low.removesuffix(ending)
