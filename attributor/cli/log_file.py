"""The log of a batch: a file to which one line is added for each event."""

from __future__ import annotations

import logging
import os
import stat
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from attributor.cli.files import is_database
from attributor.cli.messages import say
from attributor.errors import AttributorError, UsageError, quoted
from attributor.logs import own_words

logger = logging.getLogger(__name__)


@contextmanager
def logged(path: str | None, store: str, sources: Sequence[str]) -> Iterator[None]:
    """Write what the program logs to the end of a file as long as the block lasts.

    Args:
        path: of the file, which only its owner may read if it is made now; None for no log.
        store: what the log must not be written into.
        sources: the same.

    Raises:
        UsageError: nothing can be written there, or it is the store's or a source's.
    """
    if path is None:
        yield
        return
    _refuse_what_is_needed(path, store, sources)
    handler, root = _LogFile(path), logging.getLogger("attributor")
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        yield
    except BaseException as error:
        told = own_words(error.message) if isinstance(error, AttributorError) else "a fault"
        logger.error("ended by %s: %s", type(error).__name__, told)
        raise
    finally:
        root.setLevel(before)
        root.removeHandler(handler)
        handler.close()


def _refuse_what_is_needed(path: str, store: str, sources: Sequence[str]) -> None:
    from attributor.archive.storing.place import BESIDE

    place = os.path.realpath(path)
    if place in {f"{os.path.realpath(store)}{suffix}" for suffix in BESIDE} or (
        _is_same(path, store) or is_database(Path(path))
    ):
        raise UsageError(
            f"The log {quoted(path)} would be written into a store: name another file."
        )
    for source in sources:
        if _is_same(path, source) or _is_read(place, source):
            raise UsageError(
                f"The log {quoted(path)} would be read as an article of {quoted(source)}: give it "
                "a name that ends in .log, or another folder."
            )


def _is_read(place: str, source: str) -> bool:
    """Whether a file would be taken for one of the source's, if there is any of its name."""
    from attributor.reading.folders import is_no_article, printable, stands_for

    spellings = {source, os.path.realpath(source)}
    names = {printable(place), os.path.relpath(printable(place))}
    is_meant = any(stands_for(each, name) for each in spellings for name in names)
    return is_meant and (place in spellings or not is_no_article(Path(place).name))


def _is_same(path: str, other: str) -> bool:
    try:
        return Path(path).samefile(other)
    except (OSError, ValueError):
        return False


class _LogFile(logging.StreamHandler):  # type: ignore[type-arg]
    """A handler that says once if the file cannot be written any more, and lets the work go on."""

    def __init__(self, path: str) -> None:
        super().__init__(_opened(path))
        self._path, self._has_failed = path, False
        self.setFormatter(_OneLine())

    def handleError(self, record: logging.LogRecord) -> None:
        if not self._has_failed:
            self._has_failed = True
            say(f"The log {quoted(self._path)} cannot be written any more; the work goes on.")

    def close(self) -> None:
        with suppress(OSError):  # what waited to be written has no room
            self.stream.close()
        super().close()


class _OneLine(logging.Formatter):
    """When (UTC), how grave, which module, what; on one line, whatever is in it."""

    def format(self, record: logging.LogRecord) -> str:
        from attributor.views.escaping import one_line

        when = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        what = one_line(record.getMessage())
        return f"{when}.{int(record.msecs):03}Z {record.levelname} {record.name}: {what}"


def _opened(path: str) -> TextIO:
    def owners_alone(name: str, flags: int) -> int:
        # A pipe that nobody reads holds nobody up.
        return os.open(name, flags | getattr(os, "O_NONBLOCK", 0), 0o600)

    try:
        file = open(  # noqa: SIM115  # its handler closes it
            path, "a", encoding="utf-8", errors="backslashreplace", opener=owners_alone
        )
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "its name is none"
        raise UsageError(
            f"The log {quoted(path)} cannot be written ({why}): name another."
        ) from error
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise UsageError(f"The log {quoted(path)} is no file: name another.")
    return file
