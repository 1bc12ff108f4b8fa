"""What the learned engine makes of an encoder's log-odds: features like others, in steps.

Every function gives no features where no encoder reads, so that without one nothing changes. The
encoder sees each word by itself; cue, source and content are put together by the engine.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from attributor.embedded import feature_templates as templates
from attributor.embedded.encoder.evidence import Evidence
from attributor.marking.spans import Span

if TYPE_CHECKING:
    from attributor.embedded.token_arrays import Sheet
    from attributor.marking import Mention

_STEPS_LOG_ODDS = (-4.5, -3.5, -2.5, -1.5, -0.75, 0.0, 0.75, 1.5, 2.5, 3.5, 4.5)
"""Log-odds' step is how many of these they reach, from 0 to 11."""
_BASE = 12
"""Two steps are mixed as digits to this base."""
_COUNT_STEPS_WORDS = (1, 2, 3, 5, 8, 13, 21, 34)
"""A number of words' step is how many of these it reaches, from 0 to 8."""
_MAX_OFFSET_WORDS = 6
"""An edge that is farther than this from the encoder's is as wrong as one at this distance."""
_SENTENCE_REACH_TOKENS = 60
"""A sentence is looked at up to this distance to each side of the cue."""


def step(odds: float) -> int:
    """Log-odds in steps, from 0 to 11."""
    return bisect_right(_STEPS_LOG_ODDS, odds)


def _some(words: int) -> int:
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
    before = evidence.cue[i - 1] if i else -6.0
    after = evidence.cue[i + 1] if i + 1 < sheet.count else -6.0
    first, last = _near(sheet, i)
    said = _some(evidence.content_words[last] - evidence.content_words[first])
    return [
        *templates.ENCODER_CUE.features(
            step(own),
            int(own * 2),
            step(own) * _BASE + step(thought),
            step(own) * _BASE + step(content),
            step(own) * _BASE + step(evidence.source[i]),
            step(own) * _BASE + step(before),
            step(own) * _BASE + step(after),
            step(own) * _BASE + said,
            step(own) * 2 + (own >= max(before, after)),
            (i in sheet.cues) * _BASE + step(own),
        ),
        *templates.ENCODER_CUE_WORDS.features(
            (sheet.word[i], step(own)),
            (sheet.kind[i], step(own)),
            (sheet.word[i], step(thought)),
        ),
    ]


def _near(sheet: Sheet, i: int) -> tuple[int, int]:
    """What lies around token `i` in its sentence."""
    first, last = sheet.sentences[sheet.sentence_of[i]]
    return max(first, i - _SENTENCE_REACH_TOKENS), min(last, i + _SENTENCE_REACH_TOKENS)


# --- sources ------------------------------------------------------------------------------------


def source_odds(evidence: Evidence, tokens: range) -> float:
    """The highest log-odds of a source among a mention's tokens."""
    return max(evidence.source[tokens.start : tokens.stop])


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
    best = step(source_odds(evidence, tokens))
    mean = step(sum(evidence.source[tokens.start : tokens.stop]) / len(tokens))
    begins = step(evidence.source_begins[tokens.start])
    cue = step(evidence.cue[i])
    gap = range(tokens.stop, i) if tokens.stop <= i else range(i + 1, tokens.start)
    cues = min(evidence.cues_in(gap.start, gap.stop), 2)
    said = _some(evidence.content_words[gap.stop] - evidence.content_words[gap.start]) if gap else 0
    inside = step(evidence.content[tokens.start])
    first, last = _near(sheet, i)
    others = (evidence.source[j] for j in range(first, last) if j not in tokens)
    rival = step(max(others, default=-6.0))
    return [
        *templates.ENCODER_SOURCE.features(
            best,
            best * _BASE + mean,
            best * _BASE + begins,
            best * _BASE + form,
            best * 60 + distance,
            best * _BASE + cue,
            best * _BASE + rival,
            best * _BASE + inside,
            best * _BASE + cues,
            best * _BASE + said,
            (best * _BASE + rival) * 3 + cues,
            cues * 60 + distance,
        ),
        *templates.ENCODER_SOURCE_WORDS.features(
            (sheet.word[i], best), (sheet.word[tokens.stop - 1], best)
        ),
    ]


