"""Settings: which place wins, what a folder's `.env` may not do, and what a mistake is told."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from attributor.errors import UsageError
from attributor.settings import Settings, variables
from attributor.settings_files import (
    Dotenv,
    answers_file,
    read,
    user_file,
    with_answer,
    without,
)
from attributor.settings_layers import Ask, load

KEY = "sk-example-0123456789abcdef"
ROOT = Path(__file__).parent.parent


class Places:
    """A folder with a `.env` and a user's own file, each as a test wants it."""

    def __init__(self, root: Path) -> None:
        self.folder = root / "project"
        self.user = root / "user" / "config.toml"
        self.folder.mkdir()
        self.user.parent.mkdir()

    def load(
        self,
        flags: Mapping[str, Any] | None = None,
        *,
        environ: Mapping[str, str] | None = None,
        dotenv: str = "",
        own: str = "",
        trusted: bool = False,
        ask: Ask | None = None,
    ) -> Settings:
        self.dotenv.write_text(dotenv, encoding="utf-8")
        self.user.write_text(own, encoding="utf-8")
        for file in (self.dotenv, self.user):
            file.chmod(0o600)
        if trusted:
            self.trust()
        return load(flags, environ=environ or {}, folder=self.folder, user=self.user, ask=ask)

    @property
    def dotenv(self) -> Path:
        return self.folder / ".env"

    def trust(self, trusted: bool = True) -> None:
        answers = answers_file(self.user)
        answers.write_text(with_answer(read(self.dotenv), answers, trusted), encoding="utf-8")


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path)


def key_of(settings: Settings) -> str | None:
    return settings.api_key.get_secret_value() if settings.api_key else None


# --- which place wins ---------------------------------------------------------------------------


def test_without_any_place_the_defaults_hold(tmp_path: Path) -> None:
    settings = load(environ={}, folder=tmp_path, user=tmp_path / "none.toml")
    assert settings == Settings()
    assert settings.chosen_engine == "embedded"
    assert settings.origin("model") == "default"


def test_flags_win_over_environment_over_dotenv_over_the_users_file(places: Places) -> None:
    layers: dict[str, Any] = {
        "own": 'model = "of-user"\nlanguage = "en"\ntimeout = 7\nattempts = 2',
        "dotenv": "ATTRIBUTOR_MODEL=of-folder\nATTRIBUTOR_LANGUAGE=sr-Latn\nATTRIBUTOR_TIMEOUT=8",
        "environ": {"ATTRIBUTOR_MODEL": "of-environment", "ATTRIBUTOR_LANGUAGE": "sr-Cyrl"},
    }
    settings = places.load({"model": "of-flag", "language": None}, trusted=True, **layers)
    assert settings.model == "of-flag"
    assert settings.language == "sr-Cyrl"
    assert settings.timeout == 8
    assert settings.attempts == 2
    assert [settings.origin(n) for n in ("model", "language", "timeout", "attempts")] == [
        "the command line",
        "the environment",
        f"'{places.folder / '.env'}'",
        f"'{places.user}'",
    ]


def test_an_empty_variable_counts_as_not_set(places: Places) -> None:
    settings = places.load(environ={"OPENAI_API_KEY": "", "ATTRIBUTOR_MODEL": ""}, own="model = ''")
    assert settings == Settings()


@pytest.mark.parametrize(("word", "meant"), [("1", True), ("yes", True), ("off", False)])
def test_booleans_may_be_words_in_the_environment(places: Places, word: str, meant: bool) -> None:
    assert places.load(environ={"ATTRIBUTOR_OFFLINE": word}).offline is meant


def test_a_file_with_a_byte_order_mark_is_read(places: Places) -> None:
    settings = places.load(dotenv="\ufeffATTRIBUTOR_LANGUAGE=de", own="\ufeffattempts = 2")
    assert (settings.language, settings.attempts) == ("de", 2)


