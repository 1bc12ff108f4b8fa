# ruff: noqa: E501
"""Other ways of asking, measured once beside ours: see benchmarks/prompts.py.

    python benchmarks/prompt_variants.py typed|sentences|no-example … --answers DIR --model NAME
                                         [--base-url URL]

typed       quotes are typed out, and looked up in the article
sentences   numbered sentences, not cut at quotation marks; the prompt's illustration is as well
no-example  our segments and our words, without the illustration
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from asking import Kept, Run, articles, asked

from attributor.assembling import assemble
from attributor.grounding import ground, locate
from attributor.marking import Marking, mark
from attributor.marking.language import load
from attributor.marking.segments import segments
from attributor.prompting.answers import parsed
from attributor.prompting.dialogue import Dialogue
from attributor.prompting.exchange import Answer, Message, Request
from attributor.prompting.places import Places, Words
from attributor.prompting.prompts import Prompts
from attributor.prompting.windows import cut, harmless
from attributor.prompting.wire import Wire, schema_json
from attributor.records import Annotation, Engine, Piece, Proposal, ProposedQuote, ProposedSpeaker
from prompts import Watched, ours, report


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("variants", nargs="+", choices=list(VARIANTS))
    parser.add_argument("--answers", type=Path, required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--base-url")
    arguments = parser.parse_args()
    kept = Kept(arguments.answers, arguments.model, arguments.base_url)
    runs = [asyncio.run(VARIANTS[name](kept)) for name in arguments.variants]
    report(
        [
            asyncio.run(ours("ours", kept, articles())),
            *runs,
        ]
    )


async def _with(kept: Kept, name: str, prompts: Prompts, marked: Any) -> Run:
    run = Run(name)
    for gold in articles():
        marking = marked(mark(gold.article))
        watched = Watched(kept, marking)
        before = kept.seconds
        run.add(gold, await asked(Dialogue(marking, prompts), watched))
        run.seconds += kept.seconds - before
        run.proposed += watched.proposed
        run.rejected += watched.rejected
        print(gold.id, flush=True)
    return run


# --- numbered sentences --------------------------------------------------------------------------

SENTENCES = {
    "613| “We have counted the passengers twice.": "613| “We have counted the passengers twice.",
    "615| Nobody can run a ship on that,”\n616| said Oda Rask, harbour master since 2009.": "615| Nobody can run a ship on that,” said Oda Rask, harbour master since 2009.",
    "619| “It is a good bus,”\n620| she told the meeting.\n621| “I have sat in it.”": "619| “It is a good bus,” she told the meeting.\n621| “I have sat in it.”",
    "622| Milo Brandt, a fisherman, complained that nobody had asked the islanders, although the council\n"
    "623| “promised us a vote”\n624| in the autumn.": "622| Milo Brandt, a fisherman, complained that nobody had asked the islanders, although the "
    "council “promised us a vote” in the autumn.",
    "627| One of the ships, the\n628| “Old Lamp”\n629| , was built in 1931.": "628| One of the ships, the “Old Lamp”, was built in 1931.",
    '"at":"622-624"': '"at":"622"',
    "The article stands between the lines <article> and </article>, as numbered segments": "The article stands between the lines <article> and </article>, as numbered sentences",
}


async def sentences(kept: Kept) -> Run:
    prompts = Prompts.load()
    body = prompts.attribute.body
    for old, new in SENTENCES.items():
        assert old in body, old
        body = body.replace(old, new)
    return await _with(
        kept, "sentences", replace(prompts, attribute=replace(prompts.attribute, body=body)), _whole
    )


def _whole(marking: Marking) -> Marking:
    starts = [start for start, _ in marking.paragraphs]
    bounds = [
        (start, end, max(i for i, s in enumerate(starts) if s <= start))
        for start, end in marking.sentences
    ]
    return replace(marking, segments=segments(marking.text, bounds, (), load(marking.language)))


# --- no example ----------------------------------------------------------------------------------


async def no_example(kept: Kept) -> Run:
    prompts = Prompts.load()
    body = prompts.attribute.body.partition("An illustration. For")[0].strip()
    return await _with(
        kept,
        "no example",
        replace(prompts, attribute=replace(prompts.attribute, body=body)),
        lambda m: m,
    )


# --- typed out -----------------------------------------------------------------------------------


class TypedQuote(Wire):
    words: str
    cue: str
    mention: str
    name: str
    own: bool


class TypedAnswer(Wire):
    quotes: list[TypedQuote]


def _typed_prompt() -> str:
    body = Prompts.load().attribute.body
    body = re.sub(
        r'- "at":.*?\n',
        '- "words": the words that were said, copied exactly, without quotation marks, without the cue; of reported speech the clause, without "that". Words that a cue interrupts are two entries with the same cue\n',
        body,
    )
    body = body.replace(", as numbered segments, one a line", "").replace(
        "Point to its words with segment numbers, do not type them out. ", ""
    )
    body = re.sub(r'\n"not_speech":.*?\n', "\n", body)
    body, _, answer = body.partition("the answer is")
    body = re.sub(r"(?<=\S)\n\d{3}\| ", " ", body.replace("<article>\n", "<article>\n\n"))
    body = (
        re.sub(r"\n\d{3}\| ", "\n", body)
        .replace("” ,", "”,")
        .replace("<article>\n\n", "<article>\n")
    )
    words = [
        "We have counted the passengers twice. There are forty a day in summer and six in winter. Nobody can run a ship on that",
        "the money would go into a bus",
        "It is a good bus",
        "I have sat in it.",
        "nobody had asked the islanders, although the council “promised us a vote” in the autumn",
        "The islands were never asked and they will remember it",
        "eleven lines have closed since 2015",
    ]
    quotes = json.loads(answer)["quotes"]
    for quote in quotes:
        del quote["at"]
    typed = [{"words": said, **quote} for quote, said in zip(quotes, words, strict=True)]
    return (
        body
        + "the answer is\n\n"
        + json.dumps({"quotes": typed}, ensure_ascii=False, separators=(",", ":"))
    )


class Typed:
    def __init__(self, marking: Marking, prompt: str) -> None:
        self.marking = marking
        text = "\n".join(harmless(marking.text[a:b]) + "\n" for a, b in marking.paragraphs)
        self.request = Request(
            marking.article.id,
            "attribute",
            0,
            (Message("system", prompt), Message("user", f"<article>\n{text}</article>")),
            "attribution",
            schema_json(TypedAnswer),
            400 + 30 * len(marking.segments) + len(marking.text) // 3,
        )
        self.annotation: Annotation | None = None
        self.proposed = self.rejected = 0

    def requests(self) -> list[Request]:
        return [] if self.annotation else [self.request]

    def take(self, request: Request, answer: Answer) -> None:
        found = parsed(request, answer, "quotes")["quotes"]
        names: list[str] = []
        quotes = []
        window = cut(self.marking)[0]
        places = Places(self.marking, window)
        for item in found:
            quote = TypedQuote.model_validate(item)
            if not quote.words.strip():
                continue
            if quote.name and quote.name not in names:
                names.append(quote.name)
            whole = Piece(start=0, end=len(self.marking.text), starts=quote.words, ends=quote.words)
            where = locate(self.marking.text, whole)
            cue = mention = None
            if isinstance(where, tuple):
                numbers = [
                    n
                    for n, s in enumerate(window.segments)
                    if s.start < where[1] and where[0] < s.end
                ]
                source = places.source(
                    numbers[0], numbers[-1], Words(quote.cue, quote.mention, quote.name)
                )
                cue, mention = source.cue, source.mention
            quotes.append(
                ProposedQuote(
                    pieces=(whole,),
                    cue=cue,
                    mention=mention,
                    own_words=quote.own,
                    speaker=names.index(quote.name) if quote.name else None,
                )
            )
        self.proposed = len(found)
        proposal = Proposal(
            speakers=tuple(ProposedSpeaker(name=n) for n in names), quotes=tuple(quotes)
        )
        grounded = ground(self.marking, proposal)
        self.rejected = len({r.quote for r in grounded.rejections if r.part == "piece"})
        self.annotation = assemble(self.marking, proposal, Engine(name="openai"), answer.usage)


async def typed(kept: Kept) -> Run:
    run, prompt = Run("typed"), _typed_prompt()
    for gold in articles():
        conversation = Typed(mark(gold.article), prompt)
        before = kept.seconds
        run.add(gold, await asked(conversation, kept))
        run.seconds += kept.seconds - before
        run.proposed += conversation.proposed
        run.rejected += conversation.rejected
        print(gold.id, flush=True)
    return run


VARIANTS = {"typed": typed, "sentences": sentences, "no-example": no_example}

if __name__ == "__main__":
    main()