# --- content ------------------------------------------------------------------------------------


def cuts(sheet: Sheet, first: int, last: int) -> Iterable[int]:
    """The tokens in `first:last` at which the encoder has content begin or end."""
    evidence = sheet.evidence
    if evidence is None:
        return
    content, begins, ends = evidence.content, evidence.content_begins, evidence.content_ends
    for j in range(first + 1, last):
        crosses = (content[j] > 0) != (content[j - 1] > 0)
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
    mean = step(evidence.mean_content(first, last))
    follows = step(evidence.mean_follows(first, last))
    opens, before = step(evidence.content[first]), step(_at(evidence.content, first - 1))
    begins, closed = (
        step(evidence.content_begins[first]),
        step(_at(evidence.content_ends, first - 1)),
    )
    ends, after = step(evidence.content_ends[last - 1]), step(_at(evidence.content, last))
    gap = range(last, i) if first < i else range(i + 1, first)
    cues = min(evidence.cues_in(gap.start, gap.stop), 2)
    apart = max(-2, min(2, sheet.sentence_of[first] - sheet.sentence_of[i])) + 2
    between = evidence.content_words[gap.stop] - evidence.content_words[gap.start] if gap else 0
    silent = _some(sheet.words_to[gap.stop] - sheet.words_to[gap.start] - between) if gap else 0
    features = [
        *templates.ENCODER_PIECE.features(
            mean,
            int(evidence.mean_content(first, last) * 2),
            mean * 6 + place,
            mean * _BASE + follows,
            (mean * _BASE + follows) * 6 + place,
            mean * _BASE + opens,
            mean * _BASE + step(evidence.cue[i]),
            (mean * 3 + cues) * 6 + place,
            (mean * 5 + apart) * 6 + place,
            (mean * 9 + silent) * 6 + place,
            mean * _BASE + begins,
            mean * _BASE + ends,
            mean * _BASE + after,
            (mean * 9 + silent) * 3 + cues,
        ),
        *templates.ENCODER_PIECE_WORDS.features(
            (sheet.word[i], mean), (sheet.word[i], mean * 6 + place)
        ),
    ]
    edges = (mean, mean * _BASE + before, mean * _BASE + begins, begins * _BASE + closed)
    return features, (*edges, (mean * 3 + cues) * 6 + place, (mean * 9 + silent) * 6 + place)


def _at(values: Sequence[float], place: int) -> float:
    return values[place] if 0 <= place < len(values) else -6.0


def own_drafts(sheet: Sheet, i: int, start: int, end: int) -> list[tuple[Span, ...]]:
    """What the encoder takes for content in `start:end`, which holds the cue at token `i`.

    That is the nearest on each side of the cue, and all of its sentence.
    """
    evidence = sheet.evidence
    if evidence is None:
        return []
    found = evidence.stretches(start, end)
    first, last = sheet.sentences[sheet.sentence_of[i]]
    here = tuple((a, b) for a, b in found if a < last and b > first)
    ahead = [span for span in found if span[1] <= i][-1:]
    behind = [span for span in found if span[0] > i][:1]
    drafts = (here, tuple(ahead), tuple(behind), tuple(ahead + behind))
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
    first, last = _near(sheet, i)
    own = step(source_odds(evidence, source)) if source else 12
    said = _some(evidence.content_words[last] - evidence.content_words[first])
    others = evidence.cues_in(first, last) - (evidence.cue[i] > 0)
    return templates.ENCODER_CANDIDATE.features(
        cue,
        cue * 20 + odds,
        own * 20 + sourced,
        cue * 13 + own,
        (cue * 13 + own) * 9 + said,
        cue * 9 + said,
        cue * 4 + max(0, min(others, 3)),
        cue * _BASE + step(evidence.content[i]),
        cue * _BASE + step(evidence.thought_cue[i]),
    )


