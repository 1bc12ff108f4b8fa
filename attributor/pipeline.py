"""The one flow, and the only place that knows its order.

    reading -> marking -> engine (proposes) -> grounding -> speakers -> Annotation -> views

Reading and views are the caller's ends of it. What lies between is `annotating`; grounding and
speakers are in `assemble`.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from attributor.assembling import assemble
from attributor.engine_names import EngineName
from attributor.engines import Conversation, Dialogue, Engine
from attributor.errors import AccessError, AttributorError, UsageError, quoted
from attributor.event_loops import run_coroutine
from attributor.marking import Marking, mark
from attributor.marking import language as packs
from attributor.records import Annotation, Article, Codebook
from attributor.settings import AskAbout, Settings
from attributor.settings_layers import CALL, Layer, check, load

if TYPE_CHECKING:
    from openai import AsyncOpenAI

    from attributor.prompting import Asker, Estimate
    from attributor.prompting.client import Gate
    from attributor.prompting.retrying import RetryWaits

T = TypeVar("T")

Progress = Callable[[str], None]
"""Called with a short phrase each time a step of a dialogue begins."""

MAX_NAME_CHARACTERS = 256
"""A longer text is not taken for the name of a file."""
_URL_OR_FILE_NAME = re.compile(r"\s*(\w+://\S+|\S*[^\s.]\.[A-Za-z][A-Za-z0-9]{1,6})\s*")
"""A URL, or a word that ends in a suffix."""

Sleep = Callable[[float], Awaitable[None]]
"""Waits, given seconds."""


def annotating(
    engine: Engine,
    article: Article | Annotation,
    codebook: Codebook | None = None,
    language: str | None = None,
) -> Dialogue[Annotation]:
    """The flow: mark, propose, assemble, judge.

    Args:
        engine: who reads the article.
        article: of an Annotation the quotes stand, each is taken to be about each target, and
            only where their speakers stand is asked.
        codebook: the targets of stances; an empty one leaves them to the engine, and without one
            no stances are asked for.
        language: code of a language pack; detected if None.
    """
    if isinstance(article, Annotation):
        marking = mark(article.article, packs.of(article.article, language))
        return (yield from engine.judge(article, _targets(codebook), marking, about_all=True))
    marking = mark(article, language)
    proposed = yield from engine.propose(marking)
    annotation = assemble(marking, proposed)
    if codebook is None or not annotation.quotes:
        return annotation
    return (yield from engine.judge(annotation, codebook, marking, about_all=False))


def _embedded(settings: Settings, own_client: bool) -> Engine:
    from attributor.embedded import EmbeddedEngine

    return EmbeddedEngine(settings.weights, settings.light)


def _model(settings: Settings, own_client: bool) -> Engine:
    from attributor.prompting import ModelEngine, Prompts

    drafter = _Drafter(_embedded(settings, own_client)) if settings.draft else None
    return ModelEngine(settings, Prompts.load(settings.prompts), own_client, drafter)


@dataclass(frozen=True)
class _Drafter:
    """Drafts what a model is then asked about, with an engine that asks nobody."""

    engine: Engine

    @cached_property  # a file of two megabytes is hashed
    def weights_sha256(self) -> str | None:
        return self.engine.recipe(None).weights_sha256

    def draft(self, marking: Marking) -> Annotation:
        return assemble(marking, _result(Conversation(self.engine.propose(marking))))


ENGINES: Mapping[EngineName, Callable[[Settings, bool], Engine]] = {
    "embedded": _embedded,
    "openai": _model,
}
"""Makes each engine, given the settings and whether the caller has a client of his own."""


class Annotator:
    """Annotates articles one after the other with the same settings.

    Args:
        settings: which engine, which server; see `attributor.settings`.
        codebook: the targets that stances are asked for, or none of its own to leave them to the
            engine; without a codebook no stances are asked for.
        client: an `openai.AsyncOpenAI` (or `AsyncAzureOpenAI`) of the caller's own.

    Raises:
        UsageError: the settings contradict each other.
    """

    def __init__(
        self,
        settings: Settings,
        codebook: Codebook | None = None,
        client: AsyncOpenAI | None = None,
    ) -> None:
        if client is not None:
            settings = _through(client, settings)
        if settings.contradiction:
            raise UsageError(settings.contradiction)
        self.settings, self.codebook = settings, codebook
        self._client = client
        self._asker: Asker | None = None

    @cached_property
    def engine(self) -> Engine:
        """Who reads the articles; prompts and weights of one's own are read once."""
        return ENGINES[self.settings.chosen_engine](self.settings, self._client is not None)

    @property
    def notice(self) -> str:
        """Which engine answers, and to which host the text is sent, through which proxy.

        Raises:
            UsageError: the proxy that is set for that host cannot be used.
        """
        return self.engine.notice()

    def annotate_now(self, article: Article | Annotation) -> Annotation:
        """The annotation, without an event loop where nobody is asked."""
        if self.engine.asks:
            return run_coroutine(self.annotate(article))
        return _result(self.conversation(article))

    async def annotate(
        self, article: Article | Annotation, on_progress: Progress | None = None
    ) -> Annotation:
        """The annotation of one article; errors say which article they happened to.

        Of an Annotation the quotes stand, and are taken to speak of every target: only where
        their speakers stand is asked.
        """
        if self.engine.asks:
            self._own_asker()  # what is wrong with the server is no fault of the article's
        try:
            conversation = self.conversation(article)
            if conversation.result is None:
                from attributor.prompting import converse

                await converse(conversation, self._own_asker(), on_progress)
        except AttributorError as error:
            raise error.about(article.id) from error.__cause__
        return _result(conversation)

    def conversation(self, article: Article | Annotation) -> Conversation[Annotation]:
        """The flow for one article, for whoever carries its requests, if there are any."""
        return Conversation(annotating(self.engine, article, self.codebook, self.settings.language))

    def estimate(self, article: Article, ask: AskAbout | None = None) -> Estimate | None:
        """What asking about the article would take; None where nobody is asked.

        Args:
            article: the article.
            ask: what of it would be asked about; as the settings say if None.
        """
        return self.engine.estimate(mark(article, self.settings.language), self.codebook, ask)

    def asker(
        self,
        gate: Gate | None = None,
        sleep: Sleep | None = None,
        waits: RetryWaits | None = None,
    ) -> Asker:
        """A new connection to the model's server, to be closed by the caller; see `Asker`.

        Raises:
            AccessError: there is no key, and no server that may need none.
        """
        from attributor.prompting import Asker

        if self._client is None and not self.settings.model_is_configured:
            # Without the article having been sent to a server that would refuse it.
            raise AccessError(
                f"There is no key for '{self.settings.host}': set one with 'attributor config "
                "set api_key', or name a server that needs none with --base-url."
            )
        return Asker(self.settings, self._client, gate=gate, sleep=sleep, waits=waits)

    def _own_asker(self) -> Asker:
        if self._asker is None:
            self._asker = self.asker()
        return self._asker

    async def aclose(self) -> None:
        """Closes the connections that this object opened for itself."""
        if self._asker is not None:
            await self._asker.aclose()
            self._asker = None


