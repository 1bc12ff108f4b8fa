"""`attributor train`: weights for the embedded engine from articles whose quotes are known."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from attributor.cli.files import destination
from attributor.cli.messages import say
from attributor.errors import UsageError, counted, quoted

if TYPE_CHECKING:
    from attributor.embedded.training.examples import TrainingArticle
    from attributor.embedded.weights import Weights
    from attributor.evaluation.gold import GoldArticle

EXAMPLES = """\b
Examples:
  attributor train corrected.jsonl --from shipped -o ours.bin
  attributor annotate --weights ours.bin article.txt
"""

_SHIPPED = ("shipped", "light")
"""Names of weights that come with attributor: the best that are installed, and the light ones."""


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
@click.option(
    "--from",
    "start",
    metavar="WEIGHTS",
    help="Go on from weights instead of beginning anew, which thirty articles are enough for: "
    "'shipped' (with its encoder where that is installed), 'light', or your own.",
)
@click.option(
    "--encoder", is_flag=True, help="Tune an encoder too; -o names a folder, which may be resumed."
)
@click.option(
    "--base",
    metavar="NAME",
    help="What --encoder begins with: a package, or a folder; all-MiniLM-L6-v2 if not given.",
)
@click.option(
    "--identity",
    multiple=True,
    metavar="FILE",
    help="JSONL that teaches --encoder whom pronouns mean: quotes whose names were read, chains of "
    "coreference, or a pronoun and two names a line. Can be given again.",
)
def train(
    gold: tuple[str, ...],
    output: str,
    language: str | None,
    seed: int,
    about: str,
    start: str | None,
    encoder: bool,
    base: str | None,
    identity: tuple[str, ...],
) -> None:
    """Teach the embedded engine from articles whose quotes are known.

    GOLD is JSONL: gold, or annotations in attributor's own format as corrected by hand. Needs
    'attributor[train]', and with --encoder 'attributor[train-encoder]'. The weights hold no text
    of the articles.
    """
    from attributor.evaluation.gold import read_gold

    if base is not None and not encoder:
        raise click.UsageError("--base is what --encoder begins with: give both, or neither.")
    if start is not None and encoder:
        raise click.UsageError("--from goes on from weights, --encoder begins anew: give one.")
    if identity and not encoder:
        raise click.UsageError("--identity is what --encoder learns from: give both, or neither.")
    articles = [article for path in gold for article in read_gold(path)]
    quotes = sum(len(article.quotes) for article in articles)
    card = _card(gold, articles, seed, about)
    say(f"Learning from {counted(len(articles), 'article')} with {counted(quotes, 'quote')}.")
    language = language or _language(articles)
    examples = [_example(article) for article in articles]
    if encoder:
        _train_encoder(examples, language, output, base, identity, seed, card)
        say(f"Written to the folder {quoted(output)}; give it as --weights.")
        return
    if start is not None:
        _go_on(examples, language, output, start, card)
        return
    from attributor.embedded.training import trainer

    _write(trainer.train(examples, language, seed, card), output)


def _write(weights: Weights, output: str) -> None:
    """Write the file of weights."""
    from attributor.embedded.weights import dump

    data = dump(weights)
    with destination(output) as out:
        out.buffer.write(data)
    say(f"Written to {quoted(output)}: {len(data):,} bytes.")


def _go_on(
    examples: list[TrainingArticle], language: str, output: str, start: str, card: dict[str, object]
) -> None:
    """Write what the weights named by `start` learn from these articles."""
    from attributor.embedded import readers
    from attributor.embedded.training.continuing import continued

    own = None if start in _SHIPPED else Path(start)
    reader = readers.Choice(own, light=start == "light").reader(language)
    if reader is None or reader.weights.language != language:
        raise UsageError(
            f"{quoted(start)} names no weights that read {language}: leave --from away to begin "
            "anew, or name others."
        )
    learned = continued(reader, examples, card)
    if reader.encoder is None:
        _write(learned, output)
        return
    readers.write_folder(Path(output), reader.encoder, learned)
    say(f"Written to the folder {quoted(output)}; give it as --weights.")


def _train_encoder(
    examples: list[TrainingArticle],
    language: str,
    output: str,
    base: str | None,
    identity: tuple[str, ...],
    seed: int,
    card: dict[str, object],
) -> None:
    """Write an encoder's folder, telling what is done."""
    from attributor.embedded.training import encoder_course as courses
    from attributor.embedded.training.encoder_identity import read_identity_gold
    from attributor.embedded.training.encoder_network import BASE

    known = read_identity_gold(identity)
    if known:
        card = {**card, "identity_sha256": _digest(identity)}
    course = courses.EncoderCourse(
        Path(output), base or BASE, seed=seed, card=card, said=say, identity=known
    )
    courses.train_encoder(examples, language, course)


def _language(articles: list[GoldArticle]) -> str:
    """The pack that most of the articles name as theirs, or are detected to be in."""
    from collections import Counter

    from attributor.marking.language import detect, known

    codes = (known(a.article.language) or detect(a.article.text) for a in articles)
    return Counter(codes).most_common(1)[0][0]


def _card(
    paths: tuple[str, ...], articles: list[GoldArticle], seed: int, about: str
) -> dict[str, object]:
    import attributor

    return {
        "about": about,
        "articles": len(articles),
        "quotes": sum(len(article.quotes) for article in articles),
        "gold_sha256": _digest(paths),
        "seed": seed,
        "attributor": attributor.__version__,
    }


def _digest(paths: tuple[str, ...]) -> str:
    import hashlib

    return hashlib.sha256(b"".join(Path(path).read_bytes() for path in paths)).hexdigest()


def _example(gold: GoldArticle) -> TrainingArticle:
    from attributor.embedded.training.examples import Known, TrainingArticle

    quotes = (Known(q.content, q.cue, q.mention, q.speech_cue) for q in gold.quotes)
    return TrainingArticle(gold.article, tuple(quotes))
