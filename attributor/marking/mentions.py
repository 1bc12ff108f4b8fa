"""Mention candidates: names with their titles, descriptions of people and bodies, pronouns.

No tagger is used. A name is a run of capitalised words that is not merely a sentence's beginning;
a description ends in a noun that can speak (language data) and reaches back to its determiner.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from attributor.marking.evidence import Gender, Mention, Token
from attributor.marking.language import Language
from attributor.marking.tokens import index_at, without_possessive

_LONGEST = 12
"""A name has at most so many words and full stops."""
_MAX_ASIDE_TOKENS = 20
"""An aside between a subject and its verb has fewer tokens than this."""
_PARTICLES = 3
"""At most so many of them stand between two words of a name."""
_OWNED = 2
"""What somebody owns ("Ana’s aide", "Ana’s senior aide") ends within so many words."""
_BEFORE_FIRST = frozenset("\"“„«»:‘'–—-(.")
"""Signs behind which a sentence or a quote may begin."""
_REACH = 6
"""So many words at most stand between a description's determiner and its noun."""


def mentions(
    tokens: Sequence[Token],
    sentence_starts: Iterable[int],
    language: Language,
    written: Sequence[Token] = (),
) -> tuple[Mention, ...]:
    """Every candidate in order; where two would overlap, the longer one that holds a name.

    Args:
        tokens: every token, `capital` where it may be a name's.
        sentence_starts: offsets of the sentences' first characters.
        language: its words.
        written: the same tokens as they are written, where every noun has a capital.
    """
    finder = _Finder(tokens, sentence_starts, language)
    if language.nouns_have_capitals:
        finder.small = {i for i, token in enumerate(written) if not token.capital}
    return tuple(_merged(finder.found()))


class _Finder:
    """The tokens of an article, and which of them a capital says little about.

    `starts` are the indices of sentences' first tokens, `initial` has a 1 for words whose capital
    may come from their place, `inner` are the words that have a capital elsewhere too, `small`
    those that are no nouns because they have none.
    """

    def __init__(
        self, tokens: Sequence[Token], sentence_starts: Iterable[int], language: Language
    ) -> None:
        self.tokens, self.language = tokens, language
        self.starts = {index_at(tokens, offset) for offset in sentence_starts}
        self.small: set[int] = set()
        vetted = language.nouns_have_capitals  # by `capitals`
        self.initial = bytearray(len(tokens) + 1) if vetted else _initial(tokens, self.starts)
        self.inner = {
            without_possessive(t.low)
            for t, initial in zip(tokens, self.initial, strict=False)
            if t.capital and not initial
        }

    def found(self) -> Iterator[Mention]:
        """Every candidate, overlapping ones too, in the order of their heads."""
        behind = 0
        for i, token in enumerate(self.tokens):
            if i >= behind and (token.capital or self._may_mean_somebody(token.low)):
                mention, behind = self._at(i)
                if mention:
                    yield mention

    def _may_mean_somebody(self, low: str) -> bool:
        """Whether it may be a pronoun or a noun; most words are neither."""
        lang = self.language
        return low in lang.nouns or low in lang.pronouns or "'" in low

    def _at(self, i: int) -> tuple[Mention | None, int]:
        """The mention that begins or has its head at token `i`, and where to look on."""
        token = self.tokens[i]
        kind = self.language.pronouns.get(token.low) or self.language.pronouns.get(
            token.low.partition("'")[0]
        )
        if kind:
            gender: Gender = "m" if kind == "m" else "f" if kind == "f" else ""
            plural = kind == "plural"
            return Mention(token.start, token.end, "pronoun", token.low, gender, plural), i + 1
        end = self._name_end(i) if token.capital else i
        if end > i:
            return self._name(i, end), end
        if token.low in self.language.nouns and i not in self.small:
            return self._nominal(i), i + 1
        return None, i + 1

    def _name_end(self, i: int) -> int:
        """Index after the name that begins at `i`; `i` itself if none does."""
        word = without_possessive(self.tokens[i].low)
        if word in self.language.not_names or (self.initial[i] and self._is_common(i)):
            return i
        end = i
        while end < min(len(self.tokens), i + _LONGEST):
            if self.tokens[end].low.endswith("'s"):
                return end + 1
            step = self._name_step(end)
            if not step:
                break
            end += step
            if end in self.starts:
                break
        return end

    def _name_step(self, at: int) -> int:
        """By how many tokens the name goes on at `at`: a word, an initial, a particle."""
        token = self.tokens[at]
        following = self.tokens[at + 1] if at + 1 < len(self.tokens) else None
        if token.capital and token.low not in self.language.not_names:
            return 2 if following and _is_abbreviated(token, following, self.language) else 1
        return self._particles(at) if token.low in self.language.particles else 0

    def _particles(self, at: int) -> int:
        """How many particles lead to the name's next word ("van der" Holm); "and" never does."""
        for count, token in enumerate(self.tokens[at : at + _PARTICLES + 1]):
            if token.capital and count:
                return count if token.low not in self.language.not_names else 0
            if token.low not in self.language.particles or token.low == "and":
                return 0
        return 0

    def _is_common(self, i: int) -> bool:
        """Whether the capitalised word at a sentence's start is probably an ordinary word."""
        word = without_possessive(self.tokens[i].low)
        if word in self.inner or word in self.language.given or len(self.tokens[i].low) > len(word):
            return False
        following = self.tokens[i + 1] if i + 1 < len(self.tokens) else None
        if following is None:
            return True
        if (
            following.low == ","
            and i + 2 < len(self.tokens)
            and self.tokens[i + 2].low in self.language.determiners
        ):
            return False  # "Reed, the chief executive"
        if following.low == "," and self._is_subject_of_speech(i):
            return False  # "Reed, for his part, said"
        if following.capital and following.low not in self.language.not_names:
            return word in self.language.nouns and not following.low[0].isalnum()
        if word in self.language.nouns or word in self.language.titles:
            return True
        return following.low not in self.language.verbs

    def _is_subject_of_speech(self, i: int) -> bool:
        """Whether the word before a comma must be whose verb stands behind the next one."""
        language, low = self.language, self.tokens[i].low
        known = (language.adverbs, language.adjuncts, language.relatives, language.common)
        if any(low in words for words in known) or low.endswith(language.adverb_endings or " "):
            return False
        aside = self.tokens[i + 2 : i + 2 + _MAX_ASIDE_TOKENS]
        close = next((j for j, t in enumerate(aside) if t.low in (",", ".")), 0)
        edge, verb = ([t.low for t in aside[close : close + 2]] + ["", ""])[:2]
        speaks = verb in language.verbs and (
            verb not in language.nominal_forms or verb.endswith("ed")
        )
        return close > 0 and edge == "," and speaks

    def _name(self, start: int, end: int) -> Mention:
        """The name at `start:end` with the titles and the description before it."""
        last = self.tokens[end - 1]
        if last.low.endswith("'s") and last.end - last.start > 2:
            last = last._replace(end=last.end - 2, low=last.low[:-2])
        head = self.tokens[end - 2].low if last.low == "." else last.low
        first = self._reach_back(start)
        words = [self.tokens[i].low for i in range(first, end)]
        no_name = all(_is_role(word, self.language) for word in words[start - first :])
        kind: Literal["nominal", "name"] = "nominal" if no_name else "name"
        return Mention(
            self.tokens[first].start, last.end, kind, head, _gender(words, self.language)
        )

    def _nominal(self, i: int) -> Mention:
        first = self._reach_back(i)
        words = [self.tokens[k].low for k in range(first, i + 1)]
        # "predsednica opštine": the person is the head, whatever body completes the title
        head = next(
            (w for w in reversed(words) if self.language.nouns.get(w) == "person"), words[-1]
        )
        plural = self.language.nouns[head] == "group"
        gender = _gender(words, self.language)
        return Mention(
            self.tokens[first].start, self.tokens[i].end, "nominal", head, gender, plural
        )

    def _reach_back(self, start: int) -> int:
        """Index where the description before `start` begins: at its determiner if one is near."""
        best = start
        for k in range(start - 1, max(start - 2 - _REACH, -1), -1):
            if k + 1 in self.starts:
                break
            low = self.tokens[k].low
            if low in self.language.determiners or low in self.language.possessives:
                return k
            if low.endswith("'s"):
                return self._possessor(k) if start - k <= _OWNED else best
            if _ends_description(self.tokens[k], self.language):
                break
            known = low in self.language.titles or low in self.language.nouns
            if (known and k not in self.small) or self.tokens[k].capital:
                best = k if best == k + 1 else best
        return best

    def _possessor(self, k: int) -> int:
        first = max(k - _LONGEST, 0)
        while (
            k > first
            and self.tokens[k - 1].capital
            and self.tokens[k - 1].low not in self.language.not_names
        ):
            k -= 1
        return k - 1 if k > 0 and self.tokens[k - 1].low in self.language.determiners else k


