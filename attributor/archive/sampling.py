"""Drawing articles at random from an archive that is read once and never held whole."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterable, Iterator

from attributor.archive.storing.admission import content_of
from attributor.reading.archives import Entry
from attributor.records import Article


class Sample:
    """The `size` different articles with the smallest hashes under `seed`.

    Which they are depends on their content alone: not on the archive's order, names or copies.
    """

    def __init__(self, size: int, seed: int) -> None:
        self._size, self._seed = size, seed
        self._heap: list[tuple[int, int, Entry]] = []
        self._hashes: set[int] = set()
        self._count = 0

    def offer(self, entry: Entry, article: Article) -> None:
        """Take the entry if its hash is small enough, in the place of the one with the largest."""
        seeded = f"{self._seed}\n{content_of(article)}".encode()
        drawn = int.from_bytes(hashlib.sha256(seeded).digest()[:8], "big")
        if drawn in self._hashes or (self._full and -drawn <= self._heap[0][0]):
            return
        self._count += 1
        item = (-drawn, self._count, entry)
        self._hashes.add(drawn)
        if self._full:
            self._hashes.discard(-heapq.heapreplace(self._heap, item)[0])
        else:
            heapq.heappush(self._heap, item)

    @property
    def _full(self) -> bool:
        return len(self._heap) >= self._size

    def __iter__(self) -> Iterator[Entry]:
        """The articles that were drawn, in the order in which they came."""
        return (entry for _, _, entry in sorted(self._heap, key=lambda item: item[1]))


def sampled(entries: Iterable[Entry], size: int, seed: int) -> Iterator[Entry]:
    """`size` articles of the archive, once all of it has been read."""
    sample = Sample(size, seed)
    for entry in entries:
        if isinstance(entry.article, Article):
            sample.offer(entry, entry.article)
    yield from sample
