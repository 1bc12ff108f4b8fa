"""The engine that needs no key and no network: rules, and what was learned, over marking."""

from __future__ import annotations

from pathlib import Path

from attributor.marking import Marking, mark
from attributor.marking import language as packs
from attributor.marking.language import UNKNOWN
from attributor.records import Annotation, Codebook, Engine, Proposal, Usage

__all__ = ["annotate", "judge"]

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
        codebook: the targets of stances, proposed here if it has none; without a codebook there
            are no stances.
        weights: a file of `attributor train`; those that come with attributor if None. Rules
            alone answer in a language that there are none for.
    """
    from attributor.assembling import assemble
    from attributor.embedded import stance
    from attributor.embedded import weights as files
    from attributor.embedded.targets import propose

    proposal, engine = _proposed(marking, weights)
    odd = {
        _NO_PACK: marking.language == UNKNOWN,
        _TOO_LONG: len(marking.text) > LONGEST,
        _OTHER_LANGUAGE: weights is not None and files.read(weights).language != marking.language,
    }
    warnings = tuple(warning for warning, holds in odd.items() if holds)
    annotation = assemble(marking, proposal, engine, Usage(cost_usd=0.0), warnings)
    if codebook is None:
        return annotation
    targets = codebook if codebook.targets else propose(annotation, marking)
    return stance.with_stances(annotation, targets, marking.language)


def judge(annotation: Annotation, codebook: Codebook, language: str | None = None) -> Annotation:
    """The annotation with a stance of each of its quotes towards each target.

    Args:
        annotation: quotes that are located.
        codebook: the targets, of which all quotes are known to speak; if it has none, they are
            proposed.
        language: code of a language pack; that of the article if None.
    """
    from attributor.embedded import stance
    from attributor.embedded.targets import propose

    code = packs.of(annotation.article, language)
    asked = bool(codebook.targets)
    targets = codebook if asked else propose(annotation, mark(annotation.article, code))
    judged = stance.with_stances(annotation, targets, code, asked=asked)
    return judged.model_copy(update={"usage": judged.usage or Usage(cost_usd=0.0)})


def _proposed(marking: Marking, path: Path | None) -> tuple[Proposal, Engine]:
    from attributor.embedded import learned, rules
    from attributor.embedded import weights as files

    weights = files.read(path) if path else files.shipped(marking.language)
    fits = weights is not None and weights.language == marking.language
    if weights is None or not fits or len(marking.text) > LONGEST:
        return rules.propose(marking), Engine(name="embedded")
    engine = Engine(name="embedded", weights_sha256=weights.sha256)
    return learned.propose(marking, weights), engine
