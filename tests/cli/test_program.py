"""The program as a whole: help, version, schema, completion, and how it ends."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.shell_completion import ShellComplete
from support.command_line import Run
from support.panics import PanicException

import attributor
from attributor.cli import COMMANDS, cli, no_plugins
from attributor.cli.messages import say
from attributor.errors import AnswerError, ReadingError


@pytest.mark.parametrize("command", [[], *([name] for name in COMMANDS), ["config", "set"]])
@pytest.mark.parametrize("option", ["-h", "--help"])
def test_every_command_has_help_with_an_example(run: Run, command: list[str], option: str) -> None:
    result = run(*command, option)
    assert result.exit_code == 0
    assert f"  attributor {command[0] if command else 'annotate'}" in result.stdout


def test_the_version_is_printed(run: Run) -> None:
    assert run("--version").stdout == f"attributor {attributor.__version__}\n"


def test_a_mistyped_command_is_refused(run: Run) -> None:
    result = run("anotate")
    assert result.exit_code == 2
    assert "There is no command 'anotate': did you mean 'annotate'?" in result.stderr


@pytest.mark.parametrize("name", ["missing.txt", "folder/missing", "a" * 5_000, "", "xyz\0"])
def test_what_is_neither_a_command_nor_a_source_is_told(run: Run, name: str) -> None:
    result = run(name)
    assert result.exit_code == 2
    assert "is neither a command nor a file or URL that is there." in result.stderr


def test_the_schema_describes_the_output_format(run: Run) -> None:
    schema = json.loads(run("schema").stdout)
    assert schema["properties"]["format"]["const"] == "attributor.annotation/1"
    assert "sha256" in schema["$defs"]["Article"]["required"]


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_a_completion_script_is_printed(run: Run, shell: str) -> None:
    result = run("completion", shell)
    assert result.exit_code == 0
    assert f"_ATTRIBUTOR_COMPLETE={shell}_complete" in result.stdout


def test_completion_takes_the_users_shell(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELL", "/usr/bin/fish")
    assert "fish_complete" in run("completion").stdout
    monkeypatch.setenv("SHELL", "/bin/unheard-of")
    assert run("completion").exit_code == 2


@pytest.mark.parametrize(
    ("error", "code", "sentence"),
    [
        (ReadingError("'a' is empty."), 3, "Error: 'a' is empty."),
        (AnswerError("The answer is broken.", article="a"), 4, "Error: 'a': The answer is broken."),
        (KeyboardInterrupt(), 130, "Cancelled."),
        (KeyError("sk-secret \x1b[31m"), 1, "Error: This should not have happened (KeyError)"),
        (PanicException("index"), 1, "Error: This should not have happened (PanicError)"),
        (OSError(28, "No space left on device"), 1, "Error: No space left on device."),
    ],
)
def test_every_failure_has_one_line_and_its_exit_code(
    run: Run, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, sentence: str
) -> None:
    fail_with(error, monkeypatch)
    result = run("fail")
    assert result.exit_code == code
    assert result.stderr.startswith(sentence)
    assert result.stderr.count("\n") == 1
    assert "sk-secret" not in result.stderr


def test_a_traceback_is_shown_when_asked_for(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_with(KeyError("\x1b[31m"), monkeypatch)
    for result in (run("--traceback", "fail"), traceback_by_variable(run, monkeypatch)):
        assert result.exit_code == 1
        assert "Traceback (most recent call last)" in result.stderr
        assert "\x1b" not in result.stderr


def test_a_line_that_a_full_pipe_does_not_take_silences_no_later_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ours, theirs = os.pipe()
    with os.fdopen(ours, "rb", 0) as listener, os.fdopen(theirs, "w", encoding="utf-8") as speaker:
        os.set_blocking(theirs, False)
        monkeypatch.setattr(sys, "stderr", speaker)
        with contextlib.suppress(BlockingIOError):
            while True:
                os.write(theirs, bytes(4096))
        say("The first.")
        listener.read(1_000_000)
        say("The second.")
        assert b"The second.\n" in listener.read(1_000_000)


@pytest.mark.parametrize("words", [["schema"], ["schema", "--help"], ["--help"], ["--version"]])
def test_who_has_read_enough_is_told_nothing_and_it_is_not_taken_for_nothing_found(
    words: list[str],
) -> None:
    ours, theirs = os.pipe()
    os.close(ours)
    command = [sys.executable, "-m", "attributor", *words]
    ended = subprocess.run(command, stdout=theirs, stderr=subprocess.PIPE)
    os.close(theirs)
    assert (ended.returncode, ended.stderr) == (141, b"")


def test_help_is_printed_without_what_only_work_needs() -> None:
    heavy = {"pydantic", "rich", "asyncio", "openai", "httpx2", "yaml", "trafilatura", "tomllib"}
    script = (
        "import sys; from attributor.cli import cli; cli(['--help'], standalone_mode=False);"
        "print(*sys.modules, file=sys.stderr)"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, encoding="utf-8")
    assert result.returncode == 0
    assert not heavy & set(result.stderr.split())


NOT_FOR_A_TEXT = {
    *("asyncio", "csv", "email", "importlib.metadata", "importlib.resources", "logging", "lxml"),
    *("multiprocessing", "numpy", "openai", "rich", "sqlite3", "tarfile", "trafilatura", "yaml"),
    *("zipfile", "attributor.archive", "attributor.prompting", "attributor.embedded.training"),
    *("attributor.embedded.stance.judging", "attributor.reading.containers"),
    *("attributor.reading.jsonl", "attributor.reading.tables", "attributor.reading.warc"),
}
"""Modules that take long to import, and do nothing for a text and the embedded engine."""


@pytest.mark.parametrize("format", ["terminal", "jsonl"])
def test_a_text_is_annotated_without_what_only_other_work_needs(
    tmp_path: Path, format: str
) -> None:
    article = tmp_path / "article.txt"
    article.write_text("“It will hold,” Mara Quill said.\n", encoding="utf-8")
    script = (
        "import atexit, sys; from attributor.cli import main;"
        "atexit.register(lambda: print(*sys.modules, file=sys.stderr)); main()"
    )
    call = ["annotate", "--engine", "embedded", "--light", "--format", format, str(article)]
    done = subprocess.run(
        [sys.executable, "-c", script, *call], capture_output=True, encoding="utf-8"
    )
    assert "Mara Quill" in done.stdout
    assert not NOT_FOR_A_TEXT & set(done.stderr.split())


def test_plugins_of_pydantics_are_found_where_the_user_says_which() -> None:
    script = (
        "import sys; from attributor.cli import _look_for_no_plugins; _look_for_no_plugins();"
        "from pydantic.plugin._loader import get_plugins; print(get_plugins.__module__)"
    )
    for given, home in (("__all__", "attributor.cli.no_plugins"), ("x", "pydantic.plugin._loader")):
        environ = os.environ | {"PYDANTIC_DISABLE_PLUGINS": given}
        call = [sys.executable, "-c", script]
        done = subprocess.run(call, capture_output=True, encoding="utf-8", env=environ)
        assert done.stdout.strip() == home


def test_what_else_pydantic_asks_of_its_loader_comes_from_its_loader(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, no_plugins.REPLACED, no_plugins)
    assert no_plugins.PYDANTIC_ENTRY_POINT_GROUP == "pydantic"


@pytest.mark.parametrize(
    ("given", "code", "found"),
    [
        ("", "cli.main = shown; attributor.cli.main()", "__all__ True"),
        ("mine", "cli.main = shown; attributor.cli.main()", "mine True"),
        ("", "attributor.annotate; shown()", "None False"),
    ],
)
def test_the_program_looks_for_no_plugins_of_pydantics_and_the_package_leaves_them(
    given: str, code: str, found: str
) -> None:
    script = (
        "import os, sys, attributor, attributor.cli; from attributor.cli import cli\n"
        "def shown(**_): sys.exit(f\"{os.environ.get('PYDANTIC_DISABLE_PLUGINS')} "
        "{'pydantic' not in sys.modules}\")\n" + code
    )
    environ = {n: v for n, v in os.environ.items() if n != "PYDANTIC_DISABLE_PLUGINS"}
    environ |= {"PYDANTIC_DISABLE_PLUGINS": given} if given else {}
    result = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, encoding="utf-8", env=environ
    )
    assert result.stderr.strip() == found


@pytest.mark.parametrize(
    ("words", "begun", "completed"),
    [
        (["annotate"], "a", [("a", "file")]),
        (["annotate", "--codebook"], "", [("", "file")]),
        (["annotate", "--prompts"], "p", [("p", "dir")]),
        (["annotate", "--language"], "sr", [("sr-Cyrl", "plain"), ("sr-Latn", "plain")]),
        (["annotate", "--engine"], "em", [("embedded", "plain")]),
        (["annotate", "--ask"], "d", [("doubts", "plain")]),
        (["config", "set"], "off", [("offline", "plain")]),
    ],
)
def test_files_folders_and_names_are_completed(
    words: list[str], begun: str, completed: list[tuple[str, str]]
) -> None:
    shell = ShellComplete(cli, {}, "attributor", "_ATTRIBUTOR_COMPLETE")
    found = shell.get_completions(words, begun)
    assert [(item.value, item.type) for item in found] == completed


@pytest.mark.parametrize(
    "words", [["a.txt"], ["a.txt", "--format", "jsonl"], ["-"], ["a.txt", "b.txt"], ["x://a.b/1"]]
)
def test_a_source_without_a_command_is_annotated(run: Run, words: list[str]) -> None:
    for name in ("a.txt", "b.txt"):
        Path(name).write_text("“Yes,” said Ana Ilić.", encoding="utf-8")
    given = "“No,” said Bo Lind."
    bare, whole = run(*words, input=given), run("annotate", *words, input=given)
    assert (bare.exit_code, bare.stdout, bare.stderr) == (
        whole.exit_code,
        whole.stdout,
        whole.stderr,
    )
    assert bare.stdout or "does not lead to an http or https address" in bare.stderr


def test_a_command_is_a_command_though_a_file_is_called_so(run: Run) -> None:
    Path("schema").write_text("“Yes,” said Ana Ilić.", encoding="utf-8")
    assert json.loads(run("schema").stdout)["properties"]


ESCAPE = "\x1b[31m\x9b\u202e\x07"


@pytest.mark.parametrize(
    "words",
    [
        [ESCAPE],
        [f"--{ESCAPE}"],
        ["annotate", f"--{ESCAPE}"],
        ["annotate", ESCAPE],
        ["annotate", "--format", ESCAPE, "a.txt"],
        ["annotate", "-o", f"{ESCAPE}.xlsx", "a.txt"],
        ["annotate", "--language", ESCAPE, "a.txt"],
        ["search", ESCAPE, "x"],
        ["search", "a.db", "--since", ESCAPE],
        ["search", "a.db", "--limit", ESCAPE],
        ["batch", ESCAPE],
        ["batch", "status", "a.db", ESCAPE],
        ["config", ESCAPE],
        ["config", "set", ESCAPE, "x"],
        ["completion", ESCAPE],
    ],
)
def test_no_name_that_is_given_acts_on_the_terminal_when_it_is_refused(
    run: Run, words: list[str]
) -> None:
    Path("a.txt").write_text("“Yes,” said Ana Ilić.", encoding="utf-8")
    result = run(*words)
    assert result.exit_code != 0
    assert not set(ESCAPE) - set("[31m") & set(result.stdout + result.stderr)


def test_the_package_runs_as_a_module() -> None:
    command = [sys.executable, "-m", "attributor", "--version"]
    assert subprocess.run(command, capture_output=True).stdout.startswith(b"attributor ")


def traceback_by_variable(run: Run, monkeypatch: pytest.MonkeyPatch) -> click.testing.Result:
    monkeypatch.setenv("ATTRIBUTOR_TRACEBACK", "1")
    return run("fail")


def fail_with(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise error

    known = cli.get_command
    monkeypatch.setattr(
        cli,
        "get_command",
        lambda ctx, name: (
            click.Command("fail", callback=fail) if name == "fail" else known(ctx, name)
        ),
    )
