"""How many input tokens the Batch API may have at once, as it shows by what it refuses.

A file that is refused for its tokens is larger than the account's limit, or other requests of the
account fill the queue: the tokens that may be handed in are halved, with longer and longer pauses.
Each file that is answered doubles them, until the largest file that was refused would fit again (as
slow start in TCP). To try is cheap: an answer takes hours, and a refusal half a minute.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable

LONGEST_PAUSE_SECONDS = 900.0
"""The longest pause after a file that was refused, in seconds."""
LONGEST_FULL_SECONDS = 24 * 3600.0
"""Seconds for which every file may be refused: what fills the queue is answered within a day."""
_LIMIT = re.compile(r"limit:?\s*(\d[\d,]{2,})", re.IGNORECASE)


class QueuedTokens:
    """The tokens that may be with the server at once, and when the next file may go.

    Args:
        limit: the user's limit; None for the one that the server names.
        pause: seconds to wait after the first refusal.
        clock: the time in seconds.
        full_seconds: for which every file may be refused.
    """

    def __init__(
        self,
        limit: float | None,
        pause: float,
        clock: Callable[[], float] = time.monotonic,
        full_seconds: float = LONGEST_FULL_SECONDS,
    ) -> None:
        self.most = self._known = limit or float("inf")
        self.refuses_until = float("-inf")
        self._clock, self._full_seconds = clock, full_seconds
        self._first_pause = self._pause = pause
        self._largest_refused = 0.0
        self._refusing_since: float | None = None

    def refused(self, tokens: float, requests: int, complaint: str) -> bool:
        """Note a refusal; gives whether the server may still take the requests later.

        Args:
            tokens: of the file.
            requests: in the file.
            complaint: the server's words, which may name its limit.
        """
        now = self._clock()
        named = _LIMIT.search(complaint)
        if named:
            self._known = min(self._known, float(named[1].replace(",", "")))
        if self._refusing_since is None:
            self._refusing_since = now
        if now >= self._refusing_since + self._full_seconds:
            return False
        if requests == 1 and tokens > self._known:
            return False
        self._largest_refused = max(self._largest_refused, tokens)
        # A file within the limit: the server counts more tokens, or others fill the queue.
        self.most = min(self.most, tokens / 2 if tokens <= self._known else self._known)
        self.refuses_until = now + self._pause
        self._pause = min(2 * self._pause, LONGEST_PAUSE_SECONDS)
        return True

    def answered(self) -> bool:
        """Note that a file was answered; gives whether larger ones may be handed in from now on."""
        self._pause, self._refusing_since = self._first_pause, None
        if self.most >= self._known:
            return False
        self.most *= 2
        if self.most >= min(self._largest_refused, self._known):
            self.most = self._known
        return True
