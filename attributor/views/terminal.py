"""The terminal view: one layout, printed plain or with rich.

Without colour rich is not imported: that would take a sixth of the time that a call may take.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TextIO

from attributor.records import Annotation
from attributor.views import wording
from attributor.views.escaping import one_line, visible
from attributor.views.outline import (
    MarkLayer,
    SpeakerQuotes,
    TextPiece,
    by_speaker,
    coverage,
    cut,
    joined,
    numbering,
    title,
)

MAX_COLUMNS = 96
"""The longest line on a wide terminal: longer ones are hard to read."""
_COLORS = ("cyan", "magenta", "green", "yellow", "bright_blue", "red", "bright_cyan", "bright_red")
"""The colours of speakers, in turn."""
_DOUBT = "bold reverse"
"""How it is shown that a speaker is in doubt."""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph: fragments of text, each with a rich style; `indent` is in columns."""

    fragments: tuple[tuple[str, str], ...]
    indent: int = 0


def write(
    annotations: Iterable[Annotation], out: TextIO, *, color: bool = False, width: int | None = None
) -> None:
    """Each article with its quotes, then who said what, what was missed, and what it cost."""
    show = _styled(out, width) if color else _plain(out, width)
    for number, annotation in enumerate(annotations):
        if number:
            show(_line(f"\n{'═' * 24}\n", "dim"))
        for block in layout(annotation):
            show(block)
        out.flush()


# --- what is shown ---------------------------------------------------------------------------


def layout(annotation: Annotation) -> Iterator[Block]:
    """The whole view, block by block, everything in it visible and nothing in it acting."""
    groups = by_speaker(annotation)
    if count := wording.count_to_check(annotation):
        yield _line(f"{count}\n", _DOUBT)
    yield from _head(annotation)
    yield Block(tuple(_article(annotation, numbering(groups))))
    for group in groups:
        yield from _speaker(group)
    if not groups:
        yield _line("\nNo quotes found.", "bold")
    for sentence, spans in coverage(annotation):
        yield _line(f"\n{sentence}:", "bold")
        yield from (_line(one_line(span.text), indent=4) for span in spans)
    if annotation.warnings:
        yield _line("")
    for warning in annotation.warnings:
        yield _line(f"Warning: {one_line(warning)}", "bold red")
    made = f"Made by {wording.made_by(annotation)}: {wording.cost(annotation)}."
    yield _line("\n" + one_line(made), "dim")


def _line(text: str, style: str = "", indent: int = 0) -> Block:
    return Block(((text, style),), indent)


def _head(annotation: Annotation) -> Iterator[Block]:
    article = annotation.article
    if article.title and not article.text.lstrip().startswith(article.title):
        yield _line(one_line(article.title), "bold")
    known = [each for each in (article.byline, article.published, article.url) if each]
    if known:
        yield _line(one_line(" · ".join(known)), "dim")
    if known or article.title:
        yield _line("")


def _article(annotation: Annotation, numbers: dict[int, int]) -> Iterator[tuple[str, str]]:
    """The text; each span of a quote stands in brackets that begin with its speaker's number."""
    text = annotation.article.text.rstrip()
    headline = title(annotation.article) or ""
    end = text.find(headline) + len(headline) if text.lstrip().startswith(headline) else 0
    for piece in cut(annotation, [end]):
        for layer in piece.opening():
            number = _number(layer, numbers)
            doubtful = layer.quote and layer.quote.in_doubt
            sign = f"{number or ''}{'?' if doubtful or not number else ''}"
            yield f"[{sign}: ", _DOUBT if doubtful else f"bold {_color(number)}"
        bold = "bold " if piece.end <= end else ""
        yield visible(text[piece.start : piece.end]), bold + _style(piece, numbers)
        for layer in piece.closing():
            yield "]", f"bold {_color(_number(layer, numbers))}"


def _style(piece: TextPiece, numbers: dict[int, int]) -> str:
    """The innermost quote's colour; a cue is underlined, a mention bold in its quote's colour."""
    roles = {layer.role: layer for layer in piece.layers}
    colored = roles.get("content") or roles.get("mention")
    styles = [_color(_number(colored, numbers))] if colored else []
    styles += ["bold"] if "mention" in roles else []
    styles += ["underline"] if "cue" in roles else []
    return " ".join(styles)


def _number(layer: MarkLayer, numbers: dict[int, int]) -> int:
    return numbers[layer.quote.id] if layer.quote else 0


def _color(number: int) -> str:
    return _COLORS[(number - 1) % len(_COLORS)] if number else "italic"


def _speaker(group: SpeakerQuotes) -> Iterator[Block]:
    heading = f"\n[{group.number or '?'}] {one_line(wording.name(group.speaker))}"
    known = "".join(f" · {one_line(each)}" for each in wording.about(group.speaker))
    yield Block(((heading, f"bold {_color(group.number)}"), (known, "dim")))
    for quote in group.quotes:
        yield _line("\n" + one_line(joined(quote)), indent=4)
        for label, value in wording.doubt(quote, group.speaker):
            yield _line(one_line(f"{label}: {value}"), _DOUBT, indent=6)
        yield _line(_facts(wording.facts(quote)), "dim", indent=6)


def _facts(facts: list[wording.Fact]) -> str:
    """Facts in a line: a kind and a stance speak for themselves, the others say what they are."""
    bare = ("kind", "stance")
    shown = (value if label in bare else f"{label} {value}" for label, value in facts)
    return " · ".join(one_line(each) for each in shown)


# --- how it is printed -------------------------------------------------------------------------


def _plain(out: TextIO, width: int | None) -> Callable[[Block], None]:
    def show(block: Block) -> None:
        text = "".join(text for text, _ in block.fragments)
        for line in text.split("\n"):
            out.write(_filled(line, block.indent, width) + "\n")

    return show


def _filled(line: str, indent: int, width: int | None) -> str:
    if not line.strip():
        return ""
    margin = " " * indent
    if width is None:
        return margin + line
    return textwrap.fill(
        line,
        min(width, MAX_COLUMNS),
        initial_indent=margin,
        subsequent_indent=margin,
        expand_tabs=False,
        replace_whitespace=False,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _styled(out: TextIO, width: int | None) -> Callable[[Block], None]:
    from rich.console import Console
    from rich.text import Text

    console = Console(
        file=out, width=width, force_terminal=True, color_system="standard", no_color=False
    )
    measure = min(width or console.width, MAX_COLUMNS)

    def show(block: Block) -> None:
        text = Text.assemble(*block.fragments)
        for line in text.wrap(console, max(measure - block.indent, 20)):
            line.rstrip()
            margin = " " * block.indent if line else ""
            console.print(Text(margin).append_text(line), soft_wrap=True)

    return show
