"""Which stretch of an article was said: from the pieces that were found to the spans of a quote.

Conventions:

- marked speech lies inside its quotation marks, without the comma that only leads over to the
  cue; a final full stop, question or exclamation mark inside the marks stays;
- of speech that is said to be the speaker's own words, and has marks, the cue between the marks is
  no part, even where a piece takes it in;
- an indirect quote loses a leading "that" and the full stop of the sentence around it;
- pieces of one paragraph with nothing but white space and marks between them are one span, unless
  they are two marked passages; no span crosses the end of a paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from attributor.grounding.folding import INVISIBLE, joins, with_marks_of
from attributor.marking import Marking
from attributor.marking.quotation import CHARACTERS, PAIRS
from attributor.marking.spans import Span, covers
from attributor.records import QuoteKind

_MAX_TRIMMING_ROUNDS = 12
"""How often an edge is trimmed, so that one of signs alone takes no long time."""
_CLAUSE_FOLLOWS = re.compile(r"[\s,:]\W*\w+\W+\w")
"""What follows a conjunction: "that they won", but not "that treaty", where the word points."""
_WORD = re.compile(r"[^\W_]")
"""A letter or a digit."""
_FULL_STOP = re.compile(r"[.!?…]+")
"""The signs that end a sentence."""
_ABBREVIATION = re.compile(r"[.…]\w{0,2}\.$")
"""A full stop that belongs to an abbreviation."""
_NEITHER_SPACE_NOR_MARK = re.compile(rf"[^\s{re.escape(''.join(sorted(CHARACTERS)))}]")
"""Whatever is more than white space and quotation marks."""
_CLOSING_MARKS_OF = {sign: "".join(PAIRS.get(sign, "")) for sign in CHARACTERS}
"""The marks that may close what each mark opens."""
_OPENING_MARKS_OF = {
    sign: "".join(o for o, closers in PAIRS.items() if sign in closers) for sign in CHARACTERS
}
"""The marks that may open what each mark closes."""


def content(marking: Marking, pieces: Sequence[Span]) -> tuple[Span, ...]:
    """What was said, of the pieces that were found: in order, merged, and trimmed."""
    merged: list[Span] = []
    for part in sorted(part for piece in pieces for part in _by_paragraph(marking, piece)):
        if merged and _goes_on(marking, merged[-1], part):
            merged[-1] = merged[-1][0], max(merged[-1][1], part[1])
        else:
            merged.append(part)
    trimmed = (trim(marking, *part) for part in merged)
    spans = dict.fromkeys(_balance(marking, *span) for span in trimmed if span)
    return tuple(spans)


def without_cue(marking: Marking, spans: Sequence[Span], cue: Span) -> tuple[Span, ...]:
    """Spans of marked speech without the cue between the marks that one of them takes in."""
    parts: list[Span] = []
    for span in spans:
        takes_in = covers(span, cue) and not marking.passage_at(cue[0])
        parts += (takes_in and marking.marked_parts(span)) or [span]
    return content(marking, parts)


def _by_paragraph(marking: Marking, piece: Span) -> list[Span]:
    first, last = marking.paragraph_at(piece[0]), marking.paragraph_at(piece[1] - 1)
    cuts = [piece[0], *(s for s, _ in marking.paragraphs[first + 1 : last + 1]), piece[1]]
    return [part for part in pairwise(cuts) if part[0] < part[1]]


def _goes_on(marking: Marking, one: Span, other: Span) -> bool:
    """Whether `other` overlaps `one` or goes on, in its paragraph, where it ends."""
    if other[0] < one[1]:
        return True
    if _NEITHER_SPACE_NOR_MARK.search(marking.text, one[1], other[0]):
        return False
    if marking.paragraph_at(one[1] - 1) != marking.paragraph_at(other[0]):
        return False
    before, after = marking.passage_at(one[1] - 1), marking.passage_at(other[0])
    return before is after or not (before and after)


def kind(marking: Marking, spans: Sequence[Span], own_words: bool | None) -> QuoteKind:
    """Direct where every span is marked or claimed to be the speaker's own words.

    What a conjunction opens outside marks ("said that …") is nobody's own words, whatever is
    claimed.
    """
    reported = any(_opened(marking, *span) and not marking.is_marked(span) for span in spans)
    if (own_words and not reported) or all(map(marking.is_marked, spans)):
        return "direct"
    return "mixed" if any(map(marking.marked_parts, spans)) else "indirect"


def clause(marking: Marking, start: int, end: int) -> Span:
    """An indirect span without a leading "that" and without its sentence's full stop."""
    text = marking.text
    if marking.is_marked((start, end)):
        return start, end
    after = _opened(marking, start, end)
    if after:
        start = (trim(marking, after, end) or (start, end))[0]
    if not _ABBREVIATION.search(text, max(start, end - 5), end) and text[end - 1] == ".":
        end -= 1
    return start, end


