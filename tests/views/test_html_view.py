from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from itertools import product

import pytest
from hypothesis import given, settings
from support.annotations import (
    BRIDGE,
    DECIDED,
    IN_DOUBT,
    any_annotations,
    doubted,
    plain,
    rendered,
    span,
)

from attributor.records import Annotation, Quote, Span, Speaker
from attributor.views import html
from attributor.views.escaping import visible
from attributor.views.page_markup import BORDERS, COLORS, look, paragraph_starts

VOID = {"meta"}
ELEMENTS = {
    *("html", "head", "meta", "title", "style", "body", "nav", "section", "header", "footer"),
    *("div", "p", "h1", "h2", "h3", "h4", "ol", "ul", "li", "a", "bdi", "mark", "sup", "span"),
    *("blockquote", "dl", "dt", "dd", "script"),
}
ATTRIBUTES = {
    *("lang", "charset", "http-equiv", "content", "name", "class", "id", "dir", "href", "rel"),
    *("tabindex", "data-facts", "aria-label", "aria-hidden", "aria-describedby"),
}


class Page(HTMLParser):
    """A page taken apart: fails where tags do not nest, remembers what there is."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.open: list[tuple[str, dict[str, str]]] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text: list[tuple[str, tuple[str, ...], str]] = []
        self.feed(markup)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs)
        element = (tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def handle_data(self, data: str) -> None:
        facts = next((a["data-facts"] for _, a in self.open if "data-facts" in a), "")
        self.text.append((data, tuple(tag for tag, _ in self.open), facts))

    def words(self, *, inside: str) -> str:
        """The text in elements named so, without the tags of speakers."""
        return "".join(
            data for data, where, _ in self.text if inside in where and "sup" not in where
        )

    def quoted(self, number: int) -> str:
        """The article's words that are marked as quote `number` of the first article."""
        return "".join(data for data, _, facts in self.text if f"a1f{number}" in facts.split())


def squeezed(text: str) -> str:
    return " ".join(text.split())


# --- what stands on the page ---------------------------------------------------------------------


def test_each_span_of_a_quote_is_marked_with_its_words_alone() -> None:
    page = Page(rendered("html", BRIDGE))
    for quote in BRIDGE.quotes:
        assert page.quoted(quote.id) == "".join(span.text for span in quote.spans)


def test_each_quote_can_be_reached_by_keyboard_once_and_is_described_by_its_facts() -> None:
    page = Page(rendered("html", BRIDGE))
    marks = [attrs for tag, attrs in page.elements if tag == "mark" and "tabindex" in attrs]
    assert len(marks) == len(BRIDGE.quotes)
    ids = {attrs["id"] for _, attrs in page.elements if "id" in attrs}
    assert all(set(mark["aria-describedby"].split()) <= ids for mark in marks)


def test_every_jump_has_a_place_and_every_place_one_name() -> None:
    page = Page(rendered("html", BRIDGE, plain("Rain fell."), BRIDGE))
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
    jumps = [a["href"] for tag, a in page.elements if tag == "a" and a["href"].startswith("#")]
    assert len(set(ids)) == len(ids)
    assert {jump[1:] for jump in jumps} <= set(ids)
    for number in range(1, 6):
        assert {f"#a1q{number}", f"#a1n{number}", f"#a3q{number}"} <= set(jumps)


def test_a_quote_within_a_quote_belongs_to_both_and_looks_like_the_inner() -> None:
    page = Page(rendered("html", BRIDGE))
    inner = next(attrs for _, attrs in page.elements if attrs.get("data-facts") == "a1f4 a1f3")
    assert inner["class"] == f"quote {look(3)}"


def test_cue_mention_and_uncredited_passages_are_marked() -> None:
    markup = rendered("html", BRIDGE)
    assert '<span class="cue">told reporters</span>' in markup
    assert '<span class="mention s1">Mayor Ana Kovač</span>' in markup
    assert re.search(r'<span class="open" id="a1u\d+">“Somebody ought to ask', markup)


def test_the_provenance_is_told_to_the_last_hash() -> None:
    footer = Page(rendered("html", BRIDGE)).words(inside="footer")
    for told in ("openai", "large-1-2024", "ab" * 32, BRIDGE.article.sha256, "1,834 tokens in"):
        assert told in footer


def test_a_title_that_the_text_begins_with_becomes_the_heading_with_its_marks() -> None:
    page = Page(rendered("html", BRIDGE))
    assert page.words(inside="h1") == f"{BRIDGE.article.title}\n\n"
    headline = Quote(id=9, kind="indirect", marked=False, spans=(span("its new bridge"),))
    marked = rendered("html", BRIDGE.model_copy(update={"quotes": (headline,)}))
    assert re.search(r"<h1 [^>]*>.*<mark [^>]*>its new bridge</mark>", marked)


