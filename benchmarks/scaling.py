"""Whether the embedded engine's time grows with the text alone, on texts that invite it to more.

    python benchmarks/scaling.py [--only WORD] [--limit SECONDS]

Each text is annotated at a quarter, a half and the whole of its size; where the time per MB grows
on the way, the last column says so. A size that would take longer than the limit is left out.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable

from measuring import FIXTURES, machine, show

from attributor.pipeline import Annotator
from attributor.records import Article
from attributor.settings import Settings

SIZES = (0.25, 0.5, 1.0)
GROWTH = 1.6
"""Time per MB at the last size, as a multiple of that at a quarter, that counts as growth."""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--only", default="", help="texts whose name holds this")
    parser.add_argument("--limit", type=float, default=120.0, help="seconds for one annotation")
    arguments = parser.parse_args()
    annotator = Annotator(Settings(engine="embedded"))
    annotator.annotate_now(Article(id="first", text=_news()))
    print(f"{machine()}; seconds of CPU per MB of text\n")
    rows = [
        _row(annotator, name, text, arguments.limit)
        for name, text in TEXTS.items()
        if arguments.only in name
    ]
    show(("text", "MB", "seconds", "at 1/4", "at 1/2", "whole", ""), rows)


def _row(
    annotator: Annotator, name: str, text: Callable[[float], str], limit: float
) -> tuple[str, ...]:
    seconds, rates = 0.0, []
    for size in SIZES:
        if 4 * seconds > limit:
            break
        article = Article(id=name, text=text(size))
        seconds = min(_seconds(annotator, article) for _ in range(1 if seconds > 1 else 3))
        rates.append(1e6 * seconds / len(article.text))
        print(f"{name}: {len(article.text) / 1e6:.2f} MB took {seconds:.2f} s", file=sys.stderr)
    whole, grown = len(rates) == len(SIZES), rates[-1] / rates[0]
    cells = [f"{rate:.2f}" for rate in rates] + ["-"] * (len(SIZES) - len(rates))
    verdict = f"grows {grown:.1f} x" if grown >= GROWTH else "" if whole else "beyond the limit"
    return name, f"{len(text(1)) / 1e6:.1f}", f"{seconds:.1f}" if whole else "-", *cells, verdict


def _seconds(annotator: Annotator, article: Article) -> float:
    start = time.process_time()
    annotator.annotate_now(article)
    return time.process_time() - start


def _news() -> str:
    return (FIXTURES / "council.txt").read_text(encoding="utf-8")


def _filled(part: str, characters: float) -> str:
    return (part * (int(characters) // len(part) + 1))[: int(characters)]


def _names(size: float) -> str:
    """As many speakers as paragraphs, each with a name and a quote of their own."""
    letters = "abcdefghijklmnopqrst"
    words = (
        f"{a}{b}{c}{d}" for a in letters for b in letters for c in letters for d in letters[:2]
    )
    names = [word.capitalize() for word, _ in zip(words, range(int(10_000 * size)), strict=False)]
    return "\n\n".join(f"“We will win,” Ana {name} said. He said they lost." for name in names)


TEXTS: dict[str, Callable[[float], str]] = {
    "news, one line": lambda size: _filled(" ".join(_news().split()) + " ", 1e6 * size),
    "news, paragraphs": lambda size: _filled(_news() + "\n\n", 1e7 * size),
    "straight marks in a row": lambda size: '"' * int(100_000 * size),
    "opening marks in a row": lambda size: "“" * int(100_000 * size),
    "spaces": lambda size: "a" + " " * int(1e6 * size) + "b",
    "he said": lambda size: "he said " * int(50_000 * size),
    "letters without a space": lambda size: "a" * int(1e6 * size),
    "capitalised words": lambda size: _filled("Ana Petric Mara ", 1e6 * size),
    "an open mark a paragraph": lambda size: _filled("“We will win.\n\n", 5e5 * size),
    "a name a paragraph": _names,
}


if __name__ == "__main__":
    main()
