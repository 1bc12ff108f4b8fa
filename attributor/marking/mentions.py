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
_PARTICLES = 3
"""At most so many of them stand between two words of a name."""
_OWNED = 2
"""What somebody owns ("Ana’s aide", "Ana’s senior aide") ends within so many words."""
_REACH = 6
"""So many words at most stand between a description's determiner and its noun."""


def mentions(
    tokens: Sequence[Token], sentence_starts: Iterable[int], language: Language
) -> tuple[Mention, ...]:
    """Every candidate in order; where two would overlap, the longer one that holds a name."""
    starts = {index_at(tokens, offset) for offset in sentence_starts}
    initial = _initial(tokens, starts)
    inner = {
        without_possessive(t.low) for i, t in enumerate(tokens) if t.capital and i not in initial
    }
    found: list[Mention] = []
    i = 0
    while i < len(tokens):
        mention, i = _at(tokens, i, starts, initial, inner, language)
        if mention:
            found.append(mention)
    return tuple(_merged(found))


def _at(
    tokens: Sequence[Token],
    i: int,
    starts: set[int],
    initial: set[int],
    inner: set[str],
    language: Language,
) -> tuple[Mention | None, int]:
    """The mention that begins or has its head at token `i`, and where to look on."""
    token = tokens[i]
    kind = language.pronouns.get(token.low) or language.pronouns.get(token.low.partition("'")[0])
    if kind:
        gender: Gender = "m" if kind == "m" else "f" if kind == "f" else ""
        plural = kind == "plural"
        return Mention(token.start, token.end, "pronoun", token.low, gender, plural), i + 1
    end = _name_end(tokens, i, starts, initial, inner, language) if token.capital else i
    if end > i:
        return _name(tokens, i, end, starts, language), end
    if token.low in language.nouns:
        return _nominal(tokens, i, starts, language), i + 1
    return None, i + 1


def _initial(tokens: Sequence[Token], starts: Iterable[int]) -> set[int]:
    """Indices of words whose capital may come from their place: a sentence's or a quote's first."""
    first = set()
    for i in starts:
        while i < len(tokens) and not tokens[i].low[0].isalnum():
            i += 1
        first.add(i)
    first.update(i + 1 for i, t in enumerate(tokens) if t.low in "\"“„«»:‘'–—-(.")
    return first


def _name_end(
    tokens: Sequence[Token],
    i: int,
    starts: set[int],
    initial: set[int],
    inner: set[str],
    language: Language,
) -> int:
    """Index after the name that begins at `i`; `i` itself if none does."""
    word = without_possessive(tokens[i].low)
    if word in language.not_names or (i in initial and _is_common(tokens, i, inner, language)):
        return i
    end = i
    while end < min(len(tokens), i + _LONGEST):
        if tokens[end].low.endswith("'s"):
            return end + 1
        step = _name_step(tokens, end, language)
        if not step:
            break
        end += step
        if end in starts:
            break
    return end


def _name_step(tokens: Sequence[Token], at: int, language: Language) -> int:
    """How many tokens the name goes on by at `at`: a capitalised word, an initial, a particle."""
    token = tokens[at]
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    if token.capital and token.low not in language.not_names:
        return 2 if following and _is_abbreviated(token, following, language) else 1
    return _particles(tokens, at, language) if token.low in language.particles else 0


def _particles(tokens: Sequence[Token], at: int, language: Language) -> int:
    """How many particles lead to the name's next word ("van der" Holm); "and" never does."""
    for count, token in enumerate(tokens[at : at + _PARTICLES + 1]):
        if token.capital and count:
            return count if token.low not in language.not_names else 0
        if token.low not in language.particles or token.low == "and":
            return 0
    return 0


def _is_abbreviated(token: Token, following: Token, language: Language) -> bool:
    """Whether the full stop after the word is its own: an initial, or a title such as "Rep."."""
    if following.low != "." or following.start != token.end:
        return False
    return token.end - token.start == 1 or token.low in language.titles


def _is_common(tokens: Sequence[Token], i: int, inner: set[str], language: Language) -> bool:
    """Whether the capitalised word at a sentence's start is probably an ordinary word."""
    word = without_possessive(tokens[i].low)
    if word in inner or word in language.given or len(tokens[i].low) > len(word):
        return False
    following = tokens[i + 1] if i + 1 < len(tokens) else None
    if following is None:
        return True
    if following.low == "," and i + 2 < len(tokens) and tokens[i + 2].low in language.determiners:
        return False  # "Reed, the chief executive"
    if following.capital and following.low not in language.not_names:
        return word in language.nouns and not following.low[0].isalnum()
    if word in language.nouns or word in language.titles:
        return True
    return following.low not in language.verbs


def _name(
    tokens: Sequence[Token], start: int, end: int, starts: set[int], language: Language
) -> Mention:
    """The name at `start:end` with the titles and the description before it."""
    last = tokens[end - 1]
    if last.low.endswith("'s") and last.end - last.start > 2:
        last = last._replace(end=last.end - 2, low=last.low[:-2])
    head = tokens[end - 2].low if last.low == "." else last.low
    first = _reach_back(tokens, start, starts, language)
    words = [tokens[i].low for i in range(first, end)]
    no_name = all(_is_role(word, language) for word in words[start - first :])
    kind: Literal["nominal", "name"] = "nominal" if no_name else "name"
    return Mention(tokens[first].start, last.end, kind, head, _gender(words, language))


def _is_role(word: str, language: Language) -> bool:
    return word in language.titles or language.nouns.get(word) == "person"


def _nominal(tokens: Sequence[Token], i: int, starts: set[int], language: Language) -> Mention:
    first = _reach_back(tokens, i, starts, language)
    words = [tokens[k].low for k in range(first, i + 1)]
    # "predsednica opštine": the person is the head, whatever body completes the title
    head = next((w for w in reversed(words) if language.nouns.get(w) == "person"), words[-1])
    plural = language.nouns[head] == "group"
    gender = _gender(words, language)
    return Mention(tokens[first].start, tokens[i].end, "nominal", head, gender, plural)


def _gender(words: Iterable[str], language: Language) -> Gender:
    for word in words:
        known = language.titles.get(word) or language.given.get(word)
        if known in ("m", "f"):
            return "m" if known == "m" else "f"
    return ""


def _reach_back(tokens: Sequence[Token], start: int, starts: set[int], language: Language) -> int:
    """Index where the description before `start` begins: at its determiner if one is near."""
    best = start
    for k in range(start - 1, max(start - 2 - _REACH, -1), -1):
        if k + 1 in starts:
            break
        low = tokens[k].low
        if low in language.determiners or low in language.possessives:
            return k
        if low.endswith("'s"):
            return _possessor(tokens, k, language) if start - k <= _OWNED else best
        if _ends_description(tokens[k], language):
            break
        if low in language.titles or low in language.nouns or tokens[k].capital:
            best = k if best == k + 1 else best
    return best


def _possessor(tokens: Sequence[Token], k: int, language: Language) -> int:
    while k > 0 and tokens[k - 1].capital and tokens[k - 1].low not in language.not_names:
        k -= 1
    return k - 1 if k > 0 and tokens[k - 1].low in language.determiners else k


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


def _merged(found: Sequence[Mention]) -> Iterator[Mention]:
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
