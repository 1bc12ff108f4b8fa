"""`attributor train --encoder`: an encoder, and the engine's weights that read with it.

What an encoder says of articles that it was tuned on is surer than what it will say of others, and
an engine that learned from that would believe it too much. So the articles are halved: the encoder
is tuned on one half, and the engine learns from what it says of the other.

Needs torch, transformers, onnx, onnxruntime and tokenizers: the extra `train-encoder`.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from attributor.embedded import weights as files
from attributor.embedded.encoder.session import NETWORK, TOKENIZER, Encoder, Reading
from attributor.embedded.readers import ENCODER_CARD_KEY, WEIGHTS
from attributor.embedded.training import encoder_network as networks
from attributor.embedded.training import trainer
from attributor.embedded.training.encoder_graph import onnx_bytes
from attributor.embedded.training.encoder_labels import labelled
from attributor.embedded.training.encoder_tuning import Course, tune
from attributor.embedded.training.examples import TrainingArticle, without_marks
from attributor.errors import UsageError
from attributor.records import Article

EPOCHS = 2
"""How often each article is gone over."""
_FEWEST_ARTICLES = 4
UNFINISHED = "unfinished"
"""The folder, inside the encoder's, of what is needed to take up a run that was cut."""


@dataclass(frozen=True)
class EncoderCourse:
    """How an encoder is made.

    Attributes:
        folder: where it goes: the network, the tokenizer and the engine's weights.
        base: the pretrained base: a package's import name, or a folder.
        epochs: how often each article is gone over.
        seed: of all that is drawn by lot.
        card: what is to be said of the weights.
        said: called with a line for each step that is done.
    """

    folder: Path
    base: str = networks.BASE
    epochs: int = EPOCHS
    seed: int = 0
    card: dict[str, Any] = field(default_factory=dict)
    said: Callable[[str], None] = lambda line: None


def train_encoder(
    examples: Sequence[TrainingArticle], language: str, course: EncoderCourse
) -> None:
    """Write an encoder and the weights that read with it into the course's folder.

    A run that was cut is taken up where it last wrote down what it had.

    Raises:
        UsageError: there is too little to learn from, the base is not there, or the extra
            `train-encoder` is not installed.
    """
    networks.check_installed()
    if len(examples) < _FEWEST_ARTICLES:
        raise UsageError("An encoder is tuned on one half of the articles: give four or more.")
    unfinished = course.folder / UNFINISHED
    unfinished.mkdir(parents=True, exist_ok=True)
    base = networks.base_folder(course.base, unfinished)
    halves = [[e for i, e in enumerate(examples) if half_of(i) == half] for half in (0, 1)]
    course.said(f"Tuning an encoder on {len(halves[0])} articles.")
    encoder = _tuned(halves[0], base, unfinished, course)
    course.said(f"Learning from what it says of {len(halves[1])} others.")
    card = {**course.card, ENCODER_CARD_KEY: encoder.sha256}

    def reads(article: Article) -> Reading:
        return encoder.read(article.text)

    learned = trainer.train(halves[1], language, course.seed, card, reads)
    for name in (NETWORK, TOKENIZER):
        shutil.copyfile(encoder.folder / name, course.folder / name)
    (course.folder / WEIGHTS).write_bytes(files.dump(learned))
    shutil.rmtree(unfinished)


def half_of(place: int) -> int:
    """Which half the article at `place` is in; two that follow each other are in one."""
    return place // 2 % 2


def _tuned(
    half: Sequence[TrainingArticle], base: Path, place: Path, course: EncoderCourse
) -> Encoder:
    """An encoder that was tuned on these articles, half of them without their marks too."""
    model = networks.network(base, course.seed)
    shutil.copyfile(base / TOKENIZER, place / TOKENIZER)
    bare = [without_marks(example) for example in half[::2]]
    data = list(labelled(Encoder(place).tokenizer, [*half, *bare]))
    tune(model, data, Course(course.epochs, course.seed, place / "checkpoint.pt", course.said))
    heads = json.loads((base / "config.json").read_text(encoding="utf-8"))["num_attention_heads"]
    (place / NETWORK).write_bytes(onnx_bytes(networks.arrays(model), heads))
    return Encoder(place)
