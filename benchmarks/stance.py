"""Where speakers stand: both engines beside the majority and a bag of words.

    python benchmarks/stance.py
    python benchmarks/stance.py --model NAME --base-url URL --answers DIR \\
        --sets gwsd --modes codebook --sample 100

For each way to answer it prints macro-F1, and two figures that belong together: `precision`, how
many of the labels that were given are right, and `abstained`, from how many texts none was given.
The second table is the curve between them: by the lead that is asked for, with the labels that the
engine would give if it had to ("all"), and with those that it gives ("sure").

The labelled sets are halved by a hash of the ids. The bag of words and the codebooks' examples are
of the first half; everything is measured on the second. Figures of codebooks with few examples are
means over ten draws. Modes:

codebook  each text is asked about towards its own target;
examples  so too, with two examples of each label (a model; the embedded engine has rows for them);
open      the engine names the targets, and one is taken as meant if it shares a word with gold's.

With --model the model is asked instead, one request after the other. Its answers are kept in DIR,
so that a run that was broken off goes on where it stopped; without --base-url nothing is asked.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from time import perf_counter

import scoring
from asking import Kept, Model
from labelled import (
    HEADER,
    Answers,
    TextSet,
    halved,
    label_of,
    mean_row,
    means_the_same,
    row,
    seeds,
    target_of,
)
from measuring import show

from attributor.embedded.stance.examples import LABELS
from attributor.embedded.stance.judging import LEAST_MARGIN, Judgement, judge_of
from attributor.embedded.stance.wording import Wording
from attributor.evaluation.gold import GoldArticle
from attributor.evaluation.statements import (
    MAX_TEXTS_PER_BATCH,
    StatementBatch,
    batches,
    with_known,
)
from attributor.marking import language as packs
from attributor.records import Annotation, Codebook, Example, StanceLabel, Target

HALVED = ("gwsd", "newsmtsc", "polstance")
SETS = (*HALVED, "seeds")
COUNTS, DRAWS = (20, 100), 10
MARGINS = (0.0, LEAST_MARGIN, 0.1, 0.2, 0.4)
"""Leads in probability that are tried."""

Judgements = Mapping[str, Judgement]
"""Id of a text -> what the embedded engine makes of it."""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--sets", nargs="+", choices=SETS, default=SETS)
    parser.add_argument("--model", help="ask this model")
    parser.add_argument("--base-url", help="the server that has it")
    parser.add_argument("--modes", nargs="+", choices=MODES, default=["codebook"])
    parser.add_argument("--sample", type=int, help="ask it about so many texts of a set")
    parser.add_argument("--seed", type=int, default=0, help="which texts those are")
    parser.add_argument("--answers", type=Path, default=Path("stance-answers"))
    given = parser.parse_args()
    model = Model(Kept(given.answers, given.model, given.base_url)) if given.model else None
    for name in given.sets:
        texts = seeds() if name == "seeds" else halved(name)
        if model is None:
            _without_a_model(texts)
        else:
            _with_a_model(model, texts.sample(given.sample, given.seed), given.modes)


# --- without a model -----------------------------------------------------------------------------


def _without_a_model(texts: TextSet) -> None:
    print(
        f"\n{texts.name}: {len(texts.learned)} texts to learn from, {len(texts.measured)} measured"
    )
    begun = perf_counter()
    plain = embedded(texts.measured)
    milliseconds = 1000 * (perf_counter() - begun) / len(texts.measured)
    print(f"The embedded engine without examples: {milliseconds:.2f} ms a text.\n")
    rows = [row("majority", texts.measured, _majority(texts))]
    if texts.learned:
        rows.append(row("bag of words", texts.measured, _bag_of_words(texts)))
    rows.append(row("embedded", texts.measured, plain))
    rows += _taught(texts)
    rows += _open_rows(texts)
    show(HEADER, rows)
    _show_margins(texts)


def _taught(texts: TextSet) -> Iterator[list[str]]:
    """Rows of the embedded engine with examples in its codebook."""
    if texts.learned:
        for count in COUNTS:
            draws = [embedded(texts.measured, texts.examples(count, n)) for n in range(DRAWS)]
            yield mean_row(f"embedded, {count} examples", texts.measured, draws)
        everything = texts.examples()
        name = f"embedded, {len(everything)} examples"
        yield row(name, texts.measured, embedded(texts.measured, everything))


def _open_rows(texts: TextSet) -> Iterator[list[str]]:
    """The embedded engine in open mode, where a target is something that a quote can name."""
    if texts.name == "newsmtsc":
        named = texts.named()
        yield row(
            f"embedded ({len(named.measured)} with a name)",
            named.measured,
            embedded(named.measured),
        )
        yield row("embedded, open (the same)", named.measured, embedded_open(named))
    elif texts.name == "seeds":
        yield row("embedded, open", texts.measured, embedded_open(texts))


def _majority(texts: TextSet) -> Answers:
    labels = [label_of(each) for each in texts.learned or texts.measured]
    return dict.fromkeys((each.id for each in texts.measured), max(LABELS, key=labels.count))


def _bag_of_words(texts: TextSet) -> Answers:
    """Logistic regression over tf-idf of words, every label as heavy as every other."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    bag = make_pipeline(
        TfidfVectorizer(sublinear_tf=True),
        LogisticRegression(class_weight="balanced", max_iter=1000),
    )
    bag.fit([each.text for each in texts.learned], [label_of(each) for each in texts.learned])
    found = bag.predict([each.text for each in texts.measured])
    return dict(zip((each.id for each in texts.measured), found, strict=True))


