"""Candidates: each word that may be a cue, its source, and the likeliest drafts of its content.

Every candidate cue gets log-odds from its features; the mention with the best score is its source;
then every piece of its paragraph is labelled as content or not, with the label before it in mind,
and the best few sequences are kept (Viterbi). Which draft holds, if any, is decided later, when
the other candidates of the article are known (`draft_features`).
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import exp, log1p

from attributor.embedded import cue_features as features
from attributor.embedded import encoder_features as encoder
from attributor.embedded.cue_features import CueReading, Frame
from attributor.embedded.token_arrays import Sheet
from attributor.embedded.weights import Weights
from attributor.marking import Mention
from attributor.marking.spans import Span
from attributor.reporting import is_unsaid

MIN_LOG_ODDS_BY_WORDS = -2.5
"""A word whose log-odds as a cue, by words alone, are lower is not looked at."""
MIN_CUE_LOG_ODDS = -1.5
"""A word whose log-odds as a cue, with the rules' reading, are lower is no candidate."""
MIN_SOURCE_LOG_ODDS = -1.5
"""A mention is taken for a cue's source if its log-odds are above this."""
MAX_LOG_ODDS_BEYOND = 1.0
"""Whoever owns something is not the source if somebody else is less likely by less than this."""
NO_SOURCE_LOG_ODDS = -3.0
"""What stands for the log-odds of the source, and of the second best, where there is no source."""
NO_SECOND_LOG_ODDS = -6.0
"""What stands for the log-odds of the second best where there is one mention only."""
_MAX_PATHS = 10
"""At each piece no more labellings than this are kept for each label."""
_MAX_DRAFTS = 6
"""Of the labellings that differ in their words no more than this are drafts."""
_BEAM_LOG_ODDS = 3.0
"""A labelling that is less likely by more than this than the best so far is dropped."""
_STEPS_PER_WORD = 2
"""What looking at a word takes that may be a cue."""
_STEPS_PER_READING = 5
"""What the rules' reading of a word takes that is likely to be a cue."""
_STEPS_PER_MENTION = 4
"""What weighing a mention as the source of a cue takes."""
_STEPS_PER_CONTENT = 12
"""What weighing the content of a cue takes beside its pieces and drafts."""
_STEPS_PER_PIECE = 3
"""What labelling a piece of the content takes."""
_STEPS_PER_DRAFT = 10
"""What weighing a draft of the content takes."""
_MIN_STEPS_PER_CANDIDATE = 120
"""A candidate counts as so many steps at least, for what it takes in memory."""

_Path = tuple[float, int]
"""A loss, and the labels of the pieces so far as the digits of a binary number."""


@dataclass(frozen=True, slots=True)
class Draft:
    """One way to read what a cue reports.

    `pieces` are token ranges as they were labelled, `runs` the same from word to word, joined where
    only punctuation lies between. `loss` is -log of the labelling's probability.
    """

    loss: float
    pieces: tuple[Span, ...]
    runs: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class CueCandidate:
    """A cue at token `i`, its source, and drafts of its content, the likeliest first.

    `sourced` and `rival` are the log-odds of the source and of the second best.
    """

    i: int
    odds: float
    reading: CueReading
    source: Mention | None
    sourced: float
    rival: float
    frame: Frame
    drafts: tuple[Draft, ...]


def candidates(sheet: Sheet, weights: Weights) -> list[CueCandidate]:
    """Everything in the article that may be a quote, in the order of the cues."""
    found = (_candidate(sheet, weights, *cue) for cue in _cues(sheet, weights))
    return [each for each in found if each is not None]


def cue_candidates(sheet: Sheet, words: Container[int]) -> Iterator[int]:
    """Indices of the tokens that marking or learning holds possible as cues."""
    read = sheet.evidence is not None
    return (
        i
        for i in range(sheet.count)
        if i in sheet.cues or sheet.word[i] in words or (read and encoder.is_cue(sheet, i))
    )


