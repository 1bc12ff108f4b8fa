"""What every grammar of reporting is asked, and what it answers with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from attributor.marking import Cue, Marking, Mention
from attributor.marking.spans import Span

VERBAL = ("verb", "noun")
"""The kinds of cue that can be a reporting verb."""


@dataclass(frozen=True, slots=True)
class ReportingClause:
    """A cue, who is credited by it, and where the words for both begin and end (code points).

    The clause of a verb is the verb with its subject; that of "according to" is the phrase.
    `mention` is None where the language leaves the subject out ("Naglasila je da …").
    """

    cue: Cue
    mention: Mention | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Content:
    """What was said: spans in the order of the text.

    `own_words` says whether they are the speaker's own; None leaves it to the quotation marks.
    """

    spans: tuple[Span, ...]
    own_words: bool | None = None


class Grammar(Protocol):
    """How a language reports what somebody said."""

    def source(
        self, marking: Marking, cue: Cue, before: ReportingClause | None = None
    ) -> ReportingClause | None:
        """Whose clause a cue stands in; None where nobody is credited by it.

        Args:
            marking: the article with its evidence.
            cue: one of its cues, or one made of a word that may be a cue.
            before: the reporting clause before this one, whose speaker ", adding that …" has.
        """
        ...

    def content(self, marking: Marking, clause: ReportingClause) -> Content | None:
        """What a reporting clause reports; None where nothing is reported."""
        ...