def test_the_users_file_may_use_the_names_of_the_environment(places: Places) -> None:
    settings = places.load({"model": "of-flag"}, own='ATTRIBUTOR_MODEL = "of-user"')
    assert settings.model == "of-flag"


# --- what a folder's .env may not do ------------------------------------------------------------


@pytest.mark.parametrize("where", ["environ", "own"])
def test_a_base_url_of_a_folder_never_gets_a_key_from_elsewhere(places: Places, where: str) -> None:
    keys: dict[str, Any] = {
        "environ": {"environ": {"OPENAI_API_KEY": KEY}},
        "own": {"own": f'api_key = "{KEY}"'},
    }
    settings = places.load(
        dotenv="OPENAI_BASE_URL=https://else.example/v1", trusted=True, **keys[where]
    )
    assert settings.host == "else.example"
    assert settings.api_key is None
    assert "is not used" in settings.notices[0]
    assert KEY not in "".join(settings.notices)


def test_a_base_url_of_a_folder_is_used_with_the_folders_own_key(places: Places) -> None:
    dotenv = "OPENAI_BASE_URL=https://else.example/v1\nOPENAI_API_KEY=of-folder"
    alone = places.load(dotenv=dotenv, trusted=True)
    assert (key_of(alone), alone.notices) == ("of-folder", ())
    beside = places.load(dotenv=dotenv, environ={"OPENAI_API_KEY": KEY}, trusted=True)
    assert key_of(beside) == "of-folder"
    assert beside.notices


def test_a_base_url_from_flag_or_environment_is_used_with_the_users_key(places: Places) -> None:
    own = f'api_key = "{KEY}"'
    dotenv = "OPENAI_BASE_URL=https://else.example/v1"
    url = "https://mine.example/v1"
    by_flag = places.load({"base_url": url}, dotenv=dotenv, own=own)
    by_environment = places.load(environ={"OPENAI_BASE_URL": url}, dotenv=dotenv, own=own)
    for settings in (by_flag, by_environment):
        assert (settings.host, key_of(settings)) == ("mine.example", KEY)
        assert settings.notices == ()


