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
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise

from attributor.grounding.folding import INVISIBLE, joins, with_marks_of
from attributor.marking import Marking, Passage
from attributor.marking.language import load
from attributor.marking.quotation import CHARACTERS, PAIRS
from attributor.records import QuoteKind

Edges = tuple[int, int]
"""Start and end of a stretch of the text: code points, end exclusive."""

# More kinds of signs in turn than any real edge has; it bounds the work on an edge of signs alone.
_ROUNDS = 12
# "that they won", but not "that treaty", where the word points.
_CLAUSE = re.compile(r"[\s,:]\W*\w+\W+\w")
_WORD = re.compile(r"[^\W_]")
_FULL_STOP = re.compile(r"[.!?…]+")
_ABBREVIATION = re.compile(r"[.…]\w{0,2}\.$")
_NEITHER_SPACE_NOR_MARK = re.compile(rf"[^\s{re.escape(''.join(sorted(CHARACTERS)))}]")
# Which signs may be the partner of a mark: behind an opening one, before a closing one.
_CLOSING = {sign: "".join(PAIRS.get(sign, "")) for sign in CHARACTERS}
_OPENING = {
    sign: "".join(o for o, closers in PAIRS.items() if sign in closers) for sign in CHARACTERS
}


class Layout:
    """An article's paragraphs and marked passages, by their edges."""

    def __init__(self, marking: Marking) -> None:
        self.text = marking.text
        self.paragraphs = marking.paragraphs
        self.passages = marking.passages
        self.opening = {p.outer_start: p for p in marking.passages}
        self.closing = {p.outer_end: p for p in marking.passages}
        self.conjunctions = load(marking.language).introduces_content
        self._paragraph_starts = [start for start, _ in marking.paragraphs]
        self._passage_starts = [p.outer_start for p in marking.passages]
        self._sentences = marking.sentences
        self._sentence_starts = [start for start, _ in marking.sentences]
        self._mentions = [(mention.start, mention.end) for mention in marking.mentions]

    def sentence(self, index: int) -> Edges:
        """The sentence that `index` lies in or behind; the whole text where there is none."""
        place = max(0, bisect_right(self._sentence_starts, index) - 1)
        return self._sentences[place] if self._sentences else (0, len(self.text))

    def mentions(self, start: int, end: int) -> list[Edges]:
        """The mention candidates that begin in `start:end`."""
        first, last = (bisect_left(self._mentions, (edge,)) for edge in (start, end))
        return self._mentions[first:last]

    def paragraph(self, index: int) -> int:
        """The number of the paragraph that `index` lies in or behind."""
        return max(0, bisect_right(self._paragraph_starts, index) - 1)

    def passage(self, index: int) -> Passage | None:
        """The passage that `index` lies in, its marks included."""
        place = bisect_right(self._passage_starts, index) - 1
        if place < 0 or index >= self.passages[place].outer_end:
            return None
        return self.passages[place]

    def is_marked(self, span: Edges) -> bool:
        """Whether all of `span` lies inside one passage."""
        passage = self.passage(span[0])
        return passage is not None and passage.start <= span[0] and span[1] <= passage.end

    def marked_parts(self, span: Edges) -> list[Edges]:
        """What of `span` lies inside passages, their marks included."""
        first = max(0, bisect_right(self._passage_starts, span[0]) - 1)
        last = bisect_left(self._passage_starts, span[1])
        parts = [
            (max(p.outer_start, span[0]), min(p.outer_end, span[1]))
            for p in self.passages[first:last]
        ]
        return [part for part in parts if part[0] < part[1]]

    def has_marked(self, span: Edges) -> bool:
        """Whether some of `span` lies inside a passage."""
        return bool(self.marked_parts(span))


def content(layout: Layout, pieces: Sequence[Edges]) -> tuple[Edges, ...]:
    """What was said, of the pieces that were found: in order, merged, and trimmed."""
    merged: list[Edges] = []
    for part in sorted(part for piece in pieces for part in _by_paragraph(layout, piece)):
        if merged and _goes_on(layout, merged[-1], part):
            merged[-1] = merged[-1][0], max(merged[-1][1], part[1])
        else:
            merged.append(part)
    trimmed = (trim(layout, *part) for part in merged)
    spans = dict.fromkeys(_balance(layout, *span) for span in trimmed if span)
    return tuple(spans)


def without_cue(layout: Layout, spans: Sequence[Edges], cue: Edges) -> tuple[Edges, ...]:
    """Spans of marked speech without the cue between the marks that one of them takes in."""
    parts: list[Edges] = []
    for span in spans:
        takes_in = span[0] <= cue[0] and cue[1] <= span[1] and not layout.passage(cue[0])
        parts += (takes_in and layout.marked_parts(span)) or [span]
    return content(layout, parts)


