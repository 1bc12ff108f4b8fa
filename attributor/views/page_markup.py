"""The text of an article as HTML, with its quotes, cues, mentions and uncredited passages."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import cached_property
from html import escape
from itertools import groupby

from attributor.records import IN_DOUBT, Annotation, Quote
from attributor.views import wording
from attributor.views.escaping import one_line, visible
from attributor.views.outline import MarkLayer, SpeakerQuotes, TextPiece, cut, title

COLORS = 8
"""How many colours page.css has for speakers."""
BORDERS = 4
"""How many kinds of borders page.css has for speakers."""
_MAX_WRAPPED_CHARACTERS = 100
"""A text with blank lines whose lines are no longer than this was broken to a width."""


def look(number: int) -> str:
    """The classes of a speaker: a colour and a border, together unique for 32 speakers."""
    if not number:
        return "s0 b0"
    rounds, color = divmod(number - 1, COLORS)
    return f"s{color + 1} b{(color + rounds) % BORDERS + 1}"


def look_of(quote: Quote, number: int) -> str:
    """The classes of a quote: its speaker's, and whether that is in doubt."""
    return look(number) + " doubt" * quote.in_doubt


def tag(quote: Quote, number: int) -> str:
    """The number of a quote's speaker as it stands at the quote; "?" says that it is in doubt."""
    sign = f"{number or ''}{'?' if quote.in_doubt or not number else ''}"
    return f'<span class="tag {look_of(quote, number)}">{sign}</span>'


def paragraph_starts(text: str) -> list[int]:
    """Where paragraphs begin: at each line, or after blank lines in a text broken to a width."""
    lines = text.splitlines()
    wrapped = (
        re.search(r"\S\s*\n\s*\n\s*\S", text) and max(map(len, lines)) <= _MAX_WRAPPED_CHARACTERS
    )
    separator = r"\n[^\S\n]*\n\s*" if wrapped else r"\n\s*"
    first = len(text) - len(text.lstrip())
    ends = (match.span() for match in re.finditer(separator, text))
    return [0, *(end for start, end in ends if start >= first and end < len(text))]


class Markup:
    """An article's text as HTML. Every id begins with `anchor`."""

    def __init__(
        self, annotation: Annotation, groups: Iterable[SpeakerQuotes], anchor: str
    ) -> None:
        self._annotation = annotation
        self._group = {quote.id: group for group in groups for quote in group.quotes}
        self._anchor = anchor
        self._starts = paragraph_starts(annotation.article.text)
        language = annotation.article.language or ""
        self.lang = f' lang="{language}"' if re.fullmatch("[A-Za-z0-9-]{2,35}", language) else ""

    def headline(self) -> str:
        """The first paragraph if that is the article's title, else ""."""
        known = (title(self._annotation.article) or "").strip()
        first = self._annotation.article.text[: [*self._starts, None][1]]
        return self._paragraphs[0] if known and first.strip() == known else ""

    def body(self) -> Iterator[str]:
        """The paragraphs after the title."""
        for paragraph in self._paragraphs[1 if self.headline() else 0 :]:
            yield f'<p dir="auto"{self.lang}>{paragraph}</p>\n'

    @cached_property
    def _paragraphs(self) -> list[str]:
        pieces = cut(self._annotation, self._starts)
        grouped = groupby(pieces, key=lambda piece: bisect_right(self._starts, piece.start))
        return ["".join(self._runs(paragraph)) for _, paragraph in grouped]

    def _runs(self, pieces: Iterable[TextPiece]) -> Iterator[str]:
        for _, run in groupby(pieces, key=lambda piece: tuple(map(id, piece.contents))):
            yield self._run(list(run))

    def _run(self, pieces: list[TextPiece]) -> str:
        """Pieces that are content of the same quotes, as one mark between anchors and tags."""
        words = "".join(map(self._piece, pieces))
        quotes = [layer.quote for layer in reversed(pieces[0].contents) if layer.quote]
        if not quotes:
            return words
        begun = [q for q in quotes if q.spans[0].start == pieces[0].start]
        anchors = "".join(f'<span class="at" id="{self._anchor}q{q.id}"></span>' for q in begun)
        facts = " ".join(f"{self._anchor}f{q.id}" for q in quotes)
        focus = f' tabindex="0" aria-describedby="{facts}"' if begun else ""
        style = look_of(quotes[0], self._group[quotes[0].id].number)
        tags = "".join(map(self._tag, pieces[-1].closing()))
        return (
            f'{anchors}<mark class="quote {style}" data-facts="{facts}"{focus}>{words}</mark>{tags}'
        )

    def _piece(self, piece: TextPiece) -> str:
        words = escape(visible(self._annotation.article.text[piece.start : piece.end]))
        classes = dict.fromkeys(c for layer in piece.layers for c in self._classes(layer))
        if not classes:
            return words
        begins = any(
            layer.role == "unattributed" and layer.start == piece.start for layer in piece.layers
        )
        anchor = f' id="{self._anchor}u{piece.start}"' if begins else ""
        return f'<span class="{" ".join(classes)}"{anchor}>{words}</span>'

    def _classes(self, layer: MarkLayer) -> tuple[str, ...]:
        if layer.role == "mention" and layer.quote:
            return "mention", look(self._group[layer.quote.id].number).split()[0]
        return {"cue": ("cue",), "unattributed": ("open",)}.get(layer.role, ())

    def _tag(self, layer: MarkLayer) -> str:
        quote = layer.quote
        if quote is None:
            return ""
        group = self._group[quote.id]
        name = wording.name(group.speaker) + f", {IN_DOUBT}" * quote.in_doubt
        label = escape(one_line(f"{name}: quote {quote.id} in the list"))
        place = f"#{self._anchor}n{quote.id}"
        return f'<sup><a href="{place}" aria-label="{label}">{tag(quote, group.number)}</a></sup>'
