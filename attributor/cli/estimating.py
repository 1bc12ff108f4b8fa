"""`attributor annotate --dry-run`: what a call would cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from attributor.cli.work import Work
    from attributor.prompting import Estimate
    from attributor.records import Article

Number = TypeVar("Number", int, float)


def show_estimates(work: Work[Article]) -> None:
    """Print what each article would cost, and all of them together; nobody is asked."""
    from attributor.views.escaping import one_line

    if work.engine == "embedded":
        click.echo("The embedded engine costs nothing.")
        return
    estimates = []
    for article, estimate in work.estimates():
        estimates.append(estimate)
        click.echo(f"{one_line(article.id)}: {estimate}")
    if len(estimates) > 1:
        click.echo(f"All {len(estimates):,} articles: {_together(estimates)}")


def _together(estimates: list[Estimate]) -> Estimate:
    from attributor.prompting import Estimate

    costs = [e.cost_usd for e in estimates if e.cost_usd is not None]
    return Estimate(
        requests=_sum([e.requests for e in estimates]),
        input_tokens=_sum([e.input_tokens for e in estimates]),
        output_tokens=_sum([e.output_tokens for e in estimates]),
        cost_usd=_sum(costs) if len(costs) == len(estimates) else None,
    )


def _sum(ranges: list[tuple[Number, Number]]) -> tuple[Number, Number]:
    return sum(low for low, _ in ranges), sum(high for _, high in ranges)
