"""A store's quotes as Parquet, in a folder for each month, as DuckDB, Spark and pandas read it.

    FOLDER/month=2019-05/quotes.parquet

With more than some 200 months a month may have several files: quotes-2.parquet and so on.

| column | type |
|---|---|
| article_id, title, byline, published, url, language | string: the article |
| quote_id | int32; with `article_id` the quote's key |
| kind, marked | string, bool |
| speaker, role | string; null where the article names nobody, or tells no role |
| speaker_kind | string; null if nobody is credited |
| mention, mention_type, cue | string |
| text | string: the spans of a split quote joined with ` […] ` |
| spans | list of {start, end, text}: code points of the article, end exclusive |
| stances | list of {target, label, confidence} |
| confidence, speaker_confidence | float64: of the words, of who said them; may be null |
| candidates | list of {name, probability}: who it may be, if that is in doubt |
| decided_by | string: draft, confirmed, changed or added; null where no model was asked |
| flags | list of string |
| engine, model | string |
| month | string, from the folder: "2019-05" of `published`, or "unknown" |

Cells are data, exactly as they are: nothing here is opened in a spreadsheet.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

from attributor.archive.storing.dates import iso_day
from attributor.errors import UsageError, quoted
from attributor.records import Annotation, Quote
from attributor.views.outline import joined

QUOTES_AT_ONCE = 20_000
"""Quotes that are held in memory at once; those of one month among them become a row group."""
MOST_OPEN_FILES = 200
"""Files that are open at once, at most."""
UNKNOWN = "unknown"
"""The month of articles without a date that can be read."""

_ARTICLE = ("title", "byline", "published", "url", "language")


def write(
    annotations: Iterable[Annotation],
    folder: Path,
    *,
    quotes_at_once: int = QUOTES_AT_ONCE,
    most_open_files: int = MOST_OPEN_FILES,
) -> None:
    """Write every quote; the folder appears only once all of it is written.

    Args:
        annotations: whose quotes are written.
        folder: a new one.
        quotes_at_once: quotes that are held in memory at once.
        most_open_files: files that are open at once.

    Raises:
        UsageError: the folder exists already, or pyarrow is not installed.
    """
    if folder.exists():
        raise UsageError(f"{quoted(str(folder))} exists already: write to a new folder.")
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise UsageError(
            "Parquet needs pyarrow: install it with pip install 'attributor[archive]'."
        ) from error
    schema = _schema(pyarrow)
    folder.parent.mkdir(parents=True, exist_ok=True)
    making = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    open_: dict[str, Any] = {}  # by month; the least recently used comes first
    try:
        for month, rows in _batches(annotations, quotes_at_once):
            writer = open_.pop(month, None)
            if writer is None:
                writer = parquet.ParquetWriter(_next_file(making / f"month={month}"), schema)
            open_[month] = writer
            writer.write_table(pyarrow.Table.from_pylist(rows, schema))
            if len(open_) > most_open_files:
                open_.pop(next(iter(open_))).close()
        for writer in open_.values():
            writer.close()
        making.chmod(0o755)
        making.rename(folder)
    finally:
        for writer in open_.values():
            with suppress(OSError):  # an earlier error is the one that is raised
                writer.close()
        shutil.rmtree(making, ignore_errors=True)


def _next_file(folder: Path) -> Path:
    """A new file for a month; a month has several only where there are very many months."""
    folder.mkdir(exist_ok=True)
    count = sum(1 for _ in folder.iterdir())
    return folder / (f"quotes-{count + 1}.parquet" if count else "quotes.parquet")


def _schema(pa: Any) -> Any:
    span = pa.struct([("start", pa.int64()), ("end", pa.int64()), ("text", pa.string())])
    stance = pa.struct(
        [("target", pa.string()), ("label", pa.string()), ("confidence", pa.float64())]
    )
    types = {
        "quote_id": pa.int32(),
        "marked": pa.bool_(),
        "spans": pa.list_(span),
        "stances": pa.list_(stance),
        "confidence": pa.float64(),
        "speaker_confidence": pa.float64(),
        "candidates": pa.list_(pa.struct([("name", pa.string()), ("probability", pa.float64())])),
        "flags": pa.list_(pa.string()),
    }
    return pa.schema([(name, types.get(name, pa.string())) for name in COLUMNS])


COLUMNS = (
    *("article_id", *_ARTICLE, "quote_id", "kind", "marked", "speaker", "role", "speaker_kind"),
    *("mention", "mention_type", "cue", "text", "spans", "stances", "confidence"),
    *("speaker_confidence", "candidates", "decided_by", "flags", "engine", "model"),
)
"""The columns of a file, in their order; the month is in the name of its folder."""


def _batches(
    annotations: Iterable[Annotation], size: int
) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The next `size` quotes as rows, by their months; again until there are none."""
    rows = ((_month(each), row) for each in annotations for row in _rows(each))
    while batch := list(islice(rows, size)):
        by_month: dict[str, list[dict[str, Any]]] = {}
        for month, row in batch:
            by_month.setdefault(month, []).append(row)
        yield from by_month.items()


def _month(annotation: Annotation) -> str:
    day = iso_day(annotation.article.published) or ""
    return day[:7] if len(day) >= len("2019-05") else UNKNOWN


def _rows(annotation: Annotation) -> Iterator[dict[str, Any]]:
    article, engine = annotation.article, annotation.engine
    known = {
        "article_id": article.id,
        **article.model_dump(include=set(_ARTICLE)),
        "engine": engine.name,
        "model": engine.model_reported or engine.model,
    }
    for quote in annotation.quotes:
        yield known | _quote(annotation, quote)


def _quote(annotation: Annotation, quote: Quote) -> dict[str, Any]:
    speaker = annotation.speaker_of(quote)
    stances = [s.model_dump(include={"target", "label", "confidence"}) for s in quote.stances]
    return {
        "quote_id": quote.id,
        "kind": quote.kind,
        "marked": quote.marked,
        "speaker": (speaker and speaker.name) or None,
        "role": (speaker and speaker.role) or None,
        "speaker_kind": speaker.kind if speaker else None,
        "mention": quote.mention.text if quote.mention else None,
        "mention_type": quote.mention_type,
        "cue": quote.cue.text if quote.cue else None,
        "text": joined(quote),
        "spans": [span.model_dump() for span in quote.spans],
        "stances": stances,
        "confidence": quote.confidence,
        "speaker_confidence": quote.speaker_confidence,
        "candidates": [c.model_dump(include={"name", "probability"}) for c in quote.candidates],
        "decided_by": quote.decided_by,
        "flags": list(quote.flags),
    }
