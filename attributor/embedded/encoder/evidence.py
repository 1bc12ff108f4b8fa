"""What an encoder says of an article, token by token, as the engine asks for it.

The encoder reads pieces of words; the engine's tokens are words and marks. Of the pieces in a token
the mean counts for what it is part of, the highest for what begins or ends there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING

from attributor.embedded.encoder import channels
from attributor.embedded.encoder.links import UNREAD_LOG_ODDS, Links
from attributor.marking import Token
from attributor.marking.evidence import totals
from attributor.marking.spans import Span

if TYPE_CHECKING:
    from attributor.embedded.encoder.session import Reading

LARGEST_LOG_ODDS = 6.0
"""Log-odds beyond this, to either side, say no more than this."""
_CUE_REACH_TOKENS = 10
"""What belongs to a cue's words stands no farther from each of them than this."""
_EDGES = frozenset({channels.CONTENT_BEGINS, channels.CONTENT_ENDS, channels.SOURCE_BEGINS})


class Odds:
    """Log-odds of the tokens from `first` on, and sums over stretches of them.

    Of a token outside that range the encoder says nothing.
    """

    def __init__(self, values: Sequence[float], is_word: Sequence[bool], first: int = 0) -> None:
        self.first, self.last = first, first + len(values)
        self.values = values
        self.highest = max(values, default=UNREAD_LOG_ODDS)
        self._is_word = is_word[first : self.last]

    @cached_property
    def _words(self) -> Sequence[int]:
        return totals(self._is_word)

    @cached_property
    def _sums(self) -> Sequence[float]:
        pairs = zip(self.values, self._is_word, strict=True)
        return list(accumulate((value if word else 0.0 for value, word in pairs), initial=0.0))

    @cached_property
    def _holds(self) -> Sequence[bool]:
        return [word and value > 0 for value, word in zip(self.values, self._is_word, strict=True)]

    @cached_property
    def _held(self) -> Sequence[int]:
        return totals(self._holds)

    def __getitem__(self, j: int) -> float:
        """Of token `j`."""
        return self.values[j - self.first] if self.first <= j < self.last else UNREAD_LOG_ODDS

    def holds(self, j: int) -> bool:
        """Whether token `j` is a word for which it is likelier than not."""
        return self.first <= j < self.last and self._holds[j - self.first]

    def held(self, first: int, last: int) -> int:
        """For how many words of `first:last` it is likelier than not."""
        a, b = self._within(first), self._within(last)
        return self._held[b] - self._held[a]

    def total(self, first: int, last: int) -> float:
        """The sum over the words in `first:last`."""
        a, b = self._within(first), self._within(last)
        return self._sums[b] - self._sums[a]

    def mean(self, first: int, last: int) -> float:
        """The mean over the words in `first:last`."""
        a, b = self._within(first), self._within(last)
        words = self._words[b] - self._words[a]
        return (self._sums[b] - self._sums[a]) / words if words else UNREAD_LOG_ODDS

    def _within(self, j: int) -> int:
        return max(self.first, min(j, self.last)) - self.first


class Evidence:
    """What the encoder says of each token of an article: of each by itself, and beside each cue."""

    def __init__(self, tokens: Sequence[Token], is_word: Sequence[bool], reading: Reading) -> None:
        pieces = list(_pieces(tokens, reading))
        by_channel = _by_channel(reading, pieces)
        self.content = Odds(by_channel[channels.CONTENT], is_word)
        self.content_begins = by_channel[channels.CONTENT_BEGINS]
        self.content_ends = by_channel[channels.CONTENT_ENDS]
        self.cue = by_channel[channels.CUE]
        self.source = by_channel[channels.SOURCE]
        self.source_begins = by_channel[channels.SOURCE_BEGINS]
        self.thought_cue = by_channel[channels.THOUGHT_CUE]
        self.is_word = is_word
        is_cue = [odds > 0 for odds in self.cue]
        self.cue_begins = totals(
            now and not before for now, before in zip(is_cue, [False, *is_cue], strict=False)
        )
        links = reading.links
        self._links = None if links is None else Links(reading, links, pieces)
        self._linked: dict[tuple[int, int, int], tuple[Odds, Odds]] = {}

    def cues_in(self, first: int, last: int) -> int:
        """How many cues begin in `first:last`."""
        return self.cue_begins[last] - self.cue_begins[first] if last > first else 0

    def beside(self, i: int, first: int, last: int) -> tuple[Odds, Odds]:
        """Of the tokens in `first:last` that they are content, and source, of the cue at token `i`.

        An encoder that links nothing says it of every cue alike.
        """
        asked = i, first, last
        if asked not in self._linked:
            values: Sequence[Sequence[float]] = (
                [self.content.values[first:last], self.source[first:last]]
                if self._links is None
                else self._links.of(self._cue_at(i), (first, last))
            )
            content, source = (Odds(each, self.is_word, first) for each in values)
            self._linked[asked] = content, source
        return self._linked[asked]

    def _cue_at(self, i: int) -> Span:
        """The tokens that are a cue together with token `i`."""
        least, most = max(i - _CUE_REACH_TOKENS, 0), min(i + _CUE_REACH_TOKENS, len(self.cue))
        first, last = i, i + 1
        while first > least and self.cue[first - 1] > 0:
            first -= 1
        while last < most and self.cue[last] > 0:
            last += 1
        return first, last

    def stretches(self, content: Odds, first: int, last: int) -> list[Span]:
        """The ranges of content in `first:last`, from word to word."""
        found: list[Span] = []
        joined = False
        for j in range(first, last):
            if not self.is_word[j]:
                joined = joined and content[j] > 0
            elif content.holds(j):
                begins = self.content_begins[j] > 0
                if joined and not begins:
                    found[-1] = (found[-1][0], j + 1)
                else:
                    found.append((j, j + 1))
                joined = True
            else:
                joined = False
        return found


def _pieces(tokens: Sequence[Token], reading: Reading) -> Iterable[Span]:
    """For each token the half-open range of the pieces in it."""
    place, count = 0, len(reading.starts)
    for token in tokens:
        while place < count and reading.ends[place] <= token.start:
            place += 1
        last = place
        while last < count and reading.starts[last] < token.end:
            last += 1
        yield place, last


def _by_channel(reading: Reading, pieces: Sequence[Span]) -> list[list[float]]:
    """Of each channel the log-odds of every token."""
    import numpy as np

    found = np.full((len(pieces), channels.COUNT), UNREAD_LOG_ODDS)
    held = [k for k, (first, last) in enumerate(pieces) if first < last]
    if held:
        odds = np.array(reading.odds)
        counts = np.array([last - first for first, last in pieces])[held]
        firsts = np.array([first for first, _ in pieces])[held]
        ends = np.stack([firsts, firsts + counts], axis=1).ravel()
        odds = np.append(odds, np.zeros((1, channels.COUNT)), axis=0)  # what ends may point at
        found[held] = np.add.reduceat(odds, ends, axis=0)[::2] / counts[:, None]
        edges = list(_EDGES)
        found[np.ix_(held, edges)] = np.maximum.reduceat(odds[:, edges], ends, axis=0)[::2]
    columns: list[list[float]] = found.clip(-LARGEST_LOG_ODDS, LARGEST_LOG_ODDS).T.tolist()
    return columns
