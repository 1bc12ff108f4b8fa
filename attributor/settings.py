"""Settings from four places: flags, the environment, a project's `.env`, and the user's own file.

The first that says something wins, in that order. A folder may have been written by somebody else,
so its `.env` is trusted less than the rest: a base URL found there is never used with a key from
elsewhere (whoever wrote that file would be sent the key), and it cannot loosen what keeps text on
this machine. What was set aside for that reason is told in `Settings.notices`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    SecretStr,
    ValidationError,
    field_validator,
)

from attributor.errors import UsageError
from attributor.routes import SERVERS, host_of, is_address_of, is_here

DEFAULT_MODEL = "gpt-5-mini"
OPENAI_URL = "https://api.openai.com/v1"
NOT_SETTINGS = frozenset({"ATTRIBUTOR_TRACEBACK"})
"""Variables with the project's prefix that are read elsewhere."""

COMMAND_LINE = "the command line"
CALL = "the call"
ENVIRONMENT = "the environment"


class Settings(BaseModel):
    """How attributor works here. Each field's `alias` is its environment variable."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, hide_input_in_errors=True
    )

    engine: Literal["auto", "embedded", "openai"] = Field(
        "auto",
        alias="ATTRIBUTOR_ENGINE",
        description="auto asks the model where a key or a base URL is set, else embedded",
    )
    offline: bool = Field(
        False,
        alias="ATTRIBUTOR_OFFLINE",
        description="keep every article on this machine: only a model on it is asked",
    )
    api_key: SecretStr | None = Field(
        None, alias="OPENAI_API_KEY", description="key of the model's server, if it wants one"
    )
    base_url: str | None = Field(
        None,
        alias="OPENAI_BASE_URL",
        description="an OpenAI-compatible server; OpenAI's own if unset",
        repr=False,
    )
    model: str = Field(
        DEFAULT_MODEL,
        alias="ATTRIBUTOR_MODEL",
        description="the model's name on that server",
        min_length=1,
    )
    prompts: Path | None = Field(
        None, alias="ATTRIBUTOR_PROMPTS", description="a folder with prompts of your own"
    )
    weights: Path | None = Field(
        None,
        alias="ATTRIBUTOR_WEIGHTS",
        description="weights of your own for the embedded engine, as 'attributor train' makes them",
    )
    language: str | None = Field(
        None,
        alias="ATTRIBUTOR_LANGUAGE",
        description="en, de, sr-Latn or sr-Cyrl; detected if unset",
    )
    timeout: float = Field(
        120.0,
        alias="ATTRIBUTOR_TIMEOUT",
        gt=0,
        allow_inf_nan=False,
        description="seconds to wait for one answer",
    )
    attempts: int = Field(
        4, alias="ATTRIBUTOR_ATTEMPTS", ge=1, description="how often one request is tried in all"
    )
    allow_private: bool = Field(
        False, alias="ATTRIBUTOR_ALLOW_PRIVATE", description="read URLs on private addresses too"
    )

    _origins: dict[str, str] = PrivateAttr(default_factory=dict)
    _notices: tuple[str, ...] = PrivateAttr(default=())

    @field_validator("api_key", mode="before")
    @classmethod
    def _key_fits_a_header(cls, key: object) -> object:
        if not isinstance(key, str):
            return key
        key = key.strip()
        if not (key.isascii() and key.isprintable()) or " " in key:
            raise ValueError("a key is one word of plain ASCII characters")
        return key or None

    @field_validator("base_url")
    @classmethod
    def _base_url_names_a_server(cls, url: str | None) -> str | None:
        if url is None:
            return None
        url = url.strip()
        if not is_address_of(url, SERVERS):
            raise ValueError("it has to look like https://host/v1 or http://host:port/v1")
        if "?" in url or "#" in url:
            raise ValueError("it ends before any '?' or '#', as https://host/v1 does")
        return url

    @field_validator("prompts", "weights")
    @classmethod
    def _from_home(cls, path: Path | None) -> Path | None:
        return path.expanduser() if path else None

    @property
    def url(self) -> str:
        """The base URL of the model's server."""
        return self.base_url or OPENAI_URL

    @property
    def host(self) -> str:
        """The model's server as host and port, without user name or password."""
        return host_of(self.url)

    @property
    def model_is_local(self) -> bool:
        """Whether the model's server runs on this machine, so that text for it stays here."""
        return is_here(urlsplit(self.url).hostname or "")

    @property
    def model_is_configured(self) -> bool:
        """Whether there is a model to ask: a key, or a server that may need none."""
        return self.api_key is not None or self.base_url is not None

    @property
    def chosen_engine(self) -> Literal["embedded", "openai"]:
        """What `engine` comes to here; `offline` rules out a model on another machine."""
        if self.engine != "auto":
            return self.engine
        allowed = self.model_is_local or not self.offline
        return "openai" if self.model_is_configured and allowed else "embedded"

    @property
    def contradiction(self) -> str | None:
        """A sentence if `offline` and `engine` cannot both be had, else None."""
        if self.engine == "openai" and self.offline and not self.model_is_local:
            return (
                f"The engine 'openai' sends the text to '{self.host}', and offline keeps it here: "
                "leave one of the two away, or set a base URL on this machine."
            )
        return None

    @property
    def notices(self) -> tuple[str, ...]:
        """Sentences on what was found in a folder's `.env` and not used."""
        return self._notices

    def origin(self, name: str) -> str:
        """Where the setting `name` comes from: a place, or "default"."""
        return self._origins.get(name, "default")

    def shown(self, name: str) -> str:
        """The setting `name` as it may be shown: a key masked, a URL without its password."""
        value = getattr(self, name)
        if isinstance(value, SecretStr):
            return _masked(value.get_secret_value())
        if name == "base_url" and value:
            return str(urlsplit(value)._replace(netloc=self.host, query="").geturl())
        if isinstance(value, bool):
            return str(value).lower()
        return "" if value is None else str(value)


