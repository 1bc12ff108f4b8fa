"""`attributor annotate`: articles in, who said what out."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

from attributor import views
from attributor.cli.article_loop import Work
from attributor.cli.completion import files
from attributor.cli.estimates_text import show_estimates
from attributor.cli.files import destination, format_for, refuse_overwriting
from attributor.cli.messages import say, without_pack
from attributor.cli.options import (
    configured,
    encoding_option,
    engine_options,
    no_bom_option,
    study_options,
)
from attributor.errors import ReadingError, UsageError, panics_as_errors, quoted

if TYPE_CHECKING:
    from attributor.records import Article

EXAMPLES = """\b
Examples:
  attributor annotate                          paste an article, end with Ctrl-D
  attributor annotate article.txt interview.html
  attributor annotate https://example.org/news/1
  pbpaste | attributor annotate --offline
  attributor annotate --format html -o article.html article.txt
  attributor annotate --target NATO --target "the strike" article.txt
  attributor annotate --stance article.txt
  attributor annotate --dry-run archive.jsonl
"""


@click.command(epilog=EXAMPLES, short_help="Take articles apart: who said what.")
@click.argument("sources", nargs=-1, metavar="[SOURCE]...", shell_complete=files)
@engine_options
@study_options
@click.option(
    "--format",
    "format_",
    type=click.Choice(views.FORMATS),
    help="What to write; else what the suffix of --output says, else terminal.",
)
@click.option(
    *("-o", "--output"),
    metavar="FILE",
    shell_complete=files,
    help="Write there, and only if all could be written.",
)
@no_bom_option
@click.option("--dry-run", is_flag=True, help="Say what it would cost, and ask nobody.")
@click.option(
    "--allow-private",
    is_flag=True,
    default=None,
    help="Read URLs on private addresses too.",
)
@encoding_option
@click.pass_context
def annotate(
    ctx: click.Context,
    /,
    sources: tuple[str, ...],
    targets: tuple[str, ...],
    codebook: str | None,
    stance: bool,
    format_: str | None,
    output: str | None,
    no_bom: bool,
    dry_run: bool,
    encoding: str | None,
    **flags: Any,
) -> None:
    """Take articles apart: who said what, in which words, and where do they stand?

    SOURCE is a file (text, Markdown, HTML, JSONL, JSON, CSV, Parquet, WARC, or a ZIP or tar of
    these), a URL, or "-" for standard input. Without one, standard input is read, or on a
    terminal you are asked to paste.
    """
    if dry_run and output:
        raise click.UsageError("--dry-run makes no annotation: leave --output away.")
    refuse_overwriting(sources, output)
    format_ = format_for(output, views.FORMATS, "terminal", format_)
    annotator = configured(flags, codebook, targets, stance)
    settings = annotator.settings
    say(f"Nothing is sent now. {annotator.notice}" if dry_run else annotator.notice)
    found = _articles(sources, settings.allow_private, encoding)
    work = Work(annotator, found)
    if dry_run:
        show_estimates(work)
    else:
        _write(ctx, work, format_, output, marked=format_ == "csv" and not no_bom)
    ctx.exit(work.exit_code)


def _articles(
    sources: tuple[str, ...], allow_private: bool, encoding: str | None
) -> Iterator[Article | Exception]:
    from attributor.reading import read

    for source in sources or ("-",):
        try:
            with panics_as_errors():
                yield from (
                    _standard_input(encoding)
                    if source == "-"
                    else read(source, allow_private=allow_private, on_guess=say, encoding=encoding)
                )
        except Exception as error:  # a fault in one source must not cost the others
            yield error


def _standard_input(encoding: str | None) -> Iterator[Article | ReadingError]:
    from io import BytesIO

    from attributor.reading import read_stream

    if sys.stdin is None:
        raise UsageError("There is no standard input: name a file or a URL.")
    if sys.stdin.isatty():
        from attributor.cli import paste

        yield from read_stream(BytesIO(paste.read().encode()), "pasted")
    else:
        yield from read_stream(sys.stdin.buffer, "stdin", encoding)


def _write(
    ctx: click.Context, work: Work[Article], format_: str, output: str | None, *, marked: bool
) -> None:
    from itertools import chain

    closed_at_end = closing(work.annotations())
    with destination(output, marked=marked) as out, closed_at_end as annotations:
        first = next(annotations, None)
        if first is None:
            ctx.exit(work.exit_code)  # by an exception: no file takes the place of an older one
        views.write(format_, chain([first], annotations), out, **_looks(out.isatty()))
    if work.without_pack:
        say(without_pack(work.without_pack))
    if work.not_believed:
        from attributor.prompting.belief import sentence_on

        say(sentence_on(work.not_believed))
    if output and output != "-":
        say(f"Written to {quoted(output)}.")


def _looks(on_terminal: bool) -> dict[str, Any]:
    """Colours and width, by the conventions of NO_COLOR, FORCE_COLOR and TERM."""
    import os

    able = on_terminal and os.environ.get("TERM") != "dumb"
    color = not os.environ.get("NO_COLOR") and (able or bool(os.environ.get("FORCE_COLOR")))
    if not on_terminal:
        return {"color": color, "width": None}
    import shutil

    return {"color": color, "width": shutil.get_terminal_size().columns}
