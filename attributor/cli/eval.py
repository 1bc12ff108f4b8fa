"""`attributor eval`: how right an engine is, on articles that people have marked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import click

from attributor.cli.completion import files
from attributor.cli.files import Shown, destination
from attributor.cli.messages import say, tell
from attributor.cli.options import engine_options
from attributor.errors import ReadingError, UsageError, quoted

if TYPE_CHECKING:
    from attributor.evaluation.gold import GoldArticle
    from attributor.evaluation.predictions import Prediction
    from attributor.evaluation.report import Report
    from attributor.pipeline import Annotator
    from attributor.records import Article

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
    as_json: bool,
    html: bool,
    output: str | None,
    **flags: Any,
) -> None:
    """Measure an engine on articles marked by people.

    GOLD is JSONL, one article a line with "id", "text" and "quotes", or annotations of your own
    (annotate --format jsonl) that you have corrected. docs/evaluation.md says what the figures
    mean.
    """
    from attributor.evaluation.gold import read_gold

    _refuse_contradictions(flags | {"stance": stance}, predictions, as_json and html)
    _refuse_overwriting((*gold, *([predictions] if predictions else ())), output)
    articles = read_gold(*gold, split=split)[:limit]
    found = _ready(predictions, articles) if predictions else _asked(articles, flags, stance)
    if found.predictions:
        report = _report(gold, articles, found, split, everything)
        _write(report, "json" if as_json else "html" if html else "table", output)
    ctx.exit(found.exit_code)


@dataclass
class _Found:
    """The predictions there are, how many seconds they took, and what to exit with."""

    predictions: dict[str, Prediction] = field(default_factory=dict)
    seconds: float | None = None
    exit_code: int = 0
    has_stances: bool = False


def _asked(articles: list[GoldArticle], flags: dict[str, Any], stance: bool) -> _Found:
    """What the engine says about each article; what goes wrong is told."""
    from attributor.cli.work import Work
    from attributor.evaluation.predictions import Prediction
    from attributor.pipeline import Annotator
    from attributor.settings import load

    if stance and not any(gold.codebook for gold in articles):
        raise UsageError("The gold names no targets: leave --stance away.")
    settings = load(flags)
    for notice in settings.notices:
        say(notice)
    annotator = Annotator(settings)
    say(annotator.notice)
    work = Work(annotator, _each(annotator, articles, stance), settings.chosen_engine)
    begun = perf_counter()
    with closing(work.annotations()) as annotations:
        predictions = {each.article.id: Prediction.of(each) for each in annotations}
    return _Found(predictions, perf_counter() - begun, work.exit_code, stance)


def _each(annotator: Annotator, articles: list[GoldArticle], stance: bool) -> Iterator[Article]:
    """The articles, each asked about with its own targets when its turn comes."""
    for gold in articles:
        annotator.codebook = gold.codebook if stance else None
        yield gold.article


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
        shown: Any = Shown(out) if out.isatty() else out
        if format_ == "html":
            from attributor.evaluation import page

            page.write(report, shown)
        elif format_ == "json":
            import json

            shown.write(json.dumps(report.as_json(), ensure_ascii=False, indent=2) + "\n")
        else:
            shown.writelines(f"{line}\n" for line in report.lines())
    if output and output != "-":
        say(f"Written to {quoted(output)}.")
        if format_ == "html":
            _write(report, "table", None)


def _refuse_contradictions(flags: dict[str, Any], predictions: str | None, both: bool) -> None:
    if both:
        raise click.UsageError("--json and --html are two outputs: choose one of them.")
    given = [name for name, value in flags.items() if value]
    if predictions and given:
        name = given[0].replace("_", "-")
        raise click.UsageError(f"--predictions asks no engine: leave --{name} away.")


def _refuse_overwriting(sources: Iterable[str], output: str | None) -> None:
    if output and Path(output).is_file():
        for source in sources:
            if Path(source).exists() and Path(source).samefile(output):
                raise UsageError(f"{quoted(output)} is what is read: write to another file.")
