"""Gold: articles in which people have marked who said what.

One JSON object a line, either gold's own format or the project's output as corrected by hand:

    {"id", "source"?, "split"?, "text", "title"?, "lang"?,
     "quotes": [{"content": [[s, e], …], "cue"?: [[s, e], …],
                 "speaker": {"mention": [[s, e], …], "text"?, "name"?, "name_source"?} | null,
                 "kind": "direct|indirect|mixed", "speech_cue"?: bool,
                 "stance"?: [{"target", "label"}]}],
     "discard"?: [[[s, e], …], …]}

Offsets are code points of `text`, end exclusive. Other keys are ignored. A third kind of line is
for stances alone: a text that is one quote, and where its speaker stands.

    {"id", "source"?, "split"?, "text", "lang"?, "speaker"?, "target", "stance"}
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from attributor.errors import ReadingError, quoted
from attributor.evaluation.lines import read_lines, record
from attributor.marking.spans import Span
from attributor.records import Annotation, Article, Codebook, Quote, QuoteKind, StanceLabel, Target


def _listed(value: Any) -> Any:
    """One stretch or many, as pairs or as {"start", "end"}, as a list of pairs."""
    if not value:
        return ()
    if isinstance(value, dict) or (isinstance(value, list) and isinstance(value[0], int)):
        value = [value]
    if not isinstance(value, list):
        return value
    return [(v.get("start"), v.get("end")) if isinstance(v, dict) else v for v in value]


Stretches = Annotated[tuple[Span, ...], BeforeValidator(_listed)]


class Lenient(BaseModel):
    """A frozen part of a file that may say more than is asked."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class LabelledStance(Lenient):
    """Where a quote's speaker stands towards a target."""

    target: str
    label: StanceLabel


class GoldSpeaker(Lenient):
    """Who says it: the words of the article, and the name if the annotators know it."""

    mention: Stretches = ()
    text: str | None = None
    name: str | None = None
    name_source: str | None = None
    """"read" where somebody has read who it is, so that no name means that nobody is named."""


class Quoted(Lenient):
    """What somebody says, as gold or an engine has it."""

    content: Stretches
    cue: Stretches = ()
    speaker: GoldSpeaker | None = None

    @property
    def mention(self) -> tuple[Span, ...]:
        """The words that name the speaker here, if any do."""
        return self.speaker.mention if self.speaker else ()

    @property
    def name(self) -> str | None:
        """The speaker's name where it is known."""
        return self.speaker.name or None if self.speaker else None

    @property
    def name_is_known(self) -> bool:
        """Whether it is known who the speaker is, or that the article names nobody."""
        return bool(self.name) or (self.speaker is not None and self.speaker.name_source == "read")


class GoldQuote(Quoted):
    """A quote of gold; `speech_cue` is False where it is thought or believed instead."""

    kind: QuoteKind
    speech_cue: bool = True
    stance: Annotated[tuple[LabelledStance, ...], BeforeValidator(lambda value: value or ())] = ()


class GoldArticle(Lenient):
    """An article with every quote in it; predictions inside `discard` do not count."""

    id: str
    source: str = ""
    split: str | None = None
    text: str
    title: str | None = None
    lang: str | None = None
    quotes: tuple[GoldQuote, ...]
    discard: tuple[Stretches, ...] = ()
    is_statement: bool = False
    """Whether the text is one quote, which the engine is given and only asked about."""

    @model_validator(mode="after")
    def _offsets_are_in_the_text(self) -> GoldArticle:
        for number, quote in enumerate(self.quotes, 1):
            for start, end in (*quote.content, *quote.cue, *quote.mention):
                if not 0 <= start <= end <= len(self.text):
                    raise ValueError(
                        f"quote {number} has a stretch from {start} to {end} in a text of "
                        f"{len(self.text)} characters"
                    )
        return self

    @property
    def article(self) -> Article:
        """The article as an engine is given it."""
        return Article(id=self.id, title=self.title, language=self.lang, text=self.text)

    @property
    def codebook(self) -> Codebook | None:
        """The targets that this article's stances are towards."""
        named = dict.fromkeys(stance.target for quote in self.quotes for stance in quote.stance)
        return Codebook(targets=tuple(Target(name=name) for name in named)) if named else None


