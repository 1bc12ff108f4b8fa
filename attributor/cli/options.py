"""Options that more than one command has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from attributor.cli.completion import files, folders

Function = Callable[..., Any]

_ENGINE = (
    click.option(
        "--engine",
        type=click.Choice(["auto", "embedded", "openai"]),
        help="Who reads the articles; auto asks a model if one is configured.",
    ),
    click.option(
        "--offline", is_flag=True, default=None, help="Keep the articles' text on this machine."
    ),
    click.option("--model", metavar="NAME", help="The model's name on its server."),
    click.option("--base-url", metavar="URL", help="An OpenAI-compatible server."),
    click.option(
        "--prompts",
        metavar="DIR",
        shell_complete=folders,
        help="A folder with prompts of your own.",
    ),
    click.option(
        "--weights",
        metavar="FILE",
        shell_complete=files,
        help="Weights of your own for the embedded engine, made by 'attributor train'.",
    ),
)


def engine_options(command: Function) -> Function:
    """Adds the options that say which engine reads the articles, and how."""
    for option in reversed(_ENGINE):
        command = option(command)
    return command