def test_several_articles_are_sections_with_a_table_of_contents() -> None:
    page = Page(rendered("html", BRIDGE, plain("Rain fell.", title="Weather")))
    contents = squeezed(page.words(inside="nav"))
    assert contents == (
        "2 articles Harbour town argues over its new bridge 5 quotes, 3 speakers "
        "Weather no quotes, no speakers"
    )
    assert not any(tag == "nav" for tag, _ in Page(rendered("html", BRIDGE)).elements)


@pytest.mark.parametrize(
    ("text", "paragraphs"),
    [
        ("One.\nTwo.\nThree.", 3),
        ("One\n\nTwo words\nof one.\n \nThree.", 3),
        ("Title\n\n" + "A long line. " * 10 + "\nTwo.\n", 3),
        ("", 1),
        ("\n\n\n", 1),
        ("\n\nOne.\r\n\r\nTwo.\r\n", 2),
    ],
)
def test_lines_are_paragraphs_unless_the_text_was_broken_to_a_width(
    text: str, paragraphs: int
) -> None:
    assert len(paragraph_starts(text)) == paragraphs


# --- what cannot happen --------------------------------------------------------------------------


@settings(max_examples=50, deadline=None, derandomize=True)
@given(annotation=any_annotations())
def test_any_article_gives_a_page_of_our_elements_alone_with_all_its_words(
    annotation: Annotation,
) -> None:
    page = Page(rendered("html", annotation))
    names = [name for name, _ in page.elements]
    assert set(names) <= ELEMENTS
    assert names.count("script") == names.count("style") == 1
    assert {name for _, attrs in page.elements for name in attrs} <= ATTRIBUTES
    links = [attrs["href"] for name, attrs in page.elements if name == "a"]
    assert all(re.match(r"#a1[a-z]\d+$|https://x.org/", link) for link in links)
    listed = squeezed(page.words(inside="blockquote"))
    for quote in annotation.quotes:
        assert all(squeezed(visible(span.text)) in listed for span in quote.spans)


@settings(max_examples=50, deadline=None, derandomize=True)
@given(annotation=any_annotations())
def test_no_control_or_surrogate_reaches_the_page(annotation: Annotation) -> None:
    markup = rendered("html", annotation)
    assert visible(markup) == markup


@pytest.mark.parametrize(
    "attack",
    [
        "</p></div><script>alert(1)</script>",
        "</title><script>alert(1)</script>",
        "</style><img src=x onerror=alert(1)>",
        '" autofocus onfocus="alert(1)',
        "' onclick='alert(1)",
        "<!-- ",
        "&lt;script&gt;",
        "<svg/onload=alert(1)>",
    ],
)
def test_markup_in_any_field_comes_out_as_text(attack: str) -> None:
    span = Span.of(attack, 0, len(attack))
    annotation = Annotation(
        article=BRIDGE.article.model_copy(
            update=dict.fromkeys(
                ("id", "title", "byline", "published", "url", "language", "text"), attack
            )
        ),
        speakers=(Speaker(id=1, name=attack, role=attack, aliases=(attack, "x")),),
        quotes=(
            Quote(id=1, kind="direct", marked=True, spans=(span,), speaker=1, flags=(attack,)),
        ),
        unattributed=(span,),
        engine=BRIDGE.engine.model_copy(update={"model": attack, "prompt": attack}),
        warnings=(attack,),
    )
    assert attack in Page(rendered("html", annotation)).words(inside="title")
    page = Page(rendered("html", annotation, annotation))
    assert {name for name, _ in page.elements} <= ELEMENTS
    assert page.quoted(1) == attack


def test_only_a_web_address_becomes_a_link_and_tells_nobody_where_from() -> None:
    linked = rendered("html", BRIDGE)
    assert (
        '<a href="https://example.org/bridge?a=1&amp;b=2" rel="noopener noreferrer nofollow">'
        in linked
    )
    script = rendered("html", plain("Rain.", url="javascript:alert(1)"))
    assert "href" not in script.split("<header>")[1].split("</header>")[0]
    assert "javascript:alert(1)" in Page(script).words(inside="header")


