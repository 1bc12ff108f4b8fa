"""A tiny gold of a language that nobody speaks, and what weights find in a text."""

from __future__ import annotations

from attributor.embedded import by_weights
from attributor.embedded.token_arrays import Sheet
from attributor.embedded.training.examples import Known, Spans, TrainingArticle
from attributor.embedded.weights import Weights
from attributor.marking import mark
from attributor.records import Article

PEOPLE = ("Mara Quill", "Oskar Lund", "Ana Holt", "Tom Berg", "Ida Voss", "Nils Kern")
FACTS = ("the bridge is safe", "the ferry is late", "the road is wide", "the hall is closed")


def spans(text: str, *phrases: str) -> Spans:
    """Where each phrase first stands in the text."""
    return [(text.index(phrase), text.index(phrase) + len(phrase)) for phrase in phrases]


def known(text: str, content: str, cue: str, who: str, speech: bool = True) -> Known:
    """A quote of these words."""
    return Known(spans(text, content), spans(text, cue), spans(text, who) if who else [], speech)


def taught(verb: str = "zorbed", count: int = 24) -> list[TrainingArticle]:
    """A gold in which people zorb what is so, and what they say is nobody's quote."""
    examples = []
    for n in range(count):
        who, fact = PEOPLE[n % 6], FACTS[n % 4]
        other, thought = PEOPLE[(n + 1) % 6], FACTS[(n + 2) % 4]
        text = f"{other} said that {thought}. {who} {verb} that {fact}, of course. We left."
        quotes = (known(text, fact, verb, who),)
        examples.append(TrainingArticle(Article(id=str(n), text=text), quotes))
    return examples


def quotes_of(text: str, learned: Weights) -> list[tuple[str, str, str]]:
    """The cue, the source and the content of each quote."""
    found = by_weights.propose(Sheet(mark(Article(id="a", text=text), "en")), learned).quotes
    return [
        (
            text[q.cue.start : q.cue.end] if q.cue else "",
            text[q.mention.start : q.mention.end] if q.mention else "",
            " … ".join(text[p.start : p.end] for p in q.pieces),
        )
        for q in found
    ]
