"""How far a run is: what is done, what it has cost, and about how much is left."""

from __future__ import annotations

import glob
import os
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from attributor.reading.folders import file_of, is_pattern, root_of


@dataclass
class Progress:
    """What a run has done so far.

    Attributes:
        read: places of the archive that were read, unreadable ones included.
        known: articles that were annotated before, and needed nothing.
        left: articles that stay in quarantine.
        copies: places whose text stood elsewhere, too.
        annotated: articles that this run has annotated.
        without_pack: of them, those that nobody could be credited in, by language.
        not_believed: of them, those about which an answer of the model was not believed.
        failures: articles that this run could not annotate, by kind.
        spent: US dollars that this run has cost; None where no price is known.
        bought: answers that this run has paid for.
        free: answers that the ledger had.
        taken_up: articles to be annotated in what has been read so far.
        in_flight: articles that are being worked on.
        total: articles that this run annotates at most, if that is known beforehand.
        files_out: files of requests that the Batch API has.
        requests_out: requests in them that it has not answered.
        workers: processes of the cluster, if there is one.
        workers_lost: processes of the cluster that went away.
        ending: whether nothing new is begun any more.
        share_read: of the archive, from 0 to 1; None where it cannot be known.
        rest_at: the price of further answers, as a part of the price of those so far.
    """

    read: int = 0
    known: int = 0
    left: int = 0
    copies: int = 0
    annotated: int = 0
    without_pack: Counter[str] = field(default_factory=Counter)
    not_believed: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    spent: float | None = None
    bought: int = 0
    free: int = 0
    taken_up: int = 0
    in_flight: int = 0
    total: int | None = None
    files_out: int = 0
    requests_out: int = 0
    workers: int = 0
    workers_lost: int = 0
    ending: bool = False
    begun: float = field(default_factory=time.monotonic)
    share_read: float | None = None
    rest_at: float = 1.0
    _work_began: float | None = None
    _known_before: float | None = None

    @property
    def done(self) -> int:
        """Articles that this run has annotated or failed to; unreadable places do not count."""
        return self.annotated + self.failures.total() - self.failures["unreadable"]

    @property
    def seconds(self) -> float:
        """Seconds since the run began."""
        return time.monotonic() - self.begun

    @property
    def rate(self) -> float:
        """Articles a second, since work on the first one began."""
        return self.done / max(time.monotonic() - (self._work_began or self.begun), 1e-9)

    def take_up(self, articles: int, share_read: float | None) -> None:
        """Note how many articles of the next part of the archive are to be annotated."""
        if articles and self._known_before is None:
            self._known_before = self.share_read or 0.0
        self.taken_up += articles
        self.share_read = share_read

    def work_begins(self) -> None:
        """Note that work on the first article begins, if none has begun before."""
        self._work_began = self._work_began or time.monotonic()

    @property
    def share_done(self) -> float | None:
        """How much of the work is done, from 0 to 1; None where it cannot be known.

        The part of the archive before the first article to be annotated does not count as work.
        """
        if self.ending:
            return None
        if self.total:
            return min(1.0, self.done / self.total)
        if self.share_read is None or self._known_before is None:
            return None
        work = 1 - self._known_before
        read = (self.share_read - self._known_before) / work if work > 0 else 1.0
        return min(1.0, read * self.done / self.taken_up)

    @property
    def seconds_left(self) -> float | None:
        """About how many seconds are left; None while the Batch API has requests."""
        share = self.share_done
        if not share or self._work_began is None or self.requests_out:
            return None
        return (time.monotonic() - self._work_began) * (1 - share) / share

    @property
    def projected(self) -> float | None:
        """About how many US dollars this run will cost in all."""
        share = self.share_done
        if not share or self.spent is None:
            return None
        return self.spent + self.spent * (1 - share) / share * self.rest_at


class Horizon:
    """How much of the archive has been read, by the size of its files.

    The files are measured in another thread, as there may be millions.
    """

    def __init__(self, sources: Sequence[str]) -> None:
        self.measured = threading.Event()
        self._total: int | None = None
        self._before, self._current, self._within = 0, "", 0
        threading.Thread(target=self._measure, args=(sources,), daemon=True).start()

    def passed(self, source: str, characters: int) -> None:
        """Note that an article of `source` with this many characters has been read."""
        file = file_of(source)
        if file != self._current:
            self._before += _size(self._current) if self._current else 0
            self._current, self._within = file, 0
        self._within += characters

    @property
    def share(self) -> float | None:
        """From 0 to 1; None while the files are being measured, or where there are none."""
        if not self._total:
            return None
        within = min(self._within, _size(self._current) if self._current else 0)
        return min(1.0, (self._before + within) / self._total)

    def _measure(self, sources: Sequence[str]) -> None:
        self._total = sum(map(_size_of_all, _outermost(sources)))
        self.measured.set()


def _outermost(sources: Sequence[str]) -> list[str]:
    """The sources without those that lie in another one: no file is measured twice."""
    begin = {source: root_of(source) if is_pattern(source) else source for source in sources}
    roots = {source: os.path.realpath(path) for source, path in begin.items()}
    folders = {root for source, root in roots.items() if Path(source).is_dir()}
    kept: dict[str, str] = {}
    for source, root in roots.items():
        around = {*map(str, Path(root).parents)}
        if not folders & (around if Path(source).is_dir() else {*around, root}):
            kept.setdefault(source if is_pattern(source) else root, source)
    return list(kept.values())


def _size_of_all(source: str) -> int:
    """Bytes of a file, of all files in a folder, or of all files that a pattern fits."""
    if is_pattern(source):
        found = glob.iglob(source, recursive=True)  # noqa: PTH207  # an absolute one too
        return sum(map(_size_of_all, found))
    if not Path(source).is_dir():
        return _size(source)
    walked = os.walk(source)
    return sum(_size(str(Path(folder, name))) for folder, _, names in walked for name in names)


def _size(path: str) -> int:
    try:
        return Path(path).stat().st_size
    except (OSError, ValueError):
        return 0
