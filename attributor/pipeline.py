"""The one flow, and the only place that knows its order.

    reading -> marking -> engine (proposes) -> grounding -> speakers -> Annotation -> views

Reading and views are the caller's ends of it; what lies between is here.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from functools import cached_property
from itertools import islice
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attributor.errors import AccessError, AttributorError, UsageError, quoted
from attributor.marking import mark
from attributor.records import Annotation, Article, Codebook, Target
from attributor.routes import host_of, proxy_for
from attributor.settings import CALL, Layer, Settings, check, load

if TYPE_CHECKING:
    from openai import AsyncOpenAI

    from attributor.prompting import Asker, Conversation, Estimate, Prompts
    from attributor.prompting.client import Gate

Progress = Callable[[str], None]
"""Called with a short phrase each time a step of a dialogue begins."""

LONGEST_NAME = 256
"""Characters up to which a text is looked at whether it is a file's name."""
_NAME = re.compile(r"\s*(\w+://\S+|\S*[^\s.]\.[A-Za-z][A-Za-z0-9]{1,6})\s*")
"""A URL, or a word that ends in a suffix."""

Sleep = Callable[[float], Awaitable[None]]
"""Waits, given seconds."""


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

    @property
    def notice(self) -> str:
        """Which engine answers, and to which host the text is sent, through which proxy.

        Raises:
            UsageError: the proxy that is set for that host cannot be used.
        """
        if self.settings.chosen_engine == "embedded":
            return "The embedded engine answers; nothing leaves this machine."
        asking = f"Asking {quoted(self.settings.model)} at {self.settings.host}"
        if self._client is not None:
            return f"{asking} through your own client."
        if self.settings.model_is_local:
            return f"{asking}; it runs on this machine."
        proxy = proxy_for(self.settings.url)
        through = f" through the proxy {quoted(host_of(proxy))}" if proxy else ""
        return f"{asking}{through}; --offline keeps the article here."

    def annotate_now(self, article: Article | Annotation) -> Annotation:
        """The annotation, without an event loop where the embedded engine answers."""
        if self.settings.chosen_engine == "embedded":
            return self._embedded(article)
        return _wait_for(self.annotate(article))

    async def annotate(
        self, article: Article | Annotation, on_progress: Progress | None = None
    ) -> Annotation:
        """The annotation of one article; errors say which article they happened to.

        Of an Annotation the quotes stand, and are taken to speak of every target: only where
        their speakers stand is asked.
        """
        if self.settings.chosen_engine == "embedded":
            return self._embedded(article)
        from attributor.prompting import converse

        asker = self.asker()  # what is wrong with the server is no fault of the article's
        try:
            return await converse(self.dialogue(article), asker, on_progress)
        except AttributorError as error:
            raise error.about(article.id) from error.__cause__

    def dialogue(self, article: Article | Annotation) -> Conversation:
        """What a model is to be asked about the article, for whoever carries it there."""
        from attributor.prompting import Dialogue, StanceDialogue

        if isinstance(article, Annotation):
            return StanceDialogue(article, self.prompts, self._targets())
        return Dialogue(mark(article, self.settings.language), self.prompts, self.codebook)

    def estimate(self, article: Article) -> Estimate:
        """What asking a model about the article would take; nobody is asked."""
        from attributor.prompting import estimate

        marking = mark(article, self.settings.language)
        settings = self.settings
        return estimate(marking, self.prompts, self.codebook, settings.model, settings.base_url)

    async def aclose(self) -> None:
        """Closes the connections that this object opened."""
        if self._asker is not None:
            await self._asker.aclose()
            self._asker = None

    def _targets(self) -> Codebook:
        if self.codebook is None:
            raise UsageError("Quotes alone are asked where they stand: name the targets.")
        return self.codebook

    def _embedded(self, article: Article | Annotation) -> Annotation:
        from attributor import embedded

        if isinstance(article, Annotation):
            return embedded.judge(article, self._targets(), self.settings.language)
        marking = mark(article, self.settings.language)
        return embedded.annotate(marking, self.codebook, self.settings.weights)

    @cached_property
    def prompts(self) -> Prompts:
        """The words of the requests; read once."""
        from attributor.prompting import Prompts

        return Prompts.load(self.settings.prompts)

    def asker(self, gate: Gate | None = None, sleep: Sleep | None = None) -> Asker:
        """Who asks the model's server; see `Asker` for the arguments, which count the first time.

        Raises:
            AccessError: there is no key, and no server that may need none.
        """
        from attributor.prompting import Asker

        if self._asker is None:
            if self._client is None and not self.settings.model_is_configured:
                # Without the article having been sent to a server that would refuse it.
                raise AccessError(
                    f"There is no key for '{self.settings.host}': set one with 'attributor config "
                    "set api_key', or name a server that needs none with --base-url."
                )
            self._asker = Asker(self.settings, self._client, gate=gate, sleep=sleep)
        return self._asker


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
    annotator = _annotator(targets, client, settings, options)
    if annotator.settings.chosen_engine == "embedded":
        return annotator.annotate_now(as_article(article))
    return _wait_for(_annotate_and_close(annotator, as_article(article)))


