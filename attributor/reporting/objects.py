"""Verbs whose object is a thing or a person, not words: "citing a letter".

Words in quotation marks there are somebody's words all the same ("praised the “quiet courage”").
"""

from __future__ import annotations

from attributor.marking import Marking
from attributor.marking.quotation import CHARACTERS


def takes_object(marking: Marking, index: int) -> bool:
    """Whether what follows the verb at token `index`, if it has no marks, is its object."""
    lang = marking.pack
    low, following = marking.tokens[index].low, marking.low(index + 1)
    if following in lang.conjunctions or following in CHARACTERS or not following[:1].isalnum():
        return False
    if low in lang.asking and following in lang.topics:
        return True
    if low in lang.naming:
        return following not in lang.calls_upon
    return low in lang.object_verbs and not _has_grounds(marking, index)


def _has_grounds(marking: Marking, index: int) -> bool:
    """Whether the sentence goes on with what is said of the object: "criticised it as late"."""
    _, end = marking.near_in_sentence(marking.tokens[index].start)
    rest = marking.tokens[index + 1 : marking.index_at(end)]
    return any(token.low in marking.pack.grounds for token in rest)
