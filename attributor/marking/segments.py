"""Paragraphs, sentences and segments, as offsets into the article's text.

Sentences are sentencex's (Wikimedia; rules and abbreviations for some 240 languages). A segment is
a sentence cut again at outer quotation marks, so that most direct quotes begin and end on a
segment's edge and a model can point to them by number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import sentencex

from attributor.errors import PanicError, panics_as_errors
from attributor.marking.evidence import Passage, Segment
from attributor.marking.language import Language
from attributor.marking.spans import Span

_SPACE = re.compile(r"[^\S\r\n]")
_LINE = re.compile(r"[^\r\n\u2028\u2029]+")
_WORD = re.compile(r"[^\W_]")
_LINE_END = re.compile(r"(?>\r\n?|\n)")
_BLANK_LINE = re.compile(rf"{_LINE_END.pattern}[ \t]*{_LINE_END.pattern}")
_ENDS_PARAGRAPH = re.compile(r"[.!?:…\"”“»«’')\]]\s*$")
_MAX_SPLIT_CODE_POINTS = 20_000
"""The splitter is given no more of a paragraph at a time: on some signs its time grows faster."""
_PAGE_BREAK = "\f"
_WRAPPED_AT = (50, 100)
"""A line broken by its width has between so many characters."""
_LOWER_SHARE = 1 / 3
"""Of the lines that go on in the next one, so many go on with a small letter, even in German."""


def paragraphs(text: str) -> tuple[Span, ...]:
    """Lines with a letter or digit in them, without white space at their edges.

    Where blank lines part the paragraphs, a line that was merely wrapped (neither its end nor the
    next line's start looks like a paragraph's) goes on with the next one. So it does where no line
    is blank, and the lines as a whole are those of a wrapped text.
    """
    lines = [_trimmed(text, m.start(), m.end()) for m in _LINE.finditer(text)]
    lines = [(a, b) for a, b in lines if _has_word(text, a, b)]
    has_blank_lines = _BLANK_LINE.search(text) is not None
    fill = None if has_blank_lines else _Fill.of(text, lines)
    if not has_blank_lines and fill is None:
        return tuple(lines)
    joined = lines[:1]
    for before, line in pairwise(lines):
        if fill.goes_on(before, line) if fill else _wrapped(text, before, line):
            joined[-1] = (joined[-1][0], line[1])
        else:
            joined.append(line)
    return tuple(joined)


def _wrapped(text: str, before: Span, line: Span) -> bool:
    if not _adjoins(text, before, line) or _is_ended(text, before):
        return False
    width = before[1] - before[0] + _indent(text, before)
    return _WRAPPED_AT[0] <= width <= _WRAPPED_AT[1]


def _adjoins(text: str, before: Span, line: Span) -> bool:
    """Whether there is one line end between two lines, or, within a sentence, the end of a page."""
    gap = text[before[1] : line[0]]
    is_next_page = _PAGE_BREAK in gap and text[line[0]].islower()
    return is_next_page or len(_LINE_END.findall(gap)) == 1


def _is_ended(text: str, line: Span) -> bool:
    return _ENDS_PARAGRAPH.search(text[max(line[0], line[1] - 8) : line[1]]) is not None


def _indent(text: str, line: Span) -> int:
    """How many characters of white space a line begins with."""
    at = line[0]
    while at and text[at - 1].isspace() and text[at - 1] not in "\r\n\f\u2028\u2029":
        at -= 1
    return line[0] - at


@dataclass(frozen=True, slots=True)
class _Fill:
    """A text without blank lines whose lines were filled up to a width, and then broken."""

    text: str
    width: int
    margin: int

    @classmethod
    def of(cls, text: str, lines: Sequence[Span]) -> _Fill | None:
        """How a text was filled; None if its lines are paragraphs.

        Most lines of a wrapped text are no ends of sentences, and many go on with a small letter.
        """
        indents = [_indent(text, line) for line in lines]
        width = max(
            (b - a + indent for (a, b), indent in zip(lines, indents, strict=True)), default=0
        )
        if not _WRAPPED_AT[0] <= width <= _WRAPPED_AT[1]:
            return None
        going_on = [line for before, line in pairwise(lines) if not _is_ended(text, before)]
        lower = sum(text[start].islower() for start, _ in going_on)
        if 2 * len(going_on) < len(lines) or lower < max(_LOWER_SHARE * len(going_on), 1):
            return None
        return cls(text, width, min(indents))

    def goes_on(self, before: Span, line: Span) -> bool:
        """Whether a line is followed by another one of its paragraph.

        The last line of a paragraph has room for the first word of the next one, or that stands
        further in.
        """
        text, indent = self.text, _indent(self.text, before)
        if not _adjoins(text, before, line):
            return False
        if not _is_ended(text, before) and text[line[0]].islower():
            return True
        word = len(text[line[0] : line[1]].split(None, 1)[0])
        is_full = indent + before[1] - before[0] + 1 + word > self.width
        return is_full and _indent(text, line) <= self.margin


def sentences(text: str, bounds: Sequence[Span], language: Language) -> list[tuple[int, int, int]]:
    """(start, end, paragraph) of each sentence, edges without white space."""
    return [
        (a, b, number)
        for number, (start, end) in enumerate(bounds)
        for a, b in _split(text, start, end, language)
    ]


def segments(
    text: str,
    sentence_bounds: Sequence[tuple[int, int, int]],
    passages: Sequence[Passage],
    language: Language,
) -> tuple[Segment, ...]:
    """Sentences cut at outer quotation marks, and marked passages cut into their sentences."""
    found: list[Segment] = []
    pieces = _pieces(text, sentence_bounds, passages, language)
    for start, end, paragraph, sentence, marked in pieces:
        a, b = _trimmed(text, start, end)
        if _has_word(text, a, b):
            found.append(Segment(len(found) + 1, a, b, paragraph, sentence, marked))
    return tuple(found)


def _pieces(
    text: str,
    sentence_bounds: Sequence[tuple[int, int, int]],
    passages: Sequence[Passage],
    language: Language,
) -> Iterator[tuple[int, int, int, int, bool]]:
    next_passage = 0
    at = 0
    for sentence, (start, end, paragraph) in enumerate(sentence_bounds):
        at = max(at, start)
        while next_passage < len(passages) and passages[next_passage].outer_start < end:
            passage = passages[next_passage]
            yield at, passage.outer_start, paragraph, sentence, False
            inside = _split(text, passage.start, passage.end, language)
            edges = [passage.outer_start, *(a for a, _ in inside[1:]), passage.outer_end]
            for a, b in pairwise(edges):
                yield a, b, paragraph, sentence, True
            at = max(at, passage.outer_end)
            next_passage += 1
        if at < end:
            yield at, end, paragraph, sentence, False
            at = end


_AFTER_MARK = re.compile(
    r"[.!?“](?:(?<=[”“\"»’][.!?])|(?<=[.!?]“)|(?<=\bMay\.))(\s+)(?=[^\W\d_a-zа-я]|[“„«\"])"
)
"""Ends that sentencex passes over: a full stop behind a closing mark, or behind "May"."""
_BEFORE_NUMBER = re.compile(r"(?<=[^\W\d_][^\W\d_A-ZÄÖÜ]{3}[.!?])\s+(?=\d)")
"""An end before a number, behind a word that is no abbreviation."""
_ORDINAL = re.compile(r"([^\W\d_]+)\s+\d{1,3}\.$")


def _split(text: str, start: int, end: int, language: Language) -> list[Span]:
    if end - start < 15:  # too short for two sentences worth telling apart
        return [_trimmed(text, start, end)]
    found: list[Span] = []
    for a, b in _boundaries(text, start, end, language):
        a, b = _trimmed(text, a, b)
        if found and _ends_with_ordinal(text, found[-1], language):
            a = found.pop()[0]
        for gap_start, gap_end in _gaps(text, a, b, language):
            found.append((a, gap_start))
            a = gap_end
        if a < b:
            found.append((a, b))
    return found or [_trimmed(text, start, end)]


def _boundaries(text: str, start: int, end: int, language: Language) -> Iterator[Span]:
    """Where the splitter sees sentences; the last one of a part begins the next part."""
    while end - start > _MAX_SPLIT_CODE_POINTS:
        found = _of_splitter(text[start : start + _MAX_SPLIT_CODE_POINTS], language)
        kept = found[:-1] or found
        yield from ((start + a, start + b) for a, b in kept)
        start += max(kept[-1][1], 1)
    yield from ((start + a, start + b) for a, b in _of_splitter(text[start:end], language))


def _of_splitter(text: str, language: Language) -> list[Span]:
    """Where the splitter sees sentences; one if it breaks down over the text.

    What it cannot take becomes another single character: a lone surrogate "?", and white space of
    more than one byte in UTF-8, over which sentencex 1.0 panics ("plan A\\u00a0."), a space.
    """
    plain = _SPACE.sub(" ", text).encode("utf-8", "replace").decode("utf-8")
    code = language.code.partition("-")[0]
    try:
        with panics_as_errors():
            found = sentencex.get_sentence_boundaries(code, plain)  # type: ignore[attr-defined]
    except PanicError:
        return [(0, len(text))]
    return [(each["start_index"], each["end_index"]) for each in found] or [(0, len(text))]


def _gaps(text: str, start: int, end: int, language: Language) -> list[Span]:
    """The space between sentences that the splitter took for one, in order."""
    found = [gap.span(1) for gap in _AFTER_MARK.finditer(text, start, end)]
    if language.numbers_begin_sentences:
        found += [gap.span() for gap in _BEFORE_NUMBER.finditer(text, start, end)]
    return sorted(found)


def _ends_with_ordinal(text: str, bounds: Span, language: Language) -> bool:
    """Whether the full stop at the end is that of a number: "am Freitag, dem 5. August"."""
    if not text[bounds[1] - 2].isdigit():
        return False
    match = _ORDINAL.search(text, max(bounds[0], bounds[1] - 30), bounds[1])
    return match is not None and match[1].lower() in language.articles


def _trimmed(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end


def _has_word(text: str, start: int, end: int) -> bool:
    return _WORD.search(text, start, end) is not None
