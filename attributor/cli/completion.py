"""`attributor completion`: what a shell needs to complete options."""

from __future__ import annotations

import os
import sys
from pathlib import PurePath
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

INSTALL = {
    "bash": "echo 'eval \"$(attributor completion bash)\"' >> ~/.bashrc",
    "zsh": "echo 'eval \"$(attributor completion zsh)\"' >> ~/.zshrc",
    "fish": "attributor completion fish > ~/.config/fish/completions/attributor.fish",
}

EXAMPLES = """\b
To have it from the next shell on:
""" + "\n".join(f"  {line}" for line in INSTALL.values())


@click.command(epilog=EXAMPLES, short_help="Print what your shell needs to complete.")
@click.argument("shell", type=click.Choice(tuple(INSTALL)), required=False)
def completion(shell: str | None) -> None:
    """Print the completion script for SHELL (yours, if not given)."""
    from click.shell_completion import get_completion_class

    shell = shell or PurePath(os.environ.get("SHELL", "")).name
    kind = get_completion_class(shell) if shell in INSTALL else None
    if kind is None:
        raise click.UsageError(f"Say which shell: one of {', '.join(INSTALL)}.")
    program = click.get_current_context().find_root().command
    click.echo(kind(program, {}, "attributor", "_ATTRIBUTOR_COMPLETE").source())
    if sys.stdout.isatty():
        click.echo(f"To have it from the next shell on: {INSTALL[shell]}", err=True)


def files(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Have the shell complete a file's name."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(incomplete, type="file")]


def folders(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Have the shell complete a folder's name."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(incomplete, type="dir")]


def languages(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """The languages that there are packs for."""
    from attributor.marking.language import codes

    return [code for code in codes() if code.startswith(incomplete)]


def settings(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """The names of settings."""
    from attributor.settings import Settings

    return [name for name in Settings.model_fields if name.startswith(incomplete)]
