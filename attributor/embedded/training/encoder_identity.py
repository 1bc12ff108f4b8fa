"""How an encoder is taught whom pronouns mean: one layer on what its middle knows of each piece.

The encoder itself is not changed. What is learned is what the resolver does not know by itself: its
scores stand, and the layer's are added to them. Passages of two names (GAP's) are chosen so that
distance and role mislead, so there the resolver's scores count less while learning.

Needs torch and transformers: the extra `train-encoder`.
"""

from __future__ import annotations

import json
import random
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attributor.embedded.encoder.windows import Pieces, Tokenizer, Window, cut, windows
from attributor.embedded.training.encoder_graph import layers_of, middle
from attributor.errors import UsageError, quoted
from attributor.marking.spans import Span
from attributor.speakers import model as speaker_models
from attributor.speakers import training as speakers

if TYPE_CHECKING:
    import numpy as np

    Arrays = Mapping[str, np.ndarray[Any, Any]]

KEYS = ("quotes", "chains", "pronoun")
"""What tells the kinds of gold apart: see `taught`."""
RANK = 16
"""A pronoun and a name are compared in so many numbers."""
EPOCHS = 5
"""How often each example is gone over; with more of it, other articles fare worse."""
BATCH_EXAMPLES = 128
RATE = 2e-3
"""The learning rate at its beginning; it falls to 0."""
TRUST_RATE = 2e-2
"""The same for what is learned of passages of two names alone."""
DROPPED_SHARE = 0.5
"""This share of what the encoder knows of a piece is dropped while learning, so that little is
learned by heart: there are some thousand examples."""
DECAY = 1.0
"""How strongly weights are drawn to 0, for the same reason."""
_SCALE = 2.0 / RANK**0.5
"""Keeps products of new weights small."""
_FIRST_TRUST = 0.7
_NEVER = -1e9


@dataclass(frozen=True, slots=True)
class Asked:
    """An example with what the encoder knows of it: states of the pronoun and of each place.

    `of` tells whose each place is, as an index into the example's candidates.
    """

    example: speakers.Example
    is_pair: bool
    mention: Any
    firsts: list[Any]
    lasts: list[Any]
    of: list[int]


def read_identity_gold(paths: Sequence[str]) -> list[speakers.Line]:
    """The lines of JSONL files that `taught` learns from.

    Raises:
        UsageError: a file cannot be read, or a line is nothing to learn from.
    """
    lines: list[speakers.Line] = []
    for path in paths:
        for number, line in enumerate(_lines(path), 1):
            try:
                found = json.loads(line)
            except ValueError:
                found = None
            if not isinstance(found, dict) or "text" not in found or not found.keys() & set(KEYS):
                raise UsageError(
                    f"Line {number} of {quoted(path)} has no text with chains, with a pronoun and "
                    "two names, or with quotes: see the page on training."
                )
            lines.append(found)
    return lines


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{quoted(path)} cannot be read: {error}.") from error


def taught(network: Any, tokenizer: Tokenizer, gold: Sequence[speakers.Line], seed: int) -> Arrays:
    """The layer's arrays, for `encoder_graph.onnx_bytes` beside the network's.

    Args:
        network: a tuned one, as `encoder_network.network` makes it.
        tokenizer: the network's.
        gold: lines with `chains`, with a `pronoun` and two names, or with `quotes` whose speakers'
            names were read.
        seed: of all that is drawn by lot.

    Raises:
        UsageError: no line has a pronoun beside somebody whom it may mean.
    """
    import torch

    asked = list(_asked(network, tokenizer, gold))
    if not asked:
        raise UsageError("What --identity names has no pronoun beside somebody it may mean.")
    torch.manual_seed(seed)
    layer = _Layer(network.body.config.hidden_size)
    optimizer = torch.optim.AdamW(
        [
            {"params": layer.compared, "lr": RATE, "weight_decay": DECAY},
            {"params": [layer.trust, layer.nobody], "lr": TRUST_RATE, "weight_decay": 0.0},
        ]
    )
    batches = list(_batches(asked, seed))
    falling = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1 - step / len(batches))
    for batch in batches:
        loss = layer.loss(batch)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        falling.step()
    return layer.arrays()


def _batches(asked: Sequence[Asked], seed: int) -> Iterator[list[Asked]]:
    lot = random.Random(seed)  # noqa: S311
    order = list(asked)
    for _ in range(EPOCHS):
        lot.shuffle(order)
        for i in range(0, len(order), BATCH_EXAMPLES):
            yield order[i : i + BATCH_EXAMPLES]


