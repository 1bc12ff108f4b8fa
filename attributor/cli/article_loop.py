"""The articles of one call, taken one after the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Generic, TypeVar, get_args

from attributor.cli.messages import tell
from attributor.cli.progress_line import shown
from attributor.errors import AccessError, CreditError, UsageError, panics_as_errors

if TYPE_CHECKING:
    from attributor.pipeline import Annotator
    from attributor.prompting import Estimate
    from attributor.records import Annotation, Article
    from attributor.settings import AskAbout

HOPELESS = (UsageError, AccessError, CreditError)
"""Errors that every other article of the call would meet too, so that the call ends."""

Result = TypeVar("Result")
Source = TypeVar("Source", bound="Article | Annotation")
"""What is annotated: an article, or quotes that stand and are only asked about."""


class Work(Generic[Source]):
    """The articles of one call: each annotated, or told why not."""

    def __init__(self, annotator: Annotator, articles: Iterator[Source | Exception]) -> None:
        self.annotator = annotator
        self.exit_code = 0
        self.without_pack: Counter[str] = Counter()
        """Articles that nobody could be credited in, by language."""
        self.not_believed = 0
        """Articles about which an answer of the model was not believed."""
        self._articles = articles

    def annotations(self) -> Generator[Annotation]:
        """The annotations that could be made."""
        with self._one_by_one() as annotate_one:
            for _, annotation in self._each(annotate_one):
                self._note_language(annotation)
                self._note_belief(annotation)
                yield annotation

    def _note_language(self, annotation: Annotation) -> None:
        from attributor.marking.identification import language_without_pack

        language = language_without_pack(annotation.warnings)
        if language:
            self.without_pack[language] += 1

    def _note_belief(self, annotation: Annotation) -> None:
        if self.annotator.engine.asks:
            from attributor.prompting.belief import was_not_believed

            self.not_believed += was_not_believed(annotation.warnings)

    def estimates(self: Work[Article]) -> Iterator[tuple[Article, dict[AskAbout, Estimate]]]:
        """What asking about each article would take: about doubts, and about all of a draft.

        Without a draft there is only what is set.
        """
        yield from self._each(self._estimates)

    def _estimates(self, article: Article) -> dict[AskAbout, Estimate]:
        from attributor.settings import AskAbout

        settings = self.annotator.settings
        found = {
            ask: self.annotator.estimate(article, ask)
            for ask in get_args(AskAbout)
            if settings.draft or ask == settings.ask
        }
        return {ask: estimate for ask, estimate in found.items() if estimate is not None}

    def _each(self, do: Callable[[Source], Result]) -> Iterator[tuple[Source, Result]]:
        for article in self._articles:
            if isinstance(article, Exception):
                self.failed(article)
                continue
            try:
                with panics_as_errors():
                    result = do(article)
            except Exception as error:  # a fault in one article must not cost the others
                if isinstance(error, HOPELESS):
                    self.failed(error)  # it names the article if it is about one
                    return
                self.failed(error, article.id)
            else:
                yield article, result

    def failed(self, error: Exception, article: str | None = None) -> None:
        """Tell what went wrong; the first failure decides the exit code."""
        code = tell(error, article)
        self.exit_code = self.exit_code or code

    @contextmanager
    def _one_by_one(self) -> Iterator[Callable[[Source], Annotation]]:
        if not self.annotator.engine.asks:
            yield self.annotator.annotate_now
            return
        import asyncio

        with asyncio.Runner() as runner:

            def ask(article: Source) -> Annotation:
                with shown(article.id) as on_progress:
                    return runner.run(self.annotator.annotate(article, on_progress))

            try:
                yield ask
            finally:
                runner.run(self.annotator.aclose())
