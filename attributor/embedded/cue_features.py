"""What the learned engine looks at: features of cues, of sources, and of pieces of content.

Every feature is one integer (see `feature_templates`); no word is kept. The rules' own reading of a
cue is a feature like others, so that learning starts from it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from attributor.embedded import encoder_features as encoder
from attributor.embedded import feature_templates as templates
from attributor.embedded import link_features as links
from attributor.embedded.token_arrays import Sheet, hashed
from attributor.marking import Mention
from attributor.marking.spans import Span
from attributor.reporting import Content, grammar_of

MENTION_TYPES = {"name": 0, "nominal": 1, "pronoun": 2}
"""The number that stands for a mention's type in features."""
_SENTENCE_REACH_TOKENS = 60
"""A cue's sentence is looked at up to this distance to each side of the cue."""
CONTENT_REACH_TOKENS = 400
"""A cue's content lies within this distance to each side of the cue."""
_MAX_PIECES_PER_SIDE = 32
"""No more pieces than this are looked at on each side of a cue."""
_PHRASE_REACH_TOKENS = 10
"""Content may begin or end at any phrase within this distance of the cue."""


@dataclass(frozen=True, slots=True)
class CueReading:
    """How the rules read a cue: its subject and what they take for its content."""

    mention: Mention | None
    found: bool
    content: Content | None

    @property
    def state(self) -> int:
        """0: no subject, 1: one without a mention, 2: a mention."""
        return 0 if not self.found else 1 if self.mention is None else 2


def read_by_rules(sheet: Sheet, i: int) -> CueReading:
    """The rules' reading of the cue at token `i`, by itself."""
    grammar = grammar_of(sheet.language)
    clause = grammar.source(sheet.marking, sheet.cue(i))
    if clause is None:
        return CueReading(None, False, None)
    return CueReading(clause.mention, True, grammar.content(sheet.marking, clause))


def around_cue(sheet: Sheet, i: int) -> list[int]:
    """Features of token `i` as a cue of speech, by its words and its place."""
    word, kind, at = sheet.word, sheet.kind, sheet.at
    own, token = word[i], sheet.tokens[i]
    before, after, before2, after2 = at(i - 1), at(i + 1), at(i - 2), at(i + 2)
    near = [at(i + offset) for offset in (-3, -2, -1, 1, 2, 3)]
    candidate = hashed(sheet.cues[i].kind) if i in sheet.cues else 0
    return [
        *templates.CUE_WORD.features(own, hashed(token.low[-3:]), candidate, token.capital),
        *templates.CUE_NEIGHBOURS.features(*[word[j] for j in near], *[kind[j] for j in near]),
        *templates.CUE_PAIRS.features(
            (word[before], own),
            (word[after], own),
            (kind[before], own),
            (kind[after], own),
            (kind[before], kind[after]),
            (kind[before2], kind[before]),
            (kind[after], kind[after2]),
            (kind[before2] ^ (kind[before] << 1), kind[after]),
        ),
        *_of_place(sheet, i),
        *encoder.of_cue(sheet, i),
        *links.of_cue(sheet, i),
    ]


def of_reading(sheet: Sheet, i: int, reading: CueReading) -> list[int]:
    """Features of token `i` as a cue of speech, by how the rules read it."""
    start, mention, content = sheet.tokens[i].start, reading.mention, reading.content
    side = 0 if mention is None else 1 if mention.start < start else 2
    mention_type = 0 if mention is None else 1 + MENTION_TYPES[mention.type]
    head = 0 if mention is None or mention.type == "name" else hashed(mention.head)
    features = [
        *templates.CUE_SUBJECT.features(
            reading.state * 4 + mention_type, side, head, content is not None
        ),
        *templates.CUE_WORD_READ.features((sheet.word[i], side * 2 + (content is not None))),
    ]
    if content is not None:
        first = min(content.spans)[0]
        j = min(sheet.marking.index_at(first), sheet.count - 1)
        pieces = (first < start) * 4 + min(len(content.spans), 3)
        features += templates.CUE_CONTENT.features(pieces, sheet.word[j], sheet.passage_of[j] >= 0)
    return features


