"""`attributor train --encoder`: an encoder, and the engine's weights that read with it.

What an encoder says of articles that it was tuned on is surer than what it will say of others, and
an engine that learned from that would believe it too much. So the articles are halved, an encoder
is tuned on each half, and the engine learns from what each says of the half that it does not know
(cross-fitting). The encoder that is kept is a third one, tuned on all of them.

Needs torch, transformers, onnx, onnxruntime and tokenizers: the extra `train-encoder`.
"""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from attributor.embedded.encoder.session import NETWORK, TOKENIZER, Encoder, Reading
from attributor.embedded.readers import ENCODER_CARD_KEY, write_folder
from attributor.embedded.training import encoder_network as networks
from attributor.embedded.training import trainer
from attributor.embedded.training.augmentation import as_transcript, with_headline, without_marks
from attributor.embedded.training.encoder_graph import onnx_bytes
from attributor.embedded.training.encoder_identity import taught
from attributor.embedded.training.encoder_labels import labelled
from attributor.embedded.training.encoder_tuning import Course, tune
from attributor.embedded.training.examples import Known, TrainingArticle
from attributor.embedded.training.trainer import half_of
from attributor.errors import UsageError
from attributor.marking import mark
from attributor.records import Article

EPOCHS = 4
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
        identity: lines of gold that teach whom pronouns mean, see `encoder_identity.taught`; an
            encoder that is given none says nothing of it.
        said: called with a line for each step that is done.
    """

    folder: Path
    base: str = networks.BASE
    epochs: int = EPOCHS
    seed: int = 0
    card: dict[str, Any] = field(default_factory=dict)
    identity: Sequence[dict[str, Any]] = ()
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
        raise UsageError("Encoders are tuned on halves of the articles: give four or more.")
    unfinished = course.folder / UNFINISHED
    unfinished.mkdir(parents=True, exist_ok=True)
    base = networks.base_folder(course.base, unfinished)
    halves = [[e for i, e in enumerate(examples) if half_of(i) == half] for half in (0, 1)]
    names = ("first-half", "second-half")
    of_half = replace(course, identity=())
    tuned = [
        _tuned(half, base, unfinished / name, of_half)
        for name, half in zip(names, halves, strict=True)
    ]
    kept = _tuned(examples, base, unfinished / "all", course)

    def reads(place: int, article: Article) -> Reading:
        return tuned[1 - half_of(place)].read(article.text)

    course.said("Learning from what each encoder says of the half that it does not know.")
    card = {**course.card, ENCODER_CARD_KEY: kept.sha256}
    spoken = [_spoken(example, language) for example in examples]
    learned = trainer.train(spoken, language, course.seed, card, reads)
    write_folder(course.folder, kept, learned)
    shutil.rmtree(unfinished)


def _spoken(example: TrainingArticle, language: str) -> TrainingArticle:
    """The article with each quote taken for speech whose cue the language pack knows as one.

    A corpus may count verbs that newsrooms quote by as thought: PolNeAR does "pointed out".
    """
    starts = [cue.start for cue in mark(example.article, language).cues]

    def is_spoken(quote: Known) -> bool:
        return quote.speech or any(a <= start < b for start in starts for a, b in quote.cue)

    quotes = tuple(replace(quote, speech=is_spoken(quote)) for quote in example.quotes)
    return replace(example, quotes=quotes)


def _augmented(part: Sequence[TrainingArticle], seed: int) -> Iterator[TrainingArticle]:
    """The articles, every third under a headline; every second once more without its marks, every
    fourth once more as a transcript.
    """
    lot = random.Random(seed)  # noqa: S311
    for i, example in enumerate(part):
        yield with_headline(example, lot) if i % 3 == 0 else example
        if i % 2 == 0:
            yield without_marks(example)
        turns = as_transcript(example) if i % 4 == 1 else None
        if turns is not None:
            yield turns


def _tuned(
    part: Sequence[TrainingArticle], base: Path, place: Path, course: EncoderCourse
) -> Encoder:
    """An encoder that was tuned on these articles.

    One that an earlier run made is taken as it is.
    """
    if not (place / NETWORK).exists():
        course.said(f"Tuning an encoder on {len(part)} articles.")
        place.mkdir(exist_ok=True)
        model = networks.network(base, course.seed)
        shutil.copyfile(base / TOKENIZER, place / TOKENIZER)
        data = list(labelled(Encoder(place).tokenizer, _augmented(part, course.seed)))
        tune(model, data, Course(course.epochs, course.seed, place / "checkpoint.pt", course.said))
        config = json.loads((base / "config.json").read_text(encoding="utf-8"))
        written = place / f"{NETWORK}.part"
        arrays = dict(networks.arrays(model))
        if course.identity:
            course.said("Learning whom pronouns mean.")
            arrays |= taught(model, Encoder(place).tokenizer, course.identity, course.seed)
        written.write_bytes(onnx_bytes(arrays, config["num_attention_heads"]))
        written.replace(place / NETWORK)
    return Encoder(place)
