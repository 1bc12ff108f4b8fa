"""A tiny encoder made in a test: random weights of a few kilobytes, read as the real one is."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from attributor.embedded import weights as files
from attributor.embedded.encoder import channels
from attributor.embedded.encoder.session import NETWORK, TOKENIZER, Encoder, Reading
from attributor.embedded.readers import ENCODER_CARD_KEY, WEIGHTS
from attributor.embedded.training.encoder_graph import MAX_POSITIONS, onnx_bytes
from attributor.embedded.weights import Weights

WIDTH, HEADS, LAYERS = 16, 2, 2
"""The size of the tiny encoder."""
_SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


def vocabulary(text: str) -> list[str]:
    """The special pieces, every letter, and the words of a text."""
    letters = [chr(code) for code in range(33, 127)]
    words = sorted(set(re.findall(r"\w+", text.lower())) - set(letters))
    return [*_SPECIAL, *letters, *(f"##{letter}" for letter in letters), *words]


def tokenizer(words: list[str]) -> Tokenizer:
    """What cuts a text into the pieces of this vocabulary."""
    numbers = {word: i for i, word in enumerate(words)}
    made = Tokenizer(models.WordPiece(numbers, unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer()
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return made


def random_arrays(pieces: int, seed: int = 0) -> dict[str, np.ndarray[Any, Any]]:
    """Weights of a transformer of BERT's kind, drawn by lot, by the names that a real one has."""
    lot = np.random.default_rng(seed)

    def drawn(*shape: int) -> np.ndarray[Any, Any]:
        return lot.normal(0.0, 0.5, shape).astype(np.float32)

    embeddings = "body.embeddings."
    arrays = {
        f"{embeddings}word_embeddings.weight": drawn(pieces, WIDTH),
        f"{embeddings}position_embeddings.weight": drawn(MAX_POSITIONS, WIDTH),
        f"{embeddings}token_type_embeddings.weight": drawn(2, WIDTH),
        "head.weight": drawn(channels.COUNT, WIDTH),
        "head.bias": drawn(channels.COUNT),
    }
    sizes = {"intermediate.dense": (4 * WIDTH, WIDTH), "output.dense": (WIDTH, 4 * WIDTH)}
    sizes |= {f"attention.self.{part}": (WIDTH, WIDTH) for part in ("query", "key", "value")}
    sizes |= {"attention.output.dense": (WIDTH, WIDTH)}
    norms = [f"{embeddings}LayerNorm"]
    for layer in range(LAYERS):
        prefix = f"body.encoder.layer.{layer}."
        norms += [f"{prefix}attention.output.LayerNorm", f"{prefix}output.LayerNorm"]
        for name, shape in sizes.items():
            arrays[f"{prefix}{name}.weight"] = drawn(*shape)
            arrays[f"{prefix}{name}.bias"] = drawn(shape[0])
    for name in norms:
        arrays |= {f"{name}.weight": np.ones(WIDTH, np.float32), f"{name}.bias": drawn(WIDTH)}
    return arrays


def tiny_encoder(folder: Path, text: str, seed: int = 0) -> Encoder:
    """An encoder in `folder` whose vocabulary is the text's; it says what chance has it say."""
    words = vocabulary(text)
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer(words).save(str(folder / TOKENIZER))
    (folder / NETWORK).write_bytes(onnx_bytes(random_arrays(len(words), seed), HEADS))
    return Encoder(folder)


def with_weights(encoder: Encoder, like: Weights) -> Path:
    """The encoder's folder, with weights that are said to have been learned with it."""
    card = {ENCODER_CARD_KEY: encoder.sha256}
    table = array("h", like.table)
    made = Weights(like.language, dict(like.bias), like.words, table, card)
    (encoder.folder / WEIGHTS).write_bytes(files.dump(made))
    return encoder.folder


def reading(text: str, said: Mapping[int, Iterable[str]]) -> Reading:
    """What an encoder would say that is sure of these words, channel by channel.

    Of each channel the words of its phrases get log-odds of 4, all others -4; where content or a
    source begins or ends is said too.
    """
    pieces = [match.span() for match in re.finditer(r"\w+|[^\w\s]", text)]
    odds = [[-4.0] * channels.COUNT for _ in pieces]
    for channel, phrases in said.items():
        for phrase in phrases:
            start = text.index(phrase)
            end = start + len(phrase)
            held = [k for k, (a, b) in enumerate(pieces) if a >= start and b <= end]
            for k in held:
                odds[k][channel] = 4.0
            if channel == channels.CONTENT:
                odds[held[0]][channels.CONTENT_BEGINS] = odds[held[-1]][channels.CONTENT_ENDS] = 4.0
            if channel == channels.SOURCE:
                odds[held[0]][channels.SOURCE_BEGINS] = 4.0
    return Reading([a for a, _ in pieces], [b for _, b in pieces], odds)
