"""Annotations to look at: an invented article taken apart by hand, and any at all."""

from __future__ import annotations

import io

from hypothesis import strategies as st

from attributor.records import (
    Annotation,
    Article,
    Candidate,
    DecidedBy,
    Provenance,
    Quote,
    Span,
    Speaker,
    Stance,
    Usage,
)
from attributor.views import write

TEXT = """Harbour town argues over its new bridge

“We will build it before winter,” Mayor Ana Kovač told reporters, “and pay for it ourselves.”
Petar Lind, who leads the fishermen’s union, said that it would stop “anything taller than a rake”.
“My father fished here. ‘Never sell the water,’ he used to say,” Lind recalled.
“Somebody ought to ask the gulls,” read a note on the town hall’s door.
The council said it will vote in May.
"""


def span(words: str, nth: int = 0, text: str = TEXT) -> Span:
    start = -1
    for _ in range(nth + 1):
        start = text.index(words, start + 1)
    return Span.of(text, start, start + len(words))


SPEAKERS = (
    Speaker(id=7, name="Ana Kovač", role="mayor", aliases=("Ana Kovač", "Kovač")),
    Speaker(id=3, name="Petar Lind", role="leader of the fishermen’s union"),
    Speaker(id=9, name="", role="Lind’s father", kind="anonymous"),
    Speaker(id=5, name="Never Speaks"),
)
QUOTES = (
    Quote(
        id=1,
        kind="direct",
        marked=True,
        spans=(span("We will build it before winter,"), span("and pay for it ourselves.")),
        cue=span("told reporters"),
        mention=span("Mayor Ana Kovač"),
        mention_type="name",
        speaker=7,
        stances=(
            Stance(target="bridge", label="favor", confidence=0.9, evidence=span("will build")),
        ),
    ),
    Quote(
        id=2,
        kind="mixed",
        marked=True,
        spans=(span("it would stop “anything taller than a rake”"),),
        cue=span("said"),
        mention=span("Petar Lind"),
        mention_type="name",
        speaker=3,
        stances=(Stance(target="bridge", label="against"), Stance(target="tax", label="unclear")),
    ),
    Quote(
        id=3,
        kind="direct",
        marked=True,
        spans=(span("My father fished here. ‘Never sell the water,’ he used to say,"),),
        cue=span("recalled"),
        mention=span("Lind", 1),
        mention_type="name",
        speaker=3,
    ),
    Quote(
        id=4,
        kind="direct",
        marked=True,
        spans=(span("Never sell the water,"),),
        cue=span("used to say"),
        mention=span("My father"),
        mention_type="nominal",
        speaker=9,
        confidence=0.6,
        flags=("nested",),
    ),
    Quote(
        id=5,
        kind="direct",
        marked=False,
        spans=(span("will vote in May"),),
        cue=span("said", 1),
    ),
)
BRIDGE = Annotation(
    article=Article(
        id="bridge.txt",
        title="Harbour town argues over its new bridge",
        byline="Marta Oln",
        published="2024-03-11",
        url="https://example.org/bridge?a=1&b=2",
        language="en",
        text=TEXT,
    ),
    speakers=SPEAKERS,
    quotes=QUOTES,
    unattributed=(span("“Somebody ought to ask the gulls,”"), span("Harbour town argues")),
    engine=Provenance(
        name="openai",
        model="large-1",
        model_reported="large-1-2024",
        prompt="attribute",
        prompt_sha256="ab" * 32,
    ),
    usage=Usage(requests=2, input_tokens=1834, cached_tokens=1024, output_tokens=412),
    warnings=("One proposed quote was dropped: 'rake' stands there twice.",),
)


def doubted(quote: Quote, speaker: int | None, *candidates: tuple[str, float]) -> Quote:
    """The quote with a speaker that is in doubt."""
    may_be = tuple(Candidate(name=name, probability=chance) for name, chance in candidates)
    flags = (*quote.flags, "speaker in doubt")
    known = {"speaker": speaker, "speaker_confidence": 0.1, "candidates": may_be, "flags": flags}
    return quote.model_copy(update=known)


