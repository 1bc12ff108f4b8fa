"""The codebook: a YAML file with the targets of a study.

targets:
  - name: European Union
    definition: Membership of the country in the European Union.
    examples:
      - text: We belong in Europe.
        label: favor
  - NATO
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from attributor.errors import UsageError, quoted
from attributor.records import Codebook
from attributor.small_files import Mistake, read_text, read_yaml

MAX_CODEBOOK_BYTES = 1_000_000


def read_codebook(path: str | Path) -> Codebook:
    """The targets in the YAML file `path`.

    Raises:
        UsageError: the file cannot be read, or what it says is no codebook; the message names
            the file, the target and the mistake.
    """
    where = f"The codebook {quoted(str(path))}"
    try:
        return _codebook(read_yaml(read_text(Path(path), MAX_CODEBOOK_BYTES)))
    except Mistake as mistake:
        raise UsageError(f"{where} {mistake}.") from mistake.__cause__


def _codebook(data: Any) -> Codebook:
    if not data:
        raise Mistake("is empty: write 'targets:' and a list of names")
    if not isinstance(data, dict) or not isinstance(data.get("targets"), list):
        raise Mistake("has no list of targets: write 'targets:' and below it '- name: …' lines")
    if unknown := [str(key) for key in data if key != "targets"]:
        raise Mistake(f"has an unknown key {quoted(unknown[0])}: only 'targets' is known")
    targets = [_target(target) for target in data["targets"]]
    if not targets:
        raise Mistake("names no target: write '- name: …' below 'targets:'")
    _refuse_duplicates(targets)
    try:
        return Codebook.model_validate({"targets": targets})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise Mistake(_described(dict(first), targets)) from error


def _target(target: Any) -> Any:
    """A target as a mapping: a bare string is its name, a key without a value is not there."""
    if isinstance(target, str):
        target = {"name": target}
    if not isinstance(target, dict):
        return target
    given = {key: value for key, value in target.items() if value or key == "name"}
    if isinstance(name := given.get("name"), str):
        given["name"] = name.strip()
    return given


def _refuse_duplicates(targets: list[Any]) -> None:
    seen: set[str] = set()
    for target in targets:
        name = target.get("name") if isinstance(target, dict) else None
        if isinstance(name, str):
            if name.casefold() in seen:
                raise Mistake(f"has the target {quoted(name)} twice: merge the two")
            seen.add(name.casefold())


_KEYS = {"targets": "name, definition and examples", "examples": "text and label"}


def _described(error: dict[str, Any], targets: list[Any]) -> str:
    """A validation error as a mistake: which target, which example, what is wrong."""
    place = _place(error["loc"], targets)
    lists = [part for part in error["loc"][:-1] if part in _KEYS]
    known, key = _KEYS[lists[-1]], quoted(str(error["loc"][-1]))
    given = quoted(str(error["input"]))
    match error["type"]:
        case "extra_forbidden":
            return f"has an unknown key {key} in {place}: known are {known}"
        case "missing":
            return f"has no {key} in {place}: add it"
        case "literal_error":
            return f"has the label {given} in {place}: use favor, against, neutral or unclear"
        case "string_type":
            return f"has {given} as {key} in {place}: write text"
        case "string_too_short":
            return f"has an empty {key} in {place}: write one"
        case "string_too_long":
            return f"has a {key} of more than 200 characters in {place}: shorten it"
        case _:
            return f"has {given} as {key} in {place}, where {known} belong"


def _place(loc: tuple[int | str, ...], targets: list[Any]) -> str:
    number = int(loc[1])
    target = targets[number]
    name = target.get("name") if isinstance(target, dict) else None
    place = f"target {number + 1}" + (f" ({quoted(name)})" if isinstance(name, str) else "")
    example = loc[3] if len(loc) > 3 and isinstance(loc[3], int) else None
    return place if example is None else f"{place}, example {example + 1}"