def _of_place(sheet: Sheet, i: int) -> list[int]:
    first, last = sheet.sentences[sheet.sentence_of[i]]
    near = range(max(first, i - _SENTENCE_REACH_TOKENS), min(last, i + _SENTENCE_REACH_TOKENS))
    quoted = sheet.passages_in(near) > 0
    that = any(sheet.low(j) in sheet.language.conjunctions for j in range(i + 1, min(i + 6, last)))
    return [
        *templates.CUE_PLACE.features(
            sheet.passage_of[i] >= 0,
            min(i - first, 6),
            min(last - i, 6),
            quoted,
            that,
            i > 0 and sheet.passage_of[i - 1] >= 0,
            i + 1 < sheet.count and sheet.passage_of[i + 1] >= 0,
            sheet.low(i + 1) == ":" or sheet.low(i + 2) == ":",
            sheet.paragraph_of[i] == 0,
        ),
        *templates.CUE_WORD_IN_PLACE.features((sheet.word[i], that), (sheet.word[i], quoted)),
    ]


# --- sources ------------------------------------------------------------------------------------


def candidates(sheet: Sheet, i: int, reading: CueReading) -> list[Mention]:
    """Mentions of the cue's sentence that may be its source; the rules' subject comes first."""
    first, last = sheet.sentences[sheet.sentence_of[i]]
    own = reading.mention
    found = [] if own is None else [own]
    for j in range(max(first, i - _SENTENCE_REACH_TOKENS), min(last, i + _SENTENCE_REACH_TOKENS)):
        mention = sheet.mentions.get(j)
        if mention is None:
            continue
        if own is None or mention.end <= own.start or own.end <= mention.start:
            found.append(mention)
    return found


def of_source(sheet: Sheet, i: int, mention: Mention, reading: CueReading) -> list[int]:
    """Features of `mention` as the source of the cue at token `i`."""
    word, kind, own = sheet.word, sheet.kind, sheet.word[i]
    tokens = sheet.range_of(mention)
    first, last = tokens.start, tokens.stop
    side = 1 if last <= i else 2
    gap = range(last, i) if last <= i else range(i + 1, max(first, i + 1))
    distance = side * 20 + min(len(gap), 10)
    by_rules = (mention is reading.mention) * 3 + reading.state
    form = side * 4 + MENTION_TYPES[mention.type]
    commas = min(sheet.commas[gap.stop] - sheet.commas[gap.start], 3)
    verbs = min(sheet.candidates[gap.stop] - sheet.candidates[gap.start], 3)
    mentions = min(sum(j in sheet.mentions for j in gap), 3)
    quoted = sheet.passages_in(gap) > 0
    before, after = sheet.at(first - 1), sheet.at(last)
    opens = first == sheet.sentences[sheet.sentence_of[first]][0]
    return [
        *templates.SOURCE_PLACE.features(
            by_rules,
            by_rules * 10 + form,
            distance,
            distance * 6 + by_rules,
            commas * 3 + side,
            verbs * 3 + side,
            mentions * 3 + side,
            quoted * 3 + side,
            ((commas * 4 + verbs) * 4 + mentions) * 3 + side,
            (sheet.passage_of[first] >= 0) * 6 + by_rules,
            opens * 12 + form,
        ),
        *templates.SOURCE_WORDS.features(
            (word[before], side),
            (word[after], side),
            (kind[before], form),
            (kind[after], form),
            (own, side),
            (own, form),
            (word[sheet.at(last - 1)], side),
            (kind[after], kind[sheet.at(i - 1)]),
            (kind[sheet.at(i - 1)], distance),
            (kind[after if side == 1 else sheet.at(i + 1)], distance),
        ),
        *encoder.of_source(sheet, i, mention, form, distance),
        *links.of_source(sheet, i, mention, form, distance),
    ]


# --- content ------------------------------------------------------------------------------------


