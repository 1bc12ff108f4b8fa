"""kill -9 at any moment: nothing is lost, and nothing that was in the ledger is bought again."""

from __future__ import annotations

import os
import random
import signal
import threading
from pathlib import Path
from typing import Any

import pytest
from support.batches import archive
from support.chat_server import Shop
from support.programs import Forker, batch
from support.replies import Reply
from support.stores import check_integrity, counts, rows

pytestmark = pytest.mark.slow

MOMENTS = 20
CALLS = 4


def test_a_batch_that_is_killed_again_and_again_ends_with_every_article_annotated(
    shop: Shop, forker: Forker, tmp_path: Path
) -> None:
    source, store = archive(tmp_path / "a.jsonl", range(80)), tmp_path / "a.db"
    seeded = random.Random(4)
    pid = 0
    begun = threading.Event()
    countdown = 0

    def choose(shop: Shop, number: int, body: dict[str, Any]) -> Reply | None:
        """Kill the customer while its n-th request of this run is open."""
        nonlocal countdown
        with shop.lock:
            countdown -= 1
            now = countdown == 0
        if now:
            begun.wait()
            os.kill(pid, signal.SIGKILL)
        return None

    shop.choose = choose
    call = (*batch(store, "--concurrency", str(CALLS), str(source)),)
    for _ in range(MOMENTS):
        begun.clear()
        countdown = seeded.randint(1, 9)
        running = forker.begin(*call, OPENAI_BASE_URL=shop.url)
        pid = running.pid
        begun.set()
        if running.wait() != -signal.SIGKILL:
            assert shop.asked >= 80, running.said
        if store.exists():
            check_integrity(store)
    countdown = 0
    last = forker.begin(*call, OPENAI_BASE_URL=shop.url)
    assert last.wait() == 0, last.said
    found = counts(store)
    assert found["articles"] == found["annotated"] == 80
    assert found["failed"] == 0
    assert found["answers"] == found["keys"] == 80
    states = [state for (state,) in rows(store, "SELECT state FROM runs ORDER BY id")]
    assert set(states[:-1]) <= {"interrupted", "finished"}
    assert states[-1] == "finished"
    lost = shop.sold.total() - found["answers"]
    assert 0 <= lost <= MOMENTS * CALLS
    assert max(shop.sold.values()) <= 1 + MOMENTS
    check_integrity(store)
