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

SHINGLE = 5
"""Words."""
BANDS, ROWS = 16, 8
SEED = 42
LEAST = 0.8
"""The share of shingles from which two texts are near-copies; estimated, give or take 0.04."""
FEWEST_WORDS = 40
"""Shorter texts share their phrases with many."""
MOST_CANDIDATES = 8


def mark_near(store: Store, article: int, text: str) -> None:
    """Note of a new article which earlier one it is nearly a copy of. Inside a transaction.

    Only articles that are no near-copies themselves are compared with: all copies of a report
    point to the first of them.
    """
    words = text.casefold().split()
    if len(words) < FEWEST_WORDS:
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
    """The article that shares most, and how much; None if none shares enough."""
    shared: dict[int, int] = {}
    for band in bands:
        rows = store.execute("SELECT article_id FROM bands WHERE band = ? AND hash = ?", band)
        for (article,) in rows:
            shared[article] = shared.get(article, 0) + 1
    best: tuple[int, float] | None = None
    for article in sorted(shared, key=lambda a: (-shared[a], a))[:MOST_CANDIDATES]:
        text = store.value("SELECT text FROM articles WHERE id = ?", (article,))
        share = signature.jaccard(_signature(text.casefold().split()))
        if share >= LEAST and (best is None or share > best[1]):
            best = (article, share)
    return best


def _signature(words: list[str]) -> Any:
    """The RMinHash of a text's shingles."""
    from rensa import RMinHash  # type: ignore[attr-defined]  # it has no types

    signature = RMinHash(num_perm=BANDS * ROWS, seed=SEED)
    count = max(1, len(words) - SHINGLE + 1)
    signature.update([" ".join(words[i : i + SHINGLE]) for i in range(count)])
    return signature


def _bands(digest: list[int]) -> list[int]:
    """One number for each band of the signature."""
    parts = (digest[i : i + ROWS] for i in range(0, BANDS * ROWS, ROWS))
    return [zlib.crc32(array("Q", part).tobytes()) for part in parts]
