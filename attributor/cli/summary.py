"""How a batch ended, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attributor.cli.messages import say
from attributor.cli.progress import duration, failures
from attributor.errors import counted

if TYPE_CHECKING:
    from attributor.archive.batch import Batch


def sum_up(work: Batch, store: str) -> None:
    """Say what was annotated, what it cost, and what is left to do."""
    tally = work.tally
    say(
        f"{counted(tally.annotated, 'article')} annotated in {duration(tally.seconds)}"
        + (f" for ${tally.spent:.4f}" if tally.spent is not None else "")
        + f"; {tally.known:,} needed nothing, {counted(tally.copies, 'copy', 'copies')}"
        + (f", {tally.left:,} left in quarantine" if tally.left else "")
        + (f"; not annotated: {failures(tally)}." if tally.failures else ".")
    )
    if tally.free:
        answers = counted(tally.free + tally.bought, "answer")
        say(f"From the ledger, for nothing: {tally.free:,} of {answers}.")
    if tally.workers_lost:
        say(f"{counted(tally.workers_lost, 'worker')} went away; others took up what they had.")
    if work.in_quarantine:
        say(f"{work.in_quarantine:,} in quarantine, for example: {work.last_reason}")
        say(f"'attributor batch failures {store}' lists them; {_how_to_retry(work)}.")
    if tally.requests_out:
        say(
            f"The Batch API has {counted(tally.requests_out, 'request')} in "
            f"{counted(tally.files_out, 'file')}: the same command takes the "
            "answers in; they come within a day and stay for a month."
        )
    if work.stop.reason:
        say(work.stop.reason)


def _how_to_retry(work: Batch) -> str:
    """How what is in quarantine is taken up again; each run tries some of it without being told."""
    if work.retried_anyway == work.in_quarantine:
        return "the next run over them tries them again"
    if work.retried_anyway:
        some = f"{work.retried_anyway:,} of them"
        return f"the next run over them tries {some} again, with --retry-failed all"
    return "--retry-failed takes them up again"
