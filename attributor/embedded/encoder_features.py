"""What the learned engine makes of an encoder's log-odds: features like others, in steps.

Every function gives no features where no encoder reads, so that without one nothing changes. The
encoder sees each word by itself here; what it links to a cue is made features in `link_features`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from attributor.embedded import feature_templates as templates
from attributor.embedded.encoder.evidence import Evidence, Odds
from attributor.embedded.encoder.links import UNREAD_LOG_ODDS
from attributor.marking.spans import Span

if TYPE_CHECKING:
    from attributor.embedded.token_arrays import Sheet
    from attributor.marking import Mention

_STEPS_LOG_ODDS = (-4.5, -3.5, -2.5, -1.5, -0.75, 0.0, 0.75, 1.5, 2.5, 3.5, 4.5)
"""Log-odds' step is how many of these they reach, from 0 to 11."""
BASE = 12
"""Two steps are mixed as digits to this base."""
_COUNT_STEPS_WORDS = (1, 2, 3, 5, 8, 13, 21, 34)
"""A number of words' step is how many of these it reaches, from 0 to 8."""
_SENTENCE_REACH_TOKENS = 60
"""A sentence is looked at up to this distance to each side of the cue."""
NO_SOURCE = BASE
"""The step of a source that there is not."""
_PARAGRAPH_REACH_TOKENS = 400
"""A paragraph is looked at up to this distance to each side of the cue."""


def step(odds: float) -> int:
    """Log-odds in steps, from 0 to 11."""
    return bisect_right(_STEPS_LOG_ODDS, odds)


def some(words: int) -> int:
    """A number of words in steps, from 0 to 8."""
    return bisect_right(_COUNT_STEPS_WORDS, words)


# --- cues ---------------------------------------------------------------------------------------


def is_cue(sheet: Sheet, i: int) -> bool:
    """Whether the encoder takes the word at token `i` for the first of a cue."""
    evidence = sheet.evidence
    if evidence is None or not sheet.is_word[i] or evidence.cue[i] <= 0:
        return False
    return i == 0 or evidence.cue[i - 1] <= 0


def of_cue(sheet: Sheet, i: int) -> list[int]:
    """Features of token `i` as a cue of speech."""
    evidence = sheet.evidence
    if evidence is None:
        return []
    own, thought, content = evidence.cue[i], evidence.thought_cue[i], evidence.content[i]
    before, after = _at(evidence.cue, i - 1), _at(evidence.cue, i + 1)
    first, last = near(sheet, i)
    said = some(evidence.content.held(first, last))
    return [
        *templates.ENCODER_CUE.features(
            step(own),
            int(own * 2),
            step(own) * BASE + step(thought),
            step(own) * BASE + step(content),
            step(own) * BASE + step(evidence.source[i]),
            step(own) * BASE + step(before),
            step(own) * BASE + step(after),
            step(own) * BASE + said,
            step(own) * 2 + (own >= max(before, after)),
            (i in sheet.cues) * BASE + step(own),
        ),
        *templates.ENCODER_CUE_WORDS.features(
            (sheet.word[i], step(own)),
            (sheet.kind[i], step(own)),
            (sheet.word[i], step(thought)),
        ),
    ]


def beside(sheet: Sheet, evidence: Evidence, i: int) -> tuple[Odds, Odds]:
    """What the encoder takes for content and source of token `i`, in its paragraph."""
    first, last = sheet.paragraphs[sheet.paragraph_of[i]]
    reach = _PARAGRAPH_REACH_TOKENS
    return evidence.beside(i, max(first, i - reach), min(last, i + reach))


def near(sheet: Sheet, i: int) -> tuple[int, int]:
    """What lies around token `i` in its sentence."""
    first, last = sheet.sentences[sheet.sentence_of[i]]
    return max(first, i - _SENTENCE_REACH_TOKENS), min(last, i + _SENTENCE_REACH_TOKENS)


# --- sources ------------------------------------------------------------------------------------


def best_and_rival(
    sheet: Sheet, i: int, source: Sequence[float] | Odds, tokens: range
) -> tuple[int, int]:
    """The steps of the highest log-odds of a source among a mention's tokens, and beside them."""
    first, last = near(sheet, i)
    others = (source[j] for j in range(first, last) if j not in tokens)
    return step(max(source[j] for j in tokens)), step(max(others, default=UNREAD_LOG_ODDS))


