"""Coverage: what in an article nobody was credited with."""

from __future__ import annotations

from collections.abc import Iterable

from attributor.grounding.grounder import GroundedQuote
from attributor.marking import Marking
from attributor.marking.spans import Span, Stretches


def uncovered(
    marking: Marking, quotes: Iterable[GroundedQuote], not_speech: Iterable[Span] = ()
) -> tuple[Span, ...]:
    """Marked passages that no quote touches, and sentences with a cue and no quote at all.

    A passage comes with its marks, and its sentence is not told again. Forms that are nouns more
    often than verbs are no cues here, nor are speakers' labels before a colon.

    Returns:
        (start, end) in code points, in the order of the text.
    """
    quotes, silent = tuple(quotes), Stretches(not_speech)
    said = Stretches(span for quote in quotes for span in quote.spans)
    passages = [(p.outer_start, p.outer_end) for p in marking.passages]
    open_passages = [p for p in passages if not said.touches(p) and not silent.touches(p)]
    cues = Stretches(quote.cue for quote in quotes if quote.cue)
    known = (said, silent, cues, Stretches(open_passages))
    said_or_credited = (cue for cue in marking.cues if cue.kind in ("verb", "preposition"))
    with_cue = {marking.sentence_at(cue.start) for cue in said_or_credited}
    loose = {s for s in with_cue if not any(k.touches(s) for k in known)}
    return tuple(sorted({*open_passages, *loose}))
