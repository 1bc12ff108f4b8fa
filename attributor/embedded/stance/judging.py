"""Where a speaker stands, from words alone, and from a codebook's examples where there are any.

Words to the target's side and against it are counted (`leaning`), and what the target's examples
teach is added to them (`examples`). The label with the highest score is given only where something
bears it out: a word that is evidence in its place (`evidence`), a short quote in which nothing
leans, or examples that tell it by themselves. Else it is `unclear`: this engine would rather
abstain than mislead.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
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
from attributor.embedded.stance.leaning import Leaning, Sign
from attributor.embedded.stance.wording import Wording
from attributor.errors import counted, quoted
from attributor.marking.language import load
from attributor.records import Annotation, Codebook, Quote, Span, Stance, StanceLabel, Target

_NEUTRAL = 0.3
"""The score of `neutral`, where one word adds 1 to its side's."""
LEAST_MARGIN = 0.03
"""By so much the likeliest label has to lead the next, in probability."""
LEAST_TAUGHT = 0.2
"""So much it has to lead by examples alone, where no word is evidence of it."""
LEAST_TAUGHT_WITHOUT_LISTS = 0.1
"""The same in a language without lists of words, where examples are all that is known."""

_MOST_NAMED = 5
"""The warning about targets that no quote speaks of names so many of them at most."""


class Judgement(NamedTuple):
    """The likeliest label, by how much it leads (0 to 1), the words that lean, and if it is sure.

    `is_sure` says whether words tell it that are evidence in their places, or examples do.
    """

    likeliest: StanceLabel
    margin: float
    signs: Sequence[Sign]
    is_sure: bool

    @property
    def label(self) -> StanceLabel:
        """The likeliest label, or `unclear` where that is not sure."""
        return self.likeliest if self.is_sure else "unclear"


class Judge:
    """Tells where quotes in one language stand towards one target."""

    def __init__(self, target: Target, language: str) -> None:
        pack = load(language)
        self.target, self._leaning = target, Leaning(target, pack)
        self._leans = any((*pack.favor, *pack.against, *pack.good, *pack.bad))
        known = [(Wording.of(e.text), e.label) for e in target.examples if e.label in LABELS]
        self._learned = Learned(
            [
                (self._features(said), label, self._worded(self._leaning.signs(said)))
                for said, label in known
            ],
            self._leans,
        )

    def is_about(self, said: Wording) -> bool:
        """Whether the quote with these words speaks of the target."""
        return self._leaning.naming.is_named(said)

    def judge(self, said: Wording) -> Judgement:
        """Where the quote with these words stands, which is taken to speak of the target."""
        signs = self._leaning.signs(said)
        worded, learned = self._worded(signs), self._learned.scores(self._features(said))
        likeliest, margin = _lead(added(worded, learned))
        is_sure = margin >= LEAST_MARGIN and (
            self._is_told(likeliest, said, signs) or self._is_taught(likeliest, learned)
        )
        return Judgement(likeliest, margin, signs, is_sure)

    def _is_told(self, label: StanceLabel, said: Wording, signs: Sequence[Sign]) -> bool:
        """Whether words that are evidence in their places tell a label, and none another."""
        likeliest, margin = _lead(self._worded(signs))
        if not self._leans or likeliest != label or margin < LEAST_MARGIN:
            return False
        if label == "neutral":
            return not signs and self._leaning.is_plain(said)
        sides = {sign.side > 0 for sign in signs if sign.tells}
        return sides == {label == "favor"}

    def _is_taught(self, label: StanceLabel, learned: Scores) -> bool:
        """Whether examples alone tell a label."""
        likeliest, margin = _lead(learned)
        least = LEAST_TAUGHT if self._leans else LEAST_TAUGHT_WITHOUT_LISTS
        return likeliest == label and margin >= least

    def _features(self, said: Wording) -> frozenset[str]:
        return features(said.low, self._leaning.naming.words)

    def _worded(self, signs: Iterable[Sign]) -> Scores:
        """What the words say by themselves; nothing where the language has no list of them."""
        if not self._leans:
            return 0.0, 0.0, 0.0
        sides = [sign.side for sign in signs]
        favor, against = sum(s for s in sides if s > 0), -sum(s for s in sides if s < 0)
        return favor, against, _NEUTRAL


def _lead(scores: Scores) -> tuple[StanceLabel, float]:
    """The likeliest label, and by how much it leads the next, in probability."""
    chances = probabilities(scores)
    first, second, _ = sorted(chances, reverse=True)
    return LABELS[chances.index(first)], first - second


judge_of = lru_cache(maxsize=128)(Judge)
"""The judge of a target in a language; examples are learned from once."""


def with_stances(
    annotation: Annotation, codebook: Codebook, language: str, asked: bool = False
) -> Annotation:
    """The same annotation with a Stance for each quote and each target that it speaks of.

    Targets that no quote speaks of are told in a warning.

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
    spoken_of = {stance.target for quote in quotes for stance in quote.stances}
    unspoken = [each.name for each in codebook.targets if each.name not in spoken_of]
    warnings = (*annotation.warnings, *_nothing_said(unspoken))
    return annotation.model_copy(update={"quotes": quotes, "warnings": warnings})


def _nothing_said(names: Sequence[str]) -> Iterator[str]:
    """The warning about targets of these names, that no quote speaks of them; if there are any."""
    if names:
        shown = [quoted(name) for name in names[:_MOST_NAMED]]
        if more := len(names) - len(shown):
            shown.append(counted(more, "other target"))
        *others, last = shown
        listed = f"{', '.join(others)} or {last}" if others else last
        yield (
            f"Nothing was said of {listed}: no quote names {'them' if others else 'it'}, so nobody "
            f"is given a stance towards {'them' if others else 'it'}."
        )


def _stances(quote: Quote, judges: Iterable[Judge], asked: bool) -> Iterator[Stance]:
    said = Wording.of(*(span.text for span in quote.spans))
    for judge in judges:
        if asked or judge.is_about(said):
            judgement = judge.judge(said)
            label = judgement.label
            yield Stance(
                target=judge.target.name,
                label=label,
                confidence=None if label == "unclear" else round(judgement.margin, 2),
                evidence=_evidence(quote.spans, said, _decided(label, judgement.signs)),
            )


def _decided(label: StanceLabel, signs: Iterable[Sign]) -> list[int]:
    """The words that told a label: for the evidence; of `neutral` and `unclear` none."""
    sign_of = {"favor": 1, "against": -1}.get(label, 0)
    return [sign.at for sign in signs if sign.tells and sign.side * sign_of > 0]


def _evidence(spans: Sequence[Span], said: Wording, decided: Sequence[int]) -> Span | None:
    """The stretch of the first span with words that decided, from the first to the last of them."""
    if not decided:
        return None
    places = [said.places[at] for at in decided]
    part, start, _ = places[0]
    end = max(last for other, _, last in places if other == part)
    span = spans[part]
    return Span(start=span.start + start, end=span.start + end, text=span.text[start:end])
