"""The engine that asks a model: prompts, the dialogue, the client, and what asking costs."""

import attributor.logs  # noqa: F401  # silent until somebody listens
from attributor.prompting.client import Asker, converse
from attributor.prompting.cost_estimates import Estimate, estimate, rest
from attributor.prompting.engine import ModelEngine
from attributor.prompting.messages import Answer, Message, Request
from attributor.prompting.prompts import Prompts

__all__ = [
    "Answer",
    "Asker",
    "Estimate",
    "Message",
    "ModelEngine",
    "Prompts",
    "Request",
    "converse",
    "estimate",
    "rest",
]
