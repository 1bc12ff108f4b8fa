"""The command line: one module a command, and the only room that prints."""

from __future__ import annotations

import atexit
import contextlib
import gc
import os
import signal
import sys
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

import click

import attributor
from attributor.cli.kept_code import keep_code_of_dataclasses
from attributor.cli.messages import tell
from attributor.errors import panics_as_errors, quoted
from attributor.views.escaping import visible

EXAMPLES = """\b
Examples:
  attributor article.txt
  attributor annotate --format html -o article.html https://example.org/news/1
  attributor config set api_key
"""

PIPE_CLOSED = 141
"""The exit code where nobody reads the output any more, as that of a program that SIGPIPE ends."""
COMMANDS = (
    "annotate",
    "batch",
    "search",
    "export",
    "eval",
    "train",
    "config",
    "schema",
    "completion",
)
"""The commands, in the order in which --help lists them."""


class Commands(click.Group):
    """The commands, each imported when it is needed, and what happens when one fails."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands, the most useful first."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command `cmd_name`: what its module calls by the same name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"attributor.cli.{cmd_name}"), cmd_name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that `args` begin with; who names an article instead wants it annotated."""
        if args[0] not in COMMANDS and _is_source(args[0]):
            args = ["annotate", *args]
        if self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            ctx.fail(_no_command(args[0]))
        return super().resolve_command(ctx, args)

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """Read the arguments, or print what `--help` or `--version` asks for."""
        try:
            return super().make_context(*args, **extra)
        except click.ClickException as error:
            raise _harmless(error) from error
        except BrokenPipeError:
            _end_unread()

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what goes wrong becomes a sentence and an exit code."""
        try:
            with panics_as_errors():
                result = super().invoke(ctx)
            if sys.stdout is not None:
                sys.stdout.flush()
        except click.ClickException as error:
            raise _harmless(error) from error
        except click.exceptions.Exit:
            raise
        except BrokenPipeError:
            _end_unread()
        except (Exception, KeyboardInterrupt, click.Abort) as error:
            ctx.exit(tell(error))
        return result


@click.group(
    cls=Commands,
    epilog=EXAMPLES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--traceback",
    is_flag=True,
    envvar="ATTRIBUTOR_TRACEBACK",
    help="Show where in the program an unexpected error came from.",
)
@click.version_option(
    attributor.__version__, prog_name="attributor", message="%(prog)s %(version)s"
)
def cli(traceback: bool) -> None:
    """Who said what in an article, in which words, and where do they stand?

    'attributor SOURCE...' is short for 'attributor annotate SOURCE...'.
    """


def _end_unread() -> NoReturn:
    """End as one does whose reader has seen enough; what is left of the output goes nowhere."""
    sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    raise click.exceptions.Exit(PIPE_CLOSED)


def _harmless(error: click.ClickException) -> click.ClickException:
    """The same error, in whose message no name that somebody gave acts on the terminal."""
    error.message = visible(error.message)  # type: ignore[misc]  # click shows nothing else
    return error


def _is_source(name: str) -> bool:
    try:
        return "://" in name or name == "-" or (bool(name) and Path(name).exists())
    except (OSError, ValueError):  # too long for a file's name, or none at all
        return False


def _no_command(name: str) -> str:
    """What is wrong with a word that is neither a command nor a source, and what was meant."""
    from difflib import get_close_matches

    nearest = get_close_matches(name.lower(), COMMANDS, n=1)
    if nearest:
        return f"There is no command {quoted(name)}: did you mean '{nearest[0]}'?"
    return f"{quoted(name)} is neither a command nor a file or URL that is there."


def main() -> NoReturn:
    """Run the command line on this process's arguments, and exit."""
    _collect_less_garbage()
    _look_for_no_plugins()
    keep_code_of_dataclasses()
    _keep_standard_error()
    _speak_utf8()
    _unwind_when_ended()
    cli.main(prog_name="attributor")
    raise AssertionError("click exits")


def _collect_less_garbage() -> None:
    """Save a sixth of a short call, which Python would spend on looking for garbage.

    What importing makes is no garbage, and what is left at the end goes with the process.
    """
    gc.set_threshold(50_000)
    atexit.register(gc.freeze)


def _look_for_no_plugins() -> None:
    """Save a sixth of a short call, in which pydantic would look for plugins of its own.

    That is for the process alone: a program that imports the package keeps its plugins.
    """
    if os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__") == "__all__":
        from attributor.cli import no_plugins

        sys.modules.setdefault(no_plugins.REPLACED, no_plugins)


def _keep_standard_error() -> None:
    """Where it is closed, what is said goes nowhere, and no other file has its number."""
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115


def _speak_utf8() -> None:
    """Make the output UTF-8 whatever the locale; half a character becomes an escape."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _unwind_when_ended() -> None:
    """Let `finally` restore the terminal and remove unfinished files when a signal ends us."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            with contextlib.suppress(ValueError):  # not the main thread
                signal.signal(number, lambda number, _frame: sys.exit(128 + number))
