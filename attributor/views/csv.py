"""CSV: one row a quote, safe to open in a spreadsheet.

| column | what |
|---|---|
| article_id, title, byline, published, url, language | the article |
| quote_id, kind, marked | the quote; `marked` is true or false |
| speaker_id, speaker, role, speaker_kind | who said it; `speaker` is empty if unnamed |
| mention, mention_type, cue | the article's words for the speaker and for saying |
| text | the quote's words, the spans of a split quote joined with ` […] ` |
| start, end | where the first span begins and the last ends, in code points, end exclusive |
| spans | every span as `start-end`, separated by spaces |
| stances | `target: label`, separated by `; ` |
| confidence | of the words; empty where there is none |
| speaker_confidence | of who said them; empty where there is none |
| candidates | who it may be, if that is in doubt: `name probability`, separated by `; ` |
| decided_by | draft, confirmed, changed or added; empty where no model was asked |
| flags | separated by `; ` |
| engine, model | which engine and model found it |

UTF-8, rows end in CR LF (RFC 4180). A cell that a spreadsheet would take for a formula gets an
apostrophe in front, and so does one that begins with apostrophes before such a character, so that
taking one apostrophe away always gives the cell back. Characters that would command a terminal or
turn the direction of text, and halves of characters, are written as escapes: `\\x1b`, `\\u202e`.
Nothing else is altered.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from typing import TextIO

from attributor.records import Annotation, Quote, Speaker
from attributor.views.escaping import commanding_nothing
from attributor.views.outline import joined, likely

COLUMNS = (
    "article_id",
    "title",
    "byline",
    "published",
    "url",
    "language",
    "quote_id",
    "kind",
    "marked",
    "speaker_id",
    "speaker",
    "role",
    "speaker_kind",
    "mention",
    "mention_type",
    "cue",
    "text",
    "start",
    "end",
    "spans",
    "stances",
    "confidence",
    "speaker_confidence",
    "candidates",
    "decided_by",
    "flags",
    "engine",
    "model",
)
"""The columns of the table, in their order."""

_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
"""The beginning of a cell that a spreadsheet would take for a formula."""


def write(annotations: Iterable[Annotation], out: TextIO) -> None:
    """A header, then a row for every quote of every annotation."""
    if isinstance(out, io.TextIOWrapper):
        out.reconfigure(newline="")  # Windows would double the line ends inside cells
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    for annotation in annotations:
        writer.writerows(rows(annotation))
        out.flush()


def rows(annotation: Annotation) -> Iterator[dict[str, str]]:
    """The cells of each quote, by column."""
    article = _article(annotation)
    speakers = {speaker.id: _speaker(speaker) for speaker in annotation.speakers}
    for quote in annotation.quotes:
        speaker = {} if quote.speaker is None else speakers.get(quote.speaker, {})
        cells = article | speaker | _quote(quote)
        yield {column: cell(value) for column, value in cells.items()}


def _article(annotation: Annotation) -> dict[str, object]:
    article, engine = annotation.article, annotation.engine
    return {
        "article_id": article.id,
        **article.model_dump(include={"title", "byline", "published", "url", "language"}),
        "engine": engine.name,
        "model": engine.model_reported or engine.model,
    }


def _speaker(speaker: Speaker) -> dict[str, object]:
    return {
        "speaker_id": speaker.id,
        "speaker": speaker.name,
        "role": speaker.role,
        "speaker_kind": speaker.kind,
    }


def _quote(quote: Quote) -> dict[str, object]:
    return {
        "quote_id": quote.id,
        "kind": quote.kind,
        "marked": str(quote.marked).lower(),
        "mention": quote.mention and quote.mention.text,
        "mention_type": quote.mention_type,
        "cue": quote.cue and quote.cue.text,
        "text": joined(quote),
        "start": quote.spans[0].start,
        "end": quote.spans[-1].end,
        "spans": " ".join(f"{span.start}-{span.end}" for span in quote.spans),
        "stances": "; ".join(f"{stance.target}: {stance.label}" for stance in quote.stances),
        "confidence": quote.confidence,
        "speaker_confidence": quote.speaker_confidence,
        "candidates": likely(quote.candidates),
        "decided_by": quote.decided_by,
        "flags": "; ".join(quote.flags),
    }


def cell(value: object) -> str:
    """A value as a cell that no spreadsheet takes for a formula, and that commands nothing."""
    text = "" if value is None else commanding_nothing(str(value))
    return f"'{text}" if _FORMULA.match(text) else text
