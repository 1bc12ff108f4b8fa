"""Where speakers stand, as far as the rules dare to say."""

from __future__ import annotations

import pytest
from support.embedded import annotate, judge

from attributor.embedded.stance.judging import judge_of
from attributor.embedded.stance.wording import Wording
from attributor.marking import mark
from attributor.records import Article, Codebook, Example, Quote, Target


def quotes(text: str, *targets: str) -> tuple[Quote, ...]:
    codebook = Codebook(targets=tuple(Target(name=name) for name in targets))
    return annotate(Article(id="a", text=text), codebook=codebook).quotes


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
        ("They failed to support the bridge", "against"),
        ("There is no longer support for the bridge", "against"),
        ("We must build the bridge", "favor"),
        ("The bridge is not a danger", "favor"),
        ("The so-called bridge is a hoax", "against"),
        ("The bridge will open in May", "neutral"),
        ("The bridge is long, and the river is wide", "neutral"),
        ("They oppose the bridge, but we support it", "unclear"),
    ],
)
def test_a_label_is_given_where_the_words_lean_one_way(said: str, label: str) -> None:
    assert labels(said, "the bridge") == {"the bridge": label}


@pytest.mark.parametrize(
    ("said", "label"),
    [
        ("They criticised the council for years", "against"),
        ("The council was criticised", "against"),
        ("The council must decide in May", "neutral"),
        ("We need the council", "favor"),
    ],
)
def test_it_matters_whether_the_target_acts_or_is_spoken_of(said: str, label: str) -> None:
    assert labels(said, "the council") == {"the council": label}


def test_what_the_target_does_counts_less_than_what_is_done_to_it() -> None:
    (does,) = quotes("“The council attacked at once,” Mara Quill said.", "the council")
    (suffers,) = quotes("“We attacked the council at once,” Mara Quill said.", "the council")
    assert does.stances[0].confidence or suffers.stances[0].confidence
    assert (does.stances[0].confidence or 0) < (suffers.stances[0].confidence or 0)


@pytest.mark.parametrize(
    ("said", "label"),
    [
        ("The bridge is a terrible risk", "favor"),
        ("The bridge is perfectly safe", "against"),
        ("The bridge is no danger at all", "against"),
        ("What they say of the bridge is a myth and a hoax", "against"),
        ("The bridge has become a threat", "favor"),
    ],
)
def test_words_that_say_what_a_claim_says_agree_with_it(said: str, label: str) -> None:
    claim = Target(name="the idea that the bridge is a danger")
    assert judge_of(claim, "en").judge(Wording.of(said)).label == label


def test_the_nearer_word_counts_more() -> None:
    said = "We support the ferry and the boats and all who sail on them, but oppose the bridge"
    assert labels(said, "the bridge") == {"the bridge": "against"}


def test_a_target_that_is_not_spoken_of_gets_no_stance() -> None:
    assert labels("We support the ferry and we welcome it", "the bridge") == {}


@pytest.mark.parametrize(
    ("target", "is_about"),
    [
        ("Oskar Lund", True),
        ("our relations with Lund", False),
        ("Lund’s bridge", True),
        ("Lund’s ferry", False),
        ("Oskar Hale", False),
        ("the wide bridge of stone", False),
        ("the long bridge", True),
    ],
)
def test_most_words_of_a_target_tell_that_it_is_spoken_of_and_of_a_name_the_last(
    target: str, is_about: bool
) -> None:
    assert bool(labels("We thank Lund for the long bridge", target)) == is_about


def test_each_target_gets_a_stance_of_its_own() -> None:
    found = labels("The bridge and the ferry open in May", "the bridge", "the ferry", "the mine")
    assert found == {"the bridge": "neutral", "the ferry": "neutral"}


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


def test_the_evidence_is_the_words_that_decided() -> None:
    text = "“As I said, we support the bridge and welcome it, of course,” Mara Quill said."
    (quote,) = quotes(text, "the bridge")
    assert quote.stances[0].evidence
    assert quote.stances[0].evidence.text == "support the bridge and welcome"