def of_source(sheet: Sheet, i: int, mention: Mention, form: int, distance: int) -> list[int]:
    """Features of `mention` as the source of the cue at token `i`.

    Args:
        sheet: the article.
        i: the cue.
        mention: the mention.
        form: its side and type, as a number below 12.
        distance: its side and distance, as a number below 60.
    """
    evidence = sheet.evidence
    if evidence is None:
        return []
    tokens = sheet.range_of(mention)
    best, rival = best_and_rival(sheet, i, evidence.source, tokens)
    mean = step(sum(evidence.source[tokens.start : tokens.stop]) / len(tokens))
    begins = step(evidence.source_begins[tokens.start])
    cue = step(evidence.cue[i])
    gap = range(tokens.stop, i) if tokens.stop <= i else range(i + 1, tokens.start)
    cues = min(evidence.cues_in(gap.start, gap.stop), 2)
    said = some(evidence.content.held(gap.start, gap.stop)) if gap else 0
    inside = step(evidence.content[tokens.start])
    return [
        *templates.ENCODER_SOURCE.features(
            best,
            best * BASE + mean,
            best * BASE + begins,
            best * BASE + form,
            best * 60 + distance,
            best * BASE + cue,
            best * BASE + rival,
            best * BASE + inside,
            best * BASE + cues,
            best * BASE + said,
            (best * BASE + rival) * 3 + cues,
            cues * 60 + distance,
        ),
        *templates.ENCODER_SOURCE_WORDS.features(
            (sheet.word[i], best), (sheet.word[tokens.stop - 1], best)
        ),
    ]


# --- content ------------------------------------------------------------------------------------


def cuts(sheet: Sheet, i: int, first: int, last: int) -> Iterable[int]:
    """The tokens in `first:last` at which the encoder has content begin or end, for the cue `i`."""
    evidence = sheet.evidence
    if evidence is None:
        return
    content, (linked, _) = evidence.content, beside(sheet, evidence, i)
    begins, ends = evidence.content_begins, evidence.content_ends
    for j in range(first + 1, last):
        crosses = (content[j] > 0) != (content[j - 1] > 0) or (linked[j] > 0) != (linked[j - 1] > 0)
        if crosses or begins[j] > 0 or ends[j - 1] > 0:
            yield j


def of_piece(sheet: Sheet, i: int, piece: Span, place: int) -> tuple[list[int], tuple[int, ...]]:
    """Features of a piece beside a cue, and what is mixed with the label before it.

    Args:
        sheet: the article.
        i: the cue.
        piece: its first token, and the one after its last.
        place: on which side of the cue it lies and what the rules take of it, as a number below 6.
    """
    evidence = sheet.evidence
    first, last = piece
    if evidence is None:
        return [], ()
    mean = step(evidence.content.mean(first, last))
    opens, before = step(evidence.content[first]), step(evidence.content[first - 1])
    begins, closed = (
        step(evidence.content_begins[first]),
        step(_at(evidence.content_ends, first - 1)),
    )
    ends, after = step(evidence.content_ends[last - 1]), step(evidence.content[last])
    features = [
        *templates.ENCODER_PIECE.features(
            mean,
            int(evidence.content.mean(first, last) * 2),
            mean * 6 + place,
            mean * BASE + opens,
            mean * BASE + step(evidence.cue[i]),
            mean * BASE + begins,
            mean * BASE + ends,
            mean * BASE + after,
        ),
        *templates.ENCODER_PIECE_WORDS.features(
            (sheet.word[i], mean), (sheet.word[i], mean * 6 + place)
        ),
    ]
    edges = (mean, mean * BASE + before, mean * BASE + begins, begins * BASE + closed)
    return features, edges


def _at(values: Sequence[float], place: int) -> float:
    return values[place] if 0 <= place < len(values) else UNREAD_LOG_ODDS


def own_drafts(sheet: Sheet, i: int, start: int, end: int) -> list[tuple[Span, ...]]:
    """What the encoder takes for content in `start:end`, which holds the cue at token `i`.

    That is the nearest on each side of the cue, and all of its sentence.
    """
    evidence = sheet.evidence
    if evidence is None:
        return []
    found = evidence.stretches(evidence.content, start, end)
    content, _ = beside(sheet, evidence, i)
    linked = tuple(evidence.stretches(content, start, end))
    first, last = sheet.sentences[sheet.sentence_of[i]]
    here = tuple((a, b) for a, b in found if a < last and b > first)
    ahead = [span for span in found if span[1] <= i][-1:]
    behind = [span for span in found if span[0] > i][:1]
    drafts = (linked, here, tuple(ahead), tuple(behind), tuple(ahead + behind))
    return [draft for draft in dict.fromkeys(drafts) if draft]


# --- candidates and drafts as wholes ------------------------------------------------------------


def of_candidate(sheet: Sheet, i: int, source: range, odds: int, sourced: int) -> list[int]:
    """Features of a candidate.

    Args:
        sheet: the article.
        i: its cue.
        source: the tokens of its source; none without a source.
        odds: the log-odds of its cue in steps, below 20.
        sourced: the log-odds of its source in steps, below 20.
    """
    evidence = sheet.evidence
    if evidence is None:
        return []
    cue = step(evidence.cue[i])
    first, last = near(sheet, i)
    own = step(max(evidence.source[j] for j in source)) if source else NO_SOURCE
    said = some(evidence.content.held(first, last))
    others = evidence.cues_in(first, last) - (evidence.cue[i] > 0)
    return templates.ENCODER_CANDIDATE.features(
        cue,
        cue * 20 + odds,
        own * 20 + sourced,
        cue * 13 + own,
        (cue * 13 + own) * 9 + said,
        cue * 9 + said,
        cue * 4 + max(0, min(others, 3)),
        cue * BASE + step(evidence.content[i]),
        cue * BASE + step(evidence.thought_cue[i]),
    )
