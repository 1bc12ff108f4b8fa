"""What learning adds to the rules: the embedded engine without its weights, and with them.

python benchmarks/rules_and_learned.py
"""

from __future__ import annotations

from collections.abc import Callable

from measuring import show
from scoring import SETS, embedded, evaluated, shown

from attributor.assembling import assemble
from attributor.embedded import by_rules as rules
from attributor.embedded.allowance import cues_by_rules
from attributor.engines import Proposed
from attributor.evaluation.gold import read_gold
from attributor.marking import Marking
from attributor.records import Annotation, Provenance

FIGURES = ("P", "R", "F1", "F1_found", "found", "speaker")


def main() -> None:
    sets = {name: paths for name, paths in SETS.items() if all(path.exists() for path in paths)}
    engines: dict[str, Callable[[Marking], Annotation]] = {"rules": by_rules, "learned": learned}
    rows = []
    for name, paths in sets.items():
        articles = read_gold(*map(str, paths))
        for title, engine in engines.items():
            evaluation = evaluated(articles, engine)
            rows.append([f"{name}: {title}", *(shown(evaluation, figure) for figure in FIGURES)])
    show(("", *FIGURES), rows)


def by_rules(marking: Marking) -> Annotation:
    """The annotation that needs no weights."""
    return assemble(
        marking,
        Proposed(rules.propose(marking, cues_by_rules(marking)), Provenance(name="embedded")),
    )


def learned(marking: Marking) -> Annotation:
    """The annotation as attributor makes it."""
    return embedded(marking.article)


if __name__ == "__main__":
    main()
