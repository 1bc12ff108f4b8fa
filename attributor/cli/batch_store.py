"""Commands that look at a store: `attributor batch status`, `failures`, `diff` and `abandon`."""

from __future__ import annotations

from collections.abc import Iterable

import click

from attributor.cli.completion import files
from attributor.cli.messages import Damage, say
from attributor.errors import counted


def print_lines(lines: Iterable[str]) -> None:
    """Write lines to standard output, in which nothing from an article acts on the terminal."""
    from attributor.views.escaping import visible

    for line in lines:
        click.echo(visible(line))


@click.command(short_help="Say how far a store is.")
@click.argument("store", shell_complete=files)
def status(store: str) -> None:
    """Say how far STORE is: articles, quarantine, what each run did and cost."""
    from attributor.archive.finding.store_status import status as lines
    from attributor.archive.storing.store import Store

    with Store.read(store) as opened:
        print_lines(lines(opened))


@click.command(short_help="List what is in quarantine, and why.")
@click.argument("store", shell_complete=files)
@click.option("--kind", metavar="KIND", help="Only this kind.")
@click.option(
    "--json", "as_json", is_flag=True, help="One JSON object a line, with the raw answer."
)
def failures(store: str, kind: str | None, as_json: bool) -> None:
    """List what is in the quarantine of STORE, and why."""
    from attributor.archive.finding.store_status import failures as found
    from attributor.archive.finding.store_status import line_of, refuse_unknown
    from attributor.archive.storing.store import Store
    from attributor.views.json import line

    with Store.read(store) as opened:
        refuse_unknown(opened, kind)
        rows = found(opened, kind)
        print_lines(line(row) if as_json else line_of(row) for row in rows)


@click.command(short_help="Compare what two runs found.")
@click.argument("store", shell_complete=files)
@click.argument("old", type=click.IntRange(1, 10**9), metavar="RUN")
@click.argument("new", type=click.IntRange(1, 10**9), metavar="RUN")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a changed article.")
@click.pass_context
def diff(ctx: click.Context, /, store: str, old: int, new: int, as_json: bool) -> None:
    """Say which quotes the second RUN gained and lost, and which speakers and stances changed.

    'attributor batch status STORE' lists the runs with their recipes: model, prompts, weights,
    codebook. Compared are all articles that are annotated by both recipes; what is damaged in the
    store is named and left out, and the exit code is then 5.
    """
    from attributor.archive.finding.comparing import compare, described
    from attributor.archive.storing.store import Store

    damage = Damage()
    with Store.read(store) as opened:
        print_lines(described(compare(opened, old, new, damage), as_json))
    ctx.exit(damage.exit_code)


@click.command(short_help="Give up what the Batch API has and nobody can fetch.")
@click.argument("store", shell_complete=files)
def abandon(store: str) -> None:
    """Give up the requests of STORE that are with the Batch API, when their answers cannot be had.

    The server may answer them all the same, and wants its money: they are asked, and paid, again.
    Say 'attributor batch status STORE' first, and cancel the batches that it names at the server.
    """
    from attributor.archive.batch_api.submissions import abandon as given_up
    from attributor.archive.storing.store import Store

    with Store.open(store, must_exist=True) as opened:
        files_, requests = given_up(opened)
    if not requests:
        say("Nothing of this store is with the Batch API: there is nothing to give up.")
        return
    say(
        f"Given up: {counted(requests, 'request')} in {counted(files_, 'file')}; the next run asks "
        "again."
    )


STORE_COMMANDS = (status, failures, diff, abandon)
"""What `attributor batch` takes beside `run`."""
