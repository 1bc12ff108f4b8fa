"""How right the stances of found quotes are, all figures in per cent with one decimal.

`accuracy` and `macro_F1` (over favor, against and neutral, as far as gold or answers use them)
count "unclear" and no answer as wrong; `abstained` is the share of both. For each label there are
P, R and F1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

LABELS = ("favor", "against", "neutral")
"""The labels of the gold."""
ANSWERS = (*LABELS, "unclear")
"""The labels that an engine may give."""
STANCE_FIGURES = ("accuracy", "macro_F1", "abstained")
"""The figures for all labels together."""
LABEL_FIGURES = ("stance P", "stance R", "stance F1")
"""The figures for each label."""

Key = tuple[str, str]
"""A gold label and an answer, or a figure and a label."""
Table = dict[Key, int]
"""How many quotes there are of each gold label and answer."""


def table(counts: Mapping[Key, int]) -> Table:
    """The table of answers in an article's counts, or in those of all."""
    return {
        (label, answer): counts.get((f"stance {label}", answer), 0)
        for label in LABELS
        for answer in ANSWERS
    }


def figures(answers: Table) -> dict[Key, float | None]:
    """STANCE_FIGURES of a table under "stance", and LABEL_FIGURES under each label."""
    whole = sum(answers.values())
    found: dict[Key, float | None] = {}
    scores = []
    for label in LABELS:
        right, given, gold = answers[label, label], _given(answers, label), gold_of(answers, label)
        if given or gold:
            scores.append(2 * right / (given + gold))
        parts = ((right, given), (right, gold), (2 * right, given + gold))
        for name, (part, of) in zip(LABEL_FIGURES, parts, strict=True):
            found[name, label] = share(part, of)
    right = sum(answers[label, label] for label in LABELS)
    found["accuracy", "stance"] = share(right, whole)
    found["macro_F1", "stance"] = share(sum(scores), len(scores))
    unclear = sum(answers[label, "unclear"] for label in LABELS)
    found["abstained", "stance"] = share(unclear, whole)
    return found


def majority(answers: Table) -> Table:
    """The table of somebody who always gives the label that gold has most often."""
    gold = {label: gold_of(answers, label) for label in LABELS}
    most = max(LABELS, key=gold.__getitem__)
    return {key: gold[key[0]] if key[1] == most else 0 for key in answers}


def lines(answers: Table) -> Iterator[str]:
    """The table, a row for each label of gold, to be read."""
    yield "gold".ljust(10) + "".join(f"{answer:>9}" for answer in ANSWERS)
    for label in LABELS:
        cells = (f"{answers[label, answer]:>9,}" for answer in ANSWERS)
        yield label.ljust(10) + "".join(cells)


def gold_of(answers: Table, label: str) -> int:
    """How many stances of gold have the label."""
    return sum(number for (truth, _), number in answers.items() if truth == label)


def _given(answers: Table, label: str) -> int:
    return sum(number for (_, answer), number in answers.items() if answer == label)


def share(part: float, whole: int) -> float | None:
    """`part` in per cent of `whole`; None where there is nothing to share."""
    return round(100 * part / whole, 1) if whole else None
