"""More to learn from: articles without their marks, under a headline, and as a transcript.

Newsrooms' texts come in kinds that a corpus of finished articles has few of. Each copy here is made
of an article's own words, and its quotes' spans point into the new text.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Iterator

from attributor.embedded.training.examples import Known, Spans, TrainingArticle

_MARKS = re.compile(r"[\"“”„«»]|''|``")
"""The double quotation marks that a copy of an article loses."""
_WORDS_OF_HEADLINE = range(4, 15)
"""A quote of so many words is made a headline."""
_WORDS_OF_TURN = range(5, 200)
"""A quote of so many words is made a turn."""
_FEWEST_TURNS = 3
"""A transcript has so many turns or more."""
_MOST_LETTERS_OF_NAME = 40
"""A longer description of somebody is made no label, and no part of a headline."""
_SHARE_OF_CAPITALS = 0.5
"""In this share of the headlines each word has a capital."""
_WHO, _SAID, _SAYS = "who", "said", "says"
_HEADLINES = (
    (_SAID, ", ", _SAYS, " ", _WHO),
    (_SAID, ", ", _WHO, " ", _SAYS),
    (_WHO, " ", _SAYS, " ", _SAID),
    (_WHO, ": ", _SAID),
    (_WHO, ": ‘", _SAID, "’"),
    ("‘", _SAID, "’, ", _SAYS, " ", _WHO),
)
"""How a headline says who said what."""
_NO_BEGINNING = ("that", "to")
"""A quote that begins with one of these is no sentence."""


def without_marks(example: TrainingArticle) -> TrainingArticle:
    """The same article with all double quotation marks taken out, its quotes' offsets moved."""
    text = example.article.text
    dropped = {i for m in _MARKS.finditer(text) for i in range(*m.span())}
    place, moved = 0, []
    for i in range(len(text) + 1):
        moved.append(place)
        place += i not in dropped
    kept = "".join(ch for i, ch in enumerate(text) if i not in dropped)

    def move(spans: Spans) -> Spans:
        return [(moved[a], moved[b]) for a, b in spans if moved[a] < moved[b]]

    return _copy(example, kept, _moved(example, move))


def with_headline(example: TrainingArticle, lot: random.Random) -> TrainingArticle:
    """The same article under a headline made of one of its quotes; as it is if none is fit."""
    fit = list(_quoted(example, _WORDS_OF_HEADLINE))
    if not fit:
        return example
    pattern, (who, said) = lot.choice(_HEADLINES), lot.choice(fit)
    if lot.random() < _SHARE_OF_CAPITALS:
        said = " ".join(_opened(word) for word in said.split(" "))
    words = {_WHO: who, _SAID: said if pattern[0] == _WHO else _opened(said)}
    line, spans = "", dict[str, Spans]()
    for part in pattern:
        begin = len(line)
        line += words.get(part, part)
        spans[part] = [(begin, len(line))]
    above = f"{line}\n\n"

    def move(spans: Spans) -> Spans:
        return [(a + len(above), b + len(above)) for a, b in spans]

    quote = Known(spans[_SAID], spans.get(_SAYS, []), spans[_WHO])
    return _copy(example, above + example.article.text, [quote, *_moved(example, move)])


def as_transcript(example: TrainingArticle) -> TrainingArticle | None:
    """The quotes of an article as turns of a transcript, one a line; None if there are too few."""
    text, turns = "", []
    for who, said in _quoted(example, _WORDS_OF_TURN):
        label, turn = len(text), len(text) + len(who) + 2
        text += f"{who.upper()}: {_opened(said)}."
        turns.append(Known([(turn, len(text))], [], [(label, turn - 2)]))
        text += "\n\n"
    return _copy(example, text, turns) if len(turns) >= _FEWEST_TURNS else None


def _quoted(example: TrainingArticle, words: range) -> Iterator[tuple[str, str]]:
    """Who said it and its words, of each quote that could stand by itself."""
    text = example.article.text
    for quote in example.quotes:
        if not quote.speech or len(quote.content) != 1 or len(quote.mention) != 1:
            continue
        who, said = (text[slice(*span)] for span in (quote.mention[0], quote.content[0]))
        said = _MARKS.sub("", said).strip(" ,.;:'‘’")
        is_named = who[:1].isupper() and " " in who and len(who.upper()) == len(who)
        is_short = len(who) <= _MOST_LETTERS_OF_NAME and "\n" not in who + said
        is_sentence = len(said.split()) in words and said.split()[0] not in _NO_BEGINNING
        if is_named and is_short and is_sentence:
            yield who, said


def _opened(words: str) -> str:
    return words[:1].upper() + words[1:]


def _moved(example: TrainingArticle, move: Callable[[Spans], Spans]) -> Iterator[Known]:
    for q in example.quotes:
        yield Known(move(q.content), move(q.cue), move(q.mention), q.speech)


def _copy(example: TrainingArticle, text: str, quotes: Iterable[Known]) -> TrainingArticle:
    article = example.article.model_copy(update={"text": text})
    return TrainingArticle(article, tuple(quotes))
