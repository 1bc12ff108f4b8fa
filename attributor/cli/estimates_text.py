"""`attributor annotate --dry-run`: what a call would cost."""

from __future__ import annotations

from functools import reduce
from operator import add
from typing import TYPE_CHECKING

import click

from attributor.views.escaping import one_line

if TYPE_CHECKING:
    from attributor.cli.article_loop import Work
    from attributor.records import Article


def show_estimates(work: Work[Article]) -> None:
    """Print what each article would cost, and all of them together; nobody is asked."""
    if not work.annotator.engine.asks:
        click.echo("The embedded engine costs nothing.")
        return
    estimates = []
    for article, estimate in work.estimates():
        estimates.append(estimate)
        click.echo(f"{one_line(article.id)}: {estimate}")
    if len(estimates) > 1:
        click.echo(f"All {len(estimates):,} articles: {reduce(add, estimates)}")
