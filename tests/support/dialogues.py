"""A small article, and answers to it as a model might write them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from attributor.engines import Conversation
from attributor.marking import mark
from attributor.marking.evidence import Marking
from attributor.messages import Answer, Request
from attributor.pipeline import annotating
from attributor.prompting.engine import ModelEngine
from attributor.prompting.prompts import Prompts
from attributor.records import Annotation, Article, Codebook, Target, Usage
from attributor.settings import AskAbout, Settings

TEXT = """“The bridge is safe. Nobody has to drive around it,” said Ada Moravec, the city engineer.
She told reporters that repairs would cost two million, and called the plan “Big Fix”.
“We asked for a tunnel,” Milo Brandt said, “and we got a bridge.”"""
# 1 “The bridge is safe.  2 Nobody has to drive around it,”  3 said Ada Moravec, the city engineer.
# 4 She told reporters … the plan  5 “Big Fix”  6 “We asked for a tunnel,”  7 Milo Brandt said,
# 8 “and we got a bridge.”

CODEBOOK = Codebook(targets=(Target(name="the bridge"), Target(name="the tunnel")))


def quote(**changes: Any) -> dict[str, Any]:
    """The quote of segments 1 and 2 as a new one, with changes."""
    whole = {"draft": 0, "at": "1-2", "cue": "said", "mention": "Ada Moravec"}
    return {**whole, "name": "Ada Moravec", "own": True} | changes


COST = quote(
    cue="told reporters",
    mention="She",
    own=False,
    at="4 repairs would cost … two million",
)
TUNNEL = quote(mention="Milo Brandt", name="Milo Brandt", at="6")
BRIDGE = TUNNEL | {"at": "8"}


def answer(
    quotes: list[Any] | None = None,
    not_speech: list[Any] | None = None,
    **rest: Any,
) -> Answer:
    """An answer to attribute or repair without a draft; complete where nothing is given."""
    body = {
        "quotes": [quote(), COST, TUNNEL, BRIDGE] if quotes is None else quotes,
        "not_speech": [5] if not_speech is None else not_speech,
    }
    return said(json.dumps(body, ensure_ascii=False), **rest)


def changes(
    *quotes: dict[str, Any],
    who: dict[int, str] | None = None,
    names: dict[int, str] | None = None,
    drop: Sequence[int] = (),
    not_speech: Sequence[int] = (),
) -> Answer:
    """An answer that says what has to change in a draft; nothing where nothing is given."""
    body = {
        "who": [{"draft": line, "is": choice} for line, choice in (who or {}).items()],
        "names": [{"draft": line, "name": name} for line, name in (names or {}).items()],
        "quotes": quotes,
        "drop": drop,
        "not_speech": not_speech,
    }
    return said(json.dumps(body, ensure_ascii=False))


def said(text: str, **rest: Any) -> Answer:
    """An answer with this text."""
    usage = Usage(requests=1, input_tokens=100, output_tokens=10)
    known: dict[str, Any] = {"text": text, "model": "m-1", "usage": usage}
    return Answer(**(known | rest))


def marking(text: str = TEXT) -> Marking:
    """The marking of an article with the id 'bridge'."""
    return mark(Article(id="bridge", text=text), "en")


@dataclass(frozen=True)
class Drafted:
    """Has the draft that a test gives it."""

    annotation: Annotation
    weights_sha256: str | None = None

    def draft(self, marking: Marking) -> Annotation:
        return self.annotation


def dialogue(
    text: str = TEXT,
    codebook: Codebook | None = None,
    id: str = "bridge",
    language: str = "en",
    draft: Annotation | None = None,
    ask: AskAbout = "all",
) -> Conversation[Annotation]:
    """The conversation about the article, and about a draft of it, with the shipped prompts."""
    drafter = Drafted(draft) if draft else None
    engine = ModelEngine(Settings(model="m-1", ask=ask), Prompts.load(), drafter=drafter)
    return Conversation(annotating(engine, Article(id=id, text=text), codebook, language))


def only(talk: Conversation[Annotation]) -> Request:
    """The one request that is outstanding."""
    (request,) = talk.requests()
    return request


def finished(talk: Conversation[Annotation]) -> Annotation:
    """The annotation of a dialogue that must have come to its end."""
    assert talk.requests() == []
    assert talk.result is not None
    return talk.result


def answered(
    text: str, *answers: Answer, draft: Annotation | None = None, language: str = "en"
) -> Annotation:
    """What becomes of an article, and of a draft of it, with these answers, one after the other."""
    talk = dialogue(text, draft=draft, language=language)
    for found in answers:
        talk.take(only(talk), found)
    return finished(talk)


def names_of(annotation: Annotation) -> list[str]:
    """The name of each quote's speaker, "" for nobody."""
    speakers = [annotation.speaker_of(quote) for quote in annotation.quotes]
    return [speaker.name if speaker else "" for speaker in speakers]


def texts(annotation: Annotation) -> list[list[str]]:
    """The words of each quote's spans."""
    return [[span.text for span in quote.spans] for quote in annotation.quotes]
