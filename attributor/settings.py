"""Settings: how attributor works here, each with its environment variable and its default.

Where their values come from, and which of those win, is in `settings_layers`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, SecretStr, field_validator

from attributor.engine_names import EngineChoice, EngineName
from attributor.routes import SERVERS, host_of, is_address_of, is_here

AskAbout = Literal["doubts", "all"]
"""What of an article a model is asked about."""
DEFAULT_MODEL = "gpt-5-mini"
"""The model that is asked where none is named."""
OPENAI_URL = "https://api.openai.com/v1"
"""The server that is asked where none is named."""
_MIN_SPARED_KEY_CHARACTERS = 16
"""A shorter key is masked whole; of a longer one the last four characters are shown."""


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
    ask: AskAbout = Field(
        "all",
        alias="ATTRIBUTOR_ASK",
        description="what a model is asked about: all, or only doubts of the embedded engine",
    )
    draft: bool = Field(
        True,
        alias="ATTRIBUTOR_DRAFT",
        description="show a model what the embedded engine found, and ask what has to change",
    )
    prompts: Path | None = Field(
        None, alias="ATTRIBUTOR_PROMPTS", description="a folder with prompts of your own"
    )
    weights: Path | None = Field(
        None,
        alias="ATTRIBUTOR_WEIGHTS",
        description="weights of your own for the embedded engine, as 'attributor train' makes them",
    )
    light: bool = Field(
        False,
        alias="ATTRIBUTOR_LIGHT",
        description="leave the encoder under the embedded engine aside where one is installed",
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

    @classmethod
    def from_layers(
        cls,
        values: Mapping[str, Any],
        origins: Mapping[str, str],
        notices: tuple[str, ...] = (),
        left_aside: Mapping[str, str] | None = None,
    ) -> Settings:
        """Settings that know where they come from.

        Args:
            values: field name -> value.
            origins: field name -> the place that it comes from.
            notices: see `notices`.
            left_aside: see `left_aside`.

        Raises:
            ValidationError: a value is not what its setting takes.
        """
        settings = cls(**values)
        settings._origins, settings._notices = dict(origins), notices
        settings._left_aside = dict(left_aside or {})
        return settings

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


def variables() -> dict[str, str]:
    """Environment variable -> field name, for every setting."""
    return {str(field.alias): name for name, field in Settings.model_fields.items()}


def _masked(key: str) -> str:
    """The last four characters of a key that is long enough to spare them."""
    return f"…{key[-4:]}" if len(key) >= _MIN_SPARED_KEY_CHARACTERS else "…"
