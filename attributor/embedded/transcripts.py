"""What a reader has to know of an interview or transcript whose turns nobody can be named for."""

from __future__ import annotations

from attributor.marking import Marking

_ASKED_AND_ANSWERED = (
    "The turns of this text are labelled as questions and answers, with no names: nobody is "
    "credited with them."
)
_UNLABELLED = (
    "This text seems to be an interview whose turns have no labels: nobody is credited with the "
    "answers."
)
_MIN_ANSWERS = 2
"""So many questions, each answered in the first person, make an interview."""


def warning(marking: Marking) -> str | None:
    """Why turns have nobody's name, in one sentence; None where that is not so."""
    pairs = {label for pair in marking.pack.asked_and_answered for label in pair}
    labels = (turn.label for turn in marking.turns if not turn.is_named)
    if any(marking.text[start:end].lower() in pairs for start, end in labels):
        return _ASKED_AND_ANSWERED
    if marking.turns or not marking.pack.first_person:
        return None
    return _UNLABELLED if _answers(marking) >= _MIN_ANSWERS else None


def _answers(marking: Marking) -> int:
    """How many paragraphs are a question, before one that says "I" without any marks."""
    count, asks = 0, False
    for start, end in marking.paragraphs:
        is_plain = not marking.passages_touching(start, end)
        if asks and is_plain and _says_i(marking, start, end):
            count += 1
        asks = is_plain and marking.text[start:end].rstrip("*_ ").endswith("?")
    return count


def _says_i(marking: Marking, start: int, end: int) -> bool:
    return any(word in marking.pack.first_person for word in marking.words_in(start, end))
