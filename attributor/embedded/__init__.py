"""The engine that needs no key and no network: rules over the article's own evidence."""

from __future__ import annotations

from attributor.marking import Marking
from attributor.records import Annotation, Codebook, Engine, Usage

__all__ = ["annotate"]


def annotate(marking: Marking, codebook: Codebook | None = None) -> Annotation:
    """The article with every quote that the rules find, and its stances towards the targets."""
    from attributor.assembling import assemble
    from attributor.embedded import rules, stance

    warnings = (
        ("There is no language pack for this text: only speakers' labels were looked for.",)
        if marking.language == "und"
        else ()
    )
    annotation = assemble(
        marking, rules.propose(marking), Engine(name="embedded"), Usage(cost_usd=0.0), warnings
    )
    return stance.with_stances(annotation, codebook, marking.language) if codebook else annotation
