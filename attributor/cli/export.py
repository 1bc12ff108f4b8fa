"""`attributor export`: a store's annotations as files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from attributor.cli.completion import files
from attributor.cli.files import destination, format_for
from attributor.cli.messages import Damage, say
from attributor.cli.options import no_bom_option
from attributor.errors import quoted

if TYPE_CHECKING:
    from attributor.records import Annotation

FORMATS = ("jsonl", "csv", "parquet")
"""The formats that a store is exported in."""

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
    type=click.Choice(FORMATS),
    help="What to write; else what the suffix of --output says, else jsonl.",
)
@click.option(
    *("-o", "--output"),
    metavar="FILE",
    shell_complete=files,
    help="Write there, and only if all could be written; for Parquet a new folder.",
)
@no_bom_option
@click.pass_context
def export(
    ctx: click.Context, /, store: str, format_: str | None, output: str | None, no_bom: bool
) -> None:
    """Write the annotations of STORE: one a line as JSONL, or one quote a row as CSV or Parquet.

    Parquet comes in a folder for each month of publication, and needs attributor[archive]. What is
    damaged in the store is named and left out; the exit code is then 5.
    """
    from attributor.archive.storing.checking import current_annotations
    from attributor.archive.storing.store import Store

    format_ = format_for(output, FORMATS, "jsonl", format_)
    damage = Damage()
    with Store.read(store) as opened:
        found = current_annotations(opened, damage)
        if format_ == "parquet":
            _write_parquet(found, output)
        else:
            _write_text(found, format_, output, marked=format_ == "csv" and not no_bom)
    if output and output != "-":
        say(f"Written to {quoted(output)}{', without what is damaged' * bool(damage.exit_code)}.")
    ctx.exit(damage.exit_code)


def _write_text(
    found: Iterable[Annotation], format_: str, output: str | None, *, marked: bool
) -> None:
    from attributor.views import write

    with destination(output, marked=marked) as out:
        write(format_, found, out)


def _write_parquet(found: Iterable[Annotation], output: str | None) -> None:
    from attributor.archive.finding import parquet_export as parquet

    if output is None or output == "-":
        raise click.UsageError("Parquet is written to a folder: name it with --output.")
    parquet.write(found, Path(output))
