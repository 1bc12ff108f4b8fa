"""Drafts built by hand, as the embedded engine might have made them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from attributor.marking import Marking, mark
from attributor.records import (
    IN_DOUBT,
    Annotation,
    Article,
    Candidate,
    Provenance,
    Quote,
    QuoteKind,
    Span,
    Speaker,
)


@dataclass(frozen=True)
class Said:
    """A line of a draft: its pieces, cue and mention in the article's words, and who speaks.

    `words` is how sure the words are, `who` how sure the name is; `choices` are names with their
    probabilities where that is in doubt.
    """

    pieces: str | tuple[str, ...]
    cue: str = ""
    mention: str = ""
    name: str = ""
    words: float | None = 0.95
    who: float | None = 0.95
    choices: tuple[tuple[str, float], ...] = ()
    kind: QuoteKind | None = None


def draft_of(text: str, *lines: Said, language: Literal["en", "sr"] = "en") -> Annotation:
    """The annotation with these lines, in the order of their words."""
    article = Article(id="bridge", text=text, language=language)
    marking = mark(article, language)
    names = list(dict.fromkeys(line.name for line in lines if line.name))
    quotes = sorted(
        (_quote(marking, line, names) for line in lines), key=lambda q: q.spans[0].start
    )
    return Annotation(
        article=article,
        speakers=tuple(Speaker(id=n, name=name) for n, name in enumerate(names, start=1)),
        quotes=tuple(q.model_copy(update={"id": n}) for n, q in enumerate(quotes, start=1)),
        engine=Provenance(name="embedded"),
    )


def _quote(marking: Marking, line: Said, names: list[str]) -> Quote:
    text = marking.text
    pieces = (line.pieces,) if isinstance(line.pieces, str) else line.pieces
    spans = tuple(_nearest(text, piece, 0) for piece in pieces)
    marked = all(marking.is_marked((s.start, s.end)) for s in spans)
    near = spans[0].start
    return Quote(
        id=0,
        kind=line.kind or ("direct" if marked else "indirect"),
        marked=marked,
        spans=spans,
        cue=_nearest(text, line.cue, near, spans) if line.cue else None,
        mention=_nearest(text, line.mention, near, spans) if line.mention else None,
        speaker=names.index(line.name) + 1 if line.name else None,
        confidence=line.words,
        speaker_confidence=line.who,
        candidates=tuple(Candidate(name=name, probability=p) for name, p in line.choices),
        flags=(IN_DOUBT,) if line.choices else (),
    )


def _nearest(text: str, words: str, to: int, without: tuple[Span, ...] = ()) -> Span:
    """Where the words stand, outside of some spans; of several places the nearest one."""
    found = [n for n in range(len(text)) if text.startswith(words, n)]
    outside = [n for n in found if not any(s.start <= n < s.end for s in without)]
    start = min(outside or found, key=lambda n: abs(n - to))
    return Span.of(text, start, start + len(words))
