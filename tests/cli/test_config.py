"""`attributor config`: what is set, and a file that only its owner can read."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from attributor.settings import load, user_file

from .conftest import Run

KEY = "sk-example-0123456789abcdef"


def written() -> str:
    return user_file().read_text(encoding="utf-8")


def test_a_key_is_read_from_a_pipe_and_never_shown(run: Run) -> None:
    stored = run("config", "set", "api_key", input=f"{KEY}\n")
    assert stored.exit_code == 0
    shown = run("config")
    assert "…cdef" in shown.stdout
    assert KEY not in stored.output + shown.output
    key = load().api_key
    assert key is not None
    assert key.get_secret_value() == KEY


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps access rights elsewhere")
def test_the_file_and_its_folder_are_their_owners_alone(run: Run) -> None:
    previous = os.umask(0)
    try:
        run("config", "set", "model", "m")
        assert stat.S_IMODE(user_file().parent.stat().st_mode) == 0o700
        user_file().chmod(0o644)
        run("config", "set", "api_key", input=KEY)
    finally:
        os.umask(previous)
    assert stat.S_IMODE(user_file().stat().st_mode) == 0o600
    assert [file.name for file in user_file().parent.iterdir()] == ["config.toml"]


def test_a_key_on_the_command_line_is_refused(run: Run) -> None:
    result = run("config", "set", "api_key", KEY)
    assert result.exit_code == 2
    assert "history" in result.stderr
    assert KEY not in result.output
    assert not user_file().exists()


def test_no_key_at_all_is_refused(run: Run) -> None:
    assert run("config", "set", "api_key", input="").exit_code == 2


def test_a_variables_name_does_as_well(run: Run) -> None:
    assert run("config", "set", "OPENAI_BASE_URL", "http://localhost:1/v1").exit_code == 0
    assert load().base_url == "http://localhost:1/v1"


def test_values_are_stored_as_what_they_are(run: Run) -> None:
    for name, value in (("offline", "yes"), ("timeout", "9"), ("model", 'a "b" \\ č')):
        assert run("config", "set", name, value).exit_code == 0
    assert written() == 'offline = true\ntimeout = 9.0\nmodel = "a \\"b\\" \\\\ č"\n'
    assert load().model == 'a "b" \\ č'


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("modle", "m", "did you mean 'model'"),
        ("offline", "perhaps", "'offline' from the command line is not usable"),
        ("base_url", f"ftp://me:{KEY}@host", "it has to look like"),
        ("model", "", "Say what 'model' shall be"),
    ],
)
def test_what_is_not_usable_is_not_stored(run: Run, name: str, value: str, message: str) -> None:
    result = run("config", "set", name, value)
    assert result.exit_code == 2
    assert message in result.stderr
    assert KEY not in result.output
    assert not user_file().exists()


def test_comments_and_order_of_the_users_own_hand_stay(run: Run) -> None:
    user_file().parent.mkdir(parents=True)
    user_file().write_text('# mine\nmodel = "a" # best\nattempts = 2\n', encoding="utf-8")
    run("config", "set", "model", "b")
    assert written() == '# mine\nattempts = 2\nmodel = "b"\n'
    run("config", "unset", "attempts")
    assert written() == '# mine\nmodel = "b"\n'


def test_unsetting_what_is_not_set_is_told(run: Run) -> None:
    assert run("config", "unset", "model").exit_code == 2


def test_a_file_that_is_no_toml_is_left_alone(run: Run) -> None:
    user_file().parent.mkdir(parents=True)
    user_file().write_text("model =\n", encoding="utf-8")
    result = run("config", "set", "model", "m")
    assert result.exit_code == 2
    assert "is not TOML" in result.stderr
    assert written() == "model =\n"


def test_a_value_over_several_lines_is_left_to_its_author(run: Run) -> None:
    user_file().parent.mkdir(parents=True)
    user_file().write_text('model = """\nm\n"""\n', encoding="utf-8")
    result = run("config", "set", "model", "m")
    assert result.exit_code == 2
    assert "edit it by hand" in result.stderr


def test_the_place_of_every_setting_is_shown(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("OPENAI_BASE_URL=https://else.example/v1\n", encoding="utf-8")
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    result = run("config")
    assert [line.split() for line in result.stdout.splitlines() if "base_url" in line] == [
        ["base_url", "https://else.example/v1", "'.env'"]
    ]
    assert "The key from the environment is not used" in result.stderr
    assert KEY[-4:] not in result.output


def test_the_path_is_printed_alone(run: Run) -> None:
    assert run("config", "path").stdout == f"{user_file()}\n"
