"""Finding words that somebody typed in a text that may set them differently.

Typography may differ: quotation marks, dashes, spaces and line breaks, ligatures and full-width
letters, invisible characters, and the case of the first letter of a sentence. Words may not, and
to words belong numbers with their signs, currency signs and decimal points.

A text is folded once into its tokens, joined by single spaces, each with the place it came from;
a search is then a search for a string, in time that grows with the text alone.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate
from typing import Literal

Reason = Literal["outside", "reversed", "empty", "no_words", "not_found", "changed", "ambiguous"]
"""Why a part of a proposal was not found."""


@dataclass(frozen=True, slots=True)
class Miss:
    """Why words were not found; `detail` says it of "the words", and quotes the text unescaped."""

    reason: Reason
    detail: str


APOSTROPHES = "'’‘‛‚ʼʹ´`′"
"""All signs that are written as apostrophes."""
MARKS = '"“”„‟«»‹›「」『』〝〞〟'
"""All quotation marks that are no apostrophes."""
_STOPS = frozenset(".!?:…")
"""Signs that end a sentence; the word after one may begin with either case."""
_MAX_PLACES = 200
"""Words that fit more places than this count as ambiguous at once."""
_MAX_SEARCHED_CODE_POINTS = 200_000
"""Of long words fewer places are told apart, so that no more than this is compared."""
_JOINING_SIGNS = frozenset("-‐‑－" + APOSTROPHES)
"""Signs that join two parts of one word."""

_PLAIN_CHARACTERS = str.maketrans(
    {chr(c): chr(c - 0xFEE0) for c in range(0xFF01, 0xFF5F)}
    | dict.fromkeys(APOSTROPHES, "'")
    | dict.fromkeys(MARKS, '"')
    | dict.fromkeys("‐‑", "-")
)
"""Plain characters for others, one for one, so that offsets stay what they are."""
_INVISIBLE_CODES = dict.fromkeys(
    code
    for first, last in (
        *((0x00, 0x08), (0x0E, 0x1B), (0x7F, 0x84), (0x86, 0x9F), (0xAD, 0xAD), (0x34F, 0x34F)),
        *((0x61C, 0x61C), (0x180E, 0x180E), (0x200B, 0x200F), (0x202A, 0x202E)),
        *((0x2060, 0x206F), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF)),
    )
    for code in range(first, last + 1)
)
"""Code points that nobody sees, such as soft hyphens and marks of direction."""
INVISIBLE = "".join(map(chr, _INVISIBLE_CODES))
"""The characters that nobody sees."""
_NO_FORM = ("<super>", "<sub>", "<circle>", "<fraction>", "<square>")
"""Kinds of characters that are not what their compatibility form says: 10² is not 102."""

_IDEOGRAPH = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
"""Characters that are words by themselves."""
_DASH = "\\-\u2012-\u2015\u2212\u2e3a\u2e3b\ufe58\ufe63"
"""All dashes."""
_LETTER = (
    "[^\\s\\-'\",;:.!?()\\[\\]{}<>*_¡¿·\u2010-\u2027\u2032-\u2043\u2045-\u205e\u2190-\u2212\u2300-"
    f"\u23ff\u2500-\u2bff\u2e00-\u2e7f\u3001-\u303f\ufe10-\ufe1f\ufe30-\ufe6f{_IDEOGRAPH}"
    "\U0001f000-\U0001faff]"
)
"""Whatever a word may consist of: no white space, and no sign between words."""
_CLITIC = rf"(?:[sSmMdD]|re|ve|ll)(?!{_LETTER})"
"""A word behind an apostrophe ("Ana's", "I'm"), which the "n't" of a negation is not."""
# Markdown's emphasis and quotation marks match nothing here: they are not part of any wording.
_TOKEN = rf"""(?P<word> (?: (?<![^\s"'(\[{INVISIBLE}]) [-\u2212–.] (?=[$€£¥]?\d) )?
                   {_LETTER}+ (?: (?: '(?!{_CLITIC}) | (?<=\d)[.,:](?=\d) ) {_LETTER}+ )*
                 | (?<={_LETTER}) '{_CLITIC}
                 | [{_IDEOGRAPH}] )
       | (?P<ellipsis> (?: \.[ \xa0]?(?=[.…]) | … ) (?: [ \xa0]?[.…] )* )
       | (?P<dash> [{_DASH}]+ )
       | (?P<drop> << | >> | ,, )
       | (?P<sign> [^\s"'*_] )"""
_compiled = cache(re.compile)
"""Compiles a pattern when words are first looked up: it takes a while, and not every run does."""


@dataclass(frozen=True, slots=True)
class _Tokens:
    """A folded text: token i is `joined[at[i]:at[i + 1] - 1]` and came from `starts[i]:ends[i]`."""

    joined: str
    at: list[int]
    starts: list[int]
    ends: list[int]


def find_words(text: str, typed: str, start: int, end: int) -> tuple[int, int] | Miss:
    """Where the `typed` words stand in `text[start:end]`, once and on word boundaries.

    Returns:
        Start and end (code points, end exclusive), or why there is no such place.
    """
    found = find_all(text, typed, start, end)
    if isinstance(found, Miss):
        return found
    return found[0] if len(found) == 1 else Miss("ambiguous", "they fit more than one place")


def find_all(text: str, typed: str, start: int, end: int) -> list[tuple[int, int]] | Miss:
    """Every place of the `typed` words in `text[start:end]`, in order, or why there is none."""
    words = _wording(typed)
    if not words:
        return Miss("no_words", "there is no word in them")
    at, tokens = _tokens_of(text, start, end)
    low, high = bisect_left(tokens.starts, start - at), bisect_right(tokens.ends, end - at)
    if low >= high:
        return Miss("not_found", "there is no whole word to compare them with")
    found = set()
    for variant in _variants(words):
        for first in _occurrences(tokens, " ".join(variant), low, high):
            if first is None:
                return Miss("ambiguous", "they fit very many places")
            place = at + tokens.starts[first], at + tokens.ends[first + len(words) - 1]
            if _is_whole(text, *place) and _case_fits(text, place[0], words[0][0]):
                found.add((place[0], with_marks_of(text, place[1])))
    return sorted(found) or _difference(tokens, words, low, high)


def _tokens_of(text: str, start: int, end: int) -> tuple[int, _Tokens]:
    """The tokens of the line that holds `start:end`, else of the whole text; and where it begins.

    No token goes on in another line.
    """
    first, last = text.rfind("\n", 0, start) + 1, text.find("\n", start)
    last = len(text) if last < 0 else last
    first, last = (first, last) if end <= last else (0, len(text))
    return first, _folded(text, first, last)


def _variants(words: tuple[str, ...]) -> set[tuple[str, ...]]:
    """The words with their first letter in either case."""
    first = words[0]
    return {words} | {(c + first[1:], *words[1:]) for c in (first[0].lower(), first[0].upper())}


def _occurrences(tokens: _Tokens, needle: str, low: int, high: int) -> Iterator[int | None]:
    """The tokens at which `needle` begins; None if there are more than are worth looking at."""
    position = tokens.at[low] - 2
    for _ in range(min(_MAX_PLACES, 2 + _MAX_SEARCHED_CODE_POINTS // len(needle))):
        position = tokens.joined.find(f" {needle} ", position + 1, tokens.at[high])
        if position < 0:
            return
        yield bisect_left(tokens.at, position + 1)
    yield None


def _difference(tokens: _Tokens, words: tuple[str, ...], low: int, high: int) -> Miss:
    """Where the longest beginning of `words` that does stand there goes on differently."""
    reach = (_reach(tokens, variant, low, high) for variant in _variants(words))
    count, position = max(reach, key=lambda found: (found[0], -found[1]))
    if not count:
        return Miss("not_found", f"“{words[0]}” does not stand there")
    if count == len(words):
        return Miss("changed", "they stand there only as part of other words")
    following = bisect_left(tokens.at, position + 1) + count
    instead = _token(tokens, following) if following < high else ""
    after = f"after “{' '.join(words[max(0, count - 3) : count])}”"
    goes_on = f"the article goes on with “{instead}”" if instead else "the window ends"
    return Miss("changed", f"{after} {goes_on}, not with “{words[count]}”")


def _reach(tokens: _Tokens, words: tuple[str, ...], low: int, high: int) -> tuple[int, int]:
    """How many of the first `words` stand together between two tokens, and where in `joined`."""

    def place(count: int) -> int:
        needle = f" {' '.join(words[:count])} "
        return tokens.joined.find(needle, tokens.at[low] - 1, tokens.at[high])

    count = bisect_left(range(1, len(words) + 1), True, key=lambda n: place(n) < 0)
    return count, place(count)


def _token(tokens: _Tokens, index: int) -> str:
    return tokens.joined[tokens.at[index] : tokens.at[index + 1] - 1]


def cuts_word(text: str, index: int) -> bool:
    """Whether a word, a number or a character goes on across `index`."""
    if not 0 < index < len(text):
        return False
    before, after = text[index - 1], text[index]
    if (before.isalnum() and after.isalnum()) or joins(text, index):
        return True
    if (before in "$€£¥+-−" and after.isdigit()) or (before.isdigit() and after in "%‰"):
        return True
    return _binds(text, index - 1) or _binds(text, index)


def _is_whole(text: str, start: int, end: int) -> bool:
    """Whether no half of a hyphenated word was found: "aligned" in "non-aligned"."""
    return not (_binds(text, start - 1) or _binds(text, end))


def _binds(text: str, index: int) -> bool:
    """Whether the sign at `index` makes one word of what stands on its two sides."""
    if not 0 < index < len(text) - 1:
        return False
    before, sign, after = text[index - 1], text[index], text[index + 1]
    if sign in "–.,:":
        return before.isdigit() and after.isdigit()
    if sign in APOSTROPHES and _compiled(_CLITIC).match(text, index + 1):
        return False
    return sign in _JOINING_SIGNS and before.isalnum() and after.isalnum()


def _case_fits(text: str, start: int, typed: str) -> bool:
    """A capital in mid-sentence is part of the word: "polish" is not "Polish"."""
    first = text[start]
    return first == typed or not first.isupper() or typed.isupper() or _opens(text, start)


def _opens(text: str, start: int) -> bool:
    """Whether a sentence, a line or a quotation may begin at `start`."""
    before = text[max(0, start - 50) : start]
    kept = before.rstrip()
    return not kept or "\n" in before[len(kept) :] or not (kept[-1].isalnum() or kept[-1] in ",;")


def with_marks_of(text: str, end: int) -> int:
    """`end`, moved behind the combining marks and joiners that belong to the character before."""
    while joins(text, end):
        end += 1
    return end


def joins(text: str, index: int) -> bool:
    """Whether a character, as a reader sees it, goes on at `index`."""
    if not 0 < index < len(text):
        return False
    here = text[index]
    if here.isascii():
        return False
    return (
        unicodedata.category(here)[0] == "M"
        or "\u200d" in (here, text[index - 1])
        or "\U0001f3fb" <= here <= "\U0001f3ff"
    )


@lru_cache(maxsize=1024)
def _wording(typed: str) -> tuple[str, ...]:
    """The tokens of `typed` without the signs before its first word and after its last."""
    tokens = _fold(typed)
    words = [_token(tokens, i) for i in range(len(tokens.starts))]
    low, high = 0, len(words)
    while low < high and not _is_word(words[low]):
        low += 1
    while low < high and not _is_word(words[high - 1]):
        high -= 1
    if low < high and typed[tokens.starts[low]].isupper():  # a sign before it may have lowered it
        words[low] = words[low][0].upper() + words[low][1:]
    return tuple(words[low:high])


def _is_word(token: str) -> bool:
    return any(map(str.isalnum, token))


def _fold(text: str) -> _Tokens:
    parts, starts, ends = list[str](), list[int](), list[int]()
    previous = ""
    for match in _compiled(_TOKEN, re.VERBOSE).finditer(text.translate(_PLAIN_CHARACTERS)):
        token, (start, end) = match[0], match.span()
        if not (token.isascii() and token.isalnum()):  # as most are: a word as it stands
            found, token = token, _FOLDS[str(match.lastgroup)](token)
            if not token:
                continue
            if token != found:  # what was folded away at its edges is not part of it
                start = end - len(found.lstrip(INVISIBLE))
                end = start + len(found.strip(INVISIBLE))
        if previous in _STOPS:
            token = token[0].lower() + token[1:]
        parts.append(token)
        starts.append(start)
        ends.append(end)
        previous = token
    at = list(accumulate((len(part) + 1 for part in parts), initial=1))
    return _Tokens(" ".join(["", *parts, ""]), at, starts, ends)


@lru_cache(maxsize=16)  # many pieces are looked up in one line before the next is begun
def _folded(text: str, start: int, end: int) -> _Tokens:
    return _fold(text[start:end])


def _word(token: str) -> str:
    return token if token.isascii() and token.isprintable() else _unusual_word(token)


@lru_cache(maxsize=4096)
def _unusual_word(token: str) -> str:
    token = token.translate(_INVISIBLE_CODES)
    if token[:1] in ("–", "−"):
        token = "-" + token[1:]
    keeps = any(unicodedata.decomposition(c).startswith(_NO_FORM) for c in token)
    return "".join(unicodedata.normalize("NFC" if keeps else "NFKC", token).split())


_FOLDS: dict[str, Callable[[str], str]] = {
    "word": _word,
    "ellipsis": lambda _: "…",
    "dash": lambda _: "-",
    "drop": lambda _: "",
    "sign": lambda sign: sign,
}
