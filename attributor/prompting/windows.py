"""Windows of an article, and how a window is shown to a model: numbered segments, one a line.

Windows are cut by segments and characters, never by a tokenizer that may be missing: the same
article gives the same requests everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from attributor.marking.evidence import Marking, Segment

MAX_SEGMENTS = 150
"""How many segments a window has."""
MAX_CHARACTERS = 12_000
"""How long a window is."""
LEAD_CHARACTERS = 800
"""How much of the article's beginning stands before each later window."""
MAX_SHOWN_CHARACTERS = 4_000
"""A longer segment (a page without one full stop) is shown without its middle."""

OPENING = "<article>"
"""The line before the article."""
CLOSING = "</article>"
"""The line behind the article."""
GAP = "…"
"""What stands for segments, or the middle of one, that are not shown."""


@dataclass(frozen=True)
class Window:
    """Consecutive segments that one request shows, numbered from 1; `lead` is shown before them."""

    number: int
    segments: tuple[Segment, ...]
    lead: str = ""

    def segment(self, shown: int) -> Segment | None:
        """The segment shown under this number, or None if there is none."""
        return self.segments[shown - 1] if 1 <= shown <= len(self.segments) else None


def cut(
    marking: Marking, max_segments: int = MAX_SEGMENTS, max_characters: int = MAX_CHARACTERS
) -> tuple[Window, ...]:
    """The article's windows; each ends with a paragraph if a paragraph ends in its later half.

    None ends inside a passage in quotation marks, unless the passage is longer than half a window.
    """
    windows: list[Window] = []
    rest = marking.segments
    while rest:
        size = _size(marking, rest, max_segments, max_characters)
        lead = _lead(marking) if windows else ""
        windows.append(Window(len(windows), rest[:size], lead))
        rest = rest[size:]
    return tuple(windows)


def _size(
    marking: Marking, rest: tuple[Segment, ...], max_segments: int, max_characters: int
) -> int:
    limit = 1
    while limit < min(len(rest), max_segments) and (
        rest[limit].end - rest[0].start <= max_characters
    ):
        limit += 1
    if limit == len(rest):
        return limit
    later_half = range(limit, limit // 2, -1)
    whole = [
        size for size in later_half if not _is_one_passage(marking, *rest[size - 1 : size + 1])
    ]
    for size in whole:
        if rest[size - 1].paragraph != rest[size].paragraph:
            return size
    return whole[0] if whole else limit


def _is_one_passage(marking: Marking, one: Segment, other: Segment) -> bool:
    """Whether two segments that follow each other are in the same passage in quotation marks."""
    both = one.marked and other.marked
    return both and marking.passage_at(one.start) == marking.passage_at(other.start)


def _lead(marking: Marking) -> str:
    opening = marking.text[marking.segments[0].start :][:LEAD_CHARACTERS]
    return harmless(opening)


def show(window: Window, text: str, only: Collection[int] | None = None) -> str:
    """The window as it stands in a prompt, the article's paragraphs parted by blank lines.

    Args:
        window: what to show.
        text: the article's text.
        only: the numbers to show; all if None. A line of dots stands for what is left out.
    """
    lines = [OPENING]
    if window.lead:
        lines += [f"The article begins: {window.lead}", GAP]
    before: Segment | None = None
    for number, segment in enumerate(window.segments, start=1):
        if only is not None and number not in only:
            continue
        if before is not None and segment.number != before.number + 1:
            lines.append(GAP)
        elif before is not None and segment.paragraph != before.paragraph:
            lines.append("")
        lines.append(f"{number}| {harmless(_shortened(text[segment.start : segment.end]))}")
        before = segment
    return "\n".join([*lines, CLOSING])


def _shortened(text: str) -> str:
    if len(text) <= MAX_SHOWN_CHARACTERS:
        return text
    half = MAX_SHOWN_CHARACTERS // 2
    return f"{text[:half]} {GAP} {text[-half:]}"


_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff]")
"""Characters that no request may hold: controls but white space, and halves of characters."""
_SPECIAL = re.compile(r"<|\[(?=/?[A-Z_]+\])")
"""Where what a model's template obeys may begin."""
_UNUSUAL = ("<", "[", "  ")
"""What a text has to hold for there to be anything to replace in it."""


def harmless(text: str) -> str:
    """The article's words on one line, without anything that a model's template could obey.

    Line breaks become spaces, so that no line of a prompt begins with the article's own words.
    "<" and the bracket of "[INST]" become look-alikes: servers turn `<|im_end|>` and the like into
    the real thing wherever they stand.
    """
    if text.isprintable() and text.strip() == text and not any(s in text for s in _UNUSUAL):
        return text  # as most is
    one_line = " ".join(_CONTROL.sub("\ufffd", text).split())
    return _SPECIAL.sub(lambda match: "‹" if match[0] == "<" else "(", one_line)
