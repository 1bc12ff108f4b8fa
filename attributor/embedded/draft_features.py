"""What a quote looks like as a whole: features of a draft beside the other candidates' drafts.

The models before this one see a cue, a source, a piece of a paragraph each by itself. This one sees
the cue, its source and all of its content at once: how it begins and ends, which marked passages it
holds or cuts, what the rules take instead, whose reporting clause lies inside. Log-odds that were
found before come in steps, as features like others.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence

from attributor.embedded import encoder_features as encoder
from attributor.embedded import feature_templates as templates
from attributor.embedded import link_features as links
from attributor.embedded.candidates import CueCandidate, Draft, overlap, size
from attributor.embedded.cue_features import MENTION_TYPES
from attributor.embedded.token_arrays import Sheet, hashed
from attributor.marking.spans import Span

MIN_LIKELY_CUE_LOG_ODDS = -0.6
"""A candidate with more than this counts as a cue for the others."""
_RIVAL_REACH_TOKENS = 40
"""A cue's rivals are looked for within this distance to each side in its sentence."""
_REST_REACH_TOKENS = 40
"""Of what is left of a sentence behind a run, no more than this is counted."""
_NEIGHBOUR_REACH_TOKENS = 100
"""A candidate's neighbours are looked for within this distance to each side."""
_MAX_NEIGHBOURS_PER_SIDE = 10
"""No more neighbours than this, the nearest, are looked at on each side."""
_PASSAGE_REACH_TOKENS = 60
"""Marked passages of a cue's sentence are looked for within this distance to each side."""
_MIN_HELD_SHARE = 0.8
"""A draft holds a marked passage of whose tokens it holds at least this share."""
_FAR_BEHIND_LOG_ODDS = 1.5
"""A cue is far behind another that has this much more than it."""
_NO_RIVAL_LOG_ODDS = -3.0
"""What stands for a rival's log-odds where there is none."""
_MIXING_BASE = 20
"""Two small numbers are mixed as digits to this base: no step and no shape reaches it."""
_LENGTH_STEPS_WORDS = (1, 2, 3, 4, 5, 6, 9, 13, 19, 27, 41)
"""A length's step is how many of these it reaches."""


class Scene:
    """The candidates of one article, and which of them are likely cues."""

    def __init__(self, sheet: Sheet, candidates: Sequence[CueCandidate]) -> None:
        self.sheet = sheet
        self.candidates = candidates
        self.odds = {each.i: each.odds for each in candidates}
        self.likely = sorted(each.i for each in candidates if each.odds > MIN_LIKELY_CUE_LOG_ODDS)
        self._places = [each.i for each in candidates]

    def neighbours(self, candidate: CueCandidate) -> list[CueCandidate]:
        """The other candidates near it in its paragraph."""
        places, reach = self._places, _NEIGHBOUR_REACH_TOKENS
        own = bisect_left(places, candidate.i)
        first = max(bisect_left(places, candidate.i - reach), own - _MAX_NEIGHBOURS_PER_SIDE)
        last = min(bisect_left(places, candidate.i + reach), own + _MAX_NEIGHBOURS_PER_SIDE + 1)
        paragraph = self.sheet.paragraph_of[candidate.i]
        return [
            each
            for each in self.candidates[first:last]
            if each is not candidate and self.sheet.paragraph_of[each.i] == paragraph
        ]

    def held(self, runs: Sequence[Span]) -> int:
        """How many likely cues the runs hold."""
        return sum(bisect_left(self.likely, b) - bisect_left(self.likely, a) for a, b in runs)

    def strongest(self, first: int, last: int) -> float:
        """The best log-odds of a candidate in `first:last`."""
        found = (self.odds[j] for j in range(first, last) if j in self.odds)
        return max(found, default=_NO_RIVAL_LOG_ODDS)


def of_drafts(scene: Scene, candidate: CueCandidate) -> list[list[int]]:
    """Features of each draft of a candidate, beside those of the candidate itself."""
    near = scene.neighbours(candidate)
    drafts = enumerate(candidate.drafts)
    return [_of_draft(scene, candidate, draft, rank, near) for rank, draft in drafts]


def _step(odds: float) -> int:
    """Log-odds in steps of a half, from 0 to 16."""
    return max(-6, min(10, int(odds * 2))) + 6


def _length(words: int) -> int:
    """A number of words in steps, from 0 to 11."""
    return bisect_right(_LENGTH_STEPS_WORDS, words)


