"""A cautious guess at stance, from words alone.

A target counts as spoken of where the quote holds most of its words. Then words of support and of
opposition are counted near them, a negation before such a word turning it round. The label is
given only where one side leads by two; otherwise it is `unclear`, which is an answer: this engine
would rather abstain than be wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attributor.marking.language import Language, load
from attributor.marking.tokens import tokens, without_possessive
from attributor.records import Annotation, Codebook, Quote, Stance, StanceLabel, Target

_LEAD = 2
_NEGATION_REACH = 3
_SHORT = 3
"""Words of a target with fewer letters are not looked for."""


def with_stances(annotation: Annotation, codebook: Codebook, language: str) -> Annotation:
    """The same annotation with a Stance for each quote and each target that it speaks of."""
    pack = load(language)
    quotes = tuple(
        quote.model_copy(update={"stances": tuple(_stances(quote, codebook.targets, pack))})
        for quote in annotation.quotes
    )
    return annotation.model_copy(update={"quotes": quotes})


def _stances(quote: Quote, targets: Iterable[Target], pack: Language) -> Iterable[Stance]:
    said = [(span, [without_possessive(t.low) for t in tokens(span.text)]) for span in quote.spans]
    for target in targets:
        wanted = _wanted(target)
        for span, words in said:
            if 2 * len(wanted & set(words)) > len(wanted):
                label = _label(words, pack)
                evidence = span if label != "unclear" else None
                yield Stance(target=target.name, label=label, evidence=evidence)
                break


def _wanted(target: Target) -> set[str]:
    """The words of a target's name, more than half of which a quote about it holds."""
    named = tokens(target.name)
    longer = {without_possessive(t.low) for t in named if t.end - t.start > _SHORT}
    return longer or {t.low for t in named}


def _label(words: Sequence[str], pack: Language) -> StanceLabel:
    score = 0
    for i, word in enumerate(words):
        side = ((word in pack.favor) - (word in pack.against)) * (1 + (word in pack.strong))
        near = words[max(i - _NEGATION_REACH, 0) : i]
        negated = any(w in pack.negations or w.endswith(pack.negative_endings) for w in near)
        score += -side if negated else side
    if abs(score) < _LEAD:
        return "unclear"
    return "favor" if score > 0 else "against"
