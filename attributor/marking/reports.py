"""Reporting clauses: who is said to have said something, where the article itself says so."""

from __future__ import annotations

from dataclasses import dataclass

from attributor.marking import subjects
from attributor.marking.evidence import Cue, Marking, Mention
from attributor.marking.page import Page


@dataclass(frozen=True, slots=True)
class Report:
    """A cue with its mention, and where the clause of both begins and ends (code points)."""

    cue: Cue
    mention: Mention
    start: int
    end: int


def reports(marking: Marking) -> tuple[Report, ...]:
    """Every cue of the article that has a mention, in the order of the text."""
    page = Page(marking)
    found = (_READERS[cue.kind](page, cue) for cue in marking.cues)
    return tuple(report for report in found if report)


def _verb(page: Page, cue: Cue) -> Report | None:
    subject = subjects.find(page, cue)
    if subject is None or subject.mention is None:
        return None
    return Report(cue, subject.mention, subject.start, subject.end)


def _preposition(page: Page, cue: Cue) -> Report | None:
    mention = subjects.following(page, page.index(cue.end))
    return Report(cue, mention, cue.start, mention.end) if mention else None


def _label(page: Page, cue: Cue) -> Report | None:
    start, _ = page.marking.paragraphs[page.paragraph(cue.start)]
    mention = page.mention_at(page.index(start))
    if mention is None or mention.type == "pronoun":
        return None
    return Report(cue, mention, start, cue.end)


_READERS = {"verb": _verb, "noun": _verb, "preposition": _preposition, "label": _label}
