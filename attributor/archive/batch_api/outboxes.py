"""Files of requests that wait to be handed in; they are lost with the process, before any cost."""

from __future__ import annotations

import secrets
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from attributor.archive.asking.budget import Budget
from attributor.archive.batch_api.queued_tokens import QueuedTokens
from attributor.archive.batch_api.tuning import Tuning


@dataclass(frozen=True, slots=True)
class Order:
    """One request in a file.

    Attributes:
        name: under which its answer is found in a file of answers.
        key: of the request, in the ledger.
        article: the row of the article that it is about.
        purpose: see `Request`.
        part: see `Request`.
        tokens: input tokens that it takes, roughly.
        promised: US dollars of the budget that are set aside for it.
    """

    name: str
    key: str
    article: int
    purpose: str
    part: int
    tokens: int
    promised: float


@dataclass
class Outbox:
    """One file of requests.

    Args:
        folder: where it lies; without a name, so that it is deleted with the process.
        most_tokens: input tokens of all its requests at most.
        tuning: how many requests and bytes it may have.
    """

    folder: Path
    most_tokens: float
    tuning: Tuning
    orders: list[Order] = field(default_factory=list)
    size: int = 0
    tokens: int = 0
    name: str = field(default_factory=lambda: f"attributor-{secrets.token_hex(8)}")

    def __post_init__(self) -> None:
        self.file: IO[bytes] = tempfile.TemporaryFile(dir=self.folder)  # noqa: SIM115

    def takes(self, line: bytes, tokens: int) -> bool:
        """Whether there is room for one more request; in an empty file there always is."""
        return not self.orders or (
            len(self.orders) < self.tuning.requests_per_file
            and self.size + len(line) <= self.tuning.bytes_per_file
            and self.tokens + tokens <= self.most_tokens
        )

    def put(self, order: Order, line: bytes) -> None:
        """Add a request to the file."""
        self.file.write(line)
        self.orders.append(order)
        self.size += len(line)
        self.tokens += order.tokens


class Outboxes:
    """All files that wait to be handed in, the oldest first; the last one is still written to.

    Args:
        folder: where they lie.
        queued: how many tokens a file may have.
        budget: is promised what their requests are likely to cost.
        tuning: how large a file may be, and how many may wait.
    """

    def __init__(self, folder: Path, queued: QueuedTokens, budget: Budget, tuning: Tuning) -> None:
        self._folder, self._queued, self._budget = folder, queued, budget
        self._tuning = tuning
        self._outboxes: list[Outbox] = []
        self.last_put = time.monotonic()

    def __bool__(self) -> bool:
        return bool(self._outboxes)

    @property
    def is_full(self) -> bool:
        """Whether no further file may be started."""
        return len(self._outboxes) >= self._tuning.files_waiting

    def takes(self, line: bytes, tokens: int) -> bool:
        """Whether there is room for a request, in the last file or in a new one."""
        return not self.is_full or self._outboxes[-1].takes(line, tokens)

    def put(self, order: Order, line: bytes) -> None:
        """Add a request to the last file, or to a new one.

        Raises:
            OSError: the disk cannot be written.
        """
        if not (self._outboxes and self._outboxes[-1].takes(line, order.tokens)):
            self._outboxes.append(Outbox(self._folder, self._queued.most, self._tuning))
        self._outboxes[-1].put(order, line)
        self._budget.promise(order.promised)
        self.last_put = time.monotonic()

    def next(self, quiet_seconds: float) -> Outbox | None:
        """The file to hand in next; None if there is none yet.

        Args:
            quiet_seconds: how long the last file waits for another request.
        """
        if not self._outboxes:
            return None
        is_last = len(self._outboxes) == 1
        if is_last and time.monotonic() < self.last_put + quiet_seconds:
            return None
        return self._outboxes[0]

    def take_out(self, outbox: Outbox) -> None:
        """Remove a file that is going to be handed in."""
        self._outboxes.remove(outbox)

    def put_back(self, outbox: Outbox) -> None:
        """Put back a file that could not be handed in; more requests may be added to it."""
        outbox.file.seek(0, 2)
        self._outboxes.insert(0, outbox)

    def resized(self) -> Iterator[Order]:
        """Drop the files that are too large now; gives their requests, to be put again."""
        for outbox in list(self._outboxes):
            outbox.most_tokens = self._queued.most
            if outbox.tokens > outbox.most_tokens and len(outbox.orders) > 1:
                yield from self._emptied(outbox)

    def emptied(self) -> Iterator[Order]:
        """Drop all files; gives their requests, to be put again."""
        for outbox in list(self._outboxes):
            yield from self._emptied(outbox)

    def _emptied(self, outbox: Outbox) -> list[Order]:
        self._outboxes.remove(outbox)
        outbox.file.close()
        for order in outbox.orders:
            self._budget.promise(-order.promised)
        return outbox.orders

    def close(self) -> None:
        """Close the files."""
        for outbox in self._outboxes:
            outbox.file.close()
