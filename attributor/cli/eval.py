"""`attributor eval`: how right an engine is, on articles that people have marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import click

from attributor.cli.article_loop import Work
from attributor.cli.completion import files
from attributor.cli.files import destination, format_for, refuse_overwriting
from attributor.cli.messages import say, tell
from attributor.cli.options import engine_options, targets_in
from attributor.cli.trusting import told_settings
from attributor.errors import ReadingError, UsageError, quoted

if TYPE_CHECKING:
    from attributor.evaluation.gold import GoldArticle
    from attributor.evaluation.predictions import Prediction
    from attributor.evaluation.report import Report
    from attributor.records import Annotation, Article, Target

EXAMPLES = """\b
Examples:
  attributor eval gold.jsonl
  attributor eval --engine openai --limit 20 gold.jsonl
  attributor eval --html -o mistakes.html gold.jsonl
  attributor eval --predictions annotations.jsonl --json gold.jsonl
"""


@click.command(epilog=EXAMPLES, short_help="Measure an engine on articles marked by people.")
@click.argument("gold", nargs=-1, required=True, metavar="GOLD...", shell_complete=files)
@engine_options
@click.option(
    "--predictions",
    metavar="FILE",
    shell_complete=files,
    help="Score these annotations (JSONL) instead of asking an engine.",
)
@click.option("--split", metavar="NAME", help="Only articles of this split.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Only the first N articles.")
@click.option(
    "--all", "everything", is_flag=True, help="Thoughts and beliefs count too, not only speech."
)
@click.option("--stance", is_flag=True, help="Ask for stances towards the gold's targets too.")
@click.option(
    "--codebook",
    metavar="FILE",
    shell_complete=files,
    help="A YAML file with definitions and examples for the gold's targets; implies --stance.",
)
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.option("--html", is_flag=True, help="Make a page of gold and prediction side by side.")
@click.option(
    *("-o", "--output"),
    metavar="FILE",
    shell_complete=files,
    help="Write there; beside a page the table is printed too.",
)
@click.pass_context
def eval(
    ctx: click.Context,
    /,
    gold: tuple[str, ...],
    predictions: str | None,
    split: str | None,
    limit: int | None,
    everything: bool,
    stance: bool,
    codebook: str | None,
    as_json: bool,
    html: bool,
    output: str | None,
    **flags: Any,
) -> None:
    """Measure an engine on articles marked by people.

    GOLD is JSONL, one article a line with "id", "text" and "quotes", or annotations of your own
    (annotate --format jsonl) that you have corrected; or, for stances alone, one text a line with
    "id", "text", "target" and "stance". docs/evaluation.md says what the figures mean.
    """
    from attributor.evaluation.gold import read_gold

    asked = {"stance": stance, "codebook": codebook}
    _refuse_contradictions(flags | asked, predictions, as_json and html)
    refuse_overwriting((*gold, *([predictions] if predictions else ())), output)
    said = "json" if as_json else "html" if html else None
    format_ = format_for(output, ("terminal", "json", "html"), "terminal", said)
    articles = read_gold(*gold, split=split)[:limit]
    if format_ == "html" and all(each.is_statement for each in articles):
        raise UsageError("These texts are one quote each, which --html has nothing to show of.")
    if predictions:
        found = _ready(predictions, articles)
    else:
        found = _asked(articles, flags, stance or bool(codebook), targets_in(codebook))
    if found.predictions:
        report = _report(gold, articles, found, split, everything)
        _write(report, format_, output)
    ctx.exit(found.exit_code)


@dataclass
class _Found:
    """The predictions there are, how many seconds they took, and what to exit with."""

    predictions: dict[str, Prediction] = field(default_factory=dict)
    seconds: float | None = None
    exit_code: int = 0
    has_stances: bool = False


def _asked(
    articles: list[GoldArticle], flags: dict[str, Any], stance: bool, known: Sequence[Target]
) -> _Found:
    """What the engine says about each article; what goes wrong is told.

    Args:
        articles: the gold.
        flags: the engine's settings from the command line.
        stance: whether stances are asked for; of texts that are one quote they always are.
        known: targets with definition and examples.
    """
    from attributor.evaluation.predictions import Prediction
    from attributor.evaluation.statements import batches, with_known
    from attributor.pipeline import Annotator

    if stance and not any(gold.codebook for gold in articles):
        raise UsageError("The gold names no targets: leave --stance and --codebook away.")
    settings = told_settings(flags)
    annotator = Annotator(settings)
    say(annotator.notice)
    found = _Found(has_stances=stance or any(gold.is_statement for gold in articles))
    batched = {each.id: each for each in batches(gold for gold in articles if gold.is_statement)}

    def sources() -> Iterator[Article | Annotation]:
        """What is asked about, with its own targets set when its turn comes."""
        for gold in articles:
            if not gold.is_statement:
                annotator.codebook = with_known(gold.codebook, known) if stance else None
                yield gold.article
        for batch in batched.values():
            annotator.codebook = with_known(batch.codebook, known)
            yield batch.annotation(settings.chosen_engine)

    work = Work(annotator, sources())
    begun = perf_counter()
    with closing(work.annotations()) as annotations:
        for each in annotations:
            batch = batched.get(each.id)
            predictions = batch.predictions(each) if batch else [Prediction.of(each)]
            found.predictions.update({prediction.id: prediction for prediction in predictions})
    found.seconds, found.exit_code = perf_counter() - begun, work.exit_code
    return found


def _ready(path: str, articles: list[GoldArticle]) -> _Found:
    """The predictions of the file `path`; an article without one is told."""
    from attributor.evaluation.predictions import read_predictions

    predictions, found = read_predictions(path), _Found()
    for gold in articles:
        try:
            if gold.id not in predictions:
                raise ReadingError(f"There is no prediction for {quoted(gold.id)} in the file.")
            predictions[gold.id].refuse_another_text(gold)
            found.predictions[gold.id] = predictions[gold.id]
        except ReadingError as error:
            found.exit_code = tell(error)
    found.has_stances = any(q.stance for each in found.predictions.values() for q in each.quotes)
    return found


def _report(
    paths: tuple[str, ...],
    articles: list[GoldArticle],
    found: _Found,
    split: str | None,
    everything: bool,
) -> Report:
    from hashlib import sha256

    from attributor.evaluation.matching import compare
    from attributor.evaluation.report import Report
    from attributor.evaluation.scores import Evaluation

    comparisons = [compare(each, found.predictions.get(each.id), everything) for each in articles]
    digests = {path: sha256(Path(path).read_bytes()).hexdigest() for path in paths}
    evaluation = Evaluation(comparisons, found.has_stances)
    return Report(evaluation, digests, split, everything, found.seconds)


def _write(report: Report, format_: str, output: str | None) -> None:
    with destination(output) as out:
        if format_ == "html":
            from attributor.evaluation import page

            page.write(report, out)
        elif format_ == "json":
            from attributor.views.json import line

            out.write(line(report.as_json(), indent=2) + "\n")
        else:
            out.writelines(f"{line}\n" for line in report.lines())
    if output and output != "-":
        say(f"Written to {quoted(output)}.")
        if format_ == "html":
            _write(report, "terminal", None)


def _refuse_contradictions(flags: dict[str, Any], predictions: str | None, both: bool) -> None:
    if both:
        raise click.UsageError("--json and --html are two outputs: choose one of them.")
    engine_flags = [name for name, value in flags.items() if value]
    if predictions and engine_flags:
        name = engine_flags[0].replace("_", "-")
        raise click.UsageError(f"--predictions asks no engine: leave --{name} away.")
