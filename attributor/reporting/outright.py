"""Who said what, where the article tells it outright: by its layout, or by a fixed phrase.

No grammar is needed here and nothing is learned: a turn has a label, a statement is signed, a
paragraph leads up to the next one, "X as saying" names who spoke. Both engines take these first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from attributor.marking import Cue, Marking, Mention, Turn
from attributor.marking.spans import Span, Stretches
from attributor.reporting.grammar import Grammar
from attributor.reporting.grammars import grammar_of, label_of
from attributor.reporting.lead_ins import lead_ins, manners
from attributor.reporting.own_views import own_views
from attributor.reporting.passives import passives
from attributor.reporting.relays import relays


@dataclass(frozen=True, slots=True)
class Told:
    """A quote whose speaker is told outright.

    `name` is how the layout names the speaker elsewhere, and "" with `role` set where it gives
    nothing but a role. Cues within `held` report nothing else.
    """

    spans: tuple[Span, ...]
    mention: Mention | None
    cue: Cue | None
    held: Span
    name: str = ""
    role: str = ""
    own_words: bool | None = None


def told_outright(marking: Marking) -> tuple[Told, ...]:
    """All that is told outright, in the order of what was said; nothing is told twice."""
    grammar = grammar_of(marking.pack)
    found = [_turn(marking, turn) for turn in marking.turns]
    for told in (_by_lead_ins(marking, grammar), _by_phrases(marking, grammar)):
        said = Stretches(span for each in found for span in each.spans)
        found += [each for each in told if not any(said.touches(span) for span in each.spans)]
    return tuple(sorted(found, key=lambda told: told.spans))


def _turn(marking: Marking, turn: Turn) -> Told:
    spans = tuple((passage.start, passage.end) for passage in turn.passages)
    start, end = turn.label
    held = (min(start, spans[0][0]), max(end, spans[-1][1]))
    if turn.is_named:
        return Told(spans, label_of(marking, turn), None, held, turn.name)
    label = marking.text[start:end].lower()
    asks = any(label in pair for pair in marking.pack.asked_and_answered)
    return Told(spans, None, None, held, role="" if asks else label)


def _by_lead_ins(marking: Marking, grammar: Grammar) -> Iterator[Told]:
    for lead in (*lead_ins(marking, grammar), *manners(marking)):
        own = None if lead.is_marked else True
        yield Told((lead.content,), lead.mention, lead.cue, lead.sentence, own_words=own)


def _by_phrases(marking: Marking, grammar: Grammar) -> Iterator[Told]:
    quoted = relays(marking, 0, len(marking.text))
    relayed = ((clause, grammar.content(marking, clause)) for clause in quoted)
    end = 0
    told = (*relayed, *own_views(marking), *passives(marking))
    for clause, content in sorted(told, key=lambda pair: pair[0].start):
        if content is not None and min(content.spans)[0] >= end:
            held = (clause.start, clause.end)
            yield Told(content.spans, clause.mention, clause.cue, held, own_words=content.own_words)
            end = max(content.spans)[1]
