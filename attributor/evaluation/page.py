"""One self-contained page: gold and prediction side by side in each article, the worst first.

A colour and a border say what became of a quote, a number which quotes belong together: quote 3 of
the gold is what the predictions numbered 3 were meant to be, and +1 belongs to nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from html import escape
from importlib.resources import files
from itertools import groupby
from typing import TextIO

from attributor.evaluation.gold import GoldQuote
from attributor.evaluation.matching import Comparison, Match
from attributor.evaluation.predictions import PredictedQuote
from attributor.evaluation.report import Report
from attributor.evaluation.scores import KINDS
from attributor.evaluation.stances import STANCE_FIGURES
from attributor.marking.spans import Span
from attributor.views import wording
from attributor.views.escaping import visible
from attributor.views.html import bdi, page_top, safe, static
from attributor.views.outline import GAP, MarkLayer, TextPiece, cut_at
from attributor.views.page_markup import paragraph_starts

LOOKS = {
    "right": ("s3 b1", "right"),
    "partly": ("s5 b2", "partly found"),
    "misattributed": ("s4 b4", "wrong speaker"),
    "missed": ("s2 b3", "missed"),
    "invented": ("s7 b2", "invented"),
    "repeated": ("s8 b3", "said twice"),
    "not asked": ("s0 b0", "a thought, not asked for"),
}
"""The classes in page.css, and the words, for what became of a quote."""


@dataclass(frozen=True, slots=True)
class Shown(MarkLayer):
    """A stretch of a quote; `last` is set on the quote's last stretch of content."""

    number: str = ""
    outcome: str = "right"
    last: bool = False


def write(report: Report, out: TextIO) -> None:
    """The page for `report`."""
    style = static("page.css") + _own_style()
    out.write(page_top("Gold and prediction", style, ""))
    out.writelines(_head(report))
    for place in report.evaluation.worst:
        out.writelines(_article(report.comparisons[place], f"a{place + 1}"))
    out.write("</body>\n</html>\n")


def _own_style() -> str:
    return files("attributor.evaluation").joinpath("page.css").read_text(encoding="utf-8")


# --- the head ----------------------------------------------------------------------------------


def _head(report: Report) -> Iterator[str]:
    yield '<nav class="contents" aria-label="Articles">\n<h1>Gold and prediction</h1>\n'
    yield f'<p class="source">{safe(report.heading())}. {safe(report.cost())}</p>\n'
    yield '<div class="wide"><table class="figures">\n<tr><td></td>'
    yield "".join(f'<th scope="col">{kind}</th>' for kind in KINDS) + "</tr>\n"
    for measure, cells in report.rows():
        yield f'<tr><th scope="row">{measure}</th>'
        yield "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>\n"
    yield "</table></div>\n"
    yield from _stances(report)
    yield "<ol>\n"
    for place in report.evaluation.worst:
        comparison = report.comparisons[place]
        link = f'<a href="#a{place + 1}">{bdi(_title(comparison))}</a>'
        yield f"<li>{link} {_count(comparison)}</li>\n"
    yield "</ol>\n</nav>\n"


def _stances(report: Report) -> Iterator[str]:
    if report.has_stances:
        known = ", ".join(f"{each} {report.figure((each, 'stance'))}" for each in STANCE_FIGURES)
        yield f'<p class="source">Stances: {safe(known)}; {safe(report.stances_seen)}.</p>\n'


def _title(comparison: Comparison) -> str:
    return comparison.gold.title or wording.source(comparison.gold.id)


def _count(comparison: Comparison) -> str:
    faults = (
        f"{comparison.missed} missed, {comparison.partly} partly found, "
        f"{comparison.misattributed} misattributed, {comparison.wrong} wrong"
    )
    absent = "no prediction; " if comparison.prediction is None else ""
    return f'<span class="count">{absent}{faults}</span>'


# --- an article --------------------------------------------------------------------------------


def _article(comparison: Comparison, anchor: str) -> Iterator[str]:
    gold = comparison.gold
    yield f'<section class="article" id="{anchor}">\n<header>\n'
    yield f'<h2 class="title" dir="auto">{safe(_title(comparison))}</h2>\n'
    source = bdi(wording.source(gold.id))
    yield f'<p class="source">{source} · {_count(comparison)}</p>\n{_legend()}</header>\n'
    yield '<div class="sides">\n<div class="pair heads"><h3>Gold</h3><h3>Prediction</h3></div>\n'
    starts = paragraph_starts(gold.text)
    left = _paragraphs(gold.text, list(gold_layers(comparison)), starts, f"{anchor}g")
    right = _paragraphs(gold.text, list(predicted_layers(comparison)), starts, f"{anchor}p")
    for one, other in zip(left, right, strict=True):
        if one == other:
            yield f'<p class="same" dir="auto">{one}</p>\n'
        else:
            yield f'<div class="pair"><p dir="auto">{one}</p><p dir="auto">{other}</p></div>\n'
    yield "</div>\n"
    yield from _faults(comparison, anchor)
    yield "</section>\n"


def _legend() -> str:
    marks = (f'<mark class="quote {look}">{name}</mark>' for look, name in LOOKS.values())
    return f'<p class="legend" aria-hidden="true">{" ".join(marks)}</p>\n'


def gold_layers(comparison: Comparison) -> Iterator[Shown]:
    """Every gold quote, with what became of it."""
    for number, match in enumerate(comparison.matches, 1):
        outcome = match.outcome if match.asked else "not asked"
        yield from _layers(match.gold, str(number), outcome)