@dataclass(frozen=True)
class Layer:
    """What one place says: field name -> raw value."""

    place: str
    values: Mapping[str, Any]


def user_file() -> Path:
    """Where the user's own settings are kept on this platform."""
    import platformdirs

    return Path(platformdirs.user_config_dir("attributor", appauthor=False)) / "config.toml"


def load(
    flags: Mapping[str, Any] | None = None,
    *,
    place: str = COMMAND_LINE,
    environ: Mapping[str, str] | None = None,
    folder: Path | None = None,
    user: Path | None = None,
) -> Settings:
    """Settings for this call.

    Args:
        flags: field names with the values given on the command line; None means not given.
        place: what these are from, if not from the command line.
        environ: environment variables; `os.environ` if None.
        folder: where a `.env` may lie; the working folder if None.
        user: the user's own file; `user_file()` if None.

    Raises:
        UsageError: a value is not what its setting takes, a name is not known, or `offline` and
            `engine` contradict each other; the message names setting and place, never a value.
    """
    environ = os.environ if environ is None else environ
    dotenv_path = (folder or Path()) / ".env"
    user_path = user or user_file()
    known = variables()
    told = read_user_file(user_path).items()
    own = Layer(f"'{user_path}'", {known.get(k, k): v for k, v in told if v != ""})
    project = Layer(f"'{dotenv_path}'", _named(_read_dotenv(dotenv_path), f"'{dotenv_path}'"))
    stronger = [
        Layer(ENVIRONMENT, _named(environ, ENVIRONMENT)),
        Layer(place, {k: v for k, v in (flags or {}).items() if v is not None}),
    ]
    for layer in (own, project, *stronger):
        check(layer)
    settings = _merged(own, project, stronger)
    if settings.contradiction:
        raise UsageError(settings.contradiction)
    return settings


def check(layer: Layer) -> None:
    """Refuse a layer with a value that its setting does not take, or a name that is none.

    Raises:
        UsageError: with the setting and the place, never with the value.
    """
    try:
        Settings(**layer.values)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        given = str(first["loc"][0])
        name = variables().get(given, given)
        if first["type"] == "extra_forbidden":
            raise _unknown(name, layer.place, list(Settings.model_fields)) from None
        reason = first["msg"].removeprefix("Value error, ")
        raise UsageError(
            f"The setting '{name}' from {layer.place} is not usable: "
            f"{reason[:1].lower()}{reason[1:]}."
        ) from None


