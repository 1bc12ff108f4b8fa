"""The engine that asks a model: prompts, the dialogue, the client, and what asking costs."""
