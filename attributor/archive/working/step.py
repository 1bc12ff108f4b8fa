"""One step of an article: from the answers that are there to the next requests, or to its end.

A step depends on the article and its answers alone; in place of an answer there may be the error
why there is none. So the dialogue may be forgotten, or the next step be made in another process or
on another machine: from the answers a new dialogue comes to the same place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from attributor.archive.storing.annotation_rows import BUSY, AnnotationRows, Failure, rows_of
from attributor.assembling import TEXT_BREAKS_OFF
from attributor.engines import Conversation
from attributor.errors import (
    AnswerError,
    BusyError,
    FilteredError,
    ModelError,
    TooLongError,
    UsageError,
    panics_as_errors,
    quoted,
)
from attributor.pipeline import Annotator
from attributor.prompting import Answer, Request
from attributor.prompting.complaints import is_filter
from attributor.prompting.cutting import COUNTED_FEWER
from attributor.records import Annotation, Article
from attributor.settings import Settings

T = TypeVar("T")

NO_REJECTIONS = (TEXT_BREAKS_OFF, COUNTED_FEWER)
"""How warnings begin that are no rejections of what a model quoted."""

Answers = Mapping[str, Answer | ModelError]
"""The answers about one article by the keys of their requests, in the order in which they came. An
error stands for an answer that never came and that the article can do without."""


@dataclass(frozen=True, slots=True)
class NeedsAnswers:
    """The requests that are to be answered next, by their keys."""

    requests: dict[str, Request]


@dataclass(frozen=True, slots=True)
class NoAnnotation:
    """The article cannot be annotated: of what kind, why, and the keys of the answers at fault."""

    kind: str
    reason: str
    keys: tuple[str, ...] = field(default=())

    def failure(self, rows: Mapping[str, int]) -> Failure:
        """The failure, with the rows that the answers have in the ledger."""
        return Failure(self.kind, self.reason, tuple(rows[key] for key in self.keys))


Outcome = NeedsAnswers | AnnotationRows | NoAnnotation
"""What a step ends with."""
OUT_OF_MEMORY = NoAnnotation("crashed", "There is too little memory for a text of this length.")
"""What an article ends with for which this process has too little memory."""


def crashed(what_happened: str) -> NoAnnotation:
    """The end of an article over which one process after the other ended.

    Args:
        what_happened: the beginning of the sentence: which processes ended over the article.
    """
    reason = f"{what_happened}; there may be too little memory for a text of its length."
    return NoAnnotation("crashed", reason)


def step(annotator: Annotator, article: Article, answers: Answers) -> Outcome:
    """Begin the article's conversation, and go on as far as the answers reach.

    Raises:
        UsageError: no article can be annotated like this.
        MemoryError: there is too little for it here.
    """
    return guarded(lambda: advance(annotator.conversation(article), annotator.settings, answers))


def guarded(making: Callable[[], T]) -> T | NoAnnotation:
    """The result of `making`, or the fault of the program that kept it from having one.

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


def advance(
    conversation: Conversation[Annotation], settings: Settings, answers: Answers
) -> Outcome:
    """Go on with a conversation as far as the answers reach."""
    while requests := {r.key(settings.model): r for r in conversation.requests()}:
        known = [key for key in requests if key in answers]
        for key in known:
            wrong = _taken(conversation, requests[key], answers[key])
            if wrong is not None:
                return NoAnnotation(*wrong, _bought((key,), answers))
        if not known:
            return NeedsAnswers(requests)
    annotation = conversation.result
    assert annotation is not None  # noqa: S101  # nothing is outstanding
    rejected = [each for each in annotation.warnings if not each.startswith(NO_REJECTIONS)]
    if answers and rejected and not annotation.quotes:
        reason = (
            f"Nothing that the model quoted from {quoted(annotation.article.id)} stands there: try "
            f"another model. {rejected[0]}"
        )
        return NoAnnotation("ungrounded", reason, _bought(tuple(answers), answers))
    return rows_of(annotation)


def _bought(keys: tuple[str, ...], answers: Answers) -> tuple[str, ...]:
    """Those of the keys that have answers in the ledger."""
    return tuple(key for key in keys if isinstance(answers[key], Answer))


def unexpected(error: Exception) -> NoAnnotation:
    """The end of an article over which the program itself has a fault."""
    what = f"{type(error).__name__}: {error}"
    return NoAnnotation("unexpected", f"This should not have happened ({what}).")


def kind_of(error: ModelError) -> str:
    """The kind of failure of an article for which the server gave this error."""
    kinds = {
        BusyError: BUSY,
        FilteredError: "filtered",
        TooLongError: "too long",
        AnswerError: "broken",
    }
    return next((kind for type_, kind in kinds.items() if isinstance(error, type_)), "rejected")


def _taken(
    conversation: Conversation[Annotation], request: Request, answer: Answer | ModelError
) -> tuple[str, str] | None:
    """Have the conversation take an answer; the kind of failure and why, if it ends over it."""
    try:
        if isinstance(answer, ModelError):
            conversation.failed(request, answer)
        else:
            conversation.take(request, answer)
    except ModelError as error:
        if isinstance(answer, Answer) and isinstance(error, AnswerError):
            return _kind(answer), error.message
        return kind_of(error), error.message
    return None


def _kind(answer: Answer) -> str:
    """The kind of failure of an article whose answer cannot be used."""
    if answer.refusal:
        return "refused"
    if is_filter(answer.finish_reason):
        return "filtered"
    if answer.was_cut_off:
        return "cut off"
    return "broken" if answer.text.strip() else "empty"
