"""`attributor config`: what is set, and a file that only its owner can read."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from support.command_line import Run

from attributor.settings_files import user_file
from attributor.settings_layers import load

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
    run("config", "trust")
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    result = run("config")
    assert [line.split() for line in result.stdout.splitlines() if "base_url" in line] == [
        ["base_url", "https://else.example/v1", "'.env'"]
    ]
    assert "The key from the environment is not used" in result.stderr
    assert KEY[-4:] not in result.output


# --- a folder's .env ------------------------------------------------------------------------------

STRANGE = f"OPENAI_API_KEY={KEY}\nOPENAI_BASE_URL=https://me:{KEY}@else.example/v1\n"


def dotenv(text: str, folder: str = ".") -> Path:
    file = Path(folder, ".env")
    file.write_text(text, encoding="utf-8")
    file.chmod(0o600)
    return file


def test_what_is_left_aside_is_shown_and_how_to_allow_it(run: Run) -> None:
    dotenv(STRANGE + "ATTRIBUTOR_LANGUAGE=de\nATTRIBUTOR_MODEL='\x1b[31mred'\n")
    result = run("config")
    shown, left = result.stdout.split("Not used, because the .env of this folder is not trusted:\n")
    assert [line.split() for line in shown.splitlines() if "'.env'" in line] == [
        ["language", "de", "'.env'"]
    ]
    assert left.splitlines() == [
        "OPENAI_API_KEY='…cdef'",
        "OPENAI_BASE_URL='https://else.example/v1'",
        "ATTRIBUTOR_MODEL='\\x1b[31mred'",
    ]
    assert result.stderr.count("attributor config trust") == 1
    assert KEY not in result.output


@pytest.mark.parametrize("named", [[], ["."], [".env"], ["../work"]])
def test_a_folder_can_be_trusted_and_distrusted(run: Run, named: list[str]) -> None:
    dotenv(STRANGE)
    trusted = run("config", "trust", *named)
    assert trusted.exit_code == 0
    assert f"'{Path('.env').absolute()}' is trusted" in trusted.stderr
    assert load().host == "else.example"
    assert run("config", "distrust", *named).exit_code == 0
    assert load().host == "api.openai.com"
    assert run("config", "distrust", *named).exit_code == 2


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps access rights elsewhere")
def test_what_is_trusted_is_kept_where_only_the_user_can_write(run: Run) -> None:
    dotenv(STRANGE)
    run("config", "trust")
    (kept,) = user_file().parent.iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
    assert KEY not in kept.read_text(encoding="utf-8")


def test_a_folder_that_is_gone_can_be_distrusted(run: Run) -> None:
    Path("gone").mkdir()
    file = dotenv(STRANGE, "gone")
    Path("other").mkdir()
    dotenv(STRANGE, "other")
    run("config", "trust", "gone")
    run("config", "trust", "other")
    file.unlink()
    file.parent.rmdir()
    assert run("config", "distrust", "gone").exit_code == 0
    assert load(folder=Path("other")).left_aside == {}


def test_where_there_is_no_dotenv_there_is_nothing_to_trust(run: Run) -> None:
    result = run("config", "trust")
    assert result.exit_code == 2
    assert "There is no file of settings" in result.stderr


def test_nobody_is_asked_in_a_pipe(run: Run) -> None:
    dotenv(STRANGE)
    Path("a.txt").write_text("“Yes,” said Ana Ilić.", encoding="utf-8")
    result = run("annotate", "a.txt", input="y\n")
    assert result.exit_code == 0
    first, second = result.stderr.splitlines()
    assert first.startswith("OPENAI_API_KEY, OPENAI_BASE_URL from '.env' are not used")
    assert second.startswith("The embedded engine answers")
    assert not user_file().parent.exists()


@pytest.mark.parametrize(("said", "trusted"), [("y", True), ("n", False), ("", False)])
def test_who_sits_at_a_terminal_is_asked_once(
    run: Run, monkeypatch: pytest.MonkeyPatch, said: str, trusted: bool
) -> None:
    monkeypatch.setattr("attributor.cli.trusting._is_watched", lambda: True)
    dotenv("ATTRIBUTOR_ALLOW_PRIVATE=yes\n")
    Path("a.txt").write_text("“Yes,” said Ana Ilić.", encoding="utf-8")
    first = run("annotate", "a.txt", input=f"{said}\n")
    assert first.exit_code == 0
    assert first.stderr.count("Do you trust it") == 1
    assert "ATTRIBUTOR_ALLOW_PRIVATE='true'" in first.stderr
    assert load().allow_private is trusted
    again = run("annotate", "a.txt", input="")
    assert again.exit_code == 0
    assert "Do you trust it" not in again.stderr
    assert ("not used" in again.stderr) is not trusted
    dotenv("ATTRIBUTOR_ALLOW_PRIVATE=yes\nATTRIBUTOR_MODEL=dear\n")
    changed = run("annotate", "a.txt", input="n\n")
    assert ("has changed, and says" in changed.stderr) is trusted
    assert not load().allow_private


def test_who_ends_the_question_sends_nothing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("attributor.cli.trusting._is_watched", lambda: True)
    dotenv(STRANGE)
    Path("a.txt").write_text("“Yes,” said Ana Ilić.", encoding="utf-8")
    result = run("annotate", "a.txt", input="")
    assert (result.exit_code, result.stdout) == (130, "")
    assert not user_file().parent.exists()


def test_the_path_is_printed_alone(run: Run) -> None:
    assert run("config", "path").stdout == f"{user_file()}\n"
