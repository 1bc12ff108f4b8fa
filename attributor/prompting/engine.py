"""The engine that asks a model: what it asks, in which words, and what asking costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from attributor.engines import Dialogue, Proposed, asked
from attributor.errors import quoted
from attributor.estimates import Estimate
from attributor.marking import Marking
from attributor.messages import sha256
from attributor.prompting import attribution_dialogue, prompts, stance_dialogue
from attributor.prompting.attribution_dialogue import AttributionDialogue
from attributor.prompting.cost_estimates import estimate
from attributor.prompting.prompts import Prompts
from attributor.prompting.stance_dialogue import StanceDialogue
from attributor.records import Annotation, Codebook, Provenance
from attributor.routes import host_of, proxy_for
from attributor.settings import Settings

NAME: Final = "openai"
"""What this engine is called in settings and annotations."""


@dataclass(frozen=True)
class ModelEngine:
    """A model behind an OpenAI-compatible server.

    Attributes:
        settings: which model, on which server.
        prompts: the words of the requests.
        own_client: whether the caller's own client carries them.
    """

    settings: Settings
    prompts: Prompts
    own_client: bool = False

    asks = True
    settings_used = frozenset({"model", "prompts"})

    def notice(self, carried_by: str = "") -> str:
        """Who answers, and to which host the text is sent, through which proxy.

        Raises:
            UsageError: the proxy that is set for that host cannot be used.
        """
        asking = f"Asking {quoted(self.settings.model)} at {self.settings.host}"
        if carried_by:
            return f"{asking}; {carried_by}, and ask from there."
        if self.own_client:
            return f"{asking} through your own client."
        if self.settings.model_is_local:
            return f"{asking}; it runs on this machine."
        proxy = proxy_for(self.settings.url)
        through = f" through the proxy {quoted(host_of(proxy))}" if proxy else ""
        return f"{asking}{through}; --offline keeps the article here."

    def propose(self, marking: Marking) -> Dialogue[Proposed]:
        """Ask who said what in the article."""
        return (yield from asked(AttributionDialogue(marking, self.prompts)))

    def judge(
        self,
        annotation: Annotation,
        codebook: Codebook,
        marking: Marking,
        *,
        about_all: bool,
    ) -> Dialogue[Annotation]:
        """Ask where the speakers of located quotes stand."""
        return (yield from asked(StanceDialogue(annotation, self.prompts, codebook)))

    def recipe(self, codebook: Codebook | None) -> Provenance:
        """All that its annotations depend on: the model, the prompts, the schemas."""
        schemas = [attribution_dialogue.SCHEMA]
        if codebook is not None:
            schemas.append(
                stance_dialogue.SCHEMA if codebook.targets else stance_dialogue.OPEN_SCHEMA
            )
        return Provenance(
            name=NAME,
            model=self.settings.model,
            prompt_sha256=prompts.sha256_of(self.prompts.used(codebook)),
            schema_sha256=sha256("\n".join(schemas)),
        )

    def estimate(self, marking: Marking, codebook: Codebook | None) -> Estimate:
        """What asking about the article is likely to take."""
        settings = self.settings
        return estimate(marking, self.prompts, codebook, settings.model, settings.base_url)