def variables() -> dict[str, str]:
    """Environment variable -> field name, for every setting."""
    return {str(field.alias): name for name, field in Settings.model_fields.items()}


def read_user_file(path: Path) -> dict[str, Any]:
    """What the user's own file says; nothing if there is none.

    Raises:
        UsageError: it cannot be read, or is not TOML.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise UsageError(f"The settings file '{path}' cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError:
        raise _not_toml(path) from None
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        # The error is not quoted whole: it may carry the key that stands on the line.
        found = re.search(r"at (line \d+)", str(error))
        raise _not_toml(path, f" (see {found[1]})" if found else "") from None


def _merged(own: Layer, project: Layer, stronger: list[Layer]) -> Settings:
    loosened = _loosened(own, project)
    kept = {k: v for k, v in project.values.items() if k not in loosened}
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for layer in (own, Layer(project.place, kept), *stronger):
        values |= layer.values
        origins |= dict.fromkeys(layer.values, layer.place)
    notices = [
        f"'{name}' from {project.place} is not used, because {own.place} says otherwise."
        for name in loosened
    ]
    if origins.get("base_url") == project.place and "api_key" in values:
        notices += _keep_key_from(project, values, origins)
    settings = Settings(**values)
    settings._origins, settings._notices = origins, tuple(notices)
    return settings


def _keep_key_from(project: Layer, values: dict[str, Any], origins: dict[str, str]) -> list[str]:
    """Use the project's own key for the project's server, or none; say so if another is there."""
    if origins["api_key"] == project.place:
        return []
    del values["api_key"]
    place = origins.pop("api_key")
    if "api_key" in project.values:
        values["api_key"], origins["api_key"] = project.values["api_key"], project.place
    return [
        f"The key from {place} is not used, because the base URL comes from {project.place}; "
        "to use both, set OPENAI_BASE_URL in the environment or give --base-url."
    ]


def _loosened(own: Layer, project: Layer) -> list[str]:
    """Settings with which the project would undo a caution of the user's own file."""
    cautious = {"offline": True, "allow_private": False}
    both = [name for name in cautious if name in own.values and name in project.values]
    ours, theirs = Settings(**own.values), Settings(**project.values)
    return [n for n in both if getattr(ours, n) is cautious[n] is not getattr(theirs, n)]


def _named(environ: Mapping[str, str | None], place: str) -> dict[str, Any]:
    known = variables()
    for variable in environ:
        if variable.startswith("ATTRIBUTOR_") and variable not in NOT_SETTINGS | known.keys():
            raise _unknown(variable, place, list(known))
    return {name: environ[var] for var, name in known.items() if environ.get(var)}


def _unknown(name: str, place: str, known: list[str]) -> UsageError:
    from difflib import get_close_matches

    nearest = get_close_matches(name, known, n=1)
    hint = f"did you mean '{nearest[0]}'?" if nearest else f"known are {', '.join(known)}."
    return UsageError(f"The setting '{name}' from {place} is not known; {hint}")


def _read_dotenv(path: Path) -> Mapping[str, str | None]:
    try:
        if not path.is_file():
            return {}
        import dotenv

        # Without interpolation: a folder's file must not quote the user's environment.
        return dotenv.dotenv_values(path, interpolate=False, encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"The settings file '{path}' cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError:
        raise UsageError(f"The settings file '{path}' is not in UTF-8; save it as UTF-8.") from None


def _not_toml(path: Path, where: str = "") -> UsageError:
    return UsageError(
        f"The settings file '{path}' is not TOML in UTF-8{where}; correct it or delete it."
    )


def _masked(key: str) -> str:
    """The last four characters of a key that is long enough to spare them."""
    return f"…{key[-4:]}" if len(key) >= 16 else "…"