def test_the_policy_allows_our_own_style_and_script_and_nothing_else() -> None:
    markup = rendered("html", BRIDGE)
    (policy,) = (attrs["content"] for _, attrs in Page(markup).elements if attrs.get("http-equiv"))
    assert policy.startswith("default-src 'none'; ")
    for element in ("style", "script"):
        (content,) = re.findall(f"<{element}>(.*?)</{element}>", markup, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{element}-src 'sha256-{digest}';" in policy
        assert "\r" not in content
    assert "http" not in html.static("page.css") + html.static("page.js")


# --- colours -------------------------------------------------------------------------------------


def variables(css: str) -> dict[str, str]:
    return dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", css))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours as WCAG 2 defines it."""

    def luminance(color: str) -> float:
        parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read_in_both_schemes(scheme: str) -> None:
    light, dark = html.static("page.css").split("prefers-color-scheme: dark", 1)
    colors = variables(light) | (variables(dark.split("\n}\n")[0]) if scheme == "dark" else {})
    for ground, ink in product(("paper", "card"), ("ink", "soft")):
        assert contrast(colors[ground], colors[ink]) >= 4.5
    for number in range(COLORS + 1):
        color, tint = colors[f"c{number}"], colors[f"t{number}"]
        assert contrast(tint, colors["ink"]) >= 7
        assert min(contrast(color, colors[g]) for g in ("paper", "card")) >= 4.5
        assert contrast(color, tint) >= 4.5
        assert contrast(tint, colors["soft"]) >= 4.5


def test_speakers_differ_in_border_as_well_as_in_colour() -> None:
    looks = [look(number) for number in range(COLORS * BORDERS + 1)]
    assert len(set(looks)) == len(looks)
    css = html.static("page.css")
    assert all(f".{name} {{" in css for each in looks for name in each.split())
    assert all(look(n).split()[1] != look(n + 1).split()[1] for n in range(1, COLORS))


# --- doubt ---------------------------------------------------------------------------------------


def classes(page: Page, tag: str) -> list[list[str]]:
    return [attrs.get("class", "").split() for each, attrs in page.elements if each == tag]


def test_the_page_begins_with_links_to_the_quotes_whose_speaker_is_to_be_checked() -> None:
    shown = rendered("html", IN_DOUBT)
    box = shown[shown.index('<section class="check"') : shown.index('<div class="columns">')]
    assert "<h2>2 speakers to check</h2>" in box
    assert re.findall('href="#([^"]+)"', box) == ["a1q2", "a1q4"]
    ids = {attrs.get("id") for _, attrs in Page(shown).elements}
    assert {"a1q2", "a1q4"} <= ids
    assert "Petar Lind 0.48, Ana Kovač 0.41" in box


def test_a_page_with_nothing_to_check_has_no_box_and_no_word_of_it() -> None:
    page = Page(rendered("html", BRIDGE))
    assert ["check"] not in classes(page, "section")
    assert not any("doubt" in each for tag in ("mark", "li") for each in classes(page, tag))
    assert not any("to check" in data for data, where, _ in page.text if "style" not in where)


def test_the_list_of_articles_says_which_have_speakers_to_check() -> None:
    shown = rendered("html", BRIDGE, IN_DOUBT)
    contents = shown[shown.index("<nav") : shown.index("</nav>")]
    assert re.findall('class="check" href="#([^"]+)">([^<]+)', contents) == [
        ("a2c", "2 speakers to check")
    ]
    assert 'id="a2c"' in shown


def test_a_doubtful_quote_is_told_by_pattern_border_and_sign_as_well_as_by_colour() -> None:
    shown = rendered("html", IN_DOUBT)
    doubtful = {
        attrs["data-facts"].split()[0]
        for tag, attrs in Page(shown).elements
        if tag == "mark" and "data-facts" in attrs and "doubt" in attrs["class"].split()
    }
    assert doubtful == {"a1f2", "a1f4"}
    assert ">3?</span>" in shown
    assert "Unnamed: Lind’s father, speaker in doubt: quote 4 in the list" in shown
    style = html.static("page.css")
    assert re.search(r"\.quote\.doubt \{[^}]*repeating-linear-gradient", style)
    assert re.search(r"\.doubt \{[^}]*--b: \d+px dashed", style)


def test_a_long_quote_is_cut_in_the_list_of_what_to_check() -> None:
    long = plain("word " * 100)
    quote = Quote(
        id=1, kind="direct", marked=True, spans=(span("word " * 100, text=long.article.text),)
    )
    quote = doubted(quote, None, ("Ana", 0.4))
    shown = rendered("html", long.model_copy(update={"quotes": (quote,)}))
    assert f'<a href="#a1q1"><bdi>{("word " * 18).rstrip()}…</bdi></a>' in shown


def test_each_quote_of_a_page_says_who_decided_it() -> None:
    shown = rendered("html", DECIDED)
    assert shown.count("<dt>decided by</dt>") == len(DECIDED.quotes)
    assert "draft and model</dd>" in shown
    assert "<dt>asked</dt>" in shown
    assert "<dt>found by</dt>" not in shown
    assert "<dt>decided by</dt>" not in rendered("html", BRIDGE)


def test_the_page_begins_with_whom_the_model_names_and_whom_the_text_says() -> None:
    shown = rendered("html", DECIDED)
    box = shown[shown.index('<section class="check"') : shown.index('<div class="columns">')]
    assert "<h2>2 speakers to check</h2>" in box
    assert "named Petar Lind by the model; the text says Ana Kovač 0.96" in box
    assert "given no name by the model; the text says Petar Lind 0.95" in box


def test_the_foot_of_a_page_says_what_of_the_draft_the_model_was_asked_about() -> None:
    assert '<dt>asked about</dt> <dd dir="auto">doubts</dd>' in rendered("html", DECIDED)
    assert "<dt>asked about</dt>" not in rendered("html", BRIDGE)
