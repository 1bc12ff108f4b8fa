"""Words that lean and are no evidence in their place: no label comes of them."""

from __future__ import annotations

import pytest
from support.embedded import annotate

from attributor.embedded.stance.evidence import LONGEST_SAYING
from attributor.marking.language import codes, load
from attributor.records import Article, Codebook, Stance


def stance(said: str, target: str = "the tram", language: str = "en") -> Stance:
    article = Article(id="a", text=f"“{said},” Mara Quill said.", language=language)
    (quote,) = annotate(article, codebook=Codebook.of([target])).quotes
    (found,) = quote.stances
    return found


def is_silent(said: str, target: str = "the tram") -> bool:
    found = stance(said, target)
    return (found.label, found.evidence, found.confidence) == ("unclear", None, None)


@pytest.mark.parametrize(
    "said",
    [
        "I take the tram if I must",
        "The tram runs as it should",
        "We pay for the tram, if we must",
    ],
)
def test_a_call_for_nothing_takes_no_side(said: str) -> None:
    assert is_silent(said)


def test_a_call_for_nothing_hides_no_other_word() -> None:
    found = stance("I take the tram if I must. The tram is a disaster")
    assert found.label == "against"
    assert found.evidence
    assert found.evidence.text == "disaster"


@pytest.mark.parametrize(
    "said",
    [
        "If we support the tram, the buses go",
        "Unless they oppose the tram, it comes",
        "We might support the tram",
        "Perhaps the tram is a mistake",
        "Suppose the tram is a danger",
        "Should the council reject the tram, it ends",
    ],
)
def test_what_is_only_supposed_takes_no_side(said: str) -> None:
    assert is_silent(said)


@pytest.mark.parametrize(
    "said",
    ["Do we support the tram? Wait", "Is the tram a danger? Wait", "Who hates the tram? Wait"],
)
def test_a_question_takes_no_side(said: str) -> None:
    assert is_silent(said)


def test_the_next_sentence_takes_one_all_the_same() -> None:
    assert stance("Do I ride it? We support the tram").label == "favor"
    assert stance("The tram is a disaster. If it rains, I walk").label == "against"


@pytest.mark.parametrize(
    "said",
    [
        "I must say the tram was late",
        "I ride the tram right now",
        "The tram goes back to town",
        "The tram, please",
        "I had to lead to the tram",
        "We need to know what the tram does",
        "The tram is a kind of bus",
    ],
)
def test_a_saying_takes_no_side(said: str) -> None:
    assert is_silent(said)


@pytest.mark.parametrize(
    "said",
    [
        "The tram stops at Victory Square",
        "We saw the Great Hate Parade by the tram",
        "The tram ran past the ‘Best of Enemies’ stall",
        "We read “Wrong Turn” on the tram",
    ],
)
def test_a_word_in_a_name_takes_no_side(said: str) -> None:
    assert is_silent(said)


@pytest.mark.parametrize(
    "said",
    [
        "The ferry, which is a disgrace, goes where the tram does",
        "We condemn the mayor, but the tram runs",
        "It was a terrible night. The tram came late",
    ],
)
def test_a_word_in_another_clause_or_sentence_says_nothing_of_the_target(said: str) -> None:
    assert is_silent(said)


def test_of_a_long_quote_in_which_no_word_leans_nothing_is_claimed() -> None:
    said = "The tram goes from the harbour to the mill, and on to the market and the two schools"
    assert is_silent(said + " by the river")
    assert stance("The tram goes from the harbour to the mill").label == "neutral"


def test_a_hedged_quote_in_which_no_word_leans_is_not_neutral() -> None:
    assert is_silent("The tram might come")


@pytest.mark.parametrize(
    ("said", "label"),
    [
        ("We support the tram", "favor"),
        ("We must build the tram", "favor"),
        ("The tram is a great success", "favor"),
        ("They oppose the tram", "against"),
        ("The tram is a disaster", "against"),
    ],
)
def test_a_word_in_its_place_takes_its_side(said: str, label: str) -> None:
    assert stance(said).label == label


def test_the_evidence_holds_only_words_that_told_the_label() -> None:
    said = "It was a great night. We support the tram and praise it. A great night"
    found = stance(said)
    assert found.label == "favor"
    assert found.evidence
    assert found.evidence.text == "support the tram and praise"


# --- claims ------------------------------------------------------------------------------------

CLAIM = "that the wild river is a danger"


@pytest.mark.parametrize(
    "said",
    [
        "The wild river runs past the mill",
        "A terrible storm came over the wild river",
        "They never said that the wild river is a threat",
    ],
)
def test_who_names_a_claim_takes_a_side_only_by_what_is_said_of_it(said: str) -> None:
    assert is_silent(said, CLAIM)


def test_a_claim_is_shared_or_denied_by_what_follows_its_words() -> None:
    assert stance("The wild river is a threat", CLAIM).label == "favor"
    assert stance("The wild river is not a threat", CLAIM).label == "against"


# --- other languages ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "target", "text", "label"),
    [
        ("de", "die Brücke", "„Wir unterstützen die Brücke“, sagte Mara Quill.", "favor"),
        ("de", "die Brücke", "„Wenn wir die Brücke ablehnen, regnet es“, sagte sie.", "unclear"),
        ("sr-Latn", "most", "„Podržavamo most“, rekla je Mara Kvil.", "favor"),
        ("sr-Latn", "most", "„Ako podržavamo most, ostaje sve“, rekla je Mara Kvil.", "unclear"),
    ],
)  # fmt: skip
def test_other_languages_know_what_is_only_supposed(
    language: str, target: str, text: str, label: str
) -> None:
    article = Article(id="a", text=text, language=language)
    (quote,) = annotate(article, codebook=Codebook.of([target])).quotes
    assert [found.label for found in quote.stances] == [label]


@pytest.mark.parametrize("language", codes())
def test_no_saying_is_too_long_to_be_found(language: str) -> None:
    assert all(len(saying) <= LONGEST_SAYING for saying in load(language).sayings)
