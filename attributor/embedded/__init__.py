"""The engine that needs no key and no network: rules, and what was learned, over marking."""

from __future__ import annotations

from pathlib import Path

from attributor.marking import Marking
from attributor.marking.language import UNKNOWN
from attributor.records import Annotation, Codebook, Engine, Proposal, Usage

__all__ = ["annotate"]

_NO_PACK = (
    "No language pack fits this text, so nobody could be credited; if it is in a language that "
    "there is a pack for, name it with --language."
)

_OTHER_LANGUAGE = (
    "The weights that were given are for another language, so rules alone have read this text."
)

LONGEST = 1_000_000
"""Code points of a text up to which what was learned is asked: it takes some 10 s there."""
_TOO_LONG = (
    "This text is longer than any article, so rules alone have read it; cut it into its articles "
    "for the better engine."
)


def annotate(
    marking: Marking, codebook: Codebook | None = None, weights: Path | None = None
) -> Annotation:
    """The article with every quote that is found, and its stances towards the codebook's targets.

    Args:
        marking: the article with its evidence.
        codebook: the targets of stances; none are given without it.
        weights: a file of `attributor train`; those that come with attributor if None. Rules
            alone answer in a language that there are none for.
    """
    from attributor.assembling import assemble
    from attributor.embedded import stance
    from attributor.embedded import weights as files

    proposal, engine = _proposed(marking, weights)
    odd = {
        _NO_PACK: marking.language == UNKNOWN,
        _TOO_LONG: len(marking.text) > LONGEST,
        _OTHER_LANGUAGE: weights is not None and files.read(weights).language != marking.language,
    }
    warnings = tuple(warning for warning, holds in odd.items() if holds)
    annotation = assemble(marking, proposal, engine, Usage(cost_usd=0.0), warnings)
    return stance.with_stances(annotation, codebook, marking.language) if codebook else annotation


def _proposed(marking: Marking, path: Path | None) -> tuple[Proposal, Engine]:
    from attributor.embedded import learned, rules
    from attributor.embedded import weights as files

    weights = files.read(path) if path else files.shipped(marking.language)
    fits = weights is not None and weights.language == marking.language
    if weights is None or not fits or len(marking.text) > LONGEST:
        return rules.propose(marking), Engine(name="embedded")
    engine = Engine(name="embedded", weights_sha256=weights.sha256)
    return learned.propose(marking, weights), engine
