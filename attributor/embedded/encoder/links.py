"""To which cue each word belongs, as content or as source, by what an encoder knows.

Each piece of a word has four rows of numbers: as a cue and as what belongs to one, for content and
for source. A piece chooses its cue among the pieces that were read with it: the shares of all are a
softmax over the products of its row with theirs, as in a biaffine parser (Dozat and Manning, 2017)
without its bias. Of a cue in another window nothing is known.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from attributor.embedded.encoder import channels
from attributor.marking.spans import Span

if TYPE_CHECKING:
    import numpy as np

    from attributor.embedded.encoder.session import Reading

KINDS: Final = (channels.CONTENT, channels.SOURCE)
"""What may belong to a cue, by the channel that says how likely a piece is that at all."""
RANK: Final = 32
"""A cue and what may belong to it are compared in so many numbers."""
NUMBERS: Final = len(KINDS) * 2 * RANK
"""So many numbers a piece has in all: for each kind its row as a cue, then that as a part."""
UNREAD_LOG_ODDS = -6.0
"""What stands for the log-odds of what was not read, or not with the cue."""
_ROWS_AT_ONCE = 32
"""Products of more rows than this are spread over several threads, which costs twice the time."""
_SMALLEST = 0.0025
"""No probability is taken for less than this, which is what log-odds of -6 stand for."""


class Links:
    """What an encoder links to the cues of one article, by token."""

    def __init__(
        self, reading: Reading, rows: np.ndarray[Any, Any], pieces: Sequence[Span]
    ) -> None:
        """`rows` are what the reading has of links; `pieces` the range of each token's pieces."""
        import numpy as np

        self._rows = rows.reshape(len(rows), len(KINDS), 2, -1)
        odds = np.array([[row[kind] for kind in KINDS] for row in reading.odds])
        self._alone = 1.0 / (1.0 + np.exp(-odds))
        self._pieces = pieces
        self._begins = [first for first, _ in pieces]
        self._window_of = reading.window_of
        self._shares: dict[int, tuple[Span, np.ndarray[Any, Any]]] = {}

    def of(self, cue: Span, tokens: Span) -> list[list[float]]:
        """Log-odds that each of a range of tokens belongs to a cue, a list for each kind.

        Args:
            cue: the half-open range of the cue's tokens.
            tokens: the half-open range of the tokens that may belong to it.
        """
        import numpy as np

        (begin, end), shares = self._shares_near(cue[0])
        first, last = max(tokens[0], begin), min(tokens[1], end)
        if first >= last:
            return [[UNREAD_LOG_ODDS] * (tokens[1] - tokens[0]) for _ in KINDS]
        chosen = shares[:, first - begin : last - begin, cue[0] - begin : cue[1] - begin]
        own = np.clip(chosen.sum(axis=2), _SMALLEST, 1.0 - _SMALLEST)
        odds = np.log(own / (1.0 - own)).round(3).tolist()
        ahead, behind = (
            [UNREAD_LOG_ODDS] * count for count in (first - tokens[0], tokens[1] - last)
        )
        return [[*ahead, *values, *behind] for values in odds]

    def _shares_near(self, i: int) -> tuple[Span, np.ndarray[Any, Any]]:
        """The tokens that were read with token `i`, and for each how likely which is its cue.

        Shares of a token's pieces are added up for a cue, and their mean counts for what belongs
        to one; they are lower where the encoder takes it for neither content nor source.
        """
        import numpy as np

        first, last = self._window_of(self._begins[i])
        if first not in self._shares:
            begin, end = bisect_left(self._begins, first), bisect_left(self._begins, last)
            asked, given = (self._rows[first:last, :, k].transpose(1, 0, 2) for k in (0, 1))
            parts = range(0, last - first, _ROWS_AT_ONCE)
            asked = asked.transpose(0, 2, 1)
            products = np.concatenate(
                [given[:, part : part + _ROWS_AT_ONCE] @ asked for part in parts], axis=1
            )
            shares = np.exp(products - products.max(axis=2, keepdims=True))
            shares *= self._alone[first:last].T[:, :, None] / shares.sum(axis=2, keepdims=True)
            begins = np.array(self._begins[begin:end]) - first
            empty = np.array([a == b for a, b in self._pieces[begin:end]])
            by_cue = np.add.reduceat(shares, begins, axis=2)
            by_token = np.add.reduceat(by_cue, begins, axis=1)
            counts = np.diff(np.append(begins, last - first)).clip(min=1)
            by_token /= counts[None, :, None]
            by_token[:, empty] = 0.0
            by_token[:, :, empty] = 0.0
            self._shares = {first: ((begin, end), by_token)}  # cues come in order: one is enough
        return self._shares[first]
