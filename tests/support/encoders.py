"""A tiny encoder made in a test: random weights of a few kilobytes, read as the real one is."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from attributor.embedded import weights as files
from attributor.embedded.encoder import channels, links
from attributor.embedded.encoder.session import NETWORK, TOKENIZER, Encoder, Reading
from attributor.embedded.readers import ENCODER_CARD_KEY, WEIGHTS
from attributor.embedded.training.encoder_graph import MAX_POSITIONS, onnx_bytes
from attributor.embedded.weights import Weights
from attributor.marking.spans import Span

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
        "link_head.weight": drawn(links.NUMBERS, WIDTH),
        "link_head.bias": drawn(links.NUMBERS),
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


def reading(
    text: str,
    said: Mapping[int, Iterable[str]],
    linked: Mapping[str, Iterable[str]] | None = None,
    windows: Sequence[Span] = (),
) -> Reading:
    """What an encoder would say that is sure of these words, channel by channel.

    Of each channel the words of its phrases get log-odds of 4, all others -4; where content or a
    source begins or ends is said too. `linked` tells which phrases choose each cue; where it is
    None, the encoder links nothing.
    """
    pieces = [match.span() for match in re.finditer(r"\w+|[^\w\s]", text)]
    odds = [[-4.0] * channels.COUNT for _ in pieces]
    for channel, phrases in said.items():
        for phrase in phrases:
            held = _within(pieces, text, phrase)
            for k in held:
                odds[k][channel] = 4.0
            if channel == channels.CONTENT:
                odds[held[0]][channels.CONTENT_BEGINS] = odds[held[-1]][channels.CONTENT_ENDS] = 4.0
            if channel == channels.SOURCE:
                odds[held[0]][channels.SOURCE_BEGINS] = 4.0
    starts, ends = [a for a, _ in pieces], [b for _, b in pieces]
    if linked is None:
        return Reading(starts, ends, odds)
    rows = np.zeros((len(pieces), len(links.KINDS), 2, links.RANK), np.float32)
    for number, (cue, phrases) in enumerate(linked.items()):
        rows[_within(pieces, text, cue), :, 0, number] = 1.0
        for phrase in phrases:
            rows[_within(pieces, text, phrase), :, 1, number] = 20.0
    flat = rows.reshape(len(pieces), -1)
    return Reading(starts, ends, odds, None, windows or [(0, len(pieces))], flat)


def _within(pieces: Sequence[Span], text: str, phrase: str) -> list[int]:
    start = text.index(phrase)
    return [k for k, (a, b) in enumerate(pieces) if a >= start and b <= start + len(phrase)]
