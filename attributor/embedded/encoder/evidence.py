"""What an encoder says of an article, token by token, as the engine asks for it.

The encoder reads pieces of words; the engine's tokens are words and marks. Of the pieces in a token
the mean counts for what it is part of, the highest for what begins or ends there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING

from attributor.embedded.encoder import channels
from attributor.marking import Token
from attributor.marking.evidence import totals
from attributor.marking.spans import Span

if TYPE_CHECKING:
    from attributor.embedded.encoder.session import Reading

UNREAD_LOG_ODDS = -6.0
"""What stands for the log-odds of a token of which the encoder reads nothing."""
LARGEST_LOG_ODDS = 6.0
"""Log-odds beyond this, to either side, say no more than this."""
_EDGES = frozenset({channels.CONTENT_BEGINS, channels.CONTENT_ENDS, channels.SOURCE_BEGINS})


class Evidence:
    """Log-odds of each token of an article, one list a channel, and sums over stretches of them."""

    def __init__(self, tokens: Sequence[Token], is_word: Sequence[bool], reading: Reading) -> None:
        rows = list(_rows(tokens, reading))
        by_channel: list[list[float]] = [list(column) for column in zip(*rows, strict=True)]
        if not rows:
            by_channel = [[] for _ in range(channels.COUNT)]
        self.content = by_channel[channels.CONTENT]
        self.content_begins = by_channel[channels.CONTENT_BEGINS]
        self.content_ends = by_channel[channels.CONTENT_ENDS]
        self.cue = by_channel[channels.CUE]
        self.source = by_channel[channels.SOURCE]
        self.source_begins = by_channel[channels.SOURCE_BEGINS]
        self.thought_cue = by_channel[channels.THOUGHT_CUE]
        self.cue_follows = by_channel[channels.CUE_FOLLOWS]
        self.is_word = is_word
        self.words = totals(is_word)
        self.content_sums = _sums(self.content, is_word)
        self.follows_sums = _sums(self.cue_follows, is_word)
        self.in_content = [
            word and odds > 0 for word, odds in zip(is_word, self.content, strict=True)
        ]
        self.content_words = totals(self.in_content)
        is_cue = [odds > 0 for odds in self.cue]
        self.cue_begins = totals(
            now and not before for now, before in zip(is_cue, [False, *is_cue], strict=False)
        )

    def mean_content(self, first: int, last: int) -> float:
        """The mean log-odds of content over the words in `first:last`."""
        return self._mean(self.content_sums, first, last)

    def mean_follows(self, first: int, last: int) -> float:
        """The mean log-odds that a cue follows over the words in `first:last`."""
        return self._mean(self.follows_sums, first, last)

    def _mean(self, sums: Sequence[float], first: int, last: int) -> float:
        words = self.words[last] - self.words[first]
        return (sums[last] - sums[first]) / words if words else UNREAD_LOG_ODDS

    def cues_in(self, first: int, last: int) -> int:
        """How many cues begin in `first:last`."""
        return self.cue_begins[last] - self.cue_begins[first] if last > first else 0

    def stretches(self, first: int, last: int) -> list[Span]:
        """The ranges of content in `first:last`, from word to word."""
        found: list[Span] = []
        joined = False
        for j in range(first, last):
            if not self.is_word[j]:
                joined = joined and self.content[j] > 0
            elif self.in_content[j]:
                begins = self.content_begins[j] > 0
                if joined and not begins:
                    found[-1] = (found[-1][0], j + 1)
                else:
                    found.append((j, j + 1))
                joined = True
            else:
                joined = False
        return found


def _rows(tokens: Sequence[Token], reading: Reading) -> Iterable[list[float]]:
    """For each token a row with the log-odds of each channel."""
    unread = [UNREAD_LOG_ODDS] * channels.COUNT
    place, count = 0, len(reading.starts)
    for token in tokens:
        while place < count and reading.ends[place] <= token.start:
            place += 1
        last = place
        while last < count and reading.starts[last] < token.end:
            last += 1
        held = reading.odds[place:last]
        if not held:
            yield unread
        elif len(held) == 1:
            yield [_within(value) for value in held[0]]
        else:
            columns = enumerate(zip(*held, strict=True))
            yield [
                _within(max(values) if channel in _EDGES else sum(values) / len(values))
                for channel, values in columns
            ]


def _within(odds: float) -> float:
    return max(-LARGEST_LOG_ODDS, min(LARGEST_LOG_ODDS, odds))


def _sums(values: Iterable[float], is_word: Iterable[bool]) -> list[float]:
    """Totals of the words' values before each token."""
    kept = (value if word else 0.0 for value, word in zip(values, is_word, strict=True))
    return list(accumulate(kept, initial=0.0))
