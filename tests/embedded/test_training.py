"""Training: the same examples give the same weights, and weights give quotes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attributor.embedded import by_weights as learned
from attributor.embedded import weights
from attributor.embedded.token_arrays import Sheet
from attributor.embedded.training import augmentation as made
from attributor.embedded.training import trainer as training
from attributor.embedded.training.examples import Known, TrainingArticle
from attributor.errors import UsageError
from attributor.evaluation.gold import read_gold
from attributor.marking import mark
from attributor.records import Article

GOLD = Path(__file__).parents[2] / "fixtures" / "gold"


@pytest.fixture(scope="module")
def examples() -> list[TrainingArticle]:
    pytest.importorskip("sklearn", reason="training needs the extra 'train'")
    gold = [a for path in sorted(GOLD.glob("*.jsonl")) for a in read_gold(str(path))]
    return [
        TrainingArticle(a.article, tuple(Known(q.content, q.cue, q.mention) for q in a.quotes))
        for a in gold
        if a.lang == "en"
    ]


@pytest.fixture(scope="module")
def trained(examples: list[TrainingArticle]) -> weights.Weights:
    return training.train(examples, "en")


def test_the_same_examples_give_the_same_weights(
    examples: list[TrainingArticle], trained: weights.Weights
) -> None:
    assert weights.dump(training.train(examples, "en")) == weights.dump(trained)


def test_what_was_learned_finds_the_quotes_it_was_learned_from(
    examples: list[TrainingArticle], trained: weights.Weights
) -> None:
    found = sum(
        len(learned.propose(Sheet(mark(example.article, "en")), trained).quotes)
        for example in examples
    )
    known = sum(len(example.quotes) for example in examples)
    assert known * 0.8 <= found <= known * 1.2


def test_the_file_holds_no_word_of_the_articles(
    examples: list[TrainingArticle], trained: weights.Weights
) -> None:
    data = weights.dump(trained).lower()
    words = {w for e in examples for w in e.article.text.lower().split() if len(w) > 7}
    assert not [word for word in words if word.encode() in data]


def test_nothing_to_learn_from_is_told() -> None:
    with pytest.raises(UsageError, match="no quote with a cue"):
        training.train([TrainingArticle(Article(id="a", text="Nobody spoke."), ())], "en")


@given(
    st.text(alphabet="ab “”\"«»'`.\n", max_size=60),
    st.tuples(st.integers(0, 60), st.integers(0, 60)),
)
def test_without_marks_the_rest_of_a_quote_stays_the_same(text: str, ends: tuple[int, int]) -> None:
    start, end = sorted(min(e, len(text)) for e in ends)
    quote = Known([(start, end)], [], [])
    bare = made.without_marks(TrainingArticle(Article(id="a", text=text), (quote,)))
    kept = [i for i in range(start, end) if not _dropped(text, i)]
    words = "".join(bare.article.text[a:b] for a, b in bare.quotes[0].content)
    assert words == "".join(text[i] for i in kept)


def _dropped(text: str, i: int) -> bool:
    return any(m.start() <= i < m.end() for m in made._MARKS.finditer(text))
