"""Settings: which place wins, what a folder's `.env` may not do, and what a mistake is told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from attributor.errors import UsageError
from attributor.settings import Settings, load, user_file, variables

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
    ) -> Settings:
        (self.folder / ".env").write_text(dotenv, encoding="utf-8")
        self.user.write_text(own, encoding="utf-8")
        return load(flags, environ=environ or {}, folder=self.folder, user=self.user)


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
    settings = places.load({"model": "of-flag", "language": None}, **layers)
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
    assert places.load(dotenv="\ufeffATTRIBUTOR_MODEL=m", own="\ufeffattempts = 2").model == "m"


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
    settings = places.load(dotenv="OPENAI_BASE_URL=https://else.example/v1", **keys[where])
    assert settings.host == "else.example"
    assert settings.api_key is None
    assert "is not used" in settings.notices[0]
    assert KEY not in "".join(settings.notices)


def test_a_base_url_of_a_folder_is_used_with_the_folders_own_key(places: Places) -> None:
    dotenv = "OPENAI_BASE_URL=https://else.example/v1\nOPENAI_API_KEY=of-folder"
    alone = places.load(dotenv=dotenv)
    assert (key_of(alone), alone.notices) == ("of-folder", ())
    beside = places.load(dotenv=dotenv, environ={"OPENAI_API_KEY": KEY})
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
    settings = places.load(dotenv="OPENAI_BASE_URL=https://else.example/${OPENAI_API_KEY}")
    assert KEY not in str(settings.base_url)


def test_a_folder_cannot_undo_the_cautions_of_the_users_file(places: Places) -> None:
    dotenv = "ATTRIBUTOR_OFFLINE=no\nATTRIBUTOR_ALLOW_PRIVATE=yes\nATTRIBUTOR_ATTEMPTS=9"
    settings = places.load(dotenv=dotenv, own="offline = true\nallow_private = false")
    assert settings.offline
    assert not settings.allow_private
    assert settings.attempts == 9
    assert settings.origin("offline") == f"'{places.user}'"
    assert len(settings.notices) == 2
    assert places.load({"allow_private": True}, own="allow_private = false").allow_private


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
    with pytest.raises(UsageError, match="is not in UTF-8"):
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
