"""How a batch ended, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attributor.cli.messages import say, without_pack
from attributor.cli.progress_line import duration, failures
from attributor.errors import counted

if TYPE_CHECKING:
    from attributor.archive.running import Outcome


def sum_up(outcome: Outcome, store: str) -> None:
    """Say what was annotated, what it cost, and what is left to do."""
    tally = outcome.progress
    if outcome.at_once:
        if outcome.state == "stopped":  # it was coming to its end over this
            say(outcome.reason or "")
        say(
            "Stopped at once; what was in flight may be asked again. To go on, run the same "
            "command again."
        )
        return
    say(
        f"{counted(tally.annotated, 'article')} annotated in {duration(tally.seconds)}"
        + (f" for ${tally.spent:.4f}" if tally.spent is not None else "")
        + f"; {tally.known:,} needed nothing, {counted(tally.copies, 'copy', 'copies')}"
        + (f", {tally.left:,} left in quarantine" if tally.left else "")
        + (f"; not annotated: {failures(tally)}." if tally.failures else ".")
    )
    if tally.without_pack:
        say(without_pack(tally.without_pack))
    if tally.not_believed:
        from attributor.prompting.belief import sentence_on

        say(sentence_on(tally.not_believed))
    if tally.free:
        answers = counted(tally.free + tally.bought, "answer")
        say(f"From the ledger, for nothing: {tally.free:,} of {answers}.")
    if tally.workers_lost:
        say(f"{counted(tally.workers_lost, 'worker')} went away; others took up what they had.")
    if outcome.in_quarantine:
        say(f"{outcome.in_quarantine:,} in quarantine, for example: {outcome.last_reason}")
        say(f"'attributor batch failures {store}' lists them; {_how_to_retry(outcome)}.")
    if tally.requests_out:
        say(
            f"The Batch API has {counted(tally.requests_out, 'request')} in "
            f"{counted(tally.files_out, 'file')}: the same command takes the "
            "answers in; they come within a day and stay for a month."
        )
    if outcome.reason:
        say(outcome.reason)


def _how_to_retry(outcome: Outcome) -> str:
    """How what is in quarantine is taken up again; each run tries some of it without being told."""
    if outcome.retried_anyway == outcome.in_quarantine:
        return "the next run over them tries them again"
    if outcome.retried_anyway:
        some = f"{outcome.retried_anyway:,} of them"
        return f"the next run over them tries {some} again, with --retry-failed all"
    return "--retry-failed takes them up again"
