"""Attribution by rules over marking: from cues and marked passages to a Proposal.

Cues are read from left to right. Each looks for its subject, then for what it reports; a cue
inside what another one reports is passed over. Marked passages that stand on their own beside
attributed speech (the rest of a paragraph, a quote that opens anew at each paragraph) then join
it, and speech that lost its marks reaches back to its paragraph's start.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from attributor.embedded import contents, subjects
from attributor.embedded.contents import Content
from attributor.embedded.page import Bounds, Page
from attributor.marking import Cue, Marking, Mention, Passage
from attributor.records import Piece, Proposal, ProposedQuote

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
    passages: list[Passage] = field(default_factory=list)

    def covers(self, start: int, end: int) -> bool:
        """Whether one of the spans overlaps `start:end`."""
        return any(a < end and start < b for a, b in self.spans)


def propose(marking: Marking) -> Proposal:
    """Every quote that the rules find; speakers are left to their mentions."""
    page = Page(marking)
    found = _reported(page)
    _join_passages(page, found)
    _reach_back(page, found)
    return Proposal(quotes=tuple(_proposed(quote) for quote in found))


def _proposed(quote: Found) -> ProposedQuote:
    return ProposedQuote(
        pieces=tuple(Piece(start=a, end=b) for a, b in sorted(quote.spans)),
        cue=Piece(start=quote.cue.start, end=quote.cue.end) if quote.cue else None,
        mention=Piece(start=quote.mention.start, end=quote.mention.end) if quote.mention else None,
        own_words=quote.own_words,
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
    subject = subjects.find(page, cue) or _carried_over(page, cue, found)
    if subject is None:
        return None, None
    return subject.mention, contents.of_verb(page, cue, subject)


def _carried_over(page: Page, cue: Cue, found: list[Found]) -> subjects.Subject | None:
    """The subject of ", adding that …" and of "… and said that …": that of the sentence so far."""
    start, _ = page.sentence(cue.start)
    index = page.index(cue.start)
    before = page.tokens[index - 1].low if index else ""
    participle = page.language.participle
    is_participle = bool(participle) and page.tokens[index].low.endswith(participle)
    if not (is_participle and before == ",") and before not in ("and", "but"):
        return None
    earlier = [q for q in found if q.cue and start <= q.cue.start and q.mention]
    if earlier:
        return subjects.Subject(earlier[-1].mention, cue.start, cue.end)
    named = page.mentions_between(start, cue.start)
    return subjects.Subject(named[0], cue.start, cue.end) if named else None


def _preposition(page: Page, cue: Cue, found: list[Found]) -> Reading:
    mention = subjects.following(page, page.index(cue.end))
    if mention is None:
        return None, None
    _, end = page.sentence(cue.start)
    after = page.text.find(",", mention.end, end)
    return mention, contents.of_preposition(page, cue, mention.end if after < 0 else after)


def _label(page: Page, cue: Cue, found: list[Found]) -> Reading:
    start, _ = page.marking.paragraphs[page.paragraph(cue.start)]
    named = [m for m in page.mentions_between(start, cue.start) if m.type != "pronoun"]
    if not named or named[0].start != start:
        return None, None
    return named[0], contents.of_label(page, cue)


_READERS = {"verb": _verb, "noun": _verb, "preposition": _preposition, "label": _label}


# --- marked passages without a cue of their own -----------------------------------------------


def _join_passages(page: Page, found: list[Found]) -> None:
    """Gives each free passage to the attributed speech that it continues."""
    passages = page.marking.passages
    for i, passage in enumerate(passages):
        quote = None if _taken(passage, found) else _continued(page, i, passage, found)
        if quote:
            quote.spans.append((passage.start, passage.end))
    for passage in reversed(passages):
        if passage.continues is not None and not _taken(passage, found):
            following = passages[passage.continues]
            for quote in found:
                if quote.covers(following.start, following.end):
                    quote.spans.append((passage.start, passage.end))
                    break


def _taken(passage: Passage, found: list[Found]) -> bool:
    return any(quote.covers(passage.start, passage.end) for quote in found)


def _continued(page: Page, i: int, passage: Passage, found: list[Found]) -> Found | None:
    short = len(page.words(passage.start, passage.end)) < _WHOLE
    if short or contents.is_reported(page, passage):
        return None
    near = [q for q in found if q.paragraph == passage.paragraph and _is_speech(page, q)]
    if near and _begins_sentence(page, passage):
        earlier = [q for q in near if min(q.spans)[0] < passage.start]
        return (earlier or near)[-1 if earlier else 0]
    before = page.marking.passages[i - 1] if i else None
    if before is None or before.paragraph != passage.paragraph - 1 or near:
        return None
    if before.continues == i or _is_whole_paragraph(page, passage):
        return next((q for q in reversed(found) if q.covers(before.start, before.end)), None)
    return None


def _is_speech(page: Page, quote: Found) -> bool:
    """Whether the quote holds a marked passage: only speech goes on as speech."""
    passages = page.passages_by_paragraph.get(quote.paragraph, ())
    return any(quote.covers(p.start, p.end) for p in passages)


def _begins_sentence(page: Page, passage: Passage) -> bool:
    lead = page.text[: passage.outer_start].rstrip()
    return not lead or lead[-1] in '.!?:”"»,'


def _is_whole_paragraph(page: Page, passage: Passage) -> bool:
    start, end = page.marking.paragraphs[passage.paragraph]
    return not page.words(start, passage.outer_start) and not page.words(passage.outer_end, end)


# --- lost quotation marks -------------------------------------------------------------------


def _reach_back(page: Page, found: list[Found]) -> None:
    """Speech that lost its marks begins with its paragraph: "…. …, Dacic said."

    Only where the paragraph has no marks, nothing else in it is attributed, and somebody speaks
    in the first person there.
    """
    for quote in found:
        if quote.cue is None or quote.cue.kind != "verb":
            continue
        start, _ = page.marking.paragraphs[quote.paragraph]
        first = min(quote.spans)[0]
        alone = sum(q.paragraph == quote.paragraph for q in found) == 1
        if first > quote.cue.start or page.passages_by_paragraph.get(quote.paragraph) or not alone:
            continue
        if any(w in page.language.first_person for w in page.words(start, quote.cue.start)):
            spans = sorted(quote.spans)
            quote.spans = [(start, spans[0][1]), *spans[1:]]
            quote.own_words = True
