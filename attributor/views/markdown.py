"""Markdown (CommonMark with GitHub's tables and links in mind): who said what, as block quotes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TextIO

from attributor.records import Annotation
from attributor.views import wording
from attributor.views.escaping import one_line, visible, web_address
from attributor.views.outline import SpeakerQuotes, by_speaker, coverage, joined, title

_ANYWHERE = re.compile(r"[\\`*_\[\]<>&#|~$^@]|:(?=//)|(?<=www)\.", re.IGNORECASE)
"""Signs that mean something to Markdown wherever they stand."""
_LINE_START = re.compile(r"^(\d*)([-+=.)])")
"""Signs that mean something to Markdown at the beginning of a line."""


def write(annotations: Iterable[Annotation], out: TextIO) -> None:
    """Each annotation as a chapter of its own."""
    for number, annotation in enumerate(annotations):
        blocks = [*(["---"] if number else []), *_chapter(annotation)]
        out.write(("\n" if number else "") + "\n\n".join(blocks) + "\n")
        out.flush()


def _chapter(annotation: Annotation) -> Iterator[str]:
    article = annotation.article
    yield f"# {_line(title(article) or wording.source(article.id))}"
    known = [_line(each) for each in (article.byline, article.published) if each]
    known += [_link(article.url)] if article.url else []
    if known:
        yield " · ".join(known)
    if count := wording.count_to_check(annotation):
        yield f"**{count}**"
    groups = by_speaker(annotation)
    for group in groups:
        yield from _speaker(group)
    if not groups:
        yield "No quotes found."
    yield from _rest(annotation)


def _speaker(group: SpeakerQuotes) -> Iterator[str]:
    tag = f"{group.number}\\. " if group.number else ""
    yield f"## {tag}{_line(wording.name(group.speaker))}"
    if group.speaker:
        yield _line(" · ".join(wording.about(group.speaker)))
    for quote in group.quotes:
        known = (*wording.doubt(quote, group.speaker), *wording.facts(quote))
        facts = [f"{label}: {value}" for label, value in known]
        yield "\n>\n".join((_quoted(joined(quote)), f"> — {_line(' · '.join(facts))}"))


def _rest(annotation: Annotation) -> Iterator[str]:
    open_passages = list(coverage(annotation))
    if open_passages:
        yield "## Coverage"
    for sentence, spans in open_passages:
        yield f"{sentence}:"
        yield "\n".join(f"- {_line(span.text)}" for span in spans)
    if annotation.warnings:
        yield "## Warnings"
        yield "\n".join(f"- {_line(warning)}" for warning in wording.warnings(annotation))
    made = f"Made by {wording.made_by(annotation)}: {wording.cost(annotation)}."
    yield f"*{_line(made)}*"


def _quoted(text: str) -> str:
    return "\n".join(f"> {_escaped(line.strip())}".rstrip() for line in visible(text).split("\n"))


def _line(text: str) -> str:
    return _escaped(one_line(text))


def _escaped(line: str) -> str:
    """One line of text as Markdown that shows just these characters: no HTML, link or image."""
    escaped = _ANYWHERE.sub(lambda match: f"\\{match[0]}", line)
    return _LINE_START.sub(r"\1\\\2", escaped)


def _link(url: str) -> str:
    address = web_address(url)
    return f"<{address}>" if address else _line(url)