def pieces(sheet: Sheet, i: int, source: Mention | None) -> list[Span]:
    """The cue's paragraph cut wherever content may begin or end, as half-open token ranges.

    That is at sentences and quotation marks; and, outside of marked speech, in the cue's sentence
    at punctuation, at words that begin a phrase, at the source, and near the cue at every mention
    and adjunct.
    """
    start, end = sheet.paragraphs[sheet.paragraph_of[i]]
    start, end = max(start, i - CONTENT_REACH_TOKENS), min(end, i + CONTENT_REACH_TOKENS)
    first, last = sheet.sentences[sheet.sentence_of[i]]
    cuts = {start, end, i, i + 1, first, last}
    first_cut, last_cut = bisect_right(sheet.cuts, start), bisect_left(sheet.cuts, end)
    cuts.update(sheet.cuts[first_cut:last_cut])
    for j in range(max(first, i - _SENTENCE_REACH_TOKENS), min(last, i + _SENTENCE_REACH_TOKENS)):
        if sheet.passage_of[j] in (-1, sheet.passage_of[i]):
            cuts.update(_cuts(sheet, i, j))
    if source is not None:
        tokens = sheet.range_of(source)
        cuts.update((tokens.start, tokens.stop))
    cuts.update(encoder.cuts(sheet, i, start, end))
    edges = sorted(cut for cut in cuts if start <= cut <= end)
    own = bisect_left(edges, i)
    return list(
        pairwise(edges[max(own - _MAX_PIECES_PER_SIDE, 0) : own + _MAX_PIECES_PER_SIDE + 2])
    )


def _cuts(sheet: Sheet, i: int, j: int) -> Iterable[int]:
    low, language = sheet.low(j), sheet.language
    if not sheet.is_word[j]:
        return () if low in "'’-" else (j, j + 1)
    if low in language.breaks:
        return (j,)
    phrases = (language.determiners, language.pronouns, language.adjuncts, language.adverbs)
    behind = i < j <= i + _PHRASE_REACH_TOKENS
    if behind and (j in sheet.mentions or any(low in words for words in phrases)):
        return (j,)
    if i - _PHRASE_REACH_TOKENS <= j < i and (j in sheet.mentions or low in language.auxiliaries):
        return (j,)
    return ()


class Frame:
    """A cue with its source, its pieces and the rules' content: what a piece is seen in."""

    def __init__(self, sheet: Sheet, i: int, source: Mention | None, reading: CueReading) -> None:
        self.sheet, self.cue = sheet, i
        self.pieces = pieces(sheet, i, source)
        self.source = sheet.range_of(source) if source is not None else range(0)
        self.side = 0 if source is None else 1 if source.start < sheet.tokens[i].start else 2
        content = reading.content
        own = content.own_words if content else None
        self.own = 0 if content is None else 1 if own is None else 2 + own
        self.by_rules = [sheet.span(*span) for span in content.spans] if content else []
        start, end = self.pieces[0][0], self.pieces[-1][1]
        self.marked = sheet.passages_in(range(start, end)) > 0
        self.personal = sheet.personal[end] > sheet.personal[start]
        self.number = next(k for k, (a, b) in enumerate(self.pieces) if a <= i < b)


@dataclass(frozen=True, slots=True)
class ContentPiece:
    """A piece's features, and the few values that are mixed with the label before it."""

    features: list[int]
    relative: int
    role: int
    opening: int
    before: int
    first: int
    encoder: tuple[int, ...] = ()
    linked: tuple[int, ...] = ()

    def after(self, label: int) -> list[int]:
        """Features of the step from `label` (0 outside, 1 inside, 2 at the start) to this piece."""
        return [
            *templates.STEP_VALUES[label].features(0, self.relative, self.role, self.first),
            *templates.STEP_PAIRS[label].features(
                (self.opening, self.role % 2),
                (self.before, self.role % 2),
                (self.opening, self.role),
            ),
            *(templates.ENCODER_STEPS[label].features(*self.encoder) if self.encoder else ()),
            *(templates.LINKED_STEPS[label].features(*self.linked) if self.linked else ()),
        ]


def of_pieces(frame: Frame) -> Iterator[ContentPiece]:
    """Features of each piece of a frame, in order."""
    return (_piece(frame, k, first, last) for k, (first, last) in enumerate(frame.pieces))


