"""What the embedded engine proposes as targets where nobody has named any."""

from __future__ import annotations

from support.embedded import annotate, judge

from attributor.embedded.stance.targets import MOST
from attributor.records import Article, Codebook, Quote

OPEN = Codebook()


def quotes(*said: str, by: str = "Mara Quill") -> tuple[Quote, ...]:
    text = "\n\n".join(f"“{each},” {by} said." for each in said)
    return annotate(Article(id="a", text=text, language="en"), codebook=OPEN).quotes


def labels(*said: str, by: str = "Mara Quill") -> list[dict[str, str]]:
    return [{s.target: s.label for s in quote.stances} for quote in quotes(*said, by=by)]


def test_names_in_a_quote_are_targets() -> None:
    found = labels("We trust Oskar Lund and we praise him")
    assert found == [{"Oskar Lund": "favor"}]


def test_a_title_is_no_part_of_a_target() -> None:
    assert labels("We blame President Lund for it") == [{"Lund": "against"}]


def test_speakers_are_no_targets_of_their_own() -> None:
    assert labels("Vote for Mara Quill, I said, and they did") == [{}]


def test_a_phrase_is_a_target_where_it_comes_back() -> None:
    said = ("We welcome the flood wall", "They oppose the flood wall", "It rained on the harbour")
    assert labels(*said) == [{"flood wall": "favor"}, {"flood wall": "against"}, {}]


def test_a_short_name_stands_for_the_longer_one() -> None:
    said = ("We praise Oskar Lund", "They condemn Lund")
    assert labels(*said) == [{"Lund": "favor"}, {"Lund": "against"}]


def test_there_are_only_so_many_targets() -> None:
    ends = ("ham", "by", "ton", "wick")
    places = [head + end for head in ("North", "South", "East") for end in ends]
    found = quotes(*(f"We defend {place}" for place in places))
    assert sum(bool(quote.stances) for quote in found) == MOST < len(places)


def test_where_quotes_name_nothing_there_is_no_stance() -> None:
    assert labels("That is wrong", "It is right") == [{}, {}]


def test_every_target_stands_in_the_quote_that_it_is_given_to() -> None:
    said = ("Our council backs Lund’s bridge", "Lund and the council hate the bridge", "No bridge")
    for quote in quotes(*said):
        words = " ".join(span.text for span in quote.spans).lower()
        assert all(stance.target.lower() in words for stance in quote.stances)


def test_quotes_that_stand_can_be_asked_about_in_the_same_way() -> None:
    article = Article(id="a", text="“We praise Oskar Lund,” Mara Quill said.", language="en")
    found = annotate(article)
    assert judge(found, OPEN).quotes == annotate(article, codebook=OPEN).quotes
