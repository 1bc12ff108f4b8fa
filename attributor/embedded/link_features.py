"""What the learned engine makes of what an encoder links to a cue: features like others, in steps.

Where `encoder_features` tells of each word whether it is content or source at all, this tells
whether it belongs to the cue in question. Every function gives no features where no encoder reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from attributor.embedded import feature_templates as templates
from attributor.embedded.encoder.evidence import Evidence, Odds
from attributor.embedded.encoder_features import BASE, NO_SOURCE, beside, best_and_rival, some, step
from attributor.marking.spans import Span

if TYPE_CHECKING:
    from attributor.embedded.token_arrays import Sheet
    from attributor.marking import Mention

_NO_CUE_LOG_ODDS = -4.0
"""What is less likely a cue than this is not asked for what belongs to it, for the sake of time."""
_MAX_OFFSET_WORDS = 6
"""An edge that is farther than this from the encoder's is as wrong as one at this distance."""


def of_cue(sheet: Sheet, i: int) -> list[int]:
    """Features of token `i` as a cue of speech: how much belongs to it, and how surely."""
    evidence = sheet.evidence
    if evidence is None or evidence.cue[i] < _NO_CUE_LOG_ODDS:
        return []
    content, source = beside(sheet, evidence, i)
    own, said = step(evidence.cue[i]), some(content.held(content.first, content.last))
    best, named = step(content.highest), step(source.highest)
    return templates.LINKED_CUE.features(
        said,
        best,
        named,
        own * 9 + said,
        own * BASE + best,
        own * BASE + named,
        (said * BASE + best) * BASE + named,
    )


def of_source(sheet: Sheet, i: int, mention: Mention, form: int, distance: int) -> list[int]:
    """Features of `mention` as the source of the cue at token `i`: see `encoder_features`."""
    evidence = sheet.evidence
    if evidence is None:
        return []
    tokens = sheet.range_of(mention)
    content, source = beside(sheet, evidence, i)
    best, rival = best_and_rival(sheet, i, source, tokens)
    alone = step(max(evidence.source[j] for j in tokens))
    return templates.LINKED_SOURCE.features(
        best,
        best * BASE + rival,
        best * BASE + form,
        best * 60 + distance,
        best * BASE + alone,
        best * BASE + step(content[tokens.start]),
    )


def of_piece(sheet: Sheet, i: int, piece: Span, place: int) -> tuple[list[int], tuple[int, ...]]:
    """Features of a piece beside a cue, and what is mixed with the label before it.

    What is given is explained in `encoder_features`.
    """
    evidence = sheet.evidence
    if evidence is None:
        return [], ()
    first, last = piece
    content, _ = beside(sheet, evidence, i)
    odds = content.mean(first, last)
    mean, alone = step(odds), step(evidence.content.mean(first, last))
    opens, before = step(content[first]), step(content[first - 1])
    gap = (last, i) if first < i else (i + 1, first)
    cues = min(evidence.cues_in(*gap), 2)
    apart = max(-2, min(2, sheet.sentence_of[first] - sheet.sentence_of[i])) + 2
    features = templates.LINKED_PIECE.features(
        mean,
        int(odds * 2),
        mean * 6 + place,
        mean * BASE + alone,
        (mean * BASE + alone) * 6 + place,
        mean * BASE + opens,
        mean * BASE + step(content[last - 1]),
        mean * BASE + step(content[last]),
        mean * BASE + before,
        mean * BASE + step(evidence.content_begins[first]),
        (mean * 3 + cues) * 6 + place,
        (mean * 5 + apart) * 6 + place,
    )
    return features, (mean, mean * BASE + before, opens * BASE + before, mean * BASE + alone)


def of_candidate(sheet: Sheet, i: int, source: range, odds: int, sourced: int) -> list[int]:
    """Features of a candidate: see `encoder_features`."""
    evidence = sheet.evidence
    if evidence is None:
        return []
    content, sources = beside(sheet, evidence, i)
    best = step(max(sources[j] for j in source)) if source else NO_SOURCE
    said, named = some(content.held(content.first, content.last)), step(sources.highest)
    own = step(content[i])
    return templates.LINKED_CANDIDATE.features(
        best,
        best * BASE + named,
        best * 20 + sourced,
        best * 20 + odds,
        best * 9 + said,
        (best * 9 + said) * BASE + step(evidence.cue[i]),
        said * 20 + odds,
        step(content.highest) * 20 + odds,
        own * 20 + odds,
    )


def of_draft(sheet: Sheet, i: int, runs: Sequence[Span], shape: int) -> list[int]:
    """Features of a draft: its `runs` of words, and where they lie from the cue as a number."""
    evidence = sheet.evidence
    if evidence is None:
        return []
    content, source = beside(sheet, evidence, i)
    words = sum(sheet.words_to[b] - sheet.words_to[a] for a, b in runs)
    held = sum(content.held(a, b) for a, b in runs)
    share, missed = 10 * held // words, some(words - held)
    left_out = some(content.held(content.first, content.last) - held)
    mean = step(sum(content.total(a, b) for a, b in runs) / words)
    alone = step(sum(evidence.content.total(a, b) for a, b in runs) / words)
    first, last = runs[0][0], runs[-1][1]
    left = _offset(sheet, evidence, content, first - 1, first)
    right = _offset(sheet, evidence, content, last, last - 1)
    cue, named = step(evidence.cue[i]), step(source.highest)
    exact = (left == right == 0) * 99 + share * 9 + left_out
    return [
        *templates.LINKED_DRAFT.features(
            mean,
            share,
            left_out,
            mean * 30 + shape,
            share * 30 + shape,
            missed * 11 + share,
            missed * 30 + shape,
            left_out * 30 + shape,
            left_out * 11 + share,
            mean * BASE + alone,
            cue * BASE + mean,
            (cue * 11 + share) * 9 + left_out,
            (named * 11 + share) * 9 + left_out,
            left,
            right,
            left * 16 + right,
            exact,
            exact * 30 + shape,
        ),
        *templates.LINKED_DRAFT_WORDS.features((sheet.word[i], share), (sheet.word[i], left_out)),
    ]


def _offset(sheet: Sheet, evidence: Evidence, odds: Odds, outside: int, inside: int) -> int:
    """How far an edge is from where the encoder has it, as a number below 16.

    0: here; 1 and more: so many words beyond the edge are content too; 8 and more: so many words
    at the edge are none.
    """
    way = 1 if outside > inside else -1
    more = _count(sheet, evidence, odds, outside, way, content=True)
    if more:
        return more
    none = _count(sheet, evidence, odds, inside, -way, content=False)
    return 7 + none if none else 0


def _count(sheet: Sheet, evidence: Evidence, odds: Odds, j: int, way: int, *, content: bool) -> int:
    """How many words from token `j` on are content, or none; counted up to a limit."""
    edges = evidence.content_ends if way < 0 else evidence.content_begins
    count = 0
    while 0 <= j < sheet.count and count < _MAX_OFFSET_WORDS:
        if sheet.is_word[j]:
            other = content and edges[j] > 0
            if odds.holds(j) != content or other:
                break
            count += 1
        j += way
    return count
