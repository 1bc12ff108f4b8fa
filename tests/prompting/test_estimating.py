from __future__ import annotations

import pytest
from support.dialogues import CODEBOOK, marking

from attributor.prompting import prices
from attributor.prompting.cost_estimates import estimate
from attributor.prompting.prompts import Prompts
from attributor.records import Codebook, Usage

OPENAI = "https://api.openai.com/v1"
USAGE = Usage(requests=1, input_tokens=1_000_000, cached_tokens=0, output_tokens=0)


@pytest.fixture(autouse=True)
def _estimated_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("attributor.prompting.token_counts._tiktoken", lambda model: [])


def test_an_estimate_goes_from_one_answer_to_an_answer_with_repair() -> None:
    found = estimate(marking(), Prompts.load(), None, "gpt-5-mini")
    assert found.requests == (1, 2)
    assert 800 < found.input_tokens[0] < found.input_tokens[1]
    assert 0 < found.output_tokens[0] < found.output_tokens[1]
    assert found.cost_usd
    assert 0 < found.cost_usd[0] < found.cost_usd[1] < 0.1


def test_stances_make_it_dearer() -> None:
    plain = estimate(marking(), Prompts.load(), None, "gpt-5-mini")
    stances = estimate(marking(), Prompts.load(), CODEBOOK, "gpt-5-mini")
    assert stances.requests == (2, 3)
    assert stances.input_tokens[0] > plain.input_tokens[0]
    assert stances.output_tokens[1] > plain.output_tokens[1]


def test_stances_towards_targets_of_the_models_own_are_dearer_than_towards_one() -> None:
    one = estimate(marking(), Prompts.load(), CODEBOOK, "gpt-5-mini")
    own = estimate(marking(), Prompts.load(), Codebook(), "gpt-5-mini")
    assert own.requests == one.requests
    assert own.output_tokens[1] > one.output_tokens[1]


def test_an_unknown_model_has_an_unknown_price() -> None:
    found = estimate(marking(), Prompts.load(), None, "my-own-model")
    assert found.cost_usd is None
    assert str(found).endswith("price unknown")


def test_an_estimate_reads_as_a_line() -> None:
    line = str(estimate(marking(), Prompts.load(), None, "gpt-5-mini"))
    assert line.startswith("1 to 2 requests, ")
    assert " input tokens, " in line
    assert " output tokens, $0." in line


def test_nothing_is_asked_about_an_article_without_words() -> None:
    found = estimate(marking("…"), Prompts.load(), CODEBOOK, "gpt-5-mini")
    assert (found.requests, found.output_tokens) == ((0, 0), (0, 0))


def test_a_known_model_on_a_server_of_ones_own_has_no_list_price() -> None:
    assert prices.cost("gpt-5-mini", USAGE, OPENAI) == pytest.approx(0.25)
    assert prices.cost("gpt-5-mini", USAGE, "http://127.0.0.1:8080/v1") is None
    assert prices.cost("no-such-model", USAGE, OPENAI) is None


def test_cached_tokens_are_cheaper() -> None:
    cached = USAGE.model_copy(update={"cached_tokens": 900_000})
    dear, cheap = (
        prices.cost("gpt-5-mini", USAGE, OPENAI),
        prices.cost("gpt-5-mini", cached, OPENAI),
    )
    assert dear is not None
    assert cheap is not None
    assert cheap < dear
