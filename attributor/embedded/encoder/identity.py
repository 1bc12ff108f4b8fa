"""What an encoder knows of whom a pronoun means, as the resolver asks for it.

An encoder that was taught this gives each piece of a word three rows of numbers: as a pronoun, as
the first piece of somebody's name or description, and as its last. The log-odds that a pronoun
means who stands in a place are the product of the pronoun's row with the sum of the other two. They
hold only for what was read at once; of a name in another window nothing is known.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from attributor.embedded.encoder.session import Reading
from attributor.marking.spans import Span

if TYPE_CHECKING:
    import numpy as np

LARGEST_LOG_ODDS = 4.0
"""Log-odds beyond this, to either side, count no more than this."""


class PronounIdentity:
    """Evidence about the pronouns of one article; see `attributor.speakers.identity.Identity`."""

    def __init__(self, reading: Reading, rows: np.ndarray[Any, Any]) -> None:
        size = rows.shape[1] // 3
        self._reading = reading
        self._asked, self._first, self._last = (
            rows[:, part * size : (part + 1) * size] for part in range(3)
        )

    @classmethod
    def of(cls, reading: Reading | None) -> PronounIdentity | None:
        """The evidence in a reading; None where no encoder read, or one that was not taught."""
        if reading is None or reading.identity is None:
            return None
        return cls(reading, reading.identity)

    def reach(self, mention: Span) -> Span:
        """From the first to the last code point that was read together with the mention."""
        first, last = self._pieces(mention)
        if first >= last:
            return mention[0], mention[0]
        begin, end = self._reading.window_of(first)
        return self._reading.starts[begin], self._reading.ends[end - 1]

    def log_odds(self, mention: Span, places: Sequence[Span]) -> float:
        """That the mention means who stands in these places: of the place that fits best."""
        first, last = self._pieces(mention)
        asked = self._asked[first:last].mean(axis=0)
        found = (self._pieces(place) for place in places)
        best = max(
            (float(asked @ (self._first[a] + self._last[b - 1])) for a, b in found if a < b),
            default=0.0,
        )
        return round(max(-LARGEST_LOG_ODDS, min(LARGEST_LOG_ODDS, best)), 3)

    def _pieces(self, span: Span) -> Span:
        """The half-open range of the pieces in a span of the text."""
        first = bisect_right(self._reading.ends, span[0])
        return first, max(first, bisect_left(self._reading.starts, span[1]))
