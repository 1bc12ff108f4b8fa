"""Which weights read an article, and whether an encoder reads under them.

There are two sets that come with attributor: the light ones in this package, and those of the data
package `attributor-encoder`, which were learned with its encoder and never answer without it. A
user's own are a file, or the folder of an encoder with its weights.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from attributor.embedded import weights as files
from attributor.embedded.token_arrays import Sheet
from attributor.embedded.weights import Weights
from attributor.errors import UsageError, quoted
from attributor.marking import Marking

if TYPE_CHECKING:
    from attributor.embedded.encoder.session import Encoder

PACKAGE: Final = "attributor_encoder"
"""The data package with the encoder, as it is imported."""
WEIGHTS: Final = "weights.bin"
"""The engine's weights in an encoder's folder."""
ENCODER_CARD_KEY: Final = "encoder_sha256"
"""Where the weights' data card names the encoder that they were learned with."""
_LIBRARIES = ("onnxruntime", "tokenizers")
"""What reading with an encoder needs beside its data."""


@dataclass(frozen=True)
class Reader:
    """Weights, and the encoder that reads under them; None where none does."""

    weights: Weights
    encoder: Encoder | None = None

    def sheet(self, marking: Marking) -> Sheet:
        """The article as the weights see it."""
        return Sheet(marking, self.encoder.read(marking.text) if self.encoder else None)


@dataclass(frozen=True)
class Choice:
    """What may read: the user's own weights (a file or a folder), and whether no encoder shall."""

    own: Path | None = None
    light: bool = False

    @property
    def folder(self) -> Path | None:
        """The folder of the encoder that reads English, or None where none does.

        Raises:
            UsageError: an encoder was asked for, and `light` too.
        """
        if self.own is not None:
            return self._own_folder
        return None if self.light else installed()

    @property
    def _own_folder(self) -> Path | None:
        if self.own is None or not (self.own / WEIGHTS).exists():
            return None
        if self.light:
            raise UsageError(
                f"{quoted(str(self.own))} holds weights that read with an encoder, and the light "
                "engine has none: leave one of the two away."
            )
        return self.own

    def reader(self, language: str, *, is_long: bool = False) -> Reader | None:
        """Who reads an article in `language`; None where rules alone do.

        Args:
            language: code of the article's language pack.
            is_long: whether it is too long for an encoder; the light weights read it then.

        Raises:
            UsageError: weights of the user's own cannot be used.
        """
        folder = self.folder
        if folder is not None and not (is_long and self.own is None):
            found = of_folder(folder)
            if found.weights.language == language or self.own is not None:
                return found
        if self.own is not None:
            return Reader(_own(self.own))
        shipped = files.shipped(language)
        return Reader(shipped) if shipped is not None else None

    @property
    def sha256(self) -> str:
        """The digest of the weights, by which annotations of one are told from another's."""
        folder = self.folder
        return of_folder(folder).weights.sha256 if folder else files.digest(self.own)


def installed() -> Path | None:
    """The data package's folder, where it and what reading with it needs are installed."""
    if any(importlib.util.find_spec(name) is None for name in (PACKAGE, *_LIBRARIES)):
        return None
    found = importlib.util.find_spec(PACKAGE)
    places = (found and found.submodule_search_locations) or ()
    folders = (Path(place) for place in places)
    return next((folder for folder in folders if (folder / WEIGHTS).is_file()), None)


@cache
def of_folder(folder: Path) -> Reader:
    """The weights of an encoder's folder, with the encoder that they were learned with.

    Raises:
        UsageError: a file is missing, or the encoder is another one than the weights name.
    """
    from attributor.embedded.encoder.session import Encoder

    weights, encoder = files.read(folder / WEIGHTS), Encoder(folder)
    if weights.card.get(ENCODER_CARD_KEY) != encoder.sha256:
        raise UsageError(
            f"The weights in {quoted(str(folder))} were learned with another encoder than the one "
            "beside them: keep the files of one 'attributor train --encoder' together."
        )
    return Reader(weights, encoder)


def write_folder(folder: Path, encoder: Encoder, weights: Weights) -> None:
    """Put an encoder and the weights that were learned with it into a folder."""
    from attributor.embedded.encoder.session import NETWORK, TOKENIZER

    folder.mkdir(parents=True, exist_ok=True)
    for name in (NETWORK, TOKENIZER):
        (folder / name).write_bytes((encoder.folder / name).read_bytes())
    (folder / WEIGHTS).write_bytes(files.dump(weights))


def _own(path: Path) -> Weights:
    weights = files.read(path)
    if ENCODER_CARD_KEY in weights.card:
        raise UsageError(
            f"{quoted(str(path))} reads with the encoder beside it: name their folder instead."
        )
    return weights