def _cues(sheet: Sheet, weights: Weights) -> Iterator[tuple[int, float, CueReading]]:
    for i in cue_candidates(sheet, weights.words):
        if not sheet.steps.covers(sheet.tokens[i].start):
            sheet.crowded.append(i)
            continue
        sheet.steps.take(_STEPS_PER_WORD)
        odds = weights.score("cue", features.around_cue(sheet, i))
        hopeless = odds < MIN_LOG_ODDS_BY_WORDS and sheet.cue(i).kind != "preposition"
        if hopeless or reports_nothing(sheet, i):
            continue
        sheet.steps.take(_STEPS_PER_READING)
        reading = features.read_by_rules(sheet, i)
        odds += weights.sum(features.of_reading(sheet, i, reading))
        if odds >= MIN_CUE_LOG_ODDS or reads_preposition(sheet, i, reading):
            yield i, odds, reading


def reads_preposition(sheet: Sheet, i: int, reading: CueReading) -> bool:
    """Whether the rules read "according to" or the like here: few are learned, all are cues."""
    return reading.content is not None and sheet.cue(i).kind == "preposition"


def reports_nothing(sheet: Sheet, i: int) -> bool:
    """Whether nothing was said ("did not say"), or the subject did not say it ("was told").

    The corpus that the weights come from counts both; here neither is a quote of the subject.
    """
    first, _ = sheet.sentences[sheet.sentence_of[i]]
    language = sheet.language
    refusal = (
        sheet.low(i) in language.asking
        and sheet.low(i + 1) in language.negations
        and sheet.low(i + 2) in language.infinitive_marks
    )
    if refusal or is_unsaid(sheet.marking, i, first):  # "asked not to be named", "did not say"
        return True
    at = i
    while sheet.low(at - 1) in language.adverbs | language.degrees:
        at -= 1
    before = sheet.low(at - 1)
    passive = before in language.passive or (at == i and before.endswith("'s"))
    return passive and not sheet.low(i).endswith(language.participle)


def _candidate(
    sheet: Sheet, weights: Weights, i: int, odds: float, reading: CueReading
) -> CueCandidate | None:
    source, sourced, rival = _source(sheet, weights, i, reading)
    if not can_speak(sheet, i, source):
        return None
    frame = Frame(sheet, i, source, reading)
    drafts = tuple(_drafts(sheet, frame, _paths(weights, frame)))
    steps = _STEPS_PER_PIECE * len(frame.pieces) + _STEPS_PER_DRAFT * len(drafts)
    sheet.steps.take(max(_STEPS_PER_CONTENT + steps, _MIN_STEPS_PER_CANDIDATE))
    return CueCandidate(i, odds, reading, source, sourced, rival, frame, drafts) if drafts else None


def _source(
    sheet: Sheet, weights: Weights, i: int, reading: CueReading
) -> tuple[Mention | None, float, float]:
    """The likeliest source if it is likely enough, its log-odds, and those of the second."""
    mentions = features.candidates(sheet, i, reading)
    sheet.steps.take(_STEPS_PER_MENTION * len(mentions))
    rows = (features.of_source(sheet, i, mention, reading) for mention in mentions)
    scores = [weights.score("source", row) for row in rows]
    order = sorted(range(len(scores)), key=scores.__getitem__, reverse=True)
    if not order or scores[order[0]] <= MIN_SOURCE_LOG_ODDS:
        return None, NO_SOURCE_LOG_ODDS, NO_SOURCE_LOG_ODDS
    first, *others = order[:2]
    best = scores[first]
    second = max((scores[k] for k in others), default=NO_SECOND_LOG_ODDS)
    if others and second > best - MAX_LOG_ODDS_BEYOND and _is_possessor(sheet, mentions[first]):
        first = others[0]
    return mentions[first], best, max(second, NO_SECOND_LOG_ODDS)


def _is_possessor(sheet: Sheet, mention: Mention) -> bool:
    """Whether what somebody has follows: "Tom Quill's lawyer, Mara Lund"."""
    return sheet.marking.text[mention.end : mention.end + 1] in ("'", "’")


