from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from attributor.prompting.answer_schema import (
    PLACE,
    Attribution,
    OpenStances,
    Stances,
    Wire,
    WireOpenStance,
    WireStance,
    schema_json,
    without_bounds,
)
from attributor.prompting.attribution_dialogue import (
    SCHEMA,
    SCHEMA_WITHOUT_CHOICES,
    SCHEMA_WITHOUT_DRAFT,
    SCHEMAS,
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


def test_a_quote_says_where_it_stands_before_it_says_who_spoke() -> None:
    # Asked for the cue first, a small model counts upwards instead of reading.
    schema = json.loads(schema_json(Attribution))
    assert list(schema["properties"]["quotes"]["items"]["properties"])[:2] == ["draft", "at"]


def test_doubts_are_answered_first_and_lines_are_dropped_last() -> None:
    keys = list(json.loads(schema_json(Attribution))["properties"])
    assert keys == ["who", "names", "quotes", "drop", "not_speech"]


def test_who_is_meant_is_a_closed_choice() -> None:
    choices = json.loads(schema_json(Attribution))["properties"]["who"]["items"]["properties"]
    assert choices["is"]["enum"] == ["A", "B", "C", "another", "nobody"]


@pytest.mark.parametrize(
    "at",
    [
        *("617", "613-615", "617 a bus", "617 the money … a bus", "617 the money …"),
        *("617 … a bus", "617 the money … 618 of it", "619 + 621", "61 We have … twice + 64"),
        " ".join(["617", *(f"w{n}" for n in range(24))]),
    ],
)
def test_the_schema_allows_every_form_of_a_place(at: str) -> None:
    assert re.search(str(PLACE["pattern"]), at)


def test_the_schema_allows_no_place_where_a_lines_words_stay() -> None:
    assert re.search(str(PLACE["pattern"]), "")


@pytest.mark.parametrize(
    ("schema", "left_out"),
    [
        (SCHEMA, set[str]()),
        (SCHEMA_WITHOUT_CHOICES, {"who"}),
        (SCHEMA_WITHOUT_DRAFT, {"who", "names", "drop"}),
    ],
)
def test_the_schemas_differ_only_in_the_fields_that_there_is_nothing_for(
    schema: str, left_out: set[str]
) -> None:
    whole, less = json.loads(schema_json(Attribution)), json.loads(schema)
    kept = {k: v for k, v in whole["properties"].items() if k not in left_out}
    assert less == whole | {"properties": kept, "required": list(kept)}
    assert list(less["properties"]) == list(kept) == less["required"]


def test_there_are_three_schemas() -> None:
    assert len({*SCHEMAS}) == 3
    assert {*SCHEMAS} == {SCHEMA, SCHEMA_WITHOUT_CHOICES, SCHEMA_WITHOUT_DRAFT}


@pytest.mark.parametrize("at", ["the money", "617  a", "617 a ", " ".join(["617"] * 26), "617\n"])
def test_the_schema_bounds_a_place(at: str) -> None:
    assert not re.fullmatch(str(PLACE["pattern"]), at)
