"""The figures of an evaluation as a table to read and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import add
from pathlib import PurePath
from typing import Any

from attributor.evaluation import deciders, reliability, stances
from attributor.evaluation.matching import Comparison
from attributor.evaluation.names import WAYS
from attributor.evaluation.scores import (
    KINDS,
    NAMING_COUNTS,
    OVERALL_FIGURES,
    SHARES,
    Evaluation,
    Key,
    figures,
)
from attributor.evaluation.stances import ANSWERS, LABEL_FIGURES, LABELS, STANCE_FIGURES, gold_of
from attributor.records import Provenance, Usage
from attributor.views import wording
from attributor.views.escaping import one_line

MEASURES = ("found", "exact", "speaker", "name", "R", "P", "F1", "F1_found", "misnamed")
"""The figures of the table, in its order."""
FAULTS = ("missed", "partly", "misattributed", "wrong")
"""What can be wrong with the quotes of an article."""
MAX_WORST_ARTICLES = 10
"""How many of the articles with most faults are listed."""
_SHOWN_NAMES = {"macro_F1": "macro-F1"}
"""How figures are written for readers whose names differ from that."""
_FIGURE_COLUMNS = 20
"""How wide a figure with its interval is printed."""


@dataclass(frozen=True)
class Report:
    """An evaluation, and how it came about.

    Args:
        evaluation: the figures.
        gold: path of each gold file -> its SHA-256.
        split: the split that was asked for, if one was.
        everything: whether thoughts and beliefs counted as well as speech.
        seconds: how long the engine took; None where ready predictions were scored.
    """

    evaluation: Evaluation
    gold: dict[str, str]
    split: str | None = None
    everything: bool = False
    seconds: float | None = None

    @property
    def comparisons(self) -> list[Comparison]:
        """The articles in the order of the gold."""
        return list(self.evaluation.comparisons)

    @property
    def without_prediction(self) -> int:
        """How many articles count as missed because there is no prediction for them."""
        return sum(each.prediction is None for each in self.comparisons)

    @property
    def is_of_statements(self) -> bool:
        """Whether all of the gold is texts that are one quote each, so that stances are all."""
        return all(each.gold.is_statement for each in self.comparisons)

    @property
    def engines(self) -> list[Provenance]:
        """Each engine that made predictions, as far as they say so."""
        made = (each.prediction.engine for each in self.comparisons if each.prediction)
        return list({engine.model_dump_json(): engine for engine in made if engine}.values())

    @property
    def usage(self) -> Usage | None:
        """What all predictions took together, as far as they say so."""
        used = (each.prediction.usage for each in self.comparisons if each.prediction)
        known = [usage for usage in used if usage]
        if not any(usage.requests for usage in known):
            return Usage(cost_usd=0.0) if known else None
        return reduce(add, known)

    # --- to read -----------------------------------------------------------------------------

    def lines(self) -> Iterator[str]:
        """The report, line by line; nothing in it acts on a terminal."""
        yield self.heading()
        if not self.is_of_statements:
            yield ""
            yield from self._table()
            yield from self._who()
            yield from self._confidence()
            yield from self._decided()
        yield from self._stances()
        yield ""
        yield self.cost()
        what = "texts" if self.is_of_statements else "articles"
        yield f"In brackets: the middle 95 % over 1,000 samples of the {what}."
        if not self.is_of_statements:
            yield from self._worst()

    def heading(self) -> str:
        """What was measured, on what."""
        files = ", ".join(PurePath(path).name for path in self.gold)
        quotes = self.evaluation.total["gold", "all"]
        asked = "quotes and thoughts" if self.everything else "quotes of speech"
        number = f"{len(self.comparisons):,}"
        seen = (
            f"{number} texts" if self.is_of_statements else f"{number} articles, {quotes:,} {asked}"
        )
        split = f", split {self.split}" if self.split else ""
        engines = "; ".join(dict.fromkeys(map(wording.named, self.engines)))
        return one_line(f"{files}{split}: {seen}" + (f"; {engines}" if engines else ""))

    def rows(self) -> Iterator[tuple[str, list[str]]]:
        """Each measure with its figure for every kind."""
        total = self.evaluation.total
        yield "gold", [f"{total['gold', kind]:,}" for kind in KINDS]
        for measure in MEASURES:
            kinds = ("all",) if measure in OVERALL_FIGURES else KINDS
            yield measure, [self.figure((measure, kind)) for kind in kinds]

    def figure(self, key: Key) -> str:
        """A figure with its interval."""
        value, interval = self.evaluation.figures[key], self.evaluation.intervals.get(key)
        if value is None:
            return "–"
        return f"{value:.1f}" + (f" ({interval[0]:.1f}–{interval[1]:.1f})" if interval else "")

    def cost(self) -> str:
        """Predictions, tokens, price and seconds."""
        parts = [f"{self.evaluation.total['predictions', 'all']:,} predictions"]
        if usage := self.usage:
            parts.append(f"{usage.requests:,} requests")
            parts.append(f"{usage.input_tokens:,} tokens in, {usage.output_tokens:,} out")
            parts.append(wording.price(usage))
        if self.seconds is not None:
            each = 1000 * self.seconds / max(len(self.comparisons), 1)
            one = "a text" if self.is_of_statements else "an article"
            parts.append(f"{self.seconds:.1f} s ({each:,.1f} ms {one})")
        if self.without_prediction:
            parts.append(f"articles without a prediction: {self.without_prediction:,}")
        return "; ".join(parts) + "."

    def _table(self) -> Iterator[str]:
        yield " " * 10 + "".join(kind.ljust(_FIGURE_COLUMNS) for kind in KINDS).rstrip()
        for measure, cells in self.rows():
            yield (
                measure.ljust(10) + "".join(cell.ljust(_FIGURE_COLUMNS) for cell in cells).rstrip()
            )

    def _who(self) -> Iterator[str]:
        """How often a speaker is rightly named, by what names them on the spot."""
        seen = [(way, told) for way, told in self.who.items() if told["quotes"]]
        if seen:
            yield ""
            yield (
                "named by".ljust(14)
                + "".join(what.ljust(15) for what in (*NAMING_COUNTS, "misnamed")).rstrip()
            )
        for way, told in seen:
            cells = ("–" if value is None else f"{value:,}" for value in told.values())
            yield way.ljust(14) + "".join(cell.ljust(15) for cell in cells).rstrip()

    @property
    def who(self) -> dict[str, dict[str, float | None]]:
        """For each way of naming a speaker on the spot: how many quotes, and how they are named."""
        total, found = self.evaluation.total, self.evaluation.figures
        return {
            way: {what: total[f"who {what}", way] for what in NAMING_COUNTS}
            | {"misnamed": found["misnamed", way]}
            for way in WAYS
        }

    def _confidence(self) -> Iterator[str]:
        """How often the names are right that are given with much or little confidence."""
        seen = self.speaker_confidence
        if seen:
            yield ""
            heads = ("speaker_confidence", "names given", "right", "share right", "mean confidence")
            yield heads[0].ljust(20) + "".join(head.ljust(15) for head in heads[1:]).rstrip()
        for each in seen:
            cells = (f"{each.named:,}", f"{each.right:,}", f"{each.share:.2f}", f"{each.mean:.2f}")
            edges = f"{each.least:.2f} to {each.most:.2f}"
            yield edges.ljust(20) + "".join(cell.ljust(15) for cell in cells).rstrip()

    @property
    def speaker_confidence(self) -> list[reliability.Bin]:
        """How many names were given with which confidence, and how many of them are right."""
        return reliability.bins(self.evaluation.total)

    def _decided(self) -> Iterator[str]:
        """How good the quotes are that the draft or the model decided."""
        seen = self.decided_by
        if seen:
            yield ""
            heads = ("quotes", "found", "names given", "right name", "precision")
            yield "decided by".ljust(12) + "".join(head.ljust(13) for head in heads).rstrip()
        for each in seen:
            numbers = (each.quotes, each.found, each.named, each.right)
            cells = (*(f"{number:,}" for number in numbers), f"{each.precision:.1f}")
            yield each.by.ljust(12) + "".join(cell.ljust(13) for cell in cells).rstrip()

    @property
    def decided_by(self) -> list[deciders.Decided]:
        """How good quotes are by who decided them; nothing where predictions do not say it."""
        return deciders.table(self.evaluation.total)

    def _stances(self) -> Iterator[str]:
        if self.has_stances:
            yield ""
            yield f"Stances: {self.stances_seen}."
            for measure in STANCE_FIGURES:
                name = _SHOWN_NAMES.get(measure, measure)
                yield name.ljust(10) + self.figure((measure, "stance"))
            yield self.of_majority
            yield ""
            yield " " * 10 + "".join(label.ljust(_FIGURE_COLUMNS) for label in LABELS).rstrip()
            for measure in LABEL_FIGURES:
                cells = (self.figure((measure, label)).ljust(_FIGURE_COLUMNS) for label in LABELS)
                yield measure.removeprefix("stance ").ljust(10) + "".join(cells).rstrip()
            yield ""
            yield from stances.lines(self.answers)

    @property
    def has_stances(self) -> bool:
        """Whether there are stances on both sides."""
        return self.evaluation.stances and bool(self.evaluation.total["stances", "gold"])

    @property
    def answers(self) -> stances.Table:
        """Which labels were given for which of gold."""
        return stances.table(self.evaluation.total)

    @property
    def of_majority(self) -> str:
        """What somebody would reach who always gave one label."""
        figures = stances.figures(stances.majority(self.answers))
        accuracy, macro = figures["accuracy", "stance"], figures["macro_F1", "stance"]
        return f"(The commonest label alone: accuracy {accuracy}, macro-F1 {macro}.)"

    @property
    def stances_seen(self) -> str:
        """How many of gold's stances could be compared."""
        compared = sum(self.answers.values())
        gold = self.evaluation.total["stances", "gold"]
        return f"{compared:,} of {gold:,} are of quotes that were found"

    def _worst(self) -> Iterator[str]:
        worst = [self.comparisons[n] for n in self.evaluation.worst[:MAX_WORST_ARTICLES]]
        if any(comparison.faults for comparison in worst):
            yield ""
            yield "Worst articles: missed  partly  misattributed  wrong"
        for each in worst:
            if each.faults:
                numbers = f"{each.missed:22}{each.partly:8}{each.misattributed:15}{each.wrong:7}"
                yield f"{numbers}  {one_line(each.gold.id)}"

    # --- for programs ------------------------------------------------------------------------

    def as_json(self) -> dict[str, Any]:
        """Everything: the figures, their intervals, and what became of each article."""
        evaluation = self.evaluation
        shown = _nested(evaluation.figures)
        for kind in KINDS:
            shown[kind] = {"gold": evaluation.total["gold", kind], **shown[kind]}
        return {
            "gold": [{"file": path, "sha256": digest} for path, digest in self.gold.items()],
            "split": self.split,
            "everything": self.everything,
            "articles": len(self.comparisons),
            "articles_without_prediction": self.without_prediction,
            "predictions": evaluation.total["predictions", "all"],
            **shown,
            "who": self.who,
            "speaker_confidence": [
                {
                    "from": each.least,
                    "to": each.most,
                    "names_given": each.named,
                    "right": each.right,
                    "share_right": round(each.share, 3),
                    "mean_confidence": round(each.mean, 3),
                }
                for each in self.speaker_confidence
            ],
            "decided_by": {
                each.by: {
                    "quotes": each.quotes,
                    "found": each.found,
                    "names_given": each.named,
                    "right_name": each.right,
                    "precision": each.precision,
                }
                for each in self.decided_by
            },
            "intervals": _nested(evaluation.intervals),
            "stance": self._stance_json() if self.has_stances else None,
            "engines": [engine.model_dump() for engine in self.engines],
            "usage": self.usage and self.usage.model_dump(),
            "seconds": None if self.seconds is None else round(self.seconds, 3),
            "by_article": [self._article(n) for n in evaluation.worst],
        }

    def _stance_json(self) -> dict[str, Any]:
        answers, found = self.answers, self.evaluation.figures
        commonest = stances.figures(stances.majority(answers))
        return {
            "gold": self.evaluation.total["stances", "gold"],
            "compared": sum(answers.values()),
            **{measure: found[measure, "stance"] for measure in STANCE_FIGURES},
            "intervals": {m: self.evaluation.intervals.get((m, "stance")) for m in STANCE_FIGURES},
            "majority": {measure: commonest[measure, "stance"] for measure in STANCE_FIGURES},
            "by_label": {
                label: {"gold": gold_of(answers, label)}
                | {name.removeprefix("stance "): found[name, label] for name in LABEL_FIGURES}
                for label in LABELS
            },
            "answers": {
                label: {answer: answers[label, answer] for answer in ANSWERS} for label in LABELS
            },
        }

    def _article(self, number: int) -> dict[str, Any]:
        comparison, counts = self.comparisons[number], self.evaluation.counts[number]
        its = figures(counts)
        return {
            "id": comparison.gold.id,
            "has_prediction": comparison.prediction is not None,
            "gold": counts["gold", "all"],
            "predictions": counts["predictions", "all"],
            **{name: getattr(comparison, name) for name in FAULTS},
            **{measure: its[measure, "all"] for measure in MEASURES},
        }


def _nested(values: Mapping[Key, Any]) -> dict[str, Any]:
    """What there is for all predictions, and by kind what there is for every kind."""
    kinds = {kind: {measure: values.get((measure, kind)) for measure in SHARES} for kind in KINDS}
    return {measure: values.get((measure, "all")) for measure in OVERALL_FIGURES} | kinds
