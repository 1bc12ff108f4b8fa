"""How much work may go into an article: so much a character, whatever stands in it.

Work is counted, never timed: the same article is read the same way everywhere.
"""

from __future__ import annotations

from attributor.marking import Marking

AHEAD_CODE_POINTS = 10_000
"""What the next so many code points of the text allow may be taken before they are reached."""
_CUES_PER_CODE_POINT = 1 / 80
"""The rules read no more cues than this: half as many again as any news article has."""
_MIN_CUES = 10
"""The rules read so many cues in any text, however short it is."""


class Allowance:
    """The work that is left for one article, in the order of its text.

    A dense passage in a long article uses up what there is up to it and little more, so that what
    follows is read again.
    """

    def __init__(self, code_points: int, per_code_point: float, at_least: float) -> None:
        """An allowance that grows with the text.

        Args:
            code_points: the length of the text.
            per_code_point: the work that each of them allows.
            at_least: what any text allows beside that, however short it is.
        """
        self._code_points = code_points
        self._per_code_point = per_code_point
        self._at_least = at_least
        self._taken = 0
        self.refused = 0
        """At how many places nothing was left."""

    def covers(self, offset: int) -> bool:
        """Whether something is left at `offset` (code points); where not, that is counted."""
        reached = min(offset + AHEAD_CODE_POINTS, self._code_points)
        if self._taken < self._at_least + self._per_code_point * reached:
            return True
        self.refused += 1
        return False

    def take(self, work: int) -> None:
        """Count so much work."""
        self._taken += work


def cues_by_rules(marking: Marking) -> Allowance:
    """How many cues of the article the rules may read."""
    return Allowance(len(marking.text), _CUES_PER_CODE_POINT, _MIN_CUES)
