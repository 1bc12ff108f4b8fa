"""The JSON object of an answer, wherever it stands unambiguously.

    text -> the JSON objects in it -> those outside of the model's thoughts
         -> those that have the right shape, taken out of their wrapping -> the one that is left

Models and servers put prose, fences, thoughts, channels and end tokens around an answer. None of
these is looked for by itself, but for thoughts: they may hold a draft of the answer. Nothing is
guessed: of two objects that differ, neither is taken. Work is bounded, whatever the text.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

from pydantic_core import from_json

from attributor.marking.spans import Span

Json = dict[str, Any]
"""A JSON object."""

MAX_BEGINNINGS = 5_000
"""How many beginnings of JSON are tried before the rest of a text is left unread."""
MAX_READINGS_PER_CHARACTER = 10
"""How often a text's characters are read, on the average, before its rest is left unread."""
MAX_WRAPPINGS = 3
"""How many objects, lists and strings an answer may be wrapped in."""
MAX_CUT_OFF_BEGINNINGS = 20
"""How many braces are tried as the beginning of an answer that was cut off."""

_DECODER = json.JSONDecoder(strict=False)
"""Takes line breaks within strings, which JSON forbids and models write."""
_OBJECT_BEGINS = re.compile(r'\{(?=\s*["}])|"(?=\s*\{(?:\s|\\[nrt])*\\+")')
"""Where an object begins, or a string that holds one."""
_TRAILING_COMMA = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|,(?=\s*[\]}])', re.DOTALL)
"""A comma that closes a list or an object; strings are matched to be passed over."""
_CONTROL = re.compile(r"[\x00-\x1f]")
"""Control characters, which JSON does not allow in strings."""
_NOISE = re.compile(r"<[^<>]{0,40}>|\[/?\w{1,20}\]|[\s`\ufeff\u200b◁▷]")
"""What may stand behind the last word of an answer: tokens, tags, fences."""

_THOUGHT_NAMES = "think|thought|reason|reflect|analys|scratchpad|monologue|rationale"
"""What tags around thoughts are called."""
_ATTRIBUTES = r"(?:\s[^<>\[\]◁▷{}]{0,60})?"
"""What may stand in a tag behind its name."""
_THOUGHT_TAG = re.compile(
    rf"[<\[◁]\|?(?P<close>/|end_(?:of_)?)?[\w:.-]{{0,20}}(?:{_THOUGHT_NAMES})\w{{0,9}}"
    rf"{_ATTRIBUTES}\|?(?P<empty>/)?[>\]▷]"
    r"|<\|channel\|?>\s{0,3}(?P<channel>\w{1,20})"
    r"|(?P<other_close></?channel\|>|<unused95>|assistantfinal)"
    r"|(?P<other_open>\A\s*analysis(?=[A-Z]))",
    re.IGNORECASE,
)
"""Where thoughts begin and end.

These are tags under any usual name, and the channels of "harmony", with their special tokens or
without.
"""


@dataclass(frozen=True, slots=True)
class FoundJson:
    """What a text holds.

    `value` is the object: whole, or, if `what` is "part", as far as it goes; None if there is
    none, or more than one.
    """

    what: Literal["answer", "part", "several", "thoughts", "other JSON", "nothing"]
    value: Json | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """What an answer is known by: it has a list under `key`, or nothing there but another field."""

    key: str
    fields: frozenset[str] = frozenset()

    def fits(self, value: object) -> bool:
        """Whether the value is an answer."""
        if not isinstance(value, dict):
            return False
        listed = value.get(self.key)
        is_empty = listed is None and not ({self.key, *self.fields}.isdisjoint(value))
        return isinstance(listed, list) or is_empty

    def inside(self, value: object) -> list[Json]:
        """The answers in a value, the outermost of each wrapping; no more than two that differ."""
        level: list[Any] = [value]
        answers = list[Json]()
        for _ in range(MAX_WRAPPINGS + 1):
            level = [self._decoded(item) for item in level]
            for item in level:
                if self.fits(item) and item not in answers[:2]:
                    answers.append(item)
            level = [inner for item in level if not self.fits(item) for inner in _values(item)]
        return answers[:2]

    def begins(self, part: Json, whole: Json) -> bool:
        """Whether what is whole of a part is the beginning of the other."""
        items = (part.get(self.key) or [])[:-1]
        return (whole.get(self.key) or [])[: len(items)] == items

    def _decoded(self, value: object) -> Any:
        if not isinstance(value, str) or self.key not in value:
            return value
        decoded = _parsed(value)
        return value if decoded is None else decoded


