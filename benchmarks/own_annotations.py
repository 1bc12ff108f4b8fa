"""What the embedded engine learns from annotations in attributor's own format.

    python benchmarks/own_annotations.py [--articles N]

Weights are learned from the same N articles given in four ways, and scored on dev: as gold; as
annotations that say what gold says, that is, corrected by hand without a mistake; as a file with
both kinds, half and half; and as an engine's output that nobody has corrected. That engine has
learned from N other articles, whose score stands in the first row.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Iterable
from pathlib import Path

from measuring import show
from scoring import DEV, TRAIN, evaluated, shown

from attributor.assembling import assemble
from attributor.embedded import by_weights as learned
from attributor.embedded.token_arrays import Sheet
from attributor.embedded.training import trainer as training
from attributor.embedded.training.examples import Known, TrainingArticle
from attributor.embedded.weights import Weights
from attributor.engines import Proposed
from attributor.evaluation.gold import GoldArticle, GoldQuote, read_gold
from attributor.marking import Marking, mark
from attributor.records import Annotation, Provenance, Quote, Span, Speaker

FIGURES = ("P", "R", "F1", "F1_found")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--articles", type=int, default=200)
    count = parser.parse_args().articles
    gold = read_gold(str(TRAIN))
    random.Random(0).shuffle(gold)
    other, articles = gold[:count], gold[count : 2 * count]
    engine = _taught(other)
    as_gold = [article.model_dump_json() for article in articles]
    corrected = [_corrected(article).model_dump_json() for article in articles]
    output = [_annotate(mark(a.article), engine).model_dump_json() for a in articles]
    half = count // 2
    files = {
        "gold": as_gold,
        "corrected annotations": corrected,
        "both, half and half": [*as_gold[:half], *corrected[half:]],
        "that engine's output, uncorrected": output,
    }
    rows = [[f"gold, {count} other articles", *_figures(engine)]]
    rows += [[name, *_figures(_taught(_read(lines)))] for name, lines in files.items()]
    show(("learned from", *FIGURES), rows)


def _read(lines: Iterable[str]) -> list[GoldArticle]:
    """The lines as `attributor train` reads them from a file."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "articles.jsonl")
        file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return read_gold(str(file))


def _corrected(gold: GoldArticle) -> Annotation:
    """What a person makes of an annotation who corrects all of it: speech, and no thoughts."""
    speech = [quote for quote in gold.quotes if quote.speech_cue and quote.content]
    named = [quote for quote in speech if quote.mention]
    numbers = {id(quote): number for number, quote in enumerate(named, 1)}
    return Annotation(
        article=gold.article,
        speakers=tuple(Speaker(id=numbers[id(q)], name=q.name or "") for q in named),
        quotes=tuple(
            _quote(gold.text, number, quote, numbers.get(id(quote)))
            for number, quote in enumerate(speech, 1)
        ),
        engine=Provenance(name="embedded"),
    )


def _quote(text: str, number: int, quote: GoldQuote, speaker: int | None) -> Quote:
    cue, mention = quote.cue, quote.mention
    return Quote(
        id=number,
        kind=quote.kind,
        marked=quote.kind != "indirect",
        spans=tuple(Span.of(text, *span) for span in quote.content),
        cue=Span.of(text, *cue[0]) if cue else None,
        mention=Span.of(text, *mention[0]) if mention else None,
        speaker=speaker,
    )


def _taught(articles: Iterable[GoldArticle]) -> Weights:
    examples = [
        TrainingArticle(
            gold.article,
            tuple(Known(q.content, q.cue, q.mention, q.speech_cue) for q in gold.quotes),
        )
        for gold in articles
    ]
    return training.train(examples, "en")


def _annotate(marking: Marking, weights: Weights) -> Annotation:
    return assemble(
        marking, Proposed(learned.propose(Sheet(marking), weights), Provenance(name="embedded"))
    )


def _figures(weights: Weights) -> list[str]:
    evaluation = evaluated(read_gold(str(DEV)), lambda marking: _annotate(marking, weights))
    return [shown(evaluation, name) for name in FIGURES]


if __name__ == "__main__":
    main()
