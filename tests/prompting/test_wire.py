from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from attributor.prompting.answer_schema import (
    Attribution,
    OpenStances,
    Stances,
    Wire,
    WireOpenStance,
    WireStance,
    schema_json,
    without_bounds,
)

# Each of these is refused by the strict mode of at least one server.
REFUSED = {"oneOf", "allOf", "anyOf", "not", "if", "default", "prefixItems", "uniqueItems"}
REFUSED |= {"patternProperties", "propertyNames", "contains", "title", "description", "$ref"}


def nodes(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        yield schema
        children = schema.get("properties", {}).values() if "properties" in schema else []
        for child in [*children, schema.get("items")]:
            yield from nodes(child)


@pytest.mark.parametrize("model", [Attribution, Stances, OpenStances])
class TestSchema:
    def test_every_field_is_required_and_no_other_is_allowed(self, model: type[Wire]) -> None:
        objects = [n for n in nodes(json.loads(schema_json(model))) if n["type"] == "object"]
        assert len(objects) >= 2
        for node in objects:
            assert node["required"] == list(node["properties"])
            assert node["additionalProperties"] is False

    def test_no_keyword_is_used_that_a_strict_mode_refuses(self, model: type[Wire]) -> None:
        for node in nodes(json.loads(schema_json(model))):
            assert not REFUSED & set(node)

    def test_what_fits_the_schema_fits_the_model(self, model: type[Wire]) -> None:
        schema = json.loads(schema_json(model))
        assert list(schema["properties"]) == list(model.model_fields)


def test_a_stance_without_a_label_is_unclear() -> None:
    assert WireStance.model_validate({"quote": "1", "target": 2, "label": None}).label == "unclear"
    assert WireOpenStance.model_validate({"quote": 1, "target": "tram"}).label == "unclear"
    with pytest.raises(ValidationError, match="quote"):
        WireStance.model_validate({"quote": None, "target": 2, "label": "favor"})


def test_the_schema_without_bounds_differs_in_the_patterns_only() -> None:
    schema = json.loads(schema_json(Attribution))
    plain = without_bounds(schema)
    assert '"pattern"' not in json.dumps(plain)
    assert plain != schema
    assert [set(n) - {"pattern"} for n in nodes(schema)] == [set(n) for n in nodes(plain)]


def test_a_quote_says_first_where_it_stands() -> None:
    # Asked for the cue first, a small model counts upwards instead of reading.
    schema = json.loads(schema_json(Attribution))
    assert next(iter(schema["properties"]["quotes"]["items"]["properties"])) == "at"
