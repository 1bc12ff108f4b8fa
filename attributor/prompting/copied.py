"""The words that a model copied from the article, found again beside what they attribute."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from attributor.marking.evidence import Segment
from attributor.marking.spans import Span, distance
from attributor.records import Piece


@dataclass(frozen=True, slots=True)
class Source:
    """The cue and the mention of a quote, as found; a Piece with words is left to grounding.

    `edges` are where both stand in `segment`; `is_pair` says that both were found there.
    `is_known` is False where neither the article nor the model's words say that anybody said this.
    """

    cue: Piece | None
    mention: Piece | None
    segment: Segment | None = None
    edges: Span | None = None
    is_pair: bool = False
    is_known: bool = True

    @property
    def cue_is_found(self) -> bool:
        """Whether the cue stands where it was looked for."""
        return self.cue is not None and not self.cue.starts

    @property
    def mention_is_found(self) -> bool:
        """Whether the mention does."""
        return self.mention is not None and not self.mention.starts


@dataclass(frozen=True, slots=True)
class Words:
    """What a model says of a quote's source: the words it copied, and the speaker's name.

    `own` says whether the quote is said to be in the speaker's own words.
    """

    cue: str
    mention: str
    name: str = ""
    own: bool = False

    @property
    def is_uncued(self) -> bool:
        """Whether somebody speaks for whom nothing but a label or a signature tells it."""
        return self.own and bool(self.mention) and not self.cue


def find_source(text: str, near: list[Segment], words: Words) -> Source:
    """Cue and mention as the model copied them, in the segments `near`, the best place first.

    Both are looked for in one segment before they are looked for apart.
    """
    for segment in near:
        both = product(find_all(text, words.cue, segment), find_all(text, words.mention, segment))
        pairs = [(c, m) for c, m in both if c[1] <= m[0] or m[1] <= c[0]]
        if pairs:
            c, m = min(pairs, key=lambda pair: (distance(*pair), pair))
            edges = min(c[0], m[0]), max(c[1], m[1])
            return Source(piece_of(c), piece_of(m), segment, edges, is_pair=True)
    return Source(
        _anchored(text, words.cue, near),
        _anchored(text, words.mention, near),
        *_apart(text, words.cue, near),
    )


def _apart(text: str, cue: str, near: list[Segment]) -> tuple[Segment | None, Span | None]:
    return next(((s, e) for s in near for e in find_all(text, cue, s)), (None, None))


def _anchored(text: str, words: str, near: list[Segment]) -> Piece | None:
    if not words:
        return None
    found = next((e for s in near for e in find_all(text, words, s)), None)
    if found:
        return piece_of(found)
    return Piece(start=near[0].start, end=near[0].end, starts=words, ends=words)


def find_all(text: str, words: str, segment: Segment) -> list[Span]:
    """Where the words stand whole in the segment, whatever their case."""
    sought, found = words.lower(), list[Span]()
    at = segment.start if sought else -1
    within = lowered(text)
    while at >= 0:
        at = within.find(sought, at, segment.end)
        if at >= 0:
            end = at + len(sought)
            whole = not (_in_word(text, at - 1) or _in_word(text, end))
            found += [(at, end)] if whole else []
            at = end if whole else at + 1
    return found


@lru_cache(maxsize=4)
def lowered(text: str) -> str:
    """The text in lower case, each character where it was."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(c.lower()[0] for c in text)


def _in_word(text: str, index: int) -> bool:
    return 0 <= index < len(text) and (text[index].isalnum() or text[index] == "_")


def piece_of(edges: Span) -> Piece:
    """The span as a piece without words."""
    return Piece(start=edges[0], end=edges[1])
