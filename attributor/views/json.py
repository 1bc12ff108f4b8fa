"""`attributor.annotation/1` as JSON and JSON Lines: UTF-8, and verbatim for whoever reads it.

Letters stand as they are; what would act on a terminal, turn the direction or hide is escaped.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, TextIO

from attributor.records import Annotation
from attributor.views.escaping import in_json


def write(annotations: Iterable[Annotation], out: TextIO) -> None:
    """One object for one annotation, an array for any other number of them."""
    rest = iter(annotations)
    first, second = next(rest, None), next(rest, None)
    if first is None:
        out.write("[]\n")
    elif second is None:
        out.write(dumped(first, indent=2) + "\n")
    else:
        out.write(f"[\n{dumped(first, indent=2)},\n{dumped(second, indent=2)}")
        for annotation in rest:
            out.write(f",\n{dumped(annotation, indent=2)}")
        out.write("\n]\n")


def write_lines(annotations: Iterable[Annotation], out: TextIO) -> None:
    """One annotation a line."""
    for annotation in annotations:
        out.write(dumped(annotation) + "\n")
        out.flush()


def dumped(annotation: Annotation, indent: int | None = None) -> str:
    """An annotation as JSON, on one line unless `indent` is given."""
    return line(annotation.model_dump(mode="python"), indent)


def line(value: Any, indent: int | None = None) -> str:
    """Any value as JSON that can be shown, on one line unless `indent` is given."""
    return in_json(json.dumps(value, ensure_ascii=False, indent=indent))