def test_a_dotenv_cannot_quote_the_environment(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    dotenv = "OPENAI_BASE_URL=https://else.example/${OPENAI_API_KEY}"
    settings = places.load(dotenv=dotenv, trusted=True)
    assert "OPENAI_API_KEY" in str(settings.base_url)
    assert KEY not in str(settings.base_url)


def test_a_folder_cannot_undo_the_cautions_of_the_users_file(places: Places) -> None:
    dotenv = "ATTRIBUTOR_OFFLINE=no\nATTRIBUTOR_ALLOW_PRIVATE=yes\nATTRIBUTOR_ATTEMPTS=9"
    own = "offline = true\nallow_private = false"
    settings = places.load(dotenv=dotenv, own=own, trusted=True)
    assert settings.offline
    assert not settings.allow_private
    assert settings.attempts == 9
    assert settings.origin("offline") == f"'{places.user}'"
    assert len(settings.notices) == 2
    assert places.load({"allow_private": True}, own="allow_private = false").allow_private


# --- what a folder's .env may do only if it is trusted -------------------------------------------

POWERFUL = {
    "ATTRIBUTOR_ENGINE": "auto",
    "OPENAI_API_KEY": "of-folder",
    "OPENAI_BASE_URL": "https://else.example/v1",
    "ATTRIBUTOR_MODEL": "dear",
    "ATTRIBUTOR_PROMPTS": "prompts",
    "ATTRIBUTOR_WEIGHTS": "/dev/zero",
    "ATTRIBUTOR_ALLOW_PRIVATE": "yes",
    "ATTRIBUTOR_ASK": "doubts",
    "ATTRIBUTOR_DRAFT": "false",
}
HARMLESS = {
    "ATTRIBUTOR_OFFLINE": "yes",
    "ATTRIBUTOR_LANGUAGE": "de",
    "ATTRIBUTOR_LIGHT": "yes",
    "ATTRIBUTOR_TIMEOUT": "7",
    "ATTRIBUTOR_ATTEMPTS": "2",
}


def text_of(variables: Mapping[str, str]) -> str:
    return "".join(f"{name}={value}\n" for name, value in variables.items())


def test_every_setting_is_known_as_powerful_or_harmless() -> None:
    assert POWERFUL.keys() | HARMLESS.keys() == variables().keys()


@pytest.mark.parametrize("variable", POWERFUL)
def test_a_powerful_setting_of_a_folder_that_is_not_trusted_is_left_aside(
    places: Places, variable: str
) -> None:
    name = variables()[variable]
    before = Settings(engine="embedded" if name == "engine" else "auto")
    given: dict[str, Any] = {"dotenv": f"{variable}={POWERFUL[variable]}"}
    given["own"] = f"engine = '{before.engine}'"
    settings = places.load(**given)
    assert getattr(settings, name) == getattr(before, name)
    assert list(settings.left_aside) == [variable]
    assert len(settings.notices) == 1
    assert settings.notices[0].startswith(f"{variable} from '{places.dotenv}' is not used")
    assert "attributor config trust" in settings.notices[0]
    trusted = places.load(trusted=True, **given)
    assert getattr(trusted, name) != getattr(before, name)
    assert (trusted.notices, trusted.left_aside) == ((), {})


@pytest.mark.parametrize("variable", HARMLESS)
def test_a_harmless_setting_of_a_folder_needs_no_trust(places: Places, variable: str) -> None:
    name = variables()[variable]
    settings = places.load(dotenv=f"{variable}={HARMLESS[variable]}", ask=never_asked)
    assert getattr(settings, name) != getattr(Settings(), name)
    assert settings.notices == ()


def never_asked(found: Dotenv, wanted: Mapping[str, str]) -> bool:
    raise AssertionError(f"asked about {wanted}")


@pytest.mark.parametrize(
    ("dotenv", "others"),
    [
        ("ATTRIBUTOR_ENGINE=embedded", {"own": "engine = 'openai'"}),
        ("ATTRIBUTOR_ALLOW_PRIVATE=no", {"own": "allow_private = true"}),
        ("ATTRIBUTOR_MODEL=gpt-5-mini", {}),
        ("OPENAI_BASE_URL=https://else.example", {"flags": {"base_url": "https://mine.example"}}),
        ("OPENAI_API_KEY=of-folder", {"environ": {"OPENAI_API_KEY": KEY}}),
        ("OPENAI_API_KEY=k\nOPENAI_BASE_URL=https://a.example", {"flags": {"engine": "embedded"}}),
        ("ATTRIBUTOR_MODEL=dear\nATTRIBUTOR_ENGINE=embedded", {}),
        ("ATTRIBUTOR_PROMPTS=mine", {"own": "engine = 'embedded'"}),
        ("UNRELATED=1", {}),
        ("", {}),
    ],
)
def test_what_makes_nothing_worse_is_not_asked_about(
    places: Places, dotenv: str, others: dict[str, Any]
) -> None:
    settings = places.load(others.pop("flags", None), dotenv=dotenv, ask=never_asked, **others)
    assert settings.left_aside == {}
    assert settings.notices == ()


def test_a_folder_that_is_not_trusted_takes_no_key_from_the_users_own_server(
    places: Places,
) -> None:
    url = "https://mine.example/v1"
    own = f"api_key = '{KEY}'\nbase_url = '{url}'"
    settings = places.load(dotenv=f"OPENAI_BASE_URL={url}\nOPENAI_API_KEY=of-folder", own=own)
    assert (key_of(settings), settings.base_url) == (KEY, url)


def test_trust_is_for_the_content_and_the_place(places: Places, tmp_path: Path) -> None:
    dotenv = "OPENAI_BASE_URL=https://else.example/v1\n"
    assert places.load(dotenv=dotenv, trusted=True).host == "else.example"
    changed = places.load(dotenv=dotenv + "ATTRIBUTOR_MODEL=dear\n")
    assert (changed.host, list(changed.left_aside)) == (
        "api.openai.com",
        ["OPENAI_BASE_URL", "ATTRIBUTOR_MODEL"],
    )
    assert places.load(dotenv=dotenv).host == "else.example"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / ".env").write_text(dotenv, encoding="utf-8")
    assert load(environ={}, folder=elsewhere, user=places.user).left_aside
    by_link = tmp_path / "link"
    by_link.symlink_to(places.folder)
    assert not load(environ={}, folder=by_link, user=places.user).left_aside


