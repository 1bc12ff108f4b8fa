"""One step of an article: from the answers that are there to the next requests, or to its end.

A step is a function of the article and the answers. Whoever carries the requests may forget the
dialogue, or have the next step made in another process or on another machine: the answers bring
it back to where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from attributor.archive.storing.rows import Failure, Rows, rows_of
from attributor.assembling import TEXT_BREAKS_OFF
from attributor.errors import AnswerError, UsageError, panics_as_errors, quoted
from attributor.pipeline import Annotator
from attributor.prompting import Answer, Conversation, Request
from attributor.prompting.client import check_length
from attributor.records import Article
from attributor.settings import Settings

T = TypeVar("T")

Answers = Mapping[str, Answer]
"""Those about one article, by the keys of their requests, in the order in which they came."""


@dataclass(frozen=True, slots=True)
class Asking:
    """What is to be asked next, by the keys of the requests."""

    requests: dict[str, Request]


@dataclass(frozen=True, slots=True)
class Useless:
    """The answers are of no use: why, and which of them."""

    kind: str
    reason: str
    keys: tuple[str, ...] = field(default=())

    def failure(self, rows: Mapping[str, int]) -> Failure:
        """The failure, with the rows that the answers have in the ledger."""
        return Failure(self.kind, self.reason, tuple(rows[key] for key in self.keys))


Outcome = Asking | Rows | Useless
TOO_LONG_FOR_US = Useless("crashed", "There is too little memory for a text of this length.")


def step(annotator: Annotator, article: Article, answers: Answers) -> Outcome:
    """Begin the article's dialogue, and go on as far as the answers reach.

    Raises:
        UsageError: no article can be annotated like this.
        MemoryError: there is too little for it here.
    """
    return guarded(lambda: advance(annotator.dialogue(article), annotator.settings, answers))


def read(annotator: Annotator, article: Article) -> Rows | Useless:
    """What the embedded engine makes of the article: it asks nobody, and one step is all.

    Raises:
        UsageError: no article can be annotated like this.
        MemoryError: there is too little for it here.
    """
    return guarded(lambda: rows_of(annotator.annotate_now(article)))


def guarded(making: Callable[[], T]) -> T | Useless:
    """What is made, or the fault of the program's own that kept it from being made.

    Raises:
        UsageError: no article can be annotated like this.
        MemoryError: there is too little for it here.
    """
    try:
        with panics_as_errors():
            return making()
    except (UsageError, MemoryError):
        raise
    except Exception as error:  # a fault in one article must not cost the others
        return unexpected(error)


def advance(dialogue: Conversation, settings: Settings, answers: Answers) -> Outcome:
    """Go on with a dialogue as far as the answers reach."""
    while requests := {request.key(settings.model): request for request in dialogue.requests()}:
        known = [key for key in requests if key in answers]
        for key in known:
            wrong = _taken(dialogue, requests[key], answers[key], settings.host)
            if wrong is not None:
                return Useless(*wrong, (key,))
        if not known:
            return Asking(requests)
    annotation = dialogue.annotation
    assert annotation is not None  # noqa: S101  # nothing is outstanding
    rejected = [each for each in annotation.warnings if each != TEXT_BREAKS_OFF]
    if rejected and not annotation.quotes:
        reason = (
            f"Nothing that the model quoted from {quoted(annotation.article.id)} stands there: try "
            f"another model. {rejected[0]}"
        )
        return Useless("ungrounded", reason, tuple(answers))
    return rows_of(annotation)


def unexpected(error: Exception) -> Useless:
    """A fault of the program's own in one article."""
    what = f"{type(error).__name__}: {error}"
    return Useless("unexpected", f"This should not have happened ({what}).")


def _taken(
    dialogue: Conversation, request: Request, answer: Answer, host: str
) -> tuple[str, str] | None:
    """Have the dialogue take an answer; gives the kind and the reason if it cannot be used."""
    try:
        check_length(request, answer, host)
    except AnswerError as error:
        return "too long", error.message
    try:
        dialogue.take(request, answer)
    except AnswerError as error:
        return _kind(answer), error.message
    return None


def _kind(answer: Answer) -> str:
    """What an answer that cannot be used is counted under."""
    if answer.refusal:
        return "refused"
    if answer.finish_reason == "content_filter":
        return "filtered"
    if answer.was_cut_off:
        return "cut off"
    return "broken" if answer.text.strip() else "empty"
