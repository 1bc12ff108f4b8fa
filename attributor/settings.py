"""Settings from four places: flags, the environment, a project's `.env`, and the user's own file.

The first that says something wins, in that order. A folder may have been written by somebody else,
so its `.env` is trusted less than the rest: a base URL found there is never used with a key from
elsewhere (whoever wrote that file would be sent the key), and it cannot loosen what keeps text on
this machine. What was set aside for that reason is told in `Settings.notices`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
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

from attributor import settings_files as files
from attributor.engine_names import EngineChoice, EngineName
from attributor.errors import UsageError
from attributor.routes import SERVERS, host_of, is_address_of, is_here
from attributor.settings_files import Dotenv, read_user_file
from attributor.settings_files import user_file as user_file

DEFAULT_MODEL = "gpt-5-mini"
OPENAI_URL = "https://api.openai.com/v1"
HARMLESS = frozenset({"language", "timeout", "attempts"})
"""Settings that a folder's `.env` may decide without being trusted. All others say where text goes,
who pays for it, or what is opened."""
CAUTIOUS = {"engine": "embedded", "offline": True, "allow_private": False}
"""Values of other settings that need no trust either: by them less goes out, not more."""
OF_A_MODEL = frozenset({"api_key", "base_url", "model", "prompts"})
"""Settings that do nothing where the embedded engine answers."""
NOT_SETTINGS = frozenset({"ATTRIBUTOR_TRACEBACK"})
"""Variables with the project's prefix that are read elsewhere."""

COMMAND_LINE = "the command line"
CALL = "the call"
ENVIRONMENT = "the environment"


Ask = Callable[[Dotenv, Mapping[str, str]], bool]
"""Whether the user trusts a folder's `.env`, which would set these variables to these values."""


class Settings(BaseModel):
    """How attributor works here. Each field's `alias` is its environment variable."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, hide_input_in_errors=True
    )

    engine: EngineChoice = Field(
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
    _left_aside: dict[str, str] = PrivateAttr(default_factory=dict)

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
        try:
            return path.expanduser() if path else None
        except RuntimeError as error:
            raise ValueError("its '~' stands for no user of this machine") from error

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
    def chosen_engine(self) -> EngineName:
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
        """Sentences on what was found in settings files and not used, or is not safe there."""
        return self._notices

    @property
    def left_aside(self) -> Mapping[str, str]:
        """Variables of a folder's `.env` that were not used for want of trust, as `shown`."""
        return self._left_aside

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

    @classmethod
    def of_user(cls, path: Path) -> Layer:
        """The user's own file, where the names of the environment do as well."""
        known, told = variables(), read_user_file(path)
        return cls(f"'{path}'", {known.get(k, k): v for k, v in told.items() if v != ""})

    @classmethod
    def of_variables(cls, place: str, environ: Mapping[str, str | None]) -> Layer:
        """Environment variables, of which empty ones are not set."""
        known = variables()
        for variable in environ:
            if variable.startswith("ATTRIBUTOR_") and variable not in NOT_SETTINGS | known.keys():
                raise _unknown(variable, place, list(known))
        return cls(place, {name: environ[var] for var, name in known.items() if environ.get(var)})

    def without(self, names: Iterable[str]) -> Layer:
        """The same without some of its settings."""
        left_out = set(names)
        return replace(self, values={k: v for k, v in self.values.items() if k not in left_out})


def load(
    flags: Mapping[str, Any] | None = None,
    *,
    place: str = COMMAND_LINE,
    environ: Mapping[str, str] | None = None,
    folder: Path | None = None,
    user: Path | None = None,
    ask: Ask | None = None,
) -> Settings:
    """Settings for this call.

    Args:
        flags: field names with the values given on the command line; None means not given.
        place: what these are from, if not from the command line.
        environ: environment variables; `os.environ` if None.
        folder: where a `.env` may lie; the working folder if None.
        user: the user's own file; `user_file()` if None.
        ask: whether a folder's `.env` is trusted, given that and what it would set, if it was
            never said; nothing is asked if None.

    Raises:
        UsageError: a value is not what its setting takes, a name is not known, or `offline` and
            `engine` contradict each other; the message names setting and place, never a value.
    """
    environ = os.environ if environ is None else environ
    user_path, dotenv_path = user or files.user_file(), (folder or Path()) / ".env"
    own, found = Layer.of_user(user_path), files.read(dotenv_path)
    project = Layer.of_variables(f"'{dotenv_path}'", found.values)
    given = {k: v for k, v in (flags or {}).items() if v is not None}
    stronger = [Layer.of_variables(ENVIRONMENT, environ), Layer(place, given)]
    for layer in (own, *stronger):
        check(layer)
    loosened = _loosened(own, project)
    project = project.without(loosened)
    aside = _aside(own, project, stronger)
    if _is_trusted(found, user_path, aside, ask):
        aside = {}
    else:
        project = project.without(n for n, v in project.values.items() if _needs_trust(n, v))
    check(project)
    settings = _merged(own, project, stronger)
    settings._left_aside = aside
    settings._notices = (
        *_of_the_folder(found, project.place, aside),
        *(f"'{n}' from {project.place} is not used: {own.place} says otherwise." for n in loosened),
        *settings._notices,
        *_of_a_key_in_the_open(own, user_path),
        *_of_a_key_in_the_open(project, found.path),
    )
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