def test_trust_is_asked_for_with_what_it_is_about_and_no_secret(places: Places) -> None:
    asked: list[Mapping[str, str]] = []

    def ask(found: Dotenv, wanted: Mapping[str, str]) -> bool:
        asked.append(wanted)
        return True

    dotenv = (
        f"OPENAI_API_KEY={KEY}\nOPENAI_BASE_URL=https://me:{KEY}@else.example/v1\n"
        "ATTRIBUTOR_ALLOW_PRIVATE=perhaps\nATTRIBUTOR_TIMEOUT=7\n"
    )
    with pytest.raises(UsageError, match=r"'allow_private' from '.*\.env' is not usable"):
        places.load(dotenv=dotenv, ask=ask)
    assert asked == [
        {
            "OPENAI_API_KEY": "…cdef",
            "OPENAI_BASE_URL": "https://else.example/v1",
            "ATTRIBUTOR_ALLOW_PRIVATE": "a value that cannot be used",
        }
    ]


def test_who_has_answered_is_not_asked_again(places: Places) -> None:
    dotenv = "ATTRIBUTOR_MODEL=dear"
    places.dotenv.write_text(dotenv, encoding="utf-8")
    places.trust(False)
    assert places.load(dotenv=dotenv, ask=never_asked).left_aside
    assert not places.load(dotenv=dotenv, ask=never_asked, trusted=True).left_aside
    left = without(read(places.dotenv).path, answers_file(places.user))
    assert left == ""


def test_a_damaged_file_of_answers_trusts_nobody_and_keeps_what_is_whole(places: Places) -> None:
    dotenv = "ATTRIBUTOR_MODEL=dear"
    places.load(dotenv=dotenv, trusted=True)
    answers = answers_file(places.user)
    whole = answers.read_bytes()
    answers.write_bytes(b"\xff trusted\ntrusted\ntrusted " + b"0" * 64 + b" {\n" + whole)
    assert not places.load(dotenv=dotenv).left_aside
    answers.write_bytes(whole[:-9])
    assert places.load(dotenv=dotenv).left_aside


# --- a .env that is no ordinary file -------------------------------------------------------------


def test_a_dotenv_that_is_too_large_is_refused(places: Places) -> None:
    with pytest.raises(UsageError, match="is longer than 64 KB"):
        places.load(dotenv="#" * 65_537)
    assert places.load(dotenv="#" * 65_536).notices == ()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_a_dotenv_that_is_no_ordinary_file_is_not_opened(places: Places, kind: str) -> None:
    os.mkfifo(places.dotenv) if kind == "pipe" else places.dotenv.symlink_to("/dev/zero")
    settings = load(environ={}, folder=places.folder, user=places.user)
    assert settings.notices == (f"'{places.dotenv}' is no ordinary file, and is not read.",)


def test_a_folder_called_dotenv_is_no_file_of_settings(places: Places) -> None:
    places.dotenv.mkdir()
    assert load(environ={}, folder=places.folder, user=places.user).notices == ()


