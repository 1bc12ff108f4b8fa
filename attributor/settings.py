"""Settings from four places: flags, the environment, a project's `.env`, and the user's own file.

The first that says something wins, in that order. A base URL that comes from a folder's `.env` is
never used with a key from elsewhere: whoever wrote that file would be sent the key.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from attributor.errors import UsageError

DEFAULT_MODEL = "gpt-5-mini"
OPENAI_URL = "https://api.openai.com/v1"


class Settings(BaseModel):
    """How attributor works here. Each field's `alias` is its environment variable."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    engine: Literal["auto", "embedded", "openai"] = Field(
        "auto",
        alias="ATTRIBUTOR_ENGINE",
        description="auto asks the model where a key or a base URL is set, else embedded",
    )
    offline: bool = Field(
        False, alias="ATTRIBUTOR_OFFLINE", description="keep every article on this machine"
    )
    api_key: SecretStr | None = Field(
        None, alias="OPENAI_API_KEY", description="key of the model's server, if it wants one"
    )
    base_url: str | None = Field(
        None, alias="OPENAI_BASE_URL", description="an OpenAI-compatible server; OpenAI if unset"
    )
    model: str = Field(
        DEFAULT_MODEL, alias="ATTRIBUTOR_MODEL", description="the model's name on that server"
    )
    prompts: Path | None = Field(
        None, alias="ATTRIBUTOR_PROMPTS", description="a folder with prompts of your own"
    )
    language: str | None = Field(
        None, alias="ATTRIBUTOR_LANGUAGE", description="en, sr-Latn or sr-Cyrl; detected if unset"
    )
    timeout: float = Field(
        120.0, alias="ATTRIBUTOR_TIMEOUT", gt=0, description="seconds to wait for one answer"
    )
    attempts: int = Field(
        4, alias="ATTRIBUTOR_ATTEMPTS", ge=1, description="how often one request is tried in all"
    )
    allow_private: bool = Field(
        False, alias="ATTRIBUTOR_ALLOW_PRIVATE", description="read URLs on private addresses too"
    )

    @property
    def model_is_configured(self) -> bool:
        """Whether there is a model to ask: a key, or a server that may need none."""
        return self.api_key is not None or self.base_url is not None

    @property
    def chosen_engine(self) -> Literal["embedded", "openai"]:
        """What `engine` comes to here; `offline` rules a model out."""
        if self.engine != "auto":
            return self.engine
        return "openai" if self.model_is_configured and not self.offline else "embedded"


def user_file() -> Path:
    """Where the user's own settings are kept on this platform."""
    import platformdirs

    return Path(platformdirs.user_config_dir("attributor", appauthor=False)) / "config.toml"


def load(
    flags: Mapping[str, Any] | None = None,
    *,
    environ: Mapping[str, str] = os.environ,
    folder: Path | None = None,
    user: Path | None = None,
) -> Settings:
    """Settings for this call.

    Args:
        flags: field names with the values given on the command line; None means not given.
        environ: environment variables.
        folder: where a `.env` may lie; the working folder if None.
        user: the user's own file; `user_file()` if None.

    Raises:
        UsageError: a value is not what its setting takes; the message names setting and place.
    """
    dotenv_path = (folder or Path.cwd()) / ".env"
    user_path = user or user_file()
    given = {k: v for k, v in (flags or {}).items() if v is not None}
    project = _from_variables(_read_dotenv(dotenv_path))
    elsewhere: dict[str, Any] = {}
    for place, found in (
        (user_path, _read_toml(user_path)),
        ("the environment", _from_variables(environ)),
        ("the command line", given),
    ):
        _check(found, place)
        elsewhere |= found
    _check(project, dotenv_path)
    own = _from_variables(environ) | given
    if "base_url" in project and "base_url" not in own and "api_key" not in project:
        elsewhere.pop("api_key", None)
    return Settings(**(elsewhere | project | own))


def variables() -> dict[str, str]:
    """Environment variable -> field name, for every setting."""
    return {str(field.alias): name for name, field in Settings.model_fields.items()}


def _from_variables(environ: Mapping[str, str | None]) -> dict[str, Any]:
    return {name: environ[var] for var, name in variables().items() if environ.get(var)}


def _read_dotenv(path: Path) -> Mapping[str, str | None]:
    if not path.is_file():
        return {}
    import dotenv

    return dotenv.dotenv_values(path, interpolate=False, encoding="utf-8")


def _read_toml(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise UsageError(f"The settings file '{path}' cannot be read: {error}.") from error


def _check(found: Mapping[str, Any], place: object) -> None:
    try:
        Settings(**found)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = first["loc"][0] if first["loc"] else "?"
        raise UsageError(
            f"The setting '{name}' in {place} is not usable: {first['msg']}."
        ) from error
