"""The places where steps of articles are made: this process first, then worker processes.

All steps of an article are made in one place, which keeps its dialogue for a while. A dialogue that
was dropped, or lost with its process, is made anew from the answers.
"""

from __future__ import annotations

import os
from typing import Protocol

from attributor.archive.working.processes import Beginning, Workers, WorkersCrashed, annotator_here
from attributor.archive.working.step import (
    OUT_OF_MEMORY,
    Answers,
    NoAnnotation,
    Outcome,
    advance,
    crashed,
    guarded,
)
from attributor.engines import Conversation
from attributor.pipeline import Annotator
from attributor.records import Annotation, Article

ARTICLES_BEFORE_PROCESSES = 20
"""Articles whose steps are made here before processes are spawned; to spawn one takes as long."""
MOST_PROCESSES = 4
"""Processes at most; four keep up with what one process can ask."""
CHARACTERS_KEPT = 1_500_000
"""Characters of all articles whose dialogues one place keeps: about 130 MB of memory, and more than
256 calls at once need."""

KeptDialogue = tuple[Conversation[Annotation], int]
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
        """End the processes, if there are any."""
        ...


class Steps:
    """Makes steps, and keeps the dialogues of the last few articles.

    Args:
        annotator: prepares requests and reads answers.
        characters_kept: of all articles whose dialogues are kept, at most.
    """

    def __init__(self, annotator: Annotator, characters_kept: int = CHARACTERS_KEPT) -> None:
        self._annotator, self._characters_kept = annotator, characters_kept
        self._kept: dict[int, KeptDialogue] = {}
        self._characters = 0

    def step(self, row: int, answers: Answers, article: Article | None = None) -> Outcome | None:
        """Go on with an article as far as the answers reach.

        Args:
            row: the article's.
            answers: all of the article's so far.
            article: for a new dialogue; without it the kept dialogue goes on.

        Returns:
            None if there is neither an article nor a kept dialogue.

        Raises:
            UsageError: no article can be annotated like this.
            MemoryError: there is too little for it here.
        """
        kept = self._taken(row)
        if kept is None and article is None:
            return None
        return guarded(lambda: self._advanced(row, answers, kept, article))

    def _advanced(
        self, row: int, answers: Answers, kept: KeptDialogue | None, article: Article | None
    ) -> Outcome:
        if kept is None:
            assert article is not None  # noqa: S101  # the caller has made sure
            kept = self._annotator.conversation(article), len(article.text)
        dialogue, _ = kept
        outcome = advance(dialogue, self._annotator.settings, answers)
        if dialogue.result is None and not isinstance(outcome, NoAnnotation):
            self._keep(row, kept)
        return outcome

    def _keep(self, row: int, kept: KeptDialogue) -> None:
        self._kept[row] = kept
        self._characters += kept[1]
        while self._characters > self._characters_kept:
            self._taken(next(iter(self._kept)))

    def _taken(self, row: int) -> KeptDialogue | None:
        kept = self._kept.pop(row, None)
        self._characters -= kept[1] if kept else 0
        return kept


class Here:
    """Has steps made in this process."""

    def __init__(self, annotator: Annotator) -> None:
        self._steps = Steps(annotator)

    async def step(
        self, row: int, answers: Answers, article: Article | None = None
    ) -> Outcome | None:
        """Go on with an article as far as the answers reach."""
        try:
            return self._steps.step(row, answers, article)
        except MemoryError:
            return OUT_OF_MEMORY


class There:
    """Has steps made in another process."""

    def __init__(self, beginning: Beginning) -> None:
        self._workers = Workers(beginning, 1)

    async def step(
        self, row: int, answers: Answers, article: Article | None = None
    ) -> Outcome | None:
        """Go on with an article as far as the answers reach."""
        try:
            return await self._workers.call(_step, row, answers, article)
        except WorkersCrashed:
            return crashed(
                "The process that prepared the article or read its answers ended twice over it"
            )

    @property
    def busy(self) -> int:
        """How many steps it has not finished."""
        return self._workers.busy

    def end(self) -> None:
        """End the process at once."""
        self._workers.end()


class Stepping:
    """Gives each article its place: the process that has the fewest steps to make.

    Args:
        annotator: prepares requests and reads answers.
        processes: how many; as many as there are cores if None, none if 0.
        articles_before: whose steps are made here, before processes are started that cannot be
            forked.
    """

    def __init__(
        self,
        annotator: Annotator,
        processes: int | None = None,
        articles_before: int = ARTICLES_BEFORE_PROCESSES,
    ) -> None:
        if processes is None:
            processes = min(MOST_PROCESSES, os.cpu_count() or 1)
        beginning = Beginning(annotator)
        self._articles_before = 0 if beginning.forks else articles_before
        self._here = Here(annotator)
        self._there = [There(beginning) for _ in range(processes)]
        self._articles = 0

    def place(self) -> Place:
        """Where the next article's steps are made."""
        self._articles += 1
        if self._articles < self._articles_before or not self._there:
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