def _result(conversation: Conversation[T]) -> T:
    assert conversation.result is not None  # noqa: S101  # nothing is outstanding
    return conversation.result


def _targets(codebook: Codebook | None) -> Codebook:
    if codebook is None:
        raise UsageError("Quotes alone are asked where they stand: name the targets.")
    return codebook


def annotate(
    article: Article | str | PathLike[str],
    *,
    targets: Codebook | Sequence[str] = (),
    client: AsyncOpenAI | None = None,
    settings: Settings | None = None,
    **options: Any,
) -> Annotation:
    """Who said what in `article`, in which words, and where they stand.

    Works inside a running event loop too, as in a notebook.

    Args:
        article: an Article, just its text, or the path of a file that holds one article.
        targets: what stances are towards: names, or a Codebook; an empty Codebook leaves it to
            the engine to propose them.
        client: an `openai.AsyncOpenAI` of your own, for Azure or a proxy.
        settings: ready-made settings; else those of the environment and the settings files.
        options: single settings by name, as `engine="embedded"` or `model="gpt-5-mini"`.

    Raises:
        AttributorError: see `attributor.errors`; the message says what to do.
    """
    annotator = annotator_for(targets, client, settings, options)
    if not annotator.engine.asks:
        return annotator.annotate_now(as_article(article))
    return run_coroutine(_annotate_and_close(annotator, as_article(article)))