def _opened(marking: Marking, start: int, end: int) -> int | None:
    """Where the conjunction that opens the span ends; None if there is none."""
    for word in marking.pack.introduces_content:
        after = start + len(word)
        if marking.text.startswith(word, start) and _CLAUSE_FOLLOWS.match(marking.text, after, end):
            return after
    return None


def trim(marking: Marking, start: int, end: int) -> Span | None:
    """The span without space, commas and unbalanced marks at its edges; None if no word is left."""
    unpaired: set[str] = set()
    for _ in range(_MAX_TRIMMING_ROUNDS):
        before = start, end
        start, end = _trim_signs(marking.text, start, end)
        start, end = _trim_passage(marking, start, end)
        start, end = _trim_stray_marks(marking.text, start, end, unpaired)
        if start >= end or before == (start, end):
            break
    if not _WORD.search(marking.text, start, end):
        return None
    return start, with_marks_of(marking.text, end)


def _trim_signs(text: str, start: int, end: int) -> Span:
    while start < end and _leads(text, start) and not joins(text, start + 1):
        start += 1
    while start < end and _trails(text, end - 1) and not joins(text, end):
        end -= 1
    return start, end


def _leads(text: str, index: int) -> bool:
    sign = text[index]
    if sign in "-–—―.":  # a dialogue dash, but not a minus or a decimal point
        return not text[index + 1 : index + 2].isdigit()
    return sign.isspace() or sign in INVISIBLE or sign in ",;:!?)]}"


def _trails(text: str, index: int) -> bool:
    sign = text[index]
    if sign in "-–—―":
        return index > 0 and text[index - 1].isspace()
    return sign.isspace() or sign in INVISIBLE or sign in ",;:([{"


def _trim_passage(marking: Marking, start: int, end: int) -> Span:
    """Without a passage's marks at the edges, unless both stand inside the span."""
    if start >= end:
        return start, end
    first, last = marking.passage_at(start), marking.passage_at(end - 1)
    if first and start < first.start and (first.outer_end >= end or start > first.outer_start):
        start = first.start
    if last and end > last.end and (last.outer_start <= start or end < last.outer_end):
        end = max(start, last.end)
    return start, end


def _trim_stray_marks(text: str, start: int, end: int, unpaired: set[str]) -> Span:
    """Without a mark at an edge that has no partner in the span, or has it at the other edge.

    `unpaired` remembers the marks that are known to have none.
    """
    while start < end and _is_stray(text, start, (start + 1, end), _CLOSING_MARKS_OF, unpaired):
        start += 1
    while end - 1 > start and not (text[end - 1] in "'’" and text[end - 2].isalnum()):
        if not _is_stray(text, end - 1, (start, end - 1), _OPENING_MARKS_OF, unpaired):
            break
        end -= 1
    partners = _CLOSING_MARKS_OF.get(text[start : start + 1], "")
    pair = end - 1 > start and text[end - 1] in partners
    if pair and all(text.find(sign, start + 1, end - 1) < 0 for sign in partners):
        return start + 1, end - 1
    return start, end


def _is_stray(
    text: str, index: int, rest: Span, partners: dict[str, str], unpaired: set[str]
) -> bool:
    sign = text[index]
    if sign not in partners or joins(text, index + 1):
        return False
    if sign not in unpaired and all(text.find(p, *rest) < 0 for p in partners[sign]):
        unpaired.add(sign)
    return sign in unpaired


def _balance(marking: Marking, start: int, end: int) -> Span:
    """The span with what belongs to its edges: the mark to a mark inside it, a sentence's end."""
    text, first, last = marking.text, marking.passage_at(start), marking.passage_at(end - 1)
    opened = first and first.outer_start < start and first.outer_end < end
    if first and opened and not _WORD.search(text, first.start, start):
        start = first.outer_start
    if last and last.closed and end <= last.end:
        if last.outer_start < start:
            stop = _FULL_STOP.match(text, end, last.end)
            end = stop.end() if stop else end
        elif not _WORD.search(text, end, last.end):
            end = last.outer_end
    return start, end
