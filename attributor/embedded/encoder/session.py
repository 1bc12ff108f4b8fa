"""Reading articles with an encoder: a folder with `encoder.onnx` and `tokenizer.json`.

Needs onnxruntime and tokenizers: the extra `encoder`. One thread reads one window after the other,
so that neither the machine's cores nor what else is being read change the answer.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from attributor.embedded.encoder import channels
from attributor.embedded.encoder.links import NUMBERS as LINK_NUMBERS
from attributor.embedded.encoder.windows import Tokenizer, cut, windows
from attributor.errors import UsageError, quoted
from attributor.marking.spans import Span
from attributor.small_files import Mistake, read_bytes

if TYPE_CHECKING:
    import numpy as np

NETWORK, TOKENIZER = "encoder.onnx", "tokenizer.json"
"""The files of an encoder's folder."""
ODDS, LINKS, IDENTITY = "odds", "links", "identity"
"""The network's outputs; the last is there if it was taught whom pronouns mean."""
MOST_BYTES = 500_000_000
"""Bytes of one of them at most: some twenty times what `attributor train --encoder` makes."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What an encoder says of an article.

    Attributes:
        starts: where each piece of a word begins (code points).
        ends: where each ends.
        odds: for each piece a row with the log-odds of each channel.
        identity: for each piece a row that tells whom a pronoun means, float32; None where the
            encoder was not taught that. `encoder.identity` explains it.
        windows: the half-open ranges of pieces that were read at once.
        links: for each piece a row that tells what belongs to it as a cue, float32; None where that
            is not known. `encoder.links` explains it.
    """

    starts: list[int]
    ends: list[int]
    odds: list[list[float]]
    identity: np.ndarray[Any, Any] | None = None
    windows: Sequence[Span] = ()
    links: np.ndarray[Any, Any] | None = None

    def window_of(self, piece: int) -> Span:
        """The pieces that were read together with a piece."""
        return self.windows[bisect_right(self.windows, piece, key=itemgetter(0)) - 1]


@dataclass(frozen=True)
class Encoder:
    """An encoder in a folder; it is loaded when the first article is read."""

    folder: Path

    def read(self, text: str) -> Reading:
        """What it says of every piece of a word in the text.

        Raises:
            UsageError: the extra `encoder` is not installed, or the folder holds no encoder.
        """
        pieces = cut(self.tokenizer, text)
        parts: dict[str, list[np.ndarray[Any, Any]]] = {}
        ranges: list[Span] = []
        for window in windows(self.tokenizer, pieces):
            begin, end = window.pieces.index(window.first), window.pieces.index(window.last - 1) + 1
            own = [k for k in range(begin, end) if window.pieces[k] >= 0]
            for name, rows in self._run(window.ids).items():
                parts.setdefault(name, []).append(rows[own])
            ranges.append((window.first, window.last))
        known = {name: _joined(rows) for name, rows in parts.items()}
        odds = known[ODDS].astype(float).round(3).tolist() if known else []
        identity, links = known.get(IDENTITY), known.get(LINKS)
        return Reading(pieces.starts, pieces.ends, odds, identity, ranges, links)

    @property
    def sha256(self) -> str:
        """The digest of the network and the tokenizer, which tells encoders apart."""
        return _digest(self.folder)

    def _run(self, ids: list[int]) -> dict[str, np.ndarray[Any, Any]]:
        """Rows of each piece, by the network's outputs."""
        import numpy as np

        outputs = self._network.run(None, {"ids": np.array(ids, dtype=np.int64)})
        names = (each.name for each in self._network.get_outputs())
        return dict(zip(names, outputs, strict=True))

    @cached_property
    def tokenizer(self) -> Tokenizer:
        """What cuts words into the pieces that the network knows."""
        try:
            from tokenizers import Tokenizer as Reader
        except ImportError as error:
            raise UsageError(_MISSING) from error
        tokenizer = Reader.from_str(_held(self.folder, TOKENIZER).decode())
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return cast("Tokenizer", tokenizer)

    @cached_property
    def _network(self) -> Any:
        try:
            import onnxruntime
        except ImportError as error:
            raise UsageError(_MISSING) from error
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        providers = ["CPUExecutionProvider"]
        network = onnxruntime.InferenceSession(_held(self.folder, NETWORK), options, providers)
        _check(network, self.folder)
        return network


_MISSING = (
    "Reading with an encoder needs more than attributor itself: pip install 'attributor[encoder]'."
)


def _check(network: Any, folder: Path) -> None:
    """Refuse a network that does not say what this version reads."""
    inputs = [each.name for each in network.get_inputs()]
    outputs = {each.name: each.shape[-1] for each in network.get_outputs()}
    known = outputs.get(ODDS) == channels.COUNT and outputs.get(LINKS) == LINK_NUMBERS
    if inputs != ["ids"] or not known or outputs.keys() - {ODDS, LINKS, IDENTITY}:
        raise UsageError(
            f"The encoder in {quoted(str(folder))} is of another version than this attributor "
            "reads: install or train it anew, or give --light."
        )


def _joined(rows: list[np.ndarray[Any, Any]]) -> np.ndarray[Any, Any]:
    import numpy as np

    return np.concatenate(rows)


@cache
def _digest(folder: Path) -> str:
    whole = hashlib.sha256()
    for name in (NETWORK, TOKENIZER):
        whole.update(_held(folder, name))
    return whole.hexdigest()


def _held(folder: Path, name: str) -> bytes:
    try:
        return read_bytes(folder / name, MOST_BYTES)
    except Mistake as mistake:
        where = f"{quoted(str(folder))} holds no encoder: its {name}"
        raise UsageError(f"{where} {mistake}.") from mistake.__cause__
