"""How many input tokens the Batch API may have at once, as it shows by what it refuses.

A file that it refuses for its tokens is too large for the account's limit, or the account has given
it something else: what may go is halved, with longer and longer pauses. Each file that is answered
doubles it, until there is room again for the largest that was refused (as slow start in TCP): a
file takes hours, and one more that is refused half a minute.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable

LONGEST_REST = 900.0
"""Seconds between two files that are refused."""
LONGEST_REFUSAL = 24 * 3600.0
"""Seconds for which every file may be refused: whatever fills the queue is answered in a day."""
_LIMIT = re.compile(r"limit:?\s*(\d[\d,]{2,})", re.IGNORECASE)


class QueuedTokens:
    """The tokens that may be with the server at once, and when the next file may go.

    Args:
        limit: as the user says it; unknown if None, until the server names one.
        rest: seconds to wait after the first refusal.
        clock: the time in seconds.
    """

    def __init__(
        self, limit: float | None, rest: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.most = self._known = limit or float("inf")
        self.refuses_until = float("-inf")
        self._clock = clock
        self._first_rest = self._rest = rest
        self._largest_refused = 0.0
        self._refusing_since: float | None = None

    def refused(self, tokens: float, requests: int, complaint: str) -> bool:
        """Take note of a refusal; gives whether the requests may be taken in the end.

        Args:
            tokens: of the file.
            requests: in the file.
            complaint: the server's words, which may name its limit.
        """
        now = self._clock()
        told = _LIMIT.search(complaint)
        if told:
            self._known = min(self._known, float(told[1].replace(",", "")))
        if self._refusing_since is None:
            self._refusing_since = now
        if now >= self._refusing_since + LONGEST_REFUSAL:
            return False
        if requests == 1 and tokens > self._known:
            return False
        self._largest_refused = max(self._largest_refused, tokens)
        # A file within the limit: the server counts otherwise than we, or others have filled it.
        self.most = min(self.most, tokens / 2 if tokens <= self._known else self._known)
        self.refuses_until = now + self._rest
        self._rest = min(2 * self._rest, LONGEST_REST)
        return True

    def answered(self) -> bool:
        """Take note that a file was answered; gives whether larger ones may go from now on."""
        self._rest, self._refusing_since = self._first_rest, None
        if self.most >= self._known:
            return False
        self.most = min(2 * self.most, self._known)
        if self.most >= self._largest_refused:
            self.most = self._known
        return True
