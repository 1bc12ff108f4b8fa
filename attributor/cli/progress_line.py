"""What is shown while a model works, or a batch runs."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from attributor.cli.messages import heard_or_not, say
from attributor.errors import counted
from attributor.views.escaping import one_line

if TYPE_CHECKING:
    from attributor.archive.progress import Progress

OnStep = Callable[[str], None]
"""Is told what a request is for, each time before one is sent."""

SECONDS_BETWEEN_LINES = 10.0
"""Seconds between two lines where there is no terminal."""


@contextmanager
def shown(article: str) -> Iterator[OnStep | None]:
    """Show that `article` is being read, and what for; nothing where nobody watches."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.text import Text

    name = one_line(article)
    with Console(stderr=True).status(Text(f"{name} …")) as status:
        yield lambda step: status.update(Text(f"{name}: {one_line(step)} …"))


@contextmanager
def watched(
    seconds_between_lines: float = SECONDS_BETWEEN_LINES,
) -> Iterator[Callable[[Progress], None]]:
    """Show how far a batch is: a line that changes on a terminal, else a line now and then."""
    if not sys.stderr.isatty():
        yield _Lines(seconds_between_lines)
        return
    from rich.console import Console
    from rich.text import Text

    status = Console(stderr=True).status(Text("reading …"))
    try:
        with heard_or_not():
            status.start()
        yield lambda tally: status.update(Text(progress(tally)))
    finally:
        with heard_or_not():
            status.stop()


class _Lines:
    """Says how far a batch is, with a pause of some seconds between two lines."""

    def __init__(self, seconds: float) -> None:
        self._seconds, self._next = seconds, time.monotonic() + seconds

    def __call__(self, tally: Progress) -> None:

        if time.monotonic() >= self._next:
            self._next = time.monotonic() + self._seconds
            say(progress(tally))


def progress(tally: Progress) -> str:
    """One line: what is done, how fast, what failed, what it costs, how long it will go on."""
    of = f" of {tally.total:,}" if tally.total else ""
    parts = [f"{tally.annotated:,}{of} annotated, {tally.rate:.1f} articles a second"]
    if tally.failures:
        parts.append(failures(tally))
    parts.append(f"{tally.known:,} known, {tally.in_flight:,} in the making")
    if tally.workers:
        parts.append(counted(tally.workers, "worker"))
    if tally.requests_out:
        parts.append(
            f"{counted(tally.requests_out, 'request')} with the Batch API, for a day at most"
        )
    if tally.spent is not None:
        likely = f", about ${tally.projected:.2f} in all" if tally.projected is not None else ""
        parts.append(f"${tally.spent:.4f} spent{likely}")
    if tally.seconds_left is not None:
        parts.append(f"about {duration(tally.seconds_left)} left")
    return ("Ending: " if tally.ending else "") + "; ".join(parts) + "."


def failures(tally: Progress) -> str:
    """How many failed, by kind."""
    return ", ".join(f"{count:,} {kind}" for kind, count in tally.failures.most_common())


def duration(seconds: float) -> str:
    """Seconds as a person says them: "40 s", "12 min", "3 h 20 min", "4 d 2 h"."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours:,} h {minutes} min"
    days, hours = divmod(hours, 24)
    return f"{days:,} d {hours} h"
