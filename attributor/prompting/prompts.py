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

from attributor.errors import PromptError
from attributor.prompting.messages import sha256
from attributor.records import Codebook

NAMES = ("attribute", "repair", "stance", "open_stance")
FENCE = "---"


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
    if not folder.is_dir():
        raise PromptError(f"There is no folder of prompts at '{folder}'; check --prompts.")
    own = {name: folder / f"{name}.md" for name in NAMES if (folder / f"{name}.md").is_file()}
    if not own:
        raise PromptError(
            f"The folder '{folder}' holds none of {', '.join(f'{name}.md' for name in NAMES)}; "
            "check --prompts."
        )
    return own


def _read(file: Traversable) -> Prompt:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise PromptError(f"The prompt '{file}' cannot be read as UTF-8 text: {error}.") from error
    return _parse(text.replace("\r\n", "\n"), str(file))


def _parse(text: str, place: str) -> Prompt:
    opening, _, rest = text.partition("\n")
    matter, fence, body = rest.partition(f"\n{FENCE}\n")
    if opening.strip() != FENCE or not fence:
        raise PromptError(
            f"The prompt '{place}' does not begin with front matter; put its name and description "
            f"between two lines of {FENCE}."
        )
    fields = _front_matter(matter, place)
    if not body.strip():
        raise PromptError(f"The prompt '{place}' has no text after its front matter; write it.")
    return Prompt(fields["name"], fields["description"], body.strip())


def _front_matter(matter: str, place: str) -> dict[str, str]:
    import yaml

    try:
        fields = yaml.safe_load(matter)
    except yaml.YAMLError as error:
        raise PromptError(
            f"The front matter of the prompt '{place}' is not YAML; correct it."
        ) from error
    given = fields if isinstance(fields, dict) else {}
    for key in ("name", "description"):
        if not isinstance(given.get(key), str) or not given[key].strip():
            raise PromptError(f"The front matter of the prompt '{place}' has no {key}; add one.")
    return {key: given[key].strip() for key in ("name", "description")}
