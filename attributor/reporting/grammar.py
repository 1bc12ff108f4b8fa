"""Reporting clauses: who is said to have said something, where the article itself says so."""

from __future__ import annotations

from dataclasses import dataclass

from attributor.marking.evidence import Cue, Marking, Mention
from attributor.marking.page import Page
from attributor.reporting import source_by_order as subjects


@dataclass(frozen=True, slots=True)
class Report:
    """A cue with its mention, and where the clause of both begins and ends (code points)."""

    cue: Cue
    mention: Mention
    start: int
    end: int


def reports(marking: Marking, start: int, end: int) -> tuple[Report, ...]:
    """Every cue in `start:end` (code points) that has a mention, in the order of the text."""
    page = Page(marking)
    found: list[Report] = []
    for cue in page.cues_between(start, end):
        report = _READERS[cue.kind](page, cue) or _carried_over(page, cue, found)
        if report:
            found.append(report)
    return tuple(found)


def _verb(page: Page, cue: Cue) -> Report | None:
    subject = subjects.find(page, cue)
    if subject is None or subject.mention is None:
        return None
    return Report(cue, subject.mention, subject.start, subject.end)


def _carried_over(page: Page, cue: Cue, found: list[Report]) -> Report | None:
    """The clause of ", adding that …": its mention is that of the sentence so far."""
    start, _ = page.sentence(cue.start)
    if not subjects.goes_on(page, cue):
        return None
    if found and found[-1].cue.start >= start:
        return Report(cue, found[-1].mention, cue.start, cue.end)
    mention = next(iter(page.mentions_between(start, cue.start)), None)
    return Report(cue, mention, cue.start, cue.end) if mention else None


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
