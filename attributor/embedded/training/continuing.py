"""How the engine goes on learning from weights that it has: some corrected articles are enough.

The four models of `trainer` are learned once more, but the penalty is on how far they move from the
weights that are there (a Gaussian prior around them; Chelba and Acero, 2004, "Adaptation of maximum
entropy capitalizer"). What the articles do not speak of stays as it was. An encoder stays as it is:
it was not tuned on these articles, so what it says of them can be learned from.

Needs numpy, SciPy and scikit-learn: the extra `train`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from attributor.embedded.readers import ENCODER_CARD_KEY, Reader
from attributor.embedded.training import linear_models as fitting
from attributor.embedded.training import trainer
from attributor.embedded.training.examples import TrainingArticle
from attributor.embedded.training.linear_models import Choices, Start
from attributor.embedded.weights import SCALE, Weights
from attributor.errors import UsageError
from attributor.marking import mark

SHARE_OF_STRENGTH = 0.03
"""How strong new articles are beside those that `trainer` learns from: its strengths times this.

Chosen on the first of the outlets of `benchmarks/continuing.py`, where 0.1 and more did harm.
"""
FEWEST_TIMES_SEEN = 2
"""A feature seen less often than this in the new articles keeps its weight."""
MIN_NEW_CUE_SHARE = 0.3
"""A word that the weights do not know can be a cue if it is one in more than this share."""
_KNOWN_CUE_SHARE = 0.5
"""What stands for the share of its places in which a word that the weights know is a cue."""


def continued(
    reader: Reader, examples: Sequence[TrainingArticle], card: dict[str, Any] | None = None
) -> Weights:
    """The weights moved towards what these articles show; the same articles move them alike.

    Args:
        reader: the weights that are there, and the encoder that they read with, if any.
        examples: annotated articles that they have not learned from.
        card: what is to be said of the weights that are made.

    Raises:
        UsageError: there is nothing to learn from, or the extra `train` is not installed.
    """
    import numpy as np

    weights = reader.weights
    sheets = [(reader.sheet(mark(each.article, weights.language)), each) for each in examples]
    if not any(quote.cue for example in examples for quote in example.quotes):
        raise UsageError("There is no quote with a cue in these articles to learn from.")
    heads = dict.fromkeys(weights.words, _KNOWN_CUE_SHARE) | trainer.cue_words(
        sheets, MIN_NEW_CUE_SHARE
    )
    before = np.array(weights.table) / SCALE
    lessons = trainer.lessons(sheets, heads)
    choices = {
        name: Choices.of_labels(getattr(lessons, name)) for name in ("cue", "source", "piece")
    }
    choices["draft"] = Choices()
    words = frozenset(heads)
    trainer.add_drafts(choices["draft"], sheets, heads, replace(weights, words=words))
    moved = (
        fitting.softmax(
            each,
            trainer.STRENGTH[name] * SHARE_OF_STRENGTH,
            FEWEST_TIMES_SEEN,
            Start(before, weights.bias[name]),
        )
        for name, each in choices.items()
    )
    table = trainer.table_of([before, *moved])
    return Weights(weights.language, weights.bias, words, table, _card(reader, card or {}))


def _card(reader: Reader, card: dict[str, Any]) -> dict[str, Any]:
    """The card with the weights that were gone on from, and with the encoder that they have."""
    named = {"continues_sha256": reader.weights.sha256}
    if reader.encoder is not None:
        named[ENCODER_CARD_KEY] = reader.encoder.sha256
    return {**card, **named}