# --- who may read a file with a key --------------------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps access rights elsewhere")
@pytest.mark.parametrize("mode", [0o600, 0o644, 0o640, 0o400])
@pytest.mark.parametrize("where", ["own", "dotenv"])
def test_a_key_in_a_file_that_others_may_read_is_warned_of(
    places: Places, where: str, mode: int
) -> None:
    key = {"own": f"api_key = '{KEY}'", "dotenv": f"OPENAI_API_KEY={KEY}"}
    places.load(**{where: key[where]}, trusted=True)  # type: ignore[arg-type]
    file = places.user if where == "own" else places.dotenv
    file.chmod(mode)
    settings = load(environ={}, folder=places.folder, user=places.user)
    warned = [notice for notice in settings.notices if f"say 'chmod 600 {file}'" in notice]
    assert len(warned) == (mode & 0o077 != 0)
    assert KEY not in "".join(settings.notices)


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps access rights elsewhere")
def test_a_file_without_a_key_may_be_read_by_all(places: Places) -> None:
    places.load(own="attempts = 2", dotenv="ATTRIBUTOR_TIMEOUT=7")
    places.user.chmod(0o644)
    places.dotenv.chmod(0o644)
    assert load(environ={}, folder=places.folder, user=places.user).notices == ()


# --- which engine, and where the text goes ------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "engine"),
    [
        ({}, "embedded"),
        ({"api_key": KEY}, "openai"),
        ({"base_url": "http://gpu.example:8000/v1"}, "openai"),
        ({"api_key": KEY, "offline": True}, "embedded"),
        ({"base_url": "http://gpu.example:8000/v1", "offline": True}, "embedded"),
        ({"base_url": "http://127.0.0.1:11434/v1", "offline": True}, "openai"),
        ({"base_url": "http://[::1]/v1", "offline": True}, "openai"),
        ({"base_url": "http://localhost:1234/v1", "offline": True}, "openai"),
        ({"base_url": "http://localhost.example/v1", "offline": True}, "embedded"),
        ({"api_key": KEY, "engine": "embedded"}, "embedded"),
    ],
)
def test_auto_asks_a_configured_model_unless_text_would_leave(
    given: dict[str, Any], engine: str
) -> None:
    assert Settings(**given).chosen_engine == engine


def test_offline_with_a_model_elsewhere_is_refused(places: Places) -> None:
    with pytest.raises(UsageError, match=r"'api\.openai\.com', and offline keeps it here"):
        places.load({"offline": True, "engine": "openai"})


def test_offline_with_a_model_on_this_machine_is_allowed(places: Places) -> None:
    flags = {"offline": True, "engine": "openai", "base_url": "http://127.0.0.1:8080/v1"}
    assert places.load(flags).contradiction is None


