"""The article's own evidence, found without a model: segments, quotation marks, cues, mentions."""

from __future__ import annotations

from attributor.marking.evidence import Cue, Marking, Mention, Passage, Segment, Token, Turn
from attributor.marking.marker import mark

__all__ = ["Cue", "Marking", "Mention", "Passage", "Segment", "Token", "Turn", "mark"]
