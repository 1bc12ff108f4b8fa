"""Verbs whose object is a thing or a person, not words: "citing a letter".

Words in quotation marks there are somebody's words all the same ("praised the “quiet courage”").
"""

from __future__ import annotations

from attributor.marking import Marking
from attributor.marking.quotation import CHARACTERS
from attributor.reporting.passages import is_title


def takes_object(marking: Marking, index: int) -> bool:
    """Whether what follows the verb at token `index`, if it has no marks, is its object."""
    lang = marking.pack
    low, following = marking.tokens[index].low, marking.low(index + 1)
    if following in lang.conjunctions or following in CHARACTERS or not following[:1].isalnum():
        return False
    if low in lang.asking and (following in lang.topics or _asks_about(marking, index)):
        return True
    if low in lang.naming:
        return following not in lang.calls_upon
    if low in lang.facts:
        return not _has_verb(marking, index)
    return low in lang.object_verbs and not _has_grounds(marking, index)


def _asks_about(marking: Marking, index: int) -> bool:
    """Whether somebody is asked about a thing: "asked Mara Quill about the well"."""
    listener = marking.mention_at(index + 1)
    return listener is not None and marking.low_at(listener.end) in marking.pack.topics


def _has_verb(marking: Marking, index: int) -> bool:
    """Whether a verb follows in the sentence: "confirmed the manager had gone"."""
    lang = marking.pack
    _, end = marking.near_in_sentence(marking.tokens[index].start)
    rest = (token.low for token in marking.tokens[index + 1 : marking.index_at(end)])
    return any(low in lang.auxiliaries or low in lang.verbs or low.endswith("ed") for low in rest)


def takes_title(marking: Marking, index: int) -> bool:
    """Whether the verb at token `index` has a work for its object: "wrote “Salt on the Stairs”"."""
    tokens, lang = marking.tokens, marking.pack
    if tokens[index].low not in lang.authoring or index + 1 >= len(tokens):
        return False
    passage = marking.passage_at(tokens[index + 1].start)
    return passage is not None and is_title(marking, passage)


def _has_grounds(marking: Marking, index: int) -> bool:
    """Whether the sentence goes on with what is said of the object: "criticised it as late"."""
    _, end = marking.near_in_sentence(marking.tokens[index].start)
    rest = marking.tokens[index + 1 : marking.index_at(end)]
    return any(token.low in marking.pack.grounds for token in rest)