def _merged(own: Layer, project: Layer, stronger: list[Layer]) -> Settings:
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for layer in (own, project, *stronger):
        values |= layer.values
        origins |= dict.fromkeys(layer.values, layer.place)
    notices: list[str] = []
    if origins.get("base_url") == project.place and "api_key" in values:
        notices = _keep_key_from(project, values, origins)
    settings = Settings(**values)
    settings._origins, settings._notices = origins, tuple(notices)
    return settings


def _aside(own: Layer, project: Layer, stronger: list[Layer]) -> dict[str, str]:
    """Variables by which a folder would change what it may not unless it is trusted, as shown."""
    without = _merged(own, Layer(project.place, {}), stronger)
    unused = {name for layer in stronger for name in layer.values}
    engines = [layer.values.get("engine") for layer in (*reversed(stronger), project, own)]
    if next(filter(None, engines), None) == "embedded":
        unused |= OF_A_MODEL
    variable = {name: variable for variable, name in variables().items()}
    return {
        variable[name]: _shown(name, value)
        for name, value in project.values.items()
        if name not in unused
        and _needs_trust(name, value)
        and _typed(name, value) != getattr(without, name)
    }


def _needs_trust(name: str, value: object) -> bool:
    is_cautious = name in CAUTIOUS and _typed(name, value) == CAUTIOUS[name]
    return name not in HARMLESS and not is_cautious


def _is_trusted(found: Dotenv, user_path: Path, wanted: Mapping[str, str], ask: Ask | None) -> bool:
    said = files.answer(found, files.answers_file(user_path))
    if said is None and wanted and ask is not None:
        said = ask(found, wanted)
    return bool(said)


def _typed(name: str, value: object) -> object:
    """The value of a setting as it is used; as it stands there if it cannot be."""
    try:
        return getattr(Settings(**{name: value}), name)
    except ValidationError:
        return value


def _shown(name: str, value: object) -> str:
    try:
        return Settings(**{name: value}).shown(name)
    except ValidationError:
        return "a value that cannot be used"


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
    both = own.values.keys() & project.values.keys() & {"offline", "allow_private"}

    def is_cautious(layer: Layer, name: str) -> bool:
        return _typed(name, layer.values[name]) == CAUTIOUS[name]

    return sorted(n for n in both if is_cautious(own, n) and not is_cautious(project, n))


def _of_the_folder(found: Dotenv, place: str, aside: Mapping[str, str]) -> list[str]:
    if found.is_special:
        return [f"{place} is no ordinary file, and is not read."]
    if not aside:
        return []
    which = f"{', '.join(aside)} from {place} {'is' if len(aside) == 1 else 'are'} not used"
    return [
        f"{which}: a folder's file says where text goes, who pays and what is opened only if you "
        "trust it; if you do, say 'attributor config trust'."
    ]


def _of_a_key_in_the_open(layer: Layer, path: Path) -> list[str]:
    if "api_key" not in layer.values or not files.others_may_read(path):
        return []
    return [
        f"The settings file {layer.place} has a key in it, and others on this machine may read it: "
        f"say 'chmod 600 {path}'."
    ]


def _unknown(name: str, place: str, known: list[str]) -> UsageError:
    from difflib import get_close_matches

    nearest = get_close_matches(name, known, n=1)
    hint = f"did you mean '{nearest[0]}'?" if nearest else f"known are {', '.join(known)}."
    return UsageError(f"The setting '{name}' from {place} is not known; {hint}")


def _masked(key: str) -> str:
    """The last four characters of a key that is long enough to spare them."""
    return f"…{key[-4:]}" if len(key) >= 16 else "…"
