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
from attributor.marking.page import Bounds, Page
from attributor.records import Piece, Proposal, ProposedQuote
from attributor.reporting import content_by_commas as reported
from attributor.reporting import content_by_order as contents
from attributor.reporting import source_by_commas as clauses
from attributor.reporting import source_by_order as subjects
from attributor.reporting.content_by_order import VERBAL, Content

_BEFORE_SPEECH = frozenset('.!?:,”"»')
_WHOLE = 4
"""A marked passage of at least so many words can be speech without a cue of its own."""


@dataclass
class Found:
    """A quote in the making."""

    spans: list[Bounds]
    cue: Cue | None
    mention: Mention | None
    own_words: bool | None
    paragraph: int

    def covers(self, start: int, end: int) -> bool:
        """Whether one of the spans overlaps `start:end`."""
        return any(a < end and start < b for a, b in self.spans)


def propose(marking: Marking) -> Proposal:
    """Every quote that the rules find; speakers are left to their mentions."""
    page = Page(marking)
    found = _reported(page)
    join_passages(page, found)
    reach_back(page, found)
    found += free_speech(page, found)
    return Proposal(quotes=tuple(proposed(quote) for quote in found))


def proposed(quote: Found, confidence: float | None = None) -> ProposedQuote:
    """The quote as a proposal; rules alone have no confidence."""
    cue = quote.cue if quote.cue and quote.cue.kind != "label" else None  # a colon is no word
    return ProposedQuote(
        pieces=tuple(Piece(start=a, end=b) for a, b in sorted(quote.spans)),
        cue=Piece(start=cue.start, end=cue.end) if cue else None,
        mention=Piece(start=quote.mention.start, end=quote.mention.end) if quote.mention else None,
        own_words=quote.own_words,
        confidence=confidence,
    )


def _reported(page: Page) -> list[Found]:
    found: list[Found] = []
    for cue in page.marking.cues:
        if any(quote.covers(cue.start, cue.end) for quote in found[-3:]):
            continue
        quote = _read(page, cue, found)
        if quote and not any(quote.covers(a, b) for old in found[-3:] for a, b in old.spans):
            found.append(quote)
    return found


def _read(page: Page, cue: Cue, found: list[Found]) -> Found | None:
    mention, content = _READERS[cue.kind](page, cue, found)
    if content is None:
        return None
    paragraph = page.paragraph(cue.start)
    return Found(list(content.spans), cue, mention, content.own_words, paragraph)


Reading = tuple[Mention | None, Content | None]


def _verb(page: Page, cue: Cue, found: list[Found]) -> Reading:
    subject = subject_of(page, cue, found) or _left_out(page, cue)
    if subject is None:
        return None, None
    return subject.mention, content_of(page, cue, subject)


def subject_of(page: Page, cue: Cue, found: list[Found]) -> subjects.Subject | None:
    """The subject of a verb cue: its own, or that of the reporting clause before it."""
    by_clauses = page.language.commas_part_clauses
    own = clauses.find(page, cue) if by_clauses else subjects.find(page, cue)
    return own or carried_over(page, cue, found)


def content_of(page: Page, cue: Cue, subject: subjects.Subject) -> Content | None:
    """What a verb cue reports."""
    of_verb = reported.of_verb if page.language.commas_part_clauses else contents.of_verb
    return of_verb(page, cue, subject)


def _left_out(page: Page, cue: Cue) -> subjects.Subject | None:
    """No mention, where the language leaves pronouns out and the verb opens its sentence."""
    start, _ = page.sentence(cue.start)
    if page.language.drops_subject and not page.words(start, cue.start):
        return subjects.Subject(None, cue.start, cue.end)
    return None


def carried_over(page: Page, cue: Cue, found: list[Found]) -> subjects.Subject | None:
    """The subject of ", adding that …" and of "… and said that …": that of the sentence so far."""
    start, _ = page.sentence(cue.start)
    if not subjects.goes_on(page, cue):
        return None
    for quote in reversed(found):
        if quote.cue is None or quote.cue.start < start:
            break
        if quote.mention:
            return subjects.Subject(quote.mention, cue.start, cue.end)
    named = page.mentions_between(start, cue.start)
    return subjects.Subject(named[0], cue.start, cue.end) if named else None


def preposition(page: Page, cue: Cue, found: list[Found]) -> Reading:
    """The mention behind "according to", and the clause that it stands beside."""
    if page.language.commas_part_clauses:
        credit = clauses.credited(page, cue)
        content = reported.of_preposition(page, cue, credit) if credit else None
        return (credit.mention if credit else None), content
    mention = subjects.following(page, page.index(cue.end))
    if mention is None:
        return None, None
    _, end = page.sentence(cue.start)
    after = page.text.find(",", mention.end, end)
    return mention, contents.of_preposition(page, cue, mention.end if after < 0 else after)


def label(page: Page, cue: Cue, found: list[Found]) -> Reading:
    """The name before a colon, and what follows it."""
    start, _ = page.marking.paragraphs[page.paragraph(cue.start)]
    named = [m for m in page.mentions_between(start, cue.start) if m.type != "pronoun"]
    if not named or named[0].start != start:
        return None, None
    return named[0], contents.of_label(page, cue)


_READERS = {"verb": _verb, "noun": _verb, "preposition": preposition, "label": label}


# --- marked passages without a cue of their own -----------------------------------------------


