"""Feature templates: each has a number of its own, and the weights that are shipped know them."""

from __future__ import annotations

import zlib
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.encoders import reading

from attributor.embedded import by_weights, feature_templates, weights
from attributor.embedded.encoder import channels
from attributor.embedded.feature_templates import (
    REGISTRY,
    PairTemplates,
    Registry,
    TemplateGroup,
    ValueTemplates,
)
from attributor.embedded.token_arrays import Sheet
from attributor.marking import mark
from attributor.records import Article

NUMBERS_KNOWN_TO_SHIPPED_WEIGHTS = 1881468939
"""CRC-32 of all template numbers with their hashes: new weights have to be learned to change it."""
SMALL = st.integers(0, 2**30 - 1)


@pytest.mark.parametrize(("first", "count"), [(10, 3), (12, 1), (8, 3), (9, 9), (11, 1)])
def test_a_template_whose_number_is_taken_is_refused_and_told_by_whom(
    first: int, count: int
) -> None:
    registry = Registry()
    registry.values("cue: word", 10, 3, "The word itself.")
    with pytest.raises(ValueError, match=r"of 'cue: place' is taken by 'cue: word'"):
        registry.pairs("cue: place", first, count, "Where it stands.")
    assert list(registry.groups) == ["cue: word"]


def test_templates_may_lie_side_by_side() -> None:
    registry = Registry()
    one = registry.values("one", 10, 3, "One thing.")
    other = registry.pairs("other", 13, 2, "Another thing.")
    assert [*one.numbers, *other.numbers] == [10, 11, 12, 13, 14]


def test_a_name_is_taken_once() -> None:
    registry = Registry()
    registry.values("cue: word", 10, 3, "The word itself.")
    with pytest.raises(ValueError, match="called 'cue: word' already"):
        registry.values("cue: word", 20, 3, "The word itself.")


@pytest.mark.parametrize(("first", "count"), [(10, 0), (10, -1), (-1, 2)])
def test_a_group_without_numbers_is_refused(first: int, count: int) -> None:
    with pytest.raises(ValueError, match="'empty'"):
        Registry().values("empty", first, count, "Nothing.")


@pytest.mark.parametrize("values", [(), (1,), (1, 2, 3)])
def test_as_many_values_are_given_as_there_are_templates(values: tuple[int, ...]) -> None:
    registry = Registry()
    with pytest.raises(ValueError, match="zip"):
        registry.values("two values", 1, 2, "Two things.").features(*values)
    with pytest.raises(ValueError, match="zip"):
        registry.pairs("two pairs", 3, 2, "Two things.").features(*((v, v) for v in values))


@given(SMALL, SMALL)
def test_two_templates_never_give_one_feature_for_the_same_values(one: int, other: int) -> None:
    single = feature_templates.PIECE_PLACE
    double = feature_templates.RUN_AHEAD.pairs
    assert len(set(single.features(*[one] * len(single.numbers)))) == len(single.numbers)
    assert len(set(double.features(*[(one, other)] * len(double.numbers)))) == len(double.numbers)


def test_a_pair_is_not_the_same_the_other_way_round() -> None:
    double = feature_templates.CUE_WORD_READ
    assert double.features((3, 8)) != double.features((8, 3))


def test_a_feature_is_what_the_shipped_weights_were_learned_with() -> None:
    groups = [
        group
        for name, group in REGISTRY.groups.items()
        if not name.startswith(("encoder: ", "linked: "))
    ]
    numbers = chain.from_iterable(group.numbers for group in groups)
    hashes = chain.from_iterable(group.hashes for group in groups)
    known = repr(sorted(zip(numbers, hashes, strict=True))).encode()
    assert zlib.crc32(known) == NUMBERS_KNOWN_TO_SHIPPED_WEIGHTS
    assert feature_templates.CUE_WORD_READ.features((123456789, 7)) == [378773258487237712]
    assert feature_templates.CUE_CONTENT.features(5, 123456789, True) == [
        3139872599, 78544416326167158, 650152977,
    ]  # fmt: skip


@pytest.mark.parametrize("group", REGISTRY.groups.values(), ids=lambda group: group.name)
def test_every_group_says_in_a_sentence_what_it_sees(group: TemplateGroup) -> None:
    assert group.sees[0].isupper()
    assert group.sees.endswith(".")


class Filled:
    """Stands for a group, and remembers that it was filled."""

    def __init__(self, group: ValueTemplates | PairTemplates, filled: set[str]) -> None:
        self.group, self.filled = group, filled

    def features(self, *values: int) -> list[int]:
        self.filled.add(self.group.name)
        return self.group.features(*values)  # type: ignore[arg-type]


def test_every_template_is_filled_by_some_article(monkeypatch: pytest.MonkeyPatch) -> None:
    filled: set[str] = set()

    def standing_in(value: object) -> object:
        if isinstance(value, ValueTemplates | PairTemplates):
            return Filled(value, filled)
        if isinstance(value, feature_templates.Run):
            return feature_templates.Run._make(map(standing_in, value))
        return tuple(map(standing_in, value)) if isinstance(value, tuple) else value

    for name, value in vars(feature_templates).copy().items():
        if name.isupper() and name != "REGISTRY":
            monkeypatch.setattr(feature_templates, name, standing_in(value))
    shipped = weights.shipped("en")
    assert shipped is not None
    text = "“The bridge is safe,” Mara Quill said. Oskar Lund said that it was not."
    marking = mark(Article(id="a", text=text), "en")
    assert by_weights.propose(Sheet(marking), shipped).quotes
    assert filled == {
        name for name in REGISTRY.groups if not name.startswith(("encoder: ", "linked: "))
    }
    said = {channels.CUE: ["said"], channels.CONTENT: ["The bridge is safe"]}
    by_weights.propose(Sheet(marking, reading(text, said)), shipped)
    assert filled == set(REGISTRY.groups)
