"""Names without what stands around them: titles, offices, descriptions, "Jr." and the place."""

from __future__ import annotations

from collections.abc import Sequence

from attributor.marking import Token
from attributor.marking.language import Language
from attributor.marking.tokens import index_at, without_possessive

_STEM = 4
"""A case ending leaves at least so many letters of a name."""


def on_one_line(words: str) -> str:
    """Words of an article with one space for each run of white space: a line may end in a name."""
    return " ".join(words.split())


class BareNames:
    """The names in an article's tokens."""

    def __init__(self, tokens: Sequence[Token], text: str, language: Language) -> None:
        self.tokens, self.text, self.language = tokens, text, language

    def name(self, start: int, end: int) -> tuple[tuple[str, ...], str]:
        """The name in `start:end` without titles and description: its words, and as written."""
        tokens = self.tokens[index_at(self.tokens, start) : index_at(self.tokens, end)]
        first = 0
        for k, token in enumerate(tokens[:-1]):
            known = token.low in self.language.titles or self._is_person_noun(token.low)
            described = known or token.low.endswith("'s") or not token.capital
            abbreviated = known and token.capital and tokens[k + 1].low == "."
            particle = token.low in self.language.particles and not abbreviated
            if described and not particle and token.low != ".":
                first = k + 1
        while first < len(tokens) - 1 and (
            not tokens[first].low[0].isalnum() or tokens[first].low in self.language.determiners
        ):
            first += 1
        if first < len(tokens) - 2 and not tokens[first].capital:
            first += 2  # "(Secretary) of State Ana Holt"
        if first < len(tokens) - 2 and self._completes_office(tokens[first], tokens[first + 1]):
            first += 1
        kept: Sequence[Token] = tokens[first:]
        if not kept:
            return (), ""
        kept = self._without_additions(kept)
        stop = min(kept[-1].end, end)
        words = tuple(self.base(t.low) for t in kept if t.low[0].isalnum())
        return words, self.text[kept[0].start : stop]

    def _completes_office(self, token: Token, following: Token) -> bool:
        """Whether a name begins behind this word: "(Speaker of the) House Ana Holt"."""
        i = index_at(self.tokens, token.start) - 1
        joined = i >= 0 and self.tokens[i].low in self.language.joints
        body = self.language.nouns.get(token.low) == "organization"
        return (joined or body) and following.low in self.language.given

    def _without_additions(self, tokens: Sequence[Token]) -> Sequence[Token]:
        """A person's name without "of New York" and "Jr."."""
        if not any(self.language.nouns.get(t.low) == "organization" for t in tokens):
            lows = [t.low for t in tokens]
            place = next(
                (k for k, low in enumerate(lows) if k and low in self.language.joints), None
            )
            tokens = tokens[:place]
        while len(tokens) > 2 and tokens[-1].low in (*self.language.suffixes, "."):
            tokens = tokens[:-1]
        return tokens

    def base(self, low: str) -> str:
        """A name's word without its possessive or, where names are inflected, its case ending."""
        low = without_possessive(low)
        for ending in self.language.endings:
            if low.endswith(ending) and len(low) - len(ending) >= _STEM:
                return low.removesuffix(ending)
        return low

    def _is_person_noun(self, low: str) -> bool:
        return self.language.nouns.get(low) in ("person", "group")
