"""The engine that asks a model: prompts, the dialogue, the client, and what asking costs."""

import attributor.logs  # noqa: F401  # silent until somebody listens
from attributor.estimates import Estimate
from attributor.messages import Answer, Message, Request
from attributor.prompting.client import Asker, converse
from attributor.prompting.cost_estimates import estimate, rest
from attributor.prompting.engine import ModelEngine
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