def find(text: str, shape: Shape, *, was_cut_off: bool = False) -> FoundJson:
    """The answer in a text.

    Args:
        text: what a model wrote.
        shape: of the answer.
        was_cut_off: whether the text ends before its end: then a part of an answer is one, too,
            and the end of thoughts is none.
    """
    try:
        whole = _parsed(text)
        if shape.fits(whole):  # as almost always: no more work then
            return FoundJson("answer", whole)
        as_written = _find(text, shape, was_cut_off)
        without_commas = _TRAILING_COMMA.sub(lambda m: "" if m[0] == "," else m[0], text)
        if without_commas == text:
            return as_written
        mended = _find(without_commas, shape, was_cut_off)
        return mended if mended.value is not None or mended.what == "several" else as_written
    except RecursionError:
        return FoundJson("nothing")


def _find(text: str, shape: Shape, was_cut_off: bool) -> FoundJson:
    objects = list(_objects(text))
    spans = [(start, end) for start, end, _ in objects]
    thoughts = _thoughts(text, spans)
    said, thought, last_end = list[Json](), list[Json](), 0
    for start, end, value in objects:
        known = thought if _within(start, thoughts) else said
        for answer in shape.inside(value):
            last_end = end
            if len(known) < 2 and answer not in known:
                known.append(answer)
    begun = _begun(text, shape, spans, thoughts) if said or was_cut_off else None
    if said:
        is_one = len(said) == 1 and (begun is None or shape.begins(begun, said[0]))
        return FoundJson("answer", said[0]) if is_one else FoundJson("several")
    if was_cut_off:
        return FoundJson("part", begun) if begun else FoundJson("nothing")
    if len(thought) == 1 and not _NOISE.sub("", text[last_end:]):
        # It is the last word: the end of the thoughts is not marked.
        return FoundJson("answer", thought[0])
    return FoundJson(_what_else(text, spans, thoughts))


def _objects(text: str) -> Iterator[tuple[int, int, Any]]:
    """The outermost objects: start, end, value. What does not parse is passed over."""
    work, at = MAX_READINGS_PER_CHARACTER * len(text), 0
    for _ in range(MAX_BEGINNINGS):
        begin = _OBJECT_BEGINS.search(text, at)
        if begin is None or work < 0:
            break
        start = begin.start()
        at, end = start + 1, len(text)  # that a string does not end is found out at the end
        try:
            value, at = _DECODER.raw_decode(text, start)
        except (ValueError, RecursionError) as error:
            if isinstance(error, json.JSONDecodeError) and "Unterminated" not in error.msg:
                end = error.pos
            work -= end - start
        else:
            yield start, at, value


def _thoughts(text: str, objects: list[Span]) -> list[Span]:
    """Where the model thinks aloud. What looks like a tag within a JSON object is none.

    Thoughts whose beginning is not marked begin where the text does; many templates begin them.
    """
    found = list[Span]()
    opened: int | None = None
    for tag in _THOUGHT_TAG.finditer(text):
        if tag["empty"] or _within(tag.start(), objects):
            continue
        channel = (tag["channel"] or "").lower()
        if tag["close"] or tag["other_close"] or channel == "final":
            before = found[-1][1] if found else 0
            found.append((before if opened is None else opened, tag.end()))
            opened = None
        elif opened is None:
            opened = tag.start()
    return [*found, (opened, len(text))] if opened is not None else found


def _begun(text: str, shape: Shape, objects: list[Span], thoughts: list[Span]) -> Json | None:
    """The answer that the text ends in the middle of."""
    for start in islice(_open(text, objects, thoughts), MAX_CUT_OFF_BEGINNINGS):
        try:
            value = from_json(_CONTROL.sub(" ", text[start:]), allow_partial=True)
        except ValueError:
            continue
        for answer in shape.inside(value)[:1]:
            return answer
    return None


def _open(text: str, objects: list[Span], thoughts: list[Span]) -> Iterator[int]:
    """Where JSON begins, outside of thoughts, that is broken, or broken off."""
    for begin in _OBJECT_BEGINS.finditer(text):
        if not _within(begin.start(), objects) and not _within(begin.start(), thoughts):
            yield begin.start()


def _what_else(
    text: str, objects: list[Span], thoughts: list[Span]
) -> Literal["thoughts", "other JSON", "nothing"]:
    ends = [0, *(end for _, end in thoughts)]
    starts = [*(start for start, _ in thoughts), len(text)]
    outside = "".join(text[end:start] for end, start in zip(ends, starts, strict=True))
    if thoughts and not _NOISE.sub("", outside):
        return "thoughts"
    if _parsed(text) is not None or (
        objects and next(_open(text, objects, thoughts), None) is None
    ):
        return "other JSON"
    return "nothing"


def _parsed(text: str) -> Any:
    """The JSON that a text is; None if it is none."""
    try:
        return _DECODER.decode(text.strip())
    except (ValueError, RecursionError):
        return None


def _within(place: int, spans: list[Span]) -> bool:
    """Whether a place lies in one of the spans, which are sorted."""
    number = bisect_right(spans, place, key=lambda span: span[0]) - 1
    return number >= 0 and place < spans[number][1]


def _values(value: object) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
