"""Turns of interviews and transcripts: paragraphs that begin with who speaks in them.

"MARA QUILL, HOST: Good evening.", "Q: And then?", "[Quill] Not yet.", "**Quill:** Not yet." A label
before a colon is much else, too (a heading, a place, a line of a list). So labels are believed
together: names come back, or all are in capitals, or there are questions and answers; and what
stands behind them reads like speech.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from attributor.marking.evidence import Passage, Turn
from attributor.marking.language import Language
from attributor.marking.spans import Span

_TIME = r"(?:[\[(]?\d{1,2}:\d{2}(?::\d{2})?[\])]?\s*[-–—]?\s*)?"
_LABEL = re.compile(
    rf"{_TIME}(?:"
    r"(?P<bold>\*\*|__)(?P<in_bold>[^*_:\n]{1,80})(?::\s?(?P=bold)|(?P=bold):?)"
    r"|\[(?P<in_brackets>[^\]:\n]{1,80})\]:?"
    r"|(?P<plain>(?:[^:\n“”\"«»„]|(?<=\d):(?=\d)){1,90}):"
    r"|(?P<letter>[QA](?=\.|\s+[–—-]\s)|Q(?=\s+[A-Z]))\.?(?:\s+[–—-])?)(?:\s+|$)"
)
_INLINE = re.compile(r"(?<=[.?!…”\"])\s+(?=(?P<letter>[QA])[:.]\s)")
_NAME_ENDS = re.compile(r"\s*(?:[,(/|\[]|\s[–—-]\s|$)")
_WORD = re.compile(r"[^\W_]+(?:['’.-]+[^\W_]+)*\.?")
_ENDS_SENTENCE = re.compile(r"[.!?…—–-][)\]”\"’»“*_]*$")
_MAX_LABEL_CODE_POINTS = 120
"""A label with its time and its colon takes up no more than this."""
_MAX_NAME_WORDS = 6
"""The name in a label has at most so many words."""
_MIN_LABELS = 3
"""So many labelled paragraphs at least make a transcript, unless they are questions and answers."""
_MIN_SENTENCES_SHARE = 2 / 3
"""At least this share of what stands behind the labels ends as sentences do."""
_INITIALS = re.compile(r"(?:[^\W\d_a-zà-ÿ]\.? ?){2,4}")
_MAX_SPELT_OUT = 20
"""The names for so many labels of initials are looked for in the text."""
_SPEECH = re.compile(r"\?|[^\W\d_]+(?:['’][^\W\d_]+)?")


class _Labelled(NamedTuple):
    """A label: its paragraph, the edges of the name in it and of what follows it, and its kind.

    `key` is what labels of one speaker share, "" where the label names nobody.
    """

    paragraph: int
    name: Span
    start: int
    end: int
    key: str
    is_upper: bool


def turns(text: str, paragraphs: Sequence[Span], language: Language) -> tuple[Turn, ...]:
    """The turns of a text, in order; none if it is no transcript."""
    if not language.verbs:
        return ()
    found = [
        label
        for number, (start, end) in enumerate(paragraphs)
        for label in _labels(text, number, start, end, language)
        if number or text[end - 1] == ":" or _is_sentence(text, start, end)  # else a headline
    ]
    found = _with_initials(text, found)
    return tuple(_turns(text, paragraphs, _believed(text, paragraphs, found, language)))


# --- labels ---------------------------------------------------------------------------------------


def _labels(
    text: str, number: int, start: int, end: int, language: Language
) -> Iterator[_Labelled]:
    """The label that a paragraph begins with, and those of the questions and answers in it."""
    match = _LABEL.match(text, start, min(end, start + _MAX_LABEL_CODE_POINTS))
    if match is None or match.lastgroup is None:
        return
    group = next(name for name in ("in_bold", "in_brackets", "plain", "letter") if match[name])
    name = _name(text, *match.span(group), language)
    if name is None:
        return
    first = _labelled(text, number, name, match.end(), end, language)
    if text[slice(*name)] not in ("Q", "A"):
        yield first
        return
    at = first
    for inner in _INLINE.finditer(text, first.start, end):
        yield at._replace(end=inner.start())
        name = inner.span("letter")
        at = _labelled(text, number, name, name[1] + 2, end, language)
    yield at


def _labelled(
    text: str, number: int, name: Span, start: int, end: int, language: Language
) -> _Labelled:
    while start < end and text[start].isspace():
        start += 1
    words = text[slice(*name)]
    return _Labelled(number, name, start, end, _key(words, language), words.isupper())


def _name(text: str, start: int, end: int, language: Language) -> Span | None:
    """The edges of the name in a label, before the role or place behind it; None if it is none."""
    while start < end and text[start].isspace():
        start += 1
    stop = _NAME_ENDS.search(text, start, end)
    end = stop.start() if stop else end
    words = _WORD.findall(text, start, end)
    if not 0 < len(words) <= _MAX_NAME_WORDS or "".join(words) != _joined(text[start:end]):
        return None
    lows = [word.lower().rstrip(".") for word in words]
    capitals = (
        word[0].isupper()
        or word[0].isdigit()
        or low in language.particles
        or low in language.titles
        for word, low in zip(words, lows, strict=True)
    )
    return (start, end) if words[0][0].isupper() and all(capitals) else None


def _joined(name: str) -> str:
    return "".join(name.split())


def _key(name: str, language: Language) -> str:
    """The last word of a name; "" where the label says what somebody does, or asks or answers."""
    lows: list[str] = [word.lower().rstrip(".") for word in _WORD.findall(name)]
    own = [low for low in lows if low not in language.determiners and not low.isdigit()]
    roles = (
        low in language.turn_roles or low in language.titles or low in language.nouns for low in own
    )
    if not own or all(roles) or (len(own) < len(lows) and name.isupper()):
        return ""  # "THE COURT", "Moderator", "Speaker 2"
    return own[-1]


def _with_initials(text: str, found: list[_Labelled]) -> list[_Labelled]:
    """The labels, where initials share the key of the full name that another label gives."""
    full = {
        "".join(word[0] for word in words): each.key
        for each in found
        if each.key and len(words := text[slice(*each.name)].split()) > 1
    }
    return [
        each._replace(key=full.get(text[slice(*each.name)].replace(".", ""), each.key))
        for each in found
    ]


# --- which labels are those of turns --------------------------------------------------------------


def _believed(
    text: str, paragraphs: Sequence[Span], found: list[_Labelled], language: Language
) -> list[_Labelled]:
    """The labels from the first to the last of a transcript; none if there is none."""
    labels = Counter(_label_key(text, each) for each in found)
    lows = {text[slice(*each.name)].lower() for each in found}
    recurring = {key for key, count in labels.items() if count > 1}
    is_dialogue = any({one, other} <= lows for one, other in language.asked_and_answered)
    upper = [each for each in found if each.is_upper]
    if is_dialogue:
        known = [e for e in found if text[slice(*e.name)].lower() in language.turn_roles]
    elif len(found) >= _MIN_LABELS and recurring and len(labels) > 1:
        known = [each for each in found if _label_key(text, each) in recurring]
    elif len(upper) >= _MIN_LABELS and len({_label_key(text, each) for each in upper}) > 1:
        known = upper
    else:
        return []
    first, last = known[0].paragraph, known[-1].paragraph
    # The first one may give the full name, of which the later ones have a part.
    inside = [each for each in found if first <= each.paragraph <= last]
    said = [_said(text, paragraphs, each) for each in inside]
    titled = sum(
        text[slice(*e.name)].split()[0].lower().rstrip(".") in language.titles for e in found
    )
    is_sure = len(recurring) > 1 or len(upper) == len(found) or 2 * titled > len(found)
    signs = 1 if is_dialogue or is_sure else 2
    return inside if _reads_like_speech(said, language, signs) else []


def _label_key(text: str, label: _Labelled) -> str:
    return label.key or text[slice(*label.name)].lower()


def _said(text: str, paragraphs: Sequence[Span], label: _Labelled) -> str:
    """What stands behind a label: in the next paragraph, if the label has a line of its own."""
    if label.start < label.end or label.paragraph + 1 == len(paragraphs):
        return text[label.start : label.end]
    return text[slice(*paragraphs[label.paragraph + 1])]


def _reads_like_speech(said: Sequence[str], language: Language, signs: int) -> bool:
    """Whether what was said is whole sentences, and somebody asks or says "I"; 2 `signs`: both."""
    ended = sum(_ENDS_SENTENCE.search(each[-8:]) is not None for each in said)
    words = {word.lower().replace("’", "'") for each in said for word in _SPEECH.findall(each)}
    known = ("?" in words) + bool(words & language.first_person)
    return ended >= _MIN_SENTENCES_SHARE * len(said) and known >= signs


def _is_sentence(text: str, start: int, end: int) -> bool:
    return _ENDS_SENTENCE.search(text[max(start, end - 8) : end]) is not None


# --- turns ----------------------------------------------------------------------------------------


def _turns(text: str, paragraphs: Sequence[Span], found: Sequence[_Labelled]) -> Iterator[Turn]:
    full = _full_names(text, found)
    for i, each in enumerate(found):
        following = found[i + 1].paragraph if i + 1 < len(found) else each.paragraph + 1
        if each.start == each.end:
            following = max(following, each.paragraph + 2)  # the label has a line of its own
        passages = [Passage(each.start, each.end, each.start, each.end, each.paragraph)]
        passages = passages if each.start < each.end else []
        for number in range(each.paragraph + 1, min(following, len(paragraphs))):
            start, end = paragraphs[number]
            if text[start] in "([*#" or not _is_sentence(text, start, end):
                break
            passages.append(Passage(start, end, start, end, number))
        if passages:
            name = full.get(each.key, "") if each.key else ""
            yield Turn(tuple(passages), each.name, name, is_named=bool(each.key))


def _full_names(text: str, found: Sequence[_Labelled]) -> dict[str, str]:
    """Key of a label -> the longest name that the labels give for it, or the text for initials."""
    full: dict[str, str] = {}
    for each in found:
        name = text[slice(*each.name)]
        if each.key and len(name) > len(full.get(each.key, "")):
            full[each.key] = name
    short = [key for key, name in full.items() if _INITIALS.fullmatch(name)]
    for key in short[:_MAX_SPELT_OUT]:
        full[key] = _spelt_out(text, full[key]) or full[key]
    return full


def _spelt_out(text: str, initials: str) -> str:
    """The one name in the text that has these initials; "" if none or several have."""
    letters = (letter for letter in initials if letter.isalpha())
    words = r"\s".join(rf"{letter}[^\W\d_]+(?:['’-][^\W\d_]+)*" for letter in letters)
    names = set(re.findall(rf"(?<![\w’'])(?:{words})(?!\w)", text))
    return names.pop() if len(names) == 1 else ""
