"""Options that more than one command has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import click

from attributor.cli.completion import files, folders, languages
from attributor.cli.messages import say
from attributor.cli.trusting import told_settings
from attributor.engine_names import ENGINE_CHOICES

if TYPE_CHECKING:
    from attributor.pipeline import Annotator
    from attributor.records import Codebook, Target

Function = Callable[..., Any]
"""The function of a command."""

_ENGINE_OPTIONS = (
    click.option(
        "--engine",
        type=click.Choice(ENGINE_CHOICES),
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
    click.option(
        "--ask",
        type=click.Choice(["doubts", "all"]),
        help="What a model is asked about: all, or what the embedded engine is not sure of.",
    ),
    click.option(
        "--draft/--no-draft",
        default=None,
        help="Whether a model is shown what the embedded engine found, to mend it.",
    ),
    click.option(
        "--light",
        is_flag=True,
        default=None,
        help="Leave the encoder under the embedded engine aside, if one is installed.",
    ),
)
"""Options that say which engine answers."""

_STUDY_OPTIONS = (
    click.option(
        "--target",
        "targets",
        metavar="TEXT",
        multiple=True,
        help="Whom or what stances are towards; may be given several times.",
    ),
    click.option(
        "--codebook",
        metavar="FILE",
        shell_complete=files,
        help="A YAML file of targets with definitions and examples; --target adds to it.",
    ),
    click.option(
        "--stance", is_flag=True, help="Ask for stances towards targets that the engine proposes."
    ),
    click.option(
        "--language",
        metavar="CODE",
        shell_complete=languages,
        help="en, de, sr-Latn or sr-Cyrl; detected if not given.",
    ),
)
"""Options that say what is asked of the articles."""


def _encoding(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    if value is None:
        return None
    from attributor.reading.decoding import charset

    if found := charset(value):
        return found
    raise click.BadParameter(
        f"'{value}' is no encoding of texts like windows-1250, iso-8859-2, koi8-r or big5."
    )


encoding_option = click.option(
    "--encoding",
    metavar="NAME",
    callback=_encoding,
    help="What texts are in that are not UTF-8 and do not say, such as windows-1250; else guessed.",
)


no_bom_option = click.option(
    "--no-bom",
    is_flag=True,
    help="Begin a CSV file without the byte order mark by which Excel knows its letters.",
)


def engine_options(command: Function) -> Function:
    """Adds the options that say which engine reads the articles, and how."""
    for option in reversed(_ENGINE_OPTIONS):
        command = option(command)
    return command


def study_options(command: Function) -> Function:
    """Adds the options that say what is asked of the articles."""
    for option in reversed(_STUDY_OPTIONS):
        command = option(command)
    return command


def configured(
    flags: dict[str, Any],
    codebook: str | None = None,
    targets: tuple[str, ...] = (),
    stance: bool = False,
) -> Annotator:
    """The annotator that these options ask for; what is set aside of them is told."""
    from attributor.pipeline import Annotator

    if stance and (targets or codebook):
        raise click.UsageError("--stance leaves the targets to the engine: name none beside it.")
    annotator = Annotator(told_settings(flags), _codebook(codebook, targets, stance))
    for notice in _unused(flags, annotator):
        say(notice)
    return annotator


def _unused(flags: dict[str, Any], annotator: Annotator) -> Iterator[str]:
    """What was said on the command line about an engine that does not answer."""
    engine = annotator.engine
    why = "a model is asked" if engine.asks else "no model is asked"
    for name in ("model", "prompts", "weights", "ask", "light"):
        if flags[name] and name not in engine.settings_used:
            yield f"--{name} is not used, because {why}."


def _codebook(path: str | None, names: tuple[str, ...], stance: bool) -> Codebook | None:
    """The codebook's targets, and after them those named on the command line that it has not.

    Without any, a codebook that leaves them to the engine if `stance` is asked for, else None.
    """
    from attributor.records import Codebook

    codebook = Codebook.of(names, targets_in(path))
    return codebook if codebook.targets or stance else None


def targets_in(path: str | None) -> tuple[Target, ...]:
    """The targets in a codebook's file; none without a file."""
    if path is None:
        return ()
    from attributor.reading import read_codebook

    return read_codebook(path).targets
