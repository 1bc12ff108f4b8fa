"""The command line, called in this process."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import click.testing

from attributor.cli import cli

Run = Callable[..., click.testing.Result]


def call(*args: str, input: str | bytes | None = None) -> click.testing.Result:
    """What the program does with these arguments."""
    arguments: Sequence[str] = args
    return click.testing.CliRunner().invoke(
        cli, list(arguments), input=input, prog_name="attributor"
    )