def test_the_confidence_grows_with_the_words_for_a_side() -> None:
    one, two = (
        quotes(f"“{said},” Mara Quill said.", "the bridge")[0].stances[0].confidence or 0
        for said in ("We support the bridge", "We support the bridge and welcome it")
    )
    assert 0 < one < two <= 1


def test_quotes_known_to_speak_of_a_target_are_judged_whether_they_name_it_or_not() -> None:
    found = annotate(Article(id="a", text="“We support it,” Mara Quill said.", language="en"))
    judged = judge(found, Codebook(targets=(Target(name="the bridge"),)))
    assert [s.label for quote in judged.quotes for s in quote.stances] == ["favor"]


# --- a codebook's examples ---------------------------------------------------------------------

SAID = {
    "favor": ["Build it before the winter", "Winter comes: start building", "Build quickly"],
    "against": ["It eats the meadow whole", "A meadow under concrete", "Concrete on the meadow"],
    "neutral": ["Tenders open on Monday", "The tender closes on Monday", "Tenders are sealed"],
}  # fmt: skip


def taught(times: int = 1, **more: list[str]) -> Target:
    given = {**SAID, **more}
    examples = [Example.model_validate({"text": t, "label": k}) for k in given for t in given[k]]
    return Target(name="the bridge", examples=tuple(examples * times))


@pytest.mark.parametrize(
    ("said", "label"),
    [
        ("Builders wait for winter", "favor"),
        ("Meadows and concreting", "against"),
        ("On Monday the tendering ends", "neutral"),
    ],
)
def test_examples_teach_words_that_no_list_holds(said: str, label: str) -> None:
    assert judge_of(taught(), "en").judge(Wording.of(said)).label == label


def test_examples_teach_in_languages_that_there_is_no_pack_for() -> None:
    target = Target(
        name="broen",
        examples=tuple(
            Example.model_validate({"text": text, "label": label})
            for text, label in [
                ("Den skal bygges nu", "favor"),
                ("Vi skal bygge den", "favor"),
                ("Lad os bygge den", "favor"),
                ("Byen skal bygge", "favor"),
                ("Den koster for meget", "against"),
                ("Det koster alt", "against"),
                ("Prisen koster os", "against"),
                ("Hvem betaler, hvad den koster", "against"),
            ]
        ),
    )
    judge = judge_of(target, "und")
    assert judge.judge(Wording.of("Byg den: vi skal bygge")).label == "favor"
    assert judge.judge(Wording.of("Hvad koster det")).label == "against"


def test_without_words_or_examples_of_the_language_nothing_is_claimed() -> None:
    assert judge_of(Target(name="broen"), "und").judge(Wording.of("Byg den nu")).label == "unclear"


def test_examples_that_are_unclear_or_all_alike_teach_nothing() -> None:
    alike = Target(name="the bridge", examples=(Example(text="The bridge opens", label="against"),))
    unclear = Target(name="the bridge", examples=(Example(text="It opens", label="unclear"),))
    for target in (alike, unclear):
        assert judge_of(target, "en").judge(Wording.of("The bridge opens")).label == "neutral"


def test_examples_at_odds_with_each_other_are_not_trusted() -> None:
    texts = ["a quiet river", "the wide river", "rivers run", "the river is grey"]
    noise = taught(favor=texts, against=texts, neutral=texts)
    plain = Target(name="the bridge")
    for said in ("We support the river", "The river hurts", "The river is long"):
        with_noise = judge_of(noise, "en").judge(Wording.of(said))
        assert with_noise[:2] == pytest.approx(judge_of(plain, "en").judge(Wording.of(said))[:2])


def test_an_abstention_claims_no_evidence() -> None:
    said = "“They oppose the bridge, but we support it,” Mara Quill said."
    (quote,) = quotes(said, "the bridge")
    (stance,) = quote.stances
    assert (stance.label, stance.evidence, stance.confidence) == ("unclear", None, None)


def test_without_targets_there_is_no_stance() -> None:
    marking = mark(Article(id="a", text="“We support the bridge,” Mara Quill said."))
    assert [quote.stances for quote in annotate(marking.article).quotes] == [()]
