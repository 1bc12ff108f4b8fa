"""The words of the project as records: Article, Quote, Speaker, Annotation and what lies between.

Everything that leaves the program (`attributor.annotation/1`) and everything an engine proposes is
defined here. Offsets are Unicode code points into `Article.text`, end exclusive. Records are
frozen: a stage never alters what the stage before it said.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, computed_field

from attributor.engine_names import EngineName
from attributor.errors import UsageError, quoted
from attributor.settings import AskAbout

SpeakerKind = Literal["person", "organization", "group", "anonymous", "document"]
"""What a speaker is; "anonymous" is one whom the article does not name."""
QuoteKind = Literal["direct", "indirect", "mixed"]
"""Whether the words are the speaker's own; "mixed" is indirect with a part in quotation marks."""
MentionType = Literal["name", "nominal", "pronoun", "none"]
"""In which way the words name the speaker; "nominal" is a description as "the diplomat"."""
DecidedBy = Literal["draft", "confirmed", "changed", "added"]
"""Whose a quote is where a model was given a draft: the draft's, not asked about or not believed;
the draft's and confirmed by the model; changed by it; or added by it."""
StanceLabel = Literal["favor", "against", "neutral", "unclear"]
"""Where a speaker stands; "unclear" is where the engine will not say."""
IN_DOUBT = "speaker in doubt"
"""The flag of a quote whose speaker may have a name that is not sure enough to be given."""
MAX_TARGET_CHARACTERS = 200
"""The longest name of a target."""


class Record(BaseModel):
    """A frozen value with no fields beyond those declared."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Span(Record):
    """A stretch of the article: `text == article.text[start:end]`, always."""

    start: int
    end: int
    text: str

    @classmethod
    def of(cls, article_text: str, start: int, end: int) -> Span:
        """The span from `start` to `end` (code points, end exclusive) of `article_text`."""
        return cls(start=start, end=end, text=article_text[start:end])


class Article(Record):
    """The exact text that was given, and what is known about it.

    Plain text and JSONL are never altered. Of HTML only the markup is stripped; its title is then
    the first paragraph of `text`.
    """

    id: str
    title: str | None = None
    byline: str | None = None
    published: str | None = None
    url: str | None = None
    language: str | None = None
    text: str

    @computed_field  # type: ignore[prop-decorator]
    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the text as UTF-8 (a lone surrogate counts as U+FFFD), hexadecimal."""
        return hashlib.sha256(self.text.encode("utf-8", "replace")).hexdigest()


class Speaker(Record):
    """The person or body behind mentions. `name` is "" where the article names nobody."""

    id: int
    name: str
    aliases: tuple[str, ...] = ()
    role: str = ""
    kind: SpeakerKind = "person"


class Stance(Record):
    """Where a speaker stands towards a target, in one quote."""

    target: str
    label: StanceLabel
    confidence: float | None = None
    evidence: Span | None = None


class Candidate(Record):
    """Who may have said a quote whose speaker is in doubt: a name, and how probable it is.

    `speaker` is the id of that Speaker if another quote credits it, else None.
    """

    name: str
    speaker: int | None = None
    probability: float


class Quote(Record):
    """What somebody said: one or more spans, verbatim, and who said it in which words.

    `confidence` is of the words, `speaker_confidence` of who said them. Where it is in doubt who
    did, `candidates` has up to three names. `decided_by` is None where no model was asked for.
    """

    id: int
    kind: QuoteKind
    marked: bool
    spans: tuple[Span, ...] = Field(min_length=1)
    cue: Span | None = None
    mention: Span | None = None
    mention_type: MentionType = "none"
    speaker: int | None = None
    stances: tuple[Stance, ...] = ()
    confidence: float | None = None
    speaker_confidence: float | None = None
    candidates: tuple[Candidate, ...] = ()
    decided_by: DecidedBy | None = None
    flags: tuple[str, ...] = ()

    @property
    def in_doubt(self) -> bool:
        """Whether somebody should look who said it."""
        return IN_DOUBT in self.flags


class Provenance(Record):
    """Which engine made an annotation, and with which model, prompts, schema or weights.

    `weights_sha256` are the embedded engine's, whose draft a model may be asked about; `ask` says
    whether it was asked about "all" of it, or about "doubts" only.
    """

    name: EngineName
    model: str | None = None
    model_reported: str | None = None
    prompt: str | None = None
    prompt_sha256: str | None = None
    schema_sha256: str | None = None
    weights_sha256: str | None = None
    ask: AskAbout | None = None


