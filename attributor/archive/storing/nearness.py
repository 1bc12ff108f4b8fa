"""Marking near-copies: an agency's report that two newspapers cut or headed differently.

MinHash over shingles of five words estimates how much two texts share (Broder 1997); banding finds
the candidates without comparing all with all (Leskovec, Rajaraman, Ullman: Mining of Massive
Datasets, chapter 3). 16 bands of 8 rows find a pair that shares 0.8 with a probability of 0.95, one
that shares 0.9 nearly always. The bands are in the store, so that memory does not grow and a later
run finds what an earlier one read.
"""

from __future__ import annotations

import zlib
from array import array
from typing import Any

from attributor.archive.storing.store import Store

WORDS_PER_SHINGLE = 5
"""Words of a shingle."""
BANDS = 16
"""Bands of a signature; two texts that have one in common are compared."""
ROWS_PER_BAND = 8
"""Hashes of a signature in each band."""
SEED = 42
"""The seed of all hashes; with another one the bands in stores would be of no use."""
MIN_SHARE = 0.8
"""The share of shingles from which two texts are near-copies; it is estimated to about 0.04."""
MIN_WORDS = 40
"""Words of the shortest text that is compared; shorter ones have phrases in common with many."""
MOST_CANDIDATES = 8
"""Earlier articles that an article is compared with, at most."""


def mark_near(store: Store, article: int, text: str) -> None:
    """Note which earlier article a new one is nearly a copy of. Inside a transaction.

    It is compared only with articles that are no near-copies themselves, so that all copies of a
    report point to the first one.
    """
    words = text.casefold().split()
    if len(words) < MIN_WORDS:
        return
    signature = _signature(words)
    bands = list(enumerate(_bands(signature.digest())))
    found = _nearest(store, signature, bands)
    if found is None:
        store.executemany(
            "INSERT INTO bands (band, hash, article_id) VALUES (?, ?, ?)",
            [(*band, article) for band in bands],
        )
    else:
        store.execute("UPDATE articles SET near_id = ?, near = ? WHERE id = ?", (*found, article))


def _nearest(
    store: Store, signature: Any, bands: list[tuple[int, int]]
) -> tuple[int, float] | None:
    """The article that shares most, and the share; None if no article shares enough."""
    shared: dict[int, int] = {}
    for band in bands:
        rows = store.execute("SELECT article_id FROM bands WHERE band = ? AND hash = ?", band)
        for (article,) in rows:
            shared[article] = shared.get(article, 0) + 1
    best: tuple[int, float] | None = None
    for article in sorted(shared, key=lambda a: (-shared[a], a))[:MOST_CANDIDATES]:
        text = store.value("SELECT text FROM articles WHERE id = ?", (article,))
        share = signature.jaccard(_signature(text.casefold().split()))
        if share >= MIN_SHARE and (best is None or share > best[1]):
            best = (article, share)
    return best


def _signature(words: list[str]) -> Any:
    """The RMinHash of a text's shingles."""
    from rensa import RMinHash  # type: ignore[attr-defined]  # it has no types

    signature = RMinHash(num_perm=BANDS * ROWS_PER_BAND, seed=SEED)
    count = max(1, len(words) - WORDS_PER_SHINGLE + 1)
    signature.update([" ".join(words[i : i + WORDS_PER_SHINGLE]) for i in range(count)])
    return signature


def _bands(digest: list[int]) -> list[int]:
    """One number for each band of the signature."""
    parts = (digest[i : i + ROWS_PER_BAND] for i in range(0, BANDS * ROWS_PER_BAND, ROWS_PER_BAND))
    return [zlib.crc32(array("Q", part).tobytes()) for part in parts]
