"""Whether the user trusts what a folder's `.env` sets: asked once on a terminal, and remembered."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from attributor.cli.files import replacing
from attributor.cli.messages import say
from attributor.errors import AttributorError, quoted
from attributor.settings_files import answers_file, is_changed, with_answer

if TYPE_CHECKING:
    from attributor.settings import Settings
    from attributor.settings_files import Dotenv


def told_settings(flags: Mapping[str, Any]) -> Settings:
    """The settings of this call; what needs trust is asked for, and what is not used is told."""
    from attributor.settings_layers import load

    settings = load(flags, ask=_ask if _is_watched() else None)
    for notice in settings.notices:
        say(notice)
    return settings


def remember(dotenv: Dotenv, trusted: bool) -> None:
    """Keep whether the user trusts a folder's `.env` as it is now.

    Raises:
        AttributorError: it cannot be written.
    """
    write_private(answers_file(), with_answer(dotenv, answers_file(), trusted))


def write_private(path: Path, text: str) -> None:
    """Write a file, and make its folder, that only their owner can read from the first byte on.

    Raises:
        AttributorError: it cannot be written.
    """
    path = Path(os.path.realpath(path))
    try:
        path.parent.parent.mkdir(parents=True, exist_ok=True)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        with replacing(path, mode=0o600) as out:
            out.write(text)
    except OSError as error:
        raise AttributorError(f"'{path}' cannot be written: {error.strerror}.") from error


def _is_watched() -> bool:
    """Whether somebody sits at a terminal who can be asked."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))


def _ask(dotenv: Dotenv, wanted: Mapping[str, str]) -> bool:

    changed = " has changed, and" if is_changed(dotenv, answers_file()) else ""
    say(f"{quoted(str(dotenv.path))}{changed} says where text goes, who pays or what is opened:")
    for variable, value in wanted.items():
        say(f"{variable}={quoted(value)}")
    trusted = click.confirm("Do you trust it, as long as it stays like this?", err=True)
    remember(dotenv, trusted)
    return trusted