def of_draft(sheet: Sheet, i: int, runs: Sequence[Span], shape: int) -> list[int]:
    """Features of a draft: its `runs` of words, and where they lie from the cue as a number."""
    evidence = sheet.evidence
    if evidence is None:
        return []
    words = sum(sheet.words_to[b] - sheet.words_to[a] for a, b in runs)
    held = sum(evidence.content_words[b] - evidence.content_words[a] for a, b in runs)
    share, missed = 10 * held // words, _some(words - held)
    mean = step(sum(evidence.content_sums[b] - evidence.content_sums[a] for a, b in runs) / words)
    follows = step(
        sum(evidence.follows_sums[b] - evidence.follows_sums[a] for a, b in runs) / words
    )
    left_out = _some(_left_out(sheet, evidence, i, runs))
    cues = min(sum(evidence.cues_in(a, b) for a, b in runs), 3)
    cue = step(evidence.cue[i])
    return [
        *templates.ENCODER_DRAFT.features(
            mean,
            share,
            mean * 30 + shape,
            share * 30 + shape,
            missed * 11 + share,
            missed * 30 + shape,
            left_out,
            left_out * 30 + shape,
            left_out * 11 + share,
            follows * 30 + shape,
            cues * 30 + shape,
            cue * _BASE + mean,
            (cue * 11 + share) * 9 + left_out,
            _between(evidence, i, runs) * 30 + shape,
        ),
        *templates.ENCODER_DRAFT_WORDS.features(
            (sheet.word[i], share), (sheet.word[i], left_out), (sheet.word[i], follows)
        ),
        *_of_edges(sheet, evidence, runs, shape, share * 9 + left_out),
    ]


def _of_edges(
    sheet: Sheet, evidence: Evidence, runs: Sequence[Span], shape: int, held: int
) -> list[int]:
    """How far a draft's two edges are from where the encoder has them."""
    first, last = runs[0][0], runs[-1][1]
    left = _offset(sheet, evidence, first - 1, first)
    right = _offset(sheet, evidence, last, last - 1)
    begins, ends = step(evidence.content_begins[first]), step(evidence.content_ends[last - 1])
    return templates.ENCODER_DRAFT_EDGES.features(
        left,
        right,
        left * 30 + shape,
        right * 30 + shape,
        left * 16 + right,
        begins * 30 + shape,
        ends * 30 + shape,
        (left == right == 0) * 99 + held,
    )


def _left_out(sheet: Sheet, evidence: Evidence, i: int, runs: Sequence[Span]) -> int:
    """How many words of content around the cue, in its sentence, are in no run."""
    words = evidence.content_words
    first, last = _near(sheet, i)
    inside = ((max(a, first), min(b, last)) for a, b in runs)
    return words[last] - words[first] - sum(words[b] - words[a] for a, b in inside if a < b)


def _between(evidence: Evidence, i: int, runs: Sequence[Span]) -> int:
    """How many other cues lie between the cue and the nearest run to each side, below 9."""
    ahead = max((b for _, b in runs if b <= i), default=i)
    behind = min((a for a, _ in runs if a > i), default=i + 1)
    return min(evidence.cues_in(ahead, i), 2) * 3 + min(evidence.cues_in(i + 1, behind), 2)


def _offset(sheet: Sheet, evidence: Evidence, outside: int, inside: int) -> int:
    """How far an edge is from where the encoder has it, as a number below 16.

    0: here; 1 and more: so many words beyond the edge are content too; 8 and more: so many words
    at the edge are none.
    """
    way = 1 if outside > inside else -1
    more = _count(sheet, evidence, outside, way, content=True)
    if more:
        return more
    none = _count(sheet, evidence, inside, -way, content=False)
    return 7 + none if none else 0


def _count(sheet: Sheet, evidence: Evidence, j: int, way: int, *, content: bool) -> int:
    """How many words from token `j` on are content, or none; counted up to a limit."""
    edges = evidence.content_ends if way < 0 else evidence.content_begins
    count = 0
    while 0 <= j < sheet.count and count < _MAX_OFFSET_WORDS:
        if sheet.is_word[j]:
            other = content and edges[j] > 0
            if evidence.in_content[j] != content or other:
                break
            count += 1
        j += way
    return count
