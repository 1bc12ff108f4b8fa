"""`attributor batch`: an archive into a store, once and within a budget."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from attributor.cli.batch_store import STORE_COMMANDS, print_lines
from attributor.cli.completion import files
from attributor.cli.messages import say
from attributor.cli.options import (
    configured,
    encoding_option,
    engine_options,
    study_options,
)
from attributor.errors import counted

if TYPE_CHECKING:
    from attributor.archive.batch_run import BatchRun, Selection
    from attributor.archive.run_options import RunOptions
    from attributor.pipeline import Annotator
    from attributor.reading.archives import Columns, Entry

EXAMPLES = """\b
Examples:
  attributor batch --store archive.db --dry-run exports/
  attributor batch --store archive.db --max-cost 20 exports/
  attributor batch --store archive.db --engine embedded "2019/*.jsonl"
  attributor batch status archive.db
"""

RUN_EXAMPLES = """\b
Examples:
  attributor batch --store archive.db --sample 100 --seed 7 exports/
  attributor batch --store archive.db --concurrency 32 --rpm 3000 --tpm 2000000 exports/
  attributor batch --store archive.db --via batch-api --max-cost 50 exports/
  attributor batch --store archive.db --cluster tcp://10.0.0.5:8786 exports/
  attributor batch --store archive.db --retry-failed exports/
  attributor batch --store archive.db --codebook study.yaml exports/

