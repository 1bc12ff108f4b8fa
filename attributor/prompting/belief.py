"""How far an answer may change a draft: what is believed, and what is treated as broken.

A capable model that is shown a draft drops or renames few lines of which the draft was sure, and
mostly rightly; a small one crosses out all it sees. So an answer that drops or renames most of what
was sure, or gives names that the article does not have, is believed in nothing: the draft stands.
docs/prompts.md has the measurement.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from attributor.prompting.answers import AnswerReading
from attributor.prompting.draft import LETTERS, Line

LEAST_LINES = 3
"""Of fewer sure lines no share is taken: each of them is kept by itself."""
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
    sure of, `names` the name by the number of a line, "" for nobody; `broken` says why nothing is
    believed, "" otherwise.
    """

    dropped: frozenset[int] = frozenset()
    kept: frozenset[int] = frozenset()
    names: Mapping[int, str] | None = None
    broken: str = ""


def verdict(lines: Sequence[Line], reading: AnswerReading, text: str) -> Verdict:
    """What is believed of an answer about these lines of a draft of `text`."""
    dropped = frozenset(reading.dropped) - {entry.line for entry in reading.entries}
    sure = {line.number for line in lines if line.words_are_sure}
    if len(sure) >= LEAST_LINES and len(dropped & sure) > MAX_SHARE_CHANGED * len(sure):
        count = f"{len(dropped & sure)} of {len(sure)}"
        return Verdict(broken=f"it crosses out {count} quotes that the draft is sure of")
    names = _names(lines, reading)
    if problem := _odd_names(lines, names, reading, text):
        return Verdict(broken=problem)
    kept = dropped & sure if len(sure) < LEAST_LINES else frozenset()
    return Verdict(dropped - kept, kept, names)


def _names(lines: Iterable[Line], reading: AnswerReading) -> dict[int, str]:
    """The name that the answer gives each line whose words it leaves alone, "" for nobody."""
    names: dict[int, str] = {}
    for line in lines:
        choice = reading.choices.get(line.number)
        named = dict(zip(LETTERS, (c.name for c in line.choices), strict=False))
        if line.number in reading.renamed:
            names[line.number] = reading.renamed[line.number]
        elif choice in named:
            names[line.number] = named[choice]
        elif choice == "nobody" and line.choices:
            names[line.number] = ""
    return {n: name for n, name in names.items() if name != _line(lines, n).name or name == ""}


def _line(lines: Iterable[Line], number: int) -> Line:
    return next(line for line in lines if line.number == number)


def _odd_names(
    lines: Sequence[Line], names: Mapping[int, str], reading: AnswerReading, text: str
) -> str:
    """Why the names of an answer are not believed; "" where they are."""
    named = [line for line in lines if line.name and line.name_is_sure]
    renamed = [line for line in named if names.get(line.number, line.name) != line.name]
    if len(named) >= LEAST_LINES and len(renamed) > MAX_SHARE_CHANGED * len(named):
        return f"it renames {len(renamed)} of {len(named)} speakers that the draft is sure of"
    given = [name for name in {*names.values(), *reading.names} if name]
    absent = [name for name in given if not stands_in(name, text)]
    if len(given) >= LEAST_NAMES and len(absent) > MAX_SHARE_CHANGED * len(given):
        return f"{len(absent)} of the {len(given)} names that it gives are not in the article"
    return ""


def was_not_believed(warnings: Iterable[str]) -> bool:
    """Whether the warnings of an annotation say that an answer was not believed."""
    return any(warning.startswith(NOT_BELIEVED) for warning in warnings)


def stands_in(name: str, text: str) -> bool:
    """Whether the last word of a name stands in the text, in whatever case."""
    words = name.casefold().split()
    return bool(words) and words[-1][:STEM_CHARACTERS] in text.casefold()
