"""The shape of an answer: pydantic models, and the strict JSON schema that is made from them.

Keys are few and a place is one string, because every quote pays for them: a quote comes to about
33 output tokens, however long it is. Servers keep to the order of keys, and it matters: a small
model that was asked for the cue before the place only counted upwards, and a list of speakers with
numbers ran on until it was cut off. So a quote says its speaker's name itself; what kind of
speaker that is, and in which role, the article is asked. What the draft leaves in doubt comes
first, and what is to be dropped after everything else.

Choices are letters, whose meaning stands in the draft, so that articles need no schemas of their
own: these would cost each request the server's cache of what the requests have in common. There are
three schemas only. A small model that is asked for choices where there are none makes them up.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError, model_validator

from attributor.records import StanceLabel

PLACE: dict[str, JsonValue] = {
    "pattern": "^([0-9]{1,4}(-[0-9]{1,4})?( [^ ]{1,30}){0,24})?$",
}
"""Bounds a place where the server keeps to patterns; elsewhere the reader of places does."""


class Wire(BaseModel):
    """An object of an answer.

    Where no schema is enforced, a number may come for a string, and null, or nothing, for a value
    that is empty: that is what the defaults are for. The schema asks for every field.
    """

    model_config = ConfigDict(
        frozen=True, extra="ignore", populate_by_name=True, coerce_numbers_to_str=True
    )

    @model_validator(mode="before")
    @classmethod
    def _null_is_nothing(cls, fields: object) -> object:
        if not isinstance(fields, dict):
            return fields
        return {name: value for name, value in fields.items() if value is not None}


class WireQuote(Wire):
    """A quote that the draft lacks, or a line of it as it has to be.

    `draft` is the line's number, 0 for a new quote; `at` is a place, see `places`. Where the cue
    stands is not asked: it is looked for beside the quote.
    """

    draft: int = 0
    at: str = Field("", json_schema_extra=PLACE)
    cue: str = ""
    mention: str = ""
    name: str = ""
    own: bool = False


class WireChoice(Wire):
    """Which of a line's candidates is meant."""

    draft: int
    choice: Literal["A", "B", "C", "another", "nobody"] = Field(alias="is")


class WireName(Wire):
    """The name of a line's speaker, "" if the article gives none."""

    draft: int
    name: str = ""


class Attribution(Wire):
    """The answer to attribute and to repair."""

    who: list[WireChoice] = []
    names: list[WireName] = []
    quotes: list[WireQuote]
    drop: list[int] = []
    not_speech: list[int] = []


PHRASE: dict[str, JsonValue] = {"pattern": "^[^ ]{1,30}( [^ ]{1,30}){0,7}$"}
"""Holds the name of a target to eight words where the server keeps to patterns."""


class WireStance(Wire):
    """Where the speaker of one quote stands towards one target."""

    quote: int
    target: int
    label: StanceLabel = "unclear"


class Stances(Wire):
    """The answer to stance."""

    stances: list[WireStance]


class WireOpenStance(Wire):
    """Where the speaker of one quote stands, and towards what."""

    quote: int
    target: str = Field(json_schema_extra=PHRASE)
    label: StanceLabel = "unclear"


class OpenStances(Wire):
    """The answer to open_stance."""

    stances: list[WireOpenStance]


def schema_json(model: type[Wire], without: Collection[str] = ()) -> str:
    """The strict JSON schema of an answer, as JSON without spaces; `without` names fields of it.

    Every field is required and no other is allowed; titles and descriptions are left out, since
    the prompts say what fields mean. Keys keep their order: servers write answers in it.
    """
    schema = model.model_json_schema(by_alias=True)
    for name in without:
        del schema["properties"][name]
    return json.dumps(_strict(schema, schema.get("$defs", {})), separators=(",", ":"))


def _strict(node: Any, defs: dict[str, Any]) -> Any:
    if isinstance(node, list):
        return [_strict(item, defs) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _strict(defs[node["$ref"].rsplit("/", 1)[-1]], defs)
    if node.get("type") != "object":
        dropped = {"title", "description", "default"}
        return {k: _strict(v, defs) for k, v in node.items() if k not in dropped}
    properties = {name: _strict(value, defs) for name, value in node["properties"].items()}
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def without_bounds(schema: Any) -> Any:
    """The schema without patterns, for servers whose strict mode knows none."""
    if isinstance(schema, list):
        return [without_bounds(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {key: without_bounds(value) for key, value in schema.items() if key != "pattern"}


def complaint(error: ValidationError) -> str:
    """The first thing that is wrong, without the values: they are the article's, or worse."""
    first = error.errors(include_input=False, include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"'{place}': {first['msg']}" if place else first["msg"]
