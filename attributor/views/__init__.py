"""The views: one annotation or many, as a reader or a program wants them.

| format | what | written |
|---|---|---|
| terminal | the article with its quotes, then who said what | article by article |
| json | `attributor.annotation/1`, an array unless it is one article | article by article |
| jsonl | `attributor.annotation/1`, one article a line | article by article |
| csv | one row a quote | article by article |
| markdown | who said what, as block quotes | article by article |
| html | one self-contained page for all | at the end |

Whatever stands in an article or comes from a model is data here: it reaches a terminal, a page, a
spreadsheet or a Markdown renderer escaped, and a program (json, jsonl) exactly as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, TextIO

from attributor.errors import UsageError

if TYPE_CHECKING:
    from attributor.records import Annotation

FORMATS = ("terminal", "json", "jsonl", "csv", "markdown", "html")
"""The formats that annotations are written in."""

__all__ = ["FORMATS", "write"]


def write(
    format: str,
    annotations: Iterable[Annotation],
    out: TextIO,
    *,
    color: bool = False,
    width: int | None = None,
) -> None:
    """Write `annotations` to `out`, each as soon as it comes where the format allows.

    Args:
        format: one of `FORMATS`.
        annotations: in the order in which they shall be shown; read once.
        out: where to; for csv its newline translation is switched off, since a cell may hold
            line ends of its own. No byte order mark is written.
        color: whether the terminal view may use colours; the other formats take no notice.
        width: columns of the terminal view; None does not break lines (with `color`: the
            terminal's own width).

    Raises:
        UsageError: there is no such format.
    """
    # A view is imported when it is asked for: most calls need one, and starting is budgeted.
    if format == "terminal":
        from attributor.views import terminal

        terminal.write(annotations, out, color=color, width=width)
    elif format == "json":
        from attributor.views import json

        json.write(annotations, out)
    elif format == "jsonl":
        from attributor.views import json

        json.write_lines(annotations, out)
    elif format == "csv":
        from attributor.views import csv

        csv.write(annotations, out)
    elif format == "markdown":
        from attributor.views import markdown

        markdown.write(annotations, out)
    elif format == "html":
        from attributor.views import html

        html.write(annotations, out)
    else:
        raise UsageError(f"There is no format '{format}': choose one of {', '.join(FORMATS)}.")
