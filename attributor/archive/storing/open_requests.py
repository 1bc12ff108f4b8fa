"""How much of a store the Batch API has, as every part of the program counts it."""

from __future__ import annotations

from attributor.archive.storing.store import Store


def open_requests(store: Store) -> tuple[int, int]:
    """How many files servers have, and how many of their requests are not answered yet."""
    files = store.value("SELECT COUNT(*) FROM submissions WHERE ended IS NULL")
    requests = store.value("SELECT COUNT(*) FROM submitted WHERE state = 'open'")
    return int(files), int(requests)
