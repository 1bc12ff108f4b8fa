"""What the engine has learned, as one file: a JSON line, the cue words' hashes, a table.

The table has 2^bits signed 16-bit numbers, little-endian, each a weight times `SCALE`; a feature's
place in it is its value modulo 2^bits. Nothing in the file is text of the corpus, and none can be
read back from it.
"""

from __future__ import annotations

import hashlib
import json
import sys
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from attributor.errors import UsageError, quoted

FORMAT = "attributor.weights/2"
SCALE = 2048
"""A weight of 1.0 in the table; weights lie between -16 and 16."""


@dataclass(frozen=True)
class Weights:
    """Four linear models over one table of weights.

    Attributes:
        language: the language pack that its features were made with.
        bias: the constant of each model: "cue", "source", "piece", "draft".
        words: hashes of the words that can be a cue.
        table: weights times `SCALE`; its length is a power of two.
        card: what it was made from, and how it scores.
    """

    language: str
    bias: dict[str, float]
    words: frozenset[int]
    table: array[int]
    card: dict[str, Any] = field(default_factory=dict)
    sha256: str = ""

    def score(self, model: str, features: Iterable[int]) -> float:
        """The log-odds that `model` gives to these features."""
        return self.bias[model] + self.sum(features)

    def sum(self, features: Iterable[int]) -> float:
        """The weights of these features, added up."""
        mask = len(self.table) - 1  # two maps, for this is where much of an article's time goes
        return sum(map(self.table.__getitem__, map(mask.__and__, features))) / SCALE


def dump(weights: Weights) -> bytes:
    """The file's bytes."""
    head = {
        "format": FORMAT,
        "language": weights.language,
        "bias": weights.bias,
        "words": len(weights.words),
        "table": len(weights.table),
        "card": weights.card,
    }
    line = json.dumps(head, ensure_ascii=False, sort_keys=True).encode() + b"\n"
    return line + _bytes(array("I", sorted(weights.words))) + _bytes(weights.table)


def load(data: bytes, name: str) -> Weights:
    """The weights in a file's bytes.

    Raises:
        UsageError: it is no such file, or not whole; `name` says which.
    """
    try:
        line, _, rest = data.partition(b"\n")
        head = json.loads(line)
        if head["format"] != FORMAT:
            raise ValueError(head["format"])
        words, table = array("I"), array("h")
        words.frombytes(rest[: 4 * head["words"]])
        table.frombytes(rest[4 * head["words"] :])
        if len(table) != head["table"] or len(table) & (len(table) - 1):
            raise ValueError("the table is cut off")
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{quoted(name)} holds no weights that this version can read; make them anew with "
            "'attributor train'."
        ) from error
    if sys.byteorder == "big":
        words.byteswap()
        table.byteswap()
    digest = hashlib.sha256(data).hexdigest()
    return Weights(head["language"], head["bias"], frozenset(words), table, head["card"], digest)


@cache
def read(path: Path) -> Weights:
    """The weights in a file of the user's own.

    Raises:
        UsageError: it cannot be read, or holds no weights.
    """
    try:
        return load(path.read_bytes(), str(path))
    except OSError as error:
        raise UsageError(
            f"The weights {quoted(str(path))} cannot be read: {error.strerror}."
        ) from error


@cache
def shipped(language: str) -> Weights | None:
    """The weights that come with attributor for a language, or None."""
    file = resources.files("attributor.embedded") / "data" / f"{language}.bin"
    return load(file.read_bytes(), file.name) if file.is_file() else None


def digest(path: Path | None) -> str:
    """Which weights answer: the SHA-256 of the file `path`, or of all that come with attributor."""
    if path is not None:
        return read(path).sha256
    folder = resources.files("attributor.embedded") / "data"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".bin")), key=lambda f: f.name)
    digests = [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]
    together = hashlib.sha256("".join(digests).encode()).hexdigest()
    return digests[0] if len(digests) == 1 else together


def _bytes(values: array[int]) -> bytes:
    if sys.byteorder == "big":
        values = array(values.typecode, values)
        values.byteswap()
    return values.tobytes()
