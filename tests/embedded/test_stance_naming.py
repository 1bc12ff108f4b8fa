"""When a quote speaks of a target, and when its words belong to something else."""

from __future__ import annotations

from io import StringIO

import pytest
from support.embedded import annotate, judge

from attributor.records import Annotation, Article, Codebook
from attributor.views import html, json, terminal


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


# --- what no quote speaks of ---------------------------------------------------------------------


def test_a_target_that_no_quote_names_is_told_once() -> None:
    said = annotated("We support the bridge", "the tram", "the bridge", "Oskar Lund")
    assert said.warnings == (
        "Nothing was said of 'the tram' or 'Oskar Lund': no quote names them, so nobody is given a "
        "stance towards them.",
    )
    assert [each.target for quote in said.quotes for each in quote.stances] == ["the bridge"]


def test_the_warning_stands_once_however_many_quotes_there_are() -> None:
    text = "\n\n".join(["“It rained at noon,” Mara Quill said."] * 4)
    found = annotate(Article(id="a", text=text, language="en"), codebook=Codebook.of(["the tram"]))
    assert len(found.quotes) == 4
    assert found.warnings == (
        "Nothing was said of 'the tram': no quote names it, so nobody is given a stance towards "
        "it.",
    )


def test_of_many_targets_that_no_quote_names_the_first_are_told_and_the_others_counted() -> None:
    (warning,) = annotated(
        "It rained at noon", *(f"the {n}th tram" for n in range(20, 29))
    ).warnings
    assert "'the 24th tram' or 4 other targets" in warning
    assert "25th" not in warning


def test_the_warning_is_seen_in_every_view() -> None:
    found = annotated("It rained at noon", "the <b>tram</b>\x1b[31m")
    shown = {view: StringIO() for view in (html, json, terminal)}
    for view, out in shown.items():
        view.write([found], out)
    assert all("Nothing was said of" in out.getvalue() for out in shown.values())
    assert "Warning: Nothing was said of 'the <b>tram</b>" in shown[terminal].getvalue()
    assert "<b>tram" not in shown[html].getvalue()
    assert not any("\x1b[31m" in out.getvalue() for out in shown.values())


def test_where_each_target_is_named_there_is_no_warning() -> None:
    assert annotated("We support the bridge", "the bridge").warnings == ()


def test_targets_that_the_engine_proposes_are_never_missing() -> None:
    article = Article(
        id="a",
        text="“We praise Oskar Lund and Lund Hall,” Mara Quill said. “New York, Lund,” she said.",
        language="en",
    )
    found = annotate(article, codebook=Codebook())
    assert found.warnings == annotate(article).warnings


def test_quotes_that_are_known_to_speak_of_a_target_miss_none() -> None:
    article = Article(id="a", text="“We support it,” Mara Quill said.", language="en")
    assert judge(annotate(article), Codebook.of(["the bridge"])).warnings == ()
