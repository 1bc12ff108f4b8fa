"""Attribution by rules over marking: from cues and marked passages to a Proposal.

Cues are read from left to right. Each looks for its subject, then for what it reports; a cue
inside what another one reports is passed over. Marked passages that stand on their own beside
attributed speech (the rest of a paragraph, a quote that opens anew at each paragraph) then join
it, and speech that lost its marks reaches back to its paragraph's start.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from operator import itemgetter

from attributor.marking import Cue, Marking, Mention, Passage
from attributor.marking.spans import Span, any_overlap
from attributor.records import Piece, Proposal, ProposedQuote
from attributor.reporting import (
    VERBAL,
    Content,
    ReportingClause,
    grammar_of,
    is_reported,
    is_reported_by_mood,
    is_unsaid,
    takes_object,
)

_BEFORE_SPEECH = frozenset('.!?:,”"»')
_MIN_SPEECH_WORDS = 4
"""A marked passage of this many words can be speech without a cue of its own."""


@dataclass
class FoundQuote:
    """A quote in the making."""

    spans: list[Span]
    cue: Cue | None
    mention: Mention | None
    own_words: bool | None
    paragraph: int

    def touches(self, start: int, end: int) -> bool:
        """Whether one of the spans has a character in common with `start:end`."""
        return any_overlap([(start, end)], self.spans)


def propose(marking: Marking) -> Proposal:
    """Every quote that the rules find; speakers are left to their mentions."""
    found = _reported(marking)
    join_passages(marking, found)
    reach_back(marking, found)
    found += free_speech(marking, found)
    return Proposal(quotes=tuple(proposed(quote) for quote in found))


def proposed(quote: FoundQuote, confidence: float | None = None) -> ProposedQuote:
    """The quote as a proposal; rules alone have no confidence."""
    cue = quote.cue if quote.cue and quote.cue.kind != "label" else None  # a colon is no word
    return ProposedQuote(
        pieces=tuple(Piece(start=a, end=b) for a, b in sorted(quote.spans)),
        cue=Piece(start=cue.start, end=cue.end) if cue else None,
        mention=Piece(start=quote.mention.start, end=quote.mention.end) if quote.mention else None,
        own_words=quote.own_words,
        confidence=confidence,
    )


def _reported(marking: Marking) -> list[FoundQuote]:
    grammar = grammar_of(marking.pack)
    found: list[FoundQuote] = []
    named: ReportingClause | None = None
    for cue in marking.cues:
        if any(quote.touches(cue.start, cue.end) for quote in found[-3:]):
            continue
        if cue.kind in VERBAL and _is_unsaid(marking, cue):
            continue
        clause = grammar.source(marking, cue, named)
        content = grammar.content(marking, clause) if clause else None
        if clause is None or content is None or _is_object(marking, cue, content):
            continue
        if not any(quote.touches(a, b) for quote in found[-3:] for a, b in content.spans):
            found.append(_quote(marking, clause, content))
            named = clause if clause.mention else named
    return found


def _is_unsaid(marking: Marking, cue: Cue) -> bool:
    start, _ = marking.near_in_sentence(cue.start)
    return is_unsaid(marking, marking.index_at(cue.start), marking.index_at(start))


def _is_object(marking: Marking, cue: Cue, content: Content) -> bool:
    spans = content.spans
    bare = all(a > cue.start and not marking.passages_touching(a, b) for a, b in spans)
    return bare and takes_object(marking, marking.index_at(cue.start))


def _quote(marking: Marking, clause: ReportingClause, content: Content) -> FoundQuote:
    paragraph = marking.paragraph_at(clause.cue.start)
    return FoundQuote(list(content.spans), clause.cue, clause.mention, content.own_words, paragraph)


# --- marked passages without a cue of their own -----------------------------------------------


def join_passages(marking: Marking, found: list[FoundQuote]) -> None:
    """Gives each free passage to the attributed speech that it continues."""
    speech = _Speech(marking, found)
    passages = marking.passages
    for i, passage in enumerate(passages):
        if i not in speech.owner:
            speech.give(i, _continued(marking, i, passage, speech))
    for i in reversed(range(len(passages))):
        following = passages[i].continues
        if i not in speech.owner and following is not None:
            speech.give(i, speech.owner.get(following))


class _Speech:
    """Which quote holds which marked passage, by the passage's index."""

    def __init__(self, marking: Marking, found: list[FoundQuote]) -> None:
        self.marking = marking
        self.owner: dict[int, FoundQuote] = {}
        self._of_paragraph: dict[int, list[tuple[int, FoundQuote]]] = {}
        for quote in found:
            held = [i for start, end in quote.spans for i in marking.passages_touching(start, end)]
            self.owner.update(dict.fromkeys(held, quote))
            if held:
                first = min(quote.spans)[0]
                self._of_paragraph.setdefault(quote.paragraph, []).append((first, quote))
        for quotes in self._of_paragraph.values():
            quotes.sort(key=itemgetter(0))

    def give(self, i: int, quote: FoundQuote | None) -> None:
        """Makes passage `i` a span of `quote`, if there is one."""
        if quote is not None:
            passage = self.marking.passages[i]
            quote.spans.append((passage.start, passage.end))
            self.owner[i] = quote

    def near(self, passage: Passage) -> FoundQuote | None:
        """The last speech before the passage in its paragraph, else the first after it."""
        quotes = self._of_paragraph.get(passage.paragraph, [])
        before = bisect_left(quotes, passage.start, key=itemgetter(0))
        return quotes[max(before - 1, 0)][1] if quotes else None


