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
from pathlib import Path
from typing import Any

from attributor.errors import UsageError, quoted
from attributor.marking.language import UNKNOWN, codes
from attributor.small_files import Mistake, read_bytes

_FOLDER = Path(__file__).parent / "data"
FORMAT = "attributor.weights/2"
MODELS = {"cue", "source", "piece", "draft"}
"""Each has a constant of its own, its bias."""
SCALE = 2048
"""A weight of 1.0 in the table; weights lie between -16 and 16."""
LARGEST_BIAS = 1000
"""Log-odds: e to the power of so much is more than any certainty."""
LONGEST_HEAD = 1_000_000
"""Bytes of the first line at most."""
MOST_BYTES = 64_000_000
"""Bytes of a file of weights at most: some thirty times what `attributor train` makes."""


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
        return _loaded(data)
    except Mistake as mistake:
        raise UsageError(
            f"{quoted(name)} holds no weights that this version can read ({mistake}); make them "
            "anew with 'attributor train'."
        ) from mistake.__cause__


def _loaded(data: bytes) -> Weights:
    line, _, _ = data[:LONGEST_HEAD].partition(b"\n")
    rest = memoryview(data)[len(line) + 1 :]
    head = _head(line)
    words, table = array("I"), array("h")
    size = words.itemsize * head["words"]
    if len(rest) != size + table.itemsize * head["table"]:
        raise Mistake("it is not as long as it says")
    words.frombytes(rest[:size])
    table.frombytes(rest[size:])
    if sys.byteorder == "big":
        words.byteswap()
        table.byteswap()
    distinct = frozenset(words)
    if len(distinct) != len(words):
        raise Mistake("a word stands in it twice")
    digest = hashlib.sha256(data).hexdigest()
    return Weights(head["language"], head["bias"], distinct, table, head["card"], digest)


def _head(line: bytes) -> dict[str, Any]:
    """What the first line says, every part of it looked at.

    Raises:
        Mistake: it is not as `dump` writes it.
    """
    try:
        head = json.loads(line.decode(), object_pairs_hook=_without_repetition)
    except (ValueError, RecursionError) as error:
        raise Mistake("its first line is no JSON that is at most some levels deep") from error
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise Mistake("it is of another version, or no such file")
    words, table, bias = head.get("words"), head.get("table"), head.get("bias")
    holds = {
        "parts": head.keys() == {"format", "language", "bias", "words", "table", "card"},
        "number of words": type(words) is int and words >= 0,
        "size of table": type(table) is int and table > 0 and table & (table - 1) == 0,
        "constants": isinstance(bias, dict) and _are_constants(bias),
        "language": head.get("language") in (*codes(), UNKNOWN),
        "card": isinstance(head.get("card"), dict),
    }
    for what, is_right in holds.items():
        if not is_right:
            raise Mistake(f"its {what} cannot be right")
    return head


def _are_constants(bias: dict[str, Any]) -> bool:
    """Whether each model has a number that no learning goes beyond; nan is never in a range."""
    return bias.keys() == MODELS and all(
        type(value) in (int, float) and -LARGEST_BIAS <= value <= LARGEST_BIAS
        for value in bias.values()
    )


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Mistake("its first line says something twice")
    return found


@cache
def read(path: Path) -> Weights:
    """The weights in a file of the user's own.

    Raises:
        UsageError: it cannot be read, or holds no weights.
    """
    try:
        data = read_bytes(path, MOST_BYTES)
    except Mistake as mistake:
        where = f"The file of weights {quoted(str(path))}"
        raise UsageError(f"{where} {mistake}.") from mistake.__cause__
    return load(data, str(path))


@cache
def shipped(language: str) -> Weights | None:
    """The weights that come with attributor for a language, or None."""
    if language not in codes():
        return None
    file = _FOLDER / f"{language}.bin"
    return load(file.read_bytes(), file.name) if file.is_file() else None


def digest(path: Path | None) -> str:
    """Which weights answer: the SHA-256 of the file `path`, or of all that come with attributor."""
    if path is not None:
        return read(path).sha256
    files = sorted(_FOLDER.glob("*.bin"))
    digests = [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]
    together = hashlib.sha256("".join(digests).encode()).hexdigest()
    return digests[0] if len(digests) == 1 else together


def _bytes(values: array[int]) -> bytes:
    if sys.byteorder == "big":
        values = array(values.typecode, values)
        values.byteswap()
    return values.tobytes()