# --- mistakes -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ({"flags": {"engine": "magic"}}, "'engine' from the command line is not usable: input sh"),
        ({"environ": {"ATTRIBUTOR_OFFLINE": "perhaps"}}, "'offline' from the environment is not"),
        ({"environ": {"ATTRIBUTOR_TIMEOUT": "nan"}}, "'timeout' from the environment is"),
        ({"dotenv": "ATTRIBUTOR_ATTEMPTS=0"}, r"'attempts' from '.*\.env' is not usable: input"),
        ({"own": "timeout = -1"}, r"'timeout' from '.*config\.toml' is not usable: input should"),
        ({"environ": {"ATTRIBUTOR_OFLINE": "1"}}, "did you mean 'ATTRIBUTOR_OFFLINE'"),
        ({"dotenv": "ATTRIBUTOR_MODLE=m"}, "did you mean 'ATTRIBUTOR_MODEL'"),
        ({"own": "apikey = 'x'"}, "'apikey' from .* is not known; did you mean 'api_key'"),
        ({"own": "zzz = 1"}, "known are engine, offline"),
        ({"own": "a = 1\nb =\nc = 2"}, r"is not TOML in UTF-8 \(see line 2\)"),
    ],
)
def test_a_mistake_is_told_with_setting_and_place(
    places: Places, layers: dict[str, Any], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        places.load(layers.pop("flags", None), **layers)


@pytest.mark.parametrize(
    "url",
    [
        "host/v1",
        "ftp://host/v1",
        "http://",
        "http:///v1",
        "http://host:port/v1",
        "http://host:99999/",
        "https://[::1/v1",
        "http://ho st/v1",
        "http://host/\x1b[31m",
    ],
)
def test_a_base_url_that_names_no_server_is_refused(places: Places, url: str) -> None:
    with pytest.raises(UsageError, match="'base_url' from the environment is not usable: it has"):
        places.load(environ={"OPENAI_BASE_URL": url})


@pytest.mark.parametrize("end", ["?api-version=2024-10-21", "/?api-version=1", "#v1", "?", "#"])
def test_a_base_url_that_goes_on_behind_its_path_is_refused(places: Places, end: str) -> None:
    with pytest.raises(UsageError, match=r"'base_url' from .* it ends before any '\?' or '#'"):
        places.load(environ={"OPENAI_BASE_URL": f"https://models.example/openai/v1{end}"})


@pytest.mark.parametrize(
    "layers",
    [
        {"environ": {"OPENAI_API_KEY": f"{KEY} twice"}},
        {"environ": {"OPENAI_API_KEY": f"{KEY}…"}},
        {"environ": {"OPENAI_BASE_URL": f"ftp://user:{KEY}@host"}},
        {"dotenv": f"ATTRIBUTOR_TIMEOUT={KEY}"},
        {"own": f"api_key = ['{KEY}']"},
        {"own": f"api_key = {KEY}"},
        {"own": f"api_key = 'x'\n{KEY}"},
    ],
)
def test_no_message_repeats_a_secret(places: Places, layers: dict[str, Any]) -> None:
    with pytest.raises(UsageError) as caught:
        places.load(**layers)
    shown = f"{caught.value} {caught.value.__cause__} {caught.value.__suppress_context__}"
    assert KEY not in shown
    assert caught.value.__cause__ is None


def test_a_dotenv_in_another_encoding_is_told(places: Places) -> None:
    (places.folder / ".env").write_bytes("ATTRIBUTOR_MODEL=mod\u00e8le".encode("latin-1"))
    with pytest.raises(UsageError, match="is not UTF-8 at byte 20"):
        load(environ={}, folder=places.folder, user=places.user)


def test_a_key_is_trimmed_and_masked() -> None:
    settings = Settings(api_key=f" {KEY}\n")
    assert key_of(settings) == KEY
    assert settings.shown("api_key") == "…cdef"
    assert Settings(api_key="short").shown("api_key") == "…"
    assert KEY not in repr(settings)


def test_a_password_in_a_base_url_is_never_shown() -> None:
    settings = Settings(base_url=f"https://me:{KEY}@host.example:8443/v1")
    assert settings.host == "host.example:8443"
    assert settings.shown("base_url") == "https://host.example:8443/v1"
    assert KEY not in repr(settings)


# --- what is written about settings -------------------------------------------------------------


def test_the_example_names_every_setting_with_description_and_default() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    entries = re.findall(r"^# (.+)\.\n#(\w+)=(.*)$", example, re.M)
    expected = [
        (field.description, field.alias, as_variable(field.default))
        for field in Settings.model_fields.values()
    ]
    assert entries == expected
    assert len(re.findall(r"^#?\w+=", example, re.M)) == len(expected)


def test_the_example_uncommented_gives_the_defaults(places: Places) -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    settings = places.load(dotenv=re.sub(r"^#(\w+=)", r"\1", example, flags=re.M))
    assert settings.model_dump() == Settings().model_dump()
    assert settings.notices == ()
    assert settings.origin("timeout") != "default"


def test_every_setting_has_a_variable_and_a_description() -> None:
    assert list(variables().values()) == list(Settings.model_fields)
    assert all(field.description for field in Settings.model_fields.values())


def test_the_users_file_lies_in_a_folder_of_its_own() -> None:
    assert user_file().name == "config.toml"
    assert user_file().parent.name == "attributor"


def as_variable(value: object) -> str:
    if value is None:
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value).lower()
