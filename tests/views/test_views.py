"""What all views have in common, and the parts that several of them share."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from support.annotations import BRIDGE, any_annotations, plain, rendered

from attributor.errors import UsageError
from attributor.records import Annotation, Provenance, Quote, Span, Speaker, Usage
from attributor.views import FORMATS, outline, wording, write
from attributor.views.escaping import visible, web_address


def test_an_unknown_format_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match=r"'docx'.*terminal, json, jsonl, csv, markdown, html"):
        write("docx", [], io.StringIO())


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_writes_no_article_and_several_articles(format: str) -> None:
    assert rendered(format) == rendered(format)
    assert rendered(format, BRIDGE, BRIDGE).count("Never sell the water") >= 2


@settings(max_examples=50, deadline=None, derandomize=True)
@given(annotation=any_annotations())
def test_every_view_of_any_annotation_can_be_stored_as_utf8(annotation: Annotation) -> None:
    for format in FORMATS:
        assert rendered(format, annotation, BRIDGE).encode()


@pytest.mark.parametrize("format", ["terminal", "jsonl", "csv", "markdown"])
def test_an_annotation_is_written_before_the_next_one_is_asked_for(format: str) -> None:
    out = io.StringIO()
    seen: list[int] = []

    def arriving() -> Iterator[Annotation]:
        for _ in range(3):
            seen.append(out.getvalue().count("rake"))
            yield BRIDGE

    write(format, arriving(), out)
    assert seen[0] == 0
    assert seen[1] > 0
    assert seen[2] == 2 * seen[1]


def test_plain_terminal_output_needs_no_rich() -> None:
    code = (
        "import io, sys; from attributor.records import *; from attributor.views import write;"
        "a = Annotation(article=Article(id='a', text='b'), engine=Provenance(name='embedded'));"
        "write('terminal', [a], io.StringIO(), width=80); print('rich' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


# --- escaping -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31m", "\\x1b[31m"),
        ("\x9b2J", "\\x9b2J"),
        ("\x7f\x00", "\\x7f\\x00"),
        ("a\u202eb", "a\\u202eb"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\U000e0041"),
        ("one\r\ntwo\tthree\n", "one\ntwo\tthree\n"),
        ("over\rwritten", "over\\x0dwritten"),
        ("pass\u200dword", "pass\\u200dword"),
        ("👩\u200d🚒 می\u200cخواهم", "👩\u200d🚒 می\u200cخواهم"),
        ("čćžšđ Ђорђе é ‘’“”—…\xa0", "čćžšđ Ђорђе é ‘’“”—…\xa0"),
    ],
)
def test_what_acts_is_made_visible_and_what_is_read_stays(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_no_control_format_or_direction_character_of_unicode_is_left_to_act() -> None:
    drawn = re.compile("[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd-\U0001343f]")
    acting = {
        character
        for character in map(chr, (*range(0x20000), *range(0xE0000, 0xE0200)))
        if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")
        and not drawn.match(character)
    }
    assert {each for each in acting if visible(each) == each} == {"\n", "\t"}


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", " https://x.org", "data:text/html,x", "//x.org", "https:x", "ftp://x"],
)
def test_only_http_addresses_become_links(url: str) -> None:
    assert web_address(url) is None


def test_an_address_keeps_what_it_is_and_loses_what_is_no_address() -> None:
    url = "https://example.org/a%20b?c=d&e=f#g"
    assert web_address(url) == url
    assert web_address('HTTP://x.org/"> \u202e\ud800') == "HTTP://x.org/%22%3E%20%E2%80%AE?"


# --- outline --------------------------------------------------------------------------------------


def test_speakers_are_numbered_as_they_first_speak_and_nobody_comes_last() -> None:
    groups = [(group.number, wording.name(group.speaker)) for group in outline.by_speaker(BRIDGE)]
    assert groups == [
        (1, "Ana Kovač"),
        (2, "Petar Lind"),
        (3, "Unnamed: Lind’s father"),
        (0, "Speaker unknown"),
    ]


@settings(max_examples=50, deadline=None, derandomize=True)
@given(annotation=any_annotations())
def test_pieces_are_the_article_and_every_layer_is_made_of_whole_pieces(
    annotation: Annotation,
) -> None:
    text = annotation.article.text
    pieces = list(outline.cut(annotation))
    assert "".join(text[piece.start : piece.end] for piece in pieces) == text
    for layer in outline.layers(annotation):
        inside = [piece for piece in pieces if layer in piece.layers]
        words = "".join(text[piece.start : piece.end] for piece in inside)
        assert words == text[layer.start : layer.end]


def test_coverage_tells_quoted_passages_from_reporting_sentences() -> None:
    text = "“One,” «two» She said three. He said four."
    spans = ("“One,”", "«two»", "She said three.", "He said four.")
    open_spans = tuple(Span.of(text, text.index(s), text.index(s) + len(s)) for s in spans)
    found = plain(text).model_copy(update={"unattributed": open_spans})
    assert [sentence for sentence, _ in outline.coverage(found)] == [
        "2 quoted passages have no speaker",
        "2 sentences with reporting words have no speaker",
    ]
    one_each = found.model_copy(update={"unattributed": open_spans[1:3]})
    assert [sentence for sentence, _ in outline.coverage(one_each)] == [
        "1 quoted passage has no speaker",
        "1 sentence with a reporting word has no speaker",
    ]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Bridge to close\n\nIt will.", "Bridge to close"),
        ("  Bridge to close \r\n\r\nIt will.", "Bridge to close"),
        ("The bridge will close.\n\nIt will.", None),
        ("“We close it”\n\nShe said so.", None),
        ("Bridge to close\nIt will.", None),
        ("Bridge to close", None),
        ("", None),
        ("long " * 40 + "\n\nIt will.", None),
    ],
)
def test_a_first_line_that_looks_like_a_headline_is_shown_as_one(
    text: str, title: str | None
) -> None:
    assert outline.title(plain(text).article) == title
    assert outline.title(plain(text, title="Known").article) == "Known"


# --- wording --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cost", "said"),
    [
        (None, "price unknown"),
        (0.0, "$0.00"),
        (0.00001, "less than $0.0001"),
        (0.00123, "$0.0012"),
        (0.25, "$0.25"),
        (12.0, "$12.00"),
    ],
)
def test_a_price_is_said_as_exactly_as_it_matters(cost: float | None, said: str) -> None:
    assert wording.price(Usage(requests=1, cost_usd=cost)) == said


def test_the_cost_names_requests_tokens_and_price() -> None:
    assert (
        wording.cost(BRIDGE) == "2 requests, 1,834 tokens in (1,024 cached), 412 out, price unknown"
    )
    assert wording.cost(plain("x")) == "no cost, nothing left this machine"
    unknown = BRIDGE.model_copy(update={"usage": None})
    assert wording.cost(unknown) == "tokens and price unknown"


def test_the_model_that_answered_is_named_beside_the_one_asked() -> None:
    assert wording.made_by(BRIDGE) == "the model large-1 (answered by large-1-2024)"
    same = Provenance(name="openai", model="m", model_reported="m")
    assert wording.made_by(BRIDGE.model_copy(update={"engine": same})) == "the model m"
    embedded = BRIDGE.model_copy(update={"engine": Provenance(name="embedded")})
    assert wording.made_by(embedded) == "the embedded engine"


def test_a_model_that_was_asked_nothing_made_nothing() -> None:
    doubts = Provenance(name="openai", model="m", ask="doubts")
    draft = BRIDGE.model_copy(update={"engine": doubts, "usage": Usage(cost_usd=0.0)})
    assert wording.made_by(draft) == (
        "the embedded engine; the model m, asked about doubts only, was not asked"
    )


def test_facts_say_when_direct_speech_has_lost_its_marks() -> None:
    quote = Quote(id=1, kind="direct", marked=False, spans=(Span(start=0, end=1, text="a"),))
    assert wording.facts(quote) == [("kind", "direct, without quotation marks")]


@pytest.mark.parametrize(
    ("article", "shown"),
    [
        ("/home/ana/private/story.txt", "story.txt"),
        ("/home/ana/private/story", "story"),
        ("/home/ana!/x/story.txt", "story.txt"),
        ("../../ana/story.txt", "story.txt"),
        ("~/private/story", "story"),
        ("exports/2019/story.txt", "story.txt"),
        ("C:\\Users\\ana\\story.txt", "story.txt"),
        ("\\\\server\\ana\\story", "story"),
        ("/home/ana/a.csv:17", "a.csv:17"),
        ("/home/ana/a.zip!b/c.txt", "a.zip!b/c.txt"),
        ("file:///home/ana/story.txt", "story.txt"),
        ("https://example.org/a/story.html", "https://example.org/a/story.html"),
        ("news/2019/17", "news/2019/17"),
        ("stdin", "stdin"),
        ("/", "/"),
    ],
)
def test_an_article_is_called_as_others_may_see_it(article: str, shown: str) -> None:
    assert wording.source(article) == shown


@pytest.mark.parametrize("format", ["html", "markdown"])
def test_no_page_says_where_a_file_lies_on_this_machine(format: str) -> None:
    path = "/home/ana/private/story.txt"
    warning = f"The model refused the request about '{path}'."
    found = plain("Rain fell.", id=path).model_copy(update={"warnings": (warning,)})
    titled = plain("Rain fell.", id=path, title="Weather")
    for shown in (rendered(format, found), rendered(format, found, titled)):
        assert "private" not in shown
    assert "story" in rendered(format, found)


def test_an_unnamed_speaker_is_called_what_the_article_calls_them() -> None:
    assert wording.name(Speaker(id=1, name="", role="a diplomat")) == "Unnamed: a diplomat"
    assert wording.name(Speaker(id=1, name="", kind="group")) == "Unnamed group"


def test_json_is_the_same_however_many_articles_come() -> None:
    one = json.loads(rendered("json", BRIDGE))
    assert json.loads(rendered("json", BRIDGE, BRIDGE, BRIDGE)) == [one] * 3
    assert json.loads(rendered("json")) == []