class Usage(Record):
    """What the model's server counted, all requests together; `cost_usd` is null if unknown."""

    requests: int = 0
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = None

    def __add__(self, other: Usage) -> Usage:
        costs = [u.cost_usd for u in (self, other) if u.requests]
        return Usage(
            requests=self.requests + other.requests,
            input_tokens=self.input_tokens + other.input_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            cost_usd=None if not costs or None in costs else sum(c for c in costs if c is not None),
        )


class Annotation(Record):
    """One article taken apart: the output format `attributor.annotation/1`.

    `unattributed` is the coverage report: marked passages (the span then begins with the quotation
    mark) and sentences with a cue that nobody was credited with.
    """

    format: Literal["attributor.annotation/1"] = "attributor.annotation/1"
    article: Article
    speakers: tuple[Speaker, ...] = ()
    quotes: tuple[Quote, ...] = ()
    unattributed: tuple[Span, ...] = ()
    engine: Provenance
    usage: Usage | None = None
    warnings: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The article's id."""
        return self.article.id

    def speaker_of(self, quote: Quote) -> Speaker | None:
        """The Speaker whom `quote.speaker` points to, or None."""
        return next((s for s in self.speakers if s.id == quote.speaker), None)

    def spans(self) -> Iterator[Span]:
        """Every stretch of the article that the annotation shows."""
        for quote in self.quotes:
            evidence = (stance.evidence for stance in quote.stances)
            yield from filter(None, (*quote.spans, quote.cue, quote.mention, *evidence))
        yield from self.unattributed


# --- the codebook: whom or what a stance is towards ------------------------------------------


class Example(Record):
    """A quote that a coder would give `label` for the target it stands under."""

    text: str
    label: StanceLabel


class Target(Record):
    """What a stance is towards: a name, its definition for coders, and examples."""

    name: str = Field(min_length=1, max_length=MAX_TARGET_CHARACTERS)
    definition: str = ""
    examples: tuple[Example, ...] = ()


class Codebook(Record):
    """The targets of one study; without any, the engine proposes them, article by article."""

    targets: tuple[Target, ...] = ()

    @classmethod
    def of(cls, names: Iterable[str], known: Iterable[Target] = ()) -> Codebook:
        """The known targets, and after them one for each name that none of them has.

        Args:
            names: what stances are towards; case, and white space around a name, do not count.
            known: targets with a definition and examples.

        Raises:
            UsageError: a name is empty or too long.
        """
        targets = list(known)
        for name in map(str.strip, names):
            if not 0 < len(name) <= MAX_TARGET_CHARACTERS:
                raise UsageError(
                    f"The target {quoted(name)} must have 1 to {MAX_TARGET_CHARACTERS} characters."
                )
            if name.casefold() not in {target.name.casefold() for target in targets}:
                targets.append(Target(name=name))
        return cls(targets=tuple(targets))


# --- what an engine says, before it is believed ------------------------------------------------


class Piece(Record):
    """Where a proposal says that words stand: a window of the article, and the words at its edges.

    `start` and `end` are offsets of the window. `starts` and `ends` are the words with which the
    piece begins and ends inside that window; "" means the window's own edge. Words typed out
    whole are a piece whose `starts` and `ends` are both those words.
    """

    start: int
    end: int
    starts: str = ""
    ends: str = ""


class ProposedSpeaker(Record):
    """A speaker as proposed: `name` as the article writes it, "" if it names nobody.

    `confidence` and `candidates` are what a draft says of it; a model's word has neither.
    """

    name: str = ""
    role: str = ""
    kind: SpeakerKind = "person"
    confidence: float | None = None
    candidates: tuple[Candidate, ...] = ()

    @property
    def is_drafted(self) -> bool:
        """Whether a draft says so, and not a model."""
        return self.confidence is not None or bool(self.candidates)


class ProposedQuote(Record):
    """A quote as proposed.

    `speaker` is an index into `Proposal.speakers`: who speaks is decided then, also where that one
    has no name. It is None where it is left to the article.

    `own_words` says whether these are the speaker's own words (True), a paraphrase (False), or
    that the engine leaves it to the quotation marks (None).
    """

    pieces: tuple[Piece, ...] = Field(min_length=1)
    cue: Piece | None = None
    mention: Piece | None = None
    speaker: int | None = None
    own_words: bool | None = None
    confidence: float | None = None
    decided_by: DecidedBy | None = None
    flags: tuple[str, ...] = ()


class Proposal(Record):
    """Everything an engine says about one article, before the article has verified it."""

    speakers: tuple[ProposedSpeaker, ...] = ()
    quotes: tuple[ProposedQuote, ...] = ()
    not_speech: tuple[Piece, ...] = ()
