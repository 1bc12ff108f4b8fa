"""What the quotes of an article speak of, where nobody has named the targets of a study.

Two kinds of things are proposed: names that are said in a quote, and phrases behind an article or
a possessive ("the flood wall") that come back in another quote. It takes no tagger, and it finds no
abstract target that the words do not name.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from attributor.embedded.stance.naming import Naming
from attributor.embedded.stance.wording import Wording, words_of
from attributor.marking.evidence import Marking, Token
from attributor.marking.language import Language, load
from attributor.marking.tokens import tokens, without_possessive
from attributor.records import Annotation, Codebook, Quote, Target

MOST = 8
"""So many targets are proposed at most, those of most quotes."""
_WORDS = 3
"""A phrase has at most so many words behind its determiner."""
_MAX_COMPARED = 300
"""Of the phrases and names, this many, the most frequent, are compared with each other."""
_LETTERS = 4
"""The last word of a phrase has at least so many letters."""


class _Found(NamedTuple):
    """Something that a quote speaks of: its words in lower case, and as they are written."""

    words: tuple[str, ...]
    written: str
    is_name: bool


def propose(annotation: Annotation, marking: Marking) -> Codebook:
    """What the quotes speak of, those first that most of them speak of; often nothing.

    Args:
        annotation: the located quotes.
        marking: the evidence of the article that they are in.
    """
    pack = load(marking.language)
    starts = [mention.start for mention in marking.mentions]
    own = {speaker.id: set(words_of(speaker.name)) for speaker in annotation.speakers}
    written: dict[tuple[str, ...], str] = {}
    named: set[tuple[str, ...]] = set()
    count: Counter[tuple[str, ...]] = Counter()
    for quote in annotation.quotes:
        found = [*_names(quote, marking, starts, pack), *_phrases(quote, pack)]
        speaker = own.get(quote.speaker or 0, set())
        kept = {each.words: each for each in found if not speaker.issuperset(each.words)}
        for words, each in kept.items():
            written.setdefault(words, each.written)
            count[words] += 1
            if each.is_name:
                named.add(words)
    said = [Wording.of(*(span.text for span in quote.spans)) for quote in annotation.quotes]
    chosen = (written[words] for words in _chosen(count, named))
    first = islice((name for name in chosen if _is_found_again(name, said, pack)), MOST)
    return Codebook(targets=tuple(Target(name=name) for name in first))


def _is_found_again(target: str, said: Iterable[Wording], pack: Language) -> bool:
    """Whether a quote speaks of the target, as it is found again in quotes."""
    naming = Naming(target, pack)
    return any(naming.is_named(each) for each in said)


def _chosen(
    count: Counter[tuple[str, ...]], named: set[tuple[str, ...]]
) -> Iterator[tuple[str, ...]]:
    """The most frequent, without those that a shorter name or a longer phrase stands for."""
    often = [words for words, number in count.most_common() if words in named or number > 1]
    often = often[:_MAX_COMPARED]
    return (w for w in often if not any(_stands_for(other, w, count, named) for other in often))


def _stands_for(
    other: tuple[str, ...],
    words: tuple[str, ...],
    count: Counter[tuple[str, ...]],
    named: set[tuple[str, ...]],
) -> bool:
    """Whether `other` is proposed in the place of `words`.

    "Obama" stands for "Barack Obama", so that both are found by it, but "the flood wall" for "the
    flood", where the one never comes without the other.
    """
    if words in named:
        return other in named and len(other) < len(words) and words[-len(other) :] == other
    longer = len(other) > len(words) and other[: len(words)] == words
    return longer and count[other] == count[words]


def _names(
    quote: Quote, marking: Marking, starts: Sequence[int], pack: Language
) -> Iterator[_Found]:
    """The names in a quote, without titles and descriptions; `starts` are those of all mentions."""
    for span in quote.spans:
        first, last = bisect_left(starts, span.start), bisect_left(starts, span.end)
        for mention in marking.mentions[first:last]:
            if mention.type == "name" and mention.end <= span.end:
                text = marking.text[mention.start : mention.end]
                parts = _bare(tokens(text), pack)
                if parts:
                    yield _found(text, parts, is_name=True)


def _bare(parts: Sequence[Token], pack: Language) -> Sequence[Token]:
    """The last run of a mention's words that a capital marks as a name."""
    end = len(parts)
    while end and not _is_named(parts[end - 1], pack):
        end -= 1
    start = end
    while start and (_is_named(parts[start - 1], pack) or parts[start - 1].low in pack.particles):
        start -= 1
    while start < end and not _is_named(parts[start], pack):
        start += 1
    return parts[start:end]


def _is_named(token: Token, pack: Language) -> bool:
    return token.capital and token.low not in pack.titles and token.low not in pack.not_names


def _phrases(quote: Quote, pack: Language) -> Iterator[_Found]:
    """Every beginning of what stands behind an article or a possessive in the quote."""
    openers = pack.definite | pack.possessives
    for span in quote.spans:
        words = tokens(span.text)
        for i, token in enumerate(words):
            if token.low in openers:
                for end in range(i + 2, i + 2 + _WORDS):
                    parts = words[i + 1 : end]
                    if len(parts) < end - i - 1 or not _can_go_on(parts[-1], pack):
                        break
                    if parts[-1].end - parts[-1].start >= _LETTERS:
                        yield _found(span.text, parts, is_name=False)


def _can_go_on(token: Token, pack: Language) -> bool:
    """Whether the word may belong to a noun phrase."""
    closed = (pack.breaks, pack.auxiliaries, pack.passive, pack.negations, pack.adverbs, pack.call)
    return token.low[0].isalnum() and not any(token.low in words for words in closed)


def _found(text: str, parts: Sequence[Token], is_name: bool) -> _Found:
    written = _unowned(" ".join(text[parts[0].start : parts[-1].end].split()))
    return _Found(tuple(without_possessive(part.low) for part in parts), written, is_name)


def _unowned(written: str) -> str:
    for ending in ("'s", "’s"):
        written = written.removesuffix(ending)
    return written