async def annotate_async(
    article: Article | str | PathLike[str],
    *,
    targets: Codebook | Sequence[str] = (),
    client: AsyncOpenAI | None = None,
    settings: Settings | None = None,
    **options: Any,
) -> Annotation:
    """The same as `annotate`, to be awaited."""
    annotator = _annotator(targets, client, settings, options)
    return await _annotate_and_close(annotator, as_article(article))


def as_article(article: Article | str | PathLike[str]) -> Article:
    """The article itself, one made of its text alone, or the one in a file.

    Raises:
        UsageError: there is no word in the text, or several articles are in the file.
        ReadingError: the file cannot be read.
    """
    if isinstance(article, str):
        _warn_of_a_name(article)
        found = Article(id="text", text=article)
    elif isinstance(article, Article):
        found = article
    else:
        found = _the_only_one(fspath(article))
    if not found.text.strip():
        raise UsageError(f"The article '{found.id}' has no text.", article=found.id)
    return found


def _the_only_one(path: str) -> Article:
    """The article in the file `path`."""
    from attributor.reading import read

    found = list(islice(read(path), 2))
    if len(found) != 1:
        raise UsageError(
            f"{quoted(path)} holds not one article but several, or none: go through read(…), and "
            "annotate each."
        )
    if isinstance(found[0], Exception):
        raise found[0]
    return found[0]


def _warn_of_a_name(text: str) -> None:
    """Tell who gave a file's name or a URL for the text of an article."""
    if len(text) < LONGEST_NAME and (_NAME.fullmatch(text) or _is_file(text)):
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


def _annotator(
    targets: Codebook | Sequence[str],
    client: AsyncOpenAI | None,
    settings: Settings | None,
    options: dict[str, Any],
) -> Annotator:
    _refuse_unknown(options)
    if settings is None:
        settings = load(options, place=CALL)
        for notice in settings.notices:
            warnings.warn(notice, stacklevel=3)
    elif options:
        check(Layer(CALL, options))
        given = Settings(**options)
        settings = settings.model_copy(update={name: getattr(given, name) for name in options})
    return Annotator(settings, _codebook(targets), client)


def _refuse_unknown(options: dict[str, Any]) -> None:
    """Refuse what is none of the arguments that `annotate` has, and say which there are."""
    known = ("article", "targets", "client", "settings", *Settings.model_fields)
    for name in sorted(options.keys() - set(known)):
        from difflib import get_close_matches

        nearest = get_close_matches(name, known, n=1)
        hint = f"did you mean {quoted(nearest[0])}? There are" if nearest else "there are"
        raise UsageError(f"annotate() has no argument {quoted(name)}: {hint} {', '.join(known)}.")


def _codebook(targets: Codebook | Sequence[str]) -> Codebook | None:
    if isinstance(targets, Codebook):
        return targets
    if isinstance(targets, str):
        targets = [targets]
    for name in targets:
        if not 0 < len(name.strip()) <= 200:
            raise UsageError(f"The target {quoted(name)} must have 1 to 200 characters.")
    return Codebook(targets=tuple(Target(name=name) for name in targets)) if targets else None


def _through(client: AsyncOpenAI, settings: Settings) -> Settings:
    """The settings that tell where the caller's own client sends the text."""
    engine = "openai" if settings.engine == "auto" else settings.engine
    address = getattr(client, "base_url", settings.base_url)
    return settings.model_copy(
        update={"engine": engine, "base_url": str(address) if address else None}
    )


def _wait_for(coroutine: Coroutine[Any, Any, Annotation]) -> Annotation:
    """Runs `coroutine` to its end, in a loop of its own where one is running already."""
    import asyncio

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(coroutine)
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()
