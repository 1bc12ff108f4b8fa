"""Where the steps of articles are made: in processes, and here until these are worth beginning.

An article's steps are all made in one place, which keeps its dialogue for a while. What was
forgotten, or went with a process, begins again from the answers.
"""

from __future__ import annotations

import os
from typing import Protocol

from attributor.archive.working.processes import Beginning, Crashed, Workers, annotator_here
from attributor.archive.working.step import (
    TOO_LONG_FOR_US,
    Answers,
    NoAnnotation,
    Outcome,
    advance,
    guarded,
)
from attributor.engines import Conversation
from attributor.pipeline import Annotator
from attributor.records import Annotation, Article

FEW = 20
"""Articles after which processes are begun that are not forked: fewer are done before these are."""
MOST_PROCESSES = 4
"""They keep up with what one process can ask."""
KEPT = 1_500_000
"""Characters of the articles whose dialogues one place keeps: some 130 MB, and more than what 256
calls at once have in hand."""

Kept = tuple[Conversation[Annotation], int]
"""A dialogue, and how many characters its article has."""


class Place(Protocol):
    """Where an article's steps are made."""

    async def step(
        self, row: int, answers: Answers, article: Article | None = None
    ) -> Outcome | None:
        """Go on with an article as far as the answers reach; see `Steps.step`."""
        ...


class StepPlaces(Protocol):
    """Where all articles' steps are made."""

    def place(self) -> Place:
        """Where the next article's steps are made."""
        ...

    def end(self) -> None:
        """Nothing more is to be made."""
        ...


class Steps:
    """Makes steps, and keeps the dialogues of the last few articles."""

    def __init__(self, annotator: Annotator) -> None:
        self._annotator = annotator
        self._kept: dict[int, Kept] = {}
        self._characters = 0

    def step(self, row: int, answers: Answers, article: Article | None = None) -> Outcome | None:
        """Go on with an article as far as the answers reach.

        Args:
            row: the article's.
            answers: all that there are.
            article: to begin with. Without it the dialogue that was kept goes on.

        Returns:
            None if no dialogue was kept.

        Raises:
            UsageError: no article can be annotated like this.
            MemoryError: there is too little for it here.
        """
        kept = self._taken(row)
        if kept is None and article is None:
            return None
        return guarded(lambda: self._advanced(row, answers, kept, article))

    def _advanced(
        self, row: int, answers: Answers, kept: Kept | None, article: Article | None
    ) -> Outcome:
        if kept is None:
            assert article is not None  # noqa: S101  # seen to by the caller
            kept = self._annotator.conversation(article), len(article.text)
        dialogue, _ = kept
        outcome = advance(dialogue, self._annotator.settings, answers)
        if dialogue.result is None and not isinstance(outcome, NoAnnotation):
            self._keep(row, kept)
        return outcome

    def _keep(self, row: int, kept: Kept) -> None:
        self._kept[row] = kept
        self._characters += kept[1]
        while self._characters > KEPT:
            self._taken(next(iter(self._kept)))

    def _taken(self, row: int) -> Kept | None:
        kept = self._kept.pop(row, None)
        self._characters -= kept[1] if kept else 0
        return kept


class Here:
    """This process as the place of an article's steps."""

    def __init__(self, annotator: Annotator) -> None:
        self._steps = Steps(annotator)

    async def step(
        self, row: int, answers: Answers, article: Article | None = None
    ) -> Outcome | None:
        """Go on with an article as far as the answers reach."""
        try:
            return self._steps.step(row, answers, article)
        except MemoryError:
            return TOO_LONG_FOR_US


class There:
    """Another process as their place."""

    def __init__(self, beginning: Beginning) -> None:
        self._workers = Workers(beginning, 1)

    async def step(
        self, row: int, answers: Answers, article: Article | None = None
    ) -> Outcome | None:
        """Go on with an article as far as the answers reach."""
        try:
            return await self._workers.call(_step, row, answers, article)
        except Crashed:
            return NoAnnotation(
                "crashed",
                "The process that prepared the article or read its answers ended twice over it; "
                "there may be too little memory for a text of its length.",
            )

    @property
    def busy(self) -> int:
        """How many steps are asked of it."""
        return self._workers.busy

    def end(self) -> None:
        """End the process at once."""
        self._workers.end()


class Stepping:
    """Gives each article its place: the process of which the least is asked.

    Args:
        annotator: prepares requests and reads answers.
        processes: how many; as many as there are cores if None, none if 0.
    """

    def __init__(self, annotator: Annotator, processes: int | None = None) -> None:
        if processes is None:
            processes = min(MOST_PROCESSES, os.cpu_count() or 1)
        beginning = Beginning(annotator)
        self._few = 0 if beginning.forks else FEW
        self._here = Here(annotator)
        self._there = [There(beginning) for _ in range(processes)]
        self._begun = 0

    def place(self) -> Place:
        """Where the next article's steps are made."""
        self._begun += 1
        if self._begun < self._few or not self._there:
            return self._here
        return min(self._there, key=lambda there: there.busy)

    def end(self) -> None:
        """End the processes."""
        for there in self._there:
            there.end()


_steps: Steps | None = None


def _step(row: int, answers: Answers, article: Article | None) -> Outcome | None:
    global _steps
    if _steps is None:
        _steps = Steps(annotator_here())
    return _steps.step(row, answers, article)
