"""The embedded engine: chooses who reads an article, learned weights or rules alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from attributor.embedded import by_rules, by_weights, transcripts
from attributor.embedded.allowance import cues_by_rules
from attributor.embedded.readers import Choice, Reader
from attributor.engines import Dialogue, Proposed
from attributor.marking import Marking
from attributor.marking.identification import no_pack
from attributor.marking.language import UNKNOWN
from attributor.records import Annotation, Codebook, Provenance, Usage
from attributor.settings import AskAbout

NAME: Final = "embedded"
"""What this engine is called in settings and annotations."""
NOTHING = Usage(cost_usd=0.0)
"""What asking costs where nobody is asked."""
MAX_CODE_POINTS = 1_000_000
"""Longer texts are read by rules alone: the weights take some 10 s for one of this length."""
MAX_ENCODER_CODE_POINTS = 200_000
"""Longer texts are read without the encoder, which takes some 10 s for one of this length."""
ENCODER_MODEL: Final = "encoder"
"""What annotations name as the model where an encoder has read under the weights."""

_OTHER_LANGUAGE = (
    "The weights that were given are for another language, so rules alone have read this text."
)
_TOO_LONG = (
    "This text is longer than any article, so rules alone have read it; cut it into its articles "
    "for the better engine."
)
_LONG_FOR_ENCODER = (
    "This text is longer than the encoder reads, so the light engine has read it; cut it into its "
    "articles for the better one."
)
_TOO_DENSE = (
    "This text has far more words that may report something than news of its length, so "
    "{crowded:,} of them were left to rules alone."
)
_UNREAD = (
    "{unread:,} of the words that may report something were left unread, since they are too many "
    "for the length of this text; what nobody is credited with is told under 'unattributed'."
)


@dataclass(frozen=True)
class EmbeddedEngine:
    """Rules and learned weights, on this machine.

    Attributes:
        weights: a file of `attributor train`; those that come with attributor if None. Rules
            alone answer in a language that there are none for.
        light: whether to read without the encoder where one is installed.
    """

    weights: Path | None = None
    light: bool = False

    asks = False
    settings_used = frozenset({"weights", "light"})

    @property
    def _choice(self) -> Choice:
        return Choice(self.weights, self.light)

    def notice(self, carried_by: str = "") -> str:
        """Who answers, and where the text goes."""
        who = "The embedded engine" + (" with its encoder" if self._choice.folder else "")
        return f"{who} answers; {carried_by or 'nothing leaves this machine'}."

    def propose(self, marking: Marking) -> Dialogue[Proposed]:
        """Say who said what in the article; nobody is asked."""
        language = marking.language
        is_long = len(marking.text) > MAX_ENCODER_CODE_POINTS
        reader = self._choice.reader(language, is_long=is_long)
        fits = reader is not None and reader.weights.language == language
        too_long = len(marking.text) > MAX_CODE_POINTS
        reasons = {
            _TOO_LONG: too_long,
            _OTHER_LANGUAGE: self.weights is not None and not fits,
            _LONG_FOR_ENCODER: is_long and not too_long and self._left_aside(reader, language),
        }
        warnings = tuple(warning for warning, holds in reasons.items() if holds)
        if language == UNKNOWN:
            warnings = (no_pack(marking.text), *warnings)
        if unnamed := transcripts.warning(marking):
            warnings = (*warnings, unnamed)
        if reader is None or not fits or too_long:
            allowed = cues_by_rules(marking)
            proposal = by_rules.propose(marking, allowed)
            warnings = (*warnings, *_left(0, allowed.refused))
            return Proposed(proposal, Provenance(name=NAME), NOTHING, warnings)
        model = ENCODER_MODEL if reader.encoder else None
        made_by = Provenance(name=NAME, model=model, weights_sha256=reader.weights.sha256)
        sheet = reader.sheet(marking)
        proposal = by_weights.propose(sheet, reader.weights)
        warnings = (*warnings, *_left(len(sheet.crowded), sheet.cues_by_rules.refused))
        return Proposed(proposal, made_by, NOTHING, warnings, identity=sheet.identity)
        yield []  # never: it asks nobody, and is a dialogue all the same

    def _left_aside(self, reader: Reader | None, language: str) -> bool:
        """Whether an encoder would read a shorter text in this language, and none reads this."""
        usual = self._choice.reader(language)
        return (usual and usual.encoder) is not None and (reader and reader.encoder) is None

    def judge(
        self, annotation: Annotation, codebook: Codebook, marking: Marking, *, about_all: bool
    ) -> Dialogue[Annotation]:
        """Say where speakers stand; nobody is asked."""
        from attributor.embedded.stance.judging import with_stances
        from attributor.embedded.stance.targets import propose as propose_targets

        targets = codebook if codebook.targets else propose_targets(annotation, marking)
        about_all = about_all and bool(codebook.targets)
        judged = with_stances(annotation, targets, marking.language, about_all)
        return judged.model_copy(update={"usage": judged.usage or NOTHING})
        yield []  # never: it asks nobody, and is a dialogue all the same

    def recipe(self, codebook: Codebook | None) -> Provenance:
        """All that its annotations depend on: the weights, which name their encoder."""
        model = ENCODER_MODEL if self._choice.folder else None
        return Provenance(name=NAME, model=model, weights_sha256=self._choice.sha256)

    def estimate(
        self, marking: Marking, codebook: Codebook | None, ask: AskAbout | None = None
    ) -> None:
        """None: nobody is asked."""


def _left(crowded: int, unread: int) -> list[str]:
    """The warnings about words that may be cues: left to rules alone, or left unread."""
    reasons = {
        _TOO_DENSE.format(crowded=crowded): crowded > 0,
        _UNREAD.format(unread=unread): unread > 0,
    }
    return [warning for warning, holds in reasons.items() if holds]
