"""How annotations are made: what they depend on apart from the article.

An article that was annotated by the same recipe is not annotated again. `rules` is the version of
attributor: its rules cut an article into segments and windows, read answers and find speakers.
After an update every article is gone through again, and the ledger answers requests that are the
same.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import attributor
from attributor.messages import canonical_json, sha256
from attributor.pipeline import Annotator
from attributor.records import Codebook

if TYPE_CHECKING:
    from attributor.archive.storing.store import Store


@dataclass(frozen=True, slots=True)
class Recipe:
    """The columns of `recipes`. `codebook` is canonical JSON."""

    engine: str
    model: str | None = None
    prompt_sha256: str | None = None
    schema_sha256: str | None = None
    weights_sha256: str | None = None
    rules: str | None = None
    language: str | None = None
    codebook: str | None = None
    ask: str | None = None

    @classmethod
    def of(cls, annotator: Annotator) -> Recipe:
        """The recipe by which this annotator annotates."""
        codebook = annotator.codebook
        codebook_json = canonical_json(codebook.model_dump()) if codebook is not None else None
        depends_on = annotator.engine.recipe(codebook)
        return cls(
            depends_on.name,
            model=depends_on.model,
            prompt_sha256=depends_on.prompt_sha256,
            schema_sha256=depends_on.schema_sha256,
            weights_sha256=depends_on.weights_sha256,
            rules=attributor.__version__,
            language=annotator.settings.language,
            codebook=codebook_json,
            ask=depends_on.ask,
        )

    @property
    def digest(self) -> str:
        """SHA-256 of everything in it; of recipes without a draft as in stores without `ask`."""
        fields = asdict(self)
        if self.ask is None:
            del fields["ask"]
        return sha256(canonical_json(fields))

    @property
    def name(self) -> str:
        """Its name for people: "openai gpt-5-mini, 2 targets"."""
        parts = [" ".join(filter(None, (self.engine, self.model)))]
        if self.codebook:
            count = len(Codebook.model_validate_json(self.codebook).targets)
            parts.append(f"{count or 'proposed'} target{'s' if count != 1 else ''}")
        if self.ask == "doubts":
            parts.append("doubts only")
        return ", ".join([*parts, *([self.language] if self.language else [])])

    def noted(self, store: Store) -> int:
        """The recipe's row in the store, which is added if missing. Inside a transaction."""
        known = store.value("SELECT id FROM recipes WHERE digest = ?", (self.digest,))
        if known is not None:
            return int(known)
        names = {"name": self.name, "digest": self.digest}
        return store.insert("recipes", names | asdict(self))
