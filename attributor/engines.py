"""What an engine is, and what it is given and gives.

An engine says who said what, before the article has verified it, and where speakers stand. There
are two: `embedded` and `prompting`; `pipeline.ENGINES` has an entry for each.

An engine may have to ask a model, and it never does so itself: it has no input or output. Its
`propose` and `judge` are dialogues, generators that yield the requests that are outstanding and are
sent one of them with its answer. Whoever runs them carries the requests: the client, the ledger for
free, the Batch API, or a test. An engine that asks nobody returns at once.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from attributor.errors import ModelError
from attributor.grounding import Grounder
from attributor.marking import Marking
from attributor.records import Annotation, Codebook, Proposal, Provenance, Usage
from attributor.settings import AskAbout

if TYPE_CHECKING:
    from attributor.estimates import Estimate
    from attributor.messages import Answer, Request
    from attributor.speakers.identity import Identity

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

Reply = tuple["Request", "Answer | ModelError"]
"""An outstanding request, and the answer to it; or why there is none."""
Dialogue = Generator[list["Request"], Reply, T]
"""Yields the outstanding requests, is sent a reply to one of them, and returns a T."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """What an engine found in an article, and how.

    Attributes:
        proposal: what it says, before the article has verified it.
        made_by: the engine, and its model, prompts, schema or weights.
        usage: what asking cost.
        warnings: what the reader of the annotation has to know.
        grounder: the article's, if some of the proposal was verified before.
        identity: what an encoder knows of whom pronouns mean, if one has read the article.
    """

    proposal: Proposal
    made_by: Provenance
    usage: Usage | None = None
    warnings: tuple[str, ...] = ()
    grounder: Grounder | None = None
    identity: Identity | None = None


class Engine(Protocol):
    """Who reads the articles."""

    @property
    def asks(self) -> bool:
        """Whether it has requests that somebody has to carry to a server."""
        ...

    @property
    def settings_used(self) -> frozenset[str]:
        """The names of the settings that are for this engine alone."""
        ...

    def notice(self, carried_by: str = "") -> str:
        """One sentence: who answers, and where the article's text goes.

        Args:
            carried_by: a clause on who else is sent the text; "" if nobody is.
        """
        ...

    def propose(self, marking: Marking) -> Dialogue[Proposed]:
        """Say who said what in the article."""
        ...

    def judge(
        self, annotation: Annotation, codebook: Codebook, marking: Marking, *, about_all: bool
    ) -> Dialogue[Annotation]:
        """Say where the speakers of located quotes stand.

        Args:
            annotation: the located quotes.
            codebook: the targets; the engine proposes some if there are none.
            marking: the evidence of the article that they are in.
            about_all: whether each quote is known to be about each target.
        """
        ...

    def recipe(self, codebook: Codebook | None) -> Provenance:
        """All that its annotations depend on, beside the article and attributor's version."""
        ...

    def estimate(
        self, marking: Marking, codebook: Codebook | None, ask: AskAbout | None = None
    ) -> Estimate | None:
        """What asking about the article is likely to take; None if nobody is asked.

        Args:
            marking: the article's evidence.
            codebook: the targets of stances, if any are asked for.
            ask: what of the article is asked about; as the settings say if None.
        """
        ...


class Conversation(Generic[T]):
    """A dialogue under way: what is to be asked now, and in the end what came of it.

    Raises:
        AttributorError: the dialogue cannot begin.
    """

    def __init__(self, dialogue: Dialogue[T]) -> None:
        self._dialogue = dialogue
        self._outstanding: list[Request] = []
        self._result: T | None = None
        self._go_on(None)

    def requests(self) -> list[Request]:
        """The requests that are outstanding; in any order, each to be answered once."""
        return list(self._outstanding)

    def take(self, request: Request, answer: Answer) -> None:
        """Take the answer to an outstanding request.

        Raises:
            AnswerError: nothing can go on without this answer, and it cannot be used.
        """
        self._go_on((request, answer))

    def failed(self, request: Request, error: ModelError) -> None:
        """Take note that an outstanding request gets no answer.

        Raises:
            ModelError: that error, where nothing can go on without an answer.
        """
        self._go_on((request, error))

    @property
    def result(self) -> T | None:
        """What came of it, once nothing is outstanding."""
        return self._result

    def _go_on(self, reply: Reply | None) -> None:
        self._outstanding, dialogue = [], self._dialogue
        try:
            self._outstanding = next(dialogue) if reply is None else dialogue.send(reply)
        except StopIteration as end:
            self._result = end.value


class Asking(Protocol[T_co]):
    """Asks about one thing until it has an outcome: the parts that dialogues are made of."""

    def requests(self) -> list[Request]:
        """The requests that are outstanding."""
        ...

    def take(self, request: Request, answer: Answer) -> None:
        """Take the answer to one of them."""
        ...

    def failed(self, request: Request, error: ModelError) -> None:
        """Take note that one of them gets no answer; raises the error where it is needed."""
        ...

    def outcome(self) -> T_co:
        """What came of it, once nothing is outstanding."""
        ...


def asked(asking: Asking[T]) -> Dialogue[T]:
    """The dialogue that carries on until nothing is outstanding."""
    while requests := asking.requests():
        request, answer = yield requests
        if isinstance(answer, ModelError):
            asking.failed(request, answer)
        else:
            asking.take(request, answer)
    return asking.outcome()
