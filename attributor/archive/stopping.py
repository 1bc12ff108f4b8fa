"""How a batch comes to an end before its time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from typing import Literal, TypeVar

from attributor.errors import AttributorError
from attributor.logs import own_words

logger = logging.getLogger(__name__)

T = TypeVar("T")

State = Literal["finished", "stopped", "interrupted"]


class Stopping(Exception):
    """The batch is ending, without an error: what was not sent yet is not sent."""


class Stop:
    """Whether the batch is to end, and why. Only the first reason counts."""

    def __init__(self) -> None:
        self.state: State = "finished"
        self.reason: str | None = None
        self.exit_code = 0
        self._asked = asyncio.Event()

    @property
    def asked(self) -> bool:
        """Whether the batch is to end."""
        return self._asked.is_set()

    def ask(self, state: State, reason: str, exit_code: int) -> None:
        """Have the batch end: no new call is made, and calls in flight are waited for."""
        if not self.asked:
            self.state, self.reason, self.exit_code = state, reason, exit_code
            self._asked.set()
            logger.warning("the run is to end, %s: %s", state, own_words(reason))

    def ask_over(self, error: AttributorError) -> None:
        """Have the batch end over an error that the user has to deal with first."""
        how = "To go on after that, run the same command again."
        self.ask("stopped", f"{error.message} {how}", error.exit_code)

    def ask_over_failures(
        self, which: str, reason: str, exit_code: int, *, stays: bool = True
    ) -> None:
        """Have the batch end over failures after which others are likely to fail, too.

        Args:
            which: what failed, as the beginning of a sentence.
            reason: why the last one failed, a sentence.
            exit_code: of the batch.
            stays: whether the articles stay in quarantine; else the next run tries them again.
        """
        how = "it again with --retry-failed" if stays else "the same command again"
        but = "; without it these articles stay in quarantine" if stays else ""
        sentence = f"{which}, the last one so: {reason} See to that, and run {how}{but}."
        self.ask("stopped", sentence, exit_code)

    def check(self) -> None:
        """Go no further if the batch is to end.

        Raises:
            Stopping: it is to end.
        """
        if self.asked:
            raise Stopping

    async def sleep(self, seconds: float) -> None:
        """Wait, unless the batch is to end.

        Raises:
            Stopping: it is to end.
        """
        try:
            async with asyncio.timeout(seconds):
                await self._asked.wait()
        except TimeoutError:
            return
        raise Stopping

    async def unless_asked(self, work: Awaitable[T]) -> T:
        """The result of `work`, which is cancelled when the batch is to end.

        Raises:
            Stopping: the batch is to end.
        """
        working, ending = asyncio.ensure_future(work), asyncio.ensure_future(self._asked.wait())
        try:
            await asyncio.wait((working, ending), return_when=asyncio.FIRST_COMPLETED)
            if working.done():
                return working.result()
            raise Stopping
        finally:
            working.cancel()
            ending.cancel()
            await asyncio.gather(working, ending, return_exceptions=True)
