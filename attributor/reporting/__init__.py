"""The grammar of reporting: whose clause a cue stands in, and what that clause reports.

    “The bridge is safe,” the mayor said on Monday.
     content               mention   cue

Marking finds the words that may attribute and those that may name a speaker; which of them belong
together, and what was said, is a matter of the language. There are two grammars:

- by order (English, Serbian): the subject stands right before its verb, or right behind it where
  speech goes before; what is reported follows "that" or the verb, or stands before a comma;
- by commas (German): every clause has commas around it, and within its clause the subject stands
  before its verb or anywhere behind it, told by what no preposition and no case rules out.

A language's pack says which of them it has (`grammar_of`). Both engines ask the same one: the
embedded engine proposes what it says, and what a model proposes is checked against it.
"""

from __future__ import annotations

from attributor.reporting.announcing import announcer
from attributor.reporting.grammar import VERBAL, Content, Grammar, ReportingClause
from attributor.reporting.grammars import (
    grammar_of,
    is_reported_by_mood,
    may_go_on,
    reports,
    reports_alone,
)
from attributor.reporting.objects import takes_object, takes_title
from attributor.reporting.outright import Told, told_outright
from attributor.reporting.passages import is_reported, leads_to_somebody, reporter
from attributor.reporting.unsaid import is_unsaid

__all__ = [
    "VERBAL",
    "Content",
    "Grammar",
    "ReportingClause",
    "Told",
    "announcer",
    "grammar_of",
    "is_reported",
    "is_reported_by_mood",
    "is_unsaid",
    "leads_to_somebody",
    "may_go_on",
    "reporter",
    "reports",
    "reports_alone",
    "takes_object",
    "takes_title",
    "told_outright",
]
