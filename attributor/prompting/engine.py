"""The engine that asks a model: what it asks, in which words, and what asking costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from attributor.engines import Dialogue, Proposed, asked
from attributor.errors import quoted
from attributor.estimates import Estimate
from attributor.marking import Marking
from attributor.marking.language import UNKNOWN
from attributor.messages import sha256
from attributor.prompting import attribution_dialogue, prompts, stance_dialogue
from attributor.prompting.attribution_dialogue import AttributionDialogue
from attributor.prompting.cost_estimates import estimate
from attributor.prompting.prompts import Prompt, Prompts
from attributor.prompting.stance_dialogue import StanceDialogue
from attributor.records import Annotation, Codebook, Provenance
from attributor.routes import host_of, proxy_for
from attributor.settings import AskAbout, Settings

NAME: Final = "openai"
"""What this engine is called in settings and annotations."""


class Drafter(Protocol):
    """Who makes the draft that a model is asked about."""

    @property
    def weights_sha256(self) -> str | None:
        """By which weights, if there are any."""
        ...

    def draft(self, marking: Marking) -> Annotation:
        """The draft of one article."""
        ...


@dataclass(frozen=True)
class ModelEngine:
    """A model behind an OpenAI-compatible server.

    Attributes:
        settings: which model, on which server.
        prompts: the words of the requests.
        own_client: whether the caller's own client carries them.
        drafter: makes the draft that is asked about; None asks for everything.
    """

    settings: Settings
    prompts: Prompts
    own_client: bool = False
    drafter: Drafter | None = None

    asks = True
    settings_used = frozenset({"model", "prompts", "weights", "ask", "draft", "light"})

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
        """Ask what has to change in the draft of who said what."""
        return (yield from asked(self.about(marking)))

    def about(self, marking: Marking, ask: AskAbout | None = None) -> AttributionDialogue:
        """The dialogue about one article; `ask` stands for the setting."""
        draft = None
        if self.drafter is not None and marking.pack.code != UNKNOWN:
            draft = self.drafter.draft(marking)
        made_by = self._made_by(self.prompts.used())
        if ask is not None:
            made_by = made_by.model_copy(update={"ask": ask})
        return AttributionDialogue(marking, self.prompts, made_by, draft)

    def _made_by(self, used: tuple[Prompt, ...], *more_schemas: str) -> Provenance:
        """What an annotation depends on that these prompts and schemas have made."""
        drafted = self.drafter is not None
        return Provenance(
            name=NAME,
            model=self.settings.model,
            prompt=prompts.names_of(used),
            prompt_sha256=prompts.sha256_of(used),
            schema_sha256=sha256("\n".join([*attribution_dialogue.SCHEMAS, *more_schemas])),
            weights_sha256=self.drafter.weights_sha256 if self.drafter else None,
            ask=self.settings.ask if drafted else None,
        )

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
        stances: list[str] = []
        if codebook is not None:
            stances = [stance_dialogue.SCHEMA if codebook.targets else stance_dialogue.OPEN_SCHEMA]
        made_by = self._made_by(self.prompts.used(codebook), *stances)
        return made_by.model_copy(update={"prompt": None})

    def estimate(
        self, marking: Marking, codebook: Codebook | None, ask: AskAbout | None = None
    ) -> Estimate:
        """What asking about the article is likely to take; `ask` stands for the setting."""
        settings = self.settings
        asking = self.about(marking, ask)
        return estimate(marking, asking, self.prompts, codebook, settings.model, settings.base_url)