def _piece(frame: Frame, k: int, first: int, last: int) -> ContentPiece:
    sheet, word, kind = frame.sheet, frame.sheet.word, frame.sheet.kind
    relative = max(-9, min(9, k - frame.number)) + 9
    sentences = max(-3, min(3, sheet.sentence_of[first] - sheet.sentence_of[frame.cue])) + 3
    inside = any(a <= first < b or a <= last - 1 < b for a, b in frame.by_rules)
    ruled = 2 if inside else 1 if frame.by_rules else 0
    what = 0 if k == frame.number else 1 if first in frame.source else 2
    what = 3 if what == 2 and sheet.passage_of[first] < 0 else what
    behind = int(first >= frame.cue)
    place, role = behind * 3 + ruled, (what * 3 + ruled) * 2 + behind
    own, before, after = word[frame.cue], sheet.at(first - 1), sheet.at(last)
    personal = sheet.personal[last] > sheet.personal[first]
    opening, second = kind[first], sheet.at(first + 1)
    features = [
        *templates.PIECE_PLACE.features(
            relative * 3 + frame.side,
            relative,
            sentences,
            ruled,
            ruled * 4 + what,
            (ruled * 7 + sentences) * 5 + frame.own,
            what,
            what * 20 + relative,
            role * 3 + frame.side,
            word[first],
            word[last - 1],
            word[after],
            word[before],
            min(last - first, 8) * 3 + ruled,
            (sheet.words_to[last] > sheet.words_to[first]) * 3 + ruled,
            (sheet.candidates[last] > sheet.candidates[first]) * 6 + place,
            (personal * 8 + what * 2 + behind) * 7 + sentences,
            frame.marked * 24 + role,
            (frame.marked * 7 + sentences) * 24 + role,
            (frame.personal * 7 + sentences) * 24 + role,
        ),
        *templates.PIECE_WORDS.features(
            (own, behind),
            (own, what * 2 + behind),
            (own, sentences * 24 + role),
            (opening, behind),
            (kind[after], behind),
            (kind[before], behind),
            (kind[last - 1], behind),
            (word[first], word[second]),
            (opening, kind[second] + behind),
            (word[first], relative * 3 + ruled),
            (word[before], place),
            (word[before], word[first] + place),
        ),
        *_between(frame, first, last, what * 3 + ruled, place),
        *_of_passage(frame, first, behind, place),
    ]
    said, edges = encoder.of_piece(sheet, frame.cue, (first, last), place)
    owned, linked = links.of_piece(sheet, frame.cue, (first, last), place)
    features += said + owned
    return ContentPiece(
        features, relative, role, kind[first], word[before], word[first], edges, linked
    )


def _between(frame: Frame, first: int, last: int, marked: int, place: int) -> list[int]:
    """What lies between the piece and the cue: commas, marked passages, another speaker's verb."""
    sheet, i = frame.sheet, frame.cue
    gap = range(last, i) if first < i else range(i + 1, max(first, i + 1))
    commas = min(sheet.commas[gap.stop] - sheet.commas[gap.start], 3)
    other = sheet.cores[gap.stop] > sheet.cores[gap.start]
    return templates.PIECE_GAP.features(
        min(sheet.passages_in(gap), 2) * 12 + marked,
        commas * 6 + place,
        other * 24 + marked * 2 + place // 3,
    )


def _of_passage(frame: Frame, first: int, behind: int, place: int) -> list[int]:
    sheet = frame.sheet
    number = sheet.passage_of[first]
    if number < 0:
        return []
    passage = sheet.marking.passages[number]
    start, end = sheet.span(passage.start, passage.end)
    outer = sheet.span(passage.outer_start, passage.outer_end)
    adjoins = outer[0] <= frame.cue + 6 if behind else outer[1] >= frame.cue - 6
    reporter = sheet.reporters.get(number)
    whose = 0 if reporter is None else 1 if reporter == frame.cue else 2
    return [
        *templates.PIECE_PASSAGE.features(
            min(end - start, 6) * 2 + behind,
            adjoins * 6 + place,
            whose * 6 + place,
            (whose * 6 + place) * 2 + adjoins,
        ),
        *templates.PIECE_PASSAGE_END.features((sheet.word[sheet.at(end - 1)], behind)),
    ]
