"""`attributor annotate --dry-run`: what a call would cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, get_args

import click

from attributor.errors import counted
from attributor.views.escaping import one_line

if TYPE_CHECKING:
    from attributor.cli.article_loop import Work
    from attributor.prompting import Estimate
    from attributor.records import Article
    from attributor.settings import AskAbout


def show_estimates(work: Work[Article]) -> None:
    """Print what each article would cost, and all of them together; nobody is asked."""
    if not work.annotator.engine.asks:
        click.echo("The embedded engine costs nothing.")
        return
    from attributor.settings import AskAbout

    settings, estimates = work.annotator.settings, []
    for article, by_ask in work.estimates():
        estimates.append(by_ask)
        click.echo(f"{one_line(article.id)}: {by_ask[settings.ask]}")
    if len(estimates) > 1:
        click.echo(f"All {len(estimates):,} articles: {_sum(estimates, settings.ask)}")
    for ask in get_args(AskAbout) if estimates and settings.draft else ():
        asked = sum(by_ask[ask].asks for by_ask in estimates)
        amounts = str(_sum(estimates, ask))
        click.echo(ask_line(ask, asked, len(estimates), amounts, is_set=ask == settings.ask))


def _sum(estimates: Iterable[Mapping[AskAbout, Estimate]], ask: AskAbout) -> Estimate:
    return reduce(add, (by_ask[ask] for by_ask in estimates))


def ask_line(ask: AskAbout, asked: int, articles: int, amounts: str, *, is_set: bool) -> str:
    """What asking about doubts, or about all, would take.

    Args:
        ask: which of the two.
        asked: about how many articles the model would be asked then.
        articles: how many there are.
        amounts: requests, tokens and price.
        is_set: whether this is what the settings say.
    """
    sign = " (as set)" * is_set
    takes = amounts if asked else "at no cost"
    return f"--ask {ask}{sign}: {asked:,} of {counted(articles, 'article')} asked, {takes}"
