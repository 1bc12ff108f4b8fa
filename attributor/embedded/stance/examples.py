"""What a codebook's labelled examples teach about one target: naive Bayes over beginnings of words.

    score(label) = what the words' own leaning says + trust * log odds of the words in the examples

The two are pooled as in Melville, Gryc and Lawrence, "Sentiment analysis of blogs by combining
lexical knowledge with text classification" (KDD 2009). Naive Bayes is the multinomial one over
words that are there or not (McCallum and Nigam 1998), every label as likely as every other. Words
of one text are no independent witnesses, so their sum is divided by the root of their number. How
far it is trusted the examples decide: each is read by what the others teach, and the trust is
taken under which their labels are likeliest. A few examples change little so, and many much.

Words are cut to their first letters instead of stemmed, which needs no list and serves every
language that inflects at the end.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from attributor.records import StanceLabel

LABELS: tuple[StanceLabel, ...] = ("favor", "against", "neutral")
Scores = tuple[float, float, float]
"""One figure for each of LABELS, as the logarithm of a probability but for a constant."""

_LETTERS = 6
_SMOOTHING = 0.5
_TRUST = (0.0, 0.25, 0.5, 1.0, 2.0)
_PRICE = 2.0
"""By so much (in nats) a trust of 1 has to make the examples likelier: a few prove nothing."""
_LEAST = 1e-9
"""No label is taken to be less likely than this."""


def features(words: Iterable[str], named: set[str]) -> frozenset[str]:
    """What examples are compared by: the beginnings of words, the target's own being one."""
    return frozenset(
        "*" if word in named else word[:_LETTERS] for word in words if word[:1].isalnum()
    )


def probabilities(scores: Sequence[float]) -> Scores:
    """The scores of LABELS as probabilities."""
    highest = max(scores)
    favor, against, neutral = (math.exp(score - highest) for score in scores)
    whole = favor + against + neutral
    return favor / whole, against / whole, neutral / whole


def added(one: Scores, other: Scores, times: float = 1.0) -> Scores:
    """One score and `times` the other."""
    favor, against, neutral = (a + times * b for a, b in zip(one, other, strict=True))
    return favor, against, neutral


class Learned:
    """Examples as counts of words under each label.

    Args:
        examples: (features, label, what the words' leaning says) of each.
        leans: whether the language has words that lean; else examples are all there is to trust.
    """

    def __init__(
        self, examples: Sequence[tuple[frozenset[str], str, Scores]], leans: bool = True
    ) -> None:
        self._texts = Counter(label for _, label, _ in examples)
        self._labels = [label for label in LABELS if self._texts[label]]
        self._counts: dict[str, Counter[str]] = {label: Counter() for label in self._labels}
        for words, label, _ in examples:
            self._counts[label].update(words)
        self._totals = {label: counts.total() for label, counts in self._counts.items()}
        self._known = len({word for counts in self._counts.values() for word in counts})
        self._trust = 0.0
        if len(self._labels) > 1:
            self._trust = self._best(examples, _TRUST if leans else _TRUST[1:])

    def scores(self, words: frozenset[str]) -> Scores:
        """What the examples say of a text with these features."""
        return added((0.0, 0.0, 0.0), self._odds(words), self._trust)

    def _odds(self, words: frozenset[str], but: str = "") -> Scores:
        """Log odds of each label, the mean of those seen being 0; those of one unseen are 0.

        Args:
            words: the features of a text.
            but: the label of an example with these words that does not count.
        """
        sums, known = dict.fromkeys(LABELS, 0.0), 0
        for word in words:
            counts = {label: self._counts[label][word] - (label == but) for label in self._labels}
            if any(counts.values()):
                logs = {label: self._log(label, n, words, but) for label, n in counts.items()}
                middle, known = sum(logs.values()) / len(logs), known + 1
                for label, value in logs.items():
                    sums[label] += value - middle
        root = math.sqrt(known or 1)
        return sums["favor"] / root, sums["against"] / root, sums["neutral"] / root

    def _log(self, label: str, count: int, words: frozenset[str], but: str) -> float:
        total = self._totals[label] - (len(words) if label == but else 0)
        return math.log((count + _SMOOTHING) / (total + _SMOOTHING * self._known))

    def _best(
        self, examples: Sequence[tuple[frozenset[str], str, Scores]], choices: Sequence[float]
    ) -> float:
        read = [(self._odds(words, label), label, leaning) for words, label, leaning in examples]

        share = len(examples) / len(self._labels)  # of each label, were all as frequent

        def likelihood(trust: float) -> float:
            fits = 0.0
            for odds, label, leaning in read:
                chance = probabilities(added(leaning, odds, trust))[LABELS.index(label)]
                fits += math.log(max(chance, _LEAST)) / self._texts[label]
            return share * fits - _PRICE * trust

        return max(choices, key=likelihood)
