"""`attributor batch --dry-run`: what there is to do, to pay and to wait."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from attributor.cli.estimates_text import ask_line
from attributor.cli.progress_line import duration
from attributor.errors import counted

if TYPE_CHECKING:
    from attributor.archive.planning import DryRunPlan
    from attributor.archive.run_options import RunOptions


def described(plan: DryRunPlan, run_options: RunOptions, *, drawn: bool = False) -> Iterator[str]:
    """The plan in lines; `drawn` where it is that of a sample, which has no copies."""
    from attributor.archive.planning import SECONDS_PER_ANSWER
    from attributor.archive.run_options import CALLS_AT_ONCE
    from attributor.prompting.prices import BATCH_API_SHARE

    if drawn:
        yield f"Drawn at random: {counted(plan.read, 'article')}."
    else:
        yield f"Found: {counted(plan.read, 'place')}, {plan.unreadable:,} of them unreadable."
        yield f"Copies: {plan.copies:,}, whose text stands elsewhere too."
    yield f"Known: {counted(plan.known, 'article needs', 'articles need')} nothing."
    if plan.in_quarantine:
        yield f"In quarantine: {plan.in_quarantine:,}, which --retry-failed takes up again."
    yield f"To annotate: {counted(plan.todo, 'article')}."
    if not plan.todo:
        return
    if plan.estimate is None:
        processes = run_options.concurrency or os.cpu_count() or 1
        seconds, _ = plan.seconds(processes)
        yield "The embedded engine costs nothing."
        yield f"Time: about {duration(seconds)} with {counted(processes, 'process', 'processes')}."
        return
    if plan.requests_out:
        has = counted(plan.requests_out, "request")
        yield f"The Batch API has {has} of this store already, which is not looked at here."
    some = f"{counted(plan.looked_at, 'article')}, drawn at random"
    looked_at = "all of them" if plan.looked_at_all else some
    yield f"Estimated from {looked_at}: {plan.estimate.amounts}."
    if plan.estimate.cost_usd is not None:
        low, high = plan.estimate.cost_usd
        yield f"Price, asked one by one: ${_dollars(low)} to ${_dollars(high)}."
        low, high = BATCH_API_SHARE * low, BATCH_API_SHARE * high
        yield f"Price, by the OpenAI Batch API: ${_dollars(low)} to ${_dollars(high)}."
        price = plan.estimate.cost_usd[1] * (BATCH_API_SHARE if run_options.by_batch_api else 1)
        if run_options.max_cost is not None and plan.spent + price > run_options.max_cost:
            spent = f", of which ${_dollars(plan.spent)} is spent," if plan.spent else ""
            yield f"The budget of ${_dollars(run_options.max_cost)}{spent} may not be enough."
    else:
        yield "Price: unknown for this model and server."
    yield from _by_ask(plan)
    if run_options.by_batch_api:
        yield "Time: within a day for each round of questions (up to 3 with stances), as a rule."
        return
    at_once = run_options.concurrency or CALLS_AT_ONCE
    least, most = plan.seconds(
        at_once, run_options.requests_per_minute, run_options.tokens_per_minute
    )
    limits = ", within the limits given" * bool(
        run_options.requests_per_minute or run_options.tokens_per_minute
    )
    yield (
        f"Time: about {duration(least)} to {duration(most)}, with "
        f"{counted(at_once, 'call')} at once of {SECONDS_PER_ANSWER:g} s each (assumed){limits}."
    )


def _by_ask(plan: DryRunPlan) -> Iterator[str]:
    """What asking about doubts and about all would take, and which answers may be of no use."""
    for ask, each in plan.by_ask.items():
        yield ask_line(ask, each.asked, plan.todo, str(each.estimate), is_set=each.is_set)
    if plan.stale_answers:
        yield (
            f"{counted(plan.stale_answers, 'paid answer')} in the store may be stale: other "
            "weights made the drafts that they are about, and a changed draft is asked about again."
        )


def _dollars(amount: float) -> str:
    """To the cent, and what is less than ten cents to the hundredth of one."""
    return f"{amount:,.2f}" if amount >= 0.1 or not amount else f"{amount:.4f}"
