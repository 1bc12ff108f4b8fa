"""Speech that a dash marks: "— No, she says. — Not yet." and "- No - said the mayor."

A paragraph that begins with a dash is speech up to its reporting clause, and speech again after
the next dash. Without a reporting clause it is speech only if another such paragraph has one:
lists begin with dashes too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attributor.marking.evidence import Passage, Token
from attributor.marking.language import Language
from attributor.marking.spans import Span
from attributor.marking.tokens import index_at

_DASHES = frozenset("—–―-−")
_CLAUSE = 4
"""The verb is among the first so many words of a reporting clause."""


def passages(
    tokens: Sequence[Token], paragraphs: Sequence[Span], language: Language
) -> tuple[Passage, ...]:
    """The speech in every paragraph of dialogue, in order; the marks are the dashes."""
    candidates = [
        (number, _Line(tokens[index_at(tokens, start) : index_at(tokens, end)], language))
        for number, (start, end) in enumerate(paragraphs)
    ]
    lines = [(number, line) for number, line in candidates if line.opens]
    if not any(line.reported for _, line in lines):
        return ()
    return tuple(
        Passage(start, end, mark, end, number)
        for number, line in lines
        if line.reported or not line.is_hyphen
        for mark, start, end in line.speech()
    )


class _Line:
    """One paragraph, cut where a dash or a comma can end speech."""

    def __init__(self, tokens: Sequence[Token], language: Language) -> None:
        self.tokens, self.language = tokens, language
        self.opens = len(tokens) > 2 and self._is_dash(0)
        self.is_hyphen = self.opens and tokens[0].low == "-"
        self.reported = self.opens and any(self._reports(i) for i in range(1, len(tokens)))

    def speech(self) -> Iterator[tuple[int, int, int]]:
        """(start of the dash, start, end) of each stretch of speech."""
        i = 0
        while i < len(self.tokens):
            if not self._is_dash(i):
                i += 1
                continue
            end = self._end(i + 1)
            if end > i + 1:
                yield self.tokens[i].start, self.tokens[i + 1].start, self.tokens[end - 1].end
            i = max(end, i + 1)
            i += self._is_dash(i)  # the dash before a reporting clause opens no speech

    def _end(self, first: int) -> int:
        """Index after the speech that begins at `first`: at its reporting clause, else the end."""
        for i in range(first, len(self.tokens)):
            if self._reports(i):
                return i
        return len(self.tokens)

    def _is_dash(self, i: int) -> bool:
        """Whether a dash with space around it stands at `i`."""
        if i >= len(self.tokens) or self.tokens[i].low not in _DASHES:
            return False
        after = self.tokens[i + 1].start if i + 1 < len(self.tokens) else self.tokens[i].end + 1
        return after > self.tokens[i].end and (
            i == 0 or self.tokens[i - 1].end < self.tokens[i].start
        )

    def _reports(self, i: int) -> bool:
        """Whether a reporting clause begins right after the comma, dash or mark at `i`."""
        token = self.tokens[i]
        if not (token.low in ",?!…" or self._is_dash(i)):
            return False
        for low in (t.low for t in self.tokens[i + 1 : i + 1 + _CLAUSE]):
            if not low[0].isalnum():
                return False
            if low in self.language.verbs:
                return True
        return False
