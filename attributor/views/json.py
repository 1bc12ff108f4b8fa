"""`attributor.annotation/1` as JSON and JSON Lines: UTF-8, unescaped, verbatim."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import TextIO

from attributor.records import Annotation

# JSON allows these raw, but some readers end a line at them, and UTF-8 has no lone surrogates.
_UNSAFE = re.compile("[\x85\u2028\u2029\ud800-\udfff]")


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
    text = json.dumps(annotation.model_dump(mode="python"), ensure_ascii=False, indent=indent)
    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
