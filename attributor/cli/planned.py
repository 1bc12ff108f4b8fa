"""`attributor batch --dry-run`: what there is to do, to pay and to wait."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from attributor.cli.progress import duration

if TYPE_CHECKING:
    from attributor.archive.planning import Plan


def described(
    plan: Plan,
    *,
    concurrency: int | None,
    rpm: float | None,
    tpm: float | None,
    max_cost: float | None,
) -> Iterator[str]:
    """The plan in lines."""
    from attributor.archive.making import CALLS_AT_ONCE
    from attributor.archive.planning import BATCH_PRICE, SECONDS_AN_ANSWER

    yield f"Found: {plan.read:,} places, {plan.unreadable:,} of them unreadable."
    yield f"Copies: {plan.copies:,} hold a text that stands elsewhere too."
    yield f"Known: {plan.known:,} articles need nothing."
    yield f"To annotate: {plan.todo:,} articles."
    if not plan.todo:
        return
    if plan.estimate is None:
        processes = concurrency or os.cpu_count() or 1
        seconds, _ = plan.seconds(processes)
        yield "The embedded engine costs nothing."
        yield f"Time: about {duration(seconds)} with {processes} processes."
        return
    yield f"Estimated from {plan.looked_at:,} of them, drawn at random: {plan.estimate}."
    if plan.estimate.cost_usd is not None:
        low, high = plan.estimate.cost_usd
        yield f"Price, asked one by one: ${low:,.2f} to ${high:,.2f}."
        low, high = BATCH_PRICE * low, BATCH_PRICE * high
        yield f"Price, by the OpenAI Batch API: ${low:,.2f} to ${high:,.2f}."
        if max_cost is not None and plan.estimate.cost_usd[1] > max_cost:
            yield f"The budget of ${max_cost:,.2f} may not be enough."
    at_once = concurrency or CALLS_AT_ONCE
    least, most = plan.seconds(at_once, rpm, tpm)
    yield (
        f"Time: about {duration(least)} to {duration(most)}, with {at_once} calls at once of "
        f"{SECONDS_AN_ANSWER:g} s each (assumed), within the limits given."
    )
