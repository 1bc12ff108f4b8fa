"""`attributor export`: a store's annotations as files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from attributor.cli.completion import files
from attributor.cli.files import Shown, destination, format_for
from attributor.cli.messages import say
from attributor.errors import quoted

EXAMPLES = """\b
Examples:
  attributor export archive.db > annotations.jsonl
  attributor export archive.db -o quotes.csv
  attributor export archive.db --format parquet -o quotes/
"""


@click.command(epilog=EXAMPLES, short_help="Write a store's annotations as JSONL, CSV or Parquet.")
@click.argument("store", shell_complete=files)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["jsonl", "csv", "parquet"]),
    help="What to write; else what the suffix of --output says, else jsonl.",
)
@click.option(
    *("-o", "--output"),
    metavar="FILE",
    shell_complete=files,
    help="Write there, and only if all could be written; for Parquet a new folder.",
)
def export(store: str, format_: str | None, output: str | None) -> None:
    """Write the annotations of STORE: one a line as JSONL, or one quote a row as CSV or Parquet.

    Parquet comes in a folder for each month of publication, and needs attributor[archive].
    """
    if format_ == "parquet":
        _parquet(store, output)
    else:
        _text(store, format_, output)
    if output and output != "-":
        say(f"Written to {quoted(output)}.")


def _text(store: str, format_: str | None, output: str | None) -> None:
    from attributor.archive.finding.exporting import exported
    from attributor.archive.storing.store import Store
    from attributor.views import write

    with Store.read(store) as opened, destination(output) as out:
        shown: Any = Shown(out) if out.isatty() else out
        format_ = format_ or format_for(output, ("csv", "jsonl"), "jsonl")
        write(format_, exported(opened), shown)


def _parquet(store: str, output: str | None) -> None:
    from attributor.archive.finding import parquet
    from attributor.archive.finding.exporting import exported
    from attributor.archive.storing.store import Store

    if output is None or output == "-":
        raise click.UsageError("Parquet is written to a folder: name it with --output.")
    with Store.read(store) as opened:
        parquet.write(exported(opened), Path(output))