class _Layer:
    """What is learned: the layer, and how passages of two names differ from other texts."""

    def __init__(self, width: int) -> None:
        import torch

        self.asked = torch.nn.Linear(width, RANK)
        self.first = torch.nn.Linear(width, RANK + 1)
        self.last = torch.nn.Linear(width, RANK + 1, bias=False)
        for part in (self.first, self.last):
            torch.nn.init.zeros_(part.weight.data[RANK])
        torch.nn.init.zeros_(self.first.bias.data)
        self.trust = torch.nn.Parameter(torch.tensor(_FIRST_TRUST))
        self.nobody = torch.nn.Parameter(torch.tensor(0.0))

    @property
    def compared(self) -> list[Any]:
        return [p for part in (self.asked, self.first, self.last) for p in part.parameters()]

    def loss(self, batch: Sequence[Asked]) -> Any:
        """The mean over examples of minus the log-likelihood of the right candidates."""
        import torch

        counts = torch.tensor([each.example.weight for each in batch])
        missed = torch.stack(
            [self._missed(each, odds) for each, odds in zip(batch, self._odds(batch), strict=True)]
        )
        return (missed * counts).mean()

    def _missed(self, each: Asked, odds: Any) -> Any:
        import torch

        example = each.example
        scores = torch.tensor(_scores(example), dtype=torch.float32)
        if each.is_pair:
            scores = scores * self.trust
            scores = torch.cat([scores[:-1], scores[-1:] + self.nobody])
        best: list[Any] = [[] for _ in example.right]
        for k, value in zip(each.of, odds, strict=True):
            best[k].append(value)
        zero = torch.zeros(())
        said = torch.stack([torch.stack(values).max() if values else zero for values in best])
        chances = torch.log_softmax(scores + said, 0)
        return -torch.logsumexp(chances[torch.tensor(example.right)], 0)

    def _odds(self, batch: Sequence[Asked]) -> Any:
        """For each example the log-odds of each place."""
        import torch

        def dropped(states: list[Any]) -> Any:
            return torch.nn.functional.dropout(torch.stack(states), DROPPED_SHARE)

        sizes = [len(each.of) for each in batch]
        mentions = self.asked(dropped([each.mention for each in batch]))
        places = self.first(dropped([s for each in batch for s in each.firsts]))
        places = places + self.last(dropped([s for each in batch for s in each.lasts]))
        mentions = mentions.repeat_interleave(torch.tensor(sizes), 0)
        odds = _SCALE * (mentions * places[:, :RANK]).sum(1) + places[:, RANK]
        return torch.split(odds, sizes)

    def arrays(self) -> Arrays:
        """One matrix of three blocks of rows: as a pronoun, as a first piece, as a last."""
        import numpy as np

        def read(values: Any) -> Any:
            return values.detach().numpy().astype(np.float32)

        width = self.asked.weight.shape[1]
        nothing = np.zeros((1, width), np.float32)
        weights = [_SCALE * read(self.asked.weight), nothing, read(self.first.weight)]
        biases = [_SCALE * read(self.asked.bias), np.ones(1, np.float32), read(self.first.bias)]
        return {
            "pronoun_head.weight": np.concatenate([*weights, read(self.last.weight)]),
            "pronoun_head.bias": np.concatenate([*biases, np.zeros(RANK + 1, np.float32)]),
        }


def _scores(example: speakers.Example) -> list[float]:
    """The resolver's score of each candidate, and of nobody."""
    weights = speaker_models.current()
    return [
        weights.score(example.decision, features) + prior
        for features, prior in zip(example.features, example.priors, strict=True)
    ]


# --- what the encoder knows -----------------------------------------------------------------------


def _asked(network: Any, tokenizer: Tokenizer, gold: Sequence[speakers.Line]) -> Iterator[Asked]:
    """The pronouns that the gold tells of, wherever a candidate was read together with them."""
    kinds = [[line for line in gold if key in line] for key in KEYS]
    quotes, chains, pairs = kinds
    texts = [line["text"] for kind in kinds for line in kind]
    examples = [
        *speakers.of_quotes(quotes, speakers.weight_of),
        *speakers.of_chains(chains, len(quotes)),
        *speakers.of_pairs(pairs, len(quotes) + len(chains)),
    ]
    read: dict[int, _Read] = {}
    for example in examples:
        if example.decision != "pronoun":
            continue
        if example.group not in read:
            read = {example.group: _Read(network, tokenizer, texts[example.group])}
        is_pair = example.group >= len(quotes) + len(chains)
        found = read[example.group].asked(example, is_pair)
        if found is not None:
            yield found


class _Read:
    """One text, of which windows are read when they are asked for."""

    def __init__(self, network: Any, tokenizer: Tokenizer, text: str) -> None:
        self.network = network
        self.pieces: Pieces = cut(tokenizer, text)
        self.windows: list[Window] = list(windows(tokenizer, self.pieces))
        self.states: dict[int, Any] = {}

    @cached_property
    def layer(self) -> int:
        return middle(layers_of(self.network.state_dict()))

    def asked(self, example: speakers.Example, is_pair: bool) -> Asked | None:
        """The example with its states; None if no candidate stands in the pronoun's window."""
        number, begin, end = self._place(example.mention)
        if number < 0:
            return None
        states = self._states(number)
        start, stop = example.mention
        found = [
            (k, place)
            for k, spans in enumerate(example.places)
            for place in map(self._place, (s for s in spans if not start <= s[0] < stop))
            if place[0] == number
        ]
        if not found:
            return None
        first = self.windows[number].first
        return Asked(
            example,
            is_pair,
            states[begin - first : end - first].mean(0),
            [states[a - first].clone() for _, (_, a, _) in found],
            [states[b - 1 - first].clone() for _, (_, _, b) in found],
            [k for k, _ in found],
        )

    def _place(self, span: Span) -> tuple[int, int, int]:
        """The window in which a span counts, and its pieces; -1 where none has it whole."""
        begin = bisect_right(self.pieces.ends, span[0])
        end = bisect_left(self.pieces.starts, span[1])
        number = bisect_right([window.first for window in self.windows], begin) - 1
        whole = number >= 0 and begin < end <= self.windows[number].last
        return (number, begin, end) if whole else (-1, 0, 0)

    def _states(self, number: int) -> Any:
        """What the network's middle knows of the pieces that count in a window."""
        import torch

        if number not in self.states:
            window = self.windows[number]
            ids = torch.tensor([window.ids])
            with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
                found = self.network.body(
                    input_ids=ids,
                    attention_mask=torch.ones_like(ids),
                    output_hidden_states=True,
                )
            rows = [k for k, p in enumerate(window.pieces) if window.first <= p < window.last]
            self.states[number] = found.hidden_states[self.layer][0][rows].float()
        return self.states[number]
