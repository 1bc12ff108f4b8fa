"""`attributor config`: the user's own settings file."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from attributor import settings_files
from attributor.cli.completion import folders
from attributor.cli.completion import settings as settings_names
from attributor.cli.messages import say
from attributor.cli.trusting import remember, write_private
from attributor.errors import UsageError, quoted
from attributor.views.escaping import one_line

if TYPE_CHECKING:
    from attributor.settings import Settings

EXAMPLES = """\b
Examples:
  attributor config
  attributor config set api_key
  attributor config unset base_url
  attributor config trust
"""

SET_EXAMPLES = """\b
Examples:
  attributor config set api_key                 asks for it, so that no history keeps it
  attributor config set api_key < key.txt
  attributor config set base_url http://127.0.0.1:11434/v1
  attributor config set offline true
"""


@click.group(
    invoke_without_command=True, epilog=EXAMPLES, short_help="Show or change your settings."
)
@click.pass_context
def config(ctx: click.Context) -> None:
    """Show what is set and where it comes from, or change your own settings file.

    Settings come from the command line, the environment, the .env file of the folder you are in,
    and your own file; the first that says something wins. A .env says where text goes, who pays
    and what is opened only if you trust it.
    """
    if ctx.invoked_subcommand is None:
        _show()


@config.command()
def path() -> None:
    """Print where your own settings file is."""
    click.echo(settings_files.user_file())


@config.command("set", epilog=SET_EXAMPLES, short_help="Set NAME to VALUE in your own file.")
@click.argument("name", shell_complete=settings_names)
@click.argument("value", required=False)
def set_(name: str, value: str | None) -> None:
    """Set NAME to VALUE in your own file; the api_key is asked for, or read from a pipe."""
    from attributor.settings import Settings, variables
    from attributor.settings_layers import Layer, check

    name = variables().get(name, name)
    place = "the command line"
    check(Layer(place, {name: value} if name not in Settings.model_fields else {}))
    value = _key(value) if name == "api_key" else value
    if not value:
        raise click.UsageError(f"Say what {quoted(name)} shall be.")
    check(Layer(place, {name: value}))
    _rewrite(settings_files.user_file(), name, _as_toml(name, Settings(**{name: value})))
    click.echo(f"{name} is set in {settings_files.user_file()} ({_guarded()}).", err=True)


@config.command()
@click.argument("name", shell_complete=settings_names)
def unset(name: str) -> None:
    """Take NAME out of your own file."""
    if name not in settings_files.read_user_file(settings_files.user_file()):
        raise UsageError(f"{quoted(name)} is not set in '{settings_files.user_file()}'.")
    _rewrite(settings_files.user_file(), name, None)
    click.echo(f"{name} is taken out of {settings_files.user_file()}.", err=True)


@config.command(short_help="Let the .env of FOLDER say all that it does now.")
@click.argument("folder", required=False, default=".", shell_complete=folders)
def trust(folder: str) -> None:
    """Let the .env of FOLDER (or of this one) say where text goes, who pays and what is opened.

    What is trusted is the file as it is now: after a change it is not used until it is trusted
    again.
    """
    dotenv = settings_files.read(_dotenv_in(folder))
    if not dotenv.sha256:
        raise UsageError(
            f"There is no file of settings {quoted(str(dotenv.path))}: name its folder."
        )
    remember(dotenv, trusted=True)
    click.echo(f"{quoted(str(dotenv.path))} is trusted, as long as it stays like this.", err=True)


@config.command(short_help="Trust the .env of FOLDER no more.")
@click.argument("folder", required=False, default=".", shell_complete=folders)
def distrust(folder: str) -> None:
    """Trust the .env of FOLDER (or of this one) no more, whatever was said of it."""
    path = settings_files.absolute(_dotenv_in(folder))
    left = settings_files.without(path, settings_files.answers_file())
    if left is None:
        raise UsageError(f"{quoted(str(path))} is not trusted.")
    write_private(settings_files.answers_file(), left)
    click.echo(f"{quoted(str(path))} is not trusted any more.", err=True)


def _dotenv_in(folder: str) -> Path:
    """The file itself may be named, too."""
    path = Path(folder)
    return path if path.name == ".env" and not path.is_dir() else path / ".env"


def _show() -> None:
    from attributor.settings import Settings
    from attributor.settings_layers import load

    settings = load()
    state = "" if settings_files.user_file().exists() else " (not there yet)"
    click.echo(f"Your own file: {settings_files.user_file()}{state}\n")
    for name in Settings.model_fields:
        shown = one_line(settings.shown(name)) or "not set"
        click.echo(f"{name:14}{shown:32}  {one_line(settings.origin(name))}")
    if settings.left_aside:
        click.echo("\nNot used, because the .env of this folder is not trusted:")
    for variable, value in settings.left_aside.items():
        click.echo(f"{variable}={quoted(value)}")
    for notice in settings.notices:
        say(notice)


def _key(argument: str | None) -> str:
    """The key that the user types or a pipe sends; an argument is refused."""
    if argument is not None:
        raise click.UsageError(
            "A key on the command line stays in the shell's history: leave it away here, and "
            "paste it when asked."
        )
    if sys.stdin.isatty():
        return str(click.prompt("Key (not shown)", hide_input=True, err=True)).strip()
    return sys.stdin.readline().strip()


def _as_toml(name: str, settings: Settings) -> str:
    value = settings.api_key.get_secret_value() if name == "api_key" and settings.api_key else None
    value = value or getattr(settings, name)
    if isinstance(value, Path):
        value = str(value.absolute())
    import json

    # What JSON calls a string, a number, true and false is TOML too.
    return f"{name} = {json.dumps(value, ensure_ascii=False)}"


def _rewrite(path: Path, name: str, line: str | None) -> None:
    """Replace the line that sets `name`, leaving the user's own comments and order alone.

    Raises:
        UsageError: the file is written in such a way that this would not do.
    """
    import tomllib

    before = settings_files.read_user_file(path)
    old = path.read_text(encoding="utf-8-sig").splitlines() if path.exists() else []
    setting = re.compile(rf"\s*[\"']?{re.escape(name)}[\"']?\s*=")
    lines = [kept for kept in old if not setting.match(kept)] + ([line] if line else [])
    text = "\n".join(lines) + "\n"
    expected = {k: v for k, v in before.items() if k != name} | (tomllib.loads(line or ""))
    try:
        if tomllib.loads(text) != expected:
            raise ValueError
    except ValueError:
        raise UsageError(f"'{path}' cannot be changed safely; edit it by hand.") from None
    write_private(path, text)


def _guarded() -> str:
    if os.name == "nt":
        return "kept by the access rights of your Windows profile"
    return "readable by you alone"
