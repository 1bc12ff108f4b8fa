"""When a quote speaks of a target, and when its words belong to something else."""

from __future__ import annotations

import pytest
from support.embedded import annotate

from attributor.records import Annotation, Article, Codebook


def annotated(said: str, *targets: str) -> Annotation:
    article = Article(id="a", text=f"“{said},” Mara Quill said.", language="en")
    return annotate(article, codebook=Codebook.of(targets))


def is_named(target: str, said: str) -> bool:
    (quote,) = annotated(said, target).quotes
    return bool(quote.stances)


@pytest.mark.parametrize(
    "said",
    [
        "He went to A&E at once",
        "The shop is called B & E, and it burnt down",
        "Send an e-mail to the port",
        "The E.ON tower is tall",
        "I know that E. Hale is late",
        "They write it A/E on the door",
    ],
)
def test_a_letter_in_a_longer_name_is_another_one(said: str) -> None:
    assert not is_named("E", said)


def test_a_letter_by_itself_is_the_target() -> None:
    assert is_named("E", "We took line E to the port")


def test_a_target_with_a_joint_is_found_with_it() -> None:
    assert is_named("A&E", "He went to A&E at once")
    assert is_named("Quill & Sons", "I bought it at Quill & Sons at noon")


@pytest.mark.parametrize(
    ("target", "said", "expected"),
    [
        ("US", "They gave us the bridge", False),
        ("US", "They gave the US the bridge", True),
        ("IT", "Nobody paid for it", False),
        ("WHO", "I know who paid for that", False),
        ("WHO", "I know that the WHO paid", True),
        ("May", "It may rain at noon", False),
        ("May", "I told May at noon", True),
        ("NATO", "We trust Nato at noon", True),
        ("nato", "We trust NATO at noon", True),
        ("Immigration", "We spoke of immigration at noon", True),
        ("THE BRIDGE", "We walked over the bridge", True),
    ],
)
def test_capitals_tell_an_acronym_or_a_name_from_a_word(
    target: str, said: str, expected: bool
) -> None:
    assert is_named(target, said) is expected


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("York", "We drove to New York at noon"),
        ("Lund", "We walked round the Lund Tower at noon"),
        ("Oskar Lund", "I met Anna Lund at noon"),
        ("European Union", "I joined the trade union at noon"),
        ("European Union", "I paid at the Western Union at noon"),
    ],
)
def test_a_name_within_another_name_is_not_spoken_of(target: str, said: str) -> None:
    assert not is_named(target, said)


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("York", "We drove to York at noon"),
        ("Lund", "We met Mayor Lund at noon"),
        ("Lund", "We met Oskar Lund at noon"),
        ("Kvil", "We met Vesna Kvil at noon"),
        ("Oskar Lund", "We met Mr. Lund on Monday"),
        ("Oskar Lund", "We told Lund Monday that it rained"),
        ("European Union", "We joined the Union at noon"),
        ("the EU", "The EU paid at noon"),
    ],
)
def test_titles_given_names_and_days_make_no_other_name(target: str, said: str) -> None:
    assert is_named(target, said)