def join_passages(page: Page, found: list[Found]) -> None:
    """Gives each free passage to the attributed speech that it continues."""
    speech = _Speech(page, found)
    passages = page.marking.passages
    for i, passage in enumerate(passages):
        if i not in speech.owner:
            speech.give(i, _continued(page, i, passage, speech))
    for i in reversed(range(len(passages))):
        following = passages[i].continues
        if i not in speech.owner and following is not None:
            speech.give(i, speech.owner.get(following))


class _Speech:
    """Which quote holds which marked passage, by the passage's index."""

    def __init__(self, page: Page, found: list[Found]) -> None:
        self.page = page
        self.owner: dict[int, Found] = {}
        self._of_paragraph: dict[int, list[tuple[int, Found]]] = {}
        for quote in found:
            held = [i for start, end in quote.spans for i in page.passages_between(start, end)]
            self.owner.update(dict.fromkeys(held, quote))
            if held:
                first = min(quote.spans)[0]
                self._of_paragraph.setdefault(quote.paragraph, []).append((first, quote))
        for quotes in self._of_paragraph.values():
            quotes.sort(key=itemgetter(0))

    def give(self, i: int, quote: Found | None) -> None:
        """Makes passage `i` a span of `quote`, if there is one."""
        if quote is not None:
            passage = self.page.marking.passages[i]
            quote.spans.append((passage.start, passage.end))
            self.owner[i] = quote

    def near(self, passage: Passage) -> Found | None:
        """The last speech before the passage in its paragraph, else the first after it."""
        quotes = self._of_paragraph.get(passage.paragraph, [])
        before = bisect_left(quotes, passage.start, key=itemgetter(0))
        return quotes[max(before - 1, 0)][1] if quotes else None


def _continued(page: Page, i: int, passage: Passage, speech: _Speech) -> Found | None:
    short = len(page.words(passage.start, passage.end)) < _WHOLE
    if short or contents.is_reported(page, passage):
        return None
    near = speech.near(passage)
    if near:
        return near if _begins_sentence(page, passage) else None
    before = page.marking.passages[i - 1] if i else None
    if before is None or before.paragraph != passage.paragraph - 1:
        return None
    if before.continues == i or _is_whole_paragraph(page, passage):
        return speech.owner.get(i - 1)
    return None


def _begins_sentence(page: Page, passage: Passage) -> bool:
    index = page.index(passage.outer_start)
    return index == 0 or page.tokens[index - 1].low in _BEFORE_SPEECH


def _is_whole_paragraph(page: Page, passage: Passage) -> bool:
    start, end = page.marking.paragraphs[passage.paragraph]
    return not page.words(start, passage.outer_start) and not page.words(passage.outer_end, end)


# --- speech that its mood alone reports -------------------------------------------------------


def free_speech(page: Page, found: list[Found]) -> list[Found]:
    """What goes on to be reported in sentences without a cue: "Er sagte, …. Das sei …."

    A quote of its own for each run of such sentences in a paragraph, of the speaker before it.
    """
    added: list[Found] = []
    if not page.language.reported_mood:
        return added
    held = sorted(span for quote in found for span in quote.spans)
    for number, (start, end) in enumerate(page.marking.sentences):
        near = held[bisect_left(held, (start,)) - 1 : bisect_left(held, (end,))]
        if any(a < end and start < b for a, b in near) or not reported.is_free(page, number):
            continue
        paragraph = page.paragraph(start)
        previous = page.marking.sentences[number - 1] if number else (0, 0)
        if added and added[-1].paragraph == paragraph and added[-1].spans[0][1] == previous[1]:
            added[-1].spans = [(added[-1].spans[0][0], end)]
        elif mention := _speaker_in(page, previous, paragraph, found):
            added.append(Found([(start, end)], None, mention, False, paragraph))
    return added


def _speaker_in(page: Page, sentence: Bounds, paragraph: int, found: list[Found]) -> Mention | None:
    """Who is last said to speak in the sentence, or to be its reporting verb's subject."""
    if page.paragraph(sentence[0]) != paragraph:
        return None
    spoken = [q for q in found if q.covers(*sentence) or (q.cue and _within(q.cue, sentence))]
    if spoken:
        return spoken[-1].mention
    cues = (cue for cue in page.cues_between(*sentence) if cue.kind in VERBAL)
    subject = next((s for cue in cues if (s := subject_of(page, cue, found))), None)
    return subject.mention if subject else None


def _within(cue: Cue, bounds: Bounds) -> bool:
    return bounds[0] <= cue.start < bounds[1]


# --- lost quotation marks -------------------------------------------------------------------


def reach_back(page: Page, found: list[Found]) -> None:
    """Speech that lost its marks begins with its paragraph: "…. …, Dacic said."

    Only where the paragraph has no marks, nothing else in it is attributed, and somebody speaks
    in the first person there.
    """
    quotes_in = Counter(quote.paragraph for quote in found)
    for quote in found:
        if quote.cue is None or quote.cue.kind not in VERBAL:
            continue
        start, _ = page.marking.paragraphs[quote.paragraph]
        first = min(quote.spans)[0]
        if first > quote.cue.start or quotes_in[quote.paragraph] > 1:
            continue
        if page.passages_between(*page.marking.paragraphs[quote.paragraph]):
            continue
        if any(w in page.language.first_person for w in page.words(start, quote.cue.start)):
            spans = sorted(quote.spans)
            quote.spans = [(start, spans[0][1]), *spans[1:]]
            quote.own_words = True