def can_speak(sheet: Sheet, i: int, source: Mention | None) -> bool:
    """Whether there is somebody to credit; what nobody is credited with, coverage tells of."""
    if source is None:
        return sheet.cue(i).kind == "preposition"
    return sheet.tokens[sheet.range_of(source).start].low not in sheet.language.negations


# --- content ------------------------------------------------------------------------------------


def _paths(weights: Weights, frame: Frame) -> list[_Path]:
    """The likeliest labellings of the frame's pieces, with their losses, the best first."""
    paths: list[tuple[int, list[_Path]]] = [(2, [(0.0, 0)])]
    for piece in features.of_pieces(frame):
        own = weights.score("piece", piece.features)
        steps = []
        for before, known in paths:
            odds = own + weights.sum(piece.after(before))
            steps.append((loss(-odds), loss(odds), known))
        limit = _BEAM_LOG_ODDS + min(known[0][0] + min(out, in_) for out, in_, known in steps)
        outside = _first(((out, known) for out, _, known in steps), 0, limit)
        inside = _first(((in_, known) for _, in_, known in steps), 1, limit)
        paths = [(label, kept) for label, kept in ((0, outside), (1, inside)) if kept]
    return sorted(path for _, kept in paths for path in kept)


def _first(steps: Iterable[tuple[float, list[_Path]]], label: int, limit: float) -> list[_Path]:
    """The likeliest paths that go on with `label`, as far as their loss is below `limit`.

    `steps` are what the label costs behind some paths, and those paths.
    """
    found = [
        (total + cost, 2 * path + label)
        for cost, known in steps
        for total, path in known
        if total + cost < limit
    ]
    return sorted(found)[:_MAX_PATHS]


def loss(odds: float) -> float:
    """-log of the probability that log-odds stand for."""
    return log1p(exp(-odds)) if odds > -30 else -odds


def _drafts(sheet: Sheet, frame: Frame, paths: Iterable[_Path]) -> Iterator[Draft]:
    """The first labellings that differ in their words, and what rules or an encoder take."""
    known: set[tuple[Span, ...]] = {()}
    total = 0.0
    last = len(frame.pieces) - 1
    for total, labels in paths:
        inside = [piece for k, piece in enumerate(frame.pieces) if labels >> (last - k) & 1]
        runs = word_runs(sheet, inside)
        if runs not in known:
            known.add(runs)
            yield Draft(total, tuple(inside), runs)
            if len(known) > _MAX_DRAFTS:
                break
    start, end = frame.pieces[0][0], frame.pieces[-1][1]
    own = encoder.own_drafts(sheet, frame.cue, start, end)
    for other in (tuple(sorted(frame.by_rules)), *own):
        runs = word_runs(sheet, other)
        if runs not in known:
            known.add(runs)
            yield Draft(total + _BEAM_LOG_ODDS, other, runs)


def word_runs(sheet: Sheet, pieces: Sequence[Span]) -> tuple[Span, ...]:
    """Ranges from word to word, joined where only punctuation lies between two."""
    runs: list[Span] = []
    for first, last in pieces:
        while first < last and not sheet.is_word[first]:
            first += 1
        while last > first and not sheet.is_word[last - 1]:
            last -= 1
        if first == last:
            continue
        if runs and sheet.words_to[runs[-1][1]] == sheet.words_to[first]:
            runs[-1] = (runs[-1][0], last)
        else:
            runs.append((first, last))
    return tuple(runs)


def overlap(sheet: Sheet, some: Sequence[Span], others: Sequence[Span]) -> int:
    """How many words two drafts share."""
    words = sheet.words_to
    return sum(
        words[min(b, d)] - words[max(a, c)]
        for a, b in some
        for c, d in others
        if min(b, d) > max(a, c)
    )


def size(sheet: Sheet, runs: Iterable[Span]) -> int:
    """How many words a draft has."""
    return sum(sheet.words_to[b] - sheet.words_to[a] for a, b in runs)
