"""Going on from weights that are there: new words are learned, old ones are not lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.encoders import tiny_encoder
from support.tiny_gold import FACTS, PEOPLE, quotes_of, taught

from attributor.embedded import weights
from attributor.embedded.readers import ENCODER_CARD_KEY, Reader
from attributor.embedded.training import continuing, trainer
from attributor.errors import UsageError

pytest.importorskip("sklearn", reason="training needs the extra 'train'")

BOTH = "Greta Moor zorbed that the gate is open, of course. Paul Finch glorped that all is well."
ZORBED = ("zorbed", "Greta Moor", "the gate is open")
GLORPED = ("glorped", "Paul Finch", "all is well")


@pytest.fixture(scope="module")
def before() -> weights.Weights:
    return trainer.train(taught("zorbed"), "en")


@pytest.fixture(scope="module")
def after(before: weights.Weights) -> weights.Weights:
    return continuing.continued(Reader(before), taught("glorped", count=12))


def test_a_new_cue_is_learned_and_the_old_one_kept(
    before: weights.Weights, after: weights.Weights
) -> None:
    assert quotes_of(BOTH, before) == [ZORBED]
    assert quotes_of(BOTH, after) == [ZORBED, GLORPED]


def test_the_weights_that_were_gone_on_from_stay_as_they_were(before: weights.Weights) -> None:
    kept = weights.dump(before)
    continuing.continued(Reader(before), taught("glorped", count=4))
    assert weights.dump(before) == kept


def test_the_same_articles_move_the_weights_alike(
    before: weights.Weights, after: weights.Weights
) -> None:
    again = continuing.continued(Reader(before), taught("glorped", count=12))
    assert weights.dump(again) == weights.dump(after)


def test_the_more_articles_the_farther_the_weights_move(before: weights.Weights) -> None:
    def moved(count: int) -> int:
        found = continuing.continued(Reader(before), taught("glorped", count=count))
        return sum(abs(a - b) for a, b in zip(found.table, before.table, strict=True))

    assert 0 < moved(4) < moved(12)


def test_the_card_names_what_was_gone_on_from_and_the_encoder(
    before: weights.Weights, tmp_path: Path
) -> None:
    encoder = tiny_encoder(tmp_path, " ".join((*PEOPLE, *FACTS)))
    found = continuing.continued(Reader(before, encoder), taught("glorped", count=4), {"seed": 1})
    assert found.card == {
        "seed": 1, "continues_sha256": before.sha256, ENCODER_CARD_KEY: encoder.sha256,
    }  # fmt: skip


def test_articles_without_quotes_teach_nothing_and_are_refused(before: weights.Weights) -> None:
    with pytest.raises(UsageError, match="no quote with a cue"):
        continuing.continued(Reader(before), [])