def _by_paragraph(layout: Layout, piece: Edges) -> list[Edges]:
    first, last = layout.paragraph(piece[0]), layout.paragraph(piece[1] - 1)
    cuts = [piece[0], *(s for s, _ in layout.paragraphs[first + 1 : last + 1]), piece[1]]
    return [part for part in pairwise(cuts) if part[0] < part[1]]


def _goes_on(layout: Layout, one: Edges, other: Edges) -> bool:
    """Whether `other` overlaps `one` or goes on, in its paragraph, where it ends."""
    if other[0] < one[1]:
        return True
    if _NEITHER_SPACE_NOR_MARK.search(layout.text, one[1], other[0]):
        return False
    if layout.paragraph(one[1] - 1) != layout.paragraph(other[0]):
        return False
    before, after = layout.passage(one[1] - 1), layout.passage(other[0])
    return before is after or not (before and after)


def kind(layout: Layout, spans: Sequence[Edges], own_words: bool | None) -> QuoteKind:
    """Direct where every span is marked or claimed to be the speaker's own words.

    What a conjunction opens outside marks ("said that …") is nobody's own words, whatever is
    claimed.
    """
    reported = any(_opened(layout, *span) and not layout.is_marked(span) for span in spans)
    if (own_words and not reported) or all(map(layout.is_marked, spans)):
        return "direct"
    return "mixed" if any(map(layout.has_marked, spans)) else "indirect"


def clause(layout: Layout, start: int, end: int) -> Edges:
    """An indirect span without a leading "that" and without its sentence's full stop."""
    text = layout.text
    if layout.is_marked((start, end)):
        return start, end
    after = _opened(layout, start, end)
    if after:
        start = (trim(layout, after, end) or (start, end))[0]
    if not _ABBREVIATION.search(text, max(start, end - 5), end) and text[end - 1] == ".":
        end -= 1
    return start, end


def _opened(layout: Layout, start: int, end: int) -> int | None:
    """Where the conjunction that opens the span ends; None if there is none."""
    for word in layout.conjunctions:
        after = start + len(word)
        if layout.text.startswith(word, start) and _CLAUSE.match(layout.text, after, end):
            return after
    return None


def trim(layout: Layout, start: int, end: int) -> Edges | None:
    """The span without space, commas and unbalanced marks at its edges; None if no word is left."""
    unpaired: set[str] = set()
    for _ in range(_ROUNDS):
        before = start, end
        start, end = _trim_signs(layout.text, start, end)
        start, end = _trim_passage(layout, start, end)
        start, end = _trim_stray_marks(layout.text, start, end, unpaired)
        if start >= end or before == (start, end):
            break
    if not _WORD.search(layout.text, start, end):
        return None
    return start, with_marks_of(layout.text, end)


def _trim_signs(text: str, start: int, end: int) -> Edges:
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


def _trim_passage(layout: Layout, start: int, end: int) -> Edges:
    """Without a passage's marks at the edges, unless both stand inside the span."""
    if start >= end:
        return start, end
    first, last = layout.passage(start), layout.passage(end - 1)
    if first and start < first.start and (first.outer_end >= end or start > first.outer_start):
        start = first.start
    if last and end > last.end and (last.outer_start <= start or end < last.outer_end):
        end = max(start, last.end)
    return start, end


def _trim_stray_marks(text: str, start: int, end: int, unpaired: set[str]) -> Edges:
    """Without a mark at an edge that has no partner in the span, or has it at the other edge.

    `unpaired` remembers the marks that are known to have none.
    """
    while start < end and _is_stray(text, start, (start + 1, end), _CLOSING, unpaired):
        start += 1
    while end - 1 > start and not (text[end - 1] in "'’" and text[end - 2].isalnum()):
        if not _is_stray(text, end - 1, (start, end - 1), _OPENING, unpaired):
            break
        end -= 1
    partners = _CLOSING.get(text[start : start + 1], "")
    pair = end - 1 > start and text[end - 1] in partners
    if pair and all(text.find(sign, start + 1, end - 1) < 0 for sign in partners):
        return start + 1, end - 1
    return start, end


def _is_stray(
    text: str, index: int, rest: Edges, partners: dict[str, str], unpaired: set[str]
) -> bool:
    sign = text[index]
    if sign not in partners or joins(text, index + 1):
        return False
    if sign not in unpaired and all(text.find(p, *rest) < 0 for p in partners[sign]):
        unpaired.add(sign)
    return sign in unpaired


def _balance(layout: Layout, start: int, end: int) -> Edges:
    """The span with what belongs to its edges: the mark to a mark inside it, a sentence's end."""
    text, first, last = layout.text, layout.passage(start), layout.passage(end - 1)
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
