"""Everything that can go wrong, as one tree.

    AttributorError            exit code 1
    ├── UsageError             2  the call itself is wrong: an option, a setting, a codebook
    ├── ReadingError           3  a source cannot be read as an article
    ├── ModelError             4  the model's server did not give a usable answer
    │   ├── AccessError           401, 403: the key is missing, wrong or not allowed; or the server
    │   │                         is not shown to be the right one: its certificate, its address
    │   ├── CreditError           the account has no credit left: never retried
    │   ├── BusyError             408, 429, 5xx, resets, time-outs: retried, then given up
    │   ├── RequestError          400, 404, 413, 422: this request will never work
    │   │   ├── FilteredError         the server's content filter stopped it
    │   │   └── TooLongError          it is longer than the model reads
    │   └── AnswerError           an answer came, but it is broken, refused, filtered, cut off …
    ├── PromptError            2  a prompt file is missing or malformed
    ├── StoreError             5  a store cannot be opened, read or written
    └── ClusterError           8  a cluster cannot be used, or was lost

A message is one sentence that says what happened, where, and what to do; identifiers in it are
quoted. `article` is the id of the article it happened to, if there is one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class AttributorError(Exception):
    """The root of the tree; `exit_code` is what the command line exits with."""

    exit_code = 1

    def __init__(self, message: str, *, article: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.article = article

    def about(self, article: str) -> AttributorError:
        """The same error, saying which article it happened to unless it already does."""
        self.article = self.article or article
        return self


class UsageError(AttributorError):
    """The call itself is wrong: an option, a setting or a codebook."""

    exit_code = 2


class PromptError(UsageError):
    """A prompt file is missing or malformed."""


class ReadingError(AttributorError):
    """A source cannot be read as an article."""

    exit_code = 3


class ModelError(AttributorError):
    """The model's server did not give a usable answer."""

    exit_code = 4


class AccessError(ModelError):
    """The key is missing, wrong, or not allowed to do this (401, 403), or the server not trusted.

    Nothing else that is asked of this server would be answered either.
    """


class CreditError(ModelError):
    """The account has no credit left; trying again cannot help."""


class BusyError(ModelError):
    """The server was busy, slow or unreachable until the retries ran out."""


class RequestError(ModelError):
    """The server will never accept this request (400, 404, 413, 422)."""


class FilteredError(RequestError):
    """The server's content filter stopped the request."""


class TooLongError(RequestError):
    """The request is longer than the model reads."""


class AnswerError(ModelError):
    """An answer came, but it is broken, refused, filtered, cut off or too large.

    `body` is what came where it was no chat completion, so that no `Answer` could be made of it.
    """

    def __init__(self, message: str, *, article: str | None = None, body: str = "") -> None:
        super().__init__(message, article=article)
        self.body = body


class StoreError(AttributorError):
    """A store cannot be opened, read or written."""

    exit_code = 5


class ClusterError(AttributorError):
    """A cluster cannot be used, or was lost."""

    exit_code = 8


class PanicError(Exception):
    """A library written in Rust broke down: a fault, as any other exception that is none of ours.

    What such a library raises itself is no `Exception`, so that nothing that sees to faults would
    see it.
    """


@contextmanager
def panics_as_errors() -> Iterator[None]:
    """Where a library written in Rust may break down.

    Raises:
        PanicError: it did.
    """
    try:
        yield
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # PyO3's, which cannot be imported
            raise
        raise PanicError(str(error)) from error


def causes(error: BaseException) -> Iterator[BaseException]:
    """The error itself, and one after the other what it comes from."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def quoted(name: str, limit: int = 200) -> str:
    """`name` in quotes for a message: at most `limit` characters, none that acts on a terminal."""
    shown = name if len(name) <= limit else name[: limit - 1] + "…"
    escaped = (c if c.isprintable() else c.encode("unicode_escape").decode() for c in shown)
    return f"'{''.join(escaped)}'"


def counted(number: int, one: str, several: str = "") -> str:
    """A number with its noun: "1 file", "2,000 files"."""
    return f"{number:,} {one if number == 1 else several or one + 's'}"
