"""From a Proposal to exact spans of the article, or a rejection with its reason.

A model proposes; the article decides. What comes out of here is offsets alone, so that nothing
can be shown as a quote that is not, character for character, in the article.

`locating` finds a piece of a proposal by the words at its edges, whatever their spelling
(`folding`); `content` makes of the pieces of a quote its spans; `grounder` does both for a whole
proposal; `coverage` says what nobody was credited with.
"""

from __future__ import annotations

from attributor.grounding.coverage import uncovered
from attributor.grounding.grounder import (
    GroundedQuote,
    Grounder,
    Grounding,
    Rejection,
    excerpt,
    ground,
)

__all__ = [
    "GroundedQuote",
    "Grounder",
    "Grounding",
    "Rejection",
    "excerpt",
    "ground",
    "uncovered",
]
