"""Where settings come from: flags, the environment, a project's `.env`, and the user's own file.

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

from pydantic import ValidationError

from attributor import settings_files as files
from attributor.errors import UsageError
from attributor.settings import Settings, variables
from attributor.settings_files import Dotenv

HARMLESS = frozenset({"language", "light", "timeout", "attempts"})
"""Settings that a folder's `.env` may decide without being trusted.

All others say where text goes, who pays for it, or what is opened.
"""
CAUTIOUS = {"engine": "embedded", "offline": True, "allow_private": False}
"""Values of settings that need no trust either, since less is sent out by them."""
MODEL_SETTINGS = frozenset({"api_key", "base_url", "model", "prompts"})
"""Settings that have no effect where the embedded engine answers."""
NOT_SETTINGS = frozenset({"ATTRIBUTOR_TRACEBACK"})
"""Environment variables that begin as those of settings do, and are none."""

COMMAND_LINE = "the command line"
"""What messages call the flags of a command."""
CALL = "the call"
"""What messages call the arguments of a function."""
ENVIRONMENT = "the environment"
"""What messages call the environment variables."""

Ask = Callable[[Dotenv, Mapping[str, str]], bool]
"""Asks whether the user trusts a folder's `.env` that would set these variables so."""


@dataclass(frozen=True)
class Layer:
    """What one place says: field name -> raw value."""

    place: str
    values: Mapping[str, Any]

    @classmethod
    def of_user(cls, path: Path) -> Layer:
        """The user's own file, whose keys are names of settings or of their variables."""
        known, written = variables(), files.read_user_file(path)
        return cls(f"'{path}'", {known.get(k, k): v for k, v in written.items() if v != ""})

    @classmethod
    def of_variables(cls, place: str, environ: Mapping[str, str | None]) -> Layer:
        """Environment variables, of which empty ones are not set."""
        known = variables()
        for variable in environ:
            if variable.startswith("ATTRIBUTOR_") and variable not in NOT_SETTINGS | known.keys():
                raise _unknown(variable, place, list(known))
        return cls(place, {name: environ[var] for var, name in known.items() if environ.get(var)})

    def without(self, names: Iterable[str]) -> Layer:
        """The layer without some of its settings."""
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
    own, dotenv = Layer.of_user(user_path), files.read(dotenv_path)
    project = Layer.of_variables(f"'{dotenv_path}'", dotenv.values)
    given_flags = {k: v for k, v in (flags or {}).items() if v is not None}
    stronger = [Layer.of_variables(ENVIRONMENT, environ), Layer(place, given_flags)]
    for layer in (own, *stronger):
        check(layer)
    loosened = _loosened(own, project)
    project = project.without(loosened)
    left_aside = _left_aside(own, project, stronger)
    if _is_trusted(dotenv, user_path, left_aside, ask):
        left_aside = {}
    else:
        project = project.without(n for n, v in project.values.items() if _needs_trust(n, v))
    check(project)
    values, origins, lost_key = _merged(own, project, stronger)
    notices = (
        *_folder_notices(dotenv, project.place, left_aside),
        *(f"'{n}' from {project.place} is not used: {own.place} says otherwise." for n in loosened),
        *lost_key,
        *_open_key_notices(own, user_path),
        *_open_key_notices(project, dotenv.path),
    )
    settings = Settings.from_layers(values, origins, notices, left_aside)
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
        wrong = str(first["loc"][0])
        name = variables().get(wrong, wrong)
        if first["type"] == "extra_forbidden":
            raise _unknown(name, layer.place, list(Settings.model_fields)) from None
        reason = first["msg"].removeprefix("Value error, ")
        raise UsageError(
            f"The setting '{name}' from {layer.place} is not usable: "
            f"{reason[:1].lower()}{reason[1:]}."
        ) from None


def _merged(
    own: Layer, project: Layer, stronger: list[Layer]
) -> tuple[dict[str, Any], dict[str, str], list[str]]:
    """Values and origins of the settings, and a notice if a key is not used."""
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for layer in (own, project, *stronger):
        values |= layer.values
        origins |= dict.fromkeys(layer.values, layer.place)
    notices: list[str] = []
    if origins.get("base_url") == project.place and "api_key" in values:
        notices = _keep_key_from(project, values, origins)
    return values, origins, notices


def _left_aside(own: Layer, project: Layer, stronger: list[Layer]) -> dict[str, str]:
    """Variables by which a folder would change what it may not unless it is trusted, as shown."""
    values, _, _ = _merged(own, Layer(project.place, {}), stronger)
    without_folder = Settings(**values)
    without_effect = {name for layer in stronger for name in layer.values}
    engines = [layer.values.get("engine") for layer in (*reversed(stronger), project, own)]
    if next(filter(None, engines), None) == "embedded":
        without_effect |= MODEL_SETTINGS
    variable_of = {name: variable for variable, name in variables().items()}
    return {
        variable_of[name]: _shown(name, value)
        for name, value in project.values.items()
        if name not in without_effect
        and _needs_trust(name, value)
        and _typed(name, value) != getattr(without_folder, name)
    }


def _needs_trust(name: str, value: object) -> bool:
    is_cautious = name in CAUTIOUS and _typed(name, value) == CAUTIOUS[name]
    return name not in HARMLESS and not is_cautious


def _is_trusted(
    dotenv: Dotenv, user_path: Path, wanted: Mapping[str, str], ask: Ask | None
) -> bool:
    answer = files.answer(dotenv, files.answers_file(user_path))
    if answer is None and wanted and ask is not None:
        answer = ask(dotenv, wanted)
    return bool(answer)


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


def _folder_notices(dotenv: Dotenv, place: str, left_aside: Mapping[str, str]) -> list[str]:
    if dotenv.is_special:
        return [f"{place} is no ordinary file, and is not read."]
    if not left_aside:
        return []
    verb = "is" if len(left_aside) == 1 else "are"
    which = f"{', '.join(left_aside)} from {place} {verb} not used"
    return [
        f"{which}: a folder's file says where text goes, who pays and what is opened only if you "
        "trust it; if you do, say 'attributor config trust'."
    ]


def _open_key_notices(layer: Layer, path: Path) -> list[str]:
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
