from __future__ import annotations

from dataclasses import replace

import pytest
from support.dialogues import CODEBOOK, TEXT, Drafted, marking
from support.drafts import Said, draft_of

from attributor.estimates import Estimate
from attributor.prompting import prices
from attributor.prompting.engine import ModelEngine
from attributor.prompting.prompts import Prompts
from attributor.records import Annotation, Codebook, Usage
from attributor.settings import AskAbout, Settings

OPENAI = "https://api.openai.com/v1"
USAGE = Usage(requests=1, input_tokens=1_000_000, cached_tokens=0, output_tokens=0)


@pytest.fixture(autouse=True)
def _estimated_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("attributor.prompting.token_counts._tiktoken", lambda model: [])


def estimate(
    codebook: Codebook | None = None,
    model: str = "gpt-5-mini",
    text: str = TEXT,
    draft: Annotation | None = None,
    ask: AskAbout = "all",
) -> Estimate:
    drafter = Drafted(draft) if draft else None
    engine = ModelEngine(Settings(model=model, base_url=None), Prompts.load(), drafter=drafter)
    return engine.estimate(marking(text), codebook, ask)


def test_an_estimate_goes_from_one_answer_to_an_answer_with_repair() -> None:
    found = estimate()
    assert found.requests == (1, 2)
    assert 800 < found.input_tokens[0] < found.input_tokens[1]
    assert 0 < found.output_tokens[0] < found.output_tokens[1]
    assert found.cost_usd
    assert 0 < found.cost_usd[0] < found.cost_usd[1] < 0.1


def test_stances_make_it_dearer() -> None:
    plain = estimate()
    stances = estimate(CODEBOOK)
    assert stances.requests == (2, 3)
    assert stances.input_tokens[0] > plain.input_tokens[0]
    assert stances.output_tokens[1] > plain.output_tokens[1]


def test_stances_towards_targets_of_the_models_own_are_dearer_than_towards_one() -> None:
    one = estimate(CODEBOOK)
    own = estimate(Codebook())
    assert own.requests == one.requests
    assert own.output_tokens[1] > one.output_tokens[1]


def test_an_unknown_model_has_an_unknown_price() -> None:
    found = estimate(model="my-own-model")
    assert found.cost_usd is None
    assert str(found).endswith("price unknown")


def test_an_estimate_reads_as_a_line() -> None:
    line = str(estimate())
    assert line.startswith("1 to 2 requests, ")
    assert " input tokens, " in line
    assert " output tokens, $0." in line


def test_nothing_is_asked_about_an_article_without_words() -> None:
    found = estimate(CODEBOOK, text="…")
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


SURE = (
    Said("The bridge is safe. Nobody has to drive around it", "said", "Ada Moravec", "Ada Moravec"),
    Said("repairs would cost two million", "told reporters", "She", "Ada Moravec"),
    Said(("We asked for a tunnel", "and we got a bridge."), "said", "Milo Brandt", "Milo Brandt"),
)
WITHOUT_TERM = TEXT.replace("“Big Fix”", "Big Fix")
"""The article with nothing in marks that nobody says."""


def test_with_a_draft_less_is_written_than_without() -> None:
    drafted, scratch = estimate(draft=draft_of(TEXT, *SURE)), estimate()
    assert drafted.output_tokens[0] < scratch.output_tokens[0]
    assert drafted.output_tokens[1] < scratch.output_tokens[1]
    assert drafted.input_tokens[0] > scratch.input_tokens[0]


def test_where_nothing_is_in_doubt_asking_about_doubts_costs_nothing() -> None:
    sure = draft_of(WITHOUT_TERM, *SURE)
    found = estimate(text=WITHOUT_TERM, draft=sure, ask="doubts")
    assert (found.requests, found.output_tokens) == ((0, 0), (0, 0))
    assert found.cost_usd == (0, 0)
    assert estimate(text=WITHOUT_TERM, draft=sure, ask="all").requests == (1, 2)


def test_where_much_is_in_doubt_asking_about_doubts_costs_what_asking_costs() -> None:
    doubted = draft_of(TEXT, *(replace(line, words=0.1, who=0.1) for line in SURE))
    assert estimate(draft=doubted, ask="doubts") == estimate(draft=doubted)


def test_without_a_draft_everything_is_in_doubt() -> None:
    assert estimate(ask="doubts") == estimate()
