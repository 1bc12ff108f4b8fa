"""Weights: a file that comes back as it was, and says so where it does not."""

from __future__ import annotations

from array import array
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.embedded import annotate

from attributor.embedded import weights
from attributor.embedded.weights import SCALE, Weights
from attributor.errors import UsageError
from attributor.records import Article

BIAS = {"cue": 0.5, "source": 0.0, "piece": -0.5, "draft": 0.0}
SMALL = Weights("en", BIAS, frozenset({7, 3}), array("h", [0, SCALE, -SCALE, 2]), {"n": 1})


def test_a_file_of_weights_comes_back_as_it_was() -> None:
    back = weights.load(weights.dump(SMALL), "small.bin")
    assert (back.language, back.bias, back.words) == ("en", BIAS, frozenset({3, 7}))
    assert back.table == SMALL.table
    assert back.card == {"n": 1}
    assert len(back.sha256) == 64


TABLES = st.integers(0, 6).flatmap(
    lambda bits: st.lists(st.integers(-(2**15), 2**15 - 1), min_size=2**bits, max_size=2**bits)
)
WORDS = st.frozensets(st.integers(0, 2**30 - 1), max_size=5)


@given(TABLES, WORDS, st.floats(-20, 20), st.text(max_size=9))
def test_whatever_was_learned_comes_back_as_it_was(
    table: list[int], words: frozenset[int], bias: float, about: str
) -> None:
    one = Weights("de", dict.fromkeys(BIAS, bias), words, array("h", table), {"about": about})
    data = weights.dump(one)
    back = weights.load(data, "any.bin")
    assert weights.dump(back) == data
    assert (back.bias, back.words, back.table.tolist()) == (one.bias, words, table)
    assert (back.language, back.card) == ("de", {"about": about})


@given(TABLES, st.integers(0, 200))
def test_a_file_that_is_cut_off_anywhere_is_refused(table: list[int], kept: int) -> None:
    data = weights.dump(Weights("en", BIAS, frozenset({3, 7}), array("h", table)))
    with pytest.raises(UsageError, match="holds no weights"):
        weights.load(data[: min(kept, len(data) - 1)], "cut.bin")


def test_the_digest_is_of_the_file_and_changes_with_every_weight() -> None:
    other = Weights("en", SMALL.bias, SMALL.words, array("h", [1, SCALE, -SCALE, 2]), {"n": 1})
    digests = [weights.load(weights.dump(each), "a.bin").sha256 for each in (SMALL, other)]
    assert digests[0] != digests[1]


@given(st.lists(st.integers(0, 2**80), max_size=9))
def test_a_features_weight_is_found_by_its_last_bits(features: list[int]) -> None:
    expected = sum(SMALL.table[feature % 4] for feature in features) / SCALE
    assert SMALL.sum(features) == expected
    assert SMALL.score("cue", features) == 0.5 + expected


def test_a_score_is_the_constant_and_the_weights_of_the_features() -> None:
    assert SMALL.score("cue", [1, 4 + 1, 2]) == pytest.approx(0.5 + 1 + 1 - 1)


@pytest.mark.parametrize(
    "data",
    [b"", b"{}\n", b"not weights\n", b'{"format": "other/1"}\n', weights.dump(SMALL)[:-1], b"\xff"],
)
def test_what_is_no_weights_is_refused_with_its_name(data: bytes) -> None:
    with pytest.raises(UsageError, match=r"'ours\.bin' holds no weights"):
        weights.load(data, "ours.bin")


def test_missing_weights_are_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        weights.read(tmp_path / "none.bin")


def test_weights_for_another_language_leave_it_to_the_rules_and_a_warning_says_so(
    tmp_path: Path,
) -> None:
    path = tmp_path / "english.bin"
    path.write_bytes(weights.dump(SMALL))
    text = "Das Eis sei dünn, sagte der Wirt."
    annotation = annotate(Article(id="a", text=text), "de", weights=path)
    assert [quote.spans[0].text for quote in annotation.quotes] == ["Das Eis sei dünn"]
    assert annotation.engine.weights_sha256 is None
    assert "for another language" in annotation.warnings[0]


def test_english_has_weights_of_its_own_and_a_card_that_says_what_they_are() -> None:
    shipped = weights.shipped("en")
    assert shipped is not None
    assert shipped.language == "en"
    assert {"about", "articles", "gold_sha256", "seed"} <= set(shipped.card)
    assert weights.shipped("sr-Latn") is None
