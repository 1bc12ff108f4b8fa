from __future__ import annotations

import pytest
from hypothesis import given, settings
from markdown_it import MarkdownIt
from support.annotations import BRIDGE, DECIDED, IN_DOUBT, any_annotations, plain, rendered

from attributor.records import Annotation, Quote, Span

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def quoting(text: str) -> Annotation:
    quote = Quote(id=1, kind="direct", marked=True, spans=(Span.of(text, 0, len(text)),))
    return plain(text).model_copy(update={"quotes": (quote,)})


def test_speakers_are_headings_and_quotes_block_quotes() -> None:
    shown = rendered("markdown", BRIDGE)
    assert shown.startswith(
        "# Harbour town argues over its new bridge\n\n"
        "Marta Oln · 2024\\-03-11 · <https://example.org/bridge?a=1&b=2>\n\n"
        "## 1\\. Ana Kovač\n\nmayor · person · also Kovač\n\n"
        "> We will build it before winter, \\[…\\] and pay for it ourselves.\n>\n> — kind: direct"
    )
    assert "## Coverage\n\n1 quoted passage has no speaker:\n\n- “Somebody" in shown
    assert "price unknown" in shown


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "![x](http://x.org/y.png)",
        "[x](javascript:y) [y]: http://z",
        "<http://x.org>",
        "a | b\n--- | ---\n1 | 2",
        "# heading",
        "heading\n===",
        "- item\n+ item\n1. item\n2) item",
        "    code",
        "```\ncode\n```",
        "> deeper",
        "---",
        "*a* _b_ **c** ~~d~~ `e`",
        "&lt; &copy; \\*",
    ],
)
def test_markdown_in_an_article_is_only_text(text: str) -> None:
    tokens = PARSER.parse(rendered("markdown", quoting(text)))
    start = next(i for i, token in enumerate(tokens) if token.type == "blockquote_open")
    assert [token.type for token in tokens[start + 1 : start + 4]] == [
        "paragraph_open",
        "inline",
        "paragraph_close",
    ]
    children = tokens[start + 2].children or []
    assert {child.type for child in children} <= {"text", "softbreak", "text_special"}
    shown = "".join("\n" if child.type == "softbreak" else child.content for child in children)
    assert shown == "\n".join(line.strip() for line in text.split("\n"))


def test_addresses_in_an_article_are_not_made_into_links_by_github() -> None:
    shown = rendered("markdown", quoting("See http://x.org and WWW.y.org."))
    assert "http\\://x.org and WWW\\.y.org" in shown


@settings(max_examples=40, deadline=None, derandomize=True)
@given(annotation=any_annotations())
def test_no_html_image_or_link_comes_out_of_any_article(annotation: Annotation) -> None:
    inline = [
        child
        for token in PARSER.parse(rendered("markdown", annotation))
        for child in token.children or []
    ]
    links = [child for child in inline if child.type == "link_open"]
    assert not any(child.type in ("html_inline", "image", "code_inline") for child in inline)
    assert all(str(link.attrs["href"]).startswith("https://x.org/") for link in links)
    assert len(links) <= 1


def test_markdown_says_what_is_to_be_checked_and_who_may_have_said_it() -> None:
    shown = rendered("markdown", IN_DOUBT)
    assert "\n\n**2 speakers to check**\n\n## 1\\. Ana" in shown
    assert "> — speaker in doubt: Petar Lind 0.48, Ana Kovač 0.41 · kind: mixed" in shown
    assert "check" not in rendered("markdown", BRIDGE)


def test_markdown_says_who_decided_and_what_the_text_says_of_a_name_in_doubt() -> None:
    shown = rendered("markdown", DECIDED)
    assert "decided by: draft and model" in shown
    assert "speaker in doubt: named Petar Lind by the model; the text says Ana Kovač 0.96" in shown
    assert "decided by" not in rendered("markdown", BRIDGE)
