"""One article: which predictions belong to which gold quote, and what became of each.

Quotes are compared as sets of letters and digits, so that a comma, a quotation mark or a space at
an edge costs nothing. A prediction belongs to the gold quote that it shares most with, if at least
half of it lies inside; what belongs to one gold quote is joined, so that pieces make a whole.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from attributor.evaluation.gold import GoldArticle, GoldQuote
from attributor.evaluation.names import same_name, way
from attributor.evaluation.predictions import PredictedQuote, Prediction
from attributor.marking.spans import Span

Letters = frozenset[int]
"""Offsets of letters and digits."""

MIN_FOUND_OVERLAP = 0.5
"""A quote with this overlap (intersection over union), or more, counts as found."""
MIN_EXACT_OVERLAP = 0.8
"""A quote with this overlap (intersection over union), or more, counts as exact."""
_MAX_EXTRA_LETTERS = 40
"""How many letters more than the gold's a mention may have."""

Outcome = Literal["right", "partly", "misattributed", "missed"]
"""What became of a gold quote."""
Wrong = Literal["invented", "repeated"]
"""What is wrong with a prediction that belongs to no gold quote."""


@dataclass(frozen=True)
class Match:
    """A gold quote with the predictions that belong to it, longest first.

    `overlap` is that of all their letters together; `asked` says whether it counts as gold that
    has to be found; `way` is what names the speaker on the spot (one of `names.WAYS`), or None
    where the gold does not know who it is.
    """

    gold: GoldQuote
    predicted: tuple[PredictedQuote, ...]
    overlap: float
    has_speaker: bool
    speaker_is_right: bool
    asked: bool
    way: str | None = None

    @property
    def found(self) -> bool:
        """Whether at least half of the quote, all in all, is there."""
        return self.overlap >= MIN_FOUND_OVERLAP

    @property
    def exact(self) -> bool:
        """Whether the quote is there but for a few words."""
        return self.overlap >= MIN_EXACT_OVERLAP

    @property
    def has_wrong_name(self) -> bool:
        """Whether the quote is found and its longest prediction gives another name than gold."""
        return self.found and bool(self.gold.name) and not self.is_rightly_named

    @property
    def given_name(self) -> str | None:
        """The name that the longest prediction gives."""
        return self.predicted[0].name if self.predicted else None

    @property
    def is_misnamed(self) -> bool:
        """Whether a name is given that is another's, or where the article names nobody."""
        return bool(self.given_name) and not self.is_rightly_named

    @property
    def is_rightly_named(self) -> bool:
        """Whether the name that is given is the one of gold."""
        return same_name(self.gold.name, self.given_name)

    @property
    def outcome(self) -> Outcome:
        """What became of the gold quote."""
        if not self.found:
            return "missed"
        if not self.speaker_is_right:
            return "misattributed"
        return "right" if self.exact else "partly"


@dataclass(frozen=True)
class Stray:
    """A prediction that belongs to no gold quote, or says again what another one says."""

    predicted: PredictedQuote
    outcome: Wrong


@dataclass(frozen=True)
class Comparison:
    """An article's gold beside the prediction for it, which is None where there is none."""

    gold: GoldArticle
    prediction: Prediction | None
    matches: tuple[Match, ...]
    strays: tuple[Stray, ...]

    def _number(self, outcome: Outcome) -> int:
        return sum(match.asked and match.outcome == outcome for match in self.matches)

    @cached_property
    def missed(self) -> int:
        """Gold quotes of which less than half is there."""
        return self._number("missed")

    @cached_property
    def partly(self) -> int:
        """Gold quotes with the right speaker and wrong edges."""
        return self._number("partly")

    @cached_property
    def misattributed(self) -> int:
        """Gold quotes found and given to a wrong speaker."""
        return self._number("misattributed")

    @cached_property
    def wrong(self) -> int:
        """Predictions that nobody said: strays, and those that hit less than half of a quote."""
        return len(self.strays) + sum(bool(m.predicted) and not m.found for m in self.matches)

    @property
    def faults(self) -> int:
        """Everything that a person would have to correct."""
        return self.missed + self.partly + self.misattributed + self.wrong


def compare(
    gold: GoldArticle, prediction: Prediction | None, everything: bool = False
) -> Comparison:
    """The article's gold quotes and the predictions, each with its counterpart.

    Args:
        gold: the article as people see it.
        prediction: the article as an engine sees it; None counts as if it saw no quote.
        everything: thoughts and beliefs have to be found too, not only speech.
    """
    text = gold.text
    wanted = [(quote, letters(text, quote.content)) for quote in gold.quotes]
    wanted = [(quote, content) for quote, content in wanted if content]
    discarded = letters(text, (edges for passage in gold.discard for edges in passage))
    groups: list[list[_PlacedQuote]] = [[] for _ in wanted]
    strays = []
    for found in _found(text, prediction):
        shared = [len(content & found[1]) for _, content in wanted]
        most = max(shared, default=0)
        if not wanted or 2 * most < len(found[1]):
            if 2 * len(found[1] & discarded) <= len(found[1]):
                strays.append(Stray(found[0], "invented"))
            continue
        group = groups[shared.index(most)]
        if any(2 * len(found[1] & other) > len(found[1]) for _, other in group):
            strays.append(Stray(found[0], "repeated"))
        else:
            group.append(found)
    matches = (
        _match(text, quote, content, group, everything)
        for (quote, content), group in zip(wanted, groups, strict=True)
    )
    return Comparison(gold, prediction, tuple(matches), tuple(strays))


_PlacedQuote = tuple[PredictedQuote, Letters]
"""A predicted quote, and the letters that it takes up."""


def _found(text: str, prediction: Prediction | None) -> list[_PlacedQuote]:
    """The predicted quotes with their letters, longest first."""
    quotes = prediction.quotes if prediction else ()
    found = [(quote, letters(text, quote.content)) for quote in quotes]
    return sorted((each for each in found if each[1]), key=lambda each: -len(each[1]))


def letters(text: str, stretches: Iterable[Span]) -> Letters:
    """The offsets in `stretches` at which a letter or digit of `text` stands."""
    return frozenset(
        place
        for start, end in stretches
        for place in range(max(start, 0), min(end, len(text)))
        if text[place].isalnum()
    )


def _match(
    text: str, quote: GoldQuote, content: Letters, group: list[_PlacedQuote], everything: bool
) -> Match:
    joined = frozenset[int]().union(*(found for _, found in group))
    mention = letters(text, quote.mention)
    named = letters(text, group[0][0].mention) if group else frozenset()
    return Match(
        gold=quote,
        predicted=tuple(predicted for predicted, _ in group),
        overlap=len(joined & content) / len(joined | content),
        has_speaker=bool(mention),
        speaker_is_right=not mention
        or (bool(named & mention) and len(named) <= len(mention) + _MAX_EXTRA_LETTERS),
        asked=everything or quote.speech_cue,
        way=_way(text, quote),
    )


def _way(text: str, quote: GoldQuote) -> str | None:
    if not quote.name_is_known:
        return None
    return way(" ".join(text[start:end] for start, end in quote.mention), quote.name)
