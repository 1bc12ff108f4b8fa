"""Where a proposed quote stands: its cue and mention, and what is left of its segments beside them.

A model points to whole segments. Where the cue stands in one of them ("He noted that …", "…, she
said."), that much is known without asking: what is said begins after it or ends before it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product
from typing import Literal

from attributor.marking.evidence import Segment
from attributor.records import Piece

Edges = tuple[int, int]
Side = Literal["before", "after", "around"]

LONGEST_SOURCE = 160
"""Characters from a mention to its cue, beyond which they are not taken for one."""

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Source:
    """The cue and the mention of a quote, as found; a Piece with words is left to grounding."""

    cue: Piece | None
    mention: Piece | None
    segment: Segment | None = None
    edges: Edges | None = None


def find_source(
    text: str, segments: tuple[Segment, ...], first: int, last: int, cue: str, mention: str
) -> Source:
    """Cue and mention in the segments `first` to `last` (indices) or beside them.

    Both are looked for in one segment before they are looked for apart, and outside quotation
    marks before inside: what stands there is said by the speaker.
    """
    order = (first, last + 1, last, first - 1, last + 2, first - 2)
    near = [segments[n] for n in dict.fromkeys(order) if 0 <= n < len(segments)]
    near = [s for s in near if not s.marked] or near
    for segment in near:
        both = product(_all(text, cue, segment), _all(text, mention, segment))
        pairs = [(c, m) for c, m in both if c[1] <= m[0] or m[1] <= c[0]]
        if pairs:
            c, m = min(pairs, key=lambda pair: (_gap(*pair), pair))
            return Source(_piece(c), _piece(m), segment, (min(c[0], m[0]), max(c[1], m[1])))
    return Source(
        _anchored(text, cue, near), _anchored(text, mention, near), *_apart(text, cue, near)
    )


def _apart(text: str, cue: str, near: list[Segment]) -> tuple[Segment | None, Edges | None]:
    return next(((s, e) for s in near for e in _all(text, cue, s)), (None, None))


def _anchored(text: str, words: str, near: list[Segment]) -> Piece | None:
    if not words:
        return None
    found = next((e for s in near for e in _all(text, words, s)), None)
    if found:
        return _piece(found)
    return Piece(start=near[0].start, end=near[0].end, starts=words, ends=words)


def _all(text: str, words: str, segment: Segment) -> list[Edges]:
    if not words:
        return []
    whole_words = re.compile(rf"(?<!\w){re.escape(words)}(?!\w)", re.IGNORECASE)
    return [m.span() for m in whole_words.finditer(text, segment.start, segment.end)]


def _gap(one: Edges, other: Edges) -> int:
    return max(one[0] - other[1], other[0] - one[1], 0)


def _piece(edges: Edges) -> Piece:
    return Piece(start=edges[0], end=edges[1])


def without_source(text: str, pieces: list[Piece], source: Source) -> list[Piece]:
    """The pieces, less the cue and the mention where these stand in one of them.

    An edge that comes with words is left as it is.
    """
    segment, edges = source.segment, source.edges
    if segment is None or edges is None or segment.marked or edges[1] - edges[0] > LONGEST_SOURCE:
        return pieces
    kept: list[Piece] = []
    for piece in pieces:
        inside = piece.start <= edges[0] and edges[1] <= piece.end
        kept += _less(text, piece, segment, edges) if inside else [piece]
    return kept or pieces


def _less(text: str, piece: Piece, segment: Segment, edges: Edges) -> list[Piece]:
    side = _side(text, segment, edges)
    if (side != "before" and piece.starts) or (side != "after" and piece.ends):
        return [piece]
    first_end = edges[0] if side != "after" else segment.start
    last_start = edges[1] if side != "before" else segment.end
    parts = [
        piece.model_copy(update={"end": first_end, "ends": ""}),
        piece.model_copy(update={"start": last_start, "starts": ""}),
    ]
    return [part for part in parts if _WORD.search(text, part.start, max(part.start, part.end))]


def _side(text: str, segment: Segment, edges: Edges) -> Side:
    """On which side of its source a quote stands within their segment."""
    before, after = text[segment.start : edges[0]].rstrip(), text[edges[1] : segment.end].lstrip()
    left, right = len(_WORD.findall(before)), len(_WORD.findall(after))
    if left and right and before.endswith(",") and after.startswith(","):
        return "around"
    if not right or (before.endswith((",", "—", "–")) and left > right):
        return "before"
    return "after"