def of_candidate(scene: Scene, candidate: CueCandidate) -> list[int]:
    """How sure the cue and its source are, and which other cues stand in the sentence."""
    sheet, i, source, reading = scene.sheet, candidate.i, candidate.source, candidate.reading
    word, kind, at = sheet.word, sheet.kind, sheet.at
    odds, sourced = _step(candidate.odds), _step(candidate.sourced)
    first, last = sheet.sentences[sheet.sentence_of[i]]
    left = scene.strongest(max(first, i - _RIVAL_REACH_TOKENS), i)
    right = scene.strongest(i + 1, min(last, i + _RIVAL_REACH_TOKENS))
    form = candidate.frame.side * 4 + (1 + MENTION_TYPES[source.type] if source else 0)
    inside = max(
        (_inside(scene, candidate, each) for each in scene.neighbours(candidate)), default=0
    )
    head = 0 if source is None else 1 if source.type == "name" else hashed(source.head)
    return [
        *templates.CANDIDATE.features(
            0,
            odds,
            sourced,
            _step(candidate.sourced - candidate.rival),
            odds * _MIXING_BASE + sourced,
            _step(left) * _MIXING_BASE + odds,
            _step(right) * _MIXING_BASE + odds,
            form,
            form * _MIXING_BASE + odds,
            reading.state * _MIXING_BASE + odds,
            (reading.content is not None) * _MIXING_BASE + odds,
            (sheet.passage_of[i] >= 0) * _MIXING_BASE + odds,
            head,
            inside * _MIXING_BASE + odds,
            inside * 2 + (source is not None),
        ),
        *templates.CANDIDATE_WORDS.features(
            (word[i], 0),
            (word[i], odds),
            (word[i], form),
            (kind[at(i + 1)], odds),
            (kind[at(i - 1)], odds),
            (word[at(i + 1)], 0),
            (word[at(i - 1)], 0),
            (word[i], head),
            (word[i], inside),
        ),
        *encoder.of_candidate(sheet, i, candidate.frame.source, odds, sourced),
        *links.of_candidate(sheet, i, candidate.frame.source, odds, sourced),
    ]


def _inside(scene: Scene, candidate: CueCandidate, other: CueCandidate) -> int:
    """How the other one's likeliest draft holds the candidate's cue; 0 if it does not."""
    if not any(a <= candidate.i < b for a, b in other.drafts[0].runs):
        return 0
    return _rank(scene, candidate, other)


def _rank(scene: Scene, candidate: CueCandidate, other: CueCandidate) -> int:
    """From 1 to 4: the other one's cue is less or more likely, in another sentence or this one."""
    sentences = scene.sheet.sentence_of
    same = sentences[candidate.i] == sentences[other.i]
    return 1 + (other.odds > candidate.odds) + 2 * same


def _of_draft(
    scene: Scene, candidate: CueCandidate, draft: Draft, rank: int, near: Sequence[CueCandidate]
) -> list[int]:
    sheet, i, runs = scene.sheet, candidate.i, draft.runs
    before = sum(b <= i for _, b in runs)
    after = sum(a > i for a, _ in runs)
    around = before + after < len(runs)
    shape = (min(before, 2) * 3 + min(after, 2)) * 2 + around
    behind = runs[before + around] if after else None
    ahead = runs[before + around - 1] if before or around else None
    return [
        *_of_rank(candidate, draft, rank, shape),
        *_of_extent(scene, candidate, runs, shape),
        *_of_marks(scene, i, runs, shape),
        *_of_neighbours(scene, candidate, runs, near),
        *(_of_run(sheet, i, ahead, templates.RUN_AHEAD) if ahead else ()),
        *(_of_run(sheet, i, behind, templates.RUN_BEHIND) if behind else ()),
        *_of_edges(sheet, runs[0][0], runs[-1][1], shape),
        *links.of_draft(sheet, i, runs, shape),
    ]


def _of_rank(candidate: CueCandidate, draft: Draft, rank: int, shape: int) -> list[int]:
    """How much less likely than the first the labelling was by itself."""
    behind = min(int((draft.loss - candidate.drafts[0].loss) * 1.5), 8)
    return templates.DRAFT_RANK.features(
        rank * 10 + behind, rank, behind, rank * _MIXING_BASE + shape
    )


def _of_extent(
    scene: Scene, candidate: CueCandidate, runs: Sequence[Span], shape: int
) -> list[int]:
    """How much text the draft takes, and how much of what the rules take."""
    sheet, i, frame = scene.sheet, candidate.i, candidate.frame
    own, words, odds = sheet.word[i], size(sheet, runs), _step(candidate.odds)
    first, last = runs[0][0], runs[-1][1]
    ruled = size(sheet, frame.by_rules)
    shared = overlap(sheet, frame.by_rules, runs)
    alike = int(8 * shared / (ruled + words - shared)) if ruled else 9
    sentences = sheet.sentence_of[last - 1] - sheet.sentence_of[first]
    opens = first == sheet.paragraphs[sheet.paragraph_of[i]][0]
    sourced = candidate.source is not None and any(a <= frame.source.start < b for a, b in runs)
    held = min(scene.held(runs), 2)
    following = sheet.at(i + 1)
    return [
        *templates.DRAFT_EXTENT.features(
            shape * 12 + _length(words),
            shape,
            shape * 3 + frame.side,
            len(runs),
            alike,
            alike * _MIXING_BASE + shape,
            sentences * _MIXING_BASE + shape,
            opens * _MIXING_BASE + shape,
            held,
            held * _MIXING_BASE + shape,
            sourced * _MIXING_BASE + shape,
            (min(sentences, 3) * 3 + held) * _MIXING_BASE + shape,
            _length(words) * _MIXING_BASE + odds,
        ),
        *templates.DRAFT_EXTENT_WORDS.features(
            (own, shape),
            (own, alike),
            (own, min(sentences, 2)),
            (sheet.kind[following], shape),
            (sheet.word[following], shape),
            (own, _length(words)),
        ),
    ]