Exit codes: 0 all is annotated; 6 something is in quarantine; 7 the budget is used up; 4 the server
lets nobody in, gives no credit, or has nothing of use for one article after the other (some 20);
2 the call is refused; 5 the store cannot be used; 8 the cluster cannot be used, or was lost; 3
a source stands for nothing, or the archive cannot be read on; 1 a process cannot begin, or a fault
here; 130, 143 or 129 ended by a signal (Ctrl-C, SIGTERM, or its terminal was closed).
"""


class AtLeast(click.FloatRange):
    """Numbers from one on; "nan", which is in every range, is none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number."""
        number = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail(f"{value!r} is no number.", param, ctx)
        return number


class RunByDefault(click.Group):
    """A group that takes what is none of its commands for the arguments of `run`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `run` in front unless a command or a call for help is there."""
        if args and args[0] not in {*self.commands, *ctx.help_option_names}:
            args = ["run", *args]
        return super().parse_args(ctx, args)


@click.group(
    cls=RunByDefault,
    epilog=EXAMPLES,
    short_help="Annotate an archive into a store, within a budget.",
)
def batch() -> None:
    """Annotate a whole archive into a store that can be searched; stop and go on at any moment.

    'attributor batch SOURCE...' is short for 'attributor batch run SOURCE...'.
    """


@batch.command("run", epilog=RUN_EXAMPLES, short_help="Annotate what is not annotated yet.")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...", shell_complete=files)
@click.option("--store", required=True, metavar="FILE", shell_complete=files, help="The store.")
@engine_options
@study_options
@click.option("--text-column", metavar="NAME", help="Of tables: where the text is.")
@click.option("--title-column", metavar="NAME", help="Of tables: where the title is.")
@click.option("--date-column", metavar="NAME", help="Of tables: where the date is.")
@click.option("--id-column", metavar="NAME", help="Of tables: where the id is.")
@encoding_option
@click.option("--dry-run", is_flag=True, help="Say what there is to do and to pay; ask nobody.")
@click.option("--sample", type=click.IntRange(1), metavar="N", help="Only N, drawn at random.")
@click.option("--seed", type=int, default=0, metavar="S", help="Draws the same ones again.")
@click.option("--max-articles", type=click.IntRange(1), metavar="N", help="Take up at most N.")
@click.option(
    "--max-cost",
    type=AtLeast(0, min_open=True),
    metavar="USD",
    help="Stop before the answers in the store have cost more in all.",
)
@click.option(
    "--concurrency",
    type=click.IntRange(1),
    metavar="N",
    help="Calls at once (8), articles that wait for the Batch API at once (50,000), or processes "
    "of the embedded engine (one a core).",
)
@click.option("--rpm", type=AtLeast(1), metavar="N", help="Requests a minute at most.")
@click.option("--tpm", type=AtLeast(1), metavar="N", help="Tokens a minute at most.")
@click.option(
    "--via",
    type=click.Choice(["calls", "batch-api"]),
    default="calls",
    help="Ask at once (calls), or by the OpenAI Batch API: within a day, at half the price.",
)
@click.option(
    "--queued-tokens",
    type=AtLeast(1),
    metavar="N",
    help="Of the Batch API: input tokens that it may have at once, as your account allows.",
)
@click.option(
    "--cluster",
    metavar="ADDRESS",
    help="Have the workers of a Dask scheduler do it (tcp://host:8786), or processes here (local).",
)
@click.option("--retry-failed", is_flag=True, help="Take up what is in quarantine, too.")
@click.option(
    "--only-changed",
    is_flag=True,
    help="Only new and changed articles, not those that another model or prompt annotated.",
)
@click.option(
    "--log",
    metavar="FILE",
    shell_complete=files,
    help="Add a line to FILE for each retry, loss and failure, and for what begins and ends.",
)
@click.pass_context
def run(
    ctx: click.Context,
    /,
    sources: tuple[str, ...],
    store: str,
    targets: tuple[str, ...],
    codebook: str | None,
    stance: bool,
    dry_run: bool,
    log: str | None,
    **options: Any,
) -> None:
    """Annotate each article of an archive once, into a store.

    SOURCE is a folder with all that is in it, a pattern such as "2019/*.txt", or a file. What the
    store has is not asked again: run the same command to go on after whatever ended it.
    """
    from attributor.cli.log_file import logged
    from attributor.reading.archives import check

    for source in sources:
        check(source)
    columns = _columns(options)
    wanted = _options(sources, columns, options)
    run_options = _speed(options)
    annotator = configured(options, codebook, targets, stance)
    if dry_run:
        _plan(annotator, store, wanted, run_options)
        return
    with logged(log, store, sources):
        say(_notice(annotator, run_options))
        code = _run(annotator, store, wanted, run_options)
    ctx.exit(code)


for _command in STORE_COMMANDS:
    batch.add_command(_command)


def _columns(options: dict[str, Any]) -> Columns:
    from attributor.reading.archives import Columns

    return Columns(
        **{name: options.pop(f"{name}_column") for name in ("text", "title", "date", "id")}
    )


def _options(sources: tuple[str, ...], columns: Columns, options: dict[str, Any]) -> Selection:
    from attributor.archive.batch_run import Selection

    names = ("encoding", "max_articles", "sample", "seed", "retry_failed", "only_changed")
    return Selection(sources, columns, **{name: options.pop(name) for name in names})


def _entries(options: Selection) -> Iterator[Entry]:
    from attributor.reading.archives import entries

    return entries(options.sources, options.columns, on_guess=say, encoding=options.encoding)


def _speed(options: dict[str, Any]) -> RunOptions:
    from attributor.archive.run_options import RunOptions

    return RunOptions(
        concurrency=options.pop("concurrency"),
        requests_per_minute=options.pop("rpm"),
        tokens_per_minute=options.pop("tpm"),
        max_cost=options.pop("max_cost"),
        by_batch_api=options.pop("via") == "batch-api",
        queued_tokens=options.pop("queued_tokens"),
        cluster=options.pop("cluster"),
    )


def _notice(annotator: Annotator, run_options: RunOptions) -> str:
    if run_options.cluster is None:
        return annotator.notice
    from attributor.archive.cluster.driver import notice

    return notice(annotator, run_options.cluster)


def _plan(annotator: Annotator, store: str, options: Selection, run_options: RunOptions) -> None:
    from contextlib import ExitStack

    from attributor.archive.planning import plan
    from attributor.archive.sampling import sampled
    from attributor.archive.storing.store import Store
    from attributor.cli.dry_run_text import described

    say(f"Nothing is sent or written now. {annotator.notice}")
    entries = _entries(options)
    if options.sample:
        entries = sampled(entries, options.sample, options.seed)
    with ExitStack() as stack:
        known = stack.enter_context(Store.read(store)) if Path(store).exists() else None
        found = plan(
            entries,
            annotator,
            known,
            retry_failed=options.retry_failed,
            only_changed=options.only_changed,
            limit=options.max_articles,
            seed=options.seed,
        )
    print_lines(described(found, run_options, drawn=options.sample is not None))


def _run(annotator: Annotator, store: str, options: Selection, run_options: RunOptions) -> int:
    from attributor.archive.running import run_archive
    from attributor.cli.end_text import sum_up
    from attributor.cli.progress_line import watched

    with watched() as watch:
        outcome = run_archive(
            annotator, store, options, run_options, watch=watch, on_guess=say, on_signal=_say_ending
        )
    sum_up(outcome, store)
    return outcome.exit_code


def _say_ending(work: BatchRun) -> None:
    rest = "; what the Batch API has stays there" if work.progress.files_out else ""
    say(
        f"Ending: {counted(work.progress.in_flight, 'article')} in the making; calls on their way "
        f"are waited for{rest}. Once more (Ctrl-C) to stop at once."
    )
