"""How an encoder is tuned: windows of articles in, a network that labels their pieces out.

Everything that is drawn by lot (the order of the windows, what is dropped out) comes from the seed
and the number of the step, so that a run that was cut and taken up again ends like one that was
not. Needs torch and transformers: the extra `train-encoder`.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from attributor.embedded.encoder import channels, links
from attributor.embedded.training.encoder_labels import LabelledWindow

BODY_RATE = 2e-4
"""The learning rate of the pretrained layers at its highest."""
HEAD_RATE = 1e-3
"""The learning rate of the last layer at its highest."""
LINK_RATE = 3e-3
"""The same of what links pieces to cues."""
WARM_UP_STEPS = 60
"""The learning rates rise for so many steps, and fall from then on."""
BATCH_WINDOWS = 8
"""So many windows are learned from in one step."""
HIDDEN_SHARE = 0.08
"""This share of the pieces is hidden while learning, so that no single word is relied on."""
_MASK = 103
"""What stands for a hidden piece in the vocabulary of BERT, which all bases share."""
_FIRST_WORD = 999
"""Pieces with smaller numbers are special and are never hidden."""
_LENGTH_STEP_PIECES = 16
"""Windows whose lengths differ by less than this are put into one batch."""
LINKS_COUNT = 0.5
"""What the choice of a cue counts beside the labels."""
CHECKPOINT_STEPS = 100
"""After so many steps all that is needed to go on is written down."""


@dataclass(frozen=True, slots=True)
class Course:
    """How long to learn, and where to keep what a run needs to be taken up again."""

    epochs: int
    seed: int
    checkpoint: Path | None = None
    said: Callable[[str], None] = lambda line: None


def tune(model: Any, data: Sequence[LabelledWindow], course: Course) -> None:
    """Teach `model` what the windows' labels say, from where an earlier run was cut, if one was."""
    import torch

    rates = (BODY_RATE, HEAD_RATE, LINK_RATE)
    groups = [
        {"params": [p for p in part.parameters() if p.requires_grad], "lr": rate}
        for part, rate in zip((model.body, model.head, model.link_head), rates, strict=True)
    ]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    batches = [batch for epoch in range(course.epochs) for batch in _batches(data, course, epoch)]
    begun = _taken_up(model, optimizer, course, len(batches))
    model.train()
    total = 0.0
    for step in range(begun, len(batches)):
        torch.manual_seed(course.seed * 1_000_003 + step)
        share = _rate(step, len(batches))
        for group, rate in zip(optimizer.param_groups, rates, strict=True):
            group["lr"] = rate * share
        loss = _loss(model, [data[i] for i in batches[step]])
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        total += float(loss.detach())
        if (step + 1) % CHECKPOINT_STEPS == 0 or step + 1 == len(batches):
            course.said(f"step {step + 1} of {len(batches)}, loss {total / CHECKPOINT_STEPS:.4f}")
            total = 0.0
            _write_down(model, optimizer, course, step + 1, len(batches))
    model.eval()


def _batches(data: Sequence[LabelledWindow], course: Course, epoch: int) -> list[list[int]]:
    """The windows of one epoch, those of a length together, in an order drawn by lot."""
    lot = random.Random(f"{course.seed} {epoch}")  # noqa: S311
    places = {
        i: (len(each.ids) // _LENGTH_STEP_PIECES, lot.random()) for i, each in enumerate(data)
    }
    order = sorted(places, key=places.__getitem__)
    batches = [order[i : i + BATCH_WINDOWS] for i in range(0, len(order), BATCH_WINDOWS)]
    lot.shuffle(batches)
    return batches


def _rate(step: int, steps: int) -> float:
    """The share of the highest learning rate at a step."""
    warm = min(WARM_UP_STEPS, max(steps // 10, 1))
    return min((step + 1) / warm, max(0.02, (steps - step) / max(steps - warm, 1)))


def _loss(model: Any, batch: Sequence[LabelledWindow]) -> Any:
    """The mean over pieces of the cross-entropy of all channels."""
    import torch

    ids, mask = padded(batch)
    ids[(torch.rand(ids.shape) < HIDDEN_SHARE) & (ids >= _FIRST_WORD)] = _MASK
    bits = torch.zeros_like(ids)
    counts = torch.zeros(ids.shape)
    for row, window in enumerate(batch):
        bits[row, : len(window.ids)] = torch.tensor(window.labels)
        counts[row, : len(window.ids)] = torch.tensor(window.counts)
    wanted = torch.stack([(bits >> k) & 1 for k in range(channels.COUNT)], dim=-1).float()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        odds, linked = model(ids, mask)
    missed = torch.nn.functional.binary_cross_entropy_with_logits(odds, wanted, reduction="none")
    labelled = (missed.sum(-1) * counts).sum() / counts.sum().clamp(min=1.0)
    return labelled + LINKS_COUNT * _link_loss(linked, counts > 0, batch)


def _link_loss(linked: Any, is_piece: Any, batch: Sequence[LabelledWindow]) -> Any:
    """The mean cross-entropy of the cues that pieces of content and source choose.

    A quote counts by the root of its number of pieces.
    """
    import torch

    parts = linked.reshape(*is_piece.shape, len(links.KINDS), 2, links.RANK)
    asked, given = (parts[..., k, :].transpose(1, 2) for k in (0, 1))
    products = given @ asked.transpose(2, 3)
    chosen = products.masked_fill(~is_piece[:, None, None, :], -1e4).log_softmax(-1)
    total, count = torch.zeros(()), 0.0
    for row, window in enumerate(batch):
        for quote in window.links:
            cue = torch.tensor(quote.cue)
            for kind, own in enumerate((quote.content, quote.source)):
                if own:
                    missed = -chosen[row, kind, torch.tensor(own)][:, cue].mean()
                    total = total + missed * len(own) ** 0.5
                    count += len(own) ** 0.5
    return total / max(count, 1.0)


def padded(batch: Sequence[LabelledWindow]) -> tuple[Any, Any]:
    """The windows' pieces as one tensor, filled up to the longest, and where they stand in it."""
    import torch

    longest = math.ceil(max(len(window.ids) for window in batch) / 16) * 16
    ids = torch.zeros((len(batch), longest), dtype=torch.long)
    mask = torch.zeros_like(ids)
    for row, window in enumerate(batch):
        ids[row, : len(window.ids)] = torch.tensor(window.ids)
        mask[row, : len(window.ids)] = 1
    return ids, mask


def _write_down(model: Any, optimizer: Any, course: Course, step: int, steps: int) -> None:
    import torch

    if course.checkpoint is None:
        return
    state = {"step": step, "steps": steps, "seed": course.seed}
    state |= {"model": model.state_dict(), "optimizer": optimizer.state_dict()}
    course.checkpoint.parent.mkdir(parents=True, exist_ok=True)
    beside = course.checkpoint.with_suffix(".part")
    torch.save(state, beside)
    beside.replace(course.checkpoint)


def _taken_up(model: Any, optimizer: Any, course: Course, steps: int) -> int:
    """The step to go on from: what an earlier run of the same course wrote down last, or 0."""
    import torch

    if course.checkpoint is None or not course.checkpoint.exists():
        return 0
    state = torch.load(course.checkpoint, weights_only=True)
    if (state["steps"], state["seed"]) != (steps, course.seed):
        return 0
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    course.said(f"taken up at step {state['step']} of {steps}")
    return int(state["step"])