def _of_marks(scene: Scene, i: int, runs: Sequence[Span], shape: int) -> list[int]:
    """Which marked passages the draft holds, cuts, or leaves out of its sentence."""
    sheet = scene.sheet
    inside = [sheet.passage_of[j] for a, b in runs for j in range(a, b)]
    held = Counter(number for number in inside if number >= 0)
    cut = min(sum(_is_cut(sheet, number, tokens) for number, tokens in held.items()), 2)
    first, last = sheet.sentences[sheet.sentence_of[i]]
    first, last = max(first, i - _PASSAGE_REACH_TOKENS), min(last, i + _PASSAGE_REACH_TOKENS)
    near = set(sheet.passage_of[first:last])
    left_out = min(len(near - held.keys() - {-1}), 3)
    marked = bool(held) + (bool(held) and -1 in inside)
    cues = min(scene.held(runs), 2)
    return templates.DRAFT_MARKS.features(
        cut * 4 + left_out,
        cut * _MIXING_BASE + shape,
        left_out * _MIXING_BASE + shape,
        marked * _MIXING_BASE + shape,
        marked * 36 + cut * 12 + left_out * 3 + cues,
    )


def _of_neighbours(
    scene: Scene, candidate: CueCandidate, runs: Sequence[Span], near: Sequence[CueCandidate]
) -> list[int]:
    """What the draft takes of other candidates' likeliest drafts, and which of their cues."""
    sheet, odds, words = scene.sheet, _step(candidate.odds), size(scene.sheet, runs)
    taken = held = 0
    for other in near:
        shared = overlap(sheet, runs, other.drafts[0].runs)
        if shared:
            stronger = other.odds > candidate.odds
            taken = max(taken, 1 + 3 * shared // words * 2 + stronger)
        if any(a <= other.i < b for a, b in runs):
            rank = _rank(scene, candidate, other)
            held = max(held, rank + 4 * (other.odds > candidate.odds + _FAR_BEHIND_LOG_ODDS))
    return templates.DRAFT_NEIGHBOURS.features(
        taken, taken * _MIXING_BASE + odds, held, held * _MIXING_BASE + odds, held * 9 + taken
    )


def _is_cut(sheet: Sheet, number: int, held: int) -> bool:
    """Whether a draft that holds `held` tokens of a marked passage leaves some of it out."""
    passage = sheet.marking.passages[number]
    first, last = sheet.span(passage.start, passage.end)
    return held < _MIN_HELD_SHARE * (last - first)


def _of_run(sheet: Sheet, i: int, run: Span, group: templates.Run) -> list[int]:
    """How the run nearest to the cue on one side begins and ends."""
    word, kind, at = sheet.word, sheet.kind, sheet.at
    first, last = run
    own, before, after, beyond = word[i], at(first - 1), at(last), at(last + 1)
    further = at(last + 2)
    gap = range(i + 1, first) if first > i else range(last, i)
    between = _length(max(sheet.words_to[gap.stop] - sheet.words_to[gap.start], 0)) if gap else 0
    commas = min(sheet.commas[gap.stop] - sheet.commas[gap.start], 3) if gap else 0
    _, end = sheet.sentences[sheet.sentence_of[last - 1]]
    left = _length(sheet.words_to[min(end, last + _REST_REACH_TOKENS)] - sheet.words_to[last])
    long = _length(last - first)
    return [
        *group.values.features(between, commas * 12 + between, left, long),
        *group.pairs.features(
            (word[before], word[first]),
            (kind[before], kind[first]),
            (own, word[first]),
            (own, word[before]),
            (word[before], between),
            (kind[first], between),
            (word[last - 1], word[after]),
            (kind[last - 1], kind[after]),
            (word[after], word[beyond]),
            (kind[after], kind[beyond]),
            (word[after], kind[beyond]),
            (own, word[after]),
            (word[after], left),
            (kind[beyond], left),
            (kind[last - 1], left),
            (word[after] ^ kind[beyond], long),
            (word[beyond], word[further]),
            (kind[beyond], kind[further]),
            (word[beyond] ^ kind[further], long),
        ),
    ]


def _of_edges(sheet: Sheet, first: int, last: int, shape: int) -> list[int]:
    """How the draft begins and ends, wherever that is."""
    word, kind, before = sheet.word, sheet.kind, sheet.at(first - 1)
    after, beyond = sheet.at(last), sheet.at(last + 1)
    return templates.DRAFT_EDGES.features(
        (word[first], word[before]),
        (word[after], word[beyond]),
        (kind[after], kind[beyond]),
        (word[first], shape),
        (word[after], shape),
    )
