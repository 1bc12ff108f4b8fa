"""`attributor search`: quotes in a store."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, TextIO

import click

from attributor.cli.completion import files
from attributor.cli.files import destination, format_for
from attributor.cli.messages import Damage, say
from attributor.cli.options import no_bom_option
from attributor.views.escaping import one_line, visible

FORMATS = ("terminal", "jsonl", "csv")
"""The formats that hits are written in."""

EXAMPLES = """\b
Examples:
  attributor search archive.db "flood wall"
  attributor search archive.db --speaker Petric --since 2019 '"special trust"'
  attributor search archive.db --target NATO --stance against --format csv -o quotes.csv
"""


def _date(_: click.Context, option: click.Parameter, value: str | None) -> str | None:
    from attributor.archive.storing.dates import iso_day

    written = r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?"
    if value is None or (re.fullmatch(written, value) and iso_day(value) == value):
        return value
    raise click.BadParameter(f"'{value}' is no date like 2019, 2019-05 or 2019-05-31.")


@click.command(epilog=EXAMPLES, short_help="Find quotes in a store.")
@click.argument("store", shell_complete=files)
@click.argument("words", nargs=-1)
@click.option("--speaker", metavar="NAME", help="Words of the speaker's name.")
@click.option("--target", metavar="TEXT", help="All of what the quote has a stance towards.")
@click.option("--stance", type=click.Choice(["favor", "against", "neutral", "unclear"]))
@click.option("--kind", type=click.Choice(["direct", "indirect", "mixed"]))
@click.option(
    "--since",
    metavar="DATE",
    callback=_date,
    help="Published then or later; 2019, 2019-05, 2019-05-31.",
)
@click.option("--until", metavar="DATE", callback=_date, help="Published then or earlier.")
@click.option("--source", metavar="TEXT", help="Part of the file's name that the article is from.")
@click.option("--limit", type=click.IntRange(1, 10**9), default=20, show_default=True, metavar="N")
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    help="What to write; else what the suffix of --output says, else terminal.",
)
@click.option("-o", "--output", metavar="FILE", shell_complete=files, help="Write there.")
@no_bom_option
@click.pass_context
def search(
    ctx: click.Context,
    /,
    store: str,
    words: tuple[str, ...],
    format_: str | None,
    output: str | None,
    no_bom: bool,
    **filters: Any,
) -> None:
    """Find quotes in STORE that have all WORDS; put words in a row into quotation marks.

    A word may end in * for all that begin like it. Exits with 1 if nothing is found, and with 5 if
    something is damaged in the store, which is named and left out.
    """
    from attributor.archive.finding.search_query import Query
    from attributor.archive.finding.search_query import search as find
    from attributor.archive.storing.store import Store, whole

    # Halves of characters, as of a name in an old encoding, are in no store.
    filters = {k: whole(v) if isinstance(v, str) else v for k, v in filters.items()}
    format_ = format_for(output, FORMATS, "terminal", format_)
    damage = Damage()
    with Store.read(store) as opened:
        found = list(find(opened, Query(words=whole(" ".join(words)), **filters), damage))
    with destination(output, marked=format_ == "csv" and not no_bom) as out:
        _WRITERS[format_](found, out)
    if not found and not damage.exit_code:
        say("No quote is found.")
        ctx.exit(1)
    ctx.exit(damage.exit_code)


def _write_terminal(rows: Iterable[dict[str, Any]], out: TextIO) -> None:
    for row in rows:
        who = ", ".join(filter(None, (row["speaker"], row["role"]))) or "unnamed"
        where = ", ".join(filter(None, (row["title"], row["published"], row["article"])))
        out.write(f"{one_line(who)}: {visible(row['quote'])}\n")
        facts = filter(None, (_doubt(row), row["kind"], row["stances"], _decided(row), where))
        out.write(f"    {one_line(' · '.join(facts))}\n")


def _doubt(row: dict[str, Any]) -> str:
    """Who may have said it, if that is in doubt; a model may name somebody all the same."""
    if not row["candidates"]:
        return ""
    return f"speaker in doubt{', the text says' * bool(row['speaker'])}: {row['candidates']}"


def _decided(row: dict[str, Any]) -> str:
    from attributor.views.wording import DECIDED_BY_WORDS

    return f"decided by {DECIDED_BY_WORDS[row['decided_by']]}" if row["decided_by"] else ""


def _write_jsonl(rows: Iterable[dict[str, Any]], out: TextIO) -> None:
    from attributor.views.json import line

    for row in rows:
        out.write(line(row) + "\n")


def _write_csv(rows: Iterable[dict[str, Any]], out: TextIO) -> None:
    import csv
    import io

    from attributor.archive.finding.search_query import COLUMNS
    from attributor.views.csv import cell

    if isinstance(out, io.TextIOWrapper):
        out.reconfigure(newline="")  # Windows would double the line ends inside cells
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    writer.writerows({name: cell(value) for name, value in row.items()} for row in rows)


_WRITERS = {"terminal": _write_terminal, "jsonl": _write_jsonl, "csv": _write_csv}
"""Writes the hits in each format."""
