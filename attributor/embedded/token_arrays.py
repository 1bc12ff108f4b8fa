"""One article as the learned engine sees it: an array per property of its tokens."""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Iterable, Sequence
from functools import cache, cached_property, lru_cache
from itertools import pairwise

from attributor.embedded.allowance import Allowance, cues_by_rules
from attributor.embedded.encoder.evidence import Evidence
from attributor.embedded.encoder.identity import PronounIdentity
from attributor.embedded.encoder.session import Reading
from attributor.marking import Cue, Marking, Mention
from attributor.marking.evidence import totals_of
from attributor.marking.language import load
from attributor.marking.spans import Span
from attributor.reporting import reporter

_CLASSES = (
    "auxiliaries",
    "pronouns",
    "determiners",
    "possessives",
    "conjunctions",
    "relatives",
    "negations",
    "times",
    "adjuncts",
    "adverbs",
    "verbs",
    "nouns",
    "titles",
)
"""Word classes by the lists of a language pack; the first that holds a word counts."""
_STEPS_PER_CODE_POINT = 1.5
"""The weights may take so many steps, of some 10 microseconds each: twice what news takes."""
_MIN_STEPS = 700
"""The weights may take so many steps in any text: as many as a paragraph of news takes."""


def hashed(word: str) -> int:
    """30 bits for a word, of the CRC-32 of its UTF-8: see `feature_templates` for why no more."""
    return zlib.crc32(word.encode("utf-8", "surrogatepass")) & 0x3FFFFFFF


class Sheet:
    """Per token: hashes of its word and of its class (`kind`), sentence, paragraph, passage or -1.

    `word` and `kind` have one more entry, for what lies beyond the text. `words_to`, `commas`,
    `cores` (cues that end a clause), `candidates` (cues), `personal` ("I", "we") and `openings`
    (of passages) are totals before each token.

    It also holds what work is left for the article: `steps` for the weights, `cues_by_rules` for
    the rules; `crowded` are the tokens that may be cues and that no steps were left for.
    `evidence` is what an encoder says of the article, if one has read it, and `identity` what it
    knows of pronouns, if it was taught that.
    """

    def __init__(self, marking: Marking, reading: Reading | None = None) -> None:
        self.marking = marking
        self.tokens = marking.tokens
        self.language = marking.pack
        self.count = len(self.tokens)
        length = len(marking.text)
        self.steps = Allowance(length, _STEPS_PER_CODE_POINT, _MIN_STEPS)
        self.cues_by_rules = cues_by_rules(marking)
        self.crowded: list[int] = []
        self.is_word = marking.is_word
        self.evidence = Evidence(self.tokens, self.is_word, reading) if reading else None
        self.identity = PronounIdentity.of(reading)
        self.sentence_of = _numbers(marking, marking.sentences)
        self.paragraph_of = _numbers(marking, marking.paragraphs)
        self.sentences = _ranges(self.sentence_of)
        self.paragraphs = _ranges(self.paragraph_of)
        self.passage_of = array("i", [-1]) * self.count
        for number, passage in enumerate(marking.passages):
            for i in range(*self.span(passage.outer_start, passage.outer_end)):
                self.passage_of[i] = number
        self.mentions = {marking.index_at(m.start): m for m in marking.mentions}
        self.cues = {marking.index_at(c.start): c for c in marking.cues}
        self.word, self.kind = self._hashes()
        core = self.language.core
        self.words_to = marking.words_to
        me = self.language.first_person
        self._lows = lows = [token.low for token in self.tokens]
        self.commas = self._totals(i for i, low in enumerate(lows) if low == ",")
        self.cores = self._totals(i for i, cue in self.cues.items() if cue.lemma in core)
        self.candidates = self._totals(self.cues)
        self.personal = self._totals(i for i, low in enumerate(lows) if low in me)
        self.openings = self._totals(
            i
            for i, (before, number) in enumerate(pairwise((-1, *self.passage_of)))
            if number >= 0 and number != before
        )

    def _totals(self, places: Iterable[int]) -> array[int]:
        return totals_of(sorted(places), self.count)

    def _hashes(self) -> tuple[list[int], list[int]]:
        code = self.language.code
        pairs = [_hashes_of(code, token.low, token.capital) for token in self.tokens]
        beyond = hashed("")
        return [*(word for word, _ in pairs), beyond], [*(kind for _, kind in pairs), beyond]

    @cached_property
    def reporters(self) -> dict[int, int]:
        """Passage -> token of the cue in the reporting clause that follows it, if one does."""
        found = {}
        for number, passage in enumerate(self.marking.passages):
            cue = reporter(self.marking, passage)
            if cue is not None:
                found[number] = self.marking.index_at(cue.start)
        return found

    @cached_property
    def cuts(self) -> array[int]:
        """The tokens with which a sentence begins, or a marked passage begins or ends."""
        places = zip(self.sentence_of, self.passage_of, strict=True)
        changes = (one != other for one, other in pairwise(places))
        return array("i", (j for j, changed in enumerate(changes, 1) if changed))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Indices of the tokens that begin in `start:end`, as a half-open range."""
        return self.marking.index_at(start), self.marking.index_at(end)

    def at(self, i: int) -> int:
        """`i`, or the index of what lies beyond the text."""
        return i if 0 <= i < self.count else self.count

    def low(self, i: int) -> str:
        """The token in lower case, "" beyond the text."""
        return self._lows[i] if 0 <= i < self.count else ""

    def cue(self, i: int) -> Cue:
        """The cue candidate at token `i`, or one made of the word there."""
        token = self.tokens[i]
        return self.cues.get(i) or Cue(token.start, token.end, token.low, "verb")

    def passages_in(self, gap: range) -> int:
        """How many marked passages the tokens of `gap` touch."""
        if not gap:
            return 0
        begun = self.openings[gap.stop] - self.openings[gap.start]
        opens = self.openings[gap.start + 1] > self.openings[gap.start]
        return begun + (self.passage_of[gap.start] >= 0 and not opens)

    def range_of(self, mention: Mention) -> range:
        """Indices of the mention's tokens, at least one."""
        first, last = self.span(mention.start, mention.end)
        return range(first, max(last, first + 1))


