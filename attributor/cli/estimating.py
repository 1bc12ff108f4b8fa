"""`attributor annotate --dry-run`: what a call would cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from attributor.cli.annotate import Work


def show_estimates(work: Work) -> None:
    """Print what each article would cost, and all together; nobody is asked."""
    from attributor.views.escaping import one_line

    for article in work.articles():
        estimate = work.annotator.estimate(article)
        click.echo(f"{one_line(article.id)}: {estimate}")