async def annotate_async(
    article: Article | str | PathLike[str],
    *,
    targets: Codebook | Sequence[str] = (),
    client: AsyncOpenAI | None = None,
    settings: Settings | None = None,
    **options: Any,
) -> Annotation:
    """The same as `annotate`, to be awaited."""
    annotator = annotator_for(targets, client, settings, options)
    return await _annotate_and_close(annotator, as_article(article))


def as_article(article: Article | str | PathLike[str]) -> Article:
    """The article itself, one made of its text alone, or the one in a file.

    Raises:
        UsageError: there is no word in the text, or several articles are in the file.
        ReadingError: the file cannot be read.
    """
    if isinstance(article, str):
        _warn_of_a_name(article)
        article = Article(id="text", text=article)
    elif not isinstance(article, Article):
        article = _the_only_one(fspath(article))
    if not article.text.strip():
        raise UsageError(f"The article '{article.id}' has no text.", article=article.id)
    return article


def _the_only_one(path: str) -> Article:
    """The article in the file `path`."""
    from attributor.reading import read

    articles = list(islice(read(path), 2))
    if len(articles) != 1:
        raise UsageError(
            f"{quoted(path)} holds not one article but several, or none: go through read(…), and "
            "annotate each."
        )
    if isinstance(articles[0], Exception):
        raise articles[0]
    return articles[0]


def _warn_of_a_name(text: str) -> None:
    """Tell who gave a file's name or a URL for the text of an article."""
    if len(text) < MAX_NAME_CHARACTERS and (_URL_OR_FILE_NAME.fullmatch(text) or _is_file(text)):
        warnings.warn(
            f"{quoted(text)} looks like the name of a file or a URL, and is annotated as a text: "
            "give Path(…), or what attributor.read gives.",
            stacklevel=4,
        )


def _is_file(name: str) -> bool:
    try:
        return Path(name).is_file()
    except (OSError, ValueError):  # it cannot be a name
        return False


async def _annotate_and_close(annotator: Annotator, article: Article) -> Annotation:
    try:
        return await annotator.annotate(article)
    finally:
        await annotator.aclose()


def annotator_for(
    targets: Codebook | Sequence[str],
    client: AsyncOpenAI | None,
    settings: Settings | None,
    options: dict[str, Any],
    call: str = "annotate",
    own: Sequence[str] = ("article", "targets", "client", "settings"),
) -> Annotator:
    """The annotator that a call's arguments ask for; see `annotate`.

    Args:
        targets: see `annotate`.
        client: see `annotate`.
        settings: see `annotate`.
        options: single settings by name.
        call: the function's name.
        own: the names of its arguments beside settings.

    Raises:
        UsageError: an option is no setting.
    """
    _refuse_unknown(options, call, own)
    if settings is None:
        settings = load(options, place=CALL)
        for notice in settings.notices:
            warnings.warn(notice, stacklevel=3)
    elif options:
        check(Layer(CALL, options))
        changed = Settings(**options)
        settings = settings.model_copy(update={name: getattr(changed, name) for name in options})
    return Annotator(settings, _codebook(targets), client)


def _refuse_unknown(options: dict[str, Any], call: str, own: Sequence[str]) -> None:
    """Refuse what is none of the arguments that a function has, and say which there are."""
    known = (*own, *Settings.model_fields)
    for name in sorted(options.keys() - set(known)):
        from difflib import get_close_matches

        nearest = get_close_matches(name, known, n=1)
        hint = f"did you mean {quoted(nearest[0])}? There are" if nearest else "there are"
        raise UsageError(f"{call}() has no argument {quoted(name)}: {hint} {', '.join(known)}.")


def _codebook(targets: Codebook | Sequence[str]) -> Codebook | None:
    if isinstance(targets, Codebook):
        return targets
    names = [targets] if isinstance(targets, str) else targets
    return Codebook.of(names) if names else None


def _through(client: AsyncOpenAI, settings: Settings) -> Settings:
    """The settings that tell where the caller's own client sends the text."""
    engine = "openai" if settings.engine == "auto" else settings.engine
    address = getattr(client, "base_url", settings.base_url)
    return settings.model_copy(
        update={"engine": engine, "base_url": str(address) if address else None}
    )
