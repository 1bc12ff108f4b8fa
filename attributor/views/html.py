"""The page: one self-contained file for any number of articles.

It asks for nothing over the network, and its Content-Security-Policy forbids that it could: style
and script are allowed by their hashes alone. The script only shows a quote's facts at the place
where the quote stands: without it, as on paper, they are in the list of speakers.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from html import escape
from importlib.resources import files
from typing import TextIO

from attributor.records import Annotation, Quote
from attributor.views import wording
from attributor.views.escaping import one_line, web_address
from attributor.views.outline import SpeakerQuotes, by_speaker, coverage, joined, title, to_check
from attributor.views.page_markup import Markup, look, tag

_LEGEND = (
    '<p class="legend" aria-hidden="true">'
    '<span><mark class="quote s1 b1">quote</mark><sup class="tag s1">speaker</sup></span> '
    '<span class="cue">cue</span> <span class="mention s1">mention</span> '
    '<span class="open">nobody credited</span>'
)
_LEGEND_OF_DOUBT = ' <span><mark class="quote s0 b0 doubt">quote</mark> speaker in doubt</span>'
_SHOWN_CHARACTERS = 90
"""So much is shown of a quote in the list of what to check."""


def write(annotations: Iterable[Annotation], out: TextIO) -> None:
    """One page for all annotations; several of them get a table of contents."""
    sections = [Section(annotation, f"a{n}") for n, annotation in enumerate(annotations, start=1)]
    several = len(sections) != 1
    name = f"{len(sections)} articles" if several else sections[0].title
    style, script = static("page.css"), static("page.js")
    out.write(page_top(name, style, script))
    if several:
        out.writelines(_contents(name, sections))
    for section in sections:
        out.writelines(section.html(heading=2 if several else 1))
    out.write(f"<script>{script}</script>\n</body>\n</html>\n")


def page_top(name: str, style: str, script: str) -> str:
    """Everything up to the body, for a page that may use `style` and `script` and nothing else."""
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
        "base-uri 'none'; form-action 'none'"
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{safe(name)} – who said what</title>\n"
        f"<style>{style}</style>\n</head>\n<body>\n"
    )


def _contents(name: str, sections: list[Section]) -> Iterator[str]:
    yield f'<nav class="contents" aria-label="Articles">\n<h1>{name}</h1>\n<ol>\n'
    for section in sections:
        place, count = f"#{section.anchor}", section.count()
        check = f' <a class="check" href="{place}c">{section.check}</a>' if section.check else ""
        yield f'<li><a href="{place}">{bdi(section.title)}</a> {count}{check}</li>\n'
    yield "</ol>\n</nav>\n"


class Section:
    """One article on the page; `anchor` begins every id in it."""

    def __init__(self, annotation: Annotation, anchor: str) -> None:
        self.annotation = annotation
        self.anchor = anchor
        self.source = wording.source(annotation.article.id)
        self.title = title(annotation.article) or self.source
        self.groups = by_speaker(annotation)
        self.check = wording.count_to_check(annotation)
        self.text = Markup(annotation, self.groups, anchor)

    def html(self, heading: int) -> Iterator[str]:
        """The section's markup; `heading` is the level of its title."""
        yield f'<section class="article" id="{self.anchor}">\n'
        yield from self._head(heading)
        yield from self._to_check(heading + 1)
        yield '<div class="columns">\n<div class="text">\n'
        yield from self.text.body()
        yield '</div>\n<div class="list">\n'
        for group in self.groups:
            yield from self._group(group, heading + 1)
        yield from self._coverage(heading + 1)
        yield from self._warnings(heading + 1)
        yield "</div>\n</div>\n"
        yield from self._foot()
        yield "</section>\n"

    def count(self) -> str:
        """How many quotes there are, and how many speakers."""
        quotes = len(self.annotation.quotes)
        speakers = sum(1 for group in self.groups if group.number)
        return (
            f'<span class="count">{quotes or "no"} quote{"s" * (quotes != 1)}, '
            f"{speakers or 'no'} speaker{'s' * (speakers != 1)}</span>"
        )

    def _head(self, heading: int) -> Iterator[str]:
        article = self.annotation.article
        source = None if article.url or self.title == self.source else self.source
        known = [bdi(each) for each in (article.byline, article.published, source) if each]
        known += [_link(article.url)] if article.url else []
        yield "<header>\n"
        yield f'<h{heading} class="title" dir="auto"{self.text.lang}>'
        yield f"{self.text.headline() or safe(self.title)}</h{heading}>\n"
        yield f'<p class="source">{" · ".join([*known, self.count()])}</p>\n'
        yield f"{_LEGEND}{_LEGEND_OF_DOUBT * bool(self.check)}</p>\n</header>\n"

    def _to_check(self, heading: int) -> Iterator[str]:
        """What an editor should look at first: the quotes whose speaker is in doubt."""
        if not self.check:
            return
        yield f'<section class="check" id="{self.anchor}c">\n'
        yield f"<h{heading}>{self.check}</h{heading}>\n<ul>\n"
        for quote in to_check(self.annotation):
            words = joined(quote)
            if len(words) > _SHOWN_CHARACTERS:
                words = words[:_SHOWN_CHARACTERS].rstrip() + "…"
            doubts = wording.doubt(quote, self.annotation.speaker_of(quote))
            may_be = "".join(bdi(value) for _, value in doubts)
            place = f"#{self.anchor}q{quote.id}"
            yield f'<li><a href="{place}">{bdi(words)}</a> <span>{may_be}</span></li>\n'
        yield "</ul>\n</section>\n"

    def _group(self, group: SpeakerQuotes, heading: int) -> Iterator[str]:
        name = bdi(wording.name(group.speaker))
        yield f'<section class="speaker {look(group.number)}">\n<h{heading}>'
        yield f'<span class="number">{group.number or "?"}</span> {name}</h{heading}>\n'
        if group.speaker:
            known = " · ".join(bdi(each) for each in wording.about(group.speaker))
            yield f'<p class="about">{known}</p>\n'
        yield '<ol class="notes">\n'
        for quote in group.quotes:
            yield from self._note(quote, group)
        yield "</ol>\n</section>\n"

    def _note(self, quote: Quote, group: SpeakerQuotes) -> Iterator[str]:
        """A quote in the list. Its facts are what the script shows where the quote stands."""
        anchor, number = self.anchor, quote.id
        role = "asked" if quote.decided_by else "found by"
        made = (role, wording.made_by(self.annotation))
        known = (*wording.doubt(quote, group.speaker), *wording.facts(quote), made)
        facts = " ".join(_fact(*fact) for fact in known)
        doubtful = ' class="doubt"' if quote.in_doubt else ""
        yield f'<li id="{anchor}n{number}"{doubtful}>\n'
        yield f'<blockquote dir="auto">{safe(joined(quote))}</blockquote>\n'
        yield f'<div class="facts {look(group.number)}" id="{anchor}f{number}">'
        yield f'<p class="who">{tag(quote, group.number)} {bdi(wording.name(group.speaker))}</p>'
        yield f"<dl>{facts}</dl></div>\n"
        yield f'<a class="back" href="#{anchor}q{number}">in the article</a>\n</li>\n'

    def _coverage(self, heading: int) -> Iterator[str]:
        for sentence, spans in coverage(self.annotation):
            yield f'<section class="coverage">\n<h{heading}>{sentence}</h{heading}>\n<ul>\n'
            for span in spans:
                place = f"#{self.anchor}u{span.start}"
                yield f'<li dir="auto"><a href="{place}">{safe(span.text)}</a></li>\n'
            yield "</ul>\n</section>\n"

    def _warnings(self, heading: int) -> Iterator[str]:
        if self.annotation.warnings:
            yield f'<section class="warnings">\n<h{heading}>Warnings</h{heading}>\n<ul>\n'
            yield from (f"<li>{safe(each)}</li>\n" for each in wording.warnings(self.annotation))
            yield "</ul>\n</section>\n"

    def _foot(self) -> Iterator[str]:
        facts = " ".join(_fact(*fact) for fact in wording.provenance(self.annotation))
        yield f'<footer aria-label="Where this comes from">\n<dl>{facts}</dl>\n</footer>\n'


def _fact(label: str, value: str) -> str:
    return (
        f'<div class="{"-".join(label.lower().split())}"><dt>{label}</dt> '
        f'<dd dir="auto">{safe(value)}</dd></div>'
    )


def bdi(text: str) -> str:
    """`text` in a line, whichever way it runs, so that it cannot turn what stands around it."""
    return f"<bdi>{safe(text)}</bdi>"


def safe(text: str) -> str:
    """`text` as markup that shows it in a line."""
    return escape(one_line(text))


def _link(url: str) -> str:
    address = web_address(url)
    if address is None:
        return bdi(url)
    return f'<a href="{escape(address)}" rel="noopener noreferrer nofollow">{bdi(url)}</a>'


@cache
def static(name: str) -> str:
    """What the file `name` of this room says, for a page to carry in it."""
    return files("attributor.views").joinpath(name).read_text(encoding="utf-8")


def _hash(content: str) -> str:
    digest = hashlib.sha256(content.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