def predicted_layers(comparison: Comparison) -> Iterator[Shown]:
    """Every prediction, numbered as the gold quote that it belongs to."""
    for number, match in enumerate(comparison.matches, 1):
        for predicted in match.predicted:
            yield from _layers(predicted, str(number), match.outcome)
    for number, stray in enumerate(comparison.strays, 1):
        yield from _layers(stray.predicted, f"+{number}", stray.outcome)


def _layers(quote: GoldQuote | PredictedQuote, number: str, outcome: str) -> Iterator[Shown]:
    for start, end in quote.content:
        last = (start, end) == quote.content[-1]
        yield Shown(start, end, "content", None, number, outcome, last)
    yield from (Shown(start, end, "cue", None, number, outcome) for start, end in quote.cue)
    yield from (Shown(start, end, "mention", None, number, outcome) for start, end in quote.mention)


def _paragraphs(text: str, layers: list[Shown], starts: list[int], anchor: str) -> list[str]:
    pieces = cut_at(len(text), _inside(text, layers), starts)
    grouped = groupby(pieces, key=lambda piece: bisect_right(starts, piece.start))
    seen: set[str] = set()
    return ["".join(_runs(text, pieces, anchor, seen)) for _, pieces in grouped]


def _inside(text: str, layers: Iterable[Shown]) -> Iterator[Shown]:
    """The layers as far as they lie in the text: those of a prediction may reach anywhere."""
    for layer in layers:
        yield replace(layer, start=max(layer.start, 0), end=min(layer.end, len(text)))


def _runs(text: str, pieces: Iterable[TextPiece], anchor: str, seen: set[str]) -> Iterator[str]:
    for _, grouped in groupby(pieces, key=lambda piece: tuple(map(id, piece.contents))):
        run = list(grouped)
        words = "".join(_piece(text, piece) for piece in run)
        contents = [layer for layer in run[0].contents if isinstance(layer, Shown)]
        if not contents:
            yield words
            continue
        inner = contents[-1]
        look, name = LOOKS[inner.outcome]
        for layer in contents:
            if layer.number not in seen:
                seen.add(layer.number)
                yield f'<span class="at" id="{anchor}{layer.number}"></span>'
        yield f'<mark class="quote {look}" title="{name}">{words}</mark>'
        yield from (_tag(layer, anchor) for layer in run[-1].closing() if isinstance(layer, Shown))


def _tag(layer: Shown, anchor: str) -> str:
    if not layer.last:
        return ""
    look, name = LOOKS[layer.outcome]
    place = f"#{anchor[:-1]}f{layer.number}"
    label = f"{layer.number}: {name}"
    number = f'<span class="tag {look}">{layer.number}</span>'
    if layer.outcome in ("right", "not asked"):
        return f'<sup aria-label="{label}">{number}</sup>'
    return f'<sup><a href="{place}" aria-label="{label}">{number}</a></sup>'


def _piece(text: str, piece: TextPiece) -> str:
    words = escape(visible(text[piece.start : piece.end]))
    roles = dict.fromkeys(layer.role for layer in piece.layers if layer.role != "content")
    return f'<span class="{" ".join(roles)}">{words}</span>' if roles else words


# --- what goes wrong ---------------------------------------------------------------------------


def _faults(comparison: Comparison, anchor: str) -> Iterator[str]:
    rows = list(_rows(comparison, anchor))
    if not rows:
        return
    yield '<h3>What goes wrong</h3>\n<div class="wide"><table class="faults">\n'
    yield "<tr><th>quote</th><th>what</th><th>gold</th><th>prediction</th></tr>\n"
    yield from rows
    yield "</table></div>\n"


def _rows(comparison: Comparison, anchor: str) -> Iterator[str]:
    text = comparison.gold.text
    for number, match in enumerate(comparison.matches, 1):
        names = list(_called(match))
        if names:
            predicted = "<br>".join(_said(text, each) for each in match.predicted)
            yield _row(anchor, str(number), ", ".join(names), _said(text, match.gold), predicted)
    for number, stray in enumerate(comparison.strays, 1):
        name = LOOKS[stray.outcome][1]
        yield _row(anchor, f"+{number}", name, "", _said(text, stray.predicted))


def _called(match: Match) -> Iterator[str]:
    if match.asked and match.outcome != "right":
        yield LOOKS[match.outcome][1]
    if match.asked and match.has_wrong_name:
        yield "wrong name"


def _row(anchor: str, number: str, name: str, gold: str, predicted: str) -> str:
    side = "p" if number.startswith("+") else "g"
    return (
        f'<tr id="{anchor}f{number}"><td><a href="#{anchor}{side}{number}">{number}</a></td>'
        f"<td>{name}</td><td>{gold}</td><td>{predicted}</td></tr>\n"
    )


def _said(text: str, quote: GoldQuote | PredictedQuote) -> str:
    mention, name = _words(text, quote.mention), quote.name
    known = [f"“{mention}”" if mention else "", name or ""]
    who = " = ".join(each for each in known if each) or "nobody"
    return f"<b>{bdi(who)}</b>: <bdi>{safe(_words(text, quote.content))}</bdi>"


def _words(text: str, stretches: tuple[Span, ...]) -> str:
    return GAP.join(text[max(start, 0) : end] for start, end in stretches)
