"""Sentences on standard error, where nothing from an article may act on the terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import click

from attributor.errors import AttributorError, StoreError, counted, quoted
from attributor.views.escaping import one_line, visible


class Damage:
    """Tells of each article in a store that is damaged, once.

    Attributes:
        exit_code: 0, or what to exit with because something is damaged.
    """

    def __init__(self) -> None:
        self.exit_code = 0
        self._told: set[str] = set()

    def __call__(self, error: StoreError) -> None:
        """Tell what is wrong with the article, and remember it for the end."""
        if error.message not in self._told:
            self._told.add(error.message)
            self.exit_code = tell(error)


def say(sentence: str) -> None:
    """Write one line to standard error."""
    with heard_or_not():
        click.echo(one_line(sentence), err=True)


def without_pack(languages: Mapping[str, int]) -> str:
    """The sentence on articles in languages that there is no pack for, given how many of each."""
    total = sum(languages.values())
    each = ", ".join(f"{name} ({count:,})" for name, count in languages.items())
    return (
        f"{counted(total, 'article')} in languages that there is no pack for, so that nobody is "
        f"credited there: {each}."
    )


@contextmanager
def heard_or_not() -> Iterator[None]:
    """Where standard error is gone, a terminal or a pipe, the work goes on and tells nobody.

    A pipe that is full for the moment, and that nobody may wait for, takes this later or never.
    """
    try:
        yield
    except BlockingIOError:
        pass
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stderr.fileno())  # for what waits to be written, too
        os.close(nowhere)


def tell(error: BaseException, article: str | None = None) -> int:
    """Say what went wrong, with the article it happened to, and give the exit code for it."""
    if isinstance(error, KeyboardInterrupt | click.Abort):
        say("Cancelled.")
        return 130
    if isinstance(error, AttributorError):
        sentence, code = error.message, error.exit_code
        article = error.article or article
    else:
        sentence, code = _unexpected(error), 1
    if article and quoted(article) not in sentence:
        sentence = f"{quoted(article)}: {sentence}"
    say(f"Error: {sentence}")
    return code


def _unexpected(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}{f': {quoted(str(error.filename))}' if error.filename else ''}."
    if click.get_current_context().find_root().params.get("traceback"):
        _show_traceback(error)
        return "This should not have happened; please report it with the lines above."
    return (
        f"This should not have happened ({type(error).__name__}); run it again as "
        "'attributor --traceback …' and report what that shows."
    )


def _show_traceback(error: BaseException) -> None:
    import traceback

    click.echo(visible("".join(traceback.format_exception(error))), err=True, nl=False)