def _continued(marking: Marking, i: int, passage: Passage, speech: _Speech) -> FoundQuote | None:
    short = len(marking.words_in(passage.start, passage.end)) < _MIN_SPEECH_WORDS
    if short or is_reported(marking, passage):
        return None
    near = speech.near(passage)
    if near:
        return near if _begins_sentence(marking, passage) else None
    before = marking.passages[i - 1] if i else None
    if before is None or before.paragraph != passage.paragraph - 1:
        return None
    if before.continues == i or _is_whole_paragraph(marking, passage):
        return speech.owner.get(i - 1)
    return None


def _begins_sentence(marking: Marking, passage: Passage) -> bool:
    index = marking.index_at(passage.outer_start)
    return index == 0 or marking.tokens[index - 1].low in _BEFORE_SPEECH


def _is_whole_paragraph(marking: Marking, passage: Passage) -> bool:
    start, end = marking.paragraphs[passage.paragraph]
    before = marking.words_in(start, passage.outer_start)
    return not before and not marking.words_in(passage.outer_end, end)


# --- speech that its mood alone reports -------------------------------------------------------


def free_speech(marking: Marking, found: list[FoundQuote]) -> list[FoundQuote]:
    """What goes on to be reported in sentences without a cue: "Er sagte, …. Das sei …."

    A quote of its own for each run of such sentences in a paragraph, of the speaker before it.
    """
    added: list[FoundQuote] = []
    if not marking.pack.reported_mood:
        return added
    held = sorted(span for quote in found for span in quote.spans)
    for number, (start, end) in enumerate(marking.sentences):
        near = held[bisect_left(held, (start,)) - 1 : bisect_left(held, (end,))]
        if any_overlap([(start, end)], near) or not is_reported_by_mood(marking, number):
            continue
        paragraph = marking.paragraph_at(start)
        previous = marking.sentences[number - 1] if number else (0, 0)
        if added and added[-1].paragraph == paragraph and added[-1].spans[0][1] == previous[1]:
            added[-1].spans = [(added[-1].spans[0][0], end)]
        elif mention := _speaker_in(marking, previous, paragraph, found):
            added.append(FoundQuote([(start, end)], None, mention, False, paragraph))
    return added


def _speaker_in(
    marking: Marking, sentence: Span, paragraph: int, found: list[FoundQuote]
) -> Mention | None:
    """Who is last said to speak in the sentence, or to be its reporting verb's subject."""
    if marking.paragraph_at(sentence[0]) != paragraph:
        return None
    spoken = [q for q in found if q.touches(*sentence) or (q.cue and _within(q.cue, sentence))]
    if spoken:
        return spoken[-1].mention
    source = grammar_of(marking.pack).source
    cues = (cue for cue in marking.cues_in(*sentence) if cue.kind in VERBAL)
    clause = next((c for cue in cues if (c := source(marking, cue))), None)
    return clause.mention if clause else None


def _within(cue: Cue, bounds: Span) -> bool:
    return bounds[0] <= cue.start < bounds[1]


# --- lost quotation marks -------------------------------------------------------------------


def reach_back(marking: Marking, found: list[FoundQuote]) -> None:
    """Speech that lost its marks begins with its paragraph: "…. …, Dacic said."

    Only where the paragraph has no marks, nothing else in it is attributed, and somebody speaks
    in the first person there.
    """
    quotes_in = Counter(quote.paragraph for quote in found)
    for quote in found:
        if quote.cue is None or quote.cue.kind not in VERBAL:
            continue
        start, _ = marking.paragraphs[quote.paragraph]
        first = min(quote.spans)[0]
        if first > quote.cue.start or quotes_in[quote.paragraph] > 1:
            continue
        if marking.passages_touching(*marking.paragraphs[quote.paragraph]):
            continue
        if any(w in marking.pack.first_person for w in marking.words_in(start, quote.cue.start)):
            spans = sorted(quote.spans)
            quote.spans = [(start, spans[0][1]), *spans[1:]]
            quote.own_words = True