def _initial(tokens: Sequence[Token], starts: Iterable[int]) -> bytearray:
    """1 for each word whose capital may come from its place: a sentence's or a quote's first."""
    first = bytearray(len(tokens) + 1)
    for i in starts:
        while i < len(tokens) and not tokens[i].low[0].isalnum():
            i += 1
        first[i] = 1
    for i, token in enumerate(tokens):
        if token.low in _BEFORE_FIRST:
            first[i + 1] = 1
    return first


def _is_abbreviated(token: Token, following: Token, language: Language) -> bool:
    """Whether the full stop after the word is its own: an initial, or a title such as "Rep."."""
    if following.low != "." or following.start != token.end:
        return False
    return token.end - token.start == 1 or token.low in language.titles


def _is_role(word: str, language: Language) -> bool:
    return word in language.titles or language.nouns.get(word) == "person"


def _gender(words: Iterable[str], language: Language) -> Gender:
    for word in words:
        known = language.titles.get(word) or language.given.get(word)
        if known in ("m", "f"):
            return "m" if known == "m" else "f"
    return ""


def _ends_description(token: Token, language: Language) -> bool:
    low = token.low
    return (
        not low[0].isalnum()
        or low in language.adjuncts
        or low in language.auxiliaries
        or low in language.pronouns
        or low in language.conjunctions
        or low in language.relatives
        or low in language.adverbs
        or low in language.not_names
        or (low in language.verbs and low not in language.nouns and low not in language.titles)
    )


def _merged(found: Iterable[Mention]) -> Iterator[Mention]:
    """`found` without those that another one covers; of two that overlap, joined into one."""
    held: Mention | None = None
    for mention in sorted(found, key=lambda m: (m.start, -m.end)):
        if held is None:
            held = mention
        elif mention.start < held.end:
            held = _join(held, mention)
        else:
            yield held
            held = mention
    if held:
        yield held


def _join(one: Mention, other: Mention) -> Mention:
    """One mention from two that overlap: the later head, a name before a description."""
    last = other if other.end >= one.end else one
    return Mention(
        min(one.start, other.start),
        max(one.end, other.end),
        "name" if last.type == "name" else last.type,
        last.head,
        last.gender or one.gender,
        last.plural,
    )
