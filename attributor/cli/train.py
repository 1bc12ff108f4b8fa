"""`attributor train`: weights for the embedded engine from articles whose quotes are known."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from attributor.cli.files import destination
from attributor.cli.messages import say
from attributor.errors import counted, quoted

if TYPE_CHECKING:
    from attributor.embedded.training.examples import TrainingArticle
    from attributor.evaluation.gold import GoldArticle

EXAMPLES = """\b
Examples:
  attributor train corrected.jsonl -o ours.bin
  attributor annotate --weights ours.bin article.txt
"""


@click.command(epilog=EXAMPLES, short_help="Teach the embedded engine from annotated articles.")
@click.argument("gold", nargs=-1, required=True, metavar="GOLD...")
@click.option("-o", "--output", required=True, metavar="FILE", help="Where the weights go.")
@click.option(
    "--language", help="The articles' language pack; what they say of themselves if not given."
)
@click.option("--seed", default=0, show_default=True, help="The same seed gives the same weights.")
@click.option(
    "--about", default="", metavar="TEXT", help="What the articles are, for the data card."
)
def train(gold: tuple[str, ...], output: str, language: str | None, seed: int, about: str) -> None:
    """Teach the embedded engine from articles whose quotes are known.

    GOLD is JSONL: gold, or annotations in attributor's own format as corrected by hand. Needs
    'attributor[train]'. The weights hold no text of the articles.
    """
    from attributor.embedded import weights
    from attributor.embedded.training import trainer as training
    from attributor.evaluation.gold import read_gold

    articles = [article for path in gold for article in read_gold(path)]
    quotes = sum(len(article.quotes) for article in articles)
    card = _card(gold, articles, seed, about)
    say(f"Learning from {counted(len(articles), 'article')} with {counted(quotes, 'quote')}.")
    language = language or _language(articles)
    learned = training.train([_example(a) for a in articles], language, seed, card)
    data = weights.dump(learned)
    with destination(output) as out:
        out.buffer.write(data)
    say(f"Written to {quoted(output)}: {len(data):,} bytes.")


def _language(articles: list[GoldArticle]) -> str:
    """The pack that most of the articles name as theirs, or are detected to be in."""
    from collections import Counter

    from attributor.marking.language import detect, known

    codes = (known(a.article.language) or detect(a.article.text) for a in articles)
    return Counter(codes).most_common(1)[0][0]


def _card(
    paths: tuple[str, ...], articles: list[GoldArticle], seed: int, about: str
) -> dict[str, object]:
    import hashlib

    import attributor

    digest = hashlib.sha256(b"".join(Path(path).read_bytes() for path in paths)).hexdigest()
    return {
        "about": about,
        "articles": len(articles),
        "quotes": sum(len(article.quotes) for article in articles),
        "gold_sha256": digest,
        "seed": seed,
        "attributor": attributor.__version__,
    }


def _example(gold: GoldArticle) -> TrainingArticle:
    from attributor.embedded.training.examples import Known, TrainingArticle

    quotes = (Known(q.content, q.cue, q.mention, q.speech_cue) for q in gold.quotes)
    return TrainingArticle(gold.article, tuple(quotes))