def judged(texts: Sequence[GoldArticle], examples: tuple[Example, ...] = ()) -> Judgements:
    """What the embedded engine makes of each text."""
    found: dict[str, Judgement] = {}
    for each in texts:
        target = Target(name=target_of(each), examples=examples)
        language = packs.known(each.lang) or packs.UNKNOWN
        found[each.id] = judge_of(target, language).judge(Wording.of(each.text))
    return found


def labels_of(found: Judgements, least: float = 0.0, *, unsure: bool = False) -> Answers:
    """The labels, as far as they lead the next by `least`.

    With `unsure` also those that the engine keeps to itself.
    """
    return {
        id: "unclear" if each.margin < least else each.likeliest if unsure else each.label
        for id, each in found.items()
    }


def embedded(texts: Sequence[GoldArticle], examples: tuple[Example, ...] = ()) -> Answers:
    """The embedded engine's labels."""
    return labels_of(judged(texts, examples))


def embedded_open(texts: TextSet) -> Answers:
    """Its labels for targets that it proposes itself, the texts of an article being together."""
    found: dict[str, StanceLabel] = {}
    for group in texts.groups:
        batch = _once_each(group)
        found |= _meant(group, batch, scoring.embedded(batch.annotation("embedded"), Codebook()))
    return found


def _show_margins(texts: TextSet) -> None:
    """Print what abstaining more or less often would bring, without examples and with all."""
    codebooks: dict[str, tuple[Example, ...]] = {}
    if all(packs.known(each.lang) for each in texts.measured):
        codebooks["no examples"] = ()
    if texts.learned:
        codebooks["all examples"] = texts.examples()
    read = {name: judged(texts.measured, examples) for name, examples in codebooks.items()}
    rows = [
        row(
            f"{name}, {'all' if unsure else 'sure'}, lead {least}",
            texts.measured,
            labels_of(found, least, unsure=unsure),
        )
        for name, found in read.items()
        for unsure in (True, False)
        for least in MARGINS
    ]
    print()
    show(HEADER, rows)


# --- with one ------------------------------------------------------------------------------------


def _with_a_model(model: Model, texts: TextSet, modes: Sequence[str]) -> None:
    print(f"\n{texts.name}: {len(texts.measured)} texts measured", flush=True)
    rows = [row("majority", texts.measured, _majority(texts))]
    rows.append(row("embedded", texts.measured, embedded(texts.measured)))
    for mode in modes if texts.learned else [mode for mode in modes if mode != "examples"]:
        asked = texts.named() if mode == "open" and texts.name == "newsmtsc" else texts
        title = f"model, {mode}" + (f" ({len(asked.measured)})" if asked is not texts else "")
        rows.append(row(title, asked.measured, MODES[mode](model, asked)))
    print()
    show(HEADER, rows)
    print(f"\n{model.cost()}")


def _codebook(model: Model, texts: TextSet, known: Sequence[Target] = ()) -> Answers:
    """Texts with the same target are asked about together."""
    found: dict[str, StanceLabel] = {}
    for batch in batches(texts.measured):
        codebook = with_known(batch.codebook, known)
        assert codebook
        answer = model.ask(batch.annotation("openai"), codebook)
        for each in batch.predictions(answer):
            for stance in each.quotes[0].stance:
                found[each.id] = stance.label
    return found


def _with_examples(model: Model, texts: TextSet) -> Answers:
    drawn = texts.examples()
    two = [e for label in LABELS for e in [e for e in drawn if e.label == label][:2]]
    names = sorted({target_of(each) for each in texts.measured})
    return _codebook(model, texts, [Target(name=name, examples=tuple(two)) for name in names])


def _open(model: Model, texts: TextSet) -> Answers:
    found: dict[str, StanceLabel] = {}
    together = texts.measured
    for group in (
        texts.groups
        if texts.name == "seeds"
        else [
            together[at : at + MAX_TEXTS_PER_BATCH]
            for at in range(0, len(together), MAX_TEXTS_PER_BATCH)
        ]
    ):
        batch = _once_each(group)
        found |= _meant(group, batch, model.ask(batch.annotation("openai"), Codebook()))
    return found


MODES: dict[str, Callable[[Model, TextSet], Answers]] = {
    "codebook": _codebook,
    "examples": _with_examples,
    "open": _open,
}


def _once_each(group: Sequence[GoldArticle]) -> StatementBatch:
    """The texts of a group, one that is there for several targets only once."""
    return StatementBatch(tuple({each.text: each for each in group}.values()))


def _meant(group: Sequence[GoldArticle], batch: StatementBatch, answer: Annotation) -> Answers:
    """For each text the label towards the first target that means the gold's."""
    said = {text.text: quote for text, quote in zip(batch.texts, answer.quotes, strict=True)}
    found: dict[str, StanceLabel] = {}
    for text in group:
        for stance in said[text.text].stances:
            if means_the_same(stance.target, target_of(text)):
                found.setdefault(text.id, stance.label)
    return found


if __name__ == "__main__":
    main()