def _numbers(marking: Marking, spans: Sequence[Span]) -> array[int]:
    """Of each token, the number of the last span that begins at or before it; else 0."""
    firsts = [*(marking.index_at(start) for start, _ in spans[1:]), len(marking.tokens)]
    numbers = array("i")
    for number, (first, last) in enumerate(pairwise((0, *firsts))):
        numbers.extend([number] * (last - first))
    return numbers


def _ranges(numbers: Sequence[int]) -> dict[int, Span]:
    """Number -> half-open range of the indices that have it (they follow each other)."""
    firsts = [i for i, (a, b) in enumerate(pairwise((None, *numbers))) if a != b]
    return {numbers[a]: (a, b) for a, b in pairwise((*firsts, len(numbers)))}


@lru_cache(maxsize=2**14)
def _hashes_of(code: str, low: str, capital: bool) -> tuple[int, int]:
    """Hashes of a word and of its class."""
    return hashed(low), hashed(_class(_classes(code), low, capital))


def _class(classes: dict[str, str], low: str, capital: bool) -> str:
    known = classes.get(low)
    if known:
        return known
    if not low[0].isalnum():
        return low
    if capital:
        return "Capital"
    return "0" if low[0].isdigit() else f"-{low[-3:]}"


@cache
def _classes(code: str) -> dict[str, str]:
    """Word -> its class, for every word in a language pack's lists."""
    language = load(code)
    classes: dict[str, str] = {}
    for name in reversed(_CLASSES):  # the first that holds a word counts
        classes |= dict.fromkeys(getattr(language, name), name)
    return classes
