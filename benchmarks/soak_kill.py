"""kill -9 at random moments of a batch, again and again, and then count what was lost.

    python benchmarks/soak_kill.py [--kills N] [--articles N] [--concurrency N] [--seed S]

A server on this machine sells answers, fails one call in ten, and counts. After the last kill the
batch is let through. Exits with 1 unless every article is annotated or in quarantine, no answer
that was in the ledger was sold again, at most the calls in flight at each kill were lost, and the
store is whole.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from measuring import ROOT, machine

sys.path.insert(0, str(ROOT / "tests"))

from archive.shop import Shop, fault, opened
from replies import Reply

FAULTS = 0.1


def main() -> None:
    arguments = _arguments()
    seeded = random.Random(arguments.seed)
    with opened() as shop, tempfile.TemporaryDirectory() as folder:
        shop.choose = _chooser(random.Random(arguments.seed + 1))
        source, store = Path(folder, "archive.jsonl"), Path(folder, "archive.db")
        _write(source, arguments.articles)
        call = ["batch", "--store", str(store), "--engine", "openai", "--base-url", shop.url]
        call += ["--concurrency", str(arguments.concurrency), "--retry-failed", str(source)]
        kills = 0
        with _Forker(folder) as forker:
            while kills < arguments.kills and _left(store, arguments.articles):
                kills += forker.run(call, shop, seeded)
                _check_integrity(store)
            begun = time.perf_counter()
            code = forker.run(call, shop, None)
        print(f"{machine()}; seed {arguments.seed}; the last run took {_since(begun):.1f} s")
        sys.exit(_judge(store, shop, arguments, kills, code))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--articles", type=int, default=4_000)
    parser.add_argument("--concurrency", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def _write(path: Path, count: int) -> None:
    text = "Bridge {0} will stay.\n\n“We keep bridge {0} open,” said Ana Petric.\n"
    lines = (json.dumps({"id": f"a{n}", "text": text.format(n)}) for n in range(count))
    path.write_text("\n".join(lines), encoding="utf-8")


def _chooser(seeded: random.Random) -> Any:
    def choose(shop: Shop, number: int, body: dict[str, Any]) -> Reply | None:
        with shop.lock:
            fails = seeded.random() < FAULTS
            kind = seeded.randrange(3)
        if not fails:
            return None
        return (fault(500, retry_after_ms="1"), fault(422), Reply(body={}, reset=True))[kind]

    return choose


class _Forker:
    """Begins batches without the second that importing takes."""

    def __init__(self, folder: str) -> None:
        self._output = str(Path(folder, "output"))
        program = [sys.executable, str(ROOT / "tests" / "archive" / "forking.py")]
        self._process = subprocess.Popen(
            program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=folder
        )

    def __enter__(self) -> _Forker:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def run(self, call: list[str], shop: Shop, seeded: random.Random | None) -> int:
        """Run a batch; gives its exit code, or with `seeded` whether it was killed (1 or 0)."""
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("the pipes that were asked for are not there")
        told = {"args": call, "environ": {}, "output": self._output}
        self._process.stdin.write(json.dumps(told) + "\n")
        self._process.stdin.flush()
        pid = int(self._process.stdout.readline())
        if seeded is not None:
            # Half of the moments are while calls are open, half any time from the very beginning.
            if seeded.random() < 0.5:
                _wait_for_a_call(shop)
            threading.Timer(seeded.uniform(0, 0.15), _kill, (pid,)).start()
        code = int(self._process.stdout.readline())
        return code if seeded is None else int(code == -signal.SIGKILL)


def _wait_for_a_call(shop: Shop) -> None:
    asked, end = shop.asked, time.monotonic() + 10
    while shop.asked == asked and time.monotonic() < end:
        time.sleep(0.001)


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _left(store: Path, articles: int) -> bool:
    if not store.exists():
        return True
    try:
        return int(_one(store, "SELECT COUNT(*) FROM annotations")) < articles
    except sqlite3.OperationalError:  # killed before there was a table
        return True


def _one(store: Path, sql: str) -> Any:
    connection = sqlite3.connect(store)
    try:
        return connection.execute(sql).fetchone()[0]
    finally:
        connection.close()


def _check_integrity(store: Path) -> None:
    if store.exists() and _one(store, "PRAGMA integrity_check") != "ok":
        sys.exit(f"{store} is damaged")


def _since(begun: float) -> float:
    return time.perf_counter() - begun


def _judge(store: Path, shop: Shop, arguments: argparse.Namespace, kills: int, code: int) -> int:
    kept = _one(store, "SELECT COUNT(*) FROM ledger")
    keys = _one(store, "SELECT COUNT(DISTINCT key) FROM ledger")
    ended = _one(
        store,
        "SELECT COUNT(*) FROM articles a WHERE EXISTS (SELECT 1 FROM annotations n WHERE "
        "n.article_id = a.id) OR EXISTS (SELECT 1 FROM failures f WHERE f.article_id = a.id)",
    )
    sold = shop.sold.total()
    lost = f"{sold - kept:,} lost in flight, {(sold - kept) / max(kills, 1):.2f} a kill"
    most = kills * arguments.concurrency
    ends = f"{ended:,} of {arguments.articles:,} articles annotated or in quarantine"
    holds = {
        f"{kills} kills, the last run ended with exit code {code}": code in (0, 6),
        ends: ended == arguments.articles,
        f"{kept:,} answers in the ledger, {kept - keys:,} of them bought twice": kept == keys,
        f"{sold:,} sold, {lost}": 0 <= sold - kept <= most,
        "the store is whole": _one(store, "PRAGMA integrity_check") == "ok",
    }
    for what, good in holds.items():
        print(f"{'holds ' if good else 'MISSED'}  {what}")
    return 0 if all(holds.values()) else 1


if __name__ == "__main__":
    main()
