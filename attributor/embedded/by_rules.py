"""Attribution by rules over marking: from cues and marked passages to a Proposal.

Cues are read from left to right. Each looks for its subject, then for what it reports; a cue
inside what another one reports is passed over. Marked passages that stand on their own beside
attributed speech (the rest of a paragraph, a quote that opens anew at each paragraph) then join
it, and speech that lost its marks reaches back to its paragraph's start.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

from attributor.embedded.allowance import Allowance
from attributor.marking import Cue, Marking, Mention, Passage
from attributor.marking.spans import Span, Stretches, any_overlap
from attributor.records import Piece, Proposal, ProposedQuote, ProposedSpeaker
from attributor.reporting import (
    VERBAL,
    Content,
    ReportingClause,
    Told,
    announcer,
    grammar_of,
    is_reported,
    is_unsaid,
    leads_to_somebody,
    may_go_on,
    reports_alone,
    takes_object,
    takes_title,
    told_outright,
)

_BEFORE_SPEECH = frozenset('.!?:,”"»')
_MAX_QUOTES_PER_SIDE = 20
"""No more quotes than this to each side of a sentence are looked at for who speaks in it."""
_MIN_SPEECH_WORDS = 4
"""A marked passage of this many words can be speech without a cue of its own."""

_MAX_PULL_QUOTES = 20
"""An article has no more pull quotes than this."""


@dataclass
class FoundQuote:
    """A quote in the making."""

    spans: list[Span]
    cue: Cue | None
    mention: Mention | None
    own_words: bool | None
    paragraph: int
    speaker: ProposedSpeaker | None = None

    def touches(self, start: int, end: int) -> bool:
        """Whether one of the spans has a character in common with `start:end`."""
        return any_overlap([(start, end)], self.spans)


def propose(marking: Marking, allowed: Allowance) -> Proposal:
    """Every quote that the rules find; speakers are left to their mentions.

    Args:
        marking: the article with its evidence.
        allowed: how many cues may be read.
    """
    told = Outright(marking)
    found = [*told.quotes, *reported_by(marking, marking.cues, allowed, told)]
    join_passages(marking, found)
    reach_back(marking, found)
    found += free_speech(marking, found, allowed)
    return proposal(marking, ((quote, None) for quote in found))


def proposal(marking: Marking, found: Iterable[tuple[FoundQuote, float | None]]) -> Proposal:
    """Quotes and their confidences as a proposal, with the speakers that the layout names."""
    speakers: dict[ProposedSpeaker, int] = {}
    quotes = []
    for quote, confidence in found:
        leave_opening(marking, quote)
        named = quote.speaker
        number = None if named is None else speakers.setdefault(named, len(speakers))
        quotes.append(proposed(quote, confidence, number))
    return Proposal(quotes=tuple(quotes), speakers=tuple(speakers))


def leave_opening(marking: Marking, quote: FoundQuote) -> None:
    """Takes the bullet, clock time or dateline off a quote that begins with its paragraph."""
    first, end = min(quote.spans)
    begins = marking.end_of_opening(marking.paragraph_at(first))
    if first < begins < end:
        quote.spans[quote.spans.index((first, end))] = (begins, end)


def proposed(
    quote: FoundQuote, confidence: float | None = None, speaker: int | None = None
) -> ProposedQuote:
    """The quote as a proposal; rules alone have no confidence."""
    cue = quote.cue if quote.cue and quote.cue.kind != "label" else None  # a colon is no word
    return ProposedQuote(
        pieces=tuple(Piece(start=a, end=b) for a, b in sorted(quote.spans)),
        cue=Piece(start=cue.start, end=cue.end) if cue else None,
        mention=Piece(start=quote.mention.start, end=quote.mention.end) if quote.mention else None,
        own_words=quote.own_words,
        confidence=confidence,
        speaker=speaker,
    )


class Outright:
    """What the article tells outright, and where nothing else is looked for."""

    def __init__(self, marking: Marking) -> None:
        told = told_outright(marking)
        self.quotes = [_told(marking, each) for each in told]
        self._held = Stretches(each.held for each in told)
        self._said = Stretches(span for each in told for span in each.spans)

    def holds(self, cue: Cue) -> bool:
        """Whether a cue is part of what is told so, or what leads up to it."""
        edges = cue.start, cue.end
        return self._held.touches(edges) or self._said.touches(edges)

    def says(self, spans: Iterable[Span]) -> bool:
        """Whether one of the spans has a character in common with what is said."""
        return any(self._said.touches(span) for span in spans)


def _told(marking: Marking, told: Told) -> FoundQuote:
    speaker = ProposedSpeaker(name=told.name, role=told.role) if told.name or told.role else None
    paragraph = marking.paragraph_at(told.spans[0][0])
    spans = list(told.spans)
    return FoundQuote(spans, told.cue, told.mention, told.own_words, paragraph, speaker)


def reported_by(
    marking: Marking,
    cues: Iterable[Cue],
    allowed: Allowance,
    told: Outright,
    held: Sequence[Span] = (),
) -> list[FoundQuote]:
    """What the rules find for these cues outside of `held`, spans in the order of the text."""
    grammar = grammar_of(marking.pack)
    found: list[FoundQuote] = []
    named: ReportingClause | None = None
    for cue in cues:
        if told.holds(cue) or any(quote.touches(cue.start, cue.end) for quote in found[-3:]):
            continue
        if _is_held(held, cue.start, cue.end) or not allowed.covers(cue.start):
            continue
        allowed.take(1)
        if cue.kind in VERBAL and _is_unsaid(marking, cue):
            continue
        clause = grammar.source(marking, cue, named)
        content = grammar.content(marking, clause) if clause else None
        if clause is None or content is None or told.says(content.spans):
            continue
        if _is_object(marking, cue, content) or any(_is_held(held, *s) for s in content.spans):
            continue
        if not any(quote.touches(a, b) for quote in found[-3:] for a, b in content.spans):
            found.append(_quote(marking, clause, content))
            named = clause if clause.mention else named
    return found


def _is_held(held: Sequence[Span], start: int, end: int) -> bool:
    """Whether one of the spans, which stand in the order of the text, overlaps `start:end`."""
    near = held[max(bisect_left(held, (start,)) - 1, 0) : bisect_left(held, (end,))]
    return any_overlap([(start, end)], near)


def _is_unsaid(marking: Marking, cue: Cue) -> bool:
    start, _ = marking.near_in_sentence(cue.start)
    return is_unsaid(marking, marking.index_at(cue.start), marking.index_at(start))


def _is_object(marking: Marking, cue: Cue, content: Content) -> bool:
    spans = content.spans
    bare = all(a > cue.start and not marking.passages_touching(a, b) for a, b in spans)
    index = marking.index_at(cue.start)
    return (bare and takes_object(marking, index)) or takes_title(marking, index)


def _quote(marking: Marking, clause: ReportingClause, content: Content) -> FoundQuote:
    paragraph = marking.paragraph_at(clause.cue.start)
    return FoundQuote(list(content.spans), clause.cue, clause.mention, content.own_words, paragraph)


# --- marked passages without a cue of their own -----------------------------------------------


def join_passages(marking: Marking, found: list[FoundQuote]) -> None:
    """Gives each free passage to the attributed speech that it continues.

    A marked paragraph behind indirect speech is a quote of its own, added to `found`; so is a
    passage that a colon announces, and in some languages one of whole sentences.
    """
    speech = _Speech(marking, found)
    passages = marking.passages
    last_in = {quote.paragraph: quote for quote in sorted(found, key=_end)}
    for i, passage in enumerate(passages):
        if i in speech.owner:
            continue
        near = _continued(marking, i, passage, speech)
        before = last_in.get(passage.paragraph - 1)
        mention = announcer(marking, passage)
        if mention is None and near and _stands_alone(marking, passage, near):
            mention = near.mention
        if mention is None and not near and before and _follows(marking, passage, before):
            mention = before.mention
        if mention is None:
            speech.give(i, near)
            continue
        spans = [(passage.start, passage.end)]
        found.append(FoundQuote(spans, None, mention, None, passage.paragraph))
        speech.owner[i] = found[-1]
    for i in reversed(range(len(passages))):
        following = passages[i].continues
        if i not in speech.owner and following is not None:
            speech.give(i, speech.owner.get(following))
    found += pull_quotes(marking, speech.owner)


def _stands_alone(marking: Marking, passage: Passage, near: FoundQuote) -> bool:
    """Whether a passage in the paragraph of its speaker is a quote of its own: whole sentences."""
    if not marking.pack.marked_sentences_stand_alone or near.paragraph != passage.paragraph:
        return False
    ends = marking.text[passage.end - 1] in ".!?…"
    return ends and _begins_sentence(marking, passage) and not _is_short(marking, passage)


def _end(quote: FoundQuote) -> int:
    """Where the words of a quote and its cue end."""
    return max(*(end for _, end in quote.spans), quote.cue.end if quote.cue else 0)


def _follows(marking: Marking, passage: Passage, quote: FoundQuote) -> bool:
    """Whether a marked paragraph goes on with what the last sentence before it reports."""
    if quote.mention is None or quote.cue is None or not _is_whole_paragraph(marking, passage):
        return False
    _, end = marking.paragraphs[passage.paragraph - 1]
    start, _ = marking.sentence_at(end - 1)
    return _end(quote) > start and not _is_short(marking, passage)


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
    if is_reported(marking, passage) or leads_to_somebody(marking, passage):
        return None
    if _is_short(marking, passage):
        return speech.owner.get(i - 1) if _goes_on_alone(marking, i, passage) else None
    near = speech.near(passage)
    if near:
        return near if _begins_sentence(marking, passage) else None
    before = marking.passages[i - 1] if i else None
    if before is None or before.paragraph != passage.paragraph - 1:
        return None
    if before.continues == i or _is_whole_paragraph(marking, passage):
        return speech.owner.get(i - 1)
    return None


def _is_short(marking: Marking, passage: Passage) -> bool:
    return len(marking.words_in(passage.start, passage.end)) < _MIN_SPEECH_WORDS


def _goes_on_alone(marking: Marking, i: int, passage: Passage) -> bool:
    """Whether a few words that are a paragraph go on with the speech that ended the one before."""
    if not i or not _is_whole_paragraph(marking, passage):
        return False
    before = marking.passages[i - 1]
    _, end = marking.paragraphs[before.paragraph]
    ends_paragraph = not marking.words_in(before.outer_end, end)
    is_sentence = marking.text[passage.end - 1] in ".!?…"
    adjoins = before.paragraph == passage.paragraph - 1
    return adjoins and (before.continues == i or (ends_paragraph and is_sentence))


def _begins_sentence(marking: Marking, passage: Passage) -> bool:
    index = marking.index_at(passage.outer_start)
    return index == 0 or marking.tokens[index - 1].low in _BEFORE_SPEECH


def _is_whole_paragraph(marking: Marking, passage: Passage) -> bool:
    start, end = marking.paragraphs[passage.paragraph]
    outside = (start, passage.outer_start), (passage.outer_end, end)
    return not any(marking.word_count(*span) for span in outside)


def pull_quotes(marking: Marking, owner: Mapping[int, FoundQuote]) -> list[FoundQuote]:
    """Marked paragraphs that nobody was credited with, and that repeat what somebody was."""
    passages = marking.passages
    free = [p for i, p in enumerate(passages) if i not in owner and _is_whole_paragraph(marking, p)]
    if not free or len(free) > _MAX_PULL_QUOTES:
        return []
    words = {i: f" {' '.join(_words(marking, passages[i]))} " for i in owner}
    found = []
    for passage in free:
        own = f" {' '.join(_words(marking, passage))} "
        same = (
            None
            if _is_short(marking, passage)
            else next((i for i in words if own in words[i]), None)
        )
        if same is not None:
            spans = [(passage.start, passage.end)]
            found.append(FoundQuote(spans, None, owner[same].mention, None, passage.paragraph))
    return found


def _words(marking: Marking, passage: Passage) -> list[str]:
    return marking.words_in(passage.start, passage.end)


# --- speech that its mood alone reports -------------------------------------------------------


def free_speech(marking: Marking, found: list[FoundQuote], allowed: Allowance) -> list[FoundQuote]:
    """What goes on to be reported in sentences without a cue: "Er sagte, …. Das sei …."

    A quote of its own for each run of such sentences in a paragraph, of the speaker before it or
    the person with whom the sentence before it begins. Each counts as a cue that is read.
    """
    added: list[FoundQuote] = []
    if not marking.pack.reported_mood:
        return added
    held = sorted(span for quote in found for span in quote.spans)
    places = [place(quote) for quote in found]
    for number, (start, end) in enumerate(marking.sentences):
        if _is_held(held, start, end) or not may_go_on(marking, number):
            continue
        paragraph = marking.paragraph_at(start)
        previous = marking.sentences[number - 1] if number else (0, 0)
        if added and added[-1].paragraph == paragraph and added[-1].spans[0][1] == previous[1]:
            added[-1].spans = [(added[-1].spans[0][0], end)]
            continue
        own = bisect_left(places, start)
        near = found[max(own - _MAX_QUOTES_PER_SIDE, 0) : own + _MAX_QUOTES_PER_SIDE]
        mention = _speaker_in(marking, previous, paragraph, near)
        if mention is None and reports_alone(marking, number):
            mention = _whom_it_begins_with(marking, previous, paragraph)
        if mention and allowed.covers(start):
            allowed.take(1)
            added.append(FoundQuote([(start, end)], None, mention, False, paragraph))
    return added


def place(quote: FoundQuote) -> int:
    """Where its cue is, or its first words where it has none."""
    return quote.cue.start if quote.cue else quote.spans[0][0]


def _speaker_in(
    marking: Marking, sentence: Span, paragraph: int, found: list[FoundQuote]
) -> Mention | None:
    """Who is last said to speak in the sentence, or to be its reporting verb's subject."""
    before = marking.paragraph_at(sentence[0])
    if before < paragraph - 1:
        return None
    spoken = [q for q in found if q.touches(*sentence) or (q.cue and _within(q.cue, sentence))]
    if spoken or before != paragraph:
        return spoken[-1].mention if spoken else None
    source = grammar_of(marking.pack).source
    cues = (cue for cue in marking.cues_in(*sentence) if cue.kind in VERBAL)
    clause = next((c for cue in cues if (c := source(marking, cue))), None)
    return clause.mention if clause else None


def _whom_it_begins_with(marking: Marking, sentence: Span, paragraph: int) -> Mention | None:
    """The person with whom the sentence begins: "Brink rejects that. The plan (they say) is …"."""
    if marking.paragraph_at(sentence[0]) != paragraph:
        return None
    mention = marking.mention_at(marking.index_at(sentence[0]))
    return mention if mention and (mention.type == "name" or mention.gender) else None


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
