"""The engine that needs no key and no network: rules, and what was learned, over marking."""

from attributor.embedded.engine import EmbeddedEngine

__all__ = ["EmbeddedEngine"]
