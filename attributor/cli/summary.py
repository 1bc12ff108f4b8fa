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
    if work.stop.reason:
        say(work.stop.reason)
    if tally.requests_out:
        say(
            f"The Batch API has {counted(tally.requests_out, 'request')} in "
            f"{counted(tally.files_out, 'file')}: the same command takes the "
            "answers in; they come within a day and stay for a month."
        )
    if work.in_quarantine:
        say(f"For example: {work.last_reason}")
        say(
            f"{work.in_quarantine:,} in quarantine: 'attributor batch failures {store}' says why; "
            f"{_how_to_retry(work)}."
        )


def _how_to_retry(work: Batch) -> str:
    """How what is in quarantine is taken up again; each run reads anew what could not be read."""
    if work.unreadable == work.in_quarantine:
        return "each run tries to read them again"
    if work.unreadable:
        return "--retry-failed takes up again what could be read"
    return "--retry-failed takes them up again"
