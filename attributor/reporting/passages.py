"""Marked passages beside reporting clauses, in any language."""

from __future__ import annotations

from attributor.marking import Cue, Marking, Passage
from attributor.reporting.grammar import VERBAL

_MAX_WORDS_TO_VERB = 5
"""Between a passage and the verb that reports it stand no more words than this."""
_MAX_DESCRIPTION_WORDS = 8
"""So many more where the verb stands behind a description between commas."""
_MAX_TITLE_WORDS = 40
"""A work's title has no more words than this."""


def is_reported(marking: Marking, passage: Passage) -> bool:
    """Whether a reporting clause of its own follows the passage ("…,” said Tom Quill)."""
    return reporter(marking, passage) is not None


def reporter(marking: Marking, passage: Passage) -> Cue | None:
    """The cue of the reporting clause that follows the passage, if one does."""
    _, end = marking.near_in_sentence(passage.outer_end - 1)
    cues = marking.cues_in(passage.outer_end, max(end, passage.outer_end + 1))
    if not cues or cues[0].kind not in VERBAL:
        return None
    between = marking.lows_in(passage.outer_end, cues[0].start)
    words = [low for low in between if low[0].isalnum()]
    most = _MAX_WORDS_TO_VERB
    if between[-1:] == [","] and between.count(",") > 1:
        most += _MAX_DESCRIPTION_WORDS  # “…,” the head of the navy, Mara Quill, said
    if len(words) > most or (words and words[0] in marking.pack.clause_joins):
        return None
    leads_over = marking.text[passage.end - 1] in ",?!"
    return cues[0] if leads_over or marking.low_at(passage.outer_end) == "," else None


def leads_to_somebody(marking: Marking, passage: Passage) -> bool:
    """Whether its comma leads over to somebody, whatever the verb: “Too late,” Quill shot back."""
    index = marking.index_at(passage.outer_end)
    mention = marking.mention_at(index)
    described = marking.low(index) in marking.pack.determiners
    somebody = described if mention is None else mention.type != "pronoun"
    return somebody and marking.text[passage.end - 1] == ","


def is_title(marking: Marking, passage: Passage) -> bool:
    """Whether the passage is a work's title or a name: every longer word has a capital."""
    if marking.word_count(passage.start, passage.end) > _MAX_TITLE_WORDS:
        return False
    words = marking.text[passage.start : passage.end].split()
    if marking.text[passage.end - 1] in ",.!?…" or len(words) < 2:
        return False
    return all(word[0].isupper() for word in words if len(word) > 3)