class Statement(Lenient):
    """A text that somebody says, and where they stand towards one target."""

    id: str
    source: str = ""
    split: str | None = None
    text: str = Field(min_length=1)
    lang: str | None = None
    speaker: str | None = None
    target: str = Field(min_length=1, max_length=200)
    stance: StanceLabel

    @property
    def gold(self) -> GoldArticle:
        """The text as an article that is one quote."""
        quote = GoldQuote(
            content=((0, len(self.text)),),
            speaker=GoldSpeaker(name=self.speaker) if self.speaker else None,
            kind="indirect",
            stance=(LabelledStance(target=self.target, label=self.stance),),
        )
        facts = self.model_dump(include={"id", "source", "split", "text", "lang"})
        return GoldArticle(quotes=(quote,), is_statement=True, **facts)


def read_gold(*paths: str, split: str | None = None) -> list[GoldArticle]:
    """The gold articles of JSONL files, of one split if that is asked for.

    Raises:
        ReadingError: a file cannot be read, a line is no gold, an id comes twice, or there is no
            article of that split; the message names file and line.
    """
    articles = list(read_lines(paths, _article))
    chosen = [article for article in articles if split in (None, article.split)]
    if not chosen:
        known = sorted({quoted(article.split) for article in articles if article.split})
        names = f"there are {', '.join(known[:10])}" if known else "the gold names no splits"
        raise ReadingError(f"There is no article of the split {quoted(split or '')}: {names}.")
    return chosen


def _article(data: dict[str, Any]) -> GoldArticle:
    if "article" in data:
        return from_annotation(record(data, own_output))
    if "quotes" not in data and "stance" in data:
        return record(data, Statement.model_validate).gold
    return record(data, GoldArticle.model_validate)


def own_output(data: dict[str, Any]) -> Annotation:
    """The Annotation that `data`, read from JSON, is; its spans hold the words of the article.

    Raises:
        ValueError: it is not in the output format, a span is not where it says, or a quote has a
            speaker who is not listed.
    """
    if isinstance(data["article"], dict):  # the digest is computed, and corrected text has another
        given = {key: value for key, value in data["article"].items() if key != "sha256"}
        data = data | {"article": given}
    annotation = Annotation.model_validate(data)
    text = annotation.article.text
    for quote in annotation.quotes:
        if quote.speaker is not None and annotation.speaker_of(quote) is None:
            raise ValueError(f"quote {quote.id} has the speaker {quote.speaker}, who is not listed")
        for span in (*quote.spans, *filter(None, (quote.cue, quote.mention))):
            if text[span.start : span.end] != span.text or span.start < 0:
                raise ValueError(
                    f"quote {quote.id} has a span that is not its article's text from "
                    f"{span.start} to {span.end}"
                )
    return annotation


def from_annotation(annotation: Annotation) -> GoldArticle:
    """An annotation that somebody has corrected, as gold."""
    article = annotation.article
    return GoldArticle(
        id=article.id,
        source="attributor.annotation/1",
        text=article.text,
        title=article.title,
        lang=article.language,
        quotes=tuple(_quote(annotation, quote) for quote in annotation.quotes),
    )


def _quote(annotation: Annotation, quote: Quote) -> GoldQuote:
    speaker, mention = annotation.speaker_of(quote), quote.mention
    return GoldQuote(
        content=tuple((span.start, span.end) for span in quote.spans),
        cue=((quote.cue.start, quote.cue.end),) if quote.cue else (),
        speaker=GoldSpeaker(
            mention=((mention.start, mention.end),) if mention else (),
            text=mention.text if mention else None,
            name=speaker.name if speaker else None,
        ),
        kind=quote.kind,
        stance=tuple(LabelledStance(target=s.target, label=s.label) for s in quote.stances),
    )
