"""A small article, and answers to it as a model might write them."""

from __future__ import annotations

import json
from typing import Any

from attributor.engines import Conversation
from attributor.marking import mark
from attributor.marking.evidence import Marking
from attributor.messages import Answer, Request
from attributor.pipeline import annotating
from attributor.prompting.engine import ModelEngine
from attributor.prompting.prompts import Prompts
from attributor.records import Annotation, Article, Codebook, Target, Usage
from attributor.settings import Settings

TEXT = """“The bridge is safe. Nobody has to drive around it,” said Ada Moravec, the city engineer.
She told reporters that repairs would cost two million, and called the plan “Big Fix”.
“We asked for a tunnel,” Milo Brandt said, “and we got a bridge.”"""
# 1 “The bridge is safe.  2 Nobody has to drive around it,”  3 said Ada Moravec, the city engineer.
# 4 She told reporters … the plan  5 “Big Fix”  6 “We asked for a tunnel,”  7 Milo Brandt said,
# 8 “and we got a bridge.”

CODEBOOK = Codebook(targets=(Target(name="the bridge"), Target(name="the tunnel")))


def quote(**changes: Any) -> dict[str, Any]:
    """The quote of segments 1 and 2, with changes."""
    whole = {"cue": "said", "mention": "Ada Moravec", "name": "Ada Moravec"}
    return {**whole, "own": True, "at": "1-2"} | changes


COST = quote(
    cue="told reporters",
    mention="She",
    own=False,
    at="4 repairs would cost - 4 cost two million",
)
TUNNEL = quote(mention="Milo Brandt", name="Milo Brandt", at="6")
BRIDGE = TUNNEL | {"at": "8"}


def answer(
    quotes: list[Any] | None = None,
    not_speech: list[Any] | None = None,
    **rest: Any,
) -> Answer:
    """An answer to attribute or repair; complete where nothing is given."""
    body = {
        "quotes": [quote(), COST, TUNNEL, BRIDGE] if quotes is None else quotes,
        "not_speech": [5] if not_speech is None else not_speech,
    }
    return said(json.dumps(body, ensure_ascii=False), **rest)


def said(text: str, **rest: Any) -> Answer:
    """An answer with this text."""
    usage = Usage(requests=1, input_tokens=100, output_tokens=10)
    known: dict[str, Any] = {"text": text, "model": "m-1", "usage": usage}
    return Answer(**(known | rest))


def marking(text: str = TEXT) -> Marking:
    """The marking of an article with the id 'bridge'."""
    return mark(Article(id="bridge", text=text), "en")


def dialogue(
    text: str = TEXT,
    codebook: Codebook | None = None,
    id: str = "bridge",
    language: str = "en",
) -> Conversation[Annotation]:
    """The conversation about the article, with the shipped prompts."""
    engine = ModelEngine(Settings(model="m-1"), Prompts.load())
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


def texts(annotation: Annotation) -> list[list[str]]:
    """The words of each quote's spans."""
    return [[span.text for span in quote.spans] for quote in annotation.quotes]
