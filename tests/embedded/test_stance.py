"""Where speakers stand, as far as the rules dare to say."""

from __future__ import annotations

import pytest

from attributor.embedded import annotate
from attributor.marking import mark
from attributor.records import Article, Codebook, Quote, Target


def quotes(text: str, *targets: str) -> tuple[Quote, ...]:
    codebook = Codebook(targets=tuple(Target(name=name) for name in targets))
    return annotate(mark(Article(id="a", text=text)), codebook).quotes


def labels(said: str, *targets: str) -> dict[str, str]:
    (quote,) = quotes(f"“{said},” Mara Quill said.", *targets)
    return {stance.target: stance.label for stance in quote.stances}


@pytest.mark.parametrize(
    ("said", "label"),
    [
        ("We support the bridge and we welcome it", "favor"),
        ("We back the bridge: it is a great opportunity", "favor"),
        ("We oppose the bridge and we condemn it", "against"),
        ("The bridge is a mistake, and a dangerous one", "against"),
        ("We do not support the bridge and we do not welcome it", "against"),
        ("We don’t support the bridge. We will never back the bridge", "against"),
        ("The bridge will open in May", "unclear"),
        ("The bridge is long, and the river is wide", "unclear"),
        ("They oppose the bridge, but we support it", "unclear"),
    ],
)
def test_a_label_is_given_where_the_words_lean_one_way(said: str, label: str) -> None:
    assert labels(said, "the bridge") == {"the bridge": label}


def test_a_target_that_is_not_spoken_of_gets_no_stance() -> None:
    assert labels("We support the ferry and we welcome it", "the bridge") == {}


def test_each_target_gets_a_stance_of_its_own() -> None:
    found = labels("The bridge and the ferry open in May", "the bridge", "the ferry", "the mine")
    assert found == {"the bridge": "unclear", "the ferry": "unclear"}


def test_a_stance_belongs_to_the_quote_that_takes_it() -> None:
    text = (
        "“We support the bridge and we welcome it,” Mara Quill said.\n\n"
        "“We oppose the bridge and we condemn it,” Oskar Lund said."
    )
    assert [q.stances[0].label for q in quotes(text, "the bridge")] == ["favor", "against"]


def test_the_evidence_is_a_stretch_of_the_quote() -> None:
    text = "“The weather,” Mara Quill said, “is grey. We support the bridge and welcome it.”"
    (quote,) = quotes(text, "the bridge")
    (stance,) = quote.stances
    assert stance.label == "favor"
    assert stance.evidence is not None
    assert text[stance.evidence.start : stance.evidence.end] == stance.evidence.text
    assert any(
        span.start <= stance.evidence.start and stance.evidence.end <= span.end
        for span in quote.spans
    )


def test_an_abstention_claims_no_evidence() -> None:
    (quote,) = quotes("“The bridge will open in May,” Mara Quill said.", "the bridge")
    assert quote.stances[0].evidence is None


def test_without_targets_there_is_no_stance() -> None:
    marking = mark(Article(id="a", text="“We support the bridge,” Mara Quill said."))
    assert [quote.stances for quote in annotate(marking).quotes] == [()]