IN_DOUBT = BRIDGE.model_copy(
    update={
        "quotes": (
            QUOTES[0].model_copy(update={"confidence": 0.94, "speaker_confidence": 0.98}),
            doubted(QUOTES[1], None, ("Petar Lind", 0.48), ("Ana Kovač", 0.41)),
            QUOTES[2],
            doubted(QUOTES[3], 9, ("Petar Lind", 0.52)),
            QUOTES[4],
        )
    }
)
"""The article with two quotes whose speaker is in doubt: nobody has one, nobody named the other."""


def _decided(quote: Quote, decided_by: DecidedBy) -> Quote:
    return quote.model_copy(update={"decided_by": decided_by})


_TOLD = doubted(QUOTES[1], 3, ("Petar Lind", 0.04), ("Ana Kovač", 0.96))
DECIDED = BRIDGE.model_copy(
    update={
        "quotes": (
            _decided(QUOTES[0], "confirmed"),
            _decided(_TOLD, "changed"),
            _decided(QUOTES[2], "draft"),
            _decided(doubted(QUOTES[3], 9, ("Petar Lind", 0.95)), "changed"),
            _decided(QUOTES[4], "added"),
        ),
        "engine": BRIDGE.engine.model_copy(update={"ask": "doubts"}),
    }
)
"""The article with a draft that a model was asked about; of two speakers the text says another."""


def plain(text: str, **known: str) -> Annotation:
    """An article in which nobody says anything."""
    known = {"id": "plain"} | known
    return Annotation(article=Article(text=text, **known), engine=Provenance(name="embedded"))


def rendered(format: str, *annotations: Annotation, **options: int) -> str:
    out = io.StringIO()
    write(format, annotations, out, **options)  # type: ignore[arg-type]
    return out.getvalue()


# --- any annotation at all -----------------------------------------------------------------------

NASTY = (
    *(
        "<script>alert(1)</script>",
        "</style>",
        "<!--",
        "]]>",
        '" onmouseover="x',
        "'",
        "&amp;",
        "&",
    ),
    *("\x1b[31m", "\x1b]8;;http://x\x1b\\", "\x9b2J", "\x00", "\x07", "\r", "\r\n", "\x85", "\x7f"),
    *("\u202e", "\u2066", "\u200b", "\u200d", "\u2028", "\u2029", "\ufeff", "\ud800", "\udc80"),
    *("[bold]", "[/]", "![x](http://x)", "[x](javascript:y)", "`", "~~~", "# ", "> ", "www.x.org"),
    *("=1+1", "@SUM", "-2", "\t", "\n", "\n\n", " ", "    ", "“", "”", "word", "Реч", "👩\u200d🚒"),
)
texts = st.lists(st.sampled_from(NASTY) | st.text(max_size=3), max_size=12).map("".join)


@st.composite
def any_annotations(draw: st.DrawFn) -> Annotation:
    text = draw(texts)
    offsets = st.integers(0, len(text))

    def some_span() -> Span:
        start, end = sorted((draw(offsets), draw(offsets)))
        return Span.of(text, start, end)

    def some_quote(number: int) -> Quote:
        return Quote(
            id=number,
            kind=draw(st.sampled_from(("direct", "indirect", "mixed"))),
            marked=draw(st.booleans()),
            spans=tuple(some_span() for _ in range(draw(st.integers(1, 2)))),
            cue=some_span() if draw(st.booleans()) else None,
            mention=some_span() if draw(st.booleans()) else None,
            speaker=draw(st.sampled_from((None, 0, 1, 8))),
            stances=tuple(
                Stance(target=draw(texts), label="favor") for _ in range(draw(st.integers(0, 1)))
            ),
            candidates=(Candidate(name=draw(texts), probability=0.4),),
            flags=draw(st.sampled_from(((), ("speaker in doubt",)))),
        )

    return Annotation(
        article=Article(
            id=draw(texts),
            title=draw(st.none() | texts),
            byline=draw(st.none() | texts),
            url=draw(st.none() | texts | texts.map(lambda tail: f"https://x.org/{tail}")),
            language=draw(st.none() | texts),
            text=text,
        ),
        speakers=tuple(
            Speaker(id=each, name=draw(texts), role=draw(texts), aliases=(draw(texts),))
            for each in range(draw(st.integers(0, 2)))
        ),
        quotes=tuple(some_quote(number) for number in range(draw(st.integers(0, 3)))),
        unattributed=tuple(some_span() for _ in range(draw(st.integers(0, 2)))),
        engine=Provenance(name="openai", model=draw(texts)),
        warnings=(draw(texts),),
    )
