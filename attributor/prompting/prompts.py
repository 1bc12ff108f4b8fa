"""Prompt files: front matter (name, description) and a body. Editors change them without Python.

They are shipped in the wheel as `attributor/prompts`; a checkout has them in `prompts/`. A folder
of one's own may replace all of them or only one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from attributor.errors import PromptError, quoted
from attributor.messages import sha256
from attributor.records import Codebook
from attributor.small_files import Mistake, read_text, read_yaml

NAMES = ("attribute", "repair", "stance", "open_stance")
FENCE = "---"
MOST_BYTES = 1_000_000
"""Bytes of a prompt at most: far more than a model reads."""
LONGEST_FIELD = 500
"""Characters of a prompt's name, or of its description, at most."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """One prompt file: what its front matter says, and the words for the model."""

    name: str
    description: str
    body: str


@dataclass(frozen=True, slots=True)
class Prompts:
    """The prompts of the dialogue."""

    attribute: Prompt
    repair: Prompt
    stance: Prompt
    open_stance: Prompt

    @classmethod
    def load(cls, folder: Path | None = None) -> Prompts:
        """The prompts in `folder`, and the shipped one for each that is not there.

        Raises:
            PromptError: `folder` is no folder, holds no prompt, or one of them is malformed.
        """
        own = _in_folder(folder) if folder else {}
        return cls(*(_read(own.get(name) or _shipped() / f"{name}.md") for name in NAMES))

    def used(self, codebook: Codebook | None = None) -> tuple[Prompt, ...]:
        """The prompts that an attribution, and then stances, may use, in their order."""
        if codebook is None:
            return (self.attribute, self.repair)
        return (self.attribute, self.repair, self.stance if codebook.targets else self.open_stance)


def names_of(prompts: Iterable[Prompt]) -> str:
    """The prompts' names, as `Provenance.prompt` gives them: "attribute+repair"."""
    return "+".join(prompt.name for prompt in prompts)


def sha256_of(prompts: Iterable[Prompt]) -> str:
    """SHA-256 of the bodies, one after the other: the words that the model got."""
    return sha256("\n".join(prompt.body for prompt in prompts))


def _shipped() -> Traversable:
    package = resources.files("attributor")
    installed = package / "prompts"
    if installed.is_dir():
        return installed
    return Path(str(package)).parent / "prompts"


def _in_folder(folder: Path) -> dict[str, Path]:
    files = {name: folder / f"{name}.md" for name in NAMES}
    try:
        present = {file.name for file in folder.iterdir()}  # a link to nothing is meant, too
    except (OSError, ValueError) as error:
        raise PromptError(
            f"There is no folder of prompts at {quoted(str(folder))}; check --prompts."
        ) from error
    own = {name: file for name, file in files.items() if file.name in present}
    if not own:
        raise PromptError(
            f"The folder {quoted(str(folder))} holds none of "
            f"{', '.join(file.name for file in files.values())}; check --prompts."
        )
    return own


def _read(file: Traversable) -> Prompt:
    try:
        if isinstance(file, Path):
            text = read_text(file, MOST_BYTES)
        else:  # what is shipped may lie in an archive
            text = file.read_text("utf-8-sig")
        return _parse(text.replace("\r\n", "\n"))
    except Mistake as mistake:
        where = f"The prompt {quoted(str(file))}"
        raise PromptError(f"{where} {mistake}.") from mistake.__cause__


def _parse(text: str) -> Prompt:
    opening, _, rest = text.partition("\n")
    matter, fence, body = rest.partition(f"\n{FENCE}\n")
    if opening.strip() != FENCE or not fence:
        raise Mistake(
            "does not begin with front matter: put its name and description between two lines "
            f"of {FENCE}"
        )
    fields = read_yaml(matter, typed=True)
    given = fields if isinstance(fields, dict) else {}
    name, description = (_field(given, key) for key in ("name", "description"))
    if not body.strip():
        raise Mistake("has no text after its front matter: write it")
    return Prompt(name, description, body.strip())


def _field(given: dict[Any, Any], key: str) -> str:
    value = given.get(key)
    if value is None or value == "":
        raise Mistake(f"has no {key} in its front matter: add one")
    if not isinstance(value, str):
        raise Mistake(f"has a {key} that is no text: write it in quotes")
    text = " ".join(value.split())
    if not text or len(text) > LONGEST_FIELD or not text.isprintable():
        raise Mistake(
            f"has a {key} that is not one line of at most {LONGEST_FIELD} characters: write one"
        )
    return text
