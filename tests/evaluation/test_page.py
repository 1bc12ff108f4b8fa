"""The page shows what goes wrong, and nothing on it acts."""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser
from typing import Any

from support.gold_articles import FIRST, LEAK, SECOND, gold, gold_article, prediction, quote

from attributor.evaluation import page
from attributor.evaluation.gold import GoldArticle
from attributor.evaluation.matching import compare
from attributor.evaluation.predictions import Prediction
from attributor.evaluation.report import Report
from attributor.evaluation.scores import Evaluation

WRONG = (
    quote(SECOND, by="Mayor Ada Quill", name="Ada Lark"),  # partly found, wrong name
    quote(LEAK, by="Bo Lark"),  # wrong speaker
    quote("Bo Lark thinks", by="Her deputy"),  # invented
)


def rendered(*pairs: tuple[GoldArticle, Prediction | None]) -> str:
    out = io.StringIO()
    comparisons = [compare(*pair) for pair in pairs]
    page.write(Report(Evaluation(comparisons), {"gold.jsonl": ""}), out)
    return out.getvalue()


def marks(markup: str) -> list[tuple[str, str]]:
    """What each mark in the articles is said to be, and its words."""
    found = re.findall(r'<mark class="[^"]*" title="([^"]*)">(.*?)</mark>', markup)
    return [(name, re.sub("<[^>]*>", "", words)) for name, words in found]


class Balance(HTMLParser):
    """Complains about elements that are not closed in order, and ids that come twice."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        self.ids += [str(known["id"])] if "id" in known else []
        self.links += [str(known["href"])] if "href" in known else []
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_each_quote_shows_what_became_of_it_on_both_sides() -> None:
    found = marks(rendered((gold_article(), prediction(*WRONG))))
    assert found == [
        ("partly found", FIRST),
        ("partly found", SECOND),
        ("wrong speaker", LEAK),
        ("a thought, not asked for", "both are wrong"),
        ("partly found", SECOND),
        ("wrong speaker", LEAK),
        ("invented", "Bo Lark thinks"),
    ]


def test_what_is_missed_stands_on_the_side_of_the_gold() -> None:
    found = marks(rendered((gold_article(), None)))
    assert [name for name, _ in found] == ["missed"] * 3 + ["a thought, not asked for"]


def test_the_list_says_what_goes_wrong_and_who_was_meant() -> None:
    markup = rendered((gold_article(), prediction(*WRONG)))
    rows = re.findall(r'<tr id="a1f([^"]*)">.*?</td><td>(.*?)</td><td>(.*?)</td><td>', markup)
    assert [(number, what) for number, what, _ in rows] == [
        ("1", "partly found, wrong name"),
        ("2", "wrong speaker"),
        ("+1", "invented"),
    ]
    assert "“Mayor Ada Quill” = Ada Quill" in rows[0][2]


def test_an_article_without_faults_has_no_list_and_comes_last() -> None:
    right = (quote(FIRST, SECOND, by="Mayor Ada Quill"), quote(LEAK, by="Her deputy"))
    rows = gold_article(id="fine", quotes=gold()["quotes"][1:]), prediction(right[1])
    markup = rendered(rows, (gold_article(id="bad"), prediction()))
    assert markup.index('href="#a2"') < markup.index('href="#a1"')
    assert markup.count("What goes wrong") == 1


def test_the_markup_is_well_formed_and_every_link_leads_somewhere() -> None:
    crossing = {"content": [[10, 40], [30, 70]], "speaker": None}
    outside: dict[str, Any] = {"content": [[100, 99999], [-5, 3]], "speaker": None}
    markup = rendered(
        (gold_article(), prediction(*WRONG, crossing, outside)), (gold_article(id="b"), None)
    )
    found = Balance(markup)
    assert found.open == []
    assert len(found.ids) == len(set(found.ids))
    assert {link[1:] for link in found.links} <= set(found.ids)


def test_nothing_in_an_article_or_a_name_acts_on_the_page() -> None:
    attack = "<script>alert(1)</script>\x1b[31m\u202e & “words”"
    row = {
        "id": attack,
        "title": attack,
        "text": attack,
        "quotes": [{"content": [[0, len(attack)]], "speaker": {"name": attack}, "kind": "direct"}],
    }
    told = {"content": [[0, 20]], "cue": [[3, 6]], "speaker": {"name": attack, "mention": [[0, 9]]}}
    markup = rendered((GoldArticle.model_validate(row), prediction(told, id=attack)))
    assert "<script" not in markup
    assert not set("\x1b\u202e") & set(markup)
    assert "default-src 'none'" in markup
    assert Balance(markup).open == []
