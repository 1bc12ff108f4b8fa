"""The engine that asks a model: prompts, the dialogue, the client, and what asking costs."""

from attributor.prompting.client import Asker, converse
from attributor.prompting.dialogue import Conversation, Dialogue
from attributor.prompting.estimating import Estimate, estimate, rest
from attributor.prompting.exchange import Answer, Message, Request
from attributor.prompting.prompts import Prompts
from attributor.prompting.stance import StanceDialogue

__all__ = [
    "Answer",
    "Asker",
    "Conversation",
    "Dialogue",
    "Estimate",
    "Message",
    "Prompts",
    "Request",
    "StanceDialogue",
    "converse",
    "estimate",
    "rest",
]
