"""The article's own evidence, found without a model: segments, quotation marks, cues, mentions."""

from attributor.marking.evidence import Cue, Marking, Mention, Passage, Segment

__all__ = ["Cue", "Marking", "Mention", "Passage", "Segment"]
