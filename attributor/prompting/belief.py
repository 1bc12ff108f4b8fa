"""How far an answer may change a draft: what is believed, and what is treated as broken.

A capable model that is shown a draft drops or renames few lines of which the draft was sure, and
mostly rightly; a small one crosses out all it sees, or fills in whatever the form has room for. So
an answer that drops or renames most of what was sure, chooses where there is no choice, or gives
names that the article does not have, is believed in nothing: the draft stands.
docs/prompts.md has the measurement.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from attributor.errors import counted
from attributor.prompting.answers import AnswerReading
from attributor.prompting.draft import LETTERS, Line

_WORD = re.compile(r"\w+")
"""A word."""
LEAST_LINES = 3
"""Of fewer sure lines no share is taken: each of them is kept by itself."""
LEAST_UNKNOWN = 2
"""An answer that speaks of so many lines that are not in the draft is not believed."""
MAX_SHARE_CHANGED = 0.5
"""An answer that drops, or renames, more than this share of the sure lines is not believed."""
LEAST_NAMES = 2
"""Of fewer names an answer that gives one that is not in the article is believed for the rest."""
NOT_BELIEVED = "The model's answer was not believed, and the draft stands: "
"""How the warning about an answer that is not believed begins."""
STEM_CHARACTERS = 4
"""So much of a word tells that a name stands in the article in whatever case."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is believed of an answer.

    `dropped` are the numbers of lines, `kept` of those that the model would drop and the draft is
    sure of, `names` the name by the number of a line, "" for nobody, `unheard` lines of which the
    answer says something that cannot be used; `broken` says why nothing is believed, "" otherwise.
    """

    dropped: frozenset[int] = frozenset()
    kept: frozenset[int] = frozenset()
    names: Mapping[int, str] = field(default_factory=dict)
    unheard: frozenset[int] = frozenset()
    broken: str = ""


def verdict(lines: Sequence[Line], reading: AnswerReading, text: str) -> Verdict:
    """What is believed of an answer about these lines of a draft of `text`."""
    dropped = frozenset(reading.dropped) - {entry.line for entry in reading.entries}
    sure = {line.number for line in lines if line.words_are_sure}
    if problem := crossed_out(lines, dropped):
        return Verdict(broken=problem)
    leave_a_choice = {line.number for line in lines if line.choices}
    idle = reading.choices.keys() - leave_a_choice
    if len(idle) >= LEAST_LINES:
        return Verdict(broken=f"it chooses among names for {len(idle)} quotes that leave no choice")
    if len(reading.unknown) >= LEAST_UNKNOWN:
        return Verdict(broken=f"it speaks of {len(reading.unknown)} lines that the draft has not")
    if problem := _odd_cues(reading, text):
        return Verdict(broken=problem)
    names = {n: name for n, name in _names(lines, reading).items() if is_known(name, text)}
    if problem := _odd_names(lines, names, reading, text):
        return Verdict(broken=problem)
    kept = dropped & sure if len(sure) < LEAST_LINES else frozenset()
    chosen = reading.choices.keys() & leave_a_choice
    unheard = frozenset({*reading.renamed, *chosen} - names.keys())
    return Verdict(dropped - kept, kept, names, unheard)


def _names(lines: Iterable[Line], reading: AnswerReading) -> dict[int, str]:
    """The name that the answer gives each line whose words it leaves alone, "" for nobody."""
    names: dict[int, str] = {}
    for line in lines:
        choice = reading.choices.get(line.number)
        named = dict(zip(LETTERS, (c.name for c in line.choices), strict=False))
        renamed = reading.renamed.get(line.number)
        if renamed in LETTERS:  # a slip: choices have letters, names have none
            choice = choice or renamed
        elif renamed is not None:
            names[line.number] = renamed
            continue
        if choice in named:
            names[line.number] = named[choice]
        elif choice == "nobody" and line.choices:
            names[line.number] = ""
    return names


def _odd_names(
    lines: Sequence[Line], names: Mapping[int, str], reading: AnswerReading, text: str
) -> str:
    """Why the names of an answer are not believed; "" where they are."""
    named = [line for line in lines if line.name and line.name_is_sure]
    by_entries = {e.line: reading.names[e.quote.speaker or 0] for e in reading.entries if e.line}
    given_to = {**names, **by_entries}
    renamed = [
        line for line in named if not _is_same(given_to.get(line.number, line.name), line.name)
    ]
    if len(named) >= LEAST_LINES and len(renamed) > MAX_SHARE_CHANGED * len(named):
        return f"it renames {len(renamed)} of {len(named)} speakers that the draft is sure of"
    given = [name for name in {*reading.renamed.values(), *reading.names} if name]
    absent = [name for name in given if not is_known(name, text)]
    if len(given) >= LEAST_NAMES and len(absent) > MAX_SHARE_CHANGED * len(given):
        return f"{len(absent)} of the {len(given)} names that it gives are not in the article"
    return ""


def _odd_cues(reading: AnswerReading, text: str) -> str:
    """Why the entries of an answer are not believed; "" where they are."""
    cues = [entry.quote.cue for entry in reading.entries if entry.quote.cue]
    known = text.casefold()
    absent = [cue for cue in cues if cue.starts and cue.starts.casefold() not in known]
    if len(absent) >= LEAST_LINES and len(absent) > MAX_SHARE_CHANGED * len(reading.entries):
        return f"{len(absent)} of the {len(cues)} cues that it gives are not in the article"
    return ""


def was_not_believed(warnings: Iterable[str]) -> bool:
    """Whether the warnings of an annotation say that an answer was not believed."""
    return any(warning.startswith(NOT_BELIEVED) for warning in warnings)


def sentence_on(articles: int) -> str:
    """The sentence on so many articles about which an answer was not believed."""
    return (
        f"In {counted(articles, 'article')} the model's answer was not believed, and the draft "
        "stands."
    )


def is_known(name: str, text: str) -> bool:
    """Whether the last word of a name stands in the text, in whatever case; "" for nobody does."""
    words = _WORD.findall(name.casefold())
    if not words:
        return not name.strip() or name.casefold() in text.casefold()
    return words[-1][:STEM_CHARACTERS] in _stems(text)


@lru_cache(maxsize=4)
def _stems(text: str) -> frozenset[str]:
    """The beginnings of a text's words; short words are whole."""
    return frozenset(word[:STEM_CHARACTERS] for word in _WORD.findall(text.casefold()))


def _is_same(name: str, other: str) -> bool:
    """Whether one name is a part of the other: "Moravec" and "Ada Moravec"."""
    one, two = (set(each.casefold().split()) for each in (name, other))
    return one == two or (bool(one and two) and (one <= two or two <= one))


def crossed_out(lines: Iterable[Line], gone: Collection[int]) -> str:
    """Why an answer is not believed that these lines are gone by; "" where it is."""
    sure = {line.number for line in lines if line.words_are_sure}
    lost = len(sure.intersection(gone))
    if len(sure) < LEAST_LINES or lost <= MAX_SHARE_CHANGED * len(sure):
        return ""
    return f"it crosses out {lost} of {len(sure)} quotes that the draft is sure of"
