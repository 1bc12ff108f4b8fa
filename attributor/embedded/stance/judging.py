"""Where a speaker stands, from words alone, and from a codebook's examples where there are any.

Words to the target's side and against it are counted (`leaning`), and what the target's examples
teach is added to them (`examples`). The label with the highest score is given; where two are nearly
level it is `unclear`: this engine would rather abstain than toss a coin. A quote about the target
without a word that leans is `neutral`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from attributor.embedded.stance.examples import (
    LABELS,
    Learned,
    Scores,
    added,
    features,
    probabilities,
)
from attributor.embedded.stance.leaning import Leaning, Sign, words_of
from attributor.marking.language import load
from attributor.marking.tokens import tokens, without_possessive
from attributor.records import Annotation, Codebook, Quote, Span, Stance, StanceLabel, Target

_NEUTRAL = 0.3
"""The score of `neutral`, where one word adds 1 to its side's."""
LEAST_MARGIN = 0.03
"""By so much the likeliest label has to lead the next, in probability."""


class Judgement(NamedTuple):
    """The likeliest label, by how much it leads (0 to 1), and the words that lean."""

    likeliest: StanceLabel
    margin: float
    signs: Sequence[Sign]

    @property
    def label(self) -> StanceLabel:
        """The likeliest label, or `unclear` where another one is nearly as likely."""
        return self.likeliest if self.margin >= LEAST_MARGIN else "unclear"


class Judge:
    """Tells where quotes in one language stand towards one target."""

    def __init__(self, target: Target, language: str) -> None:
        pack = load(language)
        self.target, self._leaning = target, Leaning(target, pack)
        self._leans = any((*pack.favor, *pack.against, *pack.good, *pack.bad))
        known = [(words_of(e.text), e.label) for e in target.examples if e.label in LABELS]
        self._learned = Learned(
            [
                (features(words, self._leaning.named), label, self._worded(self._signs(words)))
                for words, label in known
            ],
            self._leans,
        )

    def is_about(self, words: Sequence[str]) -> bool:
        """Whether the quote with these words speaks of the target."""
        return self._leaning.is_about(words)

    def judge(self, words: Sequence[str]) -> Judgement:
        """Where the quote with these words stands, which is taken to speak of the target."""
        signs = self._signs(words)
        learned = self._learned.scores(features(words, self._leaning.named))
        chances = dict(zip(LABELS, probabilities(added(self._worded(signs), learned)), strict=True))
        first, second, _ = sorted(chances.values(), reverse=True)
        return Judgement(max(LABELS, key=chances.__getitem__), first - second, signs)

    def _signs(self, words: Sequence[str]) -> list[Sign]:
        return self._leaning.signs(words)

    def _worded(self, signs: Iterable[Sign]) -> Scores:
        """What the words say by themselves; nothing where the language has no list of them."""
        if not self._leans:
            return 0.0, 0.0, 0.0
        sides = [sign.side for sign in signs]
        favor, against = sum(s for s in sides if s > 0), -sum(s for s in sides if s < 0)
        return favor, against, _NEUTRAL


judge_of = lru_cache(maxsize=128)(Judge)
"""The judge of a target in a language; examples are learned from once."""


def with_stances(
    annotation: Annotation, codebook: Codebook, language: str, asked: bool = False
) -> Annotation:
    """The same annotation with a Stance for each quote and each target that it speaks of.

    Args:
        annotation: quotes that are located.
        codebook: the targets.
        language: the code of the pack that knows the words.
        asked: the quotes are known to speak of every target.
    """
    judges = [judge_of(target, language) for target in codebook.targets]
    quotes = tuple(
        quote.model_copy(update={"stances": tuple(_stances(quote, judges, asked))})
        for quote in annotation.quotes
    )
    return annotation.model_copy(update={"quotes": quotes})


def _stances(quote: Quote, judges: Iterable[Judge], asked: bool) -> Iterable[Stance]:
    placed = [
        (span, token.start, token.end, without_possessive(token.low))
        for span in quote.spans
        for token in tokens(span.text)
    ]
    words = [word for *_, word in placed]
    for judge in judges:
        if asked or judge.is_about(words):
            judgement = judge.judge(words)
            label = judgement.label
            places = [placed[sign.at][:3] for sign in judgement.signs if _speaks_for(label, sign)]
            yield Stance(
                target=judge.target.name,
                label=label,
                confidence=None if label == "unclear" else round(judgement.margin, 2),
                evidence=_evidence(places),
            )


def _speaks_for(label: StanceLabel, sign: Sign) -> bool:
    return (label == "favor" and sign.side > 0) or (label == "against" and sign.side < 0)


def _evidence(places: Sequence[tuple[Span, int, int]]) -> Span | None:
    """The stretch of the first span with words that decided, from the first to the last of them."""
    if not places:
        return None
    span = places[0][0]
    within = [(start, end) for other, start, end in places if other is span]
    start, end = within[0][0], within[-1][1]
    return Span(start=span.start + start, end=span.start + end, text=span.text[start:end])
