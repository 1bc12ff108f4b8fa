"""The engine that asks a model: prompts, the dialogue, the client, and what asking costs."""

from attributor.prompting.client import Asker, converse
from attributor.prompting.engine import ModelEngine
from attributor.prompting.estimating import Estimate, estimate, rest
from attributor.prompting.exchange import Answer, Message, Request
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
